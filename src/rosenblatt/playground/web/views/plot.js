/** A plot with two axes, drawn with a pen: grid, ticks, titles, and lines. */

import { palette } from "./colours.js";
import { logTicks, niceTicks, scale, thinnedLine, tickText } from "./scales.js";

const SIZE = 11; // of the texts, in pixels
const MARGIN = { left: 44, right: 10, top: 24, bottom: 22 };

/** Where values lie in a box {x, y, width, height} of the paper. */
export function frameOf(box, { x, y, log }) {
  const left = box.x + MARGIN.left;
  const right = box.x + box.width - MARGIN.right;
  const top = box.y + MARGIN.top;
  const bottom = box.y + box.height - MARGIN.bottom;
  return { left, right, top, bottom, across: scale(x, [left, right]), up: scale(y, [bottom, top], log) };
}

/**
 * @param {object} pen @param {"light"|"dark"} theme @param {{x, y, width, height}} box
 * @param {{title: string, axis: string, x: [number, number], y: [number, number], log?: boolean,
 *          series: {xs: number[], ys: number[], style: object}[]}} plot
 */
export function drawPlot(pen, theme, box, plot) {
  const { ink, muted, faint } = palette(theme);
  const place = frameOf(box, plot);
  const { left, right, top, bottom, across, up } = place;
  const high = (plot.log ? logTicks : niceTicks)(...plot.y, (bottom - top) / 30);
  const wide = niceTicks(...plot.x, (right - left) / 64).filter(Number.isInteger);
  pen.lines(
    high.flatMap((tick) => [left, crisp(up(tick)), right, crisp(up(tick))]),
    { stroke: faint },
  );
  pen.lines(
    wide.flatMap((tick) => [crisp(across(tick)), bottom, crisp(across(tick)), bottom + 4]),
    { stroke: muted },
  );
  pen.lines([left, crisp(bottom), right, crisp(bottom)], { stroke: muted });
  for (const tick of high) pen.text(tickText(tick), left - 6, up(tick), { size: SIZE, fill: muted, align: "right", baseline: "middle" });
  for (const tick of wide)
    pen.text(tickText(tick), across(tick), bottom + 6, { size: SIZE, fill: muted, align: "center", baseline: "top" });
  pen.text(plot.title, box.x + 4, box.y + 4, { size: 12, weight: 600, fill: ink, baseline: "top" });
  pen.save();
  pen.clip(left - 1, top - 2, right - left + 2, bottom - top + 4);
  for (const { xs, ys, style } of plot.series) pen.line(thinnedLine(xs.map(across), ys.map(up)), style);
  pen.restore();
  return place;
}

const crisp = (value) => Math.round(value) + 0.5;

/** From the lowest to the highest value for an axis; a logarithmic one leaves out what is not above 0. */
export function rangeOf(lists, log) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return [Math.min(low / 1.15, high / 10), high * 1.15];
  return [Math.min(0, low), high > 0 ? high * 1.06 : 1];
}
