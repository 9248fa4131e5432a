"""The losses under their Keras names: classes to compile a model with or to call by hand, and plain functions.

    model.compile(loss="mse")                                by name
    model.compile(loss=Huber(delta=2.0))                     by object
    Huber(delta=2.0)(y_true, y_pred)                         by hand: one number
    Huber(delta=2.0).gradient(y_true, y_pred)                by hand: its derivative with respect to y_pred
    huber(y_true, y_pred, delta=2.0)                         by hand: one number a row

The mathematics, each function beside its derivative, is in ``rosenblatt.functional.losses``. How the rows' numbers
become one is the ``reduction``:

    "sum_over_batch_size"        sum(weight * value) / number of rows; the default; also called "mean"
    "mean_with_sample_weight"    sum(weight * value) / sum(weight)
    "sum"                        sum(weight * value)
    None or "none"               no reduction: weight * value, one number a row
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar, NoReturn, TypeAlias

import numpy as np

from rosenblatt.arguments import check_choice, check_flag, check_last_axis, check_number, check_numbers
from rosenblatt.configuration import Configurable, deserialize, tell_default_name
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError
from rosenblatt.functional import losses as functional
from rosenblatt.functional.network import loss_shares
from rosenblatt.plan import Rule
from rosenblatt.targets import WHOLE_ROWS, outputs, targets
from rosenblatt.types import Array, ArrayLike

# A user's own loss: (y_true, y_pred) -> (values, one a row; their gradient, like y_pred).
LossFunction: TypeAlias = Callable[[Array, Array], tuple[ArrayLike, ArrayLike]]
LossIdentifier: TypeAlias = "str | Loss | type[Loss] | Mapping[str, Any] | Callable[..., Any]"

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none")


class Loss(Configurable):
    """Base of all losses: it reconciles shapes, weighs rows and reduces; the subclass names the function.

    For a loss of your own see ``CustomLoss``.

    Args:
        reduction: How the rows' numbers become one; see the module's first lines.
        name: What the loss is called; by default as its function is.

    Raises:
        UnknownNameError: there is no such reduction.

    Example:
        >>> loss = MeanSquaredError(reduction="sum")
        >>> loss([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[1.0, 0.5])
        3.0
        >>> loss.gradient([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[1.0, 0.5]).tolist()
        [[2.0], [2.0]]
    """

    rule_name: ClassVar[str] = "loss"  # a subclass's is a name in functional.losses.LOSSES

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        tell_default_name(cls, Loss.__init__, cls.rule_name)

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str | None = None) -> None:
        if reduction is not None:
            check_choice(type(self).__name__, "reduction", reduction, REDUCTIONS)
        self.reduction = {"mean": "sum_over_batch_size", "none": None}.get(str(reduction), reduction)
        self.name = self.rule_name if name is None else name

    @property
    def rule(self) -> Rule:
        """What a plan says about this loss: the function's name and its own arguments."""
        config = {name: value for name, value in self.get_config().items() if name not in ("reduction", "name", "axis")}
        return Rule(self.rule_name, config)

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """Return the loss.

        Args:
            y_true: Targets, shaped like y_pred; (n,) and (n, 1) mean the same. Class indices for the sparse loss.
            y_pred: Outputs, (n, units).
            sample_weight: A weight for each row, (n,); None for ones.

        Returns:
            A float; with ``reduction=None`` an array of one number a row.

        Raises:
            ShapeError: the arrays do not fit each other.
            DataError: the targets are not of the kind that this loss takes.
        """
        target, output = self._arrays(y_true, y_pred)
        rule = self.rule
        values = functional.LOSSES[rule.name].function(target, output, **rule.config)
        values = values * self._shares(values, sample_weight)
        return values if self.reduction is None else float(values.sum())

    def gradient(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Array:
        """Return the derivative of the loss with respect to y_pred.

        Args:
            y_true: As for calling the loss.
            y_pred: As for calling the loss.
            sample_weight: As for calling the loss.

        Returns:
            An array like y_pred. With ``reduction=None`` each row's derivative is that of its own number.

        Raises:
            ShapeError: the arrays do not fit each other.
            DataError: the targets are not of the kind that this loss takes.
        """
        target, output = self._arrays(y_true, y_pred)
        rule = self.rule
        gradient = functional.LOSSES[rule.name].gradient(target, output, **rule.config)
        gradient = gradient * self._shares(gradient[..., 0], sample_weight)[..., np.newaxis]
        return gradient.reshape(np.shape(y_pred))

    def _arrays(self, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
        """Targets and outputs as rows."""
        who = type(self).__name__
        output = outputs(y_pred, who)
        if output.ndim > 1:
            return targets(self.rule_name, y_true, output, who), output
        if self.rule_name in WHOLE_ROWS:
            y_true, output = np.asarray(y_true)[np.newaxis], output[np.newaxis]
        else:
            output = output[:, np.newaxis]
        return targets(self.rule_name, y_true, output, who), output

    def _shares(self, values: Array, sample_weight: ArrayLike | None) -> Array:
        """Each value's share in the loss."""
        weight = None
        if sample_weight is not None:
            weight = np.asarray(sample_weight, dtype=values.dtype)
            if weight.shape == (*values.shape, 1):
                weight = weight[..., 0]
            if weight.shape != values.shape[: weight.ndim]:
                raise ShapeError(
                    f"{type(self).__name__}: expected a sample_weight for each of {len(values)} rows, got an array of "
                    f"shape {weight.shape}. Give one weight per row."
                )
        return loss_shares(values, weight, self.reduction or "sum")


class MeanSquaredError(Loss):
    """The mean of (y_pred - y_true)**2: errors count more the larger they are.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> MeanSquaredError()([[0.0], [1.0]], [[1.0], [1.0]])
        0.5
    """

    rule_name = "mean_squared_error"


class MeanAbsoluteError(Loss):
    """The mean of abs(y_pred - y_true): every unit of error counts the same.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> MeanAbsoluteError()([[0.0], [1.0]], [[1.0], [1.0]])
        0.5
    """

    rule_name = "mean_absolute_error"


class MeanAbsolutePercentageError(Loss):
    """The mean of 100 * abs(y_pred - y_true) / abs(y_true).

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> MeanAbsolutePercentageError()([[10.0], [4.0]], [[11.0], [3.0]])
        17.5
    """

    rule_name = "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(Loss):
    """The mean of (log(1 + y_pred) - log(1 + y_true))**2: ratios count, not differences.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> round(MeanSquaredLogarithmicError()([[1.0], [199.0]], [[0.0], [99.0]]), 4)
        0.4805
    """

    rule_name = "mean_squared_logarithmic_error"


class Huber(Loss):
    """A squared error near 0, a straight line beyond delta: outliers pull less than with the squared error.

    Args:
        delta: Where the straight line begins; above 0.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: delta is not a number above 0.

    Example:
        >>> Huber()([[0.0], [0.0]], [[0.5], [3.0]])
        1.3125

    Source:
        Huber, "Robust estimation of a location parameter" (1964).
    """

    rule_name = "huber"

    def __init__(
        self, delta: float = 1.0, reduction: str | None = "sum_over_batch_size", name: str = "huber_loss"
    ) -> None:
        super().__init__(reduction, name)
        self.delta = check_number(type(self).__name__, "delta", delta, above=0)


class LogCosh(Loss):
    """The mean of log(cosh(y_pred - y_true)): a smooth Huber loss.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> round(LogCosh()([[0.0], [0.0]], [[1.0], [1000.0]]), 4)
        499.8703
    """

    rule_name = "log_cosh"


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between y_pred and y_true: -1 where they point the same way.

    Args:
        axis: -1, as a vector lies on the last axis.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: axis is not -1.

    Example:
        >>> CosineSimilarity()([[0.0, 1.0]], [[0.0, 8.0]])
        -1.0
    """

    rule_name = "cosine_similarity"

    def __init__(
        self, axis: int = -1, reduction: str | None = "sum_over_batch_size", name: str = "cosine_similarity"
    ) -> None:
        super().__init__(reduction, name)
        self.axis = check_last_axis(type(self).__name__, axis, "vectors")


class BinaryCrossentropy(Loss):
    """The surprise at the right answer, of one or more yes-or-no answers: -mean(t * log(p) + (1 - t) * log(1 - p)).

    Args:
        from_logits: Whether y_pred is z, before the sigmoid, instead of a probability.
        label_smoothing: The share by which targets are drawn to one half, from 0 to 1.
        axis: -1, as the classes lie on the last axis.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: from_logits is neither True nor False, label_smoothing is out of range, or axis is not -1.

    Example:
        >>> round(BinaryCrossentropy()([1, 0], [0.5, 0.5]), 4)
        0.6931
        >>> BinaryCrossentropy(from_logits=True)([1], [-1000.0])
        1000.0

    Source:
        Cox, "The regression analysis of binary sequences" (1958).
    """

    rule_name = "binary_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
    ) -> None:
        super().__init__(reduction, name)
        who = type(self).__name__
        self.axis = check_last_axis(who, axis, "classes")
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)


class BinaryFocalCrossentropy(Loss):
    """The binary cross-entropy, weighted down where the answer is nearly right: for rare classes.

    Args:
        apply_class_balancing: Whether class 1 is weighted by alpha and class 0 by 1 - alpha.
        alpha: The weight of class 1.
        gamma: How strongly easy rows are weighted down, at least 0; 0 gives the plain cross-entropy.
        from_logits: Whether y_pred is z, before the sigmoid, instead of a probability.
        label_smoothing: The share by which targets are drawn to one half, from 0 to 1.
        axis: -1, as the classes lie on the last axis.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: a number is out of its range, a flag neither True nor False, or axis not -1.

    Example:
        >>> round(BinaryFocalCrossentropy()([1], [0.5]), 4)
        0.1733

    Source:
        Lin et al., "Focal loss for dense object detection" (2018).
    """

    rule_name = "binary_focal_crossentropy"

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
    ) -> None:
        super().__init__(reduction, name)
        who = type(self).__name__
        self.axis = check_last_axis(who, axis, "classes")
        self.apply_class_balancing = check_flag(who, "apply_class_balancing", apply_class_balancing)
        self.alpha = check_number(who, "alpha", alpha)
        self.gamma = check_number(who, "gamma", gamma, at_least=0)
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)


class CategoricalCrossentropy(Loss):
    """The surprise at the right class, for one-hot rows: -sum(t * log(p)).

    Args:
        from_logits: Whether y_pred is z, before the softmax, instead of probabilities.
        label_smoothing: The share by which targets are drawn to equal probabilities, from 0 to 1.
        axis: -1, as the classes lie on the last axis.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: from_logits is neither True nor False, label_smoothing is out of range, or axis is not -1.

    Example:
        >>> round(CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]), 4)
        0.6931
    """

    rule_name = "categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
    ) -> None:
        super().__init__(reduction, name)
        who = type(self).__name__
        self.axis = check_last_axis(who, axis, "classes")
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)


class CategoricalFocalCrossentropy(Loss):
    """The categorical cross-entropy, weighted down where the answer is nearly right: for rare classes.

    Args:
        alpha: The weight of every class, or one number a class.
        gamma: How strongly easy rows are weighted down, at least 0.
        from_logits: Whether y_pred is z, before the softmax, instead of probabilities.
        label_smoothing: The share by which targets are drawn to equal probabilities, from 0 to 1.
        axis: -1, as the classes lie on the last axis.
        reduction: See the module's first lines.
        name: What the loss is called.

    Raises:
        ArgumentError: a number is out of its range, a flag neither True nor False, or axis not -1.

    Example:
        >>> round(CategoricalFocalCrossentropy()([[0, 1]], [[0.5, 0.5]]), 4)
        0.0433

    Source:
        Lin et al., "Focal loss for dense object detection" (2018).
    """

    rule_name = "categorical_focal_crossentropy"

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
    ) -> None:
        super().__init__(reduction, name)
        who = type(self).__name__
        self.axis = check_last_axis(who, axis, "classes")
        self.alpha: float | list[float]
        if isinstance(alpha, Sequence | np.ndarray) and not isinstance(alpha, str | bytes):
            self.alpha = check_numbers(who, "alpha", alpha)
        else:
            self.alpha = check_number(who, "alpha", alpha)
        self.gamma = check_number(who, "gamma", gamma, at_least=0)
        self.from_logits = check_flag(who, "from_logits", from_logits)
        self.label_smoothing = check_number(who, "label_smoothing", label_smoothing, at_least=0, at_most=1)


class SparseCategoricalCrossentropy(Loss):
    """The surprise at the right class, for class indices from 0: -log(p[class]).

    Args:
        from_logits: Whether y_pred is z, before the softmax, instead of probabilities.
        reduction: See the module's first lines.
        axis: -1, as the classes lie on the last axis.
        name: What the loss is called.

    Raises:
        ArgumentError: from_logits is neither True nor False, or axis is not -1.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 4)
        0.6931
    """

    rule_name = "sparse_categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(reduction, name)
        who = type(self).__name__
        self.axis = check_last_axis(who, axis, "classes")
        self.from_logits = check_flag(who, "from_logits", from_logits)


class KLDivergence(Loss):
    """How far the probabilities y_pred are from y_true: sum(t * log(t / p)).

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
        0.1438

    Source:
        Kullback and Leibler, "On information and sufficiency" (1951).
    """

    rule_name = "kl_divergence"


class Poisson(Loss):
    """How unlikely the counts y_true are at the rates y_pred, which are positive: mean(p - t * log(p)).

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> Poisson()([[0.0]], [[1.5]])
        1.5
    """

    rule_name = "poisson"


class Hinge(Loss):
    """The mean of max(1 - y_true * y_pred, 0), for targets -1 and 1, or 0 and 1.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> Hinge()([[1], [-1]], [[0.25], [-3.0]])
        0.375

    Source:
        Cortes and Vapnik, "Support-vector networks" (1995).
    """

    rule_name = "hinge"


class SquaredHinge(Loss):
    """The mean of max(1 - y_true * y_pred, 0)**2, for targets -1 and 1, or 0 and 1.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> SquaredHinge()([[1], [-1]], [[0.5], [-3.0]])
        0.125
    """

    rule_name = "squared_hinge"


class CategoricalHinge(Loss):
    """How far the best wrong output comes within a margin of 1 of the right one, for one-hot rows.

    Args:
        reduction: See the module's first lines.
        name: What the loss is called.

    Example:
        >>> CategoricalHinge()([[0, 1, 0]], [[2.0, 1.5, -1.0]])
        1.5

    Source:
        Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector machines" (2001).
    """

    rule_name = "categorical_hinge"


class CustomLoss(Loss):
    """A loss of your own: a function that returns each row's value and its gradient.

    The library does not differentiate functions by itself; ``check_gradient`` tells whether the gradient is right.

    Args:
        function: ``f(y_true, y_pred) -> (values, gradient)``: values (n,), one a row, and their gradient with respect
            to y_pred, shaped like it. Each row's value depends on that row alone, and nothing is divided by n.
        reduction: See the module's first lines.
        name: What the loss is called; by default the function's name.

    Raises:
        ArgumentError: the function cannot be called.

    Example:
        >>> def fourth_power(y_true, y_pred):
        ...     error = y_pred - y_true
        ...     return (error**4).sum(axis=-1), 4 * error**3
        >>> loss = CustomLoss(fourth_power)
        >>> loss([[0.0], [0.0]], [[1.0], [2.0]])
        8.5
        >>> loss.gradient([[0.0], [0.0]], [[1.0], [2.0]]).tolist()
        [[2.0], [16.0]]
    """

    rule_name = "custom"

    def __init__(
        self, function: LossFunction, reduction: str | None = "sum_over_batch_size", name: str | None = None
    ) -> None:
        if not callable(function):
            raise ArgumentError(f"{type(self).__name__}: expected a function of y_true and y_pred, got {function!r}.")
        super().__init__(reduction, name or str(getattr(function, "__name__", "custom")))
        self.function = function

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the function by its name."""
        return super().get_config() | {"function": getattr(self.function, "__name__", "custom")}

    @property
    def rule(self) -> Rule:
        """The name "custom" and the function, its results checked; such a plan cannot be written to a file."""
        return Rule("custom", {"function": self.evaluate})

    def evaluate(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """Call the function, and check that it returns values and gradient in their shapes.

        Raises:
            ArgumentError: it returned something else than a pair.
            ShapeError: values or gradient have the wrong shape.
        """
        pair = self.function(y_true, y_pred)
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ArgumentError(
                f"loss {self.name!r}: expected the function to return (values, gradient), got {type(pair).__name__}. "
                "Return the derivative of each row's value with respect to y_pred as well."
            )
        values, gradient = (np.asarray(array, dtype=y_pred.dtype) for array in pair)
        if values.shape != y_pred.shape[:-1] or gradient.shape != y_pred.shape:
            raise ShapeError(
                f"loss {self.name!r}: expected values of shape {y_pred.shape[:-1]} and a gradient of shape "
                f"{y_pred.shape}, got {values.shape} and {gradient.shape}. Sum or average over the last axis only."
            )
        return values, gradient


CLASSES: dict[str, type[Loss]] = {
    loss.__name__: loss
    for loss in (
        MeanSquaredError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredLogarithmicError,
        Huber,
        LogCosh,
        CosineSimilarity,
        BinaryCrossentropy,
        BinaryFocalCrossentropy,
        CategoricalCrossentropy,
        CategoricalFocalCrossentropy,
        SparseCategoricalCrossentropy,
        KLDivergence,
        Poisson,
        Hinge,
        SquaredHinge,
        CategoricalHinge,
    )
}

ALIASES: dict[str, str] = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
}

# Every name that a loss can be asked for by.
NAMES: dict[str, type[Loss]] = CLASSES | {loss.rule_name: loss for loss in CLASSES.values()}
NAMES |= {short: NAMES[name] for short, name in ALIASES.items()}
NAMES |= {short.upper(): NAMES[name] for short, name in ALIASES.items()}


def get(identifier: LossIdentifier) -> Loss:
    """Return a loss.

    Args:
        identifier: A name ("mean_squared_error", "MeanSquaredError", "mse"), a class, a loss, one of this module's
            functions, a function of your own (see ``CustomLoss``), or what ``configuration.serialize`` returned.

    Returns:
        A loss; the one given, where it is one.

    Raises:
        UnknownNameError: the name is not known.
        ArgumentError: the identifier is none of these.

    Example:
        >>> get("mse")
        MeanSquaredError()
        >>> get(huber)
        Huber()
        >>> get({"class_name": "Huber", "config": {"delta": 2.0}})
        Huber(2.0)
        >>> get("mean_square_error")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.UnknownNameError: loss: expected a known name, got 'mean_square_error'. \
Did you mean 'mean_squared_error'?
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        if identifier not in NAMES:
            raise UnknownNameError("loss", identifier, NAMES)
        return NAMES[identifier]()
    if isinstance(identifier, Mapping):
        return deserialize("loss", identifier, CLASSES)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier) and not isinstance(identifier, type):
        return NAMES[identifier.__name__]() if identifier in FUNCTIONS.values() else CustomLoss(identifier)
    raise ArgumentError(
        f"loss: expected a name, a loss or a function, got {identifier!r}. For example loss='mean_squared_error'."
    )


def _by_hand(name: str) -> Callable[..., Array]:
    """A function of two arrays, whatever their precision and shape, that returns one number a row."""
    function = functional.LOSSES[name].function

    @wraps(function)
    def values_of(y_true: ArrayLike, y_pred: ArrayLike, *args: Any, **kwargs: Any) -> Array:
        one_row = np.ndim(y_pred) == 1 and np.ndim(y_true) < 2
        if one_row:
            y_true, y_pred = np.asarray(y_true)[np.newaxis], np.asarray(y_pred)[np.newaxis]
        output = outputs(y_pred, name)
        if output.ndim == 1:
            output = output[:, np.newaxis]
        values: Array = function(targets(name, y_true, output, name), output, *args, **kwargs)
        return values[0] if one_row else values

    signature = inspect.signature(function)
    words = {"target": "y_true", "output": "y_pred"}
    parameters = [p.replace(name=words.get(p.name, p.name)) for p in signature.parameters.values()]
    values_of.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return values_of


FUNCTIONS: dict[str, Callable[..., Array]] = {loss.rule_name: _by_hand(loss.rule_name) for loss in CLASSES.values()}

mean_squared_error = mse = MSE = FUNCTIONS["mean_squared_error"]
mean_absolute_error = mae = MAE = FUNCTIONS["mean_absolute_error"]
mean_absolute_percentage_error = mape = MAPE = FUNCTIONS["mean_absolute_percentage_error"]
mean_squared_logarithmic_error = msle = MSLE = FUNCTIONS["mean_squared_logarithmic_error"]
huber = FUNCTIONS["huber"]
log_cosh = FUNCTIONS["log_cosh"]
cosine_similarity = FUNCTIONS["cosine_similarity"]
binary_crossentropy = bce = BCE = FUNCTIONS["binary_crossentropy"]
binary_focal_crossentropy = FUNCTIONS["binary_focal_crossentropy"]
categorical_crossentropy = FUNCTIONS["categorical_crossentropy"]
categorical_focal_crossentropy = FUNCTIONS["categorical_focal_crossentropy"]
sparse_categorical_crossentropy = FUNCTIONS["sparse_categorical_crossentropy"]
kl_divergence = kld = KLD = FUNCTIONS["kl_divergence"]
poisson = FUNCTIONS["poisson"]
hinge = FUNCTIONS["hinge"]
squared_hinge = FUNCTIONS["squared_hinge"]
categorical_hinge = FUNCTIONS["categorical_hinge"]


def check_gradient(loss: LossIdentifier, y_true: ArrayLike, y_pred: ArrayLike, directions: int = 3) -> None:
    """Check a loss's gradient against finite differences of its values, in float64 and in random directions.

    Along a direction v, ``(value(y_pred + h * v) - value(y_pred - h * v)) / 2h`` must be ``sum(gradient * v)``.

    Args:
        loss: Whatever ``get`` takes, a function of your own above all.
        y_true: Targets as for calling the loss.
        y_pred: Outputs as for calling the loss, none of them at a corner of it (``abs`` has one at 0).
        directions: How many directions are tried.

    Raises:
        ArgumentError: they disagree; the largest disagreement is named.

    Example:
        >>> def half_square(y_true, y_pred):
        ...     error = y_pred - y_true
        ...     return (error**2).sum(axis=-1) / 2, 2 * error
        >>> check_gradient(half_square, [[0.0]], [[3.0]])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: loss 'half_square': expected the derivative 3 at y_pred[0, 0] as finite \
differences of the values give it, got 6 from its gradient. Return the derivative of each row's own value, not \
divided by the number of rows.
    """
    loss = get(loss)
    target, output = loss._arrays(y_true, np.asarray(y_pred, dtype=np.float64))
    rule = loss.rule
    function = functional.LOSSES[rule.name]
    gradient = function.gradient(target, output, **rule.config)
    size = np.abs(output) + 1e-3  # small outputs may be probabilities: a step must not leave their range

    def slope(direction: Array) -> Array:
        """The values' derivative along a direction, by central differences."""
        change = 6e-6 * direction
        ahead, behind = (function.function(target, output + c, **rule.config) for c in (change, -change))
        difference: Array = (ahead - behind) / 1.2e-5
        return difference

    rounding = 1e-8 * (1.0 + np.abs(function.function(target, output, **rule.config)))
    rng = np.random.default_rng(0)
    for _ in range(directions):
        direction = size * rng.standard_normal(output.shape)
        measured, claimed = slope(direction), (gradient * direction).sum(axis=-1)
        allowed = 1e-4 * np.maximum(np.abs(measured), np.abs(claimed)) + rounding
        excess = np.abs(measured - claimed) / allowed
        if not np.all(excess <= 1.0):
            _tell_worst(loss, slope, gradient, size, np.unravel_index(int(np.argmax(excess)), excess.shape))


def doubt(loss: Loss, activation: str, outputs: Array) -> str | None:
    """Return why a loss can hardly be meant for the outputs that it is given, with a cure; None where it can.

    Args:
        loss: the loss.
        activation: the name of the one that the outputs come from.
        outputs: (n, units), some of them.

    Example:
        >>> print(doubt(BinaryCrossentropy(), "linear", np.array([[-1.5], [3.0]])))
        expected outputs from 0 to 1, for binary_crossentropy takes probabilities, got some from -1.5 to 3. \
Let the model end in a sigmoid, or give BinaryCrossentropy(from_logits=True).
        >>> doubt(BinaryCrossentropy(), "sigmoid", np.array([[0.2], [0.9]])) is None
        True
    """
    rule = loss.rule
    if "from_logits" not in rule.config:
        return None
    by_class = "categorical" in rule.name
    wanted = "softmax" if by_class else "sigmoid"
    if rule.config["from_logits"]:
        if activation not in ("softmax", wanted):
            return None
        return f"expected outputs before any {activation}, as from_logits=True says, got those of one. Leave it out."
    if activation == "softmax" and outputs.shape[-1] == 1:
        return "expected several outputs of a softmax, got one, which is always 1. Use a sigmoid, or an output a class."
    low, high = outputs.min(), outputs.max()
    # The categorical ones divide by the sum. What is not finite is no matter of the loss.
    if not np.isfinite([low, high]).all() or (low >= 0 and (by_class or high <= 1)):
        return None
    return (
        f"expected outputs from 0 to 1, for {rule.name} takes probabilities, got some from {low:.3g} to {high:.3g}. "
        f"Let the model end in a {wanted}, or give {type(loss).__name__}(from_logits=True)."
    )


def _tell_worst(loss: Loss, slope: Callable[[Array], Array], gradient: Array, size: Array, row: Any) -> NoReturn:
    """Raise the error that names the output of a row at which gradient and finite differences differ most."""
    measured = np.empty(gradient.shape[-1])
    for unit in range(len(measured)):
        direction = np.zeros_like(gradient)
        direction[(*row, unit)] = size[(*row, unit)]
        measured[unit] = slope(direction)[row] / size[(*row, unit)]
    unit = int(np.argmax(np.abs(measured - gradient[row])))
    place = ", ".join(str(int(index)) for index in (*row, unit))
    raise ArgumentError(
        f"loss {loss.name!r}: expected the derivative {measured[unit]:.6g} at y_pred[{place}] as finite differences of "
        f"the values give it, got {gradient[(*row, unit)]:.6g} from its gradient. Return the derivative of each row's "
        "own value, not divided by the number of rows."
    )
