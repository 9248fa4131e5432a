/** The reader's own table: a CSV file, read on this machine and sent to the server here, and what its columns are for. */

import { unchanged } from "../state.js";
import { number, word } from "../words.js";
import { axesFields } from "./axes.js";
import { build, setText } from "./build.js";
import { choiceField } from "./fields.js";

/** Spreadsheets write one of these: UTF-8, or CP949 on Korean Windows (which browsers call euc-kr). */
const ENCODINGS = ["utf-8", "euc-kr"];

export function table(element, actions) {
  const columns = build("div", { class: "fields columns" });
  const set = (name) => (value) => actions.send({ do: "set", changes: { [name]: value } });
  const target = choiceField({ name: "target", prefix: "column", send: set("target") });
  const axes = axesFields(actions, "table");
  const opened = build("p", { class: "hint" });
  columns.hidden = true;
  columns.append(opened, target.element, ...axes.elements);
  element.append(columns);
  let state = {};

  element.addEventListener("change", ({ target: file }) => {
    if (file.type !== "file" || !file.files.length) return;
    read(file.files[0]);
    file.value = ""; // the same file may be opened again
  });
  for (const kind of ["dragover", "drop"]) {
    element.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") read(event.dataTransfer.files[0]);
    });
  }

  async function read(chosen) {
    const { name } = chosen;
    const { table: limit } = state.welcome.limits;
    if (chosen.size > limit)
      return actions.say("table_too_large", { name, got: megabytes(chosen.size), limit: megabytes(limit) });
    const text = decoded(await chosen.arrayBuffer());
    if (text === null) return actions.say("table_text", { name });
    return actions.openTable(name, text);
  }

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "setup", "error")) return;
    columns.hidden = state.setup?.settings?.data !== "table";
    if (columns.hidden) return;
    const { settings, problem, table: name } = state.setup;
    const [train, test] = problem.rows;
    setText(opened, word(state.language, "table.opened", { name, count: train + test, train }));
    const names =
      problem.columns ?? [...new Set([...problem.inputs, ...problem.axes, settings.target])].filter(Boolean);
    target.render(state, settings.target, names);
    axes.render(state, settings.features);
  };
}

const megabytes = (bytes) => number(bytes / 2 ** 20, 1);

/** The text of a file, or null where no encoding fits. */
function decoded(bytes) {
  for (const encoding of ENCODINGS) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return null;
}
