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
   * Writes one picture: each value becomes the table's pixel.
   * @param {Uint8Array} values @param {Uint32Array} table 256 pixels
   */
  write(tile, values, table) {
    const { columns, rows } = this;
    const [left, top] = this.place(tile);
    const width = this.canvas.width;
    for (let row = 0, i = 0; row < rows; row += 1) {
      const to = (top + row) * width + left;
      for (let column = 0; column < columns; column += 1) this.#pixels[to + column] = table[values[i++]];
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

/** An atlas for a single picture: the one there is, where it has this size. */
export const fitting = (atlas, columns, rows) => (atlas?.columns === columns && atlas.rows === rows ? atlas : new Atlas(1, columns, rows));
