"""A network as a picture: units, weights by width, colour and dash."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from rosenblatt import Sequential, layers
from rosenblatt.errors import ModelStateError, UnknownNameError

SVG = "{http://www.w3.org/2000/svg}"


def network() -> Sequential:
    model = Sequential(
        [
            layers.Dense(3, activation="tanh", input_shape=(2,), name="hidden"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    kernel = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -0.25]])
    model.set_weights([kernel, np.zeros(3), np.array([[1.0], [-1.0], [0.5]]), np.array([0.25])])
    return model


def elements(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def test_there_is_a_circle_for_each_unit_and_a_line_for_each_weight() -> None:
    svg = network().to_svg()
    assert len(elements(svg, "circle")) == 2 + 3 + 1
    weights = [float(line.findtext(f"{SVG}title") or "") for line in elements(svg, "path")]
    assert sorted(weights) == sorted([1.0, -2.0, 0.5, 0.0, 4.0, -0.25, 1.0, -1.0, 0.5])


def test_sign_and_size_of_a_weight_are_seen() -> None:
    lines = {
        float(line.findtext(f"{SVG}title") or ""): (line.get("class"), float(line.get("stroke-width") or ""))
        for line in elements(network().to_svg(), "path")[:6]
    }
    assert [lines[weight][0] for weight in (4.0, -2.0, -0.25)] == ["positive", "negative", "negative"]
    widths = [lines[weight][1] for weight in (0.0, -0.25, 0.5, 1.0, -2.0, 4.0)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 6
    svg = network().to_svg()
    assert "--positive: #0072b2; --negative: #d55e00" in svg
    assert re.search(r"\.negative \{[^}]*stroke-dasharray", svg)


def test_a_line_leads_from_its_input_to_its_unit() -> None:
    svg = network().to_svg()
    places = [(float(each.get("cx") or 0), float(each.get("cy") or 0)) for each in elements(svg, "circle")]
    [line] = [each for each in elements(svg, "path") if each.findtext(f"{SVG}title") == "4"]
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", line.get("d") or "")]
    assert (numbers[0] - 11, numbers[1]) == places[1]  # the second input
    assert (numbers[-2] + 11, numbers[-1]) == places[3]  # the second unit


def test_names_activations_and_layers_without_weights_are_told() -> None:
    texts = [each.text for each in elements(network().to_svg(), "text")]
    assert texts == ["inputs", "2", "hidden", "3 tanh · Dropout", "dense", "1 sigmoid"]


def test_an_activation_that_the_loss_contains_is_told_too() -> None:
    model = network()
    model.compile("sgd", "binary_crossentropy")
    assert "1 sigmoid" in [each.text for each in elements(model.to_svg(), "text")]


def test_of_wide_layers_sixteen_units_are_drawn() -> None:
    model = Sequential([layers.Flatten(input_shape=(28, 28)), layers.Dense(100), layers.Dense(10, name="a<b")])
    svg = model.to_svg()
    assert len(elements(svg, "circle")) == 16 + 16 + 10
    assert len(elements(svg, "path")) == 16 * 16 + 16 * 10
    texts = [each.text for each in elements(svg, "text")]
    assert "… 768 more" in texts
    assert "… 84 more" in texts
    assert "a<b" in texts
    assert "… 84개 더" in [each.text for each in elements(model.to_svg(language="ko"), "text")]


def test_everything_is_inside_the_picture() -> None:
    root = ElementTree.fromstring(network().to_svg())
    for circle in root.iter(f"{SVG}circle"):
        assert 11 < float(circle.get("cx") or 0) < float(root.get("width") or 0) - 11
        assert 11 < float(circle.get("cy") or 0) < float(root.get("height") or 0) - 11


def test_notebooks_show_small_networks_below_the_table() -> None:
    assert network().to_svg() in network()._repr_html_()
    large = Sequential([layers.Dense(17, input_shape=(2,))])
    assert "<svg" not in large._repr_html_()
    assert "<svg" not in Sequential([layers.Dense(2)])._repr_html_()
    assert "<svg" not in Sequential()._repr_html_()


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ModelStateError, match="expected a built model"):
        Sequential([layers.Dense(2)]).to_svg()
    with pytest.raises(UnknownNameError, match=r"Sequential.to_svg: language: expected a known name, got 'fr'"):
        network().to_svg(language="fr")


def test_rows_of_several_axes_are_drawn_without_links() -> None:
    svg = Sequential([layers.Dense(3, input_shape=(2, 5))]).to_svg()
    assert len(elements(svg, "circle")) == 10 + 3
    assert not elements(svg, "path")
