/** GRADIENTS: how large each layer's gradient is, and which of its units no longer learn. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { number, percent, word } from "../words.js";
import { palette, rgb } from "./colours.js";
import { activationName, layerTitle } from "./names.js";
import { drawPlot, rangeOf } from "./plot.js";
import { Stage } from "./stage.js";

const [GRADIENTS, DEAD, SATURATED] = [6, 7, 8]; // places in a row of figures
/** What the first layer's gradient is of the last one's: above each share it means this. */
const MEANINGS = [
  [1000, "gradients.exploding"],
  [1 / 20, "gradients.arrives"],
  [1 / 1000, "gradients.weakens"],
  [0, "gradients.vanishes"],
];
const MOST_PARTS = 1e6; // up to here a share is said as 1/13,000
const HEIGHT = 170;

export function gradients(element) {
  let state = null;
  const ratio = build("p", { class: "gradient-ratio" });
  const heads = ["layer", "gradient", "dead", "saturated"].map((name) =>
    build("th", { scope: "col", "data-name": name, colspan: name === "gradient" ? 2 : 1 }),
  );
  const body = build("tbody");
  const caption = build("caption", { class: "visually-hidden" });
  const host = build("div", { class: "chart-host" });
  const lines = build("p", { class: "hint" });
  const summary = build("summary");
  const meanings = ["gradient", "dead", "saturated"].map((name) => build("p", { class: "hint", "data-name": name }));
  element.append(
    ratio,
    build("table", { class: "gradient-table" }, caption, build("thead", {}, build("tr", {}, ...heads)), body),
    host,
    lines,
    build("details", {}, summary, ...meanings),
  );
  const stage = new Stage(host, "gradients", () => state && paint());
  stage.canvas.setAttribute("role", "img");

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "theme", "rows", "frame", "setup")) return;
    if (before?.language !== state.language) wording();
    if (!state.setup) return;
    showTable();
    if (!unchanged(before, state, "language", "theme", "rows", "setup")) paint();
  };

  function wording() {
    for (const head of heads) setText(head, say(`gradients.${head.dataset.name}`));
    for (const meaning of meanings) setText(meaning, say(`gradients.${meaning.dataset.name}.meaning`));
    setText(caption, say("title.gradients"));
    setText(summary, say("gradients.meaning"));
    setText(lines, say("gradients.lines"));
    stage.canvas.setAttribute("aria-label", say("gradients.over_time"));
  }

  function showTable() {
    const { language } = state;
    const { layers } = state.setup.network;
    const [norms, dead, saturated] = latest(state);
    while (body.rows.length > layers.length) body.lastChild.remove();
    while (body.rows.length < layers.length) body.append(row());
    const [low, high] = decades(norms);
    for (const [index, layer] of layers.entries()) {
      const [name, track, value, ...shares] = body.rows[index].cells;
      const norm = norms[index];
      setText(name, `${index + 1 < layers.length ? index + 1 : layerTitle(state, index)} ${activationName(state, layer.activation)}`);
      track.firstChild.firstChild.style.width = `${norm > 0 ? Math.max(1, (100 * (Math.log10(norm) - low)) / (high - low)) : 0}%`;
      setText(value, number(norm, 4));
      value.dataset.value = norm ?? "";
      for (const [place, share] of [dead[index], saturated[index]].entries()) {
        setText(shares[place], percent(share, 0));
        shares[place].classList.toggle("some", share > 0);
        shares[place].dataset.value = share ?? "";
      }
    }
    setText(ratio, state.frame && !norms.length ? say("gradients.unmeasured") : ratioText(norms, say));
    ratio.dataset.ratio = norms.length > 1 ? norms[0] / norms.at(-1) : "";
  }

  function paint() {
    const width = stage.hostWidth;
    if (!width) return;
    stage.resize(width, HEIGHT);
    drawGradients(stage.clear(), state, { width });
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}

function row() {
  const bar = build("div", { class: "gradient-track" }, build("div", { class: "gradient-bar" }));
  return build(
    "tr",
    {},
    build("th", { scope: "row" }),
    build("td", { class: "gradient-scale", "aria-hidden": "true" }, bar),
    ...Array.from({ length: 3 }, () => build("td", { class: "number" })),
  );
}

/** Gradient norms, dead and saturated shares by layer: of the picture shown, or of the last epoch; none where there is no loss. */
function latest({ frame, rows, setup }) {
  const count = setup.network.layers.length;
  if (Number.isNaN(frame?.trainLoss)) return [[], [], []];
  if (frame?.shares?.length === 3 * count) return [0, 1, 2].map((part) => [...frame.shares.subarray(part * count, (part + 1) * count)]);
  const last = rows.at(-1);
  return last ? [last[GRADIENTS], last[DEAD], last[SATURATED]] : [[], [], []];
}

/** The powers of ten that the bars span: three at least. */
function decades(norms) {
  const sizes = norms.filter((norm) => norm > 0).map(Math.log10);
  if (!sizes.length) return [-3, 0];
  const high = Math.ceil(Math.max(...sizes));
  return [Math.min(high - 3, Math.floor(Math.min(...sizes) - 0.1)), high];
}

/** What the first layer's gradient is beside the last one's, and what follows. */
function ratioText(norms, say) {
  if (norms.length < 2) return "";
  const [first, last] = [norms[0], norms.at(-1)];
  if (!(last > 0)) return say("gradients.none");
  if (!(first > 0)) return say("gradients.first_none");
  const share = first / last;
  const [, meaning] = MEANINGS.find(([above]) => share > above);
  return `${comparison(share, say)} ${say(meaning)}`;
}

/** With two digits that count: 1/13,000, 1.4 times, 7.70×10⁻⁸ times. */
function comparison(share, say) {
  if (share >= 0.1) return say("gradients.times", { value: number(Number(share.toPrecision(2)), share < 10 ? 1 : 0) });
  if (share < 1 / MOST_PARTS) return say("gradients.times", { value: number(share) });
  return say("gradients.part", { value: Number((1 / share).toPrecision(2)).toLocaleString("en") });
}

/** Draws the layers' gradients over the epochs, the first layer strongest. */
export function drawGradients(pen, state, { width }) {
  const { rows, language, theme, setup } = state;
  const count = setup?.network.layers.length ?? 0;
  const xs = rows.map((each) => each[0]);
  const lists = Array.from({ length: count }, (_, layer) => rows.map((each) => each[GRADIENTS][layer] ?? NaN));
  const series = lists.map((ys, layer) => ({ xs, ys, style: lineOf(theme, layer, count) }));
  const x = [xs[0] ?? 0, Math.max(xs.at(-1) ?? 0, (xs[0] ?? 0) + 10)];
  drawPlot(
    pen,
    theme,
    { x: 0, y: 0, width, height: HEIGHT },
    { title: word(language, "gradients.over_time"), x, y: rangeOf(lists, true), log: true, series },
  );
  return { width, height: HEIGHT };
}

/** The first layer is drawn strong, the last dashed, those between faintly. */
function lineOf(theme, layer, count) {
  if (layer === 0) return { stroke: rgb(palette(theme).positive), width: 2 };
  if (layer === count - 1) return { stroke: palette(theme).ink, width: 1.5, dash: [5, 4] };
  return { stroke: palette(theme).muted, width: 1, alpha: 0.45 };
}
