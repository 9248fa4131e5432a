"""Our reader of HDF5 files against h5py: what Keras writes is read alike, everything else is refused by name."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.errors import FileFormatError
from rosenblatt.exchange import hdf5

h5py = pytest.importorskip("h5py", reason="needs the extra 'keras-files'")

RNG = np.random.default_rng(0)


def made(fill: Callable[[Any], object], **options: Any) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", **options) as file:
        fill(file)
    return content.getvalue()


def opened(content: bytes) -> hdf5.Group:
    return hdf5.File("load", "model.h5", content).root


DTYPES = ["float16", "float32", "float64", "int8", "int32", "int64", "uint16", ">f4", ">i8"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 3), (2, 3, 4)])
def test_arrays_are_read_as_h5py_reads_them(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.asarray(RNG.normal(size=shape) * 100).astype(dtype)
    found = opened(made(lambda file: file.create_dataset("folder/array", data=array))).at("folder").array("array")
    assert found.shape == shape
    np.testing.assert_array_equal(found.read(), array)
    assert found.read().dtype == array.dtype


def test_a_folder_of_many_arrays() -> None:
    numbers = range(1000)  # more than one node of the tree of names holds
    content = made(lambda file: [file.create_dataset(f"vars/{number}", data=number) for number in numbers])
    group = opened(content).group("vars")
    assert len(group) == len(numbers)
    assert [int(group.array(str(number)).read()) for number in numbers] == list(numbers)
    assert "999" in group
    assert "1000" not in group


TEXTS = {
    "a text": "층 layer",
    "texts": ["dense", "숨은 층", ""],
    "bytes": np.array([b"dense/kernel:0", b"dense/bias:0"]),
    "one of bytes": np.bytes_(b"2.11.0"),
    "numbers": np.arange(6.0).reshape(2, 3),
    "none": np.zeros(0),
    "a number": np.int64(7),
    "a long text": "x" * 100_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_attributes_are_read_as_h5py_reads_them(name: str) -> None:
    value = TEXTS[name]
    content = made(lambda file: [file.attrs.create("other", 1), file.attrs.create(name, value)])
    found = opened(content).attribute(name)
    expected = (
        value.astype(str).tolist() if isinstance(value, np.ndarray | np.bytes_) and value.dtype.kind == "S" else value
    )
    np.testing.assert_array_equal(found, expected)
    assert opened(content).attribute("another") is None


def linked(file: Any) -> None:
    file["array"] = np.ones(3)
    file["link"] = h5py.SoftLink("/array")


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout(shape=(3,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "array", shape=(3,))
    file.create_virtual_dataset("array", layout)


def of_a_named_type(file: Any) -> None:
    file["type"] = np.dtype("f4")
    file.create_dataset("array", shape=3, dtype=file["type"])


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "a soft link": (linked, "a link to another place"),
    "an external link": (lambda f: f.__setitem__("link", h5py.ExternalLink("/etc/x", "/")), "links in the style"),
    "numbers in another file": (
        lambda f: f.create_dataset("array", (3,), "f4", external=[("x", 0, 12)]),
        "arrays in other files",
    ),
    "numbers in pieces": (lambda f: f.create_dataset("array", (3,), "f4", chunks=(2,)), "arrays in pieces"),
    "compressed numbers": (lambda f: f.create_dataset("array", (3,), compression="gzip"), "compressed or filtered"),
    "a virtual array": (virtual, "arrays in the style of|arrays from several files|a layout of version 4"),
    "a type of one's own": (of_a_named_type, "types of one's own"),
    "complex numbers": (lambda f: f.create_dataset("array", data=np.ones(3, "c8")), "something else than numbers"),
    "texts": (lambda f: f.create_dataset("array", data=["a", "b"]), "something else than numbers"),
    "a group in the place of an array": (lambda f: f.create_group("array"), "no array where 'array' must be"),
    "nothing": (lambda f: None, "no 'array'"),
    "numbers that were never written": (
        lambda f: f.create_dataset("array", (3,), "f4"),
        "0 bytes for the 12 of 'array'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_never_writes_is_refused_by_name(name: str) -> None:
    fill, told = REFUSED[name]
    with pytest.raises(
        FileFormatError,
        match=rf"^load: expected an HDF5 file as Keras writes it, got ({told}).* in model\.h5, which is",
    ):
        opened(made(fill)).array("array").read()


def test_the_newer_style_is_refused_by_name() -> None:
    content = made(lambda file: file.create_dataset("array", data=np.ones(3)), libver="latest")
    with pytest.raises(FileFormatError, match=r"got the superblock of version 0[23], written by a program other than"):
        opened(content)


def test_a_circle_ends() -> None:
    content = bytearray(made(lambda file: file.create_group("a/b")))
    tree = content.index(b"TREE")
    content[tree + 5] = 1  # of level 1: its children are trees
    content[tree + 6 : tree + 8] = (2).to_bytes(2, "little")
    for child in (tree + 32, tree + 48):
        content[child : child + 8] = tree.to_bytes(8, "little")
    with pytest.raises(FileFormatError, match=r"got no list of a group's names"):
        opened(bytes(content))


def test_names_that_overlap_without_end_are_refused() -> None:
    """Each of many entries leads to the same long list of entries."""
    content = bytearray(made(lambda file: [file.create_group(f"{number:05}") for number in range(3000)]))
    trees = [place for place in range(len(content) - 4) if content[place : place + 4] == b"TREE"]
    for tree in trees:
        content[tree + 6 : tree + 8] = (2**15).to_bytes(2, "little")
    with pytest.raises(FileFormatError, match=r"which is damaged"):
        opened(bytes(content))


def test_a_file_that_we_write_is_one_that_h5py_reads(tmp_path: Path) -> None:
    content = hdf5.write({"a/b/0": np.arange(3.0), "a/b/1": np.int64(7)}, ["vars", "empty/vars"])
    with h5py.File(io.BytesIO(content)) as file:
        assert sorted(file) == ["a", "empty", "vars"]
        assert len(file["empty/vars"]) == 0
        np.testing.assert_array_equal(file["a/b/0"][()], np.arange(3.0))
    assert content == hdf5.write({"a/b/0": np.arange(3.0), "a/b/1": np.int64(7)}, ["vars", "empty/vars"])
