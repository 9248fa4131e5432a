"""The shared checks of arguments."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.arguments import check_last_axis, check_number, check_verbose, check_whole_number, drop_unsupported
from rosenblatt.errors import ArgumentError


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.int64(1)])
def test_any_number_becomes_a_plain_float(value: object) -> None:
    assert (check_number("who", "name", value), type(check_number("who", "name", value))) == (1.0, float)


@pytest.mark.parametrize("value", [None, "1", True, np.ones(1), float("inf"), float("nan"), 1j])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(ArgumentError, match="who: expected name to be a finite number, got "):
        check_number("who", "name", value)


@pytest.mark.parametrize(
    ("bounds", "good", "bad"),
    [({"above": 0}, 0.1, 0), ({"at_least": 0}, 0, -0.1), ({"at_most": 1}, 1, 1.1), ({"below": 1}, 0.9, 1)],
)
def test_bounds(bounds: dict[str, float], good: float, bad: float) -> None:
    assert check_number("who", "name", good, **bounds) == good
    with pytest.raises(ArgumentError, match=r"who: expected name to be a number (above|of at least|at most|below) "):
        check_number("who", "name", bad, **bounds)


def test_whole_numbers() -> None:
    assert type(check_whole_number("who", "name", np.int32(3), at_least=3)) is int
    for value in (2, 3.0, True, "3", None):
        with pytest.raises(ArgumentError, match="who: expected name to be a whole number of at least 3, got "):
            check_whole_number("who", "name", value, at_least=3)


def test_how_much_is_told() -> None:
    given = (0, 1, 2, "auto", True, np.bool_(False), np.int64(2))
    assert [check_verbose("who", verbose) for verbose in given] == [0, 1, 2, "auto", 1, 0, 2]
    for verbose in (3, -1, 1.0, "loud", None, [1]):
        with pytest.raises(ArgumentError, match="who: expected verbose to be 0, 1, 2 or 'auto', got "):
            check_verbose("who", verbose)


def test_the_last_axis_is_minus_one() -> None:
    assert check_last_axis("who", np.int64(-1), "classes") == -1
    for other in (1, -1.0, "-1", None, [-1]):
        with pytest.raises(ArgumentError, match=r"who: expected axis=-1, got .*\. Put the classes on the last axis\."):
            check_last_axis("who", other, "classes")


def test_unsupported_arguments_are_dropped_only_where_unused() -> None:
    data = {"class_name": "Thing", "config": {"a": 1, "b": None}}
    assert drop_unsupported("thing", data, ["b", "c"]) == {"class_name": "Thing", "config": {"a": 1}}
    assert data["config"] == {"a": 1, "b": None}
    with pytest.raises(ArgumentError, match=r"thing: expected no a in Thing, got one\. It is not supported\."):
        drop_unsupported("thing", data, ["a"])
