"""How much of one core's measured float32 peak a training reaches, end to end, on one thread."""

from __future__ import annotations

from benchmarks.report import Target, print_heading, print_table
from rosenblatt.speed.machine import what_the_peak_is
from rosenblatt.speed.share import shares
from rosenblatt.speed.workloads import CHAINS

TARGETS = {32: 0.70, 256: 0.85}  # by the rows a batch


def run(rows: int, repeats: int) -> list[Target]:
    """Measure peak and trainings in turn; count two operations a multiply-add of the products, nothing else."""
    print_heading(f"Share of one core's peak, one thread, an epoch of {rows:,} rows, {repeats} in turn")
    reached = shares(CHAINS, rows, repeats)
    print("  in seconds that the core gave to the process, whatever else the machine did")
    print(f"  peak {reached.peak:.1f} GFLOP/s: {what_the_peak_is()}")
    print_table(
        ["", "seconds", "GFLOP/s", "of the peak"],
        [[share.workload.title, share.seconds, share.gflops, f"{share.of_peak:.1%}"] for share in reached.of],
    )
    return [
        Target(
            f"{share.workload.title}:", 100 * share.of_peak, 100 * TARGETS[share.workload.batch_size], " % of the peak"
        )
        for share in reached.of
    ]
