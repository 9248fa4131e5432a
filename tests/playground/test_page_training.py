"""Training on the page, in a real browser: it learns, stops, goes back, and can be repeated to the last bit."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.playground.conftest import Tool

from rosenblatt.playground.frames import Kind

Start = Callable[..., Tool]


def epochs(tool: Tool, count: int) -> list[float]:
    """Train some epochs, one by one, and return the losses of each."""
    seen = len(tool.rows)
    for _ in range(count):
        before = tool.epoch
        tool.press("e")
        tool.until(f"+data.epoch === {before + 1}")
    return [loss for row in tool.rows[seen:] for loss in (row.train_loss, row.test_loss)]


def test_the_first_picture_is_there_before_anything_is_touched(tool: Start) -> None:
    page = tool()
    assert page.epoch == 0
    assert not page.playing
    assert page.frames[0].of(Kind.OUTCOME).shape == (1, 96 * 96)


def test_the_default_task_is_learnt_within_a_hundred_epochs(tool: Start) -> None:
    page = tool()
    page.play("+data.epoch >= 100")
    reached = [row.epoch for row in page.rows if row.test_accuracy is not None and row.test_accuracy >= 0.95]
    assert min(reached) <= 100


def test_pause_is_answered_before_anything_else_is_trained(tool: Start) -> None:
    page = tool("layers=32:tanh,32:tanh,32:tanh,32:tanh")
    page.play("+data.epoch >= 3")
    stopped = page.told("status")[-1]
    page.page.wait_for_timeout(300)
    assert stopped["playing"] is False
    assert page.told("status")[-1] == stopped
    assert page.frames[-1].header.step == stopped["step"]


def test_rewinding_repeats_the_same_losses(tool: Start) -> None:
    page = tool("data=spiral&layers=8:tanh,8:relu&optimizer=adam")
    first = epochs(page, 5)
    page.press("r")
    page.until("+data.epoch === 0")
    assert len(first) == 10
    assert epochs(page, 5) == first


def test_the_same_address_gives_the_same_losses(tool: Start) -> None:
    page = tool("data=moons&noise=0.2&layers=6:elu&learning_rate=0.1&l2=0.001&seed=7")
    first = epochs(page, 3)
    fragment = page.page.evaluate("location.hash")
    settings = re.sub(r"^#|token=[^&]*&?", "", fragment)
    assert "moons" in settings
    assert epochs(tool(settings), 3) == first


def test_going_back_and_forward_again_gives_the_same_loss(tool: Start) -> None:
    page = tool("optimizer=momentum")
    losses = epochs(page, 4)
    for epoch in (3, 2):
        page.press("z")
        page.until(f"+data.epoch === {epoch}")
    assert epochs(page, 2) == losses[4:]


def test_one_batch_is_one_update(tool: Start) -> None:
    page = tool()
    page.press("b")
    page.until("+data.step === 1")
    assert page.epoch == 0
    page.press("z")
    page.until("+data.step === 0")


def test_a_change_of_the_learning_rate_leaves_the_weights(tool: Start) -> None:
    page = tool()
    epochs(page, 2)
    generation, weights = page.data["generation"], page.frames[-1].weights
    field = page.page.get_by_role("spinbutton", name="Learning rate")
    field.fill("0.1")
    field.press("Enter")
    page.until("location.hash.includes('learning_rate=0.1')")
    assert page.data["generation"] == generation
    assert page.epoch == 2
    assert (page.frames[-1].weights == weights).all()


def test_another_layer_is_a_new_start(tool: Start) -> None:
    page = tool()
    epochs(page, 2)
    page.page.get_by_role("button", name="Add a hidden layer").click()
    page.until("data.generation === '2'")
    assert page.epoch == 0
    assert len(page.setup["network"]["layers"]) == 4


def test_a_run_that_diverges_stops_says_why_and_goes_on_with_half_the_rate(tool: Start) -> None:
    page = tool("data=bump&layers=8:linear,8:linear&learning_rate=3")
    page.press("Space")
    offer = page.page.get_by_role("button", name="Halve the learning rate and go on")
    offer.wait_for()
    page.until("data.playing === 'false'")
    told = page.told("diverged")[-1]
    assert told["suggestion"] == told["learning_rate"] / 2 == 1.5
    assert all(abs(weight) < 1e30 for weight in page.frames[-1].weights)
    offer.click()
    page.until("location.hash.includes('learning_rate=1.5')")


def test_a_page_that_is_blocked_gets_few_frames_and_then_a_new_one(tool: Start) -> None:
    page = tool()
    page.press("Space")
    page.until("+data.epoch > 20")
    start, end = page.page.evaluate(
        "() => { const start = Date.now(); while (Date.now() < start + 6000); return [start, Date.now()]; }"
    )
    newest = page.frames[-1].header.sequence
    page.until(f"+data.sequence > {newest + 1} && +data.age < 300")
    assert sum(start < frame.header.time < end for frame in page.frames) <= 3
    page.press("Space")
    page.until("data.playing === 'false'")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_keys_rest_while_a_field_is_typed_in(tool: Start, key: str) -> None:
    page = tool()
    field = page.page.get_by_role("spinbutton", name="Learning rate")
    field.focus()
    for each in ("e", "b", key):
        field.press(each)
    page.page.wait_for_timeout(200)
    assert page.data["step"] == "0"
    assert not page.playing


def test_a_run_is_kept_to_compare_with_until_it_is_forgotten(tool: Start) -> None:
    page = tool()
    epochs(page, 3)
    chart = page.page.locator("#chart")
    keep = chart.get_by_role("button", name="Keep this run")
    keep.click()
    field = page.page.get_by_role("spinbutton", name="Learning rate")
    field.fill("0.3")
    field.press("Enter")
    page.until("location.hash.includes('learning_rate=0.3')")
    page.page.get_by_role("button", name="Rewind").click()
    page.until("+data.epoch === 0")
    kept = chart.locator(".chart-kept li")
    assert kept.all_inner_texts() == ["Learning rate 0.03"]
    chart.get_by_role("button", name="Forget kept runs").click()
    kept.wait_for(state="detached")
    assert keep.is_visible()


def test_the_fall_of_the_loss_is_in_sight_beside_the_figures(tool: Start) -> None:
    page = tool("learning_rate=0.3", height=720)
    curves = page.page.locator("#toolbar .sparkline")
    heights = """(canvas) => {
        const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height - 2);
        const marked = [];
        for (let i = 3; i < data.length; i += 4) if (data[i]) marked.push(Math.floor(i / 4 / width));
        return marked;
    }"""
    page.play("+data.epoch > 20")
    page.rest()
    marked = curves.locator("canvas").evaluate(heights)
    assert max(marked) - min(marked) > 3  # it falls
    curves.click()
    page.until("document.querySelector('#chart').getBoundingClientRect().bottom <= innerHeight || scrollY > 0")
    assert page.page.locator("canvas.chart").is_visible()


PAINTINGS = """() => {
    window.paintings = 0;
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...places) {
        if (this.canvas.closest(".sparkline")) window.paintings += 1;
        return clearRect.apply(this, places);
    };
}"""


@pytest.mark.parametrize("width", [1280, 1100])
def test_the_small_curves_are_painted_only_when_they_are_others(tool: Start, width: int) -> None:
    page = tool(width=width)
    page.rest()
    page.page.evaluate(PAINTINGS)
    page.page.locator('[data-neuron="0 0"]').hover()
    page.painted()
    assert page.page.evaluate("window.paintings") == 0
    page.step("e")
    page.rest()
    assert (page.page.evaluate("window.paintings") > 0) == (width == 1280)  # narrower, they are not shown
    page.page.set_viewport_size({"width": 1280, "height": 900})
    page.until("window.paintings > 0")
