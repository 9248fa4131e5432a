"""Stands for `keras.src.initializers`."""

from rosenblatt.configuration import serialize as serialize
from rosenblatt.initializers import *  # noqa: F403
