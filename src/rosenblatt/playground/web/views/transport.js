/** The way through a sample's operations: one by one, by buttons or arrow keys, or played. */

import { build, setText } from "../panels/build.js";
import { word } from "../words.js";
import { show, tool } from "./tools.js";

const PLAY_EVERY = 1100; // ms between two operations
const OWN_KEYS = "input, select, textarea, dialog"; // what does something of its own by arrow keys
const SCROLLED = '[tabindex="0"]'; // and what may be scrolled by them

/** `current()` gives {step, steps}: the operation shown, and how many there are; `go` is called with the one wanted. */
export function transport(current, go) {
  let timer = null;
  let language = "en";
  const first = tool("first", () => to(0));
  const previous = tool("previous", () => to(current().step - 1));
  const play = tool("play", () => (timer ? stop() : start()));
  const next = tool("next", () => to(current().step + 1));
  const last = tool("last", () => to(Infinity));
  const at = build("output", { class: "sample-at number" });
  const element = build("div", { class: "sample-tools", role: "group" }, first, previous, play, next, last, at);

  function to(wanted) {
    const { steps } = current();
    if (!steps) return;
    const reached = Math.max(0, Math.min(wanted, steps - 1));
    if (reached === steps - 1) stop();
    go(reached);
  }

  function start() {
    const { step, steps } = current();
    if (!steps) return;
    if (step === steps - 1) to(0);
    timer = setInterval(() => to(current().step + 1), PLAY_EVERY);
    showPlaying();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showPlaying();
  }

  const showPlaying = () => show(play, word(language, timer ? "sample.pause" : "sample.play"), timer ? "pause" : "play");

  return {
    element,
    to,
    stop,
    /** Arrow keys, and inside the section Home and End, where nothing else has a use for them. */
    walk(event, isInside) {
      const { step } = current();
      const wanted = { ArrowLeft: step - 1, ArrowRight: step + 1, ...(isInside && { Home: 0, End: Infinity }) }[event.key];
      if (wanted === undefined || event.defaultPrevented) return;
      if (event.target.closest(isInside ? OWN_KEYS : `${OWN_KEYS}, ${SCROLLED}`)) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      to(wanted);
    },
    wording(now) {
      language = now;
      element.setAttribute("aria-label", word(language, "sample.steps"));
      for (const button of [first, previous, next, last]) show(button, word(language, `sample.${button.dataset.name}`));
      showPlaying();
    },
    render() {
      const { step, steps } = current();
      setText(at, word(language, "sample.at", { step: step + 1, steps }));
      for (const button of [first, previous]) button.disabled = step === 0;
      for (const button of [next, last]) button.disabled = step === steps - 1;
    },
  };
}
