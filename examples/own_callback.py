"""A callback of your own: watch how much the first layer moves, and stop when it has come to rest.

python examples/own_callback.py
"""

import numpy as np

from rosenblatt import Sequential
from rosenblatt.callbacks import Callback
from rosenblatt.datasets import points
from rosenblatt.layers import Dense
from rosenblatt.optimizers import Adam


class StopAtRest(Callback):
    """Stop when no weight of the first layer has moved by more than `least` in an epoch."""

    def __init__(self, least):
        self.least = least

    def on_epoch_begin(self, epoch, logs=None):
        self.before = self.model.layers[0].kernel.copy()

    def on_epoch_end(self, epoch, logs=None):
        moved = np.abs(self.model.layers[0].kernel - self.before).max()
        logs["moved"] = float(moved)  # what is written here appears in the history
        if moved < self.least:
            self.model.stop_training = True


x, y = points.circles(400, noise=0.1, seed=1)
model = Sequential([Dense(8, activation="tanh", input_shape=(2,)), Dense(1, activation="sigmoid")], seed=1)
model.compile(optimizer=Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=1000, batch_size=len(x), verbose=0, callbacks=[StopAtRest(0.01)])

print(history)
for epoch in np.linspace(0, len(history.epoch) - 1, 6).astype(int):
    print(
        f"epoch {epoch + 1:>3}: moved {history.history['moved'][epoch]:.4f}, loss {history.history['loss'][epoch]:.4f}"
    )
