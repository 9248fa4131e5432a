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
    const lines = state.notices.map((notice) => [notice.kind, line(language, notice), `notice ${notice.id}`]);
    if (diverged) lines.push(["error", divergedLine(language, diverged), "diverged"]);
    if (connected === null) lines.push(["status", waitingLine(language), "waiting"]);
    if (connected === false) lines.push(["error", lostLine(language, state.lost), "lost"]);
    for (const [, shown, name] of lines) shown.dataset.name = name;
    const pressed = document.activeElement;
    const held = element.contains(pressed) ? pressed.closest(".notice") : null;
    const place = held && [...held.querySelectorAll("button")].indexOf(pressed);
    show(urgent, lines, "error");
    show(polite, lines, "status");
    if (held) (same(held, place) ?? following()).focus();
  };

  /** The button that had the focus before its notice was written anew, if the notice is still there. */
  function same({ dataset }, place) {
    return element.querySelector(`[data-name="${dataset.name}"]`)?.querySelectorAll("button")[place];
  }

  /** Where the focus goes when its notice has gone: to the next notice, else to Play, or what can be pressed instead. */
  function following() {
    return (
      element.querySelector(".notice:not(.late) button") ??
      document.querySelector("#toolbar .play:enabled") ??
      document.querySelector("#toolbar .tools button:enabled, #toolbar .preferences button")
    );
  }

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
