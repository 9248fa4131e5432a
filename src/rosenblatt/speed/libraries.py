"""What is compared: rosenblatt and other libraries, each used as its manual advises, with its fastest settings.

One function per library sets a workload up and returns a function that trains one epoch. All see the rows in a new
order every epoch, in float32; none measures anything but the loss. Where it depends on the workload which setting is
the fastest, all that may be are listed in LIBRARIES, tried before measuring, and the fastest is taken.
"""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.speed.workloads import LEARNING_RATES, Workload
from rosenblatt.types import Array

Epoch = Callable[[], object]

OURS = "rosenblatt"


def rosenblatt_model(workload: Workload) -> Any:
    """Return a compiled model of rosenblatt for a workload."""
    from rosenblatt import Sequential
    from rosenblatt.layers import Dense

    n_in, *hidden, n_out = workload.widths
    model = Sequential([Dense(width, activation=workload.activation) for width in hidden], seed=1)
    model.add(Dense(n_out, activation="softmax"))
    model.build((n_in,))
    model.compile(workload.optimizer, "sparse_categorical_crossentropy")
    return model


def rosenblatt(workload: Workload, x: Array, y: Array) -> Epoch:
    """Set up rosenblatt, as it is."""
    model = rosenblatt_model(workload)
    return lambda: model.fit(x, y, batch_size=workload.batch_size, epochs=1, verbose=0)


def scikit_learn(workload: Workload, x: Array, y: Array, threads: int | None) -> Epoch:
    """Set up scikit-learn, without its checks of every number; threads of NumPy's BLAS, None for all."""
    if workload.optimizer == "rmsprop":
        raise NotImplementedError("it has no RMSprop")
    sklearn: Any = import_module("sklearn")
    neural_network: Any = import_module("sklearn.neural_network")
    sklearn.set_config(assume_finite=True, skip_parameter_validation=True)
    warnings.simplefilter("ignore", import_module("sklearn.exceptions").ConvergenceWarning)
    import_module("threadpoolctl").threadpool_limits(threads)
    model = neural_network.MLPClassifier(
        workload.widths[1:-1],
        activation={"sigmoid": "logistic"}.get(workload.activation, workload.activation),
        solver=workload.optimizer,
        alpha=0.0,
        batch_size=workload.batch_size,
        learning_rate_init=LEARNING_RATES[workload.optimizer],
        momentum=0.0,
        max_iter=1,
        n_iter_no_change=1000,
        warm_start=True,
    )
    return lambda: model.fit(x, y)


def keras(workload: Workload, x: Array, y: Array, backend: str, **settings: Any) -> Epoch:
    """Set up Keras on one of its backends; the settings are those of its ``compile``."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # TensorFlow's remarks on this machine
    keras: Any = import_module("keras")
    n_in, *hidden, n_out = workload.widths
    layers = [keras.layers.Dense(width, activation=workload.activation) for width in hidden]
    model = keras.Sequential([keras.Input((n_in,)), *layers, keras.layers.Dense(n_out, activation="softmax")])
    model.compile(workload.optimizer, "sparse_categorical_crossentropy", **settings)
    return lambda: model.fit(x, y, batch_size=workload.batch_size, epochs=1, verbose=0)


def jax_scan(workload: Workload, x: Array, y: Array, unroll: int) -> Epoch:
    """Set up hand-written JAX at its best: the whole epoch is one compiled scan, which works in its own memory."""
    jax: Any = import_module("jax")
    jax.config.update("jax_enable_x64", False)  # whatever the environment says: all libraries compute in float32
    jnp = jax.numpy
    activation = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}[workload.activation]
    rate = LEARNING_RATES[workload.optimizer]
    rng = np.random.default_rng(0)
    params = [
        (jnp.asarray(rng.normal(0, 0.05, shape), jnp.float32), jnp.zeros(shape[1], jnp.float32))
        for shape in itertools.pairwise(workload.widths)
    ]

    def loss(params: Any, x: Any, y: Any) -> Any:
        for w, b in params[:-1]:
            x = activation(x @ w + b)
        w, b = params[-1]
        log_probabilities = jax.nn.log_softmax(x @ w + b)
        return -jnp.take_along_axis(log_probabilities, y[:, None], axis=1).mean()

    def update(carry: Any, rows: Any) -> Any:
        params, first, second, step = carry
        value, gradient = jax.value_and_grad(loss)(params, data_x[rows], data_y[rows])
        step = step + 1
        if workload.optimizer == "sgd":
            params = jax.tree.map(lambda p, g: p - rate * g, params, gradient)
        elif workload.optimizer == "rmsprop":
            second = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g * g, second, gradient)
            params = jax.tree.map(lambda p, g, v: p - rate * g / jnp.sqrt(v + 1e-7), params, gradient, second)
        else:
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            alpha = rate * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            params = jax.tree.map(lambda p, m, v: p - alpha * m / (jnp.sqrt(v) + 1e-7), params, first, second)
        return (params, first, second, step), value

    scan = jax.jit(lambda carry, order: jax.lax.scan(update, carry, order, unroll=unroll), donate_argnums=0)
    data_x, data_y = jnp.asarray(x), jnp.asarray(y)
    first, second = jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params)
    carry = (params, first, second, jnp.zeros((), jnp.int32))
    whole = len(x) // workload.batch_size * workload.batch_size

    def epoch() -> None:
        nonlocal carry
        order = rng.permutation(len(x))[:whole].reshape(-1, workload.batch_size)
        carry, values = scan(carry, jnp.asarray(order))
        values.block_until_ready()

    return epoch


def pytorch(workload: Workload, x: Array, y: Array, threads: int | None) -> Epoch:
    """Set up PyTorch without a data loader: batches are gathered by index_select, the quickest way there is."""
    torch: Any = import_module("torch")
    if threads is not None:
        torch.set_num_threads(threads)
    activation = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[workload.activation]
    layers: list[Any] = []
    for n_in, n_out in itertools.pairwise(workload.widths):
        layers += [torch.nn.Linear(n_in, n_out), activation()]
    model = torch.nn.Sequential(*layers[:-1])
    kind = {"sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}[workload.optimizer]
    fused = {} if workload.optimizer == "rmsprop" else {"fused": True}  # PyTorch has no fused RMSprop
    optimizer = kind(model.parameters(), lr=LEARNING_RATES[workload.optimizer], **fused)
    loss = torch.nn.CrossEntropyLoss()
    data_x, data_y = torch.from_numpy(x), torch.from_numpy(y)

    def epoch() -> None:
        for rows in torch.randperm(len(x)).split(workload.batch_size):
            optimizer.zero_grad()
            loss(model(data_x.index_select(0, rows)), data_y[rows]).backward()
            optimizer.step()

    return epoch


class Library(NamedTuple):
    """A library: the modules that must be installed, the function that sets it up, and settings that may be fastest.

    Settings are arguments of the function, by words for them; the first is the one to take without a trial.
    """

    modules: tuple[str, ...]
    set_up: Callable[..., Epoch]
    settings: Mapping[str, Mapping[str, Any]]


ONE, ALL = "one thread", "all cores"

LIBRARIES = {
    OURS: Library(("rosenblatt",), rosenblatt, {"as it is": {}}),
    "scikit-learn": Library(
        ("sklearn",), scikit_learn, {f"no checks, {ONE}": {"threads": 1}, f"no checks, {ALL}": {"threads": None}}
    ),
    "Keras on JAX": Library(
        ("keras", "jax"),
        keras,
        {f"{steps} steps per execution": {"backend": "jax", "steps_per_execution": steps} for steps in (16, 1)},
    ),
    "Keras on TensorFlow": Library(
        ("keras", "tensorflow"),
        keras,
        {
            f"100 steps per execution, {words}": {
                "backend": "tensorflow",
                "steps_per_execution": 100,
                "jit_compile": compiled,
            }
            for words, compiled in {"graph": False, "compiled": True}.items()
        },
    ),
    "JAX scan": Library(("jax",), jax_scan, {f"donated, unroll {unroll}": {"unroll": unroll} for unroll in (1, 8)}),
    "PyTorch": Library(
        ("torch",), pytorch, {f"fused optimizer, {ONE}": {"threads": 1}, f"fused optimizer, {ALL}": {"threads": None}}
    ),
}


def installed() -> list[str]:
    """Return the libraries that can be measured here."""
    return [
        name for name, library in LIBRARIES.items() if all(find_spec(module) is not None for module in library.modules)
    ]
