/** The data: which set, how many points, how much noise, how many of them for training, and the seed of chance. */

import { unchanged } from "../state.js";
import { isGate } from "../views/gates.js";
import { nameOf, word } from "../words.js";
import { build, setText } from "./build.js";
import { numberField, steps } from "./fields.js";
import { icon, thumbnail } from "./icons.js";

/** Sets whose points are made by chance: only for them count and noise mean something. */
const MADE = ["circle", "xor", "gauss", "spiral", "moons", "three", "plane", "bump"];
const COUNTS = [10, 20, 50, 100, 200, 300, 500, 700, 1000, 2000, 5000];

export function data(element, actions) {
  const set = (name) => (value) => actions.send({ do: "set", changes: { [name]: value } });
  const sets = build("div", { class: "sets" });
  const amount = (name, ladder, whole = false) => numberField({ name, ladder, whole, send: set(name) });
  const fields = {
    count: amount("count", COUNTS, true),
    noise: amount("noise", steps(0, 1, 0.05)),
    train: amount("train", steps(0.1, 0.9, 0.1)),
    seed: amount("seed", steps(0, 20, 1), true),
  };
  const another = build("button", { type: "button", class: "another", onclick: nextSeed }, icon("dice"), build("span"));
  fields.seed.element.classList.add("with-button");
  fields.seed.element.append(another);
  element.append(sets, build("div", { class: "fields" }, ...Object.values(fields).map((field) => field.element)));
  let state = {};
  let made = {}; // the state for which the sets were built

  function nextSeed() {
    const [low, high] = state.welcome.limits.seed;
    const seed = actions.settings().seed + 1;
    set("seed")(seed > high ? low : seed);
  }

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "setup", "welcome", "error")) return;
    if (!state.setup || !state.welcome || state.setup.opened) return;
    if (made.welcome !== state.welcome || made.language !== state.language) makeSets();
    const { settings } = state.setup;
    for (const set of sets.querySelectorAll("button")) {
      set.setAttribute("aria-pressed", String(set.value === settings.data));
    }
    sets.querySelector(".table").classList.toggle("chosen", settings.data === "table");
    for (const [name, field] of Object.entries(fields)) field.render(state, settings[name]);
    fields.count.element.hidden = fields.noise.element.hidden = !MADE.includes(settings.data);
    fields.train.element.hidden = isGate(state.setup);
    setText(another.lastChild, word(state.language, "data.another"));
    another.title = word(state.language, "data.another.title");
  };

  function makeSets() {
    made = state;
    const groups = grouped(state.welcome.choices.data);
    const legends = [...groups].map(([group, choices]) =>
      build(
        "fieldset",
        { class: `set-group group-${group}` },
        build("legend", {}, nameOf(state.language, "group", group)),
        ...choices.map(choiceOf),
      ),
    );
    sets.replaceChildren(...legends);
  }

  /** A table is opened as a file, by panels/table.js; every other set is chosen. */
  function choiceOf({ name }) {
    const inside = [thumbnail(name), build("span", {}, nameOf(state.language, "data", name))];
    if (name !== "table") {
      return build("button", { type: "button", class: "set", value: name, onclick: () => set("data")(name) }, ...inside);
    }
    const hint = word(state.language, "table.hint");
    const file = build("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", title: hint });
    return build("label", { class: "set table" }, file, ...inside);
  }
}

function grouped(choices) {
  const groups = new Map();
  for (const choice of choices) groups.set(choice.group, [...(groups.get(choice.group) ?? []), choice]);
  return groups;
}
