"""The ladder as a whole: its names, its files running alone, its table."""

from __future__ import annotations

import ast
import importlib
import string
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import ladder
from rosenblatt.errors import DatasetNotFoundError
from rosenblatt.ladder import data, table

STEPS = [
    "step0_line",
    "step1_perceptron",
    "step2_single_layer",
    "step3_dual_layer",
    "step4_random_init",
    "step5_minibatch",
    "step6_multi_class",
    "xor",
]
FOLDER = Path(ladder.__file__).parent


def test_every_name_comes_from_its_file():
    assert sorted(ladder.HOMES) == sorted(ladder.__all__) == sorted(dir(ladder))
    for name, home in ladder.HOMES.items():
        assert getattr(ladder, name).__module__ == f"rosenblatt.ladder.{home}"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'rosenblatt\.ladder' has no attribute 'TripleLayer'"):
        _ = ladder.TripleLayer


@pytest.mark.parametrize("step", STEPS)
def test_a_rung_imports_numpy_and_rungs_below_only(step):
    imported = set()
    for node in ast.parse((FOLDER / f"{step}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    standard = {name for name in imported if name.partition(".")[0] in sys.stdlib_module_names}
    below = {f"rosenblatt.ladder.{other}" for other in STEPS[: STEPS.index(step)] if step != "xor"}
    assert imported - standard <= {"numpy", "numpy.typing"} | below


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("step", ["step0_line", "step1_perceptron"])
def test_a_rung_runs_alone_without_a_warning(step, lang):
    run = [sys.executable, "-W", "error", "-X", "utf8", "-m", f"rosenblatt.ladder.{step}", "--lang", lang]
    told = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", check=True)
    assert told.stderr == ""
    assert ("단계" in told.stdout) == (lang == "ko")


@pytest.mark.parametrize(
    ("step", "figure"),
    [
        ("step0_line", "z = 1.4250 x + 0.1500   loss 1.250000"),
        ("step1_perceptron", "AND  errors [2, 3, 3, 0, 0]   w = [0.2 0.1], b = -0.20000000000000004"),
        ("step2_single_layer", "= 31. "),
        pytest.param("step3_dual_layer", "= 321.", marks=pytest.mark.slow),
        ("step4_random_init", "(89 of 91) after 500 epochs"),
        ("step5_minibatch", "          364                1 "),
        pytest.param("step6_multi_class", "[0.74 0.18 0.08]", marks=pytest.mark.slow),
        ("xor", "10000   0.02391914   0.97579250   0.97343127   0.03041428"),
    ],
)
def test_a_rung_tells_its_figures(step, figure, capsys):
    importlib.import_module(f"rosenblatt.ladder.{step}").main()
    page = capsys.readouterr().out
    assert figure in page
    assert len(page.splitlines()) < 40
    assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize("step", STEPS)
def test_both_languages_tell_the_same_figures(step):
    page = importlib.import_module(f"rosenblatt.ladder.{step}").PAGE
    fields = {
        lang: {field for _, field, _, _ in string.Formatter().parse(text) if field} for lang, text in page.items()
    }
    assert set(fields) == {"en", "ko"}
    assert fields["en"] == fields["ko"]


def test_the_table_of_the_gates_meets_what_is_expected():
    rows = list(table.gates())
    assert [row.name for row in rows] == ["Perceptron", "Perceptron", "XOR"]
    assert all(row.figure == row.expected for row in rows)


@pytest.mark.slow
def test_every_row_of_the_table_meets_what_is_expected():
    rows = list(table.rows())
    assert [row.rung for row in rows] == ["0", "1", "1", "1", "2", "3", "4", "5", "5", "6", "6", "xor", "xor"]
    for row in rows:
        assert row.figure == row.expected or not row.expected, row
    assert [row.rung for row in rows if not row.expected] == ["0", "6", "6", "xor"]


def test_the_table_tells_what_was_computed_here_from_what_the_lecture_prints():
    ours, lecture = table.xor()
    assert (ours.epochs, ours.figure, ours.expected) == (10_000, "0.02391914 0.97579250 0.97343127 0.03041428", "")
    assert lecture.epochs == 31_020
    assert lecture.figure == lecture.expected == "0.01144685 0.98853856 0.98734948 0.01447403"
    assert "31,020 updates (not epochs)" in lecture.setting


def test_the_line_of_the_table_is_that_of_least_squares():
    slope, height = np.polyfit([1, 2, 3, 4], [2, 3, 5, 6], 1)
    assert table.line().figure == f"z = {slope:.3f} x + {height:.3f}"


@pytest.mark.parametrize("step", STEPS[:-2])
def test_the_korean_page_leads_on_to_a_korean_page(step):
    page = importlib.import_module(f"rosenblatt.ladder.{step}").PAGE["ko"]
    assert page.endswith(f"-> python -m rosenblatt.ladder.{STEPS[STEPS.index(step) + 1]} --lang ko\n")


def test_the_table_says_when_the_full_pictures_could_not_be_had(monkeypatch):
    def fashion(full: bool = False) -> data.Split:
        if full:
            raise DatasetNotFoundError("fashion_mnist: not found")
        x, y = np.random.default_rng(0).random((20, 4)), np.eye(10)[np.arange(20) % 10]
        return data.Split(x, y, x, y, x, y)

    monkeypatch.setattr(table, "fashion", fashion)
    rows = list(table.ten_outputs(full=True))
    assert [row.expected for row in rows] == ["", ""]
    assert all("sample (20 rows)" in row.setting for row in rows)


def test_the_breast_cancer_split_is_standardised_by_its_training_rows(cancer):
    assert [len(part) for part in cancer] == [364, 364, 91, 91, 114, 114]
    np.testing.assert_allclose(cancer.x_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(cancer.x_train.std(axis=0), 1)
    assert np.abs(cancer.x_val.mean(axis=0)).max() > 0.01


def test_the_breast_cancer_split_is_scikit_learns(cancer):
    datasets = pytest.importorskip("sklearn.datasets")
    split = pytest.importorskip("sklearn.model_selection").train_test_split
    x, y = datasets.load_breast_cancer(return_X_y=True)
    x, _, y, y_test = split(x, y, test_size=0.2, stratify=y, random_state=42)
    x_train, x_val, y_train, y_val = split(x, y, test_size=0.2, stratify=y, random_state=42)
    np.testing.assert_allclose(cancer.x_train, (x_train - x_train.mean(axis=0)) / x_train.std(axis=0), atol=1e-12)
    np.testing.assert_allclose(cancer.x_val, (x_val - x_train.mean(axis=0)) / x_train.std(axis=0), atol=1e-12)
    assert cancer.y_train.tolist() == y_train.tolist()
    assert cancer.y_val.tolist() == y_val.tolist()
    assert cancer.y_test.tolist() == y_test.tolist()
