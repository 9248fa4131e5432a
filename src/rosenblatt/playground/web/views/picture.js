/** The map of the output: the plane as the network answers it, or as one neuron does, and the borders on it. */

import { BEHIND_POINTS, diverging, mixed, palette, rgb, towards } from "./colours.js";
import { contour, withoutSteps } from "./contours.js";
import { MAP_SIDE } from "./maps.js";
import { neuronName } from "./names.js";
import { Atlas } from "./pen.js";

const SIDE = 96; // cells of the map
const CELLS = SIDE ** 2;
const HALF = 127.5; // of the bytes
const STEPS = 6; // of numbers, where areas are shown

/** The neuron whose map is shown instead of the output's. */
const neuronShown = ({ look, frame }) => (look.hover && frame?.maps[look.hover.layer] ? look.hover : null);

/** The class whose probability is shown alone, of `count` maps; null for all. */
const classShown = ({ look }, count) => (count > 1 && look.outcome < count ? look.outcome : null);

/** The map as a picture. */
export class Picture {
  outcome = new Atlas(1, SIDE, SIDE);
  neuron = new Atlas(1, MAP_SIDE, MAP_SIDE);

  /** Writes the picture that the state asks for and gives its atlas; null when there is none yet. */
  write(state) {
    const { frame, theme } = state;
    const neuron = neuronShown(state);
    if (!neuron && !frame?.outcome) return null;
    if (neuron) this.neuron.write(0, frame.maps[neuron.layer], neuron.unit * MAP_SIDE ** 2, diverging(theme));
    else this.#outcome(state);
    const atlas = neuron ? this.neuron : this.outcome;
    atlas.show();
    return atlas;
  }

  #outcome(state) {
    const { outcome } = state.frame;
    const count = outcome.length / CELLS;
    const chosen = classShown(state, count);
    if (count === 1) this.#single(outcome, state);
    else if (chosen === null) this.#winners(outcome, count, state);
    else this.#class(outcome.subarray(chosen * CELLS, (chosen + 1) * CELLS), chosen, state);
  }

  /** Two classes, or numbers. */
  #single(values, { theme, look, setup }) {
    const table = diverging(theme, BEHIND_POINTS);
    if (!look.discrete) return this.outcome.write(0, values, 0, table);
    const steps = setup.problem.task === "classes" ? 2 : STEPS;
    const step = (value) => Math.min(steps - 1, Math.floor((value * steps) / 256));
    return this.outcome.fill(0, (i) => table[Math.round((step(values[i]) * 255) / (steps - 1))]);
  }

  /** The probability of one class of several. */
  #class(values, index, { theme, look }) {
    const table = towards(theme, index, BEHIND_POINTS);
    if (look.discrete) this.outcome.fill(0, (i) => table[values[i] > HALF ? 255 : 0]);
    else this.outcome.write(0, values, 0, table);
  }

  /** The class that wins at each place: the surer, the stronger its colour. */
  #winners(values, count, { theme, look }) {
    const tables = Array.from({ length: count }, (_, index) => towards(theme, index, BEHIND_POINTS));
    const chance = 255 / count;
    this.outcome.fill(0, (i) => {
      let best = 0;
      for (let each = 1; each < count; each += 1) if (values[each * CELLS + i] > values[best * CELLS + i]) best = each;
      const sure = (values[best * CELLS + i] - chance) / (255 - chance);
      return tables[best][look.discrete ? 190 : Math.max(0, Math.round(30 + 225 * sure))];
    });
  }
}

/** Borders: of two classes at 1/2, of several where the winner changes, of numbers at quarters of their range. */
function borders(state) {
  const { outcome } = state.frame ?? {};
  if (!outcome) return [];
  const count = outcome.length / CELLS;
  if (state.setup.problem.task === "numbers") {
    const values = withoutSteps(outcome, SIDE);
    return [0.25, 0.5, 0.75].map((share) => contour(values, SIDE, 255 * share + 0.25));
  }
  const chosen = count === 1 ? 0 : classShown(state, count);
  if (chosen !== null) return [contour(withoutSteps(outcome, SIDE, chosen * CELLS), SIDE, HALF)];
  return Array.from({ length: count - 1 }, (_, index) => contour(lead(outcome, count, index), SIDE, 0));
}

/** By how much one class is ahead of the best of the others. */
function lead(outcome, count, index) {
  return Int16Array.from({ length: CELLS }, (_, i) => {
    let rival = 0;
    for (let each = 0; each < count; each += 1) if (each !== index) rival = Math.max(rival, outcome[each * CELLS + i]);
    return outcome[index * CELLS + i] - rival;
  });
}

/** From shares of the map to pixels. */
export const onSheet = (flat, { left, top, side }) => flat.map((share, i) => (i % 2 ? top : left) + share * side);

/** The picture that was written, or a plain ground, and the borders. */
export function drawMap(pen, state, box, picture) {
  const { surface, ink } = palette(state.theme);
  const { left, top, side } = box;
  if (picture) pen.image(picture, 0, left, top, side, side);
  else pen.rectangle(left, top, side, side, { fill: rgb(mixed(surface, [128, 136, 146], 0.1)) });
  if (neuronShown(state)) return;
  for (const flat of borders(state)) if (flat.length) pen.lines(onSheet(flat, box), { stroke: ink, width: 1.6 });
}

/** Whose map is shown, where it is not the outcome's. */
export function drawCaption(pen, state, { left, top }) {
  const neuron = neuronShown(state);
  if (!neuron) return;
  const { ink, surface } = palette(state.theme);
  const style = { size: 12, weight: 500, fill: rgb(surface), baseline: "middle" };
  const text = neuronName(state, neuron);
  pen.rectangle(left + 6, top + 6, pen.measure(text, style) + 16, 22, { fill: ink, radius: 5, alpha: 0.92 });
  pen.text(text, left + 14, top + 17.5, style);
}
