/** The shapes of points, one for each class: corners for the pens, and marks for what is built of elements. */

import { buildSvg } from "../panels/build.js";

const SHAPES = ["circle", "square", "triangle", "diamond", "pentagon"];

/** The corners of each shape around (0, 0), for a radius of 1 and about the area of a circle. */
export const CORNERS = {
  square: [-0.88, -0.88, 0.88, -0.88, 0.88, 0.88, -0.88, 0.88],
  triangle: [0, -1.25, 1.15, 0.8, -1.15, 0.8],
  diamond: [0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0],
  pentagon: [0, -1.15, 1.09, -0.36, 0.68, 0.93, -0.68, 0.93, -1.09, -0.36],
  cross: [-1, -1, 1, 1, NaN, NaN, -1, 1, 1, -1],
};

export const classShape = (index) => SHAPES[index % SHAPES.length];

/** A small drawing of one or more shapes around its middle: `["circle", radius, attributes]` for each. */
export function mark(shapes, attributes = {}) {
  const drawn = shapes.map(([shape, radius, style]) =>
    shape === "circle"
      ? buildSvg("circle", { r: radius, ...style })
      : buildSvg("polygon", { points: CORNERS[shape].map((place) => radius * place).join(" "), ...style }),
  );
  return buildSvg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true", ...attributes }, ...drawn);
}
