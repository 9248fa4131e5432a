"""What all pictures share: matplotlib on demand, the colours, Axes alone or in a grid, and Korean letters."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rosenblatt.errors import ArgumentError, MissingExtraError
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which stay apart for every kind of colour blindness.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, YELLOW, BLACK = "#E69F00", "#56B4E9", "#F0E442", "#000000"
GREY = "#595959"

# One colour and one shape a class. The first two are those of a yes-or-no question: negative, then positive.
CLASS_COLOURS = (VERMILLION, BLUE, GREEN, PURPLE, ORANGE, SKY, YELLOW, BLACK)
CLASS_SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*", "p", "h")

# Fonts with Korean letters, the best first. Noto's Japanese and Chinese faces have them too, and older matplotlibs see
# only the first face of a file.
KOREAN_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "NanumBarunGothic",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "UnDotum",
    "Baekmuk Dotum",
)
KOREAN_FONT_FILES = ("NotoSansCJK", "NotoSansKR", "NanumGothic", "NanumBarunGothic", "UnDotum")


def matplotlib(part: str) -> Any:
    """Import a module of matplotlib, such as ``"pyplot"``.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        return importlib.import_module(f"matplotlib.{part}")
    except ImportError as missing:
        raise MissingExtraError("plots", "plots", "matplotlib") from missing


class Grid(NamedTuple):
    """The Axes of a grid, row by row, and what they stand in: one Axes, or all of them."""

    axes: Array
    place: Any


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return the Axes given, or those of a new figure of this size in inches."""
    if ax is not None:
        return ax
    axes: Axes = _new_figure(size).add_subplot()
    return axes


def _new_figure(size: tuple[float, float]) -> Any:
    figure = matplotlib("pyplot").figure(figsize=size, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    return figure


def make_grid(ax: Any, count: int, columns: int, cell: tuple[float, float], title: str = "") -> Grid:
    """Make ``count`` Axes in rows, and write the title above them.

    Args:
        ax: None for a new figure, an Axes to divide, or an array of at least ``count`` Axes (which get no title).
        count: how many Axes.
        columns: how many stand in a row.
        cell: width and height of each in a new figure, in inches.
        title: stands above the whole.

    Raises:
        ArgumentError: too few Axes were given.
    """
    columns = min(columns, count)
    rows = -(-count // columns)
    if ax is None:
        size = (cell[0] * columns, cell[1] * rows + (0.4 if title else 0.0))
        figure = _new_figure(size)
        if title:
            _set_font([figure.suptitle(title)])
        axes = as_array(figure.add_subplot(rows, columns, k + 1) for k in range(count))
        return Grid(axes, list(axes))

    given = as_array(np.ravel(ax))
    if len(given) == 1 < count:
        given[0].set_axis_off()
        given[0].set_title(title, pad=14)
        _set_font([given[0].title])
        return Grid(as_array(given[0].inset_axes(_inset(k, rows, columns)) for k in range(count)), given[0])
    if len(given) < count:
        raise ArgumentError(
            f"plots: expected {count} Axes (or one to divide, or ax=None), got {len(given)}. "
            f"Make them with plt.subplots({rows}, {columns})."
        )
    return Grid(given[:count], list(given[:count]))


def _inset(k: int, rows: int, columns: int) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of cell k, as shares of the whole; a margin leaves room for the labels."""
    row, column = divmod(k, columns)
    return (column + 0.12) / columns, 1 - (row + 0.85) / rows, 0.76 / columns, 0.66 / rows


def as_array(axes: Iterable[Axes]) -> Array:
    """Collect Axes in a flat array, as ``plt.subplots`` does."""
    listed = list(axes)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def label(ax: Axes, title: str, x: str = "", y: str = "", *, lines: bool = True) -> None:
    """Write the title and the names of both axes; pictures made of lines get a light grid."""
    ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if lines:
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(True, color="#E5E5E5", linewidth=0.8)
        ax.set_axisbelow(True)


def whole_numbers(axis: Any) -> None:
    """Let an axis that counts something carry whole numbers only."""
    axis.set_major_locator(matplotlib("ticker").MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))


def korean_font() -> str:
    """Return the name of an installed font with Korean letters.

    Raises:
        ArgumentError: there is none.
    """
    manager = matplotlib("font_manager")
    name = _known_korean_font(manager)
    if name is None:  # matplotlib keeps a list of the fonts it once saw: look whether one was installed since
        for path in manager.findSystemFonts():
            if Path(path).name.startswith(KOREAN_FONT_FILES):
                manager.fontManager.addfont(path)
        name = _known_korean_font(manager)
    if name is None:
        raise ArgumentError(
            "plots: expected a font with Korean letters for language='ko', got none that matplotlib can find. "
            "Install one (Debian and Ubuntu: apt install fonts-noto-cjk or fonts-nanum; Fedora: dnf install "
            "google-noto-sans-cjk-fonts; Windows and macOS bring theirs) or use language='en'."
        )
    return name


def _known_korean_font(manager: Any) -> str | None:
    known = {font.name for font in manager.fontManager.ttflist}
    return next((name for name in KOREAN_FONTS if name in known), None)


def finish(*axes: Axes) -> None:
    """Set each of these Axes in a Korean font where any of its texts needs one, class names included."""
    is_text = matplotlib("text").Text
    for ax in axes:
        family = _set_font(ax.findobj(is_text))
        if family:
            ax.tick_params(which="both", labelfontfamily=family)  # for ticks that are only made when drawn


def _set_font(texts: Sequence[Any]) -> list[str]:
    """Set all these texts in a Korean font if one of them needs it, and return the names of the fonts."""
    if not any("가" <= letter <= "힣" for text in texts for letter in text.get_text()):
        return []
    family = [korean_font(), "DejaVu Sans"]  # the second has the minus sign and the cross, which Korean fonts may lack
    for text in texts:
        text.set_family(family)
    return family
