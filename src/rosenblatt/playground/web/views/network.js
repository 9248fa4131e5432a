/**
 * The network: inputs and layers from left to right, every neuron with its map and bias, every weight as a curve.
 * Tiles and curves are painted; transparent buttons above the tiles serve keyboard and screen reader.
 */

import { build, setText } from "../panels/build.js";
import { mathName, number, word } from "../words.js";
import { diverging, mixed, palette, rgb } from "./colours.js";
import { Atlas, Stage } from "./pen.js";

const MAP_SIDE = 32;
const MOST_SHOWN = 36; // neurons of a layer that are painted; beyond that: "... n more"
const MOST_TILE = 52;
const LEAST_TILE = 13;
const LEAST_PITCH = 47; // between two columns; a narrower page scrolls
const TALLEST = 640;
const HEAD = 44; // above the tiles: names of the layers
const FOOT = 12;
const BUCKETS = 8; // widths and shades of links
const MANY_LINKS = 200; // from here on weak links are thin, and while the run plays links are repainted less often:
const LINK_TIME = 0.12; // ms to wait for each of them
const NEAR_LINK = 6; // pixels within which the pointer is on a link

/** Features whose map can be painted without asking anyone. */
const FEATURES = {
  x1: (a) => a,
  x2: (a, b) => b,
  "x1^2": (a) => a * a,
  "x2^2": (a, b) => b * b,
  "x1*x2": (a, b) => a * b,
  "sin(pi*x1)": (a) => Math.sin(Math.PI * a),
  "sin(pi*x2)": (a, b) => Math.sin(Math.PI * b),
};

/** How an input follows from the place on the plane; undefined where it does not. */
function featureOf({ problem, network }, name) {
  if (!problem.bounds || network.picture) return undefined;
  return FEATURES[["x1", "x2"][problem.axes.indexOf(name)] ?? name];
}

/** A layer's name as the page says it. */
export function layerName(state, index) {
  const { layers } = state.setup.network;
  return index === layers.length - 1
    ? word(state.language, "network.output")
    : word(state.language, "network.layer", { number: index + 1 });
}

/** The short name above a layer's tiles. */
const layerTitle = (state, index) =>
  index < 0
    ? word(state.language, "network.inputs")
    : index === state.setup.network.layers.length - 1
      ? layerName(state, index)
      : word(state.language, "network.title", { number: index + 1 });

/** A neuron's name as the page says it. */
export const neuronName = (state, { layer, unit }) =>
  layer === state.setup.network.layers.length - 1
    ? word(state.language, "network.output_neuron", { number: unit + 1 })
    : word(state.language, "network.neuron", { number: unit + 1, layer: layerName(state, layer) });

const same = (one, other) => one?.layer === other?.layer && one?.unit === other?.unit;

/**
 * Where everything lies: columns of tiles, and the links between neighbours with the places of their weights.
 * @param {object} setup @param {number} width @param {number} [height] when it is given, the tiles fit into it
 */
export function arrange(setup, width, height = TALLEST) {
  const { inputs, layers, picture } = setup.network;
  const counts = [picture ? 1 : inputs.length, ...layers.map((layer) => layer.units)];
  const shown = counts.map((count) => (count > MOST_SHOWN ? MOST_SHOWN - 1 : count));
  const most = Math.max(...counts.map((count) => Math.min(count, MOST_SHOWN)));
  const longest = Math.max(...(picture ? [""] : inputs.slice(0, shown[0])).map((name) => mathName(name).length));
  const left = Math.min(96, 14 + 7 * longest);
  const right = 12;
  const wide = Math.max(width, left + right + LEAST_PITCH * counts.length - 20);
  const column = (wide - left - right) / counts.length;
  const tile = Math.floor(
    Math.max(LEAST_TILE, Math.min(MOST_TILE, 0.52 * column, (Math.min(height, TALLEST) - HEAD - FOOT) / (1.28 * most))),
  );
  const step = Math.max(tile + 4, Math.min(1.62 * tile, tile + 30, (Math.min(height, TALLEST) - HEAD - FOOT) / most));
  const used = HEAD + FOOT + Math.max(2.6, most) * step;
  const tall = height === TALLEST ? used : height;
  const middle = HEAD + (tall - HEAD - FOOT) / 2;
  const pitch = (wide - left - right - tile) / (counts.length - 1);
  const columns = counts.map((count, index) => {
    const more = count - shown[index];
    const top = middle - ((shown[index] + (more ? 1 : 0)) * step - (step - tile)) / 2;
    return { layer: index - 1, count, shown: shown[index], more, x: left + index * pitch, top, at: (unit) => top + unit * step };
  });
  const tiles = columns.flatMap(({ layer, shown: units, x, at }) =>
    Array.from({ length: units }, (_, unit) => ({ layer, unit, x, y: at(unit) })),
  );
  const plan = { width: wide, height: Math.ceil(tall), tile, step, pitch, columns, tiles };
  return { ...plan, ...links(setup, plan) };
}

/** The links of all pairs of neighbours: a curve of eight numbers each, the place of its weight, and its two ends. */
function links(setup, { columns, tile }) {
  const curves = [];
  const weights = [];
  const ends = []; // layer of the target, unit it comes from, unit it goes to
  for (let index = 1; index < columns.length; index += 1) {
    const [from, to] = [columns[index - 1], columns[index]];
    const { kernel } = setup.network.layers[index - 1];
    if (!kernel || kernel.rows !== from.count) continue;
    const [x0, x1] = [from.x + tile, to.x];
    const bend = (x0 + x1) / 2;
    for (let i = 0; i < from.shown; i += 1) {
      for (let j = 0; j < to.shown; j += 1) {
        const [y0, y1] = [from.at(i) + tile / 2, to.at(j) + tile / 2];
        curves.push(x0, y0, bend, y0, bend, y1, x1, y1);
        weights.push(kernel.start + i * kernel.columns + j);
        ends.push(index - 1, i, j);
      }
    }
  }
  return { curves: Float32Array.from(curves), weights: Int32Array.from(weights), ends: Int32Array.from(ends) };
}

/** How strong a weight looks, from 0 to 1; a weight of 1 is half as strong as can be. */
const strength = (weight) => Math.abs(weight) / (1 + Math.abs(weight));

/** Paints the links, the weak ones first; with one neuron in focus, the links of the others step back. */
function drawLinks(pen, plan, weights, theme, focus) {
  if (!weights) return;
  const { curves, ends, tile } = plan;
  const many = plan.weights.length > MANY_LINKS;
  const { surface, positive, negative } = palette(theme);
  const broadest = Math.max(1.6, Math.min(5.5, 0.13 * tile));
  const flats = Array.from({ length: 4 * BUCKETS }, () => []);
  for (let link = 0; link < plan.weights.length; link += 1) {
    const weight = weights[plan.weights[link]];
    if (!weight) continue;
    const [layer, from, to] = [ends[3 * link], ends[3 * link + 1], ends[3 * link + 2]];
    const near = !focus || (focus.layer === layer && focus.unit === to) || (focus.layer === layer - 1 && focus.unit === from);
    const bucket = Math.min(BUCKETS - 1, Math.floor(BUCKETS * strength(weight)));
    const flat = flats[(near ? 2 * BUCKETS : 0) + 2 * bucket + (weight < 0 ? 1 : 0)];
    for (let i = 8 * link; i < 8 * link + 8; i += 1) flat.push(curves[i]);
  }
  for (const [index, flat] of flats.entries()) {
    const near = index >= 2 * BUCKETS;
    const share = ((index >> 1) % BUCKETS) / (BUCKETS - 1);
    const colour = mixed(surface, index % 2 ? negative : positive, near ? 0.3 + 0.7 * share : 0.12 + 0.12 * share);
    // A line of one pixel costs a tenth of a broader one: of very many links only the strongest are broad.
    const width = many ? Math.max(1, 1 + (share - 0.5) * 2 * (broadest - 1)) : 0.9 + share * broadest;
    const style = { stroke: rgb(colour), width, dash: index % 2 ? [3 + 1.5 * width, 1.5 + 1.5 * width] : [] };
    // Short paths are quicker: where many curves of one path cross, the painter must sort them.
    for (let i = 0; i < flat.length; i += 64) pen.curves(flat.slice(i, i + 64), style);
  }
}

/** What seldom changes: names, the ground of frozen layers, the counts of neurons that are not painted. */
function drawFrame(pen, state, plan) {
  const { setup, language, theme } = state;
  const { ink, muted, faint, surface, positive } = palette(theme);
  const { layers, inputs, picture } = setup.network;
  const { tile, columns, pitch, height } = plan;
  if (picture) drawBundle(pen, columns, tile, faint);
  for (const { layer, x, top, at, shown, more } of columns) {
    const center = x + tile / 2;
    const about = layers[layer];
    const room = layer < 0 || layer === layers.length - 1 ? tile + 40 : pitch - 6;
    if (about?.frozen) {
      pen.rectangle(x - 7, 4, tile + 14, height - 8, {
        fill: rgb(mixed(surface, positive, 0.07)), stroke: rgb(mixed(surface, positive, 0.4)), width: 1, dash: [2, 3], radius: 8,
      });
      drawSnow(pen, center, height - 22, 6, rgb(mixed(surface, positive, 0.8)), rgb(surface));
    }
    const full = layerTitle(state, layer);
    const fits = pen.measure(full, { size: 12, weight: 600 }) <= Math.max(room, pitch - 4);
    const title = fits || layer < 0 || layer === layers.length - 1 ? full : String(layer + 1);
    const align = layer === layers.length - 1 && center + pen.measure(title, { size: 12, weight: 600 }) / 2 > plan.width - 4 ? "right" : "center";
    const place = align === "right" ? plan.width - 4 : center;
    pen.text(title, place, 18, { size: 12, weight: 600, fill: ink, align });
    if (about && pen.measure(about.activation, { size: 11 }) < room) {
      pen.text(about.activation, place, 33, { size: 11, fill: muted, align });
    }
    if (more) {
      const text = word(language, pitch > 74 ? "network.more" : "network.more.short", { count: more });
      pen.text(text, center, at(shown) + tile / 2, { size: 11, fill: muted, align: "center", baseline: "middle" });
    }
    if (layer < 0 && picture) {
      pen.text(`${picture[0]} × ${picture[1]}`, center, top + tile + 14, { size: 11, fill: muted, align: "center" });
    } else if (layer < 0) {
      for (let unit = 0; unit < shown; unit += 1) {
        const size = tile < 18 ? 10 : 13;
        pen.text(mathName(inputs[unit]).slice(0, 14), x - 7, at(unit) + tile / 2, { size, fill: ink, align: "right", baseline: "middle" });
      }
    }
  }
}

/** A picture's inputs are one tile; that all of them go to every neuron is shown by plain lines. */
function drawBundle(pen, [from, to], tile, stroke) {
  const [x0, x1, y0] = [from.x + tile, to.x, from.at(0) + tile / 2];
  const bend = (x0 + x1) / 2;
  const ends = Array.from({ length: to.shown }, (_, unit) => to.at(unit) + tile / 2);
  pen.curves(ends.flatMap((y1) => [x0, y0, bend, y0, bend, y1, x1, y1]), { stroke, width: 1 });
}

function drawSnow(pen, x, y, radius, stroke, ground) {
  pen.circle(x, y + radius, radius + 2.5, { fill: ground, stroke, width: 1 });
  const flat = [0, 1, 2].flatMap((arm) => {
    const [dx, dy] = [radius * Math.cos((arm * Math.PI) / 3), radius * Math.sin((arm * Math.PI) / 3)];
    return [x - dx, y + radius - dy, x + dx, y + radius + dy];
  });
  pen.lines(flat, { stroke, width: 1.3, cap: "round" });
}

/** Writes the weights that go into one neuron as a picture: the greatest of them has the full colour. */
export function writeWeights(atlas, tile, weights, kernel, unit, table) {
  const at = (i) => weights[kernel.start + i * kernel.columns + unit];
  let greatest = 1e-9;
  for (let i = 0; i < kernel.rows; i += 1) greatest = Math.max(greatest, Math.abs(at(i)));
  atlas.fill(tile, (i) => table[Math.floor(128.5 + (127 * at(i)) / greatest)]);
}

/** The maps of all tiles as one atlas; what has no map has a plain tile. */
class Maps {
  constructor(setup, plan) {
    const { layers, picture, inputs } = setup.network;
    this.atlas = new Atlas(plan.tiles.length, MAP_SIDE, MAP_SIDE);
    this.weights = picture && new Atlas(plan.columns[1].shown, picture[1], picture[0]);
    this.plain = plan.tiles.map(({ layer, unit }) => (layer < 0 ? !featureOf(setup, inputs[unit]) : layers[layer].maps !== "plane"));
    Object.assign(this, { setup, plan });
  }

  /** Writes the maps of a frame into the atlas. */
  write({ frame, theme }) {
    const { setup, plan, atlas, plain } = this;
    const table = diverging(theme);
    const blank = table[128];
    this.ready = Boolean(frame);
    for (const [index, { layer, unit }] of plan.tiles.entries()) {
      if (plain[index]) continue;
      if (layer < 0) this.#feature(index, setup.network.inputs[unit], table);
      else if (frame?.maps[layer]) atlas.write(index, frame.maps[layer], unit * MAP_SIDE ** 2, table);
      else atlas.fill(index, () => blank);
    }
    atlas.show();
    if (this.weights && frame?.weights && setup.network.layers[0].maps === "weights") this.#pictures(frame.weights, table);
  }

  /** A feature over the plane, scaled like a neuron's map. */
  #feature(index, name, table) {
    if (this.theme === table && this.features?.has(index)) return;
    if (this.theme !== table) this.features = new Set();
    this.theme = table;
    this.features.add(index);
    const [x1Low, x1High, x2Low, x2High] = this.setup.problem.bounds;
    const cell = (place, low, high) => low + ((place + 0.5) / MAP_SIDE) * (high - low);
    const values = Float32Array.from({ length: MAP_SIDE ** 2 }, (_, i) =>
      featureOf(this.setup, name)(cell(i % MAP_SIDE, x1Low, x1High), cell(MAP_SIDE - 1 - Math.floor(i / MAP_SIDE), x2Low, x2High)),
    );
    const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    this.atlas.fill(index, (i) => table[Math.floor(128.5 + (127 * values[i]) / greatest)]);
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

/** Tiles with frame, bias mark, number, and, when the pointer reads a place of the plane, the output there. */
function drawTiles(pen, state, plan, maps) {
  const { setup, frame, theme, look, probe } = state;
  const { surface, ink, muted, edge } = palette(theme);
  const { tile, tiles, step } = plan;
  const ground = rgb(mixed(surface, [128, 136, 146], 0.13));
  for (const [index, { layer, unit, x, y }] of tiles.entries()) {
    if (maps.plain[index]) pen.rectangle(x, y, tile, tile, { fill: ground });
    maps.draw(pen, index, x, y, tile);
    pen.rectangle(x - 0.5, y - 0.5, tile + 1, tile + 1, { stroke: edge, width: 1 });
    const ring = same({ layer, unit }, look.neuron) ? 2.5 : same({ layer, unit }, look.hover) ? 1.5 : 0;
    if (ring) pen.rectangle(x - 2, y - 2, tile + 4, tile + 4, { stroke: ink, width: ring, radius: 2 });
    const about = setup.network.layers[layer];
    if (about?.bias && frame?.weights) {
      const bias = frame.weights[about.bias.start + unit];
      if (bias) drawBias(pen, x, y + tile, bias, tile, theme);
    }
    if (layer >= 0 && tile >= 26) {
      pen.text(String(unit + 1), x + 4, y + 4, { size: tile < 36 ? 9 : 10, weight: 600, fill: ink, baseline: "top", halo: rgb(surface) });
    }
    const value = layer < 0 ? probe?.inputs?.[unit] : probe?.layers?.[layer]?.[unit];
    if (value !== undefined && step - tile >= 13 && tile >= 24) {
      pen.text(number(value, 2), x + tile / 2, y + tile + 3, { size: 10, fill: muted, align: "center", baseline: "top" });
    }
  }
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

/** Weights as numbers, near the neurons they come from: of the neuron in focus, or of all where they are few. */
function drawWeights(pen, state, plan, focus) {
  const { frame, theme } = state;
  const few = plan.weights.length <= 9;
  if (!frame?.weights || (!focus && !few) || plan.pitch - plan.tile < 56) return;
  const { ink, surface } = palette(theme);
  for (let link = 0; link < plan.weights.length; link += 1) {
    const [layer, , to] = plan.ends.subarray(3 * link, 3 * link + 3);
    if (focus ? focus.layer !== layer || focus.unit !== to : !few) continue;
    const [x, y] = along(plan, link, 0.33);
    pen.text(number(frame.weights[plan.weights[link]], 2), x, y, {
      size: 11, weight: 500, fill: ink, align: "center", baseline: "middle", halo: rgb(surface),
    });
  }
}

/** A place on a link's curve. */
function along({ curves }, link, share) {
  const [x0, y0, , , , , x1, y1] = curves.subarray(8 * link, 8 * link + 8);
  return [x0 + (x1 - x0) * (1.5 * share * (1 - share) + share ** 3), y0 + (y1 - y0) * share ** 2 * (3 - 2 * share)];
}

/** The link nearest to a place, if one is near: all links of a gap have the same shape, only other heights. */
function linkAt({ curves, weights }, x, y) {
  let best = -1;
  let nearest = NEAR_LINK;
  for (let link = 0; link < weights.length; link += 1) {
    const [x0, y0, y1, x1] = [curves[8 * link], curves[8 * link + 1], curves[8 * link + 7], curves[8 * link + 6]];
    if (x < x0 || x > x1) continue;
    let [low, high] = [0, 1];
    const part = (x - x0) / (x1 - x0);
    for (let halving = 0; halving < 9; halving += 1) {
      const share = (low + high) / 2;
      if (1.5 * share * (1 - share) + share ** 3 < part) low = share;
      else high = share;
    }
    const distance = Math.abs(y0 + (y1 - y0) * low ** 2 * (3 - 2 * low) - y);
    if (distance < nearest) [best, nearest] = [link, distance];
  }
  return best;
}

/**
 * Draws the whole network once, for export.
 * @param {import("./pen.js").SvgPen} pen @param {object} state @param {{width: number, height?: number}} size
 */
export function drawNetwork(pen, state, size) {
  const plan = arrange(state.setup, size.width, size.height);
  const maps = new Maps(state.setup, plan);
  maps.write(state);
  pen.rectangle(0, 0, plan.width, plan.height, { fill: rgb(palette(state.theme).surface) });
  drawFrame(pen, state, plan);
  drawLinks(pen, plan, state.frame?.weights, state.theme, null);
  drawTiles(pen, state, plan, maps);
  drawWeights(pen, state, plan, null);
  return { width: plan.width, height: plan.height };
}

/** The network on the page. */
export function network(element, actions) {
  const scroller = build("div", { class: "network-scroller" });
  const sheet = build("div", { class: "network-sheet" });
  const buttons = build("div", { class: "network-neurons", role: "group" });
  const label = build("div", { class: "network-label", "aria-hidden": "true", hidden: true });
  const field = build("input", { type: "number", step: "any", class: "number" });
  const fieldName = build("span");
  const editor = build("form", { class: "network-editor", hidden: true }, build("label", {}, fieldName, field));
  const hint = build("p", { class: "hint network-hint" });
  const stage = new Stage(scroller, "network", () => repaint(), sheet);
  stage.canvas.setAttribute("role", "img");
  scroller.append(sheet);
  sheet.append(buttons, label, editor);
  element.append(scroller, hint);

  let state = {};
  let painted = {};
  let plan = null;
  let arranged = ""; // the shape that the plan was made for
  let maps = null;
  const links = stage.layer();
  const frame = stage.layer();
  let linksAt = 0;
  let link = -1; // under the pointer
  let edited = -1; // in the field
  const byPlace = new Map(); // buttons by "layer unit"

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  function render(next) {
    state = next;
    if (!state.setup || !stage.hostWidth) return;
    const fresh = (...names) => names.some((name) => painted[name] !== state[name]);
    if (!fresh("setup", "frame", "theme", "language", "look", "probe", "status") && painted.link === link) return;
    const remade = fresh("setup", "language", "theme");
    if (painted.setup !== state.setup) rearrange();
    if (remade) {
      describeAll();
      frame.draw((pen) => drawFrame(pen, state, plan));
    }
    if (remade || painted.frame !== state.frame) maps.write(state);
    const focus = state.look.hover ?? state.look.neuron;
    const hurried = state.status?.playing && plan.weights.length > MANY_LINKS && performance.now() - linksAt < LINK_TIME * plan.weights.length;
    const otherLinks = painted.weights !== state.frame?.weights;
    if (remade || !same(painted.focus, focus) || (otherLinks && !hurried)) {
      links.draw((pen) => drawLinks(pen, plan, state.frame?.weights, state.theme, focus));
      linksAt = performance.now();
      painted.weights = state.frame?.weights;
    }
    const pen = stage.clear();
    frame.paste();
    links.paste();
    if (link >= 0) drawLink(pen);
    drawTiles(pen, state, plan, maps);
    drawWeights(pen, state, plan, focus);
    if (link >= 0) showLabel();
    const { weights } = painted;
    painted = { ...state, weights, focus, link };
  }

  function rearrange() {
    const { inputs, layers, picture } = state.setup.network;
    const shape = JSON.stringify([stage.hostWidth, inputs, picture, layers.map(({ units, kernel }) => [units, kernel])]);
    if (shape !== arranged) plan = arrange(state.setup, stage.hostWidth);
    maps = new Maps(state.setup, plan);
    if (shape === arranged) return;
    arranged = shape;
    stage.resize(plan.width, plan.height);
    sheet.style.width = `${plan.width}px`;
    link = -1;
    label.hidden = true;
    if (edited >= 0) close();
    placeButtons();
  }

  /** One button above each tile of a neuron; those that are there already are kept, and with them the focus. */
  function placeButtons() {
    const kept = new Set();
    for (const { layer, unit, x, y } of plan.tiles) {
      if (layer < 0) continue;
      const place = `${layer} ${unit}`;
      kept.add(place);
      if (!byPlace.has(place)) byPlace.set(place, button({ layer, unit }));
      const { style } = byPlace.get(place);
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = style.height = `${plan.tile}px`;
    }
    for (const [place, each] of byPlace) {
      if (kept.has(place)) continue;
      byPlace.delete(place);
      each.blur(); // before it goes: what has the focus cannot be removed by its own blur
      each.remove();
    }
    if (![...byPlace.values()].some((each) => each.tabIndex === 0)) byPlace.values().next().value.tabIndex = 0;
  }

  function button(neuron) {
    const made = build("button", { type: "button", class: "neuron", tabindex: "-1" });
    const enter = () => {
      made.setAttribute("aria-label", described(neuron));
      actions.look({ hover: neuron });
    };
    const leave = () => same(state.look.hover, neuron) && actions.look({ hover: null });
    made.addEventListener("pointerenter", enter);
    made.addEventListener("pointerleave", leave);
    made.addEventListener("focus", () => {
      for (const other of byPlace.values()) other.tabIndex = other === made ? 0 : -1;
      if (made.matches(":focus-visible")) enter();
    });
    made.addEventListener("blur", leave);
    made.addEventListener("click", () => {
      const chosen = same(state.look.neuron, neuron);
      actions.look({ neuron: chosen ? null : neuron });
      if (!chosen) actions.open?.("neuron");
    });
    made.addEventListener("keydown", (event) => move(event, neuron));
    made.setAttribute("aria-label", described(neuron));
    buttons.append(made);
    return made;
  }

  /** Arrow keys go from neuron to neuron; a layer of fewer neurons is entered at the nearest. */
  function move(event, { layer, unit }) {
    const { columns } = plan;
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const end = { Home: 0, End: columns[layer + 1].shown - 1 }[event.key];
    if (!step && end === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(columns.length - 2, layer + (step?.[0] ?? 0)));
    const wanted = end ?? unit + step[1];
    byPlace.get(`${to} ${Math.max(0, Math.min(columns[to + 1].shown - 1, wanted))}`)?.focus();
  }

  function described({ layer, unit }) {
    const { activation, bias, frozen } = state.setup.network.layers[layer];
    const value = bias && state.frame?.weights ? number(state.frame.weights[bias.start + unit], 2) : "–";
    const text = word(state.language, "network.neuron.about", { name: neuronName(state, { layer, unit }), activation, bias: value });
    return frozen ? `${text}, ${word(state.language, "network.frozen")}` : text;
  }

  function describeAll() {
    const { language, setup } = state;
    const { layers, inputs } = setup.network;
    const values = { inputs: inputs.length, layers: layers.map((layer) => layer.units).join(", ") };
    stage.canvas.setAttribute("aria-label", word(language, "network.picture", values));
    buttons.setAttribute("aria-label", word(language, "network.neurons"));
    setText(hint, word(language, "network.hint"));
    for (const [place, each] of byPlace) {
      const [layer, unit] = place.split(" ").map(Number);
      each.setAttribute("aria-label", described({ layer, unit }));
    }
  }

  const weightOf = (index) => state.frame?.weights?.[plan.weights[index]];

  function linkName(index) {
    const [layer, from, to] = plan.ends.subarray(3 * index, 3 * index + 3);
    const source = layer ? neuronName(state, { layer: layer - 1, unit: from }) : mathName(state.setup.network.inputs[from]);
    return word(state.language, "network.weight", { from: source, to: neuronName(state, { layer, unit: to }) });
  }

  function drawLink(pen) {
    const flat = plan.curves.subarray(8 * link, 8 * link + 8);
    const weight = weightOf(link) ?? 0;
    const { surface, ink, positive, negative } = palette(state.theme);
    pen.curves(flat, { stroke: rgb(surface), width: 8 });
    pen.curves(flat, { stroke: ink, width: 5 });
    pen.curves(flat, { stroke: rgb(weight < 0 ? negative : positive), width: 3, dash: weight < 0 ? [8, 5] : [] });
  }

  function showLabel() {
    setText(label, `w = ${number(weightOf(link), 3)}`);
  }

  sheet.addEventListener("pointermove", (event) => {
    if (!plan || event.target !== stage.canvas) return point(-1);
    const found = linkAt(plan, event.offsetX, event.offsetY);
    label.style.transform = `translate(${event.offsetX}px, ${event.offsetY}px)`;
    label.classList.toggle("left", event.offsetX > plan.width - 90);
    point(found);
  });
  sheet.addEventListener("pointerleave", () => point(-1));

  function point(found) {
    if (found === link) return;
    link = found;
    label.hidden = found < 0 || edited >= 0;
    stage.canvas.classList.toggle("pointing", found >= 0);
    render(state);
  }

  /** A click on a link opens a field for its weight. */
  stage.canvas.addEventListener("click", (event) => {
    const found = plan ? linkAt(plan, event.offsetX, event.offsetY) : -1;
    if (found < 0) return close();
    edited = found;
    label.hidden = true;
    setText(fieldName, linkName(found));
    field.value = Number(weightOf(found)?.toFixed(4) ?? 0);
    editor.hidden = false;
    const x = Math.max(4, Math.min(plan.width - 200, event.offsetX - 90));
    editor.style.transform = `translate(${x}px, ${Math.min(plan.height - 80, event.offsetY + 12)}px)`;
    field.focus();
    field.select();
  });
  function close() {
    edited = -1;
    editor.hidden = true;
  }
  field.addEventListener("input", () => {
    if (edited < 0 || field.value === "" || !Number.isFinite(field.valueAsNumber)) return;
    actions.send({ do: "weights", edits: [[plan.weights[edited], field.valueAsNumber]] });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  field.addEventListener("blur", close);
  editor.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });

  return render;
}
