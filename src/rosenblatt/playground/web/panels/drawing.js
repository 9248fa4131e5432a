/** Points drawn by hand: their class, and taking them back. They are placed in the output view. */

import { unchanged } from "../state.js";
import { word } from "../words.js";
import { build, buildSvg, setText } from "./build.js";

const SHAPES = [
  "M10 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  "M5.5 5.5h9v9h-9z",
  "M10 4.5l5.6 10H4.4z",
  "M10 4l6 6-6 6-6-6z",
];

export function drawing(element, actions) {
  let state = {};
  const legend = build("legend");
  const classes = SHAPES.map((shape, index) => {
    const input = build("input", {
      type: "radio",
      name: "drawing-class",
      value: index,
      onchange: () => actions.put({ drawing: { ...state.drawing, class: index } }),
    });
    const mark = buildSvg(
      "svg",
      { viewBox: "0 0 20 20", "aria-hidden": "true" },
      buildSvg("path", { d: shape, class: `kind-${index}` }),
    );
    return build("label", { class: "class-choice" }, input, mark, build("span"));
  });
  const points = () => actions.settings().points;
  const change = (next) => actions.send({ do: "set", changes: { points: next } });
  const undo = build("button", { type: "button", onclick: () => change(points().slice(0, -1)) });
  /** One point of each of two classes stays: fewer cannot be learned from. */
  const clear = build("button", { type: "button", onclick: () => change(firstOfTwoClasses(points())) });
  const hint = build("p", { class: "hint" });
  const count = build("p", { class: "hint number" });
  const place = build(
    "div",
    { class: "drawing-panel" },
    hint,
    build("fieldset", { class: "classes" }, legend, ...classes),
    build("div", { class: "buttons" }, undo, clear),
    count,
  );
  place.hidden = true;
  element.append(place);

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "setup", "drawing")) return;
    place.hidden = !state.drawing;
    if (!state.drawing) return;
    const say = (key, values) => word(state.language, `drawing.${key}`, values);
    setText(hint, say("hint"));
    setText(legend, say("class"));
    setText(undo, say("undo"));
    setText(clear, say("clear"));
    clear.title = say("clear.title");
    setText(count, say("count", { count: points().length }));
    for (const [index, label] of classes.entries()) {
      setText(label.lastChild, say(`class_${index}`));
      label.firstChild.checked = index === state.drawing.class;
    }
    undo.disabled = clear.disabled = points().length <= 2;
    undo.disabled ||= classesOf(points().slice(0, -1)).size < 2;
  };
}

const classesOf = (points) => new Set(points.map((point) => point[2]));

function firstOfTwoClasses(points) {
  const other = points.find((point) => point[2] !== points[0][2]);
  return other ? [points[0], other] : points.slice(0, 1);
}
