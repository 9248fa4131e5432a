"""What the tests of the rungs share: the breast-cancer rows, and derivatives by finite differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from rosenblatt.ladder import data


@pytest.fixture(scope="session")
def cancer() -> data.Split:
    return data.cancer()


@pytest.fixture(scope="session")
def numeric_gradient() -> Callable:
    """A function that differentiates `loss()` by each entry of an array that loss depends on."""

    def gradient(loss: Callable[[], float], weights: np.ndarray, step: float = 1e-6) -> np.ndarray:
        result = np.zeros_like(weights)
        for index in np.ndindex(weights.shape):
            kept = weights[index]
            weights[index] = kept + step
            above = loss()
            weights[index] = kept - step
            below = loss()
            weights[index] = kept
            result[index] = (above - below) / (2 * step)
        return result

    return gradient


@pytest.fixture(autouse=True)
def the_callers_generator_is_left_alone() -> Iterator[None]:
    before = np.random.get_state()[1:3]  # noqa: NPY002 - the global generator is what is watched
    yield
    after = np.random.get_state()[1:3]  # noqa: NPY002
    assert np.array_equal(before[0], after[0])
    assert before[1] == after[1]
