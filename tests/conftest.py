"""What all tests share: the oracles, and where the full data sets are."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

# The same examples in every run, and no limit to the time of one: the machine may have other things to do.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.load_profile("same")

# Keras reads its backend once, at import; JAX reads its precision likewise.
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """The real Keras, the judge of everything that bears its names."""
    return pytest.importorskip("keras", reason="needs the extra 'test' (keras and jax)")


@pytest.fixture(scope="session")
def full_data() -> Path:
    """The folder with the full Fashion-MNIST and MNIST, named by ROSENBLATT_DATA."""
    folder = os.environ.get("ROSENBLATT_DATA", "")
    if not folder or not Path(folder, "fashion-mnist").is_dir():
        pytest.skip("needs the full data sets: set ROSENBLATT_DATA to a folder with fashion-mnist/ and mnist/")
    return Path(folder)
