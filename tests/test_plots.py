"""What the pictures show, what they say as text, and what they leave alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from string import Formatter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the extra 'plots'")
matplotlib.use("Agg")

from matplotlib import font_manager  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.colors import to_hex  # noqa: E402

from rosenblatt import plots  # noqa: E402
from rosenblatt.errors import (  # noqa: E402
    ArgumentError,
    DataError,
    MissingExtraError,
    ShapeError,
    UnknownNameError,
)
from rosenblatt.functional.activations import ACTIVATIONS  # noqa: E402
from rosenblatt.plots import canvas, words  # noqa: E402
from rosenblatt.plots.activations import weight_gradients  # noqa: E402

KOREAN_CLASSES = ["티셔츠/윗도리", "바지"]
RUN = {
    "loss": [0.9, 0.5, 0.3],
    "accuracy": [0.5, 0.8, 0.9],
    "val_loss": [0.8, 0.6, 0.7],
    "val_accuracy": [0.6, 0.7, 0.8],
}
POINTS = np.array([[-1.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [1.0, 0.0]])
IMAGES = np.linspace(0, 1, 6 * 9).reshape(6, 3, 3)

# Every picture, each drawn with as little as it needs.
PICTURES: dict[str, Callable[..., Any]] = {
    "history": lambda **how: plots.history(RUN, **how),
    "weight_path": lambda **how: plots.weight_path([[1.0, 2.0], [0.5, 1.0]], loss=lambda w: w @ w, **how),
    "decision_boundary": lambda **how: plots.decision_boundary(lambda x: x[:, 0] > 0, POINTS, [0, 1, 0, 1], **how),
    "first_layer_weights": lambda **how: plots.first_layer_weights(np.eye(4), **how),
    "samples": lambda **how: plots.samples(IMAGES, [0, 1, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1], **how),
    "class_counts": lambda **how: plots.class_counts([0, 1, 1], **how),
    "confusion_matrix": lambda **how: plots.confusion_matrix([[3, 1], [0, 2]], **how),
    "activation_functions": lambda **how: plots.activation_functions(["relu", "sigmoid"], **how),
    "gradient_sizes": lambda **how: plots.gradient_sizes([0.1, 0.2], **how),
    "why_depth_did_not_train": lambda **how: plots.why_depth_did_not_train(units=8, **how),
}


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    """No picture changes a global setting; each test closes its figures."""
    plt.close("all")  # what other tests drew
    before = dict(matplotlib.rcParams)
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == before


@pytest.fixture
def _korean() -> None:
    try:
        canvas.korean_font()
    except ArgumentError as missing:
        pytest.skip(str(missing))


def flat(axes: Any) -> list[Any]:
    return list(np.ravel(np.asarray(axes, dtype=object)))


def visible_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_visible()]


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line(ax: Any, name: str) -> Any:
    return next(drawn for drawn in ax.lines if drawn.get_label() == name)


# --- All pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_stands_in_a_new_figure_and_can_be_drawn(name: str) -> None:
    axes = flat(PICTURES[name]())
    assert plt.get_fignums() == [axes[0].figure.number]
    axes[0].figure.canvas.draw()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_stands_in_the_axes_given(name: str) -> None:
    figure, (left, right) = plt.subplots(1, 2)
    axes = flat(PICTURES[name](ax=right))
    assert all(ax is right or ax in right.child_axes for ax in axes)
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_told_as_text(name: str) -> None:
    text = plots.describe(PICTURES[name]())
    assert len(text.splitlines()) > 3
    assert not any(row != row.rstrip() for row in text.splitlines())


@pytest.mark.usefixtures("_korean")
@pytest.mark.filterwarnings("error:Glyph")
@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("name", PICTURES)
def test_korean_has_its_letters(name: str, divided: bool) -> None:
    ax = plt.figure().add_subplot() if divided else None
    axes = PICTURES[name](ax=ax, language="ko")
    plt.gcf().canvas.draw()
    assert any("가" <= letter <= "힣" for letter in plots.describe(axes))


@pytest.mark.usefixtures("_korean")
@pytest.mark.filterwarnings("error:Glyph")
def test_korean_class_names_are_written_in_an_english_picture_and_neighbours_keep_their_font() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    left.set_title("mine")
    plots.class_counts([0, 1, 1], KOREAN_CLASSES, ax=right)
    figure.canvas.draw()
    assert right.get_xlabel() == "number of samples"
    assert right.title.get_family()[0] == canvas.korean_font()
    assert left.title.get_family() == matplotlib.rcParams["font.family"]


def test_without_a_korean_font_the_error_tells_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(ArgumentError, match=r"font with Korean letters.*got none.*fonts-noto-cjk.*language='en'"):
        plots.history(RUN, language="ko")
    assert plt.get_fignums() == []


@pytest.mark.usefixtures("_korean")
def test_a_font_that_was_installed_after_matplotlib_last_looked_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    if not any(canvas.Path(path).name.startswith(canvas.KOREAN_FONT_FILES) for path in font_manager.findSystemFonts()):
        pytest.skip("needs one of the fonts that are found by their file's name (Debian: fonts-noto-cjk, fonts-nanum)")
    assert canvas.korean_font() in canvas.KOREAN_FONTS


@pytest.mark.parametrize("phrase", words.KOREAN)
def test_both_languages_fill_in_the_same(phrase: str) -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    assert fields(words.KOREAN[phrase]) == fields(phrase)


def test_a_grid_takes_an_array_of_axes() -> None:
    _, given = plt.subplots(2, 2)
    axes = plots.activation_functions(["relu", "tanh", "elu"], ax=given)
    assert list(axes) == list(given.ravel()[:3])


def test_importing_plots_does_not_import_matplotlib() -> None:
    code = "import sys, rosenblatt.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_the_error_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("pyplot", "colors", "patches"):
        monkeypatch.setitem(sys.modules, f"matplotlib.{part}", None)
    with pytest.raises(MissingExtraError, match=r"plots: expected matplotlib.*pip install 'rosenblatt\[plots\]'"):
        PICTURES[name]()


# --- As text --------------------------------------------------------------------------------------------------------


def test_the_text_goes_by_the_title_that_the_user_gave() -> None:
    ax = plots.class_counts([0, 1, 1])
    ax.set_title("My data")
    assert plots.describe(ax).startswith("My data\nx: number of samples\n\nclass")


def test_axes_that_were_cleared_tell_nothing_any_more() -> None:
    ax = plots.class_counts([0, 1, 1])
    ax.clear()
    with pytest.raises(ArgumentError, match=r"plots\.describe: expected Axes drawn by rosenblatt\.plots"):
        plots.describe(ax)


def test_two_pictures_in_the_same_axes_are_both_told() -> None:
    ax = plots.history({"loss": [0.75]})
    plots.history({"loss": [0.25]}, ax=ax)
    assert plots.describe(ax).count("best epoch: 1") == 2


def test_korean_columns_stand_in_line() -> None:
    text = plots.text.table(["클래스", "n"], [["바지", 10], ["shirt", 5]])
    assert text == "클래스   n\n바지    10\nshirt    5"


def test_a_long_training_is_told_in_few_rows_with_its_best_epoch() -> None:
    losses = np.linspace(1, 0.5, 1000)
    losses[699] = 0.25
    text = plots.describe(plots.history({"loss": losses.tolist()}))
    assert "  700      0.25" in text
    assert "21 of 1000 epochs are listed." in text
    assert len(text.splitlines()) < 35


# --- history --------------------------------------------------------------------------------------------------------


def test_history_draws_each_curve_in_training_and_validation() -> None:
    loss, accuracy = plots.history(RUN)
    for ax, name in ((loss, "loss"), (accuracy, "accuracy")):
        assert line(ax, "training").get_xdata().tolist() == [1, 2, 3]
        assert line(ax, "training").get_ydata().tolist() == RUN[name]
        assert line(ax, "validation").get_ydata().tolist() == RUN[f"val_{name}"]
        assert ax.get_title() == f"{name.capitalize()} by epoch"
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", name)


def test_history_tells_its_curves_apart_without_colour() -> None:
    ax = plots.history(RUN, metric="loss")
    training, validation = line(ax, "training"), line(ax, "validation")
    assert training.get_linestyle() != validation.get_linestyle()
    assert training.get_marker() != validation.get_marker()
    assert (to_hex(training.get_color()), to_hex(validation.get_color())) == ("#0072b2", "#d55e00")


@pytest.mark.parametrize(
    ("metric", "mode", "best"),
    [
        ("loss", "auto", "best epoch: 2 (0.6)"),
        ("accuracy", "auto", "best epoch: 3 (0.8)"),
        ("accuracy", "min", "best epoch: 1 (0.6)"),
        ("loss", "max", "best epoch: 1 (0.8)"),
    ],
)
def test_history_marks_the_best_epoch_of_validation(metric: str, mode: str, best: str) -> None:
    ax = plots.history(RUN, metric=metric, mode=mode)
    assert legend_texts(ax) == ["training", "validation", best]
    star = line(ax, best)
    epoch = int(best.split()[2])
    assert (star.get_xdata().tolist(), star.get_ydata().tolist()) == ([epoch], [RUN[f"val_{metric}"][epoch - 1]])
    assert plots.describe(ax).endswith(best)


def test_history_marks_the_best_epoch_of_training_where_nothing_was_validated() -> None:
    assert legend_texts(plots.history({"loss": [0.5, 0.2, 0.4]})) == ["training", "best epoch: 2 (0.2)"]


def test_history_marks_none_where_nobody_knows_what_is_better() -> None:
    assert legend_texts(plots.history({"my_own": [1.0, 2.0]})) == ["training"]


def test_history_asks_the_models_own_metric_what_is_better() -> None:
    model = SimpleNamespace(metrics=[SimpleNamespace(name="my_own", direction="up")])
    run = SimpleNamespace(history={"my_own": [1.0, 2.0]}, epoch=[0, 1], model=model)
    assert legend_texts(plots.history(run)) == ["training", "best epoch: 2 (2)"]


def test_history_does_not_take_a_diverged_epoch_for_the_best() -> None:
    assert "best epoch: 1 (0.5)" in legend_texts(plots.history({"loss": [0.5, np.nan, -np.inf]}))
    assert legend_texts(plots.history({"loss": [np.nan]})) == ["training"]


def test_history_counts_on_from_an_initial_epoch() -> None:
    run = SimpleNamespace(history={"loss": [0.5, 0.4]}, epoch=[10, 11])
    assert line(plots.history(run), "training").get_xdata().tolist() == [11, 12]


@pytest.mark.parametrize(("frequency", "epochs"), [(2, [2, 4]), ([1, 5], [1, 5])])
def test_history_puts_rare_validations_where_they_were(frequency: Any, epochs: list[int]) -> None:
    run = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0], "val_loss": [0.9, 0.8]}
    ax = plots.history(run, validation_freq=frequency)
    assert line(ax, "validation").get_xdata().tolist() == epochs


def test_history_draws_a_rung_of_the_ladder() -> None:
    ladder = pytest.importorskip("rosenblatt.ladder")
    rung = ladder.SingleLayer()
    rung.fit(POINTS, [0, 1, 0, 1], epochs=3)
    assert line(plots.history(rung), "training").get_ydata().tolist() == rung.losses
    perceptron = ladder.Perceptron()
    perceptron.fit(POINTS, [0, 1, 0, 1])
    ax = plots.history(perceptron)
    assert line(ax, "training").get_ydata().tolist() == perceptron.errors
    assert ax.get_title() == "Errors by epoch"


def test_history_cuts_the_axis_of_the_first_curve_only() -> None:
    loss, accuracy = plots.history(RUN, ylim=(0, 0.3))
    assert loss.get_ylim() == (0, 0.3)
    assert accuracy.get_ylim() != (0, 0.3)


def test_history_leaves_out_what_is_no_curve() -> None:
    run = {"loss": [0.5, 0.4], "learning_rate": [0.1, 0.1], "confusion_matrix": [np.eye(2), np.eye(2)]}
    assert plots.history(run).get_title() == "Loss by epoch"
    assert plots.history(run, metric="learning_rate").get_ylabel() == "learning_rate"


# --- weight_path ----------------------------------------------------------------------------------------------------


def test_weight_path_follows_two_weights_and_marks_the_end() -> None:
    path = np.array([[0.0, 1.0, 2.0], [0.5, 1.5, 1.0], [0.75, 1.75, 0.5]])[:, :, np.newaxis]
    ax = plots.weight_path(list(path), 1, 2)
    assert ax.lines[0].get_xydata().tolist() == path[:, [1, 2], 0].tolist()
    assert line(ax, "end (after 2 steps)").get_xydata().tolist() == [[1.75, 0.5]]
    assert line(ax, "start").get_xydata().tolist() == [[1.0, 2.0]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight 1", "weight 2")
    assert not ax.collections  # no landscape without a loss


def test_weight_path_lies_in_the_slice_of_the_loss_where_the_path_ended() -> None:
    ax = plots.weight_path([[1.0, 1.0, 9.0], [0.0, 0.0, 2.0]], 0, 1, loss=lambda w: float(w @ w))
    assert ax.collections
    rows = [row.split() for row in plots.describe(ax).splitlines()[-2:]]
    assert [float(row[-1]) for row in rows] == [1 + 1 + 4, 4]


def test_weight_path_computes_the_loss_of_a_sigmoid_neuron() -> None:
    w, b, target = np.array([0.5, -1.0]), 0.25, np.array([0, 1, 0, 1])
    ax = plots.weight_path([[1.0, 1.0], w], loss=(POINTS, target), b=b)
    a = 1 / (1 + np.exp(-(POINTS @ w + b)))
    expected = -np.mean(target * np.log(a) + (1 - target) * np.log(1 - a))
    assert float(plots.describe(ax).split()[-1]) == pytest.approx(expected, rel=1e-5)


def test_weight_path_takes_the_bias_of_a_rung() -> None:
    rung = SimpleNamespace(w_history=[np.ones((2, 1)), np.zeros((2, 1))], b=1000.0)
    ax = plots.weight_path(rung, loss=(POINTS, np.zeros((4, 1))))
    assert plots.describe(ax).split()[-1] == "1000"


# --- decision_boundary ----------------------------------------------------------------------------------------------


def test_decision_boundary_draws_the_points_of_each_class_with_a_shape_of_their_own() -> None:
    ax = plots.decision_boundary(lambda x: x[:, 0], POINTS, [0, 1, 0, 1], class_names=["no", "yes"])
    no, yes = line(ax, "no"), line(ax, "yes")
    assert no.get_xydata().tolist() == POINTS[[0, 2]].tolist()
    assert yes.get_xydata().tolist() == POINTS[[1, 3]].tolist()
    assert no.get_marker() != yes.get_marker()
    assert to_hex(yes.get_color()) == "#0072b2"
    assert legend_texts(ax) == ["no", "yes"]


@pytest.mark.parametrize(
    "predict",
    [
        lambda x: x[:, :1] + 0.5,  # a probability a row
        lambda x: x[:, 0] > 0,
        lambda x: (x[:, 0] > 0).astype(int),
        lambda x: np.stack([-x[:, 0], x[:, 0]], axis=1),  # a score a class
        SimpleNamespace(predict=lambda x: x[:, 0] + 0.5),
    ],
    ids=["probability", "boolean", "class", "scores", "model"],
)
def test_decision_boundary_runs_where_the_classifier_changes_its_mind(predict: Any) -> None:
    ax = plots.decision_boundary(predict, POINTS, [0, 1, 0, 1])
    borders = [c for c in ax.collections if not c.get_fill() and len(c.get_paths()[0].vertices)]
    assert borders
    for border in borders:
        np.testing.assert_allclose(border.get_paths()[0].vertices[:, 0], 0, atol=0.02)
    assert [row.split()[:4] for row in plots.describe(ax).splitlines()[-2:]] == [
        ["0", "2", "2", "50.0"],
        ["1", "2", "2", "50.0"],
    ]


def test_decision_boundary_takes_the_threshold_of_logits() -> None:
    ax = plots.decision_boundary(lambda x: x[:, 0], POINTS, [-1, 1, -1, 1], threshold=0)
    assert "50.0 %" in plots.describe(ax)


def test_decision_boundary_of_three_classes_and_of_one_hot_targets() -> None:
    target = np.eye(3)[[0, 1, 2, 1]]
    ax = plots.decision_boundary(lambda x: np.stack([-x[:, 0], x[:, 0], x[:, 1] - 9], axis=1), POINTS, target)
    assert legend_texts(ax) == ["0", "1", "2"]
    assert plots.describe(ax).splitlines()[-1].split() == ["2", "1", "0", "0.0", "%"]


def test_decision_boundary_of_a_classifier_that_sees_one_class_only() -> None:
    ax = plots.decision_boundary(lambda x: np.zeros(len(x)), POINTS, [0, 1, 0, 1])
    assert "100.0 %" in plots.describe(ax)


# --- images ---------------------------------------------------------------------------------------------------------


def test_first_layer_weights_show_each_unit_on_one_symmetric_scale() -> None:
    w = np.array([[0.0, 1.0], [1.0, -4.0], [0.0, 0.5], [3.0, 1.0]])
    axes = plots.first_layer_weights(w)
    assert len(axes) == 2
    for k, ax in enumerate(axes):
        (image,) = ax.images
        assert image.get_array().tolist() == w[:, k].reshape(2, 2).tolist()
        assert image.get_clim() == (-4, 4)
        assert visible_texts(ax) == [f"unit {k}"]
    assert to_hex(axes[0].images[0].cmap(1.0)) == "#0072b2"


def test_first_layer_weights_find_the_first_kernel_of_a_model_or_rung() -> None:
    w = np.arange(6.0).reshape(6, 1)
    model = SimpleNamespace(layers=[SimpleNamespace(), SimpleNamespace(kernel=w), SimpleNamespace(kernel=np.eye(4))])
    for holder in (model, SimpleNamespace(w1=w), SimpleNamespace(w=w)):
        (ax,) = plots.first_layer_weights(holder, image_shape=(2, 3))
        assert ax.images[0].get_array().tolist() == w.reshape(2, 3).tolist()


def test_samples_show_images_with_the_wrong_ones_marked_by_more_than_colour() -> None:
    axes = plots.samples(IMAGES, [0, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0], ["shirt", "shoe"], count=3)
    assert [len(ax.images) for ax in axes] == [1, 1, 1]
    assert axes[1].images[0].get_array().tolist() == IMAGES[1].tolist()
    assert [visible_texts(ax) for ax in axes] == [["shirt"], ["✗ shirt\n(is shoe)"], ["shoe"]]
    assert [ax.spines["top"].get_visible() for ax in axes] == [False, True, False]
    assert plots.describe(axes).splitlines()[-3:] == [
        "     0  shirt  shirt",
        "     1  shoe   shirt      wrong",
        "     2  shoe   shoe",
    ]


@pytest.mark.parametrize(("predictions", "caption"), [([[0.9, 0.1]], "0 90 %"), ([[7.0, 1.0]], "0")])
def test_samples_tell_how_sure_a_model_is_that_gives_probabilities(predictions: Any, caption: str) -> None:
    (ax,) = plots.samples(IMAGES[:1], predictions=predictions)
    assert visible_texts(ax) == [caption]


def test_samples_take_rows_of_pixels_and_images_with_a_channel() -> None:
    rows = plots.samples(IMAGES.reshape(6, 9))
    channel = plots.samples(IMAGES[..., np.newaxis])
    wide = plots.samples(IMAGES.reshape(6, 9), image_shape=(1, 9))
    assert rows[5].images[0].get_array().tolist() == channel[5].images[0].get_array().tolist() == IMAGES[5].tolist()
    assert wide[5].images[0].get_array().shape == (1, 9)
    assert plots.describe(wide) == "Samples\n6 images of 1 x 9 pixels"


# --- classes --------------------------------------------------------------------------------------------------------


def test_class_counts_show_a_bar_a_class_in_order_and_empty_ones_too() -> None:
    ax = plots.class_counts([2, 0, 2, 2], ["a", "b", "c"])
    assert [bar.get_width() for bar in ax.patches] == [1, 0, 3]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]
    assert visible_texts(ax) == ["1", "0", "3"]
    assert ax.yaxis_inverted()  # the first class on top


@pytest.mark.parametrize("y", [["cat", "dog", "cat"], np.array([[7], [9], [7]])])
def test_class_counts_take_words_and_columns(y: Any) -> None:
    assert [bar.get_width() for bar in plots.class_counts(y).patches] == [2, 1]


def test_class_counts_take_one_hot_targets() -> None:
    assert [bar.get_width() for bar in plots.class_counts(np.eye(2)[[0, 1, 1]]).patches] == [1, 2]


def test_confusion_matrix_counts_the_pairs() -> None:
    y_true, probabilities = [0, 0, 1, 2], np.eye(3)[[0, 1, 1, 0]]
    ax = plots.confusion_matrix((y_true, probabilities))
    counts = [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert visible_texts(ax) == [str(count) for row in counts for count in row]
    assert ax.get_title() == "Confusion matrix (50.0 % correct)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert ax.images[0].get_array().tolist() == [[0.5, 0.5, 0], [0, 1, 0], [1, 0, 0]]


def test_confusion_matrix_takes_counts_and_names() -> None:
    ax = plots.confusion_matrix([[3, 1], [0, 0]], ["shirt", "shoe"])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["shirt", "shoe"]
    assert plots.describe(ax).splitlines()[-2:] == ["shirt      3     1         75.0 %", "shoe       0     0"]


# --- activations and gradients --------------------------------------------------------------------------------------


def test_activation_functions_draw_all_of_them_by_default() -> None:
    axes = plots.activation_functions()
    assert [ax.get_title().split()[0] for ax in axes] == list(ACTIVATIONS)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_the_derivative_drawn_is_the_slope_of_the_function_drawn(name: str) -> None:
    ax = plots.activation_functions(name)
    function, derivative = line(ax, "activation function"), line(ax, "derivative")
    z, y = function.get_data()
    middle = (derivative.get_ydata()[1:] + derivative.get_ydata()[:-1]) / 2
    wrong = ~np.isclose(np.diff(y) / np.diff(z), middle, atol=2e-3, rtol=1e-3)
    assert wrong.sum() <= 2  # at the corners of those made of straight lines
    assert function.get_linestyle() != derivative.get_linestyle()


def test_the_step_is_drawn_with_its_derivative_of_zero() -> None:
    ax = plots.activation_functions("step")
    assert set(line(ax, "derivative").get_ydata()) == {0.0}
    assert set(line(ax, "activation function").get_ydata()) == {0.0, 1.0}


def test_gradient_sizes_are_root_mean_squares_on_a_logarithmic_axis() -> None:
    ax = plots.gradient_sizes([np.array([[3.0, -3.0]]), [np.array([4.0]), np.array([0.0])], 0.5])
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([3, np.sqrt(8), 0.5])


def test_gradient_sizes_compare_networks_with_a_shape_each() -> None:
    ax = plots.gradient_sizes({"short": [0.1], "long": [0.0, 0.2]})
    assert legend_texts(ax) == ["short", "long"]
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()
    assert np.isnan(ax.lines[1].get_ydata()[0])  # 0 has no place on a logarithmic axis, but in the text
    assert plots.describe(ax).splitlines()[-2:] == ["    1    0.1     0", "    2          0.2"]


def test_gradient_sizes_take_what_a_model_gives_by_layer() -> None:
    gradients = {"a/kernel": np.array([[3.0]]), "a/bias": np.array([4.0]), "b/kernel": np.array([[2.0]])}
    expected = pytest.approx([np.sqrt(12.5), 2.0])
    assert plots.gradient_sizes(gradients).lines[0].get_ydata().tolist() == expected
    assert plots.gradient_sizes({"net": gradients}).lines[0].get_ydata().tolist() == expected


def test_depth_starves_the_first_sigmoid_layer_and_not_the_first_relu_layer() -> None:
    ax = plots.why_depth_did_not_train()
    sigmoid, relu = (drawn.get_ydata() for drawn in ax.lines)
    assert legend_texts(ax) == ["6 sigmoid layers", "6 ReLU layers"]
    assert np.all(np.diff(sigmoid) > 0)  # each layer further from the output gets less
    assert sigmoid[0] < sigmoid[-1] / 100
    assert relu[0] > relu[-1] / 10


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_gradients_of_the_comparison_are_those_of_its_loss(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loss(of_a_kernel: float) -> float:
        """The same network forward, the first weight of the first layer moved."""
        rng = np.random.default_rng(0)
        y = rng.standard_normal((256, 4))
        target = rng.integers(10, size=256)
        kernels = [rng.standard_normal((4, 4)) * np.sqrt(0.5) for _ in range(3)]
        last = rng.standard_normal((4, 10)) * np.sqrt(0.5)
        kernels[0][0, 0] += of_a_kernel
        for w in kernels:
            y = ACTIVATIONS[activation].function(y @ w)
        z = y @ last
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(256), target]))

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert weight_gradients(activation, layers=3, units=4, seed=0)[0][0, 0] == pytest.approx(slope, rel=1e-4)


# --- Bad input ------------------------------------------------------------------------------------------------------

BAD = {
    "language": (lambda: plots.history(RUN, language="kr"), UnknownNameError, "language: .*'kr'. Did you mean 'ko'?"),
    "metric": (lambda: plots.history(RUN, metric="acuracy"), UnknownNameError, "Did you mean 'accuracy'"),
    "mode": (lambda: plots.history(RUN, mode="maximum"), UnknownNameError, "mode: .*'maximum'"),
    "empty history": (lambda: plots.history({"loss": []}), DataError, "at least one epoch.*Call fit first"),
    "no history": (lambda: plots.history([0.5]), ArgumentError, "expected a History.*got list.*what fit returned"),
    "validation_freq": (
        lambda: plots.history({"loss": [3.0, 2.0], "val_loss": [1.0]}),
        ShapeError,
        "expected 2 values of val_loss in 2 epochs.*got 1. Give the validation_freq",
    ),
    "a curve too short": (
        lambda: plots.history({"loss": [3.0, 2.0], "accuracy": [1.0]}),
        ShapeError,
        "expected 2 values of accuracy in 2 epochs.*got 1",
    ),
    "weight index": (lambda: plots.weight_path([[1.0, 2.0]], 0, 2), ArgumentError, "from 0 to 1, got i=0 and j=2"),
    "same weight": (lambda: plots.weight_path([[1.0, 2.0]], 1, 1), ArgumentError, "two different weights"),
    "columns of a neuron": (
        lambda: plots.weight_path([[1.0, 2.0, 3.0]], loss=(POINTS, [0, 1, 0, 1])),
        ShapeError,
        r"expected x of shape \(4, 3\).*got \(4, 2\)",
    ),
    "three columns": (
        lambda: plots.decision_boundary(np.sum, np.zeros((4, 3)), [0, 1, 0, 1]),
        ShapeError,
        r"points of 2 columns, got an array of shape \(4, 3\)",
    ),
    "points without class": (
        lambda: plots.decision_boundary(np.sum, POINTS, [0, 1]),
        ShapeError,
        "a class for each of the 4 points, got 2",
    ),
    "one column for three classes": (
        lambda: plots.decision_boundary(lambda x: x[:, 0], POINTS, [0, 1, 2, 0]),
        ShapeError,
        "a column for each of the 3 classes, got one column",
    ),
    "no square image": (
        lambda: plots.first_layer_weights(np.ones((6, 2))),
        ShapeError,
        r"first_layer_weights.*Give image_shape=\(height, width\)",
    ),
    "no weights": (
        lambda: plots.first_layer_weights(SimpleNamespace(layers=[])),
        ArgumentError,
        "a model with a dense layer.*got SimpleNamespace",
    ),
    "no image": (lambda: plots.samples(np.empty((0, 9))), DataError, r"at least one image.*\(0, 9\)"),
    "image shape": (
        lambda: plots.samples(np.ones((2, 9)), image_shape=(2, 4)),
        ShapeError,
        r"2 x 4 pixels, got an array of shape \(2, 9\)",
    ),
    "labels too few": (lambda: plots.samples(IMAGES, [0, 1]), ShapeError, "each of the 6 images, got 2"),
    "class without name": (
        lambda: plots.samples(IMAGES, [0, 1, 2, 0, 1, 2], class_names=["a", "b"]),
        ShapeError,
        "expected classes from 0 to 1, as there are 2 class names, got classes from 0 to 2",
    ),
    "negative class": (lambda: plots.class_counts([-1, 0], ["a"]), ShapeError, "got classes from -1 to 0"),
    "matrix not square": (lambda: plots.confusion_matrix(np.ones((2, 3))), ShapeError, r"square.*got shape \(2, 3\)"),
    "names of a matrix": (lambda: plots.confusion_matrix(np.eye(2), ["a"]), ShapeError, "2 class names.*got 1"),
    "pairs": (lambda: plots.confusion_matrix(([0, 1], [0])), ShapeError, "got 1 for 2"),
    "activation": (lambda: plots.activation_functions("rellu"), UnknownNameError, "Did you mean 'relu'"),
    "no layer": (lambda: plots.gradient_sizes([]), ArgumentError, "at least one layer, got none"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_has_its_own_error_and_leaves_no_figure(case: str) -> None:
    draw, error, message = BAD[case]
    with pytest.raises(error, match=message):
        draw()
    assert plt.get_fignums() == []


def test_too_few_axes_for_a_grid() -> None:
    _, given = plt.subplots(1, 2)
    with pytest.raises(ArgumentError, match=r"expected 3 Axes .*got 2\. Make them with plt\.subplots"):
        plots.activation_functions(["relu", "tanh", "elu"], ax=given)


def test_the_decision_boundary_of_whole_numbers_lies_between_them():
    corners, answers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    seen: list[np.ndarray] = []

    def and_gate(points: np.ndarray) -> np.ndarray:
        seen.append(points)
        return points.sum(axis=1) > 1.5

    plots.decision_boundary(and_gate, corners, answers)
    plane = seen[0]
    assert plane.dtype.kind == "f"
    assert len(np.unique(plane[:, 0])) == len(np.unique(plane[:, 1])) == 200
