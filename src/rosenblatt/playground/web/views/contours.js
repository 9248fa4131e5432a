/** Lines of equal value through a square map, by marching squares (Lorensen and Cline, 1987, in two dimensions). */

/** Cells across a square map, from the number of all its cells. */
export const sideOf = (values) => Math.sqrt(values.length);

/**
 * A map of bytes without its steps, so that a border through nearly flat ground is no staircase: the flatter the map,
 * the wider the mean that is taken, along rows and then along columns.
 * @returns {ArrayLike<number>} the same values where the map is steep
 */
export function withoutSteps(values) {
  const side = sideOf(values);
  let [low, high] = [255, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const reach = high - low < 48 ? 5 : high - low < 140 ? 2 : 0;
  return reach && high > low ? mean(mean(values, side, reach, 1, side), side, reach, side, 1) : values;
}

/** The mean of 2 reach + 1 neighbours along one direction; at the edges of those that are there, as many on both sides. */
function mean(values, side, reach, step, line) {
  const result = new Float32Array(side ** 2);
  for (let outer = 0; outer < side; outer += 1) {
    for (let place = 0; place < side; place += 1) {
      const near = Math.min(reach, place, side - 1 - place);
      let sum = 0;
      for (let other = place - near; other <= place + near; other += 1) sum += values[outer * line + other * step];
      result[outer * line + place * step] = sum / (2 * near + 1);
    }
  }
  return result;
}

/** A map with one more value around: what its last two cells on each side lead to half a cell on, at the map's edge. */
function upToEdges(values, side) {
  const wide = side + 2;
  const whole = new Float32Array(wide ** 2);
  const lead = (edge, step) => {
    whole[edge] = 1.5 * whole[edge + step] - 0.5 * whole[edge + 2 * step];
  };
  for (let row = 0; row < side; row += 1) {
    const first = (row + 1) * wide;
    for (let column = 0; column < side; column += 1) whole[first + column + 1] = values[row * side + column];
    lead(first, 1);
    lead(first + wide - 1, -1);
  }
  for (let column = 0; column < wide; column += 1) {
    lead(column, wide);
    lead(wide * (wide - 1) + column, -wide);
  }
  return whole;
}

/** For each pattern of corners above the level, the pairs of sides that a line joins: 0 top, 1 right, 2 bottom, 3 left. */
const SIDES = [
  [], [3, 2], [2, 1], [3, 1], [0, 1], [0, 3, 2, 1], [0, 2], [0, 3],
  [0, 3], [0, 2], [0, 1, 3, 2], [0, 1], [3, 1], [2, 1], [3, 2], [],
];

/**
 * @param {ArrayLike<number>} values cell centres of a square map, the top row first
 * @param {number} level
 * @returns {number[]} x, y, x, y of separate short lines, in shares of the map's width and height; up to the map's edges
 */
export function contour(values, level) {
  const side = sideOf(values);
  const flat = [];
  const whole = upToEdges(values, side);
  const share = (place) => Math.min(1, Math.max(0, (place + 0.5) / side));
  for (let row = -1; row < side; row += 1) {
    const [above, below] = [(row + 1) * (side + 2) + 1, (row + 2) * (side + 2) + 1];
    for (let column = -1; column < side; column += 1) {
      const [a, b] = [whole[above + column], whole[above + column + 1]];
      const [d, c] = [whole[below + column], whole[below + column + 1]];
      const pattern = (a > level ? 8 : 0) + (b > level ? 4 : 0) + (c > level ? 2 : 0) + (d > level ? 1 : 0);
      if (pattern === 0 || pattern === 15) continue;
      const [x0, x1, y0, y1] = [share(column), share(column + 1), share(row), share(row + 1)];
      const between = (one, other) => (level - one) / (other - one);
      for (const edge of SIDES[pattern]) {
        if (edge === 0) flat.push(x0 + (x1 - x0) * between(a, b), y0);
        else if (edge === 1) flat.push(x1, y0 + (y1 - y0) * between(b, c));
        else if (edge === 2) flat.push(x0 + (x1 - x0) * between(d, c), y1);
        else flat.push(x0, y0 + (y1 - y0) * between(a, d));
      }
    }
  }
  return flat;
}
