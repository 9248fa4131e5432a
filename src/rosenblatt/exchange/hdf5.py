"""HDF5 files as Keras writes them: groups of arrays, with texts as attributes.

They are read here in Python, not by the HDF5 library: on damaged bytes that library crashes or never returns (of 900
files with a few changed bytes one ended the program and two hung), and a file from elsewhere may be damaged on purpose.
What Keras uses of the format is small: groups in the old style, arrays in one piece, attributes. Everything else (links
to other files, compression, arrays in pieces, types of one's own) is refused by name. Every structure is looked up
within the file's bytes, and their sum is limited, so that neither a lie nor a circle costs more than a second; nor may
one array under many names become many arrays.

Source: the HDF Group, HDF5 File Format Specification, version 3.0; the names in quotes are its.
"""

from __future__ import annotations

import importlib
import io
import math
import mmap
import struct
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Final, NamedTuple

import numpy as np

from rosenblatt.errors import FileFormatError, MissingExtraError
from rosenblatt.types import Array, Shape

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOWHERE = 2**64 - 1  # the "undefined address"
STRUCTURES: Final = 2**26  # bytes: all that may be read of a file besides its arrays; 1000 layers need 4 million
LEAST: Final = 64  # what looking up any structure counts, at least: a million of them may be looked up
LONGEST_NAME: Final = 1024

# The kinds of "header messages" that a group or an array consists of.
DATASPACE, DATATYPE, LAYOUT, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE = 0x01, 0x03, 0x08, 0x0C, 0x10, 0x11
REFUSED = {
    0x02: "links in the style of HDF5 1.8",
    0x06: "links in the style of HDF5 1.8",
    0x07: "arrays in other files",
    0x0B: "compressed or filtered arrays",
    0x15: "attributes in the style of HDF5 1.8",
}
LAYOUTS = {2: "arrays in pieces", 3: "arrays from several files"}  # the classes besides "compact" and "contiguous"

# IEEE 754's floats: size in bytes, then "bit offset, precision, exponent location, exponent size, mantissa location,
# mantissa size, exponent bias".
FLOATS = {
    (2, (0, 16, 10, 5, 0, 10, 15)): "f2",
    (4, (0, 32, 23, 8, 0, 23, 127)): "f4",
    (8, (0, 64, 52, 11, 0, 52, 1023)): "f8",
}


class Text(NamedTuple):
    """A type: texts of a fixed length, or (None) texts kept elsewhere in the file."""

    length: int | None


class Element(NamedTuple):
    """How one element of an array or attribute is stored: as a number, or as a text; None is any other type."""

    kind: np.dtype[Any] | Text | None
    size: int


class Header:
    """What is said at one address: the messages of a group or of an array."""

    def __init__(self, file: File, address: int) -> None:
        self.file = file
        self.address = address
        self.messages = list(file.messages(address))

    def message(self, kind: int) -> bytes | None:
        """Return the first message of a kind."""
        return next((content for found, content in self.messages if found == kind), None)

    def attribute(self, wanted: str) -> Any:
        """Return an attribute: a text, a list of texts, an array of numbers; None where there is none of that name."""
        for kind, content in self.messages:
            if kind == ATTRIBUTE:
                name, element, shape, data = self.file.attribute(content)
                if name == wanted:
                    return self.file.value(wanted, element, shape, data)
        return None


class Group(Header):
    """A folder of groups and arrays."""

    def __init__(self, file: File, address: int) -> None:
        super().__init__(file, address)
        table = self.message(SYMBOL_TABLE)
        if table is None:
            raise file.damaged("no group where one must be")
        tree, heap = file.unpack("<QQ", table)
        self._entries = dict(file.entries(tree, heap))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def group(self, name: str) -> Group:
        """Return a group in this one."""
        return self.file.group(self._address(name))

    def array(self, name: str) -> Dataset:
        """Return an array in this group, not yet read."""
        return Dataset(self.file, self._address(name), name)

    def at(self, path: str) -> Group:
        """Return a group at the end of a path such as ``layers/dense/vars``."""
        found = self
        for name in path.split("/"):
            found = found.group(name)
        return found

    def _address(self, name: str) -> int:
        if name not in self._entries:
            raise self.file.damaged(f"no {name!r}")
        return self._entries[name]


class Dataset(Header):
    """An array in a file: its shape and type, and on request its numbers."""

    def __init__(self, file: File, address: int, name: str) -> None:
        super().__init__(file, address)
        self.name = name
        space, element = self.message(DATASPACE), self.message(DATATYPE)
        if space is None or element is None:
            raise file.damaged(f"no array where {name!r} must be")
        self.shape = file.shape(space)
        self.element = file.element(element)
        if not isinstance(self.element.kind, np.dtype):
            raise file.damaged(f"something else than numbers in {name!r}")

    def read(self) -> Array:
        """Return the numbers: a view of the file's bytes."""
        size = math.prod(self.shape) * self.element.size
        assert isinstance(self.element.kind, np.dtype)  # for the type checker: see above
        return np.frombuffer(self._bytes(size), self.element.kind).reshape(self.shape)

    def _bytes(self, size: int) -> memoryview:
        file, layout = self.file, self.message(LAYOUT)
        if layout is None:
            raise file.damaged(f"no place for {self.name!r}")
        version, kind = file.unpack("<BB", layout)
        if kind in LAYOUTS:
            raise file.damaged(LAYOUTS[kind])
        if version != 3 or kind > 1:
            raise file.damaged(f"a layout of version {version}, class {kind}")
        if kind == 0:  # "compact": the numbers stand in the message itself
            content = memoryview(layout)[4:]
        else:
            address, length = file.unpack("<QQ", layout, 2)
            content = memoryview(b"") if address == NOWHERE else file.span(address, length)
        if len(content) < size:
            raise file.damaged(f"{len(content)} bytes for the {size} of {self.name!r}")
        file.count_array(size)
        return content[:size]


class File:
    """An HDF5 file in memory.

    Args:
        who: what the error messages begin with, such as "load_model".
        name: the file's name in error messages.
        content: its bytes, a map of the file for one; arrays are views of them.
    """

    def __init__(self, who: str, name: str, content: bytes | mmap.mmap) -> None:
        self.who, self.name, self.content = who, name, memoryview(content)
        self._left = STRUCTURES
        self._left_of_arrays = len(content)
        self._groups: dict[int, Group] = {}
        if content[:8] != SIGNATURE:
            raise self.damaged("another kind of file")
        version, offsets, lengths = content[8:9], content[13:14], content[14:15]
        if version != b"\0" or offsets + lengths != b"\x08\x08":
            raise self.damaged(f"the superblock of version {version.hex()}, written by a program other than Keras")
        (base,) = self.unpack("<Q", self.take(24, 8))
        if base:
            raise self.damaged("other content before the HDF5 file")

    @property
    def root(self) -> Group:
        """The outermost group."""
        return Group(self, *self.unpack("<Q", self.take(64, 8)))

    def damaged(self, what: str) -> FileFormatError:
        """Return the error that tells what was found in the place of something else."""
        return FileFormatError(
            f"{self.who}: expected an HDF5 file as Keras writes it, got {what} in {self.name}, which is damaged, or "
            "was written by another program. Fetch it or save it again."
        )

    # Bytes

    def span(self, address: int, size: int) -> memoryview:
        """Return bytes of the file; there must be as many."""
        if address + size > len(self.content):
            raise self.damaged(f"an end after {len(self.content)} bytes")
        return self.content[address : address + size]

    def group(self, address: int) -> Group:
        """Return the group at an address, read once however often it is asked for."""
        if address not in self._groups:
            self._groups[address] = Group(self, address)
        return self._groups[address]

    def count_array(self, size: int) -> None:
        """Count an array that is read: all of them must fit into the file side by side."""
        self._left_of_arrays -= size
        if self._left_of_arrays < 0:
            raise self.damaged("arrays that share their bytes with others")

    def take(self, address: int, size: int) -> bytes:
        """Return a copy of the bytes of a structure, which count against what may be read of structures."""
        self._left -= max(size, LEAST)
        if self._left < 0:
            raise self.damaged("structures without end")
        return bytes(self.span(address, size))

    def unpack(self, layout: str, data: bytes, start: int = 0) -> tuple[Any, ...]:
        """Return the numbers in bytes, as `struct` describes them."""
        if len(data) < start + struct.calcsize(layout):
            raise self.damaged("a structure cut short")
        return struct.unpack_from(layout, data, start)

    def text(self, data: bytes) -> str:
        """Return bytes as text."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise self.damaged("text that is not UTF-8") from None

    # Groups

    def entries(self, tree: int, heap: int) -> list[tuple[str, int]]:
        """Return what a group holds, each name with the address of its header."""
        signature, names = self.take(heap, 4), self.unpack("<Q", self.take(heap + 24, 8))[0]
        if signature != b"HEAP":
            raise self.damaged("no names of a group")
        return [(self._name(names + offset), address) for offset, address in self._leaves(tree)]

    def _name(self, address: int) -> str:
        size = min(LONGEST_NAME, max(0, len(self.content) - address))
        name, ended, _ = self.take(address, size).partition(b"\0")
        if not ended:
            raise self.damaged("a name without end")
        return self.text(name)

    def _leaves(self, address: int) -> list[tuple[int, int]]:
        """Walk a group's "B-tree", level by level, down to its "symbol table nodes"."""
        nodes = [address]
        level = None
        while level != 0:
            children: list[int] = []
            for node in nodes:
                signature, kind, at, used = self.unpack("<4sBBH", self.take(node, 8))
                if signature != b"TREE" or kind != 0 or (level is not None and at != level - 1):
                    raise self.damaged("no list of a group's names")
                pairs = self.take(node + 24, 16 * used)
                children += [child for _, child in struct.iter_unpack("<QQ", pairs)]
            level = (at if level is None else level - 1) if nodes else 0
            nodes = children
        return [leaf for node in nodes for leaf in self._symbols(node)]

    def _symbols(self, address: int) -> list[tuple[int, int]]:
        signature, _, count = self.unpack("<4sHH", self.take(address, 8))
        if signature != b"SNOD":
            raise self.damaged("no list of a group's names")
        entries = list(struct.iter_unpack("<QQI20x", self.take(address + 8, 40 * count)))
        if any(cached == 2 for _, _, cached in entries):
            raise self.damaged("a link to another place")
        return [(offset, header) for offset, header, _ in entries]

    # Headers

    def messages(self, address: int) -> list[tuple[int, bytes]]:
        """Return the messages of a header: their kind and content."""
        version, count, size = self.unpack("<BxHxxxxI", self.take(address, 12))
        if version != 1:
            raise self.damaged(f"a header of version {version}")
        blocks, messages = [(address + 16, size)], list[tuple[int, bytes]]()
        while blocks and len(messages) < count:
            start, size = blocks.pop(0)
            block = self.take(start, size)
            place = 0
            while place + 8 <= size and len(messages) < count:
                kind, length, flags = self.unpack("<HHB", block, place)
                content = block[place + 8 : place + 8 + length]
                if len(content) < length:
                    raise self.damaged("a structure cut short")
                if kind in REFUSED:
                    raise self.damaged(REFUSED[kind])
                if flags & 2:
                    raise self.damaged("types of one's own")
                if kind == CONTINUATION:
                    blocks.append(self.unpack("<QQ", content))
                messages.append((kind, content))
                place += 8 + length
        return messages

    def shape(self, space: bytes) -> Shape:
        """Return what a "dataspace message" says: the length of each axis."""
        version, axes, _, kind = self.unpack("<BBBB", space)
        if version not in (1, 2) or (version == 2 and kind == 2):
            raise self.damaged("an array without shape")
        start = 8 if version == 1 else 4
        return self.unpack(f"<{axes}Q", space, start)

    def element(self, datatype: bytes) -> Element:
        """Return what a "datatype message" says."""
        first, flags, size = self.unpack("<BB2xI", datatype)
        kind = first & 0x0F
        order = ">" if flags & 1 else "<"
        if kind == 0 and size in (1, 2, 4, 8):
            return Element(np.dtype(f"{order}{'i' if flags & 8 else 'u'}{size}"), size)
        if kind == 1:
            layout = self.unpack("<HHBBBBI", datatype, 8)
            name = FLOATS.get((size, layout))
            return Element(None if name is None else np.dtype(order + name), size)
        if kind == 3:
            return Element(Text(size), size)
        if kind == 9 and flags & 0x0F == 1:
            return Element(Text(None), 16)
        return Element(None, size)

    def attribute(self, content: bytes) -> tuple[str, Element, Shape, bytes]:
        """Return an attribute's name, type, shape and, after them, its bytes."""
        version, flags, *sizes = self.unpack("<BBHHH", content)
        if version not in (1, 2, 3) or (version > 1 and flags):
            raise self.damaged(f"an attribute of version {version}")
        place = 9 if version == 3 else 8
        parts: list[bytes] = []
        for size in sizes:
            parts.append(content[place : place + size])
            place += (size + 7) // 8 * 8 if version == 1 else size
        name, datatype, space = parts
        return self.text(name.rstrip(b"\0")), self.element(datatype), self.shape(space), content[place:]

    def value(self, name: str, element: Element, shape: Shape, data: bytes) -> Any:
        """Return what an attribute holds."""
        count = math.prod(shape)
        if element.kind is None or count * element.size > len(data):
            raise self.damaged(f"no text and no numbers in the attribute {name!r}")
        if isinstance(element.kind, np.dtype):
            return np.frombuffer(data[: count * element.size], element.kind).reshape(shape)
        pieces = [data[place : place + element.size] for place in range(0, count * element.size, element.size)]
        if element.kind.length is None:
            texts = [self._elsewhere(piece) for piece in pieces]
        else:
            texts = [self.text(piece.rstrip(b"\0 ")) for piece in pieces]
        return texts if shape else texts[0]

    def _elsewhere(self, reference: bytes) -> str:
        """Return a text that is kept in a "global heap"."""
        length, address, wanted = self.unpack("<IQI", reference)
        if length == 0:
            return ""
        signature, size = self.unpack("<4s4xQ", self.take(address, 16))
        if signature != b"GCOL":
            raise self.damaged("no text where one must be")
        place = 16
        while place + 16 <= size:
            index, size_here = self.unpack("<H6xQ", self.take(address + place, 16))
            if index == 0:
                break
            if index == wanted:
                return self.text(self.take(address + place + 16, min(length, size_here)).rstrip(b"\0"))
            place += 16 + (size_here + 7) // 8 * 8
        raise self.damaged("no text where one must be")


def h5py() -> ModuleType:
    """Return the library that writes HDF5 files.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module("h5py")
    except ImportError as missing:
        raise MissingExtraError("save", "keras-files", "h5py") from missing


def write(arrays: Mapping[str, Array], groups: list[str]) -> bytes:
    """Return an HDF5 file with arrays by their paths, and groups that may be empty.

    Raises:
        MissingExtraError: h5py is not installed.
    """
    content = io.BytesIO()
    with h5py().File(content, "w", libver=("earliest", "v108")) as file:
        for group in groups:
            file.require_group(group)
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
    return content.getvalue()
