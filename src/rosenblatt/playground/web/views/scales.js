/** Scales and ticks: where a value lies on a line of pixels, and which values are worth writing beside it. */

import { number } from "../words.js";

/** Ticks at 1, 2, 2.5 or 5 times a power of ten, about so many of them, within [low, high]. */
export function niceTicks(low, high, about = 5) {
  const rough = (high - low) / Math.max(1, about);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there are few, thinned where there are many. */
export function logTicks(low, high, about = 5) {
  const [first, last] = [Math.floor(Math.log10(low) - 1e-9), Math.ceil(Math.log10(high) + 1e-9)];
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((last - first) / (2 * about)));
  const ticks = [];
  for (let power = first; power <= last; power += every) for (const factor of factors) ticks.push(factor * 10 ** power);
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/** From values to pixels: `scale([0, 10], [0, 300])(5)` is 150. */
export function scale([low, high], [from, to], log = false) {
  const [a, b] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const slope = (to - from) / (b - a || 1);
  return log ? (value) => (value > 0 ? from + (Math.log10(value) - a) * slope : NaN) : (value) => from + (value - a) * slope;
}

/** A tick's text: short, a real minus sign, a power of ten where the digits would be many. */
export function tickText(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return String(Number(value.toPrecision(6))).replace("-", "−");
  return number(value, 0).replace(/\.?0*×/, "×").replace(/^(−?)1×/, "$1");
}

/**
 * A line of many points with at most two to a column of pixels, the lowest and the highest there in their order, so that no peak is lost.
 * @param {ArrayLike<number>} xs pixels from left to right @param {ArrayLike<number>} ys pixels; NaN lifts the pen
 * @returns {number[]} x, y, x, y ...
 */
export function thinnedLine(xs, ys) {
  const flat = [];
  for (let from = 0; from < xs.length;) {
    const end = Math.floor(xs[from]) + 1;
    let [low, high, to] = [from, from, from + 1];
    for (; to < xs.length && xs[to] < end && !Number.isNaN(ys[to] + ys[from]); to += 1) {
      if (ys[to] < ys[low]) low = to;
      else if (ys[to] > ys[high]) high = to;
    }
    const [first, second] = low < high ? [low, high] : [high, low];
    flat.push(xs[first], ys[first]);
    if (second !== first) flat.push(xs[second], ys[second]);
    from = to;
  }
  return flat;
}

/** Exponential smoothing without the pull towards the start: each value counts `weight` of the one after it. */
export function smoothed(values, weight) {
  let [sum, mass] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = weight * sum + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return sum / mass;
  });
}
