"""One sample by hand on the page: every number of the worked example, each a finite difference of the loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.playground.conftest import Tool

from rosenblatt import graph
from rosenblatt.playground.address import from_address
from rosenblatt.playground.run import Run

Start = Callable[..., Tool]

# AND, x = (1, 1), target 1, w = (0.5, 0.5), b = -0.7, sigmoid and cross-entropy, learning rate 0.1.
EXAMPLE = "data=AND&layers=none&weights=0.5,0.5,-0.7&learning_rate=0.1"


def follow(page: Tool, row: int) -> dict[str, object]:
    """Open the sample panel at a row and return what the server told."""
    section = page.page.locator("#sample")
    section.get_by_role("heading").get_by_role("button").click()
    field = section.get_by_role("spinbutton").first
    field.fill(str(row))
    field.press("Enter")
    wanted = pytest.approx(page.setup["problem"]["points"][row - 1][:2], abs=1e-3)
    page.wait(lambda: bool(page.told("sample")) and page.told("sample")[-1]["x"] == wanted)
    page.rest()
    return page.told("sample")[-1]


def test_the_worked_example_by_its_numbers(tool: Start) -> None:
    page = tool(EXAMPLE)
    sample = follow(page, 4)
    assert sample["x"] == [1, 1]
    assert sample["target"] == [1]
    nodes = {node["label"]: node for node in sample["nodes"]}
    assert nodes["z"]["value"] == pytest.approx(0.300, abs=5e-4)
    assert nodes["a"]["value"] == pytest.approx(0.574, abs=5e-4)
    assert nodes["z"]["gradient"] == pytest.approx(-0.426, abs=5e-4)
    updates = {update["name"]: update for update in sample["updates"]}
    assert updates["w1"]["after"] == pytest.approx(0.5426, abs=5e-5)
    assert sample["loss"]["before"] == pytest.approx(0.554, abs=5e-4)
    assert sample["loss"]["after"] == pytest.approx(0.502, abs=5e-4)


def test_the_arrow_keys_step_through_all_operations(tool: Start) -> None:
    page = tool(EXAMPLE)
    sample = follow(page, 4)
    section = page.page.locator("#sample")
    picture = section.locator("[tabindex='0']").first
    picture.focus()
    picture.press("Home")
    texts = []
    for _ in sample["steps"]:
        texts.append(section.locator("[aria-live]").first.inner_text())
        picture.press("ArrowRight")
        page.painted()
    assert len(set(texts)) > 0.8 * len(texts)
    assert any("0.574" in text for text in texts)
    picture.press("End")
    page.painted()
    shown = section.inner_text()
    for number in ("0.300", "0.574", "−0.426", "0.5426", "0.554", "0.502"):
        assert number in shown or number.replace("0.300", "0.3") in shown, number


@pytest.mark.parametrize("settings", [EXAMPLE, "data=moons&count=20&layers=3:tanh,2:sigmoid&l2=0.01"])
def test_every_gradient_is_a_finite_difference(tool: Start, settings: str) -> None:
    page = tool(settings)
    sample = follow(page, 3)
    run = Run(from_address(page.setup["address"])[0])
    point = run.problem.rows[2:3].astype(np.float64)
    target = run.problem.targets[2:3]
    model = type(run.model).from_config(run.model.get_config() | {"dtype": "float64"})
    model.build(run.model.input_shape)
    model.set_weights(run.model.get_weights())
    model.compile("sgd", run.model.loss)
    params = model.state.params
    for update in sample["updates"]:
        losses = []
        for change in (1e-5, -1e-5):
            kept = params[update["index"]]
            params[update["index"]] = kept + change
            losses.append(model.evaluate(point, target, verbose=0))
            params[update["index"]] = kept
        difference = (losses[0] - losses[1]) / 2e-5
        assert update["gradient"] == pytest.approx(difference, rel=1e-4, abs=1e-6)
    assert graph.trace(model, point[0], int(target[0])).loss.value == pytest.approx(sample["loss"]["before"], rel=1e-5)


def test_a_gate_begins_with_both_inputs_at_one(tool: Start) -> None:
    page = tool(EXAMPLE)
    section = page.page.locator("#sample")
    section.get_by_role("heading").get_by_role("button").click()
    section.get_by_text("Inputs 1.000, 1.000").wait_for()
    assert section.get_by_role("spinbutton").first.input_value() == "4"
    assert page.told("sample")[-1]["x"] == [1, 1]


def test_another_network_has_its_own_sample_from_the_start(tool: Start) -> None:
    page = tool("data=moons&count=20&layers=3:tanh")
    sample = follow(page, 2)
    section = page.page.locator("#sample")
    assert section.locator(".graph-group-name").all_text_contents() == ["inputs", "hidden layer 1", "output", "loss"]
    body = section.locator(".body")
    section.get_by_role("button", name="Next operation").click()
    page.page.get_by_role("combobox", name="Activation: Hidden 1").select_option("relu")
    section.get_by_text("ReLU(").first.wait_for()
    assert page.told("sample")[-1]["x"] == sample["x"]
    assert body.get_attribute("data-steps") == str(len(page.told("sample")[-1]["steps"]))
    assert all("relu" in step["key"] or "tanh" not in step["key"] for step in page.told("sample")[-1]["steps"])


def test_a_point_that_is_chosen_is_followed_through_the_network(tool: Start) -> None:
    page = tool("data=moons&count=20&layers=3:tanh", height=1000)
    follow_it = page.page.locator(".output-follow")
    assert follow_it.is_hidden()
    canvas = page.page.locator("canvas.output")
    canvas.press("ArrowRight")
    canvas.press("Enter")
    follow_it.wait_for()
    number = int("".join(filter(str.isdigit, follow_it.inner_text())))
    follow_it.click()
    page.wait(lambda: bool(page.told("sample")))
    page.rest()
    assert page.page.locator("#sample-row").input_value() == str(number)
    point = page.setup["problem"]["points"][number - 1]
    assert page.told("sample")[-1]["x"] == pytest.approx(point[:2])
    assert page.page.locator("#sample .sample-graph svg").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_a_point_is_followed_to_its_sample_and_on_by_keys(tool: Start, width: int, height: int) -> None:
    page = tool("data=moons&count=20&layers=3:tanh", width=width, height=height, reduced_motion="reduce")
    canvas = page.page.locator("canvas.output")
    canvas.press("ArrowRight")
    canvas.press("Enter")
    page.page.locator(".output-follow").click()
    page.page.locator("#sample .body[data-step='0']").wait_for()
    page.rest()
    box = page.page.locator("#sample-title").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < height / 4
    page.page.keyboard.press("ArrowRight")
    page.page.locator("#sample .body[data-step='1']").wait_for()
