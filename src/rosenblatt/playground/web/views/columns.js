/** What seldom changes of the network's picture: names, the ground of frozen layers, the counts of neurons that are not painted. */

import { mathName, word } from "../words.js";
import { classOf } from "./answers.js";
import { CLASS_NAME } from "./arrangement.js";
import { classColour, mixed, palette, rgb } from "./colours.js";
import { shortened } from "./lettering.js";
import { activationName, layerTitle } from "./names.js";
import { classShape } from "./shapes.js";

const TITLE = { size: 12, weight: 600 };

export function drawColumns(pen, state, plan) {
  const { layers, picture } = state.setup.network;
  if (picture) drawBundle(pen, plan.columns, plan.tile, palette(state.theme).faint);
  for (const column of plan.columns) {
    if (layers[column.layer]?.frozen) drawFrozen(pen, state.theme, plan, column);
    drawTitle(pen, state, plan, column);
    if (column.more) drawMore(pen, state, plan, column);
    if (column.layer < 0) drawInputs(pen, state, plan, column);
    else drawClasses(pen, state, plan, column);
  }
}

function drawFrozen(pen, theme, { tile, height }, { x }) {
  const { surface, positive } = palette(theme);
  pen.rectangle(x - 7, 4, tile + 14, height - 8, {
    fill: rgb(mixed(surface, positive, 0.07)), stroke: rgb(mixed(surface, positive, 0.4)), width: 1, dash: [2, 3], radius: 8,
  });
  drawSnow(pen, x + tile / 2, height - 22, 6, rgb(mixed(surface, positive, 0.8)), rgb(surface));
}

/** The layer's name, or its number where there is no room, and its activation function. */
function drawTitle(pen, state, { width, tile, pitch }, { layer, x }) {
  const { layers } = state.setup.network;
  const { ink, muted } = palette(state.theme);
  const isEnd = layer < 0 || layer === layers.length - 1;
  const room = isEnd ? Math.min(tile + 40, pitch) : pitch - 6;
  const full = layerTitle(state, layer);
  const title = isEnd || pen.measure(full, TITLE) <= Math.max(room, pitch - 4) ? full : String(layer + 1);
  const center = x + tile / 2;
  const isOutside = layer === layers.length - 1 && center + pen.measure(title, TITLE) / 2 > width - 4;
  const [place, align] = isOutside ? [width - 4, "right"] : [center, "center"];
  pen.text(title, place, 18, { ...TITLE, fill: ink, align });
  const activation = layers[layer] && activationName(state, layers[layer].activation);
  if (activation && pen.measure(activation, { size: 11 }) < room) pen.text(activation, place, 33, { size: 11, fill: muted, align });
}

function drawMore(pen, { language, theme }, { tile, pitch }, { more, shown, x, at }) {
  const text = word(language, pitch > 74 ? "network.more" : "network.more.short", { count: more });
  const style = { size: 11, fill: palette(theme).muted, align: "center", baseline: "middle" };
  pen.text(text, x + tile / 2, at(shown) + tile / 2, style);
}

/** The names of the inputs, or the size of the picture that is read. */
function drawInputs(pen, { setup, theme }, { tile }, { shown, x, top, at }) {
  const { inputs, picture } = setup.network;
  const { ink, muted } = palette(theme);
  if (picture) return pen.text(`${picture[0]} × ${picture[1]}`, x + tile / 2, top + tile + 14, { size: 11, fill: muted, align: "center" });
  const style = { size: tile < 18 ? 10 : 13, fill: ink, align: "right", baseline: "middle" };
  for (let unit = 0; unit < shown; unit += 1) pen.text(shortened(pen, mathName(inputs[unit]), x - 9, style), x - 7, at(unit) + tile / 2, style);
  return undefined;
}

/** Right of the output's tiles: the marks and names of the classes for which they speak. */
function drawClasses(pen, { setup, theme }, { tile, right }, { layer, shown, x, at }) {
  const style = { size: 12, fill: palette(theme).ink, baseline: "middle" };
  for (let unit = 0; unit < shown; unit += 1) {
    const own = classOf(setup, { layer, unit });
    if (own === null) return;
    const y = at(unit) + tile / 2;
    pen.marks(classShape(own), [x + tile + CLASS_NAME / 2, y], 4.5, { fill: rgb(classColour(own, theme)) });
    pen.text(shortened(pen, setup.problem.classes[own], right - CLASS_NAME, style), x + tile + CLASS_NAME, y, style);
  }
}

/** A picture's inputs are one tile; that all of them go to every neuron is shown by plain lines. */
function drawBundle(pen, [from, to], tile, stroke) {
  const [x0, x1, y0] = [from.x + tile, to.x, from.at(0) + tile / 2];
  const bend = (x0 + x1) / 2;
  const ends = Array.from({ length: to.shown }, (_, unit) => to.at(unit) + tile / 2);
  pen.curves(ends.flatMap((y1) => [x0, y0, bend, y0, bend, y1, x1, y1]), { stroke, width: 1 });
}

function drawSnow(pen, x, y, radius, stroke, ground) {
  pen.circle(x, y + radius, radius + 2.5, { fill: ground, stroke, width: 1 });
  const flat = [0, 1, 2].flatMap((arm) => {
    const [dx, dy] = [radius * Math.cos((arm * Math.PI) / 3), radius * Math.sin((arm * Math.PI) / 3)];
    return [x - dx, y + radius - dy, x + dx, y + radius + dy];
  });
  pen.lines(flat, { stroke, width: 1.3, cap: "round" });
}
