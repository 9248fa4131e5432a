/** What layers and neurons are called. */

import { nameOf, word } from "../words.js";

const isLast = ({ setup }, layer) => layer === setup.network.layers.length - 1;

/** A layer's name as the page says it. */
export const layerName = (state, layer) =>
  isLast(state, layer)
    ? word(state.language, "network.output")
    : word(state.language, "network.layer", { number: layer + 1 });

/** The short name above a layer's tiles; the inputs are layer -1. */
export function layerTitle(state, layer) {
  if (layer < 0) return word(state.language, "network.inputs");
  return isLast(state, layer) ? layerName(state, layer) : word(state.language, "network.title", { number: layer + 1 });
}

/** A neuron's name as the page says it. */
export const neuronName = (state, { layer, unit }) =>
  isLast(state, layer)
    ? word(state.language, "network.output_neuron", { number: unit + 1 })
    : word(state.language, "network.neuron", { number: unit + 1, layer: layerName(state, layer) });

/** An activation function's name: "relu" is ReLU. */
export const activationName = ({ language }, name) => nameOf(language, "activation", name);

/** Whether two places in the network are the same neuron; both may be none. */
export const same = (one, other) => one?.layer === other?.layer && one?.unit === other?.unit;
