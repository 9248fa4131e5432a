"""Make the lecture notebooks: each source in examples/notes/source becomes an English and a Korean notebook.

    python tools/make_notebooks.py             build and run those whose cells have changed
    python tools/make_notebooks.py --all       run the others too, for fresh outputs
    python tools/make_notebooks.py --check     only tell which are out of date

A source is a Markdown file. Code stands in it once, for both languages:

    [en]                        begins a text cell of the English notebook
    [ko]                        begins a text cell of the Korean notebook
    ```python                   begins a code cell, up to the next ```; "```python ko" one of a single language
    [opening]                   stands for all cells of source/opening.md
    {{error||오차}}             within a cell: the English words or the Korean ones

Needs the extra `test` (nbformat, nbclient, ipykernel, Pillow). The notebooks run at their small size, on data that come
with the library.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

FOLDER = Path(__file__).parents[1] / "examples" / "notes"
LANGUAGES = ("en", "ko")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

TEXT = re.compile(r"\[(en|ko)\]")
CODE = re.compile(r"```python(?: (en|ko))?")
WORDS = re.compile(r"\{\{(.+?)\|\|(.+?)\}\}")


class Cell(NamedTuple):
    """A cell of a source; `language` is empty where it belongs to both notebooks."""

    kind: str
    language: str
    content: str


def main(arguments: list[str]) -> int:
    """Build what has to be built, and return the exit code."""
    stale = [
        (path, notebook) for path, notebook in notebooks() if "--all" in arguments or not is_current(path, notebook)
    ]
    if "--check" in arguments:
        for path, _ in stale:
            print(f"{path.name}: out of date. Run python tools/make_notebooks.py.")
        return 1 if stale else 0
    for path, notebook in stale:
        run(notebook)
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    return 0


def notebooks() -> Iterator[tuple[Path, NotebookNode]]:
    """Yield the place of every notebook, and the notebook as its source says, without outputs."""
    for source in sorted((FOLDER / "source").glob("[0-9]*.md")):
        for language in LANGUAGES:
            yield FOLDER / f"{source.stem}.{language}.ipynb", build(source, language)


def build(source: Path, language: str) -> NotebookNode:
    """Return the notebook of one language; the same one each time, cell ids included."""
    notebook = new_notebook(metadata=METADATA)
    for cell in read(source):
        if cell.language in ("", language):
            make = new_code_cell if cell.kind == "code" else new_markdown_cell
            content = WORDS.sub(lambda words: words[1 + LANGUAGES.index(language)], cell.content)
            notebook.cells.append(make(content, id=f"cell-{len(notebook.cells) + 1:02d}"))
    return notebook


def read(source: Path) -> list[Cell]:
    """Return the cells of a source.

    Raises:
        ValueError: a line belongs to no cell, or a code cell does not end.
    """
    cells: list[Cell] = []
    kind, language, lines = "", "", list[str]()

    def close() -> None:
        if kind:
            cells.append(Cell(kind, language, "\n".join(lines).strip()))

    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        if kind == "code":
            if line == "```":
                close()
                kind = ""
            else:
                lines.append(line)
        elif line == "[opening]":
            close()
            cells += read(source.parent / "opening.md")
            kind = ""
        elif begins := TEXT.fullmatch(line) or CODE.fullmatch(line):
            close()
            kind, language, lines = "text" if begins.re is TEXT else "code", begins[1] or "", []
        elif kind == "text":
            lines.append(line)
        elif line:
            raise ValueError(f"{source.name}, line {number}: expected [en], [ko] or a code cell, got {line!r}.")
    if kind == "code":
        raise ValueError(f"{source.name}: expected the last code cell to end with ```, got the end of the file.")
    close()
    return cells


def run(notebook: NotebookNode) -> None:
    """Execute a notebook from top to bottom, and keep its outputs but nothing of the machine that it ran on.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raised an error.
    """
    NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False).execute(cwd=str(FOLDER))
    notebook.metadata = METADATA
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                output["data"]["image/png"] = with_few_colours(picture)


def with_few_colours(picture: str) -> str:
    """Return a PNG, as text, a third as large: 128 colours are enough for a plot."""
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    image.quantize(128, Image.Quantize.MAXCOVERAGE).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def is_current(path: Path, notebook: NotebookNode) -> bool:
    """Tell whether the notebook on disk has these cells, and has been run."""
    if not path.exists():
        return False
    found = nbformat.read(path, as_version=4)
    code = [cell for cell in found.cells if cell.cell_type == "code"]
    was_run = [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    return was_run and without_outputs(found) == notebook


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook as it was before it ran."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
