/** Fields of the settings: a label, a control, and a place that tells what is wrong with the value. */

import { known, nameOf, word } from "../words.js";
import { build, setText } from "./build.js";

const SEND_EVERY = 60; // ms between two values sent while a slider is dragged

/**
 * A number: typed, or chosen by a slider from `ladder`, values that rise; what is allowed the server has told.
 * @param {{name: string, whole?: boolean, ladder: number[], send: (value: number) => void}} field
 */
export function numberField({ name, whole = false, ladder, send }) {
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
  let state = {};
  let shown = null;

  slider.addEventListener("input", () => {
    shown = ladder[slider.value];
    input.value = shown;
    slider.setAttribute("aria-valuetext", String(shown));
    wrong.tell(null);
    sendSoon(shown);
  });
  input.addEventListener("change", () => {
    const value = input.valueAsNumber;
    const [low, high] = state.welcome.limits[name];
    if (Number.isNaN(value)) return wrong.tell("not_a_number_here");
    if (value < low || value > high || (whole && !Number.isInteger(value)))
      return wrong.tell(whole ? "whole_between" : "between", { low, high });
    wrong.tell(null);
    if (value !== shown) send(value);
  });

  /** Who leaves what was refused sees the value that holds again, and may still read what was wrong with the other one. */
  input.addEventListener("blur", () => {
    if (!wrong.isTold() || shown === null) return;
    if (input.value !== tidy(shown)) wrong.name(input.valueAsNumber);
    input.value = tidy(shown);
    input.ariaInvalid = null;
  });
  input.addEventListener("focus", () => wrong.tell(null));

  /** Whether what was typed and refused still stands there when other settings have come. */
  const isLeft = (before, value) =>
    before.setup !== state.setup && input !== document.activeElement && (wrong.isTold() || input.value !== tidy(value));

  function show(value) {
    shown = value;
    input.value = tidy(value);
    slider.value = nearest(ladder, value);
    slider.setAttribute("aria-valuetext", input.value);
    wrong.tell(null);
  }

  return {
    element,
    render(next, value) {
      const before = state;
      state = next;
      const { language, setup, error } = state;
      if (before.language !== language) {
        setText(label, word(language, `field.${name}`));
        slider.setAttribute("aria-label", word(language, "field.slider", { name: label.textContent }));
        wrong.word(language);
      }
      if (value !== undefined && (value !== shown || isLeft(before, value)) && !slider.matches(":active")) show(value);
      if (before.error !== error && error?.arguments?.field === name) wrong.tell(error.key, error.arguments);
    },
  };
}

/**
 * One of a few names.
 * @param {{name: string, prefix: string, send: (value: string) => void}} field texts of the options are `prefix.option`
 */
export function choiceField({ name, prefix, send, id = `field-${name}` }) {
  const label = build("label", { for: id });
  const select = build("select", { id, onchange: () => send(select.value) });
  return {
    element: build("div", { class: "field" }, label, select),
    render({ language }, value, options) {
      setText(label, word(language, `field.${name}`));
      showChoice(select, language, prefix, value, options);
    },
  };
}

/** Fills a select with names in the reader's language, and chooses one, which need not be among them. */
export function showChoice(select, language, prefix, value, options) {
  const offered = options.includes(value) || value === undefined ? options : [value, ...options];
  const made = JSON.stringify([language, offered]);
  if (select.dataset.made !== made) {
    select.dataset.made = made;
    select.replaceChildren(
      ...offered.map((option) => build("option", { value: option }, nameOf(language, prefix, option))),
    );
  }
  if (value !== undefined) select.value = value;
}

/** The sentence for an error of the server, with the names of fields and values in the reader's language. */
export function errorText(language, key, values = {}) {
  const named = { ...values };
  if (values.field) named.field = nameOf(language, "field", values.field);
  if (values.command) named.command = commandText(language, values.command);
  if (Array.isArray(values.known)) named.known = values.known.join(", ");
  if (Array.isArray(values.columns)) named.columns = values.columns.join(", ");
  return known(`error.${key}`) ? word(language, `error.${key}`, named) : word(language, "error.other", { key });
}

/** What was to be done: a command, or the change of a field. */
const commandText = (language, command) =>
  known(`command.${command}`)
    ? word(language, `command.${command}`)
    : word(language, "command.field", { name: nameOf(language, "field", command) });

/** The place under a control that tells what is wrong with it. */
function told(input, name) {
  const element = build("p", { class: "wrong", id: `wrong-${name}`, role: "alert", hidden: true });
  let language = "en";
  let complaint = null;
  let refused = NaN; // the value that is complained about, once another one stands in the field
  function show() {
    const reason = complaint ? errorText(language, ...complaint) : "";
    setText(element, Number.isNaN(refused) ? reason : word(language, "field.refused", { value: refused, reason }));
    element.hidden = !complaint;
    if (complaint) input.setAttribute("aria-describedby", element.id);
    else input.removeAttribute("aria-describedby");
  }
  return {
    element,
    isTold: () => Boolean(complaint),
    /** Tells an error by its key; null for none. */
    tell(key, values) {
      complaint = key && [key, values];
      refused = NaN;
      input.ariaInvalid = key ? "true" : null;
      show();
    },
    /** Names the value that was refused: it stands in the field no longer. */
    name(value) {
      refused = value;
      show();
    },
    word(next) {
      language = next;
      show();
    },
  };
}

/** Calls at most once in SEND_EVERY ms, and always with the last value. */
function throttled(send) {
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
