"""A real Chromium on a real server, and a page with the words of its users."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from benchmarks import browser as real

from rosenblatt.playground.frames import Header, Kind, decode
from rosenblatt.types import Array

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TIMEOUT = 60_000  # milliseconds; the tests assert order, counts and values, never times
SILENCE = 250  # milliseconds after which a server that says nothing has nothing more to say


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    pytest.importorskip("playwright.sync_api", reason="needs the extra 'test' (playwright)")
    pytest.importorskip("uvicorn", reason="needs the extra 'playground' (starlette, uvicorn and websockets)")
    if real.find() is None:
        pytest.skip("needs a browser: the Debian package chromium")
    with real.browsing() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a playground that `rosenblatt playground` serves."""
    with real.serving() as (printed, _):
        yield printed


class Row(NamedTuple):
    """A row of figures, as the server sends it."""

    epoch: int
    step: int
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    gradients: list[float]
    dead: list[float]
    saturated: list[float]


class Frame(NamedTuple):
    """A picture of the run, as the server sends it."""

    header: Header
    sections: dict[tuple[Kind, int], Array]

    @property
    def weights(self) -> Array:
        return self.sections[Kind.WEIGHTS, 0][0]

    def of(self, kind: Kind, layer: int = 0) -> Array:
        return self.sections[kind, layer]


@dataclass
class Tool:
    """A page of the playground, as its users know it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)  # that the server has sent as text
    frames: list[Frame] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what the page asks for, complains about, and is told."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.messages.append(json.loads(message))
        else:
            header, sections = decode(message)
            self.frames.append(Frame(header, {(each.kind, each.layer): each.values for each in sections}))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """All messages of one type."""
        return [message for message in self.messages if message["type"] == kind]

    @property
    def setup(self) -> dict[str, Any]:
        """The newest settings, problem and network."""
        return self.told("setup")[-1]

    @property
    def rows(self) -> list[Row]:
        """All figures measured so far, as exactly as the server has sent them."""
        return [Row(*row) for message in self.told("metrics") for row in message["rows"]]

    @property
    def data(self) -> dict[str, str]:
        """What the page says of the picture it has painted."""
        found: dict[str, str] = self.page.evaluate("({...document.documentElement.dataset})")
        return found

    @property
    def epoch(self) -> int:
        return int(self.data["epoch"])

    @property
    def playing(self) -> bool:
        return self.data["playing"] == "true"

    def until(self, condition: str) -> None:
        """Wait for an expression of JavaScript in which ``data`` is what the page says of its last picture."""
        real.until(self.page, condition, TIMEOUT)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait for something that the server tells."""
        for _ in range(TIMEOUT // 20):
            if condition():
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("the server has not told what was waited for")

    def rest(self) -> None:
        """Wait until the server has nothing more to say and its last picture is painted."""
        heard = -1
        while heard != len(self.messages) + len(self.frames):
            heard = len(self.messages) + len(self.frames)
            self.page.wait_for_timeout(SILENCE)
        sequence, generation = self.frames[-1].header.sequence, self.setup["generation"]
        self.until(f"+data.sequence >= {sequence} && +data.generation === {generation}")
        self.painted()

    def painted(self) -> None:
        """Wait until the page has painted what it knows, and what followed from that."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def press(self, key: str) -> None:
        self.page.locator("body").press(key)

    def play(self, until: str) -> None:
        """Train until a condition holds, and pause."""
        self.press("Space")
        self.until("data.playing === 'true'")
        self.until(until)
        self.press("Space")
        self.until("data.playing === 'false'")

    def step(self, key: str) -> None:
        """Press a key that trains or goes back, and wait for the picture after it."""
        before = self.data["step"]
        self.press(key)
        self.until(f"data.step !== {before!r}")


@pytest.fixture
def tool(browser: Browser, address: str) -> Iterator[Callable[..., Tool]]:
    """Open the playground: ``tool("data=xor&layers=4:tanh")``. In the end nothing may have been complained about."""
    contexts: list[BrowserContext] = []
    tools: list[Tool] = []

    def start(
        settings: str = "", *, at: str = address, query: str = "", width: int = 1280, height: int = 900, **options: Any
    ) -> Tool:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        opened = Tool(page)
        opened.listen()
        tools.append(opened)
        place, _, fragment = at.partition("#")
        page.goto(f"{place.split('?')[0]}{query}#{fragment}" + (f"&{settings}" if settings else ""))
        opened.until("data.sequence > 0")
        return opened

    yield start
    for context in contexts:
        context.close()
    for opened in tools:
        own = urlsplit(opened.page.url).netloc
        foreign = [url for url in opened.requests if urlsplit(url).netloc != own and not re.match(r"(data|blob):", url)]
        assert foreign == []
        assert opened.complaints == []
