"""What is to be learnt: rows and targets, which of them are for training, and the plane on which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rosenblatt.datasets import points, tables
from rosenblatt.datasets.tables import Table, TableError
from rosenblatt.playground.choices import FEATURES
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.fields import Column, Columns
from rosenblatt.playground.settings import Settings
from rosenblatt.types import Array

Bounds = tuple[float, float, float, float]  # x1 from, to; x2 from, to

MOST_ROWS = 20_000
MOST_SHOWN = 2000  # points that are drawn
MOSTLY = 0.5  # a column with more numbers than this is one of numbers, and what else is in it is a mistake
MOST_CLASSES = 20  # of a table's target: each has an output, a map and a colour
UNIT_SQUARE: Bounds = (-0.5, 1.5, -0.5, 1.5)  # around the four corners of a gate
SQUARE: Bounds = (-1.2, 1.2, -1.2, 1.2)

# What makes each set of points, by the name that the playground has for it.
MAKERS: dict[str, Callable[[int, float, int], tuple[Array, Array]]] = {
    "circle": points.circles,
    "xor": points.xor,
    "gauss": points.gaussians,
    "spiral": points.spirals,
    "moons": points.moons,
    "three": points.blobs,
    "plane": points.plane,
    "bump": points.bump,
}


class Scaling(NamedTuple):
    """How a table's columns were brought to mean 0 and deviation 1, over the training rows: (x - mean) / deviation."""

    mean: Array
    deviation: Array

    @classmethod
    def of(cls, rows: Array) -> Scaling:
        """Measure rows (n, columns); a column of one value keeps its size."""
        deviation = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(deviation == 0.0, 1.0, deviation))

    def scaled(self, rows: Array) -> Array:
        """Return the rows on the common scale."""
        return np.asarray((rows - self.mean) / self.deviation)


class Shown(NamedTuple):
    """The rows that are shown: all, or some of many."""

    rows: Array  # (shown, *inputs) float32
    targets: Array  # (shown,) or, of several numbers, (shown, outputs): theirs; NaN where none are known
    points: Array  # (shown, 2) float32, where they lie on the plane
    is_test: Array  # (shown,) whether each is for testing

    @classmethod
    def of(cls, rows: Array, targets: Array, places: Array, is_test: Array) -> Shown:
        """Choose rows evenly where there are too many to be drawn."""
        chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_SHOWN)).astype(np.int64))
        return cls(rows[chosen], targets[chosen], places[chosen].astype(np.float32), is_test[chosen])


@dataclass
class Problem:
    """Rows, targets, and the plane.

    Attributes:
        name: of the data.
        classes: their names; none where numbers are to be learnt.
        inputs: the names of what is fed to the network.
        axes: the names of the plane's two coordinates.
        bounds: of the plane: x1 from, to, x2 from, to; None where there is none.
        x_train: (n, *inputs) float32.
        y_train: (n,) class numbers, int64, or numbers, float32: (n,), or (n, outputs) where there are several.
        x_test: the rows that are measured but not learnt from.
        y_test: their targets.
        shown: the rows that are drawn.
        inputs_of: gives places (n, 2) of the plane their inputs; None where there is no plane.
        target_range: lowest and highest target, for numbers.
        most_measured: how many rows of either part the figures are measured on; None for all.
        columns: of a table: those that can be an input or the target.
        rest: where on the plane the inputs stay that are none of its axes; None where they do not stay.
        scaling: of a table's inputs.
        target_scaling: of a table's numbers to be learnt.
    """

    name: str
    classes: list[str]
    inputs: list[str]
    axes: list[str]
    bounds: Bounds | None
    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    shown: Shown
    inputs_of: Callable[[Array], Array] | None
    target_range: tuple[float, float] = (-1.0, 1.0)
    most_measured: int | None = None
    columns: list[str] = field(default_factory=list)
    rest: list[float] | None = None
    scaling: Scaling | None = None
    target_scaling: Scaling | None = None
    _planes: dict[int, Array] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """Return "classes" or "numbers"."""
        return "classes" if self.classes else "numbers"

    @property
    def measured(self) -> tuple[int, int] | None:
        """Return how many training and test rows the figures are measured on; None where on all."""
        rows, most = (len(self.x_train), len(self.x_test)), self.most_measured
        return None if most is None or max(rows) <= most else (min(rows[0], most), min(rows[1], most))

    @property
    def points(self) -> Array:
        """Return where the shown rows lie, (shown, 2)."""
        return self.shown.points

    @property
    def rows(self) -> Array:
        """Return the inputs of the shown rows, (shown, *inputs)."""
        return self.shown.rows

    @property
    def targets(self) -> Array:
        """Return the targets of the shown rows, (shown,) or (shown, outputs)."""
        return self.shown.targets

    @property
    def is_test(self) -> Array:
        """Return which of the shown rows are for testing, (shown,)."""
        return self.shown.is_test

    def inputs_at(self, places: Array) -> Array:
        """Return the inputs (n, *inputs) float32 at places (n, 2) of the plane.

        Raises:
            SettingsError: there is no plane.
        """
        if self.inputs_of is None:
            raise SettingsError("not_here", command="plane")
        return self.inputs_of(np.asarray(places, np.float64)).astype(np.float32)

    def plane(self, resolution: int) -> Array:
        """Return the inputs (resolution², *inputs) at cell centres, the row of the largest x2 first, left to right.

        Raises:
            SettingsError: there is no plane.
        """
        if self.bounds is None:
            raise SettingsError("not_here", command="plane")
        if resolution not in self._planes:
            x1_low, x1_high, x2_low, x2_high = self.bounds
            middles = (np.arange(resolution) + 0.5) / resolution
            x1, x2 = np.meshgrid(x1_low + middles * (x1_high - x1_low), x2_high - middles * (x2_high - x2_low))
            self._planes[resolution] = self.inputs_at(np.stack([x1.ravel(), x2.ravel()], axis=1))
        return self._planes[resolution]


def problem_of(settings: Settings, table: Table | None = None, columns: Columns | None = None) -> Problem:
    """Return the problem that settings speak of.

    Args:
        settings: checked.
        table: the one that is open, where the data are "table".
        columns: what its columns are good for.
    """
    if settings.data == "table" and table is not None:
        return _table_problem(settings, table, columns or columns_of(table))
    x, y = made_points(settings)
    is_gate = settings.data in points.GATES
    classes = [str(number) for number in range(settings.classes())]
    inputs, y = features(x, settings.features), y.astype(np.int64 if classes else np.float32)
    split = len(x) if is_gate else training_rows(settings, len(x))
    test = slice(None) if is_gate else slice(split, None)
    return Problem(
        settings.data,
        classes=classes,
        inputs=list(settings.features),
        axes=["x1", "x2"],
        bounds=UNIT_SQUARE if is_gate else SQUARE,
        x_train=inputs[:split],
        y_train=y[:split],
        x_test=inputs[test],
        y_test=y[test],
        shown=Shown.of(inputs, y, x, np.arange(len(x)) >= split),
        inputs_of=lambda places: features(places, settings.features),
        rest=[0.0] * len(settings.features) if set(settings.features) <= {"x1", "x2"} else None,
    )


def made_points(settings: Settings) -> tuple[Array, Array]:
    """Return points (n, 2) and targets (n,): the training rows come first."""
    if settings.data in points.GATES:
        return points.gate(settings.data)
    if settings.data == "drawn":
        drawn = np.array(settings.points)[split_order(settings, len(settings.points))]
        return drawn[:, :2], drawn[:, 2]
    return MAKERS[settings.data](settings.count, settings.noise, settings.seed)


def features(x: Array, names: Sequence[str]) -> Array:
    """Return what points (n, 2) are to the network: (n, features) float32.

    Example:
        >>> features(np.array([[2.0, 3.0]]), ("x1", "x1*x2")).tolist()
        [[2.0, 6.0]]
    """
    x1, x2 = x.T
    return np.stack([FEATURES[name].of(x1, x2) for name in names], axis=1).astype(np.float32)


def training_rows(settings: Settings, rows: int) -> int:
    """Return how many rows are learnt from: at least one, and at least one is left to test."""
    return min(max(round(settings.train * rows), 1), rows - 1)


def split_order(settings: Settings, rows: int) -> Array:
    """Return the order in which rows that were not made at random are parted into training and test rows."""
    return np.random.default_rng(settings.seed).permutation(rows)


# --- Tables --------------------------------------------------------------------------------------


def open_table(name: str, text: str) -> Table:
    """Read a table that a user brings.

    Raises:
        SettingsError: it is too large, or no table; lines and columns are named.
    """
    try:
        table = tables.parse_csv(name, text)
    except TableError as error:
        raise _worded(name, error) from error
    if len(table.rows) < 2:  # one to learn from, one to test
        raise SettingsError("table_empty", name=name)
    if len(table.rows) > MOST_ROWS:
        raise SettingsError("too_large", field="table", got=len(table.rows), limit=MOST_ROWS)
    return table


def _worded(name: str, error: TableError) -> SettingsError:
    if error.problem == "row":
        return SettingsError("table_row", name=name, **error.details)
    if error.problem == "header":
        return SettingsError("table_header", name=name, detail=error.details["got"])
    return SettingsError("table_empty", name=name)


def columns_of(table: Table) -> Columns:
    """Return what each column of a table is good for.

    Raises:
        SettingsError: a column of numbers has a cell that is none, which is named; no column holds numbers; or none
            can be learnt.
    """
    numbers = set(table.number_columns())
    for name in table.number_columns(MOSTLY):
        if name not in numbers:
            raise _in_the_way(table, name)
    columns = {name: Column(name in numbers, _classes(table, name)) for name in table.columns}
    if not numbers:
        raise _in_the_way(table, table.columns[0])
    if all(column.classes is None for column in columns.values()):
        raise SettingsError("table_columns", name=table.name, target=None)
    return columns


def _classes(table: Table, name: str) -> int | None:
    """Return how many classes a column has as a target, 0 where it holds amounts, None where it can be none."""
    try:
        target = table.targets(name)
    except TableError:
        return None
    if not tables.are_classes(target):
        return 0
    count = len(np.unique(target))
    return count if 2 <= count <= MOST_CLASSES else None


def _in_the_way(table: Table, column: str) -> SettingsError:
    """Return the error that names the first cell of a column that is no number."""
    try:
        table.numbers([column])
    except TableError as error:
        return _worded(table.name, error)
    return SettingsError("table_columns", name=table.name, target=None)


def _table_problem(settings: Settings, table: Table, columns: Columns) -> Problem:
    target = table.targets(settings.target or table.columns[-1])
    names: list[str] = []
    if tables.are_classes(target):
        target, names = tables.number_classes(target)
    x = table.numbers(settings.features)
    order = split_order(settings, len(x))
    x, y = x[order], target[order]
    split = training_rows(settings, len(x))
    scaling, target_scaling = Scaling.of(x[:split]), None
    if not names:
        target_scaling = Scaling.of(y[:split])
        y = target_scaling.scaled(y)
    inputs, y = scaling.scaled(x).astype(np.float32), y.astype(np.int64 if names else np.float32)
    places = [settings.features.index(name) for name in settings.axes]
    return Problem(
        settings.data,
        classes=names,
        inputs=list(settings.features),
        axes=list(settings.axes),
        bounds=around(inputs[:, places]),
        x_train=inputs[:split],
        y_train=y[:split],
        x_test=inputs[split:],
        y_test=y[split:],
        shown=Shown.of(inputs, y, inputs[:, places], np.arange(len(x)) >= split),
        inputs_of=lambda at: on_plane(at, places, np.zeros(len(settings.features))),
        rest=[0.0] * len(settings.features),  # the mean, as they are scaled
        target_range=range_of(y),
        columns=[name for name, column in columns.items() if column.is_number or column.classes is not None],
        scaling=scaling,
        target_scaling=target_scaling,
    )


def on_plane(at: Array, places: Sequence[int], others: Array) -> Array:
    """Return inputs (n, inputs) where two, at their places, are coordinates (n, 2), and the others always the same."""
    rows = np.tile(others, (len(at), 1))
    for coordinate in (1, 0):  # where both axes are the same input the first says where on it
        rows[:, places[coordinate]] = at[:, coordinate]
    return rows


def around(x: Array) -> Bounds:
    """Return a plane that holds all points (n, 2), with a margin."""
    low, high = x.min(axis=0).astype(float), x.max(axis=0).astype(float)
    margin = np.where(high > low, 0.1 * (high - low), 1.0)
    (x1_low, x2_low), (x1_high, x2_high) = (low - margin).tolist(), (high + margin).tolist()
    return x1_low, x1_high, x2_low, x2_high


def range_of(y: Array) -> tuple[float, float]:
    """Return lowest and highest target, apart from each other."""
    if not len(y):
        return -1.0, 1.0
    low, high = float(y.min()), float(y.max())
    return (low, high) if low < high else (low - 1.0, high + 1.0)
