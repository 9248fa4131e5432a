"""What tests of several formats share: models of every layer, and onnxruntime as a judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, layers
from rosenblatt.layers import Dense, Layer

DATA = np.random.default_rng(0).normal(loc=0.5, scale=2.0, size=(60, 6))


def adapted(layer: layers.Normalization, rows: Any) -> layers.Normalization:
    layer.adapt(rows)
    return layer


# Every kind of layer, in every form that files write differently, on rows of a given shape.
LAYERS: dict[str, Callable[[tuple[int, ...]], Layer]] = {
    "Activation": lambda shape: layers.Activation("tanh"),
    "BatchNormalization": lambda shape: layers.BatchNormalization(momentum=0.75),
    "BatchNormalization, epsilon": lambda shape: layers.BatchNormalization(epsilon=0.5),
    "BatchNormalization, center": lambda shape: layers.BatchNormalization(scale=False),
    "BatchNormalization, scale": lambda shape: layers.BatchNormalization(center=False),
    "BatchNormalization, neither": lambda shape: layers.BatchNormalization(center=False, scale=False),
    "Dense": lambda shape: Dense(4, "tanh"),
    "Dense, no bias": lambda shape: Dense(4, use_bias=False),
    "Dropout": lambda shape: layers.Dropout(0.5),
    "ELU": lambda shape: layers.ELU(0.75),
    "Flatten": lambda shape: layers.Flatten(),
    "GaussianNoise": lambda shape: layers.GaussianNoise(0.5),
    "LayerNormalization": lambda shape: layers.LayerNormalization(),
    "LayerNormalization, center": lambda shape: layers.LayerNormalization(scale=False),
    "LayerNormalization, scale": lambda shape: layers.LayerNormalization(center=False, epsilon=0.1),
    "LayerNormalization, neither": lambda shape: layers.LayerNormalization(center=False, scale=False),
    "LeakyReLU": lambda shape: layers.LeakyReLU(0.1),
    "Normalization": lambda shape: adapted(layers.Normalization(), DATA.reshape(-1, *shape)),
    "Normalization, one figure": lambda shape: adapted(layers.Normalization(axis=None), DATA),
    "Normalization, of a constant": lambda shape: layers.Normalization(mean=1.0, variance=0.0),
    "PReLU": lambda shape: layers.PReLU(),
    "ReLU": lambda shape: layers.ReLU(),
    "ReLU, largest": lambda shape: layers.ReLU(max_value=1.5),
    "ReLU, slope": lambda shape: layers.ReLU(negative_slope=0.25),
    "ReLU, threshold": lambda shape: layers.ReLU(threshold=0.5),
    "ReLU, all": lambda shape: layers.ReLU(max_value=1.5, negative_slope=0.25, threshold=0.5),
    "ReLU, largest and slope": lambda shape: layers.ReLU(max_value=1.5, negative_slope=0.25),
    "Rescaling": lambda shape: layers.Rescaling(1 / 255),
    "Rescaling, offset": lambda shape: layers.Rescaling(0.5, offset=-1.0),
    "Softmax": lambda shape: layers.Softmax(),
}


@pytest.fixture(params=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[(6,), (2, 3), (1,)], ids=["vectors", "matrices", "numbers"])
def row_shape(request: pytest.FixtureRequest) -> tuple[int, ...]:
    """The shape of one row."""
    shape: tuple[int, ...] = request.param
    return shape


@pytest.fixture(params=LAYERS)
def one_layer(request: pytest.FixtureRequest, row_shape: tuple[int, ...], dtype: str) -> Sequential:
    """A model of a single layer, whose numbers are none of the usual zeros and ones."""
    model = Sequential([layers.Input(row_shape), LAYERS[request.param](row_shape)], seed=1, dtype=dtype)
    stir(model)
    return model


def stir(model: Sequential, seed: int = 0) -> None:
    """Give all weights but measured figures of Normalization numbers as training would."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if not isinstance(layer, layers.Normalization):
            for array in layer.weights.values():
                array[...] = rng.uniform(0.25, 1.5, array.shape)


@pytest.fixture
def rows(row_shape: tuple[int, ...], dtype: str) -> Any:
    return DATA.reshape(-1, *row_shape).astype(dtype)


@pytest.fixture(scope="session")
def carry_out() -> Callable[..., dict[str, Any]]:
    """A function (ONNX file or its content, x) -> its outputs by name, by onnxruntime."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra 'test' (onnx and onnxruntime)")
    onnxruntime.set_default_logger_severity(4)
    levels = onnxruntime.GraphOptimizationLevel

    def run(file: Any, x: Any, optimize: bool = True) -> dict[str, Any]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimize else levels.ORT_DISABLE_ALL
        content = file if isinstance(file, bytes) else str(file)
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {session.get_inputs()[0].name: x}), strict=True))

    return run
