/** The confusion matrix, for training and for test: rows are true classes, columns what the network says. */

import { build, buildSvg, setText } from "../panels/build.js";
import { number, word } from "../words.js";
import { classShape, mixed, palette, POSITIVE, rgb } from "./colours.js";

const TEXT_EVERY = 150; // ms between two wordings while the run plays

export function confusion(element) {
  const tables = build("div", { class: "confusion-tables" });
  const hint = build("p", { class: "hint" });
  element.append(tables, hint);
  let parts = [];
  let painted = {};
  let wordedAt = 0;

  return function render(state) {
    const { setup, frame, language, theme, status } = state;
    if (!setup || setup.problem.task !== "classes") return;
    if (["setup", "language", "theme"].some((part) => painted[part] !== state[part])) {
      parts = ["train", "test"].map((part) => table(part, setup.problem.classes, language));
      tables.replaceChildren(...parts.map((part) => part.element));
      tables.classList.toggle("many", setup.problem.classes.length > 4);
      setText(hint, word(language, "confusion.hint"));
      painted = {};
    }
    if (painted.frame === frame && painted.status === status) return;
    if (status?.playing && painted.frame && performance.now() - wordedAt < TEXT_EVERY) return;
    wordedAt = performance.now();
    painted = { setup, language, theme, frame, status };
    for (const [index, part] of parts.entries()) fill(part, frame?.confusion, index, state);
  };
}

/** A table of one part of the rows, with empty cells. */
function table(part, classes, language) {
  const accuracy = build("span", { class: "accuracy number" });
  const cells = [];
  const heads = classes.map((name, index) => build("th", { scope: "col" }, mark(index, classes.length), build("span", {}, name)));
  const rows = classes.map((name, row) => {
    const own = classes.map(() => build("td", { class: "number" }));
    cells.push(own);
    return build("tr", {}, build("th", { scope: "row" }, mark(row, classes.length), build("span", {}, name)), ...own);
  });
  const element = build(
    "table",
    { class: "confusion" },
    build("caption", {}, build("span", {}, word(language, `confusion.${part}`)), " ", accuracy),
    build("thead", {}, build("tr", {}, build("td", { class: "corner" }, word(language, "confusion.corner")), ...heads)),
    build("tbody", {}, ...rows),
  );
  return { element, cells, accuracy };
}

const SHAPES = { circle: "M8 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10z", square: "M3.6 3.6h8.8v8.8H3.6z", triangle: "M8 1.8l5.7 10.2H2.3z", diamond: "M8 1.8l6.2 6.2L8 14.2 1.8 8z" };

/** The shape of a class, where there are no more classes than shapes. */
function mark(index, count) {
  if (count > 4) return null;
  return buildSvg("svg", { viewBox: "0 0 16 16", class: "class-mark", "aria-hidden": "true" }, buildSvg("path", { d: SHAPES[classShape(index)], class: `kind-${index}` }));
}

/** Writes the counts and shades each cell by its share of the row. */
function fill({ cells, accuracy }, counts, part, { theme, language }) {
  const size = cells.length;
  const at = (row, column) => counts[row * 2 * size + part * size + column];
  let [right, all] = [0, 0];
  for (const [row, own] of cells.entries()) {
    const total = counts ? own.reduce((sum, _, column) => sum + at(row, column), 0) : 0;
    for (const [column, cell] of own.entries()) {
      const count = counts ? at(row, column) : null;
      setText(cell, count === null ? "–" : String(count));
      shade(cell, total ? count / total : 0, row === column, theme);
      all += count ?? 0;
      if (row === column) right += count ?? 0;
    }
  }
  setText(accuracy, all ? word(language, "confusion.accuracy", { share: number((100 * right) / all, 1) }) : "");
}

/** Right answers are shaded blue, wrong ones orange: half strength, so that the number stays readable. */
function shade(cell, share, isRight, theme) {
  const { surface, negative } = palette(theme);
  const colour = rgb(mixed(surface, isRight ? POSITIVE : negative, (isRight ? 0.38 : 0.42) * share));
  if (cell.dataset.shade === colour) return;
  cell.dataset.shade = colour;
  cell.style.backgroundColor = colour;
}
