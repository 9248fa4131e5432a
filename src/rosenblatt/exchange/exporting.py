"""A model leaves: as an ONNX file, or as a program of its own in C, JavaScript or Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rosenblatt import files
from rosenblatt.errors import ArgumentError, FileFormatError

if TYPE_CHECKING:
    from rosenblatt.exchange.programs.quantization import Cost
    from rosenblatt.models import Sequential

PROGRAMS = (".c", ".js", ".py")


class Exported(NamedTuple):
    """A file that was written: how large it is, and what quantisation cost where that was measured."""

    path: Path
    size: int  # bytes
    cost: Cost | None = None

    def __str__(self) -> str:
        told = f"{self.path}: {self.size:,} bytes"
        return told if self.cost is None else f"{told}; {self.cost}"


def export(
    model: Sequential,
    path: str | Path,
    *,
    class_names: Sequence[str] | Sequence[int] | None = None,
    input_dtype: str | None = None,
    quantize: str | None = None,
    data: Any = None,
) -> Exported:
    """Write a model in the format that the suffix names: see `Sequential.export`."""
    target = files.checked_path("export", path)
    for_onnx = {"class_names": class_names, "input_dtype": input_dtype}
    for_programs = {"quantize": quantize, "data": data}
    if target.suffix == ".onnx":
        _refuse(target, for_programs)
        from rosenblatt.exchange import onnx_writing  # only who asks for it pays for it

        onnx_writing.write(model, target, class_names=class_names, input_dtype=input_dtype)
        return Exported(target, target.stat().st_size)
    if target.suffix not in PROGRAMS:
        raise FileFormatError(
            f"export: expected a path ending in .onnx, {', '.join(PROGRAMS)}, got {str(target)!r}. "
            "Whole models that can be trained on go to model.save."
        )
    _refuse(target, for_onnx)
    if quantize not in (None, "int8"):
        raise ArgumentError(f"export: expected quantize to be None or 'int8', got {quantize!r}.")
    if data is not None and quantize is None:
        raise ArgumentError("export: expected data only with quantize='int8', whose cost is measured on it.")
    from rosenblatt.exchange import programs
    from rosenblatt.exchange.programs.quantization import cost

    content = programs.program(model, target.name, target.suffix, int8=quantize is not None).encode()
    measured = None if data is None else cost(model, data)
    files.write_content(target, content)
    return Exported(target, len(content), measured)


def _refuse(path: Path, options: dict[str, Any]) -> None:
    """Raise where an option is given that the format has no use for."""
    for name, value in options.items():
        if value is not None:
            raise ArgumentError(f"export: expected no {name} for a {path.suffix} file, got {value!r}. Leave it out.")
