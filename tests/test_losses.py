"""The losses as a user meets them: classes, functions, names, a loss of one's own; judged by Keras."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt import losses
from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from rosenblatt.functional.losses import LOSSES
from rosenblatt.plan import Rule

LOGITS = {"from_logits": True}
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]

CONFIGURATIONS = [
    ("MeanSquaredError", {}),
    ("MeanAbsoluteError", {}),
    ("MeanAbsolutePercentageError", {}),
    ("MeanSquaredLogarithmicError", {}),
    ("Huber", {"delta": 0.5}),
    ("LogCosh", {}),
    ("CosineSimilarity", {}),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}),
    ("BinaryCrossentropy", LOGITS),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}),
    ("CategoricalCrossentropy", LOGITS),
    ("CategoricalFocalCrossentropy", {"alpha": [0.2, 0.3, 0.5], "gamma": 3.0}),
    ("SparseCategoricalCrossentropy", {}),
    ("SparseCategoricalCrossentropy", LOGITS),
    ("KLDivergence", {}),
    ("Poisson", {}),
    ("Hinge", {}),
    ("SquaredHinge", {}),
    ("CategoricalHinge", {}),
]
every_configuration = pytest.mark.parametrize(("name", "config"), CONFIGURATIONS)
FUNCTIONS = sorted(losses.FUNCTIONS)


def example(name):
    """Targets and outputs that suit every loss with such a target: three classes, outputs that are probabilities."""
    rng = np.random.default_rng(11)
    classes = rng.integers(3, size=5)
    y_pred = rng.dirichlet(np.ones(3), size=5)
    if "sparse" in name.lower():
        return classes, y_pred
    return np.eye(3)[classes] + (1.0 if "ercentage" in name else 0.0), y_pred  # a percentage of 0 is a huge number


def measured_gradient(loss, y_true, y_pred, sample_weight=None):
    """The derivative of a reduced loss by central differences."""
    gradient, step = np.empty_like(y_pred), 1e-6
    for index in np.ndindex(*y_pred.shape):
        change = np.zeros_like(y_pred)
        change[index] = step
        difference = loss(y_true, y_pred + change, sample_weight) - loss(y_true, y_pred - change, sample_weight)
        gradient[index] = difference / (2 * step)
    return gradient


# Against Keras


@every_configuration
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_class_gives_what_keras_gives(keras, name, config, reduction, weighted, dtype):
    y_true, y_pred = example(name)
    y_pred = y_pred.astype(dtype)
    sample_weight = np.array([0.5, 2.0, 0.0, 1.0, 3.0]) if weighted else None
    ours = getattr(losses, name)(**config, reduction=reduction)(y_true, y_pred, sample_weight)
    alpha = {"alpha": np.array(config["alpha"])} if isinstance(config.get("alpha"), list) else {}
    theirs = getattr(keras.losses, name)(**config | alpha, reduction=reduction, dtype=dtype)
    assert np.shape(ours) == (() if reduction not in ("none", None) else (5,))
    expected = np.asarray(theirs(y_true, y_pred, sample_weight))
    assert ours == pytest.approx(expected, rel=2e-7 if dtype == "float64" else 1e-5, abs=1e-8)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_what_keras_gives(keras, name):
    y_true, y_pred = example(name)
    expected = np.asarray(getattr(keras.losses, name)(y_true, y_pred))
    assert getattr(losses, name)(y_true, y_pred) == pytest.approx(expected, rel=2e-7, abs=1e-8)
    one_row = np.asarray(getattr(keras.losses, name)(y_true[0], y_pred[0]))
    assert getattr(losses, name)(y_true[0], y_pred[0]) == pytest.approx(one_row, rel=2e-7, abs=1e-8)


@pytest.mark.parametrize("name", sorted(losses.CLASSES))
def test_a_class_has_the_arguments_of_keras_in_their_order(keras, name):
    theirs = inspect.signature(getattr(keras.losses, name)).parameters.values()
    ours = inspect.signature(getattr(losses, name)).parameters.values()
    missing = ("dtype", "ignore_class")
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs if p.name not in missing]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_arguments_of_keras_in_their_order(keras, name):
    theirs = inspect.signature(getattr(keras.losses, name)).parameters.values()
    ours = inspect.signature(getattr(losses, name)).parameters.values()
    missing = ("axis", "ignore_class")
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs if p.name not in missing]


def test_every_name_of_keras_for_these_losses_is_known(keras):
    from keras.src.losses import ALL_OBJECTS_DICT

    left_out = {"Loss", "LossFunctionWrapper", "CTC", "ctc", "Dice", "dice", "Tversky", "tversky", "Circle", "circle"}
    for name in {*ALL_OBJECTS_DICT} - left_out:
        assert type(losses.get(name)).rule_name in LOSSES


# Gradients


@every_configuration
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_is_that_of_the_reduced_loss(name, config, reduction, weighted):
    y_true, y_pred = example(name)
    sample_weight = np.array([0.5, 2.0, 0.0, 1.0, 3.0]) if weighted else None
    loss = getattr(losses, name)(**config, reduction=reduction)
    expected = measured_gradient(loss, y_true, y_pred, sample_weight)
    assert loss.gradient(y_true, y_pred, sample_weight) == pytest.approx(expected, rel=1e-5, abs=1e-8)


def test_without_a_reduction_each_row_has_its_own_gradient():
    y_true, y_pred = [[0.0], [0.0]], [[1.0], [2.0]]
    assert losses.MeanSquaredError(reduction=None).gradient(y_true, y_pred).tolist() == [[2.0], [4.0]]
    assert losses.MeanSquaredError(reduction="none").gradient(y_true, y_pred, [1.0, 0.5]).tolist() == [[2.0], [2.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_configuration
def test_the_gradient_has_the_shape_and_precision_of_the_outputs(name, config, dtype):
    y_true, y_pred = example(name)
    gradient = getattr(losses, name)(**config).gradient(y_true, y_pred.astype(dtype), np.ones(5))
    assert (gradient.shape, gradient.dtype) == (y_pred.shape, dtype)


# Shapes and weights


def test_one_column_and_none_are_reconciled_and_never_broadcast():
    rows, column = [1.0, 2.0, 4.0], [[1.0], [3.0], [2.0]]
    loss = losses.MeanSquaredError()
    for y_true, y_pred in [(rows, column), (np.array(rows)[:, None], np.ravel(column)), (rows, np.ravel(column))]:
        assert loss(y_true, y_pred) == pytest.approx(5.0 / 3.0)
        assert loss.gradient(y_true, y_pred).shape == np.shape(y_pred)
        assert np.ravel(loss.gradient(y_true, y_pred)) == pytest.approx([0.0, 2.0 / 3.0, -4.0 / 3.0])


def test_weights_of_plain_vectors_belong_to_their_numbers():
    assert losses.MeanAbsoluteError()([0.0, 0.0], [1.0, 3.0], sample_weight=[1.0, 0.5]) == 1.25


def test_a_vector_of_probabilities_is_one_row():
    assert losses.CategoricalCrossentropy()([0, 1], [0.5, 0.5]) == pytest.approx(np.log(2.0))
    assert losses.CategoricalCrossentropy().gradient([0, 1], [0.5, 0.5]).shape == (2,)
    assert losses.SparseCategoricalCrossentropy()(1, [0.5, 0.5]) == pytest.approx(np.log(2.0))


def test_weights_may_stand_in_a_column_or_in_front_of_more_axes():
    y_true, y_pred = np.zeros((2, 3, 4)), np.ones((2, 3, 4))
    loss = losses.MeanSquaredError(reduction=None)
    assert loss(y_true, y_pred, [2.0, 3.0]).tolist() == [[2.0] * 3, [3.0] * 3]
    assert loss(y_true[:, 0], y_pred[:, 0], [[2.0], [3.0]]).tolist() == [2.0, 3.0]


@given(st.lists(st.floats(0.1, 10.0), min_size=5, max_size=5))
def test_a_weight_counts_like_that_many_copies_of_the_row(weights):
    y_true, y_pred = example("MeanSquaredError")
    values = losses.mean_squared_error(y_true, y_pred)
    averaged = losses.MeanSquaredError(reduction="mean_with_sample_weight")(y_true, y_pred, weights)
    assert averaged == pytest.approx(np.average(values, weights=weights))


def test_hinge_takes_zeros_and_ones_for_minus_one_and_one():
    y_pred = [[0.3], [-0.7], [2.0]]
    assert losses.Hinge()([1, 0, 1], y_pred) == losses.Hinge()([1, -1, 1], y_pred) == pytest.approx(1.0 / 3.0)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "sample_weight", "error", "message"),
    [
        (np.zeros((3, 2)), np.zeros((3, 4)), None, ShapeError, r"expected y of shape \(3, 4\) for mean_squared_error"),
        (np.zeros((3, 1)), np.zeros((2, 1)), None, ShapeError, "as many rows in y_true as in y_pred, got 3 and 2"),
        (np.zeros((3, 1)), np.zeros((3, 1)), [1.0], ShapeError, r"a sample_weight for each of 3 rows.*shape \(1,\)"),
        ([], [], None, ShapeError, r"expected y_pred with at least one row, got shape \(0,\)"),
        (1.0, 2.0, None, ShapeError, r"expected y_pred with at least one row, got shape \(\)"),
        ([1.0], ["a"], None, DataError, "expected numbers in y_pred, got values of type <U1"),
        ([[np.nan]], [[1.0]], None, DataError, r"expected finite numbers in y, got nan at y\[0, 0\]"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(y_true, y_pred, sample_weight, error, message):
    with pytest.raises(error, match=f"MeanSquaredError: .*{message}"):
        losses.MeanSquaredError()(y_true, y_pred, sample_weight)


# Names and configurations


@pytest.mark.parametrize("name", sorted(losses.CLASSES))
def test_a_loss_is_known_by_all_its_names(name):
    loss = losses.CLASSES[name]
    function = losses.FUNCTIONS[loss.rule_name]
    for identifier in (name, loss, loss(), loss.rule_name, function, serialize(loss())):
        assert type(losses.get(identifier)) is loss
    assert function is getattr(losses, loss.rule_name)


def test_a_loss_itself_is_returned_as_it_is():
    loss = losses.Huber(2.0)
    assert losses.get(loss) is loss


@pytest.mark.parametrize("short", ["mse", "mae", "mape", "msle", "bce", "kld"])
def test_short_names_are_the_same_functions(short):
    assert getattr(losses, short) is getattr(losses, short.upper())
    assert type(losses.get(short)) is type(losses.get(short.upper())) is type(losses.get(getattr(losses, short)))


@every_configuration
def test_a_loss_survives_being_written_down(name, config):
    loss = getattr(losses, name)(**config, reduction="sum", name="mine")
    again = losses.get(json.loads(json.dumps(serialize(loss))))
    assert (type(again), again.get_config()) == (type(loss), loss.get_config())


def test_what_derives_from_a_loss_keeps_its_name():
    class Ours(losses.MeanSquaredError):
        pass

    assert (Ours().name, repr(Ours()), repr(Ours("sum"))) == ("mean_squared_error", "Ours()", "Ours('sum')")


def test_what_derives_from_a_loss_may_have_arguments_of_its_own():
    class Scaled(losses.MeanSquaredError):
        def __init__(self, factor=1.0):
            super().__init__()
            self.factor = factor

    assert Scaled(2.0).get_config() == {"factor": 2.0}
    assert repr(Scaled.from_config({"factor": 2.0})) == "Scaled(2.0)"


def test_the_rule_has_the_functions_arguments_and_no_others():
    assert losses.Huber(2.0, reduction="sum").rule == Rule("huber", {"delta": 2.0})
    assert losses.MeanSquaredError().rule == Rule("mean_squared_error")
    for loss in losses.CLASSES.values():
        arguments = list(inspect.signature(LOSSES[loss.rule_name].function).parameters)[2:]
        assert list(loss().rule.config) == arguments


def test_mean_and_none_have_one_spelling_inside():
    assert losses.Hinge(reduction="mean").reduction == "sum_over_batch_size"
    assert losses.Hinge(reduction="none").reduction is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.get("mean_squard_error"), r"loss: expected a known name.* Did you mean 'mean_squared_error'\?"),
        (
            lambda: losses.get({"class_name": "Hubert"}),
            r"loss: expected a known name, got 'Hubert'. Did you mean 'Huber",
        ),
        (lambda: losses.Hinge(reduction="summ"), r"Hinge reduction: expected a known name.* Did you mean 'sum'\?"),
        (lambda: losses.get(None), "loss: expected a name, a loss or a function, got None"),
        (lambda: losses.get(int), "loss: expected a name, a loss or a function, got <class 'int'>"),
        (lambda: losses.Huber(delta=0), "Huber: expected delta to be a number above 0, got 0"),
        (
            lambda: losses.BinaryCrossentropy(label_smoothing=1.5),
            "label_smoothing to be a number of at least 0 and at m",
        ),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=-1), "label_smoothing to be a number of at least 0"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1), "BinaryFocalCrossentropy: expected gamma to be a number of"),
        (lambda: losses.CategoricalFocalCrossentropy(alpha="1"), "expected alpha to be a finite number, got '1'"),
    ],
)
def test_wrong_arguments_are_told_where_they_are_given(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_an_unknown_name_is_an_unknown_name_error():
    with pytest.raises(UnknownNameError, match="got 'logg'"):
        losses.get("logg")


# A loss of one's own


def fourth_power(y_true, y_pred):
    error = y_pred - y_true
    return (error**4).sum(axis=-1), 4.0 * error**3


def test_a_users_function_is_a_loss():
    loss = losses.get(fourth_power)
    assert isinstance(loss, losses.CustomLoss)
    assert loss.name == "fourth_power"
    assert loss([[0.0], [0.0]], [[1.0], [2.0]]) == 8.5
    assert loss.gradient([[0.0], [0.0]], [[1.0], [2.0]]).tolist() == [[2.0], [16.0]]
    assert losses.CustomLoss(fourth_power, "sum", "mine")([0.0, 0.0], [1.0, 2.0], [1.0, 0.5]) == 9.0


def test_the_rule_of_a_users_function_serves_an_engine():
    rule = losses.CustomLoss(fourth_power).rule
    function, gradient = LOSSES[rule.name]
    y_true, y_pred = np.zeros((2, 1), dtype=np.float32), np.array([[1.0], [2.0]], dtype=np.float32)
    assert function(y_true, y_pred, **rule.config).tolist() == [1.0, 16.0]
    assert gradient(y_true, y_pred, **rule.config).tolist() == [[4.0], [32.0]]
    assert gradient(y_true, y_pred, **rule.config).dtype == np.float32


def test_a_users_function_may_take_class_indices():
    def minus_right(y_true, y_pred):
        gradient = -np.eye(3)[y_true]
        return (gradient * y_pred).sum(axis=-1), gradient

    assert losses.CustomLoss(minus_right)([0, 2], np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])) == -3.5


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (
            lambda t, p: (p - t).sum(axis=-1),
            ArgumentError,
            r"expected the function to return \(values, gradient\), got nd",
        ),
        (lambda t, p: (np.sum(p - t), p), ShapeError, r"expected values of shape \(2,\).*got \(\) and \(2, 3\)"),
        (lambda t, p: (p[:, 0], p[:, 0]), ShapeError, r"a gradient of shape \(2, 3\), got \(2,\) and \(2,\)"),
    ],
)
def test_a_users_function_that_returns_something_else_is_told_so(function, error, message):
    with pytest.raises(error, match=f"loss '<lambda>': .*{message}"):
        losses.CustomLoss(function)(np.zeros((2, 3)), np.ones((2, 3)))


@every_configuration
def test_the_check_finds_every_loss_of_the_library_right(name, config):
    y_true, y_pred = example(name)
    losses.check_gradient(getattr(losses, name)(**config), y_true, y_pred.astype(np.float32))


@pytest.mark.parametrize("y_pred", [0.0, 1e-9, 1e-6, 1e-3, 0.5, 0.999])
def test_the_check_is_not_fooled_by_small_probabilities(y_pred):
    losses.check_gradient("binary_crossentropy", [[1.0], [0.0]], [[y_pred], [y_pred]])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_check_works_on_any_scale(scale):
    y_true, y_pred = example("MeanSquaredError")
    losses.check_gradient("mse", scale * y_true, scale * y_pred)


def test_the_check_names_the_largest_disagreement():
    def wrong_in_one_place(y_true, y_pred):
        values, gradient = fourth_power(y_true, y_pred)
        gradient[1, 2] = 7.0
        return values, gradient

    message = r"loss 'wrong_in_one_place': expected the derivative 32 at y_pred\[1, 2\].* got 7 from its gradient"
    with pytest.raises(ArgumentError, match=message):
        losses.check_gradient(wrong_in_one_place, np.zeros((3, 4)), np.full((3, 4), 2.0))


@pytest.mark.parametrize("factor", [0.999, 1.001, 0.5, -1.0, np.nan])
def test_the_check_finds_a_gradient_that_is_off_by_a_factor(factor):
    def off(y_true, y_pred):
        values, gradient = fourth_power(y_true, y_pred)
        return values, factor * gradient

    with pytest.raises(ArgumentError, match=r"not divided by the number of rows"):
        losses.check_gradient(off, np.zeros((3, 4)), np.full((3, 4), 2.0))


@pytest.mark.parametrize("name", [name for name in losses.CLASSES if "Crossentropy" in name or "Cosine" in name])
def test_the_classes_lie_on_the_last_axis(name):
    loss = losses.CLASSES[name](axis=-1)
    assert "axis" not in loss.rule.config
    assert loss.get_config()["axis"] == -1
    with pytest.raises(
        ArgumentError, match=f"{name}: expected axis=-1, got 0. Put the (classes|vectors) on the last axis"
    ):
        losses.CLASSES[name](axis=0)
