"""The server of the page: files, one WebSocket a page, and what keeps strangers out.

It listens on this machine alone. Other programs on it, and pages of other sites in the same browser, can reach the
port all the same; so each request must name our own host, a WebSocket must come from our own page, and its first
message must hold the secret that only the address on the command line has.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from rosenblatt.playground.commands import LARGEST_TABLE, parse
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.worker import MakeRun, Worker

HOST = "127.0.0.1"
NAMES = (HOST, "localhost", "[::1]")  # under which a browser may call us
WEB = (Path(__file__).parent / "web").resolve()
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
# Notebooks that show the page in a frame: on this machine, and in Visual Studio Code.
NOTEBOOKS = "http://localhost:* http://127.0.0.1:* https://localhost:* vscode-webview: https://*.vscode-cdn.net"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors 'self' {NOTEBOOKS}"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
MOST_SESSIONS = 8
MOST_OFFERS = 64  # runs that a page may ask for: each holds a model and its rows
HELLO_WITHIN = 5.0  # seconds
POLL = 0.002  # seconds between two looks at a thread that is waited for
MOST_BYTES = 4 * LARGEST_TABLE  # of a message; a letter may take four
CLOSED_FOR_TOKEN, CLOSED_FOR_NUMBER = 4401, 4429  # why a connection was ended, for the page to word

Scope = MutableMapping[str, Any]


class Playground:
    """A server and the runs that it offers, each under a secret of its own.

    Args:
        port: the one wanted; 0 for any. Where it is taken, another is chosen.
    """

    def __init__(self, port: int = 0) -> None:
        self.socket = _listen(port)
        self.port: int = self.socket.getsockname()[1]
        self._offers: dict[str, MakeRun] = {}
        self.workers: list[Worker] = []
        self._sessions = 0
        self._server = uvicorn.Server(self._config())

    def offer(self, make_run: MakeRun) -> str:
        """Return the secret under which a page gets such runs; of very many offers the oldest are withdrawn."""
        token = secrets.token_urlsafe(24)
        self._offers[token] = make_run
        for oldest in list(self._offers)[:-MOST_OFFERS]:
            del self._offers[oldest]
        return token

    def address(self, token: str, settings: str = "", language: str | None = None) -> str:
        """Return what to open in a browser."""
        query = f"?lang={language}" if language else ""
        return f"http://{HOST}:{self.port}/{query}#token={token}{'&' if settings else ''}{settings}"

    def serve(self) -> None:
        """Serve until `stop` or Ctrl-C; a Ctrl-C is passed on when all is closed."""
        try:
            self._server.run([self.socket])
        finally:
            self.close()

    def stop(self) -> None:
        """End `serve`, from any thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """End all threads and free the port."""
        for worker in self.workers:
            worker.stop()
        for worker in self.workers:
            worker.join()
        self.socket.close()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._guarded(self._application()),
            http="h11",
            loop="asyncio",
            ws="websockets-sansio",
            ws_max_size=MOST_BYTES,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )

    def _application(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/socket", self._converse),
                Route("/{path:path}", _file, methods=["GET"]),
            ]
        )

    # --- Who may come in --------------------------------------------------------------------------

    def _guarded(self, application: Any) -> Any:
        """Wrap an application: foreign hosts and pages are refused, and each answer gets our headers."""
        extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

        async def guarded(scope: Scope, receive: Any, send: Any) -> None:
            async def send_with_headers(message: MutableMapping[str, Any]) -> None:
                if message["type"] in ("http.response.start", "websocket.http.response.start"):
                    message["headers"] = [*message.get("headers", []), *extra]
                await send(message)

            wanted = application if self._is_welcome(scope) else _refuse
            await wanted(scope, receive, send_with_headers)

        return guarded

    def _is_welcome(self, scope: Scope) -> bool:
        """Tell whether a request names us, and a WebSocket comes from our page.

        A site whose name was made to point to this machine (DNS rebinding) gives itself away by its Host.
        """
        headers = [(name, value.decode("latin-1").lower()) for name, value in scope.get("headers", ())]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        ours = [f"{name}:{self.port}" for name in NAMES]
        if len(hosts) != 1 or hosts[0] not in ours:
            return False
        return scope["type"] != "websocket" or origins in [[f"http://{host}"] for host in ours]

    # --- One page ---------------------------------------------------------------------------------

    async def _converse(self, page: WebSocket) -> None:
        """Talk with one page until it goes."""
        await page.accept()
        if self._sessions >= MOST_SESSIONS:
            await page.close(CLOSED_FOR_NUMBER, "too many pages are open")
            return
        self._sessions += 1
        try:
            await self._serve_page(page)
        except WebSocketDisconnect:
            pass
        finally:
            self._sessions -= 1

    async def _serve_page(self, page: WebSocket) -> None:
        hello = await _hello(page)
        make_run = self._offered(hello.get("token"))
        address = hello.get("address", "")
        if make_run is None or not isinstance(address, str):
            await page.close(CLOSED_FOR_TOKEN, "wrong token")
            return
        loop, something = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the page
                loop.call_soon_threadsafe(something.set)

        worker = Worker(make_run, address, ring)
        self.workers.append(worker)
        worker.start()
        sender = asyncio.create_task(_send(page, worker, something))
        try:
            await _receive(page, worker, sender)
        finally:
            worker.stop()
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, OSError):
                await sender
            while worker.is_alive():  # a page more may come only when this one's thread is gone
                await asyncio.sleep(POLL)
            self.workers.remove(worker)

    def _offered(self, token: object) -> MakeRun | None:
        """Return what is offered under a secret; comparing takes as long for wrong ones as for right ones."""
        given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        found = [run for known, run in self._offers.items() if secrets.compare_digest(known.encode(), given)]
        return found[0] if found else None


async def _hello(page: WebSocket) -> dict[str, Any]:
    """Return a page's first message, or an empty one where it does not come in time or is none."""
    try:
        text = await asyncio.wait_for(page.receive_text(), HELLO_WITHIN)
        hello = parse(text)
    except (TimeoutError, KeyError, SettingsError):
        return {}
    return hello if hello.get("do") == "hello" else {}


async def _receive(page: WebSocket, worker: Worker, sender: asyncio.Task[None]) -> None:
    """Pass a page's commands on to its worker, no faster than it carries them out."""
    while True:
        message = await page.receive()
        if message["type"] == "websocket.disconnect":
            return
        worker.receive(message.get("text") or "")  # bytes are no command: they are answered as malformed
        # While nothing is read a page that leaves is not noticed here, but sending to it fails.
        while worker.is_behind and worker.is_alive() and not sender.done():
            await asyncio.sleep(POLL)
        if sender.done() or not worker.is_alive():  # the page has left, or the run could not even begin
            return


async def _send(page: WebSocket, worker: Worker, something: asyncio.Event) -> None:
    """Send what a worker has for its page, no faster than the page reads."""
    while True:
        await something.wait()
        something.clear()
        while (message := worker.take()) is not None:
            await (page.send_text(message) if isinstance(message, str) else page.send_bytes(message))


async def _file(request: Request) -> Response:
    """Answer with a file of the page."""
    try:
        path = (WEB / (request.path_params["path"] or "index.html")).resolve(strict=True)
        if path.is_relative_to(WEB) and path.suffix in TYPES:
            return Response(path.read_bytes(), media_type=TYPES[path.suffix])
    except (OSError, ValueError):
        pass  # there is no such file, or no file can have such a name
    return PlainTextResponse("Not found", 404)


async def _refuse(scope: Scope, receive: Any, send: Any) -> None:
    """Turn a stranger away; a WebSocket gets no further than its first request."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    else:
        await PlainTextResponse("Forbidden", 403)(scope, receive, send)


def _listen(port: int) -> socket.socket:
    """Return a socket that listens on the port, or on a free one where it is taken."""
    for wanted in (port, 0):
        # With the protocol named, asyncio sends small messages at once; else they would wait for up to 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":  # a port is free again at once; on Windows this would share one that is taken
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, wanted))
            listening.listen(128)
            return listening
        except OSError:
            listening.close()
            if wanted == 0:
                raise
    raise AssertionError("unreachable")
