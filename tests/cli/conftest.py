"""A command line within this process, what it says, and files for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rosenblatt.cli import main


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What was said on standard error besides how it goes."""
        progress = ("Data: ", "Target: ", "Network: ", "Training: ", "Epoch ")
        return "\n".join(line for line in self.err.splitlines() if not line.startswith(progress))

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Carry out a command line in an empty folder, within this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        words = arguments[0].split() if len(arguments) == 1 else arguments  # type: ignore[attr-defined]
        code = main([str(word) for word in words])
        return Result(code, *capsys.readouterr())

    return run


def write_csv(path: str, header: str, rows: Any) -> None:
    Path(path).write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")


def flowers(path: str = "flowers.csv") -> None:
    """Two columns of numbers from which the species follows."""
    rows = [(k % 10, (k % 3) * 10 + k % 7, ("tulip", "rose", "lily")[k % 3]) for k in range(90)]
    write_csv(path, "stem,petal,species", rows)


@pytest.fixture
def pictures_model(command: Command) -> Path:
    """A small network for the pictures of clothing, trained for an epoch."""
    assert command("train --layers 16 --epochs 1 --save clothes.safetensors").code == 0
    return Path("clothes.safetensors")
