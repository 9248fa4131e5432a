"""Where the full data sets come from: folders on this machine first, then mirrors, by way of a cache.

load ── search ── _places           an explicit folder or ROSENBLATT_DATA, the cache, the system's package
  │                                 (idx files as they are found; damaged ones are an error)
  └──── download ── _fetch          several mirrors, checksum of the decompressed bytes, atomic write to the cache
"""

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from rosenblatt.atomic import write_whole
from rosenblatt.datasets.idx import damaged, decompress, read_bytes, read_idx
from rosenblatt.errors import DatasetNotFoundError
from rosenblatt.types import Array

TrainTest: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]

TIMEOUT = 15.0  # seconds without a byte after which a mirror is given up
TEST_LABELS = "t10k-labels-idx1-ubyte"


class Source(NamedTuple):
    """A data set of the MNIST family: its name, where it comes from, and how its files are told from wrong ones."""

    name: str  # also the name of its folder
    checksums: dict[str, str]  # SHA-256 of each file, decompressed; the small files first, so that failing is quick
    mirrors: tuple[str, ...]  # addresses of folders with the files, each compressed
    cures: tuple[str, ...]
    system_folder: str | None = None  # where a system's package puts it


SOURCES = {
    "fashion-mnist": Source(
        name="fashion-mnist",
        checksums={  # computed from the files of Debian's package dataset-fashion-mnist 0.0~git20200523.55506a9-1
            "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        },
        mirrors=(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        cures=(
            "set ROSENBLATT_DATA to a folder that holds fashion-mnist/ with the four idx files",
            "on Debian or Ubuntu: sudo apt install dataset-fashion-mnist",
            "without any files: rosenblatt.datasets.fashion_mnist.load_sample(), 6 000 + 1 000 of the pictures",
        ),
        system_folder="/usr/share/datasets/fashion-mnist",
    ),
    "mnist": Source(
        name="mnist",
        checksums={  # computed from the four files as LeCun, Cortes and Burges published them
            "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        },
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        cures=(
            "set ROSENBLATT_DATA to a folder that holds mnist/ with the four idx files",
            "without any files: rosenblatt.datasets.digits.load_data(), 1 797 smaller pictures of digits",
        ),
    ),
}


def load(source: Source, folder: str | os.PathLike[str] | None = None) -> TrainTest:
    """Return a data set from where it is found, downloading it if it is found nowhere.

    Args:
        source: What to look for.
        folder: The only place to look at, if given; nothing is downloaded then.

    Raises:
        DatasetNotFoundError: found nowhere and not to be downloaded; names every place tried.
        DataError: a file that was found is damaged.
    """
    found, failures = search(source, folder)
    if found is None and folder is None:
        found, more_failures = download(source)
        failures += more_failures
    if found is None:
        raise DatasetNotFoundError(
            f"{source.name}: expected the full data set in one of these places, got it from none:\n"
            + "".join(f"  - {failure}\n" for failure in failures)
            + "What helps:\n"
            + "\n".join(f"  - {cure}" for cure in source.cures)
        )
    return read_folder(found)


def search(source: Source, folder: str | os.PathLike[str] | None = None) -> tuple[Path | None, list[str]]:
    """Look for a data set on this machine: return its folder or None, and why each place before it would not do.

    Args:
        source: What to look for.
        folder: The only place to look at, if given.

    Example:
        >>> found, failures = search(SOURCES["mnist"], "nowhere")
        >>> found, failures[-1]
        (None, 'nowhere (the folder given): no such folder')
    """
    failures: list[str] = []
    for place, why in _places(source, folder):
        try:
            failure = _failure(source, place)
        except OSError as error:  # a folder that may not be read, for one
            failure = str(error)
        if failure is None:
            return place, failures
        failures.append(f"{place} ({why}): {failure}")
    if folder is None and not os.environ.get("ROSENBLATT_DATA"):
        failures.insert(0, "ROSENBLATT_DATA: not set")
    return None, failures


def read_folder(folder: Path) -> TrainTest:
    """Read the four idx files of a folder.

    Raises:
        DataError: a file is damaged, or the files do not belong together.
    """
    return _read_part(folder, "train"), _read_part(folder, "t10k")


def cache_folder() -> Path:
    """Return the folder where the library keeps what it downloads.

    ``ROSENBLATT_HOME`` names it; else it is ``rosenblatt`` where the system keeps caches: ``$XDG_CACHE_HOME`` or
    ``~/.cache``, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows.
    """
    if home := os.environ.get("ROSENBLATT_HOME"):
        return Path(home).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local", "rosenblatt", "Cache")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "rosenblatt"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "rosenblatt")


def download(source: Source) -> tuple[Path | None, list[str]]:
    """Bring the missing files of a data set into the cache: return its folder or None, and what failed on the way.

    A file enters the cache whole and with the right checksum or not at all, so several processes may do this at once.
    """
    folder = cache_folder() / "datasets" / source.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return None, [f"{folder} (the library's cache): cannot be made: {error}"]
    failures = []
    mirrors = list(source.mirrors)
    for name, checksum in source.checksums.items():
        if _file(folder, name):
            continue
        for _ in source.mirrors:
            url = f"{mirrors[0]}{name}.gz"
            try:
                data = _fetch(url)
            except OSError as error:
                failures.append(f"{url}: {error}")
            else:
                if hashlib.sha256(data).hexdigest() == checksum:
                    break
                failures.append(f"{url}: the checksum of what came is wrong")
            mirrors.append(mirrors.pop(0))  # what failed once is the last to be asked for the next file
        else:
            return None, failures
        try:
            _write(folder / name, data)
        except OSError as error:
            return None, [*failures, f"{folder} (the library's cache): cannot be written: {error}"]
    return folder, failures


def _places(source: Source, folder: str | os.PathLike[str] | None) -> Iterator[tuple[Path, str]]:
    """Yield the folders to look at, each with the reason why."""
    if folder is not None:
        yield Path(folder).expanduser() / source.name, "the folder given"
        yield Path(folder).expanduser(), "the folder given"
        return
    if data := os.environ.get("ROSENBLATT_DATA"):
        yield Path(data).expanduser() / source.name, "ROSENBLATT_DATA"
        yield Path(data).expanduser(), "ROSENBLATT_DATA"
    yield cache_folder() / "datasets" / source.name, "the library's cache"
    if source.system_folder:
        yield Path(source.system_folder), "the system's package"


def _failure(source: Source, folder: Path) -> str | None:
    """Say why a folder does not hold the data set; None if it does."""
    if not folder.is_dir():
        return "no such folder"
    if missing := [name for name in source.checksums if _file(folder, name) is None]:
        return f"without {', '.join(missing)}"
    # The files of the whole family bear the same names; one data set must never pass for another.
    checksum = hashlib.sha256(read_bytes(_existing(folder, TEST_LABELS))).hexdigest()
    other = next((other.name for other in SOURCES.values() if other.checksums[TEST_LABELS] == checksum), source.name)
    return None if other == source.name else f"holds {other}"


def _file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _existing(folder: Path, name: str) -> Path:
    return _file(folder, name) or folder / name


def _read_part(folder: Path, part: str) -> tuple[Array, Array]:
    """Read the pictures and labels of ``train`` or ``t10k``."""
    images_path = _existing(folder, f"{part}-images-idx3-ubyte")
    labels_path = _existing(folder, f"{part}-labels-idx1-ubyte")
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.shape[1:] != (28, 28):
        raise damaged(images_path, "pictures of 28 x 28 pixels", f"an array of shape {images.shape}")
    if labels.shape != images.shape[:1]:
        raise damaged(labels_path, f"a label for each of the {len(images)} pictures", f"shape {labels.shape}")
    if labels.size and labels.max() > 9:
        raise damaged(labels_path, "labels from 0 to 9", str(labels.max()))
    return images, labels


def _fetch(url: str) -> bytes:
    """Download a file and decompress it; whatever goes wrong is an OSError."""
    # Imported here, for the many runs that download nothing.
    import http.client
    import urllib.request

    from rich.console import Console
    from rich.progress import wrap_file

    request = urllib.request.Request(url, headers={"User-Agent": "rosenblatt"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            size = int(response.headers.get("Content-Length") or 0)
            name, console = url.rpartition("/")[2], Console(stderr=True)
            with wrap_file(response, total=size, description=f"Downloading {name}", console=console) as body:
                data = b"".join(iter(lambda: body.read(1 << 16), b""))
        if size and len(data) != size:
            raise EOFError(f"the connection ended after {len(data)} of {size} bytes")
        return decompress(data)
    except (EOFError, zlib.error, http.client.HTTPException) as error:
        raise OSError(str(error) or type(error).__name__) from error


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, where another process may be writing the same one."""
    try:
        write_whole(path, data)
    except PermissionError:  # Windows, while another process reads the same file, which it put there
        if not path.is_file():
            raise
