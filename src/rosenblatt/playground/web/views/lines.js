/** The line w1 x1 + w2 x2 + b = 0 of a neuron: where it crosses the plane, and what it is after a shift or a turn. */

import { number, word } from "../words.js";

/** @typedef {{w1: number, w2: number, b: number}} Line */

/** Where the plane's two coordinates stand among the inputs; -1 for one that the network does not read. */
const axisInputs = ({ problem, network }) => problem.axes.map((axis) => network.inputs.indexOf(axis));

/** Whether first-layer neurons are lines on the plane: each input is one of its two coordinates, or stays as it is there. */
export function hasLines({ problem, network }) {
  const first = network.layers[0];
  if (!problem.rest || problem.axes[0] === problem.axes[1]) return false;
  return Boolean(first?.kernel && first.bias && !first.before?.length);
}

/** Whether they can be turned and shifted: the network reads both coordinates. */
export const canTurn = (setup) => hasLines(setup) && !axisInputs(setup).includes(-1);

/** Places of a first-layer neuron's two weights and bias among all parameters; undefined for a weight that is not there. */
function placesOf(setup, unit) {
  const { kernel, bias } = setup.network.layers[0];
  const weights = axisInputs(setup).map((input) => (input < 0 ? undefined : kernel.start + input * kernel.columns + unit));
  return [...weights, bias.start + unit];
}

/** The line of a first-layer neuron; what comes from the inputs that stay as they are belongs to its b. */
export function lineOf(setup, weights, unit) {
  const [w1, w2, b] = placesOf(setup, unit).map((place) => weights[place] ?? 0);
  return { w1, w2, b: b + fromRest(setup, weights, unit) };
}

/** The weights and the bias that make a first-layer neuron's line another one: [place, value] for each. */
export function editsOf(setup, weights, unit, { w1, w2, b }) {
  const values = [w1, w2, b - fromRest(setup, weights, unit)];
  return placesOf(setup, unit).map((place, index) => [place, values[index]]);
}

/** Whether a neuron has a line: where both of its weights are 0, its sum is the same everywhere. */
export const isLine = ({ w1, w2 }) => Math.hypot(w1, w2) > 1e-9;

function fromRest(setup, weights, unit) {
  const { kernel } = setup.network.layers[0];
  const axes = axisInputs(setup);
  return setup.problem.rest.reduce((sum, value, i) => (axes.includes(i) ? sum : sum + value * weights[kernel.start + i * kernel.columns + unit]), 0);
}

/** How far along their lines the units have their handles: where lines cross, none may lie on another one. */
const HANDLES = [0.5, 0.43, 0.64, 0.29]; // no two as far from the middle: of two opposite lines, each begins where the other ends

/**
 * The part of a unit's line that is on the plane.
 * @param {Line} line @param {number[]} bounds x1 from, to, x2 from, to @param {number} unit
 * @returns {{from: number[], to: number[], handle: number[]} | null} seen along the line, the positive side is on the right
 */
export function visible(line, [x1Low, x1High, x2Low, x2High], unit) {
  if (!isLine(line)) return null;
  const { w1, w2, b } = line;
  const size = Math.hypot(w1, w2);
  const foot = [(-b * w1) / size ** 2, (-b * w2) / size ** 2];
  const along = [-w2 / size, w1 / size];
  let [low, high] = [-Infinity, Infinity];
  for (const [place, step, least, most] of [
    [foot[0], along[0], x1Low, x1High],
    [foot[1], along[1], x2Low, x2High],
  ]) {
    if (Math.abs(step) < 1e-12) {
      if (place < least || place > most) return null;
      continue;
    }
    const [one, other] = [(least - place) / step, (most - place) / step];
    low = Math.max(low, Math.min(one, other));
    high = Math.min(high, Math.max(one, other));
  }
  if (!(high > low)) return null;
  const at = (share) => [foot[0] + share * along[0], foot[1] + share * along[1]];
  return { from: at(low), to: at(high), handle: at(low + HANDLES[unit % HANDLES.length] * (high - low)) };
}

/** The same line moved by (by1, by2): only b changes. */
export const shifted = ({ w1, w2, b }, by1, by2) => ({ w1, w2, b: b - w1 * by1 - w2 * by2 });

/** The line through a pivot in another direction: w turns and keeps its length. */
export function turned({ w1, w2 }, pivot, along) {
  const size = Math.hypot(w1, w2);
  const length = Math.hypot(...along) || 1;
  const turnedLine = { w1: (size * along[1]) / length, w2: (-size * along[0]) / length };
  return { ...turnedLine, b: -turnedLine.w1 * pivot[0] - turnedLine.w2 * pivot[1] };
}

/** The direction in which a line runs, turned by an angle (radians, counter-clockwise). */
export function direction({ w1, w2 }, angle = 0) {
  const [a, b] = [-w2, w1];
  return [a * Math.cos(angle) - b * Math.sin(angle), a * Math.sin(angle) + b * Math.cos(angle)];
}

/** Which way w points, in whole degrees from -179 to 180. */
export const degrees = ({ w1, w2 }) => Math.round((Math.atan2(w2, w1) * 180) / Math.PI);

/** Where the sum of a neuron is 0, as the lecture writes it. */
export function equation(language, line, [one, other]) {
  if (!isLine(line)) return word(language, "output.no_line");
  const [w1, w2, b] = [line.w1, line.w2, line.b].map((value) => (Math.abs(value) < 0.005 ? 0 : value));
  const signed = (value) => `${value < 0 ? "\u2212" : "+"} ${number(Math.abs(value), 2)}`;
  return `${number(w1, 2)} ${one} ${signed(w2)} ${other} ${signed(b)} = 0`;
}
