"""The layers a network is made of, under Keras's names.

A layer is a description: what it is called, what it does, which numbers it needs. Once it stands in a built model its
numbers are views into the model's state (``kernel``, ``bias``, ``get_weights``). All arithmetic is in
``rosenblatt.functional``; there, ``network.LAYERS`` has one function per kind of layer.
"""

from __future__ import annotations

import math
import re
from abc import ABC
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from numbers import Integral
from typing import Any, NamedTuple, Self, TypedDict, TypeVar, Unpack

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
from rosenblatt.configuration import Configurable
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
    """

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
        self.trainable = check_flag(type(self).__name__, "trainable", trainable)
        self.declared_input_shape = None if input_shape is None else shape_of_row(type(self).__name__, input_shape)
        self.owner: object | None = None  # the model that this layer stands in
        self._plan: LayerPlan | None = None
        self._arrays = {}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name, the common ones included."""
        return super().get_config() | {
            "name": self.declared_name,
            "trainable": self.trainable,
            "input_shape": None if self.declared_input_shape is None else list(self.declared_input_shape),
        }

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
        """The layer as its model's plan has it."""
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
        self.plan  # noqa: B018  (says what is missing where the layer is not built)
        return dict(self._arrays)

    def get_weights(self) -> list[Array]:
        """Return copies of the layer's arrays: first what is learnt, then what is measured."""
        return [array.copy() for array in self.weights.values()]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Overwrite the layer's arrays with others of the same shapes.

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
        twin._arrays = {name: array.copy() for name, array in self._arrays.items()}
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()  # a model that is copied binds the copies of its layers to its own numbers

    def __getstate__(self) -> dict[str, Any]:
        """Leave model and views out of a pickle: the model has the layer and the numbers, and gives it views again."""
        state = self.__dict__.copy()
        if self._plan is not None:
            del state["_arrays"]
            state["owner"] = None
        return state

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        """The layer's numbers by name. They are always set, but where a pickle left them with the model."""
        raise ModelStateError(
            f"{type(self).__name__} {self.name!r}: expected a layer beside its model, which has its numbers, got "
            "one that was pickled alone. Pickle the model, or layer.copy()."
        )

    # How a model builds its layers

    def start(self, numbers: Numbers, rng: Generator, dtype: str) -> Array:
        """Return the numbers that the layer brings along, or new ones from the initialiser."""
        brought = self._arrays.get(numbers.name)
        if brought is not None and brought.shape == numbers.shape:
            return brought
        array: Array = initializers.get(numbers.initializer)(numbers.shape, dtype=dtype, rng=rng)
        return array

    def bind(self, plan: LayerPlan, arrays: dict[str, Array], owner: object) -> None:
        """Take up a place in a model: from now on the layer's numbers are these views."""
        self._plan, self._arrays, self.owner = plan, arrays, owner

    def release(self) -> None:
        """Leave the model, keeping a copy of the numbers."""
        self._plan, self._arrays, self.owner = None, {k: v.copy() for k, v in self._arrays.items()}, None


class Input(Configurable):
    """The shape of one row, as the first entry of a model.

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

    Example:
        >>> Dense(10, activation="softmax", input_shape=(784,))
        Dense(10, activation='softmax')

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

    Example:
        >>> Activation("tanh")
        Activation('tanh')

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

    Example:
        >>> Rescaling(1 / 255)
        Rescaling(0.00392156862745098)

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
            self._arrays = {"mean": _figures("mean", mean), "variance": _figures("variance", variance)}
            if (self._arrays["variance"] < 0).any():
                raise ArgumentError(f"Normalization: expected variance of at least 0, got {variance!r}.")
            self._given = {name: figures.tolist() for name, figures in self._arrays.items()}

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


def snake_case(name: str) -> str:
    """Return a class's name in small letters, as names of layers and the folders in Keras's files have it.

    Example:
        >>> snake_case("BatchNormalization"), snake_case("ReLU")
        ('batch_normalization', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _checked(identifier: T, get: Callable[[Any], object]) -> T:
    """Find a wrong name where it is typed, not when the model is built."""
    found = get(identifier)
    return identifier if identifier is None or isinstance(identifier, str) else found  # type: ignore[return-value]
