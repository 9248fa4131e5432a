"""Model files: arrays and their description in one safetensors file, written completely or not at all.

The format is open: any safetensors reader lists the arrays (``weights/<layer>/<array>``, ``optimizer/<slot>``), and the
header's ``model`` entry is JSON. Reading never executes anything.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Mapping, Sized
from os import PathLike
from pathlib import Path

import numpy as np

from rosenblatt.atomic import write_whole
from rosenblatt.errors import ArgumentError, FileFormatError
from rosenblatt.types import Array

SUFFIX = ".safetensors"
FORMAT = "rosenblatt"
VERSION = 1
MOST_LAYERS = 1000  # of a model in a file, so that no small file costs much time
MOST_METRICS = 100
DTYPES = ("float32", "float64")  # of the arrays: those that a model computes in

# What each call writes or reads, by the ends of the path, and what helps where it is another one.
WHOLE_MODELS = (SUFFIX, ".keras")
WEIGHTS = (SUFFIX, ".weights.h5")
READABLE = (SUFFIX, ".keras", ".h5", ".onnx")
READABLE_WEIGHTS = (SUFFIX, ".weights.h5", ".keras", ".h5")
CURES_SAVING = {
    ".onnx": "ONNX files are written by model.export.",
    ".weights.h5": "Weights alone are written by save_weights.",
    ".h5": "Keras 3 writes and reads 'model.keras' instead.",
    ".keras": "Whole models are written by save.",
}
CURES_LOADING = {".weights.h5": "Load it with load_weights into a model of the same layers."}

# What helps where a file could not be written; other reasons speak for themselves.
CURES = {
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some space: your quota is used up.",
    errno.EFBIG: "Files of this size are not allowed here.",
    errno.EACCES: "Choose a folder that you may write to.",
    errno.EPERM: "Choose a folder that you may write to.",
    errno.EROFS: "Choose a folder that can be written to.",
    errno.ENOENT: "Make the folder first.",
    errno.ENOTDIR: "Make the folder first.",
    errno.EISDIR: "Choose another name.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def write(path: str | Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays and metadata to a file.

    They go to a new file beside it that then takes its name: whatever happens, an older file of that name stays whole.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    import safetensors.numpy

    path = checked_path("save", path)
    contiguous = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    header = {"format": FORMAT, "version": str(VERSION), **metadata}
    content = safetensors.numpy.save(contiguous, metadata=header)
    write_content(path, content)


def write_content(path: Path, content: bytes) -> None:
    """Write a file of any format, completely or not at all.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise _told(
            error,
            f"save: expected to write {len(content)} bytes to {path}, got: {error.strerror}. An older file of that "
            f"name is as it was. {CURES.get(error.errno or 0, '')}".rstrip(),
        ) from error


def read(path: str | Path) -> tuple[dict[str, Array], dict[str, str]]:
    """Read arrays and metadata.

    Raises:
        FileNotFoundError: there is no such file.
        FileFormatError: it is damaged, or of another kind.
        OSError: it cannot be read.
    """
    import safetensors

    path = checked_path("load", path)
    check_is_file(path)
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            _check_origin(path, metadata)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
    except OSError as error:
        raise _told(error, f"load: expected to read {path}, got: {error}. Check that you may.") from error
    except FileFormatError:
        raise
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileFormatError(
            f"load: expected a safetensors file, got {path}, which is damaged or none ({error}). Fetch it again."
        ) from error
    for name, array in tensors.items():
        if array.dtype.name not in DTYPES:
            raise FileFormatError(
                f"load: expected floats in {path}, got {array.dtype} in {name}. Save the model again."
            )
    return tensors, metadata


def check_is_file(path: Path) -> None:
    """Raise unless there is a file of that name.

    Raises:
        FileNotFoundError: there is nothing.
        FileFormatError: it is a folder or a device.
    """
    if not path.exists():
        raise FileNotFoundError(f"load: expected a file, got {path}, which does not exist. Check the path.")
    if not path.is_file():
        raise FileFormatError(f"load: expected a file, got {path}, which is a folder or a device. Check the path.")


def _check_origin(path: Path, metadata: Mapping[str, str]) -> None:
    if metadata.get("format") != FORMAT:
        raise FileFormatError(
            f"load: expected a file written by rosenblatt, got {path}, which another program wrote. "
            "Its arrays can be read with safetensors.numpy.load_file."
        )
    if metadata.get("version") != str(VERSION):
        raise FileFormatError(
            f"load: expected format version {VERSION}, got {metadata.get('version')} in {path}. "
            "Update rosenblatt to read it."
        )


def check_count(who: str, what: str, found: Sized, at_most: int) -> None:
    """Raise where a model has more of something than a file may describe.

    Raises:
        FileFormatError: it has.
    """
    if len(found) > at_most:
        raise FileFormatError(
            f"{who}: expected at most {at_most} {what} in a model's file, got {len(found)}. "
            "Build the model in code, and keep its weights alone with save_weights."
        )


def checked_path(who: str, path: str | PathLike[str]) -> Path:
    """Return a path, whatever its suffix.

    Raises:
        ArgumentError: it is none, or has a zero byte in it.
    """
    try:
        checked = Path(path)
    except TypeError as error:
        raise ArgumentError(f"{who}: expected a path, got {path!r}. Name the file, such as 'model{SUFFIX}'.") from error
    if "\0" in str(checked):
        raise ArgumentError(f"{who}: expected a path, got {str(path)!r}, which has a zero byte in it.")
    return checked


def suffix_of(who: str, path: str | PathLike[str], known: Collection[str], cures: Mapping[str, str]) -> str:
    """Return which of the known suffixes a path ends in; what helps where it has another may be told.

    Raises:
        ArgumentError: it is no path.
        FileFormatError: none of them.
    """
    name = checked_path(who, path).name
    for suffix in known:
        if name.endswith(suffix) and name != suffix:
            return suffix
    cure = next((cure for suffix, cure in cures.items() if name.endswith(suffix)), f"Such as 'model{SUFFIX}'.")
    raise FileFormatError(f"{who}: expected a path ending in {' or '.join(known)}, got {str(path)!r}. {cure}")


def _told(error: OSError, message: str) -> OSError:
    """Return an error of the same kind and number that says more."""
    told = type(error)(message)
    told.errno = error.errno
    return told
