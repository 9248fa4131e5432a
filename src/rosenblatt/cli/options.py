"""Checks of what was typed that several commands share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from rosenblatt.cli.output import tell
from rosenblatt.errors import ArgumentError, UnknownNameError


def check_value(option: str, value: str, known: Iterable[str]) -> None:
    """Raise an error where a value is none of those that an option takes."""
    known = list(known)
    if value not in known:
        raise UnknownNameError(option, value, known)


def check_output(option: str, path: Path | None, suffixes: tuple[str, ...]) -> None:
    """Make the folder that a file is to be written to, and find out now, not after an hour, what would fail.

    Raises:
        ArgumentError: the path cannot be that of such a file.
        OSError: the folder cannot be made or written.
    """
    if path is None:
        return
    if path.suffix not in suffixes:
        raise ArgumentError(f"{option}: expected a path that ends in {' or '.join(suffixes)}, got {path}.")
    if path.is_dir():
        raise ArgumentError(f"{option}: expected the path of a file, got {path}, which is a folder.")
    is_new = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(
            f"{option}: expected a folder that can be written, got {path.parent} ({error.strerror}). Choose another."
        ) from error
    if is_new:
        tell(f"{option}: made the folder {path.parent}")
