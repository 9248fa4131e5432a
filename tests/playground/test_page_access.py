"""The page for everyone: both languages, light and dark, by keyboard, by screen reader, on small and large screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from benchmarks import browser as real
from tests.playground.conftest import Tool

from rosenblatt import playground

Start = Callable[..., Tool]
WEB = Path(playground.__file__).parent / "web"

WORDS = """async () => {
    const load = async (name) => (await import(`./words/${name}.js`)).default;
    const files = {};
    for (const name of ["", "views.", "lessons."]) {
        for (const language of ["en", "ko"]) files[name + language] = await load(name + language);
    }
    return files;
}"""


def serious(page: Tool) -> list[dict[str, Any]]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra 'test' (axe)")
    found = axe.Axe().run(page.page).response["violations"]
    return [
        {"rule": each["id"], "where": [node["html"][:160] for node in each["nodes"]]}
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("settings", ["", "data=XOR&layers=2:sigmoid"])
def test_axe_finds_nothing_serious(tool: Start, language: str, theme: str, settings: str) -> None:
    page = tool(settings, query=f"?lang={language}", color_scheme=theme)
    assert page.data["theme"] == theme
    assert serious(page) == []


def test_both_languages_have_all_texts(tool: Start) -> None:
    files = tool().page.evaluate(WORDS)
    for name in ("", "views.", "lessons."):
        english, korean = files[f"{name}en"], files[f"{name}ko"]
        assert english.keys() == korean.keys()
        for key, text in english.items():
            places = [sorted(part.split("}")[0] for part in each.split("{")[1:]) for each in (text, korean[key])]
            assert places[0] == places[1], key


def test_the_language_is_switched_without_stopping_the_run(tool: Start) -> None:
    page = tool()
    page.press("Space")
    page.until("+data.epoch > 5")
    page.page.get_by_role("button", name="한국어").click()
    page.page.get_by_role("heading", name="신경망", exact=True).wait_for()
    assert page.page.evaluate("document.documentElement.lang") == "ko"
    epoch = page.epoch
    page.until(f"+data.epoch > {epoch}")
    assert page.playing
    page.press("Space")
    page.until("data.playing === 'false'")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [320, 768, 1280, 2560])
def test_nothing_sticks_out_at_any_width(tool: Start, width: int, language: str) -> None:
    page = tool(query=f"?lang={language}", width=width)
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_can_be_reached_by_tab_and_has_a_name(tool: Start) -> None:
    page = tool()
    seen = page.page.evaluate("""() => [...document.querySelectorAll("button, input, select, a[href], [tabindex]")]
        .filter((each) => each.checkVisibility() && each.tabIndex >= 0 && !each.disabled)
        .map((each, index) => {
            each.dataset.index = index;
            return each.outerHTML.slice(0, 120);
        })""")
    reached = set()
    while True:
        page.page.keyboard.press("Tab")
        tag, index, outline = page.page.evaluate("""(({ tagName, dataset }) => {
            const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
            return [tagName, dataset.index, outlineStyle + boxShadow];
        })(document.activeElement)""")
        if tag == "BODY":  # past the last one
            break
        assert outline != "nonenone", index
        reached.add(index)
    assert [text for index, text in enumerate(seen) if str(index) not in reached] == []


def test_reduced_motion_is_honoured(tool: Start) -> None:
    page = tool(reduced_motion="reduce")
    assert page.data["motion"] == "reduced"
    moving = page.page.evaluate("""() => [...document.querySelectorAll("*")].filter((each) =>
        parseFloat(getComputedStyle(each).transitionDuration) > 0.01).length""")
    assert moving == 0


def test_the_page_asks_nobody_else_and_works_without_a_network(tool: Start) -> None:
    page = tool()
    assert page.requests
    assert {url.split("/")[2] for url in page.requests} == {page.page.url.split("/")[2]}


def numbers(page: Tool, expression: str) -> Any:
    return page.page.evaluate(f"""async () => {{
        const {{ mathName, number, percent }} = await import("./words.js");
        return {expression};
    }}""")


def test_numbers_are_written_as_mathematics_writes_them(tool: Start) -> None:
    page = tool()
    assert numbers(
        page, "[number(-0.5), number(0), number(1.23456e-4), number(-2.5e-12, 2), number(1e6), number(NaN)]"
    ) == [
        "−0.500",
        "0.000",
        "1.23×10⁻⁴",
        "−2.50×10⁻¹²",
        "1.00×10⁶",
        "–",
    ]
    assert numbers(page, "[0.95, 0.0001, 0, 1, null].map((share) => percent(share))") == [
        "95.0%",
        "<0.1%",
        "0.0%",
        "100.0%",
        "–",
    ]
    assert numbers(page, "[percent(0.95), percent(0.004, 0)]") == ["95.0%", "<1%"]
    assert numbers(page, "['x1*x2', 'x12', 'x1^2', 'sin(pi*x1)', 'max2'].map(mathName)") == [
        "x₁\u2009x₂",
        "x₁₂",
        "x₁²",
        "sin\u2009π\u2009x₁",
        "max2",
    ]


PRESS = """([key, code]) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))"""


@pytest.mark.parametrize("key", ["ㅠ", "Process", "b", "B"])
def test_a_letter_works_under_every_input_method(tool: Start, key: str) -> None:
    page = tool()
    page.page.evaluate(PRESS, [key, "KeyB"])
    page.until("data.step === '1'")


def test_keys_go_to_the_page_after_the_mouse_has_chosen_something(tool: Start) -> None:
    page = tool()
    page.page.locator("#field-optimizer").click()
    page.page.keyboard.press("Escape")
    page.page.locator("#field-optimizer").select_option("adam")
    page.until("location.hash.includes('adam')")
    page.page.keyboard.press("Space")
    page.until("data.playing === 'true'")
    page.page.locator("canvas.output").click(position={"x": 200, "y": 150})
    page.page.keyboard.press("Space")
    page.until("data.playing === 'false'")


def test_keys_are_left_to_a_control_that_the_keyboard_has_reached(tool: Start) -> None:
    page = tool()
    page.page.locator("#field-loss").focus()
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.id") == "field-optimizer"
    page.page.keyboard.press("r")  # RMSprop, and no rewind
    page.until("location.hash.includes('rmsprop')")
    page.page.locator("#field-learning_rate").fill("0.5")
    page.page.keyboard.press("e")
    page.page.wait_for_timeout(200)
    assert page.data["step"] == "0"


def test_space_puts_no_point(tool: Start) -> None:
    page = tool("data=drawn")
    points = page.setup["settings"]["points"]
    page.page.locator("canvas.output").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Space")
    page.until("data.playing === 'true'")
    page.page.keyboard.press("Space")
    page.until("data.playing === 'false'")
    assert page.setup["settings"]["points"] == points


def test_what_is_chosen_is_worded_anew_when_the_language_changes(tool: Start) -> None:
    page = tool("layers=3:relu")
    page.page.locator("#field-noise").fill("9")
    page.page.locator("#field-noise").press("Enter")
    page.page.get_by_text("Please enter a number from 0 to 1.").wait_for()
    page.page.get_by_role("button", name="한국어").click()
    page.page.get_by_text("0에서 1 사이의 수를 입력하세요.").wait_for()
    assert page.page.locator("#field-loss option:checked").inner_text() == "교차 엔트로피"
    assert page.page.get_by_role("combobox", name="활성화 함수: 은닉층 1").input_value() == "relu"
    page.page.locator("#data button[value=moons]").click()
    page.until("data.generation === '2'")
    assert page.page.locator("#field-noise").input_value() == "0.1"


def test_controls_rest_while_the_server_is_gone(tool: Start) -> None:
    with real.serving("--port", "0") as (address, server):
        page = tool(at=address)
        server.terminate()
        server.wait()
    notice = page.page.locator("#notices [role=alert]")
    notice.get_by_role("button", name="Reconnect").wait_for()
    rests = (
        """() => [...document.querySelectorAll(".panel .body")].filter((body) => !body.inert).map((body) => body.id)"""
    )
    assert page.page.evaluate(rests) == ["code-body"]
    port = address.split(":")[2].split("/")[0]
    page.page.evaluate("scrollTo(0, 400)")
    box = notice.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 200  # it stays in sight
    page.complaints.clear()  # the browser's own, of the connection
    with real.serving("--port", port) as (again, _):
        token = again.partition("token=")[2]
        page.page.evaluate("token => history.replaceState(null, '', `#token=${token}`)", token)
        notice.get_by_role("button", name="Reconnect").click()
        page.page.locator("#model-body:not([inert])").wait_for()
        assert page.page.locator("#notices .notice").count() == 0
        page.step("b")


def test_errors_of_an_earlier_address_are_dropped(tool: Start) -> None:
    page = tool("noise=7")
    page.page.locator("#notices [role=alert] .notice").wait_for()
    page.page.evaluate("location.hash = location.hash.replace(/&.*|$/, '&data=moons')")
    page.until("location.hash.includes('moons')")
    page.page.locator("#data button[value=moons][aria-pressed=true]").wait_for()
    assert page.page.locator("#notices .notice").count() == 0


@pytest.mark.parametrize("width", [1080, 1280, 1800, 2560])
def test_the_map_of_the_output_is_large(tool: Start, width: int) -> None:
    page = tool(width=width)
    box = page.page.locator("canvas.output").bounding_box()
    assert box is not None
    rem = page.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert box["width"] - 60 >= (480 if width >= 1800 else 22 * rem)  # the numbers of the axes beside it


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_control_of_a_layer_leaves_its_card(tool: Start, width: int) -> None:
    page = tool("layers=4:leaky_relu,4:sigmoid,3:tanh", width=width, height=760)
    assert (
        page.page.evaluate("""() => [...document.querySelectorAll(".layer")].filter((card) => {
        const right = card.getBoundingClientRect().right;
        return [...card.querySelectorAll("*")].some((each) => each.getBoundingClientRect().right > right);
    }).length""")
        == 0
    )


def test_on_a_phone_the_output_comes_first(tool: Start) -> None:
    page = tool(width=360, height=760)
    tops = [page.page.locator(name).bounding_box() for name in ("#output", "#network", "#data", "#chart", "#code")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)


@pytest.mark.parametrize("width", [800, 1280, 1920])
def test_what_is_hidden_leaves_its_place_to_the_network(tool: Start, width: int) -> None:
    lefts = [tool(hide, width=width).page.locator("#network").bounding_box() for hide in ("", "hide=data,model")]
    assert lefts[0] is not None
    assert lefts[1] is not None
    assert lefts[1]["x"] < 60 < lefts[0]["x"]


def test_all_modules_are_asked_for_at_once() -> None:
    listed = re.findall(r'rel="modulepreload" href="([^"]+)"', (WEB / "index.html").read_text(encoding="utf-8"))
    modules = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.js"))
    assert sorted([*listed, "main.js"]) == modules


def test_each_wrong_part_of_an_address_is_told(tool: Start) -> None:
    page = tool("data=nonsense&layers=3:foo&loss=bad&learning_rate=-1&colour=red")
    told = page.page.locator("#notices .notice p").all_inner_texts()
    assert [text.partition(":")[0] for text in told] == ["Address", "Data", "Activation", "Loss", "Learning rate"]


def test_a_refused_number_gives_way_to_the_one_that_holds(tool: Start) -> None:
    page = tool("learning_rate=0.3")
    field = page.page.locator("#field-learning_rate")
    field.fill("-1")
    field.press("Tab")
    assert field.input_value() == "0.3"
    told = "Not applied: −1. Please enter a number from 0.00001 to 10."
    assert page.page.locator("#wrong-learning_rate").inner_text() == told
    assert page.setup["settings"]["learning_rate"] == 0.3


def test_a_field_that_holds_again_is_no_longer_called_wrong(tool: Start) -> None:
    page = tool()
    field = page.page.locator("#field-count")
    field.fill("99999")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Tab")
    assert field.input_value() == "500"
    assert field.get_attribute("aria-invalid") is None
    page.page.get_by_role("button", name="한국어").click()
    page.page.get_by_text("10에서 5000 사이의 정수를 입력하세요.").wait_for()  # it can still be read why
    assert field.get_attribute("aria-invalid") is None
    field.focus()
    assert page.page.locator("#wrong-count").is_hidden()


def focused(page: Tool) -> str:
    label: str = page.page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName"
    )
    return label


def test_closing_the_inspector_leads_back_to_its_neuron(tool: Start) -> None:
    page = tool()
    page.page.get_by_role("button", name="neuron 3 of hidden layer 1").click()
    page.page.locator("#neuron").get_by_role("button", name="Close").click()
    page.painted()
    assert focused(page).startswith("neuron 3 of hidden layer 1")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_a_neuron_that_is_chosen_stays_in_sight(tool: Start, width: int, height: int) -> None:
    page = tool(width=width, height=height)
    neuron = page.page.get_by_role("button", name="neuron 1 of hidden layer 1")
    neuron.scroll_into_view_if_needed()
    before = neuron.bounding_box()
    neuron.click()
    page.page.locator("#neuron .neuron-title").wait_for()
    page.rest()
    assert neuron.bounding_box() == before
    assert page.page.locator("#neuron .fold").get_attribute("aria-expanded") == "true"


def test_the_focus_stays_in_a_notice_that_stays(tool: Start) -> None:
    page = tool("noise=7&batch=0")
    close = page.page.locator("#notices").get_by_role("button")
    assert close.count() == 2
    close.last.focus()
    page.page.evaluate("document.querySelector('#toolbar .language').click()")  # words both anew
    page.page.locator("#notices").get_by_role("button", name="닫기").first.wait_for()
    page.painted()
    assert close.last.evaluate("(button) => button === document.activeElement")
    close.last.press("Enter")
    page.painted()
    assert close.count() == 1
    assert close.evaluate("(button) => button === document.activeElement")


def test_a_notice_that_goes_leaves_the_focus_to_a_tool_where_play_cannot_have_it(tool: Start) -> None:
    page = tool("noise=7")
    page.page.evaluate("document.querySelector('#toolbar .play').disabled = true")
    page.page.locator("#notices").get_by_role("button", name="Close").click()
    page.painted()
    assert page.page.locator("#notices .notice").count() == 0
    assert page.page.evaluate("document.activeElement.matches('#toolbar .tools button')")


def test_a_notice_that_goes_leaves_the_focus_to_play(tool: Start) -> None:
    page = tool("noise=7")
    page.page.locator("#notices").get_by_role("button", name="Close").click()
    page.painted()
    assert page.page.locator("#notices .notice").count() == 0
    assert focused(page) == "Play"


def test_after_a_run_that_diverged_the_focus_is_on_play(tool: Start) -> None:
    page = tool("data=plane&layers=8:relu,8:relu&learning_rate=10")
    page.press("Space")
    page.page.get_by_role("button", name="Halve the learning rate").click()
    page.painted()
    assert focused(page) in ("Play", "Pause")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [320, 360])
def test_no_choice_of_the_speed_is_cut(tool: Start, width: int, language: str) -> None:
    page = tool(query=f"?lang={language}", width=width, height=740)
    text, box = page.page.locator("#speed").evaluate(
        """(select) => {
            const { fontSize, fontFamily } = getComputedStyle(select);
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = `${fontSize} ${fontFamily}`;
            const widths = [...select.options].map(({ text }) => pen.measureText(text).width);
            return [Math.max(...widths), select.clientWidth];
        }"""
    )
    assert text + 22 <= box  # beside its arrow


def test_the_inspector_is_there_once_a_neuron_is_chosen(tool: Start) -> None:
    page = tool()
    inspector = page.page.locator("#neuron")
    assert inspector.is_hidden()
    page.page.locator('[data-neuron="0 0"]').click()
    inspector.wait_for()
    inspector.get_by_role("button", name="Close").click()
    inspector.wait_for(state="hidden")
