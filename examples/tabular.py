"""A table of numbers from start to file: Normalization, early stopping, an honest test, save and load.

python examples/tabular.py
"""

import tempfile
from pathlib import Path

import numpy as np

from rosenblatt import Sequential, load_model
from rosenblatt.callbacks import EarlyStopping
from rosenblatt.datasets import breast_cancer
from rosenblatt.layers import Dense, Normalization
from rosenblatt.optimizers import Adam
from rosenblatt.utils import train_test_split

x, y = breast_cancer.load_data()
x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest, test_size=0.2, stratify=y_rest, random_state=42)

scale = Normalization()
scale.adapt(x_train)  # mean and variance of the training rows; from here on they are part of the model

model = Sequential([scale, Dense(10, activation="relu"), Dense(1, activation="sigmoid")], seed=1)
model.compile(optimizer=Adam(0.01), loss="binary_crossentropy", metrics=["accuracy", "precision", "recall"])
stop = EarlyStopping(patience=10, restore_best_weights=True)
history = model.fit(x_train, y_train, epochs=200, validation_data=(x_val, y_val), callbacks=[stop], verbose=0)
print(f"stopped after {len(history.epoch)} epochs, best at {stop.best_epoch + 1}: val_loss {stop.best:.4f}")

print(
    "test:",
    {name: round(value, 4) for name, value in model.evaluate(x_test, y_test, verbose=0, return_dict=True).items()},
)

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "tumours.safetensors")
    model.class_names = breast_cancer.class_names()
    model.save(path)
    loaded = load_model(path)

probability = loaded.predict(x_test[:1])[0, 0]  # raw measurements: the model scales them itself
assert np.array_equal(loaded.predict(x_test), model.predict(x_test))
print(f"first test row: {probability:.1%} {loaded.class_names[1]}, truly {loaded.class_names[y_test[0]]}")
