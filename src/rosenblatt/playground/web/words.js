/** Every text of the page, by its key, in both languages; and how the page writes numbers. */

import english from "./words/en.js";
import korean from "./words/ko.js";
import englishLessons from "./words/lessons.en.js";
import koreanLessons from "./words/lessons.ko.js";
import englishViews from "./words/views.en.js";
import koreanViews from "./words/views.ko.js";

const WORDS = {
  en: { ...english, ...englishViews, ...englishLessons },
  ko: { ...korean, ...koreanViews, ...koreanLessons },
};
export const LANGUAGES = Object.keys(WORDS);

/**
 * The text of a key, with {names} replaced by values.
 * @param {"en"|"ko"} language
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
export function word(language, key, values = {}) {
  const text = WORDS[language][key] ?? WORDS.en[key];
  if (text === undefined) {
    console.warn(`There is no text for ${key}.`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? written(values[name]) : whole));
}

const written = (value) => (typeof value === "number" ? signed(String(value)) : String(value));
const signed = (text) => text.replace("-", "\u2212");

/** Whether there is a text for this key. */
export const known = (key) => key in WORDS.en;

/** The text of a key, or the name itself: for names that the server may add to. */
export const nameOf = (language, prefix, name) =>
  known(`${prefix}.${name}`) ? word(language, `${prefix}.${name}`) : name;

const raised = (text) => text.replace(/[-\d]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
const lowered = (text) => text.replace(/\d/g, (sign) => "₀₁₂₃₄₅₆₇₈₉"[sign]);

/** A number as the page writes it: fixed digits, a real minus sign, powers of ten where it is very large or small. */
export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size === Infinity) return value > 0 ? "∞" : "\u2212∞";
  if (size === 0 || (size < 1e6 && size >= 10 ** -digits / 2)) return signed(value.toFixed(digits));
  const [factor, exponent] = value.toExponential(2).split("e");
  return `${signed(factor)}×10${raised(exponent.replace("+", ""))}`;
}

/** A share from 0 to 1 in per cent; one that is not zero is never written as if it were. */
export function percent(share, digits = 1) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  const least = 10 ** -digits;
  const text = share > 0 && 100 * share < least / 2 ? `<${least.toFixed(digits)}` : (100 * share).toFixed(digits);
  return `${signed(text)}%`;
}

const MATH = [
  [/\bx(\d+)\b/g, (whole, digits) => `x${lowered(digits)}`],
  [/\^2/g, "²"],
  [/\bpi\b/g, "π"],
  [/\*/g, "\u2009"],
  [/^sin\((.*)\)$/, "sin\u2009$1"],
];

/** The name of a feature as mathematics writes it: "x1^2" is x₁². */
export const mathName = (name) => MATH.reduce((text, [from, to]) => text.replace(from, to), name);
