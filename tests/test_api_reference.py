"""The API reference: its pages are those of today's docstrings, and everything that they name has one."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_api_reference", ROOT / "tools" / "make_api_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def test_the_committed_pages_are_current(tmp_path: Path) -> None:
    tool.main(tmp_path)
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in tool.FOLDER.glob("*.md")}
    stale = sorted(name for name in made.keys() | committed.keys() if made.get(name) != committed.get(name))
    assert not stale, f"run python tools/make_api_reference.py: {', '.join(stale)} are not what the docstrings say"


@pytest.mark.parametrize("name", tool.MODULES)
def test_every_public_object_has_a_docstring(name: str) -> None:
    module = importlib.import_module(name)
    told = {name: module}
    for names, value in tool.public(module):
        told[names[0]] = value
        if inspect.isclass(value):
            told |= {f"{names[0]}.{member_name}": member for member_name, member in tool.members(value)}
    untold = [key for key, value in told.items() if not has_docstring(value)]
    assert not untold, f"without a docstring: {', '.join(untold)}"


def has_docstring(value: object) -> bool:
    text = inspect.getdoc(value) or ""
    made_by_python = inspect.isclass(value) and text.startswith(f"{value.__name__}(")
    return bool(text) and not made_by_python


def test_the_pages_are_the_same_each_time() -> None:
    assert dict(tool.pages()) == dict(tool.pages())


def test_no_page_depends_on_where_an_object_lies_in_memory() -> None:
    assert not [name for name, text in tool.pages() if re.search(r"0x[0-9a-f]{6,}", text)]


def test_a_docstring_becomes_markdown() -> None:
    def scale(x: float, factor: float = 2.0) -> float:
        """Return x * factor, as `x * factor`.

            x    the number

        Args:
            x: any number,
                even < 0.
            factor: how much.

        Example:
            >>> scale(1.0)
            2.0

        Source: nobody.
        """
        return x * factor

    assert tool.signature("scale", scale) == "```text\nscale(x: float, factor: float = 2.0) -> float\n```"
    assert tool.described(scale).split("\n") == [
        r"Return x \* factor, as `x * factor`.",
        "",
        "    x    the number",
        "",
        "**Arguments**",
        "",
        "- `x`: any number,",
        "  even &lt; 0.",
        "- `factor`: how much.",
        "",
        "**Example**",
        "",
        "```pycon",
        ">>> scale(1.0)",
        "2.0",
        "```",
        "",
        "**Source**: nobody.",
    ]


def test_links_lead_to_headings_that_exist() -> None:
    pages = dict(tool.pages())
    for name, text in pages.items():
        for page, anchor in re.findall(r"\]\(([\w.]+\.md)(?:#(\w+))?\)", text):
            headings = {heading.lower() for heading in re.findall(r"^## (\w+)$", pages[page], re.M)}
            assert not anchor or anchor in headings, f"{name} links to {page}#{anchor}"
