"""A computation on a graph once more, one operation at a time: forward to the results, then backward to the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rosenblatt.graph.scalar import Edge, Scalar, in_order


class Step(NamedTuple):
    """What happens at one operation.

    Forward its value is computed from those of its inputs. Backward its gradient, complete by now, goes to its inputs:
    each edge's ``outgoing`` is added.

    Args:
        phase: "forward" or "backward".
        node: the operation's result.
        edges: from each input.
        totals: backward, the sums of gradients that the inputs have then; forward none.

    Example:
        >>> forward, backward = replay(Scalar(3.0) * Scalar(2.0))
        >>> forward.phase, forward.node.value, forward.totals
        ('forward', 6.0, ())
        >>> backward.phase, backward.node.gradient, backward.totals
        ('backward', 1.0, (2.0, 3.0))
    """

    phase: Literal["forward", "backward"]
    node: Scalar
    edges: tuple[Edge, ...]
    totals: tuple[float, ...] = ()


def replay(result: Scalar) -> Iterator[Step]:
    """Run backward from a result, and yield every operation in the order in which it was carried out.

    Args:
        result: one that was computed.

    Example:
        >>> w, x = Scalar(3.0, "w"), Scalar(2.0, "x")
        >>> for step in replay(w * x + w):
        ...     print(step.phase, step.node.operation, step.node.value, step.totals)
        forward * 6.0 ()
        forward + 9.0 ()
        backward + 9.0 (1.0, 1.0)
        backward * 6.0 (3.0, 3.0)
    """
    result.backward()
    operations = [node for node in in_order(result) if node.edges]
    for node in operations:
        yield Step("forward", node, node.edges)
    sums: dict[Scalar, float] = {}
    for node in reversed(operations):
        totals = []
        for edge in node.edges:
            sums[edge.input] = sums.get(edge.input, 0.0) + edge.outgoing
            totals.append(sums[edge.input])
        yield Step("backward", node, node.edges, tuple(totals))
