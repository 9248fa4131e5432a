"""ONNX files, written: they pass ONNX's own checker, and onnxruntime computes from them what `predict` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, layers
from rosenblatt.errors import ArgumentError, MissingExtraError, ModelStateError, UnknownNameError
from rosenblatt.exchange import onnx_writing
from rosenblatt.functional import activations, network
from rosenblatt.layers import Activation, Dense, Input
from rosenblatt.version import __version__

onnx = pytest.importorskip("onnx", reason="needs the extra 'test' (onnx and onnxruntime)")

Run = Callable[..., dict[str, Any]]
TOLERANCE: dict[str, dict[str, float]] = {
    "float32": {"rtol": 1e-6, "atol": 2e-6},
    "float64": {"rtol": 1e-12, "atol": 1e-12},
}


def written(model: Sequential, **options: Any) -> Any:
    """Return what is written for a model, after ONNX's checker has passed it."""
    proto = onnx_writing.to_onnx(model, **options)
    onnx.checker.check_model(proto, full_check=True)
    return proto


def content(model: Sequential, **options: Any) -> bytes:
    whole: bytes = written(model, **options).SerializeToString()
    return whole


def classifier(activation: str = "softmax", units: int = 3) -> Sequential:
    return Sequential([Dense(8, "tanh", input_shape=(4,)), Dense(units, activation)], seed=1)


def numbers(outputs: dict[str, Any]) -> Any:
    """Return the numbers of an answer, which a classifier gives beside labels."""
    (answer,) = [y for name, y in outputs.items() if name != "label"]
    return answer


X = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)

# --- Layers and activations -------------------------------------------------------------------------------------------


def test_every_layer_and_every_activation_has_its_operators() -> None:
    assert onnx_writing.LAYERS.keys() == network.LAYERS.keys()
    assert onnx_writing.ACTIVATIONS.keys() == activations.ACTIVATIONS.keys()


def test_every_layer_is_computed_as_predict_does(one_layer: Sequential, rows: Any, dtype: str, carry_out: Run) -> None:
    answer = numbers(carry_out(content(one_layer), rows))
    assert answer.dtype == dtype
    np.testing.assert_allclose(answer, one_layer.predict(rows, verbose=0), **TOLERANCE[dtype])


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_every_activation_is_computed_as_predict_does(name: str, dtype: str, carry_out: Run) -> None:
    model = Sequential([Input((41,)), Activation(name)], dtype=dtype)
    x = np.linspace(-10, 10, 41, dtype=dtype)[None]
    tolerance = TOLERANCE[dtype]
    if name == "gelu" and dtype == "float64":
        tolerance = {"rtol": 1e-6, "atol": 1e-6}  # onnxruntime has the error function in single precision only
    np.testing.assert_allclose(numbers(carry_out(content(model), x)), model.predict(x, verbose=0), **tolerance)


@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS.keys() - {"exponential"}))
def test_activations_saturate_without_nan(name: str, dtype: str, carry_out: Run) -> None:
    model = Sequential([Input((2,)), Activation(name)], dtype=dtype)
    x = np.array([[-1000.0, 1000.0], [1000.0, 1000.0]], dtype)
    answer = numbers(carry_out(content(model), x))
    np.testing.assert_allclose(answer, model.predict(x, verbose=0), rtol=1e-6, atol=1e-6)


def test_a_whole_network(rows: Any, row_shape: tuple[int, ...], dtype: str, carry_out: Run) -> None:
    normalization = layers.Normalization()
    normalization.adapt(rows)
    chain = [
        Input(row_shape),
        normalization,
        Dense(8, "gelu" if dtype == "float32" else "mish"),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.Flatten(),
        Dense(5, "selu", use_bias=False),
        layers.LayerNormalization(),
        Dense(3, "softmax"),
    ]
    model = Sequential(chain, seed=1, dtype=dtype)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(rows, np.arange(len(rows)) % 3, epochs=3, verbose=0)
    answer = carry_out(content(model), rows)["probabilities"]
    np.testing.assert_allclose(answer, model.predict(rows, verbose=0), **TOLERANCE[dtype])


def test_layers_are_written_as_they_are_now(carry_out: Run) -> None:
    model = Sequential([Input((3,)), Dense(4, activation="tanh"), Dense(2)], seed=1)
    model.layers[0].activation = "relu"
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(numbers(carry_out(content(model), x)), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_rows_may_be_as_many_as_you_like(carry_out: Run) -> None:
    model = classifier()
    for count in (1, 2, 1000):
        x = np.ones((count, 4), np.float32)
        assert carry_out(content(model), x)["probabilities"].shape == (count, 3)


def test_pictures_of_bytes_may_stay_as_they_are(carry_out: Run) -> None:
    chain = [Input((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), Dense(10, "softmax")]
    model = Sequential(chain, seed=1)
    pictures = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    expected = model.predict(pictures, verbose=0)
    as_bytes = carry_out(content(model, input_dtype="uint8"), pictures)["probabilities"]
    as_floats = carry_out(content(model), pictures.astype(np.float32))["probabilities"]
    np.testing.assert_allclose(as_bytes, expected, **TOLERANCE["float32"])
    np.testing.assert_array_equal(as_floats, as_bytes)


# --- Outputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["linear", "log_softmax"])
def test_a_model_without_probabilities_has_one_output(activation: str, carry_out: Run) -> None:
    """The logarithms of probabilities are none, so log_softmax makes no classifier: as for programs."""
    model = classifier(activation, 2)
    answer = carry_out(content(model), X)
    assert answer.keys() == {"variable"}
    np.testing.assert_allclose(answer["variable"], model.predict(X, verbose=0), **TOLERANCE["float32"])


def test_rows_of_several_axes_have_no_label(carry_out: Run) -> None:
    model = Sequential([Dense(3, "softmax", input_shape=(2, 4))], seed=1)
    x = X.reshape(25, 2, 4)
    answer = carry_out(content(model, class_names=["one", "name"]), x)
    assert answer.keys() == {"variable"}
    np.testing.assert_allclose(answer["variable"], model.predict(x, verbose=0), **TOLERANCE["float32"])


def test_a_layer_for_training_alone_hides_no_classifier(carry_out: Run) -> None:
    model = Sequential([Dense(3, "softmax", input_shape=(4,)), layers.Dropout(0.5)], seed=1)
    assert carry_out(content(model), X).keys() == {"label", "probabilities"}


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (None, [0, 1]),
        (["cat", "고양이 아님"], ["cat", "고양이 아님"]),
        ([3, 5], [3, 5]),
        (np.array([3, 5]), [3, 5]),
    ],
    ids=["none", "texts", "numbers", "numbers of NumPy"],
)
def test_a_classifier_gives_labels_and_probabilities(
    activation: str, names: Any, labels: list[Any], carry_out: Run
) -> None:
    """As scikit-learn's classifiers do in ONNX: probabilities of both classes also where one unit tells them."""
    model = classifier(activation, 2 if activation == "softmax" else 1)
    answer = carry_out(content(model, class_names=names), X)
    expected = model.predict(X, verbose=0)
    assert list(answer) == ["label", "probabilities"]
    assert answer["probabilities"].shape == (50, 2)
    np.testing.assert_allclose(answer["probabilities"][:, -expected.shape[1] :], expected, **TOLERANCE["float32"])
    np.testing.assert_allclose(answer["probabilities"].sum(axis=1), 1.0, rtol=1e-6)
    winners = (expected[:, -1] > 0.5).astype(int)
    assert 0 < winners.sum() < 50
    assert answer["label"].tolist() == [labels[winner] for winner in winners]
    assert answer["label"].dtype == (np.int64 if isinstance(labels[0], int) else object)


def test_the_class_names_of_the_model_are_its_labels(carry_out: Run) -> None:
    model = classifier()
    model.class_names = ["setosa", "versicolor", "virginica"]
    answer = carry_out(content(model), X)
    expected = np.array(model.class_names)[model.predict(X, verbose=0).argmax(axis=1)]
    assert answer["label"].tolist() == expected.tolist()


def test_half_is_the_first_class_as_for_accuracy(carry_out: Run) -> None:
    model = classifier("sigmoid", 1)
    for array in model.weights.values():
        array[...] = 0.0
    assert carry_out(content(model), X[:1])["label"].tolist() == [0]


# --- The file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_of_an_opset_that_runtimes_know() -> None:
    model = classifier()
    model.class_names = ["a", "b", "c"]
    proto = written(model)
    assert [(entry.domain, entry.version) for entry in proto.opset_import] == [("", 13)]
    assert proto.ir_version == 8
    assert (proto.producer_name, proto.producer_version) == ("rosenblatt", __version__)
    assert {entry.key: json.loads(entry.value) for entry in proto.metadata_props} == {"class_names": ["a", "b", "c"]}
    assert [value.name for value in proto.graph.input] == ["X"]
    assert proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "rows"


def test_values_bear_the_names_of_their_layers() -> None:
    chain = [Dense(3, "tanh", name="숨은 층", input_shape=(4,)), Dense(2, "sigmoid"), Dense(2)]
    graph = written(Sequential(chain)).graph
    assert [node.name for node in graph.node] == [
        "숨은 층/Gemm",
        "숨은 층/Tanh",
        "dense/Gemm",
        "dense/Sigmoid",
        "dense_1/Gemm",
        "variable",
    ]
    assert [array.name for array in graph.initializer][:2] == ["숨은 층/kernel", "숨은 층/bias"]


def test_layers_named_like_outputs_do_no_harm(carry_out: Run) -> None:
    chain = [Dense(4, "gelu", name="X", input_shape=(4,)), Dense(4, "gelu", name="number"), Dense(2, name="output")]
    model = Sequential(chain, seed=1)
    expected = model.predict(X, verbose=0)
    np.testing.assert_allclose(carry_out(content(model), X)["variable"], expected, **TOLERANCE["float32"])


def test_the_same_model_gives_the_same_bytes_and_stays_as_it_is(tmp_path: Path) -> None:
    model = classifier()
    before = model.get_weights()
    for name in ("a.onnx", "b.onnx"):
        onnx_writing.write(model, tmp_path / name)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_export_by_suffix(tmp_path: Path, carry_out: Run) -> None:
    model = classifier()
    model.export(tmp_path / "model.onnx", class_names=["a", "b", "c"])
    assert set(carry_out(tmp_path / "model.onnx", X)["label"]) <= {"a", "b", "c"}


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"older")
    with pytest.raises(ArgumentError, match="3 classes"):
        onnx_writing.write(classifier(), path, class_names=["a"])
    assert path.read_bytes() == b"older"
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


# --- Errors -----------------------------------------------------------------------------------------------------------


def test_class_names_must_fit() -> None:
    with pytest.raises(ArgumentError, match=r"a class name for each of the 3 classes, got 2\. Set model\.class_names"):
        written(classifier(), class_names=["a", "b"])


def test_an_unknown_input_dtype() -> None:
    with pytest.raises(UnknownNameError, match=r"input_dtype: expected a known name, got 'uint9'\. Did you mean"):
        written(classifier(), input_dtype="uint9")


def test_a_model_without_shape() -> None:
    with pytest.raises(ModelStateError, match="expected a built model"):
        written(Sequential([Dense(2)]))


def test_a_model_beyond_the_bounds_of_onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_writing, "LARGEST", 100)
    with pytest.raises(ArgumentError, match=r"at most 2 GB, .* Save it as \.safetensors"):
        written(classifier())


def test_a_layer_that_is_not_known() -> None:
    class Cube(layers.Layer):
        def __init__(self) -> None:
            super().__init__()

    with pytest.raises(ArgumentError, match=r"expected layers among Activation, .*, got Cube\(\)"):
        written(Sequential([Input((2,)), Cube()]))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rosenblatt\[onnx\]'"):
        onnx_writing.to_onnx(classifier())
