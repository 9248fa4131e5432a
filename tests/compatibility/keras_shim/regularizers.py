"""Stands for `keras.src.regularizers`."""

from rosenblatt.configuration import serialize as serialize
from rosenblatt.regularizers import *  # noqa: F403
