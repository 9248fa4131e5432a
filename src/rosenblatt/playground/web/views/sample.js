/**
 * SAMPLE: one sample forward, its loss, backward, and the update, operation by operation on the computational graph.
 * The step shown is `look.sampleStep`; the sample wanted is `look.sample`, {row} or {x, target}.
 */

import { build, buildSvg, setText } from "../panels/build.js";
import { number, word } from "../words.js";
import { graph } from "./graph.js";
import { named, sentence } from "./sentences.js";

const PLAY_EVERY = 1100; // ms between two operations
const ZOOM = { least: 0.4, most: 2.5, factor: 1.25, fit: [0.8, 1.3] };
const WIDE = "(min-width: 900px)"; // where the list of operations has room beside the weights

/** The signs on the buttons, as strokes in a square of 20. */
const STROKES = {
  first: "M5 4v12M15 4l-7 6 7 6z",
  previous: "M13.5 4l-7 6 7 6z",
  play: "M3.5 4.5l6.5 5.5-6.5 5.5zM10.5 4.5l6.5 5.5-6.5 5.5z",
  pause: "M7 4v12M13 4v12",
  next: "M6.5 4l7 6-7 6z",
  last: "M15 4v12M5 4l7 6-7 6z",
  smaller: "M4 10h12",
  larger: "M4 10h12M10 4v12",
  fit: "M3 10h14M6.5 6.5L3 10l3.5 3.5M13.5 6.5L17 10l-3.5 3.5",
};

export function sample(element, actions) {
  let state = null;
  let asked = null; // what was asked of the server last
  let waiting = false;
  let refused = null; // the setup for which the server could give no sample
  let drawing = null;
  let zoom = null; // null: as wide as the place
  let timer = null;

  const input = build("input", { type: "number", id: "sample-row", min: 1, step: 1, onchange: () => choose(input.valueAsNumber - 1) });
  const label = build("label", { for: "sample-row" });
  const hint = build("span", { class: "hint" });
  const tool = (name, act) =>
    build("button", { type: "button", class: `tool sample-${name}`, "data-name": name, onclick: act }, sign(name));
  const first = tool("first", () => go(0));
  const previous = tool("previous", () => go(step() - 1));
  const play = tool("play", () => (timer ? stop() : start()));
  const next = tool("next", () => go(step() + 1));
  const last = tool("last", () => go(Infinity));
  const smaller = tool("smaller", () => scaleTo((zoom ?? fitting()) / ZOOM.factor));
  const larger = tool("larger", () => scaleTo((zoom ?? fitting()) * ZOOM.factor));
  const fit = tool("fit", () => scaleTo(null));
  const at = build("output", { class: "sample-at number" });
  const transport = build("div", { class: "sample-tools", role: "group" }, first, previous, play, next, last, at);
  const phase = build("span", { class: "sample-phase" });
  const said = build("span", { class: "sample-said" });
  const current = build("p", { class: "sample-sentence", "aria-live": "polite", "aria-atomic": "true" }, phase, said);
  const summary = build("p", { class: "sample-summary hint number" });
  const legend = build(
    "p",
    { class: "sample-legend hint", "aria-hidden": "true" },
    build("span", { class: "value" }),
    build("span", { class: "gradient" }),
  );
  const paper = build("div", { class: "sample-graph", tabindex: "0", role: "img" });
  const listName = build("summary");
  const list = build("ol", { class: "sample-list" });
  const weightsName = build("caption");
  const weightHeads = ["weight", "before", "gradient", "after"].map((name) => build("th", { scope: "col", "data-name": name }));
  const weights = build("tbody");
  const losses = build("tfoot");
  const apart = build("p", { class: "hint" });
  element.append(
    build(
      "div",
      { class: "sample-controls" },
      build("div", { class: "sample-choice" }, label, input, hint),
      transport,
      build("div", { class: "sample-tools", role: "group" }, smaller, larger, fit),
    ),
    summary,
    current,
    paper,
    legend,
    build(
      "div",
      { class: "sample-below" },
      build("details", { class: "sample-operations", open: matchMedia(WIDE).matches }, listName, build("div", { class: "scroll" }, list)),
      build(
        "div",
        {},
        build(
          "div",
          { class: "scroll sample-weights", tabindex: "0", role: "group" },
          build("table", {}, weightsName, build("thead", {}, build("tr", {}, ...weightHeads)), weights, losses),
        ),
        apart,
      ),
    ),
  );
  element.addEventListener("keydown", walk);
  element.closest("section")?.addEventListener("folded", () => state && stop());
  pannable(paper);
  new ResizeObserver(() => drawing && zoom === null && resize()).observe(paper);

  return function render(next) {
    const before = state;
    state = next;
    if (before?.look.point !== state.look.point && state.look.point !== null) choose(state.look.point);
    ask();
    if (["language", "sample", "look", "setup", "error"].every((part) => before?.[part] === state[part])) return;
    const renamed = before?.language !== state.language;
    if (renamed) wording();
    showChoice();
    element.classList.toggle("sample-none", !state.sample);
    if (!state.sample) {
      setText(summary, say(state.error?.key === "sample_too_large" ? "sample.too_large" : refused ? "sample.none" : "sample.waiting"));
      delete element.dataset.step;
      drawing = null;
      return;
    }
    if (before?.sample !== state.sample || renamed || !drawing) draw();
    show();
  };

  // --- Asking the server ---------------------------------------------------------------------

  /** Asks for the sample anew when it is another, or the weights are others: one question at a time, and not while the run plays. */
  function ask() {
    if (asked?.answer !== state.sample || asked?.error !== state.error) {
      waiting = false;
      if (asked && state.error && asked.error !== state.error) refused = state.setup;
    }
    if (!state.setup || waiting || refused === state.setup || (state.status?.playing && state.sample)) return;
    const wanted = { setup: state.setup, frame: state.frame, request: JSON.stringify(request()) };
    if (!state.frame || (asked && state.sample && ["setup", "frame", "request"].every((part) => asked[part] === wanted[part]))) return;
    asked = { ...wanted, answer: state.sample, error: state.error };
    waiting = true;
    refused = null;
    actions.send({ do: "sample", ...request() });
  }

  function request() {
    const { points, task, classes } = state.setup.problem;
    const wanted = state.look.sample ?? { row: 0 };
    const fits = "row" in wanted ? wanted.row < points.length : task === "numbers" || wanted.target < classes.length;
    return fits ? wanted : { row: 0 };
  }

  function choose(row) {
    if (!Number.isInteger(row) || row < 0 || row >= state.setup.problem.points.length) return showChoice();
    if (state.look.sample?.row !== row) actions.look({ sample: { row }, sampleStep: 0 });
  }

  // --- Steps ---------------------------------------------------------------------------------

  function step() {
    return Math.max(0, Math.min(state.look.sampleStep ?? 0, (state.sample?.steps.length ?? 1) - 1));
  }

  function go(wanted) {
    if (!state.sample) return;
    const reached = Math.max(0, Math.min(wanted, state.sample.steps.length - 1));
    if (reached === state.sample.steps.length - 1) stop();
    actions.look({ sampleStep: reached });
  }

  function start() {
    if (!state.sample) return;
    if (step() === state.sample.steps.length - 1) go(0);
    timer = setInterval(() => go(step() + 1), PLAY_EVERY);
    showPlaying();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showPlaying();
  }

  function walk(event) {
    const wanted = { ArrowLeft: step() - 1, ArrowRight: step() + 1, Home: 0, End: Infinity }[event.key];
    if (wanted === undefined || event.target === input || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(wanted);
  }

  // --- Showing -------------------------------------------------------------------------------

  function wording() {
    for (const button of element.querySelectorAll("[data-name]")) {
      if (button.tagName === "TH") setText(button, say(`sample.${button.dataset.name}`));
      else if (button !== play) name(button, say(`sample.${button.dataset.name}`));
    }
    showPlaying();
    setText(label, say("sample.choose"));
    setText(hint, say("sample.choose.hint"));
    transport.setAttribute("aria-label", say("sample.steps"));
    paper.setAttribute("aria-label", say("sample.graph"));
    setText(legend.firstChild, say("sample.legend.value"));
    setText(legend.lastChild, say("sample.legend.gradient"));
    setText(listName, say("sample.list"));
    setText(weightsName, say("sample.weights"));
    setText(apart, say("sample.apart"));
    weights.closest(".scroll").setAttribute("aria-label", say("sample.weights"));
  }

  function showPlaying() {
    name(play, say(timer ? "sample.pause" : "sample.play"));
    play.replaceChildren(sign(timer ? "pause" : "play"));
  }

  function showChoice() {
    if (!state.setup) return;
    const { row } = request();
    input.max = state.setup.problem.points.length;
    if (document.activeElement !== input) input.value = row === undefined ? "" : row + 1;
  }

  function draw() {
    const { steps, updates, loss } = state.sample;
    drawing = graph(state.sample, groupName);
    paper.replaceChildren(drawing.element);
    resize();
    list.replaceChildren(
      ...steps.map((each, index) =>
        build("li", {}, build("button", { type: "button", class: "plain", onclick: () => go(index) }, sentence(state.language, each))),
      ),
    );
    weights.replaceChildren(
      ...updates.map(({ name: which, before, gradient, after }) =>
        line(named(which), number(before, 4), number(gradient, 4), number(after, 4)),
      ),
    );
    losses.replaceChildren(line(say("sample.loss"), number(loss.before), "", number(loss.after)));
    for (const [key, value] of Object.entries({ lossBefore: loss.before, lossAfter: loss.after, steps: steps.length }))
      element.dataset[key] = value;
  }

  function show() {
    const { steps, x, target, output } = state.sample;
    const here = step();
    const shown = steps[here];
    const texts = (values) =>
      [values]
        .flat()
        .map((value) => number(value))
        .join(", ");
    drawing.show(here);
    follow();
    setText(
      summary,
      say("sample.summary", {
        x: texts(x),
        target: [target]
          .flat()
          .map((value) => String(value))
          .join(", "),
        output: texts(output),
      }),
    );
    setText(phase, say(`sample.phase.${shown.phase}`));
    phase.dataset.phase = shown.phase;
    setText(said, sentence(state.language, shown));
    setText(at, say("sample.at", { step: here + 1, steps: steps.length }));
    for (const button of [first, previous]) button.disabled = here === 0;
    for (const button of [next, last]) button.disabled = here === steps.length - 1;
    for (const [index, item] of [...list.children].entries()) {
      item.classList.toggle("reached", index <= here);
      if (index === here) showItem(item);
      else item.firstChild.removeAttribute("aria-current");
    }
    const updated = steps.slice(0, here + 1).filter((each) => each.phase === "update").length;
    for (const [index, each] of [...weights.rows].entries()) each.classList.toggle("reached", index < updated);
    losses.classList.toggle("reached", shown.phase === "update" && here === steps.length - 1);
    Object.assign(element.dataset, { step: here, phase: shown.phase, key: shown.key });
  }

  function showItem(item) {
    item.firstChild.setAttribute("aria-current", "step");
    const place = list.parentElement;
    const [top, bottom] = [item.offsetTop - list.offsetTop, item.offsetTop - list.offsetTop + item.offsetHeight];
    if (top < place.scrollTop) place.scrollTop = top;
    else if (bottom > place.scrollTop + place.clientHeight) place.scrollTop = bottom - place.clientHeight;
  }

  function groupName({ kind }, index) {
    if (kind === "inputs" || kind === "loss") return say(`sample.group.${kind}`);
    return say("sample.group.layer", { number: index });
  }

  // --- Size and place ------------------------------------------------------------------------

  function fitting() {
    const [least, most] = ZOOM.fit;
    return Math.max(least, Math.min(most, (paper.clientWidth - 2) / drawing.width));
  }

  function scaleTo(wanted) {
    if (!drawing) return;
    zoom = wanted && Math.max(ZOOM.least, Math.min(ZOOM.most, wanted));
    resize();
    follow();
  }

  function resize() {
    const size = zoom ?? fitting();
    drawing.element.setAttribute("width", Math.round(drawing.width * size));
    drawing.element.setAttribute("height", Math.round(drawing.height * size));
  }

  /** Brings the current operation to the middle where the paper is larger than its place. */
  function follow() {
    const size = zoom ?? fitting();
    const [x, y] = drawing.place(step()).map((value) => value * size);
    const [left, top] = [x - paper.clientWidth / 2, y - paper.clientHeight / 2];
    paper.scrollTo({ left, top, behavior: state.motion ? "smooth" : "auto" });
  }

  function say(key, values) {
    return word(state.language, key, values);
  }
}

const line = (heading, ...cells) =>
  build("tr", {}, build("th", { scope: "row" }, heading), ...cells.map((text) => build("td", { class: "number" }, text)));

const sign = (name) =>
  buildSvg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, buildSvg("path", { d: STROKES[name] }));

function name(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

/** Lets the pointer drag what is larger than its place. */
function pannable(paper) {
  let from = null;
  paper.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return; // fingers scroll by themselves
    from = [event.clientX + paper.scrollLeft, event.clientY + paper.scrollTop];
    paper.setPointerCapture(event.pointerId);
  });
  paper.addEventListener(
    "pointermove",
    (event) => from && paper.scrollTo({ left: from[0] - event.clientX, top: from[1] - event.clientY, behavior: "instant" }),
  );
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => (from = null));
}
