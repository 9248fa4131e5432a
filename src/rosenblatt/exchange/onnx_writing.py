"""ONNX files, written: a model as a graph of operators that onnxruntime and many other programs carry out.

An ONNX file is a list of nodes. Each node applies one operator to named values and names what comes out; the numbers
that a model has learnt are named values too, the initializers. The file of ``Dense(3, activation="sigmoid")`` is

    dense/Gemm     = Gemm(X, dense/kernel, dense/bias)      x w + b
    dense/Sigmoid  = Sigmoid(dense/Gemm)
    variable       = Identity(dense/Sigmoid)

    X                             the input: rows of the model's shape, as many as you like
    variable                      the output of a model that gives numbers
    label, probabilities          the outputs of a classifier, as scikit-learn's models have them in ONNX

A classifier is a model that answers a row by one softmax, or by the sigmoid of a single unit. The single unit's file
gives the probabilities of both classes, (n, 2), where `predict` gives that of the second alone.

Only operators of opset 13 are used, which every ONNX runtime of the last years knows. Where it has no operator for an
equation, or onnxruntime computes it in single precision only, the equation is composed of several.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rosenblatt import answers
from rosenblatt.arguments import check_choice
from rosenblatt.errors import ArgumentError, MissingExtraError
from rosenblatt.files import checked_path, write_content
from rosenblatt.functional.activations import SELU_ALPHA, SELU_SCALE
from rosenblatt.functional.normalization import standard_deviation
from rosenblatt.layers import lay_out, name_layers
from rosenblatt.plan import LayerPlan, Rule
from rosenblatt.types import Array, Shape
from rosenblatt.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto

    from rosenblatt.models import Sequential

OPSET, IR_VERSION = 13, 8  # set by hand: the onnx package's own defaults are newer than many runtimes
LARGEST = 2**31 - 2**20  # bytes of numbers: a protobuf message ends at 2 GiB, some of which the nodes need
INPUT_DTYPES = ("float32", "float64", "uint8")

Value: TypeAlias = "str | float | Array"  # a value by its name, or a constant


def write(
    model: Sequential,
    path: str | Path,
    *,
    class_names: Sequence[str] | Sequence[int] | None = None,
    input_dtype: str | None = None,
) -> None:
    """Write a model to an ONNX file, completely or not at all.

    Args:
        model: a built model.
        path: where to; a file of that name is replaced.
        class_names: a classifier's labels, texts or numbers; by default ``model.class_names``, else 0, 1, 2 ...
        input_dtype: of the input "X": "float32", "float64" or "uint8" (pictures as they are); by default the model's.

    Raises:
        MissingExtraError: the package onnx is not installed.
        ModelStateError: the model is not built.
        ArgumentError: class names that do not fit the outputs, a model of more than 2 GB, or a layer that is not known.
        OSError: the folder cannot be written, or the disk is full.
    """
    content = to_onnx(model, class_names=class_names, input_dtype=input_dtype).SerializeToString()
    write_content(checked_path("export", path), content)


def to_onnx(
    model: Sequential,
    *,
    class_names: Sequence[str] | Sequence[int] | None = None,
    input_dtype: str | None = None,
) -> ModelProto:
    """Return a model as an object of the package onnx: what `write` puts in the file."""
    onnx = _onnx()
    size = model.state.params.nbytes + model.state.statistics.nbytes
    if size > LARGEST:
        raise ArgumentError(
            f"export: expected a model of at most 2 GB, which is what an ONNX file holds, got {size / 1e9:.1f} GB. "
            "Save it as .safetensors."
        )
    input_dtype = check_choice("export", "input_dtype", input_dtype or model.dtype, INPUT_DTYPES)
    names = class_names if class_names is not None else model.class_names
    node = Nodes(model.dtype)
    y = "X" if input_dtype == model.dtype else node("Cast", "X", to=_type_of(model.dtype))
    # Not the model's own plan, in which the loss has taken the last activation off; and as the layers are now.
    plans = lay_out(model.layers, name_layers(model.layers), model.plan.input_shape)
    for layer, plan in zip(model.layers, plans, strict=True):
        node.layer = plan.name
        if layer.kind not in LAYERS:
            raise ArgumentError(f"export: expected layers among {', '.join(LAYERS)}, got {layer!r}. Leave it out.")
        y = LAYERS[layer.kind](node, plan, layer.weights, y)
    node.layer = "output"
    graph = onnx.helper.make_graph(
        outputs=_outputs(node, model, y, names),  # first: it adds the last nodes
        nodes=node.nodes,
        name=model.name,
        inputs=[_described("X", input_dtype, model.plan.input_shape)],
        initializer=[onnx.numpy_helper.from_array(array, name) for name, array in node.constants.items()],
    )
    proto: ModelProto = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="rosenblatt",
        producer_version=__version__,
    )
    if names is not None:
        onnx.helper.set_model_props(proto, {"class_names": json.dumps([*map(_plain, names)], ensure_ascii=False)})
    return proto


def _onnx() -> Any:
    try:
        import onnx
    except ImportError as missing:
        raise MissingExtraError("export", "onnx", "onnx") from missing
    return onnx


class Nodes:
    """The graph as it grows: each call adds a node and returns the name of the value that it computes.

    ``node("Add", x, 1.0)`` is x + 1: a constant may stand where a value may, and is stored once.
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Array] = {}
        self.layer = ""  # whose nodes these are: the first part of their names
        self._taken: set[str] = set()

    @property
    def single(self) -> bool:
        """Whether the model computes in float32; for float64 onnxruntime has fewer operators."""
        return self.dtype == np.float32

    def __call__(self, operator: str, *inputs: Value, output: str | None = None, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        names = [value if isinstance(value, str) else self._number(value) for value in inputs]
        name = self._free(f"{self.layer}/{operator}" if output is None else output)
        self.nodes.append(_onnx().helper.make_node(operator, names, [name], name, **attributes))
        return name

    def array(self, name: str, array: Array) -> str:
        """Add an array of the layer's and return its name."""
        name = self._free(f"{self.layer}/{name}")
        self.constants[name] = np.ascontiguousarray(array)
        return name

    def _number(self, value: float | Array) -> str:
        """Return the name of a constant number."""
        name = f"number/{value}"
        self.constants[name] = np.asarray(value, self.dtype)
        return name

    def _free(self, name: str) -> str:
        """Return the name, numbered where it is taken."""
        number = 1
        free = name
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free


# --- Activations: each returns the name of y = f(z) -------------------------------------------------------------------


def step(node: Nodes, z: str) -> str:
    """1 where z >= 0, else 0."""
    return node("Cast", node("GreaterOrEqual", z, 0.0), to=_type_of(node.dtype.name))


def linear(node: Nodes, z: str) -> str:
    """z itself: no node."""
    return z


def sigmoid(node: Nodes, z: str) -> str:
    """1 / (1 + exp(-z))."""
    return node("Sigmoid", z)


def tanh(node: Nodes, z: str) -> str:
    """The hyperbolic tangent."""
    return node("Tanh", z)


def relu(
    node: Nodes, z: str, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> str:
    """z above the threshold, else negative_slope (z - threshold); never more than max_value."""
    if negative_slope == 0.0 and threshold == 0.0:
        y = node("Relu", z)
    else:
        below = node("Mul", node("Sub", z, threshold), negative_slope)
        y = node("Where", node("Greater", z, threshold), z, below)
    return y if max_value is None else node("Min", y, max_value)


def relu6(node: Nodes, z: str) -> str:
    """max(0, min(z, 6))."""
    return node("Clip", z, 0.0, 6.0)


def leaky_relu(node: Nodes, z: str, negative_slope: float = 0.2) -> str:
    """z where it is positive, else negative_slope z."""
    if node.single:
        return node("LeakyRelu", z, alpha=negative_slope)
    return node("Where", node("Greater", z, 0.0), z, node("Mul", z, negative_slope))


def elu(node: Nodes, z: str, alpha: float = 1.0) -> str:
    """z where it is positive, else alpha (exp(z) - 1)."""
    if node.single:
        return node("Elu", z, alpha=alpha)
    below = node("Sub", node("Exp", node("Min", z, 0.0)), 1.0)
    return node("Where", node("Greater", z, 0.0), z, node("Mul", below, alpha))


def selu(node: Nodes, z: str) -> str:
    """Scale elu(z), with the constants that keep mean 0 and variance 1."""
    if node.single:
        return node("Selu", z, alpha=SELU_ALPHA, gamma=SELU_SCALE)
    return node("Mul", elu(node, z, SELU_ALPHA), SELU_SCALE)


def gelu(node: Nodes, z: str, approximate: bool = False) -> str:
    """z (1 + erf(z / √2)) / 2, or z (1 + tanh(√(2/π) (z + 0.044715 z³))) / 2."""
    if approximate:
        cube = node("Mul", node("Mul", z, z), z)
        inner = node("Add", z, node("Mul", cube, 0.044715))
        gate = node("Tanh", node("Mul", inner, math.sqrt(2.0 / math.pi)))
    else:
        gate = erf(node, node("Mul", z, math.sqrt(0.5)))
    return node("Mul", z, node("Add", node("Mul", gate, 0.5), 0.5))


def erf(node: Nodes, z: str) -> str:
    """The error function; in single precision also for float64, since onnxruntime has no other."""
    if node.single:
        return node("Erf", z)
    return node("Cast", node("Erf", node("Cast", z, to=_type_of("float32"))), to=_type_of("float64"))


def silu(node: Nodes, z: str) -> str:
    """z sigmoid(z)."""
    return node("Mul", z, node("Sigmoid", z))


def softplus(node: Nodes, z: str) -> str:
    """log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))."""
    if node.single:
        return node("Softplus", z)
    rest = node("Log", node("Add", node("Exp", node("Neg", node("Abs", z))), 1.0))
    return node("Add", node("Max", z, 0.0), rest)


def softsign(node: Nodes, z: str) -> str:
    """z / (1 + |z|)."""
    if node.single:
        return node("Softsign", z)
    return node("Div", z, node("Add", node("Abs", z), 1.0))


def mish(node: Nodes, z: str) -> str:
    """z tanh(softplus(z))."""
    return node("Mul", z, node("Tanh", softplus(node, z)))


def hard_sigmoid(node: Nodes, z: str) -> str:
    """z / 6 + 1 / 2, cut off at 0 and 1."""
    if node.single:
        return node("HardSigmoid", z, alpha=1.0 / 6.0, beta=0.5)
    return node("Div", node("Clip", node("Add", z, 3.0), 0.0, 6.0), 6.0)


def exponential(node: Nodes, z: str) -> str:
    """exp(z)."""
    return node("Exp", z)


def softmax(node: Nodes, z: str) -> str:
    """exp(z) / Σ exp(z) over the last axis."""
    return node("Softmax", z, axis=-1)


def log_softmax(node: Nodes, z: str) -> str:
    """log(softmax(z)) over the last axis."""
    return node("LogSoftmax", z, axis=-1)


ACTIVATIONS: dict[str, Callable[..., str]] = {
    "step": step,
    "linear": linear,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "mish": mish,
    "hard_sigmoid": hard_sigmoid,
    "exponential": exponential,
    "softmax": softmax,
    "log_softmax": log_softmax,
}


def activate(node: Nodes, rule: Rule, z: str) -> str:
    """y = f(z) for the activation that a rule names."""
    if rule.name not in ACTIVATIONS:
        raise ArgumentError(
            f"export: expected an activation among {', '.join(ACTIVATIONS)}, got {rule.name!r} in layer {node.layer!r}."
        )
    return ACTIVATIONS[rule.name](node, z, **rule.config)


# --- Layers: each returns the name of its output y --------------------------------------------------------------------

Arrays: TypeAlias = Mapping[str, Array]


def dense_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = f(x w + b). Gemm is x w + b in one operator, for rows that are vectors."""
    named = [node.array(name, array) for name, array in arrays.items()]
    if len(layer.input_shape) == 1 and "bias" in arrays:
        z = node("Gemm", x, *named)
    else:
        z = node("MatMul", x, named[0])
        z = node("Add", z, named[1]) if "bias" in arrays else z
    return activate(node, layer.config["activation"], z)


def activation_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = f(x)."""
    return activate(node, layer.config["activation"], x)


def prelu_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = max(x, 0) + alpha min(x, 0)."""
    alpha = node.array("alpha", arrays["alpha"])
    if node.single:
        return node("PRelu", x, alpha)
    return node("Add", node("Max", x, 0.0), node("Mul", node("Min", x, 0.0), alpha))


def flatten_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """Lay each row's numbers out in one line."""
    return node("Flatten", x, axis=1)


def rescaling_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = scale x + offset."""
    scaled = node("Mul", x, layer.config["scale"])
    return node("Add", scaled, layer.config["offset"]) if layer.config["offset"] else scaled


def normalization_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = (x - mean) / standard deviation, which is never less than 1e-7."""
    return _standardize(node, x, arrays["mean"], standard_deviation(arrays["variance"]))


def batch_normalization_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the moving averages."""
    mean, variance = arrays["moving_mean"], arrays["moving_variance"]
    if len(layer.input_shape) > 1 or not node.single:
        # The operator takes the second axis for the units, and its epsilon is a float32.
        n = _standardize(node, x, mean, np.sqrt(variance + layer.config["epsilon"]))
        return _scale_and_shift(node, arrays, n)
    gamma, beta = arrays.get("gamma", np.ones_like(mean)), arrays.get("beta", np.zeros_like(mean))
    figures = {"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_variance": variance}
    named = [node.array(name, array) for name, array in figures.items()]
    return node("BatchNormalization", x, *named, epsilon=layer.config["epsilon"], momentum=layer.config["momentum"])


def layer_normalization_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with each row's own figures."""
    difference = node("Sub", x, node("ReduceMean", x, axes=[-1]))
    variance = node("ReduceMean", node("Mul", difference, difference), axes=[-1])
    n = node("Div", difference, node("Sqrt", node("Add", variance, layer.config["epsilon"])))
    return _scale_and_shift(node, arrays, n)


def identity_layer(node: Nodes, layer: LayerPlan, arrays: Arrays, x: str) -> str:
    """x itself: dropout and noise are for training only."""
    return x


def _standardize(node: Nodes, x: str, mean: Array, deviation: Array) -> str:
    """(x - mean) / deviation."""
    return node("Div", node("Sub", x, node.array("mean", mean)), node.array("deviation", deviation))


def _scale_and_shift(node: Nodes, arrays: Arrays, n: str) -> str:
    """gamma n + beta; either may be absent."""
    y = node("Mul", n, node.array("gamma", arrays["gamma"])) if "gamma" in arrays else n
    return node("Add", y, node.array("beta", arrays["beta"])) if "beta" in arrays else y


LAYERS: dict[str, Callable[[Nodes, LayerPlan, Arrays, str], str]] = {
    "Activation": activation_layer,
    "BatchNormalization": batch_normalization_layer,
    "Dense": dense_layer,
    "Dropout": identity_layer,
    "Flatten": flatten_layer,
    "GaussianNoise": identity_layer,
    "LayerNormalization": layer_normalization_layer,
    "Normalization": normalization_layer,
    "PReLU": prelu_layer,
    "Rescaling": rescaling_layer,
}


# --- Outputs ----------------------------------------------------------------------------------------------------------


def _outputs(
    node: Nodes, model: Sequential, y: str, class_names: Sequence[str] | Sequence[int] | None
) -> list[ValueInfoProto]:
    """Name the outputs: label and probabilities of a classifier, else the numbers as they are."""
    dtype = node.dtype.name
    if not answers.gives_probabilities(model):
        return [_described(node("Identity", y, output="variable"), dtype, model.output_shape)]
    if model.output_shape == (1,):
        probabilities = node("Concat", node("Sub", 1.0, y), y, axis=-1, output="probabilities")
    else:
        probabilities = node("Identity", y, output="probabilities")
    classes = answers.class_count(model)
    if class_names is not None and len(class_names) != classes:
        raise ArgumentError(
            f"export: expected a class name for each of the {classes} classes, got {len(class_names)}. "
            "Set model.class_names or give class_names=."
        )
    label, label_dtype = _labels(node, probabilities, class_names)
    return [_described(label, label_dtype, ()), _described(probabilities, dtype, (classes,))]


def _labels(node: Nodes, probabilities: str, class_names: Sequence[str] | Sequence[int] | None) -> tuple[str, str]:
    """Name the likeliest class of each row; return the value and its type."""
    if class_names is None:
        return node("ArgMax", probabilities, axis=-1, keepdims=0, output="label"), "int64"
    names = [_plain(name) for name in class_names]
    label_dtype = "int64" if all(isinstance(name, int) for name in names) else "str"
    classes = node.array(
        "class_names", np.array([*map(str, names)], object) if label_dtype == "str" else np.array(names)
    )
    place = node("ArgMax", probabilities, axis=-1, keepdims=0)
    return node("Gather", classes, place, output="label"), label_dtype


def _described(name: str, dtype: str, row: Shape) -> ValueInfoProto:
    """Describe an input or output: its type, and its shape with a free number of rows."""
    described: ValueInfoProto = _onnx().helper.make_tensor_value_info(name, _type_of(dtype), ["rows", *row])
    return described


def _type_of(dtype: str) -> int:
    """Return ONNX's number for a type of numbers, or of texts."""
    number: int = _onnx().helper.np_dtype_to_tensor_dtype(np.dtype("O" if dtype == "str" else dtype))
    return number


def _plain(value: Any) -> Any:
    """Return a NumPy number or text as Python's."""
    return value.item() if isinstance(value, np.generic) else value
