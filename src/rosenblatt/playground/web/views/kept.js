/** Runs that the learner keeps to compare with: their curves, and what differed in their settings. */

import { build, setText } from "../panels/build.js";
import { known, nameOf, word } from "../words.js";

const MOST_KEPT = 4;
const MOST_DIFFERENCES = 2; // that are named

/** Buttons to keep the curves shown and to forget those kept, and a list of what they are. */
export function keptRuns(actions) {
  let state = null;
  const keep = build("button", { type: "button", class: "plain", onclick: () => actions.put({ kept: withRun(state) }) });
  const forget = build("button", { type: "button", class: "plain", onclick: () => actions.put({ kept: [] }) });
  const list = build("ol", { class: "chart-kept hint" });
  return {
    buttons: build("div", { class: "chart-keep" }, keep, forget),
    list,
    render(next) {
      state = next;
      const { language, rows, setup } = state;
      const runs = runsOf(state);
      setText(keep, word(language, "chart.keep"));
      setText(forget, word(language, "chart.forget"));
      keep.disabled = rows.length < 2 || runs.at(-1)?.rows === rows;
      forget.hidden = list.hidden = !runs.length;
      list.replaceChildren(...runs.map((run) => build("li", {}, difference(language, run.settings, setup?.settings))));
    },
  };
}

/** The runs that are kept: {rows, settings, task} of each. */
const runsOf = ({ kept = [] }) => kept;

/** Those whose curves can stand beside the present ones. */
export const comparable = (state) => runsOf(state).map((run, index) => ({ ...run, number: index + 1 })).filter((run) => run.task === state.setup?.problem.task);

function withRun(state) {
  const { rows, setup } = state;
  return [...runsOf(state), { rows, settings: setup.settings, task: setup.problem.task }].slice(-MOST_KEPT);
}

/** What a kept run had that the present one has not: the first few settings, by name. */
function difference(language, settings, present) {
  const names = Object.keys(settings ?? {}).filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(present?.[name]));
  if (!names.length) return word(language, "chart.kept.same");
  const texts = names.slice(0, MOST_DIFFERENCES).map((name) => `${nameOf(language, "field", name)} ${written(language, name, settings[name])}`.trim());
  return texts.join(", ") + (names.length > MOST_DIFFERENCES ? " …" : "");
}

/** A setting in a few signs; weights and points are too many to be written. */
function written(language, name, value) {
  if (name === "weights" || name === "points" || value === null) return "";
  if (name === "layers") return value.map(({ units, activation }) => `${units}:${activation}`).join(" ") || "0";
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "object") return value.activation;
  const prefix = { data: "data", loss: "loss", optimizer: "optimizer", initializer: "initializer" }[name];
  return prefix && known(`${prefix}.${value}`) ? word(language, `${prefix}.${value}`) : String(value);
}
