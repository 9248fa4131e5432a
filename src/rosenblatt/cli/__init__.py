"""The command line ``rosenblatt``: train, evaluate, predict, show, convert, ladder, datasets, playground, bench.

    main ── app         commands and options, as they are typed
              ├── training    train            ├── sources    what a data set's name or a file stands for
              ├── using       evaluate, predict, show         building    which network suits the data
              ├── listing     ladder, datasets                output      how things are printed
              ├── converting  convert                         options     checks of what was typed
              ├── playing     playground
              └── measuring   bench

Results go to standard output, everything else to standard error. An error is one line and an exit code:

    0 done    1 error    2 usage    3 bad data or model file    4 training diverged    130 stopped by Ctrl-C
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Sequence

from rosenblatt.errors import (
    ArgumentError,
    DataError,
    DatasetNotFoundError,
    FileFormatError,
    NonFiniteLossWarning,
    ShapeError,
)

ERROR, USAGE, BAD_DATA, DIVERGED, INTERRUPTED = 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code.

    Args:
        arguments: what stands after the program's name; by default what was typed.
    """
    _print_every_letter()
    with warnings.catch_warnings():
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            _forget_output()
            return ERROR
        except KeyboardInterrupt as stop:
            return _fail(str(stop) or "Stopped by Ctrl-C.", INTERRUPTED)
        except Exception as error:
            return _fail(*_told(error))


def _run(arguments: Sequence[str]) -> int:
    from rosenblatt.cli.app import run
    from rosenblatt.cli.output import show_warning

    warnings.showwarning = show_warning
    warnings.simplefilter("ignore", RuntimeWarning)  # overflow on the way to a loss that is not finite
    warnings.simplefilter("error", NonFiniteLossWarning)
    code = run(arguments)
    if sys.stdout is not None:
        sys.stdout.flush()  # here, where a full disk or a closed pipe is still told
    return code


def _told(error: Exception) -> tuple[str, int]:
    """Return an error's message and exit code."""
    if hasattr(error, "format_message"):  # typer's errors of usage; where their classes live depends on its version
        context = getattr(error, "ctx", None)
        cure = f" See '{context.command_path} --help'." if context else ""
        message = error.format_message().rstrip(".")
        return f"{message}{'' if message.endswith('?') else '.'}{cure}", USAGE
    if isinstance(error, NonFiniteLossWarning):
        return str(error), DIVERGED
    if isinstance(error, DataError | ShapeError | FileFormatError | DatasetNotFoundError):
        return str(error), BAD_DATA
    if isinstance(error, ArgumentError):
        return str(error), USAGE
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Use fewer rows or smaller layers.", ERROR
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else error.strerror, ERROR
    if isinstance(error, OSError | ImportError | RuntimeError) and str(error):
        return str(error), ERROR
    return f"This should not have happened ({type(error).__name__}: {error}). Please report it.", ERROR


def _fail(message: str, code: int) -> int:
    from rosenblatt.cli.output import complain

    try:
        complain("Error:" if code != INTERRUPTED else "", message)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _forget_output()
    return code


def _print_every_letter() -> None:
    """Print letters that the encoding of a terminal or file lacks by their numbers, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Send to nowhere what is still to be printed, or Python would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError, ValueError):
            stream.flush()
            continue
        with contextlib.suppress(OSError, AttributeError, ValueError):
            os.dup2(nowhere, stream.fileno())
