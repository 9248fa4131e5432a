"""The API reference: its pages are those of today's docstrings, and everything that they name has one."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

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


# What shows itself only with the full data, in a browser, or on a whole page. An entry that is no longer true fails.
WITHOUT_EXAMPLE = {
    "rosenblatt.datasets.fashion_mnist.load_data",
    "rosenblatt.datasets.mnist.load_data",
    "rosenblatt.playground.open_playground",
    *(f"{name}.main" for name in tool.MODULES if name.startswith("rosenblatt.ladder.")),
}


@pytest.mark.parametrize("name", tool.MODULES)
def test_every_public_class_and_function_shows_an_example(name: str) -> None:
    without = {place for place, value in own(name).items() if ">>> " not in (value.__doc__ or "")}
    assert without == {place for place in WITHOUT_EXAMPLE if place.rpartition(".")[0] == name}


@pytest.mark.parametrize("name", tool.MODULES)
def test_every_argument_is_told(name: str) -> None:
    """By its class or function, by a base class, or among the symbols that the module explains at its top."""
    untold = {}
    for place, value in own(name).items():
        names = {parameter.name for parameter in parameters(value) if parameter.kind is not parameter.VAR_KEYWORD}
        symbols = set(re.findall(r"``(\w+)``", inspect.getdoc(inspect.getmodule(value)) or ""))
        bases = inspect.getmro(value) if inspect.isclass(value) else (value,)
        untold[place] = names - symbols - set().union(*map(arguments_told, bases))
    assert not {place: names for place, names in untold.items() if names}


@pytest.mark.parametrize("name", tool.MODULES)
def test_no_argument_is_told_that_is_not_there(name: str) -> None:
    gone = {
        place: arguments_told(value) - {parameter.name for parameter in parameters(value)}
        for place, value in own(name).items()
    }
    assert not {place: names for place, names in gone.items() if names}


def own(name: str) -> dict[str, Any]:
    """The public classes and functions that a module has made, by the place where they are found."""
    module = importlib.import_module(name)
    made = ((names[0], value) for names, value in tool.public(module) if not tool.told_elsewhere(module, value))
    return {f"{name}.{own_name}": value for own_name, value in made}


def parameters(value: Any) -> list[inspect.Parameter]:
    """None of a class that is made without arguments, or by Python's own constructor as most errors are."""
    return list(inspect.signature(value).parameters.values()) if tool.signature("", value) else []


def arguments_told(value: object) -> set[str]:
    """The names in a docstring's Args; a line may tell of several, and a star stands before what takes all others."""
    section = re.search(r"^Args:\n((?: .*\n|\n)*)", inspect.cleandoc(value.__doc__ or "") + "\n", re.M)
    entries = re.findall(r"^ {4}([\w*][\w*, ]*): ", section[1], re.M) if section else []
    return {name.strip(" *") for entry in entries for name in entry.split(",")}


def test_arguments_are_read_from_docstrings() -> None:
    def add(*terms: float, scale: float, offset: float) -> float:
        """Return a sum.

        Args:
            *terms: the numbers,
                one: or several.
            scale, offset: what the sum is multiplied by, and what is added to it.

        Source: nobody.
        """
        return offset + scale * sum(terms)

    assert arguments_told(add) == {"terms", "scale", "offset"}


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
