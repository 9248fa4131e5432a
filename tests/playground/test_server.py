"""The server: who may come in, what it does with whatever it is sent, and what a real page gets over a real network."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import string
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

pytest.importorskip("uvicorn", reason="needs the extra 'playground' (starlette, uvicorn and websockets)")
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from rosenblatt import playground as package
from rosenblatt.playground import server as module
from rosenblatt.playground import worker as worker_module
from rosenblatt.playground.commands import LARGEST_MESSAGE
from rosenblatt.playground.frames import decode
from rosenblatt.playground.server import Playground

Message = dict[str, Any]


@pytest.fixture
def server() -> Iterator[Playground]:
    server = Playground()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def token(server: Playground) -> str:
    return server.offer(package.maker())


class Page:
    """A page at the other end of a real WebSocket."""

    def __init__(self, server: Playground, **wishes: Any) -> None:
        host = f"127.0.0.1:{server.port}"
        wishes = {"origin": f"http://{host}", "compression": None, "max_size": None, "legacy": True, **wishes}
        self.socket: ClientConnection = connect(f"ws://{host}/socket", **wishes)

    def send(self, do: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"do": do, **fields}))

    def next(self) -> Message:
        got = self.socket.recv(timeout=10)
        return json.loads(got) if isinstance(got, str) else {"type": "frame", "header": decode(got)[0]}

    def until(self, type: str, **fields: Any) -> Message:
        while True:
            message = self.next()
            if message["type"] == type and fields.items() <= message.items():
                return message

    def close_code(self) -> int:
        """Return why the server ends the connection."""
        with pytest.raises(ConnectionClosed) as closed:
            self.until("the end")
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


@pytest.fixture
def opened(server: Playground) -> Iterator[Callable[..., Page]]:
    """Open a WebSocket to the server; all are closed at the end."""
    pages: list[Page] = []

    def open_page(token: str | None = None, address: str = "count=40&layers=3:tanh", **wishes: Any) -> Page:
        pages.append(Page(server, **wishes))
        if token is not None:
            pages[-1].send("hello", token=token, address=address)
        return pages[-1]

    yield open_page
    for page in pages:
        page.socket.close()


def get(server: Playground, path: str, host: str | None = None, method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(connection):
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{server.port}"})
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        return response


# --- Files ---------------------------------------------------------------------------------------


def test_the_page_is_served_with_its_types_and_nothing_is_kept(server: Playground) -> None:
    for path, kind in {"/": "text/html", "/index.html": "text/html", "/main.js": "text/javascript"}.items():
        response = get(server, path)
        assert (response.status, response.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
        assert response.headers["Cache-Control"] == "no-store"
    assert get(server, "/?lang=ko").body == (module.WEB / "index.html").read_bytes()  # type: ignore[attr-defined]


def test_nothing_outside_the_page_may_be_loaded_or_run(server: Playground) -> None:
    for path in ("/", "/nothing"):
        headers = get(server, path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy.pop("frame-ancestors").startswith("'self' http://localhost:* http://127.0.0.1:* ")
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data: blob:",
            "connect-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.js",
        "/../server.py",
        "/%2e%2e/server.py",
        "/..%2fserver.py",
        "//etc/passwd",
        "/views",
        "/%00",
        "/socket",
    ],
)
def test_other_files_are_not_served(server: Playground, path: str) -> None:
    assert get(server, path).status == 404


def test_only_get_is_answered(server: Playground) -> None:
    assert get(server, "/", method="POST").status == 405


# --- Who may come in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil"]
)
def test_a_wrong_host_is_refused(server: Playground, host: str) -> None:
    assert get(server, "/", host.format(port=server.port)).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_our_own_names_are_welcome(server: Playground, name: str) -> None:
    assert get(server, "/", f"{name}:{server.port}").status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "null", None]
)
def test_a_foreign_origin_is_refused(opened: Callable[..., Page], server: Playground, origin: str | None) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        opened(origin=origin and origin.format(port=server.port))


def test_a_websocket_under_a_foreign_host_is_refused(server: Playground) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(
            f"GET /socket HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://127.0.0.1:{server.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert raw.recv(1000).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    "hello",
    [
        {"do": "hello", "token": "guessed", "address": ""},
        {"do": "hello", "token": "", "address": ""},
        {"do": "hello", "token": "\ud800", "address": ""},
        {"do": "hello", "token": 7},
        {"do": "hello"},
        {"do": "play"},
        [],
    ],
)
def test_without_the_secret_nothing_is_told(
    opened: Callable[..., Page], server: Playground, token: str, hello: Any
) -> None:
    page = opened()
    page.socket.send(json.dumps(hello))
    with pytest.raises(ConnectionClosed) as closed:
        page.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == module.CLOSED_FOR_TOKEN
    assert not server.workers


def test_another_command_with_the_right_secret_is_no_hello(opened: Callable[..., Page], token: str) -> None:
    page = opened()
    page.send("play", token=token, address="")
    assert page.close_code() == module.CLOSED_FOR_TOKEN


def test_who_says_nothing_is_sent_away(
    opened: Callable[..., Page], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HELLO_WITHIN", 0.05)
    assert opened().close_code() == module.CLOSED_FOR_TOKEN


def test_each_secret_opens_its_own_run(opened: Callable[..., Page], server: Playground, token: str) -> None:
    other = server.offer(package.maker(table=("t.csv", "a,b,c\n1,2,x\n2,3,y\n3,1,x\n4,5,y\n", None)))
    assert opened(token).until("setup")["settings"]["data"] == "circle"
    assert opened(other, "").until("setup")["settings"]["data"] == "table"


def test_a_ninth_page_is_one_too_many(opened: Callable[..., Page], token: str) -> None:
    pages = [opened(token) for _ in range(8)]
    for page in pages:
        page.until("setup")
    assert opened().close_code() == module.CLOSED_FOR_NUMBER
    pages[0].socket.close()
    time.sleep(0.1)
    opened(token).until("setup")


# --- A session -----------------------------------------------------------------------------------


def test_a_page_gets_setup_rows_and_frames(opened: Callable[..., Page], token: str) -> None:
    page = opened(token)
    assert page.until("setup")["settings"]["count"] == 40
    page.send("epoch")
    assert page.until("metrics")["rows"][0][0] == 0
    assert page.until("metrics")["rows"][0][0] == 1
    assert page.until("frame")["header"].generation == 1


def test_a_page_that_reads_nothing_for_a_while_finds_at_most_two_frames_and_every_row(
    opened: Callable[..., Page], token: str
) -> None:
    page = opened(token)
    page.until("frame")
    page.send("ack", sequence=1)
    for _ in range(200):
        page.send("epoch")
    time.sleep(0.5)
    page.send("probe", x=[0, 0])
    kinds: list[str] = []
    epochs: list[int] = []
    while "probe" not in kinds:
        message = page.next()
        kinds.append(message["type"])
        epochs += [row[0] for row in message.get("rows", [])]
    assert 1 <= kinds.count("frame") <= 2
    assert epochs == list(range(1, 201))


def test_the_thread_of_a_page_ends_with_it(opened: Callable[..., Page], server: Playground, token: str) -> None:
    page = opened(token)
    page.until("frame")
    page.send("play")
    page.until("metrics")
    [worker] = server.workers
    page.socket.close()
    worker.join()
    assert not worker.is_alive()


def test_a_page_that_leaves_without_having_read_leaves_nothing_behind(
    opened: Callable[..., Page], server: Playground, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "MOST_UNREAD_SIZE", 100_000)
    page = opened(token, "", max_queue=1)  # it leaves what comes unread, and so at last does the network
    page.until("frame")
    [worker] = server.workers

    def is_stuck() -> bool:
        return all(worker.is_behind and time.sleep(0.01) is None for _ in range(30))

    end = time.monotonic() + 60
    while not is_stuck():  # until the network holds no more
        assert time.monotonic() < end
        for _ in range(20):
            page.send("code")
    page.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    page.socket.socket.close()  # as a browser that was killed
    end = time.monotonic() + 60
    while server._sessions and time.monotonic() < end:
        time.sleep(0.01)
    assert (server._sessions, server.workers, worker.is_alive()) == (0, [], False)


def test_after_the_server_is_back_the_address_gives_the_same_start(opened: Callable[..., Page], token: str) -> None:
    page = opened(token, "count=40&layers=3:tanh&seed=7")
    page.send("set", changes={"noise": 0.3, "layers": [{"units": 2, "activation": "relu"}]})
    page.send("weights", edits=[[0, 0.25], [3, -0.7]])
    setup = page.until("setup", generation=3)
    rows = page.until("metrics")["rows"]
    page.send("epoch")
    learnt = page.until("metrics")["rows"]
    again = opened(token, setup["address"])  # what a page says when it has lost its server
    assert again.until("setup") == {**setup, "generation": 1}
    assert again.until("metrics")["rows"] == rows
    again.send("epoch")
    assert again.until("metrics")["rows"] == learnt


def test_many_pages_come_and_go_and_each_gets_its_frame(
    opened: Callable[..., Page], server: Playground, token: str
) -> None:
    def visit(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(15):
            page = Page(server)
            stays = rng.random()
            if stays > 0.1:  # else it leaves without a word
                page.send("hello", token=token, address=rng.choice(["count=40", "data=XOR&layers=2:sigmoid"]))
            if stays > 0.3:  # else it leaves before anything was said to it
                page.until("frame")
                page.send("play")
                page.until("metrics")
                seen.append(seed)
            page.socket.close()
            expected.append(seed) if stays > 0.3 else None

    seen: list[int] = []
    expected: list[int] = []
    visitors = [threading.Thread(target=visit, args=(seed,)) for seed in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(60)
    assert seen
    assert sorted(seen) == sorted(expected)
    end = time.monotonic() + 10
    while server.workers and time.monotonic() < end:
        time.sleep(0.01)
    assert (server.workers, server._sessions) == ([], 0)


def test_a_hello_too_long_to_be_one_is_not_read(opened: Callable[..., Page], token: str) -> None:
    page = opened()
    page.send("hello", token=token, address="", padding="x" * LARGEST_MESSAGE)
    assert page.close_code() == module.CLOSED_FOR_TOKEN


def test_what_is_too_large_ends_the_connection_and_the_server_lives_on(opened: Callable[..., Page], token: str) -> None:
    page = opened(token)
    page.until("frame")
    with contextlib.suppress(ConnectionClosed):  # it ends in the midst of sending, or after it
        page.socket.send("x" * (module.MOST_BYTES + 1))
    with pytest.raises(ConnectionClosed, match=r"1009|no close frame"):
        page.until("the end")
    opened(token).until("frame")


def test_bytes_are_no_command(opened: Callable[..., Page], token: str) -> None:
    page = opened(token)
    page.until("frame")
    page.socket.send(b'{"do": "play"}')
    assert page.until("error")["key"] == "malformed"


def random_message(rng: random.Random) -> str | bytes:
    """Return something that no page sends, but that may look as if."""
    letters = string.printable + "가\x00\ud7ff🙂"
    noise = "".join(rng.choices(letters, k=rng.randrange(40)))
    names = ["set", "weights", "look", "probe", "sample", "code", "table", "rows", "ack", "speed", "hello", noise]
    values = [None, True, -1, 10**30, 0.5, noise, [], {}, [[0, noise]], [[-1, 1]], {noise: 1}, {"noise": noise}]
    fields = ["changes", "edits", "hidden", "x", "row", "target", "name", "text", "start", "sequence", "value"]
    command = {"do": rng.choice(names), **{name: rng.choice(values) for name in rng.sample(fields, 3)}}
    text = json.dumps(command)
    kind = rng.randrange(4)
    return (noise, noise.encode("utf-8", "replace"), text[: rng.randrange(len(text))], text)[kind]


def test_ten_thousand_random_messages_change_nothing(
    opened: Callable[..., Page], server: Playground, token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    page = opened(token)
    page.until("frame")
    [worker] = server.workers
    settings, params = worker.run.settings, worker.run.model.state.params.copy()
    answers: list[Message] = []

    def read() -> None:
        while not answers or answers[-1]["type"] != "probe":
            answers.append(page.next())

    reader = threading.Thread(target=read)
    reader.start()
    rng = random.Random(1)
    for _ in range(10_000):
        page.socket.send(random_message(rng))
    page.send("probe", x=[0, 0])
    reader.join(60)
    assert not reader.is_alive()
    assert sum(answer["type"] == "error" for answer in answers) > 9_000
    assert worker.run.step == 0
    assert worker.run.settings == settings
    np.testing.assert_array_equal(worker.run.model.state.params, params)
    assert "Traceback" not in capfd.readouterr().err
    assert opened(token).until("frame")


def test_of_very_many_offers_the_newest_are_kept(
    server: Playground, opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OFFERS", 2)
    tokens = [server.offer(package.maker()) for _ in range(3)]
    assert opened(tokens[0]).close_code() == module.CLOSED_FOR_TOKEN
    for token in tokens[1:]:
        opened(token).until("setup")


# --- Ports ---------------------------------------------------------------------------------------


def test_a_taken_port_falls_to_a_free_one(server: Playground) -> None:
    other = Playground(server.port)
    assert other.port != server.port
    other.close()


def test_the_address_holds_language_secret_and_settings(server: Playground) -> None:
    address = server.address("secret", "data=xor&noise=0.2", "ko")
    assert address == f"http://127.0.0.1:{server.port}/?lang=ko#token=secret&data=xor&noise=0.2"
    assert server.address("secret") == f"http://127.0.0.1:{server.port}/#token=secret"
