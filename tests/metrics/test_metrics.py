"""What holds for all metrics: Keras's names and numbers, whatever the pieces, weights and shapes."""

from __future__ import annotations

import itertools
import json
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt import metrics
from rosenblatt.configuration import deserialize, serialize
from rosenblatt.errors import ArgumentError, DataError, ShapeError, UnknownNameError

ROWS = 60
PIECES = [slice(0, 30), slice(30, ROWS)]  # of one length: Keras compiles anew for each


def data(kind: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Targets and outputs of one kind."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, ROWS)
    probabilities = rng.dirichlet(np.ones(5), ROWS).astype(np.float32)
    grid = (rng.integers(0, 11, (ROWS, 3)) / 10).astype(np.float32)  # many ties, and exactly on thresholds
    return {
        "binary": (rng.integers(0, 2, (ROWS, 1)), rng.random((ROWS, 1), dtype=np.float32)),
        "sparse": (labels, probabilities),
        "sparse column": (labels[:, np.newaxis], probabilities),
        "one-hot": (np.eye(5, dtype=np.float32)[labels], probabilities),
        "multi-label": (rng.integers(0, 2, (ROWS, 3)).astype(np.float32), rng.random((ROWS, 3), dtype=np.float32)),
        "grid": (rng.integers(0, 2, (ROWS, 3)).astype(np.float32), grid),
        "logits": (rng.integers(0, 2, (ROWS, 3)).astype(np.float32), rng.normal(0, 3, (ROWS, 3)).astype(np.float32)),
        "regression": (rng.normal(size=(ROWS, 3)).astype(np.float32), rng.normal(size=(ROWS, 3)).astype(np.float32)),
        "positive": (rng.random((ROWS, 3), dtype=np.float32) + 0.1, rng.random((ROWS, 3), dtype=np.float32) + 0.1),
        "labels": (labels.astype(np.float32), rng.integers(0, 5, ROWS).astype(np.float32)),
    }[kind]


CASES = [
    ("Accuracy", {}, "labels"),
    ("BinaryAccuracy", {}, "binary"),
    ("BinaryAccuracy", {"threshold": 0.3}, "multi-label"),
    ("BinaryAccuracy", {}, "grid"),
    ("CategoricalAccuracy", {}, "one-hot"),
    ("SparseCategoricalAccuracy", {}, "sparse"),
    ("SparseCategoricalAccuracy", {}, "sparse column"),
    ("TopKCategoricalAccuracy", {"k": 2}, "one-hot"),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, "sparse"),
    ("MeanSquaredError", {}, "regression"),
    ("RootMeanSquaredError", {}, "regression"),
    ("MeanAbsoluteError", {}, "regression"),
    ("MeanAbsolutePercentageError", {}, "positive"),
    ("MeanSquaredLogarithmicError", {}, "positive"),
    ("LogCoshError", {}, "regression"),
    ("CosineSimilarity", {}, "regression"),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, "binary"),
    ("BinaryCrossentropy", {"from_logits": True}, "logits"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, "one-hot"),
    ("CategoricalCrossentropy", {"from_logits": True}, "one-hot"),
    ("SparseCategoricalCrossentropy", {}, "sparse"),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "sparse"),
    ("Hinge", {}, "logits"),
    ("SquaredHinge", {}, "logits"),
    ("CategoricalHinge", {}, "one-hot"),
    ("KLDivergence", {}, "one-hot"),
    ("Poisson", {}, "positive"),
    ("TruePositives", {"thresholds": [0.2, 0.7]}, "multi-label"),
    ("TrueNegatives", {}, "multi-label"),
    ("FalsePositives", {"thresholds": 0.4}, "grid"),
    ("FalseNegatives", {"thresholds": [0.9, 0.1]}, "grid"),
    ("Precision", {}, "binary"),
    ("Precision", {"thresholds": [0.8, 0.3]}, "multi-label"),
    ("Precision", {"top_k": 2}, "one-hot"),
    ("Precision", {"class_id": 2, "thresholds": 0.3}, "one-hot"),
    ("Recall", {}, "binary"),
    ("Recall", {"top_k": 2, "class_id": 1}, "one-hot"),
    ("Recall", {"top_k": 3, "thresholds": 0.2}, "one-hot"),
    ("Recall", {"thresholds": [i / 10 for i in range(11)]}, "grid"),
    ("SensitivityAtSpecificity", {"specificity": 0.6}, "binary"),
    ("SensitivityAtSpecificity", {"specificity": 0.3, "num_thresholds": 1}, "grid"),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 20}, "multi-label"),
    ("SpecificityAtSensitivity", {"sensitivity": 0.9, "class_id": 2}, "one-hot"),
    ("PrecisionAtRecall", {"recall": 0.7}, "binary"),
    ("PrecisionAtRecall", {"recall": 1.0}, "grid"),
    ("RecallAtPrecision", {"precision": 0.5}, "multi-label"),
    ("RecallAtPrecision", {"precision": 1.0}, "logits"),
    *[
        ("AUC", {"curve": curve, "summation_method": method}, "binary")
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
    ],
    ("AUC", {"num_thresholds": 11}, "grid"),
    ("AUC", {"thresholds": [0.5, 0.2, 0.25]}, "grid"),
    ("AUC", {"from_logits": True}, "logits"),
    ("AUC", {"multi_label": True, "num_labels": 3}, "multi-label"),
    ("AUC", {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 2.0, 0.5]}, "multi-label"),
    ("AUC", {"multi_label": True, "num_labels": 3, "curve": "PR"}, "multi-label"),
    ("AUC", {"label_weights": [1.0, 2.0, 0.5]}, "multi-label"),
    ("F1Score", {}, "one-hot"),
    ("F1Score", {"average": "micro"}, "one-hot"),
    ("F1Score", {"average": "macro", "threshold": 0.4}, "multi-label"),
    ("FBetaScore", {"average": "weighted", "beta": 2.0}, "one-hot"),
    ("R2Score", {}, "regression"),
    ("R2Score", {"class_aggregation": None}, "regression"),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, "regression"),
    ("R2Score", {"num_regressors": 4}, "regression"),
]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "config", "kind"), CASES)
def test_a_metric_is_that_of_keras(keras, name, config, kind, weighted):
    y_true, y_pred = data(kind)
    weight = np.random.default_rng(1).uniform(0, 2, ROWS).astype(np.float32) if weighted else None
    ours, theirs = metrics.CLASSES[name](**config), getattr(keras.metrics, name)(**config)
    for piece in PIECES:
        piece_weight = None if weight is None else weight[piece]
        ours.update_state(y_true[piece], y_pred[piece], piece_weight)
        theirs.update_state(y_true[piece], y_pred[piece], piece_weight)
    np.testing.assert_allclose(ours.result(), np.asarray(theirs.result()), rtol=2e-5, atol=2e-6)


@settings(max_examples=20, deadline=None)
@given(cuts=st.sets(st.integers(1, ROWS - 1), max_size=6), case=st.sampled_from(CASES))
def test_how_the_rows_are_cut_changes_nothing(cuts, case):
    name, config, kind = case
    y_true, y_pred = data(kind)
    whole, cut = metrics.CLASSES[name](**config), metrics.CLASSES[name](**config)
    whole.update_state(y_true, y_pred)
    edges = [0, *sorted(cuts), ROWS]
    for start, stop in itertools.pairwise(edges):
        cut.update_state(y_true[start:stop], y_pred[start:stop])
    np.testing.assert_allclose(cut.result(), whole.result(), rtol=1e-9)


@pytest.mark.parametrize(("name", "config", "kind"), [case for case in CASES if "num_regressors" not in case[1]])
def test_a_weight_of_two_is_the_row_twice(name, config, kind):
    y_true, y_pred = data(kind)
    weight = np.random.default_rng(2).integers(0, 3, ROWS)
    weighted, repeated = metrics.CLASSES[name](**config), metrics.CLASSES[name](**config)
    weighted.update_state(y_true, y_pred, weight)
    repeated.update_state(np.repeat(y_true, weight, axis=0), np.repeat(y_pred, weight, axis=0))
    np.testing.assert_allclose(weighted.result(), repeated.result(), rtol=1e-6)


@pytest.mark.parametrize(("name", "config", "kind"), CASES)
def test_a_reset_forgets_all_rows(name, config, kind):
    y_true, y_pred = data(kind)
    metric = metrics.CLASSES[name](**config)
    fresh = metric(y_true[:20], y_pred[:20])
    metric.update_state(y_true[20:], y_pred[20:])
    metric.reset_state()
    np.testing.assert_array_equal(metric(y_true[:20], y_pred[:20]), fresh)


@pytest.mark.parametrize("name", sorted(set(metrics.CLASSES) - {"MeanMetricWrapper", "ConfusionMatrix"}))
def test_before_any_row_the_result_is_zero(name):
    value = [0.5] * ("At" in name)  # of PrecisionAtRecall and its kin
    assert np.all(np.asarray(metrics.CLASSES[name](*value).result()) == 0)


@pytest.mark.parametrize(("name", "config", "kind"), CASES)
def test_a_metric_survives_its_description(name, config, kind):
    metric = metrics.CLASSES[name](**config)
    copy = deserialize("metric", json.loads(json.dumps(serialize(metric))), metrics.CLASSES)
    assert repr(copy) == repr(metric)
    y_true, y_pred = data(kind)
    np.testing.assert_array_equal(copy(y_true, y_pred), metric(y_true, y_pred))


@pytest.mark.parametrize("name", sorted(set(metrics.CLASSES) - {"MeanMetricWrapper", "ConfusionMatrix"}))
def test_names_and_directions_are_those_of_keras(keras, name):
    value = [0.5] * ("At" in name)  # of PrecisionAtRecall and its kin
    ours, theirs = metrics.CLASSES[name](*value), getattr(keras.metrics, name)(*value)
    assert theirs.name.startswith(ours.name)  # Keras may have counted up: precision_1
    ours_only = {"TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"}
    if name not in ours_only and not value:
        assert ours.direction == getattr(theirs, "_direction", None)


@pytest.mark.parametrize(("name", "config", "kind"), CASES)
def test_a_pickled_metric_goes_on_where_it_was(name, config, kind):
    y_true, y_pred = data(kind)
    metric = metrics.CLASSES[name](**config)
    metric.update_state(y_true[:20], y_pred[:20])
    copy = pickle.loads(pickle.dumps(metric))
    np.testing.assert_array_equal(copy(y_true[20:], y_pred[20:]), metric(y_true[20:], y_pred[20:]))


# --- Metrics derived from ours -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MyF1Score", "KLDivergenceOfRows", "Top3Accuracy"])
def test_a_metric_of_ones_own_is_called_as_keras_calls_its_class(keras, name):
    from keras.src.utils.naming import to_snake_case

    assert type(name, (metrics.Metric,), {})().name == to_snake_case(name)


def test_what_derives_from_a_metric_keeps_its_name():
    class Ours(metrics.MeanSquaredError):
        pass

    assert (Ours().name, repr(Ours()), repr(Ours("ours"))) == ("mean_squared_error", "Ours()", "Ours('ours')")


def test_what_derives_from_a_metric_may_have_arguments_of_its_own():
    class Scaled(metrics.MeanSquaredError):
        def __init__(self, factor=1.0):
            super().__init__()
            self.factor = factor

    assert Scaled(2.0).get_config() == {"factor": 2.0}
    assert repr(Scaled.from_config({"factor": 2.0})) == "Scaled(2.0)"


# --- Shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["BinaryAccuracy", "MeanSquaredError", "AUC", "Precision", "F1Score", "R2Score"])
def test_vectors_and_columns_are_the_same(name):
    y_true, y_pred = data("binary")
    expected = metrics.CLASSES[name]()(y_true, y_pred)
    for true, pred in [(y_true[:, 0], y_pred), (y_true, y_pred[:, 0]), (y_true[:, 0], y_pred[:, 0])]:
        assert metrics.CLASSES[name]()(true, pred) == expected


@pytest.mark.parametrize("name", ["Precision", "Recall", "F1Score", "AUC", "FalsePositives"])
def test_integer_labels_beside_several_outputs_are_taken_as_one_hot(name):
    labels, output = data("sparse")
    expected = metrics.CLASSES[name]()(np.eye(5)[labels], output)
    np.testing.assert_array_equal(metrics.CLASSES[name]()(labels, output), expected)
    np.testing.assert_array_equal(metrics.CLASSES[name]()(labels[:, np.newaxis], output), expected)


@pytest.mark.parametrize("name", ["MeanSquaredError", "BinaryAccuracy", "CategoricalCrossentropy", "R2Score"])
def test_shapes_that_do_not_fit_are_never_broadcast(name):
    with pytest.raises(ShapeError, match=r"expected y_true and y_pred of the same shape, got \(4, 1\) and \(4, 3\)"):
        metrics.CLASSES[name]().update_state(np.zeros((4, 1)), np.zeros((4, 3)))


def test_one_hot_targets_for_a_sparse_metric_are_an_error():
    with pytest.raises(ShapeError, match=r"expected labels \(n,\) and outputs \(n, classes\), got \(4, 3\) and"):
        metrics.SparseCategoricalAccuracy().update_state(np.eye(4, 3), np.zeros((4, 3)))


@pytest.mark.parametrize("name", ["SparseCategoricalCrossentropy", "Precision", "ConfusionMatrix"])
@pytest.mark.parametrize("label", [-1, 3])
def test_labels_out_of_range_are_an_error(name, label):
    with pytest.raises(DataError, match=r"expected labels from 0 to 2, got .*Check the labels"):
        metrics.CLASSES[name]().update_state(np.array([0, label]), np.full((2, 3), 1 / 3))


def test_weights_that_do_not_fit_are_an_error():
    with pytest.raises(ShapeError, match=r"'mse': expected a sample_weight for each of 4 rows, got .* \(3,\)"):
        metrics.MeanSquaredError("mse").update_state(np.zeros(4), np.zeros(4), np.ones(3))


@pytest.mark.parametrize("name", ["MeanSquaredError", "Precision", "R2Score", "F1Score", "AUC"])
def test_weights_may_stand_in_a_column(name):
    y_true, y_pred = data("binary")
    weight = np.random.default_rng(3).random(ROWS)
    plain, column = metrics.CLASSES[name](), metrics.CLASSES[name]()
    assert plain(y_true, y_pred, weight) == column(y_true, y_pred, weight[:, np.newaxis])


# --- Results -----------------------------------------------------------------------------------------------------


def test_saturated_outputs_give_finite_numbers_in_silence():
    logits = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=np.float32)
    target = np.array([[0.0, 1.0], [0.0, 1.0]], dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert metrics.CategoricalCrossentropy(from_logits=True)(target, logits) == 1000
        assert metrics.BinaryCrossentropy(from_logits=True)(target, logits) == 500
        assert metrics.AUC(from_logits=True)(target, logits) == pytest.approx(0.5)


def test_results_are_plain_floats():
    for name, config, kind in CASES:
        result = metrics.CLASSES[name](**config)(*data(kind))
        assert type(result) is float or (isinstance(result, np.ndarray) and result.ndim >= 1)


# --- By name -----------------------------------------------------------------------------------------------------


def test_every_name_that_keras_knows_of_our_classes_is_known(keras):
    from keras.src.metrics import ALL_OBJECTS_DICT

    for name, theirs in ALL_OBJECTS_DICT.items():
        by_name = theirs.__name__ in metrics.CLASSES and "At" not in theirs.__name__
        if by_name and theirs.__name__ != "MeanMetricWrapper":
            ours = metrics.get(name)
            assert (type(ours).__name__, ours.name) == (theirs.__name__, name)


@pytest.mark.parametrize(
    ("name", "output_shape", "target_shape", "expected"),
    [
        ("accuracy", (1,), (), metrics.BinaryAccuracy),
        ("acc", (1,), (1,), metrics.BinaryAccuracy),
        ("accuracy", (), (), metrics.BinaryAccuracy),
        ("accuracy", (10,), (), metrics.SparseCategoricalAccuracy),
        ("accuracy", (10,), (1,), metrics.SparseCategoricalAccuracy),
        ("Accuracy", (10,), (10,), metrics.CategoricalAccuracy),
        ("accuracy", None, None, metrics.Accuracy),
        ("crossentropy", (1,), (), metrics.BinaryCrossentropy),
        ("ce", (10,), (), metrics.SparseCategoricalCrossentropy),
        ("ce", (10,), (10,), metrics.CategoricalCrossentropy),
    ],
)
def test_short_names_choose_by_shape_and_keep_the_name_given(name, output_shape, target_shape, expected):
    metric = metrics.get(name, output_shape, target_shape)
    assert (type(metric), metric.name) == (expected, name)


def test_get_takes_metrics_classes_and_descriptions():
    auc = metrics.AUC(name="area")
    assert metrics.get(auc) is auc
    assert isinstance(metrics.get(metrics.AUC), metrics.AUC)
    assert metrics.get({"class_name": "Precision", "config": {"top_k": 2}}).top_k == 2


def test_get_list_counts_names_that_recur():
    several = metrics.get_list(
        ["mse", metrics.Precision(class_id=0), metrics.Precision(class_id=1), metrics.Precision()]
    )
    assert [metric.name for metric in several] == ["mse", "precision", "precision_1", "precision_2"]
    assert metrics.get_list(None) == []
    assert metrics.get_list("mae")[0].name == "mae"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: metrics.get("acuracy"),
            UnknownNameError,
            "metric: expected a known name, got 'acuracy'. Did you mean",
        ),
        (lambda: metrics.get("ce"), ArgumentError, "metric 'ce': expected output_shape and target_shape"),
        (lambda: metrics.get(3), ArgumentError, "expected a name, a metric, a function or a description, got 3"),
        (lambda: metrics.get({"class_name": "Foo"}), UnknownNameError, "metric: expected a known name, got 'Foo'"),
        (
            lambda: metrics.Precision(1.5),
            ArgumentError,
            "Precision: expected thresholds to be a number of at least 0 and at most 1, got 1.5",
        ),
        (lambda: metrics.AUC(curve="RC"), UnknownNameError, "AUC curve: expected a known name, got 'RC'"),
        (lambda: metrics.AUC(summation_method="sum"), UnknownNameError, "AUC summation_method: expected a known name"),
        (
            lambda: metrics.AUC(1),
            ArgumentError,
            "AUC: expected num_thresholds to be a whole number of at least 2 and at most 10000, got 1",
        ),
        (
            lambda: metrics.FBetaScore(beta=0),
            ArgumentError,
            "FBetaScore: expected beta to be a number above 0 and at most 10000, got 0",
        ),
        (
            lambda: metrics.F1Score(threshold=2.0),
            ArgumentError,
            "F1Score: expected threshold to be a number above 0 and at most 1, got 2.0",
        ),
        (lambda: metrics.F1Score("mean"), UnknownNameError, "F1Score average: expected a known name, got 'mean'"),
        (lambda: metrics.R2Score("mean"), UnknownNameError, "R2Score class_aggregation: expected a known name"),
        (
            lambda: metrics.R2Score(num_regressors=-1),
            ArgumentError,
            "expected num_regressors to be a whole number of at least 0, got -1",
        ),
        (lambda: metrics.CosineSimilarity(axis=0), ArgumentError, "'cosine_similarity': expected axis=-1, got 0"),
        (
            lambda: metrics.Precision(class_id=3)([0, 1], [[0.1, 0.9], [0.2, 0.8]]),
            ArgumentError,
            "'precision': expected a class_id from 0 to 1, got 3",
        ),
        (
            lambda: metrics.AUC(multi_label=True, num_labels=2)(np.zeros((4, 3)), np.zeros((4, 3))),
            ShapeError,
            r"'auc': expected outputs \(n, 2\) with multi_label=True, got \(4, 3\)",
        ),
        (
            lambda: metrics.F1Score()(np.zeros((4, 3, 2)), np.zeros((4, 3, 2))),
            ShapeError,
            r"'f1_score': expected outputs \(n, classes\), got \(4, 3, 2\)",
        ),
        (
            lambda: metrics.ConfusionMatrix()([0, 1], [[0.1, 0.9]]),
            ShapeError,
            r"expected as many labels as outputs, got \(2,\) and \(1, 2\)",
        ),
        (lambda: metrics.Metric().result(), NotImplementedError, "Metric: expected a method result, got none"),
    ],
)
def test_a_mistake_is_told_with_its_cure(make, error, message):
    with pytest.raises(error, match=message):
        make()
