"""What an address says: the whole setting of a run, checked, changed, and written as an address and read from one.

Settings never hold anything that does not fit together: `Settings.changed` gives new ones or raises a `SettingsError`.
The same settings give the same data, the same start and the same losses, bit for bit.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import numpy as np

from rosenblatt.errors import RosenblattError

# --- What there is to choose ---------------------------------------------------------------------


class Data(NamedTuple):
    """A set of points that can be chosen."""

    group: str
    classes: int  # 0: numbers are to be learnt
    noise: float = 0.0  # where nobody says more
    batch_size: int = 10


DATA: dict[str, Data] = {
    "AND": Data("gates", 2, batch_size=4),
    "OR": Data("gates", 2, batch_size=4),
    "NAND": Data("gates", 2, batch_size=4),
    "XOR": Data("gates", 2, batch_size=4),
    "circle": Data("classes", 2, noise=0.1),
    "xor": Data("classes", 2, noise=0.05),
    "gauss": Data("classes", 2, noise=0.2),
    "spiral": Data("classes", 2, noise=0.02),
    "moons": Data("classes", 2, noise=0.1),
    "three": Data("classes", 3, noise=0.15),
    "plane": Data("numbers", 0),
    "bump": Data("numbers", 0),
    "drawn": Data("own", 2),  # or as many as are drawn
    "table": Data("own", 2),  # or as many as its target has
}
OPENED = "model"  # the data's name where a trained model was opened
FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(pi*x1)", "sin(pi*x2)")
ACTIVATIONS = ("linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu")
OUTPUTS = {"two": ("sigmoid", "step"), "several": ("softmax",), "numbers": ("linear",)}
LOSSES = {"classes": ("crossentropy", "mse"), "numbers": ("mse", "mae", "huber")}
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")
INITIALIZERS = ("glorot_uniform", "he_normal", "lecun_normal", "random_normal", "zeros")

# Lowest and highest value; whole numbers where both are.
LIMITS: dict[str, tuple[float, float]] = {
    "count": (10, 5000),
    "noise": (0.0, 1.0),
    "train": (0.1, 0.9),
    "seed": (0, 2**31 - 1),
    "learning_rate": (1e-5, 10.0),
    "l1": (0.0, 1.0),
    "l2": (0.0, 1.0),
    "batch_size": (1, 20_000),
    "units": (1, 64),
    "class": (0, 3),
    "place": (-1.2, 1.2),  # a coordinate of a drawn point
    "weight": (-1e6, 1e6),
}
MOST_LAYERS = 10
MOST_POINTS = 5000  # drawn by hand
MOST_INPUTS = 64  # columns of a table that feed the network
FIRST_INPUTS = 16  # columns of a table that feed it where nobody has chosen
# What drawing begins with: two groups that a line can part, but not an upright or a level one.
FIRST_POINTS: tuple[tuple[float, float, int], ...] = (
    (-0.7, 0.1, 0),
    (-0.5, -0.4, 0),
    (-0.2, 0.2, 0),
    (0.1, -0.6, 0),
    (-0.2, 0.7, 1),
    (0.3, 0.3, 1),
    (0.5, 0.7, 1),
    (0.7, -0.1, 1),
)


def choices() -> dict[str, Any]:
    """Return all that can be chosen, ready for JSON."""
    data = [
        {"name": name, "task": "classes" if kind.classes else "numbers", "group": kind.group}
        for name, kind in DATA.items()
    ]
    return {
        "data": data,
        "features": list(FEATURES),
        "activations": list(ACTIVATIONS),
        "outputs": {kind: list(names) for kind, names in OUTPUTS.items()},
        "losses": {task: list(names) for task, names in LOSSES.items()},
        "optimizers": list(OPTIMIZERS),
        "initializers": list(INITIALIZERS),
    }


def limits() -> dict[str, Any]:
    """Return all bounds, ready for JSON."""
    return {name: list(bounds) for name, bounds in LIMITS.items()} | {
        "layers": MOST_LAYERS,
        "points": MOST_POINTS,
        "inputs": MOST_INPUTS,
    }


# --- What goes wrong -----------------------------------------------------------------------------

TEXTS = {
    "malformed": "expected a change of settings, got something else",
    "unknown_name": "{field}: expected one of {known}, got {got!r}",
    "out_of_range": "{field}: expected from {low} to {high}, got {got}",
    "not_a_number": "{field}: expected a number, got {got!r}",
    "no_feature": "features: expected at least one, got none",
    "too_large": "{field}: expected at most {limit}, got {got}",
    "table_empty": "{name}: expected a header and rows below it",
    "table_header": "{name}: expected the columns' names in the first line, got {detail!r}",
    "table_row": "{name}: expected a row like the others in line {line}, got {got!r} in column {column!r}",
    "table_columns": "{name}: expected a column of numbers beside the target {target!r}",
    "table_text": "{name}: expected text in UTF-8 or CP949",
    "drawn_needs_points": "expected at least two drawn points",
    "drawn_needs_classes": "expected drawn points of at least two classes",
    "not_here": "{command}: not possible with a model that was opened",
    "no_target": "expected rows with targets to learn from",
    "not_compiled": "expected a compiled model, got one without optimizer and loss: it can be looked at, not trained",
    "refused": "{detail}",
}


class SettingsError(RosenblattError, ValueError):
    """What a user asked for cannot be done; the page words it by its key.

    Example:
        >>> raise SettingsError("out_of_range", field="units", got=0, low=1, high=64)
        Traceback (most recent call last):
            ...
        rosenblatt.playground.settings.SettingsError: units: expected from 1 to 64, got 0.
    """

    def __init__(self, key: str, **arguments: Any) -> None:
        super().__init__(TEXTS.get(key, key).format(**arguments).rstrip(".") + ".")
        self.key, self.arguments = key, arguments


def shown(value: Any) -> Any:
    """Return a value that may be anything as something short that JSON can say."""
    if isinstance(value, bool | int | float) or value is None:
        try:
            if math.isfinite(value or 0):
                return value
        except OverflowError:
            pass  # a whole number beyond all floats: say its first digits
    try:
        return str(value)[:40]
    except ValueError:
        return "…"  # more digits than Python writes


# --- The settings --------------------------------------------------------------------------------


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
    output: Output = Output()
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
        for name, field in FIELDS.items():  # in an order in which each may be judged by those before it
            if name in changes:
                value = field.check(changes[name], new, columns)
            elif self.data != OPENED and field.fit is not None:
                value = field.fit(new, self, columns)
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

    # The address

    def to_address(self) -> str:
        """Write the settings as the readable end of an address: all that is not as it is by default for the data.

        A table is not in it: the default data stands in its place. Nor is a model that was opened.

        Example:
            >>> Settings().changed({"data": "XOR", "layers": [{"units": 2, "activation": "sigmoid"}]}).to_address()
            'data=XOR&layers=2:sigmoid'
        """
        if self.data == OPENED:
            return ""
        if self.data == "table":
            return _without_table(self).to_address()
        default = Settings().changed({"data": self.data, "points": self.points})
        parts = {"points": WRITINGS["points"].write(self.points)} if self.points else {}
        for name, writing in WRITINGS.items():
            if getattr(self, name) != getattr(default, name):
                parts[name] = writing.write(getattr(self, name))
        if self.data != Settings.data:
            parts = {"data": self.data} | parts
        return "&".join(f"{name}={quote(text, safe=READABLE)}" for name, text in parts.items())

    @classmethod
    def from_address(cls, address: str) -> tuple[Settings, list[SettingsError]]:
        """Read an address; what is wrong in it stays as it is by default, and is told.

        Example:
            >>> settings, errors = Settings.from_address("data=moons&layers=8:relu,4:tanh:frozen&count=7")
            >>> settings.layers[1]
            HiddenLayer(units=4, activation='tanh', frozen=True)
            >>> errors[0].arguments
            {'field': 'count', 'got': 7, 'low': 10, 'high': 5000}
        """
        errors: list[SettingsError] = []
        given: dict[str, Any] = {}
        for part in filter(None, address.lstrip("#?").split("&")):
            name, _, text = part.partition("=")
            if name in WRITINGS:
                given[name] = WRITINGS[name].read(unquote(text))
            else:
                known = list(WRITINGS)
                errors.append(SettingsError("unknown_name", field="address", got=shown(name), known=known))
        together = {name: given.pop(name) for name in ("data", "points") if name in given}
        settings = cls()
        for changes in (together, *({name: given[name]} for name in FIELDS if name in given)):
            try:
                settings = settings.changed(changes)
            except SettingsError as error:
                errors.append(error)
        return settings, errors


def _without_table(settings: Settings) -> Settings:
    """Return settings for the default data that keep what is not about a table's columns."""
    own = {"data", "features", "output", "loss", "weights", "target", "axes"}
    own |= {name for name in ("noise", "batch_size") if getattr(settings, name) == getattr(DATA["table"], name)}
    return Settings().changed({name: value for name, value in settings.to_json().items() if name not in own})


def _plain(value: Any) -> Any:
    """Return tuples as lists, as JSON reads them."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value


# --- One field at a time: what may be asked for, and what it becomes where the data no longer fit --


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
        return FEATURES
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


def _choice(name: str, known: Sequence[str]) -> Callable[[Any, Settings, Columns | None], str]:
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

# --- How a field stands in an address ------------------------------------------------------------

READABLE = ":,*^()-."  # characters that an address keeps as they are


class Writing(NamedTuple):
    """How a field is written as text, and read from it; what makes no sense is left to the checks."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _read_number(text: str) -> Any:
    if "_" in text or not text.isascii():  # Python would read "1_000", and the digits of all scripts
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _write_layers(layers: Sequence[HiddenLayer]) -> str:
    return ",".join(f"{layer.units}:{_write_output(layer)}" for layer in layers) or "none"


def _read_layers(text: str) -> list[dict[str, Any]]:
    return [] if text in ("none", "") else [_read_layer(part) for part in text.split(",")]


def _read_layer(text: str) -> dict[str, Any]:
    units, colon, rest = text.partition(":")
    return {"units": _read_number(units)} | (_read_output(rest) if colon else {})


def _write_output(output: Output | HiddenLayer) -> str:
    return output.activation + ":frozen" * output.frozen


def _read_output(text: str) -> dict[str, Any]:
    activation, _, frozen = text.partition(":")
    return {"activation": activation, "frozen": {"": False, "frozen": True}.get(frozen, frozen)}


def _write_points(points: Sequence[tuple[float, float, int]]) -> str:
    return ",".join(f"{x1}:{x2}:{kind}" for x1, x2, kind in points)


def _read_points(text: str) -> list[list[Any]]:
    return [[_read_number(part) for part in point.split(":")] for point in text.split(",")]


def _write_weights(weights: Sequence[float] | None) -> str:
    return ",".join(str(np.float32(number)) for number in weights or ())


def _read_weights(text: str) -> list[Any]:
    return [_read_number(part) for part in text.split(",")]


NUMBER = Writing(repr, _read_number)
NAME = Writing(str, str)
WRITINGS: dict[str, Writing] = {
    "data": NAME,
    "count": NUMBER,
    "noise": NUMBER,
    "train": NUMBER,
    "seed": NUMBER,
    "features": Writing(",".join, lambda text: text.split(",")),
    "layers": Writing(_write_layers, _read_layers),
    "output": Writing(_write_output, _read_output),
    "loss": NAME,
    "optimizer": NAME,
    "learning_rate": NUMBER,
    "l1": NUMBER,
    "l2": NUMBER,
    "batch_size": NUMBER,
    "initializer": NAME,
    "points": Writing(_write_points, _read_points),
    "weights": Writing(_write_weights, _read_weights),
}
