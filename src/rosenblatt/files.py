"""Model files: arrays and their description in one safetensors file, written completely or not at all.

The format is open: any safetensors reader lists the arrays (``weights/<layer>/<array>``, ``optimizer/<slot>``), and the
header's ``model`` entry is JSON. Reading never executes anything.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rosenblatt.errors import FileFormatError
from rosenblatt.types import Array

SUFFIX = ".safetensors"
FORMAT = "rosenblatt"
VERSION = 1


def write(path: str | Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays and metadata to a file.

    They go to a new file beside it that then takes its name: whatever happens, an older file of that name stays whole.

    Raises:
        FileFormatError: the suffix is not ``.safetensors``.
        OSError: the folder cannot be written, or the disk is full.
    """
    import safetensors.numpy

    path = _checked("save", path)
    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    header = {"format": FORMAT, "version": str(VERSION), **metadata}
    content = safetensors.numpy.save(contiguous, metadata=header)
    write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is complete or not there: a new file beside it takes its name when it is on the disk."""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise type(error)(
            error.errno, f"save: expected a folder that can be written, got {path.parent} ({error.strerror})."
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise type(error)(
            error.errno, f"save: could not write {path} ({error.strerror}). Nothing was changed; free some space."
        ) from error
    except BaseException:
        os.unlink(temporary)
        raise


def read(path: str | Path) -> tuple[dict[str, Array], dict[str, str]]:
    """Read arrays and metadata.

    Raises:
        FileNotFoundError: there is no such file.
        FileFormatError: it is damaged, or of another kind.
    """
    import safetensors

    path = _checked("load", path)
    if not path.is_file():
        raise FileNotFoundError(f"load: expected a file, got {path}, which does not exist. Check the path.")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileFormatError(
            f"load: expected a safetensors file, got {path}, which is damaged or none ({error})."
        ) from error
    if metadata.get("format") != FORMAT:
        raise FileFormatError(f"load: expected a file written by rosenblatt, got {path}, which another program wrote.")
    if metadata.get("version") != str(VERSION):
        raise FileFormatError(
            f"load: expected format version {VERSION}, got {metadata.get('version')} in {path}. "
            "Update rosenblatt to read it."
        )
    return tensors, metadata


def _checked(who: str, path: str | Path) -> Path:
    path = Path(path)
    if path.suffix != SUFFIX:
        known = {".keras": "Keras's files", ".h5": "Keras's older files", ".onnx": "ONNX"}
        kind = f" ({known[path.suffix]} are not supported yet)" if path.suffix in known else ""
        raise FileFormatError(f"{who}: expected a path ending in {SUFFIX}, got {str(path)!r}{kind}.")
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
