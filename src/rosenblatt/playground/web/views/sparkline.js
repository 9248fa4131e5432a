/** The curves of the loss in small, for the bar at the top: how it falls is in sight wherever the reader is. */

import { unchanged } from "../state.js";
import { drawLosses } from "./chart.js";
import { Stage } from "./stage.js";

const HEIGHT = 34;

export function sparkline(element) {
  let state = {};
  let isShown = false;
  const stage = new Stage(element, "losses", () => {});
  // After the stage's own observer: what has come in the meantime is painted when the curves are seen again.
  new ResizeObserver(([entry]) => {
    isShown = entry.contentRect.width > 0;
    paint();
  }).observe(element);

  function paint() {
    if (!isShown || !stage.hostWidth || !state.setup) return;
    stage.resize(stage.hostWidth, HEIGHT);
    drawLosses(stage.clear(), state, stage);
  }

  return function render(next) {
    const before = state;
    state = next;
    const isSame = unchanged(before, state, "theme", "rows", "setup", "kept") && unchanged(before.look, state.look, "logAxis", "smoothing");
    if (!isSame) paint();
  };
}
