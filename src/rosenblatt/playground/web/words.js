/** Every text of the page, by its key, in both languages. */

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
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Whether there is a text for this key. */
export const known = (key) => key in WORDS.en;

/** The text of a key, or the name itself: for names that the server may add to. */
export const nameOf = (language, prefix, name) =>
  known(`${prefix}.${name}`) ? word(language, `${prefix}.${name}`) : name;

/** A number as the page writes it: fixed digits, a real minus sign, powers of ten where it is very large or small. */
export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e6 || size < 10 ** -digits / 2) ? value.toExponential(2) : value.toFixed(digits);
  return text.replace("-", "\u2212");
}

const MATH = [
  [/\bx1\b/g, "x₁"],
  [/\bx2\b/g, "x₂"],
  [/\^2/g, "²"],
  [/\bpi\b/g, "π"],
  [/\*/g, "\u2009"],
  [/^sin\((.*)\)$/, "sin\u2009$1"],
];

/** The name of a feature as mathematics writes it: "x1^2" is x₁². */
export const mathName = (name) => MATH.reduce((text, [from, to]) => text.replace(from, to), name);
