"""Addresses: one says all of the settings, anyone can read it, and what is wrong in it is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from tests.playground.settings_strategies import some_settings

from rosenblatt.playground.address import from_address, to_address
from rosenblatt.playground.problems import columns_of, open_table
from rosenblatt.playground.settings import Settings


@given(some_settings())
@few(max_examples=200, deadline=None)
def test_an_address_says_all_of_the_settings(chosen: Settings) -> None:
    assert from_address(to_address(chosen)) == (chosen, [])


@given(st.text(alphabet="abdnotsyrelw=&:,%.#1 x2", max_size=40))
@few(max_examples=200, deadline=None)
def test_any_text_can_be_an_address(address: str) -> None:
    chosen, errors = from_address(address)
    assert from_address(to_address(chosen)) == (chosen, [])
    assert all(str(error).endswith(".") for error in errors)


def test_an_address_is_readable() -> None:
    changes: dict[str, Any] = {
        "data": "spiral",
        "noise": 0.05,
        "layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "relu", "frozen": True}],
        "features": ["x1*x2", "x1", "sin(pi*x2)"],
    }
    address = "data=spiral&noise=0.05&features=x1,x1*x2,sin(pi*x2)&layers=8:tanh,8:relu:frozen"
    assert to_address(Settings().changed(changes)) == address
    assert to_address(Settings()) == ""
    weights = {"data": "AND", "layers": [], "weights": [0.5, 0.5, -0.7]}
    assert to_address(Settings().changed(weights)) == "data=AND&layers=none&weights=0.5,0.5,-0.7"


def test_a_table_is_not_in_an_address() -> None:
    columns = columns_of(open_table("t", "a,b,kind\n1,2.5,x\n2,1.5,y\n3,2.5,z\n"))
    chosen = Settings().changed({"data": "table", "layers": [{"units": 2, "activation": "sigmoid"}]}, columns)
    assert to_address(chosen) == "layers=2:sigmoid"


def test_what_is_wrong_in_an_address_is_told_and_the_rest_holds() -> None:
    chosen, errors = from_address("#data=moon&count=abc&noise=2&layers=3:tanh,0:relu&batch_size=7&colour=red")
    assert chosen == Settings().changed({"batch_size": 7})
    told = {error.arguments["field"]: error.key for error in errors}
    assert told == {
        "address": "unknown_name",
        "data": "unknown_name",
        "count": "not_a_number",
        "noise": "out_of_range",
        "units": "out_of_range",
    }


def test_an_address_of_drawing_begins_with_points_of_two_classes() -> None:
    assert from_address("data=drawn") == (Settings().changed({"data": "drawn"}), [])


@pytest.mark.parametrize("text", ["count=1_0_0", "count=１００", "layers=1_6:tanh", "learning_rate=٠.٥"])
def test_only_plain_digits_are_numbers(text: str) -> None:
    settings, [error] = from_address(text)
    assert settings == Settings()
    assert error.key == "not_a_number"
