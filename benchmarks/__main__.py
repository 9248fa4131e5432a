"""Measure rosenblatt beside other libraries and beside its targets.

python -m benchmarks                                   everything, about fifteen minutes
python -m benchmarks --only training --workloads W1 --repeats 9
python -m benchmarks --only scaling --plot cost.png
python -m benchmarks --quick                           tiny sizes: does it run?
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import beat, imports, predict, scaling, share, small, training
from benchmarks.report import Target, print_heading, print_targets
from rosenblatt.speed.libraries import LIBRARIES, OURS, installed
from rosenblatt.speed.machine import cores, engine, help_for_openblas, processor
from rosenblatt.speed.workloads import ROWS, WORKLOADS

SECTIONS = ("training", "share", "predict", "small", "scaling", "beat", "imports")


def sections(options: argparse.Namespace) -> dict[str, Callable[[], list[Target]]]:
    """Return what runs each section."""
    quick, repeats = options.quick, options.repeats
    rows = options.rows or (500 if quick else ROWS)
    libraries = [OURS, *(name for name in options.libraries if name != OURS)]
    return {
        "training": lambda: training.run(
            options.workloads, libraries, rows, repeats, options.threads, trials=0 if quick else 3
        ),
        "share": lambda: share.run(rows, repeats),
        "predict": lambda: predict.run(100 if quick else 10_000, repeats),
        "small": lambda: small.run(0.005 if quick else 1, repeats),
        "scaling": lambda: scaling.run(quick, min(repeats, 3), options.plot),
        "beat": lambda: beat.run(libraries, 0.2 if quick else 5, 2 if quick else 2 * repeats, rows),
        "imports": lambda: imports.run(1 if quick else 7),
    }


def read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="these sections")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that everything runs")
    parser.add_argument("--repeats", type=int, help="how often everything is measured (default 5)")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=installed())
    parser.add_argument("--rows", type=int, help=f"rows an epoch (default {ROWS})")
    parser.add_argument("--threads", type=int, help="cores for each library (default all)")
    parser.add_argument("--plot", type=Path, metavar="PATH", help="draw the curves of scaling into this file")
    options = parser.parse_args(arguments)
    options.repeats = options.repeats or (1 if options.quick else 5)
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    options = read(arguments)
    print(f"{processor()}, {cores()} cores; rosenblatt: {engine()}")
    told = " ".join(f"{name}={value}" for name, value in help_for_openblas().items())
    if told:
        print(f"{told} for everything: OpenBLAS takes this processor for an old one, at half speed")
    missing = [name for name in LIBRARIES if name not in installed()]
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}")
    targets = []
    for name, run in sections(options).items():
        if name in options.only:
            reached = run()
            print_targets(reached)
            targets += reached
    missed = [target for target in targets if not target.met]
    print_heading(f"{len(targets) - len(missed)} of {len(targets)} targets met")
    print_targets(missed)


if __name__ == "__main__":
    main()
