"""Keras's files under several versions of Keras: each side goes on training what the other one left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import Sequential, layers, load_model, optimizers
from rosenblatt.initializers import Constant
from rosenblatt.layers import Dense
from rosenblatt.optimizers import schedules
from rosenblatt.regularizers import L1L2

pytest.importorskip("h5py", reason="needs the extra 'keras-files'")
pytest.importorskip("torch", reason="needs PyTorch, on which every version of Keras runs without changes")

INSTALLED = "installed"
VERSIONS = ("3.0.5", "3.8.0", INSTALLED)  # the oldest that reads our files, one between, and that beside this Python
X = np.sin(np.arange(24, dtype=np.float32)).reshape(6, 4)
CLASSES = np.arange(6) % 3


def every_layer() -> list[layers.Layer]:
    normalization = layers.Normalization()
    normalization.adapt(X)
    return [
        normalization,
        layers.Rescaling(0.5, offset=0.125),
        Dense(8, "tanh", kernel_regularizer=L1L2(1e-3, 1e-2), bias_initializer=Constant(0.1), name="first"),
        layers.BatchNormalization(momentum=0.5),
        layers.LeakyReLU(0.1),
        Dense(8, use_bias=False),
        layers.LayerNormalization(epsilon=1e-2),
        layers.ELU(0.5),
        layers.PReLU(alpha_initializer=Constant(0.25)),
        layers.ReLU(max_value=5.0, negative_slope=0.01),
        layers.GaussianNoise(0.0),
        layers.Dropout(0.0),
        layers.Activation("selu"),
        layers.Flatten(),
        Dense(3),
        layers.Softmax(),
    ]


def two_layers() -> list[layers.Layer]:
    return [Dense(5, "relu"), Dense(3, "softmax")]


OPTIMIZERS: dict[str, Callable[[], optimizers.Optimizer]] = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipvalue=0.01),
    "rmsprop": lambda: optimizers.RMSprop(0.01, momentum=0.5),
    "adam": lambda: optimizers.Adam(schedules.CosineDecay(0.1, 10), amsgrad=True, clipnorm=0.1),
    "adamw": lambda: optimizers.AdamW(0.01, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2),
    "adamax": lambda: optimizers.Adamax(0.01, weight_decay=0.1),
    "adagrad": lambda: optimizers.Adagrad(0.1, global_clipnorm=0.1),
    "lion": lambda: optimizers.Lion(0.01),
}


def compiled(stack: list[layers.Layer], optimizer: optimizers.Optimizer) -> Sequential:
    model = Sequential([layers.Input((4,)), *stack], seed=3)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(X, CLASSES)
    return model


def our_models() -> dict[str, Sequential]:
    models = {"every layer": compiled(every_layer(), optimizers.Adam(0.01))}
    return models | {name: compiled(two_layers(), make()) for name, make in OPTIMIZERS.items()}


def run_keras(version: str, folder: Path) -> None:
    """Let a version of Keras work in a folder; it is made by ``pip install --no-deps --target``."""
    at = Path(os.environ.get("ROSENBLATT_KERASES", sys.prefix), f"keras-{version}")
    if version != INSTALLED and not at.is_dir():
        pytest.skip(f"needs Keras {version} in {at}: run `make peers`")
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    if version != INSTALLED:
        environment["PYTHONPATH"] = str(at)
    program = Path(__file__).with_name("keras_at_work.py")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", program, folder], env=environment, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr[-3000:]


def assert_goes_on(model: Sequential, path: Path) -> None:
    """Compare what we get of a model with what Keras got of it."""
    expected = np.load(path)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected["outputs"], rtol=1e-5, atol=1e-6)
    for step in range(2):
        loss = model.train_on_batch(X, CLASSES, return_dict=True)["loss"]
        np.testing.assert_allclose(loss, expected[f"loss {step}"], rtol=2e-5, err_msg=f"{path}, step {step}")
    theirs = [expected[name] for name in sorted(expected) if name.startswith("weights ")]
    theirs = [weights for weights in theirs if weights.dtype.kind == "f"]  # without Normalization's count
    for name, ours, other in zip(model.weights, model.get_weights(), theirs, strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-4, atol=2e-6, err_msg=f"{path}, {name}")


@pytest.mark.parametrize("version", VERSIONS)
def test_each_goes_on_training_where_the_other_stopped(version: str, tmp_path: Path) -> None:
    ours = our_models()
    (tmp_path / "ours").mkdir()
    for name, model in ours.items():
        model.save(tmp_path / "ours" / f"{name}.keras")
    run_keras(version, tmp_path)
    for name, model in ours.items():
        assert_goes_on(model, tmp_path / "ours" / f"{name}.npz")
    found = sorted(path.stem for path in (tmp_path / "theirs").glob("*.npz"))
    assert found == ["every layer", "functional", "scheduled"]
    for name in found:
        for suffix in (".keras", ".h5"):
            path = tmp_path / "theirs" / f"{name}{suffix}"
            model = load_model(path)
            model.load_weights(path.with_suffix(".weights.h5"))
            assert_goes_on(model, path.with_suffix(".npz"))
