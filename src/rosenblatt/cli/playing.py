"""``rosenblatt playground``: a page on this machine on which a network is seen while it learns."""

from __future__ import annotations

from pathlib import Path

from rosenblatt import files, playground
from rosenblatt.arguments import LANGUAGES
from rosenblatt.cli.options import check_value
from rosenblatt.cli.output import complain, count, tell
from rosenblatt.cli.sources import is_table, load, rows_of
from rosenblatt.cli.using import in_shape, open_model, rows_for
from rosenblatt.datasets import tables
from rosenblatt.errors import ArgumentError, DataError
from rosenblatt.models import Sequential


def play(
    given: str | None, data: Path | None, target: str | None, port: int, browser: bool, language: str | None
) -> None:
    """Open the playground, on a model where one is given, and serve it until Ctrl-C."""
    if language is not None:
        check_value("--lang", language, LANGUAGES)
    if target is not None and data is None:
        raise ArgumentError("--target names a column of the file that --data names, but there is no --data.")
    if given is None or is_address(given):
        address = settings_in(given or "")
        if data is not None and playground.names_data(address):
            raise ArgumentError(
                f"--data: expected an address that leaves the data to {data}, got one with data=. "
                "Leave out --data or the address's data=."
            )
        _check(address)
        table = None if data is None else _table(data, target)
        playground.open_playground(address=address, port=port, open_browser=browser, language=language, table=table)
        return
    model = open_model(Path(given), compile=True)
    rows = None if data is None else _rows(model, str(data), target)
    inputs = None if data is None else _inputs(data, target)
    playground.open_playground(model, rows, inputs, port=port, open_browser=browser, language=language)


def is_address(given: str) -> bool:
    """Tell an address, or the part of it after #, from the path of a model.

    Example:
        >>> is_address("http://127.0.0.1:8000/#data=xor"), is_address("data=xor&noise=0.2"), is_address("a.safetensors")
        (True, True, False)
    """
    return not given.endswith(files.READABLE) and ("#" in given or "=" in given or "://" in given)


def settings_in(address: str) -> str:
    """Return what an address says about the run: the part after #, without the secret of the page that it came from.

    Example:
        >>> settings_in("http://127.0.0.1:8000/?lang=ko#token=abc&data=xor&noise=0.2")
        'data=xor&noise=0.2'
    """
    after = address.rpartition("#")[2]
    if "://" in after:
        return ""
    return "&".join(part for part in after.split("&") if not part.startswith("token="))


def _check(address: str) -> None:
    """Say what is wrong in an address; the page opens all the same, without it."""
    from rosenblatt.playground.address import from_address

    settings = "&".join(part for part in address.split("&") if not part.startswith("hide="))
    for error in from_address(settings)[1]:
        complain("Warning:", str(error))


def _rows(model: Sequential, given: str, target: str | None) -> playground.Rows:
    """Load rows for a model: a table without the column of its answers holds inputs alone."""
    if is_table(given) and target is None and model.target_name not in tables.read_csv(given).columns:
        x = in_shape(model, rows_of(given, None, model), given)
        tell(f"Data: {count(len(x), 'row')} of {given}, without targets")
        return x, None
    return rows_for(model, load(given, target, model))


def _inputs(path: Path, target: str | None) -> list[str] | None:
    """Return the names of the columns that a model reads, where the data are a table."""
    if not is_table(path):
        return None
    return [name for name in tables.read_csv(path).columns if name != target]


def _table(path: Path, target: str | None) -> playground.Table:
    """Read an own table that is to be learnt from."""
    if not is_table(path):
        raise ArgumentError(f"--data: expected a .csv file where no MODEL is given, got {path}. Name a model, too.")
    from rosenblatt.playground.errors import SettingsError

    table = path.name, tables.read_text(path), target
    try:
        playground.maker(table=table)("")
    except SettingsError as error:
        raise DataError(str(error)) from error
    return table
