/** What stands below a sample's graph: its operations as a list, and the weights before and after the update. */

import { build, setText } from "../panels/build.js";
import { number, word } from "../words.js";
import { named, sentence } from "./sentences.js";

const WIDE = "(min-width: 900px)"; // where the list has room beside the weights

/** The operations as sentences; each can be gone to. */
export function operationList(go) {
  const name = build("summary");
  const list = build("ol", { class: "sample-list" });
  const place = build("div", { class: "scroll" }, list);

  /** Brings an item into sight, and nothing but the list moves. */
  function bring(item) {
    const top = item.offsetTop - list.offsetTop;
    const bottom = top + item.offsetHeight;
    if (top < place.scrollTop) place.scrollTop = top;
    else if (bottom > place.scrollTop + place.clientHeight) place.scrollTop = bottom - place.clientHeight;
  }

  return {
    element: build("details", { class: "sample-operations", open: matchMedia(WIDE).matches }, name, place),
    draw({ steps }, language) {
      setText(name, word(language, "sample.list"));
      const button = (step, index) => build("button", { type: "button", class: "plain", onclick: () => go(index) }, sentence(language, step));
      list.replaceChildren(...steps.map((step, index) => build("li", {}, button(step, index))));
    },
    show(here) {
      for (const [index, item] of [...list.children].entries()) {
        item.classList.toggle("reached", index <= here);
        if (index === here) item.firstChild.setAttribute("aria-current", "step");
        else item.firstChild.removeAttribute("aria-current");
      }
      bring(list.children[here]);
    },
  };
}

/** The table of the weights, and below it the loss. */
export function weightTable() {
  const caption = build("caption");
  const heads = ["weight", "before", "gradient", "after"].map((name) => build("th", { scope: "col", "data-name": name }));
  const body = build("tbody");
  const losses = build("tfoot");
  const apart = build("p", { class: "hint" });
  const table = build("table", {}, caption, build("thead", {}, build("tr", {}, ...heads)), body, losses);
  const place = build("div", { class: "scroll sample-weights", tabindex: "0", role: "group" }, table);

  return {
    element: build("div", {}, place, apart),
    draw({ updates, loss }, language) {
      for (const head of heads) setText(head, word(language, `sample.${head.dataset.name}`));
      setText(caption, word(language, "sample.weights"));
      setText(apart, word(language, "sample.apart"));
      place.setAttribute("aria-label", caption.textContent);
      body.replaceChildren(
        ...updates.map(({ name, before, gradient, after }) => row(named(name), ...[before, gradient, after].map((value) => number(value, 4)))),
      );
      losses.replaceChildren(row(word(language, "sample.loss"), number(loss.before), "", number(loss.after)));
    },
    show({ steps }, here) {
      const updated = steps.slice(0, here + 1).filter((step) => step.phase === "update").length;
      for (const [index, each] of [...body.rows].entries()) each.classList.toggle("reached", index < updated);
      losses.classList.toggle("reached", steps[here].phase === "update" && here === steps.length - 1);
    },
  };
}

const row = (heading, ...cells) =>
  build("tr", {}, build("th", { scope: "row" }, heading), ...cells.map((text) => build("td", { class: "number" }, text)));
