"""`model.playground()` in a notebook: its frame on a page of this machine, and on one of a stranger."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from benchmarks import browser as real
from tests.playground.conftest import TIMEOUT, Tool

from rosenblatt.layers import Dense, Input
from rosenblatt.models import Sequential
from rosenblatt.playground import notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

X = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
Y = (X[:, 0] > X[:, 1]).astype(int)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Sequential:
    """A model in a notebook on the machine before which its user sits."""
    for name in (*notebook.REACHED_BY_FORWARDING, "JUPYTERHUB_SERVICE_PREFIX", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    model = Sequential([Input((2,)), Dense(3, activation="tanh"), Dense(1, activation="sigmoid")], seed=1)
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    return model


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def notebooks(tmp_path: Path) -> Iterator[str]:
    """The address of a server that shows notebooks, as Jupyter's: localhost, and a port of its own."""
    handler = functools.partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1100, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        yield page


def cell(output: notebook.Page) -> str:
    """A notebook with one cell's output."""
    head = '<!doctype html><title>Notebook</title><link rel="icon" href="data:,">'
    return f"{head}<h1>In [1]</h1>{output._repr_html_()}"


def inside(page: Page) -> Frame:
    """The page in the frame, once it has painted."""
    frame = page.frames[1]
    real.until(frame, "data.sequence > 0", TIMEOUT)  # type: ignore[arg-type]
    return frame


def test_the_page_lives_in_a_frame_below_the_cell(
    model: Sequential, notebooks: str, page: Page, tmp_path: Path
) -> None:
    tool = Tool(page)
    tool.listen()
    (tmp_path / "notebook.html").write_text(cell(model.playground((X, Y), height=640)), encoding="utf-8")
    page.goto(notebooks + "notebook.html")
    frame = inside(page)
    assert page.locator("iframe").bounding_box()["height"] == 640  # type: ignore[index]
    assert tool.setup["opened"] is True
    np.testing.assert_array_equal(tool.frames[-1].weights, model.state.params)
    before = model.state.params.copy()
    frame.get_by_role("button", name="Play", exact=True).click()
    real.until(frame, "+data.epoch >= 3 && data.playing === 'true'", TIMEOUT)  # type: ignore[arg-type]
    frame.get_by_role("button", name="Pause", exact=True).click()
    real.until(frame, "data.playing === 'false'", TIMEOUT)  # type: ignore[arg-type]
    assert (tool.frames[-1].weights != before).any()
    np.testing.assert_array_equal(model.state.params, before)
    assert tool.complaints == []


def test_two_cells_have_each_its_own_model(model: Sequential, notebooks: str, page: Page, tmp_path: Path) -> None:
    tool = Tool(page)
    tool.listen()
    other = Sequential([Input((2,)), Dense(1)], seed=1)
    html = cell(model.playground()) + cell(other.playground())
    (tmp_path / "notebook.html").write_text(html, encoding="utf-8")
    page.goto(notebooks + "notebook.html")
    for place, frame in zip(page.locator("iframe").all(), page.frames[1:], strict=True):
        place.scroll_into_view_if_needed()  # what is out of sight is not painted
        real.until(frame, "data.sequence > 0", TIMEOUT)  # type: ignore[arg-type]
    units = [[layer["units"] for layer in setup["network"]["layers"]] for setup in tool.told("setup")]
    assert sorted(units) == [[1], [3, 1]]
    assert tool.complaints == []


def test_the_page_is_opened_in_a_tab_of_its_own(model: Sequential, notebooks: str, page: Page, tmp_path: Path) -> None:
    (tmp_path / "notebook.html").write_text(cell(model.playground((X, Y))), encoding="utf-8")
    page.goto(notebooks + "notebook.html")
    inside(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the playground in a tab of its own").click()
    real.until(opened.value, "data.sequence > 0", TIMEOUT)


def test_a_stranger_cannot_frame_the_page(model: Sequential, notebooks: str, page: Page, tmp_path: Path) -> None:
    tool = Tool(page)
    tool.listen()
    (tmp_path / "notebook.html").write_text(cell(model.playground()), encoding="utf-8")
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(notebooks.replace("localhost", "stranger.localhost") + "notebook.html")
    assert "sequence" not in page.frames[1].evaluate("({...document.documentElement.dataset})")
    assert tool.messages == []
