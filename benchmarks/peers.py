"""One function per library: it sets a workload up and returns a function that trains one epoch.

Each library runs in a process of its own, so that no thread pool disturbs another, and each is used as its manual
advises. All see rows in a new order every epoch, in float32; none measures anything but the loss.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable

import numpy as np

from benchmarks.workloads import LEARNING_RATES, Workload

Epoch = Callable[[], object]


def rosenblatt(workload: Workload, x: np.ndarray, y: np.ndarray) -> Epoch:
    import rosenblatt as rb

    model = rb.Sequential([rb.layers.Dense(width, activation=workload.activation) for width in workload.hidden], seed=1)
    model.add(rb.layers.Dense(10, activation="softmax"))
    model.compile(workload.optimizer, "sparse_categorical_crossentropy")
    return lambda: model.fit(x, y, batch_size=workload.batch_size, epochs=1, verbose=0)


def scikit_learn(workload: Workload, x: np.ndarray, y: np.ndarray) -> Epoch:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    if workload.optimizer == "rmsprop":
        raise NotImplementedError("scikit-learn has no RMSprop")
    warnings.simplefilter("ignore", ConvergenceWarning)
    model = MLPClassifier(
        workload.hidden,
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


def keras_on_jax(workload: Workload, x: np.ndarray, y: np.ndarray) -> Epoch:
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    layers = [keras.layers.Dense(width, activation=workload.activation) for width in workload.hidden]
    model = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(workload.optimizer, "sparse_categorical_crossentropy")
    return lambda: model.fit(x, y, batch_size=workload.batch_size, epochs=1, verbose=0)


def jax_scan(workload: Workload, x: np.ndarray, y: np.ndarray) -> Epoch:
    """Hand-written JAX at its best: the whole epoch is one compiled scan."""
    import jax
    import jax.numpy as jnp

    activation = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}[workload.activation]
    rate = LEARNING_RATES[workload.optimizer]
    rng = np.random.default_rng(0)
    widths = (784, *workload.hidden, 10)
    params = [
        (jnp.asarray(rng.normal(0, 0.05, shape), jnp.float32), jnp.zeros(shape[1], jnp.float32))
        for shape in itertools.pairwise(widths)
    ]

    def loss(params: list, x: jax.Array, y: jax.Array) -> jax.Array:
        for w, b in params[:-1]:
            x = activation(x @ w + b)
        w, b = params[-1]
        log_probabilities = jax.nn.log_softmax(x @ w + b)
        return -jnp.take_along_axis(log_probabilities, y[:, None], axis=1).mean()

    zeros = jax.tree.map(jnp.zeros_like, params)

    def update(carry: tuple, rows: jax.Array) -> tuple[tuple, jax.Array]:
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

    scan = jax.jit(lambda carry, order: jax.lax.scan(update, carry, order))
    data_x, data_y = jnp.asarray(x), jnp.asarray(y)
    carry = (params, zeros, zeros, jnp.zeros((), jnp.int32))
    whole = len(x) // workload.batch_size * workload.batch_size

    def epoch() -> None:
        nonlocal carry
        order = rng.permutation(len(x))[:whole].reshape(-1, workload.batch_size)
        carry, values = scan(carry, jnp.asarray(order))
        values.block_until_ready()

    return epoch


def pytorch(workload: Workload, x: np.ndarray, y: np.ndarray) -> Epoch:
    """Eager PyTorch without a data loader: batches are gathered from a tensor, the quickest way there is."""
    import torch

    activation = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[workload.activation]
    widths = (784, *workload.hidden)
    layers: list[torch.nn.Module] = []
    for n_in, n_out in itertools.pairwise(widths):
        layers += [torch.nn.Linear(n_in, n_out), activation()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 10))
    kind = {"sgd": torch.optim.SGD, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}[workload.optimizer]
    optimizer = kind(model.parameters(), lr=LEARNING_RATES[workload.optimizer])
    loss = torch.nn.CrossEntropyLoss()
    data_x, data_y = torch.from_numpy(x), torch.from_numpy(y)

    def epoch() -> None:
        for rows in torch.randperm(len(x)).split(workload.batch_size):
            optimizer.zero_grad()
            loss(model(data_x[rows]), data_y[rows]).backward()
            optimizer.step()

    return epoch


PEERS: dict[str, tuple[str, Callable[[Workload, np.ndarray, np.ndarray], Epoch]]] = {
    # what is shown: (what must be installed, how it is set up)
    "rosenblatt": ("rosenblatt", rosenblatt),
    "scikit-learn": ("sklearn", scikit_learn),
    "Keras on JAX": ("keras", keras_on_jax),
    "JAX, one scan per epoch": ("jax", jax_scan),
    "PyTorch, eager": ("torch", pytorch),
}
