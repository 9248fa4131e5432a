"""``rosenblatt ladder``, ``datasets``, ``--version`` and the helps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.cli.conftest import Command

import rosenblatt
from rosenblatt.cli import sources
from rosenblatt.ladder import table as ladder_table


def test_the_ladder_compares_with_what_is_published(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(full: bool) -> Iterator[ladder_table.Row]:
        yield from ladder_table.gates()
        yield ladder_table.Row("6", "MultiClassNetwork", "softmax", "all" if full else "a sample", 40, "0.7", "0.8")
        yield ladder_table.Row("6", "MultiClassNetwork", "softmax", "own setting", 40, "0.6", "")

    monkeypatch.setattr(ladder_table, "rows", rows)
    out = command("ladder").out
    assert out.splitlines()[:3] == [
        "rung  network            epochs  figure",
        "1     Perceptron              5  w = [0.2, 0.1], b = -0.20000000000000004     =",
        "      AND, lr 0.1",
    ]
    assert "0.7                                          ≠\n      a sample\n      published: 0.8\n" in out
    assert re.search(r"40  0\.6\n      own setting\n", out)
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert "강의 노트의 값과 같음" in command("ladder --lang ko --full").out
    assert "      AND, 학습률 0.1\n" in command("ladder --lang ko").out
    assert command("ladder --json").json[0]["figure"] == "w = [0.2, 0.1], b = -0.20000000000000004"


def test_one_rung_tells_its_page_in_either_language(command: Command) -> None:
    assert command("ladder --rung 1").out.startswith("Rung 1: the perceptron")
    assert command("ladder --rung 1 --lang ko").out.startswith("1단계")


def test_datasets_are_listed_with_their_place(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    out = command("datasets").out
    assert re.search(r"^fashion-mnist-sample +6,000 \+ 1,000  28 x 28 +10  bundled$", out, re.MULTILINE)
    assert {row["name"] for row in command("datasets --json").json} == set(sources.SETS)


def test_the_version(command: Command) -> None:
    assert command("--version").out.startswith(f"rosenblatt {rosenblatt.__version__} (Python 3.")


@pytest.mark.parametrize("name", ["", "train", "evaluate", "predict", "show", "ladder", "datasets", "bench"])
def test_helps_fit_into_eighty_columns_and_are_whole_sentences(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = command(f"{name} --help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: rosenblatt {name}".rstrip())
    assert max(map(len, result.out.splitlines())) <= 80
    assert "..." not in result.out.replace("[ARGS]...", "").replace("}...", "").replace(".jpg ...", "")


def test_nothing_typed_shows_the_help(command: Command) -> None:
    assert command("").out == command("--help").out
