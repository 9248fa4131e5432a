"""The bytes of a frame: what the page relies on when it reads them."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from rosenblatt.errors import DataError
from rosenblatt.playground.frames import Header, Kind, Section, decode, encode

HEADER = Header(
    generation=3,
    sequence=7,
    epoch=11,
    batch=2,
    step=277,
    time=1.7e12 + 0.25,
    train_loss=0.5,
    test_loss=0.75,
    train_accuracy=float("nan"),
    test_accuracy=1.0,
)
SECTIONS = [
    Section(Kind.WEIGHTS, 0, np.array([[0.5, -1.5, 3.0]], "float32")),
    Section(Kind.MAPS, 1, np.arange(5, dtype="uint8")[None]),
    Section(Kind.HIDDEN_POINTS, 1, np.array([[1.0, 2.0], [3.0, 4.0]], "float32")),
    Section(Kind.CONFUSION, 0, np.array([[5, 0, 1, 2], [0, 6, 3, 4]])),
]


def test_what_was_encoded_is_decoded() -> None:
    header, sections = decode(encode(HEADER, SECTIONS))
    np.testing.assert_equal(header, HEADER)
    assert [section[:2] for section in sections] == [section[:2] for section in SECTIONS]
    for section, given in zip(sections, SECTIONS, strict=True):
        np.testing.assert_array_equal(section.values, given.values)


def test_header_lies_where_the_page_looks_for_it() -> None:
    frame = encode(HEADER, SECTIONS)
    assert frame[:4] == b"RBF1"
    assert struct.unpack_from("<5I", frame, 4) == (3, 7, 11, 2, 277)
    assert struct.unpack_from("<d", frame, 24) == (1.7e12 + 0.25,)
    assert struct.unpack_from("<2f", frame, 32) == (0.5, 0.75)
    assert struct.unpack_from("<I", frame, 48) == (4,)
    assert frame[52:64] == bytes(12)


def test_sections_lie_at_multiples_of_four_bytes() -> None:
    frame = encode(HEADER, SECTIONS)
    maps = 64 + 16 + 12  # after the header and the weights
    assert struct.unpack_from("<4I", frame, maps) == (Kind.MAPS, 1, 1, 5)
    assert frame[maps + 16 : maps + 24] == bytes([0, 1, 2, 3, 4, 0, 0, 0])
    assert struct.unpack_from("<4I", frame, maps + 24)[0] == Kind.HIDDEN_POINTS
    assert len(frame) % 4 == 0


def test_numbers_are_converted_to_the_kind_of_their_section() -> None:
    _, [section] = decode(encode(HEADER, [Section(Kind.SHARES, 0, np.array([[0.25, 1.0]]))]))
    assert section.values.dtype == np.dtype("<f4")


def test_other_bytes_are_refused() -> None:
    with pytest.raises(DataError, match="expected a frame of the playground, got 3 other bytes"):
        decode(b"RBF")
    with pytest.raises(DataError, match="got 64 other bytes"):
        decode(bytes(64))
