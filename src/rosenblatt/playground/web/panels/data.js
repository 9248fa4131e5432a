/** The data: which set, how many points, how much noise, how many of them for training, and the seed of chance. */

import { nameOf, word } from "../words.js";
import { build, setText } from "./build.js";
import { numberField, steps } from "./fields.js";
import { icon, thumbnail } from "./icons.js";

const GATES = ["AND", "OR", "NAND", "XOR"];
/** Sets whose points are made by chance: only for them count and noise mean something. */
const MADE = ["circle", "xor", "gauss", "spiral", "moons", "three", "plane", "bump"];
/** Three points from which a drawing starts, so that there is something to learn at once. */
const FIRST_POINTS = [
  [-0.5, -0.3, 0],
  [-0.2, 0.5, 0],
  [0.5, 0.2, 1],
];

export function data(element, actions) {
  const set = (name) => (value) => actions.send({ do: "set", changes: { [name]: value } });
  const sets = build("div", { class: "sets" });
  const fields = {
    count: numberField({
      name: "count",
      low: 10,
      high: 5000,
      whole: true,
      ladder: [10, 20, 50, 100, 200, 300, 500, 700, 1000, 2000, 5000],
      send: set("count"),
    }),
    noise: numberField({ name: "noise", low: 0, high: 1, ladder: steps(0, 1, 0.05), send: set("noise") }),
    train: numberField({ name: "train", low: 0.1, high: 0.9, ladder: steps(0.1, 0.9, 0.1), send: set("train") }),
    seed: numberField({
      name: "seed",
      low: 0,
      high: 2 ** 31 - 1,
      whole: true,
      ladder: steps(0, 20, 1),
      send: set("seed"),
    }),
  };
  const another = build(
    "button",
    { type: "button", class: "another", onclick: () => set("seed")((actions.settings().seed + 1) % 2 ** 31) },
    icon("dice"),
    build("span"),
  );
  fields.seed.element.classList.add("with-button");
  fields.seed.element.append(another);
  element.append(sets, build("div", { class: "fields" }, ...Object.values(fields).map((field) => field.element)));
  let state = {};
  let made = {}; // the state for which the sets were built

  return function render(next) {
    const before = state;
    state = next;
    if (["language", "setup", "welcome", "error"].every((part) => before[part] === state[part])) return;
    if (!state.setup || !state.welcome || state.setup.opened) return;
    if (made.welcome !== state.welcome || made.language !== state.language) makeSets();
    const { settings } = state.setup;
    for (const set of sets.querySelectorAll("button")) {
      set.setAttribute("aria-pressed", String(set.value === settings.data));
    }
    sets.querySelector(".table").classList.toggle("chosen", settings.data === "table");
    for (const [name, field] of Object.entries(fields)) field.render(state, settings[name]);
    fields.count.element.hidden = fields.noise.element.hidden = !MADE.includes(settings.data);
    fields.train.element.hidden = GATES.includes(settings.data);
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
      return build("button", { type: "button", class: "set", value: name, onclick: () => choose(name) }, ...inside);
    }
    const hint = word(state.language, "table.hint");
    const file = build("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", title: hint });
    return build("label", { class: "set table" }, file, ...inside);
  }

  function choose(name) {
    const changes = { data: name };
    if (name === "drawn" && !state.setup.settings.points.length) changes.points = FIRST_POINTS;
    actions.send({ do: "set", changes });
  }
}

function grouped(choices) {
  const groups = new Map();
  for (const choice of choices) groups.set(choice.group, [...(groups.get(choice.group) ?? []), choice]);
  return groups;
}
