"""What DATA on the command line stands for: a data set by its name, arrays in an .npz file, a table in a .csv file."""

from __future__ import annotations

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
from rosenblatt.datasets import breast_cancer, digits, fashion_mnist, mnist, points, tables
from rosenblatt.errors import ArgumentError, DataError, DatasetNotFoundError, ShapeError
from rosenblatt.models import Sequential
from rosenblatt.types import Array

SAMPLE = "fashion-mnist-sample"
MOST_NAMES, MOST_LETTERS = 20, 60  # of columns in a message


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
    feature_names: list[str] | None = None  # the columns that x was read from, where it was a table
    target_name: str | None = None


def is_table(given: str | Path) -> bool:
    """Tell whether a path is that of a table, a .csv file."""
    return Path(given).suffix.lower() == ".csv"


def load(given: str, target: str | None = None, model: Sequential | None = None) -> Source:
    """Load the data set or the file named on the command line.

    Args:
        given: a data set's name, or a path that ends in .npz or .csv.
        target: the column of a .csv file to be learnt; by default the one that the model has learnt.
        model: one that is measured on the rows: it takes the columns that it has learnt from, by their names.

    Raises:
        DataError: there is no such thing, or it cannot be learnt from.
        DatasetNotFoundError: it is not on this machine and could not be downloaded.
        ArgumentError: a target where none is needed, or none where one is.
    """
    suffix = Path(given).suffix.lower()
    if is_table(given):
        return _from_csv(given, target, model)
    name = given.lower().replace("_", "-")
    if suffix != ".npz" and name not in SETS:
        raise DataError(_unknown(given))
    if target is not None:
        raise ArgumentError(f"--target names a column of a .csv file, but DATA is {given}. Leave it out.")
    if suffix == ".npz":
        return _from_npz(given)
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


def rows_of(given: str, target: str | None, model: Sequential) -> Array:
    """Load rows to be predicted: of a .csv the columns that the model knows, or all but the target; of an .npz x."""
    if is_table(given):
        table = tables.read_csv(given)
        if target is not None and target != model.target_name:
            table.place_of(target, "--target")  # says which columns there are
        has_answers = target is None and model.feature_names is None
        cure = "Leave answers out with --target." if has_answers else ""
        return table.numbers(_features(table, target, model), cure)
    arrays = _arrays(given)
    name = next((name for name in ("x", "x_test") if name in arrays), None)
    if name is None:
        raise DataError(f"{given}: expected an array x, got {', '.join(arrays) or 'none'}. Rename the array.")
    return _rows(given, name, arrays[name])


# --- .csv ----------------------------------------------------------------------------------------


def _from_csv(given: str, target: str | None, model: Sequential | None) -> Source:
    table = tables.read_csv(given)
    if target is None and model is not None and model.target_name is not None:
        target = model.target_name
        if target not in table.columns:
            raise DataError(
                f"{given}: expected the column {_listed([target])!r}, which the model has learnt, got none. "
                f"Columns: {_listed(table.columns)}. Name another with --target."
            )
    if target is None:
        raise ArgumentError(
            f"{given}: expected --target with the column to be learnt, got none. Columns: {_listed(table.columns)}."
        )
    table.place_of(target, "--target")  # says which columns there are
    features = _features(table, target, model)
    if target in features:
        raise ArgumentError(
            f"--target: expected a column that the model does not read, got {target!r}. Name the one with answers."
        )
    return Source(given, Part(table.numbers(features), table.targets(target)), None, None, features, target)


def _features(table: tables.Table, target: str | None, model: Sequential | None) -> list[str]:
    """Return the columns that a model has learnt from, where it knows their names; else all but the target."""
    others = [name for name in table.columns if name != target]
    if model is None or model.feature_names is None:
        return others
    missing = [name for name in model.feature_names if name not in table.columns]
    if missing:
        raise DataError(
            f"{table.name}: expected the columns that the model has learnt from, got none named {_listed(missing)}. "
            f"Columns: {_listed(table.columns)}. Rename them, or train anew."
        )
    unknown = [name for name in others if name not in (*model.feature_names, model.target_name)]
    if unknown:
        tell(f"{table.name}: columns that the model does not read are left out: {_listed(unknown)}")
    return model.feature_names


def _listed(names: Sequence[str]) -> str:
    """Return names in one line of some length; a file may claim any."""
    shown = [name if len(name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}..." for name in names[:MOST_NAMES]]
    return ", ".join(shown) + ", ..." * (len(names) > MOST_NAMES)


# --- Classes -------------------------------------------------------------------------------------


def number_classes(source: Source) -> tuple[Array, list[str]]:
    """Return class numbers (n,) from 0 up, and the classes' names, in the order of the alphabet or of the numbers."""
    y = source.rows.y
    if source.class_names is not None:
        return y.astype(np.int64), source.class_names
    if y.ndim > 1 or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        raise DataError(
            f"{source.name}: expected classes as labels or whole numbers, got other numbers. Leave --task out."
        )
    numbers, names = tables.number_classes(y)
    if len(names) < 2:
        raise DataError(f"{source.name}: expected at least two classes, got only {names[0]!r}.")
    return numbers, names


def numbers_for(class_names: Sequence[str] | None, source: Source, y: Array) -> Array:
    """Return the class numbers that a model with these names gives to the targets of a source.

    Raises:
        DataError: a class that the model does not know.
    """
    if class_names is None:
        if y.dtype.kind in "USO":
            raise DataError(
                f"{source.name}: expected numbers, for the model's file has no names of classes, got labels such as "
                f"{str(y[0])!r}. Number the classes from 0, in the order of the model's outputs."
            )
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
    return tables.label(value) if names is None else names[int(value)]  # type: ignore[call-overload]
