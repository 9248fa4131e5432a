/** TRAINING: loss and accuracy over the epochs, of the training and the test rows, with a read-out at any epoch. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { number, percent, word } from "../words.js";
import { palette, rgb } from "./colours.js";
import { isGate } from "./gates.js";
import { comparable, keptRuns } from "./kept.js";
import { drawPlot, frameOf, rangeOf } from "./plot.js";
import { scale, smoothed, thinnedLine } from "./scales.js";
import { Stage } from "./stage.js";

const COLUMN = { epoch: 0, trainLoss: 2, testLoss: 3, trainAccuracy: 4, testAccuracy: 5 };
const STYLES = {
  train: (theme) => ({ stroke: rgb(palette(theme).positive), width: 2 }),
  test: (theme) => ({ stroke: rgb(palette(theme).negative), width: 2, dash: [6, 4] }),
};
const KEPT = { width: 1, alpha: 0.75 };
const SIDE_BY_SIDE = 620; // px from which both plots stand beside each other
const LEGEND = 22; // px above the plots
const TABLE_ROWS = 20;

export function chart(element, actions) {
  let state = null;
  let cursor = null; // the epoch read out
  const logAxis = build("input", { type: "checkbox", onchange: () => actions.look({ logAxis: logAxis.checked }) });
  const logText = build("span");
  const smoothing = build("input", {
    type: "range",
    min: 0,
    max: 0.98,
    step: 0.02,
    value: 0,
    oninput: () => actions.look({ smoothing: smoothing.valueAsNumber }),
  });
  const smoothText = build("span");
  const smoothValue = build("output", { class: "number" });
  const host = build("div", { class: "chart-host" });
  const kept = keptRuns(actions);
  const reading = build("p", { class: "chart-reading number" });
  const scaled = build("p", { class: "hint" });
  const summary = build("summary");
  const table = build("table", { class: "chart-table" });
  const details = build(
    "details",
    { class: "as-table", ontoggle: () => showTable() },
    summary,
    build("div", { class: "scroll", tabindex: "0", role: "group" }, table),
  );
  element.append(
    build(
      "div",
      { class: "chart-controls" },
      build("label", { class: "check" }, logAxis, logText),
      build("label", { class: "smoothing" }, smoothText, smoothing, smoothValue),
    ),
    host,
    kept.list,
    reading,
    scaled,
    build("div", { class: "chart-foot" }, details, kept.buttons),
  );
  const stage = new Stage(host, "chart", () => state && paint());
  const { canvas } = stage;
  for (const [name, value] of Object.entries({ tabindex: "0", role: "slider" })) canvas.setAttribute(name, value);
  canvas.addEventListener("pointermove", (event) => read(epochAt(event.offsetX, event.offsetY)));
  canvas.addEventListener("pointerdown", (event) => read(epochAt(event.offsetX, event.offsetY)));
  canvas.addEventListener("pointerleave", () => document.activeElement === canvas || read(null));
  canvas.addEventListener("blur", () => read(null));
  canvas.addEventListener("keydown", walk);

  return function render(next) {
    const before = state;
    state = next;
    if (unchanged(before, state, "language", "theme", "rows", "setup", "look", "kept")) return;
    if (before?.language !== state.language) wording();
    kept.render(state);
    logAxis.checked = state.look.logAxis;
    if (smoothing.valueAsNumber !== state.look.smoothing) smoothing.value = state.look.smoothing;
    setText(smoothValue, number(state.look.smoothing, 2));
    scaled.hidden = !state.setup?.problem.target_scaling;
    paint();
    if (before?.rows !== state.rows || before?.language !== state.language) showTable();
  };

  function wording() {
    setText(logText, say("chart.log"));
    setText(smoothText, say("chart.smoothing"));
    setText(summary, say("chart.table"));
    setText(scaled, say("chart.scaled"));
    canvas.setAttribute("aria-label", say("chart.reading.label"));
    details.lastChild.setAttribute("aria-label", say("chart.table"));
  }

  function paint() {
    const width = stage.hostWidth;
    if (!width) return;
    stage.resize(width, heightFor(state, width));
    drawChart(stage.clear(), state, stage, rowAt(cursor));
    showReading();
  }

  function epochAt(x, y) {
    const { rows } = state;
    if (!rows.length) return null;
    const box = boxes(state, stage).find((each) => x < each.x + each.width && y < each.y + each.height) ?? boxes(state, stage).at(-1);
    const { left, right } = frameOf(box, { x: [0, 1], y: [0, 1] });
    const [first, last] = epochs(state);
    return first + ((x - left) / (right - left)) * (last - first);
  }

  function read(epoch) {
    cursor = epoch;
    paint();
  }

  function walk(event) {
    const { rows } = state;
    const row = rowAt(cursor);
    const here = row ? rows.indexOf(row) : rows.length;
    const leap = Math.max(1, Math.round(rows.length / 10));
    const wanted = {
      ArrowLeft: here - 1,
      ArrowDown: here - 1,
      ArrowRight: here + 1,
      ArrowUp: here + 1,
      PageDown: here - leap,
      PageUp: here + leap,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (event.key === "Escape") return read(null);
    if (wanted === undefined || !rows.length) return;
    event.preventDefault();
    read(rows[Math.max(0, Math.min(rows.length - 1, wanted))][COLUMN.epoch]);
  }

  function rowAt(epoch) {
    return epoch === null || !state.rows.length ? null : nearest(state.rows, epoch);
  }

  /** The figures at the cursor, or of the last epoch. */
  function showReading() {
    const row = rowAt(cursor) ?? state.rows.at(-1);
    const kind = isGate(state.setup) ? "gate" : hasAccuracy(state) ? "classes" : "numbers";
    const text = row ? say(`chart.reading.${kind}`, figures(row)) : say("chart.empty");
    setText(reading, text);
    for (const [name, value] of [
      ["min", state.rows[0]?.[0] ?? 0],
      ["max", state.rows.at(-1)?.[0] ?? 0],
      ["now", row?.[0] ?? 0],
      ["text", text],
    ])
      canvas.setAttribute(`aria-value${name}`, value);
    if (row) Object.assign(reading.dataset, { epoch: row[COLUMN.epoch] });
  }

  /** About twenty rows, evenly spread, the last one among them: only while the table is open. */
  function showTable() {
    if (!details.open || !state) return;
    const names = ["epoch", ...namesOf(state, "Loss"), ...(hasAccuracy(state) ? namesOf(state, "Accuracy") : [])];
    const every = Math.max(1, Math.ceil(state.rows.length / TABLE_ROWS));
    const rows = state.rows.filter((_, index) => (state.rows.length - 1 - index) % every === 0);
    table.replaceChildren(
      build("caption", { class: "visually-hidden" }, say("chart.table")),
      build("thead", {}, build("tr", {}, ...names.map((name) => build("th", { scope: "col" }, say(`chart.${name}`))))),
      build("tbody", {}, ...rows.map((row) => build("tr", {}, ...names.map((name) => build("td", {}, figures(row)[name]))))),
    );
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}

/** The texts of one row's figures. */
function figures(row) {
  return {
    epoch: row[COLUMN.epoch].toLocaleString("en"),
    trainLoss: number(row[COLUMN.trainLoss], 4),
    testLoss: number(row[COLUMN.testLoss], 4),
    trainAccuracy: percent(row[COLUMN.trainAccuracy]),
    testAccuracy: percent(row[COLUMN.testAccuracy]),
  };
}

const hasAccuracy = (state) => state.setup?.problem.task !== "numbers";

/** Of what rows there are figures: a gate's are all learnt, and none is left to test with. */
const partsOf = (state) => (isGate(state.setup) ? ["train"] : ["train", "test"]);
const namesOf = (state, figure) => partsOf(state).map((part) => part + figure);

/** The epochs from the first to the last of this run and of those kept, ten at least. */
function epochs(state) {
  const first = state.rows[0]?.[0] ?? 0;
  const lasts = [state, ...comparable(state)].map(({ rows }) => rows.at(-1)?.[0] ?? 0);
  return [first, Math.max(...lasts, first + 10)];
}

function nearest(rows, epoch) {
  let [low, high] = [0, rows.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] <= epoch) low = middle;
    else high = middle;
  }
  return epoch - rows[low][0] < rows[high][0] - epoch ? rows[low] : rows[high];
}

/** The places of the plots: beside each other, or one above the other where the paper is narrow. */
function boxes(state, { width, height }) {
  const inside = height - LEGEND;
  if (!hasAccuracy(state)) return [{ x: 0, y: LEGEND, width, height: inside }];
  if (width >= SIDE_BY_SIDE) return [0, 1].map((part) => ({ x: (part * width) / 2, y: LEGEND, width: width / 2, height: inside }));
  return [0, 1].map((part) => ({ x: 0, y: LEGEND + (part * inside) / 2, width, height: inside / 2 }));
}

const heightFor = (state, width) => (width < SIDE_BY_SIDE && hasAccuracy(state) ? 360 : 240);

/** Draws the curves; `row` is the one under the cursor, if any. Returns the size that was used. */
export function drawChart(pen, state, { width }, row = null) {
  const size = { width, height: heightFor(state, width) };
  drawLegend(pen, state, size);
  for (const [index, plot] of plotsOf(state).entries()) {
    const place = drawPlot(pen, state.theme, boxes(state, size)[index], plot);
    drawNumbers(pen, state, place, plot.names[0]);
    if (row) drawCursor(pen, state.theme, place, row[COLUMN.epoch], plot.names.map((name) => row[COLUMN[name]]));
  }
  return size;
}

/** Draws the curves of the loss alone, above the line of its least value. */
export function drawLosses(pen, state, { width, height }) {
  const [{ x, y, log, series }] = plotsOf(state);
  const [across, up] = [scale(x, [1, width - 1]), scale(y, [height - 2, 2], log)];
  pen.lines([0, height - 0.5, width, height - 0.5], { stroke: palette(state.theme).edge });
  for (const { xs, ys, style } of series) pen.line(thinnedLine(xs.map(across), ys.map(up)), style);
}

/** Loss, and accuracy where there are classes: what drawPlot wants, and the names of the curves. */
function plotsOf(state) {
  const { look, language } = state;
  const loss = namesOf(state, "Loss");
  const plots = [{ names: loss, title: word(language, "chart.loss"), x: epochs(state), log: look.logAxis, y: rangeOf(values(state, loss), look.logAxis) }];
  const accuracy = namesOf(state, "Accuracy");
  if (hasAccuracy(state)) plots.push({ names: accuracy, title: word(language, "chart.accuracy"), x: epochs(state), y: [0, 1.02] });
  return plots.map((plot) => ({ ...plot, series: seriesOf(state, plot.names) }));
}

const column = (rows, name) => rows.map((each) => each[COLUMN[name]] ?? NaN);
const values = (state, names) => [state, ...comparable(state)].flatMap(({ rows }) => names.map((name) => column(rows, name)));

/** The curves, those of kept runs behind; a smoothed one leaves its raw one faintly in sight. */
function seriesOf(state, names) {
  const { look, theme } = state;
  const styles = partsOf(state).map((part) => STYLES[part](theme));
  const curve = (rows, name, style) => ({ xs: column(rows, "epoch"), ys: column(rows, name), style });
  const calm = (each) => ({ ...each, ys: smoothed(each.ys, look.smoothing) });
  const grey = { ...KEPT, stroke: palette(theme).muted };
  const kept = comparable(state).flatMap(({ rows }) => names.map((name, index) => calm(curve(rows, name, { ...grey, dash: styles[index].dash }))));
  const raw = names.map((name, index) => curve(state.rows, name, styles[index]));
  if (!look.smoothing) return [...kept, ...raw];
  const faint = raw.map((each) => ({ ...each, style: { ...each.style, width: 1, alpha: 0.3, dash: [] } }));
  return [...kept, ...faint, ...raw.map(calm)];
}

/** The numbers of kept runs at the ends of their curves. */
function drawNumbers(pen, state, { across, up }, name) {
  const { muted, ring } = palette(state.theme);
  for (const { rows, number: text } of comparable(state)) {
    const [x, y] = [across(rows.at(-1)[COLUMN.epoch]), up(rows.at(-1)[COLUMN[name]] ?? NaN)];
    if (Number.isFinite(y)) pen.text(String(text), x - 4, y - 8, { size: 10, weight: 600, fill: muted, halo: ring, align: "right", baseline: "middle" });
  }
}

function drawLegend(pen, state, { width }) {
  const { theme, language } = state;
  const style = { size: 12, fill: palette(theme).ink, baseline: "middle" };
  let x = width - 10;
  for (const part of partsOf(state).toReversed()) {
    const line = STYLES[part](theme);
    const text = word(language, `chart.${part}`);
    x -= pen.measure(text, style);
    pen.text(text, x, 11, style);
    pen.lines([x - 34, 11, x - 6, 11], line);
    x -= 50;
  }
  pen.text(word(language, "chart.epochs"), 4, 11, { ...style, fill: palette(theme).muted });
}

function drawCursor(pen, theme, { top, bottom, across, up }, epoch, values) {
  const x = across(epoch);
  pen.lines([x, top, x, bottom], { stroke: palette(theme).muted, dash: [2, 3] });
  for (const [index, value] of values.entries()) {
    const y = up(value ?? NaN);
    if (Number.isFinite(y))
      pen.marks(index ? "diamond" : "circle", [x, y], 4, {
        fill: index ? rgb(palette(theme).negative) : rgb(palette(theme).positive),
        stroke: palette(theme).ring,
        width: 1.5,
      });
  }
}
