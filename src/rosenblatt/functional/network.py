"""A whole network: forward through a chain of layers, the loss, and backward again. This is backpropagation.

Each layer is one function. It takes its input and gives back its output together with a second function, the way back:
from dL/dy, the derivative of the loss with respect to the output, that one writes the derivatives of the layer's own
weights and returns dL/dx for the layer below. The forward pass collects these functions on a tape; the backward pass
calls them from the last to the first. That is all there is to it.

A layer's numbers are given by name, such as ``{"kernel": (n_in, n_out), "bias": (n_out,)}``: views into one flat
vector, so that what is written to a view is written to the vector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.dense import dense, dense_gradient, dense_input_gradient
from rosenblatt.functional.dropout import dropout_mask, gaussian_noise
from rosenblatt.functional.losses import LOSSES
from rosenblatt.functional.normalization import moments, moving_average, normalize_by, normalize_gradient
from rosenblatt.functional.regularizers import REGULARIZERS
from rosenblatt.plan import ArrayPlan, LayerPlan, Plan, Rule
from rosenblatt.types import Array

Arrays: TypeAlias = dict[str, Array]
# From dL/dy: write the derivatives of the weights (none where the layer is frozen), return dL/dx (or None: not wanted).
Backward: TypeAlias = Callable[[Array, Arrays, bool], Array | None]


class Run(NamedTuple):
    """What a layer may know besides its input and its own numbers: is this training, and which step of which seed."""

    training: bool = False
    step: int = 0
    seed: int = 0


# --- The chain ------------------------------------------------------------------------------------


def forward(plan: Plan, weights: Sequence[Arrays], x: Array, run: Run) -> tuple[list[Array], list[Backward]]:
    """Carry a batch through all layers.

    Args:
        plan: the network.
        weights: each layer's numbers by name (see `views`).
        x: (batch, *input_shape).
        run: training or not, and the step that random layers draw for.

    Returns:
        Every layer's output, and the tape: every layer's way back. Where the plan's loss contains the output
        activation, the last output is logits (see `Plan.output`).
    """
    outputs: list[Array] = []
    tape: list[Backward] = []
    for index, (layer, arrays) in enumerate(zip(plan.layers, weights, strict=True)):
        x, way_back = LAYERS[layer.kind](layer, arrays, x, run, index)
        outputs.append(x)
        tape.append(way_back)
    return outputs, tape


def backward(tape: Sequence[Backward], dy: Array, gradients: Sequence[Arrays]) -> None:
    """Carry dL/dy back through all layers, writing each layer's gradient into `gradients`.

    Layers below the lowest one that learns are not visited, and its own dL/dx, the costliest product of most networks,
    is not computed.
    """
    lowest = next((index for index, arrays in enumerate(gradients) if arrays), len(tape))
    for index in range(len(tape) - 1, lowest - 1, -1):
        dx = tape[index](dy, gradients[index], index > lowest)
        if dx is None:
            return
        dy = dx


def loss_and_gradient(
    plan: Plan,
    weights: Sequence[Arrays],
    x: Array,
    target: Array,
    weight: Array | None,
    gradients: Sequence[Arrays],
    run: Run,
) -> tuple[float, Array]:
    """Return the loss of one batch and the network's last output, and write the gradient of the loss.

    Args:
        plan: the network, with a loss.
        weights: each layer's numbers by name.
        x: (batch, *input_shape).
        target: (batch, *output_shape), or (batch, ...) class numbers for the sparse loss.
        weight: (batch,) sample weights, or None for ones.
        gradients: each layer's gradient by name; written to.
        run: training or not, and the step that random layers draw for.
    """
    outputs, tape = forward(plan, weights, x, run)
    output = outputs[-1]
    values = loss_values(plan, target, output)
    share = loss_shares(values, weight, plan.reduction)
    backward(tape, loss_values_gradient(plan, target, output) * share[..., None], gradients)
    penalty = add_penalties(plan, weights, gradients)
    return float(np.sum(values * share)) + penalty, output


# --- The loss -------------------------------------------------------------------------------------


def loss_values(plan: Plan, target: Array, output: Array) -> Array:
    """Return each row's own loss, (batch,)."""
    rule = _loss_rule(plan)
    values: Array = LOSSES[rule.name].function(target, output, **rule.config)
    return values


def loss_values_gradient(plan: Plan, target: Array, output: Array) -> Array:
    """Return the derivative of each row's own loss with respect to its output, (batch, *output_shape)."""
    rule = _loss_rule(plan)
    gradient: Array = LOSSES[rule.name].gradient(target, output, **rule.config)
    return gradient


def loss_shares(values: Array, weight: Array | None, reduction: str) -> Array:
    """Return each row's share in the loss of its batch: loss = Σ share_i value_i.

    ``sum_over_batch_size`` (Keras's default) divides weights by the number of rows, ``mean_with_sample_weight`` by the
    sum of the weights, ``sum`` by nothing.
    """
    share = np.ones_like(values)
    if weight is not None:
        share *= weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
    if reduction == "sum_over_batch_size":
        share /= values.size
    elif reduction == "mean_with_sample_weight" and share.any():  # rows of no weight at all cost nothing
        share /= share.sum()
    return share


def penalties(plan: Plan, weights: Sequence[Arrays]) -> float:
    """Return the sum of all regularisers' penalties on the weights that learn."""
    return sum(
        REGULARIZERS[rule.name].function(arrays[array.name], **rule.config)
        for array, rule, arrays in _penalised(plan, weights)
    )


def add_penalties(plan: Plan, weights: Sequence[Arrays], gradients: Sequence[Arrays]) -> float:
    """Add each regulariser's derivative to the gradient, and return the sum of the penalties."""
    total = 0.0
    for (array, rule, arrays), (_, _, gradient) in zip(
        _penalised(plan, weights), _penalised(plan, gradients), strict=True
    ):
        total += REGULARIZERS[rule.name].function(arrays[array.name], **rule.config)
        gradient[array.name] += REGULARIZERS[rule.name].gradient(arrays[array.name], **rule.config)
    return total


def _penalised(plan: Plan, arrays: Sequence[Arrays]) -> list[tuple[ArrayPlan, Rule, Arrays]]:
    return [
        (array, array.regularizer, numbers)
        for layer, numbers in zip(plan.layers, arrays, strict=True)
        if layer.trainable
        for array in layer.parameters
        if array.regularizer is not None
    ]


def _loss_rule(plan: Plan) -> Rule:
    if plan.loss is None:
        raise ValueError("the plan has no loss: an engine was asked to train or evaluate a network that only predicts")
    return plan.loss


# --- Views into the flat vectors ------------------------------------------------------------------


def views(plan: Plan, params: Array, statistics: Array) -> list[Arrays]:
    """Return each layer's numbers by name, as views into the flat vectors of a state."""
    return [
        {array.name: array.view(params) for array in layer.parameters}
        | {array.name: array.view(statistics) for array in layer.statistics}
        for layer in plan.layers
    ]


def gradient_views(plan: Plan, gradient: Array) -> list[Arrays]:
    """Return each layer's part of a flat gradient by name; none for frozen layers."""
    return [
        {array.name: array.view(gradient) for array in layer.parameters} if layer.trainable else {}
        for layer in plan.layers
    ]


# --- The layers -----------------------------------------------------------------------------------


def activate(rule: Rule, z: Array) -> Array:
    """Return f(z) for the activation that a rule names.

    Example:
        >>> activate(Rule("leaky_relu", {"negative_slope": 0.5}), np.array([-2.0, 3.0]))
        array([-1.,  3.])
    """
    y: Array = ACTIVATIONS[rule.name].function(z, **rule.config)
    return y


def activate_gradient(rule: Rule, dy: Array, z: Array, y: Array) -> Array:
    """Return dL/dz of y = f(z) from dL/dy."""
    dz: Array = ACTIVATIONS[rule.name].gradient(dy, z, y, **rule.config)
    return dz


def dense_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = f(x w + b)."""
    activation: Rule = layer.config["activation"]
    w = arrays["kernel"]
    z = dense(x, w, arrays.get("bias"))
    y = activate(activation, z)

    def way_back(dy: Array, gradients: Arrays, wants_dx: bool) -> Array | None:
        dz = activate_gradient(activation, dy, z, y)
        if gradients:
            dense_gradient(dz, x, w, gradients["kernel"], gradients.get("bias"))
        return dense_input_gradient(dz, w) if wants_dx else None

    return y, way_back


def activation_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = f(x)."""
    activation: Rule = layer.config["activation"]
    y = activate(activation, x)
    return y, lambda dy, gradients, wants_dx: activate_gradient(activation, dy, x, y)


def prelu_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = max(x, 0) + alpha min(x, 0), with a learnt slope alpha for every unit (He et al., 2015)."""
    alpha = arrays["alpha"]
    below = np.minimum(x, 0)
    y = np.maximum(x, 0) + alpha * below

    def way_back(dy: Array, gradients: Arrays, wants_dx: bool) -> Array | None:
        if gradients:
            np.sum(dy * below, axis=0, out=gradients["alpha"])
        return np.where(x > 0, dy, alpha * dy)

    return y, way_back


def flatten_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """Lay each row's numbers out in one line."""
    return x.reshape(len(x), *layer.output_shape), lambda dy, gradients, wants_dx: dy.reshape(x.shape)


def rescaling_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = scale x + offset."""
    scale, offset = layer.config["scale"], layer.config["offset"]
    return x * scale + offset, lambda dy, gradients, wants_dx: dy * scale


def normalization_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = (x - mean) / standard deviation, both measured beforehand by `adapt`; never less than 1e-7."""
    deviation = np.maximum(np.sqrt(arrays["variance"]), 1e-7)
    return (x - arrays["mean"]) / deviation, lambda dy, gradients, wants_dx: dy / deviation


def dropout_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """In training, set a share `rate` of the units to zero and scale the others up; else do nothing."""
    if not run.training or layer.config["rate"] == 0:
        return x, lambda dy, gradients, wants_dx: dy
    mask = dropout_mask(x.shape, layer.config["rate"], _seed(layer, run), run.step, index, x.dtype)
    return x * mask, lambda dy, gradients, wants_dx: dy * mask


def gaussian_noise_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """In training, add normal noise; else do nothing."""
    if not run.training or layer.config["stddev"] == 0:
        return x, lambda dy, gradients, wants_dx: dy
    noise = gaussian_noise(x.shape, layer.config["stddev"], _seed(layer, run), run.step, index, x.dtype)
    return x + noise, lambda dy, gradients, wants_dx: dy


def batch_normalization_layer(
    layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int
) -> tuple[Array, Backward]:
    """y = gamma n + beta, where n is x with the batch's own mean and variance taken off, unit by unit.

    In training the moving averages follow the batches; in use, and where the layer is frozen, they take their place.
    """
    epsilon, momentum = layer.config["epsilon"], layer.config["momentum"]
    batch_axes = tuple(range(x.ndim - 1))
    uses_batch = run.training and layer.trainable
    if uses_batch:
        mean, variance = moments(x, batch_axes)
        moving_average(arrays["moving_mean"], mean, momentum)
        moving_average(arrays["moving_variance"], variance, momentum)
    else:
        mean, variance = arrays["moving_mean"], arrays["moving_variance"]
    n = normalize_by(x, mean, variance, epsilon)

    def way_back(dy: Array, gradients: Arrays, wants_dx: bool) -> Array | None:
        dn = _scale_and_shift_gradient(dy, n, arrays, gradients)
        if uses_batch:
            return normalize_gradient(dn, n, variance, epsilon, batch_axes)
        dx: Array = dn / np.sqrt(variance + epsilon)
        return dx

    return _scale_and_shift(n, arrays), way_back


def layer_normalization_layer(
    layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int
) -> tuple[Array, Backward]:
    """y = gamma n + beta, where n is x with the row's own mean and variance taken off (Ba, Kiros and Hinton, 2016)."""
    epsilon = layer.config["epsilon"]
    mean, variance = moments(x, -1, keepdims=True)
    n = normalize_by(x, mean, variance, epsilon)

    def way_back(dy: Array, gradients: Arrays, wants_dx: bool) -> Array | None:
        return normalize_gradient(_scale_and_shift_gradient(dy, n, arrays, gradients), n, variance, epsilon, -1)

    return _scale_and_shift(n, arrays), way_back


def _scale_and_shift(n: Array, arrays: Arrays) -> Array:
    """y = gamma n + beta; either may be absent."""
    y = n * arrays["gamma"] if "gamma" in arrays else n
    return y + arrays["beta"] if "beta" in arrays else y


def _scale_and_shift_gradient(dy: Array, n: Array, arrays: Arrays, gradients: Arrays) -> Array:
    """dL/dgamma = Σ dy n, dL/dbeta = Σ dy, dL/dn = dy gamma."""
    batch_axes = tuple(range(dy.ndim - 1))
    if "gamma" in gradients:
        np.sum(dy * n, axis=batch_axes, out=gradients["gamma"])
    if "beta" in gradients:
        np.sum(dy, axis=batch_axes, out=gradients["beta"])
    return dy * arrays["gamma"] if "gamma" in arrays else dy


def _seed(layer: LayerPlan, run: Run) -> int:
    seed: int | None = layer.config["seed"]
    return run.seed if seed is None else seed


LAYERS: dict[str, Callable[[LayerPlan, Arrays, Array, Run, int], tuple[Array, Backward]]] = {
    "Activation": activation_layer,
    "BatchNormalization": batch_normalization_layer,
    "Dense": dense_layer,
    "Dropout": dropout_layer,
    "Flatten": flatten_layer,
    "GaussianNoise": gaussian_noise_layer,
    "LayerNormalization": layer_normalization_layer,
    "Normalization": normalization_layer,
    "PReLU": prelu_layer,
    "Rescaling": rescaling_layer,
}
