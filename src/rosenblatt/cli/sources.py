"""What DATA on the command line stands for: a data set by its name, arrays in an .npz file, a table in a .csv file."""

from __future__ import annotations

import csv
import difflib
import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rosenblatt import data
from rosenblatt.cli.output import program, tell
from rosenblatt.datasets import breast_cancer, digits, fashion_mnist, mnist, points
from rosenblatt.errors import ArgumentError, DataError, DatasetNotFoundError, ShapeError, UnknownNameError
from rosenblatt.types import Array

SAMPLE = "fashion-mnist-sample"
MOST_NUMBERED_CLASSES = 20  # whole numbers of more different values are taken for amounts, not for classes


class Part(NamedTuple):
    """Rows with their targets, as they stand in a file: class numbers, labels, or numbers to be predicted."""

    x: Array
    y: Array


class Source(NamedTuple):
    """What was found under a name."""

    name: str
    rows: Part
    test: Part | None = None  # rows that are kept for the last word
    class_names: list[str] | None = None  # of the numbers in y


def load(given: str, target: str | None = None) -> Source:
    """Load the data set or the file named on the command line.

    Args:
        given: a data set's name, or a path that ends in .npz or .csv.
        target: the column of a .csv file to be learnt.

    Raises:
        DataError: there is no such thing, or it cannot be learnt from.
        DatasetNotFoundError: it is not on this machine and could not be downloaded.
        ArgumentError: a target where none is needed, or none where one is.
    """
    suffix = Path(given).suffix.lower()
    if suffix == ".csv":
        return _from_csv(given, target)
    if target is not None:
        raise ArgumentError(f"--target names a column of a .csv file, but DATA is {given}. Leave it out.")
    if suffix == ".npz":
        return _from_npz(given)
    name = given.lower().replace("_", "-")
    if name not in SETS:
        raise DataError(_unknown(given))
    try:
        return SETS[name](name)
    except DatasetNotFoundError as error:
        raise DatasetNotFoundError(_missing(name)) from error


def _missing(name: str) -> str:
    """Say in a line what the library says in a page: that a data set is nowhere, and the two best cures."""
    folder = os.environ.get("ROSENBLATT_DATA")
    now = f" (now {folder})" if folder else ""
    other = f"{program()} train{' digits' if name == 'mnist' else ''}"
    return (
        f"{name}: expected its four files on this machine or a download, got neither. Set ROSENBLATT_DATA=FOLDER, "
        f"with the files in FOLDER/{name}{now}, or try '{other}', which needs no files. "
        f"In Python, rosenblatt.datasets.{name.replace('-', '_')}.load_data() lists all places tried."
    )


def _unknown(given: str) -> str:
    wanted = "expected a data set's name or a file that ends in .csv or .npz"
    if Path(given).exists():
        return f"DATA: {wanted}, got the path {given}. Save the rows as CSV, or with numpy.savez(..., x=x, y=y)."
    nearest = difflib.get_close_matches(given.lower(), SETS, n=1, cutoff=0.5)
    cure = f"Did you mean {nearest[0]!r}?" if nearest else f"'{program()} datasets' lists the names."
    return f"DATA: {wanted}, got {given!r}. {cure}"


# --- Data sets by name ---------------------------------------------------------------------------


def _pictures(parts: tuple[tuple[Array, Array], tuple[Array, Array]], class_names: list[str], name: str) -> Source:
    return Source(name, Part(*parts[0]), Part(*parts[1]), class_names)


def _points(name: str) -> Source:
    x, y = getattr(points, name)()
    return Source(name, Part(x, y), class_names=[str(number) for number in np.unique(y)])


SETS: dict[str, Callable[[str], Source]] = {
    "fashion-mnist": lambda name: _pictures(fashion_mnist.load_data(), fashion_mnist.class_names(), name),
    "mnist": lambda name: _pictures(mnist.load_data(), mnist.class_names(), name),
    SAMPLE: lambda name: _pictures(fashion_mnist.load_sample(), fashion_mnist.class_names(), name),
    "digits": lambda name: Source(name, Part(*digits.load_data()), class_names=digits.class_names()),
    "breast-cancer": lambda name: Source(name, Part(*breast_cancer.load_data()), None, breast_cancer.class_names()),
    **dict.fromkeys(("xor", "circles", "moons", "gaussians", "spirals", "blobs"), _points),
}


def in_language(class_names: Sequence[str], language: str) -> list[str] | None:
    """Return the names in English or Korean, or None where they are those of no data set."""
    for module in (fashion_mnist, breast_cancer, digits):
        if tuple(class_names) in module.CLASS_NAMES.values():
            return list(module.CLASS_NAMES[language])
    return None


# --- .npz ----------------------------------------------------------------------------------------


def _from_npz(given: str) -> Source:
    arrays = _arrays(given)
    if {"x", "y"} <= arrays.keys():
        return Source(given, _part(given, arrays, "x", "y"))
    if {"x_train", "y_train"} <= arrays.keys():
        has_test = {"x_test", "y_test"} <= arrays.keys()
        test = _part(given, arrays, "x_test", "y_test") if has_test else None
        return Source(given, _part(given, arrays, "x_train", "y_train"), test)
    raise DataError(
        f"{given}: expected arrays x and y, or x_train, y_train, x_test and y_test, got {', '.join(arrays) or 'none'}. "
        "Save them with numpy.savez(..., x=x, y=y)."
    )


def _part(given: str, arrays: dict[str, Array], x_name: str, y_name: str) -> Part:
    x, y = _rows(given, x_name, arrays[x_name]), arrays[y_name]
    if y.ndim == 0 or len(y) != len(x):
        got = "a single value" if y.ndim == 0 else f"{len(y):,}"
        raise ShapeError(
            f"{given}: expected a target in {y_name} for each of the {len(x):,} rows of {x_name}, got {got}."
        )
    return Part(x, _targets(given, y_name, y))


def _rows(given: str, name: str, x: Array) -> Array:
    x = data.numbers(given, name, x)
    data.check_rows(given, name, x)
    data.check_finite(given, name, x)
    return x[:, np.newaxis] if x.ndim == 1 else x


def _targets(given: str, name: str, y: Array) -> Array:
    """Return labels (n,) or numbers (n,) or (n, outputs); one-hot rows become class numbers."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.dtype.kind == "b":
        return y.astype(np.int64)
    if y.dtype.kind not in "USiuf":
        raise DataError(f"{given}: expected labels or numbers in {name}, got {y.dtype} values.")
    data.check_finite(given, name, y)
    is_one_hot = y.ndim == 2 and y.dtype.kind in "iuf" and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()
    return np.asarray(y.argmax(axis=1)) if is_one_hot else y


def _arrays(given: str) -> dict[str, Array]:
    """Read all arrays of an .npz file; objects, which could hide a program, are refused."""
    try:
        with np.load(given, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError as error:
        raise DataError(f"{given}: expected a file, got none of that name. Check the path.") from error
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        AttributeError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        # A file of another kind fails as a number of things, one of them an array that has no `files`.
        raise DataError(
            f"{given}: expected arrays of numbers or text in an .npz file, got one that is damaged or of another kind. "
            "Save the arrays with numpy.savez."
        ) from error


def rows_of(given: str, target: str | None) -> Array:
    """Load rows to be predicted: all columns of a .csv but the target, or the array x of an .npz."""
    if Path(given).suffix.lower() == ".csv":
        table = read_csv(given)
        if target is not None:
            table.place_of(target)  # says which columns there are
        return table.numbers([name for name in table.columns if name != target], "Leave answers out with --target.")
    arrays = _arrays(given)
    name = next((name for name in ("x", "x_test") if name in arrays), None)
    if name is None:
        raise DataError(f"{given}: expected an array x, got {', '.join(arrays) or 'none'}. Rename the array.")
    return _rows(given, name, arrays[name])


# --- .csv ----------------------------------------------------------------------------------------


class Table(NamedTuple):
    """A CSV file: its columns' names, and its cells row by row with the number of each line."""

    path: str
    columns: list[str]
    rows: list[list[str]]
    lines: list[int]

    def place_of(self, column: str) -> int:
        """Return the place of a column by its name."""
        if column not in self.columns:
            raise UnknownNameError(f"--target in {self.path}", column, self.columns)
        return self.columns.index(column)

    def numbers(self, columns: Sequence[str], cure: str = "") -> Array:
        """Return columns of numbers (n, columns) as float64."""
        if not columns:
            raise DataError(f"{self.path}: expected columns of numbers beside the target, got none.")
        places = [self.columns.index(column) for column in columns]
        return np.stack([self._column(place, cure) for place in places], axis=1)

    def targets(self, column: str) -> Array:
        """Return a column of numbers as float64, or one of labels as text."""
        place = self.place_of(column)
        cells = [row[place].strip() for row in self.rows]
        if "" in cells:
            line = self.lines[cells.index("")]
            raise DataError(
                f"{self.path}: expected a target in every line, got none in line {line}. Take the line out."
            )
        different = set(cells)
        amounts = sum(_as_numbers([cell]) is not None for cell in different)
        is_text = amounts < len(different) and amounts <= MOST_NUMBERED_CLASSES and "nan" not in map(str.lower, cells)
        return np.array(cells) if is_text else self._column(place)

    def _column(self, place: int, cure: str = "") -> Array:
        cells = [row[place] for row in self.rows]
        values = _as_numbers(cells)
        if values is not None:
            return values
        wrong = next(k for k, cell in enumerate(cells) if _as_numbers([cell]) is None)
        found = repr(cells[wrong]) if cells[wrong].strip() else "an empty cell"
        cure = cure or "Take the column or the line out of the file, or write a number for it."
        raise DataError(
            f"{self.path}: expected numbers in column {self.columns[place]!r}, got {found} in line {self.lines[wrong]}."
            f" {cure}"
        )


def _from_csv(given: str, target: str | None) -> Source:
    table = read_csv(given)
    if target is None:
        raise ArgumentError(
            f"{given}: expected --target with the column to be learnt, got none. "
            f"Columns: {', '.join(table.columns[:20])}{', ...' * (len(table.columns) > 20)}."
        )
    y = table.targets(target)
    x = table.numbers([column for column in table.columns if column != target])
    return Source(given, Part(x, y))


def read_csv(path: str) -> Table:
    """Read a file of comma-, semicolon- or tab-separated values with a header.

    Raises:
        DataError: it is missing, no text, or no table.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=header.count))
            numbered = [(reader.line_num, cells) for cells in reader if cells]
    except FileNotFoundError as error:
        raise DataError(f"{path}: expected a file, got none of that name. Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: expected text in UTF-8, got other bytes. Save it as 'CSV UTF-8'.") from error
    except (OSError, csv.Error) as error:
        raise DataError(f"{path}: expected a CSV file, got one that cannot be read ({error}).") from error
    if len(numbered) < 2:
        raise DataError(f"{path}: expected a header and rows below it, got {len(numbered)} line(s).")
    columns = [name.strip() for name in numbered[0][1]]
    _check_header(path, columns)
    for line, cells in numbered[1:]:
        if len(cells) != len(columns):
            raise DataError(
                f"{path}: expected {len(columns)} cells, as in the header, got {len(cells)} in line {line}."
            )
    return Table(path, columns, [cells for _, cells in numbered[1:]], [line for line, _ in numbered[1:]])


def _check_header(path: str, columns: list[str]) -> None:
    twice = next((name for name in columns if columns.count(name) > 1), None)
    numbered = columns == [str(k) for k in range(len(columns))]  # pandas' names where there were none
    if _as_numbers(columns) is not None and not numbered:
        raise DataError(f"{path}: expected the columns' names in the first line, got numbers. Put a header above them.")
    if twice is not None:
        raise DataError(f"{path}: expected a name of its own for every column, got {twice!r} twice.")


def _as_numbers(cells: Sequence[str]) -> Array | None:
    """Return text as finite numbers, or None."""
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


# --- Classes -------------------------------------------------------------------------------------


def are_classes(y: Array) -> bool:
    """Tell whether targets name classes: text, or whole numbers of few values or counted from 0 without a gap."""
    if y.dtype.kind in "US":
        return True
    if y.ndim > 1 or (y != np.floor(y)).any():
        return False
    values = np.unique(y)
    counted = values[0] == 0 and values[-1] == len(values) - 1 and 10 * len(values) <= len(y)
    return bool(len(values) <= MOST_NUMBERED_CLASSES or counted)


def number_classes(source: Source) -> tuple[Array, list[str]]:
    """Return class numbers (n,) from 0 up, and the classes' names, in the order of the alphabet or of the numbers."""
    y = source.rows.y
    if source.class_names is not None:
        return y.astype(np.int64), source.class_names
    if y.ndim > 1 or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        raise DataError(
            f"{source.name}: expected classes as labels or whole numbers, got other numbers. Leave --task out."
        )
    values, numbers = np.unique(y, return_inverse=True)
    if len(values) < 2:
        raise DataError(f"{source.name}: expected at least two classes, got only {label(values[0])!r}.")
    return numbers, [label(value) for value in values]


def numbers_for(class_names: Sequence[str] | None, source: Source, y: Array) -> Array:
    """Return the class numbers that a model with these names gives to the targets of a source.

    Raises:
        DataError: a class that the model does not know.
    """
    if class_names is None:
        return y
    values, places = np.unique(y, return_inverse=True)
    names = [_name(source, value) for value in values]
    known = {name: number for number, name in enumerate(class_names)}
    if all(name in known for name in names):
        return np.array([known[name] for name in names])[places]
    if y.dtype.kind in "iuf" and (y == np.floor(y)).all() and y.min() >= 0 and y.max() < len(class_names):
        tell(f"The labels of {source.name} are taken for the numbers of the model's classes, from 0.")
        return y.astype(np.int64)
    stranger = next(name for name in names if name not in known)
    shown = ", ".join(class_names[:20])
    raise DataError(f"{source.name}: expected classes that the model knows ({shown}), got {stranger!r}.")


def _name(source: Source, value: object) -> str:
    names = source.class_names
    return label(value) if names is None else names[int(value)]  # type: ignore[call-overload]


def label(value: object) -> str:
    """Write a class as its name: text as it stands, a whole number without a point.

    Example:
        >>> label(np.str_("Adelie")), label(np.float64(3.0))
        ('Adelie', '3')
    """
    return str(int(value)) if isinstance(value, float | np.floating) and value == int(value) else str(value)
