"""Optimizers under Keras's names, with Keras's arguments and defaults.

The equations are in ``rosenblatt.functional.optimizers``. Hand an optimizer to ``model.compile``, or use it alone::

    optimizer = Adam(0.001)
    optimizer.apply([dw, db], [w, b])  # changes w and b in place
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, TypedDict, Unpack

import numpy as np

from rosenblatt.arguments import check_flag, check_number, check_whole_number, drop_unsupported, refuse_unknown
from rosenblatt.configuration import Configurable, deserialize
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError
from rosenblatt.functional import optimizers as functional
from rosenblatt.optimizers import schedules
from rosenblatt.optimizers.schedules import LearningRateSchedule
from rosenblatt.plan import ArrayPlan, OptimizerPlan, Rule
from rosenblatt.types import Array, Shape

LearningRate: TypeAlias = float | LearningRateSchedule


class Shared(TypedDict, total=False):
    """The arguments that all optimizers have in common; ``Optimizer`` tells what they mean."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    name: str | None


class Optimizer(Configurable):
    """Base of all optimizers.

    A subclass names its rule of ``rosenblatt.functional.optimizers.OPTIMIZERS``; the arguments of its constructor that
    are not listed here are the rule's.

    Args:
        learning_rate: A number above 0, or a schedule of ``rosenblatt.optimizers.schedules``.
        weight_decay: Before each update every weight shrinks by this times the learning rate; biases too.
        clipnorm: The gradient of each array is scaled down to at most this length.
        clipvalue: Each number of the gradient is cut to within plus or minus this.
        global_clipnorm: The gradient of all arrays together is scaled down to at most this length.
        use_ema: Keep a moving average of the weights; it takes their place at the end of ``fit``.
        ema_momentum: The share of the old average in the new one.
        ema_overwrite_frequency: The average takes the weights' place every so many updates, too.
        name: How the optimizer is called in a file; its class in lower case unless given.

    Attributes:
        iterations: The updates made so far.
        slots: What was remembered between the calls of ``apply``; a model keeps its own.

    Raises:
        ArgumentError: a value outside of what is allowed, or more than one way of clipping.

    Example:
        >>> w = np.array([0.0, 0.0])
        >>> SGD(1.0, clipnorm=1.0).apply([np.array([3.0, 4.0])], [w])  # of length 5, cut to 1
        >>> w.round(6)
        array([-0.6, -0.8])

    Source: Keras, ``keras.optimizers.Optimizer``.
    """

    function: ClassVar[str]

    def __init__(
        self,
        learning_rate: LearningRate,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        self.learning_rate = learning_rate
        self.weight_decay = self._optional("weight_decay", weight_decay, at_least=0)
        self.clipnorm = self._optional("clipnorm", clipnorm, above=0)
        self.clipvalue = self._optional("clipvalue", clipvalue, above=0)
        self.global_clipnorm = self._optional("global_clipnorm", global_clipnorm, above=0)
        clippings = [key for key in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, key) is not None]
        if len(clippings) > 1:
            raise ArgumentError(
                f"{type(self).__name__}: expected one way of clipping at most, got {' and '.join(clippings)}."
            )
        self.use_ema = check_flag(type(self).__name__, "use_ema", use_ema)
        self.ema_momentum = self._number("ema_momentum", ema_momentum, at_least=0, at_most=1)
        self.ema_overwrite_frequency = (
            None
            if ema_overwrite_frequency is None
            else check_whole_number(type(self).__name__, "ema_overwrite_frequency", ema_overwrite_frequency, at_least=1)
        )
        self.name = name or type(self).__name__.lower()
        self.iterations = 0
        self.slots: dict[str, Array] = {}
        self._shapes: list[Shape] | None = None  # of the arrays given to ``apply``

    def __init_subclass__(cls, **more: Any) -> None:
        """Spell ``**shared`` out in the signature that help, editors and ``get_config`` see."""
        super().__init_subclass__(**more)
        _, *own = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = None  # type: ignore[attr-defined]  # that of its constructor, and never its base's
        if own and own[-1].kind is inspect.Parameter.VAR_KEYWORD:
            common = inspect.signature(Optimizer.__init__).parameters
            *shared, name = (common[key] for key in Shared.__annotations__)
            name = name.replace(default=cls.__name__.lower())
            cls.__signature__ = inspect.Signature([*own[:-1], *shared, name])  # type: ignore[attr-defined]

    @property
    def learning_rate(self) -> LearningRate:
        """The size of a step: a number, which may be set at any time, or a schedule."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: LearningRate | Mapping[str, Any]) -> None:
        if isinstance(value, Mapping):
            value = schedules.deserialize(value)
        if not isinstance(value, LearningRateSchedule):
            value = self._number("learning_rate", value, above=0)
        self._learning_rate: LearningRate = value

    @property
    def rule(self) -> Rule:
        """The update rule as it stands in a network's plan."""
        common = ("learning_rate", "weight_decay", *Shared.__annotations__)
        return Rule(self.function, {name: value for name, value in self.get_config().items() if name not in common})

    def plan(self) -> OptimizerPlan:
        """Return the optimizer as it stands in a network's plan."""
        rate = self.learning_rate
        return OptimizerPlan(
            rule=self.rule,
            schedule=rate.rule if isinstance(rate, LearningRateSchedule) else None,
            clipnorm=self.clipnorm,
            global_clipnorm=self.global_clipnorm,
            clipvalue=self.clipvalue,
            weight_decay=self.weight_decay,
            use_ema=self.use_ema,
            ema_momentum=self.ema_momentum,
            ema_overwrite_frequency=self.ema_overwrite_frequency,
        )

    def apply(self, gradients: Sequence[Any], parameters: Sequence[Array]) -> None:
        """Make one update of arrays of your own, in place.

        Args:
            gradients: The derivative of the loss with respect to each array; they stay as they are.
            parameters: Writable arrays of floats; the same ones, in the same order, at every call.

        Raises:
            ShapeError: the gradients do not fit the parameters, or these are not those of the calls before.
            ArgumentError: a parameter is not a writable array of floats.

        Example:
            >>> w, optimizer = np.array([1.0, 2.0]), SGD(0.1)
            >>> optimizer.apply([np.array([10.0, -10.0])], [w])
            >>> w, optimizer.iterations
            (array([0., 3.]), 1)
        """
        gradients = [np.asarray(gradient) for gradient in gradients]
        self._check_arrays(gradients, parameters)
        params = np.concatenate([parameter.ravel() for parameter in parameters])
        gradient = np.concatenate([gradient.ravel() for gradient in gradients]).astype(params.dtype)
        plan = self.plan()
        if self._shapes is None:
            self._shapes = [parameter.shape for parameter in parameters]
            self.slots = functional.start_slots(plan, params.size, params.dtype)
        arrays: list[ArrayPlan] = []
        for shape in self._shapes:
            arrays.append(ArrayPlan(f"parameter {len(arrays)}", shape, arrays[-1].stop if arrays else 0))
        rate = self.learning_rate if isinstance(self.learning_rate, float) else 0.0  # a schedule overrules it
        functional.update(plan, arrays, params, gradient, self.slots, self.iterations, rate)
        for array, parameter in zip(arrays, parameters, strict=True):
            parameter[...] = array.view(params)
        self.iterations += 1

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Array]]) -> None:
        """Make one update of arrays of your own, given as pairs of gradient and parameter: see ``apply``.

        Args:
            grads_and_vars: pairs (gradient, parameter), such as ``zip(gradients, parameters)``.

        Example:
            >>> w = np.array([1.0])
            >>> SGD(0.1).apply_gradients([(np.array([10.0]), w)])
            >>> w
            array([0.])
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [parameter for _, parameter in pairs])

    def _number(self, name: str, value: Any, **bounds: float) -> float:
        return check_number(type(self).__name__, name, value, **bounds)

    def _optional(self, name: str, value: Any, **bounds: float) -> float | None:
        return None if value is None else self._number(name, value, **bounds)

    def _check_arrays(self, gradients: Sequence[Array], parameters: Sequence[Array]) -> None:
        who = f"{type(self).__name__}.apply"
        if not parameters or len(gradients) != len(parameters):
            raise ShapeError(
                f"{who}: expected one gradient for each of the parameters, got {len(gradients)} gradients and "
                f"{len(parameters)} parameters."
            )
        for index, (gradient, parameter) in enumerate(zip(gradients, parameters, strict=True)):
            if not isinstance(parameter, np.ndarray) or not np.issubdtype(parameter.dtype, np.floating):
                kind = f"an array of {parameter.dtype}" if isinstance(parameter, np.ndarray) else repr(parameter)
                raise ArgumentError(
                    f"{who}: expected parameter {index} to be an array of floats, got {kind}. "
                    "It is changed in place: keep it as np.array(values, dtype=float)."
                )
            if not parameter.flags.writeable:
                raise ArgumentError(
                    f"{who}: expected parameter {index} to be writable, got a read-only array. Pass a copy of it."
                )
            if gradient.dtype.kind not in "fiu":
                raise ArgumentError(f"{who}: expected gradient {index} to be numbers, got {gradient.dtype}.")
            if gradient.shape != parameter.shape:
                raise ShapeError(
                    f"{who}: expected gradient {index} to have the shape {parameter.shape}, got {gradient.shape}."
                )
        shapes = [parameter.shape for parameter in parameters]
        if self._shapes is not None and shapes != self._shapes:
            raise ShapeError(
                f"{who}: expected the parameters of the first call, of shapes {self._shapes}, got {shapes}. "
                "Take a new optimizer for other parameters."
            )


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum (the heavy ball or Nesterov's) if wanted.

    ``w <- w - r g``; with momentum ``m <- mu m - r g``, ``w <- w + m``; Nesterov's is ``w <- w + mu m - r g``.
    ``Optimizer`` tells of the other arguments.

    Args:
        momentum: mu, the part of the last step that the next one keeps, 0 to 1; 0 is plain descent.
        nesterov: step as if the momentum had been followed already.

    Example:
        >>> w, optimizer = np.array([0.0]), SGD(0.1, momentum=0.9)
        >>> for _ in range(3):  # down the same slope: the steps grow, 0.1, 0.19, 0.271 ... to 1.0 in the end
        ...     optimizer.apply([np.array([1.0])], [w])
        ...     print(w.round(3))
        [-0.1]
        [-0.29]
        [-0.561]

    Source: Keras, ``keras.optimizers.SGD``; Polyak 1964 (momentum); Sutskever et al. 2013 (Nesterov).
    """

    function = "sgd"

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **shared)
        self.momentum = self._number("momentum", momentum, at_least=0, at_most=1)
        self.nesterov = check_flag(type(self).__name__, "nesterov", nesterov)


class RMSprop(Optimizer):
    """Divide each gradient by the root of the moving average of its square.

    ``v <- rho v + (1 - rho) g^2``, ``w <- w - r g / sqrt(v + eps)``. ``Optimizer`` tells of the other arguments.

    Args:
        rho: the memory of the mean square, 0 to 1.
        momentum: the part of the last step that the next one keeps, 0 to 1.
        epsilon: added to the mean square, at least 0.
        centered: divide by the deviation, ``sqrt(v - a^2 + eps)``, where ``a <- rho a + (1 - rho) g``.

    Example:
        >>> w = np.array([0.0, 0.0])
        >>> RMSprop(0.1).apply([np.array([100.0, 0.01])], [w])  # steps of one length from gradients of any size
        >>> w.round(2)  # 0.1 / sqrt(1 - rho)
        array([-0.32, -0.31])

    Source: Keras, ``keras.optimizers.RMSprop``; Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; Graves
        2013 (centered).
    """

    function = "rmsprop"

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **shared)
        self.rho = self._number("rho", rho, at_least=0, at_most=1)
        self.momentum = self._number("momentum", momentum, at_least=0, at_most=1)
        self.epsilon = self._number("epsilon", epsilon, at_least=0)
        self.centered = check_flag(type(self).__name__, "centered", centered)


class _AdamFamily(Optimizer):
    """What Adam, Nadam and Adamax have in common: the memory of the momentum, and that of the gradient's size."""

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **shared)
        self.beta_1 = self._number("beta_1", beta_1, at_least=0, below=1)
        self.beta_2 = self._number("beta_2", beta_2, at_least=0, below=1)
        self.epsilon = self._number("epsilon", epsilon, at_least=0)


class Adam(_AdamFamily):
    """Momentum over root mean square, both corrected for their start at zero.

    ``m <- b1 m + (1 - b1) g``, ``v <- b2 v + (1 - b2) g^2``, and at the t-th update
    ``w <- w - r sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps)``. ``Optimizer`` tells of the other arguments.

    Args:
        beta_1: b1, the memory of the momentum, from 0 to less than 1.
        beta_2: b2, the memory of the mean square, from 0 to less than 1.
        epsilon: added to the root, at least 0.
        amsgrad: divide by the largest v so far.

    Example:
        >>> w, optimizer = np.array([0.0, 0.0]), Adam(0.1)
        >>> for sign in (1.0, -1.0, 1.0, -1.0):
        ...     optimizer.apply([np.array([100.0, 100.0 * sign])], [w])
        >>> w.round(2)  # steps of the learning rate where the gradients agree, and small ones where not
        array([-0.4 , -0.12])

    Source: Keras, ``keras.optimizers.Adam``; Kingma and Ba 2015; Reddi et al. 2018 (AMSGrad).
    """

    function = "adam"

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, weight_decay, **shared)
        self.amsgrad = check_flag(type(self).__name__, "amsgrad", amsgrad)


class AdamW(Adam):
    """Adam whose weights shrink by ``weight_decay * learning_rate`` before each update, biases too.

    ``w <- w - r weight_decay w``, then `Adam`'s update, which knows nothing of it; the penalty of a regularizer would
    go through the gradient, and be divided by its root mean square too.

    Args:
        weight_decay: at least 0.
        beta_1: see `Adam`, as for all that follows.
        beta_2: the memory of the mean square.
        epsilon: added to the root.
        amsgrad: divide by the largest v so far.

    Example:
        >>> w = np.array([1.0, -20.0])
        >>> AdamW(0.1, weight_decay=0.5).apply([np.array([0.0, 0.0])], [w])  # without a gradient
        >>> w.round(6)
        array([  0.95, -19.  ])

    Source: Keras, ``keras.optimizers.AdamW``; Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **shared: Unpack[Shared],
    ) -> None:
        self._number("weight_decay", weight_decay, at_least=0)  # None would be plain Adam
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, **shared)


class Nadam(_AdamFamily):
    """Adam with Nesterov's look ahead: the newest gradient counts for more, and the momentum warms up.

    With ``u_t = b1 (1 - 0.96^t / 2)`` and `Adam`'s m and v,
    ``m^ = u_(t+1) m / (1 - u_1 ... u_(t+1)) + (1 - u_t) g / (1 - u_1 ... u_t)``,
    ``w <- w - r m^ / (sqrt(v / (1 - b2^t)) + eps)``. ``Optimizer`` tells of the other arguments.

    Args:
        beta_1: b1, the memory of the momentum, from 0 to less than 1.
        beta_2: b2, the memory of the mean square, from 0 to less than 1.
        epsilon: added to the root, at least 0.

    Example:
        >>> def last_step(optimizer):
        ...     w = np.array([0.0])
        ...     for gradient in (1.0, 1.0, 0.0):
        ...         before = w.copy()
        ...         optimizer.apply([np.array([gradient])], [w])
        ...     return (w - before).round(3)
        >>> last_step(Adam(0.1)), last_step(Nadam(0.1))  # the slope has ended: Nadam stops sooner
        (array([-0.077]), array([-0.012]))

    Source: Keras, ``keras.optimizers.Nadam``; Dozat 2016.
    """

    function = "nadam"


class Adamax(_AdamFamily):
    """Adam with the largest recent gradient in place of the root mean square.

    ``m <- b1 m + (1 - b1) g``, ``u <- max(b2 u, |g|)``, ``w <- w - r / (1 - b1^t) * m / (u + eps)``. ``Optimizer``
    tells of the other arguments.

    Args:
        beta_1: b1, the memory of the momentum, from 0 to less than 1.
        beta_2: b2, by which the largest gradient fades with each update, from 0 to less than 1.
        epsilon: added to u, at least 0.

    Example:
        >>> w, optimizer = np.array([0.0]), Adamax(0.1, beta_1=0.0)
        >>> for gradient in (1.0, 100.0, 1.0):  # after the large gradient the old ones make small steps
        ...     optimizer.apply([np.array([gradient])], [w])
        ...     print(w.round(3))
        [-0.1]
        [-0.2]
        [-0.201]

    Source: Keras, ``keras.optimizers.Adamax``; Kingma and Ba 2015, section 7.1.
    """

    function = "adamax"


class Adagrad(Optimizer):
    """Divide each gradient by the root of the sum of its squares so far: rare inputs learn faster.

    ``a <- a + g^2``, ``w <- w - r g / sqrt(a + eps)``. ``Optimizer`` tells of the other arguments.

    Args:
        initial_accumulator_value: where a starts, at least 0.
        epsilon: added to a, at least 0.

    Example:
        >>> w, optimizer = np.array([0.0]), Adagrad(0.1, initial_accumulator_value=0.0)
        >>> for _ in range(3):  # step t has the length 0.1 / sqrt(t)
        ...     optimizer.apply([np.array([1.0])], [w])
        ...     print(w.round(3))
        [-0.1]
        [-0.171]
        [-0.228]

    Source: Keras, ``keras.optimizers.Adagrad``; Duchi, Hazan and Singer 2011.
    """

    function = "adagrad"

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **shared)
        self.initial_accumulator_value = self._number(
            "initial_accumulator_value", initial_accumulator_value, at_least=0
        )
        self.epsilon = self._number("epsilon", epsilon, at_least=0)


class Lion(Optimizer):
    """Walk by the sign of the momentum alone: every weight moves by exactly the learning rate.

    ``w <- w - r sign(b1 m + (1 - b1) g)``, then ``m <- b2 m + (1 - b2) g``. ``Optimizer`` tells of the other arguments.

    Args:
        beta_1: b1, the share of the momentum in the step, above 0 to 1.
        beta_2: b2, the memory of the momentum, 0 to 1.

    Example:
        >>> w = np.array([0.0, 0.0, 0.0])
        >>> Lion(0.1).apply([np.array([100.0, -0.01, 0.0])], [w])
        >>> w
        array([-0.1,  0.1,  0. ])

    Source: Keras, ``keras.optimizers.Lion``; Chen et al. 2023, Symbolic Discovery of Optimization Algorithms.
    """

    function = "lion"

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **shared)
        self.beta_1 = self._number("beta_1", beta_1, above=0, at_most=1)
        self.beta_2 = self._number("beta_2", beta_2, at_least=0, at_most=1)


ALL: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": Nadam,
    "adamax": Adamax,
    "adagrad": Adagrad,
    "lion": Lion,
}


def get(identifier: str | type[Optimizer] | Optimizer | Mapping[str, Any]) -> Optimizer:
    """Return an optimizer: by its name in any case, from its class or description, or the object itself.

    Args:
        identifier: such as "adam", `Adam`, ``{"class_name": "Adam", "config": {}}`` or ``Adam(0.01)``.

    Raises:
        UnknownNameError: a name that is in no table.
        ArgumentError: neither of these, or a description with an argument that is not supported.

    Example:
        >>> get("Adam")
        Adam()
        >>> get({"class_name": "SGD", "config": {"learning_rate": 0.5}})
        SGD(0.5)
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()  # type: ignore[call-arg]
    if isinstance(identifier, str):
        if identifier.lower() not in ALL:
            raise UnknownNameError("optimizer", identifier, ALL)
        return ALL[identifier.lower()]()  # type: ignore[call-arg]
    if isinstance(identifier, Mapping):
        supported = drop_unsupported("optimizer", identifier, ("loss_scale_factor", "gradient_accumulation_steps"))
        return deserialize("optimizer", {**supported, "class_name": str(identifier.get("class_name")).lower()}, ALL)
    raise ArgumentError(f"optimizer: expected a name, a class, an object or its description, got {identifier!r}.")
