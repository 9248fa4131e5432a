/** The bar at the top: what the run does, how far it is, and what the reader prefers. */

import { unchanged } from "../state.js";
import { isGate } from "../views/gates.js";
import { number, percent, word } from "../words.js";
import { build, setText } from "./build.js";
import { errorText } from "./fields.js";
import { icon, playIcon } from "./icons.js";

const SPEEDS = [1, 5, 20, 60, null];
const READ_EVERY = 100; // ms: faster than that nobody reads numbers

export function toolbar(element, actions) {
  let state = null;
  let readAt = 0;
  const play = build(
    "button",
    {
      type: "button",
      class: "primary play",
      onclick: () => actions.send({ do: state.status?.playing ? "pause" : "play" }),
    },
    playIcon(),
    build("span"),
  );
  const button = (name, act) =>
    build(
      "button",
      { type: "button", class: `tool ${name}`, onclick: act, "data-name": name },
      icon(name),
      build("span"),
    );
  const command = (name) => button(name, () => actions.send({ do: name }));
  const [batch, epoch, back, rewind] = ["batch", "epoch", "back", "rewind"].map(command);

  const speed = build(
    "select",
    { id: "speed", onchange: () => actions.send({ do: "speed", value: SPEEDS[speed.selectedIndex] }) },
    ...SPEEDS.map((value) => build("option", { value: String(value) })),
  );
  const speedLabel = build("label", { for: "speed", class: "visually-hidden" });

  const readings = ["epoch", "train", "test", "accuracy", "answers"].map((name) =>
    build("div", { class: `reading ${name}` }, build("dt"), build("dd", { class: "number" }, "–")),
  );
  const curves = build("button", { type: "button", class: "plain sparkline", onclick: () => actions.open("chart") });
  const remark = build("p", { class: "hint remark", hidden: true });
  const language = build("button", {
    type: "button",
    class: "plain language",
    onclick: () => actions.prefer({ language: state.language === "en" ? "ko" : "en" }),
  });
  const theme = build(
    "button",
    {
      type: "button",
      class: "tool plain theme",
      onclick: () => actions.prefer({ theme: state.theme === "light" ? "dark" : "light" }),
    },
    build("span", { class: "icons" }),
    build("span"),
  );
  const share = button("share", () => actions.showDialog("share"));
  const help = button("help", () => actions.showDialog("help"));
  for (const quiet of [share, help]) quiet.classList.add("plain");

  element.append(
    build("div", { class: "tools", role: "group" }, rewind, back, play, batch, epoch, speedLabel, speed),
    build("dl", { class: "readings" }, ...readings),
    curves,
    remark,
    build("div", { class: "preferences" }, language, theme, share, help),
  );

  return function render(next) {
    const before = state;
    state = next;
    if (before?.language !== state.language || before?.theme !== state.theme) wording();
    if (!unchanged(before, state, "status", "language", "setup")) showStatus();
    if (!unchanged(before, state, "language", "setup")) showRemark();
    curves.hidden = state.hide.includes("chart") || Boolean(obstacle()); // without training there is no loss
    if (!unchanged(before, state, "frame", "setup", "status", "language")) showReadings();
  };

  function wording() {
    const say = (key) => word(state.language, key);
    for (const tool of [batch, epoch, back, rewind, share, help])
      name(tool, say(`toolbar.${tool.dataset.name}`), say(`toolbar.${tool.dataset.name}.title`));
    curves.title = curves.ariaLabel = say("title.chart");
    setText(speedLabel, say("toolbar.speed"));
    speed.title = say("toolbar.speed");
    for (const [index, value] of SPEEDS.entries())
      setText(speed.options[index], word(state.language, speedKey(value), { value }));
    const other = state.language === "en" ? "ko" : "en";
    setText(language, word(other, "toolbar.language"));
    language.lang = other;
    name(theme, say(state.theme === "light" ? "toolbar.dark" : "toolbar.light"));
    theme.firstChild.replaceChildren(icon(state.theme === "light" ? "dark" : "light"));
    for (const reading of readings) setText(reading.firstChild, say(`toolbar.reading.${reading.classList[1]}`));
  }

  function showStatus() {
    const { status } = state;
    const playing = Boolean(status?.playing);
    play.classList.toggle("playing", playing);
    name(
      play,
      word(state.language, playing ? "toolbar.pause" : "toolbar.play"),
      word(state.language, "toolbar.play.title"),
    );
    play.disabled = batch.disabled = epoch.disabled = !status || Boolean(obstacle());
    back.disabled = !status?.can_go_back;
    rewind.disabled = !status;
    if (status) speed.value = String(status.speed);
  }

  /** Why an opened model cannot be trained; what the page makes itself can, with other settings. */
  function obstacle() {
    return state.setup?.opened ? state.setup.obstacle : null;
  }

  /** Why there is no training; or, where the figures are of some of the rows only, of how many. */
  function showRemark() {
    const reason = obstacle();
    const rows = state.setup?.problem.measured;
    remark.hidden = !reason && !rows;
    if (reason) return setText(remark, errorText(state.language, reason.key, reason.arguments));
    if (!rows) return undefined;
    const [train, test] = rows.map((count) => count.toLocaleString("en"));
    return setText(remark, word(state.language, "toolbar.measured", { train, test }));
  }

  function showReadings() {
    const { frame, setup, status } = state;
    const now = performance.now();
    if (!frame || (status?.playing && now - readAt < READ_EVERY)) return;
    readAt = now;
    const { points, task } = setup.problem;
    const texts = [
      frame.epoch.toLocaleString("en"),
      number(frame.trainLoss),
      number(frame.testLoss),
      percent(frame.testAccuracy),
      word(state.language, "toolbar.right_of", { right: Math.round(frame.trainAccuracy * points.length), rows: points.length }),
    ];
    for (const [index, reading] of readings.entries()) setText(reading.lastChild, texts[index]);
    readings[2].hidden = isGate(setup); // all four rows are learnt, and none is left to test with
    readings[3].hidden = isGate(setup) || task === "numbers";
    readings[4].hidden = !isGate(setup);
  }
}

const speedKey = (value) => (value === null ? "toolbar.fastest" : "toolbar.epochs_a_second");

/** The visible name of a button, which the style may hide where the place is small, and its longer title. */
function name(button, text, title = text) {
  setText(button.lastChild, text);
  button.setAttribute("aria-label", text);
  button.title = title;
}
