/** How the network learns: loss, optimizer, learning rate, penalties, batch size, start of the weights. */

import { unchanged } from "../state.js";
import { nameOf, word } from "../words.js";
import { build, setText } from "./build.js";
import { choiceField, numberField } from "./fields.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1];
const BATCHES = [1, 2, 4, 5, 10, 16, 20, 32, 50, 64, 100, 128, 200, 250, 500, 1000, 2000, 5000];

/** What can be changed of a model that was opened. */
const WHERE_OPENED = ["learning_rate", "batch_size"];

export function model(element, actions) {
  const set = (name) => (value) => actions.send({ do: "set", changes: { [name]: value } });
  const choice = (name) => choiceField({ name, prefix: name, send: set(name) });
  const amount = (name, ladder, whole = false) => numberField({ name, ladder, whole, send: set(name) });
  const fields = {
    loss: choice("loss"),
    optimizer: choice("optimizer"),
    learning_rate: amount("learning_rate", RATES),
    batch_size: amount("batch_size", BATCHES, true),
    initializer: choice("initializer"),
    l1: amount("l1", PENALTIES),
    l2: amount("l2", PENALTIES),
  };
  const compiled = build("p", { class: "hint", hidden: true });
  element.append(compiled, build("div", { class: "fields" }, ...Object.values(fields).map((field) => field.element)));
  let before = {};

  return function render(state) {
    if (unchanged(before, state, "language", "setup", "welcome", "error")) return;
    before = state;
    if (!state.setup || !state.welcome) return;
    const { settings, problem, opened, compiled: by } = state.setup;
    const { choices } = state.welcome;
    compiled.hidden = !opened || !by;
    if (!compiled.hidden) setText(compiled, word(state.language, "model.compiled", inWords(state.language, by)));
    const options = {
      loss: ofTask(choices.losses, problem.task),
      optimizer: choices.optimizers,
      initializer: choices.initializers,
    };
    for (const [name, field] of Object.entries(fields)) {
      field.render(state, settings[name], options[name]);
      field.element.hidden = opened && !WHERE_OPENED.includes(name);
    }
  };
}

/** By what a model was trained, in words; names that have none stay as they are. */
const inWords = (language, { optimizer, loss }) => ({
  optimizer: nameOf(language, "optimizer", optimizer),
  loss: nameOf(language, "loss", loss),
});

/** Choices that depend on the task come as an object by task; others as one list. */
export const ofTask = (choices, task) => (Array.isArray(choices) ? choices : (choices[task] ?? []));
