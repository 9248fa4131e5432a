"""The command line as a program: signals, pipes, terminals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Result

from rosenblatt import load_model
from rosenblatt.datasets import fashion_mnist

PROGRAM = [sys.executable, "-m", "rosenblatt"]
LONG = ["train", "--epochs", "100000", "--layers", "64"]


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def stopped_after(process: subprocess.Popen[str], word: str) -> Result:
    """Press Ctrl-C when a word has been said."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, said + err)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_saves_the_model_as_it_stands(tmp_path: Path) -> None:
    result = stopped_after(started(tmp_path, *LONG, "--save", "a.safetensors"), "Epoch 2/")
    assert (result.code, result.out) == (130, "")
    told = re.fullmatch(
        r"Stopped by Ctrl-C after (\d+) of 100,000 epochs; the model as it stands is saved to a.safetensors\.",
        result.complaint,
    )
    assert told
    model = load_model(tmp_path / "a.safetensors")
    assert model.history is not None
    assert len(model.history.epoch) == int(told[1]) >= 2
    model.fit(*fashion_mnist.load_sample()[0], epochs=1, verbose=0)  # it can go on


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_in_the_first_epoch_saves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_text("an older model")
    arguments = ["train", "--layers", "3000,3000", "--save", "a.safetensors"]
    result = stopped_after(started(tmp_path, *arguments), "Training: ")
    assert result.code == 130
    # The signal may arrive a moment before the first epoch begins.
    assert re.fullmatch(r"Stopped by Ctrl-C( after 0 of 10 epochs; nothing was saved)?\.", result.complaint)
    assert (tmp_path / "a.safetensors").read_text() == "an older model"


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("arguments", [["datasets"], LONG])
def test_a_closed_pipe_is_quiet(tmp_path: Path, arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=tmp_path,
        stdout=write,
        stderr=write if arguments == LONG else subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert process.returncode == 1
    assert not process.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes differ")
def test_a_training_that_nobody_follows_any_more_ends_and_is_saved(tmp_path: Path) -> None:
    command = [*PROGRAM, *LONG, "--save", "a.safetensors"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert any(line.startswith("Epoch 1/") for line in process.stdout)
        process.stdout.close()
        assert process.wait(timeout=60) == 1
    history = load_model(tmp_path / "a.safetensors").history
    assert history is not None
    assert len(history.epoch) >= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [*PROGRAM, "datasets"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (process.returncode, process.stderr) == (1, "Error: No space left on device\n")


def test_without_a_terminal_there_is_a_line_an_epoch_and_no_colour(tmp_path: Path) -> None:
    process = started(tmp_path, "train", "moons", "--epochs", "3")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [line[:9] for line in err.splitlines() if line.startswith("Epoch")] == [
        "Epoch 1/3",
        "Epoch 2/3",
        "Epoch 3/3",
    ]
    assert "\x1b" not in out + err


def test_letters_that_the_output_lacks_are_written_by_number(tmp_path: Path) -> None:
    process = subprocess.run(
        [*PROGRAM, "ladder", "--rung", "1", "--lang", "ko"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0
    assert process.stdout.startswith(b"1\\ub2e8\\uacc4")


def on_a_terminal(folder: Path, *arguments: str, **environment: str) -> Result:
    """Run the program on a pseudo-terminal of 80 columns."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**inherited, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    said = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return Result(process.returncode, out.decode(), said.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_red_error_unless_no_color_is_set(tmp_path: Path) -> None:
    assert on_a_terminal(tmp_path, "train", "nosuch").err.startswith("\x1b[31mError:\x1b[0m DATA: ")
    plain = on_a_terminal(tmp_path, "train", "nosuch", NO_COLOR="1")
    assert plain.err.startswith("Error: DATA: ")
    assert "\x1b" not in plain.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar_of_one_line_and_without_colour_where_that_is_wanted(tmp_path: Path) -> None:
    arguments = ["train", "--layers", "1500,500", "--epochs", "1"]
    coloured, plain = on_a_terminal(tmp_path, *arguments), on_a_terminal(tmp_path, *arguments, NO_COLOR="1")
    for result in (coloured, plain):
        assert result.code == 0
        assert re.search(r"Epoch 1/1 \d+/150 ", result.err)
        assert " left loss: " in result.err
        assert "\x1b[2K\x1b[1A" not in result.err  # the bar never needs a second line
        assert "Epoch 1/1" not in result.out
    assert "\x1b[38;" in coloured.err
    assert not re.search(r"\x1b\[[\d;]*m", plain.err)


def test_importing_the_library_does_not_import_the_command_line() -> None:
    code = "import rosenblatt, sys; print({'typer', 'rich', 'PIL', 'matplotlib'} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
