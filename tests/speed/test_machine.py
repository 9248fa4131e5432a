"""This machine, described: names where the system tells them, a peak that is one."""

from __future__ import annotations

import os

import pytest

from rosenblatt.speed import machine


def test_the_processor_has_a_name() -> None:
    assert machine.processor().strip()


def test_cores_are_those_that_this_process_may_use() -> None:
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)


AMD = "vendor_id : AuthenticAMD\nmodel name\t: AMD EPYC 9Z\nflags : fma avx512f\n"


@pytest.mark.parametrize(
    ("information", "told"),
    [
        (AMD, {"OPENBLAS_CORETYPE": "SkylakeX"}),
        (AMD.replace("avx512f", "avx2"), {}),
        (AMD.replace("AuthenticAMD", "GenuineIntel"), {}),
    ],
)
def test_openblas_is_helped_on_amd_processors_with_avx512_only(
    information: str, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_cpu_information", lambda: information)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    assert machine.help_for_openblas() == told
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")  # what the user says stands
    assert machine.help_for_openblas() == {}


def test_the_peak_is_measured_in_gigaflops() -> None:
    assert 0.05 < machine.peak(0.01)() < 10_000


def test_without_the_native_engine_a_matrix_product_is_measured_and_called_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "native_library", lambda: None)
    monkeypatch.setattr(machine, "PRODUCT", 64)
    assert 0.05 < machine.peak(0.01)() < 10_000
    assert machine.what_the_peak_is().startswith("NumPy's product of two 64 x 64 matrices; the native engine")
    assert machine.engine().startswith("NumPy with ")
    assert machine.engine().endswith("; the native engine was not built")


def test_what_computes_is_what_a_new_model_computes_with() -> None:
    from rosenblatt import Sequential

    name = Sequential().engine.name
    assert machine.engine().startswith({"native": "native engine, ", "reference": "NumPy with "}[name])
