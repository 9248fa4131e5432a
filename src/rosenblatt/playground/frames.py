"""The binary layout of a frame: one picture of a run, as it travels to the page.

    header   64 bytes: magic, generation, sequence, epoch, batch, step (u32 each); time in ms since 1970 (f64);
             train_loss, test_loss, train_accuracy, test_accuracy (f32, NaN where there is none);
             the number of sections (u32); zeros
    section  kind, layer, rows, columns (u32 each), then rows * columns numbers, padded to 4 bytes with zeros

Everything is little endian, and every number lies at a multiple of its own size up to 4, so that the page can look at
the bytes through typed arrays without copying them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from rosenblatt.errors import DataError
from rosenblatt.types import Array

MAGIC = int.from_bytes(b"RBF1", "little")
HEADER = struct.Struct("<6Id4fI12x")
SECTION = struct.Struct("<4I")


class Kind(IntEnum):
    """What a section holds, with the shape of its array."""

    WEIGHTS = 1  # (1, parameters)
    MAPS = 2  # (units, 32 * 32) of one layer: 128 is neutral
    OUTCOME = 3  # (1 or classes, 96 * 96)
    HIDDEN_POINTS = 4  # (points, 2)
    HIDDEN_GRID = 5  # (17 * 17, 2)
    CONFUSION = 6  # (classes, 2 * classes): train, then test; the true class by row
    SHARES = 7  # (3, layers): norm of the gradient, dead units, saturated activations
    OUTPUTS = 8  # (points, outputs)


DTYPES = {
    Kind.WEIGHTS: "<f4",
    Kind.MAPS: "u1",
    Kind.OUTCOME: "u1",
    Kind.HIDDEN_POINTS: "<f4",
    Kind.HIDDEN_GRID: "<f4",
    Kind.CONFUSION: "<u4",
    Kind.SHARES: "<f4",
    Kind.OUTPUTS: "<f4",
}


class Section(NamedTuple):
    """One array of a frame."""

    kind: Kind
    layer: int  # 0 where the array belongs to no layer
    values: Array


class Header(NamedTuple):
    """Which moment of which run a frame shows."""

    generation: int
    sequence: int
    epoch: int
    batch: int
    step: int
    time: float
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


def encode(header: Header, sections: Sequence[Section]) -> bytes:
    """Return a frame's bytes.

    Example:
        >>> header = Header(1, 2, 3, 4, 5, 0.0, 0.5, 0.5, 1.0, 1.0)
        >>> frame = encode(header, [Section(Kind.MAPS, 0, np.zeros((1, 6), "uint8"))])
        >>> len(frame)
        88
        >>> decode(frame)[1][0].values.shape
        (1, 6)
    """
    parts = [HEADER.pack(MAGIC, *header, len(sections))]
    for kind, layer, values in sections:
        payload = np.ascontiguousarray(values, DTYPES[kind]).tobytes()
        parts += [SECTION.pack(kind, layer, *values.shape), payload, bytes(-len(payload) % 4)]
    return b"".join(parts)


def decode(frame: bytes) -> tuple[Header, list[Section]]:
    """Return header and sections of a frame, as the page reads them.

    Raises:
        DataError: these bytes are no frame.
    """
    if len(frame) < HEADER.size or HEADER.unpack_from(frame)[0] != MAGIC:
        raise DataError(f"decode: expected a frame of the playground, got {len(frame)} other bytes.")
    _, *fields, count = HEADER.unpack_from(frame)
    sections, place = [], HEADER.size
    for _ in range(count):
        number, layer, rows, columns = SECTION.unpack_from(frame, place)
        kind = Kind(number)
        values = np.frombuffer(frame, DTYPES[kind], rows * columns, place + SECTION.size).reshape(rows, columns)
        sections.append(Section(kind, layer, values))
        place += SECTION.size + values.nbytes + -values.nbytes % 4
    return Header(*fields), sections
