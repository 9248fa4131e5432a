"""How the examples in docstrings are run."""

from __future__ import annotations

import pytest

import rosenblatt  # noqa: F401  (whole: pytest would make the module of a file that it is given alone a second time)


@pytest.fixture(autouse=True)
def _skip_without_torch(request: pytest.FixtureRequest) -> None:
    """PyTorch is larger than all else together, and not everyone has it."""
    if "import torch" in request.node.dtest.docstring:
        pytest.importorskip("torch")
