/** The confusion matrix, for training and for test: rows are true classes, columns what the network says. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { percent, word } from "../words.js";
import { classColour, mixed, palette, POSITIVE, rgb } from "./colours.js";
import { isGate } from "./gates.js";
import { pace } from "./pace.js";
import { classShape, mark } from "./shapes.js";

export function confusion(element) {
  const tables = build("div", { class: "confusion-tables" });
  const hint = build("p", { class: "hint" });
  element.append(tables, hint);
  let parts = [];
  let painted = {};
  const isTime = pace();

  return function render(state) {
    const { setup, frame, language, theme, status } = state;
    if (!setup || setup.problem.task !== "classes") return;
    if (!unchanged(painted, state, "setup", "language", "theme")) {
      parts = (isGate(setup) ? ["train"] : ["train", "test"]).map((part) => table(part, setup.problem.classes, state));
      tables.replaceChildren(...parts.map((part) => part.element));
      tables.classList.toggle("many", setup.problem.classes.length > 4);
      setText(hint, word(language, "confusion.hint"));
      painted = {};
    }
    if (painted.frame === frame && painted.status === status) return;
    if (!isTime(state, !painted.frame)) return;
    painted = { setup, language, theme, frame, status };
    for (const [index, part] of parts.entries()) fill(part, frame?.confusion, index, state);
  };
}

/** A table of one part of the rows, with empty cells. */
function table(part, classes, { language, theme }) {
  const accuracy = build("span", { class: "accuracy number" });
  const cells = [];
  const head = (index, scope) => build("th", { scope }, build("span", { class: "class-name" }, classMark(index, theme), classes[index]));
  const heads = classes.map((_, index) => head(index, "col"));
  const rows = classes.map((_, row) => {
    const own = classes.map(() => build("td", { class: "number" }));
    cells.push(own);
    return build("tr", {}, head(row, "row"), ...own);
  });
  const grid = build(
    "table",
    { class: "confusion" },
    build("caption", {}, build("span", {}, word(language, `confusion.${part}`)), " ", accuracy),
    build("thead", {}, build("tr", {}, build("td", { class: "corner" }, word(language, "confusion.corner")), ...heads)),
    build("tbody", {}, ...rows),
  );
  const element = build("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": word(language, `confusion.${part}`) }, grid);
  return { element, cells, accuracy };
}

const classMark = (index, theme) => mark([[classShape(index), 6, { fill: rgb(classColour(index, theme)) }]], { class: "class-mark" });

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
  setText(accuracy, all ? word(language, "confusion.accuracy", { share: percent(right / all) }) : "");
}

/** Right answers are shaded blue, wrong ones orange: half strength, so that the number stays readable. */
function shade(cell, share, isRight, theme) {
  const { surface, negative } = palette(theme);
  const colour = rgb(mixed(surface, isRight ? POSITIVE : negative, (isRight ? 0.38 : 0.42) * share));
  if (cell.dataset.shade === colour) return;
  cell.dataset.shade = colour;
  cell.style.backgroundColor = colour;
}
