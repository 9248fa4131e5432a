"""Every library in a process of its own, asked for one epoch after the other in turn."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.connection import Connection


def serve(pipe: Connection, peer: str, workload_name: str, count: int, threads: int) -> None:
    """In a process of its own: set one library up, then train an epoch whenever asked and send back its seconds."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    from benchmarks.peers import PEERS
    from benchmarks.workloads import WORKLOADS, rows

    try:
        epoch = PEERS[peer][1](WORKLOADS[workload_name], *rows(count))
    except NotImplementedError as reason:
        pipe.send(str(reason))
        return
    epoch()  # not counted: compiles, builds, fills caches
    pipe.send("ready")
    while pipe.recv() == "epoch":
        start = time.perf_counter()
        epoch()
        pipe.send(time.perf_counter() - start)


def measure(workload: str, peers: list[str], repeats: int, count: int, threads: int) -> dict[str, list[float]]:
    """Return each library's seconds per epoch; they take turns, so that a slow moment hits all alike."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    for peer in peers:
        ours, theirs = context.Pipe()
        context.Process(target=serve, args=(theirs, peer, workload, count, threads), daemon=True).start()
        theirs.close()  # so that a library that fails ends the pipe
        try:
            answer = ours.recv()
        except EOFError:
            answer = "it failed, see above"
        if answer == "ready":
            pipes[peer] = ours
        else:
            print(f"  {peer}: left out ({answer})")
    seconds: dict[str, list[float]] = {peer: [] for peer in pipes}
    for _ in range(repeats):
        for peer, pipe in pipes.items():
            pipe.send("epoch")
            seconds[peer].append(pipe.recv())
    for pipe in pipes.values():
        pipe.send("stop")
    return seconds
