/** TRUTH TABLE: a gate's four rows, what the network gives for each, and whether that is right. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { number, word } from "../words.js";
import { answerOf, isRight } from "./answers.js";
import { isGate } from "./gates.js";
import { named } from "./sentences.js";

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
    if (unchanged(before, state, "language", "frame", "setup", "look")) return;
    if (!isGate(state.setup)) return;
    if (before?.language !== state.language || before?.setup !== state.setup) wording();
    if (state.frame?.outputs) showRows();
  };

  function wording() {
    for (const head of heads) setText(head, say(`truth.${head.dataset.name}`));
    for (const [index, axis] of axes.entries()) setText(axis, named(state.setup.problem.axes[index]));
  }

  function showRows() {
    const { points } = state.setup.problem;
    if (body.rows.length !== points.length) body.replaceChildren(...points.map((_, index) => row(index)));
    const right = points.filter((point, index) => showRow(body.rows[index], point, index)).length;
    setText(caption, say("truth.caption", { gate: state.setup.settings.data, right, rows: points.length }));
    element.dataset.right = right;
  }

  /** Fills a row and gives whether it is right. */
  function showRow(shown, [a, b, target], index) {
    const right = isRight(state, index);
    const texts = [number(a, 0), number(b, 0), String(target), String(answerOf(state, index)), number(state.frame.outputs[index])];
    for (const [place, text] of texts.entries()) setText(shown.cells[place], text);
    setText(shown.cells[5].firstChild, right ? "✓" : "✗");
    setText(shown.cells[5].lastChild, say(right ? "truth.right" : "truth.wrong"));
    const isChosen = state.look.point === index;
    shown.classList.toggle("wrong-row", !right);
    shown.classList.toggle("here", isChosen);
    shown.setAttribute("aria-current", String(isChosen));
    shown.dataset.right = right;
    return right;
  }

  /** A row can be chosen, as its point can: by click, or by Enter. */
  function row(index) {
    const cells = Array.from({ length: 5 }, () => build("td", { class: "number" }));
    const verdict = build("td", { class: "verdict" }, build("span", { "aria-hidden": "true" }), build("span"));
    const choose = () => actions.look({ point: state.look.point === index ? null : index });
    return build("tr", { tabindex: "0", onclick: choose, onkeydown: (event) => byKey(event, index, choose) }, ...cells, verdict);
  }

  function byKey(event, index, choose) {
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: body.rows.length - 1 }[event.key];
    if (event.key === "Enter") choose();
    else body.rows[to]?.focus();
    if (event.key === "Enter" || to !== undefined) event.preventDefault();
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}
