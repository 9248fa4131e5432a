"""Noise that is only there in training: dropped units and added Gaussian noise.

Symbols: ``shape`` (batch, units) of what the noise is for, ``seed`` of the model or the layer, ``step`` the updates
made so far, ``layer`` the layer's place in the network. The same four always give the same noise, in the ``dtype`` that
is asked for.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.functional.philox import random_words, standard_normal
from rosenblatt.types import Array, Shape


def dropout_mask(shape: Shape, rate: float, seed: int, step: int, layer: int, dtype: np.dtype | str) -> Array:
    """Return a mask that is 0 with probability `rate` and 1 / (1 - rate) elsewhere, so that the mean stays the same.

    Dropout is y = x * mask, and its derivative dx = dy * mask.

    Args:
        rate: from 0 to less than 1.

    Example:
        >>> mask = dropout_mask((100, 100), rate=0.75, seed=0, step=0, layer=0, dtype="float32")
        >>> sorted(set(mask.ravel().tolist())), round(float(mask.mean()), 1)
        ([0.0, 4.0], 1.0)

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
    """
    kept = random_words(shape, seed, step, layer) >= np.uint64(round(rate * 2**32))
    mask: Array = kept * np.asarray(1.0 / (1.0 - rate), dtype)
    return mask


def gaussian_noise(shape: Shape, stddev: float, seed: int, step: int, layer: int, dtype: np.dtype | str) -> Array:
    """Return normal noise of mean 0; added to x, its derivative is dx = dy.

    Args:
        stddev: its standard deviation, at least 0.

    Example:
        >>> for step in (0, 0, 1):
        ...     print(gaussian_noise((1, 3), stddev=0.1, seed=0, step=step, layer=0, dtype="float32").round(2))
        [[ 0.1  -0.09 -0.06]]
        [[ 0.1  -0.09 -0.06]]
        [[ 0.11 -0.04 -0.24]]

    Source: ``keras.layers.GaussianNoise``.
    """
    return (standard_normal(shape, seed, step, layer) * stddev).astype(dtype)
