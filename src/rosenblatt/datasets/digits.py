"""Optical recognition of handwritten digits: 1797 pictures of 8 x 8 pixels in 17 shades.

Source: Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, doi:10.24432/C50P49. CC BY 4.0. These are
the pictures of its test file, the ones that scikit-learn has.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rosenblatt.arguments import check_language
from rosenblatt.datasets.idx import read_idx
from rosenblatt.datasets.mnist import CLASS_NAMES
from rosenblatt.types import Array

FOLDER = Path(__file__).parent / "data" / "digits"


def load_data() -> tuple[Array, Array]:
    """Return the pictures and their labels, as scikit-learn's ``load_digits`` has them.

    Returns:
        ``x`` (1797, 8, 8) float64, whole numbers from 0 (paper) to 16 (ink): divide by 16 to train on them;
        ``y`` (1797,) int64.

    Example:
        >>> x, y = load_data()
        >>> x.shape, float(x.max()), y[:5].tolist()
        ((1797, 8, 8), 16.0, [0, 1, 2, 3, 4])
    """
    images = read_idx(FOLDER / "images-idx3-ubyte.gz")
    labels = read_idx(FOLDER / "labels-idx1-ubyte.gz")
    return images.astype(np.float64), labels.astype(np.int64)


def class_names(language: str = "en") -> list[str]:
    """Return the names of the ten classes: the figures 0 to 9 in either language.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> class_names("ko")[7]
        '7'
    """
    return list(CLASS_NAMES[check_language("digits.class_names", language)])
