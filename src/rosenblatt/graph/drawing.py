"""A computational graph as a picture: values above the edges, gradients below them (SVG, in light and dark)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from rosenblatt.arguments import check_language
from rosenblatt.graph.layout import Layout, Point, lay_out
from rosenblatt.graph.scalar import Scalar, in_order

SIGNS = {
    "*": "×",
    "-": "−",
    "/": "÷",
    "**": "xʸ",
    "sigmoid": "σ",
    "binary_crossentropy": "CE",
    "categorical_crossentropy": "CE",
    "mean_squared_error": "MSE",
    "mean_absolute_error": "MAE",
}
WORDS = {
    "en": {"title": "Computational graph", "legend": "above an edge: value · below: gradient"},
    "ko": {"title": "계산 그래프", "legend": "선 위: 값 · 선 아래: 기울기"},
}
HALF_HEIGHT, CHARACTER, LEGEND = 15.0, 7.6, 26.0  # pixels
READABLE = 40  # nodes; beyond, an input of several operations shows its whole gradient, once
STYLE = """
.rosenblatt-graph { --surface: #ffffff; --ink: #1b1f24; --quiet: #59636e; --line: #8c959f; --fill: #f6f8fa;
  --gradient: #a84300; font: 12px system-ui, "Noto Sans CJK KR", "Malgun Gothic", sans-serif;
  max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { .rosenblatt-graph { --surface: #14181d; --ink: #e8ebef; --quiet: #9aa4af;
  --line: #6b7682; --fill: #20262d; --gradient: #ff9a52; } }
.rosenblatt-graph .surface { fill: var(--surface); }
.rosenblatt-graph path { fill: none; stroke: var(--line); stroke-width: 1.4; }
.rosenblatt-graph .head { fill: var(--line); stroke: none; }
.rosenblatt-graph .node { fill: var(--fill); stroke: var(--line); }
.rosenblatt-graph text { fill: var(--ink); text-anchor: middle; }
.rosenblatt-graph .name { font-weight: 600; }
.rosenblatt-graph .value, .rosenblatt-graph .gradient { font-size: 11px; font-variant-numeric: tabular-nums;
  paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; }
.rosenblatt-graph .gradient { fill: var(--gradient); }
.rosenblatt-graph .quiet { fill: var(--quiet); text-anchor: start; font-size: 11px; }
"""


def to_svg(*results: Scalar, groups: Sequence[Sequence[Scalar]] | None = None, language: str = "en") -> str:
    """Return the graph of some results as an SVG picture.

    Args:
        results: where the graph ends; call `backward` on one of them first, else all gradients are 0.
        groups: all nodes, in parts that are to stand one right of the other; by default one part.
        language: "en" or "ko".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> y = Scalar(3.0, "w") * 2.0
        >>> y.backward()
        >>> to_svg(y)[:30]
        '<svg xmlns="http://www.w3.org/'
    """
    check_language("graph.to_svg", language)
    nodes = in_order(*results)
    layout = lay_out([nodes] if groups is None else groups)
    words = WORDS[language]
    width, height = max(layout.size[0] + 60.0, 240.0), layout.size[1] + LEGEND
    labels = {node: _inside(node) for node in nodes}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="rosenblatt-graph" role="img" width="{width:g}" '
            f'height="{height:g}" viewBox="0 0 {width:g} {height:g}">',
            f"<title>{words['title']}</title><style>{STYLE}</style>",
            f'<rect class="surface" width="{width:g}" height="{height:g}"/>',
            *_edges(nodes, layout, labels),
            *(
                _ending(result, layout.points[result], labels[result])
                for result in results
                if not _is_used(result, nodes)
            ),
            *(_node(node, layout.points[node], labels[node]) for node in nodes),
            f'<text class="quiet" x="12" y="{height - 10:g}">{words["legend"]}</text>',
            "</svg>",
        ]
    )


def curve(points: Sequence[Point]) -> str:
    """Return the path of an edge: it leaves and enters every point horizontally.

    Example:
        >>> curve([(0.0, 0.0), (10.0, 4.0)])
        'M0,0 C5,0 5,4 10,4'
    """
    path = f"M{points[0][0]:g},{points[0][1]:g}"
    for (x, y), (next_x, next_y) in pairwise(points):
        middle = (x + next_x) / 2
        path += f" C{middle:g},{y:g} {middle:g},{next_y:g} {next_x:g},{next_y:g}"
    return path


def _edges(nodes: Sequence[Scalar], layout: Layout, labels: dict[Scalar, str]) -> Iterator[str]:
    uses = Counter(input for node in nodes for input in node.inputs)
    crowded = len(nodes) > READABLE
    for node in nodes:
        for edge, way in zip(node.edges, layout.ways[node], strict=True):
            start = (way[0][0] + _half_width(labels[edge.input]), way[0][1])
            end = (way[-1][0] - _half_width(labels[node]) - 2, way[-1][1])
            yield f'<path d="{curve([start, *way[1:-1], end])}"/>' + _head(end)
            if uses[edge.input] > 1 and not crowded:  # its edges have their own gradients, written at their ends
                yield _numbers(*_near_end([start, *way[1:-1], end]), edge.input.value, edge.outgoing)
    for node in uses:
        if uses[node] == 1 or crowded:
            x, y = layout.points[node]
            yield _numbers(x + _half_width(labels[node]) + 24, y, node.value, node.gradient)


def _near_end(points: Sequence[Point]) -> Point:
    """The point at 0.72 of the last piece of a curve."""
    (x0, y0), (x1, y1) = points[-2:]
    t = 0.72
    return x0 + (x1 - x0) * (1.5 * t * (1 - t) + t**3), y0 + (y1 - y0) * t * t * (3 - 2 * t)


def _ending(result: Scalar, point: Point, label: str) -> str:
    x = point[0] + _half_width(label)
    return f'<path d="M{x:g},{point[1]:g} H{x + 44:g}"/>' + _numbers(x + 24, point[1], result.value, result.gradient)


def _is_used(result: Scalar, nodes: Sequence[Scalar]) -> bool:
    return any(result in node.inputs for node in nodes)


def _numbers(x: float, y: float, value: float, gradient: float) -> str:
    return (
        f'<text class="value" x="{x:.4g}" y="{y - 5:.4g}">{_number(value)}</text>'
        f'<text class="gradient" x="{x:.4g}" y="{y + 13:.4g}">{_number(gradient)}</text>'
    )


def _head(end: Point) -> str:
    x, y = end
    return f'<path class="head" d="M{x + 2:g},{y:g} l-7,-3.5 v7 z"/>'


def _node(node: Scalar, point: Point, label: str) -> str:
    x, y = point
    half = _half_width(label)
    corner = HALF_HEIGHT if node.edges else 4
    shape = (
        f'<rect class="node" x="{x - half:g}" y="{y - HALF_HEIGHT:g}" width="{2 * half:g}" '
        f'height="{2 * HALF_HEIGHT:g}" rx="{corner:g}"/><text x="{x:g}" y="{y + 4:g}">{escape(label)}</text>'
    )
    if not node.edges or not node.name:
        return shape
    return shape + f'<text class="name" x="{x:g}" y="{y - HALF_HEIGHT - 5:g}">{escape(node.name)}</text>'


def _inside(node: Scalar) -> str:
    """What stands in a node: the sign of its operation, or the name or value of a given number."""
    operation = node.operation
    return SIGNS.get(operation, operation) if node.edges else node.name or _number(node.value)


def _half_width(label: str) -> float:
    return max(HALF_HEIGHT, len(label) * CHARACTER / 2 + 7)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
