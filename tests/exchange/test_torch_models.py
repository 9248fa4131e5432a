"""PyTorch's modules become models and models become modules; both answer alike."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential
from rosenblatt.errors import ArgumentError
from rosenblatt.functional.activations import ACTIVATIONS
from rosenblatt.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
)
from rosenblatt.models import from_torch
from rosenblatt.types import Array

torch = pytest.importorskip("torch", reason="needs PyTorch: run `make peers`")
nn = torch.nn


def rows(*shape: int) -> Array:
    return np.random.default_rng(0).normal(0, 2, shape)


def answers(module: Any, x: Array) -> Array:
    with torch.no_grad():
        found: Array = module.eval()(torch.tensor(x)).numpy()
    return found


LAYERS: dict[str, list[Layer]] = {
    "dense": [Dense(4, use_bias=False), Dense(2, activation="tanh")],
    "batch normalization": [BatchNormalization(momentum=0.9)],
    "batch normalization, bare": [BatchNormalization(center=False, scale=False)],
    "layer normalization": [LayerNormalization()],
    "layer normalization, bare": [LayerNormalization(center=False, scale=False)],
    "normalization": [Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 0.0, 0.5])],
    "rescaling": [Rescaling(0.1, -0.5)],
    "slopes": [PReLU(), LeakyReLU(0.1), ELU(0.5)],
    "relu": [ReLU(max_value=1.0, negative_slope=0.1, threshold=0.5)],
    "in training only": [Dropout(0.5), GaussianNoise(0.5)],
    "ends": [Softmax(), Activation("log_softmax")],
    **{f"activation {name}": [Activation(name)] for name in ACTIVATIONS},
}


def model_of(name: str) -> Sequential:
    model = Sequential([Dense(3, input_shape=(3,)), *(layer.copy() for layer in LAYERS[name])], seed=0, dtype="float64")
    if name != "normalization":
        rng = np.random.default_rng(1)
        model.set_weights([np.asarray(rng.uniform(0.1, 1, array.shape)) for array in model.get_weights()])
    return model


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_there_and_back(name: str) -> None:
    model, x = model_of(name), rows(5, 3)
    module = model.to_torch()
    np.testing.assert_allclose(answers(module, x), model.predict(x, verbose=0), rtol=1e-12, atol=1e-12)
    back = from_torch(module)
    np.testing.assert_allclose(back.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-12, atol=1e-12)


def test_a_compiled_classifier_keeps_its_softmax() -> None:
    model = Sequential([Flatten(input_shape=(2, 2)), Dense(3, activation="softmax")], seed=0)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = rows(4, 2, 2).astype("float32")
    np.testing.assert_allclose(answers(model.to_torch(), x), model.predict(x, verbose=0), rtol=1e-5)


def test_training_in_pytorch_goes_on_from_the_same_gradient() -> None:
    model = Sequential([Dense(4, activation="tanh", input_shape=(3,)), Dense(2)], seed=0, dtype="float64")
    model.compile("sgd", "mse")
    x, y = rows(6, 3), rows(6, 2)
    module = model.to_torch()
    nn.functional.mse_loss(module(torch.tensor(x)), torch.tensor(y)).backward()
    ours = model.gradients(x, y)
    np.testing.assert_allclose(module[0].weight.grad.numpy().T, ours["dense/kernel"], rtol=1e-10)
    np.testing.assert_allclose(module[2].bias.grad.numpy(), ours["dense_1/bias"], rtol=1e-10)


def test_a_module_as_its_users_write_it() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Flatten(),
        nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.2)),
        nn.Identity(),
        nn.Linear(5, 4, bias=False),
        nn.GELU(),
        nn.PReLU(),
        nn.LayerNorm(4),
        nn.Linear(4, 3),
        nn.Softmax(dim=1),
    )
    module(torch.randn(32, 2, 3))  # moves the running figures
    x = rows(7, 2, 3).astype("float32")
    model = from_torch(module, input_shape=(2, 3))
    np.testing.assert_allclose(model.predict(x, verbose=0), answers(module, x), rtol=1e-4, atol=1e-6)
    assert [layer.kind for layer in model.layers][:3] == ["Flatten", "Dense", "BatchNormalization"]
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, np.zeros(7, int), verbose=0)


def test_frozen_modules_become_frozen_layers_and_the_other_way_round() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
    module[0].requires_grad_(False)
    model = from_torch(module)
    assert [layer.trainable for layer in model.layers] == [False, True, True]
    assert [each.requires_grad for each in model.to_torch().parameters()] == [False, False, True, True]


def test_the_numbers_are_copies() -> None:
    module = nn.Sequential(nn.Linear(2, 1))
    model = from_torch(module)
    before = model.get_weights()[0].copy()
    with torch.no_grad():
        module[0].weight.zero_()
    np.testing.assert_array_equal(model.get_weights()[0], before)
    other = model.to_torch()
    model.set_weights([np.zeros((2, 1)), np.zeros(1)])
    np.testing.assert_array_equal(other[0].weight.detach().numpy().T, before)


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (
            "nn.Sequential(nn.Conv2d(1, 2, 3))",
            {},
            r"got Conv2d in it\. Supported: BatchNorm1d, Dropout, ELU, Flatten, GELU",
        ),
        ("nn.Sequential(nn.Flatten(), nn.Linear(4, 1))", {}, r"expected input_shape, .*\(28, 28\)"),
        ("nn.Sequential(nn.Linear(2, 1).half())", {}, "got float16. Call module.float"),
        ("nn.Sequential(nn.Linear(2, 1), nn.Softmax(dim=0))", {}, "expected dim=-1"),
        ("nn.Sequential(nn.Linear(2, 1), nn.GELU('tanh'))", {}, "expected the exact GELU"),
        ("nn.Sequential(nn.Linear(2, 1), nn.Softplus(threshold=0.1))", {}, "expected beta=1 and threshold=20"),
        ("nn.Sequential(nn.Linear(2, 1), nn.Softplus(beta=2))", {}, "expected beta=1 and threshold=20"),
        ("nn.Sequential(nn.BatchNorm1d(2, track_running_stats=False))", {}, "expected running figures"),
        ("3", {}, r"expected a torch.nn.Module, got int\. Build the module, then load_state_dict"),
    ],
)
def test_what_cannot_come_from_pytorch(module: str, options: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        from_torch(eval(module, {"nn": nn}), **options)


def test_what_pytorch_has_for_vectors_only() -> None:
    model = Sequential([BatchNormalization(input_shape=(2, 3))], seed=0)
    with pytest.raises(ArgumentError, match=r"expected batch_normalization to get rows that are vectors, .*\(2, 3\)"):
        model.to_torch()


ON_THE_SECOND_AXIS = {
    "batch normalization": lambda: nn.BatchNorm1d(5),
    "slopes": lambda: nn.PReLU(5),
    "softmax": lambda: nn.Softmax(dim=1),
    "softmax, no axis": lambda: nn.Softmax(),
    "log_softmax": lambda: nn.LogSoftmax(dim=1),
}


@pytest.mark.parametrize("name", ON_THE_SECOND_AXIS)
def test_what_works_on_the_second_axis_comes_for_vectors_only(name: str) -> None:
    module = ON_THE_SECOND_AXIS[name]()
    with pytest.raises(ArgumentError, match=r"to get rows that are vectors, got rows of shape \(5, 5\)"):
        from_torch(nn.Sequential(nn.Linear(4, 5), module), input_shape=(5, 4))
    assert from_torch(nn.Sequential(nn.Flatten(), nn.Linear(20, 5), module), input_shape=(5, 4)).output_shape == (5,)


def test_what_works_on_the_last_axis_comes_for_all_rows() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.PReLU(), nn.LayerNorm(3), nn.Softmax(dim=-1))
    x = rows(2, 5, 4).astype("float32")
    model = from_torch(module, input_shape=(5, 4))
    np.testing.assert_allclose(model.predict(x, verbose=0), answers(module, x), rtol=1e-4, atol=1e-6)


def test_batch_normalization_without_a_bias() -> None:
    if "bias" not in inspect.signature(nn.BatchNorm1d).parameters:
        pytest.skip("needs PyTorch of 2026")
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2, bias=False))
    x = rows(4, 3).astype("float32")
    np.testing.assert_allclose(from_torch(module).predict(x, verbose=0), answers(module, x), rtol=1e-5, atol=1e-6)


def test_a_chain_with_a_forward_of_its_own_is_refused() -> None:
    class Doubled(nn.Sequential):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 2

    class Named(nn.Sequential):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(ArgumentError, match="got Doubled in it"):
        from_torch(Doubled(nn.Linear(2, 1)))
    assert from_torch(nn.Sequential(Named(nn.Linear(2, 1)))).output_shape == (1,)
