"""Counter-based random numbers against the published vectors, and what they promise to dropout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.functional.philox import philox4x32, random_words, standard_normal

# Known-answer vectors of the authors' library Random123 (kat_vectors, "philox4x32 10"): counter, key, result.
KNOWN_ANSWERS = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",  # the digits of pi
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_published_vectors_come_out(counter: str, key: str, answer: str) -> None:
    words = tuple(np.array(int(word, 16), np.uint64) for word in counter.split())
    low, high = (int(word, 16) for word in key.split())
    scrambled = philox4x32(words, low | high << 32)  # type: ignore[arg-type]
    assert [f"{int(word):08x}" for word in scrambled] == answer.split()


def test_unit_u_takes_word_u_mod_4_of_the_counter_row_block_step_layer() -> None:
    words = random_words((3, 6), seed=7, step=5, layer=2)
    counter = tuple(np.array(number, np.uint64) for number in (2, 1, 5, 2))  # row 2, units 4 to 7
    assert words[2, 4:6].tolist() == [int(word) for word in philox4x32(counter, 7)][:2]  # type: ignore[arg-type]


def test_words_are_the_same_however_many_rows_and_units_are_asked_for() -> None:
    many = random_words((9, 10), seed=1, step=0, layer=0)
    assert np.array_equal(random_words((4, 10), 1, 0, 0), many[:4])
    assert np.array_equal(random_words((9, 3), 1, 0, 0), many[:, :3])
    assert np.array_equal(random_words((9, 5, 2), 1, 0, 0), many.reshape(9, 5, 2))


@pytest.mark.parametrize("other", [{"seed": 2}, {"seed": 1 + 2**32}, {"step": 4}, {"layer": 1}])
def test_seed_step_and_layer_each_give_other_words(other: dict[str, int]) -> None:
    place = {"seed": 1, "step": 3, "layer": 0}
    assert not np.array_equal(random_words((2, 4), **place), random_words((2, 4), **(place | other)))


def test_words_are_evenly_spread_over_32_bits() -> None:
    words = random_words((400, 250), seed=3, step=0, layer=0)
    assert words.max() < 2**32
    counts = np.bincount((words >> np.uint64(28)).ravel().astype(int), minlength=16)
    assert np.abs(counts - 6250).max() < 5 * np.sqrt(6250)  # sixteen bins, five standard deviations
    bits = (words[..., None] >> np.arange(32, dtype=np.uint64)) & np.uint64(1)
    assert np.abs(bits.mean(axis=(0, 1)) - 0.5).max() < 5 * 0.5 / np.sqrt(words.size)


def test_normal_numbers_have_mean_0_and_deviation_1() -> None:
    numbers = standard_normal((400, 251), seed=3, step=0, layer=0)
    n = numbers.size
    assert abs(numbers.mean()) < 5 / np.sqrt(n)
    assert abs(numbers.std() - 1) < 5 / np.sqrt(2 * n)
    assert abs(np.mean(numbers**3)) < 5 * np.sqrt(15 / n)  # symmetric
    assert abs(np.mean(numbers**4) - 3) < 5 * np.sqrt(96 / n)  # with the tails of a bell
    assert abs(np.mean(numbers[:, 0:250:2] * numbers[:, 1:250:2])) < 5 / np.sqrt(n / 2)  # a pair is independent


@given(rows=st.integers(1, 5), units=st.integers(1, 9), seed=st.integers(0, 2**64 - 1), step=st.integers(0, 2**32))
def test_normal_numbers_are_finite_and_of_the_shape_asked_for(rows: int, units: int, seed: int, step: int) -> None:
    numbers = standard_normal((rows, units), seed, step, layer=1)
    assert numbers.shape == (rows, units)
    assert np.isfinite(numbers).all()
