"""Fashion-MNIST: 70 000 grey pictures of 28 x 28 pixels, ten kinds of clothing.

Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
2017, arXiv:1708.07747. MIT licence, Zalando SE.
"""

from __future__ import annotations

import os
from pathlib import Path

from rosenblatt.arguments import check_language
from rosenblatt.datasets.sources import SOURCES, TrainTest, load, read_folder

CLASS_NAMES = {
    "en": (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    "ko": ("티셔츠/윗도리", "바지", "스웨터", "드레스", "코트", "샌들", "셔츠", "스니커즈", "가방", "앵클부츠"),
}
SAMPLE_FOLDER = Path(__file__).parent / "data" / "fashion-mnist-sample"


def load_data(folder: str | os.PathLike[str] | None = None) -> TrainTest:
    """Return the full data set, downloaded at the first call if it is nowhere on this machine.

    It is looked for in ``folder`` or, where none is given, in the folder named by ROSENBLATT_DATA, in the library's
    cache, and where Debian's package dataset-fashion-mnist puts it.

    Args:
        folder: A folder that holds ``fashion-mnist/`` or the four idx files themselves, compressed or not; it is the
            only place looked at when given.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: pictures (60000, 28, 28) and (10000, 28, 28), labels (60000,) and
        (10000,), all uint8.

    Raises:
        DatasetNotFoundError: found nowhere and not to be downloaded; names every place tried.
        DataError: a file is damaged.

    Source: ``keras.datasets.fashion_mnist.load_data``.
    """
    return load(SOURCES["fashion-mnist"], folder)


def load_sample() -> TrainTest:
    """Return the sample that comes with the library: the first 600 + 100 pictures of each class, in their order.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: pictures (6000, 28, 28) and (1000, 28, 28), labels, all uint8.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_sample()
        >>> x_train.shape, x_test.shape, y_train[:10].tolist()
        ((6000, 28, 28), (1000, 28, 28), [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
    """
    return read_folder(SAMPLE_FOLDER)


def class_names(language: str = "en") -> list[str]:
    """Return the names of the ten classes, in English or Korean.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> class_names()[9], class_names("ko")[9]
        ('Ankle boot', '앵클부츠')
    """
    return list(CLASS_NAMES[check_language("fashion_mnist.class_names", language)])
