/** A weight under the pointer: its value beside it, and, after a click, a field to change it. */

import { build, setText } from "../panels/build.js";
import { mathName, number, word } from "../words.js";
import { linkAt } from "./arrangement.js";
import { neuronName } from "./names.js";

/**
 * @param {HTMLElement} sheet on which the canvas lies @param {object} actions
 * @param {() => {state: object, plan: object}} current @param {() => void} changed when another link is under the pointer
 * @returns {{link: number, show: () => void, leave: () => void}} the link under the pointer, or -1
 */
export function weightEditor(sheet, canvas, actions, current, changed) {
  const label = build("div", { class: "network-label", "aria-hidden": "true", hidden: true });
  const name = build("span");
  const field = build("input", { type: "number", step: "any", class: "number" });
  const form = build("form", { class: "network-editor", hidden: true }, build("label", {}, name, field));
  const pointed = { link: -1, show, leave };
  let edited = -1; // in the field
  sheet.append(label, form);

  const weightOf = (link) => current().state.frame?.weights?.[current().plan.weights[link]];

  function nameOf(link) {
    const { state, plan } = current();
    const [layer, from, to] = plan.ends.subarray(3 * link, 3 * link + 3);
    const source = layer ? neuronName(state, { layer: layer - 1, unit: from }) : mathName(state.setup.network.inputs[from]);
    return word(state.language, "network.weight", { from: source, to: neuronName(state, { layer, unit: to }) });
  }

  function show() {
    if (pointed.link >= 0) setText(label, `w = ${number(weightOf(pointed.link), 3)}`);
  }

  function point(found) {
    if (found === pointed.link) return;
    pointed.link = found;
    label.hidden = found < 0 || edited >= 0;
    canvas.classList.toggle("pointing", found >= 0);
    changed();
  }

  function open(link, x, y) {
    const { plan } = current();
    edited = link;
    label.hidden = true;
    setText(name, nameOf(link));
    field.value = Number(weightOf(link)?.toFixed(4) ?? 0);
    form.hidden = false;
    const left = Math.max(4, Math.min(plan.width - 200, x - 90));
    form.style.transform = `translate(${left}px, ${Math.min(plan.height - 80, y + 12)}px)`;
    field.focus();
    field.select();
  }

  function close() {
    edited = -1;
    form.hidden = true;
  }

  /** The network is another one: what was under the pointer is gone. */
  function leave() {
    pointed.link = -1;
    label.hidden = true;
    if (edited >= 0) close();
  }

  sheet.addEventListener("pointermove", ({ target, offsetX, offsetY }) => {
    const { plan } = current();
    if (!plan || target !== canvas) return point(-1);
    label.style.transform = `translate(${offsetX}px, ${offsetY}px)`;
    label.classList.toggle("left", offsetX > plan.width - 90);
    return point(linkAt(plan, offsetX, offsetY));
  });
  sheet.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    const { plan } = current();
    const found = plan ? linkAt(plan, offsetX, offsetY) : -1;
    if (found < 0) close();
    else open(found, offsetX, offsetY);
  });
  field.addEventListener("input", () => {
    if (edited < 0 || field.value === "" || !Number.isFinite(field.valueAsNumber)) return;
    actions.send({ do: "weights", edits: [[current().plan.weights[edited], field.valueAsNumber]] });
  });
  field.addEventListener("keydown", (event) => event.key === "Escape" && close());
  field.addEventListener("blur", close);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });
  return pointed;
}
