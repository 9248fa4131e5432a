"""What lines, colours, marks and names on the page stand for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.playground.conftest import Tool

Start = Callable[..., Tool]

SVG = "{http://www.w3.org/2000/svg}"


def open_table(page: Tool, text: str) -> None:
    page.page.locator("#data input[type=file]").set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.wait(lambda: page.setup["settings"]["data"] == "table")
    page.rest()


def drawn(page: Tool, name: str) -> ElementTree.Element:
    """A figure as it is saved."""
    page.page.get_by_role("button", name="Share").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name=f"Save {name} as SVG", exact=True).click()
    page.page.keyboard.press("Escape")
    return ElementTree.parse(download.value.path()).getroot()


def texts(figure: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in figure.iter(f"{SVG}text")]


def middle(place: dict[str, float]) -> tuple[float, float]:
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


# --- Lines -------------------------------------------------------------------------------------------------


def test_a_neuron_without_weights_has_no_line(tool: Start) -> None:
    page = tool("data=three&layers=&initializer=zeros")
    output = page.page.locator("#output")
    assert output.locator(".output-equations li").all_inner_texts() == [f"{unit}\nno line: w = 0" for unit in (1, 2, 3)]
    assert output.get_by_role("slider").count() == 0
    assert "Drag" not in output.inner_text()
    assert "0.00" not in texts(drawn(page, "Network"))
    page.step("e")
    assert output.get_by_role("slider").count() == 3
    assert "Drag" in output.inner_text()


def test_lines_through_one_place_have_their_handles_apart(tool: Start) -> None:
    page = tool("layers=4:tanh")
    handles = page.page.get_by_role("slider", name="line of neuron")
    assert handles.count() == 4
    places = [middle(handle.bounding_box() or {}) for handle in handles.all()]
    distances = [math.dist(one, other) for i, one in enumerate(places) for other in places[:i]]
    assert min(distances) > 10
    for unit, place in enumerate(places):
        page.page.mouse.move(*place)
        name = page.page.evaluate("([x, y]) => document.elementFromPoint(x, y).getAttribute('aria-label')", list(place))
        assert name == f"line of neuron {unit + 1} of hidden layer 1"


NUMBERS = """() => {
    const kept = (window.numbers = []);
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    const isOutput = (pen) => pen.canvas.classList.contains("output");
    CanvasRenderingContext2D.prototype.clearRect = function (...places) {
        if (isOutput(this)) kept.length = 0;
        return clearRect.apply(this, places);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const { left, top } = this.canvas.getBoundingClientRect();
        if (isOutput(this) && this.font.startsWith("600") && /^\\d$/.test(text)) kept.push([left + x, top + y]);
        return fillText.call(this, text, x, y);
    };
}"""


def test_no_handle_covers_the_number_of_a_line(tool: Start) -> None:
    page = tool("data=XOR&layers=4:tanh", width=360, height=740)
    page.page.evaluate(NUMBERS)
    page.step("e")
    page.rest()
    places: list[list[float]] = page.page.evaluate("window.numbers")
    assert len(places) == 4
    handles = page.page.get_by_role("slider", name="line of neuron")
    assert handles.count() == 4
    for handle in handles.all():
        at = middle(handle.bounding_box() or {})
        assert min(math.dist(at, place) for place in places) > 15


def test_a_small_negative_number_is_no_minus_zero(tool: Start) -> None:
    page = tool("data=AND&layers=&weights=0.5,-0.001,-0.004")
    assert page.page.locator(".output-equations").inner_text().endswith("0.50 x₁ + 0.00 x₂ + 0.00 = 0")


# --- Output neurons of several classes ---------------------------------------------------------------------

FLOWERS = "길이,너비,종류\n" + "".join(f"{i % 7},{i % 5},{['장미', '백합', '난초'][i % 3]}\n" for i in range(60))


def test_an_output_neuron_is_named_by_its_class(tool: Start) -> None:
    page = tool("layers=3:tanh")
    open_table(page, FLOWERS)
    classes = page.setup["problem"]["classes"]
    assert sorted(classes) == ["난초", "백합", "장미"]
    for number, name in enumerate(classes, 1):
        page.page.get_by_role("button", name=f"output neuron {number} (class {name}), softmax").wait_for()
    page.page.get_by_role("button", name="output neuron 2").click()
    page.painted()
    assert page.page.locator(".neuron-title").inner_text() == f"Output neuron 2 (class {classes[1]})"
    assert set(classes) <= set(texts(drawn(page, "Network")))


# The colours of a neuron's map where its byte is highest.
STRONGEST = """async (neuron) => {
    const { coloursOf } = await import("./views/maps.js");
    const layers = [{ units: 3, range: [-1, 1] }, { units: 3, range: [0, 1] }]; // tanh, softmax
    const problem = { task: "classes", classes: ["a", "b", "c"] };
    const pixel = coloursOf({ setup: { problem, network: { layers } }, theme: "light" }, neuron)[255];
    return [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
}"""


def test_a_probability_is_painted_in_the_colour_of_its_class(tool: Start) -> None:
    page = tool()
    colours = [page.page.evaluate(STRONGEST, {"layer": 1, "unit": unit}) for unit in range(3)]
    assert colours == [[0xD5, 0x5E, 0x00], [0x00, 0x72, 0xB2], [0x00, 0x9E, 0x73]]
    hidden = [page.page.evaluate(STRONGEST, {"layer": 0, "unit": unit}) for unit in range(3)]
    assert hidden == 3 * [[0x00, 0x72, 0xB2]]


# The marks of so many classes: shape and colour of each.
MARKS = """async (count) => {
    const [{ classShape }, { classColour }] = [await import("./views/shapes.js"), await import("./views/colours.js")];
    return Array.from({ length: count }, (_, index) => `${classShape(index)} ${classColour(index, "dark")}`);
}"""


def test_twenty_classes_have_twenty_marks(tool: Start) -> None:
    page = tool()
    marks: list[str] = page.page.evaluate(MARKS, 20)
    assert len(set(marks)) == 20


# --- Scales ------------------------------------------------------------------------------------------------


def scales(page: Tool, panel: str) -> list[list[str]]:
    """What each scale of a legend says, from left to right."""
    items = page.page.locator(f"{panel} .legend li", has=page.page.locator(".scale"))
    found: list[list[str]] = items.evaluate_all(
        "items => items.map((item) => [...item.querySelectorAll('span, text')].map((each) => each.textContent))"
    )
    return found


def test_each_range_of_activations_has_its_scale(tool: Start) -> None:
    page = tool("layers=3:tanh,3:relu,2:step,2:linear")
    assert scales(page, "#network") == [
        ["tanh", "−1", "0", "1"],
        ["ReLU", "0", "", "its maximum"],
        ["step, sigmoid", "0", "0.5", "1"],
        ["linear", "−max |y|", "0", "max |y|"],
    ]


def test_a_probability_of_a_class_has_a_scale_of_its_own(tool: Start) -> None:
    page = tool("data=three&layers=3:sigmoid")
    assert scales(page, "#network") == [["sigmoid", "0", "0.5", "1"], ["softmax", "0", "", "1"]]


def price(rows: int = 60) -> str:
    return "너비,높이,값\n" + "".join(f"{i % 7},{i % 5},{1000 + 25 * (i % 41)}\n" for i in range(rows))


def test_regression_speaks_of_numbers_and_names_its_lines(tool: Start) -> None:
    page = tool("layers=3:tanh")
    open_table(page, price())
    assert scales(page, "#output") == [["값", "1000", "1500", "2000"]]
    output = page.page.locator("#output")
    assert "lines at 1250, 1500, 1750" in output.inner_text()
    assert "areas only" not in output.inner_text()
    smooth = stops(page)
    output.get_by_role("checkbox", name="in 6 steps").check()
    page.painted()
    assert smooth == 3
    assert stops(page) == 12
    assert "deviation 1" in page.page.locator("#chart").inner_text()


def stops(page: Tool) -> Any:
    return page.page.locator("#output .scale stop").count()


def test_the_loss_of_targets_as_they_are_needs_no_remark(tool: Start) -> None:
    page = tool("data=plane")
    assert "deviation 1" not in page.page.locator("#chart").inner_text()


# --- Inputs beside the plane -------------------------------------------------------------------------------

PEOPLE = "키,몸무게,나이,운동\n" + "".join(f"{150 + i % 7},{50 + i % 5},{20 + i % 9},{i % 2}\n" for i in range(60))


@pytest.mark.parametrize(
    ("query", "said", "mean"),
    [
        ("", "The other inputs (나이) stay at their mean", "mean"),
        ("?lang=ko", "나머지 입력(나이)을 평균에 둔 단면입니다.", "평균"),
    ],
)
def test_an_input_that_is_no_axis_is_told_of(tool: Start, query: str, said: str, mean: str) -> None:
    page = tool("layers=3:tanh", query=query)
    open_table(page, PEOPLE)
    assert said in page.page.locator("#output-readout").inner_text()
    if not query:
        assert texts(drawn(page, "Network")).count(mean) == 1


def test_where_all_inputs_are_axes_there_is_no_section(tool: Start) -> None:
    page = tool("layers=3:tanh")
    assert "mean" not in page.page.locator("#output-readout").inner_text()


# --- Names of weights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings", ["layers=3:tanh,2:tanh", "data=three&layers=2:relu", "data=AND&layers=", "layers="]
)
def test_a_weight_is_called_the_same_by_inspector_and_sample(tool: Start, settings: str) -> None:
    page = tool(settings)
    page.page.get_by_role("button", name="One sample, step by step").click()
    page.page.locator("#sample[data-steps], #sample [data-steps]").first.wait_for(state="attached")
    listed = page.page.locator(".sample-weights tbody th").all_text_contents()
    called = []
    for neuron in page.page.locator(".network-neurons button").all():
        neuron.click()
        page.painted()
        signs = page.page.locator(".neuron-fields .weight:not(.bias) .name").all_inner_texts()
        called += [sign.split(" · ")[0] for sign in signs]
    assert sorted(called) == sorted(name for name in listed if name.startswith("w"))


def test_what_stands_in_a_node_of_the_graph_has_room_there(tool: Start) -> None:
    page = tool("layers=2:relu")
    open_table(page, PEOPLE.replace("몸무게", "아주 긴 이름의 몸무게(kg)"))
    page.page.get_by_role("button", name="One sample, step by step").click()
    page.page.locator(".graph-node").first.wait_for()
    sizes = page.page.locator(".graph-node").evaluate_all(
        "nodes => nodes.map((node) => [node.querySelector('rect'),"
        " node.querySelector('.graph-sign')]).map(([box, sign]) => [sign.textContent, sign.getComputedTextLength(),"
        " box.width.baseVal.value])"
    )
    assert {"ReLU", "나이"} <= {text for text, _, _ in sizes}
    assert [text for text, length, width in sizes if length > width - 4] == []


NAMED = """async (labels) => labels.map((await import("./views/sentences.js")).named)"""


def test_a_value_without_a_name_has_a_real_minus_sign(tool: Start) -> None:
    page = tool()
    assert page.page.evaluate(NAMED, ["-1.74", "w1[2,1]", "a-1"]) == ["−1.74", "w₁[2,1]", "a-1"]


# --- Axes and room -----------------------------------------------------------------------------------------

TICKS = """async (highs) => {
    const { niceTicks } = await import("./views/scales.js");
    return highs.map((high) => niceTicks(0, high, 4).length);
}"""


def test_an_axis_has_more_than_one_tick_above_zero(tool: Start) -> None:
    page = tool()
    counts = page.page.evaluate(TICKS, [1.02**power for power in range(-300, 100)])
    assert min(counts) >= 3


@pytest.mark.parametrize(("width", "tile"), [(1280, 50), (1920, 80), (2560, 80)])
def test_a_wide_screen_is_used(tool: Start, width: int, tile: int) -> None:
    page = tool(width=width, height=900)
    assert (page.page.locator(".network-neurons button").first.bounding_box() or {})["width"] >= tile
    output, hidden = (page.page.locator(f"canvas.{name}").bounding_box() or {} for name in ("output", "hidden"))
    assert hidden["width"] == pytest.approx(output["width"], rel=0.1)


def test_the_deepest_network_is_seen_whole(tool: Start) -> None:
    page = tool("data=three&layers=" + ",".join(["4:tanh"] * 10))
    widths = page.page.locator(".network-scroller").evaluate("place => [place.scrollWidth, place.clientWidth]")
    assert widths[0] <= widths[1]
