/**
 * SAMPLE: one sample forward, its loss, backward, and the update, operation by operation on the computational graph.
 * The step shown is `look.sampleStep`; the sample wanted is `look.sample`, {row} or {x, target}.
 */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { number, word } from "../words.js";
import { isGate } from "./gates.js";
import { layerName } from "./names.js";
import { operationList, weightTable } from "./operations.js";
import { graphPaper } from "./paper.js";
import { sentence } from "./sentences.js";
import { transport } from "./transport.js";

export function sample(element, actions) {
  let state = null;
  let drawn = null; // the sample that is drawn
  const asking = questions((request) => actions.send({ do: "sample", ...request }));
  const steps = transport(
    () => ({ step: step(), steps: state.sample?.steps.length ?? 0 }),
    (wanted) => actions.look({ sampleStep: wanted }),
  );
  const paper = graphPaper();
  const operations = operationList(steps.to);
  const weights = weightTable();

  const input = build("input", { type: "number", id: "sample-row", min: 1, step: 1, onchange: () => choose(input.valueAsNumber - 1) });
  const label = build("label", { for: "sample-row" });
  const hint = build("span", { class: "hint" });
  const summary = build("p", { class: "sample-summary hint number" });
  const phase = build("span", { class: "sample-phase" });
  const said = build("span", { class: "sample-said" });
  const legend = ["value", "gradient"].map((name) => build("span", { class: name }));
  element.append(
    build("div", { class: "sample-controls" }, build("div", { class: "sample-choice" }, label, input, hint), steps.element),
    summary,
    build("p", { class: "sample-sentence", "aria-live": "polite", "aria-atomic": "true" }, phase, said),
    paper.element,
    build("div", { class: "sample-foot" }, build("p", { class: "sample-legend hint", "aria-hidden": "true" }, ...legend), paper.tools),
    build("div", { class: "sample-below" }, operations.element, weights.element),
  );
  const panel = element.closest("section");
  panel.addEventListener("folded", steps.stop);
  document.addEventListener("keydown", (event) => {
    const isInside = panel.contains(event.target);
    const isShown = state && !panel.classList.contains("folded");
    if (isShown && (isInside || isLesson())) steps.walk(event, isInside);
  });

  return function render(next) {
    if (!next.setup) return;
    const before = state;
    state = next;
    if (before?.look.point !== state.look.point && state.look.point !== null) choose(state.look.point);
    if (hasRows()) asking.ask(state, requestOf(state));
    if (unchanged(before, state, "language", "sample", "look", "setup", "error")) return;
    if (before?.language !== state.language) wording();
    showChoice();
    const isHere = Boolean(state.sample) && asking.isOf(state.setup);
    element.classList.toggle("sample-none", !isHere);
    element.classList.remove("sample-waiting");
    if (isHere) show(before?.language !== state.language);
    else showMissing();
  };

  function choose(row) {
    if (!Number.isInteger(row) || row < 0 || row >= state.setup.problem.points.length) return showChoice();
    if (state.look.sample?.row !== row) actions.look({ sample: { row }, sampleStep: 0 });
    return undefined;
  }

  function hasRows() {
    return state.setup.problem.points.length > 0;
  }

  function step() {
    return Math.max(0, Math.min(state.look.sampleStep ?? 0, (state.sample?.steps.length ?? 1) - 1));
  }

  function wording() {
    steps.wording(state.language);
    paper.wording(state.language);
    setText(label, say("sample.choose"));
    setText(hint, say("sample.choose.hint"));
    for (const each of legend) setText(each, say(`sample.legend.${each.className}`));
  }

  function showChoice() {
    const { row } = requestOf(state);
    input.max = state.setup.problem.points.length;
    if (document.activeElement !== input) input.value = row === undefined ? "" : row + 1;
  }

  /** Why there is nothing to show. */
  function showMissing() {
    const isNone = !hasRows() || asking.isRefused(state.setup);
    const key = state.error?.key === "sample_too_large" ? "too_large" : isNone ? "none" : "waiting";
    setText(summary, say(`sample.${key}`));
    element.classList.toggle("sample-waiting", key === "waiting");
    delete element.dataset.step;
    steps.stop();
    drawn = null;
  }

  function show(renamed) {
    const { sample: shown } = state;
    if (drawn !== shown || renamed) draw(shown);
    const here = step();
    const current = shown.steps[here];
    setText(phase, say(`sample.phase.${current.phase}`));
    phase.dataset.phase = current.phase;
    setText(said, sentence(state.language, current));
    paper.show(here, state.motion);
    operations.show(here);
    weights.show(shown, here);
    steps.render();
    Object.assign(element.dataset, { step: here, phase: current.phase, key: current.key });
  }

  /** What is the same for all steps. */
  function draw(shown) {
    drawn = shown;
    paper.draw(shown, groupName);
    operations.draw(shown, state.language);
    weights.draw(shown, state.language);
    const numbers = (values) => [values].flat().map((value) => number(value)).join(", ");
    const target = [shown.target].flat().join(", ").replaceAll("-", "−");
    setText(summary, say("sample.summary", { x: numbers(shown.x), target, output: numbers(shown.output) }));
    Object.assign(element.dataset, { lossBefore: shown.loss.before, lossAfter: shown.loss.after, steps: shown.steps.length });
  }

  /** A group's name: as the network calls its layers; what has no neurons goes by its kind. */
  function groupName({ kind, name }) {
    if (kind === "inputs" || kind === "loss") return say(`sample.group.${kind}`);
    const layer = state.setup.network.layers.findIndex((each) => each.name === name);
    return layer < 0 ? kind : layerName(state, layer);
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}

/** The sample that is wanted, if these data have it: at first a gate's last row, (1, 1), or the first of many. */
function requestOf({ setup, look }) {
  const { points, task, classes } = setup.problem;
  const first = { row: isGate(setup) ? points.length - 1 : 0 };
  const wanted = look.sample ?? first;
  const fits = "row" in wanted ? wanted.row < points.length : task === "numbers" || wanted.target < classes.length;
  return fits ? wanted : first;
}

/** Whether a lesson is about the sample: then its keys work all over the page. */
const isLesson = () => document.documentElement.dataset.lessonPanel === "sample";

/** What another sample is needed for: another network has other operations. */
const networkOf = ({ network, settings }) => JSON.stringify([network.inputs, network.layers, settings?.loss]);

/**
 * Asks the server for the sample anew when it is another, or the weights are others: one question at a time, and while
 * the run plays only for another network.
 */
function questions(send) {
  let asked = null; // {setup, frame, request, network} of the last question, and what there was before its answer
  let waiting = false;
  let refused = null; // the setup for which the server could give no sample

  return {
    /** Whether the last answer is of this network. */
    isOf: (setup) => asked !== null && !(waiting && asked.isOther) && asked.network === networkOf(setup),
    isRefused: (setup) => refused === setup,
    ask(state, request) {
      const { setup, frame, sample: answer, error, status } = state;
      if (waiting && (asked.answer !== answer || asked.error !== error)) {
        waiting = false;
        if (error && asked.error !== error) refused = setup;
      }
      if (waiting || refused === setup || !frame) return;
      const wanted = { setup, frame, request: JSON.stringify(request) };
      const isSame = answer && asked && unchanged(asked, wanted, "setup", "frame", "request");
      const mayWait = answer && status?.playing && asked?.setup === setup;
      if (isSame || mayWait) return;
      const network = networkOf(setup);
      asked = { ...wanted, network, isOther: network !== asked?.network, answer, error };
      waiting = true;
      refused = null;
      send(request);
    },
  };
}
