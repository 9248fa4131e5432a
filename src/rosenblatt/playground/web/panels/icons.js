/** Small drawings for the toolbar and for the data sets: shapes only, in the colours of the page. */

import { buildSvg } from "./build.js";

const STROKES = {
  batch: "M5 4v12M9 5l8 5-8 5z",
  epoch: "M3 5l6 5-6 5zM10 5l6 5-6 5zM17.5 4.5v11",
  back: "M15 5l-8 5 8 5zM5 4v12",
  rewind: "M4 10a6 6 0 1 0 2-4.5M4 3v4h4",
  share: "M8 12l5-5M9.5 5.5l1.8-1.8a3.2 3.2 0 0 1 4.5 4.5L14 10M10.5 14.5l-1.8 1.8a3.2 3.2 0 0 1-4.5-4.5L6 10",
  dark: "M15.5 12.5A6.5 6.5 0 0 1 7.5 4.5a6.5 6.5 0 1 0 8 8z",
  light:
    "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 2M10 14.5v.2",
  undo: "M4 8h8a4 4 0 0 1 0 8H8M7 5L4 8l3 3",
  dice: "M4.5 4.5h11v11h-11zM7.5 7.5v.1M12.5 12.5v.1M12.5 7.5v.1M7.5 12.5v.1M10 10v.1",
};

/** An icon of the toolbar, drawn by lines. */
export function icon(name) {
  const svg = buildSvg("svg", { viewBox: "0 0 20 20", class: `icon ${name}`, "aria-hidden": "true" });
  svg.append(buildSvg("path", { d: STROKES[name] }));
  return svg;
}

/** Play and pause: two shapes of which the style shows one. */
export function playIcon() {
  return buildSvg(
    "svg",
    { viewBox: "0 0 20 20", class: "icon play-pause", "aria-hidden": "true" },
    buildSvg("path", { class: "when-paused", d: "M6 3.5v13l11-6.5z" }),
    buildSvg("path", { class: "when-playing", d: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z" }),
  );
}

/** A picture of a data set: a few typical points in the unit square, by class. */
export function thumbnail(name) {
  const svg = buildSvg("svg", { viewBox: "0 0 40 40", class: "thumbnail", "aria-hidden": "true" });
  for (const [x, y, kind, size = 1.6] of (SKETCHES[name] ?? (() => []))()) {
    svg.append(buildSvg("circle", { cx: 20 + 16 * x, cy: 20 - 16 * y, r: size, class: `kind-${kind}` }));
  }
  if (name === "table")
    svg.append(buildSvg("path", { class: "lines", d: "M7 9h26v22H7zM7 16h26M7 23.5h26M16 9v22M25 9v22" }));
  if (name === "drawn") svg.append(buildSvg("path", { class: "lines", d: "M8 32l2-7L26 9l5 5L15 30zM23 12l5 5" }));
  return svg;
}

const turn = (radius, angle) => [radius * Math.cos(angle), radius * Math.sin(angle)];
const corners = (classes) => () =>
  [
    [-0.6, -0.6],
    [-0.6, 0.6],
    [0.6, -0.6],
    [0.6, 0.6],
  ].map(([x, y], index) => [x, y, classes[index], 4]);
const every = (count, make) => Array.from({ length: count }, (_, index) => make(index, index / count));
/** A field of dots whose colour is the value there: for regression. */
const surface = (value) => () =>
  every(49, (index) => {
    const [x, y] = [(index % 7) / 3 - 1, Math.floor(index / 7) / 3 - 1];
    return [0.9 * x, 0.9 * y, value(x, y) > 0 ? 1 : 0, 0.5 + 1.9 * Math.abs(value(x, y))];
  });

const SKETCHES = {
  AND: corners([0, 0, 0, 1]),
  OR: corners([0, 1, 1, 1]),
  NAND: corners([1, 1, 1, 0]),
  XOR: corners([0, 1, 1, 0]),
  circle: () => [
    ...every(14, (_, part) => [...turn(0.95, 2 * Math.PI * part), 0]),
    ...every(8, (index, part) => [...turn(index % 2 ? 0.38 : 0.2, 2 * Math.PI * part), 1]),
  ],
  xor: () =>
    every(24, (index) => {
      const [x, y] = [((index * 7) % 12) / 6 - 0.92, ((index * 5) % 11) / 5.5 - 0.9];
      return [x, y, x * y > 0 ? 1 : 0];
    }),
  gauss: () => [
    ...every(11, (index, part) => [...shifted(turn(0.12 + (0.3 * ((index * 3) % 4)) / 4, 6.3 * part), 0.45), 1]),
    ...every(11, (index, part) => [...shifted(turn(0.12 + (0.3 * ((index * 3) % 4)) / 4, 6.3 * part), -0.45), 0]),
  ],
  spiral: () =>
    [0, 1].flatMap((kind) =>
      every(14, (_, part) => [...turn(0.12 + 0.88 * part, 1.6 * Math.PI * part + Math.PI * kind), kind]),
    ),
  moons: () => [
    ...every(11, (_, part) => [...at(turn(0.62, Math.PI * part * 1.1), -0.25, -0.1), 0]),
    ...every(11, (_, part) => [...at(turn(0.62, Math.PI * (1 + part * 1.1)), 0.25, 0.1), 1]),
  ],
  three: () =>
    [0, 1, 2].flatMap((kind) =>
      every(7, (index, part) => [...at(turn(index ? 0.28 : 0, 6.3 * part), ...turn(0.55, 1.57 + 2.094 * kind)), kind]),
    ),
  plane: surface((x, y) => (x + y) / 2),
  bump: surface(
    (x, y) =>
      Math.exp(-2.5 * ((x - 0.45) ** 2 + (y - 0.45) ** 2)) - Math.exp(-2.5 * ((x + 0.45) ** 2 + (y + 0.45) ** 2)),
  ),
};

function at([x, y], right, up) {
  return [x + right, y + up];
}

function shifted(point, by) {
  return at(point, by, by);
}
