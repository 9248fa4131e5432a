"""Problems: the same settings give the same rows; the plane and the shown points lie where they say."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.datasets import points
from rosenblatt.playground import problems
from rosenblatt.playground.choices import DATA, FEATURES
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.problems import Problem, columns_of, features, open_table, problem_of
from rosenblatt.playground.settings import Settings

MADE = [name for name in DATA if name not in ("drawn", "table", *points.GATES)]
FLOWERS = "꽃잎;줄기;종\n" + "".join(f"{k % 7}.5;{k * 10};{'장미' if k % 7 < 3 else '튤립'}\n" for k in range(40))


def of(**changes: object) -> Problem:
    return problem_of(Settings().changed(changes))


def of_table(text: str, **changes: object) -> Problem:
    table = open_table("flowers.csv", text)
    columns = columns_of(table)
    return problem_of(Settings().changed({"data": "table"}, columns).changed(changes, columns), table, columns)


@pytest.mark.parametrize("name", MADE)
def test_the_same_settings_give_the_same_rows(name: str) -> None:
    one, same, other = of(data=name), of(data=name), of(data=name, seed=2)
    for part in ("x_train", "y_train", "x_test", "y_test", "points", "rows", "targets"):
        np.testing.assert_array_equal(getattr(one, part), getattr(same, part))
    assert not np.array_equal(one.x_train, other.x_train)
    assert (one.x_train.dtype, one.x_train.shape, one.x_test.shape) == (np.float32, (250, 2), (250, 2))
    assert one.task == ("numbers" if name in ("plane", "bump") else "classes")
    assert one.y_train.dtype == (np.float32 if one.task == "numbers" else np.int64)
    np.testing.assert_array_equal(one.rows[one.is_test], one.x_test)
    np.testing.assert_array_equal(one.targets[~one.is_test], one.y_train)


@pytest.mark.parametrize("gate", points.GATES)
def test_a_gate_has_four_rows_that_train_and_test(gate: str) -> None:
    problem = of(data=gate)
    assert problem.x_train.tolist() == problem.x_test.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert problem.y_train.tolist() == list(points.GATES[gate])
    assert problem.bounds == (-0.5, 1.5, -0.5, 1.5)
    assert len(problem.points) == 4


def test_features_are_what_they_are_called() -> None:
    x = np.array([[0.5, -2.0]])
    expected = [[0.5, -2, 0.25, 4, -1, np.sin(0.5 * np.pi), np.sin(-2 * np.pi)]]
    np.testing.assert_allclose(features(x, FEATURES), expected, rtol=1e-6, atol=1e-6)
    assert of(features=["x1*x2"]).inputs == ["x1*x2"]
    np.testing.assert_allclose(of(features=["x1*x2"]).rows[:, 0], of().points.prod(axis=1), rtol=1e-5)


def test_the_plane_is_read_like_a_picture() -> None:
    problem = of(features=["x1", "x2", "x1^2"])
    cells = problem.plane(3)
    np.testing.assert_allclose(cells[0], [-0.8, 0.8, 0.64], rtol=1e-6)  # top left: smallest x1, largest x2
    np.testing.assert_allclose(cells[2], [0.8, 0.8, 0.64], rtol=1e-6)
    np.testing.assert_allclose(cells[6], [-0.8, -0.8, 0.64], rtol=1e-6)
    np.testing.assert_array_equal(problem.inputs_at(np.array([[0.5, -0.25]])), [[0.5, -0.25, 0.25]])


@pytest.mark.parametrize(("count", "train", "rows"), [(10, 0.1, 1), (10, 0.9, 9), (500, 0.5, 250)])
def test_the_share_for_training(count: int, train: float, rows: int) -> None:
    problem = of(count=count, train=train)
    assert (len(problem.x_train), len(problem.x_test)) == (rows, count - rows)


def test_points_drawn_by_hand() -> None:
    drawn = [[0.1, 0.2, 0], [0.3, 0.4, 2], [-0.5, 0.6, 2]]
    problem = of(data="drawn", points=drawn)
    assert problem.classes == ["0", "1", "2"]
    given = {(*place, kind) for place, kind in zip(map(tuple, problem.points.tolist()), problem.targets, strict=True)}
    assert given == {tuple(np.float32(row).tolist()) for row in drawn}
    assert len(problem.x_test) >= 1 <= len(problem.x_train)


def test_many_points_are_thinned_out_to_be_shown() -> None:
    problem = of(count=5000, train=0.9)
    assert (len(problem.points), len(problem.rows)) == (problems.MOST_SHOWN, problems.MOST_SHOWN)
    assert problem.is_test.mean() == pytest.approx(0.1, abs=0.01)


def test_a_table_is_brought_to_the_scale_of_its_training_rows() -> None:
    problem = of_table(FLOWERS, seed=3)
    assert (problem.classes, problem.inputs, problem.axes) == (["장미", "튤립"], ["꽃잎", "줄기"], ["꽃잎", "줄기"])
    np.testing.assert_allclose(problem.x_train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(problem.x_train.std(axis=0), 1, atol=1e-6)
    assert problem.scaling is not None
    stems = problem.rows[:, 1] * problem.scaling.deviation[1] + problem.scaling.mean[1]
    np.testing.assert_allclose(sorted(stems), np.arange(40) * 10, atol=1e-3)
    low, high, *_ = problem.bounds or ()
    assert low < problem.points[:, 0].min() < problem.points[:, 0].max() < high
    assert problem.columns == ["꽃잎", "줄기", "종"]


def test_a_tables_other_columns_stay_at_their_mean_on_the_plane() -> None:
    text = "a,b,c,y\n" + "".join(f"{k},{k * k},{k % 5},{k % 2}\n" for k in range(20))
    problem = of_table(text, axes=["c", "a"])
    np.testing.assert_array_equal(problem.inputs_at(np.array([[0.5, -0.25]])), [[-0.25, 0, 0.5]])
    np.testing.assert_array_equal(problem.points, problem.rows[:, [2, 0]])
    alone = of_table(text, features=["b"])
    np.testing.assert_array_equal(alone.inputs_at(np.array([[0.5, -0.25]])), [[0.5]])


def test_numbers_of_a_table_are_scaled_too() -> None:
    text = "size,price\n" + "".join(f"{k},{200_000.5 + 3000 * k}\n" for k in range(50))
    problem = of_table(text)
    assert problem.task == "numbers"
    assert (problem.y_train.mean(), problem.y_train.std()) == (pytest.approx(0, abs=1e-6), pytest.approx(1, abs=1e-6))
    assert problem.target_range == (problem.targets.min(), problem.targets.max())
    constant = of_table("a,b,y\n" + "".join(f"5,{k},{k}.5\n" for k in range(30)))
    assert np.isfinite(constant.x_train).all()


@pytest.mark.parametrize(
    ("text", "key", "arguments"),
    [
        ("", "table_empty", {"name": "t.csv"}),
        ("a,b\n1,0.5\n", "table_empty", {"name": "t.csv"}),
        ("1,2\n3,4\n", "table_header", {"name": "t.csv", "detail": "1"}),
        ("a,b\n1,2\n3\n", "table_row", {"name": "t.csv", "line": 3, "column": None, "got": 1}),
        ("a,b\n1x,u\n3x,v\n", "table_row", {"name": "t.csv", "line": 2, "column": "a", "got": "1x"}),
        ("a\n" + "1\n" * 20_001, "too_large", {"field": "table", "got": 20_001, "limit": 20_000}),
        ("a\n1\n1\n", "table_columns", {"name": "t.csv", "target": None}),
    ],
)
def test_a_table_that_cannot_be_learnt_is_told(text: str, key: str, arguments: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="expected") as caught:
        columns_of(open_table("t.csv", text))
    assert (caught.value.key, caught.value.arguments) == (key, arguments)


@pytest.mark.parametrize("cell", ["zwei", "", "inf"])
def test_a_wrong_cell_among_numbers_is_named_by_line_and_column(cell: str) -> None:
    lines = ["length,width,kind", *(f"{n},{n % 7},{'ab'[n % 2]}" for n in range(20))]
    lines[8] = f"7,{cell},b"
    with pytest.raises(SettingsError) as caught:
        columns_of(open_table("bad.csv", "\n".join(lines)))
    assert caught.value.key == "table_row"
    assert caught.value.arguments == {"name": "bad.csv", "line": 9, "column": "width", "got": cell}
