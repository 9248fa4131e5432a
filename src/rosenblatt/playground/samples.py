"""One sample, step by step: its way through a model as a computational graph, ready to be drawn by the page.

    forward ── loss ── backward ── update

`sample` returns plain dicts, lists and numbers for JSON: the graph's nodes and edges with their places in pixels, its
groups (inputs, layers, loss), the loss before and after one update on this sample alone, and the steps in their order.
A number that is not finite is None. A step names the sentence that the page says (``key``) and what stands in it
(``arguments``: numbers, and labels such as "w1"):

    forward_multiply, _subtract, _divide, _power, _max       left, right, left_label, right_label, result
    forward_add                                              terms, labels, result
    forward_exp, _log, _erf                                  z, label, result
    forward_activation                                       function, z, label, result
    forward_softmax                                          function, unit, z, labels, result
    loss_binary_crossentropy, _categorical_crossentropy      target, output, labels, result, from_logits
    loss_mean_squared_error, _mean_absolute_error, _huber    target, output, labels, result
    loss_penalty                                             labels, result
    backward_start                                           label
    backward_add                                             incoming, labels
    backward_multiply, _subtract, _divide, _power, _max      incoming, left, right, left_label, right_label, to_left,
                                                             to_right
    backward_exp, _log, _erf                                 incoming, label, z, a, derivative, outgoing
    backward_sigmoid, _tanh, _relu, _step, _activation       the same and function; shortcut where the loss is its own
    backward_softmax                                         function, unit, incoming, labels, derivatives, outgoing
    backward_binary_crossentropy, ... (as the losses)        target, output, labels, derivatives, outgoing, from_logits
    backward_penalty                                         labels, derivatives, outgoing
    update_plain                                             name, before, gradient, learning_rate, after; the node is
                                                             None for a parameter that took no part, as a PReLU's slope
    update_by_optimizer                                      the same and optimizer
    update_none                                              reason: "step" or "frozen"

``shortcut`` is {labels, values}: where a sigmoid or softmax stands before its own cross-entropy, the chain rule comes
to a - t at the weighted sums. It is given with the step that completes their gradients.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from rosenblatt.graph.layout import COLUMN, ROW, Layout, lay_out
from rosenblatt.graph.scalar import Edge, Scalar, in_order
from rosenblatt.graph.trace import Trace, trace
from rosenblatt.json_values import as_json
from rosenblatt.layers import Dropout, GaussianNoise
from rosenblatt.playground.errors import SettingsError, shown
from rosenblatt.types import ArrayLike

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.plan import OptimizerPlan

LIMIT = 400  # nodes that a page can show and a learner can follow
DETAILS = ("lecture", "primitive")

Message: TypeAlias = dict[str, Any]

PAIRS = {"*": "multiply", "-": "subtract", "/": "divide", "**": "power", "max": "max"}
OF_ONE_NUMBER = ("exp", "log", "erf")
OF_ROWS = ("softmax", "log_softmax")
LOSSES = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
)
OWN_SENTENCE = ("sigmoid", "tanh", "relu", "step")  # activations whose derivative the page words


def sample(
    model: Sequential,
    x: ArrayLike,
    target: ArrayLike,
    *,
    detail: str = "lecture",
    names: Sequence[str] = (),
    limit: int = LIMIT,
) -> Message:
    """Return one sample's pass, the way back, and the update that it alone would cause.

    The model stays as it is: a copy of it makes the update, with its own optimizer.

    Args:
        model: compiled.
        x: one row.
        target: its target.
        detail: "lecture": a sum, an activation and the loss are one operation each; "primitive": they are taken apart.
        names: of the inputs, in place of x1, x2, ...
        limit: of nodes.

    Raises:
        GraphTooLargeError: the graph would have more nodes than the limit.
        ArgumentError: the model has something that a graph of scalars cannot show.
        SettingsError: there is no such detail.
    """
    if detail not in DETAILS:
        raise SettingsError("unknown_name", field="detail", got=shown(detail), known=list(DETAILS))
    traced = trace(model, x, target, fused=detail == "lecture", limit=limit)
    for scalar, name in zip(traced.inputs, names, strict=False):
        scalar.name = name
    told = Teller(traced)
    updates, after, reason = _update(model, traced, x, target, told.ids)
    optimizer = _optimizer(model)
    message: Message = as_json(
        {
            "detail": detail,
            "size": list(told.layout.size),
            "x": [scalar.value for scalar in traced.inputs],
            "target": traced.target,
            "output": [scalar.value for scalar in traced.outputs],
            "nodes": told.nodes(),
            "edges": told.edges(),
            "groups": told.groups(),
            "steps": [*told.steps(), *_update_steps(updates, optimizer, reason)],
            "updates": updates,
            "loss": {"before": traced.loss.value, "after": after},
            "optimizer": optimizer,
        }
    )
    return message


class Teller:
    """Numbers a trace's nodes and edges, and tells what they are and what happens at them."""

    def __init__(self, traced: Trace) -> None:
        self.traced = traced
        self.layout: Layout = lay_out([group.nodes for group in traced.groups])
        self.ids = {node: place for place, node in enumerate(traced.nodes)}
        every_edge = [(edge, node) for node in traced.nodes for edge in node.edges]
        self._edge_ids = {id(edge): place for place, (edge, _) in enumerate(every_edge)}
        self._edges = every_edge
        self._parameters = {each for scalars in traced.parameters.values() for each in scalars}

    # --- The picture ------------------------------------------------------------------------------

    def nodes(self) -> list[Message]:
        """Return all nodes, each after its inputs."""
        return [
            {
                "id": self.ids[node],
                "operation": node.operation,
                "label": node.name,
                "kind": self._kind(node),
                "value": node.value,
                "gradient": node.gradient,
                "x": self.layout.points[node][0],
                "y": self.layout.points[node][1],
                "group": place,
            }
            for place, group in enumerate(self.traced.groups)
            for node in group.nodes
        ]

    def _kind(self, node: Scalar) -> str:
        if node is self.traced.loss:
            return "loss"
        if node.edges:
            return "operation"
        if node in self._parameters:
            return "parameter"
        return "input" if node in self.traced.inputs else "constant"

    def edges(self) -> list[Message]:
        """Return all edges; what goes back along one is the product of the chain rule."""
        return [
            {
                "id": place,
                "from": self.ids[edge.input],
                "to": self.ids[node],
                "derivative": edge.derivative,
                "incoming": edge.incoming,
                "outgoing": edge.outgoing,
                "points": [list(point) for point in self.layout.ways[node][node.edges.index(edge)]],
            }
            for place, (edge, node) in enumerate(self._edges)
        ]

    def groups(self) -> list[Message]:
        """Return the inputs, layers and the loss with the boxes around their nodes."""
        groups = []
        for group in self.traced.groups:
            points = [self.layout.points[node] for node in group.nodes]
            left, right = min(x for x, _ in points) - COLUMN / 3, max(x for x, _ in points) + COLUMN / 3
            top, bottom = min(y for _, y in points) - ROW / 2, max(y for _, y in points) + ROW / 2
            groups.append(
                {
                    "kind": group.kind,
                    "name": group.name,
                    "box": [round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)],
                    "nodes": [self.ids[node] for node in group.nodes],
                }
            )
        return groups

    # --- The steps --------------------------------------------------------------------------------

    def steps(self) -> Iterator[Message]:
        """Yield every operation forward, then the loss, then every operation backward."""
        in_loss = set(self.traced.groups[-1].nodes)
        operations = [node for node in self.traced.nodes if node.edges]
        for node in operations:
            yield self._step("loss" if node in in_loss else "forward", node, *self._forward(node))
        loss = self.traced.loss
        yield self._step("backward", loss, "backward_start", {"label": loss.name}, edges=())
        reached = set(in_order(loss))  # outputs may stand beside the way to the loss
        for node in reversed(operations):
            if node in reached:
                yield self._step("backward", node, *self._backward(node))

    def _step(
        self, phase: str, node: Scalar, key: str, arguments: Message, edges: Sequence[Edge] | None = None
    ) -> Message:
        ids = [self._edge_ids[id(edge)] for edge in (node.edges if edges is None else edges)]
        return {"phase": phase, "node": self.ids[node], "edges": ids, "key": key, "arguments": arguments}

    def _forward(self, node: Scalar) -> tuple[str, Message]:
        operation, result = node.operation, {"result": node.value}
        if operation == "+":
            return "forward_add", {"terms": _values(node), "labels": _labels(node), **result}
        if operation in PAIRS:
            return f"forward_{PAIRS[operation]}", {**_pair(node), **result}
        if operation in LOSSES:
            return f"loss_{operation}", {**self._compared(node), **result}
        if operation == "penalty":
            return "loss_penalty", {"labels": _labels(node), **result}
        if operation in OF_ROWS:
            z = {"z": _values(node), "labels": _labels(node)}
            return "forward_softmax", {"function": operation, "unit": self._unit(node), **z, **result}
        z = {"z": node.inputs[0].value, "label": label(node.inputs[0])}
        if operation in OF_ONE_NUMBER:
            return f"forward_{operation}", {**z, **result}
        return "forward_activation", {"function": operation, **z, **result}

    def _backward(self, node: Scalar) -> tuple[str, Message]:
        operation, incoming = node.operation, {"incoming": node.gradient}
        outgoing = [edge.outgoing for edge in node.edges]
        derivatives = [edge.derivative for edge in node.edges]
        if operation == "+":
            return "backward_add", {**incoming, "labels": _labels(node)}
        if operation in PAIRS:
            return f"backward_{PAIRS[operation]}", {
                **incoming,
                **_pair(node),
                "to_left": outgoing[0],
                "to_right": outgoing[1],
            }
        several = {"labels": _labels(node), "derivatives": derivatives, "outgoing": outgoing}
        if operation in LOSSES:
            return f"backward_{operation}", {**incoming, **self._compared(node), **several}
        if operation == "penalty":
            return "backward_penalty", {**incoming, **several}
        shortcut = self._shortcut(node)
        if operation in OF_ROWS:
            unit = {"function": operation, "unit": self._unit(node)}
            return "backward_softmax", {**incoming, **unit, **several, **shortcut}
        [edge] = node.edges
        one = {"label": label(edge.input), "z": edge.input.value, "a": node.value}
        one |= {"derivative": edge.derivative, "outgoing": edge.outgoing}
        if operation in OF_ONE_NUMBER:
            return f"backward_{operation}", {**incoming, **one}
        key = f"backward_{operation}" if operation in OWN_SENTENCE else "backward_activation"
        return key, {**incoming, "function": operation, **one, **shortcut}

    def _compared(self, node: Scalar) -> Message:
        compared = {"target": self.traced.target, "output": _values(node), "labels": _labels(node)}
        return {**compared, "from_logits": self.traced.from_logits} if "crossentropy" in node.operation else compared

    def _unit(self, node: Scalar) -> int:
        """Which unit of its layer it is, counted from 1: softmax nodes stand together and share their inputs."""
        alike = [each for each in self.traced.nodes if each.operation == node.operation and each.inputs == node.inputs]
        return alike.index(node) + 1

    def _shortcut(self, node: Scalar) -> Message:
        """The weighted sum whose gradient this step completes, where that is a - t."""
        outputs = self.traced.outputs
        own = {"sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}.get(node.operation)
        if (
            own is None
            or node not in outputs
            or not any(each.operation == own for each in self.traced.groups[-1].nodes)
        ):
            return {}
        if node.operation == "softmax" and node is not outputs[0]:  # the last of them to go backward
            return {}
        z = node.inputs
        return {"shortcut": {"labels": [label(each) for each in z], "values": [each.gradient for each in z]}}


def label(node: Scalar) -> str:
    """Return a node's name, that of a product by its factors, or its value.

    Example:
        >>> label(Scalar(2.0, "w1") * Scalar(3.0, "x1")), label(Scalar(0.25))
        ('w1·x1', '0.25')
    """
    if node.name:
        return node.name
    if node.operation == "*" and all(each.name for each in node.inputs):
        return "·".join(each.name for each in node.inputs)
    return f"{node.value:.4g}"


def _labels(node: Scalar) -> list[str]:
    return [label(each) for each in node.inputs]


def _values(node: Scalar) -> list[float]:
    return [each.value for each in node.inputs]


def _pair(node: Scalar) -> Message:
    (left, right), (left_label, right_label) = _values(node), _labels(node)
    return {"left": left, "right": right, "left_label": left_label, "right_label": right_label}


# --- The update -------------------------------------------------------------------------------------


def _update(
    model: Sequential, traced: Trace, x: ArrayLike, target: ArrayLike, ids: dict[Scalar, int]
) -> tuple[list[Message], float | None, str]:
    """Let a copy learn from this sample alone.

    Returns:
        What became of each parameter, the loss afterwards, and, where nothing can learn, the reason.
    """
    plan = traced.plan
    if not plan.trainable_parameters:
        return [], None, "frozen"
    activations = (layer.config.get("activation") for layer in plan.layers)
    if any(rule is not None and rule.name == "step" for rule in activations):
        return [], None, "step"
    trained = copy.deepcopy(model)
    for layer in trained.layers:  # the update belongs to the pass that is shown, in which nothing is left to chance
        if isinstance(layer, Dropout):
            layer.rate = 0.0
        elif isinstance(layer, GaussianNoise):
            layer.stddev = 0.0
    trained.train_on_batch(traced.row[None], traced.row_target[None])
    before, after = model.state.params, trained.state.params
    rate = model.current_learning_rate()
    updates = [
        {
            "index": array.start + place,
            "name": scalar.name,
            "node": ids.get(scalar),
            "before": float(before[array.start + place]),
            "gradient": scalar.gradient,
            "after": float(after[array.start + place]),
            "learning_rate": rate,
        }
        for layer in plan.layers
        if layer.trainable
        for array in layer.parameters
        for place, scalar in enumerate(traced.parameters[f"{layer.name}/{array.name}"])
    ]
    return updates, trace(trained, x, target, limit=len(traced.nodes) + 1000).loss.value, ""


def _update_steps(updates: Sequence[Message], optimizer: Message, reason: str) -> Iterator[Message]:
    if reason:
        yield {"phase": "update", "node": None, "edges": [], "key": "update_none", "arguments": {"reason": reason}}
    for update in updates:
        arguments = {key: update[key] for key in ("name", "before", "gradient", "learning_rate", "after")}
        key = "update_plain" if optimizer["plain"] else "update_by_optimizer"
        if not optimizer["plain"]:
            arguments["optimizer"] = optimizer["name"]
        yield {"phase": "update", "node": update["node"], "edges": [], "key": key, "arguments": arguments}


def _optimizer(model: Sequential) -> Message:
    """What makes the update; plain where it is no more than w - learning_rate * gradient."""
    plan = model.optimizer.plan()
    has_momentum = bool(plan.rule.config.get("momentum"))
    name = "momentum" if plan.rule.name == "sgd" and has_momentum else plan.rule.name
    return {
        "name": name,
        "learning_rate": model.current_learning_rate(),
        "plain": name == "sgd" and not _has_extras(plan),
    }


def _has_extras(plan: OptimizerPlan) -> bool:
    return plan.use_ema or any((plan.clipnorm, plan.global_clipnorm, plan.clipvalue, plan.weight_decay))
