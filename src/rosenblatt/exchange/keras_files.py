"""Keras's files: ``.keras`` and ``.weights.h5`` of Keras 3, there and back; ``.h5`` of Keras 2 and 3, from there only.

A ``.keras`` file is a zip file of three members::

    metadata.json       the version that wrote it; nobody reads it
    config.json         the model, and how it is trained (see ``keras_configs``)
    model.weights.h5    layers/dense/vars/0, 1 ...    each layer's arrays, the folders named by the layers' classes
                        optimizer/vars/0, 1 ...       iteration, learning rate (unless scheduled), then the slots
                        vars                          always there, empty

and, where this library wrote it, a fourth one that Keras passes over: ``rosenblatt.json``, with the random generator,
class names and the history.

Each way the translation is into, or from, what this library's own files hold: a description, and arrays by name. How a
model is made of those is in ``rosenblatt.saving``.
"""

from __future__ import annotations

import json
import math
import mmap
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from rosenblatt import files, optimizers
from rosenblatt.errors import FileFormatError
from rosenblatt.exchange import hdf5, keras_configs
from rosenblatt.exchange.archives import Archive, pack
from rosenblatt.exchange.hdf5 import Dataset, Group
from rosenblatt.functional.optimizers import nadam_warm_up, start_slots
from rosenblatt.layers import LAYERS, Layer, Normalization, lay_out, name_layers
from rosenblatt.plan import ArrayPlan, LayerPlan, OptimizerPlan
from rosenblatt.types import Array, Shape
from rosenblatt.version import __version__

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

Tensors = dict[str, Array]
Description = dict[str, Any]

CONFIG, WEIGHTS, METADATA, OURS = "config.json", "model.weights.h5", "metadata.json", "rosenblatt.json"
WRITTEN_FOR: Final = "3.0.5"  # the oldest Keras that reads our files
LARGEST_JSON: Final = 2**22  # bytes; a layer takes about a thousand
LARGEST_OURS: Final = 2**24  # bytes: the history grows with the epochs
COPIES: Final = 6  # of every weight that a file can hold: itself, and what an optimizer remembers of it
EIGHT: Final = 8  # bytes, the size of the largest number
FOLDER_SIZE: Final = 2**14  # bytes that a layer's folders take in an HDF5 file, at most
INNER: Final = ("layers", "activation")  # folders of a layer that has layers within it
SAME_NAMES: Final = "Give the layers the names that they have there, or load the whole model from a .keras file."
# What of a description Keras has no place for, as it is where the file does not say it.
OURS_ONLY: Final[Mapping[str, Any]] = dict.fromkeys(("rng", "class_names", "data_name", "feature_names", "target_name"))

# The order of an optimizer's slots in a file. All arrays' first group comes first; within a group they take turns.
SLOTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "adam": (("momentum", "velocity"), ("velocity_hat",)),
    "rmsprop": (("velocity",), ("momentum",), ("average_gradient",)),
}


class Place(NamedTuple):
    """A layer of a model, as planned, and where Keras keeps its arrays."""

    layer: Layer
    plan: LayerPlan
    folder: str
    name: str  # Keras's, which two layers may share if they are in several models

    @property
    def arrays(self) -> tuple[ArrayPlan, ...]:
        """The layer's arrays in Keras's order; those that Keras takes from the configuration are left out."""
        given = isinstance(self.layer, Normalization) and self.layer.get_config()["mean"] is not None
        return () if given else (*self.plan.parameters, *self.plan.statistics)

    @property
    def names_of_more(self) -> tuple[str, ...]:
        """What else Keras keeps of the layer: the number of rows measured, which it no longer uses."""
        return ("count",) if isinstance(self.layer, Normalization) and self.arrays else ()


def _places(
    layers: Sequence[Layer], input_shape: Shape, folders: Sequence[str], names: Sequence[str] | None = None
) -> list[Place]:
    own = name_layers(layers)
    plans = lay_out(layers, own, input_shape)
    return [Place(*each) for each in zip(layers, plans, folders, names or own, strict=True)]


def _places_of(model: Sequential) -> list[Place]:
    folders = keras_configs.weight_folders([type(layer).__name__ for layer in model.layers])
    return _places(model.layers, model.plan.input_shape, folders)


# --- Writing -------------------------------------------------------------------------------------------------------


def write(model: Sequential, description: Description, path: str | Path) -> None:
    """Write a whole model to a ``.keras`` file.

    Args:
        model: the model, built.
        description: what our own file would say of it.
        path: where to.

    Raises:
        FileFormatError: the model has something that Keras lacks.
        MissingExtraError: h5py is not installed.
        OSError: the folder cannot be written, or the disk is full.
    """
    places = _places_of(model)  # first, as it says what is missing where the model is not built
    config = keras_configs.sequential(description["model"])
    arrays, groups = _weights(model, places)
    if "compile" in description:
        config["compile_config"] = keras_configs.training(description["compile"])
        arrays |= _numbered("optimizer/vars", _optimizer_arrays(model, places))
    ours = {name: description[name] for name in (*OURS_ONLY, "history") if name in description}
    ours["seed"] = model.seed
    metadata = {"keras_version": WRITTEN_FOR, "rosenblatt_version": __version__}
    members = {METADATA: metadata, CONFIG: config, OURS: ours}
    texts = {name: json.dumps(value).encode() for name, value in members.items()}
    files.write_content(Path(path), pack(texts | {WEIGHTS: hdf5.write(arrays, groups)}))


def write_weights(model: Sequential, path: str | Path) -> None:
    """Write a model's weights to a ``.weights.h5`` file.

    Raises:
        MissingExtraError: h5py is not installed.
        OSError: the folder cannot be written, or the disk is full.
    """
    files.write_content(Path(path), hdf5.write(*_weights(model, _places_of(model))))


def _weights(model: Sequential, places: Sequence[Place]) -> tuple[Tensors, list[str]]:
    """Return the arrays of all layers by their paths, and the groups that must be there even if empty."""
    arrays: Tensors = {}
    for place in places:
        own = place.layer.weights
        values = [own[array.name] for array in place.arrays] + [np.int32(0) for _ in place.names_of_more]
        arrays |= _numbered(f"{place.folder}/vars", values)
    return arrays, ["vars", *(f"{place.folder}/vars" for place in places)]


def _numbered(folder: str, arrays: Sequence[Any]) -> Tensors:
    return {f"{folder}/{number}": array for number, array in enumerate(arrays)}


def _optimizer_arrays(model: Sequential, places: Sequence[Place]) -> list[Any]:
    """Return what Keras keeps of an optimizer, in its order."""
    optimizer, state = model.optimizer, model.state
    plan = optimizer.plan()
    rate = [np.float32(optimizer.learning_rate)] if isinstance(optimizer.learning_rate, float) else []
    slots = [array.view(state.slots[name]) for name, array in _slot_order(plan, _trainable(places))]
    return [np.int64(state.step), *rate, *slots, *_more_of(plan, state.step, model.dtype)]


def _more_of(plan: OptimizerPlan, step: int, dtype: str) -> list[Any]:
    """Return what Nadam keeps besides its slots: the product of its momenta so far, which follows from the step.

    It stands last since Keras 3.10, and stood before the slots until then: no file of Nadam's suits both.
    """
    if plan.rule.name != "nadam":
        return []
    return [np.array(plan.rule.config["beta_1"] ** step * nadam_warm_up(step) if step else 1.0, dtype)]


def _slot_order(plan: OptimizerPlan, arrays: Sequence[ArrayPlan]) -> Iterator[tuple[str, ArrayPlan]]:
    """Yield slots and arrays in the order in which Keras keeps them; the moving average of the weights comes first."""
    present = list(start_slots(plan, 0, "float32"))
    others = tuple(name for name in present if name != "average")
    for group in (("average",), *SLOTS.get(plan.rule.name, (others,))):
        for array in arrays:
            for name in group:
                if name in present:
                    yield name, array


def _trainable(places: Sequence[Place]) -> list[ArrayPlan]:
    return [array for place in places if place.plan.trainable for array in place.plan.parameters]


# --- Reading -------------------------------------------------------------------------------------------------------


def read(path: Path, compile: bool) -> tuple[Tensors, Description]:
    """Read a whole model from a ``.keras`` file: its arrays and description as our own files have them.

    Args:
        path: the file, which exists.
        compile: whether optimizer and loss are wanted, too.

    Raises:
        FileFormatError: the file is damaged, or has something that this library lacks.
    """
    with path.open("rb") as file:
        archive = Archive("load_model", str(path), file)
        config = json.loads(archive.read(CONFIG, LARGEST_JSON))
        entries = keras_configs.entries(config)
        description = _understood(config, entries)
        ours = json.loads(archive.read(OURS, LARGEST_OURS)) if OURS in archive else {}
        description |= {name: ours[name] for name in (*OURS_ONLY, "history") if name in ours}
        description["model"]["seed"] = ours.get("seed")
        places = _planned(description, entries)
        root = hdf5.File("load_model", f"{WEIGHTS} in {path}", archive.read(WEIGHTS, _most_bytes(places))).root
    dtype = description["model"]["dtype"]
    tensors = _read_weights(root, places, dtype)
    trained = config.get("compile_config")
    if compile and trained and trained.get("optimizer") and trained.get("loss"):
        description["compile"] = keras_configs.understood_training(trained)
        variables = [root.at("optimizer/vars").array(str(n)) for n in range(len(root.at("optimizer/vars")))]
        tensors |= _read_optimizer(description, variables, places)
    return tensors, description


def read_legacy(path: Path, compile: bool) -> tuple[Tensors, Description]:
    """Read a whole model from an ``.h5`` file of Keras 2 or 3: see `read`."""
    root = _open_hdf5("load_model", path)
    text = root.attribute("model_config")
    if text is None:
        raise FileFormatError(f"load_model: expected a whole model in {path}, got weights only. Use load_weights.")
    config = json.loads(text)
    entries = keras_configs.entries(config)
    version = str(root.attribute("keras_version"))
    keras_configs.check_older_functions(version, entries)
    description = _understood(config, entries)
    places = _planned(description, entries)
    tensors = _read_legacy_weights(root.group("model_weights"), places, description["model"]["dtype"])
    trained = root.attribute("training_config")
    if compile and trained is not None:
        description["compile"] = keras_configs.understood_training(keras_configs.newer_training(json.loads(trained)))
        variables = []
        if "optimizer_weights" in root:
            if version.startswith("3."):
                variables = _named_arrays(root.group("optimizer_weights"))
            else:  # their order was another one
                warnings.warn(
                    f"load_model: expected an optimizer of Keras 3 in {path}, got one of Keras {version}: its step and "
                    "what it remembers are left out, and training starts them anew. Pass compile=False for none.",
                    stacklevel=5,
                )
        tensors |= _read_optimizer(description, variables, places)
    return tensors, description


def read_weights(model: Sequential, path: Path) -> Tensors:
    """Read the weights of a model from any of Keras's files, for layers of the same shapes in the same order.

    Raises:
        FileFormatError: the file is damaged, or has weights of other layers.
    """
    places = _places_of(model)
    if path.suffix == ".keras":
        with path.open("rb") as file:
            archive = Archive("load", str(path), file)
            root = hdf5.File("load", f"{WEIGHTS} in {path}", archive.read(WEIGHTS, _most_bytes(places))).root
    else:
        root = _open_hdf5("load", path)
    if "layers" in root:
        return _read_weights(root, _found_places(root, places), model.dtype)
    legacy = root.group("model_weights") if "model_weights" in root else root
    return _read_legacy_weights(legacy, places, model.dtype)


def _open_hdf5(who: str, path: Path) -> Group:
    with path.open("rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file
            return hdf5.File(who, str(path), b"").root
    return hdf5.File(who, str(path), content).root


def _understood(config: Mapping[str, Any], entries: Sequence[keras_configs.Entry]) -> Description:
    """Return the model as our own files describe it."""
    input_shape = keras_configs.input_shape(config, entries)
    trainable = bool(config["config"].get("trainable", True))
    layers: list[dict[str, Any]] = []
    shape = input_shape
    for entry in entries:
        if entry.class_name in keras_configs.PASSING_ON:
            continue
        layers.append(keras_configs.layer(entry, trainable, axes=len(shape) + 1))
        shape = _made(layers[-1]).output_shape_for(shape)
    model = {
        "name": config["config"]["name"],
        "seed": None,
        "dtype": keras_configs.dtype(entries),
        "input_shape": list(input_shape),
        "layers": layers,
    }
    return {"model": model, **OURS_ONLY}


def _made(layer: Mapping[str, Any]) -> Layer:
    return LAYERS[layer["class_name"]](**layer["config"])


def _planned(description: Description, entries: Sequence[keras_configs.Entry]) -> list[Place]:
    """Plan the model that a file describes, without allocating anything."""
    model = description["model"]
    computing = [entry for entry in entries if entry.class_name not in keras_configs.PASSING_ON]
    folders, names = [entry.folder for entry in computing], [entry.name for entry in computing]
    return _places([_made(layer) for layer in model["layers"]], tuple(model["input_shape"]), folders, names)


def _most_bytes(places: Sequence[Place]) -> int:
    """Return how large the weights' file of such a model can be."""
    numbers = sum(math.prod(array.shape) for place in places for array in place.arrays)
    return COPIES * EIGHT * numbers + FOLDER_SIZE * (len(places) + 2)


def _read_weights(root: Group, places: Sequence[Place], dtype: str) -> Tensors:
    """Read the weights from the layout of Keras 3."""
    tensors: Tensors = {}
    for place in places:
        group = root.at(f"{place.folder}/vars")
        tensors |= _layer_arrays(place, [group.array(str(number)) for number in range(len(group))], dtype)
    return tensors


def _found_places(root: Group, places: Sequence[Place]) -> Sequence[Place]:
    """Return where a file has the arrays of layers: by the layers' names where they are no single chain there.

    Keras tells the names since 3.8 at the latest; the folders alone do not say where a model within the model stands.
    """
    layers = root.group("layers")
    if all(place.folder.split("/")[1] in layers for place in places) or not _has_inner_layers(layers):
        return places
    named = list(islice(_named_folders(layers, "layers"), 2 * files.MOST_LAYERS))
    names, folders = Counter(name for name, _ in named), dict(named)
    for place in places:
        if names[place.name] != 1:
            raise FileFormatError(
                f"{root.file.who}: expected the weights of one layer {place.name!r} in {root.file.name}, got "
                f"those of {names[place.name]}. {SAME_NAMES}"
            )
    return [place._replace(folder=folders[place.name]) for place in places]


def _has_inner_layers(layers: Group) -> bool:
    """Return whether one of the layers is a model, or has a layer as its activation."""
    return any(inner in layers.group(child) for child in islice(layers, files.MOST_LAYERS) for inner in INNER)


def _named_folders(layers: Group, path: str) -> Iterator[tuple[str, str]]:
    """Yield the names of layers and their folders, of those in models within the model, too."""
    for child in layers:
        folder, group = f"{path}/{child}", layers.group(child)
        if "layers" in group:
            yield from _named_folders(group.group("layers"), f"{folder}/layers")
            continue  # the model itself may be called like a layer of its own
        for own in (folder, f"{folder}/activation") if "activation" in group else (folder,):
            variables = (group.group("activation") if own != folder else group).group("vars")
            yield str(variables.attribute("name")), own


def _read_legacy_weights(root: Group, places: Sequence[Place], dtype: str) -> Tensors:
    """Read the weights from the layout of Keras 2: a group a layer, by its name, in the order of the layers.

    A model within the model is one group. What is trained comes first in it, so its layers are told by their names.
    """
    groups = [layers for name in _texts(root, "layer_names") if (layers := _by_layer(root.group(name)))]
    wanted = [place for place in places if place.arrays]
    if sum(map(len, groups)) != len(wanted):
        raise root.file.damaged(f"weights of {sum(map(len, groups))} layers for {len(wanted)} that have some")
    found: list[list[Dataset]] = []
    for layers in groups:
        names = [place.name for place in wanted[len(found) : len(found) + len(layers)]]
        if len(layers) > 1 and sorted(layers) != sorted(names):
            raise FileFormatError(
                f"{root.file.who}: expected the weights of the layers {', '.join(names)} in {root.file.name}, got a "
                f"model within the model of {', '.join(layers)}. {SAME_NAMES}"
            )
        found += [layers[name] for name in names] if len(layers) > 1 else layers.values()
    tensors: Tensors = {}
    for place in places:
        tensors |= _layer_arrays(place, found.pop(0) if place.arrays else [], dtype)
    return tensors


def _by_layer(group: Group) -> dict[str, list[Dataset]]:
    """Return the arrays that a group of Keras 2 lists, by the names of the layers that they belong to."""
    found: dict[str, list[Dataset]] = {}
    for name, array in zip(_texts(group, "weight_names"), _named_arrays(group), strict=True):
        found.setdefault("/".join(name.split("/")[-2:-1]), []).append(array)
    return found


def _named_arrays(group: Group) -> list[Dataset]:
    """Return the arrays that a group of Keras 2 lists, each by its path in it."""
    found = []
    for name in _texts(group, "weight_names"):
        *folders, last = name.split("/")
        found.append((group.at("/".join(folders)) if folders else group).array(last))
    return found


def _texts(group: Group, name: str) -> list[str]:
    """Return a list of texts, which Keras 2 cuts into several where it is long."""
    whole = group.attribute(name)
    if whole is None:
        whole = []
        while (piece := group.attribute(f"{name}{len(whole)}")) is not None:
            whole.append(piece)
        whole = [text for piece in whole for text in piece]
    return [str(text) for text in whole]


def _layer_arrays(place: Place, found: Sequence[Dataset], dtype: str) -> Tensors:
    """Return a layer's arrays by the names that they have in our own files, after comparing shapes."""
    wanted = [array.shape for array in place.arrays]
    shapes = [dataset.shape for dataset in found]
    if shapes[: len(wanted)] != wanted or len(found) != len(wanted) + len(place.names_of_more):
        raise FileFormatError(
            f"load: expected arrays of shapes {wanted} for {place.plan.name!r} in the file, got {shapes}. "
            "Load it into a model of the same layers."
        )
    prefix = f"weights/{place.plan.name}"
    if not place.arrays:
        return {f"{prefix}/{array.name}": _given(place.layer, array, dtype) for array in place.plan.statistics}
    return {
        f"{prefix}/{array.name}": dataset.read().astype(dtype, copy=False)
        for array, dataset in zip(place.arrays, found, strict=False)
    }


def _given(layer: Layer, array: ArrayPlan, dtype: str) -> Array:
    """Return figures that are an argument of their layer, one for all columns or one for each."""
    if math.prod(array.shape) > LARGEST_JSON:
        raise keras_configs.refused(f"at most {LARGEST_JSON} columns", array.shape, "Give figures of so many.")
    return np.broadcast_to(getattr(layer, array.name), array.shape).astype(dtype)


def _read_optimizer(description: Description, variables: Sequence[Dataset], places: Sequence[Place]) -> Tensors:
    """Return the optimizer's slots; put its step and learning rate into the description."""
    described = description["compile"]["optimizer"]
    plan = optimizers.get(described).plan()
    dtype = description["model"]["dtype"]
    size = max((array.stop for place in places for array in place.plan.parameters), default=0)
    slots = start_slots(plan, size, dtype)
    description["step"] = 0
    if variables:
        iteration, *rest = variables
        description["step"] = int(_scalar(iteration))
        if plan.schedule is None:
            described["config"]["learning_rate"] = _rate(described["config"].get("learning_rate"), _scalar(rest[0]))
            rest = rest[1:]
        if plan.rule.name == "nadam":
            rest = [variable for variable in rest if variable.shape]  # its product follows from the step
        if rest:
            _fill(slots, plan, rest, places)
    return {f"optimizer/{name}": slot for name, slot in slots.items()}


def _fill(slots: Tensors, plan: OptimizerPlan, variables: Sequence[Dataset], places: Sequence[Place]) -> None:
    """Read the slots of the arrays that are trained; Keras 3.0 to 3.2 keeps those of frozen ones, too."""
    everything = [array for place in places for array in place.plan.parameters]
    for arrays in (_trainable(places), everything):
        order = list(_slot_order(plan, arrays))
        if [variable.shape for variable in variables] == [array.shape for _, array in order]:
            for (name, array), variable in zip(order, variables, strict=True):
                array.view(slots[name])[...] = variable.read()
            return
    wanted = f"{len(order)} arrays that {plan.rule.name} remembers, in the weights' shapes"
    raise keras_configs.refused(wanted, len(variables), keras_configs.UNCOMPILED)


def _scalar(variable: Dataset) -> float:
    if variable.shape:
        told = f"an array of shape {variable.shape}"
        raise keras_configs.refused("a number of the optimizer", told, keras_configs.UNCOMPILED)
    return float(variable.read())


def _rate(told: Any, kept: float) -> float:
    """Return the learning rate: as it was typed where it is still that one, else as it is kept, in float32."""
    return told if isinstance(told, float) and np.float32(told) == np.float32(kept) else kept
