"""What is painted agrees with what the model says, neuron by neuron and cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import Input, Sequential
from rosenblatt.layers import Activation, Dense, Flatten
from rosenblatt.losses import BinaryCrossentropy
from rosenblatt.playground.frames import Kind, Section
from rosenblatt.playground.painter import Painter
from rosenblatt.playground.run import Run
from rosenblatt.playground.settings import Settings
from rosenblatt.types import Array


def run_of(**changes: Any) -> Run:
    run = Run(Settings().changed({"count": 60, **changes}))
    run.epoch_step()
    return run


def layers(*units: int, activation: str = "tanh") -> list[dict[str, Any]]:
    return [{"units": n, "activation": activation} for n in units]


def painted(run: Run, hidden: int | None = None) -> list[Section]:
    return Painter(run).sections(hidden, run.figures())


def of(sections: list[Section], kind: Kind) -> list[Section]:
    return [section for section in sections if section.kind == kind]


def only(sections: list[Section], kind: Kind) -> Array:
    [section] = of(sections, kind)
    return section.values


def test_every_section_has_the_shape_that_the_page_expects() -> None:
    sections = painted(run_of(layers=layers(4, 3)))
    shapes = [(section.kind, section.layer, section.values.shape) for section in sections]
    assert shapes == [
        (Kind.WEIGHTS, 0, (1, 12 + 15 + 4)),
        (Kind.MAPS, 0, (4, 1024)),
        (Kind.MAPS, 1, (3, 1024)),
        (Kind.MAPS, 2, (1, 1024)),
        (Kind.OUTCOME, 0, (1, 9216)),
        (Kind.HIDDEN_POINTS, 1, (60, 2)),
        (Kind.HIDDEN_GRID, 1, (289, 2)),
        (Kind.CONFUSION, 0, (2, 4)),
        (Kind.OUTPUTS, 0, (60, 1)),
        (Kind.SHARES, 0, (3, 3)),
    ]


def test_a_frame_takes_one_call_of_activations(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of()
    figures, asked = run.figures(), []
    activations = run.model.activations
    monkeypatch.setattr(run.model, "activations", lambda x: asked.append(len(x)) or activations(x))
    Painter(run).sections(None, figures)
    assert asked == [96 * 96 + 60 + 17 * 17]


@pytest.mark.parametrize(("activation", "neutral", "reach"), [("tanh", 0.0, 1.0), ("sigmoid", 0.5, 0.5)])
def test_maps_of_bounded_activations_are_scaled_by_their_range(activation: str, neutral: float, reach: float) -> None:
    run = run_of(layers=layers(3, activation=activation))
    maps = of(painted(run), Kind.MAPS)[0].values
    outputs = run.model.activations(run.problem.plane(32))["dense"].T
    back = neutral + (maps.astype(float) - 128) / 127 * reach
    np.testing.assert_allclose(back, outputs, atol=reach / 127)


def test_maps_of_unbounded_activations_are_scaled_by_the_neurons_greatest_value() -> None:
    run = run_of(layers=layers(5, activation="relu"))
    maps = of(painted(run), Kind.MAPS)[0].values
    outputs = run.model.activations(run.problem.plane(96))["dense"].T
    assert maps[outputs.max(axis=1) > 0].max(axis=1).tolist() == [255] * int((outputs.max(axis=1) > 0).sum())
    assert maps.min() >= 128  # nothing below 0


def test_a_neuron_that_gives_nothing_is_neutral_everywhere() -> None:
    run = run_of(layers=layers(2, activation="relu"))
    run.model.set_weights([0 * weights for weights in run.model.get_weights()])
    maps = of(painted(run), Kind.MAPS)[0].values
    assert (maps == 128).all()


def test_the_outcome_of_two_classes_is_the_probability_at_each_cell() -> None:
    run = run_of()
    predicted = run.model.predict(run.problem.plane(96))[:, 0]
    np.testing.assert_allclose(only(painted(run), Kind.OUTCOME)[0] / 255, predicted, atol=0.5001 / 255)


def test_the_outcome_of_several_classes_has_a_map_each() -> None:
    run = run_of(data="three")
    predicted = run.model.predict(run.problem.plane(96)).T
    outcome = only(painted(run), Kind.OUTCOME)
    assert outcome.shape == (3, 9216)
    np.testing.assert_allclose(outcome / 255, predicted, atol=0.5001 / 255)


def test_the_outcome_of_numbers_goes_from_the_lowest_target_to_the_highest() -> None:
    run = run_of(data="plane")
    low, high = run.problem.target_range
    predicted = np.clip(run.model.predict(run.problem.plane(96))[:, 0], low, high)
    outcome = only(painted(run), Kind.OUTCOME)[0]
    np.testing.assert_allclose(low + outcome / 255 * (high - low), predicted, atol=(high - low) * 0.501 / 255)


def test_a_hidden_space_of_two_units_is_their_outputs() -> None:
    run = run_of(layers=layers(4, 2))
    outputs = run.model.activations(run.problem.rows)["dense_1"]
    np.testing.assert_allclose(only(painted(run, 1), Kind.HIDDEN_POINTS), outputs, rtol=1e-5, atol=1e-6)


def test_a_hidden_space_of_one_unit_is_a_line() -> None:
    run = run_of(layers=layers(1))
    points = only(painted(run, 0), Kind.HIDDEN_POINTS)
    np.testing.assert_allclose(points[:, 0], run.model.activations(run.problem.rows)["dense"][:, 0], rtol=1e-5)
    assert not points[:, 1].any()


def test_a_hidden_space_of_many_units_keeps_as_much_of_the_variance_as_two_directions_can() -> None:
    run = run_of(layers=layers(6))
    outputs = run.model.activations(run.problem.rows)["dense"]
    values = np.linalg.svd(outputs - outputs.mean(axis=0), compute_uv=False)
    points = only(painted(run, 0), Kind.HIDDEN_POINTS)
    assert (points**2).sum() == pytest.approx((values[:2] ** 2).sum(), rel=1e-4)


def test_the_hidden_space_does_not_turn_from_frame_to_frame() -> None:
    run = run_of(layers=layers(6))
    painter = Painter(run)
    before = only(painter.sections(0, run.figures()), Kind.HIDDEN_POINTS)
    painter._axes[0] = painter._axes[0] @ np.array([[0.6, -0.8], [0.8, 0.6]], "float32")
    painter._axes[0][:, 0] *= -1  # the last frame was turned and mirrored
    after = only(painter.sections(0, run.figures()), Kind.HIDDEN_POINTS)
    np.testing.assert_allclose(after, before @ [[-0.6, -0.8], [-0.8, 0.6]], atol=1e-5)


def test_without_a_wish_the_last_hidden_layer_is_shown() -> None:
    assert of(painted(run_of(layers=layers(4, 3))), Kind.HIDDEN_POINTS)[0].layer == 1
    assert of(painted(run_of(layers=[])), Kind.HIDDEN_POINTS)[0].layer == 0
    assert of(painted(run_of(layers=layers(4)), hidden=9), Kind.HIDDEN_POINTS)[0].layer == 1


def test_confusion_counts_training_rows_and_then_test_rows() -> None:
    run = run_of(data="three")
    confusion = only(painted(run), Kind.CONFUSION)
    for part, (x, y) in enumerate(
        [(run.problem.x_train, run.problem.y_train), (run.problem.x_test, run.problem.y_test)]
    ):
        predicted = run.model.predict(x).argmax(axis=1)
        counts = [[int(((y == true) & (predicted == said)).sum()) for said in range(3)] for true in range(3)]
        assert confusion[:, 3 * part : 3 * part + 3].tolist() == counts


def test_numbers_have_no_confusion() -> None:
    assert not of(painted(run_of(data="bump")), Kind.CONFUSION)


def test_another_start_is_painted_on_its_own_plane() -> None:
    run = run_of()
    painter = Painter(run)
    painter.sections(None, run.figures())
    run.change({"data": "AND"})
    outcome = only(painter.sections(None, run.figures()), Kind.OUTCOME)[0]
    np.testing.assert_allclose(outcome / 255, run.model.predict(run.problem.plane(96))[:, 0], atol=0.5001 / 255)


def test_other_axes_are_painted_on_their_own_plane() -> None:
    run = Run()
    run.open_table("t.csv", "a,b,c,y\n" + "".join(f"{k},{k % 3},{-k},{k % 2}\n" for k in range(30)))
    painter = Painter(run)
    painter.sections(None, run.figures())
    run.change({"axes": ["b", "c"]})
    outcome = only(painter.sections(None, run.figures()), Kind.OUTCOME)[0]
    np.testing.assert_allclose(outcome / 255, run.model.predict(run.problem.plane(96))[:, 0], atol=0.5001 / 255)


def opened(*last: Any, loss: str | BinaryCrossentropy, shape: tuple[int, ...] = (2,), classes: int = 2) -> Run:
    model = Sequential([Input(shape), Flatten(), Dense(5, activation="relu"), *last], seed=1)
    model.compile("adam", loss)
    rng = np.random.default_rng(1)
    return Run(model=model, rows=(rng.normal(size=(30, *shape)), rng.integers(classes, size=30)))


def test_a_model_for_pictures_has_no_plane_but_all_the_rest() -> None:
    run = opened(Dense(3, activation="softmax"), loss="sparse_categorical_crossentropy", shape=(8, 8), classes=3)
    shapes = [(section.kind, section.layer, section.values.shape) for section in painted(run)]
    assert shapes == [
        (Kind.WEIGHTS, 0, (1, 64 * 5 + 5 + 18)),
        (Kind.HIDDEN_POINTS, 0, (30, 2)),
        (Kind.CONFUSION, 0, (3, 6)),
        (Kind.OUTPUTS, 0, (30, 3)),
        (Kind.SHARES, 0, (3, 2)),
    ]


def test_logits_are_painted_as_the_probabilities_that_they_stand_for() -> None:
    run = opened(Dense(1), loss=BinaryCrossentropy(from_logits=True))
    sections = painted(run)
    logits = run.model.predict(run.problem.plane(96))[:, 0]
    np.testing.assert_allclose(only(sections, Kind.OUTCOME)[0] / 255, 1 / (1 + np.exp(-logits)), atol=0.5001 / 255)
    says_one = run.model.predict(run.problem.x_train)[:, 0] > 0
    assert only(sections, Kind.CONFUSION)[:, 1].sum() == says_one.sum()


def test_an_activation_that_is_a_layer_of_its_own_counts_for_the_outcome() -> None:
    run = opened(Dense(1), Activation("sigmoid"), loss="binary_crossentropy")
    predicted = run.model.predict(run.problem.plane(96))[:, 0]
    np.testing.assert_allclose(only(painted(run), Kind.OUTCOME)[0] / 255, predicted, atol=0.5001 / 255)
