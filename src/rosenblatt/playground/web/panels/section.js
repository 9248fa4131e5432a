/** A section of the page: its heading, which folds it away, and its body. */

import { build } from "./build.js";
import { remembered, remember } from "../preferences.js";

/** Folded at first where the place is small, so that the network and its output come first. */
const FOLDED_WHEN_SMALL = ["model", "neuron", "gradients", "sample", "code"];
const FOLDED_ALWAYS = ["sample", "code"];

/** Fills a <section> with heading and body. */
export function section(place) {
  const name = place.id;
  const body = build("div", { class: "body", id: `${name}-body` }, ...inside(name));
  const button = build("button", {
    type: "button",
    class: "fold",
    "aria-controls": body.id,
    "data-word": `title.${name}`,
  });
  const heading = build("h2", { id: `${name}-title`, tabindex: "-1" }, button);
  place.setAttribute("aria-labelledby", heading.id);
  place.append(heading, body);

  const fold = (folded) => {
    place.classList.toggle("folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    place.dispatchEvent(new Event(folded ? "folded" : "unfolded"));
  };
  const small = matchMedia("(max-width: 719px)").matches;
  const kept = remembered(`folded.${name}`);
  fold(kept ? kept === "yes" : (small ? FOLDED_WHEN_SMALL : FOLDED_ALWAYS).includes(name));
  button.addEventListener("click", () => {
    fold(!place.classList.contains("folded"));
    remember({ [`folded.${name}`]: place.classList.contains("folded") ? "yes" : "no" });
  });
  place.addEventListener("unfold", () => fold(false));
}

const inside = (name) =>
  name === "network" ? [build("div", { class: "layer-controls" }), build("div", { class: "network-view" })] : [];
