"""How sections print: tables, and targets beside figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rosenblatt.plots import text


class Target(NamedTuple):
    """A figure beside what it should be."""

    what: str
    figure: float
    wanted: float
    unit: str = ""
    at_most: bool = False  # else at least

    @property
    def met(self) -> bool:
        return self.figure <= self.wanted if self.at_most else self.figure >= self.wanted

    def __str__(self) -> str:
        bound = "at most" if self.at_most else "at least"
        verdict = "met" if self.met else "MISSED"
        return f"{verdict}: {self.what} {self.figure:.3g}{self.unit}, target {bound} {self.wanted:g}{self.unit}"


def print_heading(title: str) -> None:
    print(f"\n{title}", flush=True)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print("\n".join(f"  {line}" for line in text.table(header, rows).splitlines()), flush=True)


def print_left_out(reasons: dict[str, str]) -> None:
    for name, reason in reasons.items():
        print(f"  left out: {name} ({reason})")


def print_targets(targets: Sequence[Target]) -> None:
    for target in targets:
        print(f"  {target}", flush=True)
