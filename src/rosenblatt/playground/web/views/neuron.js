/** The inspector: the chosen neuron's map, bias and incoming weights, as numbers that can be typed. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { mathName, number, word } from "../words.js";
import { fitting } from "./atlas.js";
import { diverging } from "./colours.js";
import { sideOf } from "./contours.js";
import { canTurn, equation, lineOf } from "./lines.js";
import { coloursOf, writeWeights } from "./maps.js";
import { activationName, neuronName, weightSign } from "./names.js";
import { pace } from "./pace.js";
import { Stage } from "./stage.js";
import { inputNames } from "./units.js";

const MOST_FIELDS = 64;
const DIGITS = 4;

/** Whether a layer reads a picture, so that its weights are one, too. */
const isPicture = ({ network }, layer) => layer === 0 && network.picture && network.layers[0].maps === "weights";

export function neuron(element, actions) {
  const none = build("p", { class: "hint" });
  const title = build("h3", { class: "neuron-title" });
  const about = build("p", { class: "neuron-about" });
  const picture = build("div", { class: "neuron-map" });
  const fields = build("div", { class: "neuron-fields", role: "group" });
  const rest = build("p", { class: "hint" });
  const sum = build("p", { class: "neuron-sum number" });
  const lineHint = build("p", { class: "hint" });
  const close = build("button", { type: "button", class: "neuron-close", onclick: leave });
  const body = build("div", { class: "neuron-body" }, picture, build("div", { class: "neuron-text" }, title, about, sum), fields, rest, lineHint, close);
  element.append(none, body);
  const stage = new Stage(picture, "neuron", () => repaint());
  stage.canvas.setAttribute("aria-hidden", "true");
  let atlas = null;

  let state = {};
  let painted = {};
  let numbers = []; // {field, place} for each weight and the bias
  const isTime = pace();

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  /** Chooses no neuron; the focus goes back to the one that was chosen. */
  function leave() {
    const { layer, unit } = state.look.neuron;
    actions.look({ neuron: null });
    document.querySelector(`[data-neuron="${layer} ${unit}"]`)?.focus();
  }

  function render(next) {
    state = next;
    const { setup, frame, look } = state;
    if (!setup) return;
    if (unchanged(painted, state, "setup", "frame", "theme", "language", "status") && painted.look?.neuron === look.neuron) return;
    const layer = look.neuron && setup.network.layers[look.neuron.layer];
    none.hidden = Boolean(layer);
    body.hidden = !layer;
    if (!layer) {
      setText(none, word(state.language, "neuron.none"));
      painted = state;
      return;
    }
    const other = !unchanged(painted, state, "setup", "language") || painted.look?.neuron !== look.neuron;
    if (other) makeFields(layer);
    paintMap();
    if (frame?.weights && isTime(state, other)) showNumbers();
    painted = state;
  }

  /** One field for each weight and one for the bias; those that fit are kept, and with them the focus. */
  function makeFields({ kernel, bias, activation, frozen, before }) {
    const { language, setup, look } = state;
    const { layer, unit } = look.neuron;
    setText(title, neuronName(state, look.neuron));
    const facts = [activationName(state, activation), word(language, "neuron.inputs", { count: kernel?.rows ?? 0 })];
    if (frozen) facts.push(word(language, "network.frozen"));
    if (before?.length) facts.push(before.join(", "));
    setText(about, facts.join(" · "));
    setText(close, word(language, "neuron.close"));
    fields.setAttribute("aria-label", word(language, "neuron.weights"));
    const seen = isPicture(setup, layer);
    const rows = seen ? 0 : Math.min(kernel?.rows ?? 0, MOST_FIELDS);
    const inputs = layer === 0 ? setup.network.inputs.map(mathName) : [];
    const named = Array.from({ length: rows }, (_, i) => {
      const from = layer === 0 ? (inputs[i] ?? String(i + 1)) : neuronName(state, { layer: layer - 1, unit: i });
      const sign = weightSign(setup, layer, i, unit);
      return [inputs[i] ? `${sign} · ${inputs[i]}` : sign, kernel.start + i * kernel.columns + unit, word(language, "neuron.weight", { from })];
    });
    if (bias) named.push([word(language, "neuron.bias"), bias.start + unit, word(language, "neuron.bias")]);
    while (numbers.length > named.length) numbers.pop().element.remove();
    while (numbers.length < named.length) {
      numbers.push(numberField());
      fields.append(numbers.at(-1).element);
    }
    for (const [index, [text, place, full]] of named.entries()) {
      const each = numbers[index];
      const isBias = Boolean(bias) && index === named.length - 1;
      each.place = place;
      each.element.classList.toggle("bias", isBias);
      setText(each.name, text);
      each.field.setAttribute("aria-label", full);
      each.element.title = full;
    }
    rest.hidden = seen || (kernel?.rows ?? 0) <= MOST_FIELDS;
    setText(rest, word(language, "neuron.rest", { count: (kernel?.rows ?? 0) - MOST_FIELDS }));
    const isLine = layer === 0 && canTurn(setup);
    lineHint.hidden = sum.hidden = !isLine;
    setText(lineHint, word(language, "neuron.line"));
  }

  function numberField() {
    const field = build("input", { type: "number", step: "0.1", inputmode: "decimal" });
    const name = build("span", { class: "name" });
    const made = { field, name, place: -1, element: build("label", { class: "weight" }, name, field) };
    field.addEventListener("input", () => {
      if (field.value === "" || !Number.isFinite(field.valueAsNumber)) return;
      actions.send({ do: "weights", edits: [[made.place, field.valueAsNumber]] });
    });
    field.addEventListener("blur", () => showNumbers());
    return made;
  }

  /** Writes the weights; a field in which someone types is left alone. */
  function showNumbers() {
    const { frame, setup, look } = state;
    if (!frame?.weights || !look.neuron) return;
    for (const { field, place, element: label } of numbers) {
      const weight = frame.weights[place];
      if (weight === undefined) return; // of another shape: the frame of this one is on its way
      if (field !== document.activeElement) {
        const text = String(Number(weight.toFixed(DIGITS)));
        if (field.value !== text) field.value = text;
      }
      label.classList.toggle("negative", weight < 0);
    }
    if (sum.hidden) return;
    setText(sum, equation(state.language, lineOf(setup, frame.weights, look.neuron.unit), inputNames(setup.problem)));
  }

  /** The neuron's map over the plane; where the network reads pictures, its weights as a picture. */
  function paintMap() {
    const { frame, look, theme, setup } = state;
    const { layer, unit } = look.neuron;
    const map = frame?.maps[layer]?.[unit];
    const seen = isPicture(setup, layer) && frame?.weights;
    picture.hidden = !map && !seen;
    if (picture.hidden) return;
    const [rows, columns] = seen ? setup.network.picture : [sideOf(map), sideOf(map)];
    atlas = fitting(atlas, columns, rows);
    if (seen) writeWeights(atlas, 0, frame.weights, setup.network.layers[0].kernel, unit, diverging(theme));
    else atlas.write(0, map, coloursOf(state, look.neuron));
    atlas.show();
    if (!stage.hostWidth) return;
    stage.resize(stage.hostWidth, stage.hostWidth);
    stage.clear().image(atlas, 0, 0, 0, stage.width, stage.height);
  }

  return render;
}
