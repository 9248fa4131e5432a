"""Activation functions with their derivatives, and what these do to the gradient of a deep network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.errors import ArgumentError, UnknownNameError
from rosenblatt.functional.activations import ACTIVATIONS, softmax
from rosenblatt.plots.canvas import (
    BLUE,
    CLASS_COLOURS,
    CLASS_SHAPES,
    VERMILLION,
    axes_or_new,
    finish,
    label,
    make_grid,
    whole_numbers,
)
from rosenblatt.plots.text import attach, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS_UNITS = ("softmax", "log_softmax")  # these look at all units of a layer at once
DASHES = ("-", "--", "-.", ":")


def activation_functions(names: str | Sequence[str] | None = None, ax: Any = None, *, language: str = "en") -> Any:
    """Draw activation functions, each with its derivative (dashed), for z from -5 to 5.

    Softmax and log_softmax look at several units at once: they are drawn for the first of two, the other being at 0.

    Args:
        names: one name or several, such as ``["sigmoid", "relu"]``; None draws all.
        ax: an Axes, an array of them, or None for a new figure.
        language: "en" or "ko".

    Returns:
        An array of Axes, one a function; a single Axes where one name was given as text.

    Raises:
        UnknownNameError: a name that is no activation's.

    Example:
        >>> from rosenblatt import plots
        >>> print(plots.describe(plots.activation_functions("relu")))
        relu
        x: z
        <BLANKLINE>
         z  activation function  derivative
        -4                    0           0
        -2                    0           0
        -1                    0           0
         0                    0           0
         1                    1           1
         2                    2           1
         4                    4           1
    """
    say = speak(language)
    wanted = list(ACTIVATIONS) if names is None else [names] if isinstance(names, str) else list(names)
    for name in wanted:
        if name not in ACTIVATIONS:
            raise UnknownNameError("plots.activation_functions", name, ACTIVATIONS)
    columns = 3 if len(wanted) in (3, 5, 6, 9) else 4  # fills the rows best
    grid = make_grid(ax, len(wanted), columns, cell=(3.0, 2.5))
    z = np.linspace(-5, 5, 501)
    listed = np.array([-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0])
    for panel, name in zip(grid.axes, wanted, strict=True):
        y, slope = _value_and_slope(name, z)
        panel.plot(z, y, "-", color=BLUE, linewidth=2.2, label=say("activation function"))
        panel.plot(z, slope, "--", color=VERMILLION, linewidth=1.8, label=say("derivative"))
        label(panel, f"{name} (z, 0)" if name in ACROSS_UNITS else name, "z")
        panel.set_ylim(-2.2, 3.2)
        header = ["z", say("activation function"), say("derivative")]
        attach(panel, table(header, np.stack([listed, *_value_and_slope(name, listed)], axis=1).tolist()))
    grid.axes[0].legend(fontsize=8, loc="upper left")
    finish(*grid.axes)
    return grid.axes[0] if isinstance(names, str) else grid.axes


def _value_and_slope(name: str, z: Array) -> tuple[Array, Array]:
    function, gradient = ACTIVATIONS[name]
    if name == "step":  # flat on both sides of its jump
        return function(z), np.zeros_like(z)
    if name in ACROSS_UNITS:
        both = np.stack([z, np.zeros_like(z)], axis=1)
        y = function(both)
        of_the_first = np.zeros_like(both)
        of_the_first[:, 0] = 1
        return y[:, 0], gradient(of_the_first, both, y)[:, 0]
    y = function(z)
    return y, gradient(np.ones_like(z), z, y)


def gradient_sizes(gradients: Any, ax: Axes | None = None, *, title: str = "", language: str = "en") -> Axes:
    """Draw how large the gradient is in each layer, on a logarithmic axis: the root mean square of its numbers.

    Args:
        gradients: what ``model.gradients`` returned, or for each layer, from the input on, the gradient of its weights:
            an array, a list of arrays, or its size as a number. A dict of these compares networks by name.
        ax: an Axes, or None for a new figure.
        title: stands above the picture; a default if empty.
        language: "en" or "ko".

    Raises:
        ArgumentError: there is no layer.

    Example:
        >>> import numpy as np
        >>> from rosenblatt import plots
        >>> print(plots.describe(plots.gradient_sizes([np.array([[3.0, -3.0]]), np.array([0.5])])))
        Gradient size per layer
        x: layer (1 is next to the input)
        y: root mean square of the gradient
        <BLANKLINE>
        layer  gradient
            1         3
            2       0.5
    """
    say = speak(language)
    several = isinstance(gradients, Mapping) and not _is_of_a_model(gradients)
    networks = gradients if several else {say("gradient"): gradients}
    sizes = {str(name): [_size(layer) for layer in _layers(network)] for name, network in networks.items()}
    if not all(sizes.values()):
        raise ArgumentError("plots.gradient_sizes: expected the gradient of at least one layer, got none.")

    ax = axes_or_new(ax, (6.4, 4.2))
    for k, (name, values) in enumerate(sizes.items()):
        ax.plot(
            range(1, len(values) + 1),
            [value if value > 0 else np.nan for value in values],  # a logarithmic axis has no place for 0
            DASHES[k % len(DASHES)],
            color=CLASS_COLOURS[k % len(CLASS_COLOURS)],
            marker=CLASS_SHAPES[k % len(CLASS_SHAPES)],
            markersize=8,
            label=name,
        )
    ax.set_yscale("log")
    label(
        ax,
        title or say("Gradient size per layer"),
        say("layer (1 is next to the input)"),
        say("root mean square of the gradient"),
    )
    whole_numbers(ax.xaxis)
    if len(sizes) > 1:
        ax.legend()
    depth = max(map(len, sizes.values()))
    rows = [[k + 1, *(values[k] if k < len(values) else None for values in sizes.values())] for k in range(depth)]
    attach(ax, table([say("layer"), *sizes], rows))
    finish(ax)
    return ax


def _is_of_a_model(gradients: Any) -> bool:
    """Tell the dict of one model, an array for each "layer/array", from one of several networks."""
    return isinstance(gradients, Mapping) and all("/" in name and np.ndim(g) for name, g in gradients.items())


def _layers(network: Any) -> list[Any]:
    """The gradients of each layer, from the input on."""
    if not _is_of_a_model(network):
        return list(network)
    layers: dict[str, list[Any]] = {}
    for name, gradient in network.items():
        layers.setdefault(name.rpartition("/")[0], []).append(gradient)
    return list(layers.values())


def _size(gradient: Any) -> float:
    """The root mean square of all numbers in an array, or in a layer's list of arrays."""
    parts = gradient if isinstance(gradient, (list, tuple)) else [gradient]
    numbers = np.concatenate([np.ravel(part) for part in parts])
    return float(np.sqrt(np.mean(np.square(numbers, dtype=np.float64))))


def why_depth_did_not_train(
    ax: Axes | None = None, *, layers: int = 6, units: int = 64, seed: int = 0, language: str = "en"
) -> Axes:
    """Draw the gradient in each of six sigmoid layers beside that in six ReLU layers, before the first training step.

    Both networks start from the same weights and see the same random data. A sigmoid's derivative is 0.25 at most, so
    the gradient shrinks at each layer on its way back, and the layers next to the input hardly learn. A ReLU's is 1
    wherever it fires.

    Args:
        ax: an Axes, or None for a new figure.
        layers: how many hidden layers.
        units: in each layer.
        seed: of the data and the weights.
        language: "en" or "ko".

    Example:
        >>> from rosenblatt import plots
        >>> plots.why_depth_did_not_train().get_title()
        'Why depth did not train'
    """
    say = speak(language)
    gradients = {
        say("{layers} sigmoid layers", layers=layers): weight_gradients("sigmoid", layers, units, seed),
        say("{layers} ReLU layers", layers=layers): weight_gradients("relu", layers, units, seed),
    }
    return gradient_sizes(gradients, ax, title=say("Why depth did not train"), language=language)


def weight_gradients(activation: str, layers: int, units: int, seed: int) -> list[Array]:
    """Return dw of each hidden layer for one batch of random data, with ten classes at the end.

    Args:
        activation: a name of ``rosenblatt.functional.activations.ACTIVATIONS``, of all hidden layers.
        layers: how many of them.
        units: in each.
        seed: of the data and of the weights, which start as He's.

    Example:
        >>> for activation in ("sigmoid", "relu"):  # the size of the first layer's, as a share of the last one's
        ...     first, *_, last = weight_gradients(activation, layers=10, units=50, seed=0)
        ...     print(f"{np.linalg.norm(first) / np.linalg.norm(last):.1g}")
        1e-05
        0.2
    """
    function, gradient = ACTIVATIONS[activation]
    rng = np.random.default_rng(seed)
    n, classes = 256, 10
    x = rng.standard_normal((n, units))
    target = np.eye(classes)[rng.integers(classes, size=n)]
    kernels = [rng.standard_normal((units, units)) * np.sqrt(2 / units) for _ in range(layers)]  # He's start
    w_last = rng.standard_normal((units, classes)) * np.sqrt(2 / units)

    inputs, sums, y = [], [], x  # forward, keeping what the way back needs
    for w in kernels:
        inputs.append(y)
        sums.append(y @ w)
        y = function(sums[-1])

    outputs = [*inputs[1:], y]
    dz = (softmax(y @ w_last) - target) / n  # softmax with cross-entropy
    dy = dz @ w_last.T
    gradients: list[Array] = []
    for w, x_in, z, y_out in reversed(list(zip(kernels, inputs, sums, outputs, strict=True))):
        dz = gradient(dy, z, y_out)
        gradients.insert(0, x_in.T @ dz)
        dy = dz @ w.T
    return gradients
