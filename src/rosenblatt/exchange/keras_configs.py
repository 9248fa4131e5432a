"""A model's description in Keras's words, there and back.

Both sides describe an object by its class and its constructor's arguments, and almost all arguments have the same name,
so little has to be said here: which folder of Keras a class lives in, what is called differently, and which arguments
of Keras's say nothing new. Where this library lacks an argument, it must be switched off in the file; otherwise the
object would be another one, and the error names it.

What is written is what Keras 3.0.5 knows: older Kerases refuse a file that has one key more.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rosenblatt import constraints, files, initializers, losses, metrics, optimizers, regularizers
from rosenblatt.activations import FUNCTIONS as ACTIVATIONS
from rosenblatt.configuration import snake_case
from rosenblatt.errors import FileFormatError
from rosenblatt.layers import LAYERS, CommonArguments
from rosenblatt.optimizers import schedules
from rosenblatt.types import Shape

Config = Mapping[str, Any]

DTYPES = ("float32", "float64")
LONGEST = 200  # characters of what an error repeats from a file
BUILD_ANEW = "Build it anew here, and load its weights layer by layer."
UNCOMPILED = "Pass compile=False to use the model without training it."
ONLY_OURS = ("ConfusionMatrix", "confusion_matrix", "CustomLoss", "OneCycle", "step")  # Keras has nothing like them

# Where in Keras the objects live that are arguments of others, by the last word of the argument's name.
FOLDERS = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "rate": "keras.optimizers.schedules",
}

# Classes of this library that an argument may be an object of.
NESTED: dict[str, type] = {**initializers.ALL, **regularizers.ALL, **constraints.ALL, **schedules.ALL}

# Arguments under other names in Keras 2.
OLDER_NAMES = {("LeakyReLU", "alpha"): "negative_slope", ("Adam", "lr"): "learning_rate"}

# Arguments that this library lacks and that change nothing here.
SAYS_NOTHING = {
    "autocast",
    "batch_input_shape",  # Keras 2: read on its own
    "dtype",  # read on its own
    "fused",
    "is_legacy_optimizer",
    "jit_compile",
    "renorm_clipping",
    "renorm_momentum",
    "synchronized",
}

# Values that mean what both sides do anyway; in arguments that this library lacks, None and False do always.
USUAL: dict[str, tuple[Any, ...]] = {
    "axis": (-1,),
    "data_format": ("channels_last",),
    "decay": (0.0,),  # of the learning rate, Keras 2
    "shared_axes": ([],),
    "loss_scale_factor": (1.0,),
}


MODELS = ("Sequential", "Functional", "Model")  # kinds of models, also of those within a model
PASSING_ON = ("InputLayer", "Identity")  # layers that change nothing
ACTIVATION_LAYERS = ("ELU", "LeakyReLU", "ReLU", "Softmax")  # that have no weights: Keras takes them for activations


class Entry(NamedTuple):
    """A layer as a file describes it."""

    class_name: str
    name: str  # in the file; `config` has the one that it gets here
    config: Config
    folder: str  # where its arrays are in a weights file
    place: str  # for error messages


# --- From here to Keras --------------------------------------------------------------------------------------------


def sequential(model: Config) -> dict[str, Any]:
    """Return what Keras's file says of a model, from `Sequential.get_config` of ours."""
    shape = [None, *model["input_shape"]]
    first = {"batch_shape": shape, "dtype": model["dtype"], "name": _free_name(model["layers"])}
    layers = [_object("keras.layers", "InputLayer", first)]
    layers += [_layer(layer, model["dtype"]) for layer in model["layers"]]
    config = {"name": model["name"], "trainable": True, "dtype": model["dtype"], "layers": layers}
    described = _object("keras", "Sequential", {**config, "build_input_shape": shape})
    return described | {"build_config": {"input_shape": shape}}


def training(compiled: Config) -> dict[str, Any]:
    """Return what Keras's file says of optimizer, loss and metrics, from the ``compile`` of our own files."""
    return {
        "optimizer": _written("keras.optimizers", compiled["optimizer"]),
        "loss": _written("keras.losses", compiled["loss"]),
        "loss_weights": None,
        "metrics": [_written("keras.metrics", metric) for metric in compiled["metrics"]],
        "weighted_metrics": [_written("keras.metrics", metric) for metric in compiled["weighted_metrics"]],
    }


def _object(module: str, class_name: str, config: Config) -> dict[str, Any]:
    _check_keras_has(class_name)
    return {"module": module, "class_name": class_name, "config": dict(config), "registered_name": None}


def _check_keras_has(name: str) -> None:
    if name in ONLY_OURS:
        raise FileFormatError(
            f"save: expected a model of what Keras has, got {name}, which it lacks. Save it as .safetensors."
        )


def _function(name: str) -> dict[str, Any]:
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def _layer(layer: Config, dtype: str) -> dict[str, Any]:
    config = {name: value for name, value in layer["config"].items() if name != "input_shape"}
    if "activation" in config:
        config["activation"] = config["activation"] or "linear"
        _check_keras_has(config["activation"])
    return _object("keras.layers", layer["class_name"], _arguments(config) | {"dtype": dtype})


def _arguments(config: Config) -> dict[str, Any]:
    """Write the objects among arguments as Keras does; what says nothing is left out, as older Kerases lack it."""
    return {
        name: _written(FOLDERS[name.split("_")[-1]], value) if isinstance(value, Mapping) else value
        for name, value in config.items()
        if value not in USUAL.get(name, ())
    }


def _written(module: str, value: Any) -> Any:
    """Write an object as Keras does; a name remains one."""
    if isinstance(value, str):
        _check_keras_has(value)
    if not isinstance(value, Mapping):
        return value
    if "function" in value:
        return value["function"]
    if "custom" in value:
        return _function(value["custom"])
    config = dict(value["config"])
    if isinstance(config.get("fn"), str):  # of a MeanMetricWrapper
        config["fn"] = _function(config["fn"])
    return _object(module, value["class_name"], config if "fn" in config else _arguments(config))


def _free_name(layers: Sequence[Config]) -> str:
    taken = {layer["config"]["name"] for layer in layers}
    name = "input_layer"
    while name in taken:
        name += "_"
    return name


# --- Errors --------------------------------------------------------------------------------------------------------


def refused(expected: str, got: object, cure: str) -> FileFormatError:
    """Return the error that tells what a file has in the place of something that this library can read."""
    told = str(got)
    told = told if len(told) < LONGEST else f"{told[:LONGEST]} ..."
    return FileFormatError(f"load_model: expected {expected}, got {told}. {cure}")


def _it_has(names: Iterable[str]) -> str:
    return f"It has {', '.join(sorted(names))}."


# --- From Keras to here --------------------------------------------------------------------------------------------


def entries(model: Config) -> list[Entry]:
    """Return the layers of a Sequential or of a Functional model that is one chain, from its input to its output.

    The layers of a model within the model stand in its place, and a layer that is another one's activation after it.

    Raises:
        FileFormatError: it is another kind of model, or its layers branch.
    """
    if model["class_name"] not in MODELS:
        told = model["class_name"]
        raise refused("a Sequential model or a Functional one that is a single chain", told, BUILD_ANEW)
    found = list(_flattened(model, "", ""))
    computing = [entry for entry in found if entry.class_name not in PASSING_ON]
    files.check_count("load_model", "layers", computing, files.MOST_LAYERS)
    return _named_apart(found)


def _flattened(model: Config, folder: str, where: str) -> Iterator[Entry]:
    """Yield the layers of a model, and of the models within it, in their order."""
    layers = model["config"]["layers"]
    files.check_count("load_model", "layers", layers[1:], files.MOST_LAYERS)  # the first is the input
    folders = weight_folders([layer["class_name"] for layer in layers])
    places = [f"layer {number} of {len(layers)}{where}" for number in range(1, len(layers) + 1)]
    for number in _order(model):
        layer = layers[number]
        name = layer["config"]["name"]
        entry = Entry(_class_name(layer), name, layer["config"], folder + folders[number], places[number])
        if entry.class_name in MODELS:
            yield from _flattened(layer, f"{entry.folder}/", f" in {name!r}")
        else:
            yield from _with_its_activation(entry)


def _order(model: Config) -> Sequence[int]:
    """Return where the layers of a model are listed, from its input to its output."""
    layers = model["config"]["layers"]
    if model["class_name"] == "Sequential":
        return range(len(layers))
    numbers = {layer["config"]["name"]: number for number, layer in enumerate(layers)}
    chain = _chain(model["config"])
    if len(numbers) != len(layers) or sorted(chain) != sorted(numbers):
        raise _branched(f"{len(layers)} layers of which {len(chain)} lie on the way from the output to the input")
    return [numbers[name] for name in chain]


def _with_its_activation(entry: Entry) -> Iterator[Entry]:
    """Yield a layer, and after it the layer that is its activation, if it is one."""
    activation = entry.config.get("activation")
    if not isinstance(activation, Mapping) or activation.get("class_name") not in ACTIVATION_LAYERS:
        yield entry
        return
    config = activation["config"]
    yield entry._replace(config={**entry.config, "activation": "linear"})
    yield Entry(_class_name(activation), config["name"], config, f"{entry.folder}/activation", entry.place)


def _named_apart(found: Sequence[Entry]) -> list[Entry]:
    """Give a layer another name here where one before it, in another model, has the same."""
    given = {entry.name for entry in found}
    times, apart = Counter[str](), []
    for entry in found:
        name, number = entry.name, times[entry.name]
        while number and name in given:
            name, number = f"{entry.name}_{number}", number + 1
        given.add(name)
        times[entry.name] = max(number, 1)
        apart.append(entry._replace(config={**entry.config, "name": name}))
    return apart


def weight_folders(class_names: Iterable[str]) -> list[str]:
    """Return where Keras 3 keeps the arrays of layers: by their classes, whatever the layers are called.

    Example:
        >>> weight_folders(["Dense", "ReLU", "Dense"])
        ['layers/dense', 'layers/re_lu', 'layers/dense_1']
    """
    folders, seen = [], Counter[str]()
    for class_name in class_names:
        name = snake_case(class_name)
        folders.append(f"layers/{name}_{seen[name]}" if seen[name] else f"layers/{name}")
        seen[name] += 1
    return folders


def _chain(config: Config) -> list[str]:
    """Follow a Functional model from its output back to its input; return the layers' names in order."""
    before = {layer["config"]["name"]: _comes_after(layer) for layer in config["layers"]}
    names = [_single(config["output_layers"])]
    while before[names[-1]] is not None and len(names) <= len(before):
        names.append(before[names[-1]])
    if names[-1] != _single(config["input_layers"]):
        raise _branched("another input than its first layer")
    return names[::-1]


def _comes_after(layer: Config) -> Any:
    """Return the name of the layer that one gets its input from; None for the first."""
    nodes = layer["inbound_nodes"]
    if not nodes:
        return None
    if len(nodes) != 1:
        raise _branched(f"{layer['config']['name']!r} used {len(nodes)} times")
    node = nodes[0]
    if isinstance(node, Mapping):  # Keras 3
        arguments, options = node["args"], node["kwargs"]
        if len(arguments) != 1 or not isinstance(arguments[0], Mapping):
            raise _branched(f"{layer['config']['name']!r}, which has several inputs")
        source = arguments[0]["config"]["keras_history"]
    else:  # Keras 2: [[name, node, tensor, options]]
        (source,) = node
        options = source[3] if len(source) > 3 else {}
    if any(value not in (None, False) for value in options.values()):
        raise _branched(f"{layer['config']['name']!r} called with {', '.join(options)}")
    return source[0]


def _single(tensors: Any) -> Any:
    """Return the layer that a model's only input or output belongs to: [name, 0, 0], in Keras before 3.5 [[...]]."""
    if tensors and isinstance(tensors[0], list):
        if len(tensors) != 1:
            raise _branched(f"{len(tensors)} inputs or outputs")
        tensors = tensors[0]
    return tensors[0]


def _branched(what: str) -> FileFormatError:
    return refused("a Functional model that is a single chain of layers", what, BUILD_ANEW)


def input_shape(model: Config, found: Sequence[Entry]) -> Shape:
    """Return the shape of one row of a model's input.

    Raises:
        FileFormatError: the file does not tell it: the model was never built.
    """
    first = found[0].config
    shape = first.get("batch_shape", first.get("batch_input_shape")) or model["config"].get("build_input_shape")
    if not isinstance(shape, list) or not all(isinstance(size, int) and size > 0 for size in shape[1:]):
        raise refused("a model that knows the shape of its rows", shape, "Build it before it is saved.")
    return tuple(shape[1:])


def dtype(found: Sequence[Entry]) -> str:
    """Return the precision that all layers of a model compute in.

    Raises:
        FileFormatError: one that is not supported, or several.
    """
    computing = (entry for entry in found if entry.class_name not in PASSING_ON)  # rows may be of any type
    policies = {_policy(entry.config.get("dtype")) for entry in computing} - {None}
    if len(policies) > 1 or not policies <= {*DTYPES}:
        told = ", ".join(sorted(map(str, policies)))
        raise refused("one of float32 and float64 in all layers", told, "Build it with one of them.")
    return str(policies.pop()) if policies else "float32"


def _policy(value: Any) -> Any:
    while isinstance(value, Mapping):
        if value.get("class_name") not in ("DTypePolicy", "Policy"):
            return value.get("class_name")
        value = value["config"]["name"]
    return value


def layer(entry: Entry, trainable: bool, axes: int) -> dict[str, Any]:
    """Return a layer of Keras's as our own files describe it.

    Args:
        entry: what the file says.
        trainable: of the whole model.
        axes: how many axes its input has, the batch's included.

    Raises:
        FileFormatError: this library has no such layer, or not with these arguments.
    """
    if entry.class_name not in LAYERS:
        told = f"{entry.class_name} ({entry.name!r}, {entry.place})"
        raise refused("layers that this library has", told, _it_has(LAYERS))
    config = {name: value for name, value in entry.config.items() if name != "batch_shape"}
    if "axis" in config:
        config["axis"] = _axis(config["axis"], axes)
    if config.get("activation") is not None:
        config["activation"] = _activation(config["activation"], entry)
    known = own_arguments(entry.class_name, LAYERS[entry.class_name], config)
    known["trainable"] = trainable and known.get("trainable", True)
    return {"class_name": entry.class_name, "config": known}


def _axis(axis: Any, axes: int) -> Any:
    """Return an axis as this library has it: -1 for the last one, however it is said, None for all of them."""
    if axis == []:
        return None
    return -1 if axis in (-1, [-1], axes - 1, [axes - 1]) else axis


def _activation(value: Any, entry: Entry) -> str:
    """Return the name of a function, which Keras may have described as an object."""
    name, known = value, ACTIVATIONS.keys() - {*ONLY_OURS}  # one of those names is a user's own function there
    if isinstance(value, Mapping):
        kind = value.get("class_name", "a function of one's own")
        name = value["config"] if kind == "function" else kind
    if name not in known:
        told = f"{name} in {entry.name!r}, {entry.place}"
        cure = "Make it a layer of its own." if name in LAYERS else _it_has(known)
        raise refused("an activation that this library has", told, cure)
    return str(name)


def own_arguments(who: str, cls: type, config: Config) -> dict[str, Any]:
    """Return those of Keras's arguments that a class of this library has; the others must say nothing.

    Raises:
        FileFormatError: one of them does.

    Example:
        >>> own_arguments("Dense", LAYERS["Dense"], {"units": 2, "activity_regularizer": None})
        {'units': 2}
        >>> own_arguments("Dense", LAYERS["Dense"], {"units": 2, "lora_rank": 4})
        Traceback (most recent call last):
            ...
        rosenblatt.errors.FileFormatError: load_model: expected Dense without lora_rank, got 4. \
It is not supported: leave it out.
    """
    known = {*inspect.signature(cls).parameters, *CommonArguments.__annotations__}
    own = {}
    for keras_name, value in config.items():
        name = OLDER_NAMES.get((who, keras_name), keras_name)
        if name in known:
            own[name] = _nested(value)
        elif not (value is None or value is False or name in SAYS_NOTHING or value in USUAL.get(name, ())):
            raise refused(f"{who} without {name}", value, "It is not supported: leave it out.")
    return own


def _nested(value: Any) -> Any:
    """Return an initialiser, regulariser or schedule as our own files describe it; anything else as it is."""
    if not isinstance(value, Mapping) or "class_name" not in value:
        return value
    name = _class_name(value)
    if name not in NESTED or name in ONLY_OURS:
        known = {cls.__name__ for cls in NESTED.values()} - {*ONLY_OURS}
        raise refused("an object that this library has", name, _it_has(known))
    return {"class_name": name, "config": own_arguments(name, NESTED[name], value["config"])}


def _class_name(value: Config) -> str:
    """Return an object's class: a user's own as it is registered with Keras, whose own are registered as themselves."""
    return str(value.get("registered_name") or value["class_name"])


def understood_training(compiled: Config) -> dict[str, Any]:
    """Return optimizer, loss and metrics of Keras's as our own files describe them.

    Raises:
        FileFormatError: something that this library lacks.
    """
    if compiled.get("loss_weights") not in (None, [], [1.0]):
        raise refused("a loss without weights", compiled["loss_weights"], UNCOMPILED)
    return {
        "optimizer": _optimizer(compiled["optimizer"]),
        "loss": _described("loss", _only(compiled["loss"]), losses.CLASSES),
        "metrics": [_described("metric", metric, metrics.CLASSES) for metric in _flat(compiled.get("metrics"))],
        "weighted_metrics": [
            _described("metric", metric, metrics.CLASSES) for metric in _flat(compiled.get("weighted_metrics"))
        ],
    }


def _optimizer(value: Any) -> Any:
    if isinstance(value, str):
        return {"class_name": value, "config": {}}
    name = _class_name(value).removeprefix("Custom>")  # as Keras 2 has its own
    if name.lower() not in optimizers.ALL:
        known = _it_has(cls.__name__ for cls in optimizers.ALL.values())
        raise refused("an optimizer that this library has", name, f"{known} {UNCOMPILED}")
    cls = optimizers.ALL[name.lower()]
    return {"class_name": cls.__name__, "config": own_arguments(cls.__name__, cls, value["config"])}


def _described(what: str, value: Any, table: Mapping[str, type]) -> Any:
    """Return a loss or metric as our own files describe it: a name, an object, or a function of the user's."""
    if isinstance(value, str):
        return {"custom": value} if value in ONLY_OURS else _named(value)
    name, config = _class_name(value), value["config"]
    if value["class_name"] == "function":
        known = config in losses.FUNCTIONS or (config in metrics.NAMES and config not in ONLY_OURS)
        return _named(config) if known else {"custom": config}
    if name != value["class_name"]:
        return {"class_name": name, "config": config}  # found in custom_objects, or nowhere
    if name not in table or name in ONLY_OURS:
        raise refused(f"a {what} that this library has", name, f"{_it_has(table.keys() - {*ONLY_OURS})} {UNCOMPILED}")
    config = dict(config)
    if isinstance(config.get("fn"), Mapping):  # of a MeanMetricWrapper
        config["fn"] = config["fn"]["config"]
    return {"class_name": name, "config": own_arguments(name, table[name], config)}


def newer_training(legacy: Config) -> dict[str, Any]:
    """Return the ``training_config`` of an ``.h5`` file in the words of a ``.keras`` file."""
    return {**legacy, "optimizer": legacy.get("optimizer_config", legacy.get("optimizer"))}


def check_older_functions(version: str, found: Sequence[Entry]) -> None:
    """Raise where a layer of Keras 2 computes something else than its namesake of today."""
    for entry in found:
        if not version.startswith("3.") and entry.config.get("activation") == "hard_sigmoid":
            raise refused(
                "functions that are still what they were",
                f"Keras 2's hard_sigmoid in {entry.name!r}",
                "It is clip(0.2 x + 0.5, 0, 1) there and relu6(x + 3) / 6 since Keras 3: train with the new one.",
            )


def _named(name: str) -> Any:
    """Return what a name means: among metrics a loss's own name means its function, unless there is such a metric."""
    return {"function": name} if name in losses.FUNCTIONS and name not in metrics.NAMES else name


def _only(loss: Any) -> Any:
    """Return the loss of a model's only output, which Keras may give in a list."""
    if isinstance(loss, list):
        if len(loss) != 1:
            raise refused("one loss", len(loss), UNCOMPILED)
        return loss[0]
    return loss


def _flat(wanted: Any) -> list[Any]:
    """Return metrics as a list; Keras 2 has them in lists by output."""
    if wanted is None:
        return []
    return [metric for item in wanted for metric in (item if isinstance(item, list) else [item]) if metric is not None]
