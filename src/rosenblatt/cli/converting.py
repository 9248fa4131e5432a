"""``rosenblatt convert``: a model's file becomes another program's file, or a program of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rosenblatt import saving
from rosenblatt.cli.options import check_output
from rosenblatt.cli.output import tell
from rosenblatt.cli.sources import load, numbers_for
from rosenblatt.cli.using import in_shape, open_model, part_to_measure
from rosenblatt.errors import ArgumentError
from rosenblatt.exchange.exporting import PROGRAMS, Exported
from rosenblatt.models import Sequential

WRITTEN = (*saving.WHOLE_MODELS, ".onnx", *PROGRAMS)


def convert(path: Path, to: Path, int8: bool, given: str | None, target: str | None) -> None:
    """Read a model from a file of any known format and write it in another; print what was written."""
    check_output("TO", to, WRITTEN)
    if given is not None and not int8:
        raise ArgumentError("--data measures what --int8 costs, but there is no --int8.")
    model = open_model(path, compile=True)
    if to.suffix in saving.WHOLE_MODELS:
        if int8:
            raise ArgumentError(f"--int8 is for programs ({', '.join(PROGRAMS)}), not for {to.suffix} files.")
        model.save(to)
        print(Exported(to, to.stat().st_size))
        return
    data = None if given is None else _rows(model, given, target)
    written = model.export(to, quantize="int8" if int8 else None, data=data)
    tell(f"{to.name} answers; optimizer, loss and history stay in {path.name}.")
    print(written)


def _rows(model: Sequential, given: str, target: str | None) -> tuple[Any, Any]:
    source = load(given, target)
    part = part_to_measure(source)
    return in_shape(model, part.x, source.name), numbers_for(model.class_names, source, part.y)
