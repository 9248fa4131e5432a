/**
 * The computational graph of one sample as a drawing in the page (SVG elements, so that it is read and found): values
 * above the edges, gradients below them. What a step has not reached yet is not shown.
 */

import { buildSvg, setText } from "../panels/build.js";
import { nameOf, number } from "../words.js";
import { widthOf } from "./lettering.js";
import { named } from "./sentences.js";
import { beginning } from "./units.js";

const HALF = 15; // half the height of a node
const SIGNS = {
  "*": "×",
  "-": "−",
  "/": "÷",
  "**": "xʸ",
  sigmoid: "σ",
  binary_crossentropy: "CE",
  categorical_crossentropy: "CE",
  mean_squared_error: "MSE",
  mean_absolute_error: "MAE",
};
const END = 56; // room for the last node's numbers
const NOT_YET = Infinity;

/**
 * @param {object} sample the server's message
 * @param {(group: object, index: number) => string} groupName
 * @returns {{element: SVGElement, width: number, height: number, show: (step: number) => void, place: (step: number) => [number, number]}}
 */
export function graph(sample, groupName) {
  const { nodes, edges, groups, steps, size } = sample;
  const [width, height] = [size[0] + END, size[1] + 2 * HALF];
  const marks = buildSvg("svg", { class: "graph", viewBox: `0 ${-HALF} ${width} ${height}`, role: "presentation" });
  const uses = new Map();
  for (const edge of edges) uses.set(edge.from, (uses.get(edge.from) ?? 0) + 1);
  const parts = []; // [element, the step from which it is shown]
  const reached = whenReached(sample);

  for (const { box } of groups)
    marks.append(buildSvg("rect", { class: "graph-group", x: box[0], y: box[1], width: box[2], height: box[3], rx: 12 }));
  const lines = edges.map((edge) => buildSvg("path", { class: "graph-edge", d: curve(ends(edge, nodes)) }));
  marks.append(...lines);
  for (const [index, group] of groups.entries()) {
    marks.append(buildSvg("text", { class: "graph-group-name", x: group.box[0] + 10, y: group.box[1] - 5 }, groupName(group, index)));
  }
  for (const edge of edges) {
    if (uses.get(edge.from) === 1) continue; // its part is the whole, which stands at the node
    const part = numeral("graph-gradient", ...nearEnd(ends(edge, nodes)), edge.outgoing);
    parts.push([part, reached.edges[edge.id]]);
    marks.append(part);
  }
  const circles = nodes.map((node) => {
    const element = nodeElement(node);
    const [kind, away] = { 0: ["at-end", 8], 1: ["", 28] }[uses.get(node.id) ?? 0] ?? ["", 21];
    const x = node.x + halfWidth(node) + away;
    const value = numeral(`graph-value ${kind}`, x, node.y - 5, node.value);
    const gradient = numeral(`graph-gradient ${kind}`, x, node.y + 14, node.gradient);
    parts.push([value, reached.values[node.id]], [gradient, reached.gradients[node.id]]);
    marks.append(element, value, gradient);
    return element;
  });
  for (const update of sample.updates) {
    if (update.node === null || update.node === undefined) continue;
    const { x, y } = nodes[update.node];
    const after = buildSvg("text", { class: "graph-after", x, y: y + HALF + 13 }, `→ ${number(update.after, 4)}`);
    parts.push([after, steps.findIndex((step) => step.phase === "update" && step.node === update.node)]);
    marks.append(after);
  }

  return {
    element: marks,
    width,
    height,
    show(step) {
      for (const [part, from] of parts) part.classList.toggle("hidden", step < from);
      const { node, edges: used, phase } = steps[step];
      for (const [id, line] of lines.entries()) line.classList.toggle("current", used.includes(id));
      for (const [id, circle] of circles.entries()) {
        circle.classList.toggle("current", id === node);
        circle.classList.toggle("reached", step >= reached.values[id]);
      }
      marks.dataset.phase = phase;
    },
    place(step) {
      const node = nodes[steps[step].node];
      return node ? [node.x, node.y + HALF] : [0, 0];
    },
  };
}

/** The step from which each node's value, each edge's gradient and each node's whole gradient are known. */
function whenReached({ nodes, edges, steps }) {
  const values = nodes.map((node) => (node.operation ? NOT_YET : -1));
  const ofEdges = edges.map(() => NOT_YET);
  for (const [index, step] of steps.entries()) {
    if (step.phase === "forward" || step.phase === "loss") values[step.node] = index;
    if (step.phase === "backward") for (const edge of step.edges) ofEdges[edge] = index;
  }
  const gradients = nodes.map(() => steps.findIndex((step) => step.key === "backward_start"));
  for (const edge of edges) gradients[edge.from] = Math.max(gradients[edge.from], ofEdges[edge.id]);
  return { values, edges: ofEdges, gradients };
}

/** What a node is: its operation, its value where it is a constant, else its name. */
function signOf({ operation, kind, value, label }) {
  if (operation) return SIGNS[operation] ?? nameOf("en", "activation", operation);
  return kind === "constant" ? number(value) : beginning(named(label));
}

function nodeElement(node) {
  const half = halfWidth(node);
  const element = buildSvg(
    "g",
    { class: `graph-node ${node.kind}`, transform: `translate(${node.x} ${node.y})` },
    buildSvg("rect", { x: -half, y: -HALF, width: 2 * half, height: 2 * HALF, rx: node.operation ? HALF : 6 }),
    buildSvg("text", { class: "graph-sign", y: 4.5 }, signOf(node)),
  );
  if (node.operation && node.label) element.append(buildSvg("text", { class: "graph-label", y: -HALF - 5 }, named(node.label)));
  return element;
}

function halfWidth(node) {
  return Math.max(HALF, widthOf(signOf(node)) / 2 + 9);
}

function numeral(kind, x, y, value) {
  const text = buildSvg("text", { class: `graph-number ${kind}`, x, y });
  setText(text, number(value));
  return text;
}

/** An edge's way, from the rim of its first node to the rim of its last. */
function ends(edge, nodes) {
  const [first, last] = [edge.points[0], edge.points.at(-1)];
  return [[first[0] + halfWidth(nodes[edge.from]), first[1]], ...edge.points.slice(1, -1), [last[0] - halfWidth(nodes[edge.to]), last[1]]];
}

/** A smooth line that leaves and enters every point level. */
function curve(points) {
  let path = `M${points[0]}`;
  for (const [index, [x, y]] of points.slice(1).entries()) {
    const [before, level] = points[index];
    const middle = (before + x) / 2;
    path += `C${middle} ${level} ${middle} ${y} ${x} ${y}`;
  }
  return path;
}

/**
 * The place on the last piece of a curve for the part of a gradient that this edge alone carries: where it has three
 * quarters of its rise behind it, the edges of a full layer are evenly apart; an edge with bends comes in flatter.
 */
function nearEnd(points) {
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  const t = points.length > 2 ? 0.85 : 0.674;
  return [x0 + (x1 - x0) * (1.5 * t * (1 - t) + t ** 3) + 8, y0 + (y1 - y0) * t * t * (3 - 2 * t) + 4];
}
