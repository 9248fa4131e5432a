"""Data larger than memory: pictures that stay on disk, as bytes, and are read batch by batch.

NumPy's memory map looks like an array, but a row comes from the disk only when it is asked for. `fit` takes it as it
is; the layer Rescaling turns bytes into numbers from 0 to 1 inside the model, so no second copy is ever made.

    python examples/memory_map.py                    100 MB in a temporary folder
    python examples/memory_map.py --rows 12000000    9.4 GB: more than many a laptop's memory
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from rosenblatt import Sequential
from rosenblatt.layers import Dense, Flatten, Rescaling

parser = argparse.ArgumentParser(description="Train on pictures that stay on disk.")
parser.add_argument("--rows", type=int, default=128_000, help="number of pictures of 28 x 28 bytes")
rows = parser.parse_args().rows


def write(path: Path, rows: int) -> np.ndarray:
    """Write pictures piece by piece, noise with one bright band whose height is the class, and return the classes."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 4, rows).astype(np.uint8)
    pictures = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(rows, 28, 28))
    for start in range(0, rows, 10_000):
        part = classes[start : start + 10_000]
        piece = rng.integers(0, 200, (len(part), 28, 28), dtype=np.uint8)
        for k in range(4):
            piece[part == k, 7 * k : 7 * k + 7] += 20
        pictures[start : start + len(part)] = piece
    pictures.flush()
    return classes


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "pictures.npy")
    y = write(path, rows)
    x = np.load(path, mmap_mode="r")
    print(f"{path.stat().st_size / 1e6:.0f} MB on disk, read as {type(x).__name__} {x.shape} {x.dtype}")

    model = Sequential([Flatten(input_shape=(28, 28)), Rescaling(1 / 255), Dense(4, activation="softmax")], seed=1)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    held_out = rows // 10
    history = model.fit(
        x[held_out:], y[held_out:], batch_size=256, epochs=2, validation_data=(x[:held_out], y[:held_out]), verbose=0
    )
    print(history)
    del x  # Windows removes a file only when nobody has it open any more
