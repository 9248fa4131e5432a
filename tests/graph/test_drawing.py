"""A graph as a picture: well-formed, complete, readable, and without anything from elsewhere."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt import Sequential, layers
from rosenblatt.errors import UnknownNameError
from rosenblatt.graph import Scalar, in_order, to_svg, trace
from rosenblatt.graph.drawing import curve
from rosenblatt.graph.layout import COLUMN, ROW, Place, assign_columns, crossings, lay_out, untangle
from rosenblatt.graph.scalar import add

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str, kind: str | None = None) -> list[str]:
    elements = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return [each.text or "" for each in elements if kind is None or each.get("class") == kind]


def and_gate() -> Sequential:
    model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
    model.set_weights([np.array([[0.5], [0.5]]), np.array([-0.7])])
    model.compile("sgd", "binary_crossentropy")
    return model


def test_values_stand_above_and_gradients_below_each_edge() -> None:
    svg = trace(and_gate(), [1, 1], 1).to_svg()
    assert sorted(texts(svg, "value")) == sorted(
        ["1", "1", "0.5", "0.5", "0.5", "0.5", "−0.7", "0.3", "0.574", "0.554"]
    )
    assert sorted(texts(svg, "gradient")) == sorted(["−0.426"] * 6 + ["−0.213"] * 2 + ["−1.74", "1"])
    numbers = [
        each for each in ElementTree.fromstring(svg).iter(f"{SVG}text") if each.get("class") in ("value", "gradient")
    ]
    for value, gradient in zip(numbers[::2], numbers[1::2], strict=True):
        assert (value.get("class"), gradient.get("class")) == ("value", "gradient")
        assert value.get("x") == gradient.get("x")
        assert float(value.get("y") or 0) < float(gradient.get("y") or 0)


def test_there_is_a_line_for_each_edge_and_a_shape_for_each_node() -> None:
    traced = trace(and_gate(), [1, 1], 1, fused=False)
    root = ElementTree.fromstring(traced.to_svg())
    assert len([each for each in root.iter(f"{SVG}rect") if each.get("class") == "node"]) == len(traced.nodes)
    lines = [each for each in root.iter(f"{SVG}path") if each.get("class") != "head"]
    assert len(lines) == sum(len(node.edges) for node in traced.nodes) + 1  # and the one that leaves the loss


def test_names_cannot_break_the_picture() -> None:
    x = Scalar(1.0, '<script>&"')
    assert '<script>&"' in texts((x + 1).to_svg())
    assert "<script>" not in (x + 1).to_svg()


def test_it_has_both_themes_a_title_and_nothing_from_elsewhere() -> None:
    svg = Scalar(1.0).to_svg()
    assert "prefers-color-scheme: dark" in svg
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == "Computational graph"
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in svg


def test_korean_words() -> None:
    svg = to_svg(Scalar(2.0) * 3.0, language="ko")
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == "계산 그래프"
    assert "선 위: 값 · 선 아래: 기울기" in texts(svg)
    with pytest.raises(UnknownNameError, match=r"graph.to_svg: language: expected a known name, got 'fr'"):
        to_svg(Scalar(1.0), language="fr")


def test_notebooks_show_the_picture() -> None:
    x = Scalar(1.0) + 2.0
    assert x._repr_html_() == x.to_svg()
    traced = trace(and_gate(), [1, 1], 1)
    assert traced._repr_html_() == traced.to_svg()


def test_a_curve_passes_through_all_its_points() -> None:
    path = curve([(0, 0), (10, 4), (20, 8)])
    assert [part.split(" ")[-1] for part in path.split(" C")] == ["M0,0", "10,4", "20,8"]


# --- Layout -----------------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> list[Scalar]:
    nodes = [Scalar(1.0) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(1, 15))):
        left, right = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        nodes.append(left + right)
    return in_order(nodes[-1])


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_edges_lead_right_and_nodes_keep_their_distance(nodes: list[Scalar]) -> None:
    layout = lay_out([nodes])
    by_column: dict[float, list[float]] = {}
    for node in nodes:
        x, y = layout.points[node]
        assert 0 < x < layout.size[0]
        assert 0 < y < layout.size[1]
        by_column.setdefault(x, []).append(y)
        for input, way in zip(node.inputs, layout.ways[node], strict=True):
            assert way[0] == layout.points[input]
            assert way[-1] == (x, y)
            assert all(after[0] - before[0] == pytest.approx(COLUMN) for before, after in pairwise(way))
    for ys in by_column.values():
        ys.sort()
        assert all(below - above >= ROW - 0.2 for above, below in pairwise(ys))


def test_given_numbers_stand_right_before_their_use_and_groups_one_after_the_other() -> None:
    a, b, c = Scalar(1.0), Scalar(2.0), Scalar(3.0)
    late = (a + b) * c
    columns = assign_columns([in_order(late)])
    assert [columns[each] for each in (a, b, c, late)] == [0, 0, 1, 2]
    other = late + a
    columns = assign_columns([in_order(late), [other]])
    assert columns[other] == 3


def test_crossings_are_counted_and_avoided() -> None:
    left, right = [Place(1.0), Place(1.0)], [Place(1.0), Place(1.0)]
    for place, opposite in zip(left, reversed(right), strict=True):
        place.right.append(opposite)
        opposite.left.append(place)
    assert crossings([left, right]) == 1
    assert crossings([left, right[::-1]]) == 0


def test_columns_are_sorted_until_nothing_crosses() -> None:
    table = [[Place(ROW) for _ in range(3)] for _ in range(4)]
    for left, right in pairwise(table):
        for place, opposite in zip(left, reversed(right), strict=True):
            place.right.append(opposite)
            opposite.left.append(place)
    assert crossings(table) == 9
    assert crossings(untangle(table)) == 0


def test_a_node_stands_at_the_mean_height_of_its_inputs() -> None:
    a, b, c = Scalar(1.0), Scalar(2.0), Scalar(3.0)
    product = a * b
    result = add(product, c)
    points = lay_out([in_order(result)]).points
    assert points[product][1] == pytest.approx((points[a][1] + points[b][1]) / 2, abs=1.0)
    assert points[result][1] == pytest.approx((points[product][1] + points[c][1]) / 2, abs=1.0)
