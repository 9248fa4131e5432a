"""Stands for `keras.src.activations`."""

from rosenblatt.activations import *  # noqa: F403
from rosenblatt.configuration import serialize as serialize
