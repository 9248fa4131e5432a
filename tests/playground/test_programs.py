"""Programs: ours gives the losses of the playground to the last bit, Keras's to rounding, whatever the settings."""

from __future__ import annotations

import ast
import base64
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from rosenblatt.models import load_model
from rosenblatt.playground import programs
from rosenblatt.playground.choices import ACTIVATIONS, DATA, FEATURES, INITIALIZERS, OPTIMIZERS
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.run import Run
from rosenblatt.playground.settings import Settings

SMALL = {"count": 40, "batch_size": 6}
DRAWN = [[0.1, 0.2, 0], [0.3, 0.4, 2], [-0.3, 0.4, 2], [-0.3, 0.9, 1]]
HIDDEN = [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "gelu", "frozen": True}]
CASES: list[dict[str, Any]] = [
    SMALL,
    SMALL | {"features": ["x1", "x2^2", "x1*x2", "sin(pi*x2)"], "optimizer": "adam", "l1": 0.001, "l2": 0.01},
    SMALL | {"data": "three", "layers": HIDDEN, "optimizer": "rmsprop", "initializer": "he_normal"},
    SMALL | {"data": "three", "loss": "mse", "layers": [{"units": 3, "activation": "leaky_relu"}]},
    SMALL | {"data": "bump", "loss": "huber", "optimizer": "momentum", "layers": [{"units": 3, "activation": "elu"}]},
    SMALL | {"loss": "mse", "layers": []},
    {"data": "drawn", "points": DRAWN},
    {"data": "AND", "layers": [], "weights": [0.5, 0.5, -0.7]},
    {"data": "AND", "layers": [], "output": {"activation": "step"}},
    SMALL | {"layers": [{"units": 3, "activation": "step", "frozen": True}]},
    SMALL | {"layers": [{"units": 3, "frozen": True}], "output": {"frozen": True}},
]
TABLE = "꽃잎;줄기;종\n" + "".join(f"{k % 7}.5;{k * 10};{'장미' if k % 7 < 3 else '튤립'}\n" for k in range(40))


def trained(epochs: int, run: Run) -> Run:
    if run.obstacle is None:
        for _ in range(epochs):
            run.epoch_step()
    return run


def losses(program: str) -> tuple[float, float]:
    """Carry out a program and return the losses that it has in the end."""
    names: dict[str, Any] = {}
    exec(compile(program, "program", "exec"), names)
    return names["train_loss"], names["test_loss"]


def of(run: Run) -> tuple[float | None, float | None]:
    return run.figures()[2:4]


@pytest.mark.parametrize("changes", CASES)
def test_our_program_gives_the_same_losses_bit_for_bit(changes: dict[str, Any]) -> None:
    run = trained(3, Run(Settings().changed(changes)))
    assert programs.code(run)["exact"]
    assert losses(programs.code(run)["python"]) == of(run)


@pytest.mark.parametrize("changes", [*CASES[1:5], CASES[6], CASES[8]])
def test_the_program_of_keras_gives_the_same_losses_to_rounding(keras: ModuleType, changes: dict[str, Any]) -> None:
    run = trained(2, Run(Settings().changed(changes)))
    assert losses(programs.code(run)["keras"]) == pytest.approx(of(run), rel=2e-5)


@pytest.mark.parametrize("target", ["종", "줄기"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_the_program_of_a_table_reads_its_file(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, encoding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("꽃.csv").write_bytes(TABLE.encode(encoding))
    run = Run()
    run.open_table("꽃.csv", TABLE)
    run.change({"target": target})
    trained(3, run)
    assert losses(programs.code(run)["python"]) == of(run)
    assert losses(programs.code(run)["keras"]) == pytest.approx(of(run), rel=2e-5)


def test_names_from_a_table_stay_in_their_quotation_marks() -> None:
    name = "\"'); print('out') #\\"
    quoted = name.replace('"', '""')
    run = Run()
    run.open_table(name, f'"{quoted}","y\n"""\n' + "".join(f"{k},{k % 2}\n" for k in range(20)))
    for program in (programs.ours(run), programs.keras(run)):
        calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
        printed = [call for call in calls if getattr(call.func, "id", "") == "print"]
        assert len(printed) == 1  # that of the loop


@st.composite
def any_settings(draw: Any) -> Settings:
    names = [name for name in DATA if name not in ("drawn", "table")]
    layer = st.fixed_dictionaries(
        {
            "units": st.integers(1, 20),
            "activation": st.sampled_from(ACTIVATIONS),
            "frozen": st.booleans(),
        }
    )
    return Settings().changed(
        {
            "data": draw(st.sampled_from(names)),
            "count": 20,
            "features": draw(st.lists(st.sampled_from(list(FEATURES)), min_size=1)),
            "layers": draw(st.lists(layer, max_size=3)),
            "output": {"frozen": draw(st.booleans())},
            "optimizer": draw(st.sampled_from(list(OPTIMIZERS))),
            "initializer": draw(st.sampled_from(INITIALIZERS)),
            "learning_rate": draw(st.sampled_from([1e-5, 0.01])),
            "l2": draw(st.sampled_from([0.0, 0.001])),
            "batch_size": draw(st.integers(1, 30)),
        }
    )


@given(any_settings())
@few(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_settings_give_a_program_that_runs(chosen: Settings) -> None:
    run = trained(2, Run(chosen))
    assert losses(programs.ours(run)) == of(run)
    ast.parse(programs.keras(run))


def test_an_altered_run_is_said_to_be_and_its_program_starts_from_its_weights(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = trained(3, Run(Settings().changed(SMALL)))
    run.change({"learning_rate": 0.5})
    run.epoch_step()
    code = programs.code(run)
    assert not code["exact"]
    for program in (code["python"], code["keras"]):
        assert "# Settings or weights were changed on the way" in program
        assert "in epoch 4" in program
    first = code["python"].replace("range(4, 104)", "range(4, 5)")
    result = losses(first)
    run.epoch_step()  # SGD remembers nothing, so that one epoch more is the same
    assert result == of(run)
    assert capsys.readouterr().out.startswith("epoch 5   train loss")


def test_a_program_is_short_and_well_laid_out() -> None:
    run = trained(1, Run())
    for program in programs.code(run).values():
        if isinstance(program, str):
            assert len(program.splitlines()) < 60
            assert max(map(len, program.splitlines())) <= 120
            assert program.startswith('"""A network of 2 - 4 - 2 - 1 units learns a ring around a ring.')
    assert "for epoch in range(100):" in programs.ours(Run())


def test_weights_are_written_to_the_last_digit() -> None:
    run = Run(Settings().changed(SMALL | {"layers": [{"units": 30}]}))
    lines = programs.keras(run).splitlines()
    start, stop = lines.index("model.set_weights("), lines.index(")", lines.index("model.set_weights("))
    found = eval("\n".join(lines[start + 1 : stop]), {"np": np})
    for array, expected in zip(found, run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(array.astype("float32"), expected)


def test_an_opened_model_has_no_program() -> None:
    model = Run().model
    with pytest.raises(SettingsError, match="not possible with a model that was opened"):
        programs.code(Run(model=model))


def test_the_saved_model_predicts_as_the_page_does(tmp_path: Path) -> None:
    run = Run(Settings().changed({"layers": [{"units": 3, "activation": "relu"}], "data": "three"}))
    run.epoch_step()
    saved = programs.saved(run)
    path = tmp_path / saved["name"]
    path.write_bytes(base64.b64decode(saved["base64"]))
    model = load_model(path)
    np.testing.assert_array_equal(model.predict(run.problem.x_test), run.model.predict(run.problem.x_test))
    assert model.class_names == run.problem.classes


def test_the_saved_model_of_a_table_takes_the_table_s_own_numbers(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal([50.0, 3.0], [9.0, 0.1], (40, 2)).round(4)
    text = "weight,size,kind\n" + "\n".join(f"{a},{b},{'ab'[int(a > 50)]}" for a, b in rows)
    run = Run()
    run.open_table("kinds.csv", text)
    run.epoch_step()
    saved = programs.saved(run)
    path = tmp_path / saved["name"]
    path.write_bytes(base64.b64decode(saved["base64"]))
    scaled = run.problem.scaling.scaled(rows)
    np.testing.assert_allclose(load_model(path).predict(rows), run.model.predict(scaled), rtol=1e-4)
