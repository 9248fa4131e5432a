/** The tiles of inputs and neurons: map, frame, bias mark and number, and the output at the place that the pointer reads. */

import { number, word } from "../words.js";
import { mixed, palette, rgb } from "./colours.js";
import { strength } from "./links.js";
import { same } from "./names.js";

export function drawTiles(pen, state, plan, maps) {
  const { surface, edge } = palette(state.theme);
  const { tile, tiles } = plan;
  const ground = rgb(mixed(surface, [128, 136, 146], 0.13));
  for (const [index, { layer, unit, x, y }] of tiles.entries()) {
    if (maps.plain[index]) pen.rectangle(x, y, tile, tile, { fill: ground });
    maps.draw(pen, index, x, y, tile);
    pen.rectangle(x - 0.5, y - 0.5, tile + 1, tile + 1, { stroke: edge, width: 1 });
    if (layer >= 0) drawNeuron(pen, state, { layer, unit, x, y }, tile);
    else if (maps.rest.has(unit)) drawRest(pen, state, x + tile / 2, y + tile / 2);
    drawValue(pen, state, plan, tiles[index]);
  }
}

/** An input that stays the same all over the plane. */
function drawRest(pen, { language, theme }, x, y) {
  const { ink, surface } = palette(theme);
  pen.text(word(language, "network.rest"), x, y, { size: 10, fill: ink, align: "center", baseline: "middle", halo: rgb(surface) });
}

/** What a neuron's tile has beyond an input's: a ring where it is chosen, its bias, its number. */
function drawNeuron(pen, { setup, frame, theme, look }, { layer, unit, x, y }, tile) {
  const { ink, surface } = palette(theme);
  const ring = same({ layer, unit }, look.neuron) ? 2.5 : same({ layer, unit }, look.hover) ? 1.5 : 0;
  if (ring) pen.rectangle(x - 2, y - 2, tile + 4, tile + 4, { stroke: ink, width: ring, radius: 2 });
  const bias = frame?.weights?.[setup.network.layers[layer].bias?.start + unit];
  if (bias) drawBias(pen, x, y + tile, bias, tile, theme);
  if (tile < 26) return;
  const style = { size: tile < 36 ? 9 : 10, weight: 600, fill: ink, baseline: "top", halo: rgb(surface) };
  pen.text(String(unit + 1), x + 4, y + 4, style);
}

function drawValue(pen, { probe, theme }, { tile, step }, { layer, unit, x, y }) {
  const value = layer < 0 ? probe?.inputs?.[unit] : probe?.layers?.[layer]?.[unit];
  if (value === undefined || step - tile < 13 || tile < 24) return;
  const style = { size: 10, fill: palette(theme).muted, align: "center", baseline: "top" };
  pen.text(number(value, 2), x + tile / 2, y + tile + 3, style);
}

/** The bias at the lower left corner: the more of it, the larger; full when positive, a ring when negative. */
function drawBias(pen, x, y, bias, tile, theme) {
  const { surface, positive, negative } = palette(theme);
  const ground = rgb(surface);
  const radius = Math.max(1.8, Math.min(0.15 * tile, 5.5) * (0.45 + 0.55 * strength(bias)));
  pen.circle(x, y, radius + 1.3, { fill: ground });
  if (bias > 0) pen.circle(x, y, radius, { fill: rgb(positive) });
  else pen.circle(x, y, radius - 0.6, { stroke: rgb(negative), width: Math.max(1.2, 0.45 * radius), fill: ground });
}
