"""This machine: its processor, its cores, and the most that one of them computes."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

PRODUCT = 1024  # rows and columns of the matrices where NumPy's product stands in for the peak


def processor() -> str:
    """Return the processor's name as the system tells it."""
    if platform.system() == "Darwin":
        told = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False)
        return told.stdout.strip() or platform.machine()
    for line in _cpu_information().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cpu_information() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def help_for_openblas() -> dict[str, str]:
    """Return what OpenBLAS, in NumPy, must be told: it takes recent AMD processors for an old type, at half speed."""
    known = _cpu_information()
    if "AuthenticAMD" in known and "avx512f" in known and "OPENBLAS_CORETYPE" not in os.environ:
        return {"OPENBLAS_CORETYPE": "SkylakeX"}
    return {}


def native_library() -> Any:
    """Return the native engine's library, or None where it was not built."""
    try:
        return import_module("rosenblatt.engines._native")
    except ImportError:
        return None


def engine() -> str:
    """Return what computes here: the native engine and its instruction set, or NumPy and its BLAS."""
    native = native_library()
    if native is not None:
        return f"native engine, {native.choose(os.environ.get('ROSENBLATT_NATIVE_ISA', ''))}"
    return f"NumPy with {_blas()}; the native engine was not built"


def _blas() -> str:
    from threadpoolctl import threadpool_info

    for library in threadpool_info():
        if library["user_api"] == "blas":
            return " ".join(str(library[key]) for key in ("internal_api", "architecture") if library.get(key))
    return "a BLAS of unknown name"


def what_the_peak_is() -> str:
    """Return in words what `peak` measures here."""
    if native_library() is not None:
        return "multiply-adds in registers"
    return f"NumPy's product of two {PRODUCT} x {PRODUCT} matrices; the native engine, which was not built, knows more"


def peak(seconds: float = 0.3) -> Callable[[], float]:
    """Return a function that measures the most GFLOP/s in float32 of one core.

    Args:
        seconds: how long it measures, in the time that cores give to this process.
    """
    work = _multiply_adds() or _product()

    def measure() -> float:
        operations, took, start = 0, 0.0, time.process_time()
        while took < seconds:
            operations += work()
            took = time.process_time() - start
        return 1e-9 * operations / took

    return measure


def _multiply_adds() -> Callable[[], int] | None:
    """Return what multiplies and adds in registers for about a millisecond, or None without the native engine."""
    native = native_library()
    if native is None:
        return None
    isa = native.choose(os.environ.get("ROSENBLATT_NATIVE_ISA", ""))
    return lambda: int(native.multiply_add_rounds(isa, 250_000))


def _product() -> Callable[[], int]:
    """Return NumPy's matrix product; how many threads BLAS uses is the caller's business."""
    a = np.random.default_rng(0).random((PRODUCT, PRODUCT), np.float32)

    def multiply() -> int:
        a @ a
        return 2 * PRODUCT**3

    return multiply
