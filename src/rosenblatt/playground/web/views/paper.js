/** The paper of a sample's graph: as wide as its place or as large as is wanted, dragged by the pointer. */

import { build } from "../panels/build.js";
import { word } from "../words.js";
import { graph } from "./graph.js";
import { show, tool } from "./tools.js";

const ZOOM = { least: 0.4, most: 2.5, factor: 1.25, fit: [0.8, 1.3] };

export function graphPaper() {
  let drawing = null;
  let zoom = null; // null: as wide as the place
  let current = 0; // the operation shown
  const element = build("div", { class: "sample-graph", tabindex: "0", role: "img" });
  const tools = [
    tool("smaller", () => scaleTo((zoom ?? fitting()) / ZOOM.factor)),
    tool("larger", () => scaleTo((zoom ?? fitting()) * ZOOM.factor)),
    tool("fit", () => scaleTo(null)),
  ];
  pannable(element);
  new ResizeObserver(() => drawing && zoom === null && resize()).observe(element);

  function fitting() {
    const [least, most] = ZOOM.fit;
    return Math.max(least, Math.min(most, (element.clientWidth - 2) / drawing.width));
  }

  function scaleTo(wanted) {
    if (!drawing) return;
    zoom = wanted && Math.max(ZOOM.least, Math.min(ZOOM.most, wanted));
    resize();
    follow("auto");
  }

  function resize() {
    const size = zoom ?? fitting();
    drawing.element.setAttribute("width", Math.round(drawing.width * size));
    drawing.element.setAttribute("height", Math.round(drawing.height * size));
  }

  /** Brings the current operation to the middle where the paper is larger than its place. */
  function follow(behavior) {
    const size = zoom ?? fitting();
    const [x, y] = drawing.place(current).map((value) => value * size);
    element.scrollTo({ left: x - element.clientWidth / 2, top: y - element.clientHeight / 2, behavior });
  }

  return {
    element,
    tools: build("div", { class: "sample-tools", role: "group" }, ...tools),
    wording(language) {
      element.setAttribute("aria-label", word(language, "sample.graph"));
      for (const button of tools) show(button, word(language, `sample.${button.dataset.name}`));
    },
    draw(sample, groupName) {
      drawing = graph(sample, groupName);
      element.replaceChildren(drawing.element);
      resize();
    },
    show(step, motion) {
      current = step;
      drawing.show(step);
      follow(motion ? "smooth" : "auto");
    },
  };
}

/** Lets the pointer drag what is larger than its place. */
function pannable(paper) {
  let from = null;
  paper.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return; // fingers scroll by themselves
    from = [event.clientX + paper.scrollLeft, event.clientY + paper.scrollTop];
    paper.setPointerCapture(event.pointerId);
  });
  paper.addEventListener(
    "pointermove",
    (event) => from && paper.scrollTo({ left: from[0] - event.clientX, top: from[1] - event.clientY, behavior: "instant" }),
  );
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => (from = null));
}
