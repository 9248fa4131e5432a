/** What the network answers: which class an output speaks for, and whether that is right. All views ask here. */

/**
 * The class that a row of probabilities speaks for: of two, class 1 above the half, as accuracy counts it; of several,
 * the likeliest.
 * @param {ArrayLike<number>} outputs @param {number} count of one row @param {number} start where the row begins
 */
function chosenClass(outputs, count, start) {
  if (count === 1) return outputs[start] > 0.5 ? 1 : 0;
  let best = 0;
  for (let each = 1; each < count; each += 1) if (outputs[start + each] > outputs[start + best]) best = each;
  return best;
}

/** The class for which an output neuron speaks, where there is one neuron for each class; null for any other neuron. */
export function classOf({ problem, network }, { layer, unit }) {
  const isOutput = layer === network.layers.length - 1;
  return isOutput && problem.task === "classes" && network.layers[layer].units === problem.classes.length ? unit : null;
}

/** The class that the network chooses for a shown point; null where its outputs are not here. */
export function answerOf({ setup, frame }, row) {
  const { outputs: count } = setup.network;
  if (!frame?.outputs || setup.problem.task !== "classes") return null;
  return chosenClass(frame.outputs, count, row * count);
}

/** Whether a shown point is taken for its own class; null where that is not known. */
export function isRight(state, row) {
  const target = state.setup.problem.points[row][2];
  const answer = answerOf(state, row);
  return answer === null || !Number.isFinite(target) ? null : answer === target;
}

/** Those of the shown rows that are taken for another class. */
export const wrongRows = (state, rows) => rows.filter((row) => isRight(state, row) === false);

/** The probability of each class, of two as of several. */
export const probabilities = (outputs) => (outputs.length === 1 ? [1 - outputs[0], outputs[0]] : [...outputs]);
