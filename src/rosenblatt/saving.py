"""What a model file holds: the model's description, its arrays, and how both become a model again.

The suffix says which program's file it is; those of others are translated in ``rosenblatt.exchange``. Nothing in a file
is ever executed: classes are looked up in tables, a user's own functions in ``custom_objects``.
"""

from __future__ import annotations

import contextlib
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt import constraints, files, initializers, losses, optimizers, regularizers
from rosenblatt import metrics as metrics_module
from rosenblatt.arguments import check_whole_number
from rosenblatt.configuration import Configurable, serialize
from rosenblatt.errors import ArgumentError, FileFormatError, RosenblattError
from rosenblatt.history import History
from rosenblatt.layers import LAYERS, lay_out, name_layers
from rosenblatt.metrics import Metric
from rosenblatt.plan import State
from rosenblatt.types import Array, Shape
from rosenblatt.version import __version__

if TYPE_CHECKING:
    from rosenblatt.models import Sequential


# Classes that a file can name in a layer.
KNOWN = {*LAYERS.values(), *initializers.ALL.values(), *regularizers.ALL.values(), *constraints.ALL.values()}
LONGEST_REASON = 500  # characters; some errors repeat all that they did not understand


def save(model: Sequential, path: str | Path) -> None:
    """Write a whole model to a file: see `Sequential.save`."""
    suffix = files.suffix_of("save", path, files.WHOLE_MODELS, files.CURES_SAVING)
    _check_can_be_loaded(model)
    if suffix == ".keras":
        from rosenblatt.exchange import keras_files  # only who asks for it pays for it

        keras_files.write(model, plain(describe(model)), path)
        return
    tensors = _weights(model) | {f"optimizer/{name}": slot for name, slot in model.state.slots.items()}
    files.write(path, tensors, {"model": json.dumps(describe(model), default=_for_json)})


def _check_can_be_loaded(model: Sequential) -> None:
    """Raise where a model has something that no file can bring back: a class of the user's own, or too much of all."""
    files.check_count("save", "layers", model.plan.layers, files.MOST_LAYERS)
    for wanted in ("metrics", "weighted_metrics") if model.compiled else ():
        files.check_count("save", "metrics", _several(model.compile_arguments[wanted]), files.MOST_METRICS)
    for layer in model.layers:
        for part in (layer, *vars(layer).values()):
            if isinstance(part, Configurable) and type(part) not in KNOWN:
                raise FileFormatError(
                    f"save: expected layers whose parts are all of this library, got {type(part).__name__} in "
                    f"{layer.name!r}, which no file can bring back. Write the weights with save_weights, and build "
                    "the model in code before load_weights."
                )


def save_weights(model: Sequential, path: str | Path) -> None:
    """Write a model's weights to a file: see `Sequential.save_weights`."""
    if files.suffix_of("save", path, files.WEIGHTS, files.CURES_SAVING) == ".weights.h5":
        from rosenblatt.exchange import keras_files

        keras_files.write_weights(model, path)
        return
    files.write(path, _weights(model), {})


def load_weights(model: Sequential, path: str | Path) -> None:
    """Read a model's weights from a file: see `Sequential.load_weights`."""
    suffix = files.suffix_of("load", path, files.READABLE_WEIGHTS, files.CURES_LOADING)
    weights = model.weights
    if suffix == ".safetensors":
        tensors, _ = files.read(path)
    else:
        from rosenblatt.exchange import keras_files

        files.check_is_file(Path(path))
        with _as_damage("load", path):
            tensors = keras_files.read_weights(model, Path(path))
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
    suffix = files.suffix_of("load", path, files.READABLE, files.CURES_LOADING)
    files.check_is_file(Path(path))
    if str(path).endswith(".weights.h5"):
        raise FileFormatError(f"load_model: expected a whole model in {path}, got weights only. Use load_weights.")
    if suffix == ".onnx":
        from rosenblatt.exchange import onnx_reading

        return onnx_reading.read(path)
    with _as_damage("load_model", path):
        tensors, description = _read(Path(path), suffix, compile)
        return _restore(kind, path, tensors, description, compile, custom_objects or {})


def _read(path: Path, suffix: str, compile: bool) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read arrays and description from a file, whichever program's it is."""
    if suffix == ".safetensors":
        tensors, metadata = files.read(path)
        if "model" not in metadata:
            raise FileFormatError(f"load_model: expected a whole model in {path}, got weights only. Use load_weights.")
        return tensors, json.loads(metadata["model"])
    from rosenblatt.exchange import keras_files

    return keras_files.read(path, compile) if suffix == ".keras" else keras_files.read_legacy(path, compile)


@contextlib.contextmanager
def _as_damage(who: str, path: str | Path) -> Iterator[None]:
    """Tell whatever goes wrong with a file's content as what it is: the file makes no sense."""
    try:
        yield
    except FileFormatError:
        raise
    except (
        RosenblattError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        MemoryError,
        RecursionError,
    ) as error:
        reason = str(error) if isinstance(error, RosenblattError) else repr(error)
        reason = reason if len(reason) < LONGEST_REASON else f"{reason[:LONGEST_REASON]} ..."
        raise FileFormatError(
            f"{who}: expected a model in {path}, got one that makes no sense ({reason}). Fetch or save it again."
        ) from error


def _weights(model: Sequential) -> dict[str, Array]:
    return {f"weights/{name}": array for name, array in model.weights.items()}


def describe(model: Sequential) -> dict[str, Any]:
    """Return everything of a model but its arrays, ready for JSON."""
    description: dict[str, Any] = {
        "model": model.get_config(),
        "versions": {"rosenblatt": __version__, "numpy": np.__version__, "python": platform.python_version()},
        "data_name": model.data_name,
        "feature_names": None if model.feature_names is None else [str(name) for name in model.feature_names],
        "target_name": None if model.target_name is None else str(model.target_name),
        "rng": model.rng.bit_generator.state,
        "class_names": None if model.class_names is None else [str(name) for name in model.class_names],
    }
    if model.compiled:
        arguments = model.compile_arguments
        description["compile"] = {
            "optimizer": serialize(arguments["optimizer"]),
            "loss": serialize(arguments["loss"]),
            "metrics": [_described(metric) for metric in _several(arguments["metrics"])],
            "weighted_metrics": [_described(metric) for metric in _several(arguments["weighted_metrics"])],
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
    model = _with_weights(kind, path, tensors, description["model"])
    compiled = description.get("compile")
    if compile and compiled is not None:
        _compile(model, path, compiled, custom_objects)
        _restore_optimizer(model, path, tensors, description["step"])
    if description["rng"] is not None:  # as in all files of our own
        model.rng.bit_generator.state = description["rng"]
    for several in ("class_names", "feature_names"):
        if description.get(several) is not None:
            setattr(model, several, [str(name) for name in _list(description[several])])
    for one in ("data_name", "target_name"):
        if description.get(one) is not None:
            setattr(model, one, str(description[one]))
    if "history" in description:
        model.history = _history(model, description["history"])
    return model


def _with_weights(
    kind: type[Sequential], path: str | Path, tensors: Mapping[str, Array], config: Mapping[str, Any]
) -> Sequential:
    """Build a model, which is not compiled yet, from its description and its weights."""
    files.check_count("load_model", "layers", config["layers"], files.MOST_LAYERS)
    model = kind.from_config(config)
    if model.input_shape is None:
        raise FileFormatError(f"load_model: expected a built model in {path}, got one without input shape.")
    # The shapes are compared before anything is allocated: a small file cannot ask for a large model.
    plans = lay_out(model.layers, name_layers(model.layers), model.input_shape)
    wanted = {f"{plan.name}/{a.name}": a.shape for plan in plans for a in (*plan.parameters, *plan.statistics)}
    _check_shapes(path, tensors, "weights/", wanted, model.dtype)
    for layer, plan in zip(model.layers, plans, strict=True):  # each brings its numbers along, as after copy or pop
        arrays = (*plan.parameters, *plan.statistics)
        layer.bring({array.name: tensors[f"weights/{plan.name}/{array.name}"] for array in arrays})
    model.build((None, *model.input_shape))
    return model


def _compile(
    model: Sequential, path: str | Path, compiled: Mapping[str, Any], custom_objects: Mapping[str, Any]
) -> None:
    for wanted in ("metrics", "weighted_metrics"):
        files.check_count("load_model", "metrics", compiled[wanted], files.MOST_METRICS)
    model.compile(
        optimizer=optimizers.get(compiled["optimizer"]),
        loss=_revived(path, compiled["loss"], custom_objects),
        metrics=[_revived(path, metric, custom_objects) for metric in compiled["metrics"]],
        weighted_metrics=[_revived(path, metric, custom_objects) for metric in compiled["weighted_metrics"]],
    )


def _restore_optimizer(model: Sequential, path: str | Path, tensors: Mapping[str, Array], step: Any) -> None:
    """Put back what the optimizer remembers, and how many updates it has made."""
    shapes = {name: slot.shape for name, slot in model.state.slots.items()}
    _check_shapes(path, tensors, "optimizer/", shapes, model.dtype)
    slots = {name: tensors[f"optimizer/{name}"] for name in shapes}
    step = check_whole_number("load_model", "step", step, at_least=0)
    model.restore(State(model.state.params, model.state.statistics, slots, step))


def _history(model: Sequential, description: Mapping[str, Any]) -> History:
    history = History()
    history.set_model(model)
    history.history = {name: _list(values) for name, values in description["history"].items()}
    if not all(history.history.values()):
        raise ValueError("a history without figures")
    history.epoch = [int(epoch) for epoch in _list(description["epoch"])]
    return history


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


def plain(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description with nothing in it but what JSON has."""
    result: dict[str, Any] = json.loads(json.dumps(description, default=_for_json))
    return result


def _for_json(value: Any) -> Any:
    """Return NumPy's numbers and arrays as Python's, for JSON."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise ArgumentError(
        f"save: expected numbers, texts and lists in everything that describes the model, got {value!r}. "
        "Look at the metrics' get_config() and at what callbacks wrote into the history."
    )


def _revived(path: str | Path, description: Any, custom_objects: Mapping[str, Any]) -> Any:
    """Return what a description in a file stands for: what custom_objects has of that name, else what is known."""
    if not isinstance(description, Mapping):
        return custom_objects.get(description, description)
    if "function" in description:
        name = description["function"]
        return custom_objects.get(name, losses.FUNCTIONS[name])
    if "custom" in description:
        return _own(path, description["custom"], custom_objects)
    name, config = description["class_name"], description["config"]
    if name == "CustomLoss":
        return losses.CustomLoss(**{**config, "function": _own(path, config["function"], custom_objects)})
    if name == "MeanMetricWrapper" and (config["fn"] in custom_objects or config["fn"] not in metrics_module.FUNCTIONS):
        return metrics_module.MeanMetricWrapper(**{**config, "fn": _own(path, config["fn"], custom_objects)})
    if name in custom_objects or (name not in losses.CLASSES and name not in metrics_module.CLASSES):
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
