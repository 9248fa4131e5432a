/** The same run as a program: of this library, which gives the same losses, and of Keras. */

import { word } from "../words.js";
import { build, setText } from "./build.js";
import { copyButton, download } from "./files.js";

const PROGRAMS = ["python", "keras"];
const TOKENS =
  /(#.*)|("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\b(import|from|as|for|in|def|return|if|else|elif|with|None|True|False|lambda|class|and|or|not|while)\b|(?<![\w.])(-?\d[\w.]*)/g;
const KINDS = ["comment", "string", "keyword", "value"];

export function code(element, actions) {
  let state = {};
  let chosen = "python";
  let asked = null;
  const tabs = PROGRAMS.map((name) =>
    build("button", {
      type: "button",
      role: "tab",
      id: `tab-${name}`,
      "aria-controls": "program",
      onclick: () => choose(name),
    }),
  );
  const tablist = build("div", { role: "tablist", class: "tabs" }, ...tabs);
  const program = build("pre", { id: "program", role: "tabpanel", tabindex: "0" }, build("code", { translate: "no" }));
  const copy = copyButton(
    () => state.code[chosen],
    (key) => actions.announce(word(state.language, key)),
  );
  const save = build("button", {
    type: "button",
    onclick: () =>
      download(chosen === "python" ? "network.py" : "network_keras.py", state.code[chosen], "text/x-python"),
  });
  const remark = build("p", { class: "hint" });
  element.append(
    build("div", { class: "program-line" }, tablist, build("div", { class: "buttons" }, copy.element, save)),
    remark,
    program,
  );
  tablist.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    choose(PROGRAMS[1 - PROGRAMS.indexOf(chosen)]);
    tabs[PROGRAMS.indexOf(chosen)].focus();
    event.preventDefault();
  });

  function choose(name) {
    chosen = name;
    show();
  }

  function show() {
    for (const [index, tab] of tabs.entries()) {
      const selected = PROGRAMS[index] === chosen;
      setText(tab, word(state.language, `code.${PROGRAMS[index]}`));
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
    }
    program.setAttribute("aria-labelledby", `tab-${chosen}`);
    copy.render(state.language);
    setText(save, word(state.language, "code.save"));
    save.disabled = copy.element.disabled = !state.code;
    if (!state.code) return;
    setText(remark, word(state.language, state.code.exact ? `code.exact.${chosen}` : "code.altered"));
    if (program.dataset.text === state.code[chosen]) return;
    program.dataset.text = state.code[chosen];
    program.firstChild.replaceChildren(...coloured(state.code[chosen]));
  }

  return function render(next) {
    const before = state;
    state = next;
    const wanted = `${state.setup?.generation} ${state.setup?.address} ${state.status?.altered} ${state.connected}`;
    if (state.setup && state.connected && wanted !== asked) {
      asked = wanted;
      actions.send({ do: "code" });
    }
    if (before.code !== state.code || before.language !== state.language) show();
  };
}

/** A program's text with its comments, strings, words and numbers marked. */
function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)];
    parts.push(text.slice(end, match.index), build("span", { class: kind }, match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
