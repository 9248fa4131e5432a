/** Copying to the clipboard and saving files. */

import { word } from "../words.js";
import { build, setText } from "./build.js";

/** A button that copies a text, and says so. */
export function copyButton(text, tell) {
  let language = "en";
  const element = build("button", { type: "button", onclick: copyIt });
  let resting = null;
  async function copyIt() {
    const done = await copy(text());
    setText(element, word(language, done ? "copy.done" : "copy.failed"));
    tell(done ? "copy.done" : "copy.failed");
    clearTimeout(resting);
    resting = setTimeout(() => setText(element, word(language, "copy.copy")), 2000);
  }
  return {
    element,
    render(next) {
      language = next;
      setText(element, word(language, "copy.copy"));
    },
  };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The old way, for pages in a frame that may not use the clipboard. */
function copyBySelection(text) {
  const field = build("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** The bytes that the server has sent as text. */
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

/** Saves a text or a blob under a name. */
export function download(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = build("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
