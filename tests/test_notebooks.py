"""The lecture notebooks are those of their sources, run from top to bottom, and show the lectures' figures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs the extra 'test'")
for name in ("nbclient", "ipykernel", "PIL", "matplotlib"):
    pytest.importorskip(name, reason="needs the extra 'test'")

ROOT = Path(__file__).parents[1]
LARGEST = 150_000  # bytes of one notebook

# What the notebooks print, whichever language they speak: figures of the lectures that have to come out at any size.
FIGURES = {
    "01-perceptron": [
        "| AND: w | [0.2, 0.1] | [0.2, 0.1] |",
        "| AND: b | -0.20000000000000004 | -0.20000000000000004 |",
        "| OR: w | [0.1, 0.1] | [0.1, 0.1] |",
        "| OR: b | -0.1 | -0.1 |",
        "| XOR: AND(NAND(x), OR(x)) | 0 1 1 0 | 0 1 1 0 |",
    ],
    "02-single-neuron": [
        "364 / 91 / 114 | 364 / 91 / 114",
        "| 31 | 31 |",
        "| 0.978021978021978 * | 0.978021978021978 |",
    ],
    "03-hidden-layer": [
        "| 321 | 321 |",
        "| DualLayer, epochs=20000 | 0.978021978021978 | 0.978021978021978 |",
        "| RandomInitNetwork, epochs=500 | 0.978021978021978 * | 0.978021978021978 |",
        "| 0.02391914 0.9757925 0.97343127 0.03041428 * | 0.02391914 0.9757925 0.97343127 0.03041428 |",
        "| 0.01144685 0.98853856 0.98734948 0.01447403 | 0.01144685 0.98853856 0.98734948 0.01447403 |",
    ],
    "04-minibatch": [
        "| batch_size=32, epochs=500 | 0.978021978021978 | 0.978021978021978 |",
        "| batch_size=128, epochs=500 | 0.978021978021978 | 0.978021978021978 |",
    ],
    "05-multiclass": [
        "| [2.2, 1.39, 0.85] | [0.37, 0.33, 0.29] | [0.59, 0.26, 0.15] |",
        "| [0.0, -1.39, -2.2] | [0.62, 0.25, 0.13] | [0.74, 0.18, 0.08] |",
        "| 9 0 0 3 0 2 7 2 5 5 | 9 0 0 3 0 2 7 2 5 5 |",
    ],
    "06-keras-mnist": ["Total params: 311,650", "307,720"],
    "07-keras-fashion-mnist": ["Total params: 79,510"],
}

# How far this run may be from the figure that is written down as ours at full size.
FULL_SIZE = {"05-multiclass": 1e-9, "06-keras-mnist": 0.003, "07-keras-fashion-mnist": 0.003}


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_notebooks", ROOT / "tools" / "make_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


tool = load_tool()
NOTEBOOKS = {path.name: (path, notebook) for path, notebook in tool.notebooks()}


def printed(notebook) -> str:
    """All text that the notebook shows."""
    parts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts.append(output.get("text") or data.get("text/markdown") or data.get("text/plain", ""))
    return "\n".join(parts)


def comparisons(notebook) -> list[list[str]]:
    """The rows of the table at the end: figure, lecture, ours at full size, this run."""
    lines = [line for line in printed(notebook).splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    head = next(k for k, row in enumerate(rows) if row[2:] == ["ours, full size", "this run"])
    return rows[head + 2 :]


def pictures(notebook) -> int:
    return sum("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_committed_notebook_is_current(name):
    path, notebook = NOTEBOOKS[name]
    assert tool.is_current(path, notebook), f"{name} is out of date: run python tools/make_notebooks.py"
    assert path.stat().st_size <= LARGEST
    nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_runs_and_shows_the_figures(name, monkeypatch):
    monkeypatch.delenv("ROSENBLATT_FULL", raising=False)
    path, _ = NOTEBOOKS[name]
    notebook = nbformat.read(path, as_version=4)
    drawn = pictures(notebook)
    tool.run(notebook)  # raises where a cell does
    text = printed(notebook)
    for figure in FIGURES[name.split(".")[0]]:
        assert figure in text
    assert pictures(notebook) == drawn > 0
    assert "{{" not in text


@pytest.mark.slow
@pytest.mark.parametrize("stem", FULL_SIZE)
def test_the_full_size_gives_what_is_written_down(stem, monkeypatch, full_data):
    monkeypatch.setenv("ROSENBLATT_FULL", "1")
    _, notebook = NOTEBOOKS[f"{stem}.en.ipynb"]
    tool.run(notebook)
    rows = comparisons(notebook)
    assert len(rows) >= 3
    for what, _, ours, this_run in rows:
        assert float(this_run) == pytest.approx(float(ours), abs=FULL_SIZE[stem]), what


@pytest.mark.parametrize("stem", FIGURES)
def test_both_languages_have_the_same_cells(stem):
    pair = {language: NOTEBOOKS[f"{stem}.{language}.ipynb"][1].cells for language in tool.LANGUAGES}
    korean = [cell for cell in pair["ko"] if "korean_font" not in cell.source]
    assert [cell.cell_type for cell in pair["en"]] == [cell.cell_type for cell in korean]
    for english_cell, korean_cell in zip(pair["en"], korean, strict=True):
        assert not re.search("[가-힣]", english_cell.source)
        if english_cell.cell_type == "markdown":
            assert re.search("[가-힣]", korean_cell.source)


def test_without_a_korean_font_the_pictures_are_english(monkeypatch, capsys):
    from rosenblatt.plots import canvas

    monkeypatch.setattr(canvas, "KOREAN_FONTS", ())
    monkeypatch.setattr(canvas, "KOREAN_FONT_FILES", ("no such file",))
    _, notebook = NOTEBOOKS["01-perceptron.ko.ipynb"]
    names: dict[str, object] = {"LANGUAGE": "ko"}
    exec(next(cell.source for cell in notebook.cells if "korean_font" in cell.source), names)
    assert names["LANGUAGE"] == "en"
    assert "fonts-noto-cjk" in capsys.readouterr().out


def test_building_is_deterministic():
    again = dict(tool.notebooks())
    assert all(nbformat.writes(again[path]) == nbformat.writes(notebook) for path, notebook in NOTEBOOKS.values())


def write_source(folder: Path, text: str) -> Path:
    path = folder / "source.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_has_text_twice_and_code_once(tmp_path):
    (tmp_path / "opening.md").write_text("```python\nimport os\n```\n", encoding="utf-8")
    lines = [
        "[en]",
        "# Hello",
        "[ko]",
        "# 안녕",
        "",
        "[opening]",
        "```python",
        'x = "{{sum||합}}"',
        "```",
        "```python ko",
        "y",
    ]
    source = write_source(tmp_path, "\n".join([*lines, "```"]))
    english, korean = tool.build(source, "en"), tool.build(source, "ko")
    assert [cell.source for cell in english.cells] == ["# Hello", "import os", 'x = "sum"']
    assert [cell.source for cell in korean.cells] == ["# 안녕", "import os", 'x = "합"', "y"]
    assert [cell.id for cell in english.cells] == ["cell-01", "cell-02", "cell-03"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Hello", r"source\.md, line 1: expected \[en\], \[ko\] or a code cell, got 'Hello'"),
        ("```python\nx = 1", r"source\.md: expected the last code cell to end with ```, got the end of the file"),
    ],
)
def test_a_source_that_makes_no_sense(tmp_path, text, error):
    with pytest.raises(ValueError, match=error):
        tool.read(write_source(tmp_path, text))


def test_an_edited_notebook_is_not_current(tmp_path):
    path, notebook = NOTEBOOKS["01-perceptron.en.ipynb"]
    edited = nbformat.read(path, as_version=4)
    edited.cells[0].source += "!"
    nbformat.write(edited, tmp_path / path.name)
    assert not tool.is_current(tmp_path / path.name, notebook)
    assert not tool.is_current(tmp_path / "missing.ipynb", notebook)
    nbformat.write(notebook, tmp_path / path.name)  # has the cells, but was never run
    assert not tool.is_current(tmp_path / path.name, notebook)
