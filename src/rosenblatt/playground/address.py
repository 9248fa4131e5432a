"""The settings as the readable end of an address: written, and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import numpy as np

from rosenblatt.playground.choices import DATA, OPENED
from rosenblatt.playground.errors import SettingsError, shown
from rosenblatt.playground.fields import FIELDS, HiddenLayer, Output
from rosenblatt.playground.settings import Settings

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


def to_address(settings: Settings) -> str:
    """Write the settings as the readable end of an address: all that is not as it is by default for the data.

    A table is not in it: the default data stands in its place. Nor is a model that was opened.

    Example:
        >>> to_address(Settings().changed({"data": "XOR", "layers": [{"units": 2, "activation": "sigmoid"}]}))
        'data=XOR&layers=2:sigmoid'
    """
    if settings.data == OPENED:
        return ""
    if settings.data == "table":
        return to_address(_without_table(settings))
    default = Settings().changed({"data": settings.data, "points": settings.points})
    parts = {"points": WRITINGS["points"].write(settings.points)} if settings.points else {}
    for name, writing in WRITINGS.items():
        if getattr(settings, name) != getattr(default, name):
            parts[name] = writing.write(getattr(settings, name))
    if settings.data != Settings.data:
        parts = {"data": settings.data} | parts
    return "&".join(f"{name}={quote(text, safe=READABLE)}" for name, text in parts.items())


def from_address(address: str) -> tuple[Settings, list[SettingsError]]:
    """Read an address; what is wrong in it stays as it is by default, and is told.

    Example:
        >>> settings, errors = from_address("data=moons&layers=8:relu,4:tanh:frozen&count=7")
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
    settings = Settings()
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
