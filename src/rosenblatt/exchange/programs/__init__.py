"""A trained model as a program: one readable file that needs no library of ours, weights inside.

predict.c      C99, the standard library alone
predict.py     Python, NumPy alone
predict.js     a JavaScript module, for browsers and Node

Run by itself, each answers rows of comma-separated numbers, from a file or its standard input, by the same rule. A row
has one number in each cell, in decimal or nan; C reads cells of up to 98 characters. A first line of as many cells
without any number is a header and is passed over, as blank lines are. Anything else ends the program with one line that
says where, and the exit code 1.

chain          the model as a plain list of steps
c, python, javascript         each language: its functions, and how a chain becomes a file
quantization   kernels in eight bits, and what that costs
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rosenblatt.errors import ShapeError
from rosenblatt.exchange.programs import c, javascript, python
from rosenblatt.exchange.programs.chain import Chain, chain_of
from rosenblatt.exchange.programs.quantization import quantized

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

# By the suffix of the file: from a chain and the file's name to its text.
LANGUAGES: dict[str, Callable[[Chain, str], str]] = {
    ".c": c.program,
    ".js": javascript.program,
    ".py": python.program,
}


def program(model: Sequential, file: str, suffix: str, int8: bool = False) -> str:
    """Return a built model as a program.

    Args:
        model: the model.
        file: the name that the file will have.
        suffix: ".c", ".js" or ".py".
        int8: whether its kernels are rounded to eight bits.

    Raises:
        ShapeError: a row, or what answers it, has no numbers.
    """
    chain = chain_of(model)
    if 0 in (chain.inputs, chain.outputs):
        raise ShapeError(f"export: expected rows of numbers, got rows of shape {chain.input_shape}.")
    return LANGUAGES[suffix](quantized(chain) if int8 else chain, file)
