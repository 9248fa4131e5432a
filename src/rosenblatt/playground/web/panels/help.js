/** What the page is, how to read its pictures, and its keys. */

import { word } from "../words.js";
import { build } from "./build.js";
import { closeOutside } from "./share.js";

const KEYS = ["Space", "B", "E", "Z", "R", "?"];
const PARAGRAPHS = ["what", "units", "lines", "output", "address"];

export function help(dialog) {
  closeOutside(dialog);
  let language = null;

  return function render(state) {
    if (language === state.language) return;
    language = state.language;
    const say = (key) => word(language, `help.${key}`);
    const keys = KEYS.map((key) =>
      build("div", {}, build("dt", {}, build("kbd", {}, key)), build("dd", {}, say(`key.${key}`))),
    );
    dialog.replaceChildren(
      build("h2", { id: "help-title" }, say("title")),
      ...PARAGRAPHS.map((name) => build("p", {}, say(name))),
      build("h3", {}, say("keys")),
      build("dl", { class: "keys" }, ...keys),
      build("p", { class: "hint" }, say("arrows")),
      build(
        "div",
        { class: "buttons end" },
        build(
          "button",
          { type: "button", class: "primary", onclick: () => dialog.close() },
          word(language, "dialog.close"),
        ),
      ),
    );
  };
}
