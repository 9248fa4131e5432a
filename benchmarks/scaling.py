"""Time per sample of a training step against width, depth, batch and rows; a cliff in a curve is named.

Between the powers of two stand widths that are none, and no multiples of a vector: a cost that only the one or the
other has, as of a leading dimension that is a power of two, makes the curve a saw.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.report import Target, print_heading, print_table
from rosenblatt import Sequential
from rosenblatt.layers import Dense, Rescaling
from rosenblatt.speed.turns import Job, Measure, measure_in_turn, seconds

CLIFF = 1.5  # times the growth of the neighbours
AT_LEAST = 0.05  # seconds that a measurement takes
COLUMNS = 64  # of the rows in the memory map: ten million take 640 MB of disk


class Curve(NamedTuple):
    """What is varied, what stays as it is, and the places that are measured."""

    name: str
    what: str
    places: Sequence[int]
    few: Sequence[int]  # places that take no time


CURVES = {
    curve.name: curve
    for curve in (
        Curve(
            "width",
            "n-n-n-10, relu, SGD, batch 128",
            (16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048),
            (16, 23, 32),
        ),
        Curve("depth", "n hidden layers of 128, relu, SGD, batch 128", (1, 2, 3, 4, 6, 8, 11, 16), (1, 2, 3)),
        Curve(
            "batch",
            "784-100-10, sigmoid, SGD",
            (1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048, 2896, 4096),
            (1, 2, 3, 32),
        ),
        Curve(
            "rows",
            f"{COLUMNS}-32-10 on a memory map of bytes, relu, SGD, batch 256",
            (1_000, 3_162, 10_000, 31_623, 100_000, 316_228, 1_000_000, 3_162_278, 10_000_000),
            (1_000, 3_162, 10_000),
        ),
    )
}


def width(units: int) -> float:
    return _seconds_a_sample((units, units, units, 10), "relu", 128, rows=1024)


def depth(layers: int) -> float:
    return _seconds_a_sample((*(128,) * (layers + 1), 10), "relu", 128, rows=4096)


def batch(size: int) -> float:
    return _seconds_a_sample((784, 100, 10), "sigmoid", size, rows=max(2048, 2 * size))


def rows(count: int) -> float:
    """Train on a memory map, which is made for it and deleted."""
    model = _model((COLUMNS, 32, 10), "relu", [Rescaling(1 / 255, input_shape=(COLUMNS,))])
    y = np.random.default_rng(0).integers(0, 10, count)
    with tempfile.TemporaryDirectory() as folder:
        x = _bytes_on_disk(Path(folder, "rows"), count)
        took = _time_an_epoch(model, x, y, 256) / count
        del x  # on Windows a file in use cannot be deleted
    return took


def _bytes_on_disk(path: Path, count: int) -> np.ndarray:
    x = np.memmap(path, np.uint8, "w+", shape=(count, COLUMNS))
    rng = np.random.default_rng(0)
    for start in range(0, count, 1_000_000):
        block = x[start : start + 1_000_000]
        block[:] = rng.integers(0, 256, block.shape, np.uint8)
    return x


def _seconds_a_sample(widths: tuple[int, ...], activation: str, batch_size: int, rows: int) -> float:
    rng = np.random.default_rng(0)
    x, y = rng.random((rows, widths[0]), np.float32), rng.integers(0, 10, rows)
    return _time_an_epoch(_model(widths, activation), x, y, batch_size) / rows


def _model(widths: tuple[int, ...], activation: str, first: Sequence[Rescaling] = ()) -> Sequential:
    *hidden, n_out = widths[1:]
    layers = [*first, *(Dense(units, activation=activation) for units in hidden), Dense(n_out, activation="softmax")]
    model = Sequential(layers, seed=1)
    model.build((widths[0],))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def _time_an_epoch(model: Sequential, x: np.ndarray, y: np.ndarray, batch_size: int) -> float:
    def train(epochs: int) -> float:
        return seconds(lambda: model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0))

    first = train(1)  # builds, fills caches, and tells how many epochs there is time for
    epochs = math.ceil(AT_LEAST / first)
    return train(epochs) / epochs


POINTS = {"width": width, "depth": depth, "batch": batch, "rows": rows}


def curve_of(name: str, places: Sequence[int]) -> Measure:
    """Return what measures every place of a curve once."""
    return lambda: [POINTS[name](place) for place in places]


def run(quick: bool, repeats: int, plot: Path | None = None) -> list[Target]:
    """Measure all curves, the best of some rounds at each place, and name their cliffs."""
    print_heading(f"Cost against work: microseconds per sample of a training step, the best of {repeats}")
    costs = {}
    targets = []
    for curve in CURVES.values():
        places = curve.few if quick else curve.places
        [rounds] = measure_in_turn({curve.name: Job(curve_of, (curve.name, places))}, repeats).values()
        costs[curve.name] = dict(zip(places, (1e6 * min(times) for times in zip(*rounds, strict=True)), strict=True))
        cliffs = find_cliffs(costs[curve.name])
        print(f"  {curve.what}")
        print_table(
            [curve.name, "us per sample", ""],
            [
                [f"{place:,}", f"{cost:.3g}", "cliff" if place in cliffs else ""]
                for place, cost in costs[curve.name].items()
            ],
        )
        named = f" (at {', '.join(f'{place:,}' for place in cliffs)})" if cliffs else ""
        targets.append(Target(f"cliffs in {curve.name}{named}:", len(cliffs), 0, at_most=True))
    if plot is not None:
        draw(costs, plot)
    return targets


def find_cliffs(costs: dict[int, float]) -> list[int]:
    """Return the places up to which the cost grows by more than CLIFF times what the trend leads to expect.

    The trend is a power of what is varied, once of the three places before and once of the three from here on. The
    steeper one counts: where fixed costs give way to work, a curve bends without a cliff.
    """
    places = [math.log(place) for place in costs]
    logs = [math.log(cost) for cost in costs.values()]
    cliffs = []
    for k, place in enumerate(costs):
        trends = [0.0]  # a cost per sample that does not fall is no cliff yet
        for first, last in ((max(0, k - 3), k - 1), (k, min(k + 2, len(logs) - 1))):
            if first < last:
                trends.append((logs[last] - logs[first]) / (places[last] - places[first]))
        if k and logs[k] - logs[k - 1] - max(trends) * (places[k] - places[k - 1]) > math.log(CLIFF):
            cliffs.append(place)
    return cliffs


def draw(costs: dict[str, dict[int, float]], path: Path) -> None:
    """Draw the curves into a file, cliffs ringed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7), layout="constrained")
    for axes, (name, curve) in zip(figure.subplots(2, 2).ravel(), costs.items(), strict=True):
        axes.loglog(list(curve), list(curve.values()), "o-", color="#0072B2", markersize=4)
        for place in find_cliffs(curve):
            axes.plot(place, curve[place], "o", markersize=14, fillstyle="none", color="#D55E00")
            axes.annotate(f"cliff at {place:,}", (place, curve[place]), textcoords="offset points", xytext=(10, 8))
        axes.set(xlabel=name, ylabel="microseconds per sample", title=CURVES[name].what)
        axes.grid(alpha=0.3)
    figure.savefig(path)
