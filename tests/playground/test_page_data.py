"""Own data on the page: tables with all that real files have, and points drawn by hand."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.playground.conftest import Tool

from rosenblatt import load_model

Start = Callable[..., Tool]


def flowers(rows: int = 90) -> str:
    rng = np.random.default_rng(3)
    lines = ["꽃받침 길이,꽃받침 너비,높이,품종"]
    for number in range(rows):
        kind = number % 3
        values = rng.normal([5 + kind, 3 - kind, 10.0], 0.2)
        lines.append(",".join(f"{value:.2f}" for value in values) + "," + ("부채붓꽃", "붓꽃", "제비붓꽃")[kind])
    return "\n".join(lines) + "\n"


def give(page: Tool, name: str, content: bytes) -> None:
    page.page.locator("#data input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_table_with_korean_headers_is_learnt(tool: Start, encoding: str) -> None:
    page = tool("layers=none&learning_rate=0.3")
    give(page, "꽃.csv", flowers().encode(encoding))
    page.until("data.generation === '2'")
    problem = page.setup["problem"]
    assert problem["classes"] == ["부채붓꽃", "붓꽃", "제비붓꽃"]
    assert problem["inputs"] == ["꽃받침 길이", "꽃받침 너비", "높이"]
    page.play("+data.epoch >= 60")
    assert page.rows[-1].test_accuracy is not None
    assert page.rows[-1].test_accuracy > 0.8


def test_a_bad_row_is_named_by_its_line_and_nothing_changes(tool: Start) -> None:
    page = tool()
    lines = flowers().splitlines()
    lines[7] = "5.1,zwei,10,붓꽃"
    give(page, "bad.csv", "\n".join(lines).encode())
    alert = page.page.locator("#notices")
    alert.get_by_text("8", exact=False).wait_for()
    assert "bad.csv" in alert.inner_text()
    assert "zwei" in alert.inner_text()
    assert page.setup["settings"]["data"] == "circle"
    assert page.data["generation"] == "1"


def test_a_table_of_numbers_is_a_regression(tool: Start) -> None:
    page = tool()
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(80, 2))
    text = "a;b;price\n" + "\n".join(f"{a:.3f};{b:.3f};{3 * a - b + 100:.3f}" for a, b in rows)
    give(page, "prices.csv", text.encode())
    page.until("data.generation === '2'")
    assert page.setup["problem"]["task"] == "numbers"
    page.step("e")
    assert page.rows[-1].test_accuracy is None


def test_points_are_drawn_by_hand_and_shared_by_the_address(tool: Start) -> None:
    page = tool()
    page.page.locator("#data").get_by_role("button", name="Drawn").click()
    page.until("location.hash.includes('data=drawn')")
    page.rest()
    canvas = page.page.locator("canvas.output")
    place = canvas.bounding_box()
    assert place is not None
    for number, (x, y) in enumerate([(0.3, 0.3), (0.35, 0.4), (0.7, 0.7), (0.75, 0.6)]):
        if number == 2:
            page.page.get_by_text("1 Square", exact=True).click()
        setups = len(page.told("setup"))
        canvas.click(position={"x": place["width"] * x, "y": place["height"] * y})
        page.wait(lambda setups=setups: len(page.told("setup")) > setups)  # type: ignore[misc]
    points = page.setup["settings"]["points"]
    assert [point[2] for point in points[-4:]] == [0, 0, 1, 1]
    again = tool(page.setup["address"])
    assert again.setup["settings"]["points"] == points


def test_drawing_starts_with_points_of_two_classes_and_goes_back_to_two(tool: Start) -> None:
    page = tool()
    page.page.locator("#data").get_by_role("button", name="Drawn").click()
    page.until("location.hash.includes('data=drawn')")
    panel = page.page.locator("#data .drawing-panel")
    assert {point[2] for point in page.setup["settings"]["points"]} == {0, 1}
    assert len(page.setup["settings"]["points"]) >= 6
    panel.get_by_role("button", name="Clear all but two").click()
    panel.get_by_text("2 points").wait_for()
    assert panel.get_by_role("button", name="Undo the last point").is_disabled()


def test_a_table_that_a_reload_has_lost_is_told(tool: Start) -> None:
    page = tool()
    give(page, "꽃.csv", flowers().encode())
    page.until("data.generation === '2'")
    page.page.reload()
    notice = page.page.locator("#notices [role=status] .notice")
    notice.wait_for()
    assert "꽃.csv" in notice.inner_text()
    assert page.setup["settings"]["data"] == "circle"
    notice.get_by_role("button", name="Close").click()
    page.page.reload()
    page.until("data.sequence > 0")
    assert page.page.locator("#notices .notice").count() == 0


def test_a_lost_table_is_told_until_there_is_one_again(tool: Start) -> None:
    page = tool()
    give(page, "꽃.csv", flowers().encode())
    page.until("data.generation === '2'")
    page.page.reload()
    notice = page.page.locator("#notices [role=status] .notice")
    notice.wait_for()
    give(page, "꽃.csv", flowers().encode())
    notice.wait_for(state="detached")


def test_a_file_that_is_too_large_is_not_sent(tool: Start) -> None:
    page = tool()
    give(page, "large.csv", b"a,b\n" + b"1.5,2.5\n" * 600_000)
    page.page.locator("#notices").get_by_text("“large.csv” has 4.6 MB; at most 4.0 MB can be opened.").wait_for()
    assert page.data["generation"] == "1"


def share(page: Tool) -> None:
    page.page.locator("#toolbar .tool.share").click()


def test_the_command_names_the_table_that_it_needs(tool: Start) -> None:
    page = tool("learning_rate=0.3")
    give(page, "my flowers.csv", flowers().encode())
    page.until("data.generation === '2'")
    share(page)
    command = page.page.get_by_label("Command that opens")
    assert command.input_value() == 'rosenblatt playground --data "my flowers.csv" "learning_rate=0.3"'
    page.page.keyboard.press("Escape")
    page.page.locator("#field-target").select_option("높이")
    page.until("data.generation === '3'")
    share(page)
    assert command.input_value() == 'rosenblatt playground --data "my flowers.csv" --target 높이 "learning_rate=0.3"'


def test_the_shared_link_hides_what_was_chosen(tool: Start) -> None:
    page = tool("data=moons")
    share(page)
    dialog = page.page.get_by_role("dialog")
    assert page.page.locator("#toolbar .sparkline").is_visible()
    for name in ("Lessons", "Data", "Learning curves", "Features and layers"):
        dialog.get_by_role("checkbox", name=name, exact=True).check()
    assert page.page.locator("#data").is_visible()
    command = page.page.get_by_label("Command that opens").input_value()
    assert command == 'rosenblatt playground "hide=lesson,data,layers,chart&data=moons"'
    address = page.page.get_by_label("Link to this page").input_value()
    other = tool(at=address)
    assert other.setup["settings"]["data"] == "moons"
    for hidden in ("#lesson", "#data", "#network .layer-controls", "#chart", "#toolbar .sparkline"):
        assert not other.page.locator(hidden).is_visible(), hidden
    share(other)
    assert other.page.get_by_role("checkbox", name="Lessons", exact=True).is_checked()


def test_the_trained_model_is_saved(tool: Start, tmp_path: Path) -> None:
    page = tool("data=three&layers=3:tanh")
    page.step("e")
    page.until("+data.epoch === 1")
    share(page)
    with page.page.expect_download() as saved:
        page.page.get_by_role("button", name="Save the trained model").click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    np.testing.assert_array_equal(load_model(path).state.params, page.frames[-1].weights)


def run_program(tmp_path: Path, text: str) -> list[float]:
    program = tmp_path / "program.py"
    program.write_text(text, encoding="utf-8")
    ran = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, cwd=tmp_path)
    return [
        float(number) for number in ran.stdout.strip().splitlines()[-1].replace("loss", " ").split() if "." in number
    ]


@pytest.mark.parametrize("language", ["rosenblatt", "Keras"])
def test_the_program_on_the_page_gives_the_same_loss(tool: Start, tmp_path: Path, language: str) -> None:
    if language == "Keras":
        pytest.importorskip("keras", reason="needs the extra 'test' (keras and jax)")
    page = tool("data=moons&count=60&layers=3:tanh&optimizer=momentum&l1=0.001")
    for _ in range(3):
        page.step("e")
    section = page.page.locator("#code")
    section.get_by_role("heading").get_by_role("button").click()
    section.get_by_role("tab", name=language).or_(section.get_by_role("radio", name=language)).or_(
        section.get_by_role("button", name=language)
    ).first.click()
    page.rest()
    text = section.locator("pre, textarea").first.inner_text()
    losses = run_program(tmp_path, text)
    wanted = [page.rows[-1].train_loss, page.rows[-1].test_loss]
    assert losses == pytest.approx(wanted, rel=1e-5 if language == "Keras" else 0, abs=6e-7)


def test_the_lines_of_a_table_with_more_columns_than_the_plane_are_taken_by_hand(tool: Start) -> None:
    page = tool("layers=2:tanh")
    give(page, "꽃.csv", flowers().encode())
    page.until("data.generation === '2'")
    assert page.setup["network"]["inputs"] == ["꽃받침 길이", "꽃받침 너비", "높이"]
    before = page.frames[-1].weights
    page.page.get_by_role("slider", name="line of neuron 1").press("ArrowRight")
    page.until("data.generation === '3' && data.sequence > 0")
    changed = set((page.frames[-1].weights != before).nonzero()[0].tolist())
    assert changed == {0, 2, 6}  # both weights of the plane and the bias, not the weight of the third column


def test_a_curve_says_why_it_cannot_be_dragged(tool: Start) -> None:
    page = tool("features=x1,x2,x1*x2&layers=2:tanh")
    assert "cannot be dragged" in page.page.locator("#output-readout").inner_text()
    assert page.page.get_by_role("slider", name="line of").count() == 0


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_tables_of_the_confusion_matrix_stay_apart_and_in_their_card(tool: Start, width: int) -> None:
    page = tool(width=width)
    give(page, "꽃.csv", flowers().encode())
    page.until("data.generation === '2'")
    page.rest()
    boxes = page.page.locator("#confusion table").evaluate_all(
        """(tables) => tables.map(({ parentElement: box }) => {
            const { left, right, top, bottom } = box.getBoundingClientRect();
            return { left, right, top, bottom, scrolls: getComputedStyle(box).overflowX === "auto" };
        })"""
    )
    card = page.page.locator("#confusion").bounding_box()
    assert card is not None
    assert all(card["x"] < box["left"] and box["right"] < card["x"] + card["width"] for box in boxes)
    assert all(box["scrolls"] for box in boxes)
    training, test = boxes
    assert training["right"] <= test["left"] or training["bottom"] <= test["top"]
    lines = page.page.locator("#confusion th .class-name").evaluate_all(
        "(names) => names.map((name) => name.getClientRects().length + (name.offsetHeight > 30))"
    )
    assert set(lines) == {1}


def test_of_several_bad_files_the_last_one_is_told(tool: Start) -> None:
    page = tool()
    notices = page.page.locator("#notices .notice")
    for name, text in {"first.csv": b"", "second.csv": b"a,b\n1,2\n3,x\n4,5\n", "third.csv": b"\xff\xfe\xff"}.items():
        give(page, name, text)
        notices.get_by_text(name).wait_for()
        assert notices.count() == 1


def test_the_page_says_which_table_is_open(tool: Start) -> None:
    page = tool("train=0.3")
    give(page, "꽃.csv", flowers().encode())
    page.until("data.generation === '2'")
    page.page.get_by_text("“꽃.csv”: 90 rows, 27 of them for training.").wait_for()


def test_the_classes_of_drawn_points_go_by_the_same_numbers_everywhere(tool: Start) -> None:
    page = tool("data=drawn")
    page.rest()
    offered = page.page.locator("#data .class-choice").all_inner_texts()
    named = page.page.locator("#output .legend li").all_inner_texts()
    assert [text.split()[0] for text in offered][:2] == named[:2] == page.setup["problem"]["classes"]
    assert "Hollow points are kept for testing" in page.page.locator("#data").inner_text()
