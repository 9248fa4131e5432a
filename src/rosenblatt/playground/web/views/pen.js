/**
 * One way of drawing, two kinds of paper: CanvasPen paints on the screen, SvgPen writes SVG text for export.
 * Places are in CSS pixels. A style is `{fill, stroke, width, dash, alpha, cap}`; what is missing is not painted.
 * Flat lists hold many lines or curves of one style: that is fast on a canvas and short in SVG.
 */

import { CORNERS } from "./shapes.js";

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';

const FEW_MARKS = 24; // numbers in a list: a dozen marks
const MOST_STAMPS = 100;
const stamps = new Map();

export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
  }

  save() {
    this.context.save();
  }

  restore() {
    this.context.restore();
  }

  translate(x, y) {
    this.context.translate(x, y);
  }

  clip(x, y, width, height) {
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.context.clip();
  }

  /** Separate lines of one style: x, y, x, y for each. */
  lines(flat, style) {
    const { context } = this;
    context.beginPath();
    for (let i = 0; i < flat.length; i += 4) {
      context.moveTo(flat[i], flat[i + 1]);
      context.lineTo(flat[i + 2], flat[i + 3]);
    }
    this.#finish(style);
  }

  /** Separate Bézier curves of one style: start, two control points, end (eight numbers) for each. */
  curves(flat, style) {
    const { context } = this;
    context.beginPath();
    for (let i = 0; i < flat.length; i += 8) {
      context.moveTo(flat[i], flat[i + 1]);
      context.bezierCurveTo(flat[i + 2], flat[i + 3], flat[i + 4], flat[i + 5], flat[i + 6], flat[i + 7]);
    }
    this.#finish(style);
  }

  /** One line through many points; NaN lifts the pen. */
  line(flat, style) {
    this.context.beginPath();
    this.#trace(flat, 0, 0, 1);
    this.#finish(style);
  }

  polygon(flat, style) {
    this.context.beginPath();
    this.#trace(flat, 0, 0, 1);
    this.context.closePath();
    this.#finish(style);
  }

  rectangle(x, y, width, height, style) {
    this.context.beginPath();
    if (style.radius) this.context.roundRect(x, y, width, height, style.radius);
    else this.context.rect(x, y, width, height);
    this.#finish(style);
  }

  circle(x, y, radius, style) {
    this.marks("circle", [x, y], radius, style);
  }

  /** One shape at many places: x, y for each. */
  marks(shape, flat, radius, style) {
    const { context } = this;
    if (flat.length > FEW_MARKS) return this.#stamp(shape, flat, radius, style);
    context.beginPath();
    for (let i = 0; i < flat.length; i += 2) {
      if (shape === "circle") {
        context.moveTo(flat[i] + radius, flat[i + 1]);
        context.arc(flat[i], flat[i + 1], radius, 0, 2 * Math.PI);
      } else {
        this.#trace(CORNERS[shape], flat[i], flat[i + 1], radius);
        if (shape !== "cross") context.closePath();
      }
    }
    return this.#finish(style);
  }

  /** Many marks are printed from one stamp, whole pixel by whole pixel: ten times as fast as a path of many circles. */
  #stamp(shape, flat, radius, style) {
    const { context } = this;
    const ratio = context.getTransform().a;
    const half = Math.ceil((1.3 * radius + (style.width ?? 1)) * ratio) + 1;
    const key = [shape, radius, ratio, style.fill, style.stroke, style.width, style.alpha].join();
    if (!stamps.has(key)) {
      if (stamps.size > MOST_STAMPS) stamps.clear();
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 2 * half;
      const stamp = canvas.getContext("2d");
      stamp.setTransform(ratio, 0, 0, ratio, half, half);
      new CanvasPen(stamp).marks(shape, [0, 0], radius, style);
      stamps.set(key, canvas);
    }
    const stamp = stamps.get(key);
    for (let i = 0; i < flat.length; i += 2) {
      const [x, y] = [Math.round(flat[i] * ratio) - half, Math.round(flat[i + 1] * ratio) - half];
      context.drawImage(stamp, x / ratio, y / ratio, (2 * half) / ratio, (2 * half) / ratio);
    }
  }

  /** Text at a place: `{size, weight, align, baseline, fill, halo, upwards}`; a halo keeps it readable on a map. */
  text(text, x, y, style) {
    const { context } = this;
    if (style.upwards) {
      context.save();
      context.translate(x, y);
      context.rotate(-Math.PI / 2);
      this.text(text, 0, 0, { ...style, upwards: false });
      return context.restore();
    }
    context.font = `${style.weight ?? 400} ${style.size ?? 12}px ${FONT}`;
    context.textAlign = style.align ?? "left";
    context.textBaseline = style.baseline ?? "alphabetic";
    if (style.halo) {
      context.lineJoin = "round";
      context.lineWidth = 3.5;
      context.strokeStyle = style.halo;
      context.setLineDash([]);
      context.strokeText(text, x, y);
    }
    context.fillStyle = style.fill;
    context.fillText(text, x, y);
    return undefined;
  }

  /** How wide a text will be. */
  measure(text, style) {
    this.context.font = `${style.weight ?? 400} ${style.size ?? 12}px ${FONT}`;
    return this.context.measureText(text).width;
  }

  /** A tile of an atlas, scaled; smoothly unless told otherwise. */
  image(atlas, tile, x, y, width, height) {
    const [left, top] = atlas.place(tile);
    this.context.imageSmoothingEnabled = true;
    this.context.imageSmoothingQuality = "low"; // finer ones halve the picture many times, for every frame
    this.context.drawImage(atlas.canvas, left, top, atlas.columns, atlas.rows, x, y, width, height);
  }

  #trace(flat, x, y, scale) {
    let down = false;
    for (let i = 0; i < flat.length; i += 2) {
      if (Number.isNaN(flat[i])) down = false;
      else if (down) this.context.lineTo(x + scale * flat[i], y + scale * flat[i + 1]);
      else {
        this.context.moveTo(x + scale * flat[i], y + scale * flat[i + 1]);
        down = true;
      }
    }
  }

  #finish({ fill, stroke, width = 1, dash = [], alpha = 1, cap = "butt" }) {
    const { context } = this;
    context.globalAlpha = alpha;
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.lineCap = cap;
      context.lineJoin = "round";
      context.setLineDash(dash);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}

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

/** Small pictures of one size on one canvas: all are painted with one putImageData. */
export class Atlas {
  #pixels;
  #image;
  #context;
  #across;

  /** @param {number} tiles how many pictures @param {number} columns @param {number} rows pixels of each */
  constructor(tiles, columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.#across = Math.max(1, Math.ceil(Math.sqrt(tiles)));
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.#across * columns;
    this.canvas.height = Math.max(1, Math.ceil(tiles / this.#across)) * rows;
    this.#context = this.canvas.getContext("2d");
    this.#image = this.#context.createImageData(this.canvas.width, this.canvas.height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Left and top of a tile. */
  place(tile) {
    return [(tile % this.#across) * this.columns, Math.floor(tile / this.#across) * this.rows];
  }

  /**
   * Writes one picture: each value, from `start` on, becomes the table's pixel.
   * @param {Uint8Array} values @param {Uint32Array} table 256 pixels
   */
  write(tile, values, start, table) {
    const { columns, rows } = this;
    const [left, top] = this.place(tile);
    const width = this.canvas.width;
    for (let row = 0, from = start; row < rows; row += 1) {
      const to = (top + row) * width + left;
      for (let column = 0; column < columns; column += 1) this.#pixels[to + column] = table[values[from++]];
    }
  }

  /** Writes one picture pixel by pixel: `pixelAt(i)` is the colour of place i. */
  fill(tile, pixelAt) {
    const [left, top] = this.place(tile);
    for (let row = 0, i = 0; row < this.rows; row += 1) {
      const to = (top + row) * this.canvas.width + left;
      for (let column = 0; column < this.columns; column += 1) this.#pixels[to + column] = pixelAt(i++);
    }
  }

  /** Puts what was written onto the canvas. */
  show() {
    this.#context.putImageData(this.#image, 0, 0);
  }

  /** One tile as a PNG in the form of an address. */
  address(tile) {
    const [left, top] = this.place(tile);
    const canvas = document.createElement("canvas");
    canvas.width = this.columns;
    canvas.height = this.rows;
    canvas.getContext("2d").drawImage(this.canvas, -left, -top);
    return canvas.toDataURL("image/png");
  }
}

/**
 * A canvas that fills the width of its host, sharp on every screen. Sizes are measured by an observer, never while
 * painting: `changed` is called when the width is another one.
 */
export class Stage {
  width = 0;
  height = 0;

  /**
   * @param {HTMLElement} host whose width counts @param {string} name the canvas's class @param {() => void} changed
   * @param {HTMLElement} [paper] where the canvas lies, when that is not the host itself
   */
  constructor(host, name, changed, paper = host) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = name;
    paper.append(this.canvas);
    this.context = this.canvas.getContext("2d");
    this.pen = new CanvasPen(this.context);
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width === this.hostWidth || width === 0) return;
      this.hostWidth = width;
      changed();
    }).observe(host);
  }

  /** Gives the canvas its size where that differs; true when it did. */
  resize(width, height) {
    const ratio = Math.min(3, devicePixelRatio || 1);
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    return true;
  }

  /** An empty sheet in CSS pixels. */
  clear() {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    return this.pen;
  }

  /** Another canvas of the same size, for what seldom changes; `paste` lays it on this one. */
  layer() {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const pen = new CanvasPen(context);
    return {
      draw: (paintOn) => {
        if (canvas.width !== this.canvas.width || canvas.height !== this.canvas.height) {
          canvas.width = this.canvas.width;
          canvas.height = this.canvas.height;
        }
        context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        context.clearRect(0, 0, this.width, this.height);
        paintOn(pen);
      },
      paste: () => this.context.drawImage(canvas, 0, 0, this.width, this.height),
    };
  }
}

/** As much of a text as has room, with an ellipsis where that is not all. */
export function shortened(pen, text, room, style) {
  const signs = [...text];
  if (pen.measure(text, style) <= room) return text;
  while (signs.length > 1 && pen.measure(`${signs.join("")}…`, style) > room) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}
