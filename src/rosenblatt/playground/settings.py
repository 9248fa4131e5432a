"""The whole setting of a run, checked and changed.

Settings never hold anything that does not fit together: `Settings.changed` gives new ones or raises a `SettingsError`.
The same settings give the same data, the same start and the same losses, bit for bit.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rosenblatt.playground.choices import DATA, OPENED
from rosenblatt.playground.errors import SettingsError, shown
from rosenblatt.playground.fields import CHANGEABLE_WHERE_OPENED, FIELDS, Columns, HiddenLayer, Output


@dataclass(frozen=True)
class Settings:
    """All that decides a run.

    Attributes:
        data: the name of a set of points, "table" or "model".
        count: points in all.
        noise: standard deviation.
        train: share of the points that is learnt from.
        seed: of the data, the start, and the orders.
        features: what is fed to the network.
        layers: the hidden ones.
        output: the last one.
        loss: "crossentropy" or "mse" for classes, "mse", "mae" or "huber" for numbers.
        optimizer: "sgd", "momentum", "rmsprop" or "adam".
        learning_rate: of every update.
        l1: what the kernels' sizes cost.
        l2: what their squares cost.
        batch_size: rows an update.
        initializer: how the kernels start.
        weights: all parameters at the start as one list, where they were made by hand.
        points: drawn by hand: x1, x2 and the class.
        target: the column of a table that is to be learnt.
        axes: the two inputs that span the plane, of a table or a model.
    """

    data: str = "circle"
    count: int = 500
    noise: float = 0.1
    train: float = 0.5
    seed: int = 1
    features: tuple[str, ...] = ("x1", "x2")
    layers: tuple[HiddenLayer, ...] = (HiddenLayer(4), HiddenLayer(2))
    output: Output = field(default_factory=Output)
    loss: str = "crossentropy"
    optimizer: str = "sgd"
    learning_rate: float = 0.03
    l1: float = 0.0
    l2: float = 0.0
    batch_size: int = 10
    initializer: str = "glorot_uniform"
    weights: tuple[float, ...] | None = None
    points: tuple[tuple[float, float, int], ...] = ()
    target: str | None = None
    axes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return all fields, ready for JSON."""
        fields: dict[str, Any] = _plain(dataclasses.asdict(self))
        return fields

    def changed(self, changes: Any, columns: Columns | None = None) -> Settings:
        """Return settings in which some fields are others; what no longer fits them is set to the first that does.

        Args:
            changes: some fields as `to_json` writes them.
            columns: those of the table that is open, if any.

        Raises:
            SettingsError: something asked for is unknown, out of bounds, or does not fit the rest.
        """
        if not isinstance(changes, Mapping) or not all(isinstance(name, str) for name in changes):
            raise SettingsError("malformed")
        for name in changes:
            if name not in FIELDS:
                raise SettingsError("unknown_name", field="settings", got=shown(name), known=list(FIELDS))
            if self.data == OPENED and name not in CHANGEABLE_WHERE_OPENED:
                raise SettingsError("not_here", command=name)
        new = self
        for name, rules in FIELDS.items():  # in an order in which each may be judged by those before it
            if name in changes:
                value = rules.check(changes[name], new, columns)
            elif self.data != OPENED and rules.fit is not None:
                value = rules.fit(new, self, columns)
            else:
                continue
            new = dataclasses.replace(new, **{name: value})
        if "weights" not in changes and (new.seed, new.initializer) != (self.seed, self.initializer):
            return dataclasses.replace(new, weights=None)  # another start was asked for
        return new

    # What follows from them

    def classes(self, columns: Columns | None = None) -> int:
        """Return how many classes there are; 0 where numbers are to be learnt."""
        if self.data == "drawn":
            return max(2, 1 + max((kind for *_, kind in self.points), default=0))
        if self.data == "table" and columns is not None and self.target is not None:
            return columns[self.target].classes or 0
        return DATA[self.data].classes

    def task(self, columns: Columns | None = None) -> str:
        """Return "classes" or "numbers"."""
        return "classes" if self.classes(columns) else "numbers"

    def outputs(self, columns: Columns | None = None) -> int:
        """Return how many units the output layer has."""
        classes = self.classes(columns)
        return classes if classes > 2 else 1

    def parameters(self, columns: Columns | None = None) -> int:
        """Return how many weights and biases the network has."""
        widths = [len(self.features), *(layer.units for layer in self.layers), self.outputs(columns)]
        return sum((before + 1) * after for before, after in itertools.pairwise(widths))

    def same_start(self, other: Settings) -> bool:
        """Tell whether a run of other settings has the same data and starts from the same weights."""
        return self._start() == other._start()

    def _start(self) -> tuple[Any, ...]:
        units = tuple(layer.units for layer in self.layers)
        drawn = self.points if self.data == "drawn" else ()
        names = ("data", "count", "noise", "train", "seed", "features", "initializer", "weights", "target")
        return (units, drawn, *(getattr(self, name) for name in names))

    def course(self) -> Settings:
        """Return the settings without the plane's axes, which say what is shown, and nothing of what is learnt."""
        return dataclasses.replace(self, axes=())


def _plain(value: Any) -> Any:
    """Return tuples as lists, as JSON reads them."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value
