"""A computational graph as a table: how each number came about, its value, and its gradient."""

from __future__ import annotations

import unicodedata

from rosenblatt.arguments import check_language
from rosenblatt.graph.scalar import Scalar, in_order

SYMBOLS = {"+": " + ", "*": " * ", "-": " - ", "/": " / ", "**": " ** "}
HEADINGS = {"en": ("node", "made by", "value", "gradient"), "ko": ("노드", "연산", "값", "기울기")}


def to_text(*results: Scalar, language: str = "en") -> str:
    """Return the graph of some results as a table, one line a node; what has no name is numbered v1, v2, ...

    Args:
        results: where the graph ends; call `backward` on one of them first, else all gradients are 0.
        language: "en" or "ko", of the headings.

    Raises:
        UnknownNameError: another language.

    Example:
        >>> w, x = Scalar(3.0, "w"), Scalar(2.0, "x")
        >>> y = (w * x + 1) ** 2
        >>> y.backward()
        >>> print(to_text(y))
        node  made by  value  gradient
        w                  3        28
        x                  2        42
        v1    w * x        6        14
        v2    v1 + 1       7        14
        v3    v2 ** 2     49         1
    """
    check_language("graph.to_text", language)
    lines = [HEADINGS[language]]
    names = names_of(in_order(*results))
    for node in names:
        if node.edges or node.name:  # plain numbers are seen where they are used
            lines.append((names[node], made_by(node, names), f"{node.value:.6g}", f"{node.gradient:.6g}"))
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(_padded, line, widths, range(4))).rstrip() for line in lines)


def names_of(nodes: list[Scalar]) -> dict[Scalar, str]:
    """Return what each node is called: its name, its value where it is a plain number, else v1, v2, ...

    Args:
        nodes: each after its inputs.

    Example:
        >>> list(names_of(in_order(Scalar(3.0, "w") * 2 + 1)).values())
        ['w', '2', 'v1', '1', 'v2']
    """
    names: dict[Scalar, str] = {}
    unnamed = 0
    for node in nodes:
        unnamed += bool(node.edges and not node.name)
        names[node] = node.name or (f"v{unnamed}" if node.edges else f"{node.value:g}")
    return names


def made_by(node: Scalar, names: dict[Scalar, str]) -> str:
    """Return the operation with the names of its inputs, such as "w * x"; nothing for what was given.

    Args:
        node: an operation's result, or a number that was given.
        names: as `names_of` gave them.

    Example:
        >>> y = Scalar(3.0, "w") * 2
        >>> made_by(y, names_of(in_order(y)))
        'w * 2'
    """
    inputs = [names[each] for each in node.inputs]
    if node.operation in SYMBOLS:
        return SYMBOLS[node.operation].join(inputs)
    return f"{node.operation}({', '.join(inputs)})" if node.edges else ""


def _width(text: str) -> int:
    """The number of columns that a text takes in a terminal, where Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int, column: int) -> str:
    space = " " * (width - _width(text))
    return space + text if column >= 2 else text + space
