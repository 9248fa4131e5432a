"""Random numbers from a counter: the same place in training always draws the same number.

An ordinary generator must be asked in a fixed order. Philox needs no memory: it scrambles a counter - here the row of
the batch, the unit, the step and the layer - into random bits. So dropout masks are the same for every engine, for any
number of threads and however an epoch is cut into slices, and none has to be stored.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), Philox4x32-10.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.types import Array, Shape

MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
LOW_32 = np.uint64(0xFFFFFFFF)
SHIFT_32 = np.uint64(32)


def philox4x32(counter: tuple[Array, Array, Array, Array], key: int) -> tuple[Array, Array, Array, Array]:
    """Scramble a counter of four 32-bit words into four random 32-bit words.

    Args:
        counter: four arrays of uint64, each word below 2**32, that broadcast together.
        key: 64 bits, the seed.

    Example:
        >>> zero = np.zeros((), np.uint64)
        >>> [hex(int(word)) for word in philox4x32((zero, zero, zero, zero), key=0)]
        ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    c0, c1, c2, c3 = counter
    key_0, key_1 = key & 0xFFFFFFFF, (key >> 32) & 0xFFFFFFFF
    for _ in range(ROUNDS):
        product_0, product_1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0 = (product_1 >> SHIFT_32) ^ c1 ^ np.uint64(key_0)
        c2 = (product_0 >> SHIFT_32) ^ c3 ^ np.uint64(key_1)
        c1, c3 = product_1 & LOW_32, product_0 & LOW_32
        key_0, key_1 = (key_0 + KEY_STEPS[0]) & 0xFFFFFFFF, (key_1 + KEY_STEPS[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def random_words(shape: Shape, seed: int, step: int, layer: int) -> Array:
    """Return random 32-bit words (as uint64) for every unit of every row of a batch.

    Unit u of row r takes word u mod 4 of the counter (r, u div 4, step, layer), so that no bit is wasted.

    Args:
        shape: (rows, *units).
        seed: 64 bits, the key.
        step: updates made so far.
        layer: the layer's place in the network.

    Example:
        >>> few, many = random_words((1, 3), 0, 0, 0), random_words((9, 3), 0, 0, 0)
        >>> few[0].tolist() == many[0].tolist()  # a row's numbers do not depend on how many rows there are
        True
    """
    rows = shape[0]
    units = int(np.prod(shape[1:], dtype=np.int64))
    row = np.arange(rows, dtype=np.uint64)[:, None]
    block = np.arange((units + 3) // 4, dtype=np.uint64)[None, :]
    words = philox4x32((row, block, np.uint64(step & 0xFFFFFFFF), np.uint64(layer)), seed)  # type: ignore[arg-type]
    return np.stack(words, axis=-1).reshape(rows, -1)[:, :units].reshape(shape)


def standard_normal(shape: Shape, seed: int, step: int, layer: int) -> Array:
    """Return standard normal numbers in float64, two from each pair of words.

    Args:
        shape, seed, step, layer: as for `random_words`.

    Example:
        >>> standard_normal((1, 4), seed=0, step=0, layer=0).round(2)
        array([[ 0.99, -0.92, -0.62, -0.48]])

    Source: Box and Muller, "A note on the generation of random normal deviates" (1958).
    """
    units = int(np.prod(shape[1:], dtype=np.int64))
    words = random_words((shape[0], units + units % 2), seed, step, layer).reshape(shape[0], -1, 2)
    radius = np.sqrt(-2.0 * np.log((words[..., 0] + 1.0) / 2.0**32))  # + 1 keeps the logarithm finite
    angle = 2.0 * np.pi * words[..., 1] / 2.0**32
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(shape[0], -1)[:, :units].reshape(shape)
