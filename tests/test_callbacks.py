"""Callbacks: each does what Keras's does when both are driven through the same epochs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt import callbacks, layers, models, optimizers
from rosenblatt.errors import ArgumentError, FileFormatError, ModelStateError, NonFiniteLossError, UnknownNameError
from rosenblatt.history import History


class Model:
    """What a callback sees of a model; it writes down what is done to it."""

    def __init__(self, learning_rate: float = 0.5) -> None:
        self.stop_training = False
        self.optimizer = SimpleNamespace(learning_rate=learning_rate)
        self.weights = [np.array([-1.0])]
        self.saved: list[tuple[str, str]] = []

    def get_weights(self) -> list[np.ndarray]:
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.weights = weights

    def save(self, path: str, overwrite: bool = True) -> None:
        self.saved.append(("model", path))

    def save_weights(self, path: str, overwrite: bool = True) -> None:
        self.saved.append(("weights", path))


def drive(callback_list, epochs: list[dict], batches: int = 0, learning_rate: float = 0.5) -> dict:
    """Go through epochs as a training does, and tell all that was done."""
    model, rates = Model(learning_rate), []
    callback_list.set_model(model)
    callback_list.set_params({"verbose": 0, "epochs": len(epochs), "steps": batches})
    callback_list.on_train_begin()
    for epoch, logs in enumerate(epochs):
        callback_list.on_epoch_begin(epoch)
        rates.append(model.optimizer.learning_rate)
        for batch in range(batches):
            callback_list.on_train_batch_begin(batch)
            callback_list.on_train_batch_end(batch, {"loss": logs["loss"]})
            if model.stop_training:
                break
        model.weights = [np.array([float(epoch)])]
        callback_list.on_epoch_end(epoch, dict(logs))
        if model.stop_training:
            break
    callback_list.on_train_end()
    return {
        "epochs": epoch + 1,
        "rates": rates,
        "rate": model.optimizer.learning_rate,
        "weights": model.weights[0].item(),
        "saved": model.saved,
        "history": model.history.history,
    }


def both(keras, name: str, config: dict, epochs: list[dict], **how) -> tuple[dict, dict]:
    """Drive our callback and Keras's of the same name; its files end otherwise than ours."""
    ours = callbacks.CallbackList([getattr(callbacks, name)(**config)], add_history=True)
    if "filepath" in config:
        suffix = ".weights.h5" if config.get("save_weights_only") else ".keras"
        config = config | {"filepath": str(config["filepath"]).replace(".safetensors", suffix)}
    theirs = keras.callbacks.CallbackList([getattr(keras.callbacks, name)(**config)], add_history=True)
    result, expected = drive(ours, epochs, **how), drive(theirs, epochs, **how)
    if "filepath" in config:
        expected["saved"] = [(what, path.replace(suffix, ".safetensors")) for what, path in expected["saved"]]
    return result, expected


def losses(*values: float) -> list[dict]:
    return [{"loss": value, "val_loss": value} for value in values]


# Multiples of 1/64 are exact in float32, in which Keras compares.
SEQUENCE = st.lists(st.integers(0, 16).map(lambda n: n / 64), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None)
@given(
    values=SEQUENCE,
    patience=st.integers(0, 4),
    min_delta=st.sampled_from([0, 1 / 64, 1 / 16]),
    mode=st.sampled_from(["auto", "min", "max"]),
    baseline=st.sampled_from([None, 1 / 16]),
    restore=st.booleans(),
    start=st.integers(0, 3),
)
def test_early_stopping_is_that_of_keras(keras, values, patience, min_delta, mode, baseline, restore, start):
    config = {
        "patience": patience,
        "min_delta": min_delta,
        "mode": mode,
        "baseline": baseline,
        "restore_best_weights": restore,
        "start_from_epoch": start,
    }
    ours, theirs = both(keras, "EarlyStopping", config, losses(*values))
    assert ours == theirs


def test_early_stopping_restores_the_best_weights_also_when_not_stopped():
    early = callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    assert drive(callbacks.CallbackList(early, add_history=True), losses(3, 1, 2))["weights"] == 1
    assert (early.best, early.best_epoch, early.stopped_epoch) == (1, 1, 0)


def test_early_stopping_can_be_used_again(capsys):
    early = callbacks.EarlyStopping(patience=1, restore_best_weights=True, verbose=1)
    for _ in range(2):
        assert drive(callbacks.CallbackList(early, add_history=True), losses(3, 1, 2, 2))["epochs"] == 3
    message = "Epoch 3: early stopping\nRestoring the weights of the best epoch: 2.\n"
    assert capsys.readouterr().out == 2 * message


@settings(max_examples=60, deadline=None)
@given(
    values=SEQUENCE,
    patience=st.integers(1, 3),
    cooldown=st.integers(0, 3),
    min_delta=st.sampled_from([0, 1 / 64]),
    min_lr=st.sampled_from([0.0, 1 / 16]),
    mode=st.sampled_from(["min", "max"]),
)
def test_reduce_on_plateau_is_that_of_keras(keras, values, patience, cooldown, min_delta, min_lr, mode):
    config = {
        "factor": 0.25,
        "patience": patience,
        "cooldown": cooldown,
        "min_delta": min_delta,
        "min_lr": min_lr,
        "mode": mode,
    }
    ours, theirs = both(keras, "ReduceLROnPlateau", config, losses(*values))
    assert ours == theirs


def test_reduce_on_plateau_tells_what_it_does(capsys):
    plateau = callbacks.ReduceLROnPlateau("loss", patience=1, factor=0.5, min_lr=0.25, verbose=1)
    drive(callbacks.CallbackList(plateau, add_history=True), losses(1, 1, 1))
    assert capsys.readouterr().out == "Epoch 2: reducing the learning rate to 0.25.\n"


@pytest.mark.parametrize("schedule", [lambda epoch, rate: rate * 0.5, lambda epoch: 1.0 / (epoch + 1)])
def test_the_learning_rate_scheduler_is_that_of_keras(keras, schedule):
    ours, theirs = both(keras, "LearningRateScheduler", {"schedule": schedule}, losses(4, 3, 2, 1))
    assert ours == theirs
    assert len(ours["history"]["learning_rate"]) == 4


def test_an_error_inside_a_schedule_is_not_hidden():
    def schedule(epoch, rate):
        return rate + "1"

    with pytest.raises(TypeError, match="unsupported operand"):
        drive(callbacks.CallbackList(callbacks.LearningRateScheduler(schedule), add_history=True), losses(1))


@pytest.mark.parametrize("best_only", [False, True])
@pytest.mark.parametrize("weights_only", [False, True])
@pytest.mark.parametrize("threshold", [None, 0.6])
def test_the_checkpoints_are_those_of_keras(keras, tmp_path, best_only, weights_only, threshold):
    config = {
        "filepath": tmp_path / "new" / "{epoch:02d}-{val_loss:.2f}.safetensors",
        "save_best_only": best_only,
        "save_weights_only": weights_only,
        "initial_value_threshold": threshold,
    }
    ours, theirs = both(keras, "ModelCheckpoint", config, losses(0.75, 0.5, 0.625, 0.25, 0.25))
    assert ours == theirs
    assert ours["saved"]
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize("save_freq", [1, 3, 7])
def test_checkpoints_after_batches_are_those_of_keras(keras, tmp_path, save_freq):
    config = {"filepath": str(tmp_path / "{epoch}-{batch}-{loss:.1f}.safetensors"), "save_freq": save_freq}
    ours, theirs = both(keras, "ModelCheckpoint", config, losses(3, 2, 1), batches=5)
    assert ours == theirs
    assert len(ours["saved"]) == 15 // save_freq


def test_a_checkpoint_tells_what_it_does(capsys, tmp_path):
    path = tmp_path / "best.safetensors"
    checkpoint = callbacks.ModelCheckpoint(path, save_best_only=True, verbose=1)
    drive(callbacks.CallbackList(checkpoint, add_history=True), losses(0.5, 0.75))
    assert capsys.readouterr().out == (
        f"Epoch 1: val_loss improved from nothing to 0.50000, saving to {path}\n"
        "Epoch 2: val_loss did not improve from 0.50000\n"
    )


@pytest.mark.parametrize(
    "epochs",
    [losses(1.5, 0.25), [{"loss": 1.0}, {"loss": 0.5, "val_loss": 2.0}], [{"loss": 1.0, "f1": [0.5, 0.25]}]],
)
@pytest.mark.parametrize("config", [{}, {"separator": ";"}, {"append": True}])
def test_the_csv_file_is_that_of_keras(keras, tmp_path, config, epochs):
    files = {}
    for name, module in (("ours", callbacks), ("theirs", keras.callbacks)):
        path = tmp_path / f"{name}.csv"
        for _ in range(2):
            drive(module.CallbackList([module.CSVLogger(path, **config)], add_history=True), epochs)
        files[name] = path.read_bytes()
    assert files["ours"] == files["theirs"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_terminate_on_nan_is_that_of_keras(keras, capsys, bad):
    ours, theirs = both(keras, "TerminateOnNaN", {}, losses(1.0, bad, 2.0), batches=3)
    np.testing.assert_equal(ours, theirs)
    assert ours["epochs"] == 2
    assert f"Batch 0: the loss is {bad}, training stops\n" in capsys.readouterr().out


def test_terminate_on_nan_does_without_batches():
    terminate = callbacks.TerminateOnNaN()
    assert drive(callbacks.CallbackList(terminate, add_history=True), losses(1.0, np.nan, 2.0))["epochs"] == 2
    assert not terminate.wants_batches


# --- The monitored number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["accuracy", "acc", "val_acc", "val_auc", "val_precision"])
def test_what_is_better_upwards_is_known_by_name(name):
    early = callbacks.EarlyStopping(name, patience=1)
    epochs = [{name: value} for value in (0.5, 0.6, 0.7, 0.6)]
    assert drive(callbacks.CallbackList(early, add_history=True), epochs)["epochs"] == 4
    assert early.best == 0.7


def test_what_is_better_is_asked_of_the_models_metrics_first():
    early = callbacks.EarlyStopping("profit", patience=0)
    early.set_model(Model())
    early.model.metrics = [SimpleNamespace(name="profit", direction="up")]
    early.on_epoch_end(0, {"profit": 1.0})
    early.on_epoch_end(1, {"profit": 2.0})
    assert (early.best, early.model.stop_training) == (2.0, False)


def test_where_the_name_does_not_tell_what_is_better_the_mode_is_asked_for():
    early = callbacks.EarlyStopping("profit")
    with pytest.raises(ArgumentError, match=r"EarlyStopping: .*larger 'profit' is better, got mode='auto'.*mode='max'"):
        early.on_epoch_end(0, {"loss": 1.0})


@pytest.mark.parametrize("make", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
def test_a_missing_number_warns_once_with_the_names_there_are(make):
    with pytest.warns(UserWarning, match="expected 'val_loss' in the logs, got .*loss") as warned:
        result = drive(callbacks.CallbackList(make(), add_history=True), [{"loss": 1.0}, {"loss": 2.0}])
    assert len(warned) == 1
    assert result["epochs"] == 2


def test_a_checkpoint_without_its_number_saves_and_warns(tmp_path):
    checkpoint = callbacks.ModelCheckpoint(tmp_path / "a.safetensors", save_best_only=True)
    with pytest.warns(UserWarning, match="ModelCheckpoint: expected 'val_loss' in the logs, got loss. Every model"):
        result = drive(callbacks.CallbackList(checkpoint, add_history=True), [{"loss": 1.0}, {"loss": 2.0}])
    assert len(result["saved"]) == 2


@pytest.mark.parametrize("name", ["{epoch}.safetensors", "{epoch}.keras", "{epoch}.weights.h5"])
def test_a_checkpoint_is_written_in_the_format_of_its_suffix(tmp_path, name):
    pytest.importorskip("h5py")
    model = models.Sequential([layers.Dense(1, input_shape=(2,))], seed=1)
    model.compile("sgd", "mse")
    x = np.eye(2, dtype="float32")
    weights_only = name.endswith(".weights.h5")
    checkpoint = callbacks.ModelCheckpoint(tmp_path / name, save_weights_only=weights_only)
    model.fit(x, x[:, :1], epochs=2, callbacks=checkpoint, verbose=0)
    assert (tmp_path / name.format(epoch=1)).exists()
    other = models.Sequential([layers.Dense(1, input_shape=(2,))])
    if weights_only:
        other.load_weights(tmp_path / name.format(epoch=2))
    else:
        other = models.load_model(tmp_path / name.format(epoch=2))
    np.testing.assert_array_equal(other.predict(x), model.predict(x))


def test_a_list_cannot_be_monitored():
    with pytest.raises(ArgumentError, match=r"expected 'val_f1_score' to be one number, got a list of 2"):
        callbacks.EarlyStopping("val_f1_score").on_epoch_end(0, {"val_f1_score": [0.1, 0.2]})


# --- The list of callbacks ---------------------------------------------------------------------------------------


class OfBatches(callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        self.seen = batch


class NoBase:
    def on_epoch_end(self, epoch, logs=None):
        logs["added"] = epoch


@pytest.mark.parametrize(
    ("callback", "wants"),
    [
        (callbacks.Callback(), False),
        (callbacks.EarlyStopping(), False),
        (callbacks.ModelCheckpoint("a.safetensors"), False),
        (callbacks.ModelCheckpoint("a.safetensors", save_freq=10), True),
        (callbacks.TerminateOnNaN(), False),
        (callbacks.ProgressBar(), False),
        (callbacks.CSVLogger("a.csv"), False),
        (callbacks.LambdaCallback(on_epoch_end=print), False),
        (callbacks.LambdaCallback(on_train_batch_end=print), True),
        (callbacks.LambdaCallback(on_batch_begin=print), True),
        (OfBatches(), True),
        (NoBase(), False),
        (History(), False),
    ],
)
def test_batches_are_wanted_only_by_who_looks_at_them(callback, wants):
    assert callbacks.CallbackList(callback).wants_batches is wants
    assert not callbacks.CallbackList(callback).wants_test_batches
    assert not callbacks.CallbackList(callback).wants_predict_batches


def test_batches_of_evaluation_prediction_and_progress_are_wanted_each_for_itself():
    test = callbacks.CallbackList(callbacks.LambdaCallback(on_test_batch_end=print))
    predict = callbacks.CallbackList(callbacks.LambdaCallback(on_predict_batch_begin=print))
    progress = callbacks.CallbackList([callbacks.EarlyStopping(), callbacks.ProgressBar()])
    wanted = [
        (each.wants_test_batches, each.wants_predict_batches, each.wants_progress) for each in (test, predict, progress)
    ]
    assert wanted == [(True, False, False), (False, True, False), (False, False, True)]


@pytest.mark.parametrize("hook", callbacks.HOOKS)
def test_each_hook_reaches_each_callback_in_order(hook):
    seen = []
    several = callbacks.CallbackList(
        [callbacks.LambdaCallback(**{hook: lambda *a, n=n, **k: seen.append((n, a))}) for n in (1, 2)]
    )
    arguments = {"on_progress": (5, 10)}.get(
        hook, () if hook.endswith(("n_begin", "n_end", "t_begin", "t_end")) else (3,)
    )
    name = {"on_batch_begin": "on_train_batch_begin", "on_batch_end": "on_train_batch_end"}.get(hook, hook)
    getattr(several, name)(*arguments)
    assert [number for number, _ in seen] == [1, 2]
    assert all(told[: len(arguments)] == arguments for _, told in seen)


class OlderNamesAlone:
    def __init__(self):
        self.seen = []

    def on_batch_begin(self, batch, logs=None):
        self.seen.append(("begin", batch))

    def on_batch_end(self, batch, logs=None):
        self.seen.append(("end", batch))


def test_an_object_without_a_base_is_called_by_the_older_names_too():
    callback = OlderNamesAlone()
    model = models.Sequential([layers.Dense(1)], seed=1)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 1)), np.ones(4), batch_size=2, verbose=0, callbacks=callback)
    assert callback.seen == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]


class BothNames(OlderNamesAlone):
    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(("newer", batch))


def test_the_newer_name_goes_before_the_older_one():
    callback = BothNames()
    callbacks.CallbackList(callback).on_train_batch_end(3)
    assert callback.seen == [("newer", 3)]


def test_logs_are_sorted_plain_numbers_and_what_is_added_reaches_the_history():
    several = callbacks.CallbackList([NoBase()], add_history=True, model=Model())
    logs = {"loss": np.float32(0.5), "accuracy": 1, "f1": np.array([0.25, 0.5])}
    several.on_epoch_end(0, logs)
    assert several.history.history == {"accuracy": [1], "f1": [[0.25, 0.5]], "loss": [0.5], "added": [0]}
    assert list(several.history.history)[:3] == ["accuracy", "f1", "loss"]
    assert type(several.history.history["loss"][0]) is float
    assert "added" not in logs


def test_an_error_in_a_callback_is_an_error():
    def fail(epoch, logs):
        raise ZeroDivisionError("on purpose")

    with pytest.raises(ZeroDivisionError, match="on purpose"):
        callbacks.CallbackList(callbacks.LambdaCallback(on_epoch_end=fail)).on_epoch_end(0, {})


def test_the_defaults_are_added_once():
    several = callbacks.CallbackList([History()], add_history=True, add_progbar=True, epochs=3)
    assert [type(callback).__name__ for callback in several.callbacks] == ["History", "ProgressBar"]
    assert several.history is several.callbacks[0]
    assert several.callbacks[1].params == {"epochs": 3}


# --- Progress ----------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(bar: callbacks.ProgressBar) -> None:
    bar.set_params({"epochs": 2, "steps": 4})
    bar.on_train_begin()
    for epoch in range(2):
        bar.on_epoch_begin(epoch)
        for done in (32, 64, 128):
            bar.on_progress(done, 128, {"loss": 0.51234})
        bar.on_test_begin()
        bar.on_test_end({"loss": 0.1})
        bar.on_epoch_end(epoch, {"accuracy": 0.821, "f1": [0.5, 0.5], "loss": 0.51234, "val_loss": 0.0004})
    bar.on_train_end()


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_without_a_terminal_there_is_one_line_an_epoch(capsys, verbose, monkeypatch):
    monkeypatch.setattr(callbacks.ProgressBar, "PATIENCE", 0)
    show(callbacks.ProgressBar(verbose))
    told = capsys.readouterr()
    assert [line.split(" - ", 2)[::2] for line in told.out.splitlines()] == [
        [f"Epoch {epoch}/2", "loss: 0.5123 - accuracy: 0.8210 - val_loss: 4.0000e-04"] for epoch in (1, 2)
    ]
    assert told.err == ""


def test_verbose_0_shows_nothing(capsys):
    show(callbacks.ProgressBar(0))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("verbose", "told", "level"), [(None, 2, 2), (None, "auto", 1), (0, 1, 0), ("auto", 0, 1)])
def test_a_bar_follows_fit_unless_it_was_given_its_own_level(verbose, told, level):
    bar = callbacks.ProgressBar(verbose)
    callbacks.CallbackList(bar, verbose=told, epochs=1)
    assert bar.verbose == level


@pytest.mark.parametrize("no_color", [False, True])
def test_on_a_terminal_a_bar_lives_while_the_epoch_lasts(capsys, monkeypatch, no_color):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(callbacks.ProgressBar, "PATIENCE", 0)
    monkeypatch.setattr(callbacks.ProgressBar, "REFRESH", 0)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    show(callbacks.ProgressBar())
    drawn = terminal.getvalue()
    assert "Epoch 1/2 1/4" in drawn
    assert "Epoch 2/2 2/4" in drawn
    assert "0:00 left loss: 0.5123" in drawn
    assert ("\x1b[38;" in drawn) is not no_color
    assert drawn.count("\x1b[?25l") == drawn.count("\x1b[?25h") == 2  # the cursor comes back
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_end_of_training_clears_a_bar_that_was_interrupted(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(callbacks.ProgressBar, "PATIENCE", 0)
    monkeypatch.setattr(callbacks.ProgressBar, "REFRESH", 0)
    monkeypatch.setenv("TERM", "xterm")
    bar = callbacks.ProgressBar()
    bar.on_train_begin()
    bar.on_epoch_begin(0)
    bar.on_progress(32, 128, {})
    assert "\x1b[?25h" not in terminal.getvalue()
    bar.on_train_end()
    assert "\x1b[?25h" in terminal.getvalue()


def test_short_epochs_have_no_bar_and_a_dumb_terminal_neither(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    show(callbacks.ProgressBar())
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(callbacks.ProgressBar, "PATIENCE", 0)
    show(callbacks.ProgressBar())
    assert terminal.getvalue() == ""
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_an_evaluation_has_a_line_and_a_prediction_none(capsys):
    bar = callbacks.ProgressBar()
    bar.on_test_begin()
    bar.on_test_end({"loss": 0.25})
    bar.on_predict_begin()
    bar.on_predict_end()
    out = capsys.readouterr().out
    assert out.startswith("Evaluation - 0.0")
    assert out.endswith("s - loss: 0.2500\n")


def test_importing_callbacks_does_not_import_rich():
    code = "import rosenblatt.callbacks, sys; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_no_hook_is_kept_with_a_lambda_callback():
    assert callbacks.LambdaCallback(note="mine").note == "mine"


# --- The average of the weights ----------------------------------------------------------------------------------


def averaged(epochs: int = 2, use_ema: bool = True, **fit) -> tuple[models.Sequential, dict]:
    """Train a line with an optimizer that keeps the average of the weights; return it and the history."""
    model = models.Sequential([layers.Dense(1, input_shape=(1,))], seed=1)
    model.compile(optimizers.SGD(0.1, use_ema=use_ema, ema_momentum=0.9), "mse")
    x = np.array([[0.0], [1.0], [2.0]], "float32")
    history = model.fit(x, 2 * x, epochs=epochs, validation_data=(x, 2 * x), verbose=0, **fit).history
    return model, history | {"evaluated": model.evaluate(x, 2 * x, verbose=0)}


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swapped_weights_are_measured_and_change_nothing_in_training(swap_on_epoch):
    plain, usual = averaged()
    swapped, history = averaged(callbacks=callbacks.SwapEMAWeights(swap_on_epoch))
    assert history["loss"] == usual["loss"]
    assert history["val_loss"][-1] == history["evaluated"] != usual["val_loss"][-1]
    np.testing.assert_array_equal(swapped.get_weights()[0], plain.get_weights()[0])


def test_callbacks_after_one_that_swaps_on_epochs_see_the_average():
    seen, swap = [], callbacks.SwapEMAWeights(swap_on_epoch=True)
    note = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(swap.model.get_weights()[0]))
    model, _ = averaged(callbacks=[swap, note])
    assert seen[0] == averaged(epochs=1)[0].get_weights()[0]
    assert seen[1] == model.get_weights()[0]


def test_swapping_before_the_first_step_leaves_the_weights():
    model = models.Sequential([layers.Dense(1, input_shape=(1,))], seed=1)
    model.compile(optimizers.SGD(use_ema=True), "mse")
    x = np.ones((2, 1), "float32")
    assert model.predict(x, callbacks=callbacks.SwapEMAWeights()).all()
    assert model.evaluate(x, x, callbacks=callbacks.SwapEMAWeights(), verbose=0) == model.evaluate(x, x, verbose=0)


def test_swapping_needs_an_optimizer_that_keeps_an_average():
    with pytest.raises(ArgumentError, match=r"SwapEMAWeights: expected an optimizer with use_ema=True, got SGD"):
        averaged(use_ema=False, callbacks=callbacks.SwapEMAWeights())


# --- Mistakes ----------------------------------------------------------------------------------------------------


def with_schedule(callback: callbacks.Callback) -> callbacks.Callback:
    callback.set_model(Model(learning_rate="ExponentialDecay(0.1)"))
    return callback


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: callbacks.EarlyStopping(mode="up"), UnknownNameError, "EarlyStopping mode: expected a known name"),
        (
            lambda: callbacks.ReduceLROnPlateau(factor=1.0),
            ArgumentError,
            "expected factor to be a number of at least 0 and below 1, got 1.0",
        ),
        (
            lambda: callbacks.ModelCheckpoint("a.txt"),
            FileFormatError,
            r"ModelCheckpoint: expected a path ending in \.safetensors or \.keras, got 'a.txt'",
        ),
        (
            lambda: callbacks.ModelCheckpoint("a.keras", save_weights_only=True),
            FileFormatError,
            r"ending in \.safetensors or \.weights\.h5, got 'a.keras'",
        ),
        (
            lambda: callbacks.ModelCheckpoint("a.safetensors", save_freq="batch"),
            ArgumentError,
            "expected save_freq='epoch' or a number of batches, got 'batch'",
        ),
        (
            lambda: callbacks.ModelCheckpoint("{val_los}.safetensors").on_epoch_end(0, {"val_loss": 1.0}),
            ArgumentError,
            "expected names of epoch, val_loss in the filepath, got '{val_los}.safetensors' with 'val_los'",
        ),
        (
            lambda: callbacks.LambdaCallback(on_epoch=print),
            UnknownNameError,
            "LambdaCallback: .* Did you mean 'on_epoch_",
        ),
        (
            lambda: callbacks.CallbackList(callbacks.EarlyStopping),
            ArgumentError,
            "expected objects with methods such as on_epoch_end, got <class .*not its class",
        ),
        (lambda: callbacks.CallbackList([print]), ArgumentError, "got <built-in function print>"),
        (lambda: callbacks.CSVLogger("a.csv").on_epoch_end(0, {}), ModelStateError, "expected on_train_begin to open"),
        (
            lambda: with_schedule(callbacks.LearningRateScheduler(lambda epoch, rate: 1.0)).on_epoch_begin(0),
            ArgumentError,
            "LearningRateScheduler: expected the optimizer's learning rate to be a number, got 'Exponential",
        ),
        (
            lambda: with_schedule(callbacks.ReduceLROnPlateau()).on_epoch_end(0, {"val_loss": 1.0}),
            ArgumentError,
            "ReduceLROnPlateau: .* Use either a schedule in the optimizer or this callback",
        ),
        (
            lambda: with_schedule(callbacks.LearningRateScheduler(lambda epoch: None)).on_epoch_begin(2),
            ArgumentError,
            "expected the schedule to return a number, got None for epoch 2",
        ),
        (
            lambda: drive(callbacks.CallbackList(callbacks.TerminateOnNaN(raise_error=True)), losses(np.nan)),
            NonFiniteLossError,
            r"TerminateOnNaN: expected a finite loss, got nan \(epoch 1\)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_cure(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("EarlyStopping", {"monitor": None}, "monitor to be a name such as 'val_loss', got None"),
        ("EarlyStopping", {"patience": "3"}, "patience to be a whole number of at least 0, got '3'"),
        ("EarlyStopping", {"patience": True}, "patience to be a whole number of at least 0, got True"),
        ("EarlyStopping", {"min_delta": "0"}, "min_delta to be a finite number, got '0'"),
        ("EarlyStopping", {"verbose": "loud"}, "verbose to be 0, 1, 2 or 'auto', got 'loud'"),
        ("EarlyStopping", {"baseline": "best"}, "baseline to be a finite number, got 'best'"),
        ("EarlyStopping", {"baseline": float("nan")}, "baseline to be a finite number, got nan"),
        ("EarlyStopping", {"restore_best_weights": "False"}, "restore_best_weights to be True or False, got 'False'"),
        ("EarlyStopping", {"start_from_epoch": 1.5}, "start_from_epoch to be a whole number of at least 0, got 1.5"),
        ("ModelCheckpoint", {"filepath": 3}, "a path, got 3"),
        ("ModelCheckpoint", {"verbose": 7}, "verbose to be 0, 1, 2 or 'auto', got 7"),
        ("ModelCheckpoint", {"save_best_only": "no"}, "save_best_only to be True or False, got 'no'"),
        ("ModelCheckpoint", {"save_weights_only": None}, "save_weights_only to be True or False, got None"),
        ("ModelCheckpoint", {"save_freq": True}, "save_freq='epoch' or a number of batches, got True"),
        ("ModelCheckpoint", {"initial_value_threshold": "1"}, "initial_value_threshold to be a finite number, got '1'"),
        ("ReduceLROnPlateau", {"factor": "0.1"}, "factor to be a number of at least 0 and below 1, got '0.1'"),
        ("ReduceLROnPlateau", {"patience": None}, "patience to be a whole number of at least 0, got None"),
        ("ReduceLROnPlateau", {"cooldown": -1}, "cooldown to be a whole number of at least 0, got -1"),
        ("ReduceLROnPlateau", {"min_lr": -0.1}, "min_lr to be a number of at least 0, got -0.1"),
        ("LearningRateScheduler", {"schedule": 0.1}, "schedule to be a function of the epoch, got 0.1"),
        ("CSVLogger", {"filename": 3}, "filename to be a path, got 3"),
        ("CSVLogger", {"separator": "tab"}, "separator to be one character, got 'tab'"),
        ("CSVLogger", {"append": "a"}, "append to be True or False, got 'a'"),
        ("TerminateOnNaN", {"raise_error": "yes"}, "raise_error to be True or False, got 'yes'"),
        ("SwapEMAWeights", {"swap_on_epoch": 2}, "swap_on_epoch to be True or False, got 2"),
        ("LambdaCallback", {"on_epoch_end": "print"}, "on_epoch_end to be a function, got 'print'"),
        ("ProgressBar", {"verbose": 3}, "verbose to be 0, 1, 2 or 'auto', got 3"),
        ("ProgressBar", {"file": "out.txt"}, "file to be an open file, got 'out.txt'"),
        ("CallbackList", {"add_history": "yes"}, "add_history to be True or False, got 'yes'"),
    ],
)
def test_a_wrong_argument_is_told_where_it_is_given(name, arguments, message):
    needed = {"ModelCheckpoint": {"filepath": "a.keras"}, "CSVLogger": {"filename": "a.csv"}}.get(name, {})
    with pytest.raises(ArgumentError, match=f"^{name}: expected {re.escape(message)}"):
        getattr(callbacks, name)(**(needed | arguments))


def test_numbers_of_numpy_and_flags_as_numbers_are_taken_as_in_keras():
    stopping = callbacks.EarlyStopping(
        patience=np.int64(3), min_delta=np.float32(-0.5), verbose=True, baseline=np.inf, restore_best_weights=1
    )
    assert (stopping.patience, stopping.min_delta, stopping.baseline) == (3, 0.5, np.inf)
    assert (stopping.verbose, stopping.restore_best_weights) == (1, True)
    checkpoint = callbacks.ModelCheckpoint("a.keras", save_freq=np.int64(2), initial_value_threshold=np.float64(0.5))
    assert (checkpoint.save_freq, checkpoint.best) == (2, 0.5)
