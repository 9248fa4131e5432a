/** What layers and neurons are called. */

import { nameOf, word } from "../words.js";
import { classOf } from "./answers.js";
import { named } from "./sentences.js";

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
export function neuronName(state, neuron) {
  const { language, setup } = state;
  const number = neuron.unit + 1;
  if (!isLast(state, neuron.layer)) return word(language, "network.neuron", { number, layer: layerName(state, neuron.layer) });
  const own = classOf(setup, neuron);
  return own === null
    ? word(language, "network.output_neuron", { number })
    : word(language, "network.class_neuron", { number, name: setup.problem.classes[own] });
}

/** A weight as mathematics writes it, and the sample's graph: w₁[2,3] goes from the second input of layer 1 to its third neuron. */
export function weightSign({ network: { layers } }, layer, from, to) {
  const { rows, columns } = layers[layer].kernel;
  const indices = [...(rows > 1 ? [from + 1] : []), ...(columns > 1 ? [to + 1] : [])];
  if (layers.length === 1 && indices.length < 2) return named(`w${indices.join("")}`); // of a single neuron, w₂
  return named(`w${layers.length > 1 ? layer + 1 : ""}`) + (indices.length ? `[${indices.join(",")}]` : "");
}

/** An activation function's name: "relu" is ReLU. */
export const activationName = ({ language }, name) => nameOf(language, "activation", name);

/** Whether two places in the network are the same neuron; both may be none. */
export const same = (one, other) => one?.layer === other?.layer && one?.unit === other?.unit;
