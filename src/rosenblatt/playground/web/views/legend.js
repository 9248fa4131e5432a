/** What points and colours of the output stand for. */

import { build, buildSvg } from "../panels/build.js";
import { word } from "../words.js";
import { classColour, NEGATIVE, palette, POSITIVE, rgb } from "./colours.js";
import { classShape, mark } from "./shapes.js";
import { targetUnits } from "./units.js";

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
  const { theme, setup } = state;
  const { ink, surface } = palette(theme);
  const [low, high] = setup.problem.target_range.map(targetUnits(setup.problem).text);
  const scale = build("li", {}, build("span", {}, low), colourScale(surface, ink), build("span", {}, high));
  return hasTest(state) ? [scale, test(state, { fill: rgb(surface), stroke: ink, "stroke-width": 2.5 })] : [scale];
}

const test = ({ language }, style) => item(mark([["circle", 5, style]]), word(language, "output.legend.test"));

function colourScale(surface, ink) {
  const stops = [NEGATIVE, surface, POSITIVE].map((colour, index) => buildSvg("stop", { offset: index / 2, "stop-color": rgb(colour) }));
  return buildSvg(
    "svg",
    { viewBox: "0 0 90 12", class: "scale", "aria-hidden": "true" },
    buildSvg("defs", {}, buildSvg("linearGradient", { id: "output-scale" }, ...stops)),
    buildSvg("rect", { x: 0.5, y: 0.5, width: 89, height: 11, rx: 2, fill: "url(#output-scale)", stroke: ink, "stroke-opacity": 0.3 }),
  );
}
