"""Activation functions, and the gradients that they let through."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plots.conftest import legend_texts, line

from rosenblatt import plots
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.plots.activations import weight_gradients


def test_activation_functions_draw_all_of_them_by_default() -> None:
    axes = plots.activation_functions()
    assert [ax.get_title().split()[0] for ax in axes] == list(ACTIVATIONS)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_the_derivative_drawn_is_the_slope_of_the_function_drawn(name: str) -> None:
    ax = plots.activation_functions(name)
    function, derivative = line(ax, "activation function"), line(ax, "derivative")
    z, y = function.get_data()
    middle = (derivative.get_ydata()[1:] + derivative.get_ydata()[:-1]) / 2
    wrong = ~np.isclose(np.diff(y) / np.diff(z), middle, atol=2e-3, rtol=1e-3)
    assert wrong.sum() <= 2  # at the corners of those made of straight lines
    assert function.get_linestyle() != derivative.get_linestyle()


def test_the_step_is_drawn_with_its_derivative_of_zero() -> None:
    ax = plots.activation_functions("step")
    assert set(line(ax, "derivative").get_ydata()) == {0.0}
    assert set(line(ax, "activation function").get_ydata()) == {0.0, 1.0}


def test_gradient_sizes_are_root_mean_squares_on_a_logarithmic_axis() -> None:
    ax = plots.gradient_sizes([np.array([[3.0, -3.0]]), [np.array([4.0]), np.array([0.0])], 0.5])
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([3, np.sqrt(8), 0.5])


def test_gradient_sizes_compare_networks_with_a_shape_each() -> None:
    ax = plots.gradient_sizes({"short": [0.1], "long": [0.0, 0.2]})
    assert legend_texts(ax) == ["short", "long"]
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()
    assert np.isnan(ax.lines[1].get_ydata()[0])  # 0 has no place on a logarithmic axis, but in the text
    assert plots.describe(ax).splitlines()[-2:] == ["    1    0.1     0", "    2          0.2"]


def test_gradient_sizes_take_what_a_model_gives_by_layer() -> None:
    gradients = {"a/kernel": np.array([[3.0]]), "a/bias": np.array([4.0]), "b/kernel": np.array([[2.0]])}
    expected = pytest.approx([np.sqrt(12.5), 2.0])
    assert plots.gradient_sizes(gradients).lines[0].get_ydata().tolist() == expected
    assert plots.gradient_sizes({"net": gradients}).lines[0].get_ydata().tolist() == expected


def test_depth_starves_the_first_sigmoid_layer_and_not_the_first_relu_layer() -> None:
    ax = plots.why_depth_did_not_train()
    sigmoid, relu = (drawn.get_ydata() for drawn in ax.lines)
    assert legend_texts(ax) == ["6 sigmoid layers", "6 ReLU layers"]
    assert np.all(np.diff(sigmoid) > 0)  # each layer further from the output gets less
    assert sigmoid[0] < sigmoid[-1] / 100
    assert relu[0] > relu[-1] / 10


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_gradients_of_the_comparison_are_those_of_its_loss(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loss(of_a_kernel: float) -> float:
        """The same network forward, the first weight of the first layer moved."""
        rng = np.random.default_rng(0)
        y = rng.standard_normal((256, 4))
        target = rng.integers(10, size=256)
        kernels = [rng.standard_normal((4, 4)) * np.sqrt(0.5) for _ in range(3)]
        last = rng.standard_normal((4, 10)) * np.sqrt(0.5)
        kernels[0][0, 0] += of_a_kernel
        for w in kernels:
            y = ACTIVATIONS[activation].function(y @ w)
        z = y @ last
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(256), target]))

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert weight_gradients(activation, layers=3, units=4, seed=0)[0][0, 0] == pytest.approx(slope, rel=1e-4)
