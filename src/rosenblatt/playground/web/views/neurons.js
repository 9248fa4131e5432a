/** Transparent buttons above the neurons' tiles: they serve pointer, keyboard and screen reader. */

import { build } from "../panels/build.js";
import { number, word } from "../words.js";
import { activationName, neuronName, same } from "./names.js";

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * @param {object} actions @param {() => {state: object, plan: object}} current
 * @returns {{element: HTMLElement, place: () => void, describe: () => void}}
 */
export function neuronButtons(actions, current) {
  const element = build("div", { class: "network-neurons", role: "group" });
  const byPlace = new Map(); // by "layer unit"

  /** One button above each tile of a neuron; those that are there already are kept, and with them the focus. */
  function place() {
    const { tiles, tile } = current().plan;
    const kept = new Set();
    for (const { layer, unit, x, y } of tiles) {
      if (layer < 0) continue;
      const key = `${layer} ${unit}`;
      kept.add(key);
      if (!byPlace.has(key)) byPlace.set(key, made({ layer, unit }));
      const { style } = byPlace.get(key);
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = style.height = `${tile}px`;
    }
    for (const [key, each] of byPlace) if (!kept.has(key)) remove(key, each);
    if (![...byPlace.values()].some((each) => each.tabIndex === 0)) byPlace.values().next().value.tabIndex = 0;
  }

  function remove(key, button) {
    byPlace.delete(key);
    button.blur(); // before it goes: what has the focus cannot be removed by its own blur
    button.remove();
  }

  function made(neuron) {
    const enter = () => {
      button.setAttribute("aria-label", described(neuron));
      actions.look({ hover: neuron });
    };
    const leave = () => same(current().state.look.hover, neuron) && actions.look({ hover: null });
    const button = build("button", {
      type: "button",
      class: "neuron",
      tabindex: "-1",
      "aria-label": described(neuron),
      "data-neuron": `${neuron.layer} ${neuron.unit}`,
      onpointerenter: enter,
      onpointerleave: leave,
      onfocus: () => {
        for (const other of byPlace.values()) other.tabIndex = other === button ? 0 : -1;
        if (button.matches(":focus-visible")) enter();
      },
      onblur: leave,
      onclick: () => choose(neuron),
      onkeydown: (event) => walk(event, neuron),
    });
    element.append(button);
    return button;
  }

  function choose(neuron) {
    const isChosen = same(current().state.look.neuron, neuron);
    actions.look({ neuron: isChosen ? null : neuron });
    if (!isChosen) actions.unfold("neuron"); // without scrolling, by which the tile could leave the screen
  }

  /** Arrow keys go from neuron to neuron; a layer of fewer neurons is entered at the nearest. */
  function walk(event, { layer, unit }) {
    const { columns } = current().plan;
    const step = STEPS[event.key];
    const end = { Home: 0, End: columns[layer + 1].shown - 1 }[event.key];
    if (!step && end === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(columns.length - 2, layer + (step?.[0] ?? 0)));
    const wanted = end ?? unit + step[1];
    byPlace.get(`${to} ${Math.max(0, Math.min(columns[to + 1].shown - 1, wanted))}`)?.focus();
  }

  function described({ layer, unit }) {
    const { state } = current();
    const { activation, bias, frozen } = state.setup.network.layers[layer];
    const value = number(state.frame?.weights?.[bias?.start + unit], 2);
    const text = word(state.language, "network.neuron.about", { name: neuronName(state, { layer, unit }), activation: activationName(state, activation), bias: value });
    return frozen ? `${text}, ${word(state.language, "network.frozen")}` : text;
  }

  function describe() {
    element.setAttribute("aria-label", word(current().state.language, "network.neurons"));
    for (const [key, each] of byPlace) {
      const [layer, unit] = key.split(" ").map(Number);
      each.setAttribute("aria-label", described({ layer, unit }));
    }
  }

  return { element, place, describe };
}
