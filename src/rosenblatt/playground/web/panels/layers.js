/** The shape of the network: features and layers, more and fewer, and for each layer its units, activation, and whether it is frozen. */

import { unchanged } from "../state.js";
import { mathName, word } from "../words.js";
import { build, setText } from "./build.js";
import { showChoice } from "./fields.js";
import { ofTask } from "./model.js";

const NEW_LAYER = { units: 4, activation: "tanh", frozen: false };

export function layers(element, actions) {
  const set = (changes) => actions.send({ do: "set", changes });
  const legend = build("legend");
  const features = build("fieldset", { class: "features" }, legend);
  const deeper = () => [...hidden(), { ...(hidden().at(-1) ?? NEW_LAYER), frozen: false }].slice(0, limits().layers);
  const depth = stepper((by) => set({ layers: by > 0 ? deeper() : hidden().slice(0, -1) }));
  const depthLabel = build("span", { class: "label" });
  const cards = build("div", { class: "layers" });
  element.append(
    build("div", { class: "shape" }, features, build("div", { class: "depth" }, depthLabel, depth.element)),
    cards,
  );
  let state = {};
  const shown = []; // the cards: hidden layers, and the output layer last
  const hidden = () => actions.settings().layers;
  const limits = () => state.welcome.limits;

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "setup", "welcome", "error")) return;
    if (!state.setup || !state.welcome) return;
    element.hidden = Boolean(state.setup.opened) || state.hide.includes("layers");
    if (element.hidden) return;
    showFeatures();
    showDepth();
    showCards();
  };

  function showFeatures() {
    const { settings, problem } = state.setup;
    const names =
      settings.data === "table"
        ? (problem.columns ?? problem.inputs).filter((name) => name !== settings.target)
        : state.welcome.choices.features;
    setText(legend, word(state.language, "layers.features"));
    if (features.dataset.names !== String(names)) {
      features.dataset.names = String(names);
      features.replaceChildren(
        legend,
        ...names.map((name) => {
          const input = build("input", { type: "checkbox", value: name, onchange: () => choose(input) });
          return build(
            "label",
            { class: "chip" },
            input,
            build("span", { lang: "en", translate: "no" }, mathName(name)),
          );
        }),
      );
    }
    for (const input of features.querySelectorAll("input")) input.checked = settings.features.includes(input.value);
  }

  function choose({ value, checked }) {
    const others = actions.settings().features.filter((name) => name !== value);
    if (checked) return set({ features: [...others, value] });
    if (others.length) return set({ features: others });
    showFeatures();
    return actions.say("no_feature");
  }

  function showDepth() {
    const count = state.setup.settings.layers.length;
    setText(depthLabel, word(state.language, "layers.depth"));
    depth.render(
      count,
      count > 0,
      count < limits().layers,
      word(state.language, "layers.fewer"),
      word(state.language, "layers.more"),
    );
  }

  function showCards() {
    const count = state.setup.settings.layers.length;
    while (shown.length > count + 1) cards.removeChild(shown.splice(-2, 1)[0].element);
    while (shown.length < count + 1) {
      const made = card(shown.length ? shown.length - 1 : null);
      shown.splice(-1, 0, made);
      cards.insertBefore(made.element, shown.length > 1 ? shown.at(-1).element : null);
    }
    for (const each of shown) each.render();
  }

  /** One layer; index null is the output layer. */
  function card(index) {
    const title = build("h3");
    const change = (changes) =>
      index === null
        ? set({ output: { ...actions.settings().output, ...changes } })
        : set({ layers: hidden().map((layer, place) => (place === index ? { ...layer, ...changes } : layer)) });
    // Clicks may come faster than the server answers: the layer may be gone, or at its limit.
    const unitsAfter = (by) => Math.max(1, Math.min(limits().units[1], (hidden()[index]?.units ?? 1) + by));
    const units = index === null ? null : stepper((by) => change({ units: unitsAfter(by) }));
    const activation = build("select", { onchange: () => change({ activation: activation.value }) });
    const frozen = build("input", { type: "checkbox", onchange: () => change({ frozen: frozen.checked }) });
    const frozenText = build("span");
    const made = build(
      "div",
      { class: "layer", role: "group" },
      title,
      units ? units.element : build("span", { class: "units number" }),
      activation,
      build("label", { class: "freeze" }, frozen, frozenText),
    );
    return { element: made, render: show };

    function show() {
      const { settings, network, problem } = state.setup;
      const layer = index === null ? settings.output : settings.layers[index];
      const name =
        index === null
          ? word(state.language, "layers.output")
          : word(state.language, "layers.hidden", { number: index + 1 });
      setText(title, name);
      made.setAttribute("aria-label", name);
      if (units)
        units.render(
          layer.units,
          layer.units > 1,
          layer.units < limits().units[1],
          word(state.language, "layers.fewer_units", { name }),
          word(state.language, "layers.more_units", { name }),
        );
      else setText(made.querySelector(".units"), word(state.language, "layers.units", { units: network.outputs }));
      const options =
        index === null
          ? ofTask(state.welcome.choices.outputs, outputsOf(problem, state.welcome.choices.outputs))
          : state.welcome.choices.activations;
      showChoice(activation, state.language, "activation", layer.activation, options);
      activation.setAttribute("aria-label", word(state.language, "layers.activation", { name }));
      frozen.checked = layer.frozen;
      setText(frozenText, word(state.language, "layers.freeze"));
      frozen.setAttribute("aria-label", word(state.language, "layers.freeze_of", { name }));
      made.classList.toggle("frozen", layer.frozen);
    }
  }
}

/** Two classes have one output unit and choices of their own, where the server tells them apart. */
function outputsOf(problem, outputs) {
  if (problem.task === "numbers") return "numbers";
  const kind = problem.classes.length === 2 ? "two" : "several";
  return kind in outputs ? kind : problem.task;
}

/** A count between a minus and a plus. */
function stepper(act) {
  const minus = build("button", { type: "button", class: "step", onclick: () => act(-1) }, "\u2212");
  const plus = build("button", { type: "button", class: "step", onclick: () => act(1) }, "+");
  const count = build("span", { class: "count number" });
  return {
    element: build("div", { class: "stepper" }, minus, count, plus),
    render(value, canFall, canRise, fall, rise) {
      setText(count, String(value));
      minus.disabled = !canFall;
      plus.disabled = !canRise;
      for (const [button, name] of [
        [minus, fall],
        [plus, rise],
      ]) {
        button.setAttribute("aria-label", name);
        button.title = name;
      }
    },
  };
}
