"""Stands for `keras.src.losses`."""

from rosenblatt.configuration import serialize as serialize
from rosenblatt.losses import *  # noqa: F403
