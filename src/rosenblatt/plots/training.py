"""Training by epoch: loss and metrics, and which epoch was best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from rosenblatt.metrics import direction
from rosenblatt.plots.canvas import BLUE, GREY, VERMILLION, finish, label, make_grid, whole_numbers
from rosenblatt.plots.text import attach, spread, table
from rosenblatt.plots.words import speak
from rosenblatt.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def history(
    history: Any,
    ax: Any = None,
    *,
    metric: str | Sequence[str] | None = None,
    ylim: tuple[float, float] | None = None,
    mode: str = "auto",
    validation_freq: int | Sequence[int] = 1,
    language: str = "en",
) -> Any:
    """Draw loss and metrics by epoch, training beside validation, with the best epoch marked.

    The best epoch of a curve is that of the lowest loss or highest accuracy in validation, or in training where there
    was no validation.

    Args:
        history: what ``fit`` returned, a dict of lists such as ``{"loss": [...], "val_loss": [...]}``, or a rung of the
            ladder with ``losses`` and ``val_losses``.
        ax: an Axes, an array of them, or None for a new figure.
        metric: the name of one curve, or several names; None draws all that were recorded, but on a single Axes only
            the first, which is the loss.
        ylim: the vertical limits of the first curve, which is the loss where nothing else is asked for.
        mode: "min" or "max" says which value is best; "auto" asks the metric, and marks none where that cannot tell.
        validation_freq: as it was given to ``fit``.
        language: "en" or "ko".

    Returns:
        The Axes, or an array of Axes where several curves are drawn.

    Raises:
        DataError: nothing was recorded.
        UnknownNameError: a metric, mode or language that there is not.
        ShapeError: a curve has not as many values as there were epochs, or validations with ``validation_freq``.

    Example:
        >>> from rosenblatt import plots
        >>> ax = plots.history({"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7]})
        >>> print(plots.describe(ax))
        Loss by epoch
        x: epoch
        y: loss
        <BLANKLINE>
        epoch  training  validation
            1       0.9         0.8
            2       0.5         0.6
            3       0.4         0.7
        <BLANKLINE>
        best epoch: 2 (0.6)
    """
    say = speak(language)
    curves, epochs = _recorded(history)
    names = _names(metric, curves)
    if metric is None and ax is not None and np.size(ax) == 1:
        names = names[:1]
    if mode not in ("auto", "min", "max"):
        raise UnknownNameError("plots.history, mode", mode, ("auto", "min", "max"))
    pairs = [(_series(name, curves, epochs), _series(f"val_{name}", curves, epochs, validation_freq)) for name in names]
    grid = make_grid(ax, len(names), columns=2, cell=(5.6, 3.8))
    for panel, name, (trained, validated) in zip(grid.axes, names, pairs, strict=True):
        better = {"min": "down", "max": "up"}.get(mode) or _better(history, name)
        _draw_curve(panel, name, trained, validated, better, say)
        finish(panel)
    if ylim is not None:
        grid.axes[0].set_ylim(ylim)
    return grid.axes if len(names) > 1 else grid.axes[0]


def _recorded(history: Any) -> tuple[dict[str, Array], Array]:
    """The curves by name, and the number of each epoch, counted from 1."""
    if hasattr(history, "losses"):  # a rung of the ladder
        lists = {"loss": history.losses, "val_loss": getattr(history, "val_losses", [])}
    elif hasattr(history, "errors"):  # the rung of the perceptron, whose `history` holds its weights
        lists = {"errors": history.errors}
    else:
        lists = getattr(history, "history", history)
    if not isinstance(lists, Mapping):
        raise ArgumentError(
            f"plots.history: expected a History, a dict of lists or a rung of the ladder, got "
            f"{type(history).__name__}. Give it what fit returned."
        )
    # A metric of several numbers an epoch, such as the confusion matrix, is no curve.
    curves = {name: np.array(values, float) for name, values in lists.items() if len(values) and not np.ndim(values[0])}
    if not curves:
        raise DataError("plots.history: expected at least one epoch, got an empty history. Call fit first.")
    length = max(len(values) for values in curves.values())
    counted_from_0 = getattr(history, "epoch", None) or range(length)
    return curves, np.asarray(counted_from_0) + 1


def _names(metric: str | Sequence[str] | None, curves: Mapping[str, Array]) -> list[str]:
    recorded = sorted(dict.fromkeys(name.removeprefix("val_") for name in curves), key=lambda name: name != "loss")
    if metric is None:
        return [name for name in recorded if name != "learning_rate"] or recorded
    names = [metric] if isinstance(metric, str) else list(metric)
    for name in names:
        if name not in recorded:
            raise UnknownNameError("plots.history, metric", name, recorded)
    return names


def _series(
    name: str, curves: Mapping[str, Array], epochs: Array, every: int | Sequence[int] = 1
) -> tuple[Array, Array] | None:
    """The epochs in which a curve was recorded and its values, or None where there is no such curve."""
    if name not in curves:
        return None
    values = curves[name]
    recorded = epochs[epochs % every == 0] if isinstance(every, int) else epochs[np.isin(epochs, every)]
    if len(recorded) != len(values):
        raise ShapeError(
            f"plots.history: expected {len(recorded)} values of {name} in {len(epochs)} epochs, recorded with "
            f"frequency {every}, got {len(values)}. Give the validation_freq that fit was given."
        )
    return recorded, values


def _better(history: Any, name: str) -> str | None:
    """Which way a curve is better: "down", "up", or None where its name does not tell."""
    model = getattr(history, "model", None)
    return "down" if name == "errors" else direction(name, getattr(model, "metrics", ()))


def _draw_curve(
    ax: Axes,
    name: str,
    trained: tuple[Array, Array] | None,
    validated: tuple[Array, Array] | None,
    direction: str | None,
    say: Callable[..., str],
) -> None:
    drawn = [
        (say(word), *curve, colour, dashes, shape)
        for word, curve, colour, dashes, shape in (
            ("training", trained, BLUE, "-", "o"),
            ("validation", validated, VERMILLION, "--", "s"),
        )
        if curve is not None
    ]
    for word, epochs, values, colour, dashes, shape in drawn:
        few = len(epochs) <= 25
        ax.plot(epochs, values, dashes, color=colour, marker=shape if few else None, markersize=4, label=word)

    _, epochs, values, colour, *_ = drawn[-1]
    best = _best(values, direction)
    sentence = ""
    if best is not None:
        sentence = say("best epoch: {epoch} ({value})", epoch=epochs[best], value=f"{values[best]:.4g}")
        ax.axvline(float(epochs[best]), color=GREY, linestyle=":", linewidth=1.2, zorder=1)
        ax.plot(epochs[best], values[best], "*", color=colour, markersize=15, markeredgecolor="white", label=sentence)

    word = say(name)
    label(ax, say("{name} by epoch", name=word[:1].upper() + word[1:]), say("epoch"), word)
    whole_numbers(ax.xaxis)
    ax.legend(fontsize="small")
    _attach_curve(ax, drawn, best, sentence, say)


def _best(values: Array, direction: str | None) -> int | None:
    """The index of the best value, or None where no value is a number or nobody knows which is better."""
    if direction is None or not np.isfinite(values).any():
        return None
    finite = np.where(np.isfinite(values), values, np.nan)
    return int(np.nanargmax(finite) if direction == "up" else np.nanargmin(finite))


def _attach_curve(
    ax: Axes, drawn: list[tuple[Any, ...]], best: int | None, sentence: str, say: Callable[..., str]
) -> None:
    words = [word for word, *_ in drawn]
    columns = [dict(zip(epochs.tolist(), values.tolist(), strict=True)) for _, epochs, values, *_ in drawn]
    every = sorted(set().union(*columns))
    listed = set(spread(every))
    if best is not None:
        listed.add(int(drawn[-1][1][best]))
    rows = [[epoch, *(column.get(epoch) for column in columns)] for epoch in sorted(listed)]
    shortened = len(rows) < len(every)
    attach(
        ax,
        table([say("epoch"), *words], rows),
        say("{shown} of {all} epochs are listed.", shown=len(rows), all=len(every)) if shortened else "",
        sentence,
    )
