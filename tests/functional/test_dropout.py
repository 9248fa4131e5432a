"""What dropout and Gaussian noise promise: shares, means, and the same numbers for any slicing."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.functional.dropout import dropout_mask, gaussian_noise


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.9])
def test_a_share_of_rate_is_dropped_and_the_rest_scaled_up(rate: float) -> None:
    mask = dropout_mask((300, 301), rate, seed=1, step=0, layer=0, dtype="float64")
    assert set(np.unique(mask)) == {0.0, 1.0 / (1.0 - rate)}
    deviation = np.sqrt(rate * (1 - rate) / mask.size)
    assert abs(np.mean(mask == 0) - rate) < 5 * deviation
    assert abs(mask.mean() - 1) < 5 * deviation / (1 - rate)


def test_rate_0_drops_nothing() -> None:
    assert np.array_equal(dropout_mask((4, 5), 0.0, 1, 0, 0, "float32"), np.ones((4, 5)))


def test_units_are_dropped_independently_of_their_neighbours() -> None:
    dropped = dropout_mask((300, 300), 0.5, seed=2, step=0, layer=0, dtype="float32") == 0
    for neighbour in (dropped[1:, :] & dropped[:-1, :], dropped[:, 1:] & dropped[:, :-1]):
        assert abs(neighbour.mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / neighbour.size)


def test_another_step_and_another_layer_drop_other_units() -> None:
    masks = [dropout_mask((8, 8), 0.5, 0, step, layer, "float32") for step in (0, 1) for layer in (0, 1)]
    assert len({mask.tobytes() for mask in masks}) == 4


def test_a_row_s_mask_does_not_depend_on_how_many_rows_come_after_it() -> None:
    whole = dropout_mask((7, 5), 0.3, seed=9, step=4, layer=1, dtype="float32")
    assert np.array_equal(dropout_mask((3, 5), 0.3, 9, 4, 1, "float32"), whole[:3])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_masks_and_noise_have_the_precision_asked_for(dtype: str) -> None:
    assert dropout_mask((2, 3), 0.5, 0, 0, 0, dtype).dtype == dtype
    assert gaussian_noise((2, 3), 0.5, 0, 0, 0, dtype).dtype == dtype


def test_noise_has_mean_0_and_the_deviation_asked_for() -> None:
    noise = gaussian_noise((200, 10, 25), stddev=0.3, seed=5, step=0, layer=0, dtype="float64")
    assert abs(noise.mean()) < 5 * 0.3 / np.sqrt(noise.size)
    assert abs(noise.std() / 0.3 - 1) < 5 / np.sqrt(2 * noise.size)
