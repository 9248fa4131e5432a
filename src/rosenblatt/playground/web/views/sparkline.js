/** The curves of the loss in small, for the bar at the top: how it falls is in sight wherever the reader is. */

import { unchanged } from "../state.js";
import { drawLosses } from "./chart.js";
import { Stage } from "./stage.js";

const HEIGHT = 34;

export function sparkline(element) {
  let state = {};
  const stage = new Stage(element, "losses", paint);

  function paint() {
    if (!stage.hostWidth || !state.setup) return;
    stage.resize(stage.hostWidth, HEIGHT);
    drawLosses(stage.clear(), state, stage);
  }

  return function render(next) {
    const before = state;
    state = next;
    if (!unchanged(before, state, "theme", "rows", "setup", "look", "kept")) paint();
  };
}
