/** Small pictures of the network: what each input and each neuron is over the plane, or the weights of one that reads pictures. */

import { diverging } from "./colours.js";
import { Atlas } from "./pen.js";

/** Cells across the map of an input or a neuron. */
export const MAP_SIDE = 32;

/** Writes the weights that go into one neuron as a picture: the greatest of them has the full colour. */
export function writeWeights(atlas, tile, weights, kernel, unit, table) {
  const at = (i) => weights[kernel.start + i * kernel.columns + unit];
  let greatest = 1e-9;
  for (let i = 0; i < kernel.rows; i += 1) greatest = Math.max(greatest, Math.abs(at(i)));
  atlas.fill(tile, (i) => table[Math.floor(128.5 + (127 * at(i)) / greatest)]);
}

/** The bytes of the inputs' maps, as the server has them in its setup; none where there is no plane. */
const inputMaps = ({ network }) => network.input_maps?.map((text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));

/** The maps of all tiles as one atlas; what has no map has a plain tile. */
export class Maps {
  constructor(setup, plan) {
    const { layers, picture } = setup.network;
    this.atlas = new Atlas(plan.tiles.length, MAP_SIDE, MAP_SIDE);
    this.weights = picture && new Atlas(plan.columns[1].shown, picture[1], picture[0]);
    this.inputs = picture ? undefined : inputMaps(setup);
    this.plain = plan.tiles.map(({ layer }) => (layer < 0 ? !this.inputs : layers[layer].maps !== "plane"));
    Object.assign(this, { setup, plan });
  }

  /** Writes the maps of a frame into the atlas. */
  write({ frame, theme }) {
    const { setup, plan, atlas, plain } = this;
    const table = diverging(theme);
    for (const [index, { layer, unit }] of plan.tiles.entries()) {
      if (plain[index]) continue;
      if (layer < 0) atlas.write(index, this.inputs[unit], 0, table);
      else if (frame?.maps[layer]) atlas.write(index, frame.maps[layer], unit * MAP_SIDE ** 2, table);
      else atlas.fill(index, () => table[128]);
    }
    atlas.show();
    if (this.weights && frame?.weights && setup.network.layers[0].maps === "weights") this.#pictures(frame.weights, table);
  }

  /** First-layer neurons of a network that reads pictures: their weights as a picture. */
  #pictures(weights, table) {
    const { kernel } = this.setup.network.layers[0];
    for (let unit = 0; unit < this.plan.columns[1].shown; unit += 1) writeWeights(this.weights, unit, weights, kernel, unit, table);
    this.weights.show();
  }

  draw(pen, index, x, y, size) {
    const { layer, unit } = this.plan.tiles[index];
    if (layer === 0 && this.weights) return pen.image(this.weights, unit, x, y, size, size);
    if (!this.plain[index]) pen.image(this.atlas, index, x, y, size, size);
  }
}
