"""A real Chromium on a real playground, for the tests and for the measurements."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# The page's own policy forbids scripts from text, so what is waited for is written into the function.
WAIT = """timeout => new Promise((resolve, reject) => {
    const data = document.documentElement.dataset, end = performance.now() + timeout;
    const look = () => {
        if (CONDITION) resolve();
        else if (performance.now() > end) reject(new Error(`CONDITION does not come true: ${JSON.stringify(data)}`));
        else setTimeout(look, 10);
    };
    look();
})"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium of this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """Start Chromium without a window."""
    from playwright.sync_api import sync_playwright

    # Without a graphics processor, and where the machine's sandbox is not to be had, such as in a container.
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=options)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run ``rosenblatt playground`` and give the address that it prints, and the process."""
    command = [sys.executable, "-m", "rosenblatt", "playground", "--no-browser", *arguments]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip(), server
    finally:
        server.send_signal(signal.SIGTERM)
        with server:
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def until(page: Page, condition: str, timeout: float = 20_000) -> None:
    """Wait for an expression of JavaScript in which ``data`` is what the page says of the last picture it painted."""
    page.evaluate(WAIT.replace("CONDITION", condition), timeout)
