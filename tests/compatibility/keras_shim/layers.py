"""Stands for `keras.src.layers`: a layer that is called alone becomes a model of one layer."""

from __future__ import annotations

from typing import Any

import numpy as np

import rosenblatt
from rosenblatt.configuration import serialize as serialize
from rosenblatt.functional import network
from rosenblatt.functional.network import Run
from rosenblatt.layers import *  # noqa: F403
from rosenblatt.layers import Input as OurInput
from rosenblatt.layers import Layer, Normalization

make_layer = Layer.__init__
adapt_ours = Normalization.adapt


def init(self: Layer, **arguments: Any) -> None:
    """Make a layer without the dtype that its model has anyway."""
    if arguments.get("dtype") == "float32":
        del arguments["dtype"]
    make_layer(self, **arguments)


def build(self: Layer, input_shape: Any) -> None:
    """Build a model of this layer, unless it stands in one for rows of this shape; it keeps its weights."""
    row = tuple(input_shape)[1:]
    if self.owner is not None and self.input_shape != row:
        self.owner.pop()
    if self.owner is None:
        rosenblatt.Sequential([OurInput(row), self])


def call(self: Layer, inputs: Any, training: bool = False) -> Any:
    """Return the output for a batch, in use or, with ``training``, as in a step of training.

    A batch of single numbers (n,) is a column (n, 1) with us.
    """
    x = np.asarray(inputs)
    if x.ndim == 1:
        return self(x[:, None], training)[:, 0]
    self.build(x.shape)
    model = self.owner
    if not training:
        return model.predict(x, verbose=0)
    weights = network.views(model.plan, model.state.params, model.state.statistics)
    return network.forward(model.plan, weights, x.astype(model.dtype), Run(training=True, seed=model.seed))[0][-1]


def adapt(self: Normalization, data: Any) -> None:
    """Measure the figures; for Keras the layer is then built."""
    adapt_ours(self, data)
    self.build((None, *(np.shape(self.mean) or (1,))))


def trainable_weights(self: Layer) -> list[Any]:
    """The arrays of a layer that are learnt: none where it is frozen."""
    return [self.weights[array.name] for array in self.plan.parameters] if self.trainable else []


def non_trainable_weights(self: Layer) -> list[Any]:
    """The arrays of a layer that are measured, and those that a frozen one does not learn."""
    return list(self.weights.values())[len(trainable_weights(self)) :]


def Input(shape: Any = None, batch_size: int | None = None, dtype: Any = None, name: str | None = None) -> Any:
    """Make our Input, which leaves the batch's size open, and the dtype to the model."""
    return OurInput(shape, name=name)


Layer.__init__ = init
Layer.build = build
Layer.__call__ = call
Layer.call = call
Layer.compute_output_shape = lambda self, shape: (shape[0], *self.output_shape_for(tuple(shape)[1:]))
Layer.trainable_weights = Layer.trainable_variables = property(trainable_weights)
Layer.non_trainable_weights = Layer.non_trainable_variables = property(non_trainable_weights)
Layer.losses = property(lambda self: [array for array in self.plan.parameters if array.regularizer is not None])
Normalization.adapt = adapt
InputLayer = Input
