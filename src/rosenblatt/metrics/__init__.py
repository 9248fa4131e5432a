"""Metrics under Keras's names: objects that see rows in pieces and tell one result of them all.

    metric = BinaryAccuracy()
    metric.update_state(y_true, y_pred, sample_weight=None)     # as often as there are pieces
    metric.result()                                             # a float, or an array (per class, per threshold)
    metric.reset_state()

How the rows are cut into pieces never changes the result. Sums are kept in float64. Targets ``(n,)`` and ``(n, 1)``
are taken for the same, and never broadcast against each other. The formulas are in ``rosenblatt.functional.metrics``
and ``rosenblatt.functional.losses``. ``numpy.asarray(metric.result()).tolist()`` is a float or a list, for logs.

    means.py           sums and means, also of a function of your own
    accuracies.py      how often the answer is right
    regression.py      how far numbers are off
    probabilistic.py   how unlikely the targets are: cross-entropies and their kin
    hinges.py          how far outputs are within a margin
    confusion.py       true and false positives and negatives, precision, recall, F scores, the confusion matrix
    curves.py          areas under curves, one rate at a value of another

Source: the names, arguments and numbers are those of Keras 3, https://keras.io/api/metrics/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from rosenblatt.configuration import deserialize, snake_case
from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from rosenblatt.metrics.base import Metric, MetricFunction
from rosenblatt.metrics.confusion import (
    ConfusionMatrix,
    F1Score,
    FalseNegatives,
    FalsePositives,
    FBetaScore,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from rosenblatt.metrics.curves import (
    AUC,
    PrecisionAtRecall,
    RateAtRate,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from rosenblatt.metrics.hinges import CategoricalHinge, Hinge, SquaredHinge
from rosenblatt.metrics.means import FUNCTIONS, Mean, MeanMetricWrapper, Sum
from rosenblatt.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from rosenblatt.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)
from rosenblatt.types import Shape

__all__ = [
    "AUC",
    "BY_SHAPE",
    "CLASSES",
    "FUNCTIONS",
    "NAMES",
    "SHORT",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConfusionMatrix",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "direction",
    "get",
    "get_list",
]

CLASSES: dict[str, type[Metric]] = {
    metric.__name__: metric
    for metric in (
        Sum,
        Mean,
        MeanMetricWrapper,
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        MeanSquaredError,
        RootMeanSquaredError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredLogarithmicError,
        LogCoshError,
        CosineSimilarity,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        Hinge,
        SquaredHinge,
        CategoricalHinge,
        KLDivergence,
        Poisson,
        TruePositives,
        TrueNegatives,
        FalsePositives,
        FalseNegatives,
        Precision,
        Recall,
        SensitivityAtSpecificity,
        SpecificityAtSensitivity,
        PrecisionAtRecall,
        RecallAtPrecision,
        AUC,
        FBetaScore,
        F1Score,
        ConfusionMatrix,
        R2Score,
    )
}

NAMES: dict[str, type[Metric]] = {
    **CLASSES,
    **{snake_case(name): metric for name, metric in CLASSES.items()},
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "rmse": RootMeanSquaredError,
    "RMSE": RootMeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "MAPE": MeanAbsolutePercentageError,
    "msle": MeanSquaredLogarithmicError,
    "MSLE": MeanSquaredLogarithmicError,
    "kld": KLDivergence,
    "KLD": KLDivergence,
    "f1": F1Score,
    "r2": R2Score,
    "logcosh": LogCoshError,
}

# What a short name means for outputs that are one probability, one-hot rows' or integer labels'.
BY_SHAPE: dict[str, dict[str, type[Metric]]] = {
    "accuracy": {
        "binary": BinaryAccuracy,
        "categorical": CategoricalAccuracy,
        "sparse": SparseCategoricalAccuracy,
    },
    "crossentropy": {
        "binary": BinaryCrossentropy,
        "categorical": CategoricalCrossentropy,
        "sparse": SparseCategoricalCrossentropy,
    },
}
SHORT: dict[str, str] = {
    "accuracy": "accuracy",
    "acc": "accuracy",
    "crossentropy": "crossentropy",
    "ce": "crossentropy",
}


def get(
    identifier: str | Metric | type[Metric] | MetricFunction | Mapping[str, Any],
    output_shape: Shape | None = None,
    target_shape: Shape | None = None,
) -> Metric:
    """Make a metric from a name, a class, a function or a description; a metric is returned as it is.

    "accuracy" (or "acc") and "crossentropy" (or "ce") choose by the shapes: one output: binary; integer labels:
    sparse; else categorical. The name given is the name recorded; a function is recorded under its own.

    Args:
        identifier: A name such as "accuracy", "mae", "auc" or "SparseCategoricalAccuracy"; a metric or its class; a
            function ``f(y_true, y_pred)``; or ``{"class_name": ..., "config": ...}``.
        output_shape: The shape of one row of the output, such as ``(10,)``.
        target_shape: The shape of one row of the target, such as ``()`` for labels ``(n,)``.

    Raises:
        UnknownNameError: no metric has the name.
        ArgumentError: "crossentropy" without the shapes, or something that is no metric.

    Example:
        >>> get("acc", output_shape=(10,), target_shape=())
        SparseCategoricalAccuracy('acc')
        >>> get("mae").name
        'mae'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        kind = _named(identifier, output_shape, target_shape)
        if issubclass(kind, RateAtRate):
            raise ArgumentError(
                f"metric {identifier!r}: expected a value of {kind.bound}, got a name alone. "
                f"Try metrics=[metrics.{kind.__name__}(0.9)]."
            )
        metric = kind()
        metric.name = identifier
        return metric
    if isinstance(identifier, Mapping):
        return deserialize("metric", identifier, CLASSES)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if callable(identifier):
        return MeanMetricWrapper(identifier)
    raise ArgumentError(
        f"metric: expected a name, a metric, a function or a description, got {identifier!r}. Try metrics=['accuracy']."
    )


def get_list(
    identifiers: Any,
    output_shape: Shape | None = None,
    target_shape: Shape | None = None,
) -> list[Metric]:
    """Make all metrics of ``compile(metrics=...)``: None, one, or several; a name that recurs gets _1, _2, ...

    Args:
        identifiers: None, one of what ``get`` takes, or a list of them.
        output_shape: As for ``get``.
        target_shape: As for ``get``.

    Raises:
        UnknownNameError: no metric has one of the names.
        ArgumentError: one of them is no metric.

    Example:
        >>> [metric.name for metric in get_list([Precision(class_id=0), Precision(class_id=1)])]
        ['precision', 'precision_1']
    """
    if identifiers is None:
        return []
    several = identifiers if isinstance(identifiers, list | tuple) else [identifiers]
    metrics = [get(identifier, output_shape, target_shape) for identifier in several]
    taken: set[str] = set()
    for metric in metrics:
        name, times = metric.name, 0
        while metric.name in taken:
            times += 1
            metric.name = f"{name}_{times}"
        taken.add(metric.name)
    return metrics


def direction(name: str, own: Iterable[Metric] = ()) -> Literal["up", "down"] | None:
    """Return which way a figure gets better, "up" or "down", or None where its name does not tell.

    Args:
        name: As in the history, such as "loss" or "accuracy".
        own: Metrics that may bear the name, such as a model's; they are asked first.

    Example:
        >>> direction("accuracy"), direction("loss"), direction("height")
        ('up', 'down', None)
    """
    for metric in own:
        if metric.name == name:
            return metric.direction
    if name.lower() in SHORT:
        return "up" if SHORT[name.lower()] == "accuracy" else "down"
    if name == "loss":
        return "down"
    return NAMES[name].direction if name in NAMES else None


def _named(name: str, output_shape: Shape | None, target_shape: Shape | None) -> type[Metric]:
    family = SHORT.get(name.lower())
    if family is not None and output_shape is not None and target_shape is not None:
        return BY_SHAPE[family][_kind(output_shape, target_shape)]
    if family == "accuracy":
        return Accuracy
    if family == "crossentropy":
        raise ArgumentError(
            f"metric {name!r}: expected output_shape and target_shape to choose by, got none. "
            "Name it in full, such as 'sparse_categorical_crossentropy'."
        )
    if name not in NAMES:
        raise UnknownNameError("metric", name, {*NAMES, *SHORT})
    return NAMES[name]


def _kind(output_shape: Shape, target_shape: Shape) -> str:
    """Tell "binary", "sparse" or "categorical" from the shapes of one row, as Keras does."""
    if not output_shape or output_shape[-1] == 1:
        return "binary"
    return "sparse" if len(target_shape) < len(output_shape) or target_shape[-1] == 1 else "categorical"
