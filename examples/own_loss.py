"""A loss of your own: a function that gives each row's value and its derivative with respect to the prediction.

Too low a forecast often costs more than too high a one. The pinball loss says so: with q = 0.9, being one below the
truth costs 0.9, and one above it 0.1. The best forecast is then not the middle but a line with nine tenths below it.

    python examples/own_loss.py
"""

import numpy as np

from rosenblatt import Sequential
from rosenblatt.layers import Dense
from rosenblatt.optimizers import Adam

Q = 0.9


def pinball(y_true, y_pred):
    """Return the values (n,), one a row, and their gradient, shaped like y_pred."""
    error = y_true - y_pred
    values = np.maximum(Q * error, (Q - 1) * error).sum(axis=-1)
    gradient = np.where(error > 0, -Q, 1 - Q)
    return values, gradient


rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, (2000, 1))
y = 2 * x + rng.normal(0, 0.5, x.shape)

for name, loss in {"mse": "mse", "pinball": pinball}.items():
    model = Sequential(Dense(1, input_shape=(1,)), seed=1)
    model.compile(
        optimizer=Adam(0.01), loss=loss
    )  # on the first batch fit compares the gradient with small differences
    model.fit(x, y, epochs=20, verbose=0)
    below = (y < model.predict(x)).mean()
    slope, height = model.layers[0].kernel.item(), model.layers[0].bias.item()
    print(f"{name:<8} y = {slope:.2f} x {height:+.2f}, {below:.0%} of the points below the line")
