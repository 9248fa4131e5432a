/** The logic gates: four rows, all of them learnt from and tested. */

const GATES = ["AND", "OR", "NAND", "XOR"];

/** Whether the data are a gate. */
export const isGate = (setup) => GATES.includes(setup?.settings?.data);
