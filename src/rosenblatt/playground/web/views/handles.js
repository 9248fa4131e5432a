/** The lines of the first layer in the hand: handles to shift and to turn them, by pointer and by keys. */

import { build } from "../panels/build.js";
import { word } from "../words.js";
import { inwards, unitsWithLines } from "./borderlines.js";
import { canTurn, degrees, direction, editsOf, equation, isLine, lineOf, shifted, turned, visible } from "./lines.js";
import { neuronName } from "./names.js";
import { inputNames } from "./units.js";

const MOST_HANDLES = 12;
const NEAR = 8; // pixels within which a line is meant
const HELD_FOR = 500; // ms for which a line stays as the hand left it while the server is silent
const LARGE = { turn: 15, shift: 0.1 }; // steps by keys, with Shift: degrees, and shares of the plane
const SMALL = { turn: 3, shift: 0.02 };

/** Puts an element at a place of the sheet. */
export function moveTo(element, [x, y]) {
  element.style.transform = `translate(${Math.round(10 * x) / 10}px, ${Math.round(10 * y) / 10}px)`;
}

export class Handles {
  element = build("div", { class: "output-handles", role: "group" });
  /** The unit whose line is under the pointer, or has the focus. */
  active = null;
  /** {unit, line, since, dragging}: a line as the hand has it, ahead of the server. */
  held = null;
  #focused = null; // unit whose handle has the focus
  #byUnit = new Map();
  #pending = null; // edits that wait for the next animation frame
  #last = null; // {frame, shape}: what was painted last, and for which network

  /** @param {HTMLCanvasElement} canvas @param {object} actions @param {() => {state, box}} current @param {() => void} changed */
  constructor(canvas, actions, current, changed) {
    Object.assign(this, { canvas, actions, current, changed });
  }

  get #state() {
    return this.current().state;
  }

  get isDragging() {
    return Boolean(this.held?.dragging);
  }

  /** A line moved before the first update is a new start, which has no frame yet: till then the last one is shown. */
  withFrame(next) {
    const { setup, frame } = next;
    const shape = setup && JSON.stringify([setup.problem.bounds, setup.network.layers.map((layer) => layer.units)]);
    if (frame) this.#last = { frame, shape };
    const inHand = this.held || this.#focused !== null;
    return !frame && inHand && this.#last?.shape === shape ? { ...next, frame: this.#last.frame } : next;
  }

  /** Lets go of a line that the server has as the hand left it, or has had the time to say otherwise. */
  release() {
    if (!this.held || this.isDragging) return;
    const { unit, line, since } = this.held;
    const { setup, frame } = this.#state;
    const now = frame?.weights && lineOf(setup, frame.weights, unit);
    const difference = now ? Math.abs(now.w1 - line.w1) + Math.abs(now.w2 - line.w2) + Math.abs(now.b - line.b) : 0;
    if (difference < 1e-4 || performance.now() - since > HELD_FOR) this.held = null;
  }

  /** Another network: a line in the hand stays there, for it is only a new start, unless its unit is gone. */
  remake() {
    const { language, setup } = this.#state;
    this.element.setAttribute("aria-label", word(language, "output.lines"));
    const units = setup.network.layers[0]?.units ?? 0;
    if (this.active >= units) this.active = null;
    if (this.held?.unit >= units) this.held = null;
  }

  canDrag() {
    const { drawing, setup, frame } = this.#state;
    return !drawing && canTurn(setup) && Boolean(frame?.weights);
  }

  /** Units whose lines can be taken by hand. */
  units() {
    return this.canDrag() ? unitsWithLines(this.#state).filter((unit) => isLine(this.lineFor(unit))) : [];
  }

  lineFor = (unit) => {
    if (this.held?.unit === unit) return this.held.line;
    return lineOf(this.#state.setup, this.#state.frame.weights, unit);
  };

  /** The line near a place of the sheet, and whether its middle or one of its ends is meant. */
  lineAt([x, y]) {
    const { box } = this.current();
    let best = null;
    for (const unit of this.units()) {
      const part = this.#visible(unit);
      if (!part) continue;
      const [[x0, y0], [x1, y1]] = [box.pixels(part.from), box.pixels(part.to)];
      const size = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
      const share = Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / size));
      const distance = Math.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y);
      if (distance < (best?.distance ?? NEAR)) best = { unit, distance, part: share < 0.22 ? "from" : share > 0.78 ? "to" : "shift" };
    }
    return best;
  }

  /** The line that shows its handles: the one under the pointer, else the one with the focus. */
  activate(unit) {
    if (this.active === (unit ?? this.#focused)) return;
    this.active = unit ?? this.#focused;
    this.changed();
  }

  // ---- Handles ----------------------------------------------------------------------------------------------------

  /** Puts all handles where their lines are. */
  place() {
    const units = this.#withHandles();
    for (const unit of units) {
      if (!this.#byUnit.has(unit)) this.#byUnit.set(unit, this.#make(unit));
      this.#placeOne(unit, this.#byUnit.get(unit));
    }
    if (units.length !== this.#byUnit.size) for (const unit of this.#byUnit.keys()) if (!units.includes(unit)) this.#remove(unit);
  }

  /** Words what those who hear the page are told of each line. */
  describe() {
    for (const [unit, { middle }] of this.#byUnit) this.#describe(unit, middle);
  }

  /** Units that have handles: all, where they are few; else the chosen one and the one in the hand. */
  #withHandles() {
    const units = this.units();
    const { neuron } = this.#state.look;
    if (units.length <= MOST_HANDLES) return units;
    return units.filter((unit) => unit === this.active || (neuron?.layer === 0 && neuron.unit === unit));
  }

  #visible = (unit) => visible(this.lineFor(unit), this.#state.setup.problem.bounds, unit);

  #placeOne(unit, { middle, ends }) {
    const { box } = this.current();
    const part = this.#visible(unit);
    const place = part ? box.pixels(part.handle) : this.#outside(this.lineFor(unit));
    moveTo(middle, place);
    middle.classList.toggle("active", unit === this.active);
    middle.classList.toggle("outside", !part);
    for (const [end, at] of [[ends[0], part?.from], [ends[1], part?.to]]) {
      end.hidden = !part || unit !== this.active;
      if (!end.hidden) moveTo(end, inwards(box.pixels(at), place, 6));
    }
  }

  /** Where the handle of a line waits that does not cross the plane: at the edge nearest to it. */
  #outside({ w1, w2, b }) {
    const { left, top, side, pixels } = this.current().box;
    const size = w1 ** 2 + w2 ** 2;
    const [x, y] = pixels([(-b * w1) / size, (-b * w2) / size]);
    const within = (value, start) => Math.max(start, Math.min(start + side, value));
    return [within(x, left), within(y, top)];
  }

  #make(unit) {
    const middle = build("div", {
      class: "line-handle",
      role: "slider",
      tabindex: "0",
      "aria-valuemin": "-180",
      "aria-valuemax": "180",
      onfocus: () => {
        this.#focused = unit;
        this.activate(unit);
      },
      onblur: () => {
        this.#focused = null;
        if (!this.isDragging) this.activate(null);
      },
      onkeydown: (event) => this.#byKey(event, unit),
    });
    const ends = ["from", "to"].map(() => build("div", { class: "line-handle end", "aria-hidden": "true" }));
    for (const [each, part] of [[middle, "shift"], [ends[0], "from"], [ends[1], "to"]]) {
      each.addEventListener("pointerenter", () => this.isDragging || this.activate(unit));
      each.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        event.preventDefault();
        middle.focus({ preventScroll: true });
        this.grab(event, unit, part, each);
      });
    }
    this.element.append(middle, ...ends);
    this.#describe(unit, middle);
    return { middle, ends };
  }

  #remove(unit) {
    const { middle, ends } = this.#byUnit.get(unit);
    this.#byUnit.delete(unit);
    middle.blur(); // before it goes: what has the focus cannot be removed by its own blur
    for (const each of [middle, ...ends]) each.remove();
  }

  #describe(unit, middle) {
    const { language, setup } = this.#state;
    const line = this.lineFor(unit);
    const text = equation(language, line, inputNames(setup.problem));
    middle.setAttribute("aria-label", word(language, "output.line", { name: neuronName(this.#state, { layer: 0, unit }) }));
    middle.setAttribute("aria-valuenow", degrees(line));
    middle.setAttribute("aria-valuetext", this.#visible(unit) ? text : `${text}, ${word(language, "output.outside")}`);
  }

  // ---- By keys and by hand ----------------------------------------------------------------------------------------

  /** Left and right turn the line, up and down shift it; with Shift in larger steps. */
  #byKey(event, unit) {
    const turn = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    const shift = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!turn && !shift) return;
    event.preventDefault();
    const line = this.lineFor(unit);
    const size = line.w1 ** 2 + line.w2 ** 2;
    const steps = event.shiftKey ? LARGE : SMALL;
    if (shift) return this.#hold(unit, this.#shiftedBy(line, shift * steps.shift), false);
    const pivot = this.#visible(unit)?.handle ?? [(-line.b * line.w1) / size, (-line.b * line.w2) / size];
    this.#hold(unit, turned(line, pivot, direction(line, (steps.turn * turn * Math.PI) / 180)), false);
  }

  /** A line shifted upwards by a share of the plane, or, where it is steep, to the right. */
  #shiftedBy(line, share) {
    const [x1Low, x1High, x2Low, x2High] = this.#state.setup.problem.bounds;
    const isSteep = Math.abs(line.w2) < 0.2 * Math.abs(line.w1);
    return isSteep ? shifted(line, share * (x1High - x1Low), 0) : shifted(line, 0, share * (x2High - x2Low));
  }

  /** Shows a line as the hand has it and sends it, at most once in a frame. */
  #hold(unit, line, dragging) {
    this.held = { unit, line, since: performance.now(), dragging };
    if (!this.#pending) {
      requestAnimationFrame(() => {
        this.actions.send({ do: "weights", edits: this.#pending });
        this.#pending = null;
      });
    }
    this.#pending = editsOf(this.#state.setup, this.#state.frame.weights, unit, line);
    this.changed();
  }

  /** Follows the pointer until it lets go: `part` of the line is "shift", or the end "from" or "to". */
  grab(event, unit, part, target) {
    const start = this.#placeOf(event);
    const first = this.lineFor(unit);
    const seen = this.#visible(unit);
    if (!seen && part !== "shift") return;
    target.setPointerCapture(event.pointerId);
    this.active = unit;
    const sign = part === "to" ? 1 : -1;
    const moved = (moving) => {
      const now = this.#placeOf(moving);
      if (part === "shift") return this.#hold(unit, shifted(first, now[0] - start[0], now[1] - start[1]), true);
      const along = [sign * (now[0] - seen.handle[0]), sign * (now[1] - seen.handle[1])];
      return this.#hold(unit, turned(first, seen.handle, along), true);
    };
    const end = () => {
      target.removeEventListener("pointermove", moved);
      if (this.held) this.held = { ...this.held, dragging: false };
      if (target === this.canvas) this.activate(null);
    };
    target.addEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, end, { once: true });
  }

  /** The place of the plane under a pointer: the canvas is measured when it is asked, never while painting. */
  #placeOf(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return this.current().box.plane([event.clientX - left, event.clientY - top]);
  }
}
