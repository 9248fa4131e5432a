"""Trained models opened by `rosenblatt playground MODEL --data FILE`, in a real browser."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from benchmarks import browser as real
from tests.playground.conftest import Tool

from rosenblatt.layers import Dense, Flatten, Input, Normalization, Rescaling
from rosenblatt.models import Sequential
from rosenblatt.playground.frames import Kind
from rosenblatt.playground.run import Run
from rosenblatt.types import Array

Start = Callable[..., Tool]
Serve = Callable[..., str]


class Given(NamedTuple):
    """A trained model, rows that it knows nothing of, and the file that they are in."""

    model: Sequential
    x: Array
    y: Array
    arguments: list[str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a model by the command line: ``serve(model, "--data", file)`` gives its page's address."""
    with contextlib.ExitStack() as servers:

        def serving(model: Sequential, *arguments: str) -> str:
            path = tmp_path / "model.safetensors"
            model.save(path)
            return servers.enter_context(real.serving(str(path), *arguments))[0]

        yield serving


def points(folder: Path) -> Given:
    """Two numbers in a .csv file, two classes."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 2)).round(3)
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    model = Sequential([Input((2,)), Dense(5, activation="tanh"), Dense(1, activation="sigmoid")], seed=1)
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    model.fit(x, y, epochs=20, verbose=0)
    lines = [f"{a},{b},{kind}" for (a, b), kind in zip(x, y, strict=True)]
    (folder / "points.csv").write_text("\n".join(["width,height,kind", *lines]) + "\n", encoding="utf-8")
    return Given(model, x, y, ["--data", str(folder / "points.csv"), "--target", "kind"])


def pictures(folder: Path) -> Given:
    """Pictures of 28 x 28 bytes in a .npz file, three classes with names."""
    rng = np.random.default_rng(2)
    y = np.arange(30) % 3
    x = rng.integers(0, 60, (30, 28, 28)).astype(np.uint8)
    for picture, kind in zip(x, y, strict=True):
        picture[9 * kind : 9 * kind + 9] += 190
    layers = [Input((28, 28)), Flatten(), Rescaling(1 / 255), Dense(12, activation="relu")]
    model = Sequential([*layers, Dense(3, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x, y, epochs=3, verbose=0)
    model.class_names = ["top", "middle", "bottom"]
    np.savez(folder / "pictures.npz", x_train=x, y_train=y)
    return Given(model, x, y, ["--data", str(folder / "pictures.npz")])


def table(folder: Path) -> Given:
    """Four measures in a .csv file, a number to be predicted, and inputs that the model normalises itself."""
    rng = np.random.default_rng(3)
    x = rng.normal([5.0, 100.0, -2.0, 0.3], [1.0, 20.0, 0.5, 0.1], (45, 4)).round(3)
    y = (3 * x[:, 0] - x[:, 1] / 20 + 7).round(3)
    normalization = Normalization()
    normalization.adapt(x)
    model = Sequential([Input((4,)), normalization, Dense(6, activation="relu"), Dense(1)], seed=1)
    model.compile("adam", "mse", ["mae"])
    model.fit(x, y, epochs=5, verbose=0)
    lines = [",".join(map(str, [*row, price])) for row, price in zip(x, y, strict=True)]
    (folder / "prices.csv").write_text("\n".join(["a,b,c,d,price", *lines]) + "\n", encoding="utf-8")
    return Given(model, x, y, ["--data", str(folder / "prices.csv"), "--target", "price"])


KINDS = [points, pictures, table]
EXPECTED = {  # units, activations and what stands before them; where the neurons are seen
    points: ([5, 1], ["tanh", "sigmoid"], [[], []], ["plane", "plane"]),
    pictures: ([12, 3], ["relu", "softmax"], [["Flatten", "Rescaling 0.00392157"], []], ["weights", "none"]),
    table: ([6, 1], ["relu", "linear"], [["Normalization"], []], ["plane", "plane"]),
}


def predictions(page: Tool) -> list[list[str]]:
    """The rows as they are read on the page: number, target, prediction."""
    page.page.locator("#rows tbody tr").first.wait_for()
    return page.page.evaluate("""() => [...document.querySelectorAll("#rows tbody tr")]
        .map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent))""")


def number_in(text: str) -> float:
    return float(text.replace("\u2212", "-"))


@pytest.mark.parametrize("make", KINDS)
def test_layers_and_weights_are_those_of_the_model(serve: Serve, tool: Start, tmp_path: Path, make: Any) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    layers = page.setup["network"]["layers"]
    shown = [[layer[name] for layer in layers] for name in ("units", "activation", "before", "maps")]
    assert shown == list(EXPECTED[make])
    np.testing.assert_array_equal(page.frames[-1].weights, given.model.state.params)
    has_plane = "plane" in EXPECTED[make][3]
    assert (Kind.OUTCOME in {kind for kind, _ in page.frames[-1].sections}) == has_plane
    assert page.page.locator("canvas.network").is_visible()

    page.page.get_by_role("button", name="output neuron 1").click()
    page.painted()
    bias = page.page.locator("#neuron").get_by_role("spinbutton", name="bias b")
    assert float(bias.input_value()) == pytest.approx(float(given.model.get_weights()[-1][0]), abs=1e-3)
    first = page.page.locator("#neuron").get_by_role("spinbutton").first
    assert float(first.input_value()) == pytest.approx(float(given.model.get_weights()[-2][0, 0]), abs=1e-3)


@pytest.mark.parametrize("make", KINDS)
def test_the_rows_show_what_the_model_predicts(serve: Serve, tool: Start, tmp_path: Path, make: Any) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    outputs = given.model.predict(given.x, verbose=0)
    names = page.setup["problem"]["classes"]
    shown = predictions(page)
    panel = page.page.locator("#rows")
    panel.get_by_role("button", name="Next rows").click()
    panel.get_by_text(f"Rows 21 to {min(40, len(given.x))} of {len(given.x)}").wait_for()
    shown += predictions(page)
    assert [int(row[0]) for row in shown] == list(range(1, min(40, len(given.x)) + 1))
    for (_, target, prediction), output, truth in zip(shown, outputs, given.y, strict=False):
        if not names:
            assert number_in(target) == pytest.approx(truth, abs=6e-4)
            assert number_in(prediction) == pytest.approx(output[0], abs=6e-4)
            continue
        shares = [1 - output[0], output[0]] if len(output) == 1 else output
        best = int(np.argmax(shares))
        found = re.fullmatch(r"(\w+) · ([\d.]+)%( ✗)?", prediction)
        assert found is not None
        assert found[1] == names[best]
        assert float(found[2]) == pytest.approx(100 * shares[best], abs=0.051)
        assert target == names[truth]
        assert bool(found[3]) == (best != truth)
    panel.get_by_role("button", name="Previous rows").click()
    panel.get_by_text("Rows 1 to 20").wait_for()


def test_pictures_are_seen_as_they_are(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = pictures(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    predictions(page)
    pixels = page.page.evaluate("""() => [...document.querySelectorAll("#rows canvas")].map((canvas) =>
        [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
            .filter((value, index) => index % 4 === 0))""")
    np.testing.assert_array_equal(np.array(pixels).reshape(-1, 28, 28), given.x[:20])


@pytest.mark.parametrize("make", KINDS)
def test_training_goes_on_where_it_stopped(serve: Serve, tool: Start, tmp_path: Path, make: Any) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    before = predictions(page)
    page.step("e")
    page.until("+data.epoch === 1")
    run = Run(model=given.model, rows=(given.x, given.y))
    run.epoch_step()
    trained = page.frames[-1].weights
    np.testing.assert_array_equal(trained, run.model.state.params)
    assert (trained != page.frames[0].weights).any()
    assert len(page.rows) == 2
    assert page.rows[1].train_loss == pytest.approx(run.figures().train_loss)
    page.play("+data.epoch >= 20")
    assert page.rows[-1].train_loss < page.rows[0].train_loss
    real.until(page.page, f"document.querySelector('#rows .prediction').textContent !== {before[0][2]!r}")
    page.step("r")
    page.until("+data.epoch === 0")
    np.testing.assert_array_equal(page.frames[-1].weights, page.frames[0].weights)


@pytest.mark.parametrize("make", KINDS)
def test_what_cannot_be_changed_is_not_offered(serve: Serve, tool: Start, tmp_path: Path, make: Any) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    for hidden in ("#data", "#code", "#lesson", "#network .layer-controls", "#truth"):
        assert not page.page.locator(hidden).is_visible(), hidden
    fields = page.page.locator("#model .field:visible")
    assert [each.locator("label").inner_text() for each in fields.all()] == ["Learning rate", "Batch size"]
    field = page.page.get_by_role("spinbutton", name="Batch size", exact=True)
    field.fill("7")
    field.press("Enter")
    setups = len(page.told("setup"))
    field.blur()
    page.step("e")
    assert page.told("setup")[setups - 1 :][-1]["settings"]["batch_size"] == 7
    assert page.told("error") == []


def test_other_inputs_of_a_table_span_the_plane(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = table(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    assert page.setup["problem"]["axes"] == ["a", "b"]
    page.page.get_by_role("combobox", name="Vertical axis").select_option("d")
    page.until("document.querySelector('canvas.output').getAttribute('aria-label').includes('over a and d')")
    assert page.setup["problem"]["axes"] == ["a", "d"]
    assert page.data["generation"] == "1"
    low, high = page.setup["problem"]["bounds"][2:]
    assert low < given.x[:, 3].min()
    assert given.x[:, 3].max() < high


NO_ROWS = {"en": "Training needs rows with their targets.", "ko": "타깃이 있는 행이 필요합니다."}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("make", KINDS)
def test_without_rows_the_model_is_shown_but_not_trained(
    serve: Serve, tool: Start, tmp_path: Path, make: Any, language: str
) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model), query=f"?lang={language}")
    np.testing.assert_array_equal(page.frames[-1].weights, given.model.state.params)
    assert page.page.locator("canvas.network").is_visible()
    assert page.page.locator("#rows tbody tr").count() == 0
    page.page.locator("#rows").get_by_text("--data").wait_for()
    assert page.page.locator("#toolbar .remark").inner_text() == NO_ROWS[language]
    for key in ("Space", "b", "e"):  # as disabled as their buttons
        page.press(key)
    page.rest()
    assert page.told("error") == []
    assert page.page.locator("#notices .notice").count() == 0
    assert page.data["step"] == "0"


def test_a_model_that_is_not_compiled_says_that_it_cannot_be_trained(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = points(tmp_path)
    model = Sequential([Input((2,)), Dense(3, activation="tanh"), Dense(1, activation="sigmoid")], seed=1)
    page = tool(at=serve(model, *given.arguments))
    page.press("b")
    page.rest()
    assert page.page.locator("#notices .notice").count() == 0
    remark = page.page.locator("#toolbar .remark").inner_text()
    assert remark == ("This model was saved without optimizer and loss: it can be looked at, not trained.")
    np.testing.assert_array_equal(page.frames[-1].weights, model.state.params)


@pytest.mark.parametrize("make", KINDS)
def test_a_sample_of_an_opened_model_is_followed_or_declined(
    serve: Serve, tool: Start, tmp_path: Path, make: Any
) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    page.page.locator("#sample").get_by_role("heading").get_by_role("button").click()
    body = page.page.locator("#sample .body")
    if make is pictures:
        body.get_by_text("This network has too many operations").wait_for()
        return
    body.locator(".sample-graph svg").wait_for()
    told = page.told("sample")[-1]
    row = next(k for k, x in enumerate(given.x.astype(np.float32)) if x.tolist() == pytest.approx(told["x"]))
    assert told["output"] == pytest.approx(given.model.predict(given.x[row : row + 1], verbose=0)[0].tolist(), rel=1e-4)


@pytest.mark.parametrize("has_rows", [True, False])
def test_the_command_names_the_files_that_it_needs(serve: Serve, tool: Start, tmp_path: Path, has_rows: bool) -> None:
    given = points(tmp_path)
    page = tool(at=serve(given.model, *(given.arguments if has_rows else ())))
    page.page.locator("#toolbar .tool.share").click()
    command = "rosenblatt playground MODEL --data FILE" if has_rows else "rosenblatt playground MODEL"
    assert page.page.get_by_label("Command that opens").input_value() == command


@pytest.mark.parametrize("make", [points, pictures])
@pytest.mark.parametrize("width", [1080, 1280])
def test_the_prediction_is_seen_beside_its_row(
    serve: Serve, tool: Start, tmp_path: Path, make: Any, width: int
) -> None:
    given = make(tmp_path)
    page = tool(at=serve(given.model, *given.arguments), width=width)
    predictions(page)
    scroll, cell = (page.page.locator(f"#rows {name}").first.bounding_box() for name in (".scroll", "td.prediction"))
    assert scroll is not None
    assert cell is not None
    assert cell["x"] + cell["width"] <= scroll["x"] + scroll["width"]
    number, target = (page.page.locator(f"#rows tbody {name}").first.bounding_box() for name in ("th", "td.target"))
    assert number is not None
    assert target is not None
    assert number["x"] + number["width"] <= target["x"] + 1


def test_figures_of_some_rows_say_so(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = points(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    assert page.setup["problem"]["measured"] is None
    assert page.page.locator("#toolbar .remark").is_hidden()
    lines = [f"{a},{b},{kind}" for (a, b), kind in zip(given.x, given.y, strict=True)] * 100
    (tmp_path / "points.csv").write_text("\n".join(["width,height,kind", *lines]) + "\n", encoding="utf-8")
    page = tool(at=serve(given.model, *given.arguments))
    train, test = page.setup["problem"]["measured"]
    told = page.page.locator("#toolbar .remark").inner_text()
    assert told == f"Measured on {train:,} training and {test:,} test rows"


@pytest.mark.parametrize("make", KINDS)
def test_without_rows_the_page_says_why_there_is_so_little(
    serve: Serve, tool: Start, tmp_path: Path, make: Any
) -> None:
    page = tool(at=serve(make(tmp_path).model))
    tools = page.page.locator("#toolbar .tools")
    for name in ("Play", "One batch", "One epoch"):
        assert tools.get_by_role("button", name=name, exact=True).is_disabled(), name
    assert page.page.locator("#toolbar .remark").inner_text() == NO_ROWS["en"]
    assert "Nothing is measured" in page.page.locator("#gradients .gradient-ratio").inner_text()
    assert set(page.page.locator("#gradients td.number").all_inner_texts()) == {"–"}
    page.page.get_by_text("No rows were given, so no points are shown here.").wait_for()
    page.page.locator("#sample").get_by_role("heading").get_by_role("button").click()
    page.page.get_by_text("There is no sample to show here.").wait_for()
    page.rest()
    assert page.told("error") == []
    assert page.page.locator("#notices .notice").count() == 0


def test_the_page_says_what_an_opened_model_was_trained_by(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = points(tmp_path)
    page = tool(at=serve(given.model, *given.arguments))
    page.page.locator("#model").get_by_text("Trained by Adam. Loss: Binary cross-entropy.").wait_for()
    page.page.get_by_role("button", name="한국어").click()
    text = "훈련에 쓴 옵티마이저는 Adam, 손실 함수는 이진 교차 엔트로피입니다."
    page.page.locator("#model").get_by_text(text).wait_for()


def test_without_a_loss_its_curves_take_no_place(serve: Serve, tool: Start, tmp_path: Path) -> None:
    given = points(tmp_path)
    without = tool(at=serve(given.model))
    assert without.page.locator("#toolbar .sparkline").is_hidden()
    bar = without.page.locator(".top header").bounding_box() or {}
    with_rows = tool(at=serve(given.model, *given.arguments))
    assert with_rows.page.locator("#toolbar .sparkline").is_visible()
    assert bar["height"] == (with_rows.page.locator(".top header").bounding_box() or {})["height"]
