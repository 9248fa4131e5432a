"""Every script in examples/ runs by itself, and prints what it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"

# Of each script: its arguments for a quick run, and a line of its output as a pattern.
SCRIPTS = {
    "memory_map.py": (["--rows", "4000"], r"3 MB on disk, read as memmap \(4000, 28, 28\) uint8\n2 epochs: loss"),
    "own_callback.py": ([], r"1\d\d epochs: loss 0\.0\d+, accuracy 0\.9\d+, moved 0\.00\d+\nepoch   1: moved"),
    "own_loss.py": (
        [],
        r"mse +y = (1\.9|2\.0)\d x [+-]0\.0\d, \d\d% .*\npinball +y = .*, (89|90|91)% of the points below",
    ),
    "tabular.py": ([], r"stopped after \d+ epochs, best at \d+: val_loss 0\.0\d+\ntest: .*'accuracy': 0\.9\d+"),
    "xor.py": ([], r"one neuron: loss 0\.\d+, [0-3] of 4 right\n(.*\n){4}six hidden neurons: .* 4 of 4 right\n"),
}


def test_no_script_is_forgotten():
    assert sorted(path.name for path in FOLDER.glob("*.py")) == sorted(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_runs_and_prints_what_it_promises(name, tmp_path):
    arguments, line = SCRIPTS[name]
    command = [sys.executable, "-W", "error", str(FOLDER / name), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert re.search(line, done.stdout), done.stdout
    assert list(tmp_path.iterdir()) == []
