/**
 * The pen that paints on the screen; the one that writes SVG text for export, in svg.js, has the same methods.
 * Places are in CSS pixels. A style is `{fill, stroke, width, dash, alpha, cap}`; what is missing is not painted.
 * Flat lists hold many lines or curves of one style: that is fast on a canvas and short in SVG.
 */

import { FONT } from "./lettering.js";
import { CORNERS } from "./shapes.js";

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
