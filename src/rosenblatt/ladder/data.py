"""The two data sets that the rungs are shown on, split and scaled as in the lectures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Split(NamedTuple):
    """Rows to learn from, and rows held out: for choosing (validation) and for the last word (test)."""

    x_train: Array
    y_train: Array
    x_val: Array
    y_val: Array
    x_test: Array
    y_test: Array


def cancer() -> Split:
    """Return the breast-cancer table as rungs 2 to 5 use it: 364, 91 and 114 rows, standardised.

    A fifth is held out twice, each time with both classes in proportion: first the test set, then the validation set.
    Mean and standard deviation are those of the training rows; the held-out rows must not have a say in them.

    Example:
        >>> data = cancer()
        >>> len(data.x_train), len(data.x_val), len(data.x_test)
        (364, 91, 114)
    """
    from rosenblatt.datasets import breast_cancer
    from rosenblatt.utils import train_test_split

    x, y = breast_cancer.load_data()
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    x_train, x_val, x_test = ((part - mean) / deviation for part in (x_train, x_val, x_test))
    return Split(x_train, y_train, x_val, y_val, x_test, y_test)


def fashion(full: bool = False) -> Split:
    """Return Fashion-MNIST as rung 6 uses it: flat rows of 784 pixels from 0 to 1, one-hot targets.

    Args:
        full: True for all 60 000 pictures (48 000 to learn from, 12 000 for validation), wherever they are found or
            downloaded from; False for the sample of 6 000 that comes with the library (4 800 and 1 200).

    Example:
        >>> data = fashion()
        >>> data.x_train.shape, data.y_train.shape, data.x_val.shape
        ((4800, 784), (4800, 10), (1200, 784))
    """
    from rosenblatt.datasets import fashion_mnist
    from rosenblatt.utils import to_categorical, train_test_split

    (x, y), (x_test, y_test) = fashion_mnist.load_data() if full else fashion_mnist.load_sample()
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    x_train, x_val, x_test = (part.reshape(-1, 784) / 255 for part in (x_train, x_val, x_test))
    y_train, y_val, y_test = (to_categorical(part, 10) for part in (y_train, y_val, y_test))
    return Split(x_train, y_train, x_val, y_val, x_test, y_test)
