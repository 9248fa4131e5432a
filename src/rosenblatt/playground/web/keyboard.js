/** The keys that work wherever the reader is, but not while they type. */

/** What each key does. Space is left to a button that was reached by the keyboard, but not to one just clicked. */
const KEYS = {
  " ": (actions, state) => actions.send({ do: state.status?.playing ? "pause" : "play" }),
  b: (actions) => actions.send({ do: "batch" }),
  e: (actions) => actions.send({ do: "epoch" }),
  r: (actions) => actions.send({ do: "rewind" }),
  z: (actions) => actions.send({ do: "back" }),
  "?": (actions) => actions.showDialog("help"),
};
const TYPING = "input:not([type=range], [type=checkbox], [type=radio]), select, textarea, [contenteditable]";
const PRESSED_BY_SPACE = "button, a, summary, input";

/** Korean keyboards send these for the same keys. */
const KOREAN = { ㅠ: "b", ㄷ: "e", ㄱ: "r", ㅋ: "z" };

export function keyboard(actions, current) {
  let reached = false; // whether the keyboard has brought the focus to where it is
  document.addEventListener("focusin", ({ target }) => {
    reached = target.matches(":focus-visible");
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && reached && event.target.closest(PRESSED_BY_SPACE)) return;
    const key = event.key.toLowerCase();
    const does = KEYS[KOREAN[key] ?? key];
    if (!does) return;
    event.preventDefault();
    does(actions, current());
  });
}
