/** Colours: positive blue, negative orange, and between them the colour of the surface. */

export const POSITIVE = [0x00, 0x72, 0xb2];
export const NEGATIVE = [0xd5, 0x5e, 0x00];

/** Classes are told apart by colour and by shape: eight colours and five shapes make forty pairs, one after another. */
const CLASSES = {
  light: [
    NEGATIVE, POSITIVE, [0x00, 0x9e, 0x73], [0xcc, 0x79, 0xa7], [0xb0, 0x8a, 0x00], [0x56, 0xb4, 0xe9], [0x6a, 0x4c, 0x93], [0x6b, 0x72, 0x7c],
  ],
  dark: [
    [0xe8, 0x71, 0x1a], [0x2f, 0x94, 0xd3], [0x1f, 0xb9, 0x8c], [0xd8, 0x90, 0xb6], [0xd9, 0xb4, 0x1f], [0x8c, 0xd0, 0xf5], [0xa0, 0x85, 0xd0], [0xa9, 0xb1, 0xbb],
  ],
};

/**
 * The page's own colours, theme by theme: what the pens need of style.css, where they are variables. `positive` and
 * `negative` are those of lines, which must stand out from the surface.
 */
const THEMES = {
  light: {
    surface: [0xff, 0xff, 0xff], positive: POSITIVE, negative: NEGATIVE,
    ink: "#1b1f24", muted: "#59626d", faint: "#d5dae0", edge: "#b5bbc2", ring: "#ffffff",
  },
  dark: {
    surface: [0x1a, 0x1e, 0x24], positive: [0x3f, 0xa2, 0xdd], negative: [0xf0, 0x7f, 0x2c],
    ink: "#e8ebef", muted: "#a3acb8", faint: "#3a424d", edge: "#59636f", ring: "#0f1216",
  },
};

/** The strength of a map's colours where points lie on it: the full colours are kept for the points. */
export const BEHIND_POINTS = 0.6;

/**
 * The colours of a theme.
 * @param {"light"|"dark"} theme
 */
export const palette = (theme) => THEMES[theme] ?? THEMES.light;

export const rgb = ([red, green, blue], alpha = 1) =>
  alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;

/** The colour that lies `share` of the way from one to another. */
export const mixed = (from, to, share) => from.map((value, i) => Math.round(value + (to[i] - value) * share));

const tables = new Map();

/** What `make` gives for this key, made once. */
function once(key, make) {
  if (!tables.has(key)) tables.set(key, make());
  return tables.get(key);
}

/** A pixel as ImageData keeps it (little endian: alpha, blue, green, red). */
const pixel = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/**
 * The diverging scale as 256 pixels: 0 is negative, 128 the surface, 255 positive.
 * @param {"light"|"dark"} theme
 * @param {number} strength share of the full colour at both ends
 */
export function diverging(theme, strength = 1) {
  return once(`diverging ${theme} ${strength}`, () =>
    Uint32Array.from({ length: 256 }, (_, value) => {
      const share = value < 128 ? (128 - value) / 128 : (value - 128) / 127;
      return pixel(mixed(palette(theme).surface, value < 128 ? NEGATIVE : POSITIVE, share * strength));
    }),
  );
}

/** From the surface (0) to one class's colour (255), as 256 pixels. */
export function towards(theme, index, strength = 1) {
  return once(`towards ${theme} ${index} ${strength}`, () =>
    Uint32Array.from({ length: 256 }, (_, value) =>
      pixel(mixed(palette(theme).surface, classColour(index, theme), (value / 255) * strength)),
    ),
  );
}

export const classColour = (index, theme = "light") => CLASSES[theme][index % CLASSES[theme].length];

/** The colour of a number between low and high on the diverging scale. */
export function valueColour(theme, value, low, high) {
  const share = Math.max(-1, Math.min(1, (2 * (value - low)) / (high - low || 1) - 1));
  return mixed(palette(theme).surface, share < 0 ? NEGATIVE : POSITIVE, Math.abs(share));
}
