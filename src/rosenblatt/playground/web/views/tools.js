/** Buttons with a sign instead of a text, for walking through a sample and for the size of its drawing. */

import { build, buildSvg } from "../panels/build.js";

/** The signs, as strokes in a square of 20. */
const STROKES = {
  first: "M5 4v12M15 4l-6 6 6 6",
  previous: "M12.5 4l-6 6 6 6",
  play: "M6 4l9 6-9 6z",
  pause: "M7 4v12M13 4v12",
  next: "M7.5 4l6 6-6 6",
  last: "M15 4v12M5 4l6 6-6 6",
  smaller: "M4 10h12",
  larger: "M4 10h12M10 4v12",
  fit: "M3 10h14M6.5 6.5L3 10l3.5 3.5M13.5 6.5L17 10l-3.5 3.5",
};

export const tool = (name, act) => build("button", { type: "button", class: `tool sample-${name}`, "data-name": name, onclick: act });

/** Gives a button a sign and says what it does. */
export function show(button, text, name = button.dataset.name) {
  button.setAttribute("aria-label", text);
  button.title = text;
  if (button.dataset.sign === name) return;
  button.dataset.sign = name;
  const path = buildSvg("path", { d: STROKES[name] });
  button.replaceChildren(buildSvg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, path));
}
