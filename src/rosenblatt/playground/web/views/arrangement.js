/**
 * Where everything of the network lies: columns of tiles, and the links between neighbours as curves of one shape, with
 * the places of their weights.
 */

import { mathName } from "../words.js";
import { classOf } from "./answers.js";
import { widthOf } from "./lettering.js";

const MOST_SHOWN = 36; // neurons of a layer that are painted; beyond that: "... n more"
const MOST_TILE = 84;
const LEAST_TILE = 13;
const LEAST_PITCH = 36; // between two columns; a narrower page scrolls
const TALLEST = 640;
const HEAD = 44; // above the tiles: names of the layers
const FOOT = 12;
/** From a tile of a class to its name; between them is its mark. */
export const CLASS_NAME = 18;
const NEAR_LINK = 6; // pixels within which the pointer is on a link

/**
 * The arrangement of a network.
 * @param {object} setup @param {number} width @param {number} [height] when it is given, the tiles fit into it
 */
export function arrange(setup, width, height = TALLEST) {
  const { inputs, layers, picture } = setup.network;
  const counts = [picture ? 1 : inputs.length, ...layers.map((layer) => layer.units)];
  const sides = [leftOf(setup), rightOf(setup)];
  const least = sides[0] + sides[1] + LEAST_PITCH * counts.length - 20;
  const sizes = sizesOf(counts, Math.max(width, least), Math.min(height, TALLEST), sides);
  const tall = height === TALLEST ? HEAD + FOOT + Math.max(2.6, sizes.most) * sizes.step : height;
  const columns = columnsOf(counts, sizes, HEAD + (tall - HEAD - FOOT) / 2);
  const tiles = columns.flatMap(({ layer, shown, x, at }) =>
    Array.from({ length: shown }, (_, unit) => ({ layer, unit, x, y: at(unit) })),
  );
  const plan = { ...sizes, height: Math.ceil(tall), columns, tiles };
  return { ...plan, ...links(setup, plan) };
}

/** Room left of the tiles, for the names of the inputs. */
function leftOf({ network: { inputs, picture } }) {
  return picture ? 14 : Math.min(96, 14 + widest(inputs.map(mathName)));
}

/** Room right of the tiles, for the names and marks of the classes. */
function rightOf(setup) {
  const { classes } = setup.problem;
  const isNamed = classOf(setup, { layer: setup.network.layers.length - 1, unit: 0 }) !== null;
  return isNamed ? Math.min(96, CLASS_NAME + 4 + widest(classes)) : 12;
}

const widest = (names) => Math.max(0, ...names.slice(0, MOST_SHOWN).map(widthOf));

/** Sizes of a tile, and the distances from one to the next, down and across. */
function sizesOf(counts, width, tallest, [left, right]) {
  const most = Math.max(...counts.map((count) => Math.min(count, MOST_SHOWN)));
  const inside = width - left - right;
  const room = (tallest - HEAD - FOOT) / most;
  const tile = Math.floor(Math.max(LEAST_TILE, Math.min(MOST_TILE, (0.52 * inside) / counts.length, room / 1.28)));
  const step = Math.max(tile + 4, Math.min(1.62 * tile, tile + 30, room));
  return { width, left, right, most, tile, step, pitch: (inside - tile) / (counts.length - 1) };
}

function columnsOf(counts, { left, tile, step, pitch }, middle) {
  return counts.map((count, index) => {
    const shown = count > MOST_SHOWN ? MOST_SHOWN - 1 : count;
    const more = count - shown;
    const top = middle - ((shown + (more ? 1 : 0)) * step - (step - tile)) / 2;
    return { layer: index - 1, count, shown, more, x: left + index * pitch, top, at: (unit) => top + unit * step };
  });
}

/** The links of all pairs of neighbours: a curve of eight numbers each, the place of its weight, and its two ends. */
function links(setup, { columns, tile }) {
  const curves = [];
  const weights = [];
  const ends = []; // layer of the target, unit it comes from, unit it goes to
  for (let index = 1; index < columns.length; index += 1) {
    const [from, to] = [columns[index - 1], columns[index]];
    const { kernel } = setup.network.layers[index - 1];
    if (!kernel || kernel.rows !== from.count) continue;
    const [x0, x1] = [from.x + tile, to.x];
    const bend = (x0 + x1) / 2;
    for (let i = 0; i < from.shown; i += 1) {
      for (let j = 0; j < to.shown; j += 1) {
        const [y0, y1] = [from.at(i) + tile / 2, to.at(j) + tile / 2];
        curves.push(x0, y0, bend, y0, bend, y1, x1, y1);
        weights.push(kernel.start + i * kernel.columns + j);
        ends.push(index - 1, i, j);
      }
    }
  }
  return { curves: Float32Array.from(curves), weights: Int32Array.from(weights), ends: Int32Array.from(ends) };
}

/** How far along and down a link is at a share of its curve, from 0 to 1 each: all links have this shape. */
const across = (share) => 1.5 * share * (1 - share) + share ** 3;
const down = (share) => share ** 2 * (3 - 2 * share);

/** A place on a link's curve. */
export function along({ curves }, link, share) {
  const [x0, y0, , , , , x1, y1] = curves.subarray(8 * link, 8 * link + 8);
  return [x0 + (x1 - x0) * across(share), y0 + (y1 - y0) * down(share)];
}

/** The link nearest to a place, if one is near: all links of a gap have the same shape, only other heights. */
export function linkAt({ curves, weights }, x, y) {
  let best = -1;
  let nearest = NEAR_LINK;
  for (let link = 0; link < weights.length; link += 1) {
    const [x0, y0, y1, x1] = [curves[8 * link], curves[8 * link + 1], curves[8 * link + 7], curves[8 * link + 6]];
    if (x < x0 || x > x1) continue;
    let [low, high] = [0, 1];
    const part = (x - x0) / (x1 - x0);
    for (let halving = 0; halving < 9; halving += 1) {
      const share = (low + high) / 2;
      if (across(share) < part) low = share;
      else high = share;
    }
    const distance = Math.abs(y0 + (y1 - y0) * down(low) - y);
    if (distance < nearest) [best, nearest] = [link, distance];
  }
  return best;
}
