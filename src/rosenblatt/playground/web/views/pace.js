/** Texts change no oftener than they can be read. */

const TEXT_EVERY = 150; // ms between two wordings while the run plays

/**
 * Asks whether it is time to word what changes: always while the run rests.
 * @returns {(state: object, now?: boolean) => boolean}
 */
export function pace() {
  let wordedAt = -Infinity;
  return ({ status }, now = false) => {
    const time = performance.now();
    if (!now && status?.playing && time - wordedAt < TEXT_EVERY) return false;
    wordedAt = time;
    return true;
  };
}
