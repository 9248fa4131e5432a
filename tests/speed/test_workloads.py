"""What is trained: the arithmetic is counted exactly, the rows are there."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.speed.workloads import CHAINS, WORKLOADS, Workload, rows


def test_a_single_layer_has_no_product_to_the_inputs() -> None:
    forward = to_the_weights = 2 * 5 * 3
    assert Workload("", (5, 3), "relu", "sgd", 1).flops_a_row == forward + to_the_weights


def test_the_layers_behind_the_first_have_three_products() -> None:
    assert Workload("", (5, 4, 3), "relu", "sgd", 1).flops_a_row == 2 * (2 * 5 * 4 + 3 * 4 * 3)


def test_the_title_says_how_the_network_is_trained() -> None:
    assert WORKLOADS["W3"].title == "784-392-10 (tanh), rmsprop, batch 128"


@pytest.mark.parametrize("workload", [*WORKLOADS.values(), *CHAINS], ids=lambda workload: workload.name)
def test_rows_fit_the_network(workload: Workload) -> None:
    x, y = rows(workload, 7_001)  # more than the bundled sample has
    assert x.shape == (7_001, workload.widths[0])
    assert x.dtype == np.float32
    assert set(y) == set(range(10))
    assert np.abs(x).max() < 10
