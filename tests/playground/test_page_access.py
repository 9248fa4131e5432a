"""The page for everyone: both languages, light and dark, by keyboard, by screen reader, on small and large screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.playground.conftest import Tool

Start = Callable[..., Tool]

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
        .map((each) => each.outerHTML.slice(0, 120))""")
    reached = set()
    while True:
        page.page.keyboard.press("Tab")
        found = page.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if found.startswith("<body"):  # past the last one
            break
        reached.add(found)
        outline = page.page.evaluate(
            "(({outlineStyle, boxShadow}) => outlineStyle + boxShadow)(getComputedStyle(document.activeElement))"
        )
        assert outline != "nonenone", found
    missing = set(seen) - reached
    assert missing == set()


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
