/** The sheet that a view paints on. */

import { CanvasPen } from "./canvas.js";

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
