"""Start values of weights under Keras's names.

The formulas are in ``rosenblatt.functional.initializers``. A seeded initializer returns the same values at every call,
bit for bit those of Keras's NumPy backend. One without a seed takes it from the model's generator, or, used alone, from
the operating system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rosenblatt.arguments import check_choice, check_number, check_whole_number, drop_unsupported
from rosenblatt.configuration import Configurable, deserialize
from rosenblatt.data import numbers
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError
from rosenblatt.functional import initializers as functional
from rosenblatt.types import Array, Generator, Shape


class Initializer(Configurable):
    """Base of all initializers: called with a shape, it returns a new array.

    One of your own derives from it and has its own ``__call__``.

    Example:
        >>> class Alternating(Initializer):
        ...     def __call__(self, shape, dtype=None, rng=None):
        ...         return np.resize(np.array([1.0, -1.0], dtype or "float32"), shape)
        >>> Alternating()((2, 3))
        array([[ 1., -1.,  1.],
               [-1.,  1., -1.]], dtype=float32)

    Source: Keras, ``keras.initializers.Initializer``.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None, rng: Generator | None = None) -> Array:
        """Return start values.

        Args:
            shape: of the array, ``(n_in, n_out)`` for a kernel.
            dtype: float32 unless given.
            rng: where an initializer without a seed takes it from; the operating system unless given.
        """
        return self._fill(tuple(shape), dtype or "float32", rng)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must have the method _fill or its own __call__.")


class Zeros(Initializer):
    """Fill with 0, the usual start of a bias.

    Where the kernels start so too, all units of a hidden layer get the same gradient, and stay alike for ever.

    Example:
        >>> Zeros()((3,))
        array([0., 0., 0.], dtype=float32)

    Source: Keras, ``keras.initializers.Zeros``.
    """

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.zeros(shape, dtype=dtype)


class Ones(Initializer):
    """Fill with 1, the start of a scale such as a normalising layer's gamma.

    Example:
        >>> Ones()((3,))
        array([1., 1., 1.], dtype=float32)

    Source: Keras, ``keras.initializers.Ones``.
    """

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.ones(shape, dtype=dtype)


class Constant(Initializer):
    """Fill with one value, or with nested lists or an array of values that fit the shape.

    Args:
        value: a number, or values that broadcast to the shape.

    Raises:
        ShapeError: when called, with a shape that the values do not fit.

    Example:
        >>> Constant([1.0, 2.0])((2, 2))
        array([[1., 2.],
               [1., 2.]], dtype=float32)

    Source: Keras, ``keras.initializers.Constant``.
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = numbers("Constant", "value", value).tolist()

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        try:
            return functional.constant(shape, value=self.value, dtype=dtype)
        except ValueError as error:
            raise ShapeError(
                f"Constant: expected values that fit the shape {shape}, got shape {np.shape(self.value)}. "
                "Give one number, or as many as the array has."
            ) from error


class Identity(Initializer):
    """``gain`` on the diagonal of a matrix, 0 elsewhere.

    Args:
        gain: any number.

    Raises:
        ShapeError: when called, with a shape that is no matrix's.

    Example:
        >>> Identity()((2, 3))
        array([[1., 0., 0.],
               [0., 1., 0.]], dtype=float32)

    Source: Keras, ``keras.initializers.Identity``.
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = check_number("Identity", "gain", gain)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        if len(shape) != 2:
            raise ShapeError(f"Identity: expected a shape of two axes, got {shape}.")
        return functional.identity(shape, gain=self.gain, dtype=dtype)


class RandomInitializer(Initializer):
    """Base of the initializers that draw.

    Args:
        seed: at least 0. With one, every call gives the same values; with None, the model's seed decides, or the
            operating system where there is no model.

    Example:
        >>> draw = RandomNormal(seed=1)
        >>> bool((draw((2, 2)) == draw((2, 2))).all())
        True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else check_whole_number(type(self).__name__, "seed", seed, at_least=0)

    def _generator(self, rng: Generator | None) -> Generator:
        if self.seed is not None:
            return functional.seeded(self.seed)
        rng = rng or np.random.default_rng()
        return functional.seeded(int(rng.integers(2**32)))


class RandomNormal(RandomInitializer):
    """Draw from a normal distribution.

    Args:
        mean: its middle.
        stddev: its standard deviation, at least 0.
        seed: see `RandomInitializer`.

    Example:
        >>> w = RandomNormal(mean=1.0, stddev=0.5, seed=1)((1000,))
        >>> round(float(w.mean()), 1), round(float(w.std()), 1), round(float(w.max()), 1)
        (1.0, 0.5, 2.9)

    Source: Keras, ``keras.initializers.RandomNormal``.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = check_number("RandomNormal", "mean", mean)
        self.stddev = check_number("RandomNormal", "stddev", stddev, at_least=0)
        super().__init__(seed)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.random_normal(shape, self._generator(rng), mean=self.mean, stddev=self.stddev, dtype=dtype)


class RandomUniform(RandomInitializer):
    """Draw uniformly between two bounds.

    Args:
        minval: the least value.
        maxval: the bound above all values, at least ``minval``.
        seed: see `RandomInitializer`.

    Example:
        >>> w = RandomUniform(-1.0, 1.0, seed=1)((1000,))
        >>> round(float(w.min()), 2), round(float(w.max()), 2), round(float(w.std()), 2)  # std: 2 / sqrt(12)
        (-1.0, 1.0, 0.58)

    Source: Keras, ``keras.initializers.RandomUniform``.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval = check_number("RandomUniform", "minval", minval)
        self.maxval = check_number("RandomUniform", "maxval", maxval, at_least=minval)
        super().__init__(seed)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.random_uniform(
            shape, self._generator(rng), minval=self.minval, maxval=self.maxval, dtype=dtype
        )


class TruncatedNormal(RandomInitializer):
    """Draw from a normal distribution; what lies beyond two standard deviations is drawn again.

    Args:
        mean: its middle.
        stddev: its standard deviation before the ends are cut, at least 0; after, it is 0.88 times that.
        seed: see `RandomInitializer`.

    Example:
        >>> w = TruncatedNormal(stddev=1.0, seed=1)((1000,))
        >>> round(float(w.max()), 2), round(float(w.std()), 2)
        (1.99, 0.86)

    Source: Keras, ``keras.initializers.TruncatedNormal``.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = check_number("TruncatedNormal", "mean", mean)
        self.stddev = check_number("TruncatedNormal", "stddev", stddev, at_least=0)
        super().__init__(seed)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.truncated_normal(shape, self._generator(rng), mean=self.mean, stddev=self.stddev, dtype=dtype)


class VarianceScaling(RandomInitializer):
    """Draw with the variance ``scale / n``, so that signals keep their size from layer to layer.

    Args:
        scale: 1 suits tanh and sigmoid, 2 suits ReLU, which drops half of its input.
        mode: n is the number of inputs ("fan_in"), of outputs ("fan_out"), or their mean ("fan_avg").
        distribution: "truncated_normal" (or "normal"), "untruncated_normal" or "uniform".
        seed: see `RandomInitializer`.

    Example:
        >>> round(float(VarianceScaling(2.0, seed=1)((200, 100)).std()), 2)  # sqrt(2 / 200)
        0.1

    Source: Keras, ``keras.initializers.VarianceScaling``; Glorot and Bengio 2010; He et al. 2015.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        who = type(self).__name__
        if isinstance(distribution, str) and distribution == "normal":
            distribution = "truncated_normal"
        distributions = ("truncated_normal", "untruncated_normal", "uniform")
        self.scale = check_number(who, "scale", scale, above=0)
        self.mode = check_choice(who, "mode", mode, ("fan_in", "fan_out", "fan_avg"))
        self.distribution = check_choice(who, "distribution", distribution, distributions)
        super().__init__(seed)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        return functional.variance_scaling(
            shape,
            self._generator(rng),
            scale=self.scale,
            mode=self.mode,
            distribution=self.distribution,
            dtype=dtype,
        )


class GlorotUniform(VarianceScaling):
    """Uniform within ``+-sqrt(6 / (n_in + n_out))``: Keras's default for kernels, made for tanh and sigmoid.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> w = GlorotUniform(seed=1)((200, 100))
        >>> round(float(w.max()), 3)  # sqrt(6 / 300)
        0.141

    Source: Glorot and Bengio 2010.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal of variance ``2 / (n_in + n_out)``, made for tanh and sigmoid.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> w = GlorotNormal(seed=1)((200, 100))
        >>> round(float(w.std()), 2)  # sqrt(2 / 300)
        0.08

    Source: Glorot and Bengio 2010.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform within ``+-sqrt(6 / n_in)``, made for ReLU.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> w = HeUniform(seed=1)((200, 100))
        >>> round(float(w.max()), 3)  # sqrt(6 / 200)
        0.173

    Source: He et al. 2015.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Truncated normal of variance ``2 / n_in``, made for ReLU.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(500, 200))
        >>> for _ in range(20):  # twenty layers on, the signal still has about its size
        ...     x = np.maximum(x @ HeNormal()((200, 200), rng=rng), 0)
        >>> round(float(np.sqrt(np.mean(x**2))), 1)
        0.8

    Source: He et al. 2015.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


class LecunUniform(VarianceScaling):
    """Uniform within ``+-sqrt(3 / n_in)``.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> w = LecunUniform(seed=1)((200, 100))
        >>> round(float(w.max()), 3)  # sqrt(3 / 200)
        0.122

    Source: LeCun et al. 1998, Efficient BackProp.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Truncated normal of variance ``1 / n_in``, made for SELU.

    Args:
        seed: see `RandomInitializer`.

    Example:
        >>> w = LecunNormal(seed=1)((200, 100))
        >>> round(float(w.std()), 2)  # sqrt(1 / 200)
        0.07

    Source: LeCun et al. 1998, Efficient BackProp; Klambauer et al. 2017 (SELU).
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


class Orthogonal(RandomInitializer):
    """``gain`` times a matrix whose rows or columns, whichever are fewer, are orthonormal.

    Args:
        gain: any number.
        seed: see `RandomInitializer`.

    Raises:
        ShapeError: when called, with a shape of one axis.

    Example:
        >>> w = Orthogonal(seed=1)((2, 3))
        >>> np.abs(w @ w.T).round(3)  # it keeps lengths and angles
        array([[1., 0.],
               [0., 1.]], dtype=float32)

    Source: Saxe et al. 2014.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain = check_number("Orthogonal", "gain", gain)
        super().__init__(seed)

    def _fill(self, shape: Shape, dtype: Any, rng: Generator | None) -> Array:
        if len(shape) < 2:
            raise ShapeError(f"Orthogonal: expected a shape of at least two axes, got {shape}.")
        return functional.orthogonal(shape, self._generator(rng), gain=self.gain, dtype=dtype)


zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal

ALL: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "identity": Identity,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "orthogonal": Orthogonal,
    "zero": Zeros,
    "one": Ones,
    "normal": RandomNormal,
    "uniform": RandomUniform,
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
}
ALL |= {cls.__name__: cls for cls in ALL.values()}


def get(identifier: str | type[Initializer] | Initializer | Mapping[str, Any]) -> Initializer:
    """Return an initializer by name, class, description or as the object itself.

    Args:
        identifier: such as "he_normal", "HeNormal", `HeNormal`, ``{"class_name": "HeNormal", "config": {}}`` or
            ``HeNormal(seed=1)``.

    Raises:
        UnknownNameError: a name that is in no table.
        ArgumentError: none of these, or a description with an argument that is not supported.

    Example:
        >>> get("he_normal")
        HeNormal()
    """
    if isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if isinstance(identifier, str):
        if identifier not in ALL:
            raise UnknownNameError("initializer", identifier, ALL)
        return ALL[identifier]()
    if isinstance(identifier, Mapping):
        return deserialize(
            "initializer", drop_unsupported("initializer", identifier, ("input_axes", "output_axes")), ALL
        )
    raise ArgumentError(f"initializer: expected a name, a class, an object or its description, got {identifier!r}.")
