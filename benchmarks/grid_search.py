"""Search a grid of 24 networks on digits with scikit-learn's MLPClassifier and with ours, side by side.

python -m benchmarks.grid_search                 the whole grid, by cross-validation in three parts
python -m benchmarks.grid_search --quick         two candidates, few epochs: does it run?
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import sklearn
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier as Theirs

from benchmarks.report import Target, print_heading, print_table, print_targets
from rosenblatt.sklearn import MLPClassifier as Ours
from rosenblatt.speed.machine import cores, engine, processor

GRID = {
    "hidden_layer_sizes": [(32,), (64,), (32, 32)],
    "batch_size": [32, 200],
    "alpha": [1e-4, 1e-2],
    "learning_rate_init": [1e-3, 3e-3],
}
FOLDS = 3
WANTED = 3.0  # times as fast


class Search(NamedTuple):
    """A search that is over: how long it took, the best mean score, and the score of every candidate."""

    seconds: float
    best_score: float
    scores: list[float]


def search(estimator: type, grid: dict[str, list[Any]], epochs: int) -> Search:
    """Search a grid: the same start, batches and rule to stop for both libraries."""
    x, y = load_digits(return_X_y=True)
    searched = GridSearchCV(estimator(max_iter=epochs, random_state=0), grid, cv=FOLDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # some candidates are still learning after so many epochs
        started = time.perf_counter()
        searched.fit(x / 16, y)
        seconds = time.perf_counter() - started
    return Search(seconds, float(searched.best_score_), searched.cv_results_["mean_test_score"].tolist())


def run(quick: bool, epochs: int, repeats: int) -> list[Target]:
    """Search in turn, print what was found, and return the targets."""
    grid = {"alpha": [1e-4, 1e-2]} if quick else GRID
    for library in (Ours, Theirs):
        search(library, {"alpha": [0.0]}, epochs=1)  # what is imported on the way is not measured
    turns = [(search(Theirs, grid, epochs), search(Ours, grid, epochs)) for _ in range(repeats)]
    theirs, ours = (min(searches) for searches in zip(*turns, strict=True))
    candidates = len(ours.scores)
    print_heading(f"GridSearchCV, {candidates} candidates on digits, {FOLDS} folds, at most {epochs} epochs")
    named = {f"scikit-learn {sklearn.__version__}": theirs, "rosenblatt": ours}
    rows: list[Sequence[Any]] = [
        [name, f"{found.seconds:.2f} s", f"{found.best_score:.4f}"] for name, found in named.items()
    ]
    print_table(["library", "time", "best score"], rows)
    apart = max(abs(one - other) for one, other in zip(theirs.scores, ours.scores, strict=True))
    print(f"  the largest difference of a candidate's score: {apart:.4f}")
    return [
        Target("faster than scikit-learn", theirs.seconds / ours.seconds, WANTED, " x"),
        Target("best score, beside scikit-learn's", ours.best_score, theirs.best_score),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.grid_search", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="a tiny grid, to see that everything runs")
    parser.add_argument("--epochs", type=int, help="epochs at most (default 60)")
    parser.add_argument("--repeats", type=int, default=1, help="searches of each; the fastest counts (default 1)")
    options = parser.parse_args(arguments)
    print(f"{processor()}, {cores()} cores; rosenblatt: {engine()}")
    print_targets(run(options.quick, options.epochs or (2 if options.quick else 60), options.repeats))


if __name__ == "__main__":
    main()
