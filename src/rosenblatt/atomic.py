"""Writing a file so that it is there whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file completely or not at all.

    The content goes to a new file in the same folder, which takes the name when all of it is on the disk. Whoever opens
    the path, at any time, finds the older file or the newer one, never a part of it. Where the path is a link, the file
    that it leads to is replaced.

    Raises:
        OSError: the folder cannot be written, or the disk is full; an older file is as it was.
    """
    path = os.path.realpath(path)
    part = os.path.join(os.path.dirname(path), f".rosenblatt-{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
