"""Which of Keras's tests do not apply to us, and why: `keras_inapplicable.toml`."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

TABLE = Path(__file__).with_suffix(".toml")


def read_reasons() -> dict[str, str]:
    """Return the reasons by pattern: {"losses/loss_test.py::*::test_*mask*": "masks: ..."}."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        f"{file}::{pattern}": reason
        for file, reasons in table.items()
        for reason, patterns in reasons.items()
        for pattern in patterns
    }


def matching(name: str, patterns: dict[str, str]) -> list[str]:
    """Return the patterns that match the name of a test."""
    return [pattern for pattern in patterns if fnmatchcase(name, pattern)]
