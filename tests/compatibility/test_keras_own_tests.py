"""Keras's own tests pass on our modules, and every one that does not apply is listed with its reason."""

from __future__ import annotations

import importlib.metadata

import pytest
from tests.compatibility import keras_suite

VERSION = "3.15.1"  # the table of what does not apply is made for the tests of this one

pytest.importorskip("keras", reason="needs the extra 'test' (keras)")
pytestmark = pytest.mark.skipif(
    importlib.metadata.version("keras") != VERSION, reason=f"needs the tests of Keras {VERSION}"
)


@pytest.fixture(scope="module")
def outcomes() -> keras_suite.Outcomes:
    return keras_suite.run()


def test_no_test_that_applies_fails(outcomes: keras_suite.Outcomes) -> None:
    failed = [f"{name}\n{result['reason']}" for name, result in outcomes.items() if result["outcome"] == "failed"]
    assert not failed, "\n\n".join(failed[:5])


def test_hundreds_apply(outcomes: keras_suite.Outcomes) -> None:
    assert sum(result["outcome"] == "passed" for result in outcomes.values()) >= 600


def test_every_file_is_collected(outcomes: keras_suite.Outcomes) -> None:
    collected = {name.split("::")[0] for name in outcomes}
    for files in keras_suite.files_by_area().values():
        assert files
        assert collected.issuperset(files)


def test_every_reason_is_needed(outcomes: keras_suite.Outcomes) -> None:
    assert keras_suite.stale_patterns(outcomes) == []


def test_every_reason_is_told(outcomes: keras_suite.Outcomes) -> None:
    assert all(len(result["reason"]) > 5 for result in outcomes.values() if result["outcome"] == "inapplicable")


def test_the_document_is_that_of_this_run(outcomes: keras_suite.Outcomes) -> None:
    written = keras_suite.DOCUMENT.read_text(encoding="utf-8")
    assert written == keras_suite.document(outcomes), "run: python -m tests.compatibility.keras_suite --write"
