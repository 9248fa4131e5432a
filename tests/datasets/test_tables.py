"""Tables in CSV files: what is read, and what is told of those that cannot be."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.datasets import tables
from rosenblatt.datasets.tables import TableError, parse_csv
from rosenblatt.errors import DataError, UnknownNameError

FLOWERS = "꽃잎,색,종\n1.5,2,장미\n4.0,3,튤립\n2.5,1,장미\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_as_spreadsheets_write_them(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "꽃.csv"
    path.write_bytes(FLOWERS.replace(",", separator).replace("\n", "\r\n").encode(encoding))
    table = tables.read_csv(path)
    assert table.columns == ["꽃잎", "색", "종"]
    assert table.numbers(["색", "꽃잎"]).tolist() == [[2, 1.5], [3, 4], [1, 2.5]]
    numbers, names = tables.number_classes(table.targets("종"))
    assert (numbers.tolist(), names) == ([0, 1, 0], ["장미", "튤립"])
    assert table.number_columns() == ["꽃잎", "색"]


def test_text_with_a_byte_order_mark_and_quoted_cells() -> None:
    table = parse_csv("t", '\ufeffa,"b, c"\n1,"2"\n\n"3",4\n')
    assert table.columns == ["a", "b, c"]
    assert table.numbers(["a", "b, c"]).tolist() == [[1, 2], [3, 4]]
    assert table.lines == [2, 4]


@pytest.mark.parametrize(
    ("text", "problem", "details"),
    [
        ("", "empty", {}),
        ("a,b\n", "empty", {}),
        ("1,2\n3,4\n", "header", {"got": "1"}),
        ("a,a\n3,4\n", "header", {"got": "a"}),
        ("a,b\n1,2\n\n3\n", "row", {"line": 4, "column": None, "got": 1}),
        ("a,b\n1,2\n" + "x" * 200_000 + ",2\n", "row", {"line": 3, "column": None}),
        ('"a\nb",c\n1,2\n"3\n\n4",5,6\n', "row", {"line": 4, "column": None, "got": 3}),
        (",".join(f"c{k}" for k in range(10_001)) + "\n1\n", "header", {"got": "10,001 columns"}),
    ],
)
def test_what_is_no_table_is_told_with_its_line(text: str, problem: str, details: dict[str, Any]) -> None:
    with pytest.raises(TableError, match=r"^t: expected") as caught:
        parse_csv("t", text)
    assert caught.value.problem == problem
    assert caught.value.details.items() >= details.items()


@pytest.mark.parametrize(("cell", "found"), [("n/a", "'n/a'"), ("", "an empty cell"), ("inf", "'inf'")])
def test_a_cell_that_is_no_number_is_named(cell: str, found: str) -> None:
    table = parse_csv("t", f"a,b\n1,2\n3,{cell}\n")
    with pytest.raises(TableError, match=f"expected numbers in column 'b', got {found} in line 3") as caught:
        table.numbers(["a", "b"])
    assert caught.value.details == {"line": 3, "column": "b", "got": cell}


def test_a_row_that_spans_several_lines_is_named_by_the_line_in_which_it_begins() -> None:
    table = parse_csv("t", 'note,size\n"a\nlong\nnote",1\n"another\none",large\n\nlast,3\n')
    assert table.lines == [2, 5, 8]
    with pytest.raises(TableError, match="got 'large' in line 5"):
        table.numbers(["size"])


def test_a_table_as_wide_as_allowed_is_read_without_delay() -> None:
    columns = [f"c{k}" for k in range(10_000)]
    line = ",".join("1" * 10_000)
    begin = time.perf_counter()
    table = parse_csv("t", f"{','.join(columns)}\n{line}\n{line}\n")
    assert table.numbers(columns).shape == (2, 10_000)
    assert time.perf_counter() - begin < 2.0  # of a millisecond a column, as of old, it would be ten
    with pytest.raises(TableError, match="got 'c9' twice"):
        parse_csv("t", f"{','.join([*columns[:-1], 'c9'])}\n{line}\n")


def test_columns_that_are_not_there() -> None:
    table = parse_csv("t", "size,price\n1,2\n")
    with pytest.raises(UnknownNameError, match="column in t: expected a known name, got 'prize'"):
        table.numbers(["prize"])
    with pytest.raises(DataError, match="expected columns of numbers beside the target, got none"):
        table.numbers([])
    with pytest.raises(TableError, match="expected a target in every line, got none in line 3"):
        parse_csv("t", "a,y\n1,cat\n2,\n").targets("y")


def test_files_that_are_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="expected a file, got none of that name"):
        tables.read_csv(tmp_path / "none.csv")
    with pytest.raises(TableError, match="expected a CSV file, got one that cannot be read"):
        tables.read_csv(tmp_path)
    (tmp_path / "latin.csv").write_bytes("café,y\n1,2\n".encode("latin-1"))
    with pytest.raises(TableError, match="expected text in UTF-8 or CP949, got other bytes") as caught:
        tables.read_csv(tmp_path / "latin.csv")
    assert caught.value.problem == "text"


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array(["a", "b"]), True),
        (np.arange(20) * 7, True),
        (np.arange(21) * 7, False),
        (np.tile(np.arange(100), 10), True),  # counted from 0, ten of each
        (np.array([0.5, 1.0]), False),
        (np.array([3.0, 4.0]), True),
        (np.ones((4, 2)), False),
    ],
)
def test_classes_are_told_from_amounts(y: Any, classes: bool) -> None:
    assert tables.are_classes(y) is classes


def test_the_library_does_not_read_tables_when_it_is_imported() -> None:
    program = "import sys, rosenblatt; print('rosenblatt.datasets.tables' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
