/** The lessons: choose one, go through its steps, see which are done, leave it and have one's own settings back. */

import { LESSONS } from "../lessons/lessons.js";
import { unchanged } from "../state.js";
import { word } from "../words.js";
import { build, setText } from "./build.js";

/** What a step's condition may depend on; the step itself may be done already when it is reached. */
const WATCHED = ["setup", "frame", "rows", "look", "probe", "sample", "lesson"];

export function lesson(element, actions) {
  let state = null;
  let before = null; // what the learner had before the lesson
  let awaited = null; // the setup that the server still has to replace
  let look = null; // what is to be looked at once it has
  const say = (key, values) => word(state.language, key, values);
  const button = (act, kind = "") => build("button", { type: "button", class: kind, onclick: act });

  const hint = build("p", { class: "hint" });
  const choices = LESSONS.map(({ name }) =>
    build(
      "button",
      { type: "button", "data-lesson": name, onclick: () => enter(name) },
      build("span", { class: "lesson-title" }),
      build("span", { class: "lesson-subject hint" }),
    ),
  );
  const choice = build("div", { class: "lesson-choice" }, hint, build("ol", {}, ...choices.map((each) => build("li", {}, each))));

  const title = build("h3", { tabindex: "-1" });
  const leave = button(() => quit(), "plain");
  const steps = build("ol", { class: "lesson-steps" });
  const text = build("p", { class: "lesson-text", "aria-live": "polite" });
  const task = build("p", { class: "lesson-task" });
  const mark = build("span", { class: "lesson-mark" });
  const previous = button(() => go(state.lesson.step - 1));
  const next = button(() => go(state.lesson.step + 1), "primary");
  const again = button(() => arrive(current().lesson, state.lesson.step, true), "plain");
  const show = button(() => actions.goTo(current().step.panel), "plain");
  const open = build(
    "div",
    { class: "lesson-open" },
    build("header", {}, title, steps, leave),
    build(
      "div",
      { class: "lesson-step" },
      text,
      build(
        "div",
        { class: "lesson-foot" },
        build("div", { class: "lesson-do", "aria-live": "polite" }, mark, task),
        build("div", { class: "lesson-buttons", role: "group" }, previous, next, show, again),
      ),
    ),
  );
  element.append(choice, open);

  return function render(shown) {
    const old = state;
    state = shown;
    const arrived = look && state.setup !== awaited;
    if (arrived) {
      actions.look(look);
      look = null;
    }
    if (!arrived && state.lesson && !unchanged(old, state, ...WATCHED)) check();
    const shownBy = state.lesson ? ["language", "lesson"] : ["language", "lesson", "setup"];
    if (unchanged(old, state, ...shownBy)) return;
    choice.hidden = Boolean(state.lesson);
    open.hidden = !state.lesson;
    if (state.lesson) showStep();
    else showChoice();
  };

  function showChoice() {
    const opened = Boolean(state.setup?.opened);
    setText(hint, say(opened ? "lesson.opened" : "lesson.choose"));
    for (const each of choices) {
      setText(each.firstChild, say(`lesson.${each.dataset.lesson}.title`));
      setText(each.lastChild, say(`lesson.${each.dataset.lesson}.subject`));
      each.title = each.lastChild.textContent;
      each.disabled = opened || !state.setup;
    }
    for (const name of ["lesson", "step", "done"]) delete element.dataset[name];
    delete document.documentElement.dataset.lessonPanel;
  }

  function showStep() {
    const { lesson, step, index } = current();
    const { done, memory } = state.lesson;
    const key = `lesson.${lesson.name}.${step.name}`;
    const last = index === lesson.steps.length - 1;
    setText(title, say(`lesson.${lesson.name}.title`));
    setText(text, say(`${key}.text`, step.values?.(memory)));
    setText(task, say(`${key}.task`, step.values?.(memory)));
    setText(mark, say(done[index] ? "lesson.done" : "lesson.todo"));
    mark.classList.toggle("done", done[index]);
    setText(previous, say("lesson.previous"));
    setText(next, say(last ? "lesson.finish" : "lesson.next"));
    setText(again, say("lesson.again"));
    setText(show, say("lesson.show", { panel: say(`title.${step.panel}`) }));
    setText(leave, say("lesson.leave"));
    leave.title = say("lesson.leave.title");
    previous.disabled = index === 0;
    steps.setAttribute("aria-label", say("lesson.steps"));
    if (steps.dataset.lesson !== lesson.name) steps.replaceChildren(...lesson.steps.map((_, place) => build("li", {}, stepButton(place))));
    steps.dataset.lesson = lesson.name;
    for (const [place, item] of [...steps.children].entries()) showStepButton(item.firstChild, place, lesson.steps.length);
    Object.assign(element.dataset, { lesson: lesson.name, step: index, done: done[index] });
    document.documentElement.dataset.lessonPanel = step.panel;
  }

  function stepButton(place) {
    return build("button", { type: "button", onclick: () => go(place) });
  }

  function showStepButton(button, place, count) {
    const done = state.lesson.done[place];
    setText(button, done ? "✓" : String(place + 1));
    button.setAttribute("aria-label", say(done ? "lesson.step.done" : "lesson.step", { number: place + 1, count }));
    if (state.lesson.step === place) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    button.dataset.done = done;
  }

  function enter(name) {
    const lesson = LESSONS.find((each) => each.name === name);
    before = { settings: state.setup.settings, speed: state.status?.speed, look: state.look };
    actions.put({ lesson: { name, step: 0, done: lesson.steps.map(() => false), memory: {} } });
    arrive(lesson, 0, true);
    requestAnimationFrame(() => title.focus({ preventScroll: true }));
  }

  function quit() {
    actions.send({ do: "pause" });
    actions.send({ do: "set", changes: before.settings });
    if (before.speed !== undefined) actions.send({ do: "speed", value: before.speed });
    awaited = state.setup;
    const { neuron, hidden, smoothing, showLines, sample = null } = before.look;
    look = { neuron, hidden, smoothing, showLines, sample, sampleStep: 0 };
    const { name } = state.lesson;
    actions.put({ lesson: null });
    requestAnimationFrame(() => choices.find((each) => each.dataset.lesson === name).focus());
  }

  function go(index) {
    const { lesson } = current();
    if (index === lesson.steps.length) return quit();
    const onward = index === state.lesson.step + 1;
    actions.put({ lesson: { ...state.lesson, step: index } });
    arrive(lesson, index, !onward);
  }

  /** Sets the tool for a step; one without settings of its own goes on from the last, or, `afresh`, sets up that one first. */
  function arrive(lesson, index, afresh) {
    const own = lesson.steps[index];
    const from = afresh ? lesson.steps.slice(0, index + 1).findLastIndex((step) => step.changes) : index;
    for (const step of lesson.steps.slice(from, index + 1)) setUp(step);
    actions.unfold(own.panel);
  }

  function setUp({ changes, speed, look: wanted, sample }) {
    const looked = (wanted || sample) && { ...wanted, ...(sample && { sample, sampleStep: 0 }) };
    if (changes) {
      look = looked ?? null;
      awaited = state.setup;
      actions.send({ do: "pause" });
      actions.send({ do: "rewind" });
      actions.send({ do: "set", changes });
      actions.put({ probe: null, sample: null });
    }
    if (speed !== undefined) actions.send({ do: "speed", value: speed });
    if (looked && !changes) actions.look(looked);
  }

  function check() {
    if (state.setup === awaited || !settled(state)) return;
    const { step, index } = current();
    const memory = { ...state.lesson.memory };
    const done = step.done(state, memory);
    const grown = JSON.stringify(memory) !== JSON.stringify(state.lesson.memory);
    const ticked = done && !state.lesson.done[index];
    if (!ticked && !grown) return;
    if (ticked) actions.announce(say("lesson.done"));
    actions.put({ lesson: { ...state.lesson, memory, done: state.lesson.done.map((was, place) => was || (ticked && place === index)) } });
  }

  function current() {
    const lesson = LESSONS.find((each) => each.name === state.lesson.name);
    return { lesson, index: state.lesson.step, step: lesson.steps[state.lesson.step] };
  }
}

/** Whether the picture belongs to the figures: after a rewind an older picture may still be shown for a moment. */
function settled({ frame, rows }) {
  return Boolean(frame) && frame.epoch <= (rows.at(-1)?.[0] ?? 0);
}
