/**
 * The plane as the network answers it: the decision map with its borders, the points, a read-out, and the lines of the
 * first layer, which can be taken by hand.
 */

import { build, buildSvg, setText } from "../panels/build.js";
import { mathName, number, word } from "../words.js";
import { BEHIND_POINTS, classColour, classShape, diverging, mixed, NEGATIVE, palette, POSITIVE, rgb, towards } from "./colours.js";
import { contour, withoutSteps } from "./contours.js";
import { degrees, direction, hasLines, lineOf, placesOf, shifted, turned, visible } from "./lines.js";
import { neuronName } from "./network.js";
import { Atlas, Stage } from "./pen.js";
import { drawPoints, radiusOf, shownRows, wrongRows } from "./points.js";
import { niceTicks, tickText } from "./scales.js";

const SIDE = 96; // cells of the map
const NEURON_SIDE = 32;
const MARGIN = { left: 46, right: 14, top: 10, bottom: 42 };
const LARGEST = 560;
const MOST_LINES = 24; // lines of more neurons are shown for the chosen one alone
const MOST_HANDLES = 12;
const MOST_EQUATIONS = 6;
const NEAR = 8; // pixels within which a point or a line is meant
const PROBE_EVERY = 60; // ms
const PROBE_AGAIN = 250; // ms, while the network changes under a resting pointer
const HELD_FOR = 500; // ms for which a line stays as the hand left it while the server is silent
const TEXT_EVERY = 150; // ms between two wordings of what changes while the run plays
const GATES = ["AND", "OR", "NAND", "XOR"];

/** The square of the plane on the sheet, and the way from the one to the other. */
function boxOf({ setup }, width, height = Infinity) {
  const side = Math.floor(Math.max(120, Math.min(LARGEST, width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom)));
  const [x1Low, x1High, x2Low, x2High] = setup.problem.bounds;
  const { left, top } = MARGIN;
  return {
    left, top, side,
    width: side + MARGIN.left + MARGIN.right,
    height: side + MARGIN.top + MARGIN.bottom,
    pixels: ([x1, x2]) => [left + (side * (x1 - x1Low)) / (x1High - x1Low), top + (side * (x2High - x2)) / (x2High - x2Low)],
    plane: ([x, y]) => [x1Low + ((x - left) / side) * (x1High - x1Low), x2High - ((y - top) / side) * (x2High - x2Low)],
    holds: ([x, y]) => x >= left && x <= left + side && y >= top && y <= top + side,
  };
}

/** The map of the outcome, or of one neuron, as a picture. */
class Picture {
  outcome = new Atlas(1, SIDE, SIDE);
  neuron = new Atlas(1, NEURON_SIDE, NEURON_SIDE);

  /** Writes the picture that the state asks for and gives its atlas; null when there is none yet. */
  write(state) {
    const { frame, look, theme, setup } = state;
    const values = look.hover && frame?.maps[look.hover.layer];
    if (values) {
      this.neuron.write(0, values, look.hover.unit * NEURON_SIDE ** 2, diverging(theme));
      this.neuron.show();
      return this.neuron;
    }
    if (!frame?.outcome) return null;
    const count = frame.outcome.length / SIDE ** 2;
    if (count === 1) this.#one(frame.outcome, state);
    else if (look.outcome !== null && look.outcome < count) {
      const table = towards(theme, look.outcome, BEHIND_POINTS);
      this.outcome.write(0, look.discrete ? halved(frame.outcome, look.outcome * SIDE ** 2) : frame.outcome, look.discrete ? 0 : look.outcome * SIDE ** 2, table);
    } else this.#winners(frame.outcome, count, theme, look.discrete);
    this.outcome.show();
    return setup ? this.outcome : null;
  }

  #one(values, { theme, look, setup }) {
    const table = diverging(theme, BEHIND_POINTS);
    if (!look.discrete) return this.outcome.write(0, values, 0, table);
    const steps = setup.problem.task === "classes" ? 2 : 6;
    this.outcome.fill(0, (i) => table[Math.round((Math.min(steps - 1, Math.floor((values[i] * steps) / 256)) * 255) / (steps - 1))]);
  }

  /** The class that wins at each place: the surer, the stronger its colour. */
  #winners(values, count, theme, discrete) {
    const tables = Array.from({ length: count }, (_, index) => towards(theme, index, BEHIND_POINTS));
    const chance = 255 / count;
    this.outcome.fill(0, (i) => {
      let best = 0;
      for (let each = 1; each < count; each += 1) if (values[each * SIDE ** 2 + i] > values[best * SIDE ** 2 + i]) best = each;
      const sure = (values[best * SIDE ** 2 + i] - chance) / (255 - chance);
      return tables[best][discrete ? 190 : Math.max(0, Math.round(30 + 225 * sure))];
    });
  }
}

const halved = (values, start) => values.subarray(start, start + SIDE ** 2).map((value) => (value > 127 ? 255 : 0));

/** Borders: of two classes at 1/2, of several where the winner changes, of numbers at quarters of their range. */
function borders({ frame, look, setup }) {
  if (!frame?.outcome) return [];
  const cells = SIDE ** 2;
  const count = frame.outcome.length / cells;
  if (setup.problem.task === "numbers") {
    const values = withoutSteps(frame.outcome, SIDE);
    return [0.25, 0.5, 0.75].map((share) => contour(values, SIDE, 255 * share + 0.25));
  }
  if (count === 1) return [contour(withoutSteps(frame.outcome, SIDE), SIDE, 127.5)];
  if (look.outcome !== null && look.outcome < count) return [contour(withoutSteps(frame.outcome, SIDE, look.outcome * cells), SIDE, 127.5)];
  const lead = new Int16Array(cells);
  return Array.from({ length: count - 1 }, (_, index) => {
    for (let i = 0; i < cells; i += 1) {
      let rival = 0;
      for (let each = 0; each < count; each += 1) if (each !== index) rival = Math.max(rival, frame.outcome[each * cells + i]);
      lead[i] = frame.outcome[index * cells + i] - rival;
    }
    return contour(lead, SIDE, 0);
  });
}

/** From shares of the map to pixels. */
const onSheet = (flat, { left, top, side }) => flat.map((share, i) => (i % 2 ? top : left) + share * side);

function drawMap(pen, state, box, picture) {
  const { surface, ink } = palette(state.theme);
  const { left, top, side } = box;
  if (picture) pen.image(picture, 0, left, top, side, side);
  else pen.rectangle(left, top, side, side, { fill: rgb(mixed(surface, [128, 136, 146], 0.1)) });
  if (state.look.hover && state.frame?.maps[state.look.hover.layer]) return;
  for (const flat of borders(state)) {
    if (flat.length) pen.lines(onSheet(flat, box), { stroke: ink, width: 1.6 });
  }
}

function drawAxes(pen, state, box) {
  const { ink, muted, edge } = palette(state.theme);
  const { left, top, side } = box;
  const [x1Low, x1High, x2Low, x2High] = state.setup.problem.bounds;
  const style = { size: 11, fill: muted };
  const bottom = top + side;
  for (const tick of niceTicks(x1Low, x1High, side < 260 ? 4 : 5)) {
    const [x] = box.pixels([tick, x2Low]);
    pen.lines([x, bottom, x, bottom + 4], { stroke: muted });
    pen.text(tickText(tick), x, bottom + 7, { ...style, align: "center", baseline: "top" });
  }
  for (const tick of niceTicks(x2Low, x2High, side < 260 ? 4 : 5)) {
    const [, y] = box.pixels([x1Low, tick]);
    pen.lines([left - 4, y, left, y], { stroke: muted });
    pen.text(tickText(tick), left - 7, y, { ...style, align: "right", baseline: "middle" });
  }
  const [across, up] = state.setup.problem.axes.map(mathName);
  pen.text(across, left + side / 2, bottom + 25, { size: 13, fill: ink, align: "center", baseline: "top" });
  const upwards = up.length > 3;
  pen.text(up, upwards ? 8 : 2, top + side / 2, { size: 13, fill: ink, baseline: "middle", align: upwards ? "center" : "left", upwards });
  pen.rectangle(left - 0.5, top - 0.5, side + 1, side + 1, { stroke: edge, width: 1 });
}

function drawData(pen, state, box) {
  const { setup, theme } = state;
  const { points } = setup.problem;
  const { ink, ring } = palette(theme);
  pen.save();
  pen.clip(box.left, box.top, box.side, box.side);
  drawPoints(pen, state, shownRows(state), (row) => box.pixels(points[row]), radiusOf(points.length, box.side));
  if (GATES.includes(setup.settings?.data)) {
    for (const [a, b, target] of points) {
      const [x, y] = box.pixels([a, b]);
      pen.text(`(${a}, ${b}) → ${target}`, x, y + 22, { size: 12, weight: 500, fill: ink, halo: ring, align: "center", baseline: "middle" });
    }
  }
  pen.restore();
}

/** Rings around the points that are taken for another class, and around the one that is chosen. */
function drawMarks(pen, state, box) {
  const { points } = state.setup.problem;
  const { ink, ring } = palette(state.theme);
  const radius = radiusOf(points.length, box.side);
  const wrong = wrongRows(state, shownRows(state)).flatMap((row) => box.pixels(points[row]));
  if (wrong.length) pen.marks("circle", wrong, radius + 2.2, { stroke: ink, width: 1.3 });
  const chosen = points[state.look.point];
  if (!chosen) return;
  const [x, y] = box.pixels(chosen);
  pen.circle(x, y, radius + 6, { stroke: ring, width: 5 });
  pen.circle(x, y, radius + 6, { stroke: ink, width: 2.2 });
}

/** Whose map is shown, where it is not the outcome's. */
function drawCaption(pen, state, { left, top }) {
  const { look, frame, theme } = state;
  if (!look.hover || !frame?.maps[look.hover.layer]) return;
  const { ink, surface } = palette(theme);
  const style = { size: 12, weight: 500, fill: rgb(surface), baseline: "middle" };
  const text = neuronName(state, look.hover);
  pen.rectangle(left + 6, top + 6, pen.measure(text, style) + 16, 22, { fill: ink, radius: 5, alpha: 0.92 });
  pen.text(text, left + 14, top + 17.5, style);
}

/** First-layer neurons whose line is drawn. */
function unitsWithLines({ setup, look }) {
  if (!look.showLines || !setup.network.layers[0]) return [];
  const { units, kernel, before } = setup.network.layers[0];
  if (!kernel || before?.length) return [];
  const chosen = [look.neuron, look.hover].filter((neuron) => neuron?.layer === 0).map((neuron) => neuron.unit);
  return units <= MOST_LINES ? Array.from({ length: units }, (_, unit) => unit) : [...new Set(chosen)];
}

/** Lines of first-layer neurons with their numbers; where the features are others, the contours of their maps. */
function drawLines(pen, state, box, lineFor, active) {
  const { setup, theme, look, frame } = state;
  const { ink, surface, ring } = palette(theme);
  if (!frame?.weights) return;
  const straight = hasLines(setup);
  const units = unitsWithLines(state);
  const hovered = look.hover && !(look.hover.layer === 0) ? [] : units;
  const emphasis = active ?? (look.hover?.layer === 0 ? look.hover.unit : look.neuron?.layer === 0 ? look.neuron.unit : null);
  pen.save();
  pen.clip(box.left, box.top, box.side, box.side);
  const taken = [];
  for (const unit of hovered) {
    const strong = unit === emphasis;
    const style = { stroke: ink, width: strong ? 2.4 : 1.3, dash: strong ? [] : [6, 4], alpha: strong ? 1 : 0.8 };
    const back = { stroke: rgb(surface), width: strong ? 5 : 3.5, alpha: 0.6 };
    if (!straight) {
      const flat = neuronContour(state, unit, box);
      if (!flat.length) continue;
      pen.lines(flat, { ...style, dash: [], width: strong ? 2.2 : 1.1 });
      drawNumber(pen, theme, unit, awayFrom(taken, flat, box), strong);
      continue;
    }
    const line = lineFor(unit);
    const part = visible(line, setup.problem.bounds);
    if (!part) continue;
    const [from, to] = [box.pixels(part.from), box.pixels(part.to)];
    pen.line([...from, ...to], back);
    pen.line([...from, ...to], style);
    const [x, y] = box.pixels(part.middle);
    const [nx, ny] = towardsPositive(line, box);
    pen.polygon([x + 17 * nx, y + 17 * ny, x + 9 * nx - 5 * ny, y + 9 * ny + 5 * nx, x + 9 * nx + 5 * ny, y + 9 * ny - 5 * nx], { fill: ink, stroke: ring, width: 1 });
    drawNumber(pen, theme, unit, awayFrom(taken, [...inwards(from, to, 16), ...inwards(to, from, 16), ...inwards(from, to, 50), ...inwards(to, from, 50)], box), strong);
  }
  pen.restore();
}

/** The pixel direction, of length 1, in which a neuron's sum grows. */
function towardsPositive({ w1, w2 }, box) {
  const [x0, y0] = box.plane([0, 0]);
  const [x1, y1] = box.plane([1, 1]);
  const [nx, ny] = [w1 * (x1 - x0), w2 * (y1 - y0)];
  const size = Math.hypot(nx, ny) || 1;
  return [nx / size, ny / size];
}

function inwards([x, y], [towardsX, towardsY], by) {
  const size = Math.hypot(towardsX - x, towardsY - y) || 1;
  return [x + ((towardsX - x) * by) / size, y + ((towardsY - y) * by) / size];
}

/** The first of some places that is inside the box and away from the numbers already there. */
function awayFrom(taken, places, { left, top, side }) {
  const stride = Math.max(2, 2 * Math.floor(places.length / 24));
  for (let i = 0; i < places.length; i += stride) {
    const [x, y] = [places[i], places[i + 1]];
    if (x < left + 9 || y < top + 9 || x > left + side - 9 || y > top + side - 9) continue;
    if (taken.every(([a, b]) => Math.hypot(a - x, b - y) > 19)) {
      taken.push([x, y]);
      return [x, y];
    }
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

/** Where a first-layer neuron's map passes its neutral value, in pixels. */
function neuronContour({ setup, frame }, unit, box) {
  const maps = frame.maps[0];
  // A relu is neutral on a whole side: its border is where it begins to rise.
  const level = setup.network.layers[0].activation === "relu" ? 128.25 : 127.75;
  return maps ? onSheet(contour(maps, NEURON_SIDE, level, unit * NEURON_SIDE ** 2), box) : [];
}

/** What the sum of a neuron is, as the lecture writes it. */
export function equation({ w1, w2, b }, [one, other]) {
  const short = (value) => number(Math.abs(value) < 0.005 ? 0 : value, 2);
  const signed = (value) => `${value < 0 ? "\u2212" : "+"} ${short(Math.abs(value))}`;
  return `${short(w1)} ${mathName(one)} ${signed(w2)} ${mathName(other)} ${signed(b)} = 0`;
}

/**
 * Draws the output once, for export.
 * @param {import("./pen.js").SvgPen} pen @param {object} state @param {{width: number, height?: number}} size
 */
export function drawOutput(pen, state, size) {
  if (!state.setup.problem.bounds) return size;
  const shown = { ...state, look: { ...state.look, hover: null } };
  const box = boxOf(shown, size.width, size.height);
  pen.rectangle(0, 0, size.width, size.height ?? box.height, { fill: rgb(palette(state.theme).surface) });
  drawMap(pen, shown, box, new Picture().write(shown));
  drawData(pen, shown, box);
  drawMarks(pen, shown, box);
  drawLines(pen, shown, box, (unit) => lineOf(shown.setup, shown.frame.weights, unit), null);
  drawAxes(pen, shown, box);
  return { width: box.width, height: box.height };
}

/** The output on the page. */
export function output(element, actions) {
  const paper = build("div", { class: "output-paper" });
  const sheet = build("div", { class: "output-sheet" }, paper);
  const handles = build("div", { class: "output-handles", role: "group" });
  const cross = build("div", { class: "output-cross", "aria-hidden": "true", hidden: true });
  const readout = build("p", { class: "output-readout number", id: "output-readout" });
  const live = build("p", { class: "visually-hidden", "aria-live": "polite" });
  const equations = build("ul", { class: "output-equations number" });
  const legend = build("ul", { class: "output-legend" });
  const options = optionsRow(actions);
  const missing = build("p", { class: "hint", hidden: true });
  element.append(missing, sheet, readout, live, equations, legend, options.element);
  const stage = new Stage(sheet, "output", () => repaint(), paper);
  const { canvas } = stage;
  for (const [name, value] of [["tabindex", "0"], ["role", "application"], ["aria-describedby", readout.id]]) canvas.setAttribute(name, value);
  paper.append(handles, cross);
  const data = stage.layer();
  const picture = new Picture();
  const atUnit = new Map(); // handles by unit

  let state = {};
  let painted = {};
  let box = null;
  let cursor = null; // the place that is read, x1 and x2
  let byKeys = false; // whether the place was chosen by keyboard
  let active = null; // unit whose line is under the pointer, or has the focus
  let focused = null; // unit whose handle has the focus
  let held = null; // {unit, line, since, dragging}: a line as the hand has it, ahead of the server
  let last = null; // {frame, shape}: what was painted last, and for which network
  let pending = null; // edits that wait for the next animation frame
  let probedAt = 0;
  let textsAt = 0;

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  function render(next) {
    state = withFrame(next);
    if (!state.setup || !stage.hostWidth) return;
    const fresh = (...names) => names.some((name) => painted[name] !== state[name]);
    if (!fresh("setup", "frame", "theme", "language", "look", "probe", "status") && painted.active === active && painted.held === held) return;
    const remade = fresh("setup", "language", "theme") || painted.look?.showTest !== state.look.showTest;
    const hasPlane = Boolean(state.setup.problem.bounds);
    for (const each of [sheet, readout, equations, legend, options.element]) each.hidden = !hasPlane;
    missing.hidden = hasPlane;
    if (!hasPlane) return setText(missing, word(state.language, "output.no_plane"));
    if (held && !held.dragging && arrived(held)) held = null;
    if (remade) remake();
    if (remade || fresh("look")) options.render(state);

    const pen = stage.clear();
    drawMap(pen, state, box, picture.write(state));
    data.paste();
    drawMarks(pen, state, box);
    drawLines(pen, state, box, lineFor, active);
    drawCaption(pen, state, box);
    drawAxes(pen, state, box);
    placeHandles();
    showTexts(remade || fresh("probe", "look", "status") || Boolean(held));
    probeAgain();
    painted = { ...state, active, held };
  }

  function remake() {
    box = boxOf(state, stage.hostWidth);
    stage.resize(box.width, box.height);
    paper.style.width = `${box.width}px`;
    handles.setAttribute("aria-label", word(state.language, "output.lines"));
    canvas.setAttribute("aria-label", word(state.language, state.drawing ? "output.picture.drawing" : "output.picture", names()));
    canvas.classList.toggle("drawing", Boolean(state.drawing));
    data.draw((pen) => drawData(pen, state, box));
    showLegend(legend, state);
    const { setup } = state;
    if (String(painted.setup?.problem.bounds) !== String(setup.problem.bounds)) {
      cursor = null;
      cross.hidden = true;
    }
    // A line in the hand is a new start before the first update: it stays in the hand.
    const gone = (unit) => unit !== null && unit >= (setup.network.layers[0]?.units ?? 0);
    if (gone(active)) active = null;
    if (gone(held?.unit ?? null)) held = null;
  }

  /** A line moved before the first update is a new start, which has no frame yet: till then the last one is shown. */
  function withFrame(next) {
    const shape = next.setup && JSON.stringify([next.setup.problem.bounds, next.setup.network.layers.map((layer) => layer.units)]);
    if (next.frame) last = { frame: next.frame, shape };
    return next.frame || !last || last.shape !== shape || !(held || focused !== null) ? next : { ...next, frame: last.frame };
  }

  /** Whether the server has a line as the hand left it, or has had the time to say otherwise. */
  function arrived({ unit, line, since }) {
    if (performance.now() - since > HELD_FOR || !state.frame?.weights) return true;
    const { w1, w2, b } = lineOf(state.setup, state.frame.weights, unit);
    return Math.abs(w1 - line.w1) + Math.abs(w2 - line.w2) + Math.abs(b - line.b) < 1e-4;
  }

  const names = () => ({ x1: mathName(state.setup.problem.axes[0]), x2: mathName(state.setup.problem.axes[1]) });
  const lineFor = (unit) => (held?.unit === unit ? held.line : lineOf(state.setup, state.frame.weights, unit));

  // ---- lines by hand ----------------------------------------------------------------------------------------------

  const canDrag = () => !state.drawing && hasLines(state.setup) && Boolean(state.frame?.weights);

  /** Units that have handles: all, where they are few; else the chosen one and the one in the hand. */
  function unitsWithHandles() {
    if (!canDrag()) return [];
    const units = unitsWithLines(state);
    if (units.length <= MOST_HANDLES) return units;
    const chosen = state.look.neuron?.layer === 0 ? state.look.neuron.unit : null;
    return [...new Set([chosen, active].filter((unit) => unit !== null))];
  }

  function placeHandles() {
    const units = unitsWithHandles();
    for (const unit of units) {
      if (!atUnit.has(unit)) atUnit.set(unit, handle(unit));
      const { middle, ends } = atUnit.get(unit);
      const line = lineFor(unit);
      const part = visible(line, state.setup.problem.bounds);
      const [x, y] = part ? box.pixels(part.middle) : outside(line);
      move(middle, x, y);
      middle.classList.toggle("outside", !part);
      for (const [end, place] of [[ends[0], part?.from], [ends[1], part?.to]]) {
        end.hidden = !part || unit !== active;
        if (!end.hidden) move(end, ...inwards(box.pixels(place), [x, y], 6));
      }
    }
    if (units.length === atUnit.size) return;
    for (const [unit, { middle, ends }] of atUnit) {
      if (units.includes(unit)) continue;
      atUnit.delete(unit);
      middle.blur(); // before it goes: what has the focus cannot be removed by its own blur
      for (const each of [middle, ...ends]) each.remove();
    }
  }

  /** Where the handle of a line waits that does not cross the plane: at the edge nearest to it. */
  function outside({ w1, w2, b }) {
    const size = w1 ** 2 + w2 ** 2;
    const [x, y] = size > 1e-12 ? box.pixels([(-b * w1) / size, (-b * w2) / size]) : [box.left + box.side / 2, box.top + box.side];
    const within = (value, start) => Math.max(start, Math.min(start + box.side, value));
    return [within(x, box.left), within(y, box.top)];
  }

  function move(handleElement, x, y) {
    handleElement.style.transform = `translate(${Math.round(10 * x) / 10}px, ${Math.round(10 * y) / 10}px)`;
  }

  function handle(unit) {
    const middle = build("div", { class: "line-handle", role: "slider", tabindex: "0", "aria-valuemin": "-180", "aria-valuemax": "180" });
    const ends = [0, 1].map((end) => build("div", { class: "line-handle end", "aria-hidden": "true", "data-end": end }));
    middle.addEventListener("focus", () => {
      focused = unit;
      activate(unit);
    });
    middle.addEventListener("blur", () => {
      focused = null;
      if (!held?.dragging) activate(null);
    });
    middle.addEventListener("keydown", (event) => byKey(event, unit));
    for (const each of [middle, ...ends]) {
      each.addEventListener("pointerenter", () => held?.dragging || activate(unit));
      each.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        event.preventDefault();
        middle.focus({ preventScroll: true });
        grab(event, unit, each === middle ? "shift" : Number(each.dataset.end) ? "to" : "from", each);
      });
    }
    handles.append(middle, ...ends);
    const made = { middle, ends };
    describe(unit, made);
    return made;
  }

  function describe(unit, { middle }) {
    const line = lineFor(unit);
    const crosses = visible(line, state.setup.problem.bounds);
    const text = equation(line, state.setup.problem.axes);
    middle.setAttribute("aria-label", word(state.language, "output.line", { name: neuronName(state, { layer: 0, unit }) }));
    middle.setAttribute("aria-valuenow", degrees(line));
    middle.setAttribute("aria-valuetext", crosses ? text : `${text}, ${word(state.language, "output.outside")}`);
  }

  /** The line that shows its handles: the one under the pointer, else the one with the focus. */
  function activate(unit) {
    if (active === (unit ?? focused)) return;
    active = unit ?? focused;
    render(state);
  }

  /** Left and right turn the line, up and down shift it; with Shift in larger steps. */
  function byKey(event, unit) {
    const turn = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    const shift = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!turn && !shift) return;
    event.preventDefault();
    const line = lineFor(unit);
    const [x1Low, x1High, x2Low, x2High] = state.setup.problem.bounds;
    const part = visible(line, state.setup.problem.bounds);
    const size = Math.hypot(line.w1, line.w2);
    if (!size) return;
    if (turn) {
      const pivot = part?.middle ?? [(-line.b * line.w1) / size ** 2, (-line.b * line.w2) / size ** 2];
      hold(unit, turned(line, pivot, direction(line, ((event.shiftKey ? 15 : 3) * turn * Math.PI) / 180)), false);
    } else {
      const steep = Math.abs(line.w2) < 0.2 * Math.abs(line.w1);
      const step = shift * (event.shiftKey ? 0.1 : 0.02);
      hold(unit, steep ? shifted(line, step * (x1High - x1Low), 0) : shifted(line, 0, step * (x2High - x2Low)), false);
    }
  }

  /** Shows a line as the hand has it and sends it, at most once in a frame. */
  function hold(unit, line, dragging) {
    held = { unit, line, since: performance.now(), dragging };
    if (!pending) {
      requestAnimationFrame(() => {
        actions.send({ do: "weights", edits: pending });
        pending = null;
      });
    }
    const values = [line.w1, line.w2, line.b];
    pending = placesOf(state.setup, unit).map((place, i) => [place, values[i]]);
    render(state);
  }

  function grab(event, unit, part, target) {
    const start = place(event);
    const first = lineFor(unit);
    const seen = visible(first, state.setup.problem.bounds);
    if (!seen && part !== "shift") return;
    target.setPointerCapture(event.pointerId);
    active = unit;
    const moved = (moving) => {
      const now = place(moving);
      if (part === "shift") return hold(unit, shifted(first, now[0] - start[0], now[1] - start[1]), true);
      const along = part === "to" ? [now[0] - seen.middle[0], now[1] - seen.middle[1]] : [seen.middle[0] - now[0], seen.middle[1] - now[1]];
      return hold(unit, turned(first, seen.middle, along), true);
    };
    const end = () => {
      target.removeEventListener("pointermove", moved);
      if (held) held = { ...held, dragging: false };
      if (target === canvas) activate(null);
    };
    target.addEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, end, { once: true });
  }

  /** The place of the plane under a pointer: the canvas is measured when it is asked, never while painting. */
  function place(event) {
    const { left, top } = canvas.getBoundingClientRect();
    return box.plane([event.clientX - left, event.clientY - top]);
  }

  /** The line near a place of the sheet, and whether its middle or one of its ends is meant. */
  function lineAt(x, y) {
    if (!state.frame || !canDrag()) return null;
    let best = null;
    for (const unit of unitsWithLines(state)) {
      const part = visible(lineFor(unit), state.setup.problem.bounds);
      if (!part) continue;
      const [[x0, y0], [x1, y1]] = [box.pixels(part.from), box.pixels(part.to)];
      const size = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
      const share = Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / size));
      const distance = Math.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y);
      if (distance < (best?.distance ?? NEAR)) best = { unit, distance, part: share < 0.22 ? "from" : share > 0.78 ? "to" : "shift" };
    }
    return best;
  }

  // ---- pointer and keyboard on the plane --------------------------------------------------------------------------

  canvas.addEventListener("pointermove", (event) => {
    if (!box || held?.dragging) return;
    const [x, y] = [event.offsetX, event.offsetY];
    if (!box.holds([x, y])) return read(null);
    const near = lineAt(x, y);
    canvas.classList.toggle("grab", Boolean(near));
    activate(near?.unit ?? null);
    read(box.plane([x, y]), false);
  });
  sheet.addEventListener("pointerleave", () => {
    if (held?.dragging) return;
    activate(null);
    if (!byKeys) read(null);
  });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !box) return;
    const from = [event.offsetX, event.offsetY];
    const near = event.pointerType === "touch" ? null : lineAt(...from);
    const stop = () => {
      canvas.removeEventListener("pointermove", dragged);
      canvas.removeEventListener("pointerup", released);
    };
    const dragged = (event_) => {
      if (Math.hypot(event_.offsetX - from[0], event_.offsetY - from[1]) < 4) return;
      stop();
      if (near) grab(event_, near.unit, near.part, canvas);
    };
    const released = () => {
      stop();
      if (box.holds(from)) choose(box.plane(from));
    };
    canvas.addEventListener("pointermove", dragged);
    canvas.addEventListener("pointerup", released);
  });

  canvas.addEventListener("keydown", (event) => {
    if (!box) return;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const [x1Low, x1High, x2Low, x2High] = state.setup.problem.bounds;
    if (by) {
      event.preventDefault();
      const from = cursor ?? [(x1Low + x1High) / 2, (x2Low + x2High) / 2];
      const share = cursor ? (event.shiftKey ? 0.1 : 0.02) : 0;
      const within = (value, low, high) => Math.max(low, Math.min(high, value));
      read([within(from[0] + by[0] * share * (x1High - x1Low), x1Low, x1High), within(from[1] + by[1] * share * (x2High - x2Low), x2Low, x2High)], true);
    } else if ((event.key === "Enter" || event.key === " ") && cursor) {
      event.preventDefault();
      choose(cursor, Infinity);
    } else if (event.key === "Escape") read(null);
  });
  canvas.addEventListener("blur", () => byKeys && read(null));

  /** Chooses the point at a place, or puts one there when points are drawn. */
  function choose(at, near = NEAR + 4) {
    if (state.drawing) return actions.place(at[0], at[1]);
    const { points } = state.setup.problem;
    const [x, y] = box.pixels(at);
    let [best, nearest] = [null, near];
    for (const row of shownRows(state)) {
      const [a, b] = box.pixels(points[row]);
      const distance = Math.hypot(a - x, b - y);
      if (distance < nearest) [best, nearest] = [row, distance];
    }
    if (best === null || best === state.look.point) return actions.look({ point: null });
    actions.look({ point: best });
    actions.send({ do: "sample", row: best });
  }

  /** Reads the network at a place, or nowhere. */
  function read(at, keys = false) {
    if (!at && !cursor) return;
    cursor = at;
    byKeys = Boolean(at) && keys;
    cross.hidden = !byKeys;
    if (byKeys) move(cross, ...box.pixels(at));
    if (at) probe();
    else setTimeout(() => cursor || actions.put?.({ probe: null }), PROBE_EVERY);
  }

  let waiting = null;
  function probe() {
    const wait = PROBE_EVERY - (performance.now() - probedAt);
    if (wait > 0) {
      waiting ??= setTimeout(() => {
        waiting = null;
        if (cursor) probe();
      }, wait);
      return;
    }
    probedAt = performance.now();
    actions.send({ do: "probe", x: cursor });
  }

  function probeAgain() {
    if (cursor && painted.frame !== state.frame && performance.now() - probedAt > PROBE_AGAIN) probe();
  }

  // ---- texts ------------------------------------------------------------------------------------------------------

  function showTexts(now) {
    if (!now && state.status?.playing && performance.now() - textsAt < TEXT_EVERY) return;
    textsAt = performance.now();
    showReadout();
    for (const [unit, made] of atUnit) describe(unit, made);
    const units = canDrag() ? unitsWithLines(state) : [];
    const listed = units.length <= MOST_EQUATIONS ? units : active !== null ? [active] : [];
    while (equations.children.length > listed.length) equations.lastChild.remove();
    while (equations.children.length < listed.length) equations.append(build("li", {}, build("span", { class: "unit" }), build("span")));
    for (const [index, unit] of listed.entries()) {
      const item = equations.children[index];
      setText(item.firstChild, String(unit + 1));
      setText(item.lastChild, equation(lineFor(unit), state.setup.problem.axes));
      item.classList.toggle("active", unit === active);
    }
  }

  function showReadout() {
    const { language, probe: answer, setup } = state;
    if (!answer || !cursor) return setText(readout, word(language, state.drawing ? "output.hint.drawing" : canDrag() && unitsWithLines(state).length ? "output.hint.lines" : "output.hint"));
    const [x1, x2] = answer.x.map((value) => number(value, 2));
    const where = word(language, "output.place", { ...names(), a: x1, b: x2 });
    const { classes, task } = setup.problem;
    const { outputs } = answer;
    let says;
    if (task === "numbers") says = word(language, "output.number", { value: number(outputs[0], 3) });
    else if (outputs.length === 1) {
      const first = outputs[0] > 0.5 ? 1 : 0;
      says = word(language, "output.class", { name: classes[first], share: number(first ? outputs[0] : 1 - outputs[0], 3) });
    } else says = outputs.map((value, index) => `${classes[index]} ${number(value, 2)}`).join(" · ");
    setText(readout, `${where}: ${says}`);
    if (byKeys) setText(live, readout.textContent);
  }

  return render;
}

/** What is shown: test points, lines, classes as areas, one class's probabilities. */
function optionsRow(actions) {
  const switches = ["showTest", "showLines", "discrete"].map((name) => {
    const input = build("input", { type: "checkbox", onchange: () => actions.look({ [name]: input.checked }) });
    const text = build("span");
    return { name, input, text, element: build("label", {}, input, text) };
  });
  const select = build("select", { onchange: () => actions.look({ outcome: select.value === "" ? null : Number(select.value) }) });
  const selectName = build("span");
  const chooser = build("label", { class: "outcome" }, selectName, select);
  const element = build("div", { class: "output-options" }, ...switches.map((each) => each.element), chooser);
  let listed = "";
  return {
    element,
    render({ language, look, setup }) {
      const { classes, task } = setup.problem;
      for (const { name, input, text } of switches) {
        input.checked = Boolean(look[name]);
        setText(text, word(language, `output.option.${name}`));
      }
      switches[0].element.hidden = !setup.problem.points.some((point) => point[3]);
      chooser.hidden = task !== "classes" || classes.length < 3;
      if (chooser.hidden) return;
      setText(selectName, word(language, "output.option.outcome"));
      const list = [language, ...classes].join();
      if (list !== listed) {
        listed = list;
        select.replaceChildren(
          build("option", { value: "" }, word(language, "output.option.winner")),
          ...classes.map((name, index) => build("option", { value: index }, word(language, "output.option.one", { name }))),
        );
      }
      select.value = look.outcome ?? "";
    },
  };
}

const MARKS = {
  circle: "M8 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  square: "M3.6 3.6h8.8v8.8H3.6z",
  triangle: "M8 1.8l5.7 10.2H2.3z",
  diamond: "M8 1.8l6.2 6.2L8 14.2 1.8 8z",
};

/** What points and colours stand for. */
function showLegend(list, { language, theme, setup }) {
  const { ink, surface } = palette(theme);
  const { classes, task, target_range: range, points } = setup.problem;
  const mark = (shape, attributes) => buildSvg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, buildSvg("path", { d: MARKS[shape], ...attributes }));
  const item = (drawing, text) => build("li", {}, drawing, text);
  const test = points.some((point) => point[3]);
  const items = [];
  if (task === "numbers") {
    const stops = [NEGATIVE, surface, POSITIVE].map((colour, index) => buildSvg("stop", { offset: index / 2, "stop-color": rgb(colour) }));
    const scale = buildSvg("svg", { viewBox: "0 0 90 12", class: "scale", "aria-hidden": "true" });
    scale.append(
      buildSvg("defs", {}, buildSvg("linearGradient", { id: "output-scale" }, ...stops)),
      buildSvg("rect", { x: 0.5, y: 0.5, width: 89, height: 11, rx: 2, fill: "url(#output-scale)", stroke: ink, "stroke-opacity": 0.3 }),
    );
    items.push(build("li", {}, build("span", {}, number(range[0], 1)), scale, build("span", {}, number(range[1], 1))));
    if (test) items.push(item(mark("circle", { fill: rgb(surface), stroke: ink, "stroke-width": 2.5 }), word(language, "output.legend.test")));
  } else {
    for (const [index, name] of classes.entries()) items.push(item(mark(classShape(index), { fill: rgb(classColour(index, theme)) }), name));
    if (test) items.push(item(mark("circle", { fill: "none", stroke: ink, "stroke-width": 1.8 }), word(language, "output.legend.test")));
    const wrong = buildSvg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    wrong.append(buildSvg("circle", { cx: 8, cy: 8, r: 3.4, fill: rgb(classColour(0, theme)) }), buildSvg("circle", { cx: 8, cy: 8, r: 6.4, fill: "none", stroke: ink, "stroke-width": 1.4 }));
    items.push(item(wrong, word(language, "output.legend.wrong")));
  }
  list.replaceChildren(...items);
}
