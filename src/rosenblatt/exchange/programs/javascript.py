"""A model as one JavaScript module without dependencies, for browsers and Node.

    import { predict } from "./predict.js";    predict(row) -> Float32Array

Computed in the double precision of JavaScript from the weights as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rosenblatt.exchange.programs.chain import DIGITS, Chain, Step
from rosenblatt.exchange.programs.python import in_base64
from rosenblatt.functional import special
from rosenblatt.version import __version__

HEAD = """\
// {name}: {inputs} numbers in, {outputs} out. Written by rosenblatt {version}.
//
//     import {{ {exported} }} from "./{file}";
//     predict(row)     row: {inputs} numbers, such as an Array; answered by {outputs} numbers
//
// As a program it answers rows of comma-separated numbers, from a file or its standard input: node {file} rows.csv
"""

NUMBERS = {"float32": "Float32Array", "float64": "Float64Array", "int8": "Int8Array"}

# Whole layers. A kernel lies in memory input by input, so the inner loops run along it.
OPERATIONS = {
    "dense": """\
// y = x kernel + bias
function dense(x, rows, width, units, kernel, bias) {
  const y = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    const start = row * units;
    y.set(bias, start);
    for (let input = 0; input < width; input++) {
      const value = x[row * width + input];
      for (let unit = 0; unit < units; unit++) y[start + unit] += value * kernel[input * units + unit];
    }
  }
  return y;
}
""",
    "dense_int8": """\
// y = (x kernel) scale + bias, where the kernel is of whole numbers
function dense_int8(x, rows, width, units, kernel, bias, scale) {
  const y = new Float64Array(rows * units);
  for (let row = 0; row < rows; row++) {
    const start = row * units;
    for (let input = 0; input < width; input++) {
      const value = x[row * width + input];
      for (let unit = 0; unit < units; unit++) y[start + unit] += value * kernel[input * units + unit];
    }
  }
  return y.map((sum, place) => sum * scale[place % units] + bias[place % units]);
}
""",
    "normalization": """\
// y = (x - center) factor + shift
function normalization(x, rows, width, units, center, factor, shift) {
  return Float64Array.from(x, (value, place) => {
    const unit = place % width;
    return (value - center[unit]) * factor[unit] + shift[unit];
  });
}
""",
    "layer_normalization": """\
// each row with its mean and variance taken off, then y = n gamma + beta
function layer_normalization(x, rows, width, units, gamma, beta, { epsilon }) {
  return eachRow(x, width, (row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    return row.map((value, unit) => ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[unit] + beta[unit]);
  });
}
""",
    "prelu": """\
// y = x above zero, else alpha x
function prelu(x, rows, width, units, alpha) {
  return Float64Array.from(x, (value, unit) => (value > 0 ? value : alpha[unit] * value));
}
""",
    "softmax": """\
// y = exp(z) / the sum of exp(z)
function softmax(x, rows, width) {
  return eachRow(x, width, (z) => {
    const largest = z.reduce((a, b) => Math.max(a, b));
    const y = z.map((value) => Math.exp(value - largest));
    const sum = y.reduce((a, b) => a + b);
    return y.map((value) => value / sum);
  });
}
""",
    "log_softmax": """\
// y = log(softmax(z))
function log_softmax(x, rows, width) {
  return eachRow(x, width, (z) => {
    const largest = z.reduce((a, b) => Math.max(a, b));
    const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
    return z.map((value) => value - largest - Math.log(sum));
  });
}
""",
}
BY_ROW = ("layer_normalization", "softmax", "log_softmax")

EACH_ROW = """\
function eachRow(x, width, change) {
  const y = Float64Array.from(x);
  for (let start = 0; start < y.length; start += width) y.set(change(y.slice(start, start + width)), start);
  return y;
}
"""

# What happens to each number alone: f(z), with parameters by name.
FUNCTIONS = {
    "elu": "z > 0 ? z : alpha * Math.expm1(z)",
    "exponential": "Math.exp(z)",
    "gelu": (
        "approximate\n"
        "      ? (z * (1 + Math.tanh(0.7978845608028654 * (z + 0.044715 * z ** 3)))) / 2\n"
        "      : (z * (1 + erf(z / Math.SQRT2))) / 2"
    ),
    "hard_sigmoid": "Math.min(Math.max(z + 3, 0), 6) / 6",
    "leaky_relu": "z > 0 ? z : negative_slope * z",
    "mish": "z * Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))))",
    "relu": "Math.min(z > threshold ? z : negative_slope * (z - threshold), max_value ?? Infinity)",
    "relu6": "Math.min(Math.max(z, 0), 6)",
    "rescaling": "scale * z + offset",
    "selu": "1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z))",
    "sigmoid": "1 / (1 + Math.exp(-z))",
    "silu": "z / (1 + Math.exp(-z))",
    "softplus": "Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))",
    "softsign": "z / (1 + Math.abs(z))",
    "step": "Number(z >= 0)",
    "tanh": "Math.tanh(z)",
}

# JavaScript has no error function: W. J. Cody's rational approximations (1969), as in rosenblatt.functional.special.
ERF = f"""\
const horner = (coefficients, x) => coefficients.reduce((total, coefficient) => total * x + coefficient);
function erf(x) {{
  const size = Math.min(Math.abs(x), {special.ONE_FROM_HERE});
  if (size <= {special.SEAM})
    return (
      (x * horner({json.dumps(special.NEAR_NUMERATOR)}, size * size)) /
      horner({json.dumps(special.NEAR_DENOMINATOR)}, size * size)
    );
  const rest =
    (Math.exp(-size * size) * horner({json.dumps(special.FAR_NUMERATOR)}, size)) /
    horner({json.dumps(special.FAR_DENOMINATOR)}, size);
  return Math.sign(x) * (1 - rest);
}}
"""

CHECKED = """\
function checked(value) {
  if (typeof value === "number") return value;
  throw new TypeError(`predict: expected numbers, got '${value}' (${typeof value}).`);
}
"""

NUMBERS_OF = """\
function numbers(text, Type) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Type(bytes.buffer);
}
"""

CLASSIFY = """\
/** The class of a row: {answer}. */
export function classify(row) {{
  const y = predict(row);
  const number = {rule};
  return {found};
}}
"""
MAIN = """\
const NUMBER = /^[ \\t\\v\\f\\r]*[+-]?((\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|nan)[ \\t\\v\\f\\r]*$/i;
const trimmed = (cell) => cell.replace(/^[ \\t\\v\\f\\r]+|[ \\t\\v\\f\\r]+$/g, "");

// The numbers of each line; a first line without any is a header.
function* rowsOf(text) {{
  for (const [place, line] of text.replace(/^\\uFEFF/, "").split("\\n").entries()) {{
    const cells = line.split(",");
    const wrong = cells.filter((cell) => !NUMBER.test(cell));
    if (trimmed(line) === "" || (place === 0 && cells.length === {inputs} && wrong.length === {inputs})) continue;
    const where = `in line ${{place + 1}}`;
    if (cells.length !== {inputs})
      throw new Error(`predict: expected {inputs} numbers separated by commas ${{where}}, got ${{cells.length}}.`);
    if (wrong.length > 0) throw new Error(`predict: expected numbers ${{where}}, got '${{trimmed(wrong[0])}}'.`);
    yield cells.map(Number);
  }}
}}

// Prints the answer to each row; returns the exit code.
function main(given) {{
  const usage = "Usage: node {file} {option}[rows.csv]";
  const files = {files};
  if (files.includes("--help")) {{
    console.log(usage);
    return 0;
  }}
  if (files.length > 1 || files[0]?.startsWith("-")) {{
    console.error(usage);
    return 2;
  }}
  try {{
    let rows = 0;
    for (const row of rowsOf(fs.readFileSync(files[0] ?? 0, "utf8"))) {{
      rows++;
{answered}      const numbers = [...predict(row)].map((number) => Number(number.toPrecision({digits})));
      console.log(numbers.join().toLowerCase().replaceAll("infinity", "inf"));
    }}
    if (rows === 0) throw new Error("predict: expected rows of {inputs} numbers, got none.");
  }} catch (error) {{
    console.error(error.message);
    return 1;
  }}
  return 0;
}}

const fs = globalThis.process?.getBuiltinModule?.("node:fs"); // there is none in a browser
const started = fs && process.argv[1];
if (started && fs.existsSync(started) && fs.realpathSync(started) === import.meta.filename)
  process.exitCode = main(process.argv.slice(2));
"""
ANSWERED = """\
      if (given.includes("--classes")) {
        console.log(classify(row));
        continue;
      }
"""

OF_TWO = "Number(y[0] > 0.5)"
OF_SEVERAL = "y.reduce((best, value, unit) => (value > y[best] ? unit : best), 0)"


def program(chain: Chain, file: str) -> str:
    """Return the file's text."""
    used = {step.operation for step in chain.steps}
    head = HEAD.format(
        name=_plain(chain.name),
        inputs=chain.inputs,
        outputs=chain.outputs,
        version=__version__,
        exported="predict, classify" if chain.is_classifier else "predict",
        file=_plain(file),
    )
    parts = [head]
    parts += [EACH_ROW] if used.intersection(BY_ROW) else []
    parts += [ERF] if any(step.operation == "gelu" and not step.config["approximate"] for step in chain.steps) else []
    parts += [*_functions(chain.steps), NUMBERS_OF, *_arrays(chain), CHECKED, _predict(chain)]
    if chain.is_classifier:
        parts.append(_classify(chain))
    return "\n".join([*parts, _main(chain, file)])


def _main(chain: Chain, file: str) -> str:
    return MAIN.format(
        file=_plain(file),
        inputs=chain.inputs,
        digits=DIGITS[chain.dtype],
        option="[--classes] " if chain.is_classifier else "",
        files='given.filter((each) => each !== "--classes")' if chain.is_classifier else "given",
        answered=ANSWERED if chain.is_classifier else "",
    )


def _functions(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in {step.operation: step for step in steps}.values():
        if step.operation in OPERATIONS:
            yield OPERATIONS[step.operation]
        else:
            parameters = f", {{ {', '.join(step.config)} }}" if step.config else ""
            yield (
                f"function {step.operation}(x, rows, width, units{parameters}) {{\n"
                f"  return Float64Array.from(x, (z) => {FUNCTIONS[step.operation]});\n"
                "}\n"
            )


def _arrays(chain: Chain) -> Iterator[str]:
    for number, step in enumerate(chain.steps, 1):
        for name, values in step.arrays.items():
            dtype = "int8" if values.dtype == "int8" else chain.dtype
            shape = " x ".join(map(str, values.shape))
            yield (
                f"// {_plain(step.layer)}: {shape}\n"
                f'const {name}_{number} = numbers("{in_base64(values, dtype)}", {NUMBERS[dtype]});\n'
            )


def _predict(chain: Chain) -> str:
    lines = [
        f"/** The {chain.outputs} numbers that answer a row of {chain.inputs}. */",
        "export function predict(row) {",
        f"  if (row?.length !== {chain.inputs})",
        f"    throw new RangeError(`predict: expected {chain.inputs} numbers, got ${{row?.length ?? row}}.`);",
        f"  let x = {NUMBERS[chain.dtype]}.from(row, checked);",
    ]
    for number, step in enumerate(chain.steps, 1):
        arguments = ["x", *map(str, (step.rows, step.width, step.units)), *(f"{name}_{number}" for name in step.arrays)]
        arguments += [_object(step)] if step.config else []
        lines.append(f"  x = {step.operation}({', '.join(arguments)});")
    return "\n".join([*lines, f"  return {NUMBERS[chain.dtype]}.from(x);", "}", ""])


def _object(step: Step) -> str:
    return f"{{ {', '.join(f'{name}: {json.dumps(value)}' for name, value in step.config.items())} }}"


def _classify(chain: Chain) -> str:
    rule = OF_SEVERAL if chain.outputs > 1 else OF_TWO
    if not chain.class_names:
        return CLASSIFY.format(answer="its number, from 0", rule=rule, found="number")
    names = f"export const classNames = {json.dumps(list(chain.class_names))};\n\n"
    return names + CLASSIFY.format(answer="its name", rule=rule, found="classNames[number]")


def _plain(text: str) -> str:
    """Return a text that stays within a comment whatever it says."""
    return "".join(letter if letter.isalnum() or letter in " _.,-" else "?" for letter in text)
