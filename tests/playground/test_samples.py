"""One sample, step by step, as the page gets it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, layers, optimizers
from rosenblatt.graph import GraphTooLargeError
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.samples import sample


def and_gate(optimizer: Any = None, activation: str = "sigmoid") -> Sequential:
    model = Sequential([layers.Dense(1, activation=activation, input_shape=(2,))])
    model.set_weights([np.array([[0.5], [0.5]]), np.array([-0.7])])
    model.compile(optimizer or optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


def network(optimizer: str = "adam", **more: Any) -> Sequential:
    model = Sequential(
        [layers.Dense(4, activation="tanh", input_shape=(2,), **more), layers.Dense(3, activation="softmax")], seed=2
    )
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def labelled(told: dict[str, Any]) -> dict[str, Any]:
    return {node["label"]: node for node in told["nodes"] if node["label"]}


def arguments(told: dict[str, Any], key: str) -> dict[str, Any]:
    [found] = [step["arguments"] for step in told["steps"] if step["key"] == key]
    return found


def test_the_worked_example() -> None:
    told = sample(and_gate(), [1, 1], 1)
    nodes = labelled(told)
    assert nodes["z"]["value"] == pytest.approx(0.300, abs=5e-7)
    assert nodes["a"]["value"] == pytest.approx(0.574, abs=5e-4)
    assert nodes["z"]["gradient"] == pytest.approx(-0.426, abs=5e-4)
    assert nodes["z"]["gradient"] == pytest.approx(nodes["a"]["value"] - 1.0)
    assert [round(update["after"], 4) for update in told["updates"]] == [0.5426, 0.5426, -0.6574]
    assert told["loss"]["before"] == pytest.approx(0.554, abs=5e-4)
    assert told["loss"]["after"] == pytest.approx(0.502, abs=5e-4)


def test_the_steps_of_the_worked_example_in_order() -> None:
    told = sample(and_gate(), [1, 1], 1)
    assert [(step["phase"], step["key"]) for step in told["steps"]] == [
        ("forward", "forward_multiply"),
        ("forward", "forward_multiply"),
        ("forward", "forward_add"),
        ("forward", "forward_activation"),
        ("loss", "loss_binary_crossentropy"),
        ("backward", "backward_start"),
        ("backward", "backward_binary_crossentropy"),
        ("backward", "backward_sigmoid"),
        ("backward", "backward_add"),
        ("backward", "backward_multiply"),
        ("backward", "backward_multiply"),
        ("update", "update_plain"),
        ("update", "update_plain"),
        ("update", "update_plain"),
    ]


def test_the_arguments_of_the_sentences() -> None:
    told = sample(and_gate(), [1, 1], 1)
    assert arguments(told, "forward_add")["labels"] == ["w1·x1", "w2·x2", "b"]
    sigmoid = arguments(told, "backward_sigmoid")
    assert sigmoid["derivative"] == pytest.approx(sigmoid["a"] * (1 - sigmoid["a"]))
    assert sigmoid["outgoing"] == pytest.approx(sigmoid["incoming"] * sigmoid["derivative"])
    assert sigmoid["shortcut"] == {"labels": ["z"], "values": [pytest.approx(sigmoid["a"] - 1)]}
    product = next(step["arguments"] for step in told["steps"] if step["key"] == "backward_multiply")
    assert product["to_left"] == pytest.approx(product["incoming"] * product["right"])
    assert product["to_right"] == pytest.approx(product["incoming"] * product["left"])
    update = told["steps"][-1]["arguments"]
    assert update["after"] == pytest.approx(update["before"] - update["learning_rate"] * update["gradient"])


@pytest.mark.parametrize("detail", ["lecture", "primitive"])
def test_the_numbers_fit_together(detail: Any) -> None:
    told = sample(network(), [0.4, -0.8], 2, detail=detail)
    json.dumps(told, allow_nan=False)
    received = [0.0] * len(told["nodes"])
    for edge in told["edges"]:
        assert edge["outgoing"] == pytest.approx(edge["incoming"] * edge["derivative"])
        assert edge["incoming"] == told["nodes"][edge["to"]]["gradient"]
        source = told["nodes"][edge["from"]]
        assert edge["points"][0] == [source["x"], source["y"]]
        received[edge["from"]] += edge["outgoing"]
    for node in told["nodes"]:
        assert node["kind"] == "loss" or node["gradient"] == pytest.approx(received[node["id"]])
        assert 0 < node["x"] < told["size"][0]
        assert node["id"] in told["groups"][node["group"]]["nodes"]
    operations = [node["id"] for node in told["nodes"] if node["operation"]]
    forward = [step["node"] for step in told["steps"] if step["phase"] in ("forward", "loss")]
    backward = [step["node"] for step in told["steps"] if step["phase"] == "backward"][1:]
    assert forward == operations
    # Taken apart, the loss reads the right class's probability alone: the others get nothing to hand on.
    assert backward == [each for each in reversed(operations) if detail == "lecture" or each in backward]
    assert all(told["nodes"][each]["gradient"] == 0.0 for each in set(operations) - set(backward))


def test_gradients_are_the_engines_and_updates_lie_where_the_parameters_do() -> None:
    model = network()
    told = sample(model, [0.4, -0.8], 2)
    gradients = np.concatenate([each.ravel() for each in model.gradients([[0.4, -0.8]], [2]).values()])
    assert [update["index"] for update in told["updates"]] == list(range(27))
    np.testing.assert_allclose([update["gradient"] for update in told["updates"]], gradients, rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal([update["before"] for update in told["updates"]], model.state.params)
    assert all(told["nodes"][update["node"]]["label"] == update["name"] for update in told["updates"])


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam", optimizers.SGD(0.1, momentum=0.9)])
def test_the_update_is_the_one_that_the_models_own_optimizer_makes(optimizer: Any) -> None:
    model = network(optimizer)
    x, y = np.array([[0.4, -0.8]], "float32"), np.array([2])
    model.fit(x, y, epochs=3, verbose=0)  # the optimizer's memory counts
    before = model.state.copy()
    told = sample(model, x[0], 2)
    np.testing.assert_array_equal(model.state.params, before.params)
    assert model.state.step == before.step
    loss = model.evaluate(x, y, verbose=0)
    model.train_on_batch(x, y)
    np.testing.assert_allclose([update["after"] for update in told["updates"]], model.state.params, rtol=1e-6)
    assert told["loss"]["before"] == pytest.approx(loss, rel=1e-5)
    assert told["loss"]["after"] == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    plain = optimizer == "sgd"
    assert told["optimizer"]["plain"] is plain
    assert told["steps"][-1]["key"] == ("update_plain" if plain else "update_by_optimizer")


def test_optimizers_are_named_as_the_page_names_them() -> None:
    assert sample(and_gate(optimizers.SGD(0.1, momentum=0.9)), [1, 1], 1)["optimizer"] == {
        "name": "momentum",
        "learning_rate": 0.1,
        "plain": False,
    }
    assert sample(and_gate(optimizers.SGD(0.1, clipnorm=1.0)), [1, 1], 1)["optimizer"]["plain"] is False


def test_softmax_and_its_cross_entropy_come_to_a_minus_t() -> None:
    told = sample(network(), [0.4, -0.8], 2)
    [shortcut] = [step["arguments"]["shortcut"] for step in told["steps"] if "shortcut" in step["arguments"]]
    expected = [output - (place == 2) for place, output in enumerate(told["output"])]
    assert shortcut["labels"] == ["z2[1]", "z2[2]", "z2[3]"]
    assert shortcut["values"] == pytest.approx(expected)
    softmax = [step["arguments"]["unit"] for step in told["steps"] if step["key"] == "forward_softmax"]
    assert softmax == [1, 2, 3]


def test_a_saturated_sample_is_computed_from_the_logits() -> None:
    told = sample(and_gate(), [1000, 1000], 0)
    assert arguments(told, "loss_binary_crossentropy")["from_logits"] is True
    assert labelled(told)["z"]["gradient"] == 1.0
    assert labelled(told)["a"]["value"] == 1.0
    assert not any(step["key"] == "backward_sigmoid" for step in told["steps"])


def test_a_step_cannot_learn() -> None:
    model = Sequential([layers.Dense(2, activation="step", input_shape=(2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    told = sample(model, [1, 1], 1)
    assert told["updates"] == []
    assert told["loss"]["after"] is None
    assert told["steps"][-1]["arguments"] == {"reason": "step"}
    assert any(step["key"] == "backward_step" for step in told["steps"])


def test_frozen_layers_are_not_updated() -> None:
    model = network(trainable=False)
    assert [update["index"] for update in sample(model, [0.4, -0.8], 2)["updates"]] == list(range(12, 27))
    model.trainable = False
    assert sample(model, [0.4, -0.8], 2)["steps"][-1]["arguments"] == {"reason": "frozen"}


def test_nothing_is_left_to_chance() -> None:
    model = Sequential([layers.Dense(8, input_shape=(2,)), layers.Dropout(0.5), layers.Dense(1)], seed=1)
    model.compile(optimizers.SGD(0.1), "mse")
    for update in sample(model, [1.0, 2.0], 3.0)["updates"]:
        assert update["after"] == pytest.approx(update["before"] - 0.1 * update["gradient"], rel=1e-5, abs=1e-6)
    assert model.layers[1].rate == 0.5


def test_inputs_may_have_names() -> None:
    told = sample(and_gate(), [1, 1], 1, names=["x1", "x1²"])
    assert [node["label"] for node in told["nodes"] if node["kind"] == "input"] == ["x1", "x1²"]


def test_numbers_that_are_not_finite_are_none() -> None:
    model = Sequential([layers.Dense(1, activation="exponential", input_shape=(1,), kernel_initializer="ones")])
    model.compile("sgd", "mse")
    told = sample(model, [1000.0], 0.0)
    json.dumps(told, allow_nan=False)
    assert told["loss"]["before"] is None


def test_a_network_that_is_too_large_is_refused_with_nodes_and_limit() -> None:
    model = Sequential([layers.Dense(32, input_shape=(7,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(GraphTooLargeError, match="at most 400 nodes") as error:
        sample(model, np.zeros(7), 0.0)
    assert error.value.limit == 400 < error.value.nodes


def test_a_parameter_that_took_no_part_is_shown_with_a_gradient_of_zero() -> None:
    model = Sequential([layers.Dense(2, input_shape=(1,)), layers.PReLU(), layers.Dense(1)], seed=1)
    model.set_weights([np.array([[1.0, -1.0]]), np.zeros(2), np.array([0.25, 0.25]), np.ones((2, 1)), np.zeros(1)])
    model.compile("sgd", "mse")
    told = sample(model, [2.0], 0.0)
    idle, busy = [update for update in told["updates"] if update["index"] in (4, 5)]
    assert (idle["node"], idle["gradient"]) == (None, 0.0)
    assert idle["before"] == idle["after"] == 0.25
    assert told["nodes"][busy["node"]]["label"] == busy["name"]
    assert busy["gradient"] != 0.0
    assert len([step for step in told["steps"] if step["phase"] == "update"]) == 9


def test_an_unknown_detail_is_refused() -> None:
    with pytest.raises(SettingsError, match="detail: expected one of") as caught:
        sample(and_gate(), [1, 1], 1, detail="lectures")
    assert (caught.value.key, caught.value.arguments["got"]) == ("unknown_name", "lectures")
