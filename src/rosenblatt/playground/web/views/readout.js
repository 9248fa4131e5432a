/** What the network says at one place of the plane: under the pointer, or where the arrow keys have gone. */

import { build, setText } from "../panels/build.js";
import { mathName, number, word } from "../words.js";
import { probabilities } from "./answers.js";
import { moveTo } from "./handles.js";
import { axisUnits, targetUnits } from "./units.js";

const PROBE_EVERY = 60; // ms
const PROBE_AGAIN = 250; // ms, while the network changes under a resting pointer
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 0.02; // share of the plane
const LARGE_STEP = 0.1; // with Shift

export class Readout {
  /** The cross at the place, for keyboard and touch: there is no pointer on the screen then. */
  cross = build("div", { class: "output-cross", "aria-hidden": "true", hidden: true });
  text = build("p", { class: "output-readout number", id: "output-readout" });
  live = build("p", { class: "visually-hidden", "aria-live": "polite" });
  /** The place that is read, x1 and x2. */
  cursor = null;
  /** By what the place was chosen: "mouse", "touch" or "keys". */
  by = "mouse";
  #probedAt = 0;
  #waiting = null;

  /** @param {object} actions @param {() => {state, box}} current */
  constructor(actions, current) {
    Object.assign(this, { actions, current });
  }

  /** Reads the network at a place, or nowhere. */
  read(at, by = "mouse") {
    if (!at && !this.cursor) return;
    this.cursor = at;
    this.by = by;
    this.cross.hidden = by === "mouse";
    if (!this.cross.hidden) moveTo(this.cross, this.current().box.pixels(at));
    if (at) this.#probe();
    else setTimeout(() => this.cursor || this.actions.put({ probe: null }), PROBE_EVERY);
  }

  /** The place is gone with its plane. */
  forget() {
    this.cursor = null;
    this.cross.hidden = true;
  }

  /** Moves the place by an arrow key; false for any other key. */
  walk(event) {
    const by = ARROWS[event.key];
    if (!by) return false;
    const [x1Low, x1High, x2Low, x2High] = this.current().state.setup.problem.bounds;
    const share = this.cursor ? (event.shiftKey ? LARGE_STEP : STEP) : 0;
    const [x1, x2] = this.cursor ?? [(x1Low + x1High) / 2, (x2Low + x2High) / 2];
    const within = (value, low, high) => Math.max(low, Math.min(high, value));
    const to = [x1 + by[0] * share * (x1High - x1Low), x2 + by[1] * share * (x2High - x2Low)];
    this.read([within(to[0], x1Low, x1High), within(to[1], x2Low, x2High)], "keys");
    return true;
  }

  /** Asks again for a resting pointer, as the network has changed. */
  probeAgain() {
    if (this.cursor && performance.now() - this.#probedAt > PROBE_AGAIN) this.#probe();
  }

  /** Words the answer, or the hint as long as there is none. */
  show(hint) {
    const { state } = this.current();
    if (!state.probe || !this.cursor) return setText(this.text, hint);
    setText(this.text, `${where(state)}: ${answer(state)}`);
    if (this.by === "keys") setText(this.live, this.text.textContent);
    return undefined;
  }

  #probe() {
    const wait = PROBE_EVERY - (performance.now() - this.#probedAt);
    if (wait <= 0) {
      this.#probedAt = performance.now();
      return this.actions.send({ do: "probe", x: this.cursor });
    }
    this.#waiting ??= setTimeout(() => {
      this.#waiting = null;
      if (this.cursor) this.#probe();
    }, wait);
    return undefined;
  }
}

function where({ language, setup, probe }) {
  const [x1, x2] = setup.problem.axes.map(mathName);
  const [a, b] = axisUnits(setup.problem).map((units, axis) => units.text(probe.x[axis]));
  return word(language, "output.place", { x1, x2, a, b });
}

/** The number, or the probability of every class by its name. */
function answer({ language, setup, probe }) {
  const { classes, task } = setup.problem;
  if (task === "numbers") return word(language, "output.number", { value: targetUnits(setup.problem).text(probe.outputs[0]) });
  const shares = probabilities(probe.outputs);
  return shares.map((share, index) => `P(${classes[index]}) = ${number(share, 3)}`).join(" · ");
}
