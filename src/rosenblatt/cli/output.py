"""How the command line prints: results on standard output, all else on standard error."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rosenblatt.json_values import as_json
from rosenblatt.plots import text


def tell(message: str) -> None:
    """Say on standard error, in one line, what is being done."""
    print(one_line(message), file=sys.stderr, flush=True)


def program() -> str:
    """Return what to type for this program: ``rosenblatt`` where the shell finds it, else how it was called."""
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("rosenblatt", "__main__.py"):
        return f"{_quoted(sys.orig_argv[0])} -m rosenblatt"
    found = shutil.which("rosenblatt")
    # Another program calls us as a library; or the shell finds the same file, which ends in .exe on Windows.
    if called.stem != "rosenblatt" or (
        found and Path(found).resolve().with_suffix("") == called.resolve().with_suffix("")
    ):
        return "rosenblatt"
    return _quoted(sys.argv[0])


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path


def complain(word: str, message: str) -> None:
    """Write an error or a warning on standard error: one line, its first word in red on a terminal."""
    from rich.console import Console
    from rich.text import Text

    line = Text.assemble((word, "red"), " " if word else "", one_line(message))
    Console(stderr=True, highlight=False).print(line, soft_wrap=True)


def show_warning(message: Warning | str, *place_in_the_code: Any, **file: Any) -> None:
    """Write a warning of the library without the place in the code, which says nothing here."""
    complain("Warning:", str(message))


def one_line(message: str) -> str:
    """Write a message of several lines, or with a list in it, in one; control characters are shown, not obeyed.

    Example:
        >>> one_line("expected one of:\\n  - this\\n  - that\\nWhat helps:\\n  - patience")
        'expected one of: this; that. What helps: patience'
    """
    told = ""
    for line in filter(None, (line.strip() for line in message.splitlines())):
        item = line.removeprefix("- ")
        joint = " " if told.endswith((":", ".")) else "; " if item != line else ". "
        told += (joint if told else "") + item
    return printable(told)


def printable(text: str) -> str:
    """Show characters that would steer the terminal, as a name in a hostile file may contain, by their numbers.

    Example:
        >>> printable("red: \\x1b[31m, bell: \\a, 셔츠")
        'red: \\\\x1b[31m, bell: \\\\x07, 셔츠'
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def print_json(value: Any) -> None:
    """Print a value as JSON; what is no finite number becomes null, which JSON has a word for."""
    print(json.dumps(as_json(value), ensure_ascii=False, indent=2))


def print_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns, as wide as they are."""
    print(text.table(header, rows))


def print_pairs(pairs: Mapping[str, object]) -> None:
    """Print names with their values, a line each."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        print(f"{name:<{width}}  {value}")


def figure(value: float) -> str:
    """Write a loss or a metric, whatever its size.

    Example:
        >>> figure(0.8613), figure(0.00002), figure(73057252.1036)
        ('0.8613', '2.00e-05', '73,057,252.1')
    """
    if 0 < abs(value) < 1e-3:
        return f"{value:.2e}"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"


def count(number: int, what: str) -> str:
    """Write a number of things.

    Example:
        >>> count(1, "row"), count(48000, "row")
        ('1 row', '48,000 rows')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Write a duration.

    Example:
        >>> duration(0.25), duration(75)
        ('0.25 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
