"""Four networks trained with every library that is installed, an epoch each in turn."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.report import Target, print_heading, print_left_out, print_table
from rosenblatt.speed.comparison import Comparison, compare
from rosenblatt.speed.libraries import OURS
from rosenblatt.speed.workloads import WORKLOADS

# How many times as long the others should take at least.
TARGETS = {
    "W1": {"JAX scan": 2.2, "Keras on JAX": 4, "PyTorch": 5, "scikit-learn": 6, "Keras on TensorFlow": 15},
    "W2": {"JAX scan": 1.3},
    "W3": {"JAX scan": 1.3},
    "W4": {"JAX scan": 1.3},
}


def run(
    workloads: Sequence[str], libraries: Sequence[str], rows: int, repeats: int, threads: int | None, trials: int
) -> list[Target]:
    """Compare libraries on workloads, and print medians and the ratios of epochs trained one after the other."""
    targets = []
    for name in workloads:
        print_heading(f"{name}: {WORKLOADS[name].title}: an epoch of {rows:,} rows, {repeats} in turn")
        comparison = compare(libraries, WORKLOADS[name], rows, repeats, threads, trials)
        print_comparison(comparison)
        for library, wanted in TARGETS[name].items():
            if library in comparison.results:
                what = f"{name}: {library} takes"
                targets.append(Target(what, times_as_long(comparison, library), wanted, " times as long"))
    return targets


def times_as_long(comparison: Comparison, library: str) -> float:
    """Return the median of how many times as long as ours a library's epochs took."""
    return statistics.median(comparison.results[library].times_as_long_as(comparison.results[OURS]))


def print_comparison(comparison: Comparison) -> None:
    rows = []
    for library, (setting, seconds) in comparison.results.items():
        ratios = comparison.results[library].times_as_long_as(comparison.results[OURS])
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        figures = (f"{value:.3f}" for value in (statistics.median(seconds), min(seconds), max(seconds)))
        rows.append([library, *figures, spread, setting])
    print_table(["", "median s", "min", "max", "times as long", "used as"], rows)
    print_left_out(comparison.left_out)
