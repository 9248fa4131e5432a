"""The C++ library as native/bindings.cpp binds it; `rosenblatt.engines.native` is its only user."""

from collections.abc import Mapping, Sequence
from typing import Any

from rosenblatt.types import Array

def available() -> list[str]: ...
def choose(wanted: str) -> str: ...
def multiply_add_rounds(isa: str, rounds: int) -> int: ...

class _Network:
    def __init__(self, plan: Mapping[str, Any], isa: str, threads: int) -> None: ...
    def predict(self, params: Array, statistics: Array, x: Array, outputs: Sequence[Array | None]) -> None: ...
    def evaluate(
        self,
        params: Array,
        statistics: Array,
        x: Array,
        numbers: Array | None,
        labels: Array | None,
        losses: Array,
        outputs: Array | None,
    ) -> None: ...
    def loss_and_gradient(
        self,
        params: Array,
        statistics: Array,
        step: int,
        x: Array,
        numbers: Array | None,
        labels: Array | None,
        weight: Array | None,
        gradient: Array,
    ) -> float: ...
    def train(
        self,
        params: Array,
        statistics: Array,
        slots: Sequence[Array | None],
        step: int,
        x: Array,
        numbers: Array | None,
        labels: Array | None,
        weight: Array | None,
        order: Array,
        batch_size: int,
        rates: Array,
        losses: Array,
        outputs: Array | None,
    ) -> None: ...

class NetworkFloat32(_Network): ...
class NetworkFloat64(_Network): ...

class _Predictor:
    def __init__(self, plan: Mapping[str, Any], isa: str, threads: int, params: Array, statistics: Array) -> None: ...
    def predict(self, x: Array, y: Array) -> None: ...

class PredictorFloat32(_Predictor): ...
class PredictorFloat64(_Predictor): ...
