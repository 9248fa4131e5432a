"""The playground: a local page on which a network is seen while it learns.

    open_playground ── server      files and one WebSocket a page; who may come in
                       └── worker      a thread a page: commands, training in slices, frames
                           ├── run         the model, its epochs, snapshots and figures
                           │   ├── settings    what decides a run: choices, checked in fields, written as an address
                           │   ├── problems    rows, targets and the plane
                           │   ├── networks    the network that settings describe
                           │   └── opened      a trained model with its own rows
                           ├── painter     what is painted, as arrays
                           ├── frames      the arrays as bytes
                           ├── description what the page is told in words and numbers
                           ├── samples     one sample, operation by operation
                           └── programs    the run as a program
    notebook    the page in the cell of a notebook
    web/        the page itself; it paints, and computes no network

Starlette and uvicorn, the extra "playground", are imported when the first page is opened.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rosenblatt.errors import MissingExtraError

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.playground.errors import SettingsError
    from rosenblatt.playground.run import Run
    from rosenblatt.playground.server import Playground

__all__ = ["open_playground"]

Rows = tuple[Any, Any]  # x, and y or None
Table = tuple[str, str, str | None]  # a table's name, its text, and the column to be learnt


def open_playground(
    model: Sequential | None = None,
    rows: Rows | None = None,
    inputs: Sequence[str] | None = None,
    *,
    address: str = "",
    port: int = 0,
    open_browser: bool = True,
    language: str | None = None,
    table: Table | None = None,
) -> None:
    """Open the playground in the browser, and serve it until Ctrl-C.

    Args:
        model: a built model to look into; without one, a network that is built on the page.
        rows: the model's own data, x and y; y may be None.
        inputs: names of the model's inputs; without them x1, x2, ...
        address: settings to start from, as the page's own address has them after #.
        port: where to listen on this machine; 0 for any free one. Where it is taken a free one is chosen.
        open_browser: whether to start it; the address is printed in any case.
        language: "en" or "ko"; by default the browser's.
        table: an own table to learn from: its name, its text as CSV, and the column to be learnt.

    Raises:
        MissingExtraError: Starlette or uvicorn is not installed.
        ModelStateError: the model is not built.
        DataError, ShapeError: the rows are not the model's.
    """
    make_run = maker(model, rows, table, inputs)
    with contextlib.closing(new_playground(port)) as playground:
        make_run(address)  # what is wrong is told here, before a page opens
        url = playground.address(playground.offer(make_run), address, language)
        try:
            if port not in (0, playground.port):
                print(f"Port {port} is taken; the playground is on {playground.port}.", file=sys.stderr, flush=True)
            print(url, flush=True)
            if open_browser:
                import webbrowser

                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            playground.serve()
        except KeyboardInterrupt:
            print("The playground is closed.", file=sys.stderr, flush=True)


def new_playground(port: int = 0) -> Playground:
    """Return a server that listens but does not serve yet."""
    try:
        from rosenblatt.playground.server import Playground
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "rosenblatt":
            raise
        raise MissingExtraError("playground", "playground", package) from error
    return Playground(port)


def names_data(address: str) -> bool:
    """Tell whether an address says which data are to be learnt.

    Example:
        >>> names_data("data=xor&noise=0.2"), names_data("noise=0.2")
        (True, False)
    """
    return any(part.startswith("data=") for part in address.split("&"))


def maker(
    model: Sequential | None = None,
    rows: Rows | None = None,
    table: Table | None = None,
    inputs: Sequence[str] | None = None,
) -> Callable[[str], tuple[Run, list[SettingsError]]]:
    """Return what gives each page a run of its own, for the settings in its address."""

    def make_run(address: str) -> tuple[Run, list[SettingsError]]:
        from rosenblatt.playground.address import from_address
        from rosenblatt.playground.run import Run

        if model is not None:
            return Run(model=model, rows=rows, inputs=inputs), []  # which copies it: each page may train its own
        settings, errors = from_address(address)
        run = Run(settings)
        if table is not None and not names_data(address):  # a page that is loaded anew may have gone on to other data
            name, text, target = table
            run.open_table(name, text)
            if target is not None:
                run.change({"target": target})
        return run, errors

    return make_run
