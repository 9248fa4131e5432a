"""Stands for `keras.src.callbacks`: which way is better is a function of Keras's."""

from __future__ import annotations

from typing import Any

from keras.src import ops

from rosenblatt.callbacks import *  # noqa: F403
from rosenblatt.callbacks import _Monitor
from rosenblatt.configuration import serialize as serialize


class MonitorCallback(_Monitor):
    """Our base of the callbacks that watch one number, with Keras's defaults."""

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0.0) -> None:
        super().__init__(monitor, mode, min_delta)

    def _set_monitor_op(self) -> None:
        self._larger_is_better()

    _is_improvement = _Monitor._improves


def monitor_op(self: _Monitor) -> Any:
    """Which of two numbers is the better one."""
    return ops.greater if self._larger_is_better() else ops.less


_Monitor.monitor_op = property(monitor_op)
