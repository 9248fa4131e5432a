"""Noise that is only there in training: dropped units and added Gaussian noise."""

from __future__ import annotations

import numpy as np

from rosenblatt.functional.philox import random_words, standard_normal
from rosenblatt.types import Array, Shape


def dropout_mask(shape: Shape, rate: float, seed: int, step: int, layer: int, dtype: np.dtype | str) -> Array:
    """Return a mask that is 0 with probability `rate` and 1 / (1 - rate) elsewhere, so that the mean stays the same.

    Dropout is y = x * mask, and its derivative dx = dy * mask.

    Example:
        >>> mask = dropout_mask((2, 4), rate=0.5, seed=0, step=0, layer=0, dtype="float32")
        >>> sorted(set(mask.ravel().tolist()))
        [0.0, 2.0]

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
    """
    kept = random_words(shape, seed, step, layer) >= np.uint64(round(rate * 2**32))
    mask: Array = kept * np.asarray(1.0 / (1.0 - rate), dtype)
    return mask


def gaussian_noise(shape: Shape, stddev: float, seed: int, step: int, layer: int, dtype: np.dtype | str) -> Array:
    """Return normal noise of mean 0; added to x, its derivative is dx = dy.

    Example:
        >>> gaussian_noise((1, 3), stddev=0.1, seed=0, step=0, layer=0, dtype="float32").shape
        (1, 3)
    """
    return (standard_normal(shape, seed, step, layer) * stddev).astype(dtype)
