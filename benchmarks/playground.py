"""Measure the playground in a real browser: start, pictures a second, answers, and what ten minutes leave behind.

python -m benchmarks.playground                 some two minutes
python -m benchmarks.playground --soak 10       and ten minutes of training, with the server's memory watched
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.browser import browsing, find, serving, until
from benchmarks.report import Target, print_heading, print_table, print_targets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ALL_FEATURES = "x1,x2,x1^2,x2^2,x1*x2,sin(pi*x1),sin(pi*x2)"
# What is trained, and how many pictures a second are wanted.
NETWORKS = {
    "default, 4,2": ("", 60),
    "8x6, seven features": (f"features={ALL_FEATURES}&layers={','.join(['8:tanh'] * 6)}", 30),
    "32x4": (f"layers={','.join(['32:tanh'] * 4)}", 20),
}
FIRST_PAINT, PAUSE, GROWTH = 2.0, 0.2, 10.0  # seconds, seconds, MB in ten minutes

# Runs in the page: when the next pictures came, and from which epochs.
WATCH = """seconds => new Promise(resolve => {
    const data = document.documentElement.dataset, stamps = [], start = performance.now();
    let last = data.sequence;
    const look = () => {
        if (data.sequence !== last) { last = data.sequence; stamps.push([performance.now(), +data.epoch, +data.age]); }
        if (performance.now() - start < 1000 * seconds) requestAnimationFrame(look); else resolve(stamps);
    };
    requestAnimationFrame(look);
})"""


def with_address(address: str, settings: str) -> str:
    return f"{address}&{settings}" if settings else address


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    until(page, "data.sequence > 0")
    return page


def play(page: Page) -> None:
    page.locator("body").press("Space")
    until(page, "data.playing === 'true'")


def first_paint(browser: Browser, repeats: int) -> list[Target]:
    print_heading("From the command to the first picture")
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        with serving() as (address, _):
            printed = time.perf_counter() - start
            opened(browser, address).close()
            seconds.append(time.perf_counter() - start)
            print(f"  address printed after {printed:.2f} s, picture after {seconds[-1]:.2f} s")
    return [Target("first picture", statistics.median(seconds), FIRST_PAINT, " s", at_most=True)]


def pictures(browser: Browser, address: str, seconds: float) -> list[Target]:
    print_heading("Pictures a second while training goes on")
    rows, targets = [], []
    for name, (settings, wanted) in NETWORKS.items():
        page = opened(browser, with_address(address, settings))
        play(page)
        page.wait_for_timeout(1000)
        stamps = page.evaluate(WATCH, seconds)
        rate = (len(stamps) - 1) * 1000 / (stamps[-1][0] - stamps[0][0])
        epochs = (stamps[-1][1] - stamps[0][1]) * 1000 / (stamps[-1][0] - stamps[0][0])
        age = statistics.median(stamp[2] for stamp in stamps)
        gap = max(b[0] - a[0] for a, b in itertools.pairwise(stamps))
        rows.append([name, f"{rate:.1f}", f"{epochs:.0f}", f"{age:.0f} ms", f"{gap:.0f} ms"])
        targets.append(Target(f"pictures a second, {name}", rate, wanted))
        page.close()
    print_table(["network", "pictures/s", "epochs/s", "median age", "longest gap"], rows)
    return targets


def answers(browser: Browser, address: str, repeats: int) -> list[Target]:
    print_heading("From the pause key to standing still")
    page = opened(browser, with_address(address, NETWORKS["32x4"][0]))
    seconds = []
    for _ in range(repeats):
        play(page)
        page.wait_for_timeout(500)
        seconds.append(
            page.evaluate("""() => new Promise(resolve => {
                const start = performance.now(), data = document.documentElement.dataset;
                document.body.dispatchEvent(new KeyboardEvent("keydown", {key: " ", code: "Space", bubbles: true}));
                const look = () => data.playing === "false"
                    ? resolve((performance.now() - start) / 1000) : requestAnimationFrame(look);
                look();
            })""")
        )
    page.close()
    print(f"  median {1000 * statistics.median(seconds):.0f} ms, slowest {1000 * max(seconds):.0f} ms")
    return [Target("pause answers", max(seconds), PAUSE, " s", at_most=True)]


def soak(browser: Browser, minutes: float) -> list[Target]:
    print_heading(f"{minutes:g} minutes of training: the server's memory")
    with serving() as (address, server):
        page = opened(browser, address)
        play(page)
        page.wait_for_timeout(min(60_000, minutes * 10_000))  # buffers fill first
        start = resident(server.pid)
        for _ in range(10):
            page.wait_for_timeout(minutes * 6_000)
            print(f"  epoch {page.evaluate('document.documentElement.dataset.epoch')}: {resident(server.pid):.1f} MB")
        end = resident(server.pid)
        page.close()
    return [Target(f"growth in {minutes:g} minutes", end - start, GROWTH, " MB", at_most=True)]


def resident(pid: int) -> float:
    """Return the memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.playground", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="short, to see that everything runs")
    parser.add_argument("--soak", type=float, metavar="MINUTES", default=0, help="train so long and watch the memory")
    options = parser.parse_args(arguments)
    if find() is None:
        parser.error("needs a Chromium: on Debian, apt install chromium")
    with browsing() as browser:
        targets = first_paint(browser, 1 if options.quick else 5)
        with serving() as (address, _):
            targets += pictures(browser, address, 1 if options.quick else 8)
            targets += answers(browser, address, 2 if options.quick else 10)
        if options.soak:
            targets += soak(browser, options.soak)
    print_heading("Targets")
    print_targets(targets)


if __name__ == "__main__":
    main()
