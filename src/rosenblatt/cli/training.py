"""``rosenblatt train``: load, split, build, fit, save, and say how it went and what to try next."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rosenblatt import optimizers
from rosenblatt.arguments import check_number, check_whole_number
from rosenblatt.callbacks import Callback, EarlyStopping, Logs, ProgressBar
from rosenblatt.cli import building, output
from rosenblatt.cli.options import check_output, check_value
from rosenblatt.cli.output import count, duration, figure, program, tell
from rosenblatt.cli.sources import SAMPLE, Source, load
from rosenblatt.errors import ArgumentError, DataError, NonFiniteLossWarning
from rosenblatt.files import WHOLE_MODELS
from rosenblatt.models import Sequential
from rosenblatt.types import Array
from rosenblatt.utils import train_test_split

PLOT_SUFFIXES = (".png", ".svg", ".pdf")
FEW_ROWS, EPOCHS, EPOCHS_FOR_FEW_ROWS = 2000, 10, 100
GAP = 0.05  # accuracy in training above that in validation from which we speak of overfitting
RISEN, FAR = 1.05, 2.0  # last loss over the first, and over that of guessing, from which we speak of too large steps


class Settings(NamedTuple):
    """The options of ``rosenblatt train``."""

    data: str | None
    target: str | None
    task: str | None
    layers: list[str]
    optimizer: str
    learning_rate: float | None
    epochs: int | None
    batch_size: int
    validation: float
    seed: int
    early_stopping: int | None
    save: Path | None
    plot: Path | None
    as_json: bool


class Split(NamedTuple):
    """Rows to learn from, and rows held out."""

    x_train: Array
    x_val: Array
    y_train: Array
    y_val: Array


class Outcome(NamedTuple):
    """A model that has been trained."""

    source: Source
    learnt: building.Problem
    split: Split
    model: Sequential
    epochs: int
    seconds: float
    validation: dict[str, float]  # measured on the rows held out, with the weights that the model has in the end


def train(settings: Settings) -> None:
    """Train a network and print how it went."""
    _check_options(settings)
    hidden = building.hidden_layers(settings.layers)
    optimizer = _optimizer(settings)
    source = load(settings.data or SAMPLE, settings.target)
    learnt = building.problem(source, settings.task)
    split = _split(learnt, settings)
    epochs = settings.epochs or (EPOCHS_FOR_FEW_ROWS if len(split.x_train) < FEW_ROWS else EPOCHS)
    model = building.network(learnt, split.x_train, split.y_train, hidden, settings.seed)
    model.data_name, model.feature_names, model.target_name = source.name, source.feature_names, source.target_name
    building.compile_for(model, optimizer)
    _announce(source, learnt, split, model, settings)
    seconds = _fit(model, split, epochs, settings)
    outcome = Outcome(source, learnt, split, model, epochs, seconds, _validated(model, split))
    if settings.save is not None:
        model.save(settings.save)
    if settings.plot is not None:
        _draw(model, settings.plot)
    if settings.as_json:
        output.print_json(_as_json(outcome, settings))
    else:
        _print_result(outcome, settings)


# --- Before ---------------------------------------------------------------------------------------


def _check_options(settings: Settings) -> None:
    """Find out before the training, not after it, what does not go together or cannot be written."""
    wholes = {
        "--epochs": settings.epochs,
        "--batch-size": settings.batch_size,
        "--early-stopping": settings.early_stopping,
    }
    for option, number in wholes.items():
        if number is not None:
            check_whole_number("train", option, number, at_least=1)
    check_number("train", "--validation", settings.validation, at_least=0, below=1)
    if not 0 <= settings.seed < 2**32:
        raise ArgumentError(f"train: expected --seed to be a whole number from 0 to 2**32 - 1, got {settings.seed}.")
    if settings.task is not None:
        check_value("--task", settings.task, building.TASKS)
    if settings.early_stopping is not None and not settings.validation:
        raise ArgumentError("--early-stopping needs rows held out to judge by. Give --validation a share above 0.")
    check_output("--save", settings.save, WHOLE_MODELS)
    if settings.save is not None and settings.save.suffix == ".keras":
        from rosenblatt.exchange.hdf5 import h5py

        h5py()  # says what to install where it is not there
    check_output("--plot", settings.plot, PLOT_SUFFIXES)
    if settings.plot is not None:
        from rosenblatt.plots.canvas import matplotlib

        matplotlib("figure")  # says what to install where it is not there


def _optimizer(settings: Settings) -> optimizers.Optimizer:
    optimizer = optimizers.get(settings.optimizer)
    if settings.learning_rate is None:
        return optimizer
    return type(optimizer)(learning_rate=settings.learning_rate)


def _split(learnt: building.Problem, settings: Settings) -> Split:
    """Hold rows out, chosen at random; of every class the same share."""
    if not settings.validation:
        return Split(learnt.x, learnt.x[:0], learnt.y, learnt.y[:0])
    if learnt.class_names is not None:
        rare = [name for name, rows in zip(learnt.class_names, np.bincount(learnt.y), strict=False) if rows == 1]
        if rare:
            names = ", ".join(rare[:5]) + ", ..." * (len(rare) > 5)
            raise DataError(
                f"train: expected at least two rows of every class, one for validation, got one of {names}. "
                "Take such rows out, or hold none out with --validation 0."
            )
    try:
        parts = train_test_split(
            learnt.x,
            learnt.y,
            test_size=settings.validation,
            random_state=settings.seed,
            stratify=None if learnt.class_names is None else learnt.y,
        )
    except ArgumentError as error:  # its words are those of Python's arguments
        each = "row" if learnt.class_names is None else f"row of each of the {len(learnt.class_names)} classes"
        raise DataError(
            f"train: expected a {each} to learn from and another for validation, got "
            f"{count(len(learnt.x), 'row')} with --validation {settings.validation:g}. "
            f"Add rows, or give --validation 0.5, or hold none out with --validation 0."
        ) from error
    return Split(*parts)


def _announce(source: Source, learnt: building.Problem, split: Split, model: Sequential, settings: Settings) -> None:
    held_out = f", {len(split.x_val):,} held out for validation" if len(split.x_val) else ""
    what = "numbers to predict"
    if learnt.class_names is not None:
        names = ", ".join(learnt.class_names[:10]) + ", ..." * (len(learnt.class_names) > 10)
        what = f"{len(learnt.class_names)} classes ({names})"
    tell(f"Data: {source.name}, {count(len(split.x_train), 'row')} to learn from{held_out}")
    tell(f"Target: {what}{_other_way(source, learnt, settings)}")
    tell(f"Network: {building.sketch(model)}; {count(model.count_params(), 'parameter')}")
    rate = model.current_learning_rate()
    tell(
        f"Training: {type(model.optimizer).__name__}, learning rate {rate:g}, batch size {settings.batch_size}, "
        f"seed {settings.seed}"
    )


def _other_way(source: Source, learnt: building.Problem, settings: Settings) -> str:
    """Say, where we had to guess, how to have the target taken the other way."""
    y = source.rows.y
    if settings.task or source.class_names or y.dtype.kind in "US" or y.ndim > 1 or (y != np.floor(y)).any():
        return ""
    if learnt.class_names is None:
        return "; --task classification takes them for classes"
    return "; --task regression takes them for amounts"


# --- Training ------------------------------------------------------------------------------------


class _StopWhereItDiverges(Callback):
    """Stop at an epoch after which something is not finite that no batch's loss has shown."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        figures = [value for name, value in (logs or {}).items() if name.endswith("loss")]
        if not (all(map(math.isfinite, figures)) and np.isfinite(self.model.state.params).all()):
            raise NonFiniteLossWarning(f"fit: loss or weights are not finite any more after epoch {epoch + 1}.")


def _fit(model: Sequential, split: Split, epochs: int, settings: Settings) -> float:
    """Train, and return how many seconds it took; where it is stopped, keep what there is."""
    callbacks: list[Callback] = [_StopWhereItDiverges()]
    if settings.early_stopping is not None:
        callbacks.append(EarlyStopping(patience=settings.early_stopping, restore_best_weights=True))
    callbacks.append(ProgressBar(file=sys.stderr))
    started = time.perf_counter()
    try:
        model.fit(
            split.x_train,
            split.y_train,
            batch_size=settings.batch_size,
            epochs=epochs,
            validation_data=(split.x_val, split.y_val) if len(split.x_val) else None,
            callbacks=callbacks,
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_kept(model, epochs, settings)) from None
    except BrokenPipeError:  # who looked on has gone, as after `2>&1 | head`
        _kept(model, epochs, settings)
        raise
    except NonFiniteLossWarning as diverged:
        where = str(diverged).partition(". ")[0]
        rate = model.current_learning_rate()
        other = "" if settings.optimizer.lower() == "adam" else ", or --optimizer adam"
        raise NonFiniteLossWarning(
            f"{where}. The learning rate {rate:g} is too high for this network and these data. Training stopped and "
            f"nothing was saved. Try --lr {min(rate / 10, 0.001):g}{other}."
        ) from None
    return time.perf_counter() - started


def _kept(model: Sequential, epochs: int, settings: Settings) -> str:
    """Save a model as it stands when it is stopped, after at least one epoch; return what to say after Ctrl-C."""
    done = 0 if model.history is None else len(model.history.epoch)
    stopped = f"Stopped by Ctrl-C after {done} of {count(epochs, 'epoch')}"
    if settings.save is None:
        return f"{stopped}; nothing was to be saved."
    if not done:
        return f"{stopped}; nothing was saved."
    model.save(settings.save)
    return f"{stopped}; the model as it stands is saved to {settings.save}."


def _validated(model: Sequential, split: Split) -> dict[str, float]:
    if not len(split.x_val):
        return {}
    figures: dict[str, float] = model.evaluate(split.x_val, split.y_val, verbose=0, return_dict=True)
    return figures


def _draw(model: Sequential, path: Path) -> None:
    from rosenblatt import plots
    from rosenblatt.plots.canvas import matplotlib

    matplotlib("pyplot").switch_backend("agg")  # a file is wanted, no window
    axes = plots.history(model.history)
    np.ravel(axes)[0].figure.savefig(path, dpi=150)


# --- Afterwards ----------------------------------------------------------------------------------


def _curve(outcome: Outcome, name: str) -> list[float]:
    return [] if outcome.model.history is None else outcome.model.history.history.get(name, [])


def _metric(outcome: Outcome) -> str:
    return "accuracy" if outcome.learnt.class_names is not None else "mae"


def _as_json(outcome: Outcome, settings: Settings) -> dict[str, Any]:
    model, split = outcome.model, outcome.split
    return {
        "data": outcome.source.name,
        "task": building.TASKS[outcome.learnt.class_names is None],
        "class_names": outcome.learnt.class_names,
        "training_rows": len(split.x_train),
        "validation_rows": len(split.x_val),
        "layers": [repr(layer) for layer in model.layers],
        "parameters": model.count_params(),
        "optimizer": repr(model.optimizer),
        "learning_rate": model.current_learning_rate(),
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "epochs": len(_curve(outcome, "loss")),
        "seconds": round(outcome.seconds, 3),
        "training": {name: _curve(outcome, name)[-1] for name in ("loss", _metric(outcome))},
        "validation": outcome.validation or None,
        "history": {} if model.history is None else model.history.history,
        "saved": None if settings.save is None else str(settings.save),
        "plot": None if settings.plot is None else str(settings.plot),
    }


def _print_result(outcome: Outcome, settings: Settings) -> None:
    metric, epochs = _metric(outcome), len(_curve(outcome, "loss"))
    pairs: dict[str, object] = {}
    if outcome.validation:
        pairs[f"Validation {metric}"] = figure(outcome.validation[metric])
        pairs["Validation loss"] = figure(outcome.validation["loss"])
    pairs[f"Training {metric}"] = f"{figure(_curve(outcome, metric)[-1])}, measured while training, last epoch"
    if settings.early_stopping is not None:
        pairs["Weights"] = f"those of epoch {_best_epoch(outcome)}, the best of {epochs}"
    pairs["Time"] = f"{duration(outcome.seconds)} for {count(epochs, 'epoch')}"
    pairs["Parameters"] = f"{outcome.model.count_params():,}"
    if settings.save is not None:
        pairs["Model"] = settings.save
    if settings.plot is not None:
        pairs["Plot"] = settings.plot
    print()
    output.print_pairs(pairs)
    print("\nWhat to try next")
    slower = _slower(outcome, settings)
    for advice in slower or [*_advice(outcome, settings), *_commands(outcome, settings)]:
        print(f"  {advice}")


def _slower(outcome: Outcome, settings: Settings) -> list[str]:
    """Advise a smaller learning rate where the network has become worse, or no better than guessing."""
    losses, rate = _curve(outcome, "loss"), outcome.model.current_learning_rate()
    if losses[-1] > RISEN * losses[0]:
        why = f"the training loss rose from {figure(losses[0])} to {figure(losses[-1])}"
    elif outcome.learnt.class_names is not None and losses[-1] > FAR * math.log(outcome.learnt.outputs):
        why = f"the training loss is {figure(losses[-1])}, that of guessing {figure(math.log(outcome.learnt.outputs))}"
    elif _guesses(outcome) and rate > optimizers.get(settings.optimizer).get_config()["learning_rate"]:
        # At the default rate and below, it is rather the network or the time that does not suffice.
        why = "the validation accuracy is that of guessing"
    else:
        return []
    return [f"--lr {rate / 10:g}: {why}, so the learning rate {rate:g} is likely too large"]


def _guesses(outcome: Outcome) -> bool:
    """Tell whether naming the most frequent class every time would be as good on the rows held out."""
    if outcome.learnt.class_names is None or not outcome.validation:
        return False
    share = np.bincount(outcome.split.y_val).max() / len(outcome.split.y_val)
    return bool(outcome.validation["accuracy"] <= share + 1e-6)  # the accuracy is a float32


def _advice(outcome: Outcome, settings: Settings) -> list[str]:
    """Say what the curves suggest."""
    losses, metric = _curve(outcome, "val_loss"), _metric(outcome)
    if not losses:
        return []
    lowest, last = _best_epoch(outcome), len(losses)
    if settings.early_stopping is None and last - lowest >= max(3, last // 5):
        return [f"--early-stopping 3: validation was best after epoch {lowest} of {last}, then overfitting set in"]
    if metric == "accuracy" and _curve(outcome, metric)[-1] - outcome.validation[metric] > GAP:
        dropout = ",".join(f"{word},dropout:0.3" for word in settings.layers if word != "none")
        return [f"--layers {dropout}: training is well ahead of validation, dropout may narrow the gap"] * bool(dropout)
    if lowest == last == outcome.epochs:
        return [f"--epochs {2 * last}: the validation loss was still falling"]
    return []


def _best_epoch(outcome: Outcome) -> int:
    """Return the number, from 1, of the epoch with the lowest validation loss."""
    return int(np.argmin(_curve(outcome, "val_loss"))) + 1


def _commands(outcome: Outcome, settings: Settings) -> list[str]:
    """Name commands that go on from here."""
    if settings.save is None:
        return ["--save model.safetensors: keep the model, to evaluate it and to predict with it"]
    commands = [f"{program()} show {settings.save}"]
    if outcome.source.test is not None:
        data = "" if outcome.source.name == SAMPLE else f" {outcome.source.name}"
        rows = count(len(outcome.source.test.x), "test row")
        commands.insert(0, f"{program()} evaluate {settings.save}{data}: {rows}, never seen in training")
    if outcome.learnt.x.ndim == 3:
        commands.append(f"{program()} predict {settings.save} PICTURE.png: a picture of your own")
    return commands
