"""``rosenblatt bench``: what this machine can do, how near to it rosenblatt comes, and how long others take."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rosenblatt.cli import output
from rosenblatt.cli.output import tell
from rosenblatt.speed import machine, prediction
from rosenblatt.speed.comparison import Comparison, compare
from rosenblatt.speed.libraries import LIBRARIES, OURS, installed
from rosenblatt.speed.share import Shares, shares
from rosenblatt.speed.turns import Job, measure_in_turn
from rosenblatt.speed.workloads import CHAINS, WORKLOADS

if TYPE_CHECKING:
    from rich.table import Table

WORKLOAD = WORKLOADS["W1"]


def bench(quick: bool, as_json: bool) -> None:
    """Measure, and print what was found."""
    count, repeats = (2_400, 2) if quick else (24_000, 5)
    libraries = [OURS] if quick else installed()
    tell("Measuring: one core's peak, and trainings on it")
    reached = shares(CHAINS, count, repeats)
    tell("Measuring: one row predicted")
    one_row = _one_row(repeats)
    tell(f"Measuring: training with {', '.join(libraries)}")
    side_by_side = compare(libraries, WORKLOAD, 2 * count, repeats, threads=None, trials=0)
    if as_json:
        output.print_json(_report(reached, one_row, side_by_side, 2 * count))
    else:
        _print(reached, one_row, side_by_side, 2 * count)


def _one_row(repeats: int) -> dict[str, float]:
    """Return the seconds in which one row is predicted, by each of the two ways."""
    ways = {"model.predictor()": prediction.predictor, "model.predict": prediction.predict}
    jobs = {name: Job(way, (WORKLOAD, 1)) for name, way in ways.items()}
    return {name: statistics.median(times) for name, times in measure_in_turn(jobs, repeats).items()}


def _report(reached: Shares, one_row: dict[str, float], side_by_side: Comparison, count: int) -> dict[str, object]:
    return {
        "processor": machine.processor(),
        "cores": machine.cores(),
        "engine": machine.engine(),
        "peak": {"gflops": reached.peak, "measured": machine.what_the_peak_is()},
        "training_on_one_core": [
            {"network": share.workload.title, "gflops": share.gflops, "share_of_peak": share.of_peak}
            for share in reached.of
        ],
        "seconds_for_one_row": one_row,
        "side_by_side": {
            "network": WORKLOAD.title,
            "rows": count,
            "seconds_an_epoch": {name: result.median for name, result in side_by_side.results.items()},
            "settings": {name: result.setting for name, result in side_by_side.results.items()},
            "left_out": side_by_side.left_out,
        },
    }


def _print(reached: Shares, one_row: dict[str, float], side_by_side: Comparison, count: int) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    peak = f"{reached.peak:.0f} GFLOP/s, float32, one core: {machine.what_the_peak_is()}"
    cores = output.count(machine.cores(), "core")
    output.print_pairs({"Processor": f"{machine.processor()}, {cores}", "Computes": machine.engine(), "Peak": peak})
    print()
    console.print(
        _table(
            "Training on one core",
            ["network", "rows a second", "GFLOP/s", "of the peak"],
            [
                [
                    share.workload.title,
                    f"{1e9 * share.gflops / share.workload.flops_a_row:,.0f}",
                    f"{share.gflops:.1f}",
                    f"{share.of_peak:.0%}",
                ]
                for share in reached.of
            ],
        )
    )
    console.print(
        _table(
            f"Predicting one row, {'-'.join(map(str, WORKLOAD.widths))}",
            ["through", "microseconds"],
            [[name, f"{1e6 * seconds:.1f}"] for name, seconds in one_row.items()],
        )
    )
    console.print(
        _table(
            f"Training {WORKLOAD.title}: an epoch of {count:,} rows, {cores}",
            ["library", "seconds", "times ours", "used as"],
            _standings(side_by_side),
        )
    )
    for name, reason in side_by_side.left_out.items():
        print(f"Left out: {name} ({reason})")
    missing = [name for name in LIBRARIES if name not in installed()]
    if missing:
        print(f"Not installed: {', '.join(missing)}")


def _standings(side_by_side: Comparison) -> list[list[str]]:
    """Return a line for each library, the fastest first."""
    ours = side_by_side.results[OURS]
    return [
        [
            name,
            f"{result.median:.3f}",
            f"{statistics.median(result.times_as_long_as(ours)):.2f}",
            result.setting,
        ]
        for name, result in sorted(side_by_side.results.items(), key=lambda item: item[1].median)
    ]


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Lay out a table: words, then numbers, then words again."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name, cell in zip(header, rows[0], strict=True):
        table.add_column(name, justify="right" if cell[0].isdigit() and name != "network" else "left")
    for row in rows:
        table.add_row(*row)
    return table
