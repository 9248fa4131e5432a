"""MNIST: 70 000 grey pictures of 28 x 28 pixels, handwritten digits.

Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the
IEEE 86(11), 1998.
"""

from __future__ import annotations

import os

from rosenblatt.arguments import check_language
from rosenblatt.datasets.sources import SOURCES, TrainTest, load

DIGITS = tuple("0123456789")
CLASS_NAMES = {"en": DIGITS, "ko": DIGITS}  # figures are written alike


def load_data(folder: str | os.PathLike[str] | None = None) -> TrainTest:
    """Return the full data set, downloaded at the first call if it is nowhere on this machine.

    It is looked for in ``folder`` or, where none is given, in the folder named by ROSENBLATT_DATA and in the library's
    cache.

    Args:
        folder: A folder that holds ``mnist/`` or the four idx files themselves, compressed or not; it is the only place
            looked at when given.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: pictures (60000, 28, 28) and (10000, 28, 28), labels (60000,) and
        (10000,), all uint8.

    Raises:
        DatasetNotFoundError: found nowhere and not to be downloaded; names every place tried.
        DataError: a file is damaged.

    Source: ``keras.datasets.mnist.load_data``.
    """
    return load(SOURCES["mnist"], folder)


def class_names(language: str = "en") -> list[str]:
    """Return the names of the ten classes: the figures 0 to 9 in either language.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> class_names()[7]
        '7'
    """
    return list(CLASS_NAMES[check_language("mnist.class_names", language)])
