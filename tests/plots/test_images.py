"""Weights and samples as images."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.plots.conftest import IMAGES, visible_texts

from rosenblatt import plots

colors = pytest.importorskip("matplotlib.colors", reason="needs the extra 'plots'")


def test_first_layer_weights_show_each_unit_on_one_symmetric_scale() -> None:
    w = np.array([[0.0, 1.0], [1.0, -4.0], [0.0, 0.5], [3.0, 1.0]])
    axes = plots.first_layer_weights(w)
    assert len(axes) == 2
    for k, ax in enumerate(axes):
        (image,) = ax.images
        assert image.get_array().tolist() == w[:, k].reshape(2, 2).tolist()
        assert image.get_clim() == (-4, 4)
        assert visible_texts(ax) == [f"unit {k}"]
    assert colors.to_hex(axes[0].images[0].cmap(1.0)) == "#0072b2"


def test_first_layer_weights_find_the_first_kernel_of_a_model_or_rung() -> None:
    w = np.arange(6.0).reshape(6, 1)
    model = SimpleNamespace(layers=[SimpleNamespace(), SimpleNamespace(kernel=w), SimpleNamespace(kernel=np.eye(4))])
    for holder in (model, SimpleNamespace(w1=w), SimpleNamespace(w=w)):
        (ax,) = plots.first_layer_weights(holder, image_shape=(2, 3))
        assert ax.images[0].get_array().tolist() == w.reshape(2, 3).tolist()


def test_samples_show_images_with_the_wrong_ones_marked_by_more_than_colour() -> None:
    axes = plots.samples(IMAGES, [0, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0], ["shirt", "shoe"], count=3)
    assert [len(ax.images) for ax in axes] == [1, 1, 1]
    assert axes[1].images[0].get_array().tolist() == IMAGES[1].tolist()
    assert [visible_texts(ax) for ax in axes] == [["shirt"], ["✗ shirt\n(is shoe)"], ["shoe"]]
    assert [ax.spines["top"].get_visible() for ax in axes] == [False, True, False]
    assert plots.describe(axes).splitlines()[-3:] == [
        "     0  shirt  shirt",
        "     1  shoe   shirt      wrong",
        "     2  shoe   shoe",
    ]


@pytest.mark.parametrize(("predictions", "caption"), [([[0.9, 0.1]], "0 90 %"), ([[7.0, 1.0]], "0")])
def test_samples_tell_how_sure_a_model_is_that_gives_probabilities(predictions: Any, caption: str) -> None:
    (ax,) = plots.samples(IMAGES[:1], predictions=predictions)
    assert visible_texts(ax) == [caption]


def test_samples_take_rows_of_pixels_and_images_with_a_channel() -> None:
    rows = plots.samples(IMAGES.reshape(6, 9))
    channel = plots.samples(IMAGES[..., np.newaxis])
    wide = plots.samples(IMAGES.reshape(6, 9), image_shape=(1, 9))
    assert rows[5].images[0].get_array().tolist() == channel[5].images[0].get_array().tolist() == IMAGES[5].tolist()
    assert wide[5].images[0].get_array().shape == (1, 9)
    assert plots.describe(wide) == "Samples\n6 images of 1 x 9 pixels"
