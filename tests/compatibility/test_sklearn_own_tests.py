"""scikit-learn's own tests of its perceptrons, from its wheel, run with our classes in place of theirs."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

linear_model = pytest.importorskip("sklearn.linear_model", reason="needs the extra 'sklearn'")
neural_network = pytest.importorskip("sklearn.neural_network", reason="needs the extra 'sklearn'")

from rosenblatt import sklearn as ours  # noqa: E402  (needs scikit-learn)

REPLACED = {
    "sklearn.neural_network.tests.test_mlp": (neural_network, "MLPClassifier", "MLPRegressor"),
    "sklearn.linear_model.tests.test_perceptron": (linear_model, "Perceptron"),
}

# What reaches into private attributes of theirs, and which.
PRIVATE = {
    "test_gradient": "calls _loss_grad_lbfgs; test_equality.py compares loss and gradient with theirs",
    "test_learning_rate_warmstart": "reads _optimizer.learning_rate; ours is model_.optimizer.learning_rate",
    "test_adaptive_learning_rate": "reads _optimizer.learning_rate; ours is model_.optimizer.learning_rate",
}


def with_our_classes(module_name: str) -> ModuleType:
    """Execute one of their test files, once more, while their names stand for our classes."""
    home, *names = REPLACED[module_name]
    spec = importlib.util.find_spec(module_name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(home, name, getattr(ours, name))
        spec.loader.exec_module(module)
    return module


def collect(module: ModuleType) -> dict[str, Callable[..., Any]]:
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    for name in PRIVATE.keys() & tests.keys():  # strict: an entry that is no longer needed fails
        mark = pytest.mark.xfail(reason=PRIVATE[name], raises=AttributeError, strict=True)
        tests[name] = mark(tests[name])
    return tests


COLLECTED = {name: collect(with_our_classes(name)) for name in REPLACED}
for collected in COLLECTED.values():
    globals().update(collected)


@pytest.fixture
def global_random_seed() -> int:
    """The seed that their tests take unless told otherwise."""
    return 42


def test_their_files_were_found_and_stand_for_our_classes() -> None:
    mlp, perceptron = COLLECTED.values()
    assert len(mlp) >= 40
    assert len(perceptron) >= 4
    assert mlp["test_fit"].__globals__["MLPClassifier"] is ours.MLPClassifier
    assert perceptron["test_perceptron_accuracy"].__globals__["Perceptron"] is ours.Perceptron
    assert neural_network.MLPClassifier is not ours.MLPClassifier


def test_every_exception_is_still_one_of_their_tests() -> None:
    assert PRIVATE.keys() <= {name for tests in COLLECTED.values() for name in tests}
