"""Seeded initializers against Keras's NumPy backend, bit for bit, and how they are named and made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rosenblatt import initializers
from rosenblatt.configuration import serialize
from rosenblatt.errors import ArgumentError, ShapeError, UnknownNameError

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {"value": 0.3}),
    ("Identity", {"gain": 0.3}),
    ("RandomNormal", {"seed": 1}),
    ("RandomNormal", {"mean": 0.3, "stddev": 2.0, "seed": 2**32 - 1}),
    ("RandomUniform", {"seed": 3}),
    ("RandomUniform", {"minval": -2.0, "maxval": 0.3, "seed": 0}),
    ("TruncatedNormal", {"seed": 4}),
    ("TruncatedNormal", {"mean": 0.3, "stddev": 2.0, "seed": 5}),
    ("VarianceScaling", {"scale": 0.3, "mode": "fan_out", "distribution": "untruncated_normal", "seed": 6}),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "truncated_normal", "seed": 7}),
    ("VarianceScaling", {"distribution": "uniform", "seed": 8}),
    ("GlorotUniform", {"seed": 9}),
    ("GlorotNormal", {"seed": 10}),
    ("HeUniform", {"seed": 11}),
    ("HeNormal", {"seed": 12}),
    ("LecunUniform", {"seed": 13}),
    ("LecunNormal", {"seed": 14}),
    ("Orthogonal", {"seed": 15}),
    ("Orthogonal", {"gain": 0.3, "seed": 16}),
]
SHAPES = [(7, 5), (5, 7), (30, 20)]
DTYPES = ["float32", "float64"]
DRAWN = [name for name, config in CASES if "seed" in config]

KERAS_ON_NUMPY = """
import json, sys
import keras, numpy as np
cases, shapes, dtypes, path = json.loads(sys.argv[1])
arrays = {}
for index, (name, config) in enumerate(cases):
    for shape in shapes:
        for dtype in dtypes:
            array = getattr(keras.initializers, name)(**config)(tuple(shape), dtype=dtype)
            arrays[f"{index} {tuple(shape)} {dtype}"] = np.asarray(array)
np.savez(path, **arrays)
"""


@pytest.fixture(scope="module")
def keras_arrays(keras: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    path = tmp_path_factory.mktemp("keras") / "arrays.npz"
    argument = json.dumps([CASES, SHAPES, DTYPES, str(path)])
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    subprocess.run([sys.executable, "-c", KERAS_ON_NUMPY, argument], check=True, env=environment, capture_output=True)
    with np.load(Path(path)) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("index", range(len(CASES)), ids=lambda index: str(CASES[index]))
def test_values_equal_keras_bit_for_bit(keras_arrays: dict[str, np.ndarray], index: int) -> None:
    name, config = CASES[index]
    initializer = getattr(initializers, name)(**config)
    for shape in SHAPES:
        for dtype in DTYPES:
            ours, theirs = initializer(shape, dtype), keras_arrays[f"{index} {shape} {dtype}"]
            assert (ours.shape, ours.dtype) == (shape, dtype)
            if theirs.dtype == dtype:
                assert ours.tobytes() == theirs.tobytes()
            else:  # Keras returns an orthogonal matrix in float32 whatever is asked for
                assert name == "Orthogonal"
                np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("name", sorted(set(DRAWN)))
def test_without_a_seed_the_models_generator_decides(name: str) -> None:
    initializer = getattr(initializers, name)()
    first, again, other = (initializer((4, 3), rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (initializer((4, 3)) != initializer((4, 3))).any()  # neither seed nor generator: new every time


@pytest.mark.parametrize("name", sorted(set(DRAWN)))
def test_with_a_seed_the_models_generator_is_left_alone(name: str) -> None:
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    getattr(initializers, name)(seed=1)((4, 3), rng=rng)
    assert rng.bit_generator.state == before


def test_the_global_random_state_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    initializers.HeNormal()((4, 3))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_a_description_makes_the_same_initializer(name: str, config: dict[str, Any]) -> None:
    initializer = getattr(initializers, name)(**config)
    again = initializers.get(json.loads(json.dumps(serialize(initializer))))
    assert (type(again), again.get_config()) == (type(initializer), initializer.get_config())


@pytest.mark.parametrize(("name", "config"), CASES, ids=str)
def test_descriptions_are_exchanged_with_keras(keras: ModuleType, name: str, config: dict[str, Any]) -> None:
    theirs = keras.initializers.serialize(getattr(keras.initializers, name)(**config))
    ours = initializers.get(theirs)
    assert keras.initializers.serialize(keras.initializers.deserialize(serialize(ours))) == theirs


def test_every_name_of_keras_is_known(keras: ModuleType) -> None:
    theirs = keras.src.initializers.ALL_OBJECTS_DICT
    assert set(theirs) - set(initializers.ALL) == {"Initializer", "initializer", "STFT", "stft", "STFTInitializer"}
    for name, cls in initializers.ALL.items():
        assert theirs[name].__name__ == cls.__name__
    for name in ("glorot_uniform", "he_normal", "zeros", "orthogonal"):
        assert getattr(initializers, name) is initializers.ALL[name]


def test_get_understands_classes_and_objects() -> None:
    initializer = initializers.HeNormal(seed=1)
    assert initializers.get(initializer) is initializer
    assert repr(initializers.get(initializers.HeNormal)) == "HeNormal()"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: initializers.get("glorot_unifrom"),
            UnknownNameError,
            "got 'glorot_unifrom'. Did you mean 'glorot_uniform'?",
        ),
        (
            lambda: initializers.get(3),
            ArgumentError,
            "initializer: expected a name, a class, an object or its description, got 3.",
        ),
        (
            lambda: initializers.get({"class_name": "HeNormal", "config": {"input_axes": [0]}}),
            ArgumentError,
            "expected no input_axes in HeNormal",
        ),
        (
            lambda: initializers.HeNormal(seed="one"),
            ArgumentError,
            "HeNormal: expected seed to be a whole number of at least 0, got 'one'.",
        ),
        (
            lambda: initializers.HeNormal(seed=-1),
            ArgumentError,
            "HeNormal: expected seed to be a whole number of at least 0, got -1.",
        ),
        (
            lambda: initializers.RandomNormal(stddev=-1),
            ArgumentError,
            "RandomNormal: expected stddev to be a number of at least 0, got -1.",
        ),
        (
            lambda: initializers.RandomUniform(1, 0),
            ArgumentError,
            "RandomUniform: expected maxval to be a number of at least 1, got 0.",
        ),
        (
            lambda: initializers.VarianceScaling(mode="fan"),
            UnknownNameError,
            "VarianceScaling mode: expected a known name, got 'fan'.",
        ),
        (
            lambda: initializers.VarianceScaling(distribution="gauss"),
            UnknownNameError,
            "VarianceScaling distribution: expected a known name",
        ),
        (lambda: initializers.Identity()((3,)), ShapeError, "Identity: expected a shape of two axes, got (3,)."),
        (
            lambda: initializers.Orthogonal()((3,)),
            ShapeError,
            "Orthogonal: expected a shape of at least two axes, got (3,).",
        ),
    ],
)
def test_mistakes_are_told(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)
