/** The one state of the page, and how each message changes it. Nothing is changed in place: what is new is a new object. */

/** More rows of metrics than this are thinned: every second one of the older ones goes. */
const MOST_ROWS = 4000;
const MOST_NOTICES = 8;

/** Whether these parts are the same in both states; before the first one there is none, and none of them is. */
export const unchanged = (before, state, ...parts) => parts.every((part) => before?.[part] === state[part]);

/** The state before the server has spoken. */
export function initial({ language, theme, motion, hide }) {
  return {
    language,
    theme,
    motion,
    hide,
    connected: null, // null: not yet; true; false: lost
    greeted: false, // whether this server has told its setup: what an earlier one counted does not count
    welcome: null,
    setup: null,
    status: null,
    frame: null,
    rows: [],
    look: {
      hidden: 0,
      outcome: null,
      neuron: null, // the chosen one: {layer, unit}
      hover: null, // the one under the pointer or with the focus
      discrete: false,
      showTest: true,
      showLines: true,
      smoothing: 0,
      logAxis: false,
      point: null,
    },
    probe: null,
    sample: null,
    code: null,
    table: null,
    kept: [], // curves of the loss that the reader keeps to compare
    lesson: null,
    drawing: null,
    error: null,
    diverged: null,
    notices: [],
  };
}

/** What each message of the server makes of the state. */
const RECEIVED = {
  welcome: withWelcome,
  setup: withSetup,
  status: (state, message) => ({ ...state, status: message, diverged: message.playing ? null : state.diverged }),
  metrics: withMetrics,
  rewound: (state, { epoch }) => ({ ...state, rows: state.rows.filter((row) => row[0] <= epoch), diverged: null }),
  diverged: (state, message) => ({ ...state, diverged: message }),
  probe: (state, message) => ({ ...state, probe: message }),
  sample: (state, message) => ({ ...state, sample: message }),
  code: (state, message) => ({ ...state, code: message }),
  rows: (state, message) => ({ ...state, table: message }),
  error: withError,
};

/** The state after a message of the server. */
export function receive(state, message) {
  return RECEIVED[message.type]?.(state, message) ?? state;
}

/** The state after a frame; one of another generation than the setup's belongs to no picture any more. */
export function receiveFrame(state, frame) {
  return frame.generation === state.setup?.generation ? { ...state, frame } : state;
}

/** What was wrong with an earlier address, or on an earlier connection, is over. */
function withWelcome(state, welcome) {
  const notices = state.notices.filter((notice) => notice.kind !== "error");
  return { ...state, connected: true, greeted: false, welcome, notices, error: null };
}

/** Errors that a view words in its own place: they need no notice. */
const TOLD_IN_PLACE = ["sample_too_large"];

function withError(state, message) {
  const told = TOLD_IN_PLACE.includes(message.key) ? state : withNotice(state, message.key, message.arguments);
  return { ...told, error: message };
}

function withSetup(state, setup) {
  const started = !state.greeted || setup.generation !== state.setup?.generation;
  const layers = setup.network.layers;
  const here = (unit) => (unit && unit.unit < (layers[unit.layer]?.units ?? 0) ? unit : null);
  const look = {
    ...state.look,
    hidden: hiddenLayer(state, layers.length - 2),
    outcome: setup.problem.classes.length > (state.look.outcome ?? 0) ? state.look.outcome : null,
    neuron: here(state.look.neuron),
    hover: here(state.look.hover),
    point: started ? null : state.look.point,
  };
  return {
    ...state,
    greeted: true,
    setup,
    look,
    frame: started ? null : state.frame,
    rows: started ? [] : state.rows,
    probe: started ? null : state.probe,
    sample: started ? null : state.sample,
    table: started ? null : state.table,
    drawing: setup.settings?.data === "drawn" ? (state.drawing ?? { class: 0, cursor: null }) : null,
    diverged: null,
    error: state.greeted ? null : state.error,
    notices: state.notices.filter((notice) => !isOver(notice, state, setup)),
  };
}

/** Whether a notice has nothing more to say: an error once something else is set up, a lost table once there is one. */
const isOver = (notice, { greeted }, { settings }) =>
  (greeted && notice.kind === "error") || (settings?.data === "table" && matterOf(notice) === "table");

/** The layer whose space is shown: the last hidden one until another is chosen. */
function hiddenLayer(state, last) {
  const before = state.setup ? state.setup.network.layers.length - 2 : state.look.hidden;
  return Math.max(0, state.look.hidden === before ? last : Math.min(state.look.hidden, last));
}

function withMetrics(state, message) {
  if (message.generation !== state.setup?.generation) return state;
  const rows = state.rows.concat(message.rows);
  return { ...state, rows: rows.length > MOST_ROWS ? thinned(rows) : rows };
}

/** Every second row, and always the last one. Older rows thin out more, as they pass through here again. */
function thinned(rows) {
  return rows.filter((row, index) => index % 2 === 0 || index === rows.length - 1);
}

let nextNotice = 1;

/** What a notice is about: the file that was opened last, or one error of one field. */
const matterOf = ({ key, values }) => (/^(notices\.)?table_/.test(key) || values.field === "table" ? "table" : `${key} ${values.field}`);

/** The state with one more notice for the reader: "error" is told at once, "status" politely. One of the same matter goes. */
export function withNotice(state, key, values = {}, kind = "error") {
  const matter = matterOf({ key, values });
  const notices = state.notices.filter((notice) => matterOf(notice) !== matter).slice(1 - MOST_NOTICES);
  return { ...state, notices: [...notices, { id: nextNotice++, key, values, kind }] };
}

/** The state without one notice. */
export function withoutNotice(state, id) {
  return { ...state, notices: state.notices.filter((notice) => notice.id !== id) };
}
