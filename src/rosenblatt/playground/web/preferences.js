/** What the reader prefers: language, theme, motion. Chosen by hand and remembered, or as the browser says. */

import { LANGUAGES } from "./words.js";

/** @returns {{language: "en"|"ko", theme: "light"|"dark", motion: boolean}} */
export function preferences() {
  const asked = new URLSearchParams(location.search).get("lang");
  const languages = [asked, remembered("language"), ...navigator.languages.map((name) => name.slice(0, 2))];
  return {
    language: languages.find((name) => LANGUAGES.includes(name)) ?? "en",
    theme: remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
    motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

/** Keeps what was chosen, for this page and the next visit. */
export function remember(changes) {
  for (const [name, value] of Object.entries(changes)) {
    try {
      localStorage.setItem(`rosenblatt.${name}`, value);
    } catch {
      forThisPage.set(name, value);
    }
  }
  if (!changes.language) return;
  const address = new URL(location.href);
  address.searchParams.set("lang", changes.language);
  history.replaceState(history.state, "", address);
}

/** Where a browser lets no page remember anything, the choice holds as long as the page. */
const forThisPage = new Map();

export function remembered(name) {
  try {
    return localStorage.getItem(`rosenblatt.${name}`) ?? forThisPage.get(name) ?? null;
  } catch {
    return forThisPage.get(name) ?? null;
  }
}
