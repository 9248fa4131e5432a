"""Train four networks with every library installed, in turn, and print medians and ratios.

python -m benchmarks                        all workloads and libraries
python -m benchmarks --workloads W1 --repeats 9
python -m benchmarks --imports              only the time of `import rosenblatt` beside that of `import numpy`
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measuring import measure

OURS = "rosenblatt"


def help_openblas() -> str:
    """NumPy's OpenBLAS takes recent AMD server cores for an old type, at half speed: tell it what they are."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    if "AuthenticAMD" in cpu and "avx512f" in cpu and "OPENBLAS_CORETYPE" not in os.environ:
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
        return "OPENBLAS_CORETYPE=SkylakeX set for every library (OpenBLAS takes this AMD processor for an old one)"
    return ""


def print_table(seconds: dict[str, list[float]]) -> None:
    ours = seconds[OURS]
    print(f"  {'':<26}{'median s':>10}{'min':>9}{'max':>9}   times as long as rosenblatt (median, min-max)")
    for peer, values in seconds.items():
        ratios = [value / own for value, own in zip(values, ours, strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"  {peer:<26}{statistics.median(values):>10.3f}{min(values):>9.3f}{max(values):>9.3f}   {spread}")


def measure_imports(repeats: int) -> None:
    """Print how long a fresh interpreter takes to import rosenblatt, beside NumPy."""

    # As installed by pip, with compiled bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def seconds(statement: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
        return time.perf_counter() - start

    seconds("import rosenblatt")  # not counted: writes the bytecode
    pairs = []
    for _ in range(repeats):
        empty = seconds("pass")
        pairs.append((seconds("import numpy") - empty, seconds("import rosenblatt") - empty))
    numpy_time, our_time = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(ours / numpys for numpys, ours in pairs)
    print(f"import numpy {numpy_time:.3f} s, import rosenblatt {our_time:.3f} s, ratio {ratio:.2f}")


def main() -> None:
    from benchmarks.peers import PEERS
    from benchmarks.workloads import ROWS, WORKLOADS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed beside the peers installed.")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--repeats", type=int, default=5, help="epochs counted for each library (default 5)")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows an epoch (default {ROWS})")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="cores for each library")
    parser.add_argument("--imports", action="store_true", help="measure only the time of the import")
    arguments = parser.parse_args()
    if arguments.imports:
        measure_imports(max(arguments.repeats, 5))
        return
    hint = help_openblas()
    peers = [peer for peer in arguments.peers if importlib.util.find_spec(PEERS[peer][0]) is not None]
    if OURS not in peers:
        peers.insert(0, OURS)
    missing = [peer for peer in arguments.peers if peer not in peers]
    print(f"{arguments.rows} rows, {arguments.threads} threads, {arguments.repeats} epochs each in turn. {hint}")
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}")
    for workload in arguments.workloads:
        print(WORKLOADS[workload].title)
        print_table(measure(workload, peers, arguments.repeats, arguments.rows, arguments.threads))
    measure_imports(7)


if __name__ == "__main__":
    main()
