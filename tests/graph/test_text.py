"""A graph as a table."""

from __future__ import annotations

import unicodedata

import pytest

from rosenblatt.errors import UnknownNameError
from rosenblatt.graph import Scalar, exp, sigmoid, to_text

TABLE = """\
node  made by       value   gradient
w                     0.5  -0.457631
x                       2  -0.114408
v1    w * x             1  -0.228816
b                    -0.7  -0.228816
z     v1 + b          0.3  -0.228816
v2    -1 * z         -0.3   0.228816
v3    exp(v2)    0.740818   0.308869
v4    1 + v3      1.74082   0.308869
a     1 / v4     0.574443  -0.936018"""


def neuron() -> Scalar:
    w, x, b = Scalar(0.5, "w"), Scalar(2.0, "x"), Scalar(-0.7, "b")
    z = w * x + b
    z.name = "z"
    a = sigmoid(z)
    a.name = "a"
    return a


def test_each_line_says_how_a_number_was_made() -> None:
    a = neuron()
    a.backward()
    for node, line in zip(("w", "x", "v1", "b", "z"), a.to_text().splitlines()[1:], strict=False):
        assert line.split()[0] == node
    lines = [line.split() for line in a.to_text().splitlines()]
    expected = [line.split() for line in TABLE.splitlines()]
    assert [line[:-1] for line in lines] == [line[:-1] for line in expected]
    assert lines[5] == ["z", "v1", "+", "b", "0.3", f"{a.value * (1 - a.value):.6g}"]


def test_before_backward_gradients_are_0() -> None:
    assert neuron().to_text().splitlines()[1].split() == ["w", "0.5", "0"]


def test_columns_are_aligned_in_both_languages() -> None:
    for language, heading in (("en", "gradient"), ("ko", "기울기")):
        text = to_text(neuron(), language=language)
        assert text.splitlines()[0].endswith(heading)
        widths = {sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.splitlines()}
        assert len(widths) == 1


def test_several_results_share_one_table() -> None:
    x = Scalar(1.0, "x")
    assert len(to_text(x + 1, exp(x)).splitlines()) == 4


def test_another_language_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"graph.to_text: language: expected a known name, got 'fr'"):
        to_text(Scalar(1.0), language="fr")
