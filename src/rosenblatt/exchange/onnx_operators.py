"""ONNX files, understood: what each operator adds to a chain of layers.

One function for each operator; `OPERATORS`, at the end, is the table of what is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rosenblatt.errors import FileFormatError
from rosenblatt.exchange.onnx_graphs import BATCH, FLOATS, Graph, Node, number_of, shortest, unsupported
from rosenblatt.functional.normalization import SMALLEST_DEVIATION
from rosenblatt.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Dense,
    Flatten,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
)
from rosenblatt.models import Sequential
from rosenblatt.types import Array, Shape

# Layers that are activations of a name; a Dense takes them in.
BY_NAME = {
    repr(ELU()): Activation("elu"),
    repr(LeakyReLU(0.2)): Activation("leaky_relu"),
    repr(ReLU()): Activation("relu"),
    repr(ReLU(6.0)): Activation("relu6"),
}
MOST_LAYERS = 1000
FEW_WEIGHTS = 2**16  # that any file may make, however small
SMALLEST_VARIANCE = 1e-3  # what BatchNormalization adds to a variance, unless the variance is smaller


# --- The chain that is built ------------------------------------------------------------------------------------------


class Chain:
    """The layers read so far, with their arrays, and the shape of a row behind them."""

    def __init__(self, graph: Graph, size: int) -> None:
        self.constants, self.opset, self.batch, self.size = graph.constants, graph.opset, graph.batch, size
        self.input_dtype = graph.input_dtype
        self.input_shape = list(graph.input_shape)
        self.shape = self.input_shape  # the same list until a layer changes the shape: what is learnt of one is of both
        self.layers: list[Layer] = []
        self.arrays: list[dict[str, Array]] = []
        self.weights = 0  # numbers in the arrays, also those that later nodes replaced
        self.flat = False  # the file gives (n,), where the model gives (n, 1)

    @property
    def units(self) -> int | None:
        """The length of the last axis."""
        return self.shape[-1]

    @property
    def last(self) -> Layer | None:
        """The layer read last."""
        return self.layers[-1] if self.layers else None

    def constant(self, node: Node, place: int, default: Array | None = None) -> Array:
        """Return a node's input that must be a constant."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        if not name and default is not None:
            return default
        if name not in self.constants:
            raise unsupported("weights that are constants", f"{node}, whose input {place + 1} is none")
        return self.constants[name]

    def expect_units(self, node: Node, units: int) -> None:
        """Raise unless the rows have this many units; take it on where the file left it open."""
        if self.shape[-1] is None:
            self.shape[-1] = units
        if self.shape[-1] != units or self.flat:
            raise unsupported(f"arrays for rows of shape {self.shape}", f"some for {units} units in {node}")

    def whole_shape(self, node: Node) -> Shape:
        """Return the shape of a row, which must be clear by now."""
        if None in self.shape:
            raise unsupported("an input whose shape is fixed but for the rows", f"{self.shape} for {node}")
        return tuple(size for size in self.shape if size is not None)

    def add(self, layer: Layer, node: Node, **arrays: Array) -> None:
        """Append a layer; an activation without arguments becomes part of the Dense before it."""
        if self.flat:
            raise unsupported("nothing after the last axis was dropped", str(node))
        if isinstance(layer, PReLU):
            arrays["alpha"] = self._slopes(node, arrays["alpha"])
        layer = BY_NAME.get(repr(layer), layer).copy()
        before = self.last
        if isinstance(layer, Activation) and isinstance(before, Dense) and before.activation is None:
            before.activation = layer.activation
            return
        if len(self.layers) == MOST_LAYERS:
            raise unsupported(f"at most {MOST_LAYERS} layers", f"more, from {node} on")
        self.count(node, sum(array.size for array in arrays.values()))
        self.layers.append(layer)
        self.arrays.append(arrays)

    def count(self, node: Node, weights: int) -> None:
        """Raise if the weights computed so far are too many for the file: one array of it may stand in many layers."""
        self.weights += weights
        if self.weights > self.size + FEW_WEIGHTS:
            raise unsupported("no more weights than the file has bytes", f"{self.weights} from {node} on")

    def _slopes(self, node: Node, slopes: Array) -> Array:
        """Return a slope for every unit; the file may have one for all."""
        shape = self.whole_shape(node)
        if slopes.ndim > len(shape):
            slopes = slopes.reshape(slopes.shape[slopes.ndim - len(shape) :])
        return np.broadcast_to(slopes, shape)

    def model(self) -> Sequential:
        """Return the model, with its weights."""
        if not self.layers or None in self.input_shape:
            got = f"rows of shape {self.input_shape}" if self.layers else "none"
            raise unsupported("layers, and an input whose shape is fixed but for the rows", got)
        dtypes = {array.dtype.name for arrays in self.arrays for array in arrays.values()}
        dtype = "float64" if "float64" in (dtypes or {self.input_dtype}) else "float32"
        model = Sequential(self.layers, dtype=dtype)
        model.build([size for size in self.input_shape if size is not None])
        for layer, arrays in zip(self.layers, self.arrays, strict=True):
            layer.set_weights([arrays[name] for name in layer.weights])
        return model


def not_understood(nodes: Sequence[Node]) -> FileFormatError:
    """Return the error that names nodes, and what is read."""
    together = f", together with {', '.join(node.operator for node in nodes[1:12])}" if len(nodes) > 1 else ""
    return FileFormatError(
        f"load: expected a chain of layers, got {nodes[0]}{together}. What is read: {', '.join(OPERATORS)}, and what "
        "programs compose of others for gelu, silu, mish and the like."
    )


# --- Operators: each adds to the chain what a node does ---------------------------------------------------------------


def gemm(chain: Chain, node: Node) -> None:
    """y = alpha x w + beta b."""
    attributes = {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0} | node.attributes
    kernel = chain.constant(node, 1)
    if attributes["transA"] or len(chain.shape) != 1:
        raise unsupported("rows that are vectors", f"{node} of rows of shape {chain.shape} or columns")
    _check_kernel(node, kernel)
    kernel = kernel.T if attributes["transB"] else kernel
    arrays = {"kernel": kernel * kernel.dtype.type(attributes["alpha"])}
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = chain.constant(node, 2)
        if bias.size not in (1, kernel.shape[1]) or bias.shape[-1:] not in ((), (bias.size,)):
            raise unsupported(f"{kernel.shape[1]} biases", f"an array of shape {bias.shape} in {node}")
        arrays["bias"] = np.broadcast_to(bias.reshape(-1), kernel.shape[1]) * bias.dtype.type(attributes["beta"])
    _add_dense(chain, node, arrays)


def mat_mul(chain: Chain, node: Node) -> None:
    """y = x w."""
    kernel = chain.constant(node, 1)
    _check_kernel(node, kernel)
    _add_dense(chain, node, {"kernel": kernel})


def _check_kernel(node: Node, kernel: Array) -> None:
    if kernel.ndim != 2 or not kernel.size or kernel.dtype.kind != "f":
        raise unsupported("a kernel of 2 axes", f"{kernel.dtype} numbers of shape {kernel.shape} in {node}")


def _add_dense(chain: Chain, node: Node, arrays: dict[str, Array]) -> None:
    n_in, units = arrays["kernel"].shape
    chain.expect_units(node, n_in)
    chain.add(Dense(units, use_bias="bias" in arrays), node, **arrays)
    chain.shape = [*chain.shape[:-1], units]


def add(chain: Chain, node: Node) -> None:
    """y = x + c: the bias of a Dense, the beta of a normalisation, or an offset."""
    place = _place_of_constant(chain, node)
    _shift(chain, node, _vector(chain, node, chain.constant(node, place)))


def sub(chain: Chain, node: Node) -> None:
    """y = x - c, the first half of a normalisation, or an offset; or c - x."""
    place = _place_of_constant(chain, node)
    number = _vector(chain, node, chain.constant(node, place))
    if place == 0:
        if number.size > 1:
            raise not_understood([node])
        chain.add(Rescaling(-1.0, number_of(number)), node)
    elif isinstance(chain.last, Rescaling):
        _shift(chain, node, -number)
    else:
        _add_normalization(chain, node, number, np.ones_like(number))


def mul(chain: Chain, node: Node) -> None:
    """y = c x: the gamma of a normalisation, or a scale."""
    scale = _vector(chain, node, chain.constant(node, _place_of_constant(chain, node)))
    if not _give_gamma(chain, scale):
        _scale(chain, node, scale)


def div(chain: Chain, node: Node) -> None:
    """y = x / c: the second half of a normalisation, or a scale."""
    if _place_of_constant(chain, node) == 0:
        raise not_understood([node])
    deviation = _vector(chain, node, chain.constant(node, 1))
    layer = chain.last
    if isinstance(layer, Normalization) and (chain.arrays[-1]["variance"] == 1.0).all():
        chain.layers.pop()
        mean = chain.arrays.pop()["mean"]
        _add_normalization(chain, node, np.atleast_1d(mean), deviation)
    else:
        _scale(chain, node, 1.0 / deviation)


def scaler(chain: Chain, node: Node) -> None:
    """y = (x - offset) scale, of ai.onnx.ml."""
    offset, scale = (_vector(chain, node, node.attributes[name]) for name in ("offset", "scale"))
    size = max(offset.size, scale.size)
    _add_normalization(chain, node, np.broadcast_to(offset, size), np.broadcast_to(1.0 / scale, size))


def _place_of_constant(chain: Chain, node: Node) -> int:
    return 0 if node.inputs[0] in chain.constants else 1


def _vector(chain: Chain, node: Node, constant: Array) -> Array:
    """Return one number for all units, or one for each of the last axis."""
    if constant.dtype.kind not in "fi":
        raise unsupported("numbers", f"{constant.dtype} in {node}")
    if constant.size > 1:
        if constant.shape[-1] != constant.size:
            raise unsupported("one number for each unit", f"an array of shape {constant.shape} in {node}")
        chain.expect_units(node, constant.size)
    return constant.reshape(-1)


def _shift(chain: Chain, node: Node, offset: Array) -> None:
    """y = x + offset."""
    layer = chain.last
    arrays = chain.arrays[-1] if chain.arrays else {}
    if isinstance(layer, Dense) and layer.activation is None and not layer.use_bias and offset.size == layer.units:
        layer.use_bias = True
        arrays["bias"] = offset
    elif isinstance(layer, LayerNormalization | BatchNormalization) and not layer.center and offset.size == chain.units:
        layer.center = True
        arrays["beta"] = offset
    elif isinstance(layer, Rescaling) and layer.offset == 0.0 and offset.size == 1:
        layer.offset = number_of(offset)
    elif isinstance(layer, Normalization) and offset.size == arrays["mean"].size:
        chain.count(node, offset.size)
        deviation = np.sqrt(arrays["variance"])
        arrays["mean"] = arrays["mean"] - (offset * deviation).reshape(arrays["mean"].shape)
    elif offset.size == 1:
        chain.add(Rescaling(1.0, number_of(offset)), node)
    else:
        _add_normalization(chain, node, -offset, np.ones_like(offset))


def _give_gamma(chain: Chain, gamma: Array) -> bool:
    """Make numbers the gamma of the normalisation before, if there is one without."""
    layer = chain.last
    if gamma.size != chain.units:
        return False
    if isinstance(layer, LayerNormalization) and not layer.scale and not layer.center:
        layer.scale = True
        chain.arrays[-1] = {"gamma": gamma}
        return True
    if isinstance(layer, Normalization) and chain.arrays[-1]["mean"].size == gamma.size:
        figures = {name: np.atleast_1d(array) for name, array in chain.arrays[-1].items()}
        epsilon = min(SMALLEST_VARIANCE, float(figures["variance"].min()))
        chain.layers[-1] = BatchNormalization(epsilon=epsilon, center=False)
        chain.arrays[-1] = {
            "gamma": gamma,
            "moving_mean": figures["mean"],
            "moving_variance": figures["variance"] - figures["variance"].dtype.type(epsilon),
        }
        return True
    return False


def _scale(chain: Chain, node: Node, scale: Array) -> None:
    """y = scale x."""
    if scale.size == 1:
        chain.add(Rescaling(number_of(scale)), node)
    else:
        _add_normalization(chain, node, np.zeros_like(scale), 1.0 / scale)


def _add_normalization(chain: Chain, node: Node, mean: Array, deviation: Array) -> None:
    """y = (x - mean) / deviation, with one number for all units or one for each."""
    if not (deviation >= SMALLEST_DEVIATION).all() or not np.isfinite(deviation * deviation).all():
        raise unsupported("features scaled by positive numbers", f"others in {node}")
    for_all = mean.size == deviation.size == 1
    mean, variance = np.broadcast_arrays(mean, deviation * deviation)
    shape: Shape = () if for_all else mean.shape
    layer = Normalization(axis=None if for_all else -1)
    chain.add(layer, node, mean=mean.reshape(shape), variance=variance.reshape(shape))


def batch_normalization(chain: Chain, node: Node) -> None:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta."""
    if node.attributes.get("training_mode", 0) or len(chain.shape) != 1:
        raise unsupported("BatchNormalization in use, of rows that are vectors", f"{node}, of rows of {chain.shape}")
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    arrays = {name: chain.constant(node, place) for place, name in enumerate(names, start=1)}
    for array in arrays.values():
        chain.expect_units(node, array.size)
    momentum = node.attributes.get("momentum", 0.9)
    epsilon = node.attributes.get("epsilon", 1e-5)
    chain.add(BatchNormalization(momentum=shortest(momentum), epsilon=shortest(epsilon)), node, **arrays)


def layer_normalization(chain: Chain, node: Node) -> None:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by rows."""
    if node.attributes.get("axis", -1) not in (-1, len(chain.shape)):
        raise unsupported("LayerNormalization over the last axis", f"{node} over more")
    arrays = {"gamma": chain.constant(node, 1)}
    if len(node.inputs) > 2 and node.inputs[2]:
        arrays["beta"] = chain.constant(node, 2)
    for array in arrays.values():
        chain.expect_units(node, array.size)
    epsilon = node.attributes.get("epsilon", 1e-5)
    chain.add(LayerNormalization(epsilon=shortest(epsilon), center="beta" in arrays), node, **arrays)


def flatten(chain: Chain, node: Node) -> None:
    """Lay each row's numbers out in one line."""
    axis = node.attributes.get("axis", 1)
    if axis not in (1, -len(chain.shape)):
        raise unsupported("Flatten of each row", f"{node} from axis {axis}")
    size = math.prod(chain.whole_shape(node))
    chain.add(Flatten(), node)
    chain.shape = [size]


def reshape(chain: Chain, node: Node) -> None:
    """Lay each row's numbers out in one line, or leave them as they are."""
    rows, *target = map(int, chain.constant(node, 1).reshape(-1))
    if chain.units == 1 and len(chain.shape) == 1 and rows in _rows(chain) and not target:
        chain.flat = True
        return
    shape = chain.whole_shape(node)
    size = math.prod(shape)
    if rows in _rows(chain) and target in ([size], [-1]) and len(shape) > 1:
        flatten(chain, node._replace(attributes={}))
    elif rows not in _rows(chain) or target not in ([*shape], [-1] if len(shape) == 1 else [*shape]):
        raise unsupported("rows laid out in one line", f"{node} from rows of shape {shape} to {[rows, *target]}")


def _rows(chain: Chain) -> tuple[int | None, ...]:
    """All ways in which the target of a Reshape says: as many rows as before."""
    return (BATCH, -1, 0, chain.batch)


def squeeze(chain: Chain, node: Node) -> None:
    """Drop the last axis, of length 1, at the very end."""
    axes: Any = node.attributes.get("axes")
    axes = chain.constant(node, 1) if len(node.inputs) > 1 else axes
    if axes is None or [*map(int, axes)] not in ([-1], [1]) or len(chain.shape) != 1 or chain.units != 1:
        raise unsupported("a single unit's axis dropped at the end", f"{node} of rows of shape {chain.shape}")
    chain.flat = True


def cast(chain: Chain, node: Node) -> None:
    """Rows of whole numbers as floats, or in another precision: the model does that itself."""
    if node.attributes["to"] not in FLOATS:
        raise unsupported("numbers in float32 or float64", f"{node} to ONNX's type {node.attributes['to']}")


def identity(chain: Chain, node: Node) -> None:
    """y = x."""


def dropout(chain: Chain, node: Node) -> None:
    """y = x, unless in training."""
    training = len(node.inputs) > 2 and node.inputs[2] and chain.constant(node, 2).any()
    if training:
        raise unsupported("Dropout in use", f"{node} in training")


def activation(name: str) -> Callable[[Chain, Node], None]:
    """y = f(x), for an operator without arguments."""

    def operator(chain: Chain, node: Node) -> None:
        chain.add(Activation(name), node)

    return operator


def activation_with(name: str, **expected: Any) -> Callable[[Chain, Node], None]:
    """y = f(x), for an operator whose arguments must be those of our function; given are ONNX's defaults, and ours."""

    def operator(chain: Chain, node: Node) -> None:
        for argument, (default, ours) in expected.items():
            got = node.attributes.get(argument, default)
            same = got == ours if isinstance(ours, str) else math.isclose(got, ours, rel_tol=1e-5)
            if not same:
                raise unsupported(f"{argument} = {ours!r}", f"{got!r} for {node}")
        chain.add(Activation(name), node)

    return operator


def softmax(name: str) -> Callable[[Chain, Node], None]:
    """Softmax or its logarithm, over the last axis."""

    def operator(chain: Chain, node: Node) -> None:
        axes = len(chain.shape) + 1
        axis = node.attributes.get("axis", -1 if chain.opset >= 13 else 1)
        if axis not in (-1, axes - 1):
            raise unsupported("it over the last axis", f"{node} over axis {axis}")
        chain.add(Activation(name), node)

    return operator


def logarithm(chain: Chain, node: Node) -> None:
    """log(softmax(x))."""
    layer = chain.last
    if not isinstance(layer, Dense | Activation) or layer.activation != "softmax":
        raise not_understood([node])
    layer.activation = "log_softmax"


def leaky_relu(chain: Chain, node: Node) -> None:
    """y = x above zero, else alpha x."""
    chain.add(LeakyReLU(shortest(node.attributes.get("alpha", 0.01))), node)


def elu(chain: Chain, node: Node) -> None:
    """y = x above zero, else alpha (exp(x) - 1)."""
    chain.add(ELU(shortest(node.attributes.get("alpha", 1.0))), node)


def thresholded_relu(chain: Chain, node: Node) -> None:
    """y = x above alpha, else 0."""
    chain.add(ReLU(threshold=shortest(node.attributes.get("alpha", 1.0))), node)


def prelu(chain: Chain, node: Node) -> None:
    """y = x above zero, else alpha x, with a slope alpha for every unit."""
    chain.add(PReLU(), node, alpha=chain.constant(node, 1))


def clip(chain: Chain, node: Node) -> None:
    """y = min(max(x, 0), largest)."""
    lowest, largest = (node.attributes.get(name) for name in ("min", "max"))
    if chain.opset >= 11:
        lowest, largest = (float(chain.constant(node, place, np.array(math.nan)).reshape(())) for place in (1, 2))
    if lowest != 0.0:
        raise unsupported("numbers cut off at 0", f"{node}, cut off at {lowest}")
    unlimited = largest is None or not largest < 3e38  # the largest float32 means the same
    chain.add(ReLU(None if unlimited else largest), node)


OPERATORS: dict[str, Callable[[Chain, Node], None]] = {
    "Gemm": gemm,
    "MatMul": mat_mul,
    "Add": add,
    "Sub": sub,
    "Mul": mul,
    "Div": div,
    "ai.onnx.ml.Scaler": scaler,
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "Flatten": flatten,
    "Reshape": reshape,
    "Squeeze": squeeze,
    "Cast": cast,
    "Identity": identity,
    "Dropout": dropout,
    "Relu": activation("relu"),
    "Sigmoid": activation("sigmoid"),
    "Tanh": activation("tanh"),
    "Exp": activation("exponential"),
    "Softplus": activation("softplus"),
    "Softsign": activation("softsign"),
    "Mish": activation("mish"),
    "Selu": activation_with("selu", alpha=(1.67326319, 1.67326324), gamma=(1.05070102, 1.05070099)),
    "Gelu": activation_with("gelu", approximate=("none", "none")),
    "Swish": activation_with("silu", alpha=(1.0, 1.0)),
    "Celu": activation_with("elu", alpha=(1.0, 1.0)),
    "HardSigmoid": activation_with("hard_sigmoid", alpha=(0.2, 1 / 6), beta=(0.5, 0.5)),
    "Softmax": softmax("softmax"),
    "LogSoftmax": softmax("log_softmax"),
    "Log": logarithm,
    "LeakyRelu": leaky_relu,
    "Elu": elu,
    "ThresholdedRelu": thresholded_relu,
    "PRelu": prelu,
    "Clip": clip,
}
EITHER_SIDE = ("Add", "Sub", "Mul", "Div")  # the operators whose constant may be the first input
