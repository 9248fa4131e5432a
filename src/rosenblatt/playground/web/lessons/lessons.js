/**
 * The six lessons: each step sets the tool through the public protocol, asks something of the learner, and sees by the
 * page's state whether it was done. The texts are in words/lessons.*.js: `lesson.<lesson>.<step>.text` and `.task`.
 *
 * A step:
 *   name      part of the keys of its texts
 *   changes   settings to apply on arrival; without them the step goes on from where the learner is
 *   speed     epochs a second (null: as fast as it goes)
 *   look      changes of what is looked at
 *   sample    the sample to take apart, as the server's command wants it
 *   panel     the section to look at
 *   done      (state, memory) => boolean: asked after every change of the state; `memory` lasts as long as the lesson
 *   values    (memory) => values that the step's text shows
 */

import * as here from "./conditions.js";

const START = {
  count: 500,
  noise: 0,
  train: 0.5,
  seed: 1,
  features: ["x1", "x2"],
  layers: [],
  output: { activation: "sigmoid", frozen: false },
  loss: "crossentropy",
  optimizer: "sgd",
  learning_rate: 0.03,
  l1: 0,
  l2: 0,
  batch_size: 10,
  initializer: "glorot_uniform",
  weights: null,
};

const start = (changes) => ({ ...START, ...changes });
const hidden = (...texts) =>
  texts.map((text) => {
    const [units, activation] = text.split(":");
    return { units: Number(units), activation, frozen: false };
  });
const STEP_OUTPUT = { activation: "step", frozen: false };

/** One neuron with the step function on a gate: the perceptron. */
const perceptron = (data, weights) => start({ data, output: STEP_OUTPUT, loss: "mse", learning_rate: 0.1, batch_size: 4, weights });
/** One neuron that can learn: the sigmoid has a slope where the step has none. */
const neuron = (data, weights, changes = {}) => start({ data, learning_rate: 0.5, batch_size: 4, weights, ...changes });
const FIRST_NEURON = { neuron: { layer: 0, unit: 0 } };

const gates = {
  name: "gates",
  steps: [
    {
      name: "neuron",
      changes: perceptron("AND", [0.5, 0.5, -0.2]),
      look: FIRST_NEURON,
      panel: "neuron",
      done: (state) => here.allRight(state, "AND") && here.close(here.weights(state), [0.5, 0.5, -0.7], 0.005),
    },
    {
      name: "line",
      changes: perceptron("AND", [0.5, 0.5, -0.7]),
      look: { ...FIRST_NEURON, showLines: true },
      panel: "output",
      done: (state) => here.allRight(state, "AND") && !here.close(here.weights(state), [0.5, 0.5, -0.7], 0.02),
    },
    {
      name: "or",
      changes: perceptron("OR", [0.5, 0.5, -0.7]),
      look: FIRST_NEURON,
      panel: "truth",
      done: (state) => here.allRight(state, "OR"),
    },
    {
      name: "nand",
      changes: perceptron("NAND", [0.5, 0.5, -0.7]),
      look: FIRST_NEURON,
      panel: "neuron",
      done: (state) => here.allRight(state, "NAND"),
    },
    {
      name: "learn",
      changes: neuron("AND", [0, 0, 0]),
      speed: 5,
      panel: "truth",
      done: (state) => here.allRight(state, "AND") && state.frame.epoch > 0,
    },
    {
      name: "sure",
      speed: 20,
      panel: "chart",
      done: (state) => here.on(state, "AND") && state.frame.epoch > 0 && state.frame.trainLoss < 0.1,
    },
  ],
};

const xor = {
  name: "xor",
  steps: [
    {
      name: "one",
      changes: neuron("XOR", null),
      speed: null,
      panel: "chart",
      done: (state) => here.on(state, "XOR") && here.hiddenLayers(state).length === 0 && state.frame.epoch >= 200,
    },
    {
      name: "line",
      changes: perceptron("XOR", [0.5, 0.5, -0.7]),
      look: { ...FIRST_NEURON, showLines: true },
      panel: "output",
      done: (state) => here.on(state, "XOR") && here.hiddenLayers(state).length === 0 && here.rowsRight(state) === 3,
    },
    {
      name: "compose",
      changes: {
        ...perceptron("XOR", [-0.5, 0.5, -0.5, 0.5, 0.7, -0.7, 0.5, 0.5, -0.7]),
        layers: hidden("2:step"),
      },
      look: { neuron: { layer: 0, unit: 1 }, showLines: true },
      panel: "output",
      done: (state) => here.allRight(state, "XOR") && here.isNetwork(state, 2, "step"),
    },
    {
      name: "space",
      changes: {
        ...perceptron("XOR", [-0.5, 0.5, -0.5, 0.5, 0.7, -0.2, 0.5, 0.5, -0.7]),
        layers: hidden("2:step"),
      },
      look: { neuron: { layer: 1, unit: 0 }, hidden: 0 },
      panel: "hidden",
      done: (state) =>
        here.allRight(state, "XOR") && here.isNetwork(state, 2, "step") && here.close(here.weights(state).slice(-1), [-0.9], 0.005),
    },
    {
      name: "learn",
      changes: { ...neuron("XOR", null), layers: hidden("4:tanh"), optimizer: "momentum", learning_rate: 0.1 },
      look: { hidden: 0 },
      speed: 20,
      panel: "output",
      done: (state) => here.allRight(state, "XOR") && here.hiddenLayers(state).length > 0 && state.frame.epoch > 0,
    },
    {
      name: "luck",
      changes: { ...neuron("XOR", null), layers: hidden("2:tanh"), optimizer: "momentum", learning_rate: 0.1 },
      speed: null,
      panel: "data",
      done: (state) => here.allRight(state, "XOR") && here.isNetwork(state, 2, "tanh") && state.frame.epoch > 0,
    },
  ],
};

const circle = (changes) => start({ data: "circle", noise: 0.1, ...changes });
const SIX = (activation) => hidden(...Array(6).fill(`6:${activation}`));

const activations = {
  name: "activations",
  steps: [
    {
      name: "linear",
      changes: circle({ layers: hidden("4:linear", "2:linear") }),
      speed: null,
      panel: "output",
      done: (state) => here.on(state, "circle") && here.allHidden(state, "linear") && state.frame.epoch >= 50,
    },
    {
      name: "tanh",
      panel: "network",
      done: (state) => here.on(state, "circle") && here.allHidden(state, "tanh") && state.frame.testAccuracy >= 0.95,
    },
    {
      name: "sigmoid",
      changes: circle({ layers: SIX("sigmoid") }),
      speed: 20,
      panel: "gradients",
      done: (state) => here.allHidden(state, "sigmoid") && state.rows.some((row) => row[0] >= 20 && here.gradientRatio(row) < 1 / 1000),
    },
    {
      name: "relu",
      changes: circle({ layers: SIX("relu"), initializer: "he_normal" }),
      speed: 20,
      panel: "gradients",
      done: (state) =>
        here.allHidden(state, "relu") &&
        state.frame.testAccuracy >= 0.95 &&
        state.rows.some((row) => row[0] > 0 && here.gradientRatio(row) > 1 / 20),
    },
    {
      name: "dead",
      changes: circle({ layers: hidden("4:relu", "4:relu"), initializer: "he_normal", learning_rate: 1 }),
      speed: 5,
      panel: "gradients",
      done: (state) => here.allHidden(state, "relu") && here.deadShare(state) === 1 && state.frame.epoch >= 10,
    },
    {
      name: "leaky",
      panel: "network",
      done: (state) => here.allHidden(state, "leaky_relu") && here.noneWasDead(state) && state.frame.epoch >= 20,
    },
  ],
};

const AND_BY_HAND = neuron("AND", [0.5, 0.5, -0.7], { learning_rate: 0.1 });
const reached = (part) => (state) => here.sampleShows(state, part);

const sample = {
  name: "sample",
  steps: [
    { name: "sum", changes: AND_BY_HAND, sample: { row: 3 }, panel: "sample", done: reached("sum") },
    { name: "activation", panel: "sample", done: reached("activation") },
    { name: "loss", panel: "sample", done: reached("loss") },
    { name: "error", panel: "sample", done: reached("error") },
    { name: "gradient", panel: "sample", done: reached("gradient") },
    { name: "update", panel: "sample", done: reached("update") },
    {
      name: "other",
      changes: AND_BY_HAND,
      sample: { row: 1 },
      panel: "sample",
      done: (state) => here.on(state, "AND") && here.sampleIs(state, [0, 1]) && reached("gradient")(state),
    },
  ],
};

/** Softmax outputs that do not depend on the inputs: all weights 0, the sums are the biases. */
const constant = (...biases) =>
  start({
    data: "three",
    noise: 0.15,
    weights: [0, 0, 0, 0, 0, 0, ...biases],
    output: { activation: "softmax", frozen: false },
    learning_rate: 0.1,
  });
const THIRD = { x: [1, 1], target: 2 };

const softmax = {
  name: "softmax",
  steps: [
    {
      name: "share",
      changes: constant(2.2, 1.39, 0.85),
      panel: "output",
      done: (state) => here.probed(state, [0.59, 0.26, 0.15]),
    },
    {
      name: "compare",
      changes: constant(0, -1.39, -2.2),
      panel: "output",
      done: (state) => here.probed(state, [0.74, 0.18, 0.08]),
    },
    {
      name: "far",
      changes: constant(Math.log(0.7), Math.log(0.2), Math.log(0.1)),
      sample: THIRD,
      panel: "sample",
      done: (state) => here.sampleError(state, 2, -0.9) && reached("error")(state),
    },
    {
      name: "near",
      changes: constant(Math.log(0.1), Math.log(0.4), Math.log(0.5)),
      sample: THIRD,
      panel: "sample",
      done: (state) => here.sampleError(state, 2, -0.5) && reached("error")(state),
    },
    {
      name: "right",
      changes: constant(-12, Math.log(0.1), Math.log(0.9)),
      sample: THIRD,
      panel: "sample",
      done: (state) => here.sampleError(state, 2, -0.1) && reached("error")(state),
    },
    {
      name: "learn",
      changes: constant(0, 0, 0),
      speed: 5,
      panel: "output",
      done: (state) => here.on(state, "three") && state.frame.epoch > 0 && state.frame.trainLoss < 0.1,
    },
  ],
};

const batches = (batch_size) => circle({ layers: hidden("4:tanh", "2:tanh"), learning_rate: 0.3, batch_size });
const WANTED = 0.3;

/** Remembers after how many epochs and updates the loss first fell under 0.3 with this size of batch. */
function fell(name, fits) {
  return (state, memory) => {
    const row = here.on(state, "circle") && fits(state.setup.settings.batch_size) && here.firstUnder(state, WANTED);
    if (row) memory[name] = { epochs: row[0], updates: row[1] };
    return Boolean(row);
  };
}

const minibatch = {
  name: "minibatch",
  steps: [
    { name: "full", changes: batches(250), speed: 20, panel: "chart", done: fell("full", (size) => size >= 250) },
    { name: "mini", changes: batches(10), speed: 20, panel: "chart", done: fell("mini", (size) => size === 10) },
    {
      name: "single",
      changes: batches(1),
      speed: 20,
      panel: "chart",
      done: (state) => here.on(state, "circle") && state.setup.settings.batch_size === 1 && state.frame.epoch >= 50,
    },
    {
      name: "smooth",
      panel: "chart",
      done: (state) => state.look.smoothing > 0 && state.setup.settings.batch_size === 1,
    },
    {
      name: "choose",
      changes: batches(10),
      speed: 20,
      panel: "model",
      done: fell("own", (size) => size === 50),
      values: ({ full, mini, own }) => ({
        full: full ? full.epochs : "–",
        mini: mini ? mini.epochs : "–",
        own: own ? own.epochs : "–",
      }),
    },
  ],
};

export const LESSONS = [gates, xor, activations, sample, softmax, minibatch];
