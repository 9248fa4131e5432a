"""Make the data that come with the library; the same bytes each time for the same version of zlib.

    ROSENBLATT_DATA=/path/to/data python tools/make_bundled_data.py [FOLDER]

It needs the full Fashion-MNIST (found or downloaded by the library itself) and scikit-learn, whose two tables are kept
in smaller files. FOLDER is src/rosenblatt/datasets/data unless given.
"""

from __future__ import annotations

import argparse
import gzip
import io
from pathlib import Path

import numpy as np

from rosenblatt.datasets import fashion_mnist
from rosenblatt.datasets.idx import encode_idx
from rosenblatt.types import Array

FOLDER = Path(__file__).parents[1] / "src" / "rosenblatt" / "datasets" / "data"
ROWS_PER_CLASS = {"train": 600, "t10k": 100}


def main(folder: Path = FOLDER) -> None:
    """Write all files and print their sizes."""
    for name, content in {**fashion_mnist_sample(), **digits(), **breast_cancer()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compressed(content))
        print(f"{path.stat().st_size:9,d}  {path}")


def fashion_mnist_sample() -> dict[str, bytes]:
    """Take the first rows of each class, in the order of the full set: the sample begins as the full set does."""
    files = {}
    for part, (x, y) in zip(ROWS_PER_CLASS, fashion_mnist.load_data(), strict=True):
        rows = first_rows_of_each_class(y, ROWS_PER_CLASS[part])
        files[f"fashion-mnist-sample/{part}-images-idx3-ubyte.gz"] = encode_idx(x[rows])
        files[f"fashion-mnist-sample/{part}-labels-idx1-ubyte.gz"] = encode_idx(y[rows])
    return files


def first_rows_of_each_class(y: Array, count: int) -> Array:
    """Return the row numbers, ascending."""
    return np.sort(np.concatenate([np.flatnonzero(y == label)[:count] for label in np.unique(y)]))


def digits() -> dict[str, bytes]:
    """Keep the pictures as bytes; their values are whole numbers from 0 to 16."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return {
        "digits/images-idx3-ubyte.gz": encode_idx(bunch.images.astype(np.uint8)),
        "digits/labels-idx1-ubyte.gz": encode_idx(bunch.target.astype(np.uint8)),
    }


def breast_cancer() -> dict[str, bytes]:
    """Keep the table as text; ``repr`` gives a number's shortest decimal form that reads back to the same bits."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    lines = [",".join([*map(str, bunch.feature_names), "benign"])]
    lines += [
        ",".join([*map(repr, row.tolist()), str(label)]) for row, label in zip(bunch.data, bunch.target, strict=True)
    ]
    return {"breast-cancer.csv.gz": "".join(f"{line}\n" for line in lines).encode()}


def compressed(content: bytes) -> bytes:
    """Compress by gzip without a time or a file's name in the header."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="where to, in place of the usual folder")
    folder = parser.parse_args().folder
    main(*[folder] if folder else [])
