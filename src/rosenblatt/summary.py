"""How a model is shown: the familiar table, as text and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rosenblatt.layers import name_layers

if TYPE_CHECKING:
    from rosenblatt.models import Sequential

HEADINGS = ("Layer (type)", "Output Shape", "Param #")


def rows(model: Sequential) -> list[tuple[str, str, str]]:
    """Return a row per layer: name and type, output shape, number of parameters ("?" before the model is built)."""
    return [
        (
            f"{name} ({type(layer).__name__})",
            str((None, *layer.output_shape)) if layer.built else "?",
            f"{layer.count_params():,}" if layer.built else "?",
        )
        for name, layer in zip(name_layers(model.layers), model.layers, strict=True)
    ]


def totals(model: Sequential) -> list[str]:
    """Return the lines below the table."""
    if not model.built:
        return ["The model is built when it sees its first data."]
    trainable = sum(
        array.view(model.state.params).size
        for layer in model.layers
        if layer.trainable
        for array in layer.plan.parameters
    )
    total, size = model.count_params(), model.state.params.itemsize
    counts = {"Total params": total, "Trainable params": trainable, "Non-trainable params": total - trainable}
    return [f"{name}: {count:,} ({_bytes(count * size)})" for name, count in counts.items()]


def table(model: Sequential) -> str:
    """Return the table as text."""
    lines = [HEADINGS, *rows(model)]
    widths = [max(len(line[column]) for line in lines) + 2 for column in range(3)]
    rule = "─" * (sum(widths) + 2)

    def text(line: tuple[str, str, str]) -> str:
        return f" {line[0]:<{widths[0]}}{line[1]:<{widths[1]}}{line[2]:>{widths[2]}}"

    return "\n".join(
        [
            f'Model: "{model.name}"',
            rule,
            text(HEADINGS),
            rule,
            *(text(line) for line in rows(model)),
            rule,
            *(f" {line}" for line in totals(model)),
        ]
    )


def html(model: Sequential) -> str:
    """Return the table as HTML for notebooks, with a small network's picture below, and nothing from elsewhere."""
    from html import escape  # only a notebook needs these

    from rosenblatt import drawing

    def cells(line: tuple[str, str, str], tag: str) -> str:
        align = ("left", "left", "right")
        return "".join(
            f'<{tag} style="text-align:{side};padding:0.2em 1em">{escape(cell)}</{tag}>'
            for cell, side in zip(line, align, strict=True)
        )

    body = "".join(f"<tr>{cells(line, 'td')}</tr>" for line in rows(model))
    picture = f"<div>{drawing.network_svg(model)}</div>" if model.built and drawing.is_small(model) else ""
    return (
        f"<div><b>Model: {escape(model.name)}</b><table><thead><tr>{cells(HEADINGS, 'th')}</tr></thead>"
        f"<tbody>{body}</tbody></table>{'<br>'.join(map(escape, totals(model)))}{picture}</div>"
    )


def _bytes(count: int) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024  # type: ignore[assignment]
    return f"{count:.2f} GB"
