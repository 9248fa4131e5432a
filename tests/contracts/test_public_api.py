"""What can be imported, under which names, and what importing costs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import rosenblatt

MODULES = [
    "activations",
    "callbacks",
    "datasets",
    "errors",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
    "utils",
]
ON_DEMAND = ["ladder", "plots"]
REFERENCE = Path(__file__).parents[2] / "docs" / "api"

# The names of Keras that this library has, module by module: what the issue lists.
NAMES = {
    "": "Input Sequential load_model __version__",
    "models": "Sequential load_model",
    "layers": "Input Dense Flatten Activation ReLU LeakyReLU PReLU ELU Softmax Rescaling Normalization Dropout "
    "GaussianNoise BatchNormalization LayerNormalization",
    "activations": "step linear sigmoid tanh relu leaky_relu elu selu gelu silu softplus softsign mish hard_sigmoid "
    "exponential softmax log_softmax get",
    "losses": "MeanSquaredError MeanAbsoluteError Huber LogCosh MeanSquaredLogarithmicError "
    "MeanAbsolutePercentageError BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy Hinge "
    "SquaredHinge CategoricalHinge KLDivergence Poisson BinaryFocalCrossentropy CategoricalFocalCrossentropy "
    "CosineSimilarity get",
    "optimizers": "SGD RMSprop Adam AdamW Adagrad Adamax Nadam Lion schedules get",
    "optimizers.schedules": "ExponentialDecay PolynomialDecay CosineDecay CosineDecayRestarts "
    "PiecewiseConstantDecay InverseTimeDecay",
    "metrics": "Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy "
    "SparseTopKCategoricalAccuracy Precision Recall F1Score AUC MeanAbsoluteError MeanSquaredError "
    "RootMeanSquaredError R2Score CosineSimilarity get",
    "callbacks": "Callback History EarlyStopping ModelCheckpoint ReduceLROnPlateau LearningRateScheduler CSVLogger "
    "TerminateOnNaN LambdaCallback ProgressBar",
    "initializers": "Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal GlorotNormal GlorotUniform "
    "HeNormal HeUniform LecunNormal LecunUniform Orthogonal get",
    "regularizers": "L1 L2 L1L2 get",
    "utils": "to_categorical normalize set_random_seed train_test_split",
    "datasets": "mnist fashion_mnist breast_cancer digits",
    "errors": "RosenblattError ShapeError DataError ArgumentError UnknownNameError ModelStateError FileFormatError",
}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"rosenblatt.{name}" if name else "rosenblatt")


@pytest.mark.parametrize("place", NAMES)
def test_every_public_name_is_there(place: str) -> None:
    missing = [name for name in NAMES[place].split() if not hasattr(module(place), name)]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_an_attribute_of_the_package(name: str) -> None:
    found: object = rosenblatt
    for part in name.split("."):
        found = getattr(found, part)
    assert found is module(name)


@pytest.mark.parametrize("name", ON_DEMAND)
def test_some_modules_are_imported_when_they_are_asked_for(name: str) -> None:
    assert getattr(rosenblatt, name) is module(name)


def test_all_names_what_there_is() -> None:
    assert all(hasattr(rosenblatt, name) for name in rosenblatt.__all__)
    assert list(rosenblatt.__all__) == sorted(rosenblatt.__all__, key=lambda name: (name.islower(), name))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'rosenblatt' has no attribute 'layer'"):
        rosenblatt.layer  # noqa: B018


@pytest.mark.parametrize("place", MODULES)
def test_every_module_has_its_page_in_the_reference(place: str) -> None:
    """What stands there, tests/test_api_reference.py demands: what each thing is, its arguments, an example."""
    assert (REFERENCE / f"{place}.md").exists()


# --- What importing costs -------------------------------------------------------------------------

HEAVY = ["matplotlib", "rich", "typer", "safetensors", "scipy", "sklearn", "keras", "jax", "pandas", "PIL", "asyncio"]


def loaded_by(line: str) -> set[str]:
    """The modules that a line of code loads into a fresh interpreter that has NumPy already."""
    program = f"import sys, numpy\nbefore = set(sys.modules)\n{line}\nprint(*(set(sys.modules) - before), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return loaded_by("import rosenblatt")


def test_importing_loads_nothing_heavy(loaded: set[str]) -> None:
    assert {name.split(".")[0] for name in loaded} & set(HEAVY) == set()


def test_importing_loads_few_modules_beyond_numpy_s(loaded: set[str]) -> None:
    ours = {name for name in loaded if name.startswith("rosenblatt") and not name.startswith("rosenblatt.keras")}
    others = {name for name in loaded if not name.startswith("rosenblatt")}
    assert len(ours) <= 56, sorted(ours)  # 53 when this was written
    # 30 when this was written, most of them for numpy.random (hashlib, secrets ...), pathlib, json and dataclasses.
    assert len(others) <= 36, sorted(others)


def test_training_loads_nothing_heavy_either() -> None:
    program = (
        "import rosenblatt as rb; m = rb.Sequential([rb.layers.Dense(1)]); m.compile(loss='mse'); "
        "m.fit([[1.0]], [1.0], verbose=0); m.predict([[1.0]]); m.summary(print_fn=len)"
    )
    assert {name.split(".")[0] for name in loaded_by(program)} & set(HEAVY) == set()
