"""What must hold when models are copied, changed between two fits, or handed something ambiguous."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest

import rosenblatt as rb
from rosenblatt.errors import ArgumentError, ShapeError
from rosenblatt.layers import Dense, Normalization

X = np.random.default_rng(0).normal(size=(64, 4))
Y = np.arange(64) % 3


def classifier(**arguments: object) -> rb.Sequential:
    model = rb.Sequential([Dense(8, "tanh", input_shape=(4,)), Dense(3, "softmax")], seed=1)
    model.compile(**({"optimizer": "adam", "loss": "sparse_categorical_crossentropy"} | arguments))
    return model


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_of_a_model_has_weights_of_its_own_and_sees_them(twin_of, tmp_path):
    model = classifier()
    model.fit(X, Y, epochs=1, verbose=0)
    twin = twin_of(model)
    before = model.get_weights()
    twin.fit(X, Y, epochs=2, verbose=0)
    model_after, twin_after = model.get_weights(), twin.get_weights()
    assert all(np.array_equal(old, new) for old, new in zip(before, model_after, strict=True))
    assert not np.array_equal(before[0], twin_after[0])
    twin.save(tmp_path / "twin.safetensors")
    loaded = rb.load_model(tmp_path / "twin.safetensors")
    np.testing.assert_array_equal(loaded.predict(X), twin.predict(X))
    model.fit(X, Y, epochs=2, verbose=0)  # the copy went on exactly as the original does
    np.testing.assert_array_equal(model.get_weights()[0], twin_after[0])


def test_a_layer_freed_after_the_first_updates_has_an_average_of_its_weights():
    model = classifier(optimizer=rb.optimizers.Adam(use_ema=True))
    model.layers[0].trainable = False
    model.fit(X, Y, epochs=1, verbose=0)
    model.layers[0].trainable = True
    kernel = model.layers[0].kernel.copy()
    model.fit(X, Y, epochs=1, verbose=0)
    assert 0 < np.abs(model.layers[0].kernel - kernel).max() < 0.1


def test_figures_over_all_numbers_come_back_from_a_file(tmp_path):
    layer = Normalization(axis=None)
    layer.adapt(X * 3 + 5)
    model = rb.Sequential([rb.Input((4,)), layer, Dense(1)], seed=1)
    model.save(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(rb.load_model(tmp_path / "model.safetensors").predict(X), model.predict(X))


def test_class_weight_does_not_overwrite_sample_weight():
    model = classifier()
    with pytest.raises(ArgumentError, match="train_on_batch: expected class_weight or sample_weight, got both"):
        model.train_on_batch(X, Y, sample_weight=np.zeros(64), class_weight={0: 2.0})
    with pytest.raises(ArgumentError, match="batch 1: expected class_weight or sample_weight, got both"):
        model.fit([(X, Y, np.zeros(64))], class_weight={0: 2.0}, verbose=0)


def test_a_class_weight_for_no_class_of_a_yes_or_no_is_refused():
    model = rb.Sequential([Dense(1, "sigmoid", input_shape=(4,))])
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(rb.errors.RosenblattError, match="5"):
        model.fit(X, Y % 2, class_weight={5: 2.0}, verbose=0)


def test_metrics_are_chosen_anew_for_a_new_last_layer():
    model = rb.Sequential([Dense(1, "sigmoid", input_shape=(4,))], seed=1)
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.evaluate(X, Y % 2, verbose=0)
    model.pop()
    model.add(Dense(3, "softmax"))
    one_hot = rb.utils.to_categorical(Y, 3)
    accuracy = model.evaluate(X, one_hot, verbose=0)[1]
    assert accuracy == pytest.approx(np.mean(model.predict(X).argmax(axis=1) == Y))


def test_a_rate_set_in_a_schedules_place_holds_from_the_next_slice_on():
    class Freeze(rb.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.optimizer.learning_rate = 1e-12
                self.before = self.model.get_weights()

    freeze = Freeze()
    schedule = rb.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    model = classifier(optimizer=rb.optimizers.SGD(schedule))
    model.fit(X, Y, epochs=2, callbacks=[freeze], verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], freeze.before[0], atol=1e-9)


def test_figures_of_other_columns_are_refused_by_a_built_layer():
    layer = Normalization()
    rb.Sequential([rb.Input((4,)), layer])
    for columns in (1, 3):
        with pytest.raises(ShapeError, match=rf"expected figures of shape \(4,\), got \({columns},\)"):
            layer.adapt(X[:, :columns])


def test_figures_given_to_a_layer_are_its_configuration():
    layer = Normalization(mean=5.0, variance=4.0)
    assert (layer.get_config()["mean"], layer.get_config()["variance"]) == (5.0, 4.0)
    twin = Normalization.from_config(layer.get_config())
    outputs = [rb.Sequential([rb.Input((4,)), one]).predict(X) for one in (layer, twin)]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_allclose(outputs[0], (X - 5) / 2, rtol=1e-5)


def test_weights_beside_batches_are_refused():
    with pytest.raises(ArgumentError, match="evaluate: expected arrays with sample_weight, got batches"):
        classifier().evaluate([(X, Y)], sample_weight=np.zeros(64), verbose=0)


def test_a_network_that_diverged_predicts_without_warnings_from_numpy():
    model = classifier()
    model.set_weights([np.full_like(array, 1e38) for array in model.get_weights()])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X)
        model.gradients(X, Y)


def test_the_end_of_an_evaluation_is_told_after_an_error_too():
    class Ends(rb.callbacks.Callback):
        ended = 0

        def on_test_end(self, logs=None):
            self.ended += 1

    ends = Ends()
    bad_second = [(X, Y), (X[:, :2], Y)]
    with pytest.raises(ShapeError, match="batch 2"):
        classifier().evaluate(bad_second, callbacks=[ends], verbose=0)
    assert ends.ended == 1


def test_the_layers_of_a_described_model_stand_in_no_other():
    model = rb.Sequential.from_config(rb.Sequential([Dense(2)]).get_config())
    with pytest.raises(ArgumentError, match="expected a layer of no other model"):
        rb.Sequential([model.layers[0]])


def test_a_users_metric_keeps_its_name():
    metric = rb.metrics.SparseCategoricalAccuracy(name="accuracy")
    model = classifier(metrics=["accuracy"], weighted_metrics=[metric])
    assert list(model.evaluate(X, Y, verbose=0, return_dict=True)) == ["loss", "accuracy", "weighted_accuracy"]
    assert metric.name == "accuracy"
