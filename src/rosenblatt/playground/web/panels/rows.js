/** Rows given with a model that was opened: 20 at a time, each with its target and what the model predicts. */

import { unchanged } from "../state.js";
import { number, percent, word } from "../words.js";
import { axesFields } from "./axes.js";
import { build, setText } from "./build.js";

const AT_ONCE = 20;
const MOST_VALUES = 6; // inputs shown of a row
const MOST_OUTPUTS = 3; // of several numbers that are predicted

export function rows(element, actions) {
  const axes = axesFields(actions, "rows");
  const fields = build("div", { class: "fields" }, ...axes.elements);
  const caption = build("p", { class: "hint number" });
  const body = build("div", { class: "scroll", tabindex: "0", role: "group" });
  const previous = build("button", { type: "button", onclick: () => ask(start - AT_ONCE) });
  const next = build("button", { type: "button", onclick: () => ask(start + AT_ONCE) });
  element.append(fields, caption, body, build("div", { class: "buttons" }, previous, next));
  let state = {};
  let start = 0;
  let asked = null;

  function ask(from) {
    start = Math.max(0, from);
    actions.send({ do: "rows", start });
  }

  return function render(shown) {
    const before = state;
    state = shown;
    if (!state.setup?.opened) return;
    const moment = `${state.setup.generation} ${state.status?.step} ${state.greeted}`;
    if (state.status && !state.status.playing && moment !== asked) {
      asked = moment;
      ask(start);
    }
    if (unchanged(before, state, "table", "language", "setup", "error")) return;
    fields.hidden = !state.setup.problem.bounds || state.setup.problem.inputs.length < 3;
    if (!fields.hidden) axes.render(state, state.setup.problem.inputs);
    setText(previous, word(state.language, "rows.previous"));
    setText(next, word(state.language, "rows.next"));
    body.setAttribute("aria-label", word(state.language, "title.rows"));
    if (state.table) show(state.table);
  };

  function show({ rows: lines, count, inputs, picture }) {
    previous.disabled = start === 0;
    next.disabled = start + lines.length >= count;
    body.hidden = previous.hidden = next.hidden = count === 0;
    setText(
      caption,
      word(state.language, count ? "rows.range" : "rows.none", { first: start + 1, last: start + lines.length, count }),
    );
    const heading = (text) => build("th", { scope: "col" }, text);
    const names = picture ? [] : inputs.slice(0, MOST_VALUES);
    const head = [
      word(state.language, "rows.row"),
      word(state.language, "rows.target"),
      word(state.language, "rows.prediction"),
      ...names,
    ].map(heading);
    body.replaceChildren(
      build(
        "table",
        { class: "number" },
        build("thead", {}, build("tr", {}, ...head)),
        build("tbody", {}, ...lines.map((line) => row(line, picture))),
      ),
    );
  }

  function row({ row: place, values, target, outputs, prediction }, picture) {
    const { classes } = state.setup.problem;
    const name = (value) => (value !== null && classes.length ? (classes[value] ?? value) : numbers(value));
    const wrong = classes.length > 0 && target !== null && target !== prediction;
    const share = classes.length ? `· ${percent(outputs[prediction])}` : "";
    const cells = picture ? [] : values.slice(0, MOST_VALUES).map((value) => number(value));
    return build(
      "tr",
      { class: wrong ? "wrong-row" : "" },
      build("th", { scope: "row" }, picture ? painted(values, picture) : null, String(place + 1)),
      build("td", { class: "target" }, String(name(target))),
      build("td", { class: "prediction" }, `${name(prediction)} `, build("span", {}, share + (wrong ? " ✗" : ""))),
      ...cells.map((cell) => build("td", {}, cell)),
    );
  }
}

/** A number, or the first ones of several. */
function numbers(value) {
  if (!Array.isArray(value)) return number(value);
  const first = value.slice(0, MOST_OUTPUTS).map((each) => number(each));
  return [...first, ...(value.length > MOST_OUTPUTS ? ["…"] : [])].join(", ");
}

/** A picture of grey points, a byte for each. */
function painted(bytes, [height, width]) {
  const canvas = build("canvas", { class: "row-picture", width, height, role: "img", "aria-hidden": "true" });
  const image = new ImageData(width, height);
  for (const [place, byte] of bytes.entries()) image.data.set([byte, byte, byte, 255], 4 * place);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
