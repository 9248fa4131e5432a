"""Sequential: a chain of layers that is compiled, fitted, evaluated and used, with Keras's words."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt import answers, data, losses, optimizers, summary, training
from rosenblatt import metrics as metrics_module
from rosenblatt.arguments import check_flag, check_name, check_number, check_verbose, check_whole_number
from rosenblatt.callbacks import CallbackList, Logs
from rosenblatt.configuration import deserialize, serialize
from rosenblatt.data import ArraySource, Batch, IterableSource, Slice
from rosenblatt.engines.select import default_engine
from rosenblatt.errors import (
    ArgumentError,
    DataError,
    MissingExtraError,
    ModelStateError,
    ShapeError,
    UnlikelyLossWarning,
)
from rosenblatt.functional import network
from rosenblatt.functional.optimizers import effective_learning_rate, start_slots
from rosenblatt.history import History
from rosenblatt.layers import LAYERS, Flatten, Input, Layer, copy_weights, lay_out, name_layers, shape_of_row
from rosenblatt.metrics import Metric
from rosenblatt.plan import ArrayPlan, LayerPlan, Plan, State, fuse_output
from rosenblatt.targets import fit_to_loss
from rosenblatt.types import Array, Shape
from rosenblatt.utils import fresh_seed

if TYPE_CHECKING:
    from pathlib import Path

    from rosenblatt.exchange.exporting import Exported
    from rosenblatt.playground.notebook import Page

DTYPES = ("float32", "float64")
NOT_BUILT = (
    "Sequential: expected a built model, got one whose input shape is not known yet. "
    "Give the first layer input_shape=, call build(input_shape), or fit first."
)
NOT_COMPILED = "Sequential: expected a compiled model, got one that is not. Call compile(optimizer=, loss=) first."


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
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise ArgumentError(f"Sequential: expected dtype to be 'float32' or 'float64', got {dtype!r}.")
        self.name = check_name("Sequential", name)
        self.dtype = dtype
        self.seed = fresh_seed() if seed is None else check_whole_number("Sequential", "seed", seed, at_least=0)
        self.rng = np.random.default_rng(self.seed)
        self.engine = default_engine()
        self._layers: list[Layer] = []
        self.class_names: list[str] | None = None  # what the outputs stand for; kept in the model's file
        self.data_name: str | None = None  # what it was trained on; kept in the model's file
        self.feature_names: list[str] | None = None  # the columns of a table that it reads, in order; likewise
        self.target_name: str | None = None  # the column that it predicts; likewise
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
        self._rehearsed = False  # loss and metrics have not been tried on any data yet
        if isinstance(layers, Layer | Input):
            layers = [layers]
        elif layers is not None and (not isinstance(layers, Iterable) or isinstance(layers, str | bytes | np.ndarray)):
            raise ArgumentError(f"Sequential: expected layers in a list, got {layers!r}. See rosenblatt.layers.")
        self._append(() if layers is None else layers)

    # --- Layers -----------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers in their order, in a new list: they change by `add` and `pop`."""
        return list(self._layers)

    def add(self, layer: Layer | Input) -> None:
        """Append a layer; the layers before it keep their weights.

        Args:
            layer: one of `rosenblatt.layers` that stands in no model; an `Input` only as the first.

        Raises:
            ArgumentError: it is no layer, or it stands in a model already.
        """
        self._append([layer])

    def _append(self, more: Iterable[Layer | Input]) -> None:
        """Append layers and build once; where that fails, the model and the layers are as they were."""
        layers, input_shape = self.layers, self._input_shape
        for layer in more:
            if isinstance(layer, Input):
                if layers or input_shape is not None:
                    raise ArgumentError(f"Sequential.add: expected Input to come first, got it after {layers!r}.")
                input_shape = layer.shape
                continue
            if not isinstance(layer, Layer):
                cure = f"Did you mean {layer.__name__}(...)?" if isinstance(layer, type) else "See rosenblatt.layers."
                raise ArgumentError(f"Sequential.add: expected a layer, got {layer!r}. {cure}")
            if layer.owner is not None or any(layer is other for other in layers):
                raise ArgumentError(
                    f"Sequential.add: expected a layer of no other model, got {layer!r}, which has its weights in one. "
                    "Add layer.copy(), or pop it from the other model first."
                )
            if not layers and input_shape is None:
                input_shape = layer.declared_input_shape
            layers.append(layer)
        name_layers(layers)
        if layers and input_shape is not None:
            self._build(layers, input_shape)
        self._layers, self._input_shape = layers, input_shape
        for layer in layers:
            layer.owner = self

    def pop(self) -> Layer:
        """Remove the last layer and return it, with its weights."""
        if not self.layers:
            raise ModelStateError("Sequential.pop: expected at least one layer, got none.")
        layer = self._layers.pop()
        layer.release()
        if self.layers and self._input_shape is not None:
            self._build(self.layers, self._input_shape)
        else:
            self._state = None
            self.forget_plan()
        return layer

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place.

        Args:
            name: the layer's name.
            index: its place, from 0; negative from the end.

        Raises:
            ArgumentError: neither or both are given, or there is no such layer.

        Example:
            >>> from rosenblatt.layers import Dense
            >>> model = Sequential([Dense(3, name="hidden"), Dense(1)])
            >>> model.get_layer("hidden"), model.get_layer(index=-1)
            (Dense(3), Dense(1))
        """
        if (name is None) == (index is None):
            got = "neither" if name is None else "both"
            raise ArgumentError(f"Sequential.get_layer: expected either a name or an index, got {got}.")
        names = name_layers(self.layers)
        if isinstance(name, str) and name in names:
            return self.layers[names.index(name)]
        if isinstance(index, Integral) and -len(self.layers) <= index < len(self.layers):
            return self.layers[int(index)]
        wanted = f"one of {', '.join(names)}" if index is None else f"a place from 0 to {len(names) - 1}"
        raise ArgumentError(f"Sequential.get_layer: expected {wanted}, got {name if index is None else index!r}.")

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the weights for rows of a shape.

        Args:
            input_shape: of one row; a leading None, the batch size in Keras, may stand before it.

        Raises:
            ArgumentError: it is no shape, or another than the model has already.
        """
        row: Any = input_shape
        if isinstance(row, Sequence) and row and row[0] is None:
            row = row[1:]
        shape = shape_of_row("Sequential.build", row)
        if self._input_shape not in (None, shape):
            raise ArgumentError(
                f"Sequential.build: expected rows of shape {self._input_shape}, as the model has them, got {shape}. "
                "Make a new model for others."
            )
        self._build(self.layers, shape)

    @property
    def built(self) -> bool:
        """Whether the input shape is known and the weights exist."""
        return self._state is not None

    def _check_built(self) -> None:
        if not self.built:
            raise ModelStateError(NOT_BUILT)

    @property
    def input_shape(self) -> Shape | None:
        """The shape of one row of input; None before the model is built."""
        return self._input_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of one row of output."""
        return self.plan.output_shape

    def _lay_out(self, layers: Sequence[Layer], input_shape: Shape) -> tuple[LayerPlan, ...]:
        if not layers:
            raise ModelStateError("Sequential: expected at least one layer, got none. Add layers first.")
        return lay_out(layers, name_layers(layers), input_shape)

    def _build(self, layers: Sequence[Layer], input_shape: Shape) -> None:
        layer_plans = self._lay_out(layers, input_shape)
        params = self._allocate(array for plan in layer_plans for array in plan.parameters)
        statistics = self._allocate(array for plan in layer_plans for array in plan.statistics)
        try:
            arrays_by_layer = [
                self._start(layer, plan, params, statistics) for layer, plan in zip(layers, layer_plans, strict=True)
            ]
        except MemoryError as error:
            raise _too_large(params.size + statistics.size) from error
        for layer, plan, arrays in zip(layers, layer_plans, arrays_by_layer, strict=True):
            layer.bind(plan, arrays, self)
        self._input_shape, self._state = input_shape, State(params, statistics, slots={})
        self._restart_training()

    def _allocate(self, arrays: Iterable[ArrayPlan]) -> Array:
        size = sum(math.prod(array.shape) for array in arrays)
        try:
            return np.empty(size, self.dtype)
        except (MemoryError, ValueError) as error:
            raise _too_large(size) from error

    def _start(self, layer: Layer, plan: LayerPlan, params: Array, statistics: Array) -> dict[str, Array]:
        """Return a layer's views into the flat vectors, after writing the numbers that it starts with."""
        arrays = network.layer_views(plan, params, statistics)
        for wanted in [*layer.parameters_for(plan.input_shape), *layer.statistics_for(plan.input_shape)]:
            arrays[wanted.name][...] = layer.start(wanted, self.rng, self.dtype)
        return arrays

    # --- What it is, and its numbers --------------------------------------------------------------

    @property
    def plan(self) -> Plan:
        """The frozen description that engines carry out."""
        plan = self._plan  # looked at once: another thread may change a layer
        if plan is None:
            plan = self._plan = self._make_plan()
        return plan

    def forget_plan(self) -> None:
        """Describe the model anew when its plan is next asked for; a layer that is changed calls this."""
        self._plan = None

    def _make_plan(self) -> Plan:
        self._check_built()
        input_shape = self._input_shape or ()
        layer_plans = lay_out(self.layers, name_layers(self.layers), input_shape)
        self._check_shapes_kept(layer_plans)
        return fuse_output(
            Plan(
                input_shape=input_shape,
                layers=layer_plans,
                loss=self.loss.rule if self.compiled else None,
                reduction=self.loss.reduction or "none" if self.compiled else "none",
                optimizer=self.optimizer.plan() if self.compiled else None,
                dtype=self.dtype,
                seed=self.seed,
            )
        )

    def _check_shapes_kept(self, layer_plans: Sequence[LayerPlan]) -> None:
        """Raise where a layer was changed so that its numbers would have other shapes than those that it has."""
        for layer, plan in zip(self.layers, layer_plans, strict=True):
            if _shapes(plan) != _shapes(layer.plan):
                raise ModelStateError(
                    f"Sequential: expected every layer to keep the shapes that it was built with, got {layer!r}, "
                    f"built for outputs of shape {layer.output_shape} and arrays {_shapes(layer.plan)[1]}. "
                    "Make a new model for others."
                )

    @property
    def state(self) -> State:
        """All numbers that training changes."""
        if self._state is None:
            raise ModelStateError(NOT_BUILT)
        return self._state

    @property
    def trainable(self) -> bool:
        """Whether any layer learns; setting it freezes or frees all of them."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = check_flag("Sequential", "trainable", value)
        for layer in self.layers:
            layer.trainable = value

    @property
    def weights(self) -> dict[str, Array]:
        """All arrays by ``layer/array``: views, so that writing to one changes the model."""
        self._check_built()
        return {
            f"{name}/{array_name}": array
            for name, layer in zip(name_layers(self.layers), self.layers, strict=True)
            for array_name, array in layer.weights.items()
        }

    def get_weights(self) -> list[Array]:
        """Return copies of all arrays, layer by layer, in Keras's order."""
        return [array.copy() for array in self.weights.values()]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Overwrite all arrays with others of the same shapes; all change or none.

        Args:
            weights: arrays in the order of `get_weights`.

        Raises:
            ShapeError: there are more or fewer arrays than the model has, or one has another shape.
        """
        copy_weights("Sequential.set_weights", self.weights, weights)

    def restore(self, state: State) -> None:
        """Go back to a copy that ``model.state.copy()`` gave: weights, statistics, the optimizer's slots and its steps.

        Training goes on from there with the learning rate that the optimizer has now. All change or nothing.

        Args:
            state: stays as it is.

        Raises:
            ShapeError: it is a state of other layers or of another optimizer.

        Example:
            >>> from rosenblatt.layers import Dense
            >>> model = Sequential([Dense(1, input_shape=(1,))], seed=1)
            >>> model.compile("adam", "mse")
            >>> x, before = np.array([[1.0], [2.0]]), model.state.copy()
            >>> first = model.fit(x, x, verbose=0, shuffle=False).history["loss"]
            >>> model.restore(before)
            >>> model.fit(x, x, verbose=0, shuffle=False).history["loss"] == first
            True
        """
        own, given = _arrays_of(self.state), _arrays_of(state)
        shapes, wanted = ({name: array.shape for name, array in arrays.items()} for arrays in (given, own))
        if shapes != wanted:
            raise ShapeError(
                f"Sequential.restore: expected a state with arrays {wanted}, got {shapes}. "
                "Give a copy of this model's own state, made since it was compiled."
            )
        for name, array in own.items():
            array[...] = given[name]  # in place: the layers hold views
        self.state.step = state.step
        if self._optimizer is not None:
            self._optimizer.iterations = state.step

    def count_params(self) -> int:
        """Return how many numbers the model holds."""
        return self.state.params.size + self.state.statistics.size

    def summary(self, print_fn: Callable[[str], object] = print) -> None:
        """Print the table of layers, shapes and parameters.

        Args:
            print_fn: called with the text.
        """
        print_fn(summary.table(self))

    def to_svg(self, language: str = "en") -> str:
        """Return the network as a picture: units, and weights by width, colour and dash; of wide layers 16 units.

        Args:
            language: "en" or "ko", of the few words in it.

        Raises:
            ModelStateError: the model is not built.
            UnknownNameError: another language.
        """
        from rosenblatt import drawing  # only who asks for pictures pays for them

        return drawing.network_svg(self, language)

    def playground(self, data: Any = None, *, height: int = 760) -> Page:
        """Show the model on a page in the notebook: layers, weights, and what it answers.

        The page works on a copy: the model stays as it is. It comes from a server on this machine that runs in the
        background until Python ends; needs the extra "playground". Where the notebook runs elsewhere, as on Colab,
        the result says what to do.

        Args:
            data: rows of the model's own, x or (x, y).
            height: of the page in the notebook, in pixels.

        Returns:
            What a notebook shows as the page; elsewhere its text is the page's address.
        """
        from rosenblatt.playground import notebook

        return notebook.show(self, data, height)

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        """Give the layers of a copy (by `copy.deepcopy` or `pickle`) views into the copy's own numbers."""
        self.__dict__.update(attributes)
        if self._state is not None:
            layer_plans = lay_out(self.layers, name_layers(self.layers), self._input_shape or ())
            for layer, plan in zip(self.layers, layer_plans, strict=True):
                layer.bind(plan, network.layer_views(plan, self._state.params, self._state.statistics), self)

    def __repr__(self) -> str:
        return f"Sequential([{', '.join(map(repr, self.layers))}], name={self.name!r})"

    def _repr_html_(self) -> str:
        return summary.html(self)

    # --- Training ---------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        """Say how the model is trained; training starts anew, the weights stay.

        Args:
            optimizer: a name or an object of `rosenblatt.optimizers`.
            loss: a name or an object of `rosenblatt.losses`, or a function of your own that gives value and gradient.
            metrics: a name, an object or a function, or several: what `fit` and `evaluate` measure besides the loss.
            weighted_metrics: the same, measured with the sample weights.

        Raises:
            ArgumentError: no loss, or a name that is not known.
        """
        if loss is None:
            raise ArgumentError(
                "Sequential.compile: expected a loss, got none. "
                "Name one, such as loss='sparse_categorical_crossentropy' for class numbers or loss='mse'."
            )
        new_optimizer, new_loss = optimizers.get(optimizer), losses.get(loss)
        if new_loss.reduction in (None, "none"):
            raise ArgumentError(
                f"Sequential.compile: expected a loss that is reduced to one number, got {new_loss!r}. "
                "Leave reduction= out."
            )
        for wanted in (metrics, weighted_metrics):
            metrics_module.get_list(wanted, (1,), (1,))  # finds a wrong name here, where it was typed
        self._optimizer, self._loss = new_optimizer, new_loss
        self._metrics_wanted = (metrics, weighted_metrics)
        self._restart_training()

    def _restart_training(self) -> None:
        """Forget slots, steps and metrics: the shapes or the optimizer have changed."""
        self.forget_plan()
        self.metrics, self.weighted_metrics = [], []
        self._metrics_ready = self._rehearsed = False
        if self._state is None or self._optimizer is None:
            return
        self._state.slots = start_slots(self._optimizer.plan(), self._state.params.size, np.dtype(self.dtype))
        self._state.step = self._optimizer.iterations = 0

    @property
    def compiled(self) -> bool:
        """Whether `compile` has said how the model is trained."""
        return self._optimizer is not None

    def _begin(self) -> None:
        """Raise unless compiled; describe the model anew, for what lies within loss and penalties may have changed."""
        if not self.compiled:
            raise ModelStateError(NOT_COMPILED)
        self.forget_plan()

    @property
    def compile_arguments(self) -> dict[str, Any]:
        """What `compile` was given, by the names of its arguments; optimizer and loss as objects."""
        metrics, weighted_metrics = self._metrics_wanted
        return {
            "optimizer": self.optimizer,
            "loss": self.loss,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }

    @property
    def optimizer(self) -> optimizers.Optimizer:
        """The optimizer given to `compile`; its learning rate may be changed at any time."""
        if self._optimizer is None:
            raise ModelStateError(NOT_COMPILED)
        return self._optimizer

    @property
    def loss(self) -> losses.Loss:
        """The loss given to `compile`."""
        if self._loss is None:
            raise ModelStateError(NOT_COMPILED)
        return self._loss

    def current_learning_rate(self) -> float:
        """Return the learning rate of the next update, which a schedule may say."""
        rate = self.optimizer.learning_rate
        number = rate if isinstance(rate, float) else 0.0
        return effective_learning_rate(self.optimizer.plan(), self.state.step, number)

    def follow_learning_rate(self) -> None:
        """Take up the optimizer's learning rate, which callbacks may change or put in a schedule's place."""
        if self.plan.optimizer != self.optimizer.plan():
            self.forget_plan()
        self.state.learning_rate = self.current_learning_rate()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train the model.

        Args:
            x: rows (n, *input_shape) of numbers: an array, a memory map (read batch by batch), a table; or, without y,
                something that gives batches (x, y) or (x, y, sample_weight).
            y: targets (n, ...): class numbers for the sparse loss, else rows like the output.
            batch_size: rows an update, 32 by default; the last batch of an epoch may be shorter.
            epochs: the number after the last epoch.
            verbose: 0 silent, 1 a progress bar, 2 a line an epoch; "auto" is 1.
            callbacks: one or several of `rosenblatt.callbacks`.
            validation_split: this share of the rows, the last ones as they stand, is held out and measured.
            validation_data: (x, y) or (x, y, sample_weight) to measure, or something that gives batches.
            shuffle: whether rows are seen in a new order every epoch.
            class_weight: the weight of each class's rows; classes that are not named weigh 1.
            sample_weight: (n,) the weight of each row.
            initial_epoch: the number of the first epoch, from 0, where training goes on.
            steps_per_epoch: batches an epoch, for a generator that does not end.
            validation_batch_size: rows a batch in validation, by default batch_size.
            validation_freq: measure every so many epochs, or after the epochs listed (from 1).

        Returns:
            The history: loss and metrics of every epoch.

        Raises:
            ModelStateError: the model is not compiled.
            ShapeError: rows and targets do not fit each other or the model.
            DataError: NaN, text, or labels out of range.
            KeyboardInterrupt: after Ctrl-C, at the end of a batch, with model and history valid.

        Source: Keras, ``keras.Model.fit``.
        """
        self._begin()
        epochs = check_whole_number("fit", "epochs", epochs, at_least=0)
        initial_epoch = check_whole_number("fit", "initial_epoch", initial_epoch, at_least=0)
        size = 32 if batch_size is None else check_whole_number("fit", "batch_size", batch_size, at_least=1)
        validation_size = size if validation_batch_size is None else validation_batch_size
        check_whole_number("fit", "validation_batch_size", validation_size, at_least=1)
        check_number("fit", "validation_split", validation_split, at_least=0, below=1)
        _check_validation_freq(validation_freq)
        verbose = check_verbose("fit", verbose)
        shuffle = check_flag("fit", "shuffle", shuffle)
        source: ArraySource | IterableSource
        if y is None:
            if validation_split:
                raise ArgumentError("fit: expected arrays with validation_split, got batches. Give validation_data.")
            if sample_weight is not None:
                raise ArgumentError("fit: expected arrays with sample_weight, got batches. Give (x, y, sample_weight).")
            source = self._iterable_source(x, steps_per_epoch, class_weight)
        else:
            if steps_per_epoch is not None:
                raise ArgumentError(
                    "fit: expected batches with steps_per_epoch, got arrays, seen whole in every epoch. Leave it out."
                )
            rows = self._batch("fit", x, y, sample_weight, class_weight)
            if validation_split and validation_data is None:
                rows, held_out = data.hold_out(rows, validation_split)
                validation_data = held_out
            self._rehearse(rows, size)
            source = ArraySource(rows, size, shuffle, self.rng, data.batches_a_slice(self.state.params.size, size))
        blocks = self._blocks("fit, validation_data", validation_data, validation_size)
        wanted = CallbackList(callbacks, add_history=True, add_progbar=verbose != 0)
        wanted.set_params({"verbose": verbose, "epochs": epochs, "steps": source.steps})
        wanted.set_model(self)

        def validate(epoch: int, stop_if_asked: Callable[[], None]) -> Logs | None:
            if not _is_due(epoch, validation_freq):
                return None
            assert blocks is not None  # for the type checker: see the call below
            return training.evaluate(self, blocks(wanted.wants_test_batches), wanted, stop_if_asked)

        training.fit(
            self,
            source,
            wanted,
            initial_epoch=initial_epoch,
            epochs=epochs,
            validate=None if blocks is None else validate,
        )
        assert wanted.history is not None  # for the type checker: it was added above
        return wanted.history

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one update on one batch and return its loss, or loss and metrics in a list or dict.

        Args:
            x: rows (n, *input_shape).
            y: their targets, as in `fit`.
            sample_weight: (n,) the weight of each row.
            class_weight: the weight of the rows of each class, by its number.
            return_dict: return the figures by name.

        Raises:
            ModelStateError: the model is not compiled.
            ShapeError, DataError: the rows are not the model's.
        """
        self._begin()
        return_dict = check_flag("train_on_batch", "return_dict", return_dict)
        batch = self._batch("train_on_batch", x, y, sample_weight, class_weight)
        self._rehearse(batch, len(batch.x))
        whole = data.whole(batch)
        figures = training.RunningFigures()
        losses_of_batches, outputs = training.train_slice(self, whole)
        self.reset_metrics()
        figures.add(self, whole, losses_of_batches, outputs)
        return _as_asked(figures.logs(self), return_dict)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Measure loss and metrics of the model in use.

        Args:
            x: rows as in `fit`, or something that gives batches.
            y: targets as in `fit`.
            batch_size: rows a batch, 32 by default; it matters only to a loss that is not a plain mean.
            verbose: 0 silent, 1 a progress bar, 2 a line.
            sample_weight: (n,) the weight of each row.
            callbacks: one or several of `rosenblatt.callbacks`.
            return_dict: return the figures by name.

        Returns:
            The loss where only the loss is measured, else a list of loss and metrics, or a dict.

        Source: Keras, ``keras.Model.evaluate``.
        """
        size = 32 if batch_size is None else check_whole_number("evaluate", "batch_size", batch_size, at_least=1)
        self._begin()
        verbose = check_verbose("evaluate", verbose)
        return_dict = check_flag("evaluate", "return_dict", return_dict)
        if y is None and sample_weight is not None:
            raise ArgumentError(
                "evaluate: expected arrays with sample_weight, got batches. Give (x, y, sample_weight)."
            )
        given = x if y is None else (x, y, sample_weight)
        blocks = self._blocks("evaluate", given, size)
        if blocks is None:
            raise ArgumentError("evaluate: expected rows x and targets y, got none.")
        wanted = CallbackList(callbacks, add_progbar=verbose != 0, model=self, verbose=verbose)
        return _as_asked(training.evaluate(self, blocks(wanted.wants_test_batches), wanted), return_dict)

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Return the loss of one batch, or loss and metrics in a list or dict, without training.

        Args:
            x: rows (n, *input_shape).
            y: their targets, as in `fit`.
            sample_weight: (n,) the weight of each row.
            return_dict: return the figures by name.

        Raises:
            ModelStateError: the model is not compiled.
            ShapeError, DataError: the rows are not the model's.
        """
        rows = data.numbers("test_on_batch", "x", x)
        data.check_rows("test_on_batch", "x", rows)
        return self.evaluate(rows, y, len(rows), 0, sample_weight, return_dict=return_dict)

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: int | str = "auto", callbacks: Any = None
    ) -> Array:
        """Return the outputs (n, *output_shape).

        Args:
            x: rows (n, *input_shape), or something that gives batches of rows.
            batch_size: as in Keras; the engine chooses its own blocks, the result is the same.
            verbose: as in Keras; a prediction is too quick for a progress bar.
            callbacks: one or several of `rosenblatt.callbacks`, told when prediction begins and ends.
        """
        size = 32 if batch_size is None else check_whole_number("predict", "batch_size", batch_size, at_least=1)
        verbose = check_verbose("predict", verbose)
        if callbacks is not None:
            return self._predict_watched(x, size, CallbackList(callbacks, model=self, verbose=verbose))
        if data.gives_batches(x):
            batches = [self.predict(rows) for rows in data.rows_of_each(x)]
            if not batches:
                raise DataError(f"predict: expected at least one batch, got none from {type(x).__name__}.")
            return np.concatenate(batches)
        rows = self._features("predict", x)
        return self.engine.predict(self.plan, self.state, rows)

    def _predict_watched(self, x: Any, batch_size: int, callbacks: CallbackList) -> Array:
        """Predict while callbacks look on: batch by batch where one of them asks for that."""
        callbacks.on_predict_begin()
        try:
            if not callbacks.wants_predict_batches:
                return self.predict(x)
            outputs: list[Array] = []
            if not data.gives_batches(x):
                rows = self._features("predict", x)
                x = (rows[start : start + batch_size] for start in range(0, len(rows), batch_size))
            for number, batch in enumerate(data.rows_of_each(x)):
                callbacks.on_predict_batch_begin(number)
                outputs.append(self.predict(batch))
                callbacks.on_predict_batch_end(number, {"outputs": outputs[-1]})
            return np.concatenate(outputs)
        finally:
            callbacks.on_predict_end()

    def predict_on_batch(self, x: Any) -> Array:
        """Return the outputs for one batch of rows.

        Args:
            x: rows (n, *input_shape).
        """
        return self.predict(x)

    def predictor(self) -> Callable[[Array], Array]:
        """Return a function for serving: from rows to outputs, some microseconds a call.

        The checks that never change are done here, once, and memory is kept from call to call. The function takes an
        array (n, *input_shape), or a single row (input_shape,), of the model's dtype, and returns the outputs for it:
        (n, *output_shape), or (output_shape,). It uses the weights as they are when it is called, until layers are
        added to the model or taken away.

        Raises:
            ShapeError: in the call, where x has another shape or dtype; NaN are not looked for.

        Example:
            >>> from rosenblatt.layers import Dense
            >>> model = Sequential([Dense(2, activation="softmax", input_shape=(3,))], seed=1)
            >>> predict = model.predictor()
            >>> predict(np.zeros(3, "float32"))
            array([0.5, 0.5], dtype=float32)
        """
        plan, state = self.plan, self.state
        shape, output_shape, dtype = plan.input_shape, plan.output_shape, np.dtype(self.dtype)
        row, one_output, rank = (1, *shape), (1, *output_shape), len(shape)
        fill = self.engine.predictor(plan, state)

        def predict(x: Array) -> Array:
            if type(x) is not np.ndarray or x.dtype != dtype or not x.flags.c_contiguous:
                x = np.ascontiguousarray(x, dtype)
            if x.shape == shape:
                y = np.empty(one_output, dtype)
                fill(x.reshape(row), y)
                return y[0]  # type: ignore[no-any-return]
            if x.ndim != rank + 1 or x.shape[1:] != shape:
                raise ShapeError(
                    f"predictor: expected x of shape {shape} or (rows, {', '.join(map(str, shape))}), "
                    f"got {x.shape}. Check the columns of x."
                )
            y = np.empty((len(x), *output_shape), dtype)
            fill(x, y)
            return y

        return predict

    def activations(self, x: Any) -> dict[str, Array]:
        """Return every layer's output (n, *output_shape) by the layer's name.

        Args:
            x: rows (n, *input_shape).

        Example:
            >>> from rosenblatt.layers import Dense
            >>> model = Sequential([Dense(3, activation="relu", input_shape=(2,)), Dense(1)])
            >>> {name: y.shape for name, y in model.activations(np.zeros((5, 2))).items()}
            {'dense': (5, 3), 'dense_1': (5, 1)}
        """
        rows = self._features("activations", x)
        outputs = self.engine.predict(self.plan, self.state, rows, layers="all")
        return dict(zip(name_layers(self.layers), outputs, strict=True))

    def gradients(self, x: Any, y: Any, sample_weight: Any = None) -> dict[str, Array]:
        """Return the gradient of the loss of these rows, taken as one batch, by ``layer/array``.

        It is the gradient that the next update would use: penalties included, units dropped. Frozen layers' is zero.

        Args:
            x: rows (n, *input_shape).
            y: their targets, as in `fit`.
            sample_weight: (n,) the weight of each row.

        Raises:
            ModelStateError: the model is not compiled.
            ShapeError, DataError: the rows are not the model's.

        Example:
            >>> from rosenblatt.layers import Dense
            >>> model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,))])
            >>> model.compile("sgd", "mse")
            >>> model.gradients([[1.0, 3.0]], [[0.0]])  # 2 (output - target) times each input, the bias's being 1
            {'dense/kernel': array([[ 8.],
                   [24.]], dtype=float32), 'dense/bias': array([8.], dtype=float32)}
        """
        self._begin()
        batch = self._batch("gradients", x, y, sample_weight)
        _, gradient = self.engine.loss_and_gradient(self.plan, self.state, *batch)
        return {
            f"{layer.name}/{array.name}": array.view(gradient)
            for layer in self.plan.layers
            for array in layer.parameters
        }

    # --- Metrics, as the training loop asks for them ----------------------------------------------

    @property
    def has_metrics(self) -> bool:
        """Whether anything is measured besides the loss."""
        return any(wanted is not None for wanted in self._metrics_wanted)

    def prepare_metrics(self, target: Array) -> bool:
        """Choose the metrics by the shape of the first target; return whether there are any.

        Args:
            target: as the loss wants it; "accuracy" is another metric for class numbers than for one-hot rows.
        """
        if not self._metrics_ready:
            shapes = (self.plan.output_shape, target.shape[1:])
            unweighted, weighted = self._metrics_wanted
            self.metrics = metrics_module.get_list(unweighted, *shapes)
            self.weighted_metrics = metrics_module.get_list(weighted, *shapes)
            taken = {metric.name for metric in self.metrics}
            for place, metric in enumerate(self.weighted_metrics):
                if metric.name in taken:
                    self.weighted_metrics[place] = copy.copy(metric)  # the user's own keeps its name
                    self.weighted_metrics[place].name = f"weighted_{metric.name}"  # as Keras calls it
            self._metrics_ready = True
        return bool(self.metrics or self.weighted_metrics)

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
        for metric in [*self.metrics, *self.weighted_metrics]:
            metric.reset_state()

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order."""
        return ["loss", *(metric.name for metric in [*self.metrics, *self.weighted_metrics])]

    # --- What users hand in -----------------------------------------------------------------------

    def _features(self, who: str, x: Any) -> Array:
        """Check rows, building the model where these are the first."""
        rows = self._rows(who, x)
        if self._state is None:
            self._build(self.layers, rows.shape[1:])
        return rows

    def _rows(self, who: str, x: Any) -> Array:
        """Check rows; the model stays as it is."""
        rows = data.numbers(who, "x", x)
        data.check_rows(who, "x", rows)
        wanted = (1,) if self._input_shape is None and rows.ndim == 1 else self._input_shape
        if wanted is not None and rows.shape[1:] != wanted:
            if (*rows.shape[1:], 1) == wanted:  # an axis of one number may be there or not, as in Keras
                rows = rows[..., None]
            elif rows.shape[1:] == (*wanted, 1):
                rows = rows[..., 0]
            else:
                raise ShapeError(self._misfit(who, rows.shape, wanted))
        data.check_finite(who, "x", rows, self.dtype)
        return rows

    def _misfit(self, who: str, got: Shape, wanted: Shape) -> str:
        first, count = self.layers[0], len(self.layers)
        width = f"width {wanted[0]}" if len(wanted) == 1 else f"shape {wanted}"
        place = f"{who}: {first!r}, layer 1 of {count}: expected inputs of {width}, got an array of shape {got}."
        if got == wanted:
            return (
                f"{who}: expected rows, an array of shape (rows, {', '.join(map(str, wanted))}), got a single row of "
                f"shape {got}. Give x[None]."
            )
        if len(got) > 1 and math.prod(got[1:]) == math.prod(wanted):
            other = "" if isinstance(first, Flatten) else ", or let the model begin with Flatten"
            return f"{place} Reshape x to {(got[0], *wanted)}{other}."
        return f"{place} Check the columns of x or the layer's input_shape."

    def _batch(
        self,
        who: str,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
    ) -> Batch:
        """Check rows, targets and weights, and bring them into the engine's form."""
        if class_weight is not None and sample_weight is not None:
            raise ArgumentError(f"{who}: expected class_weight or sample_weight, got both. Multiply them into one.")
        rows = self._rows(who, x)
        targets = data.numbers(who, "y", y)
        data.check_rows(who, "y", targets)
        if len(targets) != len(rows):
            raise ShapeError(
                f"{who}: expected as many targets as rows, got {len(rows)} rows and {len(targets)} targets. "
                "Give each row its target."
            )
        data.check_finite(who, "y", targets, self.dtype)
        layers = self._lay_out(self.layers, rows.shape[1:]) if self._state is None else self.plan.layers
        output_shape = layers[-1].output_shape
        target = fit_to_loss(self.loss.rule.name, targets, output_shape, who)
        if self.loss.rule.name == "sparse_categorical_crossentropy":
            target = target.astype(np.int64, copy=False)  # once, and not for every slice of an epoch
        elif target.dtype.kind == "f" or self.loss.rule.name != "custom":  # whole numbers would give a float64 loss
            target = target.astype(self.dtype, copy=False)
        weight = data.sample_weights(who, sample_weight, len(rows), self.dtype)
        if class_weight is not None:
            yes_or_no = self.loss.rule.name in ("binary_crossentropy", "binary_focal_crossentropy")
            classes = output_shape[-1] if output_shape[-1] > 1 else 2 if yes_or_no else None
            weight = data.class_weights(who, class_weight, target, classes, self.dtype)
        if self._state is None:  # built last, so that nothing has changed where something was wrong
            self._build(self.layers, rows.shape[1:])
        return Batch(rows, target, weight)

    def _iterable_source(
        self, batches: Any, steps: int | None, class_weight: Mapping[int, float] | None
    ) -> IterableSource:
        if not data.gives_batches(batches):
            raise ArgumentError(
                "fit: expected rows x and targets y, or something that gives batches (x, y), "
                f"got {type(batches).__name__} and no y."
            )
        if steps is not None:
            check_whole_number("fit", "steps_per_epoch", steps, at_least=1)
        first, batches = data.peek(batches)
        prepared = self._unpack("fit, batch 1", first, class_weight)  # builds the model
        self._rehearse(prepared, len(prepared.x), stacklevel=4)
        return IterableSource(batches, lambda who, item: self._unpack(who, item, class_weight), steps)

    def _unpack(self, who: str, item: Any, class_weight: Mapping[int, float] | None = None) -> Batch:
        if not isinstance(item, tuple | list) or len(item) not in (2, 3):
            raise DataError(f"{who}: expected batches (x, y) or (x, y, sample_weight), got {type(item).__name__}.")
        x, y, sample_weight = (*item, None)[:3]
        return self._batch(who, x, y, sample_weight, class_weight)

    def _rehearse(self, rows: Batch, batch_size: int, stacklevel: int = 3) -> None:
        """Measure loss and metrics once, on the first batch, to find what is wrong with them before anything changes.

        The gradient of a user's own loss is compared with finite differences.
        """
        if self._rehearsed:
            return
        x, target = rows.x[:batch_size], rows.target[:batch_size]
        weight = None if rows.weight is None else rows.weight[:batch_size]
        outputs = self.engine.predict(self.plan, self.state, x)
        if isinstance(self.loss, losses.CustomLoss) and np.isfinite(outputs).all():
            losses.check_gradient(self.loss, target, outputs)
        doubt = losses.doubt(self.loss, answers.last_activation(self), outputs)
        if doubt is not None:
            warnings.warn(f"Sequential: {doubt}", UnlikelyLossWarning, stacklevel=stacklevel)
        if self.prepare_metrics(target):
            training.update_metrics(self, target, outputs, weight)
            self.reset_metrics()
        self._rehearsed = True

    def _blocks(self, who: str, given: Any, batch_size: int) -> Callable[[bool], Iterator[Slice]] | None:
        """Return a function that gives blocks of data for `training.evaluate`: single batches where asked."""
        if given is None:
            return None
        if isinstance(given, Batch):
            rows = given
        elif data.gives_batches(given):
            return lambda batch_by_batch: (
                data.whole(self._unpack(f"{who}, batch {number}", item))
                for number, item in enumerate(data.each(given), start=1)
            )
        elif isinstance(given, tuple | list) and len(given) in (2, 3):
            rows = self._batch(who, *given)
        else:
            raise ArgumentError(
                f"{who}: expected (x, y), (x, y, sample_weight) or batches of them, got {type(given).__name__}. "
                "Give rows and their targets."
            )
        batches = max(1, data.EVALUATION_ROWS // batch_size)
        return lambda batch_by_batch: data.in_blocks(rows, batch_size, 1 if batch_by_batch else batches)

    # --- Files ------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return what the model is, without its numbers, ready for JSON."""
        layers = [serialize(layer) for layer in self.layers]
        for layer, name in zip(layers, name_layers(self.layers), strict=True):
            layer["config"]["name"] = name
        return {
            "name": self.name,
            "seed": self.seed,
            "dtype": self.dtype,
            "input_shape": None if self._input_shape is None else list(self._input_shape),
            "layers": layers,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Sequential:
        """Make a model, not yet built, from what `get_config` returned.

        Args:
            config: names, arguments and the layers' descriptions.
        """
        layers = [deserialize("load_model", layer, LAYERS) for layer in config["layers"]]
        model = cls(name=config["name"], seed=config["seed"], dtype=config["dtype"])
        model._layers = layers
        for layer in layers:
            layer.owner = model
        model._input_shape = (
            None if config["input_shape"] is None else shape_of_row("Sequential", config["input_shape"])
        )
        return model

    def save(self, path: str | Path) -> None:
        """Write the whole model to one file: layers, weights, optimizer, history, class names.

        Training goes on from it, bit for bit, where it stopped. The file is complete or not there at all.

        Args:
            path: ends in ``.safetensors``, or in ``.keras`` for Keras 3.0.5 and later, which train on, too (needs the
                extra "keras-files").

        Raises:
            FileFormatError: another suffix; or the model has something that Keras lacks.
            ModelStateError: the model is not built.
            OSError: the folder cannot be written, or the disk is full.
        """
        from rosenblatt import saving  # files take a while to import, and many programs use none

        saving.save(self, path)

    def export(
        self,
        path: str | Path,
        *,
        class_names: Sequence[str] | Sequence[int] | None = None,
        input_dtype: str | None = None,
        quantize: str | None = None,
        data: Any = None,
    ) -> Exported:
        """Write the model for use without this library: an ONNX file, or a program with the weights inside.

        Args:
            path: ends in ``.onnx`` (needs the extra "onnx"), or in ``.c``, ``.py`` (NumPy alone) or ``.js``.
            class_names: of ``.onnx``: a classifier's labels; by default the model's own, else 0, 1, 2 ...
            input_dtype: of ``.onnx``: "float32", "float64" or "uint8"; by default the model's.
            quantize: of programs: "int8" rounds the kernels to eight bits, a quarter of their size.
            data: rows x or (x, y) on which the cost of that is measured.

        Returns:
            Path, size and, where measured, the cost of quantisation; printed it is one line.

        Raises:
            FileFormatError: another suffix.
            ArgumentError: an option that the format has no use for, or more or fewer class names than classes.
            ModelStateError: the model is not built.
            OSError: the folder cannot be written, or the disk is full.
        """
        from rosenblatt.exchange import exporting

        return exporting.export(
            self, path, class_names=class_names, input_dtype=input_dtype, quantize=quantize, data=data
        )

    def to_torch(self) -> Any:
        """Return the model as a ``torch.nn.Sequential`` with the same weights, in evaluation mode.

        Its answers are those of `predict`: a softmax or sigmoid at the end is part of it. Needs PyTorch.

        Raises:
            MissingExtraError: PyTorch is not installed.
            ModelStateError: the model is not built.
            ArgumentError: a layer that PyTorch has for vectors only gets rows of several axes.
        """
        return _torch_models("to_torch").to_torch(self)

    def save_weights(self, path: str | Path) -> None:
        """Write the weights alone to a ``.safetensors`` file, or to Keras's ``.weights.h5`` (see `save`).

        Args:
            path: its ending says which of the two.
        """
        from rosenblatt import saving

        saving.save_weights(self, path)

    def load_weights(self, path: str | Path) -> None:
        """Read weights that `save_weights` or `save` wrote for a model of the same layers; all change or none.

        Args:
            path: of ours or of Keras: ``.safetensors``, ``.weights.h5``, ``.keras`` or ``.h5``. Keras's go by the order
                of the layers, whatever their names.

        Raises:
            FileFormatError: the file is damaged, or has weights of other layers.
            FileNotFoundError: there is none.
        """
        from rosenblatt import saving

        saving.load_weights(self, path)


def load_model(path: str | Path, compile: bool = True, custom_objects: Mapping[str, Any] | None = None) -> Sequential:
    """Read a model that `Sequential.save` or Keras wrote, or from an ONNX file. Nothing in the file is ever executed.

    Args:
        path: a ``.safetensors`` file; ``.keras`` of Keras 3, ``.h5`` of Keras 2 or 3, where the layers are one chain of
            those that this library has; or ``.onnx`` (needs the extra "onnx"), which is not compiled.
        compile: also restore optimizer and loss, so that training can go on.
        custom_objects: your own loss and metric functions, and classes of metrics, by name, where the model was
            compiled with such.

    Raises:
        FileFormatError: the file is damaged, foreign, or not what it claims to be.
        FileNotFoundError: there is none.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from rosenblatt.layers import Dense
        >>> model = Sequential([Dense(1, input_shape=(2,))])
        >>> with TemporaryDirectory() as folder:
        ...     model.save(f"{folder}/model.safetensors")
        ...     again = load_model(f"{folder}/model.safetensors")
        >>> again, bool((again.get_weights()[0] == model.get_weights()[0]).all())
        (Sequential([Dense(1)], name='sequential'), True)

    Source: Keras, ``keras.models.load_model``.
    """
    from rosenblatt import saving

    return saving.load(Sequential, path, compile, custom_objects)


def from_torch(module: Any, input_shape: int | Sequence[int] | None = None, *, seed: int | None = None) -> Sequential:
    """Return a PyTorch chain of modules, ``nn.Sequential``, as a model with the same weights and answers.

    Args:
        module: of Linear, activations, Dropout, BatchNorm1d, LayerNorm, Flatten; nested or not.
        input_shape: of one row; by default as wide as the first module says.
        seed: the new model's.

    Returns:
        A built model, not compiled.

    Raises:
        MissingExtraError: PyTorch is not installed.
        ArgumentError: a module that cannot be a layer, one that works on PyTorch's second axis of rows that are no
            vectors, or weights in half precision.

    Example:
        >>> import torch
        >>> module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
        >>> model = from_torch(module)
        >>> model
        Sequential([Dense(3), Activation('tanh'), Dense(1)], name='sequential')
        >>> x = np.array([[0.0, 1.0], [1.0, 1.0]], "float32")
        >>> np.allclose(model.predict(x), module(torch.from_numpy(x)).detach(), atol=1e-6)
        True
    """
    model: Sequential = _torch_models("from_torch").from_torch(module, input_shape, seed)
    return model


def from_sklearn(estimator: Any, *, seed: int | None = None) -> Sequential:
    """Return a fitted MLPClassifier or MLPRegressor as a model with the same weights and answers.

    Args:
        estimator: one of the two, of scikit-learn or of `rosenblatt.sklearn`, or a Pipeline of scalers that ends in
            one.
        seed: the new model's.

    Returns:
        A built model, not compiled, whose ``class_names`` are the classifier's classes. Where there are two classes,
        its single output is the probability of the second.

    Raises:
        MissingExtraError: scikit-learn is not installed.
        ArgumentError: another estimator, or a scaler whose figures a layer of this precision cannot hold.
        ModelStateError: it is not fitted.

    Example:
        >>> from sklearn.neural_network import MLPClassifier
        >>> x, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), ["no", "yes", "yes", "no"]
        >>> estimator = MLPClassifier((4,), "tanh", solver="lbfgs", random_state=0).fit(x, y)
        >>> model = from_sklearn(estimator)
        >>> model, model.class_names
        (Sequential([Dense(4, activation='tanh'), Dense(1, activation='sigmoid')], name='sequential'), ['no', 'yes'])
        >>> np.allclose(model.predict(x), estimator.predict_proba(x)[:, 1:], atol=1e-6)
        True
    """
    from rosenblatt.exchange import sklearn_models

    return sklearn_models.from_sklearn(estimator, seed)


def _torch_models(who: str) -> Any:
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(who, "torch", "PyTorch") from error
    from rosenblatt.exchange import torch_models

    return torch_models


def _too_large(numbers: float) -> ArgumentError:
    return ArgumentError(
        f"Sequential: expected layers that fit into memory, got {numbers:.3g} numbers. Make them smaller."
    )


def _shapes(plan: LayerPlan) -> tuple[Shape, dict[str, Shape]]:
    return plan.output_shape, {array.name: array.shape for array in (*plan.parameters, *plan.statistics)}


def _arrays_of(state: State) -> dict[str, Array]:
    return {"params": state.params, "statistics": state.statistics, **state.slots}


def _check_validation_freq(frequency: Any) -> None:
    """Raise unless it is a whole number of epochs or a list of epochs."""
    for number in frequency if isinstance(frequency, list | tuple | set | range) else [frequency]:
        check_whole_number("fit", "validation_freq", number, at_least=1)


def _is_due(epoch: int, frequency: int | Collection[int]) -> bool:
    if isinstance(frequency, Collection):
        return epoch + 1 in frequency
    return (epoch + 1) % frequency == 0


def _as_asked(logs: Mapping[str, Any], return_dict: bool) -> Any:
    if return_dict:
        return dict(logs)
    return logs["loss"] if len(logs) == 1 else list(logs.values())
