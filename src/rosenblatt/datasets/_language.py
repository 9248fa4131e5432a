"""Names of classes in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rosenblatt.errors import UnknownNameError


def names_in(language: str, names: Mapping[str, Sequence[str]], who: str) -> list[str]:
    """Return the names in a language; one that is not there is an error of ``who``."""
    if language not in names:
        raise UnknownNameError(f"{who}.class_names: language", language, names)
    return list(names[language])
