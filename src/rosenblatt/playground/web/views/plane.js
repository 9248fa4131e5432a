/** The square of a plane on its sheet: where it lies, the way between pixels and coordinates, its axes. */

import { mathName } from "../words.js";
import { palette } from "./colours.js";
import { shortened } from "./lettering.js";
import { niceTicks, tickText } from "./scales.js";
import { axisUnits } from "./units.js";

const MARGIN = { left: 46, right: 14, top: 10, bottom: 42 };
const [DIGIT, POINT, NAME] = [6.3, 3.1, 24]; // pixels of a digit and a point of the ticks, and of a name left of them
const [SMALLEST, LARGEST] = [120, 560];
const NARROW = 260; // pixels of the square under which there are fewer ticks

/** The square that fits into a sheet of this width, and the size of the sheet around it. */
export function squareOf(width, height = Infinity, left = MARGIN.left) {
  const { right, top, bottom } = MARGIN;
  const side = Math.floor(Math.max(SMALLEST, Math.min(LARGEST, width - left - right, height - top - bottom)));
  return { left, top, side, width: side + left + right, height: side + top + bottom };
}

/** The plane of a problem on the sheet, and the way from the one to the other. */
export function planeOf({ setup }, width, height) {
  const square = squareOf(width, height, leftOf(setup.problem));
  const { left, top, side } = square;
  const [x1Low, x1High, x2Low, x2High] = setup.problem.bounds;
  return {
    ...square,
    pixels: ([x1, x2]) => [left + (side * (x1 - x1Low)) / (x1High - x1Low), top + (side * (x2High - x2)) / (x2High - x2Low)],
    plane: ([x, y]) => [x1Low + ((x - left) / side) * (x1High - x1Low), x2High - ((y - top) / side) * (x2High - x2Low)],
    holds: ([x, y]) => x >= left && x <= left + side && y >= top && y <= top + side,
  };
}

/** Room left of the plane: more where the numbers of a table or of a model are long. */
function leftOf({ bounds, scaling }) {
  const [, up] = axisUnits({ scaling });
  const width = (text) => [...text].reduce((sum, sign) => sum + (sign === "." ? POINT : DIGIT), 0);
  const longest = Math.max(...niceTicks(up.own(bounds[2]), up.own(bounds[3])).map((tick) => width(tickText(tick))));
  return Math.max(MARGIN.left, Math.round(NAME + longest));
}

/** Frame, ticks in the reader's own units, and the names of the axes. */
export function drawAxes(pen, { setup, theme }, box) {
  const { bounds, axes } = setup.problem;
  const [across, up] = axisUnits(setup.problem);
  const ticks = (units, low, high) =>
    niceTicks(units.own(low), units.own(high), box.side < NARROW ? 4 : 5).map((tick) => [units.scaled(tick), tickText(tick)]);
  drawTicks(pen, theme, box, {
    across: ticks(across, bounds[0], bounds[1]).map(([place, text]) => [box.pixels([place, bounds[2]])[0], text]),
    up: ticks(up, bounds[2], bounds[3]).map(([place, text]) => [box.pixels([bounds[0], place])[1], text]),
  });
  drawNames(pen, theme, box, axes.map(mathName));
}

/** Ticks with their texts below and left of a square: [pixel, text] for each. */
export function drawTicks(pen, theme, { left, top, side }, { across, up }) {
  const { muted, edge } = palette(theme);
  const style = { size: 11, fill: muted };
  const bottom = top + side;
  for (const [x, text] of across) {
    pen.lines([x, bottom, x, bottom + 4], { stroke: muted });
    pen.text(text, x, bottom + 7, { ...style, align: "center", baseline: "top" });
  }
  for (const [y, text] of up) {
    pen.lines([left - 4, y, left, y], { stroke: muted });
    pen.text(text, left - 7, y, { ...style, align: "right", baseline: "middle" });
  }
  pen.rectangle(left - 0.5, top - 0.5, side + 1, side + 1, { stroke: edge, width: 1 });
}

/** The names of both axes; one that is wider than its room left of the ticks stands upright. */
export function drawNames(pen, theme, { left, top, side }, names) {
  const style = { size: 13, fill: palette(theme).ink };
  const [across, up] = names.map((name) => shortened(pen, name, side, style));
  pen.text(across, left + side / 2, top + side + 25, { ...style, align: "center", baseline: "top" });
  const upwards = pen.measure(up, style) > NAME - 4;
  pen.text(up, upwards ? 9.5 : 2, top + side / 2, { ...style, baseline: "middle", align: upwards ? "center" : "left", upwards });
}
