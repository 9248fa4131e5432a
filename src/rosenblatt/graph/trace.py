"""One sample's way through a trained model, written as a computational graph of scalars.

    x ── each layer: w * x, sums, activation ── outputs ── loss (+ penalties)

Two grains: as the lecture draws it, where a sum, an activation and the loss are one operation each, or taken apart into
nothing but + - * / ** exp log max. Both give the engine's gradients, to its rounding.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, ModelStateError, ShapeError
from rosenblatt.functional.normalization import standard_deviation
from rosenblatt.graph import functions
from rosenblatt.graph.functions import EPSILON
from rosenblatt.graph.scalar import Edge, Number, Scalar, add, as_scalar, in_order
from rosenblatt.targets import prepare_target
from rosenblatt.types import Array, ArrayLike

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.plan import LayerPlan, Plan, Rule

LIMIT = 1000  # nodes; beyond it a graph is no longer something to read


class GraphTooLargeError(ArgumentError):
    """A network with more operations than a graph is to show.

    Args:
        nodes: how many it would have at least.
        limit: how many were allowed.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(100, input_shape=(784,))])
        >>> model.compile("sgd", "mse")
        >>> try:
        ...     trace(model, np.zeros(784), np.zeros(100))
        ... except GraphTooLargeError as error:
        ...     print(error.nodes, error.limit)
        157785 1000
    """

    def __init__(self, nodes: int, limit: int) -> None:
        self.nodes, self.limit = nodes, limit
        super().__init__(
            f"graph.trace: expected a network of at most {limit} nodes as a graph, got one of at least {nodes}. "
            "Take a smaller network, or raise limit=."
        )


class Group(NamedTuple):
    """The nodes that belong together: the inputs, one layer, or the loss.

    Args:
        kind: "inputs", "loss", or the layer's class, such as "Dense".
        name: the layer's, or the loss's.
        nodes: each after its inputs.

    Example:
        >>> z = Scalar(0.3, "z")
        >>> Group("inputs", "", [z]).nodes
        [Scalar(0.3, 'z', gradient=0)]
    """

    kind: str
    name: str
    nodes: list[Scalar]


class Trace:
    """One sample's pass through a model, as a graph; the gradients have been computed. `trace` makes it.

    Args:
        plan: the network, with a loss.
        weights: its arrays by ``layer/array``.
        x: one row.
        target: its target, as the loss wants it.
        fused: see `trace`.

    Attributes:
        loss: the loss with its penalties: the graph's last node.
        inputs: the sample's numbers.
        outputs: the model's outputs.
        row, row_target: the sample as arrays, and `target`, its target as numbers like the outputs.
        from_logits: whether the loss was computed from the logits, because an output has rounded to 0 or 1.
        parameters: each array's scalars by ``layer/array``, in the order of the flattened array.
        groups: all nodes, each in its part of the network.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
        >>> model.set_weights([np.array([[0.5], [0.5]]), np.array([-0.7])])
        >>> model.compile("sgd", "binary_crossentropy")
        >>> print(trace(model, [1, 1], 1).to_text())
        node  made by                    value   gradient
        w1                                 0.5  -0.425557
        x1                                   1  -0.212779
        v1    w1 * x1                      0.5  -0.425557
        w2                                 0.5  -0.425557
        x2                                   1  -0.212779
        v2    w2 * x2                      0.5  -0.425557
        b                                 -0.7  -0.425557
        z     v1 + v2 + b                  0.3  -0.425557
        a     sigmoid(z)              0.574443   -1.74082
        L     binary_crossentropy(a)  0.554355          1
    """

    def __init__(self, plan: Plan, weights: Mapping[str, Array], x: Array, target: Array, *, fused: bool) -> None:
        self.plan, self.fused = plan, fused
        self.row, self.row_target = x, target
        self.parameters: dict[str, list[Scalar]] = {}
        self.groups: list[Group] = []
        self._weights = weights
        rule = cast("Rule", plan.loss)
        self._dense_layers = sum(layer.kind == "Dense" for layer in plan.layers)
        self._dense_layer = 0
        self.inputs = [Scalar(value, _label("x", [place], [x.size])) for place, value in enumerate(x.ravel())]
        self._grouped: set[Scalar] = set()
        self._group("inputs", "", self.inputs)
        z = y = self.inputs
        for layer in plan.layers:
            z = y = self._layer(layer, y)
            if layer is plan.layers[-1]:
                y = self._activate(plan.output, z)
            self._group(layer.kind, layer.name, y)
        self.outputs = y
        self.target = _as_floats(target, plan)
        self.loss = self._loss(rule, z)
        self.loss.backward()
        self._group("loss", rule.name, [self.loss])

    @property
    def nodes(self) -> list[Scalar]:
        """All nodes, each after its inputs."""
        return [node for group in self.groups for node in group.nodes]

    def gradients(self) -> dict[str, Array]:
        """Return the gradient of every array by ``layer/array``, as `Sequential.gradients` does; 0 in frozen layers."""
        frozen = {layer.name for layer in self.plan.layers if not layer.trainable}
        return {
            name: np.array(
                [0.0 if name.rpartition("/")[0] in frozen else scalar.gradient for scalar in scalars], self.plan.dtype
            ).reshape(self._weights[name].shape)
            for name, scalars in self.parameters.items()
        }

    def to_text(self, language: str = "en") -> str:
        """Return the graph as a table (see `rosenblatt.graph.text`)."""
        from rosenblatt.graph.text import to_text

        return to_text(*self._results, language=language)

    def to_svg(self, language: str = "en") -> str:
        """Return the graph as a picture (see `rosenblatt.graph.drawing`)."""
        from rosenblatt.graph.drawing import to_svg

        return to_svg(*self._results, groups=[group.nodes for group in self.groups], language=language)

    def _repr_html_(self) -> str:
        return self.to_svg()

    @property
    def _results(self) -> tuple[Scalar, ...]:
        return (*self.outputs, self.loss)  # outputs beside the loss: it may be computed from the logits

    def _group(self, kind: str, name: str, results: Sequence[Scalar]) -> None:
        nodes = [node for node in in_order(*results) if node not in self._grouped]
        self._grouped.update(nodes)
        if nodes:
            self.groups.append(Group(kind, name, nodes))

    # --- Layers -----------------------------------------------------------------------------------

    def _layer(self, layer: LayerPlan, x: list[Scalar]) -> list[Scalar]:
        if layer.kind == "Dense":
            return self._dense(layer, x)
        if layer.kind == "Activation":
            return self._activate(layer.config["activation"], x)
        if layer.kind == "PReLU":
            slopes = self._array(layer, "alpha", "alpha")
            return [x_i * 1.0 if x_i.value > 0 else slope * x_i for slope, x_i in zip(slopes, x, strict=True)]
        if layer.kind == "Rescaling":
            scale, offset = layer.config["scale"], layer.config["offset"]
            return [x_i * scale + offset if offset else x_i * scale for x_i in x]
        if layer.kind == "Normalization":
            figures = (self._weights[f"{layer.name}/{name}"] for name in ("mean", "variance"))
            mean, variance = (np.broadcast_to(each, layer.input_shape).ravel().astype(np.float64) for each in figures)
            deviation = standard_deviation(variance)
            return [(x_i - m) / d for x_i, m, d in zip(x, mean.tolist(), deviation.tolist(), strict=True)]
        return x  # Flatten, Dropout, GaussianNoise: a trained model's pass leaves the numbers as they are

    def _dense(self, layer: LayerPlan, x: list[Scalar]) -> list[Scalar]:
        self._dense_layer += 1
        units = layer.output_shape[0]
        w = self._array(layer, "kernel", "w")
        b = self._array(layer, "bias", "b") if f"{layer.name}/bias" in self._weights else []
        terms = [
            [*(w[i * units + unit] * x_i for i, x_i in enumerate(x)), *b[unit : unit + 1]] for unit in range(units)
        ]
        z = [_sum(each, self.fused) for each in terms]
        self._name("z", z)
        return self._activate(layer.config["activation"], z)

    def _array(self, layer: LayerPlan, array: str, letter: str) -> list[Scalar]:
        values = self._weights[f"{layer.name}/{array}"]
        scalars = [Scalar(value, self._label(letter, place, values.shape)) for place, value in np.ndenumerate(values)]
        self.parameters[f"{layer.name}/{array}"] = scalars
        return scalars

    def _name(self, letter: str, scalars: Sequence[Scalar]) -> None:
        for place, scalar in enumerate(scalars):
            scalar.name = self._label(letter, [place], [len(scalars)])

    def _label(self, letter: str, place: Sequence[int], shape: Sequence[int]) -> str:
        return _label(letter, place, shape, self._dense_layer if self._dense_layers > 1 else None)

    def _activate(self, rule: Rule, z: list[Scalar]) -> list[Scalar]:
        if rule.name == "linear":
            return z
        if rule.name in functions.ROW_ACTIVATIONS:
            y = self._operation(rule.name, functions.ROW_ACTIVATIONS[rule.name], z)
        else:
            function = functions.ACTIVATIONS[rule.name]
            y = [
                each
                for z_i in z
                for each in self._operation(rule.name, lambda inputs: [function(inputs[0], **rule.config)], [z_i])
            ]
        self._name("a", y)
        return y

    def _operation(self, name: str, function: Composition, inputs: Sequence[Scalar]) -> list[Scalar]:
        return fuse(name, function, inputs) if self.fused else function(inputs)

    # --- The loss ---------------------------------------------------------------------------------

    def _loss(self, rule: Rule, z: list[Scalar]) -> Scalar:
        config = {key: value for key, value in rule.config.items() if key != "label_smoothing"}
        outputs = z
        if self.plan.output.name != "linear" and self._keeps_gradient:
            outputs, config["from_logits"] = self.outputs, False
        self.from_logits = bool(config.get("from_logits"))
        function = LOSSES[rule.name]
        name = "categorical_crossentropy" if rule.name == "sparse_categorical_crossentropy" else rule.name
        terms = self._operation(name, lambda inputs: [function(self.target, inputs, **config)], outputs)
        terms += self._penalties()
        loss = _sum(terms, self.fused)
        loss.name = "L"
        return loss

    @property
    def _keeps_gradient(self) -> bool:
        """Whether the outputs are far enough from 0 and 1 for the loss to be computed from them, as lectures do it.

        Else it is computed from the logits, as the engine always does it.
        """
        outputs = (
            self.outputs
            if self.plan.output.name == "sigmoid"
            else [output for output, share in zip(self.outputs, self.target, strict=True) if share]
        )
        return all(EPSILON <= output.value <= 1.0 - EPSILON for output in outputs)

    def _penalties(self) -> list[Scalar]:
        arrays = [
            (array.regularizer.config, self.parameters[f"{layer.name}/{array.name}"])
            for layer in self.plan.layers
            if layer.trainable
            for array in layer.parameters
            if array.regularizer is not None
        ]
        return [
            penalty
            for config, scalars in arrays
            if any(config.values())
            for penalty in self._operation("penalty", partial(_l1_l2, **config), scalars)
        ]


def trace(model: Sequential, x: ArrayLike, y: ArrayLike, *, fused: bool = True, limit: int = LIMIT) -> Trace:
    """Write one sample's pass through a model as a computational graph, with all gradients.

    The pass is that of a trained model in use: nothing is dropped out, no noise is added. The gradients are those of
    ``model.gradients(x[None], y[None])`` where the model has no such layers, penalties included.

    Args:
        model: compiled; of Dense, Activation, PReLU, Flatten, Rescaling, Normalization, Dropout and GaussianNoise
            layers, with a cross-entropy, the mean squared or absolute error, or the Huber loss.
        x: one row of input; a leading axis of length 1 may stand before it.
        y: its target.
        fused: draw a sum, an activation and the loss as one operation each; else only + - * / ** exp log max.
        limit: of nodes.

    Raises:
        ModelStateError: the model is not built or not compiled.
        ShapeError: x or y does not fit the model.
        ArgumentError: the model has something that this graph cannot show.
        GraphTooLargeError: the graph would have more nodes than the limit.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
        >>> model.set_weights([np.array([[0.5], [0.5]]), np.array([-0.7])])
        >>> model.compile("sgd", "binary_crossentropy")
        >>> traced = trace(model, [1, 1], 1)
        >>> round(traced.loss.value, 3), traced.gradients()["dense/kernel"].round(3)
        (0.554, array([[-0.426],
               [-0.426]], dtype=float32))
    """
    plan = model.plan
    if plan.loss is None:
        raise ModelStateError("graph.trace: expected a compiled model, got one without a loss. Call compile first.")
    unknown = _unknown_part(plan)
    if unknown:
        raise ArgumentError(
            f"graph.trace: expected layers and a loss that work on single numbers, got {unknown}. "
            f"It follows the layers {', '.join(LAYERS)} and the losses {', '.join(LOSSES)}."
        )
    at_least = _at_least(plan)
    if at_least > limit:  # before thousands of nodes are made
        raise GraphTooLargeError(at_least, limit)
    result = Trace(plan, model.weights, _row(plan, x), _target(plan, y), fused=fused)
    if len(result.nodes) > limit:
        raise GraphTooLargeError(len(result.nodes), limit)
    return result


def fuse(name: str, function: Composition, inputs: Sequence[Scalar]) -> list[Scalar]:
    """Close a part of a graph into single operations, one for each result, with the same values and derivatives.

    Args:
        name: of the operation, as it is shown.
        function: from scalars to the results.
        inputs: what it is called with.

    Example:
        >>> z = Scalar(0.3)
        >>> [a] = fuse("sigmoid", lambda inputs: [functions.sigmoid(inputs[0])], [z])
        >>> a.operation, len(in_order(a)), round(a.edges[0].derivative, 3)
        ('sigmoid', 2, 0.244)
    """
    copies = [Scalar(each.value) for each in inputs]
    results = []
    for result in function(copies):
        for each in copies:
            each.gradient = 0.0  # one that this result does not depend on is not reached by its backward pass
        result.backward()
        edges = [Edge(each, copied.gradient) for each, copied in zip(inputs, copies, strict=True)]
        results.append(Scalar(result.value, "", name, edges))
    return results


# --- What can be followed, and how large it is ------------------------------------------------------

Composition: TypeAlias = "Callable[[Sequence[Scalar]], list[Scalar]]"


def _each_crossentropy(target: Sequence[float], output: Sequence[Number], from_logits: bool = False) -> Scalar:
    return functions.mean(
        [functions.binary_crossentropy(t, y, from_logits) for t, y in zip(target, output, strict=True)]
    )


def _shares_crossentropy(target: Sequence[float], output: Sequence[Number], from_logits: bool = False) -> Scalar:
    total = 1.0 if from_logits else sum(as_scalar(y).value for y in output)
    if abs(total - 1.0) > 1e-6:  # no probabilities yet
        output = [y / add(*output) for y in map(as_scalar, output)]
    return functions.categorical_crossentropy(target, output, from_logits)


LAYERS = ("Activation", "Dense", "Dropout", "Flatten", "GaussianNoise", "Normalization", "PReLU", "Rescaling")
LOSSES: dict[str, Callable[..., Scalar]] = {
    "binary_crossentropy": _each_crossentropy,
    "categorical_crossentropy": _shares_crossentropy,
    "sparse_categorical_crossentropy": _shares_crossentropy,
    "mean_squared_error": functions.mean_squared_error,
    "mean_absolute_error": functions.mean_absolute_error,
    "huber": functions.huber,
}


def _unknown_part(plan: Plan) -> str:
    """Name what the graph cannot show; nothing where it can show all."""
    for layer in plan.layers:
        activation: Rule | None = layer.config.get("activation")
        whole_row = layer.kind == "Dense" or (activation is not None and activation.name in functions.ROW_ACTIVATIONS)
        if layer.kind not in LAYERS:
            return f"the layer {layer.kind}"
        if whole_row and len(layer.input_shape) != 1:
            return f"{layer.kind} on rows of shape {layer.input_shape}"
        for array in layer.parameters:
            if array.regularizer is not None and array.regularizer.name != "l1_l2":
                return f"the regularizer {array.regularizer.name!r}"
    if len(plan.output_shape) != 1:
        return f"outputs of shape {plan.output_shape}"
    return "" if plan.loss is None or plan.loss.name in LOSSES else f"the loss {plan.loss.name!r}"


def _at_least(plan: Plan) -> int:
    nodes = 1 + math.prod(plan.input_shape) + sum(math.prod(array.shape) for array in plan.parameters)
    for layer in plan.layers:
        if layer.kind == "Dense":
            units = layer.output_shape[0]
            nodes += units * layer.input_shape[0] + units * (1 + (layer.config["activation"].name != "linear"))
    return nodes


def _row(plan: Plan, x: ArrayLike) -> Array:
    row = np.asarray(x)
    row = row[0] if row.shape == (1, *plan.input_shape) else row
    if row.shape != plan.input_shape:
        raise ShapeError(f"graph.trace: expected one row x of shape {plan.input_shape}, got {row.shape}. Give x[0].")
    if row.dtype.kind not in "biuf" or not np.isfinite(row).all():
        raise DataError(f"graph.trace: expected finite numbers in x, got {row.tolist()}. Check the data.")
    return row.astype(plan.dtype).astype(np.float64)


def _target(plan: Plan, y: ArrayLike) -> Array:
    rule = cast("Rule", plan.loss)
    target = np.asarray(y)
    is_row = target.shape == plan.output_shape and rule.name != "sparse_categorical_crossentropy"
    target = prepare_target(
        rule.name, target[None] if target.ndim == 0 or is_row else target, plan.output_shape, "graph.trace"
    )
    if len(target) != 1:
        raise ShapeError(f"graph.trace: expected the target of one row, got those of {len(target)}. Give y[0].")
    return target[0]  # type: ignore[no-any-return]


def _as_floats(target: Array, plan: Plan) -> list[float]:
    """The target as numbers like the outputs: a class number as a one-hot row, labels smoothed."""
    rule = cast("Rule", plan.loss)
    units = plan.output_shape[0]
    if rule.name == "sparse_categorical_crossentropy":
        return [float(unit == target) for unit in range(units)]
    smoothing = rule.config.get("label_smoothing", 0.0)
    classes = 2 if rule.name == "binary_crossentropy" else units
    return [float(t) * (1.0 - smoothing) + smoothing / classes for t in target]


def _l1_l2(w: Sequence[Scalar], l1: float = 0.0, l2: float = 0.0) -> list[Scalar]:
    terms = [l1 * functions.absolute(each) for each in w if l1] + [l2 * each**2 for each in w if l2]
    return [_sum(terms, fused=False)]


def _sum(terms: Sequence[Scalar], fused: bool) -> Scalar:
    """One sum of all terms where operations are fused, else one of two terms after the other."""
    if fused and len(terms) > 1:
        return add(*terms)
    return reduce(operator.add, terms)


def _label(letter: str, place: Sequence[int], shape: Sequence[int], number: int | None = None) -> str:
    """A short name: "w2" in a network of one unit, "w1[2,3]" for layer 1, from input 2 to unit 3."""
    indices = [str(index + 1) for index, size in zip(place, shape, strict=True) if size > 1]
    if number is None and len(indices) < 2:
        return letter + "".join(indices)
    return f"{letter}{number or ''}" + (f"[{','.join(indices)}]" if indices else "")
