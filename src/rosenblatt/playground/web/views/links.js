/** The weights of the network: links as curves, blue and solid where positive, orange and dashed where negative. */

import { number } from "../words.js";
import { along } from "./arrangement.js";
import { mixed, palette, rgb } from "./colours.js";

const BUCKETS = 8; // widths and shades
const TOGETHER = 64; // numbers in one path: where many curves of one path cross, the painter must sort them
/** From here on weak links are thin, and while the run plays links are repainted less often. */
export const MANY_LINKS = 200;

/** How strong a weight looks, from 0 to 1; a weight of 1 is half as strong as can be. */
export const strength = (weight) => Math.abs(weight) / (1 + Math.abs(weight));

/** Paints the links, the weak ones first; with one neuron in focus, the links of the others step back. */
export function drawLinks(pen, plan, weights, theme, focus) {
  if (!weights) return;
  const many = plan.weights.length > MANY_LINKS;
  const broadest = Math.max(1.6, Math.min(5.5, 0.13 * plan.tile));
  for (const [index, flat] of sorted(plan, weights, focus).entries()) {
    const style = styleOf(index, theme, many, broadest);
    for (let i = 0; i < flat.length; i += TOGETHER) pen.curves(flat.slice(i, i + TOGETHER), style);
  }
}

/** The curves by what they look like: far from the focus and near to it, weak to strong, positive and negative. */
function sorted({ curves, ends, weights: places }, weights, focus) {
  const flats = Array.from({ length: 4 * BUCKETS }, () => []);
  for (let link = 0; link < places.length; link += 1) {
    const weight = weights[places[link]];
    if (!weight) continue;
    const [layer, from, to] = [ends[3 * link], ends[3 * link + 1], ends[3 * link + 2]];
    const near = !focus || (focus.layer === layer && focus.unit === to) || (focus.layer === layer - 1 && focus.unit === from);
    const bucket = Math.min(BUCKETS - 1, Math.floor(BUCKETS * strength(weight)));
    const flat = flats[(near ? 2 * BUCKETS : 0) + 2 * bucket + (weight < 0 ? 1 : 0)];
    for (let i = 8 * link; i < 8 * link + 8; i += 1) flat.push(curves[i]);
  }
  return flats;
}

function styleOf(index, theme, many, broadest) {
  const { surface, positive, negative } = palette(theme);
  const near = index >= 2 * BUCKETS;
  const share = ((index >> 1) % BUCKETS) / (BUCKETS - 1);
  const colour = mixed(surface, index % 2 ? negative : positive, near ? 0.3 + 0.7 * share : 0.12 + 0.12 * share);
  // A line of one pixel costs a tenth of a broader one: of very many links only the strongest are broad.
  const width = many ? Math.max(1, 1 + (share - 0.5) * 2 * (broadest - 1)) : 0.9 + share * broadest;
  return { stroke: rgb(colour), width, dash: index % 2 ? [3 + 1.5 * width, 1.5 + 1.5 * width] : [] };
}

/** One link on top of the others: the one that the pointer is on. */
export function drawLink(pen, { curves }, link, weight, theme) {
  const flat = curves.subarray(8 * link, 8 * link + 8);
  const { surface, ink, positive, negative } = palette(theme);
  pen.curves(flat, { stroke: rgb(surface), width: 8 });
  pen.curves(flat, { stroke: ink, width: 5 });
  pen.curves(flat, { stroke: rgb(weight < 0 ? negative : positive), width: 3, dash: weight < 0 ? [8, 5] : [] });
}

/** Weights as numbers, near the neurons they come from: of the neuron in focus, or of all where they are few. */
export function drawWeights(pen, state, plan, focus) {
  const { frame, theme } = state;
  const few = plan.weights.length <= 9;
  if (!frame?.weights || (!focus && !few) || plan.pitch - plan.tile < 56) return;
  const { ink, surface } = palette(theme);
  for (let link = 0; link < plan.weights.length; link += 1) {
    const [layer, , to] = plan.ends.subarray(3 * link, 3 * link + 3);
    if (focus ? focus.layer !== layer || focus.unit !== to : !few) continue;
    const weight = frame.weights[plan.weights[link]];
    if (!weight) continue; // it has no curve
    const [x, y] = along(plan, link, 0.33);
    pen.text(number(weight, 2), x, y, {
      size: 11, weight: 500, fill: ink, align: "center", baseline: "middle", halo: rgb(surface),
    });
  }
}
