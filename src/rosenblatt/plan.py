"""What a network is (Plan) and what training changes (State).

A plan is frozen and printable: layers, loss, optimizer, penalties. A state is the numbers: one flat vector of
parameters, one of statistics, and the optimizer's slots, each as long as the parameters. Everything else in the
library reads these two and nothing more, so an engine can be written in any language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rosenblatt.types import Array, Shape


@dataclass(frozen=True)
class Rule:
    """A function of ``rosenblatt.functional`` by name, with its keyword arguments.

    Example:
        >>> Rule("leaky_relu", {"negative_slope": 0.2})
        Rule(name='leaky_relu', config={'negative_slope': 0.2})
    """

    name: str
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ArrayPlan:
    """One named array inside a flat vector: ``vector[start:stop].reshape(shape)``."""

    name: str
    shape: Shape
    start: int
    regularizer: Rule | None = None
    constraint: Rule | None = None

    @property
    def stop(self) -> int:
        """The index after the array's last number."""
        return self.start + math.prod(self.shape)

    def view(self, vector: Array) -> Array:
        """Return the array itself: a view, so that writing to it changes the vector."""
        return vector[self.start : self.stop].reshape(self.shape)


@dataclass(frozen=True)
class LayerPlan:
    """One layer: what it does (kind and config), what it maps, and where its numbers lie.

    ``parameters`` lie in ``State.params`` and have a gradient; ``statistics`` lie in ``State.statistics``, without one.
    """

    kind: str
    name: str
    config: Mapping[str, Any]
    input_shape: Shape
    output_shape: Shape
    parameters: tuple[ArrayPlan, ...] = ()
    statistics: tuple[ArrayPlan, ...] = ()
    trainable: bool = True


@dataclass(frozen=True)
class OptimizerPlan:
    """How a gradient changes the parameters; the learning rate itself is part of the state.

    Within a step the order is Keras's: clip, weight decay, update, moving average of the weights; then the weights'
    constraints.
    """

    rule: Rule
    schedule: Rule | None = None
    clipnorm: float | None = None
    global_clipnorm: float | None = None
    clipvalue: float | None = None
    weight_decay: float | None = None
    use_ema: bool = False
    ema_momentum: float = 0.99
    ema_overwrite_frequency: int | None = None


@dataclass(frozen=True)
class Plan:
    """A whole network: the chain of layers and how it is trained.

    ``output`` is the activation that was taken off the last layer because the loss contains it (softmax or sigmoid
    before its own cross-entropy); it is "linear" where nothing was taken off. The chain then ends in logits, which
    keeps the full gradient where the output saturates.
    """

    input_shape: Shape
    layers: tuple[LayerPlan, ...]
    output: Rule = Rule("linear")
    loss: Rule | None = None
    reduction: str = "sum_over_batch_size"
    optimizer: OptimizerPlan | None = None
    dtype: str = "float32"
    seed: int = 0

    @property
    def output_shape(self) -> Shape:
        """The shape of one row's output."""
        return self.layers[-1].output_shape if self.layers else self.input_shape

    @property
    def parameters(self) -> tuple[ArrayPlan, ...]:
        """All parameter arrays in the order in which they lie in ``State.params``."""
        return tuple(array for layer in self.layers for array in layer.parameters)

    @property
    def trainable_parameters(self) -> tuple[ArrayPlan, ...]:
        """The parameter arrays that training changes: those of layers that are not frozen."""
        return tuple(array for layer in self.layers if layer.trainable for array in layer.parameters)


# The output activations that a loss can contain: -Σ t log softmax(z) is computed from z better than from softmax(z).
FUSED_OUTPUTS = {
    "binary_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
}


def fuse_output(plan: Plan) -> Plan:
    """Take a softmax or sigmoid off the end of the chain where the loss is its own cross-entropy.

    The loss is then computed from the logits, with the full gradient even where the output saturates, as Keras does on
    TensorFlow.
    """
    activation = plan.layers[-1].config.get("activation")
    loss = plan.loss
    if loss is None or activation is None or FUSED_OUTPUTS.get(loss.name) != activation.name:
        return plan
    if loss.config.get("from_logits"):
        return plan
    last = replace(plan.layers[-1], config={**plan.layers[-1].config, "activation": Rule("linear")})
    from_logits = Rule(loss.name, {**loss.config, "from_logits": True})
    return replace(plan, layers=(*plan.layers[:-1], last), output=activation, loss=from_logits)


@dataclass
class State:
    """All that training changes.

    ``params``: flat vector of everything that has a gradient. ``statistics``: flat vector of moving averages and of
    adapted normalisation. ``slots``: the optimizer's memory, each a vector as long as ``params``. ``step``: updates
    made so far. ``learning_rate``: the rate of the next update (a schedule in the plan overrules it).
    """

    params: Array
    statistics: Array
    slots: dict[str, Array]
    step: int = 0
    learning_rate: float = 0.01

    def copy(self) -> State:
        """Return an independent snapshot."""
        slots = {name: slot.copy() for name, slot in self.slots.items()}
        return State(self.params.copy(), self.statistics.copy(), slots, self.step, self.learning_rate)
