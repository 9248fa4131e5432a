"""``rosenblatt convert``: a model's file becomes another program's file, or a program of its own."""

from __future__ import annotations

from pathlib import Path

from rosenblatt import files
from rosenblatt.cli.options import check_output
from rosenblatt.cli.output import tell
from rosenblatt.cli.sources import load
from rosenblatt.cli.using import open_model, rows_for
from rosenblatt.errors import ArgumentError
from rosenblatt.exchange.exporting import PROGRAMS, Exported

WRITTEN = (*files.WHOLE_MODELS, ".onnx", *PROGRAMS)


def convert(path: Path, to: Path, int8: bool, given: str | None, target: str | None) -> None:
    """Read a model from a file of any known format and write it in another; print what was written."""
    check_output("TO", to, WRITTEN)
    if given is not None and not int8:
        raise ArgumentError("--data measures what --int8 costs, but there is no --int8.")
    model = open_model(path, compile=True)
    if to.suffix in files.WHOLE_MODELS:
        if int8:
            raise ArgumentError(f"--int8 is for programs ({', '.join(PROGRAMS)}), not for {to.suffix} files.")
        model.save(to)
        print(Exported(to, to.stat().st_size))
        return
    data = None if given is None else rows_for(model, load(given, target, model))
    written = model.export(to, quantize="int8" if int8 else None, data=data)
    tell(f"{to.name} answers; optimizer, loss and history stay in {path.name}.")
    print(written)
