"""The settings one field at a time: what may be asked for, and what it becomes where the data no longer fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt.playground.choices import (
    ACTIVATIONS,
    DATA,
    FEATURES,
    FIRST_INPUTS,
    FIRST_POINTS,
    INITIALIZERS,
    LIMITS,
    LOSSES,
    MOST_INPUTS,
    MOST_LAYERS,
    MOST_POINTS,
    OPENED,
    OPTIMIZERS,
    OUTPUTS,
)
from rosenblatt.playground.errors import SettingsError, shown

if TYPE_CHECKING:
    from rosenblatt.playground.settings import Settings


@dataclass(frozen=True)
class HiddenLayer:
    """A hidden layer."""

    units: int
    activation: str = "tanh"
    frozen: bool = False


@dataclass(frozen=True)
class Output:
    """The output layer, whose units follow from the data."""

    activation: str = "sigmoid"
    frozen: bool = False


class Column(NamedTuple):
    """What a table's column is good for."""

    is_number: bool  # it can feed the network
    classes: int | None  # how many it has as a target; 0: numbers are to be learnt; None: nothing can be


Columns = Mapping[str, Column]


def _number(field: str, value: Any, bounds: str = "") -> float:
    """Return a finite number within the bounds of LIMITS."""
    low, high = LIMITS[bounds or field]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise SettingsError("not_a_number", field=field, got=shown(value))
    if not low <= value <= high:
        raise SettingsError("out_of_range", field=field, got=shown(value), low=low, high=high)
    return float(value)


def _whole(field: str, value: Any, bounds: str = "") -> int:
    number = _number(field, value, bounds)
    if not number.is_integer():
        raise SettingsError("not_a_number", field=field, got=shown(value))
    return int(number)


def _name(field: str, value: Any, known: Iterable[str]) -> str:
    if not isinstance(value, str) or value not in (known := list(known)):
        raise SettingsError("unknown_name", field=field, got=shown(value), known=list(known))
    return value


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise SettingsError("unknown_name", field=field, got=shown(value), known=[False, True])
    return value


def _list(field: str, value: Any, limit: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise SettingsError("malformed")
    if len(value) > limit:
        raise SettingsError("too_large", field=field, got=len(value), limit=limit)
    return value


def _parts(value: Any, known: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError("malformed")
    for name in value:
        _name("layers", name, known)
    return value


def _data(value: Any, new: Settings, columns: Columns | None) -> str:
    return _name("data", value, (name for name in DATA if name != "table" or columns is not None))


def _points(value: Any, new: Settings, columns: Columns | None) -> tuple[tuple[float, float, int], ...]:
    points = tuple(_point(point) for point in _list("points", value, MOST_POINTS))
    return _enough(points) if new.data == "drawn" else points


def _point(point: Any) -> tuple[float, float, int]:
    if not isinstance(point, list | tuple) or len(point) != 3:
        raise SettingsError("malformed")
    x1, x2 = (round(_number("points", place, "place"), 3) for place in point[:2])
    return x1, x2, _whole("points", point[2], "class")


def _enough(points: tuple[tuple[float, float, int], ...]) -> tuple[tuple[float, float, int], ...]:
    if len(points) < 2:
        raise SettingsError("drawn_needs_points")
    if len({kind for *_, kind in points}) < 2:
        raise SettingsError("drawn_needs_classes")
    return points


def _same_points(new: Settings, old: Settings, columns: Columns | None) -> tuple[tuple[float, float, int], ...]:
    return _enough(new.points or FIRST_POINTS) if new.data == "drawn" else new.points


def _target(value: Any, new: Settings, columns: Columns | None) -> str | None:
    if value is None and new.data != "table":
        return None
    return _name("target", value, _targets(new, columns))


def _targets(new: Settings, columns: Columns | None) -> list[str]:
    """Return the columns of the table that can be learnt."""
    if new.data != "table" or columns is None:
        return []
    return [name for name, column in columns.items() if column.classes is not None]


def _fitting_target(new: Settings, old: Settings, columns: Columns | None) -> str | None:
    known = _targets(new, columns)
    if new.data == "table" and not known:
        raise SettingsError("table_columns", name="table", target=None)
    return new.target if new.target in known else known[-1] if known else None


def _known_features(new: Settings, columns: Columns | None) -> Sequence[str]:
    if new.data != "table" or columns is None:
        return list(FEATURES)
    known = [name for name, column in columns.items() if column.is_number and name != new.target]
    if not known:
        raise SettingsError("table_columns", name="table", target=new.target)
    return known


def _features(value: Any, new: Settings, columns: Columns | None) -> tuple[str, ...]:
    known = _known_features(new, columns)
    wanted = {_name("features", name, known) for name in _list("features", value, max(MOST_INPUTS, len(FEATURES)))}
    if not wanted:
        raise SettingsError("no_feature")
    return tuple(name for name in known if name in wanted)


def _fitting_features(new: Settings, old: Settings, columns: Columns | None) -> tuple[str, ...]:
    known = _known_features(new, columns)
    if new.data == "table" and old.data != "table":
        return tuple(known[:FIRST_INPUTS])
    kept = tuple(name for name in new.features if name in known)
    return kept or tuple(known[: FIRST_INPUTS if new.data == "table" else 2])


def _layers(value: Any, new: Settings, columns: Columns | None) -> tuple[HiddenLayer, ...]:
    return tuple(_layer(layer) for layer in _list("layers", value, MOST_LAYERS))


def _layer(value: Any) -> HiddenLayer:
    parts = _parts(value, ("units", "activation", "frozen"))
    return HiddenLayer(
        units=_whole("units", parts.get("units")),
        activation=_name("activation", parts.get("activation", "tanh"), ACTIVATIONS),
        frozen=_flag("frozen", parts.get("frozen", False)),
    )


def _offered_outputs(new: Settings, columns: Columns | None) -> tuple[str, ...]:
    classes = new.classes(columns)
    return OUTPUTS["numbers" if not classes else "two" if classes == 2 else "several"]


def _output(value: Any, new: Settings, columns: Columns | None) -> Output:
    parts = _parts(value, ("activation", "frozen"))
    activation = parts.get("activation", _fitting_output(new, new, columns).activation)
    return Output(
        activation=_name("activation", activation, _offered_outputs(new, columns)),
        frozen=_flag("frozen", parts.get("frozen", new.output.frozen)),
    )


def _fitting_output(new: Settings, old: Settings, columns: Columns | None) -> Output:
    offered = _offered_outputs(new, columns)
    return new.output if new.output.activation in offered else Output(offered[0], new.output.frozen)


def _loss(value: Any, new: Settings, columns: Columns | None) -> str:
    return _name("loss", value, LOSSES[new.task(columns)])


def _fitting_loss(new: Settings, old: Settings, columns: Columns | None) -> str:
    """Keep the loss within a task: a squared error that numbers left behind would learn classes badly."""
    task = new.task(columns)
    same_task = (task == "numbers") == (old.output.activation in OUTPUTS["numbers"])
    return new.loss if same_task and new.loss in LOSSES[task] else LOSSES[task][0]


def _fitting_noise(new: Settings, old: Settings, columns: Columns | None) -> float:
    """Keep the noise that was chosen; where none was, the default changes with the data."""
    return DATA[new.data].noise if new.noise == DATA[old.data].noise else new.noise


def _fitting_batch_size(new: Settings, old: Settings, columns: Columns | None) -> int:
    return DATA[new.data].batch_size if new.batch_size == DATA[old.data].batch_size else new.batch_size


def _axes(value: Any, new: Settings, columns: Columns | None) -> tuple[str, ...]:
    if new.data not in ("table", OPENED) and value in ([], ()):
        return ()
    known = new.features if new.data in ("table", OPENED) else ()
    axes = tuple(_name("axes", name, known) for name in _list("axes", value, 2))
    if len(axes) != 2:
        raise SettingsError("malformed")
    return axes


def _fitting_axes(new: Settings, old: Settings, columns: Columns | None) -> tuple[str, ...]:
    if new.data != "table":
        return ()
    if len(new.axes) == 2 and set(new.axes) <= set(new.features):
        return new.axes
    return (new.features[0], new.features[min(1, len(new.features) - 1)])


def _weights(value: Any, new: Settings, columns: Columns | None) -> tuple[float, ...] | None:
    if value is None:
        return None
    wanted = new.parameters(columns)
    if len(_list("weights", value, 10**6)) != wanted:
        raise SettingsError("out_of_range", field="weights", got=len(value), low=wanted, high=wanted)
    return tuple(weight(number) for number in value)


def weight(value: Any) -> float:
    """Return a weight as the network holds it, in single precision.

    Raises:
        SettingsError: it is no number, or too large.
    """
    return float(np.float32(_number("weights", value, "weight")))


def _fitting_weights(new: Settings, old: Settings, columns: Columns | None) -> tuple[float, ...] | None:
    return new.weights if new.weights is not None and len(new.weights) == new.parameters(columns) else None


class Field(NamedTuple):
    """How a field is checked when it is asked for, and what it becomes when others are."""

    check: Callable[[Any, Settings, Columns | None], Any]
    fit: Callable[[Settings, Settings, Columns | None], Any] | None = None


def _amount(name: str) -> Callable[[Any, Settings, Columns | None], float]:
    return lambda value, new, columns: _number(name, value)


def _count(name: str) -> Callable[[Any, Settings, Columns | None], int]:
    return lambda value, new, columns: _whole(name, value)


def _choice(name: str, known: Iterable[str]) -> Callable[[Any, Settings, Columns | None], str]:
    return lambda value, new, columns: _name(name, value, known)


FIELDS: dict[str, Field] = {
    "data": Field(_data),
    "points": Field(_points, _same_points),
    "target": Field(_target, _fitting_target),
    "count": Field(_count("count")),
    "noise": Field(_amount("noise"), _fitting_noise),
    "train": Field(_amount("train")),
    "seed": Field(_count("seed")),
    "features": Field(_features, _fitting_features),
    "layers": Field(_layers),
    "output": Field(_output, _fitting_output),
    "loss": Field(_loss, _fitting_loss),
    "optimizer": Field(_choice("optimizer", OPTIMIZERS)),
    "learning_rate": Field(_amount("learning_rate")),
    "l1": Field(_amount("l1")),
    "l2": Field(_amount("l2")),
    "batch_size": Field(_count("batch_size"), _fitting_batch_size),
    "initializer": Field(_choice("initializer", INITIALIZERS)),
    "axes": Field(_axes, _fitting_axes),
    "weights": Field(_weights, _fitting_weights),
}
CHANGEABLE_WHERE_OPENED = ("learning_rate", "batch_size", "axes")
