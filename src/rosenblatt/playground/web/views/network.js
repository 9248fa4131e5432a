/**
 * The network: inputs and layers from left to right, every neuron with its map and bias, every weight as a curve.
 * Tiles and curves are painted; what can be used lies above them, in neurons.js and weights.js.
 */

import { build, setText } from "../panels/build.js";
import { unchanged } from "../state.js";
import { word } from "../words.js";
import { arrange } from "./arrangement.js";
import { palette, rgb } from "./colours.js";
import { drawColumns } from "./columns.js";
import { showRanges } from "./legend.js";
import { drawLink, drawLinks, drawWeights, MANY_LINKS } from "./links.js";
import { Maps } from "./maps.js";
import { same } from "./names.js";
import { neuronButtons } from "./neurons.js";
import { Stage } from "./stage.js";
import { drawTiles } from "./tiles.js";
import { weightEditor } from "./weights.js";

const LINK_TIME = 0.12; // ms that a link out of many has between two paintings, while the run plays

/**
 * Draws the whole network once, for export.
 * @param {import("./svg.js").SvgPen} pen @param {object} state @param {{width: number, height?: number}} size
 */
export function drawNetwork(pen, state, size) {
  const plan = arrange(state.setup, size.width, size.height);
  const maps = new Maps(state.setup, plan);
  maps.write(state);
  pen.rectangle(0, 0, plan.width, plan.height, { fill: rgb(palette(state.theme).surface) });
  drawColumns(pen, state, plan);
  drawLinks(pen, plan, state.frame?.weights, state.theme, null);
  drawTiles(pen, state, plan, maps);
  drawWeights(pen, state, plan, null);
  return { width: plan.width, height: plan.height };
}

/** The network on the page. */
export function network(element, actions) {
  const scroller = build("div", { class: "network-scroller" });
  const sheet = build("div", { class: "network-sheet" });
  const hint = build("p", { class: "hint network-hint" });
  const stage = new Stage(scroller, "network", () => repaint(), sheet);
  stage.canvas.setAttribute("role", "img");
  scroller.append(sheet);
  const legend = build("ul", { class: "legend" });
  element.append(scroller, legend, hint);

  let state = {};
  let painted = {};
  let plan = null;
  let arranged = ""; // the shape that the plan was made for
  let maps = null;
  let linksAt = 0;
  const links = stage.layer();
  const columns = stage.layer();
  const current = () => ({ state, plan });
  const buttons = neuronButtons(actions, current);
  sheet.append(buttons.element);
  const pointed = weightEditor(sheet, stage.canvas, actions, current, () => render(state));

  function repaint() {
    painted = {};
    if (state.setup) render(state);
  }

  function render(next) {
    state = next;
    if (!state.setup || !stage.hostWidth) return;
    const fresh = (...names) => !unchanged(painted, state, ...names);
    if (!fresh("setup", "frame", "theme", "language", "look", "probe", "status") && painted.link === pointed.link) return;
    if (fresh("setup")) rearrange();
    const remade = fresh("setup", "language", "theme");
    if (remade) remake();
    if (remade || fresh("frame")) maps.write(state);
    const focus = state.look.hover ?? state.look.neuron;
    const weights = paintLinks(focus, remade);
    paint(focus);
    painted = { ...state, weights, focus, link: pointed.link };
  }

  /** Names, and what the picture says to those who hear it. */
  function remake() {
    const { language, setup } = state;
    const { layers, inputs } = setup.network;
    const values = { inputs: inputs.length, layers: layers.map((layer) => layer.units).join(", ") };
    stage.canvas.setAttribute("aria-label", word(language, "network.picture", values));
    setText(hint, word(language, "network.hint"));
    showRanges(legend, state);
    buttons.describe();
    columns.draw((pen) => drawColumns(pen, state, plan));
  }

  /** Very many links take long to paint: they wait while the run plays. Gives the weights that are shown. */
  function paintLinks(focus, remade) {
    const weights = state.frame?.weights;
    const count = plan.weights.length;
    const mayWait = state.status?.playing && count > MANY_LINKS && performance.now() - linksAt < LINK_TIME * count;
    if (!remade && same(painted.focus, focus) && (painted.weights === weights || mayWait)) return painted.weights;
    links.draw((pen) => drawLinks(pen, plan, weights, state.theme, focus));
    linksAt = performance.now();
    return weights;
  }

  function paint(focus) {
    const pen = stage.clear();
    columns.paste();
    links.paste();
    if (pointed.link >= 0) drawLink(pen, plan, pointed.link, state.frame?.weights?.[plan.weights[pointed.link]] ?? 0, state.theme);
    drawTiles(pen, state, plan, maps);
    drawWeights(pen, state, plan, focus);
    pointed.show();
  }

  function rearrange() {
    const { inputs, layers, picture } = state.setup.network;
    const { classes } = state.setup.problem;
    const shape = JSON.stringify([stage.hostWidth, inputs, classes, picture, layers.map(({ units, kernel }) => [units, kernel])]);
    const isOther = shape !== arranged;
    if (isOther) plan = arrange(state.setup, stage.hostWidth);
    maps = new Maps(state.setup, plan);
    if (!isOther) return;
    arranged = shape;
    stage.resize(plan.width, plan.height);
    sheet.style.width = `${plan.width}px`;
    pointed.leave();
    buttons.place();
  }

  return render;
}
