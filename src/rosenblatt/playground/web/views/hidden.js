/** Hidden space: the points as a layer sees them, and the plane's grid as that layer bends it. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { number, word } from "../words.js";
import { mixed, palette, rgb } from "./colours.js";
import { activationName, layerName } from "./names.js";
import { drawNames, drawTicks, squareOf } from "./plane.js";
import { drawChosen, drawPoints, drawWrong, radiusOf, shownRows } from "./points.js";
import { niceTicks, tickText } from "./scales.js";
import { Stage } from "./stage.js";

const EMPTY = 0.08; // room around the points, as a share of their range

/** The least and the greatest of every second number, from `start` on. */
function extent(flat, start) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = start; i < flat.length; i += 2) {
    if (flat[i] < low) low = flat[i];
    if (flat[i] > high) high = flat[i];
  }
  return [low, high];
}

/**
 * What the two axes reach. A layer of two bounded units shows all they can give; else the points and the grid fit in,
 * and the axes stay as they were while they still do, so that the picture does not tremble.
 */
function reachOf({ setup, frame }, before) {
  const about = setup.network.layers[frame.hiddenLayer];
  const whole = about.units <= 2 && about.range;
  return [0, 1].map((axis) => {
    if (axis === 1 && about.units === 1) return [-1, 1];
    const [low, high] = whole || extent(frame.hiddenGrid ?? frame.hiddenPoints, axis);
    const [pointsLow, pointsHigh] = extent(frame.hiddenPoints, axis);
    const [least, most] = [Math.min(low, pointsLow), Math.max(high, pointsHigh)];
    const room = EMPTY * Math.max(most - least, 1e-3);
    const old = before?.[axis];
    if (old && least >= old[0] && most <= old[1] && most - least > 0.6 * (old[1] - old[0])) return old;
    return [least - room, most + room];
  });
}

function axisNames({ setup, language }, layer) {
  const { units } = setup.network.layers[layer];
  if (units > 2) return [word(language, "hidden.direction", { number: 1 }), word(language, "hidden.direction", { number: 2 })];
  return [word(language, "hidden.unit", { number: 1 }), units === 2 ? word(language, "hidden.unit", { number: 2 }) : ""];
}

/** Everything on one sheet. */
function draw(pen, state, box, reach) {
  const { setup, frame, theme } = state;
  const { left, top, side } = box;
  const across = (value) => left + (side * (value - reach[0][0])) / (reach[0][1] - reach[0][0]);
  const up = (value) => top + (side * (reach[1][1] - value)) / (reach[1][1] - reach[1][0]);
  const isLine = setup.network.layers[frame.hiddenLayer].units === 1;
  pen.save();
  pen.clip(left, top, side, side);
  if (frame.hiddenGrid) drawGrid(pen, frame.hiddenGrid, across, up, rgb(mixed(palette(theme).surface, [120, 130, 142], 0.55)));
  if (isLine) pen.lines([left, up(0), left + side, up(0)], { stroke: palette(theme).edge });
  drawRows(pen, state, (row) => [across(frame.hiddenPoints[2 * row]), up(frame.hiddenPoints[2 * row + 1])], side);
  drawDecision(pen, state, reach, ([x, y]) => [across(x), up(y)]);
  pen.restore();
  const ticks = (range, pixel) => niceTicks(...range, 4).map((tick) => [pixel(tick), tickText(tick)]);
  drawTicks(pen, theme, box, { across: ticks(reach[0], across), up: isLine ? [] : ticks(reach[1], up) });
  drawNames(pen, theme, box, axisNames(state, frame.hiddenLayer));
}

/** The points where the layer places them. */
function drawRows(pen, state, place, side) {
  const rows = shownRows(state).filter((row) => 2 * row + 1 < state.frame.hiddenPoints.length);
  const radius = radiusOf(state.setup.problem.points.length, side);
  drawPoints(pen, state, rows, place, radius);
  drawWrong(pen, state, rows, place, radius);
  if (rows.includes(state.look.point)) drawChosen(pen, state, place(state.look.point), radius);
}

/** The lines of a square grid of places, x and y for each. */
function drawGrid(pen, grid, across, up, stroke) {
  const side = Math.sqrt(grid.length / 2); // points on a line
  const flat = [];
  for (const [outer, inner] of [[side, 1], [1, side]]) {
    for (let line = 0; line < side; line += 1) {
      for (let step = 0; step < side; step += 1) {
        const i = 2 * (line * outer + step * inner);
        flat.push(across(grid[i]), up(grid[i + 1]));
      }
      flat.push(NaN, NaN);
    }
  }
  pen.line(flat, { stroke, width: 0.9 });
}

/** The line that the output unit draws in the hidden space: on its two sides are the two classes. */
function drawDecision(pen, state, reach, pixels) {
  const border = decision(state, reach);
  if (!border) return;
  const { ink, surface } = palette(state.theme);
  const flat = border.flatMap(pixels);
  pen.lines(flat, { stroke: rgb(surface), width: 5, alpha: 0.7 });
  pen.lines(flat, { stroke: ink, width: 2 });
}

/** Two places of the line where the output is at the border of the classes, if the layer before it has two units; or null. */
function decision({ setup, frame }, [[low1, high1], [low2, high2]]) {
  const { layers, logits } = setup.network;
  const last = layers.at(-1);
  if (frame.hiddenLayer !== layers.length - 2 || layers.at(-2).units !== 2 || last.units !== 1) return null;
  if (setup.problem.task !== "classes" || last.before?.length || !last.kernel || !frame.weights) return null;
  const [w1, w2] = [frame.weights[last.kernel.start], frame.weights[last.kernel.start + last.kernel.columns]];
  // A linear output is a probability itself where it is no logit: its border is at 1/2, that of the others' sums at 0.
  const b = (last.bias ? frame.weights[last.bias.start] : 0) - (last.activation === "linear" && !logits ? 0.5 : 0);
  if (Math.abs(w2) > Math.abs(w1)) return [[low1, (-b - w1 * low1) / w2], [high1, (-b - w1 * high1) / w2]];
  return w1 ? [[(-b - w2 * low2) / w1, low2], [(-b - w2 * high2) / w1, high2]] : null;
}

/** Whether there is a hidden space in this frame. */
const isShown = ({ setup, frame }) => Boolean((frame?.hiddenGrid || frame?.hiddenPoints?.length) && setup.network.layers[frame.hiddenLayer]);

/**
 * Draws the hidden space once, for export.
 * @param {import("./svg.js").SvgPen} pen @param {object} state @param {{width: number, height?: number}} size
 */
export function drawHidden(pen, state, size) {
  const box = squareOf(size.width, size.height);
  pen.rectangle(0, 0, size.width, size.height ?? box.height, { fill: rgb(palette(state.theme).surface) });
  if (isShown(state)) draw(pen, state, box, reachOf(state, null));
  return { width: box.width, height: box.height };
}

/** The hidden space on the page. */
export function hidden(element, actions) {
  const select = build("select", { onchange: () => actions.look({ hidden: Number(select.value) }) });
  const name = build("span");
  const chooser = build("label", { class: "hidden-layer" }, name, select);
  const sheet = build("div", { class: "hidden-sheet" });
  const hint = build("p", { class: "hint" });
  element.append(chooser, sheet, hint);
  const stage = new Stage(sheet, "hidden", () => repaint());
  stage.canvas.setAttribute("role", "img");
  let state = {};
  let painted = {};
  let reach = null;
  let listed = "";

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  function render(next) {
    state = next;
    if (!state.setup || !stage.hostWidth) return;
    if (unchanged(painted, state, "setup", "frame", "theme", "language", "look")) return;
    if (painted.setup !== state.setup || painted.language !== state.language || painted.look?.hidden !== state.look.hidden) explain();
    const layers = state.setup.network.layers;
    chooser.hidden = sheet.hidden = layers.length < 2;
    if (layers.length < 2) return void (painted = state);
    const box = squareOf(stage.hostWidth);
    stage.resize(box.width, box.height);
    const pen = stage.clear();
    if (isShown(state)) {
      const other = painted.frame?.hiddenLayer !== state.frame.hiddenLayer || painted.setup !== state.setup;
      reach = reachOf(state, other ? null : reach);
      draw(pen, state, box, reach);
    }
    painted = state;
  }

  function explain() {
    const { language, setup, look } = state;
    const { layers } = setup.network;
    const names = layers.slice(0, -1).map((layer, index) =>
      word(language, "hidden.option", { name: layerName(state, index), units: layer.units, activation: activationName(state, layer.activation) }),
    );
    setText(name, word(language, "hidden.layer"));
    if (listed !== names.join()) {
      listed = names.join();
      select.replaceChildren(...names.map((text, index) => build("option", { value: index }, text)));
    }
    const index = Math.max(0, Math.min(look.hidden, names.length - 1));
    select.value = index;
    if (!names.length) return setText(hint, word(language, "hidden.none"));
    const { units } = layers[index];
    const kind = units === 1 ? "hidden.hint.one" : units === 2 ? "hidden.hint.two" : "hidden.hint.more";
    setText(hint, word(language, setup.problem.points.length ? kind : "hidden.no_rows"));
    stage.canvas.setAttribute("aria-label", word(language, "hidden.picture", { name: names[index], points: number(setup.problem.points.length, 0) }));
  }

  return render;
}
