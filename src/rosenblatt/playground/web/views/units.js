/** The units that the reader knows: a table's columns are scaled for the network, and shown as the table has them. */

import { mathName, number } from "../words.js";

const DIGITS = 2;
const LONGEST = 12; // signs of a name in an equation

const linear = (mean, deviation) => ({
  own: (value) => value * deviation + mean,
  scaled: (value) => (value - mean) / deviation,
  /** As many digits as tell apart what lies a hundredth of the deviation apart. */
  text: (value) => number(value * deviation + mean, Math.max(0, Math.min(6, DIGITS - Math.floor(Math.log10(deviation))))),
});
const AS_IT_IS = { own: (value) => value, scaled: (value) => value, text: (value) => number(value, DIGITS) };

/** The units of the plane's two axes: ways there and back, and the text of a coordinate. */
export function axisUnits({ scaling }) {
  return [0, 1].map((axis) => (scaling ? linear(scaling.means[axis], scaling.deviations[axis]) : AS_IT_IS));
}

/** The units of numbers that are learnt. */
export function targetUnits({ target_scaling: scaling }) {
  return scaling ? linear(scaling.mean, scaling.deviation) : AS_IT_IS;
}

/** The axes as the network reads them: with a prime where that is not in the reader's units, a long one by its beginning. */
export const inputNames = ({ axes, scaling }) => axes.map((name) => beginning(mathName(name)) + (scaling ? "′" : ""));

/** The inputs that are none of the axes and stay at their mean all over the plane. */
export const restOf = ({ problem, network }) => (problem.rest ? network.inputs.filter((name) => !problem.axes.includes(name)) : []);

/** As much of a long name as has room beside others. */
export const beginning = (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name);
