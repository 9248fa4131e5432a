"""Run Keras's own tests on our modules and say how each of them ended.

    python -m tests.compatibility.keras_suite           prints the tables
    python -m tests.compatibility.keras_suite --write   writes docs/keras-tests.md

The tests are those in the installed wheel of Keras (src/**/*_test.py); nothing of them is copied. They run in a
process of their own, for in it our modules stand where Keras's were (see `keras_shim`).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from tests.compatibility.keras_inapplicable import matching, read_reasons

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "keras-tests.md"

# {"losses/losses_test.py::HuberLossTest::test_config": {"outcome": "passed", "reason": ""}}
Outcomes: TypeAlias = Mapping[str, Mapping[str, str]]

# What is compared: the test files of Keras by area.
AREAS: dict[str, list[str]] = {
    "activations": ["activations/*_test.py"],
    "losses": ["losses/*_test.py"],
    "metrics": ["metrics/*_test.py"],
    "regularizers": ["regularizers/*_test.py"],
    "initializers": ["initializers/*_test.py"],
    "constraints": ["constraints/*_test.py"],
    "optimizers": ["optimizers/*_test.py"],
    "schedules": ["optimizers/schedules/*_test.py"],
    "callbacks": ["callbacks/*_test.py"],
    "layers": [
        "layers/core/dense_test.py",
        "layers/core/input_layer_test.py",
        "layers/activations/*_test.py",
        "layers/regularization/*_test.py",
        "layers/normalization/*_test.py",
        "layers/reshaping/flatten_test.py",
        "layers/preprocessing/normalization_test.py",
        "layers/preprocessing/rescaling_test.py",
    ],
    "Sequential": ["models/sequential_test.py"],
}


def files_by_area() -> dict[str, list[str]]:
    """Return the test files in the installed Keras, as paths below its src."""
    source = keras_source()
    return {
        area: sorted(str(path.relative_to(source)) for pattern in patterns for path in source.glob(pattern))
        for area, patterns in AREAS.items()
    }


def keras_source() -> Path:
    """Return the folder src of the installed Keras, without importing it."""
    found = importlib.util.find_spec("keras")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("keras_suite: expected Keras to be installed, it is not. Install rosenblatt[test].")
    return Path(found.origin).parent / "src"


def run() -> Outcomes:
    """Run all tests that apply and return how each ended, with those that do not apply and their reasons."""
    source = keras_source()
    files = [str(source / file) for files in files_by_area().values() for file in files]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.json")
        environment = os.environ | {
            "KERAS_BACKEND": "numpy",
            "KERAS_SUITE_RESULTS": str(results),
            "PYTHONPATH": os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)]),
            "OMP_NUM_THREADS": "1",
        }
        plugins = ["-p", "tests.compatibility.keras_shim.plugin", "-p", "no:cacheprovider"]
        own = ["-c", os.devnull, f"--rootdir={source}", "-q", "--tb=short"]
        command = [sys.executable, "-m", "pytest", *plugins, *own, *files]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if not results.exists():
            raise RuntimeError(f"keras_suite: expected a run of pytest, got {done.stdout[-4000:]}{done.stderr[-4000:]}")
        outcomes: Outcomes = json.loads(results.read_text(encoding="utf-8"))
        return outcomes


def stale_patterns(outcomes: Outcomes) -> list[str]:
    """Return the patterns of keras_inapplicable.toml that no collected test matches."""
    reasons = read_reasons()
    return sorted(set(reasons) - {pattern for name in outcomes for pattern in matching(name, reasons)})


# --- The document ------------------------------------------------------------------------------------------------


def document(outcomes: Outcomes) -> str:
    """Return docs/keras-tests.md."""
    return "\n".join([*_introduction(), *areas_table(outcomes), "", *reasons_table(outcomes), "", *_listing(outcomes)])


def areas_table(outcomes: Outcomes) -> list[str]:
    """Return the counts by area as a table."""
    lines = ["| area | collected | passed | failed | inapplicable |", "|---|---:|---:|---:|---:|"]
    total: Counter[str] = Counter()
    for area, files in files_by_area().items():
        counts = Counter(result["outcome"] for name, result in outcomes.items() if name.split("::")[0] in files)
        total += counts
        lines.append(_row(area, counts))
    return [*lines, _row("**all**", total)]


def _row(area: str, counts: Counter[str]) -> str:
    cells = [counts.total(), counts["passed"], counts["failed"], counts["inapplicable"]]
    return f"| {area} | {' | '.join(map(str, cells))} |"


def reasons_table(outcomes: Outcomes) -> list[str]:
    """Return how many tests each reason leaves out as a table, the most frequent first."""
    reasons = Counter(result["reason"] for result in outcomes.values() if result["outcome"] == "inapplicable")
    by_count = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    rows = [f"| {reason} | {count} |" for reason, count in by_count]
    return ["| why a test does not apply | tests |", "|---|---:|", *rows]


def _introduction() -> list[str]:
    return [
        "# Keras's own tests, run on this library",
        "",
        "<!-- Written by `python -m tests.compatibility.keras_suite --write`. -->",
        "",
        "The wheel of Keras 3.15.1 contains its tests. They run here unchanged, from the installed package, on the",
        "modules of this library: a thin shim (`tests/compatibility/keras_shim`) puts ours in the place of Keras's,",
        "and renames and converts where names and types differ. Assertions and tolerances are Keras's. Three things",
        "are looked at differently:",
        "",
        "- Where a test compares the words of an error, it must be one that this library raises on purpose, of",
        "  Keras's kind; its words are our own. An argument that is wrong is an ArgumentError, which is a ValueError,",
        "  even where Keras raises a TypeError, and a call that comes too early a ModelStateError. So it is with",
        "  `assertRaisesRegex`; the few tests that compare whole sentences by `assertEqual`, or look for them in what",
        "  is printed, are left out: they assert the very words.",
        "- `run_layer_test` checks a layer's description, shapes, numbers of weights, outputs and a step of training;",
        "  what it checks of symbolic tensors, masks, half precision and Keras's seed generators is left out.",
        "- What a test uses as a tool (`keras.ops`, `backend`, the test case itself) is Keras's, on its NumPy backend.",
        "",
        "Every collected test is listed below. One that does not apply is not run, and its reason is given.",
        "`tests/compatibility/test_keras_own_tests.py` runs them all.",
        "",
    ]


def _listing(outcomes: Outcomes) -> Iterator[str]:
    """Every test of every file, by how it ended."""
    for area, files in files_by_area().items():
        yield f"## {area}"
        yield ""
        for file in files:
            yield f"### {file}"
            yield ""
            ended: dict[str, list[str]] = {}
            for name, result in outcomes.items():
                if name.startswith(f"{file}::"):
                    kind = result["outcome"]
                    title = f"inapplicable: {result['reason']}" if kind == "inapplicable" else kind
                    ended.setdefault(title, []).append(name.removeprefix(f"{file}::"))
            for title in sorted(ended, key=lambda title: (title != "passed", title)):
                yield f"- **{title}** ({len(ended[title])}): {'; '.join(_folded(ended[title]))}"
            yield ""


def _folded(names: list[str]) -> list[str]:
    """Short names: those of one class together, and the cases of one test as one.

    Example:
        >>> _folded(["HuberTest::test_config", "HuberTest::test_case0", "HuberTest::test_case1"])
        ['HuberTest: config, case (2)']
    """
    by_class: dict[str, dict[str, list[str]]] = {}
    for name in names:
        test = name.split("::")[-1].removeprefix("test_")
        by_class.setdefault(name.split("::")[0], {}).setdefault(re.sub(r"\d+$", "", test), []).append(test)
    folded = {
        test_class: [f"{stem} ({len(cases)})" if len(cases) > 1 else cases[0] for stem, cases in tests.items()]
        for test_class, tests in by_class.items()
    }
    return [f"{test_class}: {', '.join(tests)}" for test_class, tests in folded.items()]


def main() -> None:
    """Print the tables, or write the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}")
    outcomes, arguments = run(), parser.parse_args()
    if arguments.write:
        DOCUMENT.write_text(document(outcomes), encoding="utf-8")
    print("\n".join([*areas_table(outcomes), "", *reasons_table(outcomes)]))
    for name, result in outcomes.items():
        if result["outcome"] == "failed":
            print(f"\nFAILED {name}\n{result['reason']}")


if __name__ == "__main__":
    main()
