"""Stands for `keras.src.constraints`."""

from rosenblatt.configuration import serialize as serialize
from rosenblatt.constraints import *  # noqa: F403
