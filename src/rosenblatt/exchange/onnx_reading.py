"""ONNX files, read: a chain of layers becomes a model that can be trained on.

Read are the files of this library, and those that PyTorch, scikit-learn (through skl2onnx) and others write of
multi-layer perceptrons. The graph is followed from its input to its prediction. Wherever all that is still needed has
come down to one value, a piece ends:

    X -> Gemm -> | Div -> Erf -> Add -> Mul(with Gemm's output) -> | Mul(0.5) -> | Gemm -> | Softmax -> | probabilities

A piece of one node is an operator of ``onnx_operators.OPERATORS``. Several nodes, or pieces, that compute one function
together, such as the gelu above, are recognised by their equation (``onnx_equations``).

What makes labels of probabilities is left out, since `predict` gives the probabilities; where the file gives those of
two classes from one sigmoid unit, `predict` gives that of the second. Shapes, too, are the model's: (n, 1) where the
file drops the last axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.errors import FileFormatError, MissingExtraError, RosenblattError
from rosenblatt.exchange import onnx_equations, onnx_graphs
from rosenblatt.exchange.onnx_equations import NotUnderstoodError
from rosenblatt.exchange.onnx_graphs import Graph, Node, unsupported
from rosenblatt.exchange.onnx_operators import EITHER_SIDE, OPERATORS, Chain, not_understood
from rosenblatt.files import check_is_file, checked_path
from rosenblatt.models import Sequential
from rosenblatt.types import Array

LARGEST = 2**31  # bytes: no ONNX file with its arrays inside is larger
MOST_PIECES = 4  # that make one function: between two of them, all has come down to one value by chance
LABELLING = ("ArgMax", "ai.onnx.ml.Binarizer")  # operators that make labels of probabilities


def read(path: str | Path) -> Sequential:
    """Read a model from an ONNX file; it is not compiled.

    Raises:
        MissingExtraError: the package onnx is not installed.
        FileNotFoundError: there is no such file.
        FileFormatError: it is damaged, or holds something else than a chain of layers that this library has.
        OSError: it cannot be read.
    """
    path = checked_path("load", path)
    check_is_file(path)
    if path.stat().st_size > LARGEST:
        raise FileFormatError(
            f"load: expected an ONNX file of at most 2 GB, got {path.stat().st_size} bytes in {path}."
        )
    try:
        content = path.read_bytes()
        with np.errstate(all="ignore"):  # what is divided by zero is refused where it is found
            return _model_of(onnx_graphs.parse(content), len(content))
    except MissingExtraError:
        raise
    except FileFormatError as error:
        raise FileFormatError(f"{error} The file is {path}.") from error
    except MemoryError as error:
        raise FileFormatError(
            f"load: expected a model that fits into the memory, got one that does not in {path}. "
            "Close other programs, or take a computer with more memory."
        ) from error
    except (RosenblattError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        reason = error if isinstance(error, RosenblattError) else repr(error)
        raise FileFormatError(
            f"load: expected a chain of layers in {path}, got one that makes no sense ({reason}). "
            "Fetch or export the file again."
        ) from error


def _model_of(graph: Graph, size: int) -> Sequential:
    """Return the model that a graph describes; `size` is the file's."""
    answer, classes = _prediction(graph)
    pieces = _pieces(graph, answer)
    chain = Chain(graph, size)
    while pieces:
        pieces = pieces[_take(chain, pieces) :]
    model = chain.model()
    names = graph.class_names if graph.class_names is not None else classes
    model.class_names = _class_names(names, 2 if chain.units == 1 else chain.units)
    return model


def _class_names(names: Any, classes: int | None) -> list[str] | None:
    """Return the names of the classes; None where they are only the numbers 0, 1, 2 ..., or fit no output."""
    names = names.tolist() if isinstance(names, np.ndarray) else names
    if not isinstance(names, list) or len(names) != classes or names == list(range(len(names))):
        return None
    return [str(name) for name in names]


# --- What the graph computes, in pieces -------------------------------------------------------------------------------


class Piece(NamedTuple):
    """Nodes that compute one value from one value, and need nothing else but constants."""

    entry: str
    nodes: tuple[Node, ...]


def _prediction(graph: Graph) -> tuple[str, Array | None]:
    """Return the name of the value that is the graph's prediction, and the classes that its labels are taken from."""
    same: dict[str, str] = {}  # values that are another value in another form
    labels: dict[str, str] = {}  # labels, and what they are made of
    classes: Array | None = None
    for node in graph.nodes:
        entry = next((name for name in node.inputs if name and name not in graph.constants), "")
        if node.operator in LABELLING:
            labels |= dict.fromkeys(node.outputs, entry)
        elif entry in labels:
            labels |= dict.fromkeys(node.outputs, labels[entry])
            if node.operator in ("Gather", "ai.onnx.ml.ArrayFeatureExtractor"):
                classes = graph.constants.get(node.inputs[0])
        elif node.operator == "ai.onnx.ml.ZipMap":
            same[node.outputs[0]] = entry
            classes = node.attributes.get("classlabels_strings", node.attributes.get("classlabels_int64s"))
        elif node.operator == "Identity":
            same[node.outputs[0]] = entry

    def origin(name: str) -> str:
        while name in same:
            name = same[name]
        return name

    predictions = {origin(name) for name in set(graph.outputs) if name not in labels}
    predictions = predictions or {origin(labels[name]) for name in set(graph.outputs)}
    if len(predictions) != 1:
        raise unsupported("one prediction", f"{len(graph.outputs)} outputs ({', '.join(graph.outputs[:8])})")
    return predictions.pop(), classes


def _pieces(graph: Graph, answer: str) -> list[Piece]:
    """Cut what computes the answer wherever all that is still needed is one value."""
    needed = {answer}
    nodes: list[Node] = []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            needed.update(name for name in node.inputs if name and name not in graph.constants)
            nodes.insert(0, node)
    last_use = {name: place for place, node in enumerate(nodes) for name in node.inputs}
    last_use[answer] = len(nodes)
    pieces: list[Piece] = []
    alive, entry, start = {graph.input}, graph.input, 0
    for place, node in enumerate(nodes):
        alive = {name for name in (*alive, *node.outputs) if last_use.get(name, -1) > place}
        if alive == {node.outputs[0]}:
            pieces.append(Piece(entry, tuple(nodes[start : place + 1])))
            entry, start = node.outputs[0], place + 1
    if entry != answer:
        raise unsupported("a prediction computed from the input", f"{answer!r}, which is not")
    return pieces


def _take(chain: Chain, pieces: Sequence[Piece]) -> int:
    """Add what the next pieces compute to the chain, and return how many they are."""
    entry = pieces[0].entry
    for count in range(min(MOST_PIECES, len(pieces)), 0, -1):
        nodes = [node for piece in pieces[:count] for node in piece.nodes]
        if len(nodes) == 1 and nodes[0].operator in OPERATORS:
            _take_node(chain, nodes[0], entry)
            return 1
        found = onnx_equations.recognize(nodes, entry, chain.constants, len(chain.shape) + 1)
        if found is not None:
            layer, arrays = found
            chain.add(layer, nodes[-1], **arrays)
            return count
    if len(pieces) == 1 and _gives_both_classes(nodes, entry, chain.constants):
        return 1
    raise not_understood(nodes)


def _take_node(chain: Chain, node: Node, entry: str) -> None:
    """Add what a node computes from the entry, its first input, to the chain."""
    computed = [place for place, name in enumerate(node.inputs) if name and name not in chain.constants]
    if [node.inputs[place] for place in computed] != [entry] or (computed != [0] and node.operator not in EITHER_SIDE):
        raise unsupported("rows as the first input, and constants besides", f"others for {node}")
    OPERATORS[node.operator](chain, node)


def _gives_both_classes(nodes: Sequence[Node], entry: str, constants: Mapping[str, Array]) -> bool:
    """Whether nodes put 1 - p before p, the probabilities of two classes from that of the second."""
    if len(nodes) < 2 or nodes[-1].operator != "Concat" or nodes[-1].attributes.get("axis") not in (1, -1):
        return False
    try:
        equation, _, arrays = onnx_equations.equation_of(nodes[:-1], entry, constants, axes=2)
    except NotUnderstoodError:
        return False
    is_rest = str(equation) == str(onnx_equations.x * -1.0 + 1.0) and not arrays
    return is_rest and nodes[-1].inputs == (nodes[-2].outputs[0], entry)
