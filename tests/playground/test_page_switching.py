"""Someone in a hurry: settings are changed at random, while the run plays, faster than the page can follow."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.playground.conftest import Tool

Start = Callable[..., Tool]
CHANGES = 20
# What may be told: that the run has diverged, a last feature cannot go, or nothing can be taken back.
LEGITIMATE = {"no_feature"}
TOUCH = """number => {
    // Every control that changes data, network or training, one after the other; those of today.
    const places = "#data .set, #data .another, #model select, #model input, #data .fields input, "
        + ".layer-controls button, .layer-controls input, .layer-controls select, #speed, "
        + ".tool.batch, .tool.epoch, .tool.back, .tool.rewind, #output input, #chart input, .language, .theme";
    const controls = [...document.querySelectorAll(places)].filter((each) => each.checkVisibility() && !each.disabled
        && each.type !== "file" && each.tagName !== "LABEL");
    const control = controls[number % controls.length];
    const tell = (name) => control.dispatchEvent(new Event(name, { bubbles: true }));
    if (control.tagName === "SELECT") {
        control.selectedIndex = number % control.options.length;
        tell("change");
    } else if (control.type === "range") {
        const steps = (control.max - control.min) / control.step;
        control.value = +control.min + control.step * (number % (steps + 1));
        tell("input");
    } else if (control.type === "number") {
        control.value = number % 2 ? 0.5 : 1 + (number % 30);
        tell("change");
    } else control.click();
    return control.outerHTML.slice(0, 80);
}"""


@pytest.mark.parametrize("seed", range(4))
def test_a_hurry_leaves_the_page_alive(tool: Start, seed: int) -> None:
    page = tool()
    rng = random.Random(seed)
    play = page.page.locator("button.play:not(.playing):enabled")
    touched = []
    for _ in range(CHANGES):
        if play.count():
            play.evaluate("button => button.click()")
        touched.append(page.page.evaluate(TOUCH, rng.randrange(10**6)))
        page.page.wait_for_timeout(rng.choice([0, 0, 5, 40]))
    assert len(set(touched)) > CHANGES / 2
    # It answers: paused and rewound it stands at the start of the newest settings, and learns from there.
    rewind = page.page.locator(".tool.rewind")
    rewind.click()
    page.until("data.playing === 'false' && data.step === '0'")
    page.page.wait_for_timeout(200)
    generation = page.setup["generation"]
    page.until(f"+data.generation === {generation}")
    assert generation > 1
    page.page.locator(".tool.batch").click()
    page.until("data.step === '1'")
    assert page.frames[-1].header.generation == page.setup["generation"]
    assert {error["key"] for error in page.told("error")} <= LEGITIMATE
