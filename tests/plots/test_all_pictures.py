"""What all pictures have in common: figures and axes, languages, letters, and the extra that they need."""

from __future__ import annotations

import subprocess
import sys
from string import Formatter

import pytest
from tests.plots.conftest import KOREAN_CLASSES, PICTURES, RUN, flat

from rosenblatt import plots
from rosenblatt.errors import ArgumentError, MissingExtraError
from rosenblatt.plots import canvas, words

plt = pytest.importorskip("matplotlib.pyplot", reason="needs the extra 'plots'")
font_manager = pytest.importorskip("matplotlib.font_manager", reason="needs the extra 'plots'")
matplotlib = pytest.importorskip("matplotlib", reason="needs the extra 'plots'")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_stands_in_a_new_figure_and_can_be_drawn(name: str) -> None:
    axes = flat(PICTURES[name]())
    assert plt.get_fignums() == [axes[0].figure.number]
    axes[0].figure.canvas.draw()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_stands_in_the_axes_given(name: str) -> None:
    figure, (left, right) = plt.subplots(1, 2)
    axes = flat(PICTURES[name](ax=right))
    assert all(ax is right or ax in right.child_axes for ax in axes)
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_told_as_text(name: str) -> None:
    text = plots.describe(PICTURES[name]())
    assert len(text.splitlines()) > 3
    assert not any(row != row.rstrip() for row in text.splitlines())


@pytest.mark.usefixtures("_korean")
@pytest.mark.filterwarnings("error:Glyph")
@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("name", PICTURES)
def test_korean_has_its_letters(name: str, divided: bool) -> None:
    ax = plt.figure().add_subplot() if divided else None
    axes = PICTURES[name](ax=ax, language="ko")
    plt.gcf().canvas.draw()
    assert any("가" <= letter <= "힣" for letter in plots.describe(axes))


@pytest.mark.usefixtures("_korean")
@pytest.mark.filterwarnings("error:Glyph")
def test_korean_class_names_are_written_in_an_english_picture_and_neighbours_keep_their_font() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    left.set_title("mine")
    plots.class_counts([0, 1, 1], KOREAN_CLASSES, ax=right)
    figure.canvas.draw()
    assert right.get_xlabel() == "number of samples"
    assert right.title.get_family()[0] == canvas.korean_font()
    assert left.title.get_family() == matplotlib.rcParams["font.family"]


def test_without_a_korean_font_the_error_tells_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(ArgumentError, match=r"font with Korean letters.*got none.*fonts-noto-cjk.*language='en'"):
        plots.history(RUN, language="ko")
    assert plt.get_fignums() == []


@pytest.mark.usefixtures("_korean")
def test_a_font_that_was_installed_after_matplotlib_last_looked_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    if not any(canvas.Path(path).name.startswith(canvas.KOREAN_FONT_FILES) for path in font_manager.findSystemFonts()):
        pytest.skip("needs one of the fonts that are found by their file's name (Debian: fonts-noto-cjk, fonts-nanum)")
    assert canvas.korean_font() in canvas.KOREAN_FONTS


@pytest.mark.parametrize("phrase", words.KOREAN)
def test_both_languages_fill_in_the_same(phrase: str) -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert fields(words.KOREAN[phrase]) == fields(phrase)


def test_a_grid_takes_an_array_of_axes() -> None:
    _, given = plt.subplots(2, 2)
    axes = plots.activation_functions(["relu", "tanh", "elu"], ax=given)
    assert list(axes) == list(given.ravel()[:3])


def test_importing_plots_does_not_import_matplotlib() -> None:
    code = "import sys, rosenblatt.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_the_error_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("pyplot", "colors", "patches"):
        monkeypatch.setitem(sys.modules, f"matplotlib.{part}", None)
    with pytest.raises(MissingExtraError, match=r"plots: expected matplotlib.*pip install 'rosenblatt\[plots\]'"):
        PICTURES[name]()
