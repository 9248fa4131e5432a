"""Stands for `keras.src.metrics`: what a metric keeps is asked for as Keras's variables are."""

from __future__ import annotations

from typing import Any

from rosenblatt.configuration import serialize as serialize
from rosenblatt.metrics import *  # noqa: F403
from rosenblatt.metrics import FalseNegatives, FalsePositives, Metric, Precision, Recall, TrueNegatives, TruePositives

# The counts that each metric's result is made of, in Keras's order.
COUNTS: dict[type[Metric], tuple[str, ...]] = {
    TruePositives: ("true_positives",),
    TrueNegatives: ("true_negatives",),
    FalsePositives: ("false_positives",),
    FalseNegatives: ("false_negatives",),
    Precision: ("true_positives", "false_positives"),
    Recall: ("true_positives", "false_negatives"),
}


def variables(self: Metric) -> list[Any]:
    """What a metric keeps between two updates."""
    if hasattr(self, "_counts"):
        return [getattr(self._counts, name) for name in COUNTS.get(type(self), self._counts._fields)]
    return [vars(self)[name] for name in ("total", "count") if name in vars(self)]


Metric.variables = property(variables)
Metric._dtype = property(lambda self: self.dtype)
for metric in (Precision, Recall):
    for name in COUNTS[metric]:
        setattr(metric, name, property(lambda self, name=name: getattr(self._counts, name)[:, 0]))
