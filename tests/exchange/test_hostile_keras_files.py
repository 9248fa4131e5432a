"""Keras's files that are damaged, cut short or meant badly: an error of ours, within little time and memory."""

from __future__ import annotations

import io
import json
import random
import stat
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, layers, load_model, optimizers
from rosenblatt.errors import FileFormatError
from rosenblatt.exchange import archives
from rosenblatt.layers import Dense

h5py = pytest.importorskip("h5py", reason="needs the extra 'keras-files'")

SECONDS, MEGABYTES = 5.0, 40  # the most that a bad file may cost
TRIES = 80  # of each kind of damage


def members() -> dict[str, bytes]:
    """Return what a good file consists of."""
    normalization = layers.Normalization(mean=[1.0] * 4, variance=[2.0] * 4)
    stack = [normalization, Dense(5, "relu", kernel_regularizer="l2"), layers.BatchNormalization(), Dense(3, "softmax")]
    model = Sequential([layers.Input((4,)), *stack], seed=1)
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.ones((4, 4)), np.arange(4) % 3, verbose=0)
    path = Path("model.keras")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("good"))
        yield members()


@pytest.fixture(scope="module")
def legacy(good: dict[str, bytes]) -> bytes:
    """Return an .h5 file of Keras 2, its texts in attributes."""
    config = json.loads(good["config.json"])
    content = io.BytesIO()
    with h5py.File(io.BytesIO(good["model.weights.h5"])) as given, h5py.File(content, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config["config"]})
        group = file.create_group("model_weights")
        names = ["dense", "batch_normalization", "dense_1"]
        group.attrs["layer_names"] = names
        for name in names:
            arrays = given[f"layers/{name}/vars"]
            group.create_group(name).attrs["weight_names"] = [f"{name}/{number}:0" for number in range(len(arrays))]
            for number in range(len(arrays)):
                group.create_dataset(f"{name}/{name}/{number}:0", data=arrays[str(number)][()])
    return content.getvalue()


def load_within_bounds(path: Path, content: bytes) -> None:
    """Load a file: it succeeds, or ends in our error, and costs little in both cases."""
    path.write_bytes(content)
    began = time.perf_counter()
    tracemalloc.start()
    try:
        load_model(path)
        message = ""
    except FileFormatError as error:
        message = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(message) < 2000
    assert time.perf_counter() - began < SECONDS
    assert peak < MEGABYTES * 2**20


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Change a few bytes, most often at places that mean something; sometimes cut the end off."""
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8])):
        place = rng.randrange(len(changed))
        changed[place] = rng.choice([0, 255, rng.randrange(256), changed[place] ^ (1 << rng.randrange(8))])
    return bytes(changed[: rng.randrange(len(changed))] if rng.random() < 0.1 else changed)


ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    2**70,
    "",
    "dense",
    "../x",
    [],
    [[]],
    {},
    {"class_name": "Dense"},
]
ODD += [[None, 2**40], "x" * 5000, 10**9, -0.5, [0] * 1000]


def odd(config: Any, rng: random.Random) -> bytes:
    """Put something odd in the place of one value of a description, however deep."""
    changed = json.loads(json.dumps(config))
    spot: Any = changed
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = rng.choice(keys)
        if not isinstance(spot[key], dict | list) or not spot[key] or rng.random() < 0.1:
            spot[key] = rng.choice(ODD)
            return json.dumps(changed).encode()
        spot = spot[key]


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5", "rosenblatt.json"])
def test_damaged_members(good: dict[str, bytes], member: str, tmp_path: Path) -> None:
    rng = random.Random(0)
    for _ in range(TRIES):
        load_within_bounds(tmp_path / "a.keras", archives.pack(good | {member: damaged(good[member], rng)}))


@pytest.mark.parametrize("member", ["config.json", "rosenblatt.json"])
def test_odd_descriptions(good: dict[str, bytes], member: str, tmp_path: Path) -> None:
    rng = random.Random(1)
    config = json.loads(good[member])
    for _ in range(TRIES):
        load_within_bounds(tmp_path / "a.keras", archives.pack(good | {member: odd(config, rng)}))


def test_damaged_archives(good: dict[str, bytes], tmp_path: Path) -> None:
    rng, content = random.Random(2), archives.pack(good)
    for _ in range(TRIES):
        load_within_bounds(tmp_path / "a.keras", damaged(content, rng))
    directory = content.index(b"PK\x01\x02")  # where the list of members begins
    for _ in range(TRIES):
        load_within_bounds(tmp_path / "a.keras", content[:directory] + damaged(content[directory:], rng))


def test_damaged_legacy_files(legacy: bytes, tmp_path: Path) -> None:
    path, rng = tmp_path / "a.h5", random.Random(3)
    path.write_bytes(legacy)
    assert load_model(path).count_params() == 4 * 5 + 5 + 4 * 5 + 5 * 3 + 3 + 8
    for _ in range(TRIES):
        load_within_bounds(path, damaged(legacy, rng))


def test_files_cut_short_anywhere(good: dict[str, bytes], legacy: bytes, tmp_path: Path) -> None:
    for name, content in (("a.keras", archives.pack(good)), ("a.h5", legacy)):
        for end in range(0, len(content) - 1, len(content) // 50):
            path = tmp_path / name
            path.write_bytes(content[:end])
            with pytest.raises(FileFormatError, match=r"^load_model: expected "):
                load_model(path)


# --- Archives that nobody means well with ---------------------------------------------------------------------------


def zipped(write: Callable[[zipfile.ZipFile], object]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        write(archive)
    return content.getvalue()


def a_bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("config.json", b" " * 2**26, zipfile.ZIP_DEFLATED)


def a_link(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("config.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, "/etc/passwd")


def twice(archive: zipfile.ZipFile) -> None:
    archive.writestr("config.json", "{}")
    with pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")


def too_many(archive: zipfile.ZipFile) -> None:
    for number in range(6000):
        archive.writestr(f"{number}", b"")


ARCHIVES: dict[str, tuple[bytes, str]] = {
    "a bomb": (zipped(a_bomb), r"got one in which 'config.json' unpacks to 67108864 bytes from"),
    "a link": (zipped(a_link), r"got one in which 'config.json' is a link"),
    "a member twice": (zipped(twice), r"got one with 'config.json' in it twice"),
    "too many members": (zipped(too_many), r"got one with too many members, or larger than 4 GB"),
    "a path upwards": (zipped(lambda a: a.writestr("../../x", b"")), r"with '../../x' in it, which leads elsewhere"),
    "a path from the root": (
        zipped(lambda a: a.writestr("/etc/x", b"")),
        r"with '/etc/x' in it, which leads elsewhere",
    ),
    "a path of Windows": (zipped(lambda a: a.writestr("C:\\x", b"")), r"which leads elsewhere"),
    "another packing": (
        zipped(lambda a: a.writestr("config.json", b"{}", zipfile.ZIP_LZMA)),
        r"'config.json' is packed in a way that Keras does not use",
    ),
    "nothing in it": (zipped(lambda a: None), r"got one without config.json"),
    "much JSON": (
        zipped(lambda a: a.writestr("config.json", b" " * 2**23)),
        r"config.json has 8388608 bytes, more than the 4194304 that it can need",
    ),
    "nothing at all": (b"", r"got another kind of file, or one cut short"),
    "a text": (b"hello" * 1000, r"got another kind of file, or one cut short"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_that_are_refused(name: str, tmp_path: Path) -> None:
    content, message = ARCHIVES[name]
    path = tmp_path / "a.keras"
    load_within_bounds(path, content)
    with pytest.raises(FileFormatError, match=rf"^load_model: expected a zip file as Keras writes it, .*{message}"):
        load_model(path)


def test_an_encrypted_member_is_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    content = bytearray(archives.pack(good))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.keras").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"got one in which 'metadata.json' is encrypted"):
        load_model(tmp_path / "a.keras")


def test_a_size_that_is_a_lie(good: dict[str, bytes], tmp_path: Path) -> None:
    """The directory claims 4 GB for the weights, packed and unpacked."""
    content = bytearray(archives.pack(good))
    entry = content.index(b"model.weights.h5", content.index(b"PK\x01\x02")) - 46
    content[entry + 20 : entry + 28] = struct.pack("<II", 2**32 - 2, 2**32 - 2)
    load_within_bounds(tmp_path / "a.keras", bytes(content))
    with pytest.raises(FileFormatError, match=r"unpacks to 4294967294 bytes from|more than the \d+ that it can need"):
        load_model(tmp_path / "a.keras")


def test_deep_json(good: dict[str, bytes], tmp_path: Path) -> None:
    for text in (b"[" * 10**6, b'{"a":' * 10**5 + b"1" + b"}" * 10**5, b"9" * 10**6):
        content = archives.pack(good | {"config.json": text})
        load_within_bounds(tmp_path / "a.keras", content)
        with pytest.raises(FileFormatError, match=r"^load_model: expected a model in .*got one that makes no sense"):
            load_model(tmp_path / "a.keras")


HUGE = {
    "wide layers": ("units", 10**9),
    "wide rows": ("batch_shape", [None, 10**12]),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_small_file_cannot_ask_for_a_large_model(good: dict[str, bytes], name: str, tmp_path: Path) -> None:
    key, value = HUGE[name]
    config = json.loads(good["config.json"])
    for layer in config["config"]["layers"]:
        if key in layer["config"]:
            layer["config"][key] = value
    content = archives.pack(good | {"config.json": json.dumps(config).encode()})
    load_within_bounds(tmp_path / "a.keras", content)
    with pytest.raises(FileFormatError, match=r"^load(_model)?: expected "):
        load_model(tmp_path / "a.keras")


def test_figures_given_for_all_columns_cannot_ask_for_a_large_model(good: dict[str, bytes], tmp_path: Path) -> None:
    model = Sequential([layers.Input((4,)), layers.Normalization(mean=0.0, variance=1.0)], seed=1)
    model.save(tmp_path / "a.keras")
    text = (tmp_path / "a.keras").read_bytes()
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    config = found["config.json"].replace(b"[null, 4]", b"[null, 4000000000]")
    load_within_bounds(tmp_path / "a.keras", archives.pack(found | {"config.json": config}))
    with pytest.raises(FileFormatError, match=r"expected at most 4194304 columns"):
        load_model(tmp_path / "a.keras")


def test_one_array_under_many_names_is_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    content = io.BytesIO()
    with h5py.File(content, "w", libver=("earliest", "v108")) as file:
        file["layers/dense/vars/0"] = np.ones((300, 300), "f4")
        file["layers/dense/vars/1"] = np.ones(300, "f4")
        for number in range(1, 50):
            file[f"layers/dense_{number}"] = file["layers/dense"]  # a hard link
    config = json.loads(good["config.json"])
    first = {"class_name": "InputLayer", "config": {"name": "input", "batch_shape": [None, 300]}}
    stack = [{"class_name": "Dense", "config": {"name": f"d{n}", "units": 300}} for n in range(50)]
    config["config"]["layers"] = [first, *stack]
    members = good | {"config.json": json.dumps(config).encode(), "model.weights.h5": content.getvalue()}
    load_within_bounds(tmp_path / "a.keras", archives.pack(members))
    with pytest.raises(FileFormatError, match=r"got arrays that share their bytes with others"):
        load_model(tmp_path / "a.keras")


def test_weights_that_pack_too_well_are_refused(good: dict[str, bytes], tmp_path: Path) -> None:
    content = zipped(lambda a: a.writestr("model.weights.h5", bytes(2**25), zipfile.ZIP_DEFLATED))
    (tmp_path / "a.keras").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"'model.weights.h5' unpacks to 33554432 bytes from"):
        load_model(tmp_path / "a.keras")


def test_a_description_of_too_many_layers_is_told_at_once(good: dict[str, bytes], tmp_path: Path) -> None:
    config = json.loads(good["config.json"])
    config["config"]["layers"] = [{"class_name": "ReLU", "config": {"name": f"{n}"}} for n in range(20_000)]
    (tmp_path / "a.keras").write_bytes(archives.pack(good | {"config.json": json.dumps(config).encode()}))
    began = time.perf_counter()
    with pytest.raises(FileFormatError, match=r"^load_model: expected at most 1000 layers"):
        load_model(tmp_path / "a.keras")
    assert time.perf_counter() - began < 1
