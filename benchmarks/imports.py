"""How long a fresh interpreter takes to import rosenblatt, beside NumPy."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.report import Target, print_heading, print_table
from rosenblatt.speed.turns import seconds

WANTED = 1.5  # times NumPy's


def run(repeats: int) -> list[Target]:
    """Measure both in turn, less the start of the interpreter."""
    print_heading(f"Imports, medians of {repeats}, in turn")
    took("import rosenblatt")  # not counted: writes the bytecode
    rounds = []
    for _ in range(repeats):
        empty = took("pass")
        rounds.append((took("import numpy") - empty, took("import rosenblatt") - empty))
    numpy, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print_table(["", "seconds"], [["numpy", f"{numpy:.3f}"], ["rosenblatt", f"{ours:.3f}"]])
    ratio = statistics.median(ours / numpy for numpy, ours in rounds)
    return [Target("import rosenblatt takes", ratio, WANTED, " times as long as NumPy", at_most=True)]


def took(statement: str) -> float:
    # As installed by pip, with compiled bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True, env=environment))
