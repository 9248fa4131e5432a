"""ONNX files, taken apart: the nodes, the constants and the one input of a graph, checked before anything is used.

Nothing of a file is executed. Its arrays must be inside of it and as long as they say; what other parts of ONNX could
smuggle in (external data, functions, graphs within nodes, sparse arrays) is refused. Nodes that compute with constants
alone, such as the transposition of a kernel or the target of a Reshape, are worked out here, within a budget of memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rosenblatt.errors import FileFormatError, MissingExtraError
from rosenblatt.types import Array

OLDEST_OPSET = 7  # since then Add and Gemm broadcast as NumPy does
MOST_NODES = 4096
MOST_ARRAYS = 4 * MOST_NODES
MOST_OUTPUTS = 16  # of one node
MOST_AXES = 8
BATCH = -(2**40)  # the number of rows in a shape: not known, and to be told from every true size

# What arrays may consist of: ONNX's number of the type, NumPy's name, and the field for arrays that are not raw bytes.
TYPES: dict[int, tuple[str, str]] = {
    1: ("<f4", "float_data"),
    2: ("<u1", "int32_data"),
    6: ("<i4", "int32_data"),
    7: ("<i8", "int64_data"),
    9: ("?", "int32_data"),
    11: ("<f8", "double_data"),
}
TEXTS = 8
FLOATS = {1: "float32", 11: "float64"}

RowShape: TypeAlias = "tuple[int | None, ...]"  # None: a size that the file leaves open


class Node(NamedTuple):
    """One node: an operator applied to named values."""

    operator: str  # with its domain where that is not the standard one: "ai.onnx.ml.Scaler"
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.operator} in node {self.name or self.outputs[0]!r}"


class Graph(NamedTuple):
    """A checked graph; its nodes are those that compute with rows, in an order in which they can be computed."""

    input: str
    input_shape: RowShape  # of one row
    input_dtype: str
    batch: int | None  # the number of rows, where the file fixes it
    outputs: list[str]
    nodes: list[Node]
    constants: dict[str, Array]
    opset: int
    class_names: Any  # what the metadata say, not checked


def parse(content: bytes) -> Graph:
    """Return the graph of an ONNX file.

    Raises:
        MissingExtraError: the package onnx is not installed.
        FileFormatError: it is no ONNX file, or has what is not supported.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]
    except ImportError as missing:
        raise MissingExtraError("load", "onnx", "onnx") from missing
    _check_description(content)
    try:
        proto = onnx.ModelProto.FromString(content)
    except DecodeError as error:
        raise _damaged(str(error)) from error
    if not proto.ir_version and not proto.opset_import:  # bytes of any kind can pass for a message without fields
        raise _damaged("it says no version of ONNX")
    graph = proto.graph
    opset = next((entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx")), 0)
    if opset < OLDEST_OPSET or not graph.node:
        raise FileFormatError(
            f"load: expected an ONNX file of opset {OLDEST_OPSET} or newer, got {len(graph.node)} nodes of opset "
            f"{opset}. Export the model again."
        )
    if len(graph.node) > MOST_NODES or len(graph.initializer) > MOST_ARRAYS:
        raise unsupported(
            f"at most {MOST_NODES} nodes and {MOST_ARRAYS} arrays", f"{len(graph.node)} and {len(graph.initializer)}"
        )
    if proto.functions:
        raise unsupported("operators only", "functions that the file defines")
    if graph.sparse_initializer:
        raise unsupported("dense arrays", "sparse ones")
    constants = {tensor.name: array_of(tensor) for tensor in graph.initializer}
    name, shape, batch, dtype = _input(graph, constants)
    nodes = [_node(node) for node in graph.node]
    _check_order(nodes, {name, *constants})
    folding = _Folding(constants, {name: shape}, budget=4 * len(content) + 2**20)
    return Graph(
        input=name,
        input_shape=shape,
        input_dtype=dtype,
        batch=batch,
        outputs=[output.name for output in graph.output],
        nodes=[node for node in nodes if not folding.fold(node)],
        constants=constants,
        opset=opset,
        class_names=_class_names(proto),
    )


def _damaged(reason: str) -> FileFormatError:
    return FileFormatError(f"load: expected an ONNX file, got one that is damaged or none ({reason}). Fetch it again.")


def unsupported(expected: str, got: str) -> FileFormatError:
    """Return the error for what no chain of layers of ours can stand for."""
    return FileFormatError(f"load: expected {expected}, got {got}. Export the plain model, in use, not in training.")


def _class_names(proto: Any) -> Any:
    written = next((entry.value for entry in proto.metadata_props if entry.key == "class_names"), "null")
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None  # another program's entry of that name


# --- How much a file makes of its bytes -------------------------------------------------------------------------------

# ONNX files are protobuf messages: fields, each a number and a value, which may be a message itself. An empty message
# is two bytes in a file and a hundred times as many in memory, so a small file could fill any memory. What a file says
# beside the numbers of its arrays is therefore measured before it is read.
MOST_DESCRIPTION = 2**20  # bytes
NUMBERS = dict.fromkeys((4, 5, 7, 9, 10))  # the fields of an array that hold numbers only
ARRAYS = {7: {5: NUMBERS, 1: {5: {5: NUMBERS}}}}  # graph: initializer, or node: attribute: array


def _check_description(content: bytes) -> None:
    """Raise if a file holds more than a chain of layers can have to say."""
    described = 0
    messages: list[tuple[int, int, Any]] = [(0, len(content), ARRAYS)]
    while messages:
        at, stop, inside = messages.pop()
        while at < stop:
            begin = at
            tag, at = _varint(content, at)
            field, kind = tag >> 3, tag & 7
            size = 0
            if kind == 2:
                size, at = _varint(content, at)
            elif kind == 0:
                _, at = _varint(content, at)
            elif kind in FIXED:
                at += FIXED[kind]
            else:
                raise _damaged(f"a field of kind {kind}")
            if at + size > stop:
                raise _damaged("it ends too early")
            if inside.get(field):
                messages.append((at, at + size, inside[field]))
            described += at - begin + (size if field not in inside else 0)
            at += size
            if described > MOST_DESCRIPTION:
                raise unsupported(f"at most {MOST_DESCRIPTION} bytes beside the weights", "more")


FIXED = {1: 8, 5: 4}  # bytes of the kinds of fields that have always as many


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return the number of variable length at a place, and the place after it: seven bits a byte, the lowest first."""
    number = shift = 0
    while True:
        if at >= len(content) or shift > 63:
            raise _damaged("it ends within a number")
        byte = content[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


# --- Input, nodes, arrays ---------------------------------------------------------------------------------------------


def _input(graph: Any, constants: dict[str, Array]) -> tuple[str, RowShape, int | None, str]:
    """Return the one input that is no constant: name, shape of a row, number of rows where fixed, precision."""
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1:
        raise unsupported("one input", f"{len(inputs)} ({', '.join(value.name for value in inputs[:8])})")
    tensor = inputs[0].type.tensor_type
    sizes = [size.dim_value if size.dim_value > 0 else None for size in tensor.shape.dim]
    if not tensor.HasField("shape"):
        sizes = [None, None]
    if not 2 <= len(sizes) <= MOST_AXES:
        raise unsupported(f"rows, an input of 2 to {MOST_AXES} axes", f"{len(sizes)} axes")
    return inputs[0].name, tuple(sizes[1:]), sizes[0], FLOATS.get(tensor.elem_type, "float32")


def _node(proto: Any) -> Node:
    domain = "" if proto.domain in ("", "ai.onnx") else f"{proto.domain}."
    node = Node(f"{domain}{proto.op_type}", proto.name, tuple(proto.input), tuple(proto.output), {})
    if not 1 <= len(node.outputs) <= MOST_OUTPUTS:
        got = f"{proto.op_type} in node {proto.name!r}, which has {len(node.outputs)}"
        raise unsupported(f"nodes of 1 to {MOST_OUTPUTS} outputs", got)
    for attribute in proto.attribute:
        if attribute.type not in ATTRIBUTES or attribute.ref_attr_name:
            raise unsupported("numbers, texts and arrays as attributes", f"{attribute.name!r} of {node}")
        node.attributes[attribute.name] = ATTRIBUTES[attribute.type](attribute)
    return node


# By ONNX's number of an attribute's type. Graphs, sparse arrays and types are not among them.
ATTRIBUTES: dict[int, Callable[[Any], Any]] = {
    1: lambda attribute: attribute.f,
    2: lambda attribute: attribute.i,
    3: lambda attribute: attribute.s.decode("utf-8", "replace"),
    4: lambda attribute: array_of(attribute.t),
    6: lambda attribute: np.array(attribute.floats, np.float32),
    7: lambda attribute: np.array(attribute.ints, np.int64),
    8: lambda attribute: np.array([text.decode("utf-8", "replace") for text in attribute.strings], object),
}


def array_of(tensor: Any) -> Array:
    """Return the numbers or texts of an ONNX tensor, after checking that there are as many as it says."""
    shape = tuple(tensor.dims)
    who = f"the array {tensor.name!r}"
    if tensor.external_data or tensor.data_location or tensor.HasField("segment"):
        raise FileFormatError(
            f"load: expected all arrays inside of the file, got {who} elsewhere. Export it into one file: "
            "torch.onnx.export(..., external_data=False)."
        )
    if len(shape) > MOST_AXES or min(shape, default=0) < 0:
        raise unsupported(f"arrays of at most {MOST_AXES} axes", f"{who} of shape {list(shape[:20])}")
    flat = _flat(who, tensor)
    if flat.size != math.prod(shape):
        raise FileFormatError(
            f"load: expected {math.prod(shape)} values in {who} of shape {list(shape)}, got {flat.size}. "
            "The file is damaged: fetch it again."
        )
    return flat.reshape(shape)


def _flat(who: str, tensor: Any) -> Array:
    """Return all values of a tensor in a line: raw bytes, or the entries of a field."""
    if tensor.data_type == TEXTS:
        return np.array([text.decode("utf-8", "replace") for text in tensor.string_data], object)
    if tensor.data_type not in TYPES:
        raise unsupported("arrays of float32, float64 or whole numbers", f"{who} of ONNX's type {tensor.data_type}")
    name, field = TYPES[tensor.data_type]
    dtype = np.dtype(name)
    if tensor.raw_data:
        return np.frombuffer(tensor.raw_data, dtype, len(tensor.raw_data) // dtype.itemsize)
    entries = getattr(tensor, field)
    return np.fromiter(entries, np.float64 if dtype.kind == "f" else np.int64, len(entries)).astype(dtype)


def number_of(array: Array) -> float:
    """Return the one number of an array."""
    return shortest(array.item()) if array.dtype == np.float32 else float(array.item())


def shortest(number: float) -> float:
    """Return the shortest number that is the same in float32: 0.1 for 0.10000000149011612."""
    return float(str(np.float32(number)))


def _check_order(nodes: Sequence[Node], known: set[str]) -> None:
    """Raise unless every node's inputs come before it, and no value is computed twice."""
    for node in nodes:
        missing = [name for name in node.inputs if name and name not in known]
        if missing:
            raise unsupported("nodes in the order of their computation", f"{node} before {missing[0]!r}")
        twice = [name for name in node.outputs if name and name in known]
        if twice:
            raise unsupported("each value computed once", f"{twice[0]!r} once more from {node}")
        known.update(name for name in node.outputs if name)


# --- Constants that nodes compute from constants ----------------------------------------------------------------------


class _Folding:
    """Works out what depends on constants alone. Shapes of rows are constants as well, but for the number of rows."""

    def __init__(self, constants: dict[str, Array], shapes: dict[str, RowShape], budget: int) -> None:
        self.constants, self.shapes, self.budget = constants, shapes, budget

    def fold(self, node: Node) -> bool:
        """Work out a node, if it is one of constants; else note the shape of its rows, if that is clear."""
        if node.operator == "Shape" and node.inputs and node.inputs[0] in self.shapes:
            return self._fold_shape(node)
        inputs = [self.constants.get(name) if name else None for name in node.inputs]
        missing = [name for name, array in zip(node.inputs, inputs, strict=True) if name and array is None]
        if missing or node.operator not in FOLDED:
            if node.operator in SAME_SHAPE and len(missing) == 1 and missing[0] in self.shapes:
                self.shapes[node.outputs[0]] = self.shapes[missing[0]]
            return False
        cost: Callable[..., int] = COSTS.get(node.operator, _cost_of_first)
        try:
            self.budget -= cost(node, *inputs)
            if self.budget < 0:
                raise unsupported("constants of about the file's size", f"far larger ones from {node}")
            self.constants[node.outputs[0]] = FOLDED[node.operator](node, *inputs)
        except FileFormatError:
            raise
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            raise unsupported("constants that fit each other", f"others for {node} ({error})") from error
        return True

    def _fold_shape(self, node: Node) -> bool:
        row = self.shapes[node.inputs[0]]
        if None in row or "start" in node.attributes or "end" in node.attributes:
            return False
        self.constants[node.outputs[0]] = np.array([BATCH, *row], np.int64)
        return True


# Operators whose result has the shape of their one input that is no constant.
SAME_SHAPE = frozenset({"Identity", "Cast", "Add", "Sub", "Mul", "Div", "Relu", "Sigmoid", "Tanh", "Dropout", "Clip"})


def _elementwise(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """Let a function of two arrays broadcast, but not to something larger than both."""

    def fold(node: Node, a: Array, b: Array) -> Array:
        if math.prod(np.broadcast_shapes(a.shape, b.shape)) > max(a.size, b.size):
            raise ValueError(f"shapes {a.shape} and {b.shape}")
        if object in (a.dtype, b.dtype):
            raise TypeError("text")  # a sum of texts is as long as both
        with np.errstate(all="ignore"):
            return np.asarray(function(a, b), a.dtype)

    return fold


def _divide(a: Array, b: Array) -> Array:
    """ONNX divides whole numbers without a rest."""
    return np.asarray(a / b) if a.dtype.kind == "f" else np.asarray(a // b)


def _axes(node: Node, axes: Array | None) -> tuple[int, ...]:
    """Return the axes, which are an attribute before opset 13 and an input since."""
    given = axes if axes is not None else node.attributes.get("axes", [])
    if len(given) > MOST_AXES:
        raise ValueError(f"{len(given)} axes")
    return tuple(int(axis) for axis in given)


def _fold_constant(node: Node) -> Array:
    (value,) = node.attributes.values()
    return np.asarray(value, np.float32 if isinstance(value, float) else None)


def _fold_cast(node: Node, x: Array) -> Array:
    if x.dtype == object:
        raise TypeError("text")
    with np.errstate(all="ignore"):
        return x.astype(TYPES[node.attributes["to"]][0])


def _fold_gather(node: Node, x: Array, indices: Array) -> Array:
    return np.take(x, indices, axis=node.attributes.get("axis", 0))


def _fold_slice(
    node: Node, x: Array, starts: Array, ends: Array, axes: Array | None = None, steps: Array | None = None
) -> Array:
    axes = np.arange(len(starts)) if axes is None else axes
    steps = np.ones(len(starts), np.int64) if steps is None else steps
    cut = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        cut[axis] = slice(int(start), int(end), int(step))
    return x[tuple(cut)]


FOLDED: dict[str, Callable[..., Array]] = {
    "Constant": _fold_constant,
    "Identity": lambda node, x: x,
    "Cast": _fold_cast,
    "Transpose": lambda node, x: np.transpose(x, node.attributes.get("perm")),
    "Reshape": lambda node, x, shape: x.reshape(tuple(shape)),
    "Unsqueeze": lambda node, x, axes=None: np.expand_dims(x, _axes(node, axes)),
    "Squeeze": lambda node, x, axes=None: np.squeeze(x, _axes(node, axes) or None),
    "Gather": _fold_gather,
    "Slice": _fold_slice,
    "Concat": lambda node, *parts: np.concatenate(parts, axis=node.attributes["axis"]),
    "Add": _elementwise(np.add),
    "Sub": _elementwise(np.subtract),
    "Mul": _elementwise(np.multiply),
    "Div": _elementwise(_divide),
    "Neg": lambda node, x: -x,
    "Sqrt": lambda node, x: np.asarray(np.sqrt(x), x.dtype),
}


# --- What such constants cost, told before they are worked out --------------------------------------------------------


def _cost_of_first(node: Node, *inputs: Array | None) -> int:
    """Return the bytes of a result that is no larger than the first input; a Constant has none, it is in the file."""
    return inputs[0].nbytes if inputs and inputs[0] is not None else 0


def _cost_of_broadcast(node: Node, a: Array, b: Array) -> int:
    return max(a.size, b.size) * a.itemsize


def _cost_of_cast(node: Node, x: Array) -> int:
    return x.size * np.dtype(TYPES[node.attributes["to"]][0]).itemsize


def _cost_of_gather(node: Node, x: Array, indices: Array) -> int:
    length: int = x.shape[node.attributes.get("axis", 0)]
    return x.nbytes // max(length, 1) * indices.size


def _cost_of_concat(node: Node, *parts: Array) -> int:
    return sum(part.size for part in parts) * np.result_type(*parts).itemsize


# How many bytes a result has at most; operators that are not here make nothing larger of their first input.
COSTS: dict[str, Callable[..., int]] = {
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), _cost_of_broadcast),
    "Cast": _cost_of_cast,
    "Gather": _cost_of_gather,
    "Concat": _cost_of_concat,
}
