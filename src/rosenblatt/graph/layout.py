"""Where the nodes of a graph are drawn: in columns from left to right, with few crossings.

    column    the longest way from the start, so that every edge leads to the right
    order     each node at the mean place of its neighbours, sweep after sweep; the order with fewest crossings is kept
    height    as near to its neighbours as the distance that nodes keep allows

An edge that passes columns gets a bend in each, which is moved like a node (Sugiyama, Tagawa and Toda, 1981).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from rosenblatt.graph.scalar import Scalar

COLUMN, ROW, BEND_ROW, MARGIN = 132.0, 58.0, 26.0, 48.0  # distances in pixels
SWEEPS = 8

Point: TypeAlias = tuple[float, float]


class Layout(NamedTuple):
    """Where things are, in pixels.

    Args:
        points: each node's centre.
        ways: for each node, and each of its edges, the points from the input's centre over the bends to its own.
        size: width and height.

    Example:
        >>> w = Scalar(3.0, "w")
        >>> y = w * 2
        >>> layout = lay_out([[w, y.inputs[1], y]])
        >>> layout.points[y], layout.ways[y]
        ((180.0, 77.0), [[(48.0, 48.0), (180.0, 77.0)], [(48.0, 106.0), (180.0, 77.0)]])
    """

    points: dict[Scalar, Point]
    ways: dict[Scalar, list[list[Point]]]
    size: Point


class Place:
    """A node's place in its column, or the bend of an edge that passes the column."""

    def __init__(self, gap: float) -> None:
        self.gap, self.y = gap, 0.0
        self.left: list[Place] = []
        self.right: list[Place] = []


def lay_out(groups: Sequence[Sequence[Scalar]]) -> Layout:
    """Return the places of all nodes.

    Args:
        groups: the nodes, each after its inputs; every group stands to the right of the one before.
    """
    columns = assign_columns(groups)
    table: list[list[Place]] = [[] for _ in range(max(columns.values()) + 1)]
    rails = _rails(columns, table)
    table = untangle(table)
    _set_heights(table)
    ys = [place.y for column in table for place in column]
    size = (2 * MARGIN + (len(table) - 1) * COLUMN, max(ys) - min(ys) + 2 * MARGIN)

    def point(node: Scalar, step: int) -> Point:
        y = rails[node][step].y - min(ys) + MARGIN
        return round(MARGIN + (columns[node] + step) * COLUMN, 1), round(y, 1)

    points = {node: point(node, 0) for node in columns}
    ways = {
        node: [
            [*(point(input, step) for step in range(columns[node] - columns[input])), points[node]]
            for input in node.inputs
        ]
        for node in columns
    }
    return Layout(points, ways, (round(size[0], 1), round(size[1], 1)))


def assign_columns(groups: Sequence[Sequence[Scalar]]) -> dict[Scalar, int]:
    """Return each node's column: right of its inputs, and given numbers right before their first use."""
    columns: dict[Scalar, int] = {}
    for group in groups:
        start = max(columns.values(), default=-1) + 1
        for node in group:
            columns[node] = max((columns[input] + 1 for input in node.inputs), default=start)
            columns[node] = max(columns[node], start)
        first_use: dict[Scalar, int] = {}
        for node in group:
            for input in node.inputs:
                first_use[input] = min(first_use.get(input, columns[node]), columns[node])
        for node in group:
            if not node.edges and node in first_use:
                columns[node] = first_use[node] - 1
    return columns


def _rails(columns: dict[Scalar, int], table: list[list[Place]]) -> dict[Scalar, list[Place]]:
    """Put every node into its column, and bends into those that its edges pass; all edges of a node share them."""
    rails: dict[Scalar, list[Place]] = {}
    last = dict(columns)
    for node, column in columns.items():
        for input in node.inputs:
            last[input] = max(last[input], column - 1)
    for node, column in columns.items():
        rails[node] = [Place(ROW if step == column else BEND_ROW) for step in range(column, last[node] + 1)]
        for step, place in enumerate(rails[node]):
            table[column + step].append(place)
            if step:
                _join(rails[node][step - 1], place)
        for input in node.inputs:
            _join(rails[input][column - columns[input] - 1], rails[node][0])
    return rails


def _join(left: Place, right: Place) -> None:
    left.right.append(right)
    right.left.append(left)


def untangle(table: list[list[Place]]) -> list[list[Place]]:
    """Sort each column by the mean place of its neighbours, forth and back, and keep the best order that was seen."""
    best, fewest = [list(column) for column in table], crossings(table)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        if sweep % 2 == 0:
            for fixed, column in pairwise(table):
                _sort(column, {place: _mean_place(place.left, fixed) for place in column})
        else:
            for column, fixed in reversed(list(pairwise(table))):
                _sort(column, {place: _mean_place(place.right, fixed) for place in column})
        count = crossings(table)
        if count < fewest:
            best, fewest = [list(column) for column in table], count
    return best


def _sort(column: list[Place], wanted: dict[Place, float | None]) -> None:
    """Sort a column by the places wanted; what has no neighbours on that side stays where it is in the column."""
    moved = iter(
        sorted((place for place in column if wanted[place] is not None), key=lambda place: wanted[place] or 0.0)
    )
    column[:] = [place if wanted[place] is None else next(moved) for place in column]


def _mean_place(neighbours: Sequence[Place], column: Sequence[Place]) -> float | None:
    return sum(map(column.index, neighbours)) / len(neighbours) if neighbours else None


def crossings(table: list[list[Place]]) -> int:
    """Count the pairs of edges that cross: between two columns, those that end in the other order."""
    count = 0
    for left, right in pairwise(table):
        rank = {place: i for i, place in enumerate(right)}
        ends: list[int] = []
        for place in left:
            own = sorted(rank[each] for each in place.right)
            count += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return count


def _set_heights(table: list[list[Place]]) -> None:
    for column in table:
        _spread(column, [0.0] * len(column))
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for column in table if forth else reversed(table):
            wanted = []
            for place in column:
                neighbours = (place.left or place.right) if forth else (place.right or place.left)
                wanted.append(sum(each.y for each in neighbours) / len(neighbours) if neighbours else place.y)
            _spread(column, wanted)


def _spread(column: list[Place], wanted: list[float]) -> None:
    """Set the heights of a column as near to those wanted as order and distances allow.

    With the distances taken off, heights must not fall: where they do, neighbours join and take their mean.
    """
    offsets = [0.0]
    for above, below in pairwise(column):
        offsets.append(offsets[-1] + (above.gap + below.gap) / 2)
    blocks: list[tuple[float, int]] = []  # mean height, number of places
    for height, offset in zip(wanted, offsets, strict=True):
        mean, count = height - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, size = blocks.pop()
            mean, count = (mean * count + before * size) / (count + size), count + size
        blocks.append((mean, count))
    heights = [mean for mean, count in blocks for _ in range(count)]
    for place, height, offset in zip(column, heights, offsets, strict=True):
        place.y = height + offset
