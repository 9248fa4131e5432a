"""The layers a network is made of, under Keras's names.

A layer is a description: what it is called, what it does, which numbers it needs. Once it stands in a built model its
numbers are views into the model's state (``kernel``, ``bias``, ``get_weights``). All arithmetic is in
``rosenblatt.functional``; there, ``network.LAYERS`` has one function per kind of layer.
"""

from __future__ import annotations

import math
from abc import ABC
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import Any, NamedTuple, Protocol, Self, TypedDict, TypeVar, Unpack

import numpy as np

from rosenblatt import activations, constraints, initializers, regularizers
from rosenblatt.arguments import (
    check_flag,
    check_last_axis,
    check_name,
    check_number,
    check_whole_number,
    refuse_unknown,
)
from rosenblatt.configuration import Configurable, snake_case
from rosenblatt.data import check_finite, check_rows, gives_batches, rows_of_each
from rosenblatt.data import numbers as as_numbers
from rosenblatt.errors import ArgumentError, DataError, ModelStateError, ShapeError
from rosenblatt.functional.normalization import joint_moments, moments
from rosenblatt.plan import ArrayPlan, LayerPlan, Rule
from rosenblatt.types import Array, Generator, Shape

T = TypeVar("T")


class Numbers(NamedTuple):
    """An array that a layer needs: its name, shape, how it starts, what its size costs, and its bounds."""

    name: str
    shape: Shape
    initializer: Any
    regularizer: Any = None
    constraint: Any = None


class Owner(Protocol):
    """What a layer knows of the model that it stands in."""

    def forget_plan(self) -> None:
        """Be told that a layer has changed."""


class CommonArguments(TypedDict, total=False):
    """The keyword arguments that every layer takes."""

    name: str | None
    trainable: bool
    input_shape: int | Sequence[int] | None
    input_dim: int | None


class Layer(Configurable, ABC):
    """Base of all layers.

    Args:
        name: the layer's name in its model; by default the class name in small letters, numbered where needed.
        trainable: False freezes the layer: `fit` leaves its weights, and the moving averages of a BatchNormalization,
            as they are.
        input_shape: the shape of one row, for a model's first layer. Without it the model is built on its first data.
        input_dim: the same for rows that are vectors: ``input_dim=8`` is ``input_shape=(8,)``.

    Raises:
        ArgumentError: an argument that the layer does not have, or no shape of a row, such as (None, 8).

    Example:
        >>> layer = Dense(3, name="hidden", input_dim=8)
        >>> layer.name, layer.declared_input_shape, layer.built
        ('hidden', (8,), False)

    Source: Keras, ``keras.layers.Layer``.
    """

    owner: Owner | None = None  # the model that this layer stands in

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        input_shape: int | Sequence[int] | None = None,
        input_dim: int | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown, CommonArguments.__annotations__)
        if input_dim is not None:
            input_shape = (input_dim,)
        self.declared_name = None if name is None else check_name(type(self).__name__, name)
        self.trainable = trainable
        self.declared_input_shape = None if input_shape is None else shape_of_row(type(self).__name__, input_shape)
        self._plan: LayerPlan | None = None
        self._held: dict[str, Array] | None = {}  # the numbers; None where a pickle left them with the model

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name, the common ones included."""
        return super().get_config() | {
            "name": self.declared_name,
            "trainable": self.trainable,
            "input_shape": None if self.declared_input_shape is None else list(self.declared_input_shape),
        }

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute, and tell the model: its plan describes the layers as they are."""
        super().__setattr__(name, value)
        if self.owner is not None:
            self.owner.forget_plan()

    @property
    def trainable(self) -> bool:
        """Whether the layer learns; False freezes it. In a model it counts at once, also while that is trained."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = check_flag(type(self).__name__, "trainable", value)

    # What a kind of layer says of itself

    @property
    def kind(self) -> str:
        """The layer's entry in ``rosenblatt.functional.network.LAYERS``."""
        return type(self).__name__

    def rule_config(self) -> dict[str, Any]:
        """Return what the layer's function in ``network.LAYERS`` reads from the plan."""
        return {}

    def output_shape_for(self, input_shape: Shape) -> Shape:
        """Return the shape of one row's output."""
        return input_shape

    def parameters_for(self, input_shape: Shape) -> list[Numbers]:
        """Return the arrays that are learnt."""
        return []

    def statistics_for(self, input_shape: Shape) -> list[Numbers]:
        """Return the arrays that are measured."""
        return []

    def _numbers(self, name: str, shape: Shape) -> Numbers:
        """Return an array that is learnt, from the constructor's arguments for it: kernel_initializer and so on."""
        constraint = constraints.get(getattr(self, f"{name}_constraint"))
        if constraint is not None:
            constraint.check_shape(f"{type(self).__name__} {name}_constraint", shape)
        return Numbers(
            name,
            shape,
            getattr(self, f"{name}_initializer"),
            regularizers.get(getattr(self, f"{name}_regularizer")),
            constraint,
        )

    # What a layer is once its model is built

    @property
    def built(self) -> bool:
        """Whether the layer's shapes are known and its numbers exist."""
        return self._plan is not None

    @property
    def name(self) -> str | None:
        """The name given, else the one that the layer has in its built model."""
        return self.declared_name if self._plan is None else self._plan.name

    @property
    def plan(self) -> LayerPlan:
        """The layer as it was when its model was built: its name, its shapes, and where its numbers lie."""
        if self._plan is None:
            who = f"{type(self).__name__} {self.name!r}" if self.name else type(self).__name__
            raise ModelStateError(
                f"{who}: expected a layer in a built model, got one whose input shape is not known yet. "
                "Give the first layer input_shape=, or call model.build(input_shape) or fit first."
            )
        return self._plan

    @property
    def input_shape(self) -> Shape:
        """The shape of one row of input."""
        return self.plan.input_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of one row of output."""
        return self.plan.output_shape

    @property
    def weights(self) -> dict[str, Array]:
        """The layer's numbers by name: views, so that writing to one changes the model."""
        arrays = (*self.plan.parameters, *self.plan.statistics)
        return {array.name: self._arrays[array.name] for array in arrays}

    def get_weights(self) -> list[Array]:
        """Return copies of the layer's arrays: first what is learnt, then what is measured."""
        return [array.copy() for array in self.weights.values()]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Overwrite the layer's arrays with others of the same shapes.

        Args:
            weights: arrays in the order of `get_weights`.

        Raises:
            ShapeError: there are more or fewer arrays than the layer has, or one has another shape.
        """
        copy_weights(f"{type(self).__name__} {self.name!r}", self.weights, weights)

    def count_params(self) -> int:
        """Return how many numbers the layer holds."""
        return sum(array.size for array in self.weights.values())

    def copy(self) -> Self:
        """Return a layer like this one that stands in no model, with the same numbers."""
        config = self.get_config()
        twin = type(self).from_config(config)
        twin.bring({name: array.copy() for name, array in self._arrays.items()})
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()  # a model that is copied binds the copies of its layers to its own numbers

    def __getstate__(self) -> dict[str, Any]:
        """Leave model and views out of a pickle: the model has the layer and the numbers, and gives it views again."""
        state = self.__dict__.copy()
        if self._plan is not None:
            state["_held"] = state["owner"] = None
        return state

    @property
    def _arrays(self) -> dict[str, Array]:
        """The layer's numbers by name."""
        if self._held is None:
            raise ModelStateError(
                f"{type(self).__name__} {self.name!r}: expected a layer beside its model, which has its numbers, got "
                "one that was pickled alone. Pickle the model, or layer.copy()."
            )
        return self._held

    # How a model builds its layers

    def bring(self, arrays: dict[str, Array]) -> None:
        """Have numbers by name, with which the layer starts when its model is built."""
        self._held = arrays

    def start(self, numbers: Numbers, rng: Generator, dtype: str) -> Array:
        """Return the numbers that the layer brings along, or new ones from the initialiser."""
        brought = self._arrays.get(numbers.name)
        if brought is not None and brought.shape == numbers.shape:
            return brought
        array: Array = initializers.get(numbers.initializer)(numbers.shape, dtype=dtype, rng=rng)
        return array

    def bind(self, plan: LayerPlan, arrays: dict[str, Array], owner: Owner) -> None:
        """Take up a place in a model: from now on the layer's numbers are these views."""
        self._plan, self._held, self.owner = plan, arrays, owner

    def release(self) -> None:
        """Leave the model, keeping a copy of the numbers."""
        self._plan, self._held, self.owner = None, {k: v.copy() for k, v in self._arrays.items()}, None


class Input(Configurable):
    """The shape of one row, as the first entry of a model.

    Args:
        shape: without the batch; ``8`` is ``(8,)``.
        name: as in Keras; it names nothing in the model.

    Example:
        >>> Input(shape=(28, 28))
        Input((28, 28))

    Source: Keras, ``keras.Input``.
    """

    def __init__(self, shape: int | Sequence[int], name: str | None = None) -> None:
        self.shape = shape_of_row("Input", shape)
        self.name = name


class Dense(Layer):
    """A fully connected layer: y = f(x w + b).

    Args:
        units: outputs, at least 1.
        activation: f, a name or a function of ``rosenblatt.activations``; None is the identity.
        use_bias: whether there is a b.
        kernel_initializer: how w (n_in, units) starts.
        bias_initializer: how b (units,) starts.
        kernel_regularizer: what the size of w costs, such as ``"l2"`` or ``L2(0.001)``.
        bias_regularizer: what the size of b costs.
        kernel_constraint: what w is put back to after each update, such as ``"non_neg"`` or ``MaxNorm(3.0)``.
        bias_constraint: what b is put back to.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Raises:
        ArgumentError: an argument of the wrong kind or out of its range.
        UnknownNameError: a name that is in no table, with the nearest one that is.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> layer = Sequential([layers.Dense(10, activation="softmax", input_shape=(784,))]).layers[0]
        >>> layer.kernel.shape, layer.bias.shape, layer.count_params()
        ((784, 10), (10,), 7850)

    Source: Keras, ``keras.layers.Dense``.
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        self.units = check_whole_number("Dense", "units", units, at_least=1)
        self.activation = None if activation is None else activations.rule(activation).name
        self.use_bias = check_flag("Dense", "use_bias", use_bias)
        self.kernel_initializer = _checked(kernel_initializer, initializers.get)
        self.bias_initializer = _checked(bias_initializer, initializers.get)
        self.kernel_regularizer = _checked(kernel_regularizer, regularizers.get)
        self.bias_regularizer = _checked(bias_regularizer, regularizers.get)
        self.kernel_constraint = _checked(kernel_constraint, constraints.get)
        self.bias_constraint = _checked(bias_constraint, constraints.get)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"activation": activations.rule(self.activation)}

    def output_shape_for(self, input_shape: Shape) -> Shape:
        """See `Layer`."""
        return (*input_shape[:-1], self.units)

    def parameters_for(self, input_shape: Shape) -> list[Numbers]:
        """See `Layer`."""
        kernel = self._numbers("kernel", (input_shape[-1], self.units))
        bias = self._numbers("bias", (self.units,))
        return [kernel, bias] if self.use_bias else [kernel]

    @property
    def kernel(self) -> Array:
        """The weights w, (n_in, units)."""
        return self.weights["kernel"]

    @property
    def bias(self) -> Array | None:
        """The biases b, (units,); None without bias."""
        return self.weights.get("bias")


class Flatten(Layer):
    """Lay each row's numbers out in one line: (28, 28) becomes (784,).

    Args:
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Flatten()]).predict([[[1.0, 2.0], [3.0, 4.0]]])
        array([[1., 2., 3., 4.]], dtype=float32)

    Source: Keras, ``keras.layers.Flatten``.
    """

    def __init__(self, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)

    def output_shape_for(self, input_shape: Shape) -> Shape:
        """See `Layer`."""
        return (math.prod(input_shape),)


class ActivationLayer(Layer, ABC):
    """Base of the layers that only apply an activation function."""

    @property
    def kind(self) -> str:
        """See `Layer`."""
        return "Activation"


class Activation(ActivationLayer):
    """An activation function as a layer of its own: y = f(x).

    Args:
        activation: f, a name or a function of ``rosenblatt.activations``.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Raises:
        UnknownNameError: a name that is in no table, with the nearest one that is.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Activation("step")]).predict([[-0.1, 0.0, 0.1]])
        array([[0., 1., 1.]], dtype=float32)

    Source: Keras, ``keras.layers.Activation``.
    """

    def __init__(self, activation: Any, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.activation = activations.rule(activation).name

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"activation": activations.rule(self.activation)}


class ReLU(ActivationLayer):
    """y = x above the threshold, else negative_slope (x - threshold); never more than max_value.

    Args:
        max_value: at least 0; None for no limit.
        negative_slope: at least 0.
        threshold: at least 0.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.ReLU(max_value=6.0, negative_slope=0.5)]).predict([[-4.0, 2.0, 8.0]])
        array([[-2.,  2.,  6.]], dtype=float32)

    Source: Keras, ``keras.layers.ReLU``.
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        if max_value is not None:
            check_number("ReLU", "max_value", max_value, at_least=0)
        self.max_value = max_value
        self.negative_slope = check_number("ReLU", "negative_slope", negative_slope, at_least=0)
        self.threshold = check_number("ReLU", "threshold", threshold, at_least=0)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        slopes = {"negative_slope": self.negative_slope, "max_value": self.max_value, "threshold": self.threshold}
        return {"activation": Rule("relu", slopes)}


class LeakyReLU(ActivationLayer):
    """y = x above zero, else negative_slope x.

    Args:
        negative_slope: at least 0.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.LeakyReLU()]).predict([[-10.0, 10.0]])
        array([[-3., 10.]], dtype=float32)

    Source: Keras, ``keras.layers.LeakyReLU``; its slope is 0.3, while the function of that name has 0.2.
    """

    def __init__(self, negative_slope: float = 0.3, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.negative_slope = check_number("LeakyReLU", "negative_slope", negative_slope, at_least=0)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"activation": Rule("leaky_relu", {"negative_slope": self.negative_slope})}


class ELU(ActivationLayer):
    """y = x above zero, else alpha (exp(x) - 1).

    Args:
        alpha: the depth, -alpha, that y falls to.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.ELU(alpha=2.0)]).predict([[-1000.0, 0.0, 3.0]])
        array([[-2.,  0.,  3.]], dtype=float32)

    Source: Keras, ``keras.layers.ELU``; Clevert, Unterthiner and Hochreiter (2015).
    """

    def __init__(self, alpha: float = 1.0, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.alpha = check_number("ELU", "alpha", alpha)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"activation": Rule("elu", {"alpha": self.alpha})}


class Softmax(ActivationLayer):
    """Turn the numbers of the last axis into probabilities: y = exp(x) / Σ exp(x).

    Args:
        axis: -1, as the classes lie on the last axis.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Softmax()]).predict([np.log([1.0, 3.0])]).round(4)  # logits are logarithms of odds
        array([[0.25, 0.75]], dtype=float32)

    Source: Keras, ``keras.layers.Softmax``.
    """

    def __init__(self, axis: int = -1, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.axis = check_last_axis("Softmax", axis, "classes")

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"activation": Rule("softmax")}


class PReLU(Layer):
    """y = x above zero, else alpha x, with a learnt slope alpha for every unit.

    Args:
        alpha_initializer: how alpha, of the shape of a row, starts; from zeros it is a ReLU at first.
        alpha_regularizer: what the size of alpha costs.
        alpha_constraint: what alpha is put back to after each update.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.PReLU(input_shape=(2,))])
        >>> model.layers[0].alpha[:] = [0.5, 0.25]
        >>> model.predict([[-4.0, -4.0]])
        array([[-2., -1.]], dtype=float32)

    Source: Keras, ``keras.layers.PReLU``; He, Zhang, Ren and Sun (2015).
    """

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        self.alpha_initializer = _checked(alpha_initializer, initializers.get)
        self.alpha_regularizer = _checked(alpha_regularizer, regularizers.get)
        self.alpha_constraint = _checked(alpha_constraint, constraints.get)

    def parameters_for(self, input_shape: Shape) -> list[Numbers]:
        """See `Layer`."""
        return [self._numbers("alpha", input_shape)]

    @property
    def alpha(self) -> Array:
        """The slopes below zero, one per unit."""
        return self.weights["alpha"]


class Rescaling(Layer):
    """y = scale x + offset; ``Rescaling(1 / 255)`` makes the scaling of images part of the model.

    Args:
        scale: any number.
        offset: any number, added last.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Rescaling(1 / 127.5, offset=-1)]).predict([[0.0, 127.5, 255.0]])
        array([[-1.,  0.,  1.]], dtype=float32)

    Source: Keras, ``keras.layers.Rescaling``.
    """

    def __init__(self, scale: float, offset: float = 0.0, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.scale = check_number("Rescaling", "scale", scale)
        self.offset = check_number("Rescaling", "offset", offset)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"scale": self.scale, "offset": self.offset}


class Normalization(Layer):
    """y = (x - mean) / standard deviation, feature by feature, with figures measured by `adapt`.

    Args:
        axis: -1 measures every feature of the last axis on its own, None all numbers together.
        mean: given instead of measured; needs variance as well.
        variance: given instead of measured.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0]]))
        >>> layer.mean, layer.variance
        (array([ 2., 20.]), array([  1., 100.]))

    Source: Keras, ``keras.layers.Normalization``.
    """

    def __init__(
        self,
        axis: int | None = -1,
        mean: float | Sequence[float] | None = None,
        variance: float | Sequence[float] | None = None,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        if axis is not None and not (isinstance(axis, Integral) and axis == -1):
            raise ArgumentError(f"Normalization: expected axis to be -1 or None, got {axis!r}.")
        if (mean is None) != (variance is None):
            raise ArgumentError("Normalization: expected both mean and variance, got only one. Give both or adapt.")
        self.axis = axis
        self._given: dict[str, Any] = {"mean": None, "variance": None}
        if mean is not None and variance is not None:
            figures = {"mean": _figures("mean", mean), "variance": _figures("variance", variance)}
            if (figures["variance"] < 0).any():
                raise ArgumentError(f"Normalization: expected variance of at least 0, got {variance!r}.")
            self.bring(figures)
            self._given = {name: array.tolist() for name, array in figures.items()}

    def get_config(self) -> dict[str, Any]:
        """See `Layer`; figures given are configuration, figures measured are weights."""
        return super().get_config() | self._given

    def start(self, numbers: Numbers, rng: Generator, dtype: str) -> Array:
        """See `Layer`; figures measured on other columns than the model's are an error."""
        brought = self._arrays.get(numbers.name)
        if brought is None or brought.ndim == 0 or brought.shape == numbers.shape:
            return super().start(numbers, rng, dtype) if brought is None else np.broadcast_to(brought, numbers.shape)
        raise self._misfit(numbers.shape, brought.shape)

    def _misfit(self, expected: Shape, got: Shape) -> ShapeError:
        return ShapeError(
            f"Normalization: expected figures of shape {expected}, got {got}. "
            "Adapt the layer to data with as many columns as the model has."
        )

    def adapt(self, data: Any) -> None:
        """Measure mean and variance; a second call measures anew.

        Args:
            data: rows (n, *input_shape), or something that gives batches of them, with or without targets.

        Raises:
            DataError: NaN, text, or no rows.
            ShapeError: rows of one number each, or batches that do not fit each other or the model.
        """
        measured = [self._measure(rows) for rows in (rows_of_each(data) if gives_batches(data) else [data])]
        if not measured:
            raise DataError(f"Normalization.adapt: expected rows, got no batches from {type(data).__name__}.")
        counts, means, variances = zip(*measured, strict=True)
        for mean in means:
            if mean.shape != means[0].shape:
                raise self._misfit(means[0].shape, mean.shape)
        mean, variance = joint_moments(np.array(counts), np.array(means), np.array(variances))
        if self.built and mean.shape != self._arrays["mean"].shape:
            raise self._misfit(self._arrays["mean"].shape, mean.shape)
        self._given = {"mean": None, "variance": None}
        for name, value in (("mean", mean), ("variance", variance)):
            if self.built:
                self._arrays[name][...] = value
            else:
                self._arrays[name] = value

    def _measure(self, data: Any) -> tuple[int, Array, Array]:
        """Return of some rows how many numbers each figure is made of, their means and their variances."""
        rows = as_numbers("Normalization.adapt", "data", data)
        check_rows("Normalization.adapt", "data", rows)
        if rows.ndim < 2:
            raise ShapeError(
                f"Normalization.adapt: expected data of shape (n, ...), got {rows.shape}. One column is x[:, None]."
            )
        check_finite("Normalization.adapt", "data", rows)
        axes = tuple(range(rows.ndim - 1)) if self.axis == -1 else tuple(range(rows.ndim))
        mean, variance = moments(rows.astype(np.float64, copy=False), axes)
        return rows.size // mean.size, mean, variance

    def statistics_for(self, input_shape: Shape) -> list[Numbers]:
        """See `Layer`."""
        shape = input_shape[-1:] if self.axis == -1 else ()
        return [Numbers("mean", shape, "zeros"), Numbers("variance", shape, "ones")]

    @property
    def mean(self) -> Array | None:
        """The means that are taken off; None before `adapt`."""
        return self._arrays.get("mean")

    @property
    def variance(self) -> Array | None:
        """The variances that are divided by; None before `adapt`."""
        return self._arrays.get("variance")


class Dropout(Layer):
    """In training, set a share of the units to zero and scale the others up by 1 / (1 - rate); in use, do nothing.

    Args:
        rate: the share that is dropped, from 0 to less than 1.
        seed: of the masks; by default the model's own.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Dropout(0.5)]).predict([[1.0, 1.0, 1.0, 1.0, 1.0]])
        array([[1., 1., 1., 1., 1.]], dtype=float32)
        >>> from rosenblatt.functional.dropout import dropout_mask
        >>> dropout_mask((1, 5), rate=0.5, seed=0, step=0, layer=0, dtype="float32")  # what training multiplies by
        array([[0., 2., 2., 2., 0.]], dtype=float32)

    Source: Keras, ``keras.layers.Dropout``; Srivastava et al. (2014).
    """

    def __init__(self, rate: float, seed: int | None = None, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.rate = check_number("Dropout", "rate", rate, at_least=0, below=1)
        self.seed = None if seed is None else check_whole_number("Dropout", "seed", seed, at_least=0)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"rate": self.rate, "seed": self.seed}


class GaussianNoise(Layer):
    """In training, add normal noise of mean 0; in use, do nothing.

    Args:
        stddev: the noise's standard deviation, 0 or more.
        seed: of the noise; by default the model's own.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.GaussianNoise(0.1)]).predict([[1.0, 1.0, 1.0]])
        array([[1., 1., 1.]], dtype=float32)
        >>> from rosenblatt.functional.dropout import gaussian_noise
        >>> gaussian_noise((1, 3), stddev=0.1, seed=0, step=0, layer=0, dtype="float32").round(2)  # added in training
        array([[ 0.1 , -0.09, -0.06]], dtype=float32)

    Source: Keras, ``keras.layers.GaussianNoise``.
    """

    def __init__(self, stddev: float, seed: int | None = None, **common: Unpack[CommonArguments]) -> None:
        super().__init__(**common)
        self.stddev = check_number("GaussianNoise", "stddev", stddev, at_least=0)
        self.seed = None if seed is None else check_whole_number("GaussianNoise", "seed", seed, at_least=0)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"stddev": self.stddev, "seed": self.seed}


class ScaleAndShift(Layer, ABC):
    """Base of the normalising layers: both end in y = gamma n + beta, with gamma and beta of the last axis learnt."""

    center: bool
    scale: bool
    epsilon: float
    beta_initializer: Any
    gamma_initializer: Any
    beta_regularizer: Any
    gamma_regularizer: Any
    beta_constraint: Any
    gamma_constraint: Any

    def parameters_for(self, input_shape: Shape) -> list[Numbers]:
        """See `Layer`."""
        gamma, beta = (self._numbers(name, input_shape[-1:]) for name in ("gamma", "beta"))
        return [gamma] * self.scale + [beta] * self.center

    @property
    def gamma(self) -> Array | None:
        """The learnt scale; None without scale."""
        return self.weights.get("gamma")

    @property
    def beta(self) -> Array | None:
        """The learnt shift; None without center."""
        return self.weights.get("beta")


class BatchNormalization(ScaleAndShift):
    """Bring every unit to mean 0 and variance 1 over the batch, then scale and shift by learnt numbers.

    In training the batch's own figures are used, and moving averages follow them; in use the averages take their
    place, as they do where the layer is frozen (``trainable=False``).

    Args:
        axis: -1, as the units lie on the last axis.
        momentum: how slowly the averages follow, 0 to 1.
        epsilon: added to the variance.
        center: whether a shift beta is learnt.
        scale: whether a scale gamma is learnt.
        beta_initializer: how beta starts.
        gamma_initializer: how gamma starts.
        moving_mean_initializer: how the average of the means starts.
        moving_variance_initializer: how the average of the variances starts.
        beta_regularizer: what the size of beta costs.
        gamma_regularizer: what the size of gamma costs.
        beta_constraint: what beta is put back to after each update.
        gamma_constraint: what gamma is put back to.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.BatchNormalization(momentum=0.5)])
        >>> model.compile("sgd", "mse")
        >>> _ = model.fit([[1.0], [3.0]], [[0.0], [0.0]], epochs=2, verbose=0)  # two batches of mean 2, variance 1
        >>> model.layers[0].moving_mean, model.layers[0].moving_variance  # from 0 and 1, half of the way each time
        (array([1.5], dtype=float32), array([1.], dtype=float32))

    Source: Keras, ``keras.layers.BatchNormalization``; Ioffe and Szegedy (2015).
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        self.axis = check_last_axis("BatchNormalization", axis, "units")
        self.momentum = check_number("BatchNormalization", "momentum", momentum, at_least=0, at_most=1)
        self.epsilon = check_number("BatchNormalization", "epsilon", epsilon, at_least=0)
        self.center = check_flag("BatchNormalization", "center", center)
        self.scale = check_flag("BatchNormalization", "scale", scale)
        self.beta_initializer = _checked(beta_initializer, initializers.get)
        self.gamma_initializer = _checked(gamma_initializer, initializers.get)
        self.moving_mean_initializer = _checked(moving_mean_initializer, initializers.get)
        self.moving_variance_initializer = _checked(moving_variance_initializer, initializers.get)
        self.beta_regularizer = _checked(beta_regularizer, regularizers.get)
        self.gamma_regularizer = _checked(gamma_regularizer, regularizers.get)
        self.beta_constraint = _checked(beta_constraint, constraints.get)
        self.gamma_constraint = _checked(gamma_constraint, constraints.get)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"momentum": self.momentum, "epsilon": self.epsilon}

    def statistics_for(self, input_shape: Shape) -> list[Numbers]:
        """See `Layer`."""
        return [
            Numbers("moving_mean", input_shape[-1:], self.moving_mean_initializer),
            Numbers("moving_variance", input_shape[-1:], self.moving_variance_initializer),
        ]

    @property
    def moving_mean(self) -> Array:
        """The average of the batches' means."""
        return self.weights["moving_mean"]

    @property
    def moving_variance(self) -> Array:
        """The average of the batches' variances."""
        return self.weights["moving_variance"]


class LayerNormalization(ScaleAndShift):
    """Bring every row to mean 0 and variance 1 over its units, then scale and shift by learnt numbers.

    Args:
        axis: -1, as the units lie on the last axis.
        epsilon: added to the variance.
        center: whether a shift beta is learnt.
        scale: whether a scale gamma is learnt.
        beta_initializer: how beta starts.
        gamma_initializer: how gamma starts.
        beta_regularizer: what the size of beta costs.
        gamma_regularizer: what the size of gamma costs.
        beta_constraint: what beta is put back to after each update.
        gamma_constraint: what gamma is put back to.
        **common: name, trainable, input_shape, input_dim (see `Layer`).

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.LayerNormalization()]).predict([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]).round(2)
        array([[-1.22,  0.  ,  1.22],
               [-1.22,  0.  ,  1.22]], dtype=float32)

    Source: Keras, ``keras.layers.LayerNormalization``; Ba, Kiros and Hinton (2016).
    """

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(**common)
        self.axis = check_last_axis("LayerNormalization", axis, "units")
        self.epsilon = check_number("LayerNormalization", "epsilon", epsilon, at_least=0)
        self.center = check_flag("LayerNormalization", "center", center)
        self.scale = check_flag("LayerNormalization", "scale", scale)
        self.beta_initializer = _checked(beta_initializer, initializers.get)
        self.gamma_initializer = _checked(gamma_initializer, initializers.get)
        self.beta_regularizer = _checked(beta_regularizer, regularizers.get)
        self.gamma_regularizer = _checked(gamma_regularizer, regularizers.get)
        self.beta_constraint = _checked(beta_constraint, constraints.get)
        self.gamma_constraint = _checked(gamma_constraint, constraints.get)

    def rule_config(self) -> dict[str, Any]:
        """See `Layer`."""
        return {"epsilon": self.epsilon}


LAYERS: dict[str, type[Layer]] = {
    "Activation": Activation,
    "BatchNormalization": BatchNormalization,
    "Dense": Dense,
    "Dropout": Dropout,
    "ELU": ELU,
    "Flatten": Flatten,
    "GaussianNoise": GaussianNoise,
    "LayerNormalization": LayerNormalization,
    "LeakyReLU": LeakyReLU,
    "Normalization": Normalization,
    "PReLU": PReLU,
    "ReLU": ReLU,
    "Rescaling": Rescaling,
    "Softmax": Softmax,
}


def lay_out(layers: Sequence[Layer], names: Sequence[str], input_shape: Shape) -> tuple[LayerPlan, ...]:
    """Plan a chain of layers: each one's shapes, and where its numbers lie in the flat vectors. Allocates nothing."""
    plans: list[LayerPlan] = []
    params = statistics = 0
    for layer, name in zip(layers, names, strict=True):
        parameter_plans = tuple(_place(layer.parameters_for(input_shape), params))
        statistic_plans = tuple(_place(layer.statistics_for(input_shape), statistics))
        params = parameter_plans[-1].stop if parameter_plans else params
        statistics = statistic_plans[-1].stop if statistic_plans else statistics
        output_shape = layer.output_shape_for(input_shape)
        plans.append(
            LayerPlan(
                kind=layer.kind,
                name=name,
                config=layer.rule_config(),
                input_shape=input_shape,
                output_shape=output_shape,
                parameters=parameter_plans,
                statistics=statistic_plans,
                trainable=layer.trainable,
            )
        )
        input_shape = output_shape
    return tuple(plans)


def name_layers(layers: Sequence[Layer]) -> list[str]:
    """Return a name for every layer: its own, or its class in small letters, numbered within the model.

    Example:
        >>> name_layers([Dense(8), ReLU(), Dense(4), Dense(1, name="answer")])
        ['dense', 're_lu', 'dense_1', 'answer']
    """
    given = Counter(layer.declared_name for layer in layers if layer.declared_name is not None)
    twice = sorted(name for name, times in given.items() if times > 1)
    if twice:
        raise ArgumentError(f"Sequential: expected every layer to have its own name, got {', '.join(twice)} twice.")
    next_number: Counter[str] = Counter()
    names = []
    for layer in layers:
        name, stem = layer.declared_name, snake_case(type(layer).__name__)
        while name is None or (name != layer.declared_name and name in given):
            name = f"{stem}_{next_number[stem]}" if next_number[stem] else stem
            next_number[stem] += 1
        names.append(name)
    return names


def dense_layers(layers: Iterable[Layer]) -> list[Dense]:
    """Return those of some layers that have units: weighted sums of all inputs.

    Example:
        >>> dense_layers([Flatten(), Dense(8), ReLU(), Dense(1)])
        [Dense(8), Dense(1)]
    """
    return [layer for layer in layers if isinstance(layer, Dense)]


def shape_of_row(who: str, shape: int | Sequence[int]) -> Shape:
    """Return the shape of one row as a tuple, or say what is wrong with it."""
    sizes = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str | bytes) else (shape,)
    if not sizes or not all(isinstance(n, Integral) and not isinstance(n, bool) and n >= 1 for n in sizes):
        raise ArgumentError(
            f"{who}: expected input_shape to be the shape of one row, such as (784,), got {shape!r}. "
            "Leave the batch size out."
        )
    return tuple(int(size) for size in sizes)


def copy_weights(who: str, into: Mapping[str, Array], weights: Sequence[Array]) -> None:
    """Overwrite arrays with others, after checking all of them: either all change or none."""
    if not isinstance(weights, Sequence) and not (isinstance(weights, np.ndarray) and weights.ndim):
        raise ArgumentError(f"{who}: expected a list of {len(into)} arrays, got {weights!r}. Try get_weights().")
    arrays = [as_numbers(who, f"array {place}", weight) for place, weight in enumerate(weights)]
    if len(arrays) != len(into):
        raise ShapeError(f"{who}: expected {len(into)} arrays ({', '.join(into)}), got {len(arrays)}.")
    for (name, old), new in zip(into.items(), arrays, strict=True):
        if old.shape != new.shape:
            raise ShapeError(f"{who}: expected {name} of shape {old.shape}, got {new.shape}.")
    for old, new in zip(into.values(), arrays, strict=True):
        old[...] = new


def _figures(name: str, value: Any) -> Array:
    figures = as_numbers("Normalization", name, value).astype(np.float64)
    check_finite("Normalization", name, np.atleast_1d(figures))
    return figures


def _place(numbers: Sequence[Numbers], start: int) -> Iterator[ArrayPlan]:
    for name, shape, _, regularizer, constraint in numbers:
        regularizer, constraint = (None if given is None else given.rule for given in (regularizer, constraint))
        array = ArrayPlan(name, shape, start, regularizer, constraint)
        start = array.stop
        yield array


def _checked(identifier: T, get: Callable[[Any], object]) -> T:
    """Find a wrong name where it is typed, not when the model is built."""
    found = get(identifier)
    return identifier if identifier is None or isinstance(identifier, str) else found  # type: ignore[return-value]
