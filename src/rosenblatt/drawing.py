"""A network as a picture: inputs and units as circles, weights as lines between them (SVG, in light and dark).

A line is the wider the larger its weight; positive ones are blue, negative ones orange and dashed, so that nobody
depends on colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rosenblatt.arguments import check_language
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.plan import LayerPlan, Plan

DRAWN = 16  # units of a layer; of more, the first ones, and how many are left out
COLUMN, ROW, RADIUS, MARGIN, HEAD = 190.0, 34.0, 11.0, 60.0, 56.0  # pixels
WIDEST, NARROWEST = 5.0, 0.4  # width of a line
DENSE = 64  # lines between two columns; more are drawn half as wide
WORDS = {
    "en": {"inputs": "inputs", "more": "… {count} more", "title": "Network {name}"},
    "ko": {"inputs": "입력", "more": "… {count}개 더", "title": "신경망 {name}"},
}
STYLE = """
.rosenblatt-network { --surface: #ffffff; --ink: #1b1f24; --quiet: #59636e; --fill: #f6f8fa;
  --positive: #0072b2; --negative: #d55e00; max-width: 100%; height: auto;
  font: 12px system-ui, "Noto Sans CJK KR", "Malgun Gothic", sans-serif; }
@media (prefers-color-scheme: dark) { .rosenblatt-network { --surface: #14181d; --ink: #e8ebef; --quiet: #9aa4af;
  --fill: #20262d; --positive: #4fb3e8; --negative: #ff8a3d; } }
.rosenblatt-network .surface { fill: var(--surface); }
.rosenblatt-network .positive { stroke: var(--positive); }
.rosenblatt-network .negative { stroke: var(--negative); stroke-dasharray: 6 4; }
.rosenblatt-network path { fill: none; stroke-opacity: 0.8; }
.rosenblatt-network circle { fill: var(--fill); stroke: var(--quiet); stroke-width: 1.4; }
.rosenblatt-network text { fill: var(--ink); text-anchor: middle; }
.rosenblatt-network .name { font-weight: 600; }
.rosenblatt-network .quiet { fill: var(--quiet); font-size: 11px; }
"""


class Column(NamedTuple):
    """The inputs, or the units of a layer that has weights."""

    name: str
    told: str  # what stands below the name: "4 tanh"
    units: int
    kernel: Array | None = None  # (units of the column before, units)
    bias: Array | None = None


def network_svg(model: Sequential, language: str = "en") -> str:
    """Return a model as an SVG picture (see `Sequential.to_svg`)."""
    words = WORDS[check_language("Sequential.to_svg", language)]
    columns = list(_columns(model, words["inputs"]))
    rows = max(map(_shown, columns))
    width, height = 2 * MARGIN + (len(columns) - 1) * COLUMN, HEAD + (rows + 0.5) * ROW
    title = words["title"].format(name=escape(model.name))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="rosenblatt-network" role="img" width="{width:g}" '
            f'height="{height:g}" viewBox="0 0 {width:g} {height:g}">',
            f"<title>{title}</title><style>{STYLE}</style>",
            f'<rect class="surface" width="{width:g}" height="{height:g}"/>',
            *(line for place in range(1, len(columns)) for line in _links(place, columns, rows)),
            *(line for place, column in enumerate(columns) for line in _units(place, column, rows, words["more"])),
            "</svg>",
        ]
    )


def is_small(model: Sequential) -> bool:
    """Whether a picture of the whole model is worth its room: every unit of it can be drawn."""
    plan = model.plan
    return math.prod(plan.input_shape) <= DRAWN and all(
        layer.kind == "Dense" and len(layer.output_shape) == 1 and layer.output_shape[0] <= DRAWN
        for layer in plan.layers
        if layer.parameters
    )


def _columns(model: Sequential, inputs: str) -> Iterator[Column]:
    """Give the inputs, then every dense layer; what follows one and has no weights of its own is told below it."""
    plan, weights = model.plan, model.weights
    units = math.prod(plan.input_shape)
    told = [str(units)]
    name, kernel, bias = inputs, None, None
    for layer in plan.layers:
        if layer.kind == "Dense":
            yield Column(name, " · ".join(told), units, kernel, bias)
            name, units, told = layer.name, layer.output_shape[-1], [_told(plan, layer)]
            kernel, bias = weights[f"{name}/kernel"], weights.get(f"{name}/bias")
        elif layer.kind == "Activation":
            told.append(layer.config["activation"].name)
        elif layer.kind != "Flatten":
            told.append(layer.kind)
    yield Column(name, " · ".join(told), units, kernel, bias)


def _told(plan: Plan, layer: LayerPlan) -> str:
    activation = (
        plan.output if layer is plan.layers[-1] and plan.output.name != "linear" else layer.config["activation"]
    )
    return f"{layer.output_shape[-1]} {activation.name}"


def _centre(place: int, unit: int, drawn: int, rows: int) -> tuple[float, float]:
    return MARGIN + place * COLUMN, HEAD + (rows - drawn) / 2 * ROW + (unit + 0.5) * ROW


def _links(place: int, columns: Sequence[Column], rows: int) -> Iterator[str]:
    """Draw the weights between two columns, the small ones first; widths are shares of the largest one drawn."""
    left, right = columns[place - 1], columns[place]
    if right.kernel is None or right.kernel.shape[0] != left.units:  # rows of several axes
        return
    kernel = right.kernel[:DRAWN, :DRAWN].astype(np.float64)
    largest = float(np.abs(kernel).max(initial=0.0)) or 1.0
    widest = WIDEST if kernel.size <= DENSE else WIDEST / 2
    for index in np.argsort(np.abs(kernel), axis=None, kind="stable").tolist():
        source, unit = divmod(index, kernel.shape[1])
        weight = float(kernel[source, unit])
        x, y = _centre(place - 1, source, _shown(left), rows)
        next_x, next_y = _centre(place, unit, _shown(right), rows)
        middle = (x + next_x) / 2
        sign = "negative" if weight < 0 else "positive"
        width = NARROWEST + (widest - NARROWEST) * abs(weight) / largest
        yield (
            f'<path class="{sign}" stroke-width="{width:.2f}" d="M{x + RADIUS:g},{y:g} C{middle:g},{y:g} '
            f'{middle:g},{next_y:g} {next_x - RADIUS:g},{next_y:g}"><title>{weight:.4g}</title></path>'
        )


def _units(place: int, column: Column, rows: int, more: str) -> Iterator[str]:
    x = MARGIN + place * COLUMN
    yield f'<text class="name" x="{x:g}" y="20">{escape(column.name)}</text>'
    yield f'<text class="quiet" x="{x:g}" y="37">{escape(column.told)}</text>'
    for unit in range(min(column.units, DRAWN)):
        x, y = _centre(place, unit, _shown(column), rows)
        bias = "" if column.bias is None else f"<title>{float(column.bias[unit]):.4g}</title>"
        yield f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS:g}">{bias}</circle>'
    if column.units > DRAWN:
        x, y = _centre(place, DRAWN, _shown(column), rows)
        yield f'<text class="quiet" x="{x:g}" y="{y + 4:g}">{more.format(count=column.units - DRAWN)}</text>'


def _shown(column: Column) -> int:
    """How many rows a column takes: its units, or the first ones and a line that says how many more there are."""
    return min(column.units, DRAWN) + (column.units > DRAWN)
