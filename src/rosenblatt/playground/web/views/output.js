/** The plane as the network answers it: the map, the points, a read-out, and the lines of the first layer to take by hand. */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { mathName, word } from "../words.js";
import { drawLines, unitsWithLines } from "./borderlines.js";
import { palette, rgb } from "./colours.js";
import { isGate } from "./gates.js";
import { Handles } from "./handles.js";
import { showLegend } from "./legend.js";
import { equation, lineOf } from "./lines.js";
import { outputOptions } from "./options.js";
import { pace } from "./pace.js";
import { drawCaption, drawMap, Picture } from "./picture.js";
import { drawAxes, planeOf } from "./plane.js";
import { drawChosen, drawPoints, drawWrong, radiusOf, shownRows } from "./points.js";
import { Readout } from "./readout.js";
import { Stage } from "./stage.js";
import { inputNames, restOf } from "./units.js";

const MOST_EQUATIONS = 6;
const MOST_NAMES = 4; // of inputs in a hint
const NEAR_POINT = 12; // pixels within which a point is meant
const DRAG_FROM = 4; // pixels

function drawData(pen, state, box) {
  const { setup, theme, language } = state;
  const { points } = setup.problem;
  const { ink, ring } = palette(theme);
  pen.save();
  pen.clip(box.left, box.top, box.side, box.side);
  drawPoints(pen, state, shownRows(state), (row) => box.pixels(points[row]), radiusOf(points.length, box.side));
  if (isGate(setup)) {
    for (const [a, b, target] of points) {
      const [x, y] = box.pixels([a, b]);
      pen.text(word(language, "output.target", { target }), x, y + 22, { size: 12, weight: 500, fill: ink, halo: ring, align: "center", baseline: "middle" });
    }
  }
  pen.restore();
}

/** Rings around the points that are taken for another class, and around the one that is chosen. */
function drawMarks(pen, state, box) {
  const { points } = state.setup.problem;
  const radius = radiusOf(points.length, box.side);
  pen.save();
  pen.clip(box.left, box.top, box.side, box.side);
  drawWrong(pen, state, shownRows(state), (row) => box.pixels(points[row]), radius);
  const chosen = points[state.look.point];
  if (chosen) drawChosen(pen, state, box.pixels(chosen), radius);
  pen.restore();
}

/**
 * Draws the output once, for export.
 * @param {import("./svg.js").SvgPen} pen @param {object} state @param {{width: number, height?: number}} size
 */
export function drawOutput(pen, state, size) {
  if (!state.setup.problem.bounds) return size;
  const shown = { ...state, look: { ...state.look, hover: null } };
  const box = planeOf(shown, size.width, size.height);
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
  const equations = build("ul", { class: "output-equations number" });
  const legend = build("ul", { class: "legend" });
  const options = outputOptions(actions);
  const missing = build("p", { class: "hint", hidden: true });
  const follow = build("button", { type: "button", class: "output-follow", hidden: true, onclick: () => actions.goTo("sample") });
  const stage = new Stage(sheet, "output", () => repaint(), paper);
  const { canvas } = stage;
  const data = stage.layer();
  const picture = new Picture();
  const isTime = pace();
  let state = {};
  let painted = {};
  let box = null;
  const current = () => ({ state, box });
  const handles = new Handles(canvas, actions, current, () => render(state));
  const readout = new Readout(actions, current);
  for (const [name, value] of [["tabindex", "0"], ["role", "application"], ["aria-describedby", readout.text.id]]) canvas.setAttribute(name, value);
  paper.append(handles.element, readout.cross);
  element.append(missing, sheet, readout.text, readout.live, follow, equations, legend, options.element);

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  function render(next) {
    state = handles.withFrame(next);
    if (!state.setup || !stage.hostWidth) return;
    const fresh = (...names) => !unchanged(painted, state, ...names);
    const isHeld = painted.active !== handles.active || painted.held !== handles.held;
    if (!isHeld && !fresh("setup", "frame", "theme", "language", "look", "probe", "status")) return;
    if (!showsPlane()) return;
    const remade = fresh("setup", "language", "theme") || !unchanged(painted.look, state.look, "showTest", "discrete");
    handles.release();
    if (remade) remake();
    if (remade || fresh("look")) options.render(state);
    paint();
    handles.place();
    if (isTime(state, remade || fresh("probe", "look", "status") || Boolean(handles.held))) showTexts();
    if (fresh("frame")) readout.probeAgain();
    painted = { ...state, active: handles.active, held: handles.held };
  }

  /** Whether there is a plane at all; if not, it says so instead. */
  function showsPlane() {
    const hasPlane = Boolean(state.setup.problem.bounds);
    for (const each of [sheet, readout.text, equations, legend, options.element]) each.hidden = !hasPlane;
    missing.hidden = hasPlane;
    if (!hasPlane) setText(missing, word(state.language, "output.no_plane"));
    return hasPlane;
  }

  function remake() {
    const { setup, language, drawing } = state;
    box = planeOf(state, stage.hostWidth);
    stage.resize(box.width, box.height);
    paper.style.width = `${box.width}px`;
    const [x1, x2] = setup.problem.axes.map(mathName);
    canvas.setAttribute("aria-label", word(language, drawing ? "output.picture.drawing" : "output.picture", { x1, x2 }));
    canvas.classList.toggle("drawing", Boolean(drawing));
    data.draw((pen) => drawData(pen, state, box));
    showLegend(legend, state);
    if (String(painted.setup?.problem.bounds) !== String(setup.problem.bounds)) readout.forget();
    handles.remake();
  }

  function paint() {
    const pen = stage.clear();
    drawMap(pen, state, box, picture.write(state));
    data.paste();
    drawMarks(pen, state, box);
    drawLines(pen, state, box, handles.lineFor, handles.active);
    drawCaption(pen, state, box);
    drawAxes(pen, state, box);
  }

  function showTexts() {
    const units = handles.units();
    const hints = [state.drawing ? "output.hint.drawing" : units.length ? "output.hint.lines" : "output.hint"];
    if (units.length && state.setup.problem.scaling) hints.push("output.hint.scaled");
    if (!state.setup.problem.rest && unitsWithLines(state).length) hints.push("output.hint.curves");
    const rest = restOf(state.setup);
    if (rest.length) hints.push("output.hint.rest");
    const [x1, x2] = state.setup.problem.axes.map(mathName);
    const names = rest.slice(0, MOST_NAMES).map(mathName).join(", ") + (rest.length > MOST_NAMES ? ", …" : "");
    readout.show(hints.map((hint) => word(state.language, hint, { x1, x2, names })).join(" "));
    follow.hidden = state.look.point === null;
    setText(follow, word(state.language, "output.follow", { number: state.look.point + 1 }));
    handles.describe();
    const listed = handles.canDrag() ? unitsWithLines(state) : [];
    showEquations(listed.length <= MOST_EQUATIONS ? listed : listed.filter((unit) => unit === handles.active));
  }

  function showEquations(units) {
    while (equations.children.length > units.length) equations.lastChild.remove();
    while (equations.children.length < units.length) equations.append(build("li", {}, build("span", { class: "unit" }), build("span")));
    for (const [index, unit] of units.entries()) {
      const item = equations.children[index];
      setText(item.firstChild, String(unit + 1));
      setText(item.lastChild, equation(state.language, handles.lineFor(unit), inputNames(state.setup.problem)));
      item.classList.toggle("active", unit === handles.active);
    }
  }

  /** Chooses the point at a place, or puts one there when points are drawn. */
  function choose(at, near = NEAR_POINT) {
    if (state.drawing) return actions.place(at[0], at[1]);
    const { points } = state.setup.problem;
    const [x, y] = box.pixels(at);
    let [best, nearest] = [null, near];
    for (const row of shownRows(state)) {
      const [a, b] = box.pixels(points[row]);
      const distance = Math.hypot(a - x, b - y);
      if (distance < nearest) [best, nearest] = [row, distance];
    }
    return actions.look({ point: best === state.look.point ? null : best });
  }

  // ---- Pointer and keyboard on the plane --------------------------------------------------------------------------

  canvas.addEventListener("pointermove", ({ offsetX, offsetY, pointerType }) => {
    if (!box || handles.isDragging || pointerType === "touch") return; // a finger that moves scrolls the page
    const at = [offsetX, offsetY];
    if (!box.holds(at)) return readout.read(null);
    const near = handles.lineAt(at);
    canvas.classList.toggle("grab", Boolean(near));
    handles.activate(near?.unit ?? null);
    readout.read(box.plane(at));
  });
  sheet.addEventListener("pointerleave", () => {
    if (handles.isDragging) return;
    handles.activate(null);
    if (readout.by === "mouse") readout.read(null); // a finger leaves as soon as it has touched
  });

  /** A press that moves takes the line under it, one that does not chooses. */
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !box) return;
    const from = [event.offsetX, event.offsetY];
    const near = event.pointerType === "touch" ? null : handles.lineAt(from);
    const stop = () => {
      canvas.removeEventListener("pointermove", dragged);
      canvas.removeEventListener("pointerup", released);
      canvas.removeEventListener("pointercancel", stop); // the page scrolls
    };
    const dragged = (moved) => {
      if (Math.hypot(moved.offsetX - from[0], moved.offsetY - from[1]) < DRAG_FROM) return;
      stop();
      if (near) handles.grab(moved, near.unit, near.part, canvas);
    };
    const released = () => {
      stop();
      if (!box.holds(from)) return;
      if (event.pointerType === "touch") canvas.focus({ preventScroll: true }); // not every tap does so by itself
      readout.read(box.plane(from), event.pointerType === "touch" ? "touch" : "mouse");
      choose(box.plane(from));
    };
    canvas.addEventListener("pointermove", dragged);
    canvas.addEventListener("pointerup", released);
    canvas.addEventListener("pointercancel", stop);
  });

  canvas.addEventListener("keydown", (event) => {
    if (!box) return;
    if (event.key === "Escape") return readout.read(null);
    const isChoice = event.key === "Enter" && readout.cursor;
    if (isChoice || readout.walk(event)) event.preventDefault();
    if (isChoice) choose(readout.cursor, Infinity);
  });
  canvas.addEventListener("blur", () => readout.by !== "mouse" && readout.read(null)); // a press elsewhere, too

  return render;
}
