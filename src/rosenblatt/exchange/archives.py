"""Zip files, read within bounds: nothing is unpacked to a disk, and no small file becomes a large one in memory."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO, Final, NoReturn

from rosenblatt.errors import FileFormatError

DIRECTORY: Final = 2**18  # bytes: the most that the list of an archive's members may take, some thousand names
# How many times its packed size a member may unpack to. Weights hardly pack, unless an optimizer still remembers zeros.
RATIO: Final = 10
HARMLESS: Final = 2**24  # bytes: to so many any member may unpack, as a thousand layers that are alike do
END: Final = b"PK\x05\x06"  # begins the record at the end of an archive
LARGE: Final = b"PK\x06\x07"  # stands before it where sizes do not fit into 32 bits
LAST: Final = 2**16 + 2**6  # bytes: within so many from the end is that record, with a comment as long as can be
BEGINNING_OF_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say


class Archive:
    """A zip file, its members checked and not yet unpacked.

    Args:
        who: what the error messages begin with, such as "load_model".
        name: the file's name in error messages.
        file: the file, open for reading.

    Raises:
        FileFormatError: it is no zip file, or one that nobody means well with.
    """

    def __init__(self, who: str, name: str, file: BinaryIO) -> None:
        self.who, self.name = who, name
        self._file_size = file.seek(0, io.SEEK_END)
        self._check_directory(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, UnicodeError, NotImplementedError) as error:
            self._refuse(f"a damaged one ({error})")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in self._archive.infolist():
            self._check_member(member)
            self._members[member.filename] = member

    def __contains__(self, member: str) -> bool:
        return member in self._members

    def size(self, member: str) -> int:
        """Return how many bytes a member unpacks to, by the archive's own word; `read` never returns more."""
        if member not in self._members:
            self._refuse(f"one without {member}")
        return self._members[member].file_size

    def read(self, member: str, at_most: int) -> bytes:
        """Return a member's bytes.

        Raises:
            FileFormatError: there is no such member, it is larger than that, or damaged.
        """
        size = self.size(member)
        if size > at_most:
            self._refuse(f"one in which {member} has {size} bytes, more than the {at_most} that it can need")
        try:
            with self._archive.open(self._members[member]) as file:
                content = file.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, struct.error) as error:
            self._refuse(f"one in which {member} is damaged ({error})")
        if len(content) != size:
            self._refuse(f"one in which {member} is cut short")
        return content

    def _check_directory(self, file: BinaryIO) -> None:
        """Raise unless the list of members is small: ``zipfile`` reads all of it at once."""
        file.seek(max(0, self._file_size - LAST))
        content = file.read(LAST)
        end = content.rfind(END)
        if end < 0 or end + 22 > len(content):
            self._refuse("another kind of file, or one cut short")
        size = int.from_bytes(content[end + 12 : end + 16], "little")
        if size > DIRECTORY or content[max(0, end - 20) : end].startswith(LARGE):
            self._refuse("one with too many members, or larger than 4 GB")

    def _check_member(self, member: zipfile.ZipInfo) -> None:
        name = member.filename
        parts = name.replace("\\", "/").split("/")
        if name in self._members:
            self._refuse(f"one with {name!r} in it twice")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            self._refuse(f"one with {name!r} in it, which leads elsewhere")
        if stat.S_ISLNK(member.external_attr >> 16):
            self._refuse(f"one in which {name!r} is a link")
        if member.flag_bits & 1:
            self._refuse(f"one in which {name!r} is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._refuse(f"one in which {name!r} is packed in a way that Keras does not use")
        if member.file_size > max(HARMLESS, RATIO * min(member.compress_size, self._file_size)):
            self._refuse(f"one in which {name!r} unpacks to {member.file_size} bytes from {member.compress_size}")

    def _refuse(self, what: str) -> NoReturn:
        raise FileFormatError(
            f"{self.who}: expected a zip file as Keras writes it, got {what}: {self.name}. Fetch it or save it again."
        )


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file of members by name, the same bytes for the same members at any time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name, BEGINNING_OF_TIME), member)
    return content.getvalue()
