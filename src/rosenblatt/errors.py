"""The errors that the library raises on purpose.

    RosenblattError
    ├── ShapeError (ValueError)            arrays that do not fit each other or the model
    ├── DataError (ValueError)             values that cannot be learnt from: NaN, labels out of range, text
    │   └── NonFiniteLossError (+ RuntimeError)  training has diverged, and was to stop there
    ├── ArgumentError (ValueError)         an argument outside of what is allowed
    │   └── UnknownNameError               a name that is in no table; the nearest known one is suggested
    ├── ModelStateError (RuntimeError)     a call that comes too early: fit before compile, weights before build
    ├── FileFormatError (ValueError)       a file that is damaged, foreign, or of a kind that is not supported
    ├── DatasetNotFoundError (OSError)     a data set that could neither be found nor downloaded
    └── MissingExtraError (ImportError)    an optional dependency that is not installed

    NonFiniteLossWarning (RuntimeWarning)  training has diverged
    SlowEngineWarning (UserWarning)        the native engine is missing, and NumPy does its work
    UnlikelyLossWarning (UserWarning)      a loss that does not go with the outputs

What only one part of the library raises is defined there, and derived from one of these. All can be caught as
`RosenblattError`. A message follows one template: ``WHO: expected WHAT, got WHAT. CURE.``
"""

from __future__ import annotations

from collections.abc import Iterable


class RosenblattError(Exception):
    """The root of all errors that the library raises on purpose.

    Example:
        >>> from rosenblatt import layers, utils
        >>> for wrong in (lambda: layers.Dense(0), lambda: utils.to_categorical([-1])):
        ...     try:
        ...         wrong()
        ...     except RosenblattError as error:
        ...         print(type(error).__name__)
        ArgumentError
        DataError
    """


class ShapeError(RosenblattError, ValueError):
    """Arrays whose shapes do not fit each other or the model.

    Example:
        >>> from rosenblatt.utils import train_test_split
        >>> train_test_split([1, 2], [1])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ShapeError: train_test_split: expected arrays with equally many rows, got [2, 1]. \
Check x, y and stratify.
    """


class DataError(RosenblattError, ValueError):
    """Values that cannot be learnt from, such as NaN, labels out of range or text.

    Example:
        >>> from rosenblatt.utils import to_categorical
        >>> to_categorical([-1])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.DataError: to_categorical: expected labels from 0 up, got -1. Number the classes from 0.
    """


class NonFiniteLossError(DataError, RuntimeError):
    """Training has diverged: the loss is NaN or infinite, and a callback was told to stop there with an error.

    Example:
        >>> import warnings
        >>> from rosenblatt import Sequential, callbacks, layers, optimizers
        >>> model = Sequential([layers.Dense(1)])
        >>> model.compile(optimizers.SGD(1e30), "mse")
        >>> with warnings.catch_warnings():  # doctest: +ELLIPSIS
        ...     warnings.simplefilter("ignore", NonFiniteLossWarning)
        ...     model.fit([[1.0], [2.0]], [5.0, 6.0], epochs=9, callbacks=callbacks.TerminateOnNaN(True), verbose=0)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.NonFiniteLossError: TerminateOnNaN: expected a finite loss, got inf ...
    """


class ArgumentError(RosenblattError, ValueError):
    """An argument outside of what is allowed.

    Example:
        >>> from rosenblatt.optimizers import SGD
        >>> SGD(-0.1)
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ArgumentError: SGD: expected learning_rate to be a number above 0, got -0.1.
    """


class UnknownNameError(ArgumentError):
    """A name that is in no table.

    Args:
        who: what the name was to be, or who asked for it.
        name: as it was given.
        known: the names in the table.

    Example:
        >>> raise UnknownNameError("activation", "rellu", ["relu", "elu", "tanh"])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.UnknownNameError: activation: expected a known name, got 'rellu'. Did you mean 'relu'?
    """

    def __init__(self, who: str, name: object, known: Iterable[str]) -> None:
        import difflib  # an error may take its time, an import may not

        known = sorted(known)
        # A name that begins alike is nearer than one that merely shares many letters.
        alike = [candidate for candidate in known if candidate.split("_")[0] == str(name).split("_")[0]]
        nearest = difflib.get_close_matches(str(name), alike, n=1, cutoff=0.6) or difflib.get_close_matches(
            str(name), known, n=1, cutoff=0.5
        )
        cure = f"Did you mean {nearest[0]!r}?" if nearest else f"Known names: {', '.join(known)}."
        super().__init__(f"{who}: expected a known name, got {name!r}. {cure}")


class ModelStateError(RosenblattError, RuntimeError):
    """A call that comes too early, such as fit before compile.

    Example:
        >>> from rosenblatt import Sequential, layers
        >>> Sequential([layers.Dense(1)]).fit([[1.0]], [1.0])
        Traceback (most recent call last):
            ...
        rosenblatt.errors.ModelStateError: Sequential: expected a compiled model, got one that is not. \
Call compile(optimizer=, loss=) first.
    """


class FileFormatError(RosenblattError, ValueError):
    """A file that is damaged, foreign, or of a kind that is not supported.

    Example:
        >>> from rosenblatt import load_model
        >>> load_model("model.pickle")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.FileFormatError: load: expected a path ending in .safetensors or .keras or .h5 or \
.onnx, got 'model.pickle'. Such as 'model.safetensors'.
    """


class DatasetNotFoundError(RosenblattError, OSError):
    """A data set that could neither be found nor downloaded.

    Example:
        >>> from rosenblatt.datasets import mnist
        >>> mnist.load_data("no such folder")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        rosenblatt.errors.DatasetNotFoundError: mnist: expected the full data set in one of these places, \
got it from none:...
    """


class MissingExtraError(RosenblattError, ImportError):
    """An optional dependency that is not installed.

    Args:
        who: what needs it.
        extra: the library's extra that brings it.
        package: its name.

    Example:
        >>> raise MissingExtraError("plots", "plots", "matplotlib")
        Traceback (most recent call last):
            ...
        rosenblatt.errors.MissingExtraError: plots: expected matplotlib to be installed, it is not. \
Run: pip install 'rosenblatt[plots]'
    """

    def __init__(self, who: str, extra: str, package: str) -> None:
        super().__init__(
            f"{who}: expected {package} to be installed, it is not. Run: pip install 'rosenblatt[{extra}]'"
        )


class NonFiniteLossWarning(RuntimeWarning):
    """Training has diverged: the loss is NaN or infinite.

    Example:
        >>> import warnings
        >>> from rosenblatt import Sequential, layers, optimizers
        >>> model = Sequential([layers.Dense(1)])
        >>> model.compile(optimizers.SGD(1e30), "mse")
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     history = model.fit([[1.0], [2.0]], [5.0, 6.0], epochs=3, verbose=0)
        >>> [warning.category.__name__ for warning in caught]
        ['NonFiniteLossWarning']
    """


class SlowEngineWarning(UserWarning):
    """The native engine is missing, and NumPy does its work.

    Example:
        >>> import warnings
        >>> from rosenblatt import Sequential
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore", SlowEngineWarning)  # where it is known and does not matter
        ...     engine = Sequential().engine
        >>> engine.name in ("native", "reference")
        True
    """


class UnlikelyLossWarning(UserWarning):
    """A loss can hardly be meant for the outputs that it is given, such as a cross-entropy for negative ones.

    Example:
        >>> import warnings
        >>> from rosenblatt import Sequential, layers
        >>> model = Sequential([layers.Dense(1, activation="tanh")], seed=1)
        >>> model.compile("sgd", "binary_crossentropy")
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     history = model.fit([[1.0], [-2.0]], [0, 1], verbose=0)
        >>> [warning.category.__name__ for warning in caught]
        ['UnlikelyLossWarning']
    """
