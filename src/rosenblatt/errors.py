"""Every error that the library raises on purpose.

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

A message follows one template: ``WHO: expected WHAT, got WHAT. CURE.``
"""

from __future__ import annotations

from collections.abc import Iterable


class RosenblattError(Exception):
    """The root of all errors that the library raises on purpose."""


class ShapeError(RosenblattError, ValueError):
    """Arrays whose shapes do not fit each other or the model."""


class DataError(RosenblattError, ValueError):
    """Values that cannot be learnt from, such as NaN, labels out of range or text."""


class NonFiniteLossError(DataError, RuntimeError):
    """Training has diverged: the loss is NaN or infinite, and a callback was told to stop there with an error."""


class ArgumentError(RosenblattError, ValueError):
    """An argument outside of what is allowed."""


class UnknownNameError(ArgumentError):
    """A name that is in no table.

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
    """A call that comes too early, such as fit before compile."""


class FileFormatError(RosenblattError, ValueError):
    """A file that is damaged, foreign, or of a kind that is not supported."""


class DatasetNotFoundError(RosenblattError, OSError):
    """A data set that could neither be found nor downloaded."""


class MissingExtraError(RosenblattError, ImportError):
    """An optional dependency that is not installed.

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
    """Training has diverged: the loss is NaN or infinite."""


class SlowEngineWarning(UserWarning):
    """The native engine is missing, and NumPy does its work."""
