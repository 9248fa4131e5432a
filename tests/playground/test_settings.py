"""Settings: whatever they are, they fit together; an address says all of them; nonsense is told and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from rosenblatt.playground import settings as module
from rosenblatt.playground.problems import columns_of, open_table
from rosenblatt.playground.settings import DATA, LIMITS, OUTPUTS, HiddenLayer, Output, Settings, SettingsError

GATE = [{"units": 2, "activation": "sigmoid", "frozen": False}]


def between(name: str) -> st.SearchStrategy[Any]:
    low, high = LIMITS[name]
    return st.integers(int(low), int(high)) if isinstance(low, int) else st.floats(low, high)


def layers() -> st.SearchStrategy[Any]:
    activations = st.sampled_from(module.ACTIVATIONS)
    layer = st.fixed_dictionaries({"units": st.integers(1, 6), "activation": activations, "frozen": st.booleans()})
    return st.lists(layer, max_size=3)


places = between("place")
points = st.lists(st.tuples(places, places, st.integers(0, 3)), min_size=2, max_size=5)
sensible = st.fixed_dictionaries(
    {},
    optional={
        "data": st.sampled_from([name for name in DATA if name not in ("drawn", "table")]),
        "points": points,
        "features": st.lists(st.sampled_from(module.FEATURES), min_size=1),
        "layers": layers(),
        "output": st.fixed_dictionaries({"frozen": st.booleans()}),
        "optimizer": st.sampled_from(module.OPTIMIZERS),
        "initializer": st.sampled_from(module.INITIALIZERS),
        "loss": st.just("mse"),
        **{
            name: between(name)
            for name in ("count", "noise", "train", "seed", "learning_rate", "l1", "l2", "batch_size")
        },
    },
)


@st.composite
def some_settings(draw: Any) -> Settings:
    chosen = Settings().changed(draw(sensible))
    if chosen.points and len({kind for *_, kind in chosen.points}) > 1 and draw(st.booleans()):
        chosen = chosen.changed({"data": "drawn"})
    if draw(st.booleans()):
        numbers = st.floats(-1e6, 1e6, width=32)
        count = chosen.parameters()
        chosen = chosen.changed({"weights": draw(st.lists(numbers, min_size=count, max_size=count))})
    return chosen


@given(some_settings())
@few(max_examples=200, deadline=None)
def test_an_address_says_all_of_the_settings(chosen: Settings) -> None:
    assert Settings.from_address(chosen.to_address()) == (chosen, [])
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
    assert new.loss in module.LOSSES[new.task()]
    assert set(new.features) <= set(module.FEATURES)
    assert new.weights is None or len(new.weights) == new.parameters()
    for name in changes.keys() & {"count", "noise", "seed", "batch_size", "learning_rate"}:
        assert getattr(new, name) == changes[name]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([10**400, "tanh"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3) | st.just("units"), part, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(module.FIELDS)), anything, max_size=3) | anything)
@few(max_examples=300, deadline=None)
def test_nonsense_is_told_in_words_that_json_can_say(changes: Any) -> None:
    told: list[SettingsError] = []
    new = Settings()
    try:
        new = new.changed(changes)
    except SettingsError as error:
        told.append(error)
    for error in told:
        assert error.key in module.TEXTS
        json.dumps(error.arguments, allow_nan=False)
        assert len(str(error)) < 600
    assert Settings.from_address(new.to_address()) == (new, [])


@given(st.text(alphabet="abdnotsyrelw=&:,%.#1 x2", max_size=40))
@few(max_examples=200, deadline=None)
def test_any_text_can_be_an_address(address: str) -> None:
    chosen, errors = Settings.from_address(address)
    assert Settings.from_address(chosen.to_address()) == (chosen, [])
    assert all(error.key in module.TEXTS for error in errors)


def test_an_address_is_readable() -> None:
    changes: dict[str, Any] = {
        "data": "spiral",
        "noise": 0.05,
        "layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "relu", "frozen": True}],
        "features": ["x1*x2", "x1", "sin(pi*x2)"],
    }
    address = "data=spiral&noise=0.05&features=x1,x1*x2,sin(pi*x2)&layers=8:tanh,8:relu:frozen"
    assert Settings().changed(changes).to_address() == address
    assert Settings().to_address() == ""
    weights = {"data": "AND", "layers": [], "weights": [0.5, 0.5, -0.7]}
    assert Settings().changed(weights).to_address() == "data=AND&layers=none&weights=0.5,0.5,-0.7"


def test_what_is_wrong_in_an_address_is_told_and_the_rest_holds() -> None:
    chosen, errors = Settings.from_address("#data=moon&count=abc&noise=2&layers=3:tanh,0:relu&batch_size=7&colour=red")
    assert chosen == Settings().changed({"batch_size": 7})
    told = {error.arguments["field"]: error.key for error in errors}
    assert told == {
        "address": "unknown_name",
        "data": "unknown_name",
        "count": "not_a_number",
        "noise": "out_of_range",
        "units": "out_of_range",
    }


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
    assert chosen.changed({"layers": GATE}, columns).to_address() == "layers=2:sigmoid"  # the table is not in it
    back = chosen.changed({"data": "circle"}, columns)
    assert (back.features, back.axes, back.target) == (("x1", "x2"), (), None)
    for wrong in ({"target": "d"}, {"features": ["kind"]}, {"axes": ["a", "kind"]}):
        with pytest.raises(SettingsError, match="expected one of") as caught:
            chosen.changed(wrong, columns)
        assert caught.value.key == "unknown_name"


def test_choices_and_limits_are_json() -> None:
    json.dumps([module.choices(), module.limits()], allow_nan=False)
    assert {"name": "bump", "task": "numbers", "group": "numbers"} in module.choices()["data"]
    assert Settings().layers == (HiddenLayer(4, "tanh"), HiddenLayer(2, "tanh"))


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
    assert Settings.from_address("data=drawn") == (drawn, [])
    own = Settings().changed({"points": [[0, 0, 0], [1, 1, 1]]})
    assert own.changed({"data": "drawn"}).points == own.points


@pytest.mark.parametrize("text", ["count=1_0_0", "count=１００", "layers=1_6:tanh", "learning_rate=٠.٥"])
def test_only_plain_digits_are_numbers(text: str) -> None:
    settings, [error] = Settings.from_address(text)
    assert settings == Settings()
    assert error.key == "not_a_number"
