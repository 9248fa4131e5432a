/** What each operation of a sample's way does, as a sentence with its numbers. */

import { known, nameOf, number, word } from "../words.js";

const LOWERED = "₀₁₂₃₄₅₆₇₈₉";

/** A name as it is written in mathematics: x1 is x₁, x1^2 is x₁²; a value without a name has a real minus sign. */
export const named = (label) =>
  String(label)
    .replace(/^-(?=[\d.])/, "−")
    .replace(/\^2/g, "²")
    .replace(/\*/g, "·")
    .replace(/([a-zA-Z])(\d+)/g, (_, letter, digits) => letter + [...digits].map((digit) => LOWERED[digit]).join(""));

/** Four digits where a small change is to be seen. */
const FOUR_DIGITS = new Set(["before", "after"]);
const SUMS = new Set(["terms"]);
const NAMES = new Set(["labels", "label", "left_label", "right_label", "name"]);

/** The sentence of one step. */
export function sentence(language, { key, arguments: given }) {
  const values = {};
  for (const [name, value] of Object.entries(given)) values[name] = written(language, name, value, key);
  const variants = [given.from_logits && `sample.${key}.from_logits`, given.reason && `sample.${key}.${given.reason}`, `sample.${key}`];
  const text = word(language, variants.find((each) => each && known(each)) ?? `sample.${key}`, values);
  const { shortcut } = given;
  const more =
    shortcut &&
    word(language, "sample.shortcut", {
      labels: shortcut.labels.map(named).join(", "),
      values: shortcut.values.map((each) => number(each)).join(", "),
    });
  return bracketed(more ? `${text} ${more}` : text);
}

function written(language, name, value, key) {
  if (name === "unit" || (name === "target" && Number.isInteger(value))) return String(value);
  if (name === "learning_rate") return String(value);
  if (name === "function") return nameOf(language, "activation", value);
  if (name === "optimizer") return nameOf(language, "optimizer", value);
  if (Array.isArray(value)) {
    const texts = value
      .map((each) => written(language, name === "target" ? name : "", each, key))
      .map((text) => (NAMES.has(name) ? named(text) : text));
    return texts.join(SUMS.has(name) || key === "forward_add" ? " + " : ", ").replace(/\+ −/g, "− ");
  }
  if (typeof value === "number" || value === null) return number(value, FOUR_DIGITS.has(name) || key === "update_plain" ? 4 : 3);
  return NAMES.has(name) ? named(value) : String(value);
}

/** A negative factor or subtrahend stands in brackets. */
const bracketed = (text) => text.replace(/([·−/]) −([\d.]+(?:×10[⁻⁰¹²³⁴-⁹]+)?)/g, "$1 (−$2)");
