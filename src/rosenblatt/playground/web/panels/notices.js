/** What has to be told: errors at once, news politely, and what can be done about a run that diverged or a server that is gone. */

import { unchanged } from "../state.js";
import { number, word } from "../words.js";
import { build } from "./build.js";
import { errorText } from "./fields.js";

export function notices(element, actions) {
  const urgent = build("div", { role: "alert" });
  const polite = build("div", { role: "status" });
  element.replaceChildren(urgent, polite);
  let before = {};

  return function render(state) {
    const { language, diverged, connected } = state;
    if (unchanged(before, state, "language", "diverged", "connected", "notices", "lost")) return;
    before = state;
    const lines = state.notices.map((notice) => [notice.kind, line(language, notice)]);
    if (diverged) lines.push(["error", divergedLine(language, diverged)]);
    if (connected === null) lines.push(["status", waitingLine(language)]);
    if (connected === false) lines.push(["error", lostLine(language, state.lost)]);
    const hadFocus = element.contains(document.activeElement);
    show(urgent, lines, "error");
    show(polite, lines, "status");
    if (hadFocus) document.querySelector("#toolbar .play").focus(); // what was pressed is gone
  };

  function line(language, { id, key, values, kind }) {
    const text = kind === "error" ? errorText(language, key, values) : word(language, key, values);
    return notice(
      kind,
      text,
      button(word(language, "notices.close"), () => actions.dismiss(id), "plain"),
    );
  }

  function divergedLine(language, { epoch, learning_rate, suggestion }) {
    const go = () => {
      actions.send({ do: "set", changes: { learning_rate: suggestion } });
      actions.send({ do: "play" });
    };
    return notice(
      "error",
      word(language, "notices.diverged", { epoch, rate: number(learning_rate, 4).replace(/\.?0+$/, "") }),
      button(word(language, "notices.halve"), go, "primary"),
      button(word(language, "notices.close"), () => actions.put({ diverged: null }), "plain"),
    );
  }

  function again(language) {
    return button(word(language, "notices.reconnect"), () => actions.reconnect(), "primary");
  }

  /** Seen only where the server keeps the page waiting: the style shows it late. */
  function waitingLine(language) {
    return notice("late", word(language, "notices.waiting"), again(language));
  }

  function lostLine(language, code) {
    const refused = code === 1008 || (code >= 4000 && code < 5000);
    return notice(
      "error",
      word(language, refused ? "notices.refused" : "notices.lost"),
      again(language),
    );
  }
}

const notice = (kind, text, ...buttons) => build("div", { class: `notice ${kind}` }, build("p", {}, text), ...buttons);

const button = (text, act, kind) => build("button", { type: "button", class: kind, onclick: act }, text);

function show(place, lines, wanted) {
  place.replaceChildren(...lines.filter(([kind]) => kind === wanted).map(([, element]) => element));
}
