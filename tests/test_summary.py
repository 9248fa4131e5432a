"""The familiar table of layers, shapes and parameters."""

from __future__ import annotations

from types import ModuleType

import pytest

from rosenblatt import Input, Sequential
from rosenblatt.layers import BatchNormalization, Dense, Dropout, Flatten

LECTURE = """\
Model: "sequential"
──────────────────────────────────────────────
 Layer (type)       Output Shape      Param #
──────────────────────────────────────────────
 flatten (Flatten)  (None, 784)             0
 dense (Dense)      (None, 392)       307,720
 dense_1 (Dense)    (None, 10)          3,930
──────────────────────────────────────────────
 Total params: 311,650 (1.19 MB)
 Trainable params: 311,650 (1.19 MB)
 Non-trainable params: 0 (0.00 B)"""


def lecture() -> Sequential:
    return Sequential([Flatten(input_shape=(28, 28)), Dense(392, activation="tanh"), Dense(10, activation="softmax")])


def test_the_lecture_s_network_has_307_720_and_3_930_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    lecture().summary()
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [" ".join(line.split()) for line in shown if "─" not in line] == [
        " ".join(line.split()) for line in LECTURE.splitlines() if "─" not in line
    ]
    assert len({len(line) for line in shown if "─" in line}) == 1
    assert lecture().count_params() == 307_720 + 3_930 == 311_650


def test_columns_are_aligned() -> None:
    lines: list[str] = []
    lecture().summary(print_fn=lines.append)
    rows = [line for line in lines[0].splitlines() if "(None" in line]
    assert len({line.index("(None") for line in rows}) == 1
    assert len({len(line) for line in rows}) == 1


def test_the_counts_are_keras_s(keras: ModuleType) -> None:
    ours = Sequential([Input((4,)), Dense(5, trainable=False), BatchNormalization(), Dropout(0.5), Dense(3)])
    theirs = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, trainable=False),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3),
        ]
    )
    totals: list[list[str]] = []
    for model in (ours, theirs):
        lines: list[str] = []
        model.summary(print_fn=lambda text, *_, lines=lines, **__: lines.append(text))
        totals.append([line.strip() for line in "\n".join(lines).splitlines() if "params:" in line])
    assert (
        totals[0]
        == totals[1]
        == [
            "Total params: 63 (252.00 B)",
            "Trainable params: 28 (112.00 B)",
            "Non-trainable params: 35 (140.00 B)",
        ]
    )


def test_sizes_follow_the_precision() -> None:
    lines: list[str] = []
    Sequential([Dense(1024, input_shape=(1023,))], dtype="float64").summary(lines.append)
    assert "Total params: 1,048,576 (8.00 MB)" in lines[0]


def test_before_it_is_built_a_model_shows_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    Sequential([Dense(5, name="hidden"), Dense(3)], name="small").summary()
    shown = capsys.readouterr().out
    assert 'Model: "small"' in shown
    assert "hidden (Dense)" in shown
    assert "dense (Dense)" in shown
    assert shown.count("?") == 4
    assert "built when it sees its first data" in shown


def test_an_empty_model_has_a_summary_too(capsys: pytest.CaptureFixture[str]) -> None:
    Sequential().summary()
    assert "built when it sees its first data" in capsys.readouterr().out
