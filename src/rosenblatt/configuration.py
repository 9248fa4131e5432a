"""Objects that are fully described by the arguments they were made with.

Layers, losses, optimizers, initialisers, regularisers and schedules keep each constructor argument in an attribute of
the same name (scikit-learn's convention). From that alone follow their printed form, their entry in a model file, and
copies of them; none of it has to be written per class.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from rosenblatt.errors import UnknownNameError

T = TypeVar("T")


class Configurable:
    """Base of the classes whose objects are their constructor's arguments.

    Example:
        >>> class Scale(Configurable):
        ...     def __init__(self, factor=1.0, offset=0.0):
        ...         self.factor, self.offset = factor, offset
        >>> Scale(2.0)
        Scale(2.0)
        >>> Scale(offset=3.0)
        Scale(offset=3.0)
        >>> Scale.from_config(Scale(2.0).get_config()).factor
        2.0
    """

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name; nested objects as ``{"class_name", "config"}``."""
        return {name: _plain(getattr(self, name)) for name in _parameters(type(self))}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make an object from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        arguments: list[str] = []
        config = self.get_config()
        for position, (name, parameter) in enumerate(_parameters(type(self)).items()):
            if parameter.default is not inspect.Parameter.empty and config[name] == _plain(parameter.default):
                continue
            value = repr(getattr(self, name))
            # The first argument is shown without its name, as a person would type it.
            bare = position == 0 and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
            arguments.append(value if bare else f"{name}={value}")
        return f"{type(self).__name__}({', '.join(arguments)})"


def serialize(value: Configurable) -> dict[str, Any]:
    """Describe an object as ``{"class_name": ..., "config": ...}``, ready for JSON."""
    return {"class_name": type(value).__name__, "config": value.get_config()}


def deserialize(who: str, data: Mapping[str, Any], table: Mapping[str, type[T]]) -> T:
    """Make the object that ``serialize`` described; only classes of ``table`` are ever made.

    Raises:
        UnknownNameError: the class is not in the table.
    """
    name = str(data.get("class_name"))
    if name not in table:
        raise UnknownNameError(who, name, table)
    return table[name](**data.get("config", {}))


def snake_case(name: str) -> str:
    """Return a class's name in small letters, as Keras makes names of layers, metrics and folders of it.

    Example:
        >>> snake_case("BatchNormalization"), snake_case("ReLU"), snake_case("R2Score")
        ('batch_normalization', 're_lu', 'r2_score')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def tell_default_name(cls: type, constructor: Callable[..., None], name: str) -> None:
    """Put the default name of a class into the signature that help, editors and ``get_config`` see.

    Args:
        cls: The class; one with a constructor of its own has the signature of that.
        constructor: The one of a base class that several classes share.
        name: What objects of the class are called unless told otherwise.

    Example:
        >>> class Shape:
        ...     def __init__(self, size=1.0, name=None):
        ...         self.size, self.name = size, name
        >>> class Circle(Shape):
        ...     pass
        >>> tell_default_name(Circle, Shape.__init__, "circle")
        >>> inspect.signature(Circle)
        <Signature (size=1.0, name='circle')>
    """
    own: inspect.Signature | None = None  # None: that of its constructor, and never one that a base was given here
    if cls.__init__ is constructor:  # type: ignore[misc]
        signature = inspect.signature(constructor)
        _, *parameters = signature.parameters.values()
        own = signature.replace(parameters=[p.replace(default=name) if p.name == "name" else p for p in parameters])
    cls.__signature__ = own  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    return serialize(value) if isinstance(value, Configurable) else value


def _parameters(cls: type) -> dict[str, inspect.Parameter]:
    return {
        name: parameter
        for name, parameter in inspect.signature(cls).parameters.items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }
