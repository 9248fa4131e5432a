"""The idx format of the MNIST family: a header of big-endian numbers, then the bytes of one array.

    00 00 08 03        unsigned bytes, 3 axes
    00 00 ea 60        60 000 pictures
    00 00 00 1c        of 28 rows
    00 00 00 1c        and 28 columns
    ...                the pixels, row by row

Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from rosenblatt.errors import DataError
from rosenblatt.types import Array

GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path) -> Array:
    """Read an idx file of unsigned bytes, compressed by gzip or not.

    Args:
        path: of the file.

    Raises:
        DataError: the file is damaged or no idx file.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "labels-idx1-ubyte.gz")
        ...     _ = path.write_bytes(gzip.compress(encode_idx(np.array([7, 2, 1], "uint8"))))
        ...     read_idx(path)
        array([7, 2, 1], dtype=uint8)
    """
    return decode_idx(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """Read a file, decompressed where it is a gzip file.

    Raises:
        DataError: the compressed data are damaged.
    """
    try:
        return decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise damaged(path, "intact gzip data", str(error)) from error


def decompress(data: bytes) -> bytes:
    """Undo gzip where the data begin as gzip does; else return them as they are."""
    return gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data


def decode_idx(data: bytes, path: Path) -> Array:
    """Turn the bytes of an idx file into an array.

    Args:
        data: the file's content, decompressed.
        path: named in errors.

    Raises:
        DataError: the bytes are not those of an idx file, or too few or too many.

    Example:
        >>> decode_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]), Path("labels-idx1-ubyte"))
        array([7, 2, 1], dtype=uint8)
    """
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise damaged(path, "an idx file of unsigned bytes, which begins with 00 00 08", data[:4].hex(" ") or "nothing")
    header = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[start : start + 4], "big") for start in range(4, header, 4))
    expected = header + math.prod(shape)
    if len(data) != expected:
        raise damaged(path, f"{expected} bytes for an array of shape {shape}", f"{len(data)}")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()


def encode_idx(array: Array) -> bytes:
    """Turn an array of unsigned bytes into the bytes of an idx file.

    Args:
        array: uint8, of at most 255 axes.

    Example:
        >>> encode_idx(np.array([[7, 2]], "uint8")).hex(" ")  # 2 axes, of lengths 1 and 2, then the bytes
        '00 00 08 02 00 00 00 01 00 00 00 02 07 02'
    """
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return header + array.astype(np.uint8, casting="safe").tobytes()


def damaged(path: Path, expected: str, got: str) -> DataError:
    """Make the error for a file that is not what its name says."""
    return DataError(f"{path}: expected {expected}, got {got}. The file is damaged: delete it and get it anew.")
