"""Stands for `keras.src.models`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.models import Sequential, load_model

compile_ours, build_ours = Sequential.compile, Sequential.build


def compile_(
    self: Sequential, *arguments: Any, run_eagerly: bool = False, jit_compile: Any = None, **more: Any
) -> None:
    """Compile without what chooses how Keras's backends run."""
    compile_ours(self, *arguments, **more)


Sequential.compile = compile_
Sequential.__call__ = lambda self, x: self.predict(np.asarray(x), verbose=0)
Sequential.build = lambda self, shape: build_ours(self, tuple(shape)[1:])  # Keras's begins with the batch's size
Sequential.compute_output_shape = lambda self, shape: (
    shape[0],
    *self._lay_out(self.layers, shape[1:])[-1].output_shape,
)

__all__ = ["Sequential", "load_model"]
