/** What a lesson may ask of the state: small questions with a yes, a no or a number for an answer. */

import { isRight } from "../views/answers.js";

/** Whether the run is on these data and its picture is here. */
export const on = (state, data) => Boolean(state.frame) && state.setup.settings.data === data;

export const hiddenLayers = (state) => state.setup.settings.layers;

export const allHidden = (state, activation) =>
  Boolean(state.frame) && hiddenLayers(state).length > 0 && hiddenLayers(state).every((layer) => layer.activation === activation);

/** Whether there is one hidden layer of so many units with this activation. */
export function isNetwork(state, units, activation) {
  const [layer, ...more] = hiddenLayers(state);
  return more.length === 0 && layer?.units === units && layer.activation === activation;
}

export const weights = (state) => [...(state.frame?.weights ?? [])];

/** Whether two lists agree, number by number. */
export const close = (one, other, tolerance) =>
  one.length === other.length && one.every((value, index) => Math.abs(value - other[index]) <= tolerance);

/** How many of the shown points are right. */
export const rowsRight = (state) => state.setup.problem.points.filter((_, row) => isRight(state, row)).length;

export const allRight = (state, data) => on(state, data) && rowsRight(state) === state.setup.problem.points.length;

/** The first row of the figures whose training loss is under a value. */
export const firstUnder = (state, loss) => state.rows.find((row) => row[2] < loss);

/** The size of the first layer's gradient over the last one's, in a row of the figures. */
export const gradientRatio = ([, , , , , , gradients]) => gradients[0] / gradients.at(-1);

/** The greatest share of dead units in any layer. */
export function deadShare(state) {
  const shares = state.frame?.shares;
  if (!shares) return NaN;
  const layers = shares.length / 3;
  return Math.max(...shares.subarray(layers, 2 * layers));
}

/** Whether no layer had a dead unit in any row of the figures. */
export const noneWasDead = (state) => state.rows.every(([, , , , , , , dead]) => Math.max(...dead) === 0);

/** Whether the read-out at the cursor gives these outputs, to two places. */
export const probed = (state, outputs) => Boolean(state.probe) && close([...state.probe.outputs], outputs, 0.006);

/** The steps of a sample's way that show a certain thing; what shows it is the last of them. */
const SHOWS = {
  sum: (step, { nodes }) => step.phase === "forward" && nodes[step.node]?.label.startsWith("z"),
  activation: (step) => ["forward_activation", "forward_softmax"].includes(step.key),
  loss: (step) => step.phase === "loss",
  error: (step) =>
    ["backward_sigmoid", "backward_softmax", "backward_binary_crossentropy", "backward_categorical_crossentropy"].includes(step.key),
  gradient: (step) => step.phase === "backward",
  update: (step) => step.phase === "update",
};

/** Whether the learner has stepped as far as this part of the sample's way. */
export function sampleShows(state, part) {
  const { sample, look } = state;
  if (!sample) return false;
  const last = sample.steps.findLastIndex((step) => SHOWS[part](step, sample));
  return last >= 0 && (look.sampleStep ?? 0) >= last;
}

export const sampleIs = (state, x) => Boolean(state.sample) && close([...state.sample.x], x, 1e-6);

/** Whether the derivative of the loss with respect to an output unit's sum is this one, to two places. */
export function sampleError(state, unit, wanted) {
  if (!state.sample) return false;
  const { nodes, groups } = state.sample;
  const last = groups.filter((group) => group.kind !== "loss").at(-1);
  const sums = nodes.filter((node) => node.label.startsWith("z") && last.nodes.includes(node.id));
  return Math.abs((sums[unit]?.gradient ?? NaN) - wanted) < 0.006;
}
