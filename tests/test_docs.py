"""What the documentation shows is executed: each block of Python, and each command of ours.

    ```python                 run; all blocks of a page share their names, and a temporary folder
    ```text                   right below it: what it prints
    ```console                "$ rosenblatt ..." and "$ python -m rosenblatt..." are run; below them, what they print
    ```sh                     commands of other programs, which are not run
    <!-- needs full data -->  above a block of Python or commands: run only where ROSENBLATT_DATA names the full data
    <!-- not run: reason -->  above a block that is shown and not run

In what is printed, ``...`` stands for anything, and figures that were measured may differ by a little (see `matches`).
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
RUN_LANGUAGES = ("python", "console")
FENCE = re.compile(r"^(?:<!--(?P<mark>.*?)-->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
OURS = re.compile(r"rosenblatt\b|python -m rosenblatt\b")
NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]?\d+)?")
SECONDS = re.compile(r"\d+(?:\.\d+)?(?= ?(?:s\b|ms\b|seconds\b|초))")


class Block(NamedTuple):
    """A fenced block of a page, with what it is to print, if the page says so."""

    page: Path
    line: int  # of its first line of text
    mark: str
    language: str
    text: str
    printed: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}, line {self.line}"


def blocks(page: Path) -> list[Block]:
    source = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in FENCE.finditer(source):
        line = source.count("\n", 0, match.start("text")) + 1
        mark = (match["mark"] or "").strip()
        follows = not source[end : match.start()].strip()
        if match["language"] == "text" and found and found[-1].language == "python" and follows:
            found[-1] = found[-1]._replace(printed=match["text"])
        else:
            found.append(Block(page, line, mark, match["language"], match["text"]))
        end = match.end()
    return [block for block in found if block.language in RUN_LANGUAGES and not block.mark.startswith("not run")]


def needs_full_data(block: Block) -> bool:
    return block.mark == "needs full data"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what a page writes, in an environment in which everything prints the same each time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, folder: Path) -> None:
    run_page([block for block in blocks(page) if not needs_full_data(block)])


FULL_PAGES = [page for page in PAGES if ".ko." not in page.name and any(map(needs_full_data, blocks(page)))]


@pytest.mark.slow
@pytest.mark.parametrize("page", FULL_PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says_with_the_full_data(page: Path, folder: Path, full_data: Path) -> None:
    run_page(blocks(page))


def run_page(page_blocks: list[Block]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in page_blocks:
        if block.language == "python":
            printed = run_python(block, names)
            if block.printed is not None:
                check(block, block.printed, printed)
        else:
            for command, expected in commands(block):
                printed = run_command(block, command)
                if expected.strip():
                    check(block, expected, printed)


def run_python(block: Block, names: dict[str, Any]) -> str:
    # Empty lines in front give every line of a traceback the number that it has on the page.
    code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    return printed.getvalue()


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the commands of ours in a console, each with the lines below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        command, _, expected = part.replace("\\\n", "").partition("\n")
        if OURS.match(command):
            yield command, expected


def run_command(block: Block, command: str) -> str:
    program, *arguments = shlex.split(command)
    words = [sys.executable] if program == "python" else [str(Path(sysconfig.get_path("scripts"), program))]
    done = subprocess.run([*words, *arguments], capture_output=True, encoding="utf-8", env=os.environ, check=False)
    assert done.returncode == 0, f"{block.place}: $ {command}\nexit code {done.returncode}\n{done.stderr}{done.stdout}"
    return done.stdout


def check(block: Block, expected: str, printed: str) -> None:
    assert matches(expected, printed), f"{block.place}: expected\n{expected}\ngot\n{printed}"


def matches(expected: str, printed: str) -> bool:
    """Whether a text is the one expected.

    The spaces between words do not count, and seconds never do. A number with at most four decimals is taken for
    measured and may differ by 3 % or 0.02: another processor rounds otherwise, and training carries that on.
    """
    expected, printed = (" ".join(SECONDS.sub("0", text).split()) for text in (expected, printed))
    pattern = "".join(
        ".*?" if piece == "..." else rf"({NUMBER.pattern})" if NUMBER.fullmatch(piece) else re.escape(piece)
        for piece in re.split(rf"(\.\.\.|{NUMBER.pattern})", expected)
    )
    found = re.fullmatch(pattern.replace(r"(?<![\w.])", ""), printed)
    return found is not None and all(
        same_number(*pair) for pair in zip(NUMBER.findall(expected), found.groups(), strict=True)
    )


def same_number(expected: str, printed: str) -> bool:
    measured = re.fullmatch(r"-?\d+\.\d{1,4}", expected)
    return (
        math.isclose(float(expected), float(printed), rel_tol=0.03, abs_tol=0.02) if measured else expected == printed
    )


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("loss 0.4056", "loss  0.4101\n", True),
        ("loss 0.4056", "loss 0.5056", False),
        ("loss 0.4056", "lost 0.4056", False),
        ("b = -0.20000000000000004", "b = -0.20000000000000004", True),
        ("b = -0.20000000000000004", "b = -0.2", False),
        ("[0 0 0 1]", "[0 0 0 0]", False),
        ("6000 rows", "6001 rows", False),
        ("Epoch 1/5 - 0.08s - loss: 0.8", "Epoch 1/5 - 12s - loss: 0.8", True),
        ("first\n...\nlast", "first\nsecond\nthird\nlast", True),
        ("first\n...\nlast", "first\nsecond", False),
    ],
)
def test_texts_are_compared_as_readers_would(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs" / "api").glob("*.md"))], ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(prose) if not target.startswith(("http:", "https:", "mailto:"))]
    gone = [target for target in targets if not (page.parent / target).exists()]
    assert not gone, f"{page.relative_to(ROOT)} links to {', '.join(gone)}"


KOREAN_PAGES = [page for page in PAGES if page.stem.endswith(".ko")]


@pytest.mark.parametrize("korean", KOREAN_PAGES, ids=lambda page: page.name)
def test_a_korean_page_shows_what_the_english_one_shows(korean: Path) -> None:
    english = korean.with_name(korean.name.replace(".ko.", "."))
    assert list(map(calls, blocks(korean))) == list(map(calls, blocks(english)))


def calls(block: Block) -> list[str]:
    """What a block calls, block by block and in order: the same in every language, unlike comments and texts."""
    if block.language == "console":
        return [command.replace(" --lang ko", "") for command, _ in commands(block)]
    return [ast.unparse(node.func) for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Call)]
