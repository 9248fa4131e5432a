"""Pictures of data, training and networks, drawn with matplotlib.

Every function takes ``ax=None`` (a new figure is made where none is given) and returns the Axes it drew on, or an array
of Axes where the picture is a grid. A grid divides a single Axes among its pictures, or takes an array of enough Axes.
``language="ko"`` writes Korean, in a Korean font that only this picture uses. Nothing depends on colour alone: shapes,
dashes and words say it too. The global settings of matplotlib are left alone, and nothing is shown: call
``matplotlib.pyplot.show()`` where no notebook does it.

``describe`` gives the figures of each of these pictures as plain text, for screen readers and terminals.

matplotlib is the extra ``plots`` and imported on the first drawing: ``pip install 'rosenblatt[plots]'``.
"""

from __future__ import annotations

from rosenblatt.plots.activations import activation_functions, gradient_sizes, why_depth_did_not_train
from rosenblatt.plots.boundary import decision_boundary
from rosenblatt.plots.classes import class_counts, confusion_matrix
from rosenblatt.plots.images import first_layer_weights, samples
from rosenblatt.plots.landscape import weight_path
from rosenblatt.plots.text import describe
from rosenblatt.plots.training import history

__all__ = [
    "activation_functions",
    "class_counts",
    "confusion_matrix",
    "decision_boundary",
    "describe",
    "first_layer_weights",
    "gradient_sizes",
    "history",
    "samples",
    "weight_path",
    "why_depth_did_not_train",
]
