/** The map of the output: the plane as the network answers it, or as one neuron does, and the borders on it. */

import { fitting } from "./atlas.js";
import { BEHIND_POINTS, diverging, mixed, palette, rgb, towards } from "./colours.js";
import { contour, sideOf, withoutSteps } from "./contours.js";
import { coloursOf } from "./maps.js";
import { neuronName } from "./names.js";

const HALF = 127.5; // of the bytes
/** Of numbers: in how many steps they are painted where areas are shown, and at which shares of their range lines are drawn. */
export const STEPS = 6;
export const QUARTERS = [0.25, 0.5, 0.75];

const mapOf = ({ frame }, neuron) => frame?.maps[neuron.layer]?.[neuron.unit];

/** The neuron whose map is shown instead of the output's. */
const neuronShown = (state) => (state.look.hover && mapOf(state, state.look.hover) ? state.look.hover : null);

/** The class whose probability is shown alone, of `count` maps; null for all. */
const classShown = ({ look }, count) => (count > 1 && look.outcome < count ? look.outcome : null);

/** The map as a picture. */
export class Picture {
  #atlas = null;

  /** Writes the picture that the state asks for and gives its atlas; null when there is none yet. */
  write(state) {
    const { frame } = state;
    const neuron = neuronShown(state);
    if (!neuron && !frame?.outcome) return null;
    const map = neuron ? mapOf(state, neuron) : frame.outcome[0];
    this.#atlas = fitting(this.#atlas, sideOf(map), sideOf(map));
    if (neuron) this.#atlas.write(0, map, coloursOf(state, neuron));
    else this.#outcome(state);
    this.#atlas.show();
    return this.#atlas;
  }

  #outcome(state) {
    const { outcome } = state.frame;
    const chosen = classShown(state, outcome.length);
    if (outcome.length === 1) this.#single(outcome[0], state);
    else if (chosen === null) this.#winners(outcome, state);
    else this.#class(outcome[chosen], chosen, state);
  }

  /** Two classes, or numbers. */
  #single(values, { theme, look, setup }) {
    const table = diverging(theme, BEHIND_POINTS);
    if (!look.discrete) return this.#atlas.write(0, values, table);
    const steps = setup.problem.task === "classes" ? 2 : STEPS;
    const step = (value) => Math.min(steps - 1, Math.floor((value * steps) / 256));
    return this.#atlas.fill(0, (i) => table[Math.round((step(values[i]) * 255) / (steps - 1))]);
  }

  /** The probability of one class of several. */
  #class(values, index, { theme, look }) {
    const table = towards(theme, index, BEHIND_POINTS);
    if (look.discrete) this.#atlas.fill(0, (i) => table[values[i] > HALF ? 255 : 0]);
    else this.#atlas.write(0, values, table);
  }

  /** The class that wins at each place: the surer, the stronger its colour. */
  #winners(maps, { theme, look }) {
    const tables = maps.map((_, index) => towards(theme, index, BEHIND_POINTS));
    const chance = 255 / maps.length;
    this.#atlas.fill(0, (i) => {
      let best = 0;
      for (let each = 1; each < maps.length; each += 1) if (maps[each][i] > maps[best][i]) best = each;
      const sure = (maps[best][i] - chance) / (255 - chance);
      return tables[best][look.discrete ? 190 : Math.max(0, Math.round(30 + 225 * sure))];
    });
  }
}

/** Borders: of two classes at 1/2, of several where the winner changes, of numbers at quarters of their range. */
function borders(state) {
  const { outcome } = state.frame ?? {};
  if (!outcome) return [];
  if (state.setup.problem.task === "numbers") {
    const values = withoutSteps(outcome[0]);
    return QUARTERS.map((share) => contour(values, 255 * share + 0.25));
  }
  const chosen = outcome.length === 1 ? 0 : classShown(state, outcome.length);
  if (chosen !== null) return [contour(withoutSteps(outcome[chosen]), HALF)];
  return outcome.slice(1).map((_, index) => contour(lead(outcome, index), 0));
}

/** By how much one class is ahead of the best of the others. */
function lead(maps, index) {
  return Int16Array.from(maps[index], (value, i) => {
    let rival = 0;
    for (let each = 0; each < maps.length; each += 1) if (each !== index) rival = Math.max(rival, maps[each][i]);
    return value - rival;
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
  const width = state.setup.problem.task === "numbers" ? 0.8 : 1.6; // of a contour, and of a border of classes
  for (const flat of borders(state)) if (flat.length) pen.lines(onSheet(flat, box), { stroke: ink, width });
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
