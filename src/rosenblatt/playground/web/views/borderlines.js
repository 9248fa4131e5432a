/** The lines of the first layer on the plane, numbered; where the inputs are others, the contours of the neurons' maps. */

import { palette, rgb } from "./colours.js";
import { contour, withoutSteps } from "./contours.js";
import { hasLines, visible } from "./lines.js";
import { onSheet } from "./picture.js";

/** Bytes of a map between which a border lies. A relu is neutral on a whole side: its border is where it begins to rise. */
const LEVEL = { relu: 128.25, step: 191.5 };
const MOST_LINES = 24; // lines of more neurons are shown for the chosen one alone

/** First-layer neurons whose line is drawn. */
export function unitsWithLines({ setup, look }) {
  const [first] = setup.network.layers;
  if (!look.showLines || !first?.kernel || first.before?.length) return [];
  if (first.units <= MOST_LINES) return Array.from({ length: first.units }, (_, unit) => unit);
  return [...new Set([inFirst(look.neuron), inFirst(look.hover)].filter((unit) => unit !== null))];
}

/** The unit of a neuron of the first layer; null for any other. */
const inFirst = (neuron) => (neuron?.layer === 0 ? neuron.unit : null);

/** Draws them; `lineFor` gives a unit's line, `active` is the one in the hand, if any. */
export function drawLines(pen, state, box, lineFor, active) {
  const { setup, look, frame } = state;
  const isElsewhere = look.hover && inFirst(look.hover) === null;
  if (!frame?.weights || isElsewhere) return;
  const emphasis = active ?? inFirst(look.hover) ?? inFirst(look.neuron);
  const draw = hasLines(setup) ? drawStraight : drawContour;
  const handles = draw === drawStraight ? handlePlaces(state, box, lineFor) : [];
  const numbers = []; // where they are already
  pen.save();
  pen.clip(box.left, box.top, box.side, box.side);
  for (const unit of unitsWithLines(state)) {
    const places = draw(pen, state, box, unit, lineFor, unit === emphasis);
    if (!places) continue;
    const place = awayFrom([...numbers, ...handles], places, box) ?? awayFrom(numbers, places, box);
    if (place) numbers.push(place);
    drawNumber(pen, state.theme, unit, place, unit === emphasis);
  }
  pen.restore();
}

/** Where the handles of the lines are: a number that lay there would be covered by one. */
const handlePlaces = (state, box, lineFor) =>
  unitsWithLines(state)
    .map((unit) => visible(lineFor(unit), state.setup.problem.bounds, unit))
    .filter(Boolean)
    .map(({ handle }) => box.pixels(handle));

/** A neuron's line with the side on which its sum is positive; gives the places where its number may stand. */
function drawStraight(pen, { setup, theme }, box, unit, lineFor, strong) {
  const { ink, surface, ring } = palette(theme);
  const line = lineFor(unit);
  const part = visible(line, setup.problem.bounds, unit);
  if (!part) return null;
  const [from, to] = [box.pixels(part.from), box.pixels(part.to)];
  pen.line([...from, ...to], { stroke: rgb(surface), width: strong ? 5 : 3.5, alpha: 0.6 });
  pen.line([...from, ...to], { stroke: ink, width: strong ? 2.4 : 1.3, dash: strong ? [] : [6, 4], alpha: strong ? 1 : 0.8 });
  const [x, y] = box.pixels(part.handle);
  const [nx, ny] = towardsPositive(line, box);
  const arrow = [x + 17 * nx, y + 17 * ny, x + 9 * nx - 5 * ny, y + 9 * ny + 5 * nx, x + 9 * nx + 5 * ny, y + 9 * ny - 5 * nx];
  pen.polygon(arrow, { fill: ink, stroke: ring, width: 1 });
  return [16, 50, 84].flatMap((by) => [...inwards(from, to, by), ...inwards(to, from, by)]);
}

/** Where a neuron's map passes its neutral value; gives the places where its number may stand. */
function drawContour(pen, { setup, frame, theme }, box, unit, lineFor, strong) {
  const { activation } = setup.network.layers[0];
  const own = frame.maps[0]?.[unit];
  if (!own) return null;
  const map = activation === "relu" ? own : withoutSteps(own);
  const flat = onSheet(contour(map, LEVEL[activation] ?? 127.75), box);
  if (!flat.length) return null;
  pen.lines(flat, { stroke: palette(theme).ink, width: strong ? 2.2 : 1.1, alpha: strong ? 1 : 0.8 });
  return flat;
}

/** The pixel direction, of length 1, in which a neuron's sum grows. */
function towardsPositive({ w1, w2 }, box) {
  const [x0, y0] = box.plane([0, 0]);
  const [x1, y1] = box.plane([1, 1]);
  const [nx, ny] = [w1 * (x1 - x0), w2 * (y1 - y0)];
  const size = Math.hypot(nx, ny) || 1;
  return [nx / size, ny / size];
}

/** A place by so many pixels nearer to another one. */
export function inwards([x, y], [towardsX, towardsY], by) {
  const size = Math.hypot(towardsX - x, towardsY - y) || 1;
  return [x + ((towardsX - x) * by) / size, y + ((towardsY - y) * by) / size];
}

/** The first of some places that is inside the box and away from those that are taken; null where there is none. */
function awayFrom(taken, places, { left, top, side }) {
  const stride = Math.max(2, 2 * Math.floor(places.length / 24));
  for (let i = 0; i < places.length; i += stride) {
    const [x, y] = [places[i], places[i + 1]];
    if (x < left + 9 || y < top + 9 || x > left + side - 9 || y > top + side - 9) continue;
    if (taken.every(([a, b]) => Math.hypot(a - x, b - y) > 19)) return [x, y];
  }
  return null;
}

function drawNumber(pen, theme, unit, place, strong) {
  if (!place) return;
  const { ink, surface } = palette(theme);
  const [x, y] = place;
  pen.circle(x, y, 8.5, { fill: strong ? ink : rgb(surface), stroke: ink, width: 1.2 });
  pen.text(String(unit + 1), x, y + 0.5, { size: unit < 9 ? 11 : 10, weight: 600, fill: strong ? rgb(surface) : ink, align: "center", baseline: "middle" });
}
