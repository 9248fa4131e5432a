"""Values as JSON can say them."""

from __future__ import annotations

import json
import math
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from rosenblatt.json_values import as_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.1, 0.1),
        ("nan", "nan"),
        (math.nan, None),
        (-math.inf, None),
        (np.float32("inf"), None),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.array(2.0), 2.0),
        (np.array([[1.0, math.nan], [math.inf, 0.5]]), [[1.0, None], [None, 0.5]]),
        (np.zeros((0, 2)), []),
        ((1, [math.nan, (2,)]), [1, [None, [2]]]),
        ({"loss": math.nan, 3: {"x": np.arange(2)}}, {"loss": None, "3": {"x": [0, 1]}}),
        (MappingProxyType({"a": np.array([math.nan])}), {"a": [None]}),
    ],
)
def test_what_json_has_no_word_for_becomes_what_it_has(value: Any, expected: Any) -> None:
    told = as_json(value)
    assert told == expected
    assert type(told) is type(expected)
    assert json.loads(json.dumps(told, allow_nan=False)) == expected


def test_nothing_given_is_changed() -> None:
    given = {"x": [math.nan, np.ones(2)]}
    as_json(given)
    assert math.isnan(given["x"][0])
    assert isinstance(given["x"][1], np.ndarray)


def test_what_has_no_counterpart_is_left_for_json_to_refuse() -> None:
    with pytest.raises(TypeError, match="set is not JSON serializable"):
        json.dumps(as_json({"x": {1}}))
