"""The pytest plugin that runs Keras's tests on our modules and writes down how each ended."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.compatibility import keras_shim
from tests.compatibility.keras_inapplicable import matching, read_reasons

MARKS = ("requires_trainable_backend", "multi_device", "uses_ops", "requires_tpu")


class Suite:
    """Sorts the collected tests into those that apply and those that do not, and keeps how the former ended."""

    def __init__(self, source: Path, results: Path) -> None:
        self.source, self.results = source, results
        self.outcomes: dict[str, dict[str, str]] = {}
        self.reasons = read_reasons()

    def name(self, nodeid: str, path: Path) -> str:
        """A test as the listing names it: losses/losses_test.py::HuberTest::test_config."""
        return "::".join([str(path.relative_to(self.source)), *nodeid.split("::")[1:]])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what does not apply."""
        kept, dropped = [], []
        for item in items:
            item.keras_name = self.name(item.nodeid, item.path)
            patterns = matching(item.keras_name, self.reasons)
            if patterns:
                dropped.append(item)
                reason = self.reasons[patterns[0]]
                self.outcomes[item.keras_name] = {"outcome": "inapplicable", "reason": reason}
            else:
                kept.append(item)
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> None:
        """Keep the worst of what setting up, running and clearing up a test gave."""
        report = (yield).get_result()
        if report.outcome != "passed":
            self.outcomes[item.keras_name] = {"outcome": "failed", "reason": report.longreprtext[-4000:]}
        elif report.when == "call":
            self.outcomes.setdefault(item.keras_name, {"outcome": "passed", "reason": ""})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported is a failure."""
        if report.failed:
            self.outcomes[report.nodeid] = {"outcome": "failed", "reason": report.longreprtext[-4000:]}

    def pytest_sessionfinish(self) -> None:
        """Write the outcomes down."""
        self.results.write_text(json.dumps(self.outcomes, indent=1))


def pytest_configure(config: pytest.Config) -> None:
    """Put our modules in the place of Keras's before any test is imported."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    keras_shim.install()
    import keras

    source = Path(keras.__file__).parent / "src"
    config.pluginmanager.register(Suite(source, Path(os.environ["KERAS_SUITE_RESULTS"])), "keras_suite")
