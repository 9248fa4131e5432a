/** The pen that writes SVG text for export, with the methods of the one for the screen, in canvas.js. */

import { FONT } from "./lettering.js";
import { CORNERS } from "./shapes.js";

export class SvgPen {
  #parts = [];
  #clips = 0;
  #open = [0]; // groups opened since each save

  constructor(width, height) {
    Object.assign(this, { width, height });
  }

  /** How wide a text will be, about: who opens the drawing may have other letters. */
  measure(text, { size = 12 }) {
    return 0.56 * size * text.length;
  }

  save() {
    this.#open.push(0);
  }

  restore() {
    this.#parts.push("</g>".repeat(this.#open.pop()));
  }

  translate(x, y) {
    this.#group(`transform="translate(${short(x)} ${short(y)})"`);
  }

  clip(x, y, width, height) {
    const name = `clip${(this.#clips += 1)}`;
    this.#parts.push(`<clipPath id="${name}"><rect ${box(x, y, width, height)}/></clipPath>`);
    this.#group(`clip-path="url(#${name})"`);
  }

  lines(flat, style) {
    this.#path(joined(flat, 4, ([a, b, c, d]) => `M${a} ${b}L${c} ${d}`), style);
  }

  curves(flat, style) {
    this.#path(
      joined(flat, 8, ([a, b, ...control]) => `M${a} ${b}C${control.join(" ")}`),
      style,
    );
  }

  line(flat, style) {
    this.#path(traced(flat, 0, 0, 1), style);
  }

  polygon(flat, style) {
    this.#path(`${traced(flat, 0, 0, 1)}Z`, style);
  }

  rectangle(x, y, width, height, style) {
    this.#parts.push(`<rect ${box(x, y, width, height)} rx="${style.radius ?? 0}" ${paint(style)}/>`);
  }

  circle(x, y, radius, style) {
    this.marks("circle", [x, y], radius, style);
  }

  marks(shape, flat, radius, style) {
    const end = shape === "cross" ? "" : "Z";
    const path = joined(flat, 2, ([x, y]) =>
      shape === "circle"
        ? `M${short(x - radius)} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`
        : `${traced(CORNERS[shape], x, y, radius)}${end}`,
    );
    this.#path(path, style);
  }

  text(text, x, y, style) {
    const anchor = { left: "start", center: "middle", right: "end" }[style.align ?? "left"];
    const baseline = { alphabetic: "auto", middle: "central", top: "hanging", bottom: "auto" }[style.baseline ?? "alphabetic"];
    const halo = style.halo ? ` stroke="${style.halo}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"` : "";
    const turn = style.upwards ? ` transform="rotate(-90 ${short(x)} ${short(y)})"` : "";
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}"${turn} font-size="${style.size ?? 12}" font-weight="${style.weight ?? 400}" ` +
        `text-anchor="${anchor}" dominant-baseline="${baseline}" fill="${style.fill}"${halo}>${escaped(text)}</text>`,
    );
  }

  image(atlas, tile, x, y, width, height) {
    this.#parts.push(`<image ${box(x, y, width, height)} preserveAspectRatio="none" href="${atlas.address(tile)}"/>`);
  }

  /** The whole drawing as SVG text. */
  finish() {
    const { width, height } = this;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="${escaped(FONT)}">${this.#parts.join("")}</svg>`
    );
  }

  #group(attributes) {
    this.#parts.push(`<g ${attributes}>`);
    this.#open[this.#open.length - 1] += 1;
  }

  #path(path, style) {
    if (path) this.#parts.push(`<path d="${path}" ${paint(style)}/>`);
  }
}

const short = (value) => Math.round(100 * value) / 100;
const box = (x, y, width, height) => `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

function paint({ fill = "none", stroke = "none", width = 1, dash = [], alpha = 1, cap = "butt" }) {
  const line = stroke === "none" ? "" : ` stroke-width="${short(width)}" stroke-linecap="${cap}" stroke-linejoin="round"`;
  const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `fill="${fill}" stroke="${stroke}"${line}${dashes}${alpha === 1 ? "" : ` opacity="${alpha}"`}`;
}

/** A path made of pieces of `length` numbers each. */
function joined(flat, length, piece) {
  let path = "";
  for (let i = 0; i < flat.length; i += length) path += piece(Array.from(flat.slice(i, i + length), short));
  return path;
}

function traced(flat, x, y, scale) {
  let path = "";
  let letter = "M";
  for (let i = 0; i < flat.length; i += 2) {
    if (Number.isNaN(flat[i])) {
      letter = "M";
      continue;
    }
    path += `${letter}${short(x + scale * flat[i])} ${short(y + scale * flat[i + 1])}`;
    letter = "L";
  }
  return path;
}
