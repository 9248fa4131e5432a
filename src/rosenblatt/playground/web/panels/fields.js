/** Fields of the settings: a label, a control, and a place that tells what is wrong with the value. */

import { known, nameOf, word } from "../words.js";
import { build, setText } from "./build.js";

const SEND_EVERY = 60; // ms between two values sent while a slider is dragged

/**
 * A number: typed, or chosen by a slider from `ladder`, values that rise.
 * @param {{name: string, low: number, high: number, whole?: boolean, ladder: number[], send: (value: number) => void}} field
 */
export function numberField({ name, low, high, whole = false, ladder, send }) {
  const label = build("label", { for: `field-${name}` });
  const slider = build("input", { type: "range", min: 0, max: ladder.length - 1, step: 1 });
  const input = build("input", {
    type: "number",
    id: `field-${name}`,
    step: whole ? 1 : "any",
    inputmode: whole ? "numeric" : "decimal",
  });
  const wrong = told(input, name);
  const element = build("div", { class: "field number-field" }, label, slider, input, wrong.element);
  const sendSoon = throttled(send);
  let language = "en";
  let shown = null;
  let error = null;

  slider.addEventListener("input", () => {
    shown = ladder[slider.value];
    input.value = shown;
    slider.setAttribute("aria-valuetext", String(shown));
    wrong.tell("");
    sendSoon(shown);
  });
  input.addEventListener("change", () => {
    const value = input.valueAsNumber;
    if (Number.isNaN(value)) return wrong.tell(word(language, "error.not_a_number_here"));
    if (value < low || value > high || (whole && !Number.isInteger(value))) {
      return wrong.tell(word(language, whole ? "error.whole_between" : "error.between", { low, high }));
    }
    wrong.tell("");
    if (value !== shown) send(value);
  });

  return {
    element,
    render(state, value) {
      if (language !== state.language || !label.textContent) {
        language = state.language;
        setText(label, word(language, `field.${name}`));
        slider.setAttribute("aria-label", word(language, "field.slider", { name: label.textContent }));
      }
      if (value !== shown && value !== undefined) {
        shown = value;
        input.value = tidy(value);
        slider.value = nearest(ladder, value);
        slider.setAttribute("aria-valuetext", String(value));
        wrong.tell("");
      }
      if (error !== state.error) {
        error = state.error;
        if (error?.arguments?.field === name) wrong.tell(errorText(language, error.key, error.arguments));
      }
    },
  };
}

/**
 * One of a few names.
 * @param {{name: string, prefix: string, send: (value: string) => void}} field texts of the options are `prefix.option`
 */
export function choiceField({ name, prefix, send, id = `field-${name}` }) {
  const label = build("label", { for: id });
  const select = build("select", { id });
  const element = build("div", { class: "field" }, label, select);
  select.addEventListener("change", () => send(select.value));
  let before = {};
  return {
    element,
    select,
    render(state, value, options, labelText = word(state.language, `field.${name}`)) {
      setText(label, labelText);
      options = options.includes(value) || value === undefined ? options : [value, ...options];
      if (before.language !== state.language || String(before.options) !== String(options)) {
        select.replaceChildren(
          ...options.map((option) => build("option", { value: option }, nameOf(state.language, prefix, option))),
        );
        before = { language: state.language, options };
        select.value = value;
      }
      if (select.value !== value) select.value = value;
    },
  };
}

/** The sentence for an error of the server, with the names of fields and values in the reader's language. */
export function errorText(language, key, values = {}) {
  const named = { ...values };
  if (values.field) named.field = nameOf(language, "field", values.field);
  if (values.command)
    named.command = nameOf(language, known(`command.${values.command}`) ? "command" : "field", values.command);
  if (Array.isArray(values.known)) named.known = values.known.join(", ");
  if (Array.isArray(values.columns)) named.columns = values.columns.join(", ");
  return known(`error.${key}`) ? word(language, `error.${key}`, named) : word(language, "error.other", { key });
}

/** The place under a control that tells what is wrong with it. */
function told(input, name) {
  const element = build("p", { class: "wrong", id: `wrong-${name}`, role: "alert" });
  element.hidden = true;
  return {
    element,
    tell(text) {
      if (element.textContent === text) return;
      element.textContent = text;
      element.hidden = !text;
      if (text) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", element.id);
      } else {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    },
  };
}

/** Calls at most once in SEND_EVERY ms, and always with the last value. */
export function throttled(send) {
  let waiting = null;
  let last = null;
  return (value) => {
    last = value;
    waiting ??= setTimeout(() => {
      waiting = null;
      send(last);
    }, SEND_EVERY);
  };
}

const nearest = (ladder, value) =>
  ladder.reduce((best, step, index) => (Math.abs(step - value) < Math.abs(ladder[best] - value) ? index : best), 0);

/** Float noise of a value that went through the engine: 0.30000001 is 0.3. */
const tidy = (value) => String(Number(value.toPrecision(7)));

/** low, low + step, ... high, without float noise. */
export const steps = (low, high, step) =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => Number((low + index * step).toFixed(6)));
