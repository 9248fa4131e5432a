"""Errors: each that the playground tells has a text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rosenblatt import playground
from rosenblatt.playground.errors import TEXTS, SettingsError


def test_each_error_that_is_raised_has_a_text_and_each_text_is_raised() -> None:
    modules = Path(playground.__file__).parent.glob("*.py")
    raised = {key for path in modules for key in re.findall(r'SettingsError\(\s*"(\w+)"', path.read_text("utf-8"))}
    assert raised == TEXTS.keys()


@pytest.mark.parametrize(
    ("key", "arguments", "text"),
    [
        ("unknown_command", {"got": "destroy"}, "expected a command of the playground, got 'destroy'."),
        (
            "sample_too_large",
            {"nodes": 900, "limit": 600},
            "sample: expected at most 600 operations, got 900.",
        ),
        ("refused", {"detail": "So it is."}, "So it is."),
    ],
)
def test_the_text_of_an_error_is_one_sentence(key: str, arguments: dict[str, object], text: str) -> None:
    assert str(SettingsError(key, **arguments)) == text
