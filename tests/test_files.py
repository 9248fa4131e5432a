"""Model files: what is saved comes back bit for bit, a bad file is told, and whatever happens no file is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy

from rosenblatt import Sequential, layers, load_model, losses, metrics, optimizers
from rosenblatt.atomic import write_whole
from rosenblatt.callbacks import LambdaCallback, ModelCheckpoint
from rosenblatt.errors import ArgumentError, FileFormatError, RosenblattError
from rosenblatt.initializers import Constant, HeNormal
from rosenblatt.layers import Dense
from rosenblatt.optimizers import schedules
from rosenblatt.regularizers import L1L2

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype(np.float32)
LABELS = RNG.integers(0, 3, 50)
ONE_HOT = np.eye(3, dtype=np.float32)[LABELS]

# --- Saving and loading -----------------------------------------------------------------------------------------------


def every_layer(**arguments: Any) -> Sequential:
    """A model with every kind of layer, each with arguments that are not the defaults."""
    normalization = layers.Normalization()
    normalization.adapt(X)
    return Sequential(
        [
            layers.Input((2, 2)),
            layers.Flatten(name="flat"),
            normalization,
            layers.Rescaling(0.5, offset=0.125),
            Dense(8, "tanh", kernel_initializer=HeNormal(seed=3), kernel_regularizer=L1L2(1e-4, 1e-3), name="숨은 층"),
            layers.BatchNormalization(momentum=0.5, gamma_initializer=Constant(0.5)),
            layers.LeakyReLU(0.1),
            Dense(8, use_bias=False, trainable=False),
            layers.LayerNormalization(epsilon=1e-2),
            layers.ELU(0.5),
            layers.PReLU(alpha_initializer=Constant(0.25)),
            layers.ReLU(max_value=5.0, negative_slope=0.01),
            layers.GaussianNoise(0.05),
            layers.Dropout(0.25, seed=7),
            layers.Activation("gelu"),
            Dense(3),
            layers.Softmax(),
        ],
        **arguments,
    )


def small(seed: int = 1, dtype: str = "float32", dropout: bool = True) -> Sequential:
    inner = [layers.Dropout(0.3)] if dropout else []
    return Sequential(
        [Dense(6, "tanh", input_shape=(4,)), *inner, Dense(3, "softmax")], name="small", seed=seed, dtype=dtype
    )


def everything(model: Sequential) -> dict[str, Any]:
    """All that a file must bring back."""
    state = model.state
    return {
        "config": model.get_config(),
        "weights": {name: array.tobytes() for name, array in model.weights.items()},
        "slots": {name: slot.tobytes() for name, slot in state.slots.items()},
        "step": state.step,
        "rng": model.rng.bit_generator.state,
        "class_names": model.class_names,
        "history": None if model.history is None else (model.history.history, model.history.epoch),
        "optimizer": repr(model.optimizer),
        "loss": repr(model.loss),
    }


def saved(model: Sequential, path: Path, **arguments: Any) -> Sequential:
    model.save(path)
    return load_model(path, **arguments)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_layer_comes_back(tmp_path: Path, dtype: str) -> None:
    model = every_layer(seed=5, dtype=dtype, name="alles")
    x = X.reshape(-1, 2, 2)
    model.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, LABELS, epochs=2, verbose=0)
    twin = saved(model, tmp_path / "model.safetensors")
    assert everything(twin) == everything(model)
    assert repr(twin) == repr(model)
    assert twin.name == "alles"
    np.testing.assert_array_equal(twin.predict(x), model.predict(x))
    assert {type(layer).__name__ for layer in twin.layers} == layers.LAYERS.keys()
    assert [layer.trainable for layer in twin.layers] == [layer.trainable for layer in model.layers]


OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.5),
    "RMSprop": lambda: optimizers.RMSprop(0.01, centered=True, momentum=0.5),
    "Adam": lambda: optimizers.Adam(0.01, amsgrad=True, global_clipnorm=1.0),
    "AdamW": lambda: optimizers.AdamW(0.01, weight_decay=0.1),
    "Nadam": lambda: optimizers.Nadam(0.01),
    "Adamax": lambda: optimizers.Adamax(0.01),
    "Adagrad": lambda: optimizers.Adagrad(0.1),
    "Lion": lambda: optimizers.Lion(0.001),
    "average": lambda: optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
    "exponential": lambda: optimizers.SGD(schedules.ExponentialDecay(0.1, 3, 0.5, staircase=True)),
    "inverse": lambda: optimizers.SGD(schedules.InverseTimeDecay(0.1, 3, 0.5)),
    "polynomial": lambda: optimizers.SGD(schedules.PolynomialDecay(0.1, 5, power=2.0, cycle=True)),
    "piecewise": lambda: optimizers.SGD(schedules.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01])),
    "cosine": lambda: optimizers.Adam(schedules.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=4)),
    "restarts": lambda: optimizers.Adam(schedules.CosineDecayRestarts(0.1, 4)),
    "one cycle": lambda: optimizers.Adam(schedules.OneCycle(0.1, 20)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_goes_on_bit_for_bit_where_it_stopped(tmp_path: Path, name: str, dtype: str) -> None:
    """With shuffling and dropout: 2 epochs, a file, and 3 epochs more are 5 epochs."""
    stopped, whole = (small(dtype=dtype) for _ in range(2))
    for model in (stopped, whole):
        model.compile(OPTIMIZERS[name](), "sparse_categorical_crossentropy", metrics=["accuracy"])
    if whole.optimizer.use_ema:  # the average is put in place at the end of every fit
        whole.fit(X, LABELS, batch_size=8, epochs=2, verbose=0)
        whole.fit(X, LABELS, batch_size=8, initial_epoch=2, epochs=5, verbose=0)
    else:
        whole.fit(X, LABELS, batch_size=8, epochs=5, verbose=0)
    stopped.fit(X, LABELS, batch_size=8, epochs=2, verbose=0)
    resumed = saved(stopped, tmp_path / "model.safetensors")
    assert everything(resumed) == everything(stopped)
    history = resumed.fit(X, LABELS, batch_size=8, initial_epoch=2, epochs=5, verbose=0).history
    assert everything(resumed)["weights"] == everything(whole)["weights"]
    assert everything(resumed)["slots"] == everything(whole)["slots"]
    assert resumed.rng.bit_generator.state == whole.rng.bit_generator.state
    assert whole.history is not None
    assert history == {key: values[-3:] for key, values in whole.history.history.items()}


def run(code: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options
    )


def test_training_goes_on_bit_for_bit_in_another_process(tmp_path: Path) -> None:
    whole, stopped = small(), small()
    for model in (whole, stopped):
        model.compile("adam", "sparse_categorical_crossentropy")
    whole.fit(X, LABELS, batch_size=8, epochs=4, verbose=0)
    stopped.fit(X, LABELS, batch_size=8, epochs=2, verbose=0)
    stopped.save(tmp_path / "model.safetensors")
    np.savez(tmp_path / "data.npz", x=X, y=LABELS)
    code = """
import sys
import numpy as np
import rosenblatt
folder = sys.argv[1]
model, data = rosenblatt.load_model(f"{folder}/model.safetensors"), np.load(f"{folder}/data.npz")
model.fit(data["x"], data["y"], batch_size=8, initial_epoch=2, epochs=4, verbose=0)
model.save(f"{folder}/resumed.safetensors")
"""
    process = run(code, tmp_path)
    assert process.returncode == 0, process.stderr
    resumed = load_model(tmp_path / "resumed.safetensors")
    assert everything(resumed)["weights"] == everything(whole)["weights"]
    assert everything(resumed)["slots"] == everything(whole)["slots"]
    assert resumed.rng.bit_generator.state == whole.rng.bit_generator.state


@pytest.mark.parametrize("name", losses.CLASSES)
def test_every_loss_comes_back(tmp_path: Path, name: str) -> None:
    model = small()
    model.compile("sgd", losses.CLASSES[name](reduction="mean_with_sample_weight"))
    target = LABELS if name.startswith("Sparse") else ONE_HOT
    model.fit(X, target, verbose=0)
    twin = saved(model, tmp_path / "model.safetensors")
    assert repr(twin.loss) == repr(model.loss)
    assert twin.evaluate(X, target, verbose=0) == model.evaluate(X, target, verbose=0)


@pytest.mark.parametrize(
    "loss",
    [
        losses.Huber(delta=0.5),
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        losses.CategoricalFocalCrossentropy(alpha=[0.1, 0.2, 0.7], gamma=1.5),
        losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75),
    ],
    ids=repr,
)
def test_a_loss_comes_back_with_its_arguments(tmp_path: Path, loss: losses.Loss) -> None:
    model = small()
    model.compile("sgd", loss)
    twin = saved(model, tmp_path / "model.safetensors")
    assert twin.loss.get_config() == loss.get_config()


OF_VALUES = ("Sum", "Mean")  # metrics of values, not of targets and outputs


@pytest.mark.parametrize("name", sorted(metrics.CLASSES.keys() - {*OF_VALUES, "MeanMetricWrapper"}))
def test_every_metric_comes_back(tmp_path: Path, name: str) -> None:
    model = small()
    sparse = name.startswith("Sparse")
    at_what = [0.5] if "At" in name else []  # PrecisionAtRecall and its like
    model.compile(
        "sgd",
        "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy",
        metrics=[metrics.CLASSES[name](*at_what, name="한국어"), "accuracy"],
        weighted_metrics=[metrics.CLASSES[name](*at_what) if at_what else metrics.CLASSES[name]],
    )
    target = LABELS if sparse else ONE_HOT
    expected = model.evaluate(X, target, sample_weight=np.arange(50), return_dict=True, verbose=0)
    twin = saved(model, tmp_path / "model.safetensors")
    assert twin.evaluate(X, target, sample_weight=np.arange(50), return_dict=True, verbose=0) == expected


@pytest.mark.parametrize(
    "metric",
    [
        metrics.Precision(thresholds=[0.3, 0.6], class_id=1),
        metrics.AUC(num_thresholds=11, curve="PR"),
        metrics.AUC(thresholds=[0.2, 0.5], multi_label=True, label_weights=[1, 2, 3]),
        metrics.FBetaScore("macro", beta=0.5, threshold=0.4),
        metrics.TopKCategoricalAccuracy(k=2),
        metrics.MeanMetricWrapper("mean_absolute_error", name="mae again"),
        {"class_name": "BinaryAccuracy", "config": {"threshold": 0.25}},
        losses.mean_squared_error,
        "mae",
    ],
    ids=lambda metric: getattr(metric, "name", None) or type(metric).__name__,
)
def test_a_metric_comes_back_with_its_arguments(tmp_path: Path, metric: Any) -> None:
    model = small()
    model.compile("sgd", "categorical_crossentropy", metrics=metric)
    expected = model.evaluate(X, ONE_HOT, return_dict=True, verbose=0)
    path = tmp_path / "model.safetensors"
    assert saved(saved(model, path), path).evaluate(X, ONE_HOT, return_dict=True, verbose=0) == expected


def test_names_of_classes_and_the_history_come_back(tmp_path: Path) -> None:
    model = small()
    model.class_names = np.array(["티셔츠", "바지", "스웨터 👕"])  # as np.unique gives them
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy", metrics.ConfusionMatrix()])
    grow = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(half=np.float32(epoch) / 2))
    history = model.fit(X, LABELS, epochs=3, validation_split=0.2, verbose=0, callbacks=[grow])
    model.feature_names, model.target_name = np.array(["a", "나", "c", "d"]), np.str_("y")
    twin = saved(model, tmp_path / "model.safetensors")
    assert twin.class_names == ["티셔츠", "바지", "스웨터 👕"]
    assert (twin.feature_names, twin.target_name) == (["a", "나", "c", "d"], "y")
    assert twin.history is not None
    assert twin.history.history == history.history
    assert twin.history.epoch == [0, 1, 2]
    assert twin.metrics_names[0] == "loss"


def test_a_training_that_diverged_comes_back(tmp_path: Path) -> None:
    model = small()
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    model.fit(X, LABELS, verbose=0)
    model.layers[0].kernel[...] = np.nan
    assert model.history is not None
    model.history.history["loss"] = [np.nan, np.inf]
    twin = saved(model, tmp_path / "model.safetensors")
    assert np.isnan(twin.layers[0].kernel).all()
    assert twin.history is not None
    np.testing.assert_equal(twin.history.history["loss"], [np.nan, np.inf])


def test_a_model_that_was_never_compiled_comes_back(tmp_path: Path) -> None:
    model = small()
    twin = saved(model, tmp_path / "model.safetensors")
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    twin.compile("sgd", "categorical_crossentropy")
    twin.fit(X, ONE_HOT, verbose=0)


def test_a_file_can_be_loaded_for_use_alone(tmp_path: Path) -> None:
    model = small()
    model.compile("adam", "categorical_crossentropy")
    model.fit(X, ONE_HOT, verbose=0)
    twin = saved(model, tmp_path / "model.safetensors", compile=False)
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    with pytest.raises(RosenblattError, match="expected a compiled model, got one that is not"):
        twin.fit(X, ONE_HOT)


def test_layers_can_be_added_to_a_loaded_model_and_copied_from_it(tmp_path: Path) -> None:
    model = small(dropout=False)
    twin = saved(model, tmp_path / "model.safetensors")
    twin.add(twin.pop())
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    twin.add(Dense(2))
    assert twin.output_shape == (2,)


def test_a_file_is_open_to_other_programs(tmp_path: Path) -> None:
    model = small(dropout=False)
    model.compile("adam", "categorical_crossentropy")
    model.save(tmp_path / "model.safetensors")
    arrays = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    assert set(arrays) == {
        *("weights/dense/kernel", "weights/dense/bias", "weights/dense_1/kernel", "weights/dense_1/bias"),
        *("optimizer/momentum", "optimizer/velocity"),
    }
    np.testing.assert_array_equal(arrays["weights/dense/kernel"], model.layers[0].kernel)
    with safetensors.safe_open(tmp_path / "model.safetensors", "numpy") as file:
        assert json.loads(file.metadata()["model"])["model"]["layers"][0]["config"]["units"] == 6


# --- Losses and metrics of one's own ----------------------------------------------------------------------------------


def half_square(y_true: np.ndarray, y_pred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return ((y_pred - y_true) ** 2).sum(axis=-1) / 2, y_pred - y_true


def largest_error(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return np.abs(y_true - y_pred).max(axis=-1)


class Rows(metrics.Metric):
    """Counts rows."""

    def __init__(self, factor: float = 1.0, name: str = "rows") -> None:
        super().__init__(name=name)
        self.factor = factor
        self.reset_state()

    def reset_state(self) -> None:
        self.rows = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.rows += len(y_pred)

    def result(self) -> float:
        return self.rows * self.factor


def with_own_objects() -> Sequential:
    model = small()
    model.compile(
        "adam", half_square, metrics=[largest_error, Rows(2.0), metrics.MeanMetricWrapper(largest_error, name="again")]
    )
    model.fit(X, ONE_HOT, verbose=0)
    return model


OWN = {"half_square": half_square, "largest_error": largest_error, "Rows": Rows}


def test_own_losses_and_metrics_come_back_by_name(tmp_path: Path) -> None:
    model = with_own_objects()
    twin = saved(model, tmp_path / "model.safetensors", custom_objects=OWN)
    assert everything(twin) == everything(model)
    expected = model.evaluate(X, ONE_HOT, return_dict=True, verbose=0)
    assert twin.evaluate(X, ONE_HOT, return_dict=True, verbose=0) == expected
    assert expected["rows"] == 100.0
    assert expected["again"] == expected["largest_error"]


@pytest.mark.parametrize("missing", OWN)
def test_an_own_object_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "model.safetensors"
    with_own_objects().save(path)
    objects = {name: thing for name, thing in OWN.items() if name != missing}
    with pytest.raises(
        FileFormatError,
        match=rf"^load_model: expected your own '{missing}', which the model in .* was compiled with, got nothing of "
        rf"that name\. Pass custom_objects={{'{missing}': {missing}}}, or compile=False to use the model without",
    ):
        load_model(path, custom_objects=objects)
    assert load_model(path, compile=False).predict(X).shape == (50, 3)


def test_own_objects_are_handed_over_by_name(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"^load_model: expected custom_objects to be a dict, got \[<function"):
        load_model(tmp_path / "model.safetensors", custom_objects=[half_square])  # type: ignore[arg-type]


def test_what_cannot_be_described_is_not_saved(tmp_path: Path) -> None:
    model = small()
    model.compile("sgd", "categorical_crossentropy", metrics=[Rows(object())])  # type: ignore[arg-type]
    with pytest.raises(
        ArgumentError, match=r"^save: expected numbers, texts and lists .* got <object object at .*get_co"
    ):
        model.save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


# --- Weights alone ----------------------------------------------------------------------------------------------------


def test_weights_alone(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    model, twin = small(seed=1), small(seed=2)
    model.save_weights(path)
    twin.load_weights(path)
    np.testing.assert_array_equal(twin.state.params, model.state.params)
    with pytest.raises(
        FileFormatError, match=r"^load_model: expected a whole model in .*, got weights only\. Use load_w"
    ):
        load_model(path)


def test_weights_of_a_whole_model_and_of_another_precision(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model, twin = small(seed=1), small(seed=2, dtype="float64")
    model.compile("adam", "mse")
    model.save(path)
    twin.load_weights(path)
    np.testing.assert_array_equal(twin.state.params, model.state.params.astype(np.float64))


OTHERS = {
    "another width": (
        lambda: Sequential([Dense(7, input_shape=(4,)), Dense(3)]),
        r"expected dense/kernel of shape \(4, 7\) in .*, got shape \(4, 6\)\. Load it into a model of the same",
    ),
    "another name": (
        lambda: Sequential([Dense(6, input_shape=(4,), name="first"), Dense(3)]),
        r"expected first/kernel of shape \(4, 6\) in .*, got nothing of that name\. Load it into",
    ),
    "a layer less": (
        lambda: Sequential([Dense(6, input_shape=(4,))]),
        r"expected no dense_1/bias in .*, got it beside the 2 wanted\. Load it into",
    ),
    "a layer more": (
        lambda: Sequential([Dense(6, input_shape=(4,)), Dense(3), Dense(3)]),
        r"expected dense_2/kernel of shape \(3, 3\) in .*, got nothing of that name\. Load it into",
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_weights_of_other_layers_change_nothing(tmp_path: Path, other: str) -> None:
    path = tmp_path / "weights.safetensors"
    small(dropout=False).save_weights(path)
    make, message = OTHERS[other]
    model = make()
    before = model.state.params.copy()
    with pytest.raises(FileFormatError, match=f"^load: {message}"):
        model.load_weights(path)
    np.testing.assert_array_equal(model.state.params, before)


# --- Paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.pkl", "model", ".safetensors", ""])
@pytest.mark.parametrize("call", ["save", "save_weights", "load_weights", "load_model"])
def test_a_suffix_that_is_not_supported(name: str, call: str) -> None:
    function = load_model if call == "load_model" else getattr(small(), call)
    who = "save" if call.startswith("save") else "load"
    with pytest.raises(
        FileFormatError, match=rf"^{who}: expected a path ending in \.safetensors or .*, got '{name}'\. Such as 'model"
    ):
        function(name)


@pytest.mark.parametrize("path", [None, 5, b"model.safetensors", ["a"]])
def test_a_path_that_is_none(path: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"^save: expected a path, got .*\. Name the file, such as 'model.safetensors'"
    ):
        small().save(path)
    with pytest.raises(ArgumentError, match=r"^load: expected a path, got"):
        load_model(path)


def test_a_path_with_a_zero_byte() -> None:
    with pytest.raises(ArgumentError, match=r"^save: expected a path, got .*zero byte"):
        small().save("a\0.safetensors")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^load: expected a file, got .*, which does not exist\. Check the path"
    ):
        load_model(tmp_path / "model.safetensors")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").mkdir()
    with pytest.raises(FileFormatError, match=r"^load: expected a file, got .*, which is a folder or a device\."):
        load_model(tmp_path / "model.safetensors")
    with pytest.raises(
        IsADirectoryError, match=r"^save: expected to write .*, got: Is a directory\..*Choose another name"
    ):
        small().save(tmp_path / "model.safetensors")


def test_a_checkpoint_is_a_model(tmp_path: Path) -> None:
    model = small()
    model.compile("adam", "categorical_crossentropy")
    path = tmp_path / "new" / "folder" / "epoch{epoch}.safetensors"
    model.fit(X, ONE_HOT, epochs=2, verbose=0, callbacks=[ModelCheckpoint(str(path), save_weights_only=True)])
    twin = small(seed=9)
    twin.load_weights(tmp_path / "new" / "folder" / "epoch2.safetensors")
    np.testing.assert_array_equal(twin.state.params, model.state.params)


# --- Nothing is lost --------------------------------------------------------------------------------------------------

SAVE_A_LARGE_MODEL = """
import sys
import rosenblatt
model = rosenblatt.Sequential([rosenblatt.layers.Dense(300, input_shape=(300,))], seed=1)
try:
    model.save(sys.argv[1])
except OSError as error:
    print(type(error).__name__, error.errno, error)
    sys.exit(3)
"""


@pytest.fixture
def older(tmp_path: Path) -> tuple[Path, bytes]:
    """A file that must not be lost, alone in its folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "model.safetensors"
    small().save(path)
    return path, path.read_bytes()


def whole(older: tuple[Path, bytes]) -> bool:
    path, content = older
    return path.read_bytes() == content and list(path.parent.iterdir()) == [path]


def test_a_file_that_may_not_grow_so_large_leaves_the_older_one(older: tuple[Path, bytes]) -> None:
    def limit() -> None:  # Python ignores SIGXFSZ, so that a write beyond the limit is an error, as on a full disk
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    process = run(SAVE_A_LARGE_MODEL, older[0], preexec_fn=limit)
    assert process.returncode == 3, process.stderr
    assert process.stdout.startswith("OSError 27 save: expected to write 36")
    assert "got: File too large. An older file of that name is as it was." in process.stdout
    assert whole(older)


def in_mounted(options: str, folder: Path, script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a shell script where a file system of its own is mounted on a folder, seen by nobody else."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, of Linux")
    who = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = ["unshare", *who, "--mount", "sh", "-c", f"mount {options} {folder} || exit 77; {script}", "sh"]
    process = subprocess.run([*mount, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    if process.returncode in (1, 77) and not process.stdout:
        pytest.skip(f"needs the right to mount: {process.stderr.strip()}")
    return process


def test_a_full_disk_leaves_the_older_file(older: tuple[Path, bytes], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'cp "$1" "$2"; "$3" -c "$4" "$2"/model.safetensors; code=$?; '
        'ls -A "$2"; cmp "$1" "$2"/model.safetensors && exit $code'
    )
    process = in_mounted(
        "-t tmpfs -o size=100k tmpfs", disk, script, older[0], disk, sys.executable, SAVE_A_LARGE_MODEL
    )
    assert process.returncode == 3, process.stdout + process.stderr
    told, *files = process.stdout.splitlines()
    assert told.startswith("OSError 28 save: expected to write 36")
    assert told.endswith("got: No space left on device. An older file of that name is as it was. Free some space.")
    assert files == ["model.safetensors"]


def test_a_disk_that_cannot_be_written_is_told(older: tuple[Path, bytes]) -> None:
    folder = older[0].parent
    script = 'mount -o remount,ro,bind "$1" || exit 77; "$2" -c "$3" "$1"/model.safetensors'
    process = in_mounted(f"--bind {folder}", folder, script, folder, sys.executable, SAVE_A_LARGE_MODEL)
    assert process.returncode == 3, process.stdout + process.stderr
    assert "got: Read-only file system." in process.stdout
    assert process.stdout.rstrip().endswith("Choose a folder that can be written to.")
    assert whole(older)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(older: tuple[Path, bytes]) -> None:
    folder = older[0].parent
    folder.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match=r"got: Permission denied\..*Choose a folder that you may write to"):
            small(seed=2).save(older[0])
    finally:
        folder.chmod(0o700)
    assert whole(older)


def test_a_path_under_a_file_is_told(older: tuple[Path, bytes]) -> None:
    with pytest.raises(NotADirectoryError, match=r"^save: expected to write \d+ bytes to .*, got: Not a directory\."):
        small().save(older[0] / "model.safetensors")
    assert whole(older)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^save: expected .*, got: No such file or directory\..*Make the folder fi"
    ):
        small().save(tmp_path / "nowhere" / "model.safetensors")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^save: expected .*, got: File name too long\..*Choose a shorter name"):
        small().save(tmp_path / ("a" * 300 + ".safetensors"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, of Linux")
def test_a_file_system_without_files_of_ours_is_told() -> None:
    with pytest.raises(OSError, match=r"^save: expected to write \d+ bytes to /proc/model.safetensors, got: "):
        small().save("/proc/model.safetensors")


def test_a_process_that_is_killed_while_saving_leaves_a_whole_file(older: tuple[Path, bytes]) -> None:
    path, content = older
    code = SAVE_A_LARGE_MODEL.replace(
        "    model.save(sys.argv[1])", "    print(flush=True)\n    while True: model.save(sys.argv[1])"
    )
    for attempt in range(6):
        path.write_bytes(content)
        with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * attempt)
            process.send_signal(signal.SIGKILL)
        if path.read_bytes() != content:
            assert load_model(path).input_shape == (300,)
    assert {file.suffix for file in path.parent.iterdir()} <= {".safetensors", ".part"}


def test_an_interrupt_while_writing_leaves_nothing_behind(
    older: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(older[0], b"something else")
    assert whole(older)


def test_a_new_file_has_the_rights_that_files_have(tmp_path: Path) -> None:
    older = os.umask(0o027)
    try:
        small().save(tmp_path / "model.safetensors")
    finally:
        os.umask(older)
    assert (tmp_path / "model.safetensors").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "run7.safetensors", tmp_path / "latest.safetensors"
    small(seed=1).save(target)
    link.symlink_to(target.name)
    small(seed=2).save(link)
    assert link.is_symlink()
    assert load_model(target).seed == 2


# --- Files that are none ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, np.ndarray], dict[str, str]]:
    """The bytes, the arrays and the metadata of a file that is well."""
    path = tmp_path_factory.mktemp("good") / "model.safetensors"
    model = small()
    model.class_names = ["하나", "둘", "셋"]
    model.compile(optimizers.Adam(schedules.CosineDecay(0.1, 10)), "categorical_crossentropy", metrics=[metrics.AUC()])
    model.fit(X, ONE_HOT, verbose=0)
    model.save(path)
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    return path.read_bytes(), safetensors.numpy.load_file(path), metadata


def told(path: Path, content: bytes, message: str = "") -> None:
    """A file with this content is a clear error, whatever it is loaded as."""
    path.write_bytes(content)
    for load in (load_model, small().load_weights):
        with pytest.raises(FileFormatError, match=rf"(?s)^load(_model)?: expected .*{message}"):
            load(path)


def container(header: Any, data: bytes = b"") -> bytes:
    """A safetensors file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


OURS = {"format": "rosenblatt", "version": "1"}
DAMAGED = "which is damaged or none"
FOREIGN: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", DAMAGED),
    "seven bytes": (b"1234567", DAMAGED),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, DAMAGED),
    "an archive": (b"PK\x03\x04" + b"\0" * 100, DAMAGED),
    "a pickle": (b"\x80\x04\x95" + b"cos\nsystem\n(S'true'\ntR." * 10, DAMAGED),
    "text": (b"Dear reader, this is no model. " * 50, DAMAGED),
    "zeros": (b"\0" * 1000, DAMAGED),
    "a header that is no JSON": (container(b"{not json}"), DAMAGED),
    "a header that is a list": (container([1, 2]), DAMAGED),
    "a header that is not UTF-8": (container(b'{"\xff\xfe": 1}'), DAMAGED),
    "a header said to be huge": (struct.pack("<Q", 2**62) + b"{}", DAMAGED),
    "a header said to be a little larger": (struct.pack("<Q", 100) + b"{}", DAMAGED),
    "nesting without end": (container(b"[" * 100_000), DAMAGED),
    "objects without end": (container(b'{"a":' * 100_000), DAMAGED),
    "a file of another program": (safetensors.numpy.save({"w": np.ones(3)}), "which another program wrote"),
    "another program's metadata": (
        safetensors.numpy.save({"w": np.ones(3)}, metadata={"format": "pt"}),
        "a file written by rosenblatt, got .*, which another program wrote",
    ),
    "a later version": (
        safetensors.numpy.save({}, metadata={"format": "rosenblatt", "version": "2"}),
        r"format version 1, got 2 in .*\. Update rosenblatt",
    ),
    "metadata that is no text": (container({"__metadata__": {**OURS, "model": 5}}), DAMAGED),
    "an array said to be huge": (
        container({"__metadata__": OURS, "w": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}),
        DAMAGED,
    ),
    "an array beyond the end": (
        container({"__metadata__": OURS, "w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, b"\0" * 8),
        DAMAGED,
    ),
    "a negative offset": (
        container({"__metadata__": OURS, "w": {"dtype": "F32", "shape": [4], "data_offsets": [-16, 0]}}, b"\0" * 16),
        DAMAGED,
    ),
    "a negative size": (
        container({"__metadata__": OURS, "w": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}}, b"\0" * 16),
        DAMAGED,
    ),
    "a size that overflows": (
        container(
            {"__metadata__": OURS, "w": {"dtype": "F32", "shape": [2**33, 2**33], "data_offsets": [0, 16]}}, b"\0" * 16
        ),
        DAMAGED,
    ),
    "arrays that overlap": (
        container(
            {
                "__metadata__": OURS,
                "v": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
                "w": {"dtype": "F32", "shape": [4], "data_offsets": [8, 24]},
            },
            b"\0" * 24,
        ),
        DAMAGED,
    ),
    "a type that is not known": (
        container({"__metadata__": OURS, "w": {"dtype": "Z9", "shape": [4], "data_offsets": [0, 16]}}, b"\0" * 16),
        DAMAGED,
    ),
    **{
        f"an array of {dtype}": (
            container(
                {"__metadata__": OURS, "w": {"dtype": dtype, "shape": [2], "data_offsets": [0, 2 * size]}},
                b"\0" * 2 * size,
            ),
            "",
        )
        for dtype, size in {"I32": 4, "I64": 8, "U8": 1, "BOOL": 1, "F16": 2, "BF16": 2, "F8_E4M3": 1, "C64": 8}.items()
    },
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_is_told(tmp_path: Path, kind: str) -> None:
    content, message = FOREIGN[kind]
    told(tmp_path / "model.safetensors", content, message)


def test_a_file_that_is_cut_off_is_told(tmp_path: Path, good: Any) -> None:
    content = good[0]
    header = struct.unpack("<Q", content[:8])[0]
    places = {0, 1, 7, 8, 9, 8 + header // 2, 8 + header - 1, 8 + header, 8 + header + 1, len(content) - 1}
    for place in sorted(places):
        told(tmp_path / "model.safetensors", content[:place], DAMAGED)


def test_a_file_with_something_behind_is_told(tmp_path: Path, good: Any) -> None:
    told(tmp_path / "model.safetensors", good[0] + b"more", DAMAGED)


def changed(
    good: Any, change: Callable[[dict[str, Any]], object], arrays: dict[str, np.ndarray] | None = None
) -> bytes:
    """The good file with another description, or with other arrays."""
    _, tensors, metadata = good
    description = json.loads(metadata["model"])
    change(description)
    return safetensors.numpy.save(tensors if arrays is None else arrays, {**metadata, "model": json.dumps(description)})


def layer(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config}


NO_SENSE = "a model in .*, got one that makes no sense"
HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "nothing": (lambda d: d.clear(), NO_SENSE),
    "no layers": (lambda d: d["model"].update(layers=[]), "got optimizer|got weights|got it beside"),
    "layers that are a number": (lambda d: d["model"].update(layers=5), NO_SENSE),
    "an unknown layer": (lambda d: d["model"]["layers"].append(layer("Lambda")), "got 'Lambda'"),
    "a layer from elsewhere": (lambda d: d["model"]["layers"].append(layer("os.system", command="true")), "os.system"),
    "an unknown argument": (lambda d: d["model"]["layers"][0]["config"].update(command="true"), NO_SENSE),
    "an argument of no sense": (lambda d: d["model"]["layers"][0]["config"].update(units="many"), "units to be"),
    "many units": (lambda d: d["model"]["layers"][0]["config"].update(units=10**12), r"\(4, 1000000000000\)"),
    "units beyond reason": (lambda d: d["model"]["layers"][0]["config"].update(units=10**3000), "expected"),
    "a large input": (lambda d: d["model"].update(input_shape=[10**9, 10**9]), r"1000000000"),
    "an input of no sense": (lambda d: d["model"].update(input_shape=["a"]), "shape of one row"),
    "no input": (lambda d: d["model"].update(input_shape=None), "a built model"),
    "a name that is a path": (lambda d: d["model"]["layers"][0]["config"].update(name="../../x"), "without '/'"),
    "the same name twice": (lambda d: d["model"]["layers"][2]["config"].update(name="dense"), "dense twice"),
    "a name that is a list": (lambda d: d["model"]["layers"][0]["config"].update(name=[1]), "without '/'"),
    "another precision": (lambda d: d["model"].update(dtype="float64"), "in float64 in .*, got float32"),
    "an unknown precision": (lambda d: d["model"].update(dtype="float16"), "dtype to be"),
    "a seed of no sense": (lambda d: d["model"].update(seed="x"), "seed to be"),
    "no generator": (lambda d: d.pop("rng"), NO_SENSE),
    "another generator": (lambda d: d["rng"].update(bit_generator="MT19937"), NO_SENSE),
    "a generator of no sense": (lambda d: d["rng"]["state"].update(state=10**60), NO_SENSE),
    "a generator with text": (lambda d: d["rng"]["state"].update(state="x"), NO_SENSE),
    "an unknown optimizer": (lambda d: d["compile"].update(optimizer=layer("Sgdd")), "Did you mean 'sgd'"),
    "another optimizer": (
        lambda d: d["compile"].update(optimizer=layer("RMSprop")),
        "expected velocity|expected no mom",
    ),
    "a schedule of no sense": (
        lambda d: d["compile"]["optimizer"]["config"]["learning_rate"].update(class_name="eval"),
        "got 'eval'",
    ),
    "an unknown loss": (lambda d: d["compile"].update(loss=layer("exec")), "your own 'exec'"),
    "a loss of no sense": (lambda d: d["compile"].update(loss=5), "a name, a loss"),
    "a function of ours that is none": (lambda d: d["compile"].update(loss={"function": "__import__"}), NO_SENSE),
    "an unknown metric": (lambda d: d["compile"].update(metrics=["evil"]), "got 'evil'"),
    "a metric's table beyond memory": (
        lambda d: d["compile"].update(metrics=[layer("ConfusionMatrix", num_classes=10**6)]),
        "at most 10000",
    ),
    "thresholds beyond memory": (
        lambda d: d["compile"].update(metrics=[layer("AUC", num_thresholds=10**11)]),
        "at most 10000",
    ),
    "a step of no sense": (lambda d: d.update(step=-1), "step to be"),
    "a step that is infinite": (lambda d: d.update(step=float("inf")), "step to be"),
    "names that are text": (lambda d: d.update(class_names="abc"), NO_SENSE),
    "a history of no sense": (lambda d: d.update(history={"history": {"loss": 5}, "epoch": []}), NO_SENSE),
    "a history without figures": (lambda d: d["history"]["history"].update(loss=[]), "a history without figures"),
    "an epoch that is infinite": (lambda d: d["history"].update(epoch=[float("inf")]), NO_SENSE),
    "nesting": (lambda d: d["model"]["layers"][0]["config"].update(kernel_initializer=nested(400)), "expected"),
}


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = {"class_name": "Constant", "config": {"value": value}}
    return value


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_description_is_told_and_costs_no_memory(tmp_path: Path, good: Any, kind: str) -> None:
    change, message = HOSTILE[kind]
    path = tmp_path / "model.safetensors"
    path.write_bytes(changed(good, change))
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match=rf"(?s)^load(_model)?: .*({message})"):
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_description_that_is_no_json(tmp_path: Path, good: Any) -> None:
    _, tensors, metadata = good
    for text in ("", "{", "[]", "5", "null", '"model"', "[" * 100_000, '{"model":' * 50_000):
        content = safetensors.numpy.save(tensors, {**metadata, "model": text})
        path = tmp_path / "model.safetensors"
        path.write_bytes(content)
        with pytest.raises(
            FileFormatError, match=r"(?s)^load_model: expected a model in .*, got one that makes no sense"
        ):
            load_model(path)


ARRAYS: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "an array is missing": (lambda t: t.pop("weights/dense/bias"), "expected dense/bias .*, got nothing of that name"),
    "an array too many": (lambda t: t.update({"weights/x/kernel": np.ones(3, "f4")}), "expected no x/kernel"),
    "another shape": (lambda t: t.update({"weights/dense/bias": np.ones(7, "f4")}), r"got shape \(7,\)"),
    "turned": (lambda t: t.update({"weights/dense/kernel": np.ones((6, 4), "f4")}), r"got shape \(6, 4\)"),
    "whole numbers": (lambda t: t.update({"weights/dense/bias": np.ones(6, "i4")}), "expected floats in .*, got int32"),
    "half precision": (
        lambda t: t.update({"weights/dense/bias": np.ones(6, "f2")}),
        "expected floats in .*, got float16",
    ),
    "double precision": (lambda t: t.update({"weights/dense/bias": np.ones(6)}), "in float32 in .*, got float64"),
    "no memory of the optimizer": (lambda t: t.pop("optimizer/velocity"), "expected velocity of shape"),
    "too long a memory": (lambda t: t.update({"optimizer/velocity": np.ones(99, "f4")}), r"got shape \(99,\)"),
    "a memory too many": (lambda t: t.update({"optimizer/x": np.ones(51, "f4")}), "expected no x "),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_that_do_not_fit_are_told(tmp_path: Path, good: Any, kind: str) -> None:
    change, message = ARRAYS[kind]
    arrays = dict(good[1])
    change(arrays)
    path = tmp_path / "model.safetensors"
    path.write_bytes(changed(good, lambda description: None, arrays))
    with pytest.raises(FileFormatError, match=rf"(?s)^load: {message}|^load: .*{message}"):
        load_model(path)


def test_many_layers_cost_no_more_than_their_file(tmp_path: Path, good: Any) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(changed(good, lambda d: d["model"]["layers"].extend([layer("Flatten")] * 997)))
    assert len(load_model(path).layers) == 1000


LOAD_WITH_LITTLE_MEMORY = """
import resource
import sys
import rosenblatt.files
import safetensors.numpy
from rosenblatt.errors import FileFormatError
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2)
for path in sys.argv[1:]:
    try:
        rosenblatt.load_model(path)
    except FileFormatError as error:
        print(error)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc, of Linux")
def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path, good: Any) -> None:
    claims = ["many units", "a large input", "a metric's table beyond memory", "thresholds beyond memory"]
    paths = [tmp_path / f"{number}.safetensors" for number in range(len(claims) + 2)]
    contents = [changed(good, HOSTILE[claim][0]) for claim in claims]
    contents += [FOREIGN["an array said to be huge"][0], FOREIGN["a header said to be huge"][0]]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    process = run(LOAD_WITH_LITTLE_MEMORY, *paths)
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("load") >= len(paths)


# --- Anything at all --------------------------------------------------------------------------------------------------


def flipped(content: bytes, rng: random.Random) -> bytes:
    """Some bytes are others, more often in the header than in the numbers."""
    header = struct.unpack("<Q", content[:8])[0] + 8
    mutated = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8])):
        mutated[rng.randrange(rng.choice([8, header, len(content)]))] = rng.choice(
            b'\0\xff"{}[],:0123456789-eEnN ' + bytes([rng.randrange(256)])
        )
    return bytes(mutated)


STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, float("nan"), float("inf"), "", "x", [], {}, [1], {"a": 1}, [[1], [2, 3]]),
    *({"class_name": "Dense", "config": {"units": 1}}, {"class_name": None, "config": None}, {"custom": "x"}),
    *({"class_name": "Adam"}, {"config": {}}, "float64", "softmax", "l2", [None], {"function": "huber"}),
]


def mutated(description: Any, rng: random.Random) -> Any:
    """One value, anywhere, is another, missing, or from another place."""
    copy = json.loads(json.dumps(description))
    places = list(walk(copy))
    holder, key = rng.choice(places)
    action = rng.random()
    if action < 0.6:
        holder[key] = rng.choice(STRANGE)
    elif action < 0.8:
        del holder[key]
    else:
        other, name = rng.choice(places)
        holder[key] = json.loads(json.dumps(other[name])) if name in other or isinstance(other, list) else None
    return copy


def walk(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from walk(inner)


def loads_or_is_told(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        model = load_model(path)
    except FileFormatError as error:
        assert str(error).startswith("load")  # noqa: PT017
        return False
    with np.errstate(all="ignore"):
        model.predict(np.zeros((2, *model.input_shape)))  # type: ignore[misc]
    return True


def test_flipped_bytes_load_or_are_told(tmp_path: Path, good: Any) -> None:
    rng = random.Random(0)
    results = [loads_or_is_told(tmp_path / "model.safetensors", flipped(good[0], rng)) for _ in range(700)]
    assert 20 < sum(results) < 650  # both happen


def test_mutated_descriptions_load_or_are_told(tmp_path: Path, good: Any) -> None:
    rng = random.Random(1)
    _, tensors, metadata = good
    description = json.loads(metadata["model"])
    results = []
    for _ in range(700):
        text = json.dumps(mutated(description, rng))
        content = safetensors.numpy.save(tensors, {**metadata, "model": text})
        results.append(loads_or_is_told(tmp_path / "model.safetensors", content))
    assert 50 < sum(results) < 650


def test_a_file_describes_no_more_than_can_be_read_in_a_moment(
    tmp_path: Path, good: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(wanted: Any, field: str) -> None:
        wanted[field] = wanted[field][:1] * 20_000

    path = tmp_path / "model.safetensors"
    for what, change in {
        "1000 layers": lambda model: many(model["model"], "layers"),
        "100 metrics": lambda model: many(model["compile"], "metrics"),
    }.items():
        path.write_bytes(changed(good, change))
        began = time.perf_counter()
        with pytest.raises(FileFormatError, match=rf"^load_model: expected at most {what} .*, got 20000\."):
            load_model(path)
        assert time.perf_counter() - began < 2
    monkeypatch.setattr("rosenblatt.files.MOST_LAYERS", 1)
    with pytest.raises(FileFormatError, match=r"^save: expected at most 1 layers .*, got 2\..* save_weights"):
        Sequential([Dense(2, input_shape=(2,)), Dense(1)]).save(path)


def test_memory_that_runs_out_is_told(tmp_path: Path, good: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def runs_out(*_: Any) -> None:
        raise MemoryError("no memory")

    path = tmp_path / "model.safetensors"
    path.write_bytes(good[0])
    monkeypatch.setattr("rosenblatt.saving._restore", runs_out)
    with pytest.raises(FileFormatError, match=r"^load_model: .*no memory"):
        load_model(path)
