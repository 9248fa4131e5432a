/** The keys that work wherever the reader is, but not while they type. */

/** What each key presses in the toolbar; what is disabled there cannot be pressed by its key either. */
const KEYS = { " ": ".play", b: ".batch", e: ".epoch", r: ".rewind", z: ".back", "?": ".help" };
/** The same keys by their place, for keyboards that write no Latin letters, such as Korean ones. */
const PLACES = { Space: " ", KeyB: "b", KeyE: "e", KeyR: "r", KeyZ: "z" };

const TYPING = "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, [contenteditable]";
/** What has keys of its own, once the keyboard has brought the focus there: a click alone leaves the keys to the page. */
const PRESSED_BY_SPACE = "button, a, summary, select, input:not([type=range])";
const SEARCHED_BY_LETTERS = "select";

export function keyboard() {
  let last = null; // what the reader has used last: pointerdown or keydown
  let reached = false; // whether the keyboard, and not the mouse, has brought the focus to where it is
  const note = ({ type }) => {
    last = type;
    reached &&= type === "keydown";
  };
  document.addEventListener("pointerdown", note, true);
  document.addEventListener("keydown", note, true);
  document.addEventListener("focusin", () => {
    reached = last === "keydown";
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    const key = pressed(event);
    if (!(key in KEYS)) return;
    if (reached && target.closest(key === " " ? PRESSED_BY_SPACE : SEARCHED_BY_LETTERS)) return;
    event.preventDefault();
    if (!event.repeat || key !== " ") document.querySelector(`#toolbar button${KEYS[key]}`).click();
  });
}

const pressed = ({ key, code }) => (/^[ -~]$/.test(key) ? key.toLowerCase() : PLACES[code]);
