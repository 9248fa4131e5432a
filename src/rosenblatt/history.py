"""What happened in a training: the numbers of every epoch, printable and plottable.

history = model.fit(...)
history.history["val_loss"]         # one number an epoch
history                             # 3 epochs: loss 0.52, accuracy 0.81 (best val_loss 0.5 at epoch 2)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class History:
    """The record of one ``fit``: a callback that keeps what the others only see.

    Attributes:
        history: for each name in the logs ("loss", "val_loss", ...) a list with one value an epoch.
        epoch: the epochs' indices, from 0.
        params: what the training was told: ``verbose``, ``epochs``, ``steps``.
        model: the model that was trained.

    Example:
        >>> history = History()
        >>> for epoch, val_loss in enumerate([0.6, 0.5, 0.7]):
        ...     history.on_epoch_end(epoch, {"loss": 0.5 - epoch / 10, "val_loss": val_loss})
        >>> history
        3 epochs: loss 0.3, val_loss 0.7 (best val_loss 0.5 at epoch 2)
        >>> history.history["loss"]
        [0.5, 0.4, 0.3]
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.params: Mapping[str, Any] = {}
        self.model: Any = None

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Keep what the training is told."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Keep the model, and be its ``history``."""
        self.model = model
        model.history = self

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Start to count epochs anew."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Append the epoch's numbers."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def on_epochs_end(self, epochs: range, logs: Mapping[str, list[Any]]) -> None:
        """Append the numbers of several epochs that were trained in one call: for each name one value an epoch."""
        self.epoch.extend(epochs)
        for name, values in logs.items():
            self.history.setdefault(name, []).extend(values)

    def __repr__(self) -> str:
        count = len(self.epoch)
        if not self.history:
            return f"{count} epochs"
        last = ", ".join(
            f"{name} {values[-1]:.4g}" for name, values in _in_order(self.history) if _is_number(values[-1])
        )
        best = self._best()
        told = "" if best is None else f" (best val_loss {self.history['val_loss'][best]:.4g} at epoch {best + 1})"
        return f"{count} epoch{'s' if count != 1 else ''}: {last}{told}"

    def _repr_html_(self) -> str:
        """Return a table for notebooks: a row an epoch, the best in bold, the middle of a long history left out."""
        from html import escape  # only a notebook needs it

        columns = [(name, values) for name, values in _in_order(self.history) if values and _is_number(values[-1])]
        count, best = len(self.epoch), self._best()
        shown = [row for row in range(count) if count <= 20 or row < 5 or row >= count - 10 or row == best]
        head = "".join(f"<th>{escape(name)}</th>" for name in ["epoch", *(name for name, _ in columns)])
        rows: list[str] = []
        for row, before in zip(shown, [-1, *shown], strict=False):
            if row > before + 1:
                rows.append(f'<tr><td colspan="{len(columns) + 1}" style="text-align:center">&#8942;</td></tr>')
            cells = [str(self.epoch[row] + 1), *(_cell(values, row) for _, values in columns)]
            style = ' style="font-weight:bold"' if row == best else ""
            rows.append(f"<tr{style}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        return f"<table><caption>{escape(repr(self))}</caption><tr>{head}</tr>{''.join(rows)}</table>"

    def _best(self) -> int | None:
        """Return the index of the lowest validation loss."""
        values = self.history.get("val_loss", [])
        finite = [index for index, value in enumerate(values) if value == value]
        return min(finite, key=values.__getitem__) if finite else None


def _in_order(history: Mapping[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """Return the columns, training before validation, the loss first of each."""
    return sorted(history.items(), key=lambda item: reading_order(item[0]))


def reading_order(name: str) -> tuple[bool, bool, str]:
    """Return the key that sorts names for reading: training before validation, the loss first of each.

    Args:
        name: of a column, such as "val_accuracy".

    Example:
        >>> sorted(["val_loss", "accuracy", "loss", "val_accuracy"], key=reading_order)
        ['loss', 'accuracy', 'val_loss', 'val_accuracy']
    """
    return name.startswith("val_"), name.removeprefix("val_") != "loss", name


def _cell(values: list[Any], row: int) -> str:
    # A name that came late, as learning_rate may in a second fit, has fewer values than there are epochs.
    return f"{values[row]:.4g}" if row < len(values) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
