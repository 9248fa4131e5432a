/** Reads the pictures that the server sends: one binary frame, little endian, a header of 64 bytes and sections. */

const MAGIC = 0x31464252; // "RBF1"
const HEADER = 64;

/** Sections by their kind: the name in the frame and the type of their numbers. */
const SECTIONS = {
  1: ["weights", Float32Array],
  2: ["maps", Uint8Array],
  3: ["outcome", Uint8Array],
  4: ["hiddenPoints", Float32Array],
  5: ["hiddenGrid", Float32Array],
  6: ["confusion", Uint32Array],
  7: ["shares", Float32Array],
  8: ["outputs", Float32Array],
};

/** Sections that are read row by row, each row a map of its own: a neuron's, or a class's. */
const IN_ROWS = ["maps", "outcome"];

/**
 * Decodes one frame. The arrays are views on the buffer: nothing is copied.
 * @param {ArrayBuffer} buffer
 * @returns {object} numbers of the header, and one typed array for each section, or one for each of its rows; null where
 *   a section is missing
 */
export function decode(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) throw new Error("This is no frame of ours.");
  const whole = (place) => view.getUint32(place, true);
  const real = (place) => view.getFloat32(place, true);
  const frame = {
    generation: whole(4),
    sequence: whole(8),
    epoch: whole(12),
    batch: whole(16),
    step: whole(20),
    time: view.getFloat64(24, true),
    trainLoss: real(32),
    testLoss: real(36),
    trainAccuracy: real(40),
    testAccuracy: real(44),
    weights: null,
    maps: [],
    outcome: null,
    hiddenLayer: null,
    hiddenPoints: null,
    hiddenGrid: null,
    confusion: null,
    shares: null,
    outputs: null,
  };
  let place = HEADER;
  for (let left = whole(48); left > 0; left -= 1) {
    const [kind, layer, rows, columns] = [0, 4, 8, 12].map((offset) => whole(place + offset));
    const [name, Numbers] = SECTIONS[kind] ?? ["", Uint8Array];
    const numbers = new Numbers(buffer, place + 16, rows * columns);
    const section = IN_ROWS.includes(name) ? inRows(numbers, columns) : numbers;
    if (name === "maps") frame.maps[layer] = section;
    else if (name) frame[name] = section;
    if (name === "hiddenPoints") frame.hiddenLayer = layer;
    place += 16 + 4 * Math.ceil(numbers.byteLength / 4);
  }
  return frame;
}

const inRows = (numbers, columns) =>
  Array.from({ length: numbers.length / columns }, (_, row) => numbers.subarray(row * columns, (row + 1) * columns));
