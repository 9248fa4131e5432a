/** TRUTH TABLE: a gate's four rows, what the network gives for each, and whether that is right. */

import { chosen } from "../lessons/conditions.js";
import { build, setText } from "../panels/build.js";
import { number, word } from "../words.js";
import { named } from "./sentences.js";

const GATES = ["AND", "OR", "NAND", "XOR"];

export function truth(element, actions) {
  let state = null;
  const caption = build("caption");
  const heads = ["target", "output", "exact", "verdict"].map((name) => build("th", { scope: "col", "data-name": name }));
  const axes = [build("th", { scope: "col" }), build("th", { scope: "col" })];
  const body = build("tbody");
  element.append(build("table", { class: "truth-table" }, caption, build("thead", {}, build("tr", {}, ...axes, ...heads)), body));

  return function render(next) {
    const before = state;
    state = next;
    if (["language", "frame", "setup", "look"].every((part) => before?.[part] === state[part])) return;
    if (!GATES.includes(state.setup?.settings?.data)) return;
    if (before?.language !== state.language || before?.setup !== state.setup) wording();
    if (state.frame?.outputs) showRows();
  };

  function wording() {
    for (const head of heads) setText(head, say(`truth.${head.dataset.name}`));
    for (const [index, axis] of axes.entries()) setText(axis, named(state.setup.problem.axes[index]));
  }

  function showRows() {
    const { points } = state.setup.problem;
    const { outputs } = state.frame;
    if (body.rows.length !== points.length) body.replaceChildren(...points.map((_, index) => row(index)));
    let right = 0;
    for (const [index, [a, b, target]] of points.entries()) {
      const output = outputs[index];
      const guess = chosen([output]);
      const good = guess === target;
      right += good;
      const shown = body.rows[index];
      const texts = [number(a, 0), number(b, 0), String(target), String(guess), number(output)];
      for (const [place, text] of texts.entries()) setText(shown.cells[place], text);
      setText(shown.cells[5].firstChild, good ? "✓" : "✗");
      setText(shown.cells[5].lastChild, say(good ? "truth.right" : "truth.wrong"));
      shown.classList.toggle("wrong-row", !good);
      shown.classList.toggle("here", state.look.point === index);
      shown.dataset.right = good;
    }
    setText(caption, say("truth.caption", { gate: state.setup.settings.data, right, rows: points.length }));
    element.dataset.right = right;
  }

  function row(index) {
    const cells = Array.from({ length: 5 }, () => build("td", { class: "number" }));
    const verdict = build("td", { class: "verdict" }, build("span", { "aria-hidden": "true" }), build("span"));
    return build("tr", { onclick: () => actions.look({ point: index }) }, ...cells, verdict);
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}
