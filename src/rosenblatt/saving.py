"""What a model file holds: the model's description, its arrays, and how both become a model again.

Nothing in a file is ever executed: classes are looked up in tables, a user's own functions in ``custom_objects``.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt import files, losses, optimizers
from rosenblatt import metrics as metrics_module
from rosenblatt.arguments import check_whole_number
from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, FileFormatError, RosenblattError
from rosenblatt.history import History
from rosenblatt.layers import lay_out, name_layers
from rosenblatt.metrics import Metric
from rosenblatt.types import Array, Shape
from rosenblatt.version import __version__

if TYPE_CHECKING:
    from rosenblatt.models import Sequential


def save(model: Sequential, path: str | Path) -> None:
    """Write a whole model to a file: see `Sequential.save`."""
    tensors = _weights(model) | {f"optimizer/{name}": slot for name, slot in model.state.slots.items()}
    files.write(path, tensors, {"model": json.dumps(describe(model), default=_for_json)})


def save_weights(model: Sequential, path: str | Path) -> None:
    """Write a model's weights to a file: see `Sequential.save_weights`."""
    files.write(path, _weights(model), {})


def load_weights(model: Sequential, path: str | Path) -> None:
    """Read a model's weights from a file: see `Sequential.load_weights`."""
    weights = model.weights
    tensors, _ = files.read(path)
    _check_shapes(path, tensors, "weights/", {name: array.shape for name, array in weights.items()})
    for name, array in weights.items():
        array[...] = tensors[f"weights/{name}"]


def load(
    kind: type[Sequential], path: str | Path, compile: bool, custom_objects: Mapping[str, Any] | None
) -> Sequential:
    """Read a whole model from a file: see `rosenblatt.models.load_model`."""
    if custom_objects is not None and not isinstance(custom_objects, Mapping):
        raise ArgumentError(
            f"load_model: expected custom_objects to be a dict, got {custom_objects!r}. Give {{'name': object}}."
        )
    tensors, metadata = files.read(path)
    if "model" not in metadata:
        raise FileFormatError(f"load_model: expected a whole model in {path}, got weights only. Use load_weights.")
    try:
        return _restore(kind, path, tensors, json.loads(metadata["model"]), compile, custom_objects or {})
    except FileFormatError:
        raise
    except (
        RosenblattError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        RecursionError,
    ) as error:
        reason = error if isinstance(error, RosenblattError) else repr(error)
        raise FileFormatError(
            f"load_model: expected a model in {path}, got one that makes no sense ({reason}). Fetch or save it again."
        ) from error


def _weights(model: Sequential) -> dict[str, Array]:
    return {f"weights/{name}": array for name, array in model.weights.items()}


def describe(model: Sequential) -> dict[str, Any]:
    """Return everything of a model but its arrays, ready for JSON."""
    description: dict[str, Any] = {
        "model": model.get_config(),
        "versions": {"rosenblatt": __version__, "numpy": np.__version__, "python": platform.python_version()},
        "data_name": model.data_name,
        "rng": model.rng.bit_generator.state,
        "class_names": None if model.class_names is None else [str(name) for name in model.class_names],
    }
    if model._optimizer is not None:
        description["compile"] = {
            "optimizer": serialize(model.optimizer),
            "loss": serialize(model.loss),
            "metrics": [_described(metric) for metric in _several(model._metrics_wanted[0])],
            "weighted_metrics": [_described(metric) for metric in _several(model._metrics_wanted[1])],
        }
        description["step"] = model.state.step
    if model.history is not None:
        description["history"] = {"history": model.history.history, "epoch": model.history.epoch}
    return description


def _restore(
    kind: type[Sequential],
    path: str | Path,
    tensors: Mapping[str, Array],
    description: Mapping[str, Any],
    compile: bool,
    custom_objects: Mapping[str, Any],
) -> Sequential:
    model = kind.from_config(description["model"])
    if model._input_shape is None:
        raise FileFormatError(f"load_model: expected a built model in {path}, got one without input shape.")
    # The shapes are compared before anything is allocated: a small file cannot ask for a large model.
    plans = lay_out(model.layers, name_layers(model.layers), model._input_shape)
    wanted = {f"{plan.name}/{a.name}": a.shape for plan in plans for a in (*plan.parameters, *plan.statistics)}
    _check_shapes(path, tensors, "weights/", wanted, model.dtype)
    for layer, plan in zip(model.layers, plans, strict=True):  # each brings its numbers along, as after copy or pop
        layer._arrays = {a.name: tensors[f"weights/{plan.name}/{a.name}"] for a in (*plan.parameters, *plan.statistics)}
    model._build(model.layers, model._input_shape)
    compiled = description.get("compile")
    if compile and compiled is not None:
        model.compile(
            optimizer=optimizers.get(compiled["optimizer"]),
            loss=_revived(path, compiled["loss"], custom_objects),
            metrics=[_revived(path, metric, custom_objects) for metric in compiled["metrics"]],
            weighted_metrics=[_revived(path, metric, custom_objects) for metric in compiled["weighted_metrics"]],
        )
        slots = {name: slot.shape for name, slot in model.state.slots.items()}
        _check_shapes(path, tensors, "optimizer/", slots, model.dtype)
        for name, slot in model.state.slots.items():
            slot[...] = tensors[f"optimizer/{name}"]
        model.state.step = model.optimizer.iterations = check_whole_number(
            "load_model", "step", description["step"], at_least=0
        )
    model.rng.bit_generator.state = description["rng"]
    if description["class_names"] is not None:
        model.class_names = [str(name) for name in _list(description["class_names"])]
    if description["data_name"] is not None:
        model.data_name = str(description["data_name"])
    if "history" in description:
        model.history = History()
        model.history.set_model(model)
        figures = description["history"]["history"]
        model.history.history = {name: _list(values) for name, values in figures.items()}
        if not all(model.history.history.values()):
            raise ValueError("a history without figures")
        model.history.epoch = [int(epoch) for epoch in _list(description["history"]["epoch"])]
    return model


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r}")
    return value


def _check_shapes(
    path: str | Path, tensors: Mapping[str, Array], folder: str, wanted: Mapping[str, Shape], dtype: str | None = None
) -> None:
    """Raise unless a file has exactly the arrays wanted, in the shapes wanted and, where given, in that precision."""
    cure = "Load it into a model of the same layers, under the same names."
    found = {name.removeprefix(folder): array for name, array in tensors.items() if name.startswith(folder)}
    for name, shape in wanted.items():
        if name not in found:
            raise FileFormatError(f"load: expected {name} of shape {shape} in {path}, got nothing of that name. {cure}")
        got = found[name]
        if got.shape != shape:
            raise FileFormatError(f"load: expected {name} of shape {shape} in {path}, got shape {got.shape}. {cure}")
        if dtype is not None and got.dtype.name != dtype:
            raise FileFormatError(f"load: expected {name} in {dtype} in {path}, got {got.dtype}. Save the model again.")
    surplus = sorted(found.keys() - wanted.keys())
    if surplus:
        raise FileFormatError(
            f"load: expected no {surplus[0]} in {path}, got it beside the {len(wanted)} wanted. {cure}"
        )


def _described(value: Any) -> Any:
    """Describe a metric for a file: a name, a configuration, or the name of a function, ours or the user's."""
    if isinstance(value, str | Mapping):
        return value
    if isinstance(value, Metric):
        return serialize(value)
    if isinstance(value, type):
        return {"class_name": value.__name__, "config": {}}
    whose = "function" if value in losses.FUNCTIONS.values() else "custom"
    return {whose: getattr(value, "__name__", str(value))}


def _for_json(value: Any) -> Any:
    """Return NumPy's numbers and arrays as Python's, for JSON."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise ArgumentError(
        f"save: expected numbers, texts and lists in everything that describes the model, got {value!r}. "
        "Look at the metrics' get_config() and at what callbacks wrote into the history."
    )


def _revived(path: str | Path, description: Any, custom_objects: Mapping[str, Any]) -> Any:
    """Return what a description in a file stands for; a user's own function comes from custom_objects."""
    if not isinstance(description, Mapping):
        return description
    if "function" in description:
        return losses.FUNCTIONS[description["function"]]
    if "custom" in description:
        return _own(path, description["custom"], custom_objects)
    name, config = description["class_name"], description["config"]
    if name == "CustomLoss":
        return losses.CustomLoss(**{**config, "function": _own(path, config["function"], custom_objects)})
    if name == "MeanMetricWrapper" and config["fn"] not in metrics_module.FUNCTIONS:
        return metrics_module.MeanMetricWrapper(**{**config, "fn": _own(path, config["fn"], custom_objects)})
    if name not in losses.CLASSES and name not in metrics_module.CLASSES:
        return _own(path, name, custom_objects)(**config)
    return description


def _own(path: str | Path, name: Any, custom_objects: Mapping[str, Any]) -> Any:
    """Return a function or class of the user's."""
    if name not in custom_objects:
        raise FileFormatError(
            f"load_model: expected your own {name!r}, which the model in {path} was compiled with, got nothing of that "
            f"name. Pass custom_objects={{{name!r}: {name}}}, or compile=False to use the model without training it."
        )
    return custom_objects[name]


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
