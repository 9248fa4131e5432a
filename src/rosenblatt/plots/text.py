"""The figures of a picture as plain text, for screen readers and terminals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIGURES = "rosenblatt-figures"
LISTED = 20  # of a long training, a text lists this many epochs or steps


def describe(axes: Any) -> str:
    """Return what pictures of this module show as plain text: title, names of the axes, figures.

    A file can carry it along: ``figure.savefig("loss.png", metadata={"Description": describe(axes)})``.

    Args:
        axes: what a function of ``rosenblatt.plots`` returned: an Axes or an array of them.

    Raises:
        ArgumentError: no picture of ``rosenblatt.plots`` was drawn there.

    Example:
        >>> from rosenblatt import plots
        >>> print(plots.describe(plots.class_counts([0, 1, 1], ["shirt", "shoe"])))
        Samples of each class
        x: number of samples
        <BLANKLINE>
        class  number of samples
        shirt                  1
        shoe                   2
    """
    texts = [_describe_one(ax) for ax in np.ravel(np.asarray(axes, dtype=object))]
    if not any(texts):
        raise ArgumentError(
            "plots.describe: expected Axes drawn by rosenblatt.plots, got Axes without its figures. "
            "Give it what the plotting function returned."
        )
    return "\n\n".join(text for text in texts if text)


def _describe_one(ax: Axes) -> str:
    figures = [text.get_text() for text in ax.texts if text.get_gid() == FIGURES]
    if not figures:
        return ""
    names = [f"{axis}: {name}" for axis, name in (("x", ax.get_xlabel()), ("y", ax.get_ylabel())) if name]
    heading = "\n".join(line for line in (ax.get_title(), *names) if line)
    return "\n\n".join(part for part in (heading, *figures) if part)


def attach(ax: Axes, *parts: str) -> None:
    """Lay the figures down in the Axes, in a text that is never drawn: they go wherever the Axes go."""
    ax.text(0, 0, "\n\n".join(part for part in parts if part), visible=False, gid=FIGURES, parse_math=False)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Set rows in columns: numbers and percentages to the right, words to the left.

    Args:
        header: the columns' names.
        rows: their cells, as many in each row; None is an empty cell.

    Example:
        >>> print(table(["name", "loss"], [["first", 0.5], ["second", 0.25]]))
        name    loss
        first    0.5
        second  0.25
    """
    rows = list(rows)
    columns = []
    for name, *values in zip(header, *rows, strict=True):
        cells = [name, *(number(value) for value in values)]
        width = max(_width(cell) for cell in cells)
        words = any(isinstance(value, str) and value and not value[0].isdigit() for value in values)
        columns.append([_pad(cell, width, left=words) for cell in cells])
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))


def spread(numbers: Sequence[int]) -> list[int]:
    """Choose LISTED of many numbers, evenly spread, the first and the last among them; of up to twice as many, all.

    Args:
        numbers: in rising order.

    Example:
        >>> spread(range(1, 1001))[:3], spread(range(1, 1001))[-1]
        ([1, 54, 106], 1000)
    """
    if len(numbers) <= 2 * LISTED:
        return list(numbers)
    return [numbers[k] for k in np.linspace(0, len(numbers) - 1, LISTED).round().astype(int)]


def number(value: object) -> str:
    """Write a number with at most six significant digits; words stay as they are; None is nothing.

    Args:
        value: a number, a word or None.

    Example:
        >>> number(1 / 3), number(7), number(None)
        ('0.333333', '7', '')
    """
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal.

    Args:
        share: 0 to 1.

    Example:
        >>> percent(0.8765)
        '87.6 %'
    """
    return f"{100 * share:.1f} %"


def _width(text: str) -> int:
    """The columns that a text takes in a terminal, where a Korean letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
