"""Sequential: a chain of layers that is compiled, fitted, evaluated and used, with Keras's words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt import data, files, losses, optimizers, summary, training
from rosenblatt import metrics as metrics_module
from rosenblatt.arguments import check_number, check_whole_number
from rosenblatt.callbacks import CallbackList, ProgressBar
from rosenblatt.configuration import serialize
from rosenblatt.data import ArraySource, Batch, IterableSource, Slice
from rosenblatt.engines.reference import ReferenceEngine
from rosenblatt.errors import ArgumentError, FileFormatError, ModelStateError, RosenblattError, ShapeError
from rosenblatt.functional import network
from rosenblatt.functional.optimizers import effective_learning_rate, start_slots
from rosenblatt.history import History
from rosenblatt.layers import LAYERS, Input, Layer, copy_weights, lay_out, name_layers, shape_of_row
from rosenblatt.metrics import Metric
from rosenblatt.plan import Plan, State, fuse_output
from rosenblatt.types import Array, Shape
from rosenblatt.utils import fresh_seed

DTYPES = ("float32", "float64")


class Sequential:
    """A chain of layers, each fed by the one before.

    Args:
        layers: the layers, or a single one; more can be added with `add`. The first may be an `Input`.
        name: the model's name.
        seed: of everything random: the start of the weights, the order of the samples, dropout. With the same seed the
            same calls give the same numbers, bit for bit. By default one from `utils.set_random_seed`, or from the
            operating system.
        dtype: "float32" or "float64".

    Example:
        >>> from rosenblatt.layers import Dense
        >>> model = Sequential([Dense(6, activation="tanh", input_shape=(2,)), Dense(1, activation="sigmoid")], seed=1)
        >>> model.compile(optimizer=optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
        >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
        >>> history = model.fit(x, y, epochs=300, batch_size=4, verbose=0)
        >>> model.predict(x, verbose=0).round().ravel()
        array([0., 1., 1., 0.], dtype=float32)

    Source: Keras, ``keras.Sequential``.
    """

    def __init__(
        self,
        layers: Layer | Input | Iterable[Layer | Input] | None = None,
        *,
        name: str = "sequential",
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        if dtype not in DTYPES:
            raise ArgumentError(f"Sequential: expected dtype to be 'float32' or 'float64', got {dtype!r}.")
        self.name = name
        self.dtype = dtype
        self.seed = fresh_seed() if seed is None else check_whole_number("Sequential", "seed", seed, at_least=0)
        self.rng = np.random.default_rng(self.seed)
        self.engine = ReferenceEngine()
        self.layers: list[Layer] = []
        self.class_names: list[str] | None = None
        self.history: History | None = None
        self.stop_training = False
        self.metrics: list[Metric] = []
        self.weighted_metrics: list[Metric] = []
        self._input_shape: Shape | None = None
        self._state: State | None = None
        self._plan: Plan | None = None
        self._optimizer: optimizers.Optimizer | None = None
        self._loss: losses.Loss | None = None
        self._metrics_wanted: tuple[Any, Any] = (None, None)
        self._metrics_ready = False
        for layer in [layers] if isinstance(layers, Layer | Input) else layers or []:
            self.add(layer)

    # --- Layers --------------------------------------------------------------------------------------------------------

    def add(self, layer: Layer | Input) -> None:
        """Append a layer; the layers before it keep their weights.

        Raises:
            ArgumentError: it is no layer, or it stands in a model already.
        """
        if isinstance(layer, Input):
            if self.layers or self._input_shape is not None:
                raise ArgumentError(f"Sequential.add: expected Input to come first, got it after {self.layers!r}.")
            self._input_shape = layer.shape
            return
        if not isinstance(layer, Layer):
            cure = f"Did you mean {layer.__name__}(...)?" if isinstance(layer, type) else "See rosenblatt.layers."
            raise ArgumentError(f"Sequential.add: expected a layer, got {layer!r}. {cure}")
        if layer.owner is not None:
            raise ArgumentError(
                f"Sequential.add: expected a layer of no other model, got {layer!r}, which has its weights in one. "
                "Add layer.copy(), or pop it from the other model first."
            )
        if not self.layers and self._input_shape is None:
            self._input_shape = layer.declared_input_shape
        name_layers([*self.layers, layer])
        self.layers.append(layer)
        if self._input_shape is not None:
            self._build(self._input_shape)

    def pop(self) -> Layer:
        """Remove the last layer and return it, with its weights."""
        if not self.layers:
            raise ModelStateError("Sequential.pop: expected at least one layer, got none.")
        layer = self.layers.pop()
        layer.release()
        if self.layers and self._input_shape is not None:
            self._build(self._input_shape)
        else:
            self._state = self._plan = None
        return layer

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        if (name is None) == (index is None):
            raise ArgumentError("Sequential.get_layer: expected either a name or an index.")
        names = name_layers(self.layers)
        if name is not None and name in names:
            return self.layers[names.index(name)]
        if index is not None and -len(self.layers) <= index < len(self.layers):
            return self.layers[index]
        raise ArgumentError(f"Sequential.get_layer: expected one of {', '.join(names)}, got {name or index!r}.")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the weights for rows of a shape; a leading None, the batch size in Keras, may stand before it."""
        row = tuple(input_shape)
        row = row[1:] if row and row[0] is None else row
        self._build(shape_of_row("Sequential.build", row))  # type: ignore[arg-type]

    @property
    def built(self) -> bool:
        """Whether the input shape is known and the weights exist."""
        return self._state is not None

    @property
    def input_shape(self) -> Shape | None:
        """The shape of one row of input; None before the model is built."""
        return self._input_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of one row of output."""
        return self.plan.output_shape

    def _build(self, input_shape: Shape) -> None:
        if not self.layers:
            raise ModelStateError("Sequential: expected at least one layer, got none. Add layers first.")
        self._input_shape = input_shape
        layer_plans = lay_out(self.layers, name_layers(self.layers), input_shape)
        self._state = State(
            params=np.empty(sum(math.prod(a.shape) for plan in layer_plans for a in plan.parameters), self.dtype),
            statistics=np.empty(sum(math.prod(a.shape) for plan in layer_plans for a in plan.statistics), self.dtype),
            slots={},
        )
        for layer, plan in zip(self.layers, layer_plans, strict=True):
            arrays = {array.name: array.view(self._state.params) for array in plan.parameters}
            arrays |= {array.name: array.view(self._state.statistics) for array in plan.statistics}
            for wanted in [*layer.parameters_for(plan.input_shape), *layer.statistics_for(plan.input_shape)]:
                arrays[wanted.name][...] = layer.start(wanted, self.rng, self.dtype)
            layer.bind(plan, arrays, self)
        self._restart_training()

    # --- What it is, and its numbers ------------------------------------------------------------------------------------

    @property
    def plan(self) -> Plan:
        """The frozen description that engines carry out."""
        if self._plan is None:
            self._plan = self._make_plan()
        return self._plan

    def _make_plan(self) -> Plan:
        plan = Plan(
            input_shape=self._known_input_shape(),
            layers=lay_out(self.layers, name_layers(self.layers), self._known_input_shape()),
            dtype=self.dtype,
            seed=self.seed,
        )
        if self._loss is None or self._optimizer is None:
            return plan
        return fuse_output(
            Plan(
                input_shape=plan.input_shape,
                layers=plan.layers,
                loss=self._loss.rule,
                reduction=self._loss.reduction,
                optimizer=self._optimizer.plan(),
                dtype=self.dtype,
                seed=self.seed,
            )
        )

    def _known_input_shape(self) -> Shape:
        if self._input_shape is None or self._state is None:
            raise ModelStateError(
                "Sequential: expected a built model, got one whose input shape is not known yet. "
                "Give the first layer input_shape=, call build(input_shape), or fit first."
            )
        return self._input_shape

    @property
    def state(self) -> State:
        """All numbers that training changes."""
        self._known_input_shape()
        assert self._state is not None  # noqa: S101  (for the type checker: said by the line above)
        return self._state
