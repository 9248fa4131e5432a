"""Make docs/api from the docstrings: a page a module, the same text each time.

    python tools/make_api_reference.py [FOLDER]

FOLDER is docs/api unless given. Only the standard library is used, and rosenblatt itself, which is imported to be read.
A page tells a module's public names in the order of the source. A method that a base class has told about is not told
again. tests/test_api_reference.py fails where the pages in docs/api are not those that this program makes.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "api"

# The pages: what one imports to use the library, and below it the mathematics.
MODULES = (
    "rosenblatt",
    "rosenblatt.models",
    "rosenblatt.layers",
    "rosenblatt.activations",
    "rosenblatt.losses",
    "rosenblatt.optimizers",
    "rosenblatt.optimizers.schedules",
    "rosenblatt.metrics",
    "rosenblatt.callbacks",
    "rosenblatt.initializers",
    "rosenblatt.regularizers",
    "rosenblatt.constraints",
    "rosenblatt.datasets",
    "rosenblatt.datasets.fashion_mnist",
    "rosenblatt.datasets.mnist",
    "rosenblatt.datasets.digits",
    "rosenblatt.datasets.breast_cancer",
    "rosenblatt.datasets.points",
    "rosenblatt.datasets.tables",
    "rosenblatt.utils",
    "rosenblatt.plots",
    "rosenblatt.graph",
    "rosenblatt.playground",
    "rosenblatt.sklearn",
    "rosenblatt.errors",
    "rosenblatt.ladder",
    "rosenblatt.ladder.step0_line",
    "rosenblatt.ladder.step1_perceptron",
    "rosenblatt.ladder.step2_single_layer",
    "rosenblatt.ladder.step3_dual_layer",
    "rosenblatt.ladder.step4_random_init",
    "rosenblatt.ladder.step5_minibatch",
    "rosenblatt.ladder.step6_multi_class",
    "rosenblatt.ladder.xor",
    "rosenblatt.functional.network",
    "rosenblatt.functional.dense",
    "rosenblatt.functional.activations",
    "rosenblatt.functional.losses",
    "rosenblatt.functional.optimizers",
    "rosenblatt.functional.schedules",
    "rosenblatt.functional.metrics",
    "rosenblatt.functional.initializers",
    "rosenblatt.functional.regularizers",
    "rosenblatt.functional.constraints",
    "rosenblatt.functional.normalization",
    "rosenblatt.functional.dropout",
)

# Parts that other modules of the library need and users do not, in modules without __all__.
INTERNAL = {
    "rosenblatt.layers": {
        "ActivationLayer",
        "CommonArguments",
        "Numbers",
        "Owner",
        "ScaleAndShift",
        "copy_weights",
        "dense_layers",
        "lay_out",
        "name_layers",
        "shape_of_row",
    },
    "rosenblatt.activations": {"rule"},
    "rosenblatt.optimizers": {"Shared"},
    "rosenblatt.utils": {"fresh_seed"},
}
# Names that a module passes on from another one, where they are not told.
PASSED_ON = {"rosenblatt.callbacks": ("History",)}

SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises|Example|Source):\s*(.*)")
TITLES = {"Args": "Arguments", "Example": "Example", "Source": "Source"}
MARKS = {"*": r"\*", "<": "&lt;", "__": r"\_\_"}
CODE_OR_MARK = re.compile(r"(``.*?``|`.*?`)|([*<]|__)")


def main(folder: Path = FOLDER) -> None:
    """Write all pages; pages of modules that are no more are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = dict(pages())
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def pages() -> Iterator[tuple[str, str]]:
    """Yield each page's file name and text."""
    modules = [importlib.import_module(name) for name in MODULES]
    lines = ["# API reference", "", "Made from the docstrings by `python tools/make_api_reference.py`.", ""]
    lines += ["| module | what it has |", "|---|---|"]
    for module in modules:
        first = inspect.getdoc(module).partition("\n\n")[0].replace("\n", " ")  # type: ignore[union-attr]
        lines.append(f"| [{module.__name__}]({file_name(module)}) | {escaped(first)} |")
    yield "index.md", "\n".join(lines) + "\n"
    for module in modules:
        yield file_name(module), page(module)


def file_name(module: ModuleType) -> str:
    """Return the name of a module's page."""
    return module.__name__.removeprefix("rosenblatt.") + ".md"


def page(module: ModuleType) -> str:
    """Return a module's page: its docstring, links to what other pages tell, then its own names."""
    told = public(module)
    parts = [f"# {module.__name__}", described(module)]
    parts.append("\n".join(link(names, value) for names, value in told if told_elsewhere(module, value)))
    for names, value in told:
        if told_elsewhere(module, value):
            continue
        parts.append(f"## {names[0]}")
        parts.append(signature(names[0], value))
        if len(names) > 1:
            parts.append("Also: " + ", ".join(f"`{name}`" for name in names[1:]) + ".")
        parts.append(described(value))
        if inspect.isclass(value):
            for name, member in members(value):
                parts.append(escaped(f"### {names[0]}.{name}"))
                parts.append(signature(name, member))
                parts.append(described(member))
    return "\n\n".join(part for part in parts if part) + "\n"


def told_elsewhere(module: ModuleType, value: Any) -> bool:
    """Tell whether something has its place on another page."""
    return inspect.ismodule(value) or (value.__module__ != module.__name__ and value.__module__ in MODULES)


def link(names: list[str], value: Any) -> str:
    """Return a point of a list that leads to where something is told."""
    home = value if inspect.ismodule(value) else sys.modules[value.__module__]
    anchor = "" if inspect.ismodule(value) else f"#{names[0].lower()}"
    also = f", also {', '.join(f'`{name}`' for name in names[1:])}" if len(names) > 1 else ""
    return f"- [{names[0]}]({file_name(home)}{anchor}){also}"


def public(module: ModuleType) -> list[tuple[list[str], Any]]:
    """Return a module's functions, classes and parts, each with all of its names, in the order of the source."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if is_public(module, name)]
    found: list[tuple[list[str], Any]] = []
    for name in names:
        value = getattr(module, name)
        if value is module or not (inspect.ismodule(value) or callable(value)):
            continue
        for others, same in found:
            if same is value:
                others.append(name)
                break
        else:
            found.append(([name], value))
    for others, value in found:  # a class or function is told under its own name, whichever was bound first
        others.sort(key=lambda name, own=value.__name__: name != own)
    return found


def is_public(module: ModuleType, name: str) -> bool:
    """Tell whether a name belongs to a module, made there and not only imported."""
    value = getattr(module, name)
    if name.startswith("_") or name in INTERNAL.get(module.__name__, ()):
        return False
    if name in PASSED_ON.get(module.__name__, ()):
        return True
    made_here = getattr(value, "__module__", None) == module.__name__ or hasattr(value, "__wrapped__")
    return made_here and (inspect.isclass(value) or isinstance(value, FunctionType))


def members(owner: type) -> Iterator[tuple[str, Any]]:
    """Yield a class's own methods and properties, without those that a base class tells about."""
    for name, value in vars(owner).items():
        if name.startswith("_") and name != "__call__":
            continue
        value = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not isinstance(value, FunctionType | property):
            continue
        if not any(name in vars(base) for base in owner.__mro__[1:] if base.__module__.startswith("rosenblatt")):
            yield name, value


def signature(name: str, value: Any) -> str:
    """Return how something is called, in a block of code; nothing for a property or an argument-less class."""
    if isinstance(value, property):
        return ""
    if inspect.isclass(value) and not (
        hasattr(value, "_fields") or isinstance(value.__init__, FunctionType)  # type: ignore[misc]
    ):
        return ""
    parameters = [p for p in inspect.signature(value).parameters.values() if p.name != "self"]
    pieces: list[str] = []
    for before, parameter in zip([None, *parameters], parameters, strict=False):
        if parameter.kind is parameter.KEYWORD_ONLY and (before is None or before.kind < parameter.VAR_POSITIONAL):
            pieces.append("*")
        pieces.append(argument(parameter))
    returned = getattr(value, "__annotations__", {}).get("return")
    arrow = "" if returned is None or inspect.isclass(value) else f" -> {word(returned)}"
    line = f"{name}({', '.join(pieces)}){arrow}"
    if len(line) > 100:
        line = f"{name}(\n" + "".join(f"    {piece},\n" for piece in pieces) + f"){arrow}"
    return f"```text\n{line}\n```"


def argument(parameter: inspect.Parameter) -> str:
    """Return an argument as it stands in a signature."""
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    text = stars + parameter.name
    if parameter.annotation is not parameter.empty:
        text += f": {word(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        text += f" = {parameter.default!r}" if ":" in text else f"={parameter.default!r}"
    return text


def word(annotation: Any) -> str:
    """Return an annotation as it is written in the source."""
    if isinstance(annotation, str):
        return annotation
    return getattr(annotation, "__forward_arg__", None) or getattr(annotation, "__name__", str(annotation))


def described(value: Any) -> str:
    """Return a docstring as Markdown: Google's sections become paragraphs and lists."""
    blocks: list[str] = []
    lines = (inspect.getdoc(value) or "").split("\n")
    start = 0
    while start < len(lines):
        match = SECTION.fullmatch(lines[start])
        stop = start + 1
        if match:
            while stop < len(lines) and (not lines[stop] or lines[stop].startswith(" ")):
                stop += 1
            blocks.append(section(match[1], match[2], lines[start + 1 : stop]))
        else:
            while stop < len(lines) and not SECTION.fullmatch(lines[stop]):
                stop += 1
            blocks.append(prose(lines[start:stop]))
        start = stop
    return "\n\n".join(block for block in blocks if block)


def section(kind: str, first: str, lines: list[str]) -> str:
    """Return one section: a list of names, an example, or a paragraph."""
    body = inspect.cleandoc("\n".join(["", *lines])).split("\n") if any(lines) else []
    title = f"**{TITLES.get(kind, kind)}**"
    if kind == "Example":
        return f"{title}\n\n```pycon\n" + "\n".join(body).strip() + "\n```"
    if kind in ("Args", "Attributes", "Raises"):
        return f"{title}\n\n" + "\n".join(entries(body))
    text = "\n".join([first, *body]).strip().split("\n")
    return f"{title}: {prose(text)}"


def entries(body: list[str]) -> Iterable[str]:
    """Turn "name: what it is" with its continued lines into the points of a list."""
    for line in body:
        name, colon, rest = line.partition(": ")
        if line.startswith(" ") or not line:
            yield f"  {escaped(line.strip())}" if line else ""
        elif colon and re.fullmatch(r"[\w*, ]+", name):
            yield f"- `{name}`: {escaped(rest)}"
        else:
            yield f"- {escaped(line)}"


def prose(lines: list[str]) -> str:
    """Return paragraphs; what is indented by four is shown as it stands."""
    return "\n".join(line if line.startswith("    ") else escaped(line) for line in lines).strip("\n")


def escaped(text: str) -> str:
    """Keep Markdown from reading signs of arithmetic as its own, outside of `code`."""
    return CODE_OR_MARK.sub(lambda match: match[1] or MARKS[match[2]], text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="where to, in place of the usual folder")
    folder = parser.parse_args().folder
    main(*[folder] if folder else [])
