"""Someone in a hurry: settings are changed at random, while the run plays, faster than the page can follow."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.playground.conftest import Tool

Start = Callable[..., Tool]
CHANGES = 20
TOUCH = """number => {
    document.querySelector("button.play:not(.playing)")?.click();
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
    touched = []
    for _ in range(CHANGES):
        touched.append(page.page.evaluate(TOUCH, rng.randrange(10**6)))
        page.page.wait_for_timeout(rng.choice([0, 0, 5, 40]))
    assert len(set(touched)) > CHANGES / 2
    # It answers: with another seed it stands at a new start, and learns from there.
    page.page.locator(".tool.rewind").click()
    page.page.locator("#data .another").click()
    page.page.locator("#field-learning_rate").fill("0.0123")
    page.page.locator("#field-learning_rate").press("Enter")
    page.until("location.hash.includes('learning_rate=0.0123') && data.playing === 'false' && data.step === '0'")
    generation = page.setup["generation"]
    assert generation > 1
    page.until(f"+data.generation === {generation}")
    page.page.locator(".tool.batch").click()
    if page.setup["settings"]["output"]["activation"] == "step":  # which has no slope to learn by
        page.page.locator("#notices [role=alert]").get_by_text("expected an activation with a usable").wait_for()
    else:
        page.until("data.step === '1'")
    told = {error["key"]: error["arguments"] for error in page.told("error")}
    assert told.keys() <= {"refused"}, told
    assert told.get("refused", {"detail": "step: expected"})["detail"].startswith("step: expected")


def test_steppers_stop_at_their_ends_however_fast_they_are_clicked(tool: Start) -> None:
    page = tool("layers=3:tanh,3:tanh")
    page.page.evaluate("""() => {
        const click = (name, times) => {
            const button = document.querySelector(`button[aria-label="${name}"]`);
            for (let time = 0; time < times; time += 1) button.click();
        };
        click("Remove a neuron: Hidden 1", 6);
        click("Add a hidden layer", 12);
    }""")
    page.until("location.hash.includes('layers=1:tanh') && data.playing === 'false'")
    page.until("document.querySelector('button[aria-label=\"Add a hidden layer\"]').disabled")
    layers = page.setup["settings"]["layers"]
    assert [layer["units"] for layer in layers] == [1] + [3] * 9
    assert page.told("error") == []
    page.page.evaluate("""() => {
        const button = (name) => document.querySelector(`button[aria-label="${name}"]`);
        const gone = button("Remove a neuron: Hidden 10");
        button("Remove a hidden layer").click();
        gone.click();
    }""")
    page.until("!document.querySelector('button[aria-label=\"Add a hidden layer\"]').disabled")
    assert len(page.setup["settings"]["layers"]) == 9
    assert page.told("error") == []
