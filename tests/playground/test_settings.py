"""Settings: whatever they are, they fit together; nonsense is told and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from tests.playground.settings_strategies import sensible, some_settings

from rosenblatt.playground.choices import FEATURES, LOSSES, OUTPUTS
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.fields import FIELDS, HiddenLayer, Output
from rosenblatt.playground.problems import columns_of, open_table
from rosenblatt.playground.settings import Settings

GATE = [{"units": 2, "activation": "sigmoid", "frozen": False}]


@given(some_settings())
@few(max_examples=200, deadline=None)
def test_json_says_all_of_the_settings(chosen: Settings) -> None:
    assert json.loads(json.dumps(chosen.to_json())) == chosen.to_json()
    assert Settings().changed(chosen.to_json()) == chosen


@given(some_settings(), sensible)
@few(max_examples=200, deadline=None)
def test_what_no_longer_fits_becomes_what_fits(chosen: Settings, changes: dict[str, Any]) -> None:
    try:
        new = chosen.changed(changes)
    except SettingsError:
        return
    kind = {0: "numbers", 2: "two"}.get(new.classes(), "several")
    assert new.output.activation in OUTPUTS[kind]
    assert new.loss in LOSSES[new.task()]
    assert set(new.features) <= FEATURES.keys()
    assert new.weights is None or len(new.weights) == new.parameters()
    for name in changes.keys() & {"count", "noise", "seed", "batch_size", "learning_rate"}:
        assert getattr(new, name) == changes[name]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([10**400, "tanh"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3) | st.just("units"), part, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(FIELDS)), anything, max_size=3) | anything)
@few(max_examples=300, deadline=None)
def test_nonsense_is_told_in_words_that_json_can_say(changes: Any) -> None:
    told: list[SettingsError] = []
    new = Settings()
    try:
        new = new.changed(changes)
    except SettingsError as error:
        told.append(error)
    for error in told:
        json.dumps(error.arguments, allow_nan=False)
        assert len(str(error)) < 600
    assert Settings().changed(new.to_json()) == new


def test_a_network_of_two_hidden_layers_is_the_first_one() -> None:
    assert Settings().layers == (HiddenLayer(4, "tanh"), HiddenLayer(2, "tanh"))


def test_a_change_of_data_leaves_all_that_still_fits() -> None:
    plane = Settings().changed({"data": "plane"})
    assert (plane.loss, plane.output) == ("mse", Output("linear"))
    assert plane.layers == Settings().layers
    gate = Settings().changed({"data": "XOR"})
    assert (gate.batch_size, gate.noise) == (4, 0.0)
    assert gate.changed({"data": "circle"}) == Settings()
    chosen = Settings().changed({"batch_size": 20, "noise": 0.3}).changed({"data": "XOR"})
    assert (chosen.batch_size, chosen.noise) == (20, 0.3)  # chosen, not by default


def test_weights_made_by_hand_hold_until_another_start_is_asked_for() -> None:
    by_hand = Settings().changed({"data": "AND", "layers": [], "weights": [1, 2, 3]})
    assert by_hand.changed({"data": "OR"}).weights == (1.0, 2.0, 3.0)
    assert by_hand.changed({"learning_rate": 1}).weights == (1.0, 2.0, 3.0)
    for other in ({"seed": 5}, {"initializer": "zeros"}, {"layers": GATE}, {"data": "three"}):
        assert by_hand.changed(other).weights is None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ([], "malformed"),
        ({"datas": "xor"}, "unknown_name"),
        ({"data": "table"}, "unknown_name"),
        ({"data": "plane", "loss": "crossentropy"}, "unknown_name"),
        ({"output": {"activation": "softmax"}}, "unknown_name"),
        ({"features": []}, "no_feature"),
        ({"layers": [{"units": 1}] * 11}, "too_large"),
        ({"layers": [{"units": 65}]}, "out_of_range"),
        ({"layers": [{"units": 2.5}]}, "not_a_number"),
        ({"learning_rate": True}, "not_a_number"),
        ({"learning_rate": 10**400}, "out_of_range"),
        ({"weights": [1.0]}, "out_of_range"),
        ({"data": "drawn", "points": []}, "drawn_needs_points"),
        ({"data": "drawn", "points": [[0, 0, 1], [1, 1, 1]]}, "drawn_needs_classes"),
        ({"points": [[0, 0]]}, "malformed"),
        ({"points": [[0, 5, 1]]}, "out_of_range"),
        ({"axes": ["x1", "x2"]}, "unknown_name"),
    ],
)
def test_what_is_refused(changes: Any, key: str) -> None:
    with pytest.raises(SettingsError, match=r"\.$") as caught:
        Settings().changed(changes)
    assert caught.value.key == key


def test_a_tables_columns_are_features_target_and_axes() -> None:
    columns = columns_of(open_table("t", "a,b,kind,c\n1,2.5,x,0.5\n2,1.5,y,1.5\n3,2.5,z,2.5\n"))
    chosen = Settings().changed({"data": "table"}, columns)
    assert (chosen.target, chosen.features, chosen.axes, chosen.loss) == ("c", ("a", "b"), ("a", "b"), "mse")
    chosen = chosen.changed({"target": "kind"}, columns)
    assert (chosen.features, chosen.output, chosen.task(columns)) == (("a", "b"), Output("softmax"), "classes")
    chosen = chosen.changed({"features": ["c", "b"], "axes": ["c", "b"]}, columns)
    assert (chosen.features, chosen.axes) == (("b", "c"), ("c", "b"))
    assert chosen.changed({"features": ["b"]}, columns).axes == ("b", "b")
    back = chosen.changed({"data": "circle"}, columns)
    assert (back.features, back.axes, back.target) == (("x1", "x2"), (), None)
    for wrong in ({"target": "d"}, {"features": ["kind"]}, {"axes": ["a", "kind"]}):
        with pytest.raises(SettingsError, match="expected one of") as caught:
            chosen.changed(wrong, columns)
        assert caught.value.key == "unknown_name"


def test_the_loss_is_kept_within_a_task_and_chosen_anew_for_another() -> None:
    squared = Settings().changed({"loss": "mse"})
    assert squared.changed({"data": "XOR"}).loss == "mse"
    numbers = squared.changed({"data": "plane"})
    assert numbers.loss == "mse"
    assert numbers.changed({"data": "XOR"}).loss == "crossentropy"
    assert numbers.changed({"data": "XOR", "loss": "mse"}).loss == "mse"


def test_drawing_begins_with_points_of_two_classes() -> None:
    drawn = Settings().changed({"data": "drawn"})
    assert [kind for *_, kind in drawn.points] == [0] * 4 + [1] * 4
    own = Settings().changed({"points": [[0, 0, 0], [1, 1, 1]]})
    assert own.changed({"data": "drawn"}).points == own.points
