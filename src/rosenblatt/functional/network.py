"""A whole network: forward through a chain of layers, the loss, and backward again. This is backpropagation.

Each layer is one function. It takes its input and gives back its output together with a second function, the way back:
from dL/dy, the derivative of the loss with respect to the output, that one writes the derivatives of the layer's own
weights and returns dL/dx for the layer below. The forward pass collects these functions on a tape; the backward pass
calls them from the last to the first. That is all there is to it.

A layer's numbers are given by name, such as ``{"kernel": (n_in, n_out), "bias": (n_out,)}``: views into one flat
vector, so that what is written to a view is written to the vector.

Symbols: ``plan`` the network, ``weights`` each layer's numbers by name and ``gradients`` their derivatives, which are
written to; ``x`` (batch, *input_shape); ``run`` training or not, and the step that random layers draw for. A layer's
function gets its own plan ``layer``, its own numbers ``arrays``, and its place in the network, ``index``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from rosenblatt.errors import ArgumentError
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.functional.dense import dense, dense_gradient, dense_input_gradient
from rosenblatt.functional.dropout import dropout_mask, gaussian_noise
from rosenblatt.functional.losses import LOSSES
from rosenblatt.functional.normalization import (
    moments,
    moving_average,
    normalize_by,
    normalize_gradient,
    standard_deviation,
)
from rosenblatt.functional.regularizers import REGULARIZERS
from rosenblatt.plan import ArrayPlan, LayerPlan, Plan, Rule
from rosenblatt.types import Array

Arrays: TypeAlias = dict[str, Array]
# From dL/dy: write the derivatives of the weights (none where the layer is frozen), return dL/dx (or None: not wanted).
Backward: TypeAlias = Callable[[Array, Arrays, bool], Array | None]


class Run(NamedTuple):
    """What a layer may know besides its input and its own numbers: is this training, and which step of which seed.

    Args:
        training: whether units are dropped, noise is added, and batches are measured.
        step: updates made so far.
        seed: the model's; a layer may have its own.

    Example:
        >>> Run(), Run(training=True, step=7, seed=1)
        (Run(training=False, step=0, seed=0), Run(training=True, step=7, seed=1))
    """

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

    Example:
        >>> plan = Plan((2,), (LayerPlan("Rescaling", "halves", {"scale": 0.5, "offset": 0.0}, (2,), (2,)),))
        >>> outputs, tape = forward(plan, [{}], np.array([[2.0, 4.0]]), Run())
        >>> outputs, len(tape)
        ([array([[1., 2.]])], 1)
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

    Args:
        tape: as `forward` gave it.
        dy: the derivative of the loss with respect to the last output.

    Example:
        >>> dense = {"activation": Rule("linear")}
        >>> plan = Plan((2,), (LayerPlan("Dense", "d", dense, (2,), (1,), (ArrayPlan("kernel", (2, 1), 0),)),))
        >>> x, w, gradient = np.array([[2.0, 4.0]]), np.array([1.0, 1.0]), np.zeros(2)
        >>> _, tape = forward(plan, views(plan, w, np.zeros(0)), x, Run())
        >>> backward(tape, np.array([[10.0]]), gradient_views(plan, gradient))
        >>> gradient
        array([20., 40.])
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

    Example:
        >>> dense = {"activation": Rule("linear")}
        >>> layers = (LayerPlan("Dense", "d", dense, (2,), (1,), (ArrayPlan("kernel", (2, 1), 0),)),)
        >>> plan = Plan((2,), layers, loss=Rule("mean_squared_error"))
        >>> w, gradient = views(plan, np.array([1.0, 1.0]), np.zeros(0)), np.zeros(2)
        >>> x, target = np.array([[2.0, 4.0]]), np.array([[5.0]])
        >>> loss_and_gradient(plan, w, x, target, None, gradient_views(plan, gradient), Run())
        (1.0, array([[6.]]))
        >>> gradient  # 2 (output - target) x
        array([4., 8.])
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
    """Return each row's own loss, (batch,).

    Args:
        target: like output, or (batch, ...) class numbers for the sparse loss.
        output: (batch, *output_shape).

    Raises:
        ArgumentError: the plan has no loss.

    Example:
        >>> plan = Plan((2,), (), loss=Rule("mean_squared_error"))
        >>> loss_values(plan, np.array([[0.0, 0.0]]), np.array([[1.0, 3.0]]))
        array([5.])
    """
    rule = _loss_rule(plan)
    values: Array = LOSSES[rule.name].function(target, output, **rule.config)
    return values


def loss_values_gradient(plan: Plan, target: Array, output: Array) -> Array:
    """Return the derivative of each row's own loss with respect to its output, (batch, *output_shape).

    Args:
        target, output: as for `loss_values`.

    Example:
        >>> plan = Plan((2,), (), loss=Rule("mean_squared_error"))
        >>> loss_values_gradient(plan, np.array([[0.0, 0.0]]), np.array([[1.0, 3.0]]))
        array([[1., 3.]])
    """
    rule = _loss_rule(plan)
    gradient: Array = LOSSES[rule.name].gradient(target, output, **rule.config)
    return gradient


def loss_shares(values: Array, weight: Array | None, reduction: str) -> Array:
    """Return each row's share in the loss of its batch: loss = Σ share_i value_i.

    ``sum_over_batch_size`` (Keras's default) divides weights by the number of rows, ``mean_with_sample_weight`` by the
    sum of the weights, ``sum`` by nothing.

    Args:
        values: (batch,), or (batch, ...) where a row has several.
        weight: of each row, or of each of its values; None for ones.
        reduction: one of the three.

    Example:
        >>> values, weight = np.array([5.0, 7.0]), np.array([1.0, 3.0])
        >>> loss_shares(values, weight, "sum_over_batch_size"), loss_shares(values, weight, "mean_with_sample_weight")
        (array([0.5, 1.5]), array([0.25, 0.75]))
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
    """Return the sum of all regularisers' penalties on the weights that learn.

    Example:
        >>> kernel = ArrayPlan("kernel", (2, 1), 0, regularizer=Rule("l1_l2", {"l2": 0.5}))
        >>> plan = Plan((2,), (LayerPlan("Dense", "d", {}, (2,), (1,), (kernel,)),))
        >>> penalties(plan, views(plan, np.array([1.0, 3.0]), np.zeros(0)))
        5.0
    """
    return sum(
        REGULARIZERS[rule.name].function(arrays[array.name], **rule.config)
        for array, rule, arrays in _penalised(plan, weights)
    )


def add_penalties(plan: Plan, weights: Sequence[Arrays], gradients: Sequence[Arrays]) -> float:
    """Add each regulariser's derivative to the gradient, and return the sum of the penalties.

    Example:
        >>> kernel = ArrayPlan("kernel", (2, 1), 0, regularizer=Rule("l1_l2", {"l2": 0.5}))
        >>> plan = Plan((2,), (LayerPlan("Dense", "d", {}, (2,), (1,), (kernel,)),))
        >>> w, gradient = np.array([1.0, 3.0]), np.array([10.0, 10.0])
        >>> add_penalties(plan, views(plan, w, np.zeros(0)), gradient_views(plan, gradient)), gradient
        (5.0, array([11., 13.]))
    """
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
        raise ArgumentError(
            "engine: expected a plan with a loss to train or evaluate, got one with no loss, which only predicts. "
            "Compile the model first."
        )
    return plan.loss


# --- Views into the flat vectors ------------------------------------------------------------------


def views(plan: Plan, params: Array, statistics: Array) -> list[Arrays]:
    """Return each layer's numbers by name, as views into the flat vectors of a state.

    Args:
        params: what is learnt.
        statistics: what is measured.

    Example:
        >>> arrays = (ArrayPlan("kernel", (2, 1), 0), ArrayPlan("bias", (1,), 2))
        >>> plan = Plan((2,), (LayerPlan("Dense", "d", {}, (2,), (1,), arrays),))
        >>> params = np.array([1.0, 2.0, 3.0])
        >>> views(plan, params, np.zeros(0))[0]["bias"][:] = 7.0
        >>> params
        array([1., 2., 7.])
    """
    return [layer_views(layer, params, statistics) for layer in plan.layers]


def layer_views(layer: LayerPlan, params: Array, statistics: Array) -> Arrays:
    """Return one layer's numbers by name: views, so that writing to them changes the state.

    Args:
        params, statistics: as for `views`.

    Example:
        >>> arrays = (ArrayPlan("kernel", (2, 1), 0), ArrayPlan("bias", (1,), 2))
        >>> layer_views(LayerPlan("Dense", "d", {}, (2,), (1,), arrays), np.array([1.0, 2.0, 3.0]), np.zeros(0))
        {'kernel': array([[1.],
               [2.]]), 'bias': array([3.])}
    """
    learnt = {array.name: array.view(params) for array in layer.parameters}
    return learnt | {array.name: array.view(statistics) for array in layer.statistics}


def gradient_views(plan: Plan, gradient: Array) -> list[Arrays]:
    """Return each layer's part of a flat gradient by name; none for frozen layers.

    Args:
        gradient: as long as the parameters.

    Example:
        >>> bias = (ArrayPlan("bias", (1,), 0),)
        >>> layer, frozen = (LayerPlan("Dense", "d", {}, (2,), (1,), bias, trainable=each) for each in (True, False))
        >>> gradient_views(Plan((2,), (layer, frozen)), np.zeros(1))
        [{'bias': array([0.])}, {}]
    """
    return [
        {array.name: array.view(gradient) for array in layer.parameters} if layer.trainable else {}
        for layer in plan.layers
    ]


# --- The layers -----------------------------------------------------------------------------------


def activate(rule: Rule, z: Array) -> Array:
    """Return f(z) for the activation that a rule names.

    Args:
        rule: a name of ``activations.ACTIVATIONS`` with its arguments.
        z: a float array.

    Example:
        >>> activate(Rule("leaky_relu", {"negative_slope": 0.5}), np.array([-2.0, 3.0]))
        array([-1.,  3.])
    """
    y: Array = ACTIVATIONS[rule.name].function(z, **rule.config)
    return y


def activate_gradient(rule: Rule, dy: Array, z: Array, y: Array) -> Array:
    """Return dL/dz of y = f(z) from dL/dy.

    Args:
        rule: as for `activate`.
        dy: dL/dy.
        z: what went in.
        y: what came out.

    Example:
        >>> z = np.array([-2.0, 3.0])
        >>> activate_gradient(Rule("relu"), np.array([10.0, 10.0]), z, activate(Rule("relu"), z))
        array([ 0., 10.])
    """
    dz: Array = ACTIVATIONS[rule.name].gradient(dy, z, y, **rule.config)
    return dz


def dense_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = f(x w + b).

    Example:
        >>> layer = LayerPlan("Dense", "d", {"activation": Rule("relu")}, (1,), (2,))
        >>> arrays = {"kernel": np.array([[2.0, -2.0]]), "bias": np.array([1.0, 1.0])}
        >>> gradients = {"kernel": np.zeros((1, 2)), "bias": np.zeros(2)}
        >>> y, way_back = dense_layer(layer, arrays, np.array([[3.0]]), Run(), 0)
        >>> y, way_back(np.array([[10.0, 10.0]]), gradients, True), gradients  # the unit that is off learns nothing
        (array([[7., 0.]]), array([[20.]]), {'kernel': array([[30.,  0.]]), 'bias': array([10.,  0.])})
    """
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
    """y = f(x).

    Example:
        >>> layer = LayerPlan("Activation", "a", {"activation": Rule("relu")}, (2,), (2,))
        >>> y, way_back = activation_layer(layer, {}, np.array([[-3.0, 3.0]]), Run(), 0)
        >>> y, way_back(np.array([[10.0, 10.0]]), {}, True)
        (array([[0., 3.]]), array([[ 0., 10.]]))
    """
    activation: Rule = layer.config["activation"]
    y = activate(activation, x)
    return y, lambda dy, gradients, wants_dx: activate_gradient(activation, dy, x, y)


def prelu_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = max(x, 0) + alpha min(x, 0), with a learnt slope alpha for every unit (He et al., 2015).

    Example:
        >>> layer = LayerPlan("PReLU", "p", {}, (2,), (2,))
        >>> gradients = {"alpha": np.zeros(2)}
        >>> y, way_back = prelu_layer(layer, {"alpha": np.array([0.5, 0.5])}, np.array([[-3.0, 3.0]]), Run(), 0)
        >>> y, way_back(np.array([[10.0, 10.0]]), gradients, True), gradients
        (array([[-1.5,  3. ]]), array([[ 5., 10.]]), {'alpha': array([-30.,   0.])})
    """
    alpha = arrays["alpha"]
    below = np.minimum(x, 0)
    y = np.maximum(x, 0) + alpha * below

    def way_back(dy: Array, gradients: Arrays, wants_dx: bool) -> Array | None:
        if gradients:
            np.sum(dy * below, axis=0, out=gradients["alpha"])
        return np.where(x > 0, dy, alpha * dy)

    return y, way_back


def flatten_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """Lay each row's numbers out in one line.

    Example:
        >>> layer = LayerPlan("Flatten", "f", {}, (2, 2), (4,))
        >>> y, way_back = flatten_layer(layer, {}, np.array([[[1.0, 2.0], [3.0, 4.0]]]), Run(), 0)
        >>> y, way_back(y, {}, True).shape
        (array([[1., 2., 3., 4.]]), (1, 2, 2))
    """
    return x.reshape(len(x), *layer.output_shape), lambda dy, gradients, wants_dx: dy.reshape(x.shape)


def rescaling_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = scale x + offset.

    Example:
        >>> layer = LayerPlan("Rescaling", "r", {"scale": 0.5, "offset": 1.0}, (1,), (1,))
        >>> y, way_back = rescaling_layer(layer, {}, np.array([[4.0]]), Run(), 0)
        >>> y, way_back(np.array([[10.0]]), {}, True)
        (array([[3.]]), array([[5.]]))
    """
    scale, offset = layer.config["scale"], layer.config["offset"]
    return x * scale + offset, lambda dy, gradients, wants_dx: dy * scale


def normalization_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """y = (x - mean) / standard deviation, both measured beforehand by `adapt`; never less than 1e-7.

    Example:
        >>> layer = LayerPlan("Normalization", "n", {}, (1,), (1,))
        >>> figures = {"mean": np.array([5.0]), "variance": np.array([4.0])}
        >>> y, way_back = normalization_layer(layer, figures, np.array([[9.0]]), Run(), 0)
        >>> y, way_back(np.array([[10.0]]), {}, True)
        (array([[2.]]), array([[5.]]))
    """
    deviation = standard_deviation(arrays["variance"])
    return (x - arrays["mean"]) / deviation, lambda dy, gradients, wants_dx: dy / deviation


def dropout_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """In training, set a share `rate` of the units to zero and scale the others up; else do nothing.

    Example:
        >>> layer = LayerPlan("Dropout", "d", {"rate": 0.5, "seed": None}, (4,), (4,))
        >>> y, way_back = dropout_layer(layer, {}, np.ones((1, 4)), Run(training=True), 0)
        >>> y, way_back(np.ones((1, 4)), {}, True)  # what was dropped learns nothing
        (array([[0., 2., 2., 2.]]), array([[0., 2., 2., 2.]]))
    """
    if not run.training or layer.config["rate"] == 0:
        return x, lambda dy, gradients, wants_dx: dy
    mask = dropout_mask(x.shape, layer.config["rate"], _seed(layer, run), run.step, index, x.dtype)
    return x * mask, lambda dy, gradients, wants_dx: dy * mask


def gaussian_noise_layer(layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int) -> tuple[Array, Backward]:
    """In training, add normal noise; else do nothing.

    Example:
        >>> layer = LayerPlan("GaussianNoise", "g", {"stddev": 0.1, "seed": None}, (3,), (3,))
        >>> y, way_back = gaussian_noise_layer(layer, {}, np.ones((1, 3)), Run(training=True), 0)
        >>> y.round(2), way_back(np.ones((1, 3)), {}, True)
        (array([[1.1 , 0.91, 0.94]]), array([[1., 1., 1.]]))
    """
    if not run.training or layer.config["stddev"] == 0:
        return x, lambda dy, gradients, wants_dx: dy
    noise = gaussian_noise(x.shape, layer.config["stddev"], _seed(layer, run), run.step, index, x.dtype)
    return x + noise, lambda dy, gradients, wants_dx: dy


def batch_normalization_layer(
    layer: LayerPlan, arrays: Arrays, x: Array, run: Run, index: int
) -> tuple[Array, Backward]:
    """y = gamma n + beta, where n is x with the batch's own mean and variance taken off, unit by unit.

    In training the moving averages follow the batches; in use, and where the layer is frozen, they take their place.

    Example:
        >>> layer = LayerPlan("BatchNormalization", "b", {"epsilon": 0.0, "momentum": 0.5}, (1,), (1,))
        >>> averages = {"moving_mean": np.array([0.0]), "moving_variance": np.array([1.0])}
        >>> x = np.array([[2.0], [6.0]])  # mean 4, variance 4
        >>> batch_normalization_layer(layer, averages, x, Run(training=True), 0)[0].ravel(), averages
        (array([-1.,  1.]), {'moving_mean': array([2.]), 'moving_variance': array([2.5])})
        >>> batch_normalization_layer(layer, averages, x, Run(), 0)[0].ravel()
        array([0.        , 2.52982213])
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
    """y = gamma n + beta, where n is x with the row's own mean and variance taken off (Ba, Kiros and Hinton, 2016).

    Example:
        >>> layer = LayerPlan("LayerNormalization", "l", {"epsilon": 0.0}, (3,), (3,))
        >>> x = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
        >>> layer_normalization_layer(layer, {}, x, Run(), 0)[0].round(3)
        array([[-1.225,  0.   ,  1.225],
               [-1.225,  0.   ,  1.225]])
    """
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
