"""A model as one Python file that needs NumPy alone.

    x ──> predict ──> y

It holds the weights as text and the functions that it uses; ``python predict.py rows.csv`` prints the answers.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator

import numpy as np

from rosenblatt.exchange.programs.chain import DIGITS, Chain, Step
from rosenblatt.types import Array
from rosenblatt.version import __version__

HEAD = '''\
"""{name}: {inputs} numbers in, {outputs} out. Written by rosenblatt {version}.

    y = predict(x)        x: rows of shape {input_shape}, y: rows of shape {output_shape}
    {classify}
As a program it answers rows of comma-separated numbers, from a file or its standard input: python {file} rows.csv
"""

import base64{math}
import re
import signal
import sys

import numpy as np

DTYPE = np.dtype("{dtype}")
'''

# Whole layers, on the last axis of x.
OPERATIONS = {
    "dense": "return x @ kernel + bias",
    "dense_int8": "return x @ kernel.astype(DTYPE) * scale + bias  # a kernel of whole numbers",
    "normalization": "return (x - center) * factor + shift",
    "layer_normalization": (
        "n = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)\nreturn n * gamma + beta"
    ),
    "prelu": "return np.where(x > 0, x, alpha.reshape(x.shape[1:]) * x)",
}

# Activations and the like: f(z).
FUNCTIONS = {
    "elu": "return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))",
    "exponential": "return np.exp(z)",
    "gelu": (
        "if approximate:\n"
        "    return z * (1 + np.tanh(0.7978845608028654 * (z + 0.044715 * z**3))) / 2\n"
        "return z * (1 + np.vectorize(math.erf, otypes=[DTYPE])(z / math.sqrt(2))) / 2"
    ),
    "hard_sigmoid": "return np.clip(z + 3, 0, 6) / 6",
    "leaky_relu": "return np.where(z > 0, z, negative_slope * z)",
    "log_softmax": "z = z - z.max(-1, keepdims=True)\nreturn z - np.log(np.exp(z).sum(-1, keepdims=True))",
    "mish": "return z * np.tanh(np.logaddexp(z, 0))",
    "relu": "return np.minimum(np.where(z > threshold, z, negative_slope * (z - threshold)), max_value)",
    "relu6": "return np.clip(z, 0, 6)",
    "rescaling": "return scale * z + offset",
    "selu": "return 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))",
    "sigmoid": "return np.exp(-np.logaddexp(-z, 0))",
    "silu": "return z * np.exp(-np.logaddexp(-z, 0))",
    "softmax": "y = np.exp(z - z.max(-1, keepdims=True))\nreturn y / y.sum(-1, keepdims=True)",
    "softplus": "return np.logaddexp(z, 0)",
    "softsign": "return z / (1 + np.abs(z))",
    "step": "return (z >= 0).astype(DTYPE)",
    "tanh": "return np.tanh(z)",
}

ARRAY = '''\
def array(text, dtype, shape):
    """Return the numbers that a text holds."""
    return np.frombuffer(base64.b64decode(text), np.dtype(dtype).newbyteorder("<")).reshape(shape)
'''

CLASSIFY = '''\
def classify(x):
    """Return each row's class."""
    number = {rule}
    return {answer}
'''

MAIN = '''\
USAGE = "Usage: python {file} {option}[rows.csv]"
SPACE = " \\t\\n\\v\\f\\r"
NUMBER = r"\\s*[+-]?(?:(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:e[+-]?[0-9]+)?|nan)\\s*"
NUMBERS = re.compile(f"{{NUMBER}}(?:,{{NUMBER}})*", re.IGNORECASE | re.ASCII)


def blocks_of(lines, most):
    """Yield the numbers of the lines, many rows at a time; a first line without any is a header."""
    rows = []
    for place, line in enumerate(lines, 1):
        cells = line.split(",")
        wrong = [] if NUMBERS.fullmatch(line) else [cell for cell in cells if not NUMBERS.fullmatch(cell)]
        if not line.strip(SPACE) or (place == 1 and len(wrong) == len(cells) == {inputs}):
            continue
        if wrong or len(cells) != {inputs}:
            yield rows  # those before it are answered
            if len(cells) != {inputs}:
                told = f"{inputs} numbers separated by commas in line {{place}}, got {{len(cells)}}"
            else:
                told = f"numbers in line {{place}}, got '{{wrong[0].strip(SPACE)}}'"
            sys.exit(f"predict: expected {{told}}.")
        rows.append([float(cell) for cell in cells])
        if len(rows) == most:
            yield rows
            rows = []
    yield rows


def main(arguments):
    """Print the answer to each row."""
    sys.stdout.reconfigure(errors="backslashreplace")  # where it lacks the letters of a name
    files = {files}
    if "--help" in files:
        print(USAGE)
        return
    if len(files) > 1 or "".join(files).startswith("-"):
        print(USAGE, file=sys.stderr)
        sys.exit(2)
    for name in ("SIGINT", "SIGPIPE"):  # Ctrl+C, and a reader who has enough, end it quietly
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    np.seterr(all="ignore")
    try:
        lines = open(files[0] if files else 0, encoding="utf-8-sig", errors="replace", newline="\\n")
    except OSError as error:
        sys.exit(f"{{files[0]}}: {{error.strerror}}")
    answered = 0
    with lines:
        for rows in filter(None, blocks_of(lines, 1 if lines.isatty() else 1000)):
            answered += len(rows)
{answered}            for answer in predict(rows).reshape(len(rows), -1).tolist():
                print(*(f"{{number:.{digits}g}}" for number in answer), sep=",")
    if answered == 0:
        sys.exit("predict: expected rows of {inputs} numbers, got none.")


if __name__ == "__main__":
    main(sys.argv[1:])
'''
ANSWERED = """\
            if "--classes" in arguments:
                print(*classify(rows), sep="\\n")
                continue
"""


def program(chain: Chain, file: str) -> str:
    """Return the file's text."""
    parts = [_head(chain, file), *_functions(chain.steps), ARRAY, _arrays(chain), _predict(chain)]
    if chain.is_classifier:
        number = "predict(x).argmax(-1)" if chain.outputs > 1 else "(predict(x)[:, 0] > 0.5).astype(int)"
        answer = "np.array(CLASS_NAMES)[number]" if chain.class_names else "number"
        parts.append(CLASSIFY.format(rule=number, answer=answer))
    return "\n\n".join([*parts, _main(chain, file)])


def _main(chain: Chain, file: str) -> str:
    return MAIN.format(
        file=_plain(file),
        inputs=chain.inputs,
        digits=DIGITS[chain.dtype],
        option="[--classes] " if chain.is_classifier else "",
        files='[each for each in arguments if each != "--classes"]' if chain.is_classifier else "arguments",
        answered=ANSWERED if chain.is_classifier else "",
    )


def _head(chain: Chain, file: str) -> str:
    names = f"CLASS_NAMES = {list(chain.class_names)!a}\n" if chain.class_names else ""
    return (
        HEAD.format(
            name=_plain(chain.name),
            inputs=chain.inputs,
            outputs=chain.outputs,
            version=__version__,
            input_shape=chain.input_shape,
            output_shape=chain.output_shape,
            classify="classify(x)           the class of each row\n" if chain.is_classifier else "",
            file=_plain(file),
            dtype=chain.dtype,
            math="\nimport math" if any(step.operation == "gelu" for step in chain.steps) else "",
        )
        + names
    )


def _functions(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in {step.operation: step for step in steps}.values():
        own = step.operation in OPERATIONS
        parameters = ["x", *step.arrays, *step.config] if own else ["z", *step.config]
        body = OPERATIONS[step.operation] if own else FUNCTIONS[step.operation]
        yield f"def {step.operation}({', '.join(parameters)}):\n{textwrap.indent(body, '    ')}\n"


def _arrays(chain: Chain) -> str:
    lines = []
    for number, step in enumerate(chain.steps, 1):
        for name, values in step.arrays.items():
            dtype = "int8" if values.dtype == "int8" else chain.dtype
            lines.append(
                f"{name}_{number} = array(  # {_plain(step.layer)}\n"
                f"    {in_base64(values, dtype)!r},\n"
                f"    {'DTYPE' if dtype != 'int8' else repr(dtype)},\n"
                f"    {values.shape},\n"
                ")"
            )
    return "\n".join(lines)


def _predict(chain: Chain) -> str:
    shapes = list(dict.fromkeys([chain.input_shape, (chain.inputs,)]))  # a table may come as one line of numbers
    lines = [
        "def predict(x):",
        '    """Return the answers to rows of numbers."""',
        "    x = np.asarray(x, DTYPE)",
        f"    if x.shape[1:] not in {shapes}:",
        f'        cure = " A single row is given as [[...]]." if x.shape in {shapes} else ""',
        f'        told = f"expected rows of shape {chain.input_shape}, got {{x.shape[1:]}}."',
        '        raise ValueError(f"predict: {told}{cure}")',
    ]
    shape: tuple[int, ...] = (chain.inputs,)
    for number, step in enumerate(chain.steps, 1):
        wanted = (step.rows, step.width) if step.rows > 1 else (step.width,)
        if number == 1 or wanted != shape:
            lines.append(f"    x = x.reshape(-1, {', '.join(map(str, wanted))})")
        shape = (*wanted[:-1], step.units)
        arguments = ["x", *(f"{name}_{number}" for name in step.arrays)]
        arguments += [f"{name}={_value(value)}" for name, value in step.config.items()]
        lines.append(f"    x = {step.operation}({', '.join(arguments)})")
    lines.append(f"    return x.reshape(-1, {', '.join(map(str, chain.output_shape))}).astype(DTYPE)")
    return "\n".join([*lines, ""])


def _value(value: object) -> str:
    return "np.inf" if value is None else repr(value)


def in_base64(values: Array, dtype: str) -> str:
    """Return the bytes of numbers as text, the least significant first."""
    return base64.b64encode(values.astype(np.dtype(dtype).newbyteorder("<")).tobytes()).decode()


def _plain(text: str) -> str:
    """Return a text that stays within a comment or a docstring whatever it says."""
    return "".join(letter if letter.isalnum() or letter in " _.,-" else "?" for letter in text)
