"""Gates on the page: truth tables, what one neuron can do, and lines that are dragged or typed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.playground.conftest import Tool

from rosenblatt.playground.frames import Kind

Start = Callable[..., Tool]

# By hand, with the step function: w1, w2, b of one neuron.
BY_HAND = {"AND": "0.5,0.5,-0.7", "OR": "0.5,0.5,-0.2", "NAND": "-0.5,-0.5,0.7"}
# XOR out of NAND and OR into AND: both kernels' columns are units.
COMPOSED = "-0.5,0.5,-0.5,0.5,0.7,-0.2,0.5,0.5,-0.7"
STEP = "output=step&loss=mse"


def table(tool: Tool) -> list[list[str]]:
    """The truth table as it is read on the page: both inputs, target, output, exact output, verdict."""
    rows = tool.page.locator("#truth tbody tr")
    rows.nth(3).wait_for()
    return [row.locator("td").all_inner_texts() for row in rows.all()]


@pytest.mark.parametrize("gate", ["AND", "OR", "NAND"])
def test_one_neuron_by_hand_is_the_gate(tool: Start, gate: str) -> None:
    page = tool(f"data={gate}&layers=none&{STEP}&weights={BY_HAND[gate]}")
    targets = {"AND": "0001", "OR": "0111", "NAND": "1110"}[gate]
    rows = table(page)
    assert ["".join(row[:2]) for row in rows] == ["00", "01", "10", "11"]
    assert "".join(row[2] for row in rows) == "".join(row[3] for row in rows) == targets
    assert all("✓" in row[5] for row in rows)


@pytest.mark.parametrize("weights", ["0.5,0.5,-0.7", "1,-1,-0.5", "-1,1,-0.5", "0.5,0.5,-0.2", "-0.5,-0.5,0.7"])
def test_one_neuron_never_exceeds_three_of_four_on_xor(tool: Start, weights: str) -> None:
    page = tool(f"data=XOR&layers=none&{STEP}&weights={weights}")
    assert sum("✓" in row[5] for row in table(page)) <= 3


def test_one_neuron_that_learns_xor_never_exceeds_three_of_four(tool: Start) -> None:
    page = tool("data=XOR&layers=none&learning_rate=1")
    page.play("+data.epoch > 200")
    assert max(row.train_accuracy or 0 for row in page.rows) <= 0.75


def test_both_hidden_lines_of_the_composed_xor_are_on_the_plot(tool: Start) -> None:
    page = tool(f"data=XOR&layers=2:step&{STEP}&weights={COMPOSED}")
    assert [row[3] for row in table(page)] == ["0", "1", "1", "0"]
    lines = page.page.get_by_role("slider", name="line")
    assert lines.count() == 2
    area = page.page.locator("canvas.output").bounding_box()
    for line in lines.all():
        place = line.bounding_box()
        assert area is not None
        assert place is not None
        assert area["x"] <= place["x"] + place["width"] / 2 <= area["x"] + area["width"]
        assert area["y"] <= place["y"] + place["height"] / 2 <= area["y"] + area["height"]


def test_dragging_a_line_and_typing_its_weights_are_the_same_thing(tool: Start) -> None:
    page = tool(f"data=AND&layers=none&{STEP}&weights=0.5,0.5,-0.2")
    assert [row[3] for row in table(page)] == ["0", "1", "1", "1"]
    handle = page.page.get_by_role("slider", name="line")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 60, y - 60, steps=6)
    page.page.mouse.up()
    page.until("+data.sequence > 3")
    page.rest()
    dragged = page.frames[-1]
    w1, w2, b = dragged.weights.tolist()
    assert (w1, w2) == (0.5, 0.5)
    assert b < -0.5
    assert [row[3] for row in table(page)] == ["0", "0", "0", "1"]

    typed = tool(f"data=AND&layers=none&{STEP}&weights=0.5,0.5,-0.2")
    typed.page.get_by_role("button", name="output neuron 1").click()
    field = typed.page.locator("#neuron").get_by_role("spinbutton", name="bias b")
    field.fill(repr(b))
    field.press("Enter")
    typed.wait(lambda: typed.setup["address"] == page.setup["address"])
    typed.rest()
    np.testing.assert_array_equal(typed.frames[-1].weights, dragged.weights)
    np.testing.assert_array_equal(typed.frames[-1].of(Kind.OUTCOME), dragged.of(Kind.OUTCOME))


@pytest.mark.parametrize(("key", "changes"), [("ArrowUp", "b"), ("ArrowLeft", "w")])
def test_a_line_can_be_moved_by_keys(tool: Start, key: str, changes: str) -> None:
    page = tool("data=AND&layers=none&weights=0.5,0.25,-0.3")
    page.page.get_by_role("slider", name="line").press(key)
    page.until("+data.sequence > 1")
    page.rest()
    w1, w2, b = page.frames[-1].weights.tolist()
    assert np.hypot(w1, w2) == pytest.approx(np.hypot(0.5, 0.25), rel=1e-6)
    assert ((w1, w2) == (0.5, 0.25)) == (changes == "b")
    assert b != np.float32(-0.3)


def test_rows_of_the_truth_table_are_chosen_by_keys_as_by_click(tool: Start) -> None:
    page = tool(f"data=AND&layers=none&{STEP}&weights={BY_HAND['AND']}")
    rows = page.page.locator("#truth tbody tr")
    rows.nth(1).focus()
    rows.nth(1).press("ArrowDown")
    rows.nth(2).press("Enter")
    chosen = page.page.locator("#truth tr[aria-current=true]")
    chosen.wait_for()
    assert chosen.locator("td").all_inner_texts()[:2] == ["1", "0"]
    rows.nth(2).click()
    chosen.wait_for(state="detached")
    rows.nth(3).click()
    chosen.wait_for()
    assert chosen.locator("td").all_inner_texts()[:2] == ["1", "1"]


def test_the_half_is_no_one_as_for_the_accuracy(tool: Start) -> None:
    page = tool("data=AND&layers=none&weights=0,0,0")
    right = ["✓" in row[5] for row in table(page)]
    assert right == [True, True, True, False]
    assert page.rows[0].train_accuracy == sum(right) / 4


def test_a_gate_has_no_test_figures(tool: Start) -> None:
    page = tool("data=XOR&layers=none&weights=0.5,0.5,-0.7")
    readings = page.page.locator(".readings .reading").filter(visible=True).all_inner_texts()
    assert [text.split("\n")[0] for text in readings] == ["Epoch", "Training loss", "Right answers"]
    right = sum("✓" in row[5] for row in table(page))
    assert readings[-1].split("\n")[1] == f"{right} of 4"
    assert "test" not in page.page.locator(".chart-reading").inner_text()
    page.page.locator("#chart summary").click()
    heads = page.page.locator("#chart .chart-table th")
    heads.first.wait_for()
    assert heads.all_inner_texts() == ["Epoch", "Training loss", "Training accuracy"]
    assert page.page.locator("#confusion table").count() == 1
