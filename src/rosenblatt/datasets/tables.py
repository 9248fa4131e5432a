"""Tables in CSV files: columns of numbers to learn from, and a column of labels or numbers to be learnt.

The file may be separated by commas, semicolons or tabs, and be written in UTF-8 (with or without a byte order mark) or
CP949, as spreadsheets on Korean Windows write it. The first line has the columns' names.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt.errors import DataError, UnknownNameError
from rosenblatt.types import Array

ENCODINGS = ("utf-8-sig", "cp949")
SEPARATORS = ",;\t"
MOST_COLUMNS = 10_000
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
MOST_NUMBERED_CLASSES = 20  # whole numbers of more different values are taken for amounts, not for classes


class TableError(DataError):
    """A file that is no table to learn from.

    Args:
        text: what is wrong, in a sentence.
        problem: what is wrong, in a word: "missing", "text" (no text), "empty", "header" or "row".
        details: where: ``line``, ``column``, ``got``, as far as they apply.

    Example:
        >>> try:
        ...     parse_csv("points", "x,y\\n1,2\\n3\\n")
        ... except TableError as error:
        ...     print(error, error.problem, error.details)
        points: expected 2 cells, as in the header, got 1 in line 3. row {'line': 3, 'column': None, 'got': 1}
    """

    def __init__(self, text: str, problem: str, **details: Any) -> None:
        super().__init__(text)
        self.problem, self.details = problem, details


class Table:
    """A table: its columns' names, and its cells row by row.

    Args:
        name: of the file, for messages.
        columns: their names, no two alike.
        rows: cells, as many in each row as there are columns.
        lines: the number of the line in which each row begins; quoted cells may go on in the lines below it.

    Example:
        >>> table = Table("flowers", ["petal", "species"], [["1.5", "rose"], ["4.0", "tulip"]], [2, 3])
        >>> table.number_columns(), table.numbers(["petal"]).tolist(), table.targets("species").tolist()
        (['petal'], [[1.5], [4.0]], ['rose', 'tulip'])
    """

    def __init__(self, name: str, columns: list[str], rows: list[list[str]], lines: list[int]) -> None:
        self.name, self.columns, self.rows, self.lines = name, columns, rows, lines
        self._places = {column: place for place, column in enumerate(columns)}

    def place_of(self, column: str, who: str = "column") -> int:
        """Return the place of a column by its name.

        Args:
            column: its name.
            who: what is looked for, for the error message.

        Raises:
            UnknownNameError: there is no such column.
        """
        if column not in self._places:
            raise UnknownNameError(f"{who} in {self.name}", column, self.columns)
        return self._places[column]

    def number_columns(self, share: float = 1.0) -> list[str]:
        """Return the names of the columns in which at least this share of the cells are finite numbers.

        Args:
            share: 0 to 1.
        """
        return [
            name
            for place, name in enumerate(self.columns)
            if sum(_is_number(row[place]) for row in self.rows) >= share * len(self.rows)
        ]

    def numbers(self, columns: Sequence[str], cure: str = "") -> Array:
        """Return columns of numbers (n, columns) as float64.

        Args:
            columns: their names.
            cure: what to do where a cell is no number, for the error message.

        Raises:
            TableError: a cell is no finite number.
            UnknownNameError: there is no such column.
        """
        if not columns:
            raise DataError(f"{self.name}: expected columns of numbers beside the target, got none.")
        return np.stack([self._column(self.place_of(column), cure) for column in columns], axis=1)

    def targets(self, column: str) -> Array:
        """Return a column of numbers as float64, or one of labels as text.

        Args:
            column: its name.

        Raises:
            TableError: a cell is empty, or is no number among numbers.
            UnknownNameError: there is no such column.
        """
        place = self.place_of(column)
        cells = [row[place].strip() for row in self.rows]
        if "" in cells:
            line = self.lines[cells.index("")]
            text = f"{self.name}: expected a target in every line, got none in line {line}. Take the line out."
            raise TableError(text, "row", line=line, column=column, got="")
        values = _as_numbers(cells)
        if values is not None:
            return values
        different = set(cells)
        amounts = sum(_as_numbers([cell]) is not None for cell in different)
        is_text = amounts < len(different) and amounts <= MOST_NUMBERED_CLASSES and "nan" not in map(str.lower, cells)
        return np.array(cells) if is_text else self._column(place)

    def _column(self, place: int, cure: str = "") -> Array:
        cells = [row[place] for row in self.rows]
        values = _as_numbers(cells)
        if values is not None:
            return values
        wrong = next(k for k, cell in enumerate(cells) if _as_numbers([cell]) is None)
        found = repr(cells[wrong]) if cells[wrong].strip() else "an empty cell"
        if DECIMAL_COMMA.fullmatch(cells[wrong].strip()):
            cure = "Write decimals with a point."
        cure = cure or "Take the column or the line out of the file, or write a number for it."
        name, line = self.columns[place], self.lines[wrong]
        text = f"{self.name}: expected numbers in column {name!r}, got {found} in line {line}. {cure}"
        raise TableError(text, "row", line=line, column=name, got=cells[wrong])


def read_csv(path: str | Path) -> Table:
    """Read a file of comma-, semicolon- or tab-separated values with a header.

    Args:
        path: of the file.

    Raises:
        TableError: it is missing, no text, or no table.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "flowers.csv")
        ...     with open(path, "w") as file:
        ...         _ = file.write("petal;species\\n1.5;rose\\n4.0;tulip\\n")
        ...     table = read_csv(path)
        >>> table.numbers(["petal"]).tolist(), table.targets("species").tolist()
        ([[1.5], [4.0]], ['rose', 'tulip'])
    """
    return parse_csv(str(path), read_text(path))


def read_text(path: str | Path) -> str:
    """Read the text of a file in UTF-8 or CP949.

    Args:
        path: of the file.

    Raises:
        TableError: it is missing, or no text.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "korean.csv")
        ...     _ = path.write_bytes("꽃잎".encode("cp949"))
        ...     print(read_text(path))
        꽃잎
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise TableError(f"{path}: expected a file, got none of that name. Check the path.", "missing") from error
    except OSError as error:
        raise TableError(
            f"{path}: expected a CSV file, got one that cannot be read ({error.strerror}).", "missing"
        ) from error
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(f"{path}: expected text in UTF-8 or CP949, got other bytes. Save it as 'CSV UTF-8'.", "text")


def parse_csv(name: str, text: str) -> Table:
    """Read a table from text, as `read_csv` reads it from a file.

    What is wrong in a row is told with the line in which the row begins, also where a cell spans several lines.

    Args:
        name: of the file, for messages.
        text: its content.

    Raises:
        TableError: it is no table.

    Example:
        >>> parse_csv("points", "x,y\\n1,2\\n").rows
        [['1', '2']]
    """
    text = text.removeprefix("\ufeff")
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=header.count))
    try:
        numbered = list(_numbered(reader))
    except csv.Error as error:
        line = reader.line_num
        text = f"{name}: expected a CSV file, got one that cannot be read ({error}, in line {line})."
        raise TableError(text, "row", line=line, column=None, got=str(error)) from error
    if len(numbered) < 2:
        raise TableError(f"{name}: expected a header and rows below it, got {len(numbered)} line(s).", "empty")
    columns = [column.strip() for column in numbered[0][1]]
    _check_header(name, columns)
    for line, cells in numbered[1:]:
        if len(cells) != len(columns):
            wrong = f"{name}: expected {len(columns)} cells, as in the header, got {len(cells)} in line {line}."
            raise TableError(wrong, "row", line=line, column=None, got=len(cells))
    return Table(name, columns, [cells for _, cells in numbered[1:]], [line for line, _ in numbered[1:]])


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, with the number of the line in which it begins."""
    begin = 1
    for cells in reader:
        if cells:
            yield begin, cells
        begin = reader.line_num + 1


def _check_header(name: str, columns: list[str]) -> None:
    if len(columns) > MOST_COLUMNS:
        text = f"{name}: expected at most {MOST_COLUMNS:,} columns, got {len(columns):,}. Is the separator right?"
        raise TableError(text, "header", got=f"{len(columns):,} columns")
    numbered = columns == [str(k) for k in range(len(columns))]  # pandas' names where there were none
    if _as_numbers(columns) is not None and not numbered:
        text = f"{name}: expected the columns' names in the first line, got numbers. Put a header above them."
        raise TableError(text, "header", got=columns[0])
    twice = next((column for column, count in Counter(columns).items() if count > 1), None)
    if twice is not None:
        raise TableError(
            f"{name}: expected a name of its own for every column, got {twice!r} twice.", "header", got=twice
        )


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _as_numbers(cells: Sequence[str]) -> Array | None:
    """Return text as finite numbers, or None."""
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def are_classes(y: Array) -> bool:
    """Tell whether targets name classes: text, or whole numbers of few values or counted from 0 without a gap.

    Args:
        y: (n,) targets as text or numbers.

    Example:
        >>> are_classes(np.array(["rose", "tulip"])), are_classes(np.array([1.0, 2.5]))
        (True, False)
    """
    if y.dtype.kind in "US":
        return True
    if y.ndim > 1 or (y != np.floor(y)).any():
        return False
    values = np.unique(y)
    counted = values[0] == 0 and values[-1] == len(values) - 1 and 10 * len(values) <= len(y)
    return bool(len(values) <= MOST_NUMBERED_CLASSES or counted)


def number_classes(y: Array) -> tuple[Array, list[str]]:
    """Return class numbers (n,) from 0 up, and the classes' names, in the order of the alphabet or of the numbers.

    Args:
        y: (n,) classes as text or whole numbers.

    Example:
        >>> numbers, names = number_classes(np.array(["tulip", "rose", "tulip"]))
        >>> numbers.tolist(), names
        ([1, 0, 1], ['rose', 'tulip'])
    """
    values, numbers = np.unique(y, return_inverse=True)
    return numbers, [label(value) for value in values]


def label(value: object) -> str:
    """Write a class as its name: text as it stands, a whole number without a point.

    Args:
        value: of the class.

    Example:
        >>> label(np.str_("Adelie")), label(np.float64(3.0))
        ('Adelie', '3')
    """
    return str(int(value)) if isinstance(value, float | np.floating) and value == int(value) else str(value)
