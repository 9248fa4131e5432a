/** Small pictures of the network: what each input and each neuron is over the plane, or the weights of one that reads pictures. */

import { classOf } from "./answers.js";
import { Atlas } from "./atlas.js";
import { diverging, towards } from "./colours.js";
import { sideOf } from "./contours.js";
import { restOf } from "./units.js";

/** Whether a neuron's map is a probability of a class, in the colour of that class. */
export const isProbability = (setup, neuron) => classOf(setup, neuron) !== null && Boolean(setup.network.layers[neuron.layer].range);

/** The colours of a neuron's map, as 256 pixels. */
export const coloursOf = ({ setup, theme }, neuron) => (isProbability(setup, neuron) ? towards(theme, classOf(setup, neuron)) : diverging(theme));

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
    this.weights = picture && new Atlas(plan.columns[1].shown, picture[1], picture[0]);
    this.inputs = inputMaps(setup);
    const side = this.inputs ? sideOf(this.inputs[0]) : 1; // the neurons' maps are as large; without a plane there is none
    this.atlas = new Atlas(plan.tiles.length, side, side);
    this.plain = plan.tiles.map(({ layer }) => (layer < 0 ? !this.inputs : layers[layer].maps !== "plane"));
    this.rest = new Set(restOf(setup).map((name) => setup.network.inputs.indexOf(name)));
    Object.assign(this, { setup, plan });
  }

  /** Writes the maps of a frame into the atlas. */
  write({ frame, theme }) {
    const { setup, plan, atlas, plain } = this;
    for (const [index, { layer, unit }] of plan.tiles.entries()) {
      if (plain[index]) continue;
      const table = coloursOf({ setup, theme }, { layer, unit });
      const map = layer < 0 ? this.inputs[unit] : frame?.maps[layer]?.[unit];
      if (map) atlas.write(index, map, table);
      else atlas.fill(index, () => table[128]);
    }
    atlas.show();
    if (this.weights && frame?.weights && setup.network.layers[0].maps === "weights") this.#pictures(frame.weights, diverging(theme));
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
