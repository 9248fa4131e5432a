"""ONNX files, read: a model whose `predict` is what onnxruntime computes from the file; all else is told, never run."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt import Sequential, layers, load_model
from rosenblatt.errors import FileFormatError, MissingExtraError
from rosenblatt.exchange import onnx_graphs, onnx_reading, onnx_writing
from rosenblatt.functional import activations
from rosenblatt.layers import Dense, Input

onnx = pytest.importorskip("onnx", reason="needs the extra 'test' (onnx and onnxruntime)")
helper, numpy_helper = onnx.helper, onnx.numpy_helper

Run = Callable[..., dict[str, Any]]
TOLERANCE = {"float32": {"rtol": 1e-6, "atol": 2e-6}, "float64": {"rtol": 1e-12, "atol": 1e-12}}
FLOAT, DOUBLE, INT64 = 1, 11, 7
MIB = 2**20
RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype(np.float32) * 3
W, B = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=3).astype(np.float32)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Any], Sequential]:
    """A function that reads the model in a file's content."""

    def read_content(content: Any) -> Sequential:
        path = tmp_path / "model.onnx"
        path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
        return onnx_reading.read(path)

    return read_content


Read = Callable[[Any], Sequential]


def graph(
    nodes: Sequence[Any], constants: dict[str, Any], *, shape: Sequence[Any] = ("n", 4), opset: int = 13, **more: Any
) -> Any:
    """Return an ONNX model whose input is "x" and whose output is "y"."""
    inputs = [helper.make_tensor_value_info("x", more.get("dtype", FLOAT), shape)]
    outputs = [helper.make_tensor_value_info(name, FLOAT, None) for name in more.get("outputs", ["y"])]
    arrays = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 1)]
    return helper.make_model(
        helper.make_graph(nodes, "graph", inputs, outputs, arrays), opset_imports=opsets, ir_version=8
    )


def node(operator: str, *inputs: str, to: str = "y", **attributes: Any) -> Any:
    return helper.make_node(operator, list(inputs), [to], f"the {operator}", **attributes)


# --- There and back ---------------------------------------------------------------------------------------------------


def test_every_layer_comes_back(one_layer: Sequential, rows: Any, dtype: str, read: Read) -> None:
    one_layer.add(layers.Activation("tanh"))  # something to read where the layer itself is for training only
    twin = read(onnx_writing.to_onnx(one_layer))
    assert twin.dtype == dtype
    assert twin.input_shape == one_layer.input_shape
    np.testing.assert_allclose(twin.predict(rows, verbose=0), one_layer.predict(rows, verbose=0), **TOLERANCE[dtype])


def test_layers_are_those_that_were_written(one_layer: Sequential, dtype: str, read: Read) -> None:
    layer = one_layer.layers[0]
    if isinstance(layer, layers.Dropout | layers.GaussianNoise):
        with pytest.raises(FileFormatError, match=r"expected layers, .* got none"):
            read(onnx_writing.to_onnx(one_layer))
        return
    twin = read(onnx_writing.to_onnx(one_layer)).layers[0]
    composed = isinstance(layer, layers.BatchNormalization) and (dtype == "float64" or len(layer.input_shape) > 1)
    if composed and not layer.scale:
        assert isinstance(twin, layers.Normalization)  # without gamma it cannot be told from one
    elif isinstance(layer, layers.ActivationLayer) and not isinstance(twin, type(layer)):
        assert isinstance(twin, layers.Activation | layers.LeakyReLU)
    else:
        assert isinstance(twin, type(layer))
        # Figures are weights, and a BatchNormalization is written with both gamma and beta.
        told = {"name", "input_shape", "mean", "variance", "momentum", "epsilon", "center", "scale"}
        told |= {"axis"} if one_layer.input_shape == (1,) else set()  # one figure for all, or one for each, is the same
        assert _config(twin, told) == _config(layer, told)


def _config(layer: layers.Layer, without: set[str]) -> dict[str, Any]:
    return {
        name: round(value, 7) if isinstance(value, float) else value
        for name, value in layer.get_config().items()
        if name not in without
    }


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_every_activation_comes_back(name: str, dtype: str, read: Read) -> None:
    model = Sequential([Dense(3, name, input_shape=(4,)), Dense(2)], seed=1, dtype=dtype)
    twin = read(onnx_writing.to_onnx(model))
    assert [layer.activation for layer in twin.layers] == [None if name == "linear" else name, None]
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("names", [None, ["cat", "고양이"]])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_classifiers_come_back_with_the_names_of_their_classes(activation: str, names: Any, read: Read) -> None:
    model = Sequential([Dense(2 if activation == "softmax" else 1, activation, input_shape=(4,))], seed=1)
    model.class_names = names
    twin = read(onnx_writing.to_onnx(model))
    assert twin.class_names == names
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))


def test_pictures_of_bytes_come_back(read: Read) -> None:
    model = Sequential([Input((2, 2)), layers.Rescaling(1 / 255), layers.Flatten(), Dense(3)], seed=1)
    twin = read(onnx_writing.to_onnx(model, input_dtype="uint8"))
    pictures = np.random.default_rng(0).integers(0, 256, (5, 2, 2), dtype=np.uint8)
    np.testing.assert_array_equal(twin.predict(pictures, verbose=0), model.predict(pictures, verbose=0))


def test_load_model_reads_them_by_their_suffix(tmp_path: Path) -> None:
    model = Sequential([Dense(8, "gelu", input_shape=(4,)), Dense(3, "softmax")], seed=1)
    model.export(tmp_path / "model.onnx", class_names=["a", "b", "c"])
    twin = load_model(tmp_path / "model.onnx")
    assert twin.class_names == ["a", "b", "c"]
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))


def test_what_is_read_can_be_trained(read: Read) -> None:
    model = Sequential([Dense(8, "gelu", input_shape=(4,)), layers.BatchNormalization(), Dense(3, "softmax")], seed=1)
    twin = read(onnx_writing.to_onnx(model))
    twin.compile("adam", "sparse_categorical_crossentropy")
    labels = np.arange(50) % 3
    history = twin.fit(X, labels, epochs=30, verbose=0).history["loss"]
    assert history[-1] < history[0]


def layer_strategy() -> Any:
    number = st.floats(0.125, 2.0, width=32)
    names = st.sampled_from(sorted(activations.ACTIVATIONS.keys() - {"exponential", "step"}))
    return st.one_of(
        st.builds(lambda units, name, bias: Dense(units, name, bias), st.integers(1, 5), names, st.booleans()),
        st.builds(
            lambda epsilon, c, s: layers.BatchNormalization(-1, 0.9, epsilon, c, s),
            number,
            st.booleans(),
            st.booleans(),
        ),
        st.builds(
            lambda epsilon, c, s: layers.LayerNormalization(-1, epsilon, c, s), number, st.booleans(), st.booleans()
        ),
        st.builds(lambda a, b: layers.Rescaling(a, b), number, number),
        st.builds(lambda m, v: layers.Normalization(None, m, v), number, number),
        st.builds(lambda a, b, c: layers.ReLU(a + 2, b, c), number, number, number),
        st.builds(layers.LeakyReLU, number),
        st.builds(layers.ELU, number),
        st.builds(layers.PReLU),
        st.builds(layers.Flatten),
        st.builds(layers.Dropout, st.just(0.5)),
        st.builds(layers.Activation, names),
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(layer_strategy(), min_size=1, max_size=6),
    st.sampled_from([(6,), (2, 3)]),
    st.sampled_from(["float32", "float64"]),
)
def test_any_chain_there_and_back(tmp_path_factory: Any, carry_out: Run, chain: Any, shape: Any, dtype: str) -> None:
    """The tolerance is wide: a normalisation of rows that are nearly equal multiplies any difference of rounding."""
    model = Sequential([Input(shape), Dense(3, input_shape=shape), *chain], seed=1, dtype=dtype)
    rng = np.random.default_rng(0)
    for name, array in model.weights.items():
        if not name.startswith("normalization"):
            array[...] = rng.uniform(0.25, 1.5, array.shape)
    x = rng.normal(size=(20, *shape)).astype(dtype)
    path = tmp_path_factory.mktemp("chain") / "model.onnx"
    onnx_writing.write(model, path)
    onnx.checker.check_model(str(path), full_check=True)
    expected = model.predict(x, verbose=0)
    answers = carry_out(path, x)
    (answer,) = [answers[name] for name in answers if name != "label"]
    width = expected.shape[-1]
    np.testing.assert_allclose(answer[..., -width:], expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(onnx_reading.read(path).predict(x, verbose=0), expected, rtol=1e-3, atol=1e-4)


# --- Forms in which others write --------------------------------------------------------------------------------------

HALF_ERF = [node("Div", "x", "root", to="a"), node("Erf", "a", to="e"), node("Add", "e", "one", to="c")]
MEAN = [node("ReduceMean", "x", to="m", axes=[-1]), node("Sub", "x", "m", to="d")]
NUMBERS = {
    "root": np.float32(2**0.5),
    "zero": np.float32(0),
    "half": np.float32(0.5),
    "one": np.float32(1),
    "two": np.float32(2),
    "three": np.float32(3),
    "six": np.float32(6),
    "twenty": np.float32(20),
    "vector": np.array([0.5, 1, 2, 4], np.float32),
    "row": np.array([[0.5, 1, 2, 4]], np.float32),
    "w": W,
    "w_transposed": np.ascontiguousarray(W.T),
    "b": B,
    "to_row": np.array([-1, 4]),
    "first": np.array(0),
    "first_axis": np.array([0]),
    "rest": np.array([-1]),
    "narrow": W[:, :1],
}
FORMS: dict[str, tuple[list[Any], str]] = {
    "Gemm": ([node("Gemm", "x", "w", "b")], "Dense(3)"),
    "Gemm, all arguments": (
        [node("Gemm", "x", "w_transposed", "b", alpha=0.5, beta=2.0, transB=1)],
        "Dense(3)",
    ),
    "Gemm, one bias": ([node("Gemm", "x", "w", "half")], "Dense(3)"),
    "Gemm, no bias": ([node("Gemm", "x", "w")], "Dense(3, use_bias=False)"),
    "MatMul, Add": ([node("MatMul", "x", "w", to="a"), node("Add", "b", "a")], "Dense(3)"),
    "MatMul, transposed kernel": (
        [node("Transpose", "w_transposed", to="k", perm=[1, 0]), node("MatMul", "x", "k")],
        "Dense(3, use_bias=False)",
    ),
    "constants in nodes": (
        [
            node("Constant", to="k", value=numpy_helper.from_array(W)),
            node("MatMul", "x", "k", to="a"),
            node("Identity", "b", to="c"),
            node("Add", "a", "c"),
        ],
        "Dense(3)",
    ),
    "Dense, Relu, Dropout": (
        [node("Gemm", "x", "w", to="a"), node("Relu", "a", to="c"), node("Dropout", "c")],
        "Dense(3, activation='relu', use_bias=False)",
    ),
    "gelu, half at the end": (
        [*HALF_ERF, node("Mul", "x", "c", to="d"), node("Mul", "d", "half")],
        "Activation('gelu')",
    ),
    "gelu, half at the front": (
        [node("Mul", "half", "x", to="h"), *HALF_ERF, node("Mul", "h", "c")],
        "Activation('gelu')",
    ),
    "gelu, half inside": (
        [*HALF_ERF, node("Mul", "c", "half", to="d"), node("Mul", "d", "x")],
        "Activation('gelu')",
    ),
    "silu": ([node("Sigmoid", "x", to="a"), node("Mul", "x", "a")], "Activation('silu')"),
    "mish": (
        [node("Softplus", "x", to="a"), node("Tanh", "a", to="c"), node("Mul", "c", "x")],
        "Activation('mish')",
    ),
    "softsign": (
        [node("Abs", "x", to="a"), node("Add", "one", "a", to="c"), node("Div", "x", "c")],
        "Activation('softsign')",
    ),
    "hard_sigmoid": (
        [node("Add", "x", "three", to="a"), node("Clip", "a", "zero", "six", to="c"), node("Div", "c", "six")],
        "Activation('hard_sigmoid')",
    ),
    "hard_sigmoid, one operator": ([node("HardSigmoid", "x", alpha=1 / 6)], "Activation('hard_sigmoid')"),
    "sigmoid": (
        [
            node("Neg", "x", to="a"),
            node("Exp", "a", to="c"),
            node("Add", "c", "one", to="d"),
            node("Reciprocal", "d"),
        ],
        "Activation('sigmoid')",
    ),
    "softplus, straight above 20": (
        [node("Greater", "x", "twenty", to="a"), node("Softplus", "x", to="c"), node("Where", "a", "x", "c")],
        "Activation('softplus')",
    ),
    "log of softmax": ([node("Softmax", "x", to="a"), node("Log", "a")], "Activation('log_softmax')"),
    "relu by Max": ([node("Max", "x", "zero")], "Activation('relu')"),
    "relu6 by Clip": ([node("Clip", "x", "zero", "six")], "Activation('relu6')"),
    "relu to 3": ([node("Relu", "x", to="a"), node("Min", "a", "three")], "ReLU(3.0)"),
    "leaky relu by Max": (
        [node("Mul", "x", "half", to="a"), node("Max", "x", "a")],
        "LeakyReLU(0.5)",
    ),
    "leaky relu by Min": (
        [node("Mul", "x", "two", to="a"), node("Min", "x", "a")],
        "LeakyReLU(2.0)",
    ),
    "leaky relu": ([node("LeakyRelu", "x", alpha=0.1)], "LeakyReLU(0.1)"),
    "thresholded relu": ([node("ThresholdedRelu", "x", alpha=0.5)], "ReLU(threshold=0.5)"),
    "elu": ([node("Elu", "x", alpha=0.5)], "ELU(0.5)"),
    "celu": ([node("Celu", "x")], "Activation('elu')"),
    "prelu, one slope": ([node("PRelu", "x", "half")], "PReLU()"),
    "prelu of simple operators": (
        [
            node("Relu", "x", to="a"),
            node("Neg", "x", to="c"),
            node("Relu", "c", to="d"),
            node("Mul", "d", "vector", to="e"),
            node("Sub", "a", "e"),
        ],
        "PReLU()",
    ),
    "layer normalisation": (
        [
            *MEAN,
            node("Pow", "d", "two", to="e"),
            node("ReduceMean", "e", to="v", axes=[1]),
            node("Add", "v", "half", to="g"),
            node("Sqrt", "g", to="h"),
            node("Div", "d", "h", to="i"),
            node("Mul", "i", "vector", to="j"),
            node("Add", "j", "vector"),
        ],
        "LayerNormalization(epsilon=0.5)",
    ),
    "standardised features": (
        [node("Sub", "x", "vector", to="a"), node("Div", "a", "row")],
        "Normalization()",
    ),
    "features from 0 to 1": ([node("Mul", "x", "vector", to="a"), node("Add", "a", "row")], "Normalization()"),
    "scaler": (
        [node("Scaler", "x", offset=[0.5, 1.0, 2.0, 4.0], scale=[2.0, 1.0, 0.5, 4.0], domain="ai.onnx.ml")],
        "Normalization()",
    ),
    "batch normalisation of simple operators": (
        [
            node("Sub", "x", "vector", to="a"),
            node("Div", "a", "vector", to="c"),
            node("Mul", "c", "row", to="d"),
            node("Add", "d", "row"),
        ],
        "BatchNormalization()",
    ),
    "one mean, one deviation": ([node("Sub", "x", "half", to="a"), node("Div", "a", "two")], "Normalization(None)"),
    "scaled and shifted": ([node("Div", "x", "two", to="a"), node("Sub", "a", "half")], "Rescaling(0.5, offset=-0.5)"),
    "one less": ([node("Sub", "one", "x")], "Rescaling(-1.0, offset=1.0)"),
    "shifted": ([node("Add", "x", "vector")], "Normalization()"),
    "reshaped to what it was": ([node("Reshape", "x", "to_row", to="a"), node("Tanh", "a")], "Activation('tanh')"),
    "reshaped by its own shape": (
        [
            node("Shape", "x", to="s"),
            node("Gather", "s", "first", to="n", axis=0),
            node("Unsqueeze", "n", "first_axis", to="r"),
            node("Concat", "r", "rest", to="t", axis=0),
            node("Reshape", "x", "t", to="a"),
            node("Tanh", "a"),
        ],
        "Activation('tanh')",
    ),
    "the last axis dropped": (
        [node("MatMul", "x", "narrow", to="a"), node("Squeeze", "a", "rest")],
        "Dense(1, use_bias=False)",
    ),
    "cast": ([node("Cast", "x", to="a"), node("Tanh", "a")], "Activation('tanh')"),
}
FORMS["cast"][0][0].attribute.append(helper.make_attribute("to", FLOAT))


@pytest.mark.parametrize("name", FORMS)
def test_forms_in_which_others_write(name: str, read: Read, carry_out: Run) -> None:
    nodes, expected = FORMS[name]
    used = {value for one in nodes for value in one.input}
    proto = graph(nodes, {key: value for key, value in NUMBERS.items() if key in used})
    for number, one in enumerate(proto.graph.node):
        one.name = f"{one.op_type} {number}"  # which onnxruntime insists on
    model = read(proto)
    assert repr(model.layers[-1]) == expected
    answer = carry_out(proto.SerializeToString(), X)["y"]
    np.testing.assert_allclose(model.predict(X, verbose=0).reshape(answer.shape), answer, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("opset", [7, 9, 11, 17, 21])
def test_older_and_newer_opsets(opset: int, read: Read, carry_out: Run) -> None:
    clip = node("Clip", "a", min=0.0, max=6.0) if opset < 11 else node("Clip", "a", "zero", "six")
    nodes = [node("Gemm", "x", "w", "b", to="c"), node("Softmax", "c", to="a", axis=1), clip]
    proto = graph(nodes, {key: NUMBERS[key] for key in ("w", "b", "zero", "six")}, opset=opset)
    model = read(proto)
    assert repr(model.layers) == "[Dense(3, activation='softmax'), Activation('relu6')]"
    answer = carry_out(proto.SerializeToString(), X)["y"]
    np.testing.assert_allclose(model.predict(X, verbose=0), answer, rtol=1e-6, atol=1e-6)


def test_a_fixed_number_of_rows_and_an_open_width(read: Read) -> None:
    nodes = [node("Reshape", "x", "target", to="a"), node("Gemm", "a", "w", "b")]
    fixed = graph(nodes, {"w": W, "b": B, "target": np.array([5, 4])}, shape=(5, 2, 2))
    assert read(fixed).input_shape == (2, 2)
    open_width = graph([node("Relu", "x", to="a"), node("Gemm", "a", "w", "b")], {"w": W, "b": B}, shape=(None, None))
    assert read(open_width).input_shape == (4,)


def test_float64(read: Read) -> None:
    proto = graph([node("MatMul", "x", "w")], {"w": W.astype(np.float64)}, dtype=DOUBLE)
    assert read(proto).dtype == "float64"
    assert read(graph([node("Tanh", "x")], {}, dtype=DOUBLE)).dtype == "float64"


def test_labels_alone_come_from_the_numbers_that_they_are_made_of(read: Read) -> None:
    proto = graph([node("Gemm", "x", "w", "b", to="a"), node("ArgMax", "a", axis=1)], {"w": W, "b": B})
    np.testing.assert_allclose(read(proto).predict(X, verbose=0), X @ W + B, rtol=1e-5)


# --- PyTorch and scikit-learn -----------------------------------------------------------------------------------------

TORCH_MODULES = [
    "BatchNorm1d(3)",
    "BatchNorm1d(3, affine=False)",
    "CELU()",
    "Dropout(0.5)",
    "ELU(0.5)",
    "GELU()",
    "Hardsigmoid()",
    "Hardtanh(0, 2)",
    "Identity()",
    "LayerNorm(3)",
    "LayerNorm(3, elementwise_affine=False)",
    "LeakyReLU(0.1)",
    "LogSoftmax(-1)",
    "Mish()",
    "PReLU()",
    "PReLU(3)",
    "ReLU()",
    "ReLU6()",
    "SELU()",
    "SiLU()",
    "Sigmoid()",
    "Softmax(1)",
    "Softplus()",
    "Softsign()",
    "Tanh()",
]


def exported_by_torch(module: Any, x: Any, **options: Any) -> bytes:
    torch = pytest.importorskip("torch", reason="needs PyTorch: run `make peers`")
    file = io.BytesIO()
    torch.onnx.export(module.eval(), (torch.from_numpy(x),), file, input_names=["x"], **options)
    return file.getvalue()


def torch_network(between: str) -> Any:
    """A chain with a module of PyTorch's between two others, and no number in it as it starts."""
    torch = pytest.importorskip("torch", reason="needs PyTorch: run `make peers`")
    torch.manual_seed(0)
    module = eval(between, vars(torch.nn))
    for name, array in [*module.named_parameters(), *module.named_buffers()]:
        if "num_batches" not in name:
            array.data.uniform_(0.25, 1.5)
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3), module, torch.nn.Linear(3, 2, bias=False))


@pytest.mark.parametrize("opset", [13, 17, 20])
@pytest.mark.parametrize("module", TORCH_MODULES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_files_of_pytorch(module: str, opset: int, read: Read, carry_out: Run) -> None:
    pictures = X.reshape(-1, 2, 2)
    options = {"dynamo": False, "opset_version": opset, "dynamic_axes": {"x": {0: "n"}}}
    content = exported_by_torch(torch_network(module), pictures, **options)
    (answer,) = carry_out(content, pictures).values()
    np.testing.assert_allclose(read(content).predict(pictures, verbose=0), answer, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("module", TORCH_MODULES)
@pytest.mark.filterwarnings("ignore")
def test_files_of_pytorchs_newer_exporter(module: str, read: Read, carry_out: Run) -> None:
    pytest.importorskip("onnxscript", reason="needs onnxscript, with which PyTorch exports by default")
    torch = pytest.importorskip("torch", reason="needs PyTorch: run `make peers`")
    pictures = X.reshape(-1, 2, 2)
    shapes = ({0: torch.export.Dim("n")},)
    content = exported_by_torch(
        torch_network(module), pictures, dynamo=True, opset_version=18, dynamic_shapes=shapes, verbose=False
    )
    (answer,) = carry_out(content, pictures).values()
    np.testing.assert_allclose(read(content).predict(pictures, verbose=0), answer, rtol=1e-5, atol=2e-6)


CLASSES = {
    "numbers": (np.arange(60) % 3, None),
    "other numbers": (np.array([3, 5, 8])[np.arange(60) % 3], ["3", "5", "8"]),
    "texts": (np.array(["a", "b", "c"])[np.arange(60) % 3], ["a", "b", "c"]),
    "two": (np.array(["no", "yes"])[np.arange(60) % 2], ["no", "yes"]),
}


@pytest.mark.parametrize("zipmap", [False, True])
@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.filterwarnings("ignore")
def test_classifiers_of_scikit_learn(classes: str, activation: str, zipmap: bool, dtype: str, read: Read) -> None:
    neural_network = pytest.importorskip("sklearn.neural_network", reason="needs the extra 'test'")
    skl2onnx = pytest.importorskip("skl2onnx", reason="needs the extra 'test'")
    x = np.random.default_rng(0).normal(size=(60, 4)).astype(dtype)
    y, names = CLASSES[classes]
    fitted = neural_network.MLPClassifier((5, 4), activation=activation, max_iter=5, random_state=0).fit(x, y)
    model = read(skl2onnx.to_onnx(fitted, x[:1], options={"zipmap": zipmap}))
    expected = fitted.predict_proba(x)
    answer = model.predict(x, verbose=0)
    assert model.class_names == names
    np.testing.assert_allclose(answer, expected[:, -answer.shape[1] :], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scaler", [None, "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"])
@pytest.mark.filterwarnings("ignore")
def test_regressors_of_scikit_learn_and_scalers(scaler: str | None, dtype: str, read: Read) -> None:
    neural_network = pytest.importorskip("sklearn.neural_network", reason="needs the extra 'test'")
    skl2onnx = pytest.importorskip("skl2onnx", reason="needs the extra 'test'")
    from sklearn import pipeline, preprocessing

    x = np.random.default_rng(0).normal(3.0, 2.0, size=(60, 4)).astype(dtype)
    regressor = neural_network.MLPRegressor(hidden_layer_sizes=(5,), max_iter=5, random_state=0)
    steps = [] if scaler is None else [getattr(preprocessing, scaler)()]
    fitted = pipeline.make_pipeline(*steps, regressor).fit(x, x[:, 0])
    model = read(skl2onnx.to_onnx(fitted, x[:1]))
    np.testing.assert_allclose(model.predict(x, verbose=0)[:, 0], fitted.predict(x), rtol=1e-4, atol=1e-5)


# --- What is not read -------------------------------------------------------------------------------------------------


def branch() -> Any:
    return helper.make_graph([node("Relu", "x")], "inner", [], [helper.make_tensor_value_info("y", FLOAT, None)])


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "convolution": (
        lambda: graph([node("Conv", "x", "w")], {"w": W}),
        "got Conv in node 'the Conv'. What is read: Gemm",
    ),
    "unknown function": (
        lambda: graph([node("Sin", "x", to="a"), node("Mul", "x", "a")], {}),
        "got Sin in node 'the Sin', together with Mul",
    ),
    "residual": (
        lambda: graph([node("Relu", "x", to="a"), node("Add", "x", "a")], {}),
        "got Relu in node 'the Relu', together with Add",
    ),
    "two inputs": (
        lambda: two_inputs(),
        r"expected one input, got 2 \(x, z\)",
    ),
    "two outputs": (
        lambda: graph([node("Relu", "x", to="a"), node("Tanh", "a")], {}, outputs=["a", "y"]),
        r"expected one prediction, got 2 outputs \(a, y\)",
    ),
    "loop": (
        lambda: graph([node("If", "c", then_branch=branch(), else_branch=branch())], {"c": np.array(True)}),
        "expected numbers, texts and arrays as attributes, got '(then|else)_branch' of If in node 'the If'",
    ),
    "functions": (lambda: with_function(), "got functions that the file defines"),
    "sparse": (lambda: with_sparse_array(), "expected dense arrays, got sparse ones"),
    "external data": (lambda: with_external_data(), r"got the array 'w' elsewhere\. .* external_data=False"),
    "half precision": (
        lambda: graph([node("MatMul", "x", "w")], {"w": W.astype(np.float16)}),
        "got the array 'w' of ONNX's type 10",
    ),
    "old": (lambda: graph([node("Relu", "x")], {}, opset=6), "opset 7 or newer, got 1 nodes of opset 6"),
    "empty": (lambda: graph([], {}), "got 0 nodes of opset 13"),
    "wrong width": (
        lambda: graph([node("MatMul", "x", "w")], {"w": W}, shape=("n", 5)),
        r"expected arrays for rows of shape \[5\], got some for 4 units in MatMul in node 'the MatMul'",
    ),
    "kernel of 3 axes": (
        lambda: graph([node("MatMul", "x", "w")], {"w": W[None]}),
        r"expected a kernel of 2 axes, got float32 numbers of shape \(1, 4, 3\)",
    ),
    "kernel from the left": (
        lambda: graph([node("MatMul", "w", "x")], {"w": W}),
        "expected rows as the first input, and constants besides, got others for MatMul",
    ),
    "no input used": (
        lambda: graph([node("Relu", "w")], {"w": W}),
        "expected rows as the first input",
    ),
    "unordered": (
        lambda: graph([node("Relu", "a"), node("Tanh", "x", to="a")], {}),
        "nodes in the order of their computation, got Relu in node 'the Relu' before 'a'",
    ),
    "twice": (lambda: graph([node("Relu", "x"), node("Tanh", "x")], {}), "each value computed once, got 'y' once more"),
    "too few numbers": (lambda: with_short_array(), r"expected 12 values in the array 'w' of shape \[4, 3\], got 11"),
    "huge array": (lambda: with_huge_array(), r"expected \d+ values in the array 'w' .* got 12"),
    "huge input": (
        lambda: graph([node("PRelu", "x", "slope")], {"slope": np.float32(0.5)}, shape=("n", 2**40)),
        "no more weights than the file has bytes, got 1099511627776 from PRelu",
    ),
    "huge broadcast": (
        lambda: graph(
            [node("Add", "a", "b", to="c"), node("MatMul", "x", "c")],
            {"a": np.zeros((3000, 1), np.float32), "b": np.zeros((1, 3000), np.float32)},
        ),
        "expected constants that fit each other, got others for Add",
    ),
    "doubled again and again": (
        lambda: graph(
            [
                *(node("Concat", f"w{k}", f"w{k}", to=f"w{k + 1}", axis=0) for k in range(60)),
                node("MatMul", "x", "w60"),
            ],
            {"w0": W},
        ),
        "expected constants of about the file's size, got far larger ones from Concat",
    ),
    "a row taken again and again": (
        lambda: graph(
            [node("Gather", "w", "zeros", to="a", axis=0), node("MatMul", "x", "a")],
            {"w": np.ones((1, 300_000), np.float32), "zeros": np.zeros(300_000, np.int64)},
        ),
        "expected constants of about the file's size, got far larger ones from Gather in node 'the Gather'",
    ),
    "one array a thousand times": (
        lambda: graph(
            [node("Concat", *["w"] * 1000, to="a", axis=0), node("MatMul", "x", "a")],
            {"w": np.ones((250_000, 1), np.float32)},
        ),
        "expected constants of about the file's size, got far larger ones from Concat in node 'the Concat'",
    ),
    "texts doubled": (
        lambda: graph(
            [
                *(node("Add", f"w{k}", f"w{k}", to=f"w{k + 1}") for k in range(60)),
                node("MatMul", "x", "w60"),
            ],
            {"w0": np.array(["text"], object)},
        ),
        r"expected constants that fit each other, got others for Add in node 'the Add' \(text\)",
    ),
    "one kernel in two hundred layers": (
        lambda: graph(
            [node("MatMul", "x" if k == 0 else f"a{k}", "w", to=f"a{k + 1}") for k in range(200)],
            {"w": np.ones((500, 500), np.float32)},
            shape=("n", 500),
            outputs=["a200"],
        ),
        "no more weights than the file has bytes, got 1250000 from MatMul",
    ),
    "one slope in a thousand layers": (
        lambda: graph(
            [node("PRelu", "x" if k == 0 else f"a{k}", "slope", to=f"a{k + 1}") for k in range(1000)],
            {"slope": np.float32(0.5)},
            shape=("n", 10_000),
            outputs=["a1000"],
        ),
        "no more weights than the file has bytes, got [0-9]+ from PRelu",
    ),
    "one offset added a thousand times": (
        lambda: graph(
            [node("Add", "x" if k == 0 else f"a{k}", "c", to=f"a{k + 1}") for k in range(1000)],
            {"c": np.ones(50_000, np.float32)},
            shape=("n", 50_000),
            outputs=["a1000"],
        ),
        "no more weights than the file has bytes, got 300000 from Add",
    ),
    "many axes": (
        lambda: graph(
            [node("Unsqueeze", "w", "axes", to="a"), node("MatMul", "x", "a")], {"w": W, "axes": np.arange(100_000)}
        ),
        r"expected constants that fit each other, got others for Unsqueeze in node 'the Unsqueeze' \(100000 axes\)",
    ),
    "many outputs": (
        lambda: graph([helper.make_node("Split", ["x"], [f"part {k}" for k in range(1000)])], {}),
        "nodes of 1 to 16 outputs, got Split in node '', which has 1000",
    ),
    "a maximum of too many": (
        lambda: graph(
            [
                *(node("Max", *[name] * 3, to=to) for name, to in zip("xabc", "abcd", strict=True)),
                node("Max", "x", *["d"] * 100_000),
            ],
            {},
        ),
        "expected a chain of layers, got Max in node 'the Max'",
    ),
    "a maximum that is no LeakyReLU": (
        lambda: graph([node("Mul", "x", "two", to="a"), node("Max", "x", "a")], {"two": np.float32(2.0)}),
        "expected a chain of layers, got Mul in node 'the Mul', together with Max",
    ),
    "a minimum that is no LeakyReLU": (
        lambda: graph([node("Mul", "x", "half", to="a"), node("Min", "x", "a")], {"half": np.float32(0.5)}),
        "expected a chain of layers, got Mul in node 'the Mul', together with Min",
    ),
    "training": (
        lambda: graph(
            [node("Dropout", "x", "ratio", "training")], {"ratio": np.float32(0.5), "training": np.array(True)}
        ),
        "expected Dropout in use, got Dropout in node 'the Dropout' in training",
    ),
    "softmax over rows": (
        lambda: graph([node("Softmax", "x", axis=0)], {}),
        "over the last axis, got Softmax in node 'the Softmax' over axis 0",
    ),
    "another hard sigmoid": (
        lambda: graph([node("HardSigmoid", "x")], {}),
        r"expected alpha = 0\.1666.*, got 0\.2 for HardSigmoid in node 'the HardSigmoid'",
    ),
    "gelu by tanh": (
        lambda: graph([node("Gelu", "x", approximate="tanh")], {}, opset=20),
        "expected approximate = 'none', got 'tanh' for Gelu in node 'the Gelu'",
    ),
    "negative scale": (
        lambda: graph([node("Mul", "x", "c")], {"c": np.array([1, -1, 1, 1], np.float32)}),
        "expected features scaled by positive numbers, got others in Mul",
    ),
    "numbers by row": (
        lambda: graph([node("Add", "x", "c")], {"c": np.ones((4, 1), np.float32)}),
        r"one number for each unit, got an array of shape \(4, 1\) in Add",
    ),
    "reshaped": (
        lambda: graph([node("Reshape", "x", "target")], {"target": np.array([-1, 2])}),
        r"rows laid out in one line, got Reshape in node 'the Reshape' from rows of shape \(4,\) to \[-1, 2\]",
    ),
    "whole numbers": (
        lambda: graph([cast_to(INT64)], {}),
        "expected numbers in float32 or float64, got Cast in node 'the Cast' to ONNX's type 7",
    ),
    "no layer": (lambda: graph([node("Identity", "x")], {}), "expected layers, .* got none"),
    "open input": (
        lambda: graph([node("Relu", "x")], {}, shape=("n", "m")),
        r"an input whose shape is fixed but for the rows, got rows of shape \[None\]",
    ),
    "computed weights": (
        lambda: graph([node("Gemm", "x", "x")], {}),
        "expected rows as the first input, and constants besides",
    ),
    "a long chain": (
        lambda: graph(
            [node("Relu", "x" if k == 0 else f"a{k}", to=f"a{k + 1}") for k in range(5000)], {}, outputs=["a5000"]
        ),
        "at most 4096 nodes and 16384 arrays, got 5000",
    ),
    "a chain of too many layers": (
        lambda: graph(
            [node("Relu", "x" if k == 0 else f"a{k}", to=f"a{k + 1}") for k in range(1001)], {}, outputs=["a1001"]
        ),
        "at most 1000 layers, got more, from Relu",
    ),
}


def cast_to(kind: int) -> Any:
    made = node("Cast", "x")
    made.attribute.append(helper.make_attribute("to", kind))
    return made


def two_inputs() -> Any:
    proto = graph([node("Relu", "x")], {})
    proto.graph.input.append(helper.make_tensor_value_info("z", FLOAT, ["n", 4]))
    return proto


def with_function() -> Any:
    proto = graph([node("Relu", "x")], {})
    opset = [helper.make_opsetid("", 13)]
    proto.functions.append(helper.make_function("mine", "twice", ["a"], ["b"], [node("Add", "a", "a", to="b")], opset))
    return proto


def with_sparse_array() -> Any:
    proto = graph([node("Relu", "x")], {})
    proto.graph.sparse_initializer.add()
    return proto


def with_external_data() -> Any:
    proto = graph([node("MatMul", "x", "w")], {"w": W})
    onnx.external_data_helper.set_external_data(proto.graph.initializer[0], "/etc/passwd")
    return proto


def with_short_array() -> Any:
    proto = graph([node("MatMul", "x", "w")], {"w": W})
    proto.graph.initializer[0].raw_data = proto.graph.initializer[0].raw_data[:-1]
    return proto


def with_huge_array() -> Any:
    proto = graph([node("MatMul", "x", "w")], {"w": W})
    proto.graph.initializer[0].dims[:] = [2**40, 2**20]
    return proto


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_chain_of_layers_is_told(name: str, read: Read) -> None:
    make, message = REFUSED[name]
    with pytest.raises(FileFormatError, match=message):
        read(make())


GREEDY = [
    "a row taken again and again",
    "one array a thousand times",
    "one kernel in two hundred layers",
    "one slope in a thousand layers",
    "a maximum of too many",
]


@pytest.mark.parametrize("name", GREEDY)
def test_what_grows_is_refused_before_it_has_grown(name: str, read: Read) -> None:
    content = REFUSED[name][0]().SerializeToString()
    assert peak_of(lambda: read(content)) <= 32 * len(content) + 8 * MIB


def peak_of(reading: Callable[[], Any]) -> int:
    """Return the most bytes of memory that reading took, be it refused or not."""
    tracemalloc.start()
    try:
        with contextlib.suppress(FileFormatError):
            reading()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_an_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no protobuf")
    with pytest.raises(FileFormatError, match=r"expected an ONNX file, got one that is damaged or none .*a\.onnx"):
        onnx_reading.read(tmp_path / "a.onnx")


def test_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a file, got .*a\.onnx, which does not exist"):
        onnx_reading.read(tmp_path / "a.onnx")
    with pytest.raises(FileFormatError, match="which is a folder"):
        onnx_reading.read(tmp_path)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    content = onnx_writing.to_onnx(Sequential([Dense(2, input_shape=(3,))])).SerializeToString()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rosenblatt\[onnx\]'"):
        read(content)


# --- Damaged and hostile files ----------------------------------------------------------------------------------------


def field(number: int, value: bytes) -> bytes:
    """Return a field of a protobuf message."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


MANY = 2**20
BOMBS = {
    "nodes": field(7, field(1, b"") * MANY),
    "attributes": field(7, field(1, field(5, b"") * MANY)),
    "arrays": field(7, field(5, b"") * MANY),
    "opsets": field(8, b"") * MANY,
    "functions": field(25, field(7, b"") * MANY),
    "values": field(7, field(13, b"") * MANY),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_does_not_fill_the_memory(name: str, read: Read) -> None:
    """An empty message is two bytes in a file and a hundred times as many in memory."""
    begin = time.process_time()
    with pytest.raises(FileFormatError, match="at most 1048576 bytes beside the weights"):
        read(BOMBS[name])
    assert time.process_time() - begin < 5.0


@pytest.mark.parametrize("content", [b"x" * 100, b""])
def test_bytes_that_pass_for_an_empty_message(content: bytes, read: Read) -> None:
    with pytest.raises(FileFormatError, match=r"damaged or none \(it says no version of ONNX\)\. Fetch it again"):
        read(content)


def test_lengths_beyond_the_end(read: Read) -> None:
    for content in (varint(7 << 3 | 2) + varint(2**62), b"\xff" * 20, b"\x3a", b"\x3b\x00", b"\x39\x00"):
        with pytest.raises(FileFormatError, match="damaged or none"):
            read(content)


def test_a_nest_of_graphs(read: Read) -> None:
    content = b""
    for _ in range(2000):
        content = field(1, field(5, field(6, content)))  # node, attribute, graph
    with pytest.raises(FileFormatError, match="expected"):
        read(field(7, content))


def fuzzed() -> list[bytes]:
    """Files that are good, to be damaged: of our own, with labels, and with constants that nodes compute."""
    model = Sequential([Dense(5, "gelu", input_shape=(4,)), layers.PReLU(), Dense(3, "softmax")], seed=1)
    model.class_names = ["a", "b", "c"]
    normalized = [Input((2, 2)), layers.LayerNormalization(), layers.Flatten(), layers.BatchNormalization(), Dense(1)]
    nodes, _ = FORMS["reshaped by its own shape"]
    return [
        onnx_writing.to_onnx(model).SerializeToString(),
        onnx_writing.to_onnx(Sequential(normalized, dtype="float64")).SerializeToString(),
        graph(nodes, {key: NUMBERS[key] for key in ("first", "first_axis", "rest")}).SerializeToString(),
        graph(FORMS["MatMul, transposed kernel"][0], {"w_transposed": W}).SerializeToString(),
    ]


@pytest.mark.parametrize("which", range(4))
def test_a_damaged_file_is_an_error_of_ours_or_a_model(which: int, tmp_path: Path) -> None:
    """One to eight bytes changed, inserted or cut out, or the end cut off; seeded, so that a failure comes again."""
    good = fuzzed()[which]
    chance = random.Random(which)
    path = tmp_path / "model.onnx"
    refused = 0
    for _ in range(400):
        content = bytearray(good)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(content) + 1)
            kind = chance.random()
            if kind < 0.6 and place < len(content):
                content[place] = chance.choice([0, 1, 2, 127, 128, 255, chance.randrange(256)])
            elif kind < 0.8:
                content[place:place] = chance.randbytes(chance.randint(1, 4))
            else:
                del content[place : place + chance.randint(1, 4)]
        path.write_bytes(content)
        try:
            model = onnx_reading.read(path)
        except FileFormatError:
            refused += 1
        else:
            assert model.count_params() <= 10 * len(good)
    assert refused > 100


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_graph_is_refused_or_means_what_onnxruntime_makes_of_it(
    seed: int, read: Read, carry_out: Run
) -> None:
    """Operators, inputs, attributes and arrays are changed at random: what is read all the same must be understood.

    onnxruntime goes node by node here: fusing a layer normalisation whose epsilon is the first addend, it forgets it.
    """
    chance = random.Random(seed)
    graphs = [graph(nodes, NUMBERS) for nodes, _ in FORMS.values()]
    operators = sorted({one.op_type for proto in graphs for one in proto.graph.node})
    equal = 0
    for _ in range(150):
        proto = onnx.ModelProto()
        proto.CopyFrom(chance.choice(graphs))
        for number, one in enumerate(proto.graph.node):
            one.name = str(number)
        change(proto.graph, operators, chance)
        try:
            model = read(proto)
        except FileFormatError:
            continue
        try:
            answer = carry_out(proto.SerializeToString(), X, optimize=False)["y"]
        except Exception:
            continue  # no valid graph: there is nothing that it could mean
        with np.errstate(all="ignore"):
            mine = model.predict(X, verbose=0)
        np.testing.assert_allclose(mine.reshape(answer.shape), answer, rtol=1e-4, atol=1e-5)
        equal += 1
    assert equal > 20


@pytest.mark.parametrize("seed", range(4))
def test_constants_that_nodes_compute_stay_within_the_memory_of_the_file(seed: int) -> None:
    """Graphs of constants alone, at random: refused, or worked out in about the memory that the file takes itself."""
    chance = random.Random(seed)
    folded = 0
    for _ in range(100):
        content = constants_alone(chance)
        made: list[int] = []

        def parse(content: bytes = content, made: list[int] = made) -> None:
            with np.errstate(all="ignore"):
                made += [array.nbytes for array in onnx_graphs.parse(content).constants.values()]

        assert peak_of(parse) <= 32 * len(content) + 8 * MIB
        assert sum(made) <= 6 * len(content) + 2 * MIB
        folded += len(made)
    assert folded > 200


def constants_alone(chance: random.Random) -> bytes:
    """Return a file whose nodes compute constants from constants, many of them repeated, stretched or joined."""
    kinds = [np.float32, np.float64, np.int64, np.uint8]
    sizes = [0, 1, 1, 2, 3, 200, 3000]
    constants: dict[str, Any] = {
        f"c{k}": np.zeros(chance.choices(sizes, k=chance.randint(1, 2))[:1] + [1] * chance.randint(0, 1), kind)
        for k, kind in enumerate(kinds)
    }
    constants |= {"row": np.zeros((1, 3000), np.float32), "zeros": np.zeros(3000, np.int64), "target": np.array([-1])}
    names = [*constants]
    nodes = []
    for k in range(chance.randint(1, 8)):
        operator = chance.choice(["Add", "Mul", "Cast", "Concat", "Gather", "Gather", "Reshape", "Transpose", "Sqrt"])
        attributes: dict[str, Any] = {}
        match operator:
            case "Add" | "Mul":
                inputs = chance.choices(names, k=2)
            case "Concat":
                inputs, attributes = [chance.choice(names)] * chance.randint(1, 500), {"axis": chance.choice([0, -1])}
            case "Gather":
                inputs, attributes = [chance.choice(names), "zeros"], {"axis": chance.choice([0, 0, 1])}
            case "Reshape":
                inputs = [chance.choice(names), "target"]
            case _:
                inputs = [chance.choice(names)]
        made = node(operator, *inputs, to=f"made{k}", **attributes)
        if operator == "Cast":
            made.attribute.append(helper.make_attribute("to", chance.choice([FLOAT, DOUBLE, INT64])))
        nodes.append(made)
        names += [f"made{k}"] * 3  # so that one follows from another
    content: bytes = graph([*nodes, node("Relu", "x")], constants).SerializeToString()
    return content


def test_a_model_beyond_the_memory_is_told(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    def parse(content: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(onnx_graphs, "parse", parse)
    with pytest.raises(FileFormatError, match=r"expected a model that fits into the memory, .*model\.onnx"):
        read(b"")


def test_many_names_of_one_output_take_no_time(read: Read) -> None:
    proto = graph(
        [node("Relu", "x", to="a0"), *(node("Identity", f"a{k}", to=f"a{k + 1}") for k in range(4000))],
        {},
        outputs=["a4000"] * 30_000,
    )
    begin = time.process_time()
    assert len(read(proto).layers) == 1
    assert time.process_time() - begin < 3.0


def test_one_small_kernel_may_stand_in_several_layers(read: Read) -> None:
    nodes = [node("MatMul", "x" if k == 0 else f"a{k}", "w", to=f"a{k + 1}") for k in range(20)]
    model = read(graph(nodes, {"w": np.eye(4, dtype=np.float32) * 2}, outputs=["a20"]))
    np.testing.assert_allclose(model.predict(X, verbose=0), X * 2**20)


def change(graph: Any, operators: list[str], chance: random.Random) -> None:
    """Change something in a graph."""
    one = chance.choice(graph.node)
    values = [name for other in graph.node for name in other.output] + [array.name for array in graph.initializer]
    match chance.randrange(5):
        case 0:
            one.op_type = chance.choice(operators)
        case 1 if one.input:
            one.input[chance.randrange(len(one.input))] = chance.choice([*values, "x"])
        case 2 if one.input:
            one.input[:] = chance.sample([*one.input], len(one.input))
        case 3 if one.attribute:
            attribute = chance.choice(one.attribute)
            attribute.i, attribute.f = chance.choice([-1, 0, 1, 2]), chance.choice([-1.0, 0.0, 0.25, 1.0])
            attribute.ints[:] = [chance.choice([-1, 0, 1])] * len(attribute.ints)
        case _:
            array = chance.choice(graph.initializer)
            array.dims[:] = [*chance.choice([[], [1]]), *reversed(array.dims)]


def test_reading_a_large_file_takes_the_time_of_its_bytes(read: Read) -> None:
    model = Sequential([Dense(2000, input_shape=(2000,)), Dense(10)], seed=1)
    content = onnx_writing.to_onnx(model).SerializeToString()
    begin = time.process_time()
    twin = read(content)
    assert time.process_time() - begin < 5.0
    assert twin.count_params() == model.count_params()


def test_numbers_may_be_packed_in_fields(read: Read) -> None:
    proto = graph([node("MatMul", "x", "w", to="a"), node("Add", "a", "b")], {})
    for name, array in (("w", W), ("b", B)):
        proto.graph.initializer.append(helper.make_tensor(name, FLOAT, array.shape, array.ravel().tolist()))
    proto.graph.initializer.append(helper.make_tensor("unused", onnx.TensorProto.BOOL, [2], [True, False]))
    np.testing.assert_allclose(read(proto).predict(X, verbose=0), X @ W + B, rtol=1e-5)


def test_the_description_is_measured_without_the_weights() -> None:
    content = onnx_writing.to_onnx(Sequential([Dense(1000, input_shape=(1000,))], seed=1)).SerializeToString()
    assert len(content) > onnx_graphs.MOST_DESCRIPTION
    onnx_graphs.parse(content)
