"""Data to learn from: pictures of clothing and digits, a table of tumours, points in the plane.

fashion_mnist   60 000 + 10 000 pictures of clothing; a sample of 6 000 + 1 000 comes with the library
mnist           60 000 + 10 000 pictures of handwritten digits
digits          1 797 smaller ones, bundled
breast_cancer   569 tumours with 30 measurements each, bundled
points          xor, circles, moons, gaussians, spirals, blobs, and the truth tables of the gates; plane and bump, which
                have numbers to be learnt instead of classes
tables          your own, in CSV files
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from rosenblatt.errors import DataError

if TYPE_CHECKING:
    from rosenblatt.datasets import breast_cancer, digits, fashion_mnist, mnist, points, tables

__all__ = ["Entry", "available", "breast_cancer", "digits", "fashion_mnist", "mnist", "points", "tables"]


class Entry(NamedTuple):
    """A line of the table of data sets.

    Args:
        name: of the data set.
        rows: how many the training and the test part have, or the one table.
        shape: of one row.
        classes: how many there are.
        where: "bundled", "made on demand", the folder it was found in, or why it is not there.
        found: whether it can be loaded without a download.

    Example:
        >>> next(entry for entry in available() if entry.name == "digits")
        Entry(name='digits', rows=(1797,), shape=(8, 8), classes=10, where='bundled', found=True)
    """

    name: str
    rows: tuple[int, ...]
    shape: tuple[int, ...]
    classes: int
    where: str
    found: bool


BUNDLED = (
    Entry("fashion-mnist-sample", (6000, 1000), (28, 28), 10, "bundled", True),
    Entry("digits", (1797,), (8, 8), 10, "bundled", True),
    Entry("breast-cancer", (569,), (30,), 2, "bundled", True),
)
MADE = tuple(
    Entry(name, (200,), (2,), classes, "made on demand", True)
    for name, classes in {"xor": 2, "circles": 2, "moons": 2, "gaussians": 2, "spirals": 2, "blobs": 3}.items()
)


def available() -> list[Entry]:
    """List the data sets, with where each is on this machine; nothing is downloaded.

    Example:
        >>> [entry.name for entry in available() if entry.where == "bundled"]
        ['fashion-mnist-sample', 'digits', 'breast-cancer']
    """
    from rosenblatt.datasets.sources import SOURCES

    return [*(_full(name) for name in SOURCES), *BUNDLED, *MADE]


def _full(name: str) -> Entry:
    from rosenblatt.datasets.sources import SOURCES, search

    try:
        folder, _ = search(SOURCES[name])
        where = str(folder) if folder else "not found; downloaded when first loaded"
    except DataError as error:
        folder, where = None, str(error)
    return Entry(name, (60000, 10000), (28, 28), 10, where, folder is not None)


def __getattr__(name: str) -> ModuleType:
    # A module is imported when it is first used, so that `import rosenblatt` stays light.
    if name in __all__:
        return importlib.import_module(f"rosenblatt.datasets.{name}")
    raise AttributeError(f"module 'rosenblatt.datasets' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
