"""Kernels in eight bits: a quarter of the size, for a little accuracy.

    q = round(w / s)    s = max |w| / 127, for each unit of its own    w ~ q s

Only kernels become whole numbers; biases, inputs and sums stay floats. A model with rounded kernels computes what the
exported program will, so the loss of accuracy can be measured before anything is deployed.

Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference"
(2018), the symmetric case.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt import answers
from rosenblatt.errors import ArgumentError
from rosenblatt.exchange.programs.chain import Chain, Step
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

LARGEST = 127


class Cost(NamedTuple):
    """What quantisation did to the answers on some rows; None for what cannot be said."""

    rows: int
    largest_change: float  # of an output
    same_class: float | None = None  # share of the rows; of classifiers only
    accuracy_before: float | None = None  # with targets only
    accuracy_after: float | None = None

    def __str__(self) -> str:
        told = [f"{self.rows} rows: largest change of an output {self.largest_change:.2g}"]
        if self.same_class is not None:
            told.append(f"same class for {self.same_class:.2%}")
        if self.accuracy_before is not None:
            told.append(f"accuracy {self.accuracy_before:.4f} before, {self.accuracy_after:.4f} after")
        return ", ".join(told)


def quantize(kernel: Array) -> tuple[Array, Array]:
    """Return a kernel (n_in, units) as int8, and the scale (units,) that brings it back.

    Example:
        >>> quantize(np.array([[0.5, 0.0], [-1.0, 0.0]]))
        (array([[  64,    0],
               [-127,    0]], dtype=int8), array([0.00787402, 1.        ]))
    """
    most = np.abs(kernel).max(axis=0)
    scale = np.where(most > 0, most / LARGEST, 1.0).astype(kernel.dtype)
    return np.rint(kernel / scale).astype(np.int8), scale


def quantized(chain: Chain) -> Chain:
    """Return a chain whose dense steps have int8 kernels, and the scale of each unit."""
    return chain._replace(steps=tuple(_quantized_step(step) for step in chain.steps))


def _quantized_step(step: Step) -> Step:
    if step.operation != "dense":
        return step
    kernel, scale = quantize(step.arrays["kernel"])
    return step._replace(operation="dense_int8", arrays={**step.arrays, "kernel": kernel, "scale": scale})


def cost(model: Sequential, data: Any) -> Cost:
    """Measure what quantisation changes, on rows x or (x, y); y is compared with the classes of a classifier.

    Raises:
        ArgumentError: there is not one class for each row, or a name that is not among the model's class names.
    """
    x, y = data if isinstance(data, tuple) else (data, None)
    rounded = copy.deepcopy(model)
    for name, array in rounded.weights.items():
        if name.endswith("/kernel"):
            whole, scale = quantize(array)
            array[...] = whole * scale
    before, after = model.predict(x, verbose=0), rounded.predict(x, verbose=0)
    change = float(np.abs(before - after).max(initial=0.0))
    if not answers.gives_probabilities(model):
        return Cost(len(before), change)
    class_before, class_after = (answers.predicted_classes(model, outputs) for outputs in (before, after))
    same = float(np.mean(class_before == class_after))
    if y is None:
        return Cost(len(before), change, same)
    target = _class_numbers(y, len(before), model.class_names or [])
    right_before, right_after = (float(np.mean(found == target)) for found in (class_before, class_after))
    return Cost(len(before), change, same, right_before, right_after)


def _class_numbers(y: Any, rows: int, class_names: list[str]) -> Array:
    """Return the number of each row's class, which may be given as a number, as one-hot numbers or by its name."""
    target = np.asarray(y)
    if target.dtype.kind not in "biuf":
        unknown = set(target.ravel().tolist()).difference(class_names)
        if unknown:
            raise ArgumentError(
                f"export: expected classes as numbers or as names among {class_names}, got {min(map(repr, unknown))}. "
                "Set model.class_names or give numbers."
            )
        target = np.vectorize(class_names.index, otypes=[np.int64])(target)
    if target.ndim == 2 and target.shape[1] > 1:  # one-hot
        target = target.argmax(axis=1)
    if target.size != rows:
        raise ArgumentError(f"export: expected a class for each of {rows} rows, got an array of shape {target.shape}.")
    return target.reshape(rows)
