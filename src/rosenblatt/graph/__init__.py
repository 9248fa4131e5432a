"""Scalars on a computational graph: how backpropagation works, one number at a time.

    scalar.py      the core: Scalar, its operations, backward()                       read this first
    functions.py   activation functions and losses, built from the operations
    replay.py      the same computation again, one operation at a time: forward, then backward
    trace.py       one sample's pass through a trained model, as such a graph
    text.py        a graph as a table
    layout.py      where its nodes are drawn
    drawing.py     a graph as a picture (SVG)

Example:
    >>> from rosenblatt import graph
    >>> w, x, b = graph.Scalar(0.5, "w"), graph.Scalar(2.0, "x"), graph.Scalar(-0.7, "b")
    >>> loss = graph.binary_crossentropy(1.0, graph.sigmoid(w * x + b))
    >>> loss.backward()
    >>> round(loss.value, 3), round(w.gradient, 3)
    (0.554, -0.851)
"""

from rosenblatt.graph.drawing import to_svg
from rosenblatt.graph.functions import (
    binary_crossentropy,
    categorical_crossentropy,
    elu,
    gelu,
    huber,
    leaky_relu,
    mean_absolute_error,
    mean_squared_error,
    minimum,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    step,
    tanh,
)
from rosenblatt.graph.replay import Step, replay
from rosenblatt.graph.scalar import Edge, Scalar, exp, in_order, log, maximum
from rosenblatt.graph.text import to_text
from rosenblatt.graph.trace import GraphTooLargeError, Trace, fuse, trace

__all__ = [
    "Edge",
    "GraphTooLargeError",
    "Scalar",
    "Step",
    "Trace",
    "binary_crossentropy",
    "categorical_crossentropy",
    "elu",
    "exp",
    "fuse",
    "gelu",
    "huber",
    "in_order",
    "leaky_relu",
    "log",
    "maximum",
    "mean_absolute_error",
    "mean_squared_error",
    "minimum",
    "relu",
    "replay",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "step",
    "tanh",
    "to_svg",
    "to_text",
    "trace",
]
