/** What points and colours of the output stand for. */

import { build, buildSvg } from "../panels/build.js";
import { number, word } from "../words.js";
import { classColour, NEGATIVE, palette, POSITIVE, rgb, valueColour } from "./colours.js";
import { isProbability } from "./maps.js";
import { activationName } from "./names.js";
import { QUARTERS, STEPS } from "./picture.js";
import { classShape, mark } from "./shapes.js";
import { targetUnits } from "./units.js";

const MOST_STRIPS = 4; // of classes in one scale

/** Fills a list. */
export function showLegend(list, state) {
  const isNumbers = state.setup.problem.task === "numbers";
  list.replaceChildren(...(isNumbers ? ofNumbers(state) : ofClasses(state)));
}

const item = (drawing, text) => build("li", {}, drawing, text);
const hasTest = ({ setup }) => setup.problem.points.some((point) => point[3]);

function ofClasses(state) {
  const { language, theme, setup } = state;
  const { ink } = palette(theme);
  const colour = (index) => ({ fill: rgb(classColour(index, theme)) });
  const items = setup.problem.classes.map((name, index) => item(mark([[classShape(index), 5.2, colour(index)]]), name));
  if (hasTest(state)) items.push(test(state, { fill: "none", stroke: ink, "stroke-width": 1.8 }));
  const ring = ["circle", 6.4, { fill: "none", stroke: ink, "stroke-width": 1.4 }];
  return [...items, item(mark([["circle", 3.4, colour(0)], ring]), word(language, "output.legend.wrong"))];
}

function ofNumbers(state) {
  const { language, theme, setup, look } = state;
  const { ink, surface } = palette(theme);
  const [lowest, highest] = setup.problem.target_range;
  const at = (share) => targetUnits(setup.problem).text(lowest + share * (highest - lowest));
  const name = build("span", { class: "of" }, setup.settings?.target ?? word(language, "output.legend.target"));
  const colours = colourScale([look.discrete ? inSteps(theme) : evenly([NEGATIVE, surface, POSITIVE])], ink, at(0.5));
  const line = buildSvg("path", { d: "M-8 5C-4 -8 4 8 8 -5", fill: "none", stroke: ink, "stroke-width": 1.2 });
  const items = [
    build("li", {}, name, build("span", {}, at(0)), colours, build("span", {}, at(1))),
    item(buildSvg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, line), word(language, "output.legend.lines", { values: QUARTERS.map(at).join(", ") })),
  ];
  return hasTest(state) ? [...items, test(state, { fill: rgb(surface), stroke: ink, "stroke-width": 2.5 })] : items;
}

/** Fills a list with what the colours of the neurons stand for: one scale for all activation functions of a range. */
export function showRanges(list, state) {
  const { language, setup } = state;
  list.setAttribute("aria-label", word(language, "network.ranges"));
  const byRange = new Map();
  for (const [layer, { activation, maps, range }] of setup.network.layers.entries()) {
    if (maps !== "plane") continue;
    const ofClass = isProbability(setup, { layer, unit: 0 });
    const isPositive = activation === "relu";
    const key = JSON.stringify([range, ofClass, isPositive]);
    if (!byRange.has(key)) byRange.set(key, { names: new Set(), range, ofClass, isPositive });
    byRange.get(key).names.add(activationName(state, activation));
  }
  list.replaceChildren(...[...byRange.values()].map((scale) => ofRange(state, scale)));
}

/** The lowest and the highest value, and between them the colours with the value in the middle. */
function ofRange({ language, theme, setup }, { names, range, ofClass, isPositive }) {
  const { ink, surface } = palette(theme);
  const [low, high] = range?.map((value) => number(value, 0)) ?? ends(language, isPositive);
  const middle = range ? (range[0] + range[1]) / 2 : 0;
  const classes = setup.problem.classes.slice(0, MOST_STRIPS).map((_, index) => evenly([surface, classColour(index, theme)]));
  const colours = isPositive ? [surface, POSITIVE] : [NEGATIVE, surface, POSITIVE];
  const scale = colourScale(ofClass ? classes : [evenly(colours)], ink, ofClass || isPositive ? "" : String(middle));
  return build("li", {}, build("span", { class: "of" }, [...names].join(", ")), build("span", {}, low), scale, build("span", {}, high));
}

/** What stands at both ends of a scale without bounds. */
function ends(language, isPositive) {
  if (isPositive) return ["0", word(language, "network.highest")];
  const most = word(language, "network.most");
  return [`−${most}`, most];
}

const test = ({ language }, style) => item(mark([["circle", 5, style]]), word(language, "output.legend.test"));

let made = 0; // scales: each has its own name in the page

/** Colours that pass into one another: [place, colour] for each. */
const evenly = (colours) => colours.map((colour, index) => [index / (colours.length - 1), colour]);

/** The colours of numbers where they are painted in steps: each begins where the one before it ends. */
const inSteps = (theme) =>
  Array.from({ length: STEPS }, (_, step) => valueColour(theme, step / (STEPS - 1), 0, 1)).flatMap((colour, step) => [
    [step / STEPS, colour],
    [(step + 1) / STEPS, colour],
  ]);

/** One strip for each list of places and colours, below each other, and a text in their middle. */
function colourScale(strips, ink, middle) {
  const name = `scale-${(made += 1)}`;
  const height = 16 / strips.length;
  const stop = ([offset, colour]) => buildSvg("stop", { offset, "stop-color": rgb(colour) });
  return buildSvg(
    "svg",
    { viewBox: "0 0 96 16", class: "scale" },
    buildSvg("defs", {}, ...strips.map((colours, index) => buildSvg("linearGradient", { id: `${name}-${index}` }, ...colours.map(stop)))),
    ...strips.map((_, index) => buildSvg("rect", { y: index * height, width: 96, height, fill: `url(#${name}-${index})` })),
    buildSvg("rect", { x: 0.5, y: 0.5, width: 95, height: 15, fill: "none", stroke: ink, "stroke-opacity": 0.3 }),
    buildSvg("text", { x: 48, y: 12, "text-anchor": "middle", fill: ink }, middle),
  );
}
