"""Breast Cancer Wisconsin (Diagnostic): 569 tumours, 30 measurements of cell nuclei each, malignant or benign.

Source: Wolberg, Mangasarian, Street and Street, UCI Machine Learning Repository, 1995, doi:10.24432/C5DW2B. CC BY 4.0.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from rosenblatt.arguments import check_language
from rosenblatt.types import Array

CLASS_NAMES = {"en": ("malignant", "benign"), "ko": ("악성", "양성")}
FILE = Path(__file__).parent / "data" / "breast-cancer.csv.gz"


def load_data() -> tuple[Array, Array]:
    """Return the table, as scikit-learn has it.

    Returns:
        ``x`` (569, 30) float64 and ``y`` (569,) int64: 0 malignant (212 rows), 1 benign (357 rows).

    Example:
        >>> x, y = load_data()
        >>> x.shape, np.bincount(y).tolist()
        ((569, 30), [212, 357])
    """
    table = np.loadtxt(FILE, delimiter=",", skiprows=1)
    return np.ascontiguousarray(table[:, :-1]), table[:, -1].astype(np.int64)


def feature_names() -> list[str]:
    """Return the names of the 30 columns.

    Example:
        >>> feature_names()[:3]
        ['mean radius', 'mean texture', 'mean perimeter']
    """
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return next(lines).strip().split(",")[:-1]


def class_names(language: str = "en") -> list[str]:
    """Return the names of the two classes, in English or Korean.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> class_names(), class_names("ko")
        (['malignant', 'benign'], ['악성', '양성'])
    """
    return list(CLASS_NAMES[check_language("breast_cancer.class_names", language)])
