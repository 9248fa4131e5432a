"""What the page paints is what the library computes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.playground.conftest import Tool

from rosenblatt.playground.address import from_address
from rosenblatt.playground.frames import Kind
from rosenblatt.playground.run import Run
from rosenblatt.types import Array

Start = Callable[..., Tool]

# The colours under some places of the canvas, given in pixels of the page.
COLOURS = """places => {
    const canvas = document.querySelector("canvas.output");
    const ratio = canvas.width / canvas.clientWidth;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return places.map(([x, y]) => {
        const start = 4 * (Math.round(y * ratio) * width + Math.round(x * ratio));
        return [...data.subarray(start, start + 3)];
    });
}"""
LEFT, TOP, AROUND = 46, 10, 60  # of the plane within the canvas, and what its width is larger by


def same_run(page: Tool) -> Run:
    """The run of the page once more, by the library alone, brought to the page's epoch."""
    settings, errors = from_address(page.setup["address"])
    assert errors == []
    run = Run(settings)
    for _ in range(page.epoch):
        run.epoch_step()
    np.testing.assert_array_equal(run.model.state.params, page.frames[-1].weights)
    return run


def places_without_points(run: Run, count: int) -> Array:
    rng = np.random.default_rng(0)
    places = rng.uniform(-1.15, 1.15, (20_000, 2))
    nearest = np.array([np.abs(run.problem.points - place).max(axis=1).min() for place in places])
    return places[nearest > 0.06][:count]


def colours_at(page: Tool, places: Array) -> Array:
    width = page.page.evaluate("document.querySelector('canvas.output').clientWidth")
    side = width - AROUND
    pixels = np.stack([LEFT + side * (places[:, 0] + 1.2) / 2.4, TOP + side * (1.2 - places[:, 1]) / 2.4], axis=1)
    return np.array(page.page.evaluate(COLOURS, pixels.tolist())).astype(float)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("settings", ["data=gauss&count=40&layers=3:tanh", "data=moons&count=60&features=x1,x2,x1*x2"])
def test_the_canvas_agrees_with_predict(tool: Start, settings: str, theme: str) -> None:
    page = tool(settings + "&learning_rate=0.3", color_scheme=theme)
    for _ in range(5):
        page.step("e")
    for name in ("test points", "lines of the first layer"):
        page.page.locator("#output").get_by_role("checkbox", name=name).uncheck()
    page.painted()
    run = same_run(page)
    places = places_without_points(run, 200)
    predicted = run.model.predict(run.problem.inputs_at(places), verbose=0)[:, 0]
    sure = np.abs(predicted - 0.5) > 0.05  # away from the border, which is drawn as a line
    places, predicted = places[sure], predicted[sure]
    assert len(places) > 50
    colours = colours_at(page, places)
    # Blue where it is positive, orange where it is negative, the stronger the surer.
    blueness = colours[:, 2] - colours[:, 0]
    neutral = np.interp(0.5, predicted[np.argsort(predicted)], blueness[np.argsort(predicted)])
    assert ((blueness > neutral) == (predicted > 0.5)).all()
    order = np.argsort(predicted)
    assert np.corrcoef(np.argsort(np.argsort(blueness[order])), np.arange(len(order)))[0, 1] > 0.99


def test_maps_and_outputs_are_the_activations(tool: Start) -> None:
    page = tool("data=circle&layers=5:relu,3:sigmoid")
    page.step("e")
    run = same_run(page)
    frame = page.frames[-1]
    outcome = run.model.predict(run.problem.plane(96), verbose=0)
    np.testing.assert_allclose(frame.of(Kind.OUTCOME)[0] / 255, outcome[:, 0], atol=0.51 / 255)
    second = run.model.activations(run.problem.plane(96).reshape(96, 96, -1)[1::3, 1::3].reshape(1024, -1))["dense_1"]
    np.testing.assert_allclose((frame.of(Kind.MAPS, 1).T - 128.0) / 127, (second - 0.5) * 2, atol=1.01 / 127)
    outputs = run.model.predict(run.problem.rows, verbose=0)
    np.testing.assert_allclose(frame.of(Kind.OUTPUTS), outputs, atol=1e-6)


def test_six_layers_of_sigmoid_starve_the_first_and_relu_with_he_feeds_it(tool: Start) -> None:
    deep = ",".join(["8:{}"] * 6)
    sigmoid = tool("data=circle&layers=" + deep.format(*["sigmoid"] * 6))
    sigmoid.step("e")
    gradients = sigmoid.rows[-1].gradients
    assert gradients[0] < gradients[-1] / 1000
    relu = tool("data=circle&initializer=he_normal&layers=" + deep.format(*["relu"] * 6))
    relu.step("e")
    gradients = relu.rows[-1].gradients
    assert gradients[0] > gradients[-1] / 20
    assert "1/" in sigmoid.page.locator("#gradients").inner_text()


def test_dead_and_saturated_shares_agree_with_the_activations(tool: Start) -> None:
    page = tool("data=xor&layers=12:relu,8:tanh&learning_rate=3&optimizer=sgd&initializer=random_normal&features=x1")
    for _ in range(4):
        page.step("e")
    run = same_run(page)
    first, second, last = run.model.activations(run.problem.x_train).values()
    dead, saturated = page.frames[-1].of(Kind.SHARES)[1:]
    assert dead[0] == pytest.approx((first == 0).all(axis=0).mean())
    assert saturated[1] == pytest.approx((1 - second**2 < 1 / 20).mean())
    assert saturated[2] == pytest.approx((4 * last * (1 - last) < 1 / 20).mean())


def saved(page: Tool, name: str) -> Any:
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name=name, exact=True).click()
    return download.value.path()


def test_figures_are_saved_as_svg_and_png(tool: Start) -> None:
    from xml.etree import ElementTree

    from PIL import Image

    page = tool()
    page.step("e")
    page.page.get_by_role("button", name="Share").click()
    for figure in ("Network", "Output", "Hidden space", "Learning curves"):
        root = ElementTree.parse(saved(page, f"Save {figure} as SVG")).getroot()
        assert root.tag.endswith("svg")
        assert len(list(root.iter())) > 10
        with Image.open(saved(page, f"Save {figure} as PNG")) as picture:
            assert picture.format == "PNG"
            assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 5


# What the views say of one row of an opened model that gives logits: a probability of 0.3 speaks for class 0.
LOGITS = """async () => {
    const { isRight } = await import("./views/answers.js");
    const setup = { opened: true, problem: { task: "classes", points: [[0, 0, 0, 0]] },
                    network: { outputs: 1, logits: true, layers: [{ activation: "linear" }] } };
    return isRight({ setup, frame: { outputs: [0.3] } }, 0);
}"""
# How strong the rings are around so many wrong points.
RINGS = """async (count) => {
    const { drawWrong } = await import("./views/points.js");
    const points = Array.from({ length: count }, () => [0, 0, 1, 0]);
    const setup = { problem: { task: "classes", points }, network: { outputs: 1 } };
    let alpha = null;
    const pen = { marks: (shape, flat, radius, style) => (alpha = style.alpha) };
    const state = { setup, frame: { outputs: new Float32Array(count) }, theme: "light" };
    drawWrong(pen, state, points.map((_, row) => row), () => [0, 0], 3);
    return alpha;
}"""


def test_one_border_parts_two_classes_in_all_views(tool: Start) -> None:
    page = tool()
    assert page.page.evaluate(LOGITS) is True


def test_rings_around_many_wrong_points_are_paler(tool: Start) -> None:
    page = tool()
    few, some, many = (page.page.evaluate(RINGS, count) for count in (10, 60, 1000))
    assert few == 1
    assert few > some > many > 0.15


@pytest.mark.parametrize(
    ("layers", "meaning"),
    [
        ("8:tanh", "arrives well"),
        ("8:sigmoid,8:sigmoid", "weakens"),
        (",".join(["8:sigmoid"] * 6), "vanishes"),
    ],
)
def test_gradients_arrive_weaken_or_vanish(tool: Start, layers: str, meaning: str) -> None:
    page = tool(f"data=circle&layers={layers}")
    page.step("e")
    gradients = page.rows[-1].gradients
    ratio = gradients[0] / gradients[-1]
    assert ("arrives well" if ratio > 1 / 20 else "weakens" if ratio > 1 / 1000 else "vanishes") == meaning
    assert meaning in page.page.locator("#gradients").inner_text()


def test_the_read_out_has_both_classes_by_name(tool: Start) -> None:
    page = tool()
    page.page.locator("canvas.output").hover()
    page.page.get_by_text("P(1)").wait_for()
    p = page.told("probe")[-1]["outputs"][0]
    assert f"P(0) = {1 - p:.3f} · P(1) = {p:.3f}" in page.page.locator("#output-readout").inner_text()


def test_a_table_is_read_in_its_own_units(tool: Start) -> None:
    page = tool()
    rows = "".join(f"{150 + 7 * (k % 7)},{2000 + 300 * (k % 5)},{3.7 * k + 400}\n" for k in range(40))
    page.page.locator("#data input[type=file]").set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": f"width,height,price\n{rows}".encode()}
    )
    page.until("data.generation === '2'")
    page.page.locator("canvas.output").hover()
    page.page.get_by_text("width = ").wait_for()
    shown = page.page.locator("#output-readout").inner_text()
    scaling, target = (page.setup["problem"][name] for name in ("scaling", "target_scaling"))
    probe = page.told("probe")[-1]
    width, height = (
        x * deviation + mean
        for x, deviation, mean in zip(probe["x"], scaling["deviations"], scaling["means"], strict=True)
    )
    price = probe["outputs"][0] * target["deviation"] + target["mean"]
    found = [float(each) for each in re.findall(r"= ([\d.]+)|output ([\d.]+)", shown) for each in each if each]
    assert found == pytest.approx([width, height, price], rel=0.01)


def test_space_plays_where_enter_chooses(tool: Start) -> None:
    page = tool()
    canvas = page.page.locator("canvas.output")
    canvas.focus()
    canvas.press("ArrowRight")
    canvas.press("Space")
    page.until("data.playing === 'true'")
    canvas.press("Space")
    page.until("data.playing === 'false'")


def test_a_neuron_with_the_focus_can_go(tool: Start) -> None:
    page = tool("layers=4:tanh,3:tanh")
    page.page.get_by_role("button", name="neuron 3 of hidden layer 2").focus()
    token = page.page.evaluate("location.hash").split("&")[0]
    page.page.evaluate("hash => { location.hash = hash; }", f"{token}&layers=1:tanh")
    page.until("location.hash.endsWith('layers=1:tanh')")
    page.rest()
    assert page.page.locator(".network-neurons button").count() == 2
