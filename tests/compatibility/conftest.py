"""The shim for Keras's tests changes the library's classes: it is for a process of its own, and never imported here."""

from __future__ import annotations

import sys
from pathlib import Path

collect_ignore = ["keras_shim"]
sys.path.append(str(Path(__file__).parents[2]))  # where the package tests.compatibility is found
