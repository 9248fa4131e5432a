/**
 * The page's start and its one loop: the server speaks, the state changes, and in the next animation frame every view
 * paints what is new to it; then the frames painted are acknowledged, which is what lets the server send more.
 */

import { connect, readHash, writeHash } from "./connection.js";
import { decode } from "./frame.js";
import { keyboard } from "./keyboard.js";
import { preferences, remember } from "./preferences.js";
import { initial, receive, receiveFrame, withNotice, withoutNotice } from "./state.js";
import { number, word } from "./words.js";
import { code } from "./panels/code.js";
import { data } from "./panels/data.js";
import { drawing } from "./panels/drawing.js";
import { bytesOf, download } from "./panels/files.js";
import { help } from "./panels/help.js";
import { layers } from "./panels/layers.js";
import { lesson } from "./panels/lesson.js";
import { model } from "./panels/model.js";
import { notices } from "./panels/notices.js";
import { rows } from "./panels/rows.js";
import { section } from "./panels/section.js";
import { share } from "./panels/share.js";
import { table } from "./panels/table.js";
import { toolbar } from "./panels/toolbar.js";
import { chart } from "./views/chart.js";
import { confusion } from "./views/confusion.js";
import { gradients } from "./views/gradients.js";
import { isGate } from "./views/gates.js";
import { hidden } from "./views/hidden.js";
import { network } from "./views/network.js";
import { neuron } from "./views/neuron.js";
import { output } from "./views/output.js";
import { sample } from "./views/sample.js";
import { sparkline } from "./views/sparkline.js";
import { truth } from "./views/truth.js";

/** What is shown where, in the order of painting; and for how long, in ms, it may wait while the run plays. */
const PARTS = [
  ["#toolbar", toolbar],
  ["#toolbar .sparkline", sparkline, 100],
  ["#notices", notices],
  ["#share", share],
  ["#help", help],
  ["#data .body", data],
  ["#data .body", table],
  ["#data .body", drawing],
  ["#rows .body", rows],
  ["#model .body", model],
  ["#network .layer-controls", layers],
  ["#code .body", code],
  ["#network .network-view", network],
  ["#output .body", output],
  ["#hidden .body", hidden, 50],
  ["#confusion .body", confusion, 200],
  ["#neuron .body", neuron],
  ["#truth .body", truth, 100],
  ["#chart .body", chart, 100],
  ["#gradients .body", gradients, 100],
  ["#sample .body", sample],
  ["#lesson .body", lesson],
];
const ANNOUNCE_EVERY = 15_000; // ms between two announcements while the run plays
const FRESH = 100; // ms: of two frames that come at once, the older one is painted first where it is no older
const AWAIT_FRAME = 150; // ms for which the old picture stays when a new start has no frame yet

/** What can do nothing while the server is gone. The code can still be copied, and the page be read in its language. */
const AT_WORK = "#toolbar .tools, .panel:not(#code) > .body";

const root = document.documentElement;
let state = initial({ ...preferences(), hide: readHash().hide });
let wire = null;
let drawn = null; // the state last painted
let arrived = []; // frames that are not painted yet, two at most
let shown = null; // the sequence of a frame that is painted and not acknowledged yet
let scheduled = false;
let startedAt = 0; // when the last new start was told
let asked = { count: 0, changes: {} }; // changes of settings that the server has not answered yet
let opening = null; // the name of a table that the server has not answered yet
let announcedAt = 0;
let announced = null; // the generation and step last announced
const renders = [];

const actions = {
  send(command) {
    if (command.do === "set") asked = { count: asked.count + 1, changes: { ...asked.changes, ...command.changes } };
    wire?.send(command);
  },
  openTable(name, text) {
    opening = name;
    actions.send({ do: "table", name, text });
  },
  /** The settings as they will be when the server has answered: what the next change starts from. */
  settings: () => ({ ...state.setup.settings, ...asked.changes }),
  look(changes) {
    change({ ...state, look: { ...state.look, ...changes } });
    if ("hidden" in changes || "outcome" in changes) tellLook();
  },
  put: (changes) => change({ ...state, ...changes }),
  say: (key, values, kind = "error") => change(withNotice(state, key, values, kind)),
  dismiss: (id) => change(withoutNotice(state, id)),
  announce(text) {
    document.querySelector("#live").textContent = text;
  },
  prefer(changes) {
    remember(changes);
    change({ ...state, ...preferences() });
  },
  place(x1, x2) {
    const points = [...actions.settings().points, [x1, x2, state.drawing.class]];
    actions.send({ do: "set", changes: { points } });
  },
  unfold: (name) => document.getElementById(name)?.dispatchEvent(new Event("unfold")),
  /** Shows a section, from its top on. */
  open(name) {
    actions.unfold(name);
    document.getElementById(name).scrollIntoView({ behavior: state.motion ? "smooth" : "auto" });
  },
  /** Shows a section, and lets the keyboard go on from there. */
  goTo(name) {
    actions.open(name);
    document.getElementById(`${name}-title`).focus({ preventScroll: true });
  },
  showDialog: (name) => document.getElementById(name).showModal(),
  reconnect: () => start(state.setup?.address ?? readHash().settings),
};

function change(next) {
  if (next === state) return;
  state = next;
  schedule();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(paint);
}

function paint(now) {
  scheduled = false;
  takeFrame();
  if (state.setup && !state.frame && drawn?.frame && now - startedAt < AWAIT_FRAME) return schedule();
  const before = drawn;
  drawn = state;
  wording(before);
  for (const render of renders) guarded(render);
  acknowledge();
  announceProgress();
  if (state !== drawn || arrived.length) schedule();
}

/** The frame to be painted now. Two that came between two paintings both have their turn, unless they are late. */
function takeFrame() {
  if (!arrived.length) return;
  const isLate = Date.now() - arrived[0].time > FRESH;
  const frame = isLate ? arrived.pop() : arrived.shift();
  if (isLate) arrived = [];
  state = receiveFrame(state, frame);
  shown = frame.sequence;
}

/** One view that fails leaves the others at work. */
function guarded(render) {
  try {
    render(state);
  } catch (error) {
    console.error(error);
  }
}

/** Language, theme, and what the address hides. */
function wording(before) {
  if (before?.language !== state.language) {
    root.lang = state.language;
    document.title = word(state.language, "page.title");
    for (const place of document.querySelectorAll("[data-word]"))
      place.textContent = word(state.language, place.dataset.word);
    for (const place of document.querySelectorAll("[data-label]"))
      place.setAttribute("aria-label", word(state.language, place.dataset.label));
  }
  if (before?.theme !== state.theme) root.dataset.theme = state.theme;
  if (before?.motion !== state.motion) root.dataset.motion = state.motion ? "full" : "reduced";
  if (before?.connected !== state.connected)
    for (const place of document.querySelectorAll(AT_WORK)) place.inert = state.connected === false;
  if (before?.setup !== state.setup || before?.hide !== state.hide) showSections();
}

function showSections() {
  const { setup, hide } = state;
  const absent = {
    data: setup?.opened,
    code: setup?.opened,
    lesson: setup?.opened,
    rows: !setup?.opened,
    truth: !isGate(setup),
    confusion: setup?.problem.task === "numbers",
  };
  for (const place of document.querySelectorAll("[data-panel]")) {
    place.hidden = hide.includes(place.id) || Boolean(absent[place.id]);
  }
}

function acknowledge() {
  const { frame, status } = state;
  if (shown !== null) actions.send({ do: "ack", sequence: shown });
  shown = null;
  if (status) root.dataset.playing = status.playing;
  if (!frame) return;
  for (const name of ["epoch", "step", "sequence", "generation"]) root.dataset[name] = frame[name];
  root.dataset.age = Math.round(Date.now() - frame.time);
}

/** Loss and accuracy for those who hear the page: at every stop, and now and then while the run plays. */
function announceProgress() {
  const { status, frame, language } = state;
  if (!status || !frame) return;
  const place = `${frame.generation} ${frame.step}`;
  const rests = !status.playing && frame.step === status.step && place !== announced;
  const due = status.playing && Date.now() - announcedAt > ANNOUNCE_EVERY;
  if (!rests && !due) return;
  announced = place;
  announcedAt = Date.now();
  const values = { epoch: frame.epoch, loss: number(frame.testLoss), accuracy: number(100 * frame.testAccuracy, 1) };
  const kind = isGate(state.setup) ? "gate" : Number.isNaN(frame.testAccuracy) ? "numbers" : "classes";
  actions.announce(word(language, `live.${kind}`, values));
}

function answered() {
  const count = Math.max(0, asked.count - 1);
  asked = { count, changes: count ? asked.changes : {} };
}

function tellLook() {
  const { hidden, outcome } = state.look;
  actions.send({ do: "look", hidden, outcome });
}

function start(settings) {
  wire?.close();
  arrived = [];
  shown = null;
  asked = { count: 0, changes: {} };
  wire = connect(settings, {
    message(message) {
      const before = state;
      change(receive(state, message));
      if (message.type === "file") download(message.name, new Blob([bytesOf(message.base64)]));
      if (message.type === "setup") followSetup(message, !before.greeted);
      if (message.type === "error") opening = null;
      if (["setup", "error"].includes(message.type)) answered();
      if (message.type !== "setup") return;
      if (!state.frame) startedAt = performance.now();
      if (!before.greeted || before.look.hidden !== state.look.hidden || before.look.outcome !== state.look.outcome)
        tellLook();
    },
    frame(buffer) {
      arrived.push(decode(buffer));
      schedule();
    },
    lost: (code) =>
      change({ ...state, connected: false, lost: code, status: state.status && { ...state.status, playing: false } }),
  });
}

/**
 * The address of the page becomes the run's. It cannot hold the reader's own table, of which the browser's history keeps
 * the name alone: when the page is loaded anew, the reader is told what has gone.
 */
function followSetup({ address, settings }, isFirst) {
  const kept = history.state?.table ?? null;
  const isTable = settings?.data === "table";
  const table = isTable ? (opening ?? kept) : null;
  const hash = writeHash({ settings: address });
  if (table !== kept || hash !== location.hash) history.replaceState({ table }, "", hash);
  if (isTable) opening = null;
  if (isFirst && kept && !isTable) actions.say("notices.table_lost", { name: kept }, "status");
}

addEventListener("hashchange", () => {
  const { hide, settings } = readHash();
  change({ ...state, hide });
  if (settings !== state.setup?.address) start(settings);
});
for (const question of ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"]) {
  matchMedia(question).addEventListener("change", () => change({ ...state, ...preferences() }));
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // what follows # in the address is the run's
  document.querySelector("#network-title").focus();
});
for (const place of document.querySelectorAll("[data-panel]")) section(place);
start(readHash().settings);
keyboard();
for (const [place, view, patience = 0] of PARTS) {
  const element = document.querySelector(place);
  const render = view(element, actions);
  const panel = element.closest("[data-panel]");
  let paintedAt = 0;
  renders.push((shown) => {
    if (panel?.hidden || panel?.classList.contains("folded")) return;
    const now = performance.now();
    if (shown.status?.playing && now - paintedAt < patience) return;
    paintedAt = now;
    render(shown);
  });
  panel?.addEventListener("unfolded", () => guarded(render));
}
schedule();
