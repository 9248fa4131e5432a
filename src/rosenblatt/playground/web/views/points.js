/** Points as their class's colour and shape: for training full, for testing hollow; numbers by the diverging scale. */

import { wrongRows } from "./answers.js";
import { classColour, mixed, palette, rgb, valueColour } from "./colours.js";
import { classShape } from "./shapes.js";

const SHADES = 16;
const FEW_WRONG = 24; // rings up to so many are of full strength
const PALEST = 0.22;

/** How large points are, when there are so many on a square of so many pixels. */
export const radiusOf = (count, side) =>
  (count <= 8 ? 7.5 : count <= 80 ? 5 : count <= 600 ? 4 : 3) * Math.max(0.75, Math.min(1.15, Math.sqrt(side / 420)));

/** Points that are shown: rows of setup.problem.points. */
export function shownRows({ setup, look }) {
  const { points } = setup.problem;
  const rows = points.map((_, row) => row);
  return look.showTest ? rows : rows.filter((row) => !points[row][3]);
}

/**
 * @param {object} pen @param {object} state
 * @param {number[]} rows of setup.problem.points @param {(row: number) => number[]} place of each, in pixels
 */
export function drawPoints(pen, state, rows, place, radius) {
  const { problem } = state.setup;
  if (problem.task === "numbers") return drawNumbers(pen, state, rows, place, radius);
  const groups = new Map();
  for (const row of rows) {
    const [, , target, test] = problem.points[row];
    const known = Number.isFinite(target);
    const key = known ? 2 * target + (test ? 1 : 0) : -1;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(...place(row));
  }
  const { theme } = state;
  const { ring, muted, surface } = palette(theme);
  for (const [key, flat] of groups) {
    const index = Math.floor(key / 2);
    if (key < 0) pen.marks("circle", flat, radius, { fill: muted, stroke: ring, width: 1 });
    else if (key % 2) {
      pen.marks(classShape(index), flat, radius - 0.4, { stroke: ring, width: 3.4 });
      pen.marks(classShape(index), flat, radius - 0.4, { fill: rgb(mixed(surface, classColour(index, theme), 0.12)), stroke: rgb(classColour(index, theme)), width: 1.6 });
    } else pen.marks(classShape(index), flat, radius, { fill: rgb(classColour(index, theme)), stroke: ring, width: 1.2 });
  }
}

/** Targets in sixteen shades: points of one shade are drawn together. */
function drawNumbers(pen, { setup, theme }, rows, place, radius) {
  const { ring, ink, muted } = palette(theme);
  const [low, high] = setup.problem.target_range;
  const groups = new Map();
  for (const row of rows) {
    const [, , target, test] = setup.problem.points[row];
    const share = Math.max(0, Math.min(1, (target - low) / (high - low || 1)));
    const key = 2 * (Number.isFinite(target) ? Math.round((SHADES - 1) * share) : SHADES) + (test ? 1 : 0);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(...place(row));
  }
  for (const [key, flat] of groups) {
    const shade = Math.floor(key / 2);
    const colour = shade === SHADES ? muted : rgb(valueColour(theme, shade / (SHADES - 1), 0, 1));
    if (key % 2) {
      pen.marks("circle", flat, radius - 0.8, { fill: ring, stroke: ink, width: 2.8, alpha: 0.75 });
      pen.marks("circle", flat, radius - 0.8, { fill: ring, stroke: colour, width: 1.5 });
    } else {
      pen.marks("circle", flat, radius, { fill: colour, stroke: ring, width: 1.4 });
      pen.marks("circle", flat, radius, { stroke: ink, width: 1, alpha: 0.8 });
    }
  }
}

/** Rings around wrong points: the more there are, the paler, so that the map stays readable. */
export function drawWrong(pen, state, rows, place, radius) {
  const flat = wrongRows(state, rows).flatMap(place);
  if (!flat.length) return;
  const alpha = Math.max(PALEST, Math.min(1, FEW_WRONG / (flat.length / 2)));
  pen.marks("circle", flat, radius + 2.2, { stroke: palette(state.theme).ink, width: 1.3, alpha });
}

/** A sight around the point that is chosen, unlike the rings of wrong ones, on a lighter one that parts it from the map. */
export function drawChosen(pen, { theme }, [x, y], radius) {
  const { ink, ring } = palette(theme);
  const [inner, outer] = [radius + 6, radius + 13];
  const hairs = [[1, 0], [-1, 0], [0, 1], [0, -1]].flatMap(([a, b]) => [x + a * inner, y + b * inner, x + a * outer, y + b * outer]);
  for (const style of [{ stroke: ring, width: 5 }, { stroke: ink, width: 2.2 }]) {
    pen.circle(x, y, inner, style);
    pen.lines(hairs, style);
  }
}
