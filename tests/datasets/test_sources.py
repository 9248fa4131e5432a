"""Full data sets: found where they are, downloaded whole or not at all, and never one for another."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.datasets import fashion_mnist, mnist, sources
from rosenblatt.datasets.idx import decode_idx, encode_idx, read_idx
from rosenblatt.datasets.sources import Source, cache_folder, load
from rosenblatt.errors import DataError, DatasetNotFoundError
from rosenblatt.utils import train_test_split

RNG = np.random.default_rng(0)
ARRAYS = {
    "t10k-labels-idx1-ubyte": RNG.integers(0, 10, 5, np.uint8),
    "train-labels-idx1-ubyte": RNG.integers(0, 10, 20, np.uint8),
    "t10k-images-idx3-ubyte": RNG.integers(0, 256, (5, 28, 28), np.uint8),
    "train-images-idx3-ubyte": RNG.integers(0, 256, (20, 28, 28), np.uint8),
}
FILES = {name: encode_idx(array) for name, array in ARRAYS.items()}
CHECKSUMS = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}


class Server:
    """A web server on this machine: the paths that it knows, and the requests that it got."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.claimed_length: dict[str, int] = {}
        self.requests: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests.append(self.path)
                if self.path not in server.answers:
                    self.send_error(404)
                    return
                body = server.answers[self.path]
                self.send_response(200)
                self.send_header("Content-Length", str(server.claimed_length.get(self.path, len(body))))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def mirror(self, name: str = "good") -> str:
        """Serve all files under a name; return the address."""
        self.answers |= {f"/{name}/{file}.gz": gzip.compress(data) for file, data in FILES.items()}
        return f"{self.address}{name}/"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own; no folder named by the environment, no proxy in between."""
    monkeypatch.setenv("ROSENBLATT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ROSENBLATT_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "home"


def toy(*mirrors: str, system_folder: str | None = None) -> Source:
    return Source("toy", CHECKSUMS, mirrors, ("cure one", "cure two"), system_folder)


def write_files(folder: Path, compressed: bool = False, **changed: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        data = changed.get(name.split("-idx")[0].replace("-", "_"), data)
        (folder / (f"{name}.gz" if compressed else name)).write_bytes(gzip.compress(data) if compressed else data)
    return folder


def check(loaded: sources.TrainTest) -> None:
    (x_train, y_train), (x_test, y_test) = loaded
    np.testing.assert_array_equal(x_train, ARRAYS["train-images-idx3-ubyte"])
    np.testing.assert_array_equal(y_train, ARRAYS["train-labels-idx1-ubyte"])
    np.testing.assert_array_equal(x_test, ARRAYS["t10k-images-idx3-ubyte"])
    np.testing.assert_array_equal(y_test, ARRAYS["t10k-labels-idx1-ubyte"])


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# --- the search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("below", ["toy", "."])
def test_a_folder_given_holds_the_set_by_name_or_the_files_themselves(
    tmp_path: Path, below: str, compressed: bool
) -> None:
    write_files(tmp_path / "data" / below, compressed)
    check(load(toy(), tmp_path / "data"))
    check(load(toy(), str(tmp_path / "data")))


def test_places_are_searched_in_order(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = toy(system_folder=str(tmp_path / "system"))
    monkeypatch.setenv("ROSENBLATT_DATA", str(tmp_path / "data"))
    order = [tmp_path / "system", home / "datasets" / "toy", tmp_path / "data", tmp_path / "data" / "toy"]
    for folder in order:  # the last place first: each new one comes before those that are there
        write_files(folder)
        assert sources.search(source)[0] == folder
    write_files(tmp_path / "given" / "toy")
    assert sources.search(source, tmp_path / "given")[0] == tmp_path / "given" / "toy"


def test_a_folder_given_is_the_only_place_and_nothing_is_downloaded(tmp_path: Path, server: Server, home: Path) -> None:
    write_files(home / "datasets" / "toy")
    with pytest.raises(DatasetNotFoundError, match="the folder given") as caught:
        load(toy(server.mirror()), tmp_path / "nowhere")
    assert "cache" not in str(caught.value)
    assert server.requests == []


def test_a_home_is_written_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_files(tmp_path / "data")
    check(load(toy(), "~/data"))


def test_one_data_set_never_passes_for_another(
    full_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "download", lambda source: (None, ["no network"]))
    monkeypatch.setenv("ROSENBLATT_DATA", str(full_data / "mnist"))
    fashion = sources.SOURCES["fashion-mnist"]._replace(system_folder=None)
    with pytest.raises(DatasetNotFoundError, match=r"mnist \(ROSENBLATT_DATA\): holds mnist"):
        load(fashion)
    assert sources.search(sources.SOURCES["mnist"])[0] == full_data / "mnist"


@pytest.mark.skipif(sys.platform != "linux", reason="the conventions of Linux")
def test_the_cache_is_where_linux_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROSENBLATT_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == tmp_path / ".cache" / "rosenblatt"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "rosenblatt"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder() == tmp_path / "Library" / "Caches" / "rosenblatt"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "rosenblatt" / "Cache"


# --- damaged files ----------------------------------------------------------------------------------------------------

IMAGES, LABELS = FILES["train-images-idx3-ubyte"], FILES["train-labels-idx1-ubyte"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"train_images": IMAGES[:-1]},
            r"train-images-idx3-ubyte: expected 15696 bytes for .*\(20, 28, 28\), got 15695",
        ),
        ({"train_images": IMAGES + b"x"}, "expected 15696 bytes .* got 15697"),
        ({"train_images": b"\x00\x00\x0d\x03" + IMAGES[4:]}, "idx file of unsigned bytes.* got 00 00 0d 03"),
        ({"train_images": b"<html>"}, "idx file of unsigned bytes.* got 3c 68 74 6d"),
        ({"train_images": b""}, "idx file of unsigned bytes.* got nothing"),
        ({"train_images": IMAGES[:9]}, "expected .* bytes for an array"),
        (
            {"train_images": encode_idx(np.zeros((20, 27, 28), np.uint8))},
            "28 x 28 pixels, got an array of shape .20, 27",
        ),
        ({"train_labels": encode_idx(np.zeros(19, np.uint8))}, "a label for each of the 20 pictures, got shape .19,"),
        ({"train_labels": encode_idx(np.full(20, 10, np.uint8))}, "expected labels from 0 to 9, got 10"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, changed: dict[str, bytes], message: str) -> None:
    write_files(tmp_path, **changed)
    with pytest.raises(DataError, match=f"{message}.*The file is damaged: delete it and get it anew"):
        load(toy(), tmp_path)


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:20] + b"\xff" * 30 + data[50:]])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_gzip_file_is_named(tmp_path: Path, name: str, damage: Any) -> None:
    path = write_files(tmp_path, compressed=True) / f"{name}.gz"
    path.write_bytes(damage(gzip.compress(FILES[name] * 3)))
    with pytest.raises(DataError, match=f"{name}.gz: expected intact gzip data.*The file is damaged"):
        load(toy(), tmp_path)


def test_a_folder_that_lacks_a_file_is_passed_over_and_the_file_named(tmp_path: Path, server: Server) -> None:
    (write_files(tmp_path / "data") / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DatasetNotFoundError, match="without train-labels-idx1-ubyte"):
        load(toy(), tmp_path / "data")


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 0, 4), (1, 2, 3, 4)])
def test_an_array_comes_back_from_idx_and_may_be_written_to(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    back = decode_idx(encode_idx(array), Path("name"))
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


# --- the download -----------------------------------------------------------------------------------------------------


def test_a_download_fills_the_cache_which_then_serves_without_the_network(
    server: Server, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = toy(server.mirror())
    check(load(source))
    assert left_in(home) == sorted(FILES)
    assert len(server.requests) == 4
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "Downloading" in captured.err
    check(load(source))
    assert len(server.requests) == 4
    assert capfd.readouterr().err == ""


def test_a_mirror_may_serve_files_that_were_decompressed_on_the_way(server: Server) -> None:
    server.answers = {f"/raw/{name}.gz": data for name, data in FILES.items()}
    check(load(toy(f"{server.address}raw/")))


def test_a_wrong_checksum_sends_on_to_the_next_mirror(server: Server, home: Path) -> None:
    good = server.mirror("good")
    wrong = server.mirror("wrong")
    server.answers["/wrong/train-labels-idx1-ubyte.gz"] = gzip.compress(encode_idx(np.zeros(20, np.uint8)))
    check(load(toy(wrong, good)))
    assert left_in(home) == sorted(FILES)
    assert [path for path in server.requests if "train-labels" in path] == [
        "/wrong/train-labels-idx1-ubyte.gz",
        "/good/train-labels-idx1-ubyte.gz",
    ]
    assert "/wrong/train-images-idx3-ubyte.gz" not in server.requests  # what failed once is asked last


def test_a_wrong_checksum_everywhere_leaves_nothing_in_the_cache(server: Server, home: Path) -> None:
    wrong = server.mirror("wrong")
    server.answers = {path: gzip.compress(b"something else") for path in server.answers}
    with pytest.raises(DatasetNotFoundError, match=r"wrong/t10k-labels.*gz: the checksum of what came is wrong"):
        load(toy(wrong))
    assert left_in(home) == []


def test_a_transfer_cut_short_is_not_kept(server: Server, home: Path) -> None:
    short = server.mirror("short")
    path = "/short/train-images-idx3-ubyte.gz"
    server.claimed_length[path] = len(server.answers[path])
    server.answers[path] = server.answers[path][:1000]
    with pytest.raises(DatasetNotFoundError, match=r"short/train-images.*the connection ended after 1000 of \d+ bytes"):
        load(toy(short))
    assert left_in(home) == sorted(FILES.keys() - {"train-images-idx3-ubyte"})
    before = len(server.requests)
    check(load(toy(server.mirror("good"))))  # only what is missing is fetched
    assert server.requests[before:] == ["/good/train-images-idx3-ubyte.gz"]


def test_gzip_data_that_end_early_are_not_kept(server: Server, home: Path) -> None:
    bad = server.mirror("bad")
    server.answers = {path: body[:-4] for path, body in server.answers.items()}
    with pytest.raises(DatasetNotFoundError, match=r"bad/t10k-labels-idx1-ubyte.gz: "):
        load(toy(bad))
    assert left_in(home) == []
    check(load(toy(bad, server.mirror("good"))))


def test_when_nothing_helps_one_error_lists_every_place_and_the_cures(server: Server, tmp_path: Path) -> None:
    missing, dead = f"{server.address}missing/", "http://127.0.0.1:9/"
    with pytest.raises(DatasetNotFoundError, match="toy: expected the full data set") as caught:
        load(toy(missing, dead, system_folder=str(tmp_path / "system")))
    lines = str(caught.value).splitlines()
    assert lines[0] == "toy: expected the full data set in one of these places, got it from none:"
    assert lines[1:4] == [
        "  - ROSENBLATT_DATA: not set",
        f"  - {tmp_path / 'home' / 'datasets' / 'toy'} (the library's cache): no such folder",
        f"  - {tmp_path / 'system'} (the system's package): no such folder",
    ]
    assert lines[4] == f"  - {missing}t10k-labels-idx1-ubyte.gz: HTTP Error 404: Not Found"
    assert lines[5].startswith(f"  - {dead}t10k-labels-idx1-ubyte.gz: ")
    assert "refused" in lines[5].lower()
    assert lines[6:] == ["What helps:", "  - cure one", "  - cure two"]


def test_a_cache_that_cannot_be_made_is_told(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ROSENBLATT_HOME", str(tmp_path / "file"))
    with pytest.raises(DatasetNotFoundError, match=r"\(the library's cache\): cannot be made"):
        load(toy(server.mirror()))
    assert server.requests == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_up_leaves_no_half_file(server: Server, home: Path) -> None:
    script = (
        "import resource, signal, sys; from rosenblatt.datasets.sources import *;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        f"load(Source('toy', {CHECKSUMS!r}, ({server.mirror()!r},), ()))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "cannot be written: [Errno 27] File too large" in ended.stderr
    assert left_in(home) == ["t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte"]


def test_several_processes_may_download_at_once(server: Server, home: Path) -> None:
    script = (
        "from rosenblatt.datasets.sources import *;"
        f"(x, y), _ = load(Source('toy', {CHECKSUMS!r}, ({server.mirror()!r},), ())); print(x.sum(), y.sum())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    expected = f"{ARRAYS['train-images-idx3-ubyte'].sum()} {ARRAYS['train-labels-idx1-ubyte'].sum()}\n"
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert out == expected, err
    assert left_in(home) == sorted(FILES)


# --- the real ones ----------------------------------------------------------------------------------------------------


def test_the_facts_that_the_lectures_print(full_data: Path) -> None:
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data(full_data)
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert y_train[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert np.bincount(y_train).tolist() == [6000] * 10
    train, validation = train_test_split(y_train, stratify=y_train, test_size=0.2, random_state=42)
    assert (len(train), len(validation)) == (48000, 12000)
    assert train[0] == 6


@pytest.mark.parametrize("name", sources.SOURCES)
def test_the_checksums_are_those_of_the_full_sets(full_data: Path, name: str) -> None:
    for file, checksum in sources.SOURCES[name].checksums.items():
        path = sources._existing(full_data / name, file)
        assert hashlib.sha256(encode_idx(read_idx(path))).hexdigest() == checksum


def test_mnist_is_mnist(full_data: Path) -> None:
    (_, y_train), (x_test, _) = mnist.load_data(full_data)
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert x_test.shape == (10000, 28, 28)
