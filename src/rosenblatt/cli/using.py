"""``rosenblatt evaluate``, ``predict`` and ``show``: what is done with a model that has been saved."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rosenblatt import __version__, answers, files, losses, metrics, optimizers, pictures, saving
from rosenblatt.arguments import LANGUAGES, check_whole_number
from rosenblatt.cli import building, output
from rosenblatt.cli.options import check_value
from rosenblatt.cli.output import count, figure, printable, tell
from rosenblatt.cli.sources import SAMPLE, Part, Source, in_language, load, numbers_for, rows_of
from rosenblatt.datasets import mnist
from rosenblatt.errors import ArgumentError, DataError, FileFormatError, ShapeError
from rosenblatt.models import Sequential, load_model
from rosenblatt.plots.text import spread, table
from rosenblatt.types import Array

TOP_OF_ROWS, TOP_OF_PICTURES = 1, 3  # how many classes are named where --top does not say


def open_model(path: Path, compile: bool = False) -> Sequential:
    """Load a model that can be trusted as far as the command line needs it.

    Raises:
        FileFormatError: no model, or one whose parts do not fit each other.
    """
    if not path.name.endswith(files.READABLE):
        raise FileFormatError(
            f"MODEL: expected a path ending in {', '.join(files.READABLE)}, got {str(path)!r}. "
            "Name a file that train --save, Keras or an ONNX exporter wrote."
        )
    try:
        model = load_model(path, compile=compile)
    except OSError as error:
        raise FileFormatError(_why_not(path, error)) from error
    if model.class_names is not None:
        wanted = answers.class_count(model)
        if len(model.class_names) != wanted:
            raise FileFormatError(
                f"{path}: expected names of {wanted} classes, as the model has outputs, got {len(model.class_names)}."
            )
        model.class_names = [printable(name) for name in model.class_names]
    if model.feature_names is not None and len(model.feature_names) != math.prod(model.plan.input_shape):
        raise FileFormatError(
            f"{path}: expected names of {math.prod(model.plan.input_shape)} columns, as the model has inputs, got "
            f"{len(model.feature_names)}. Fetch or save it again."
        )
    return model


def _why_not(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path}: expected a model file, got none of that name. Check the path."
    return f"{path}: expected a model file, got one that cannot be read ({error.strerror or error})."


# --- evaluate ------------------------------------------------------------------------------------


def evaluate(path: Path, given: str | None, target: str | None, as_json: bool) -> None:
    """Measure a model on the test part of a data set or on all rows of a file, and print the figures."""
    model = open_model(path, compile=True)
    _make_measurable(path, model)
    if given is None and model.data_name is None and path.suffix != files.SUFFIX:
        raise ArgumentError(
            f"DATA: expected rows to measure {path} on, got none; the file does not say any. Name them."
        )
    source = load(given or model.data_name or SAMPLE, target, model)
    x, y = rows_for(model, source)
    figures = model.evaluate(x, y, verbose=0, return_dict=True)
    if as_json:
        output.print_json({"model": str(path), "data": source.name, "rows": len(x), **figures})
    else:
        written = {name: figure(value) for name, value in figures.items() if isinstance(value, float)}
        output.print_pairs({"rows": f"{len(x):,}", **written})


def _make_measurable(path: Path, model: Sequential) -> None:
    """Give a model that was saved without a loss the one that suits its answers, and say so."""
    if model.compiled:
        return
    loss, metric = _measures(model)
    model.compile(loss=loss, metrics=[metric])
    tell(f"{path} has no loss in it; as its last layer suggests, {loss.name} is measured.")


def _measures(model: Sequential) -> tuple[losses.Loss, str | metrics.Metric]:
    """Return the loss and the metric that suit a model's answers."""
    activation, are_logits = answers.last_activation(model), answers.gives_logits(model)
    tells_classes = answers.is_classifier(model) or "softmax" in activation  # or a class for each place of a row
    if tells_classes and model.output_shape[-1] > 1:
        return losses.SparseCategoricalCrossentropy(from_logits=are_logits), "accuracy"
    if tells_classes or activation == "sigmoid":
        border = 0.0 if are_logits else 0.5
        return losses.BinaryCrossentropy(from_logits=are_logits), metrics.BinaryAccuracy("accuracy", threshold=border)
    return losses.MeanSquaredError(), "mean_absolute_error"


def rows_for(model: Sequential, source: Source) -> tuple[Array, Array]:
    """Return the rows of a source that a model is measured on, in its shape, and their targets in its numbers."""
    part = part_to_measure(source)
    return in_shape(model, part.x, source.name), numbers_for(model.class_names, source, part.y)


def part_to_measure(source: Source) -> Part:
    """Return the test part of a source, or all of its rows where it has none, and say which."""
    if source.test is not None:
        tell(f"Data: the test part of {source.name}, {count(len(source.test.x), 'row')}")
        return source.test
    rows = count(len(source.rows.x), "row")
    tell(f"Data: all of {source.name}, {rows}. If the model was trained on some of them, the figures flatter it.")
    return source.rows


def in_shape(model: Sequential, x: Array, given: str) -> Array:
    """Give rows the shape that the model wants where the numbers are as many: pixels in columns become pictures."""
    wanted = model.plan.input_shape
    if x.shape[1:] == wanted:
        return x
    if math.prod(x.shape[1:]) == math.prod(wanted):
        return x.reshape(len(x), *wanted)
    cure = "Is it the right data for this model, and --target said?"
    raise ShapeError(f"{given}: expected rows of shape {wanted}, as the model takes, got {x.shape[1:]}. {cure}")


# --- predict -------------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What a model says to one row or picture."""

    input: str
    row: int | None  # of a file with several, from 0
    output: Array  # probabilities of the classes, or numbers


def predict(
    path: Path,
    inputs: Sequence[str],
    target: str | None,
    language: str,
    top: int | None,
    invert: bool | None,
    as_json: bool,
) -> None:
    """Predict rows of files and pictures, and print the answers as CSV or JSON."""
    check_value("--language", language, LANGUAGES)
    if top is not None:
        check_whole_number("predict", "--top", top, at_least=1)
    model = _open_to_ask(path)
    names = _names(model, language)
    say = answers.shares if names is None else answers.probabilities
    said: list[Answer] = []
    has_pictures = False
    for given in inputs:
        is_picture = Path(given).suffix.lower() in pictures.SUFFIXES
        has_pictures |= is_picture
        x = _picture(model, given, invert) if is_picture else in_shape(model, _table(model, given, target), given)
        outputs = say(model, model.predict(x))
        said += [Answer(given, None if is_picture else row, values) for row, values in enumerate(outputs)]
    if names is None:
        _print_numbers(said, as_json)
    else:
        default = TOP_OF_PICTURES if has_pictures else TOP_OF_ROWS
        _print_classes(said, names, min(top or default, len(names)), as_json)


def _open_to_ask(path: Path) -> Sequential:
    """Load a model with its loss, which knows logits; without, where that is the user's own, which nobody has here."""
    try:
        return open_model(path, compile=True)
    except FileFormatError:
        return open_model(path)


def _table(model: Sequential, given: str, target: str | None) -> Array:
    if Path(given).suffix.lower() not in (".csv", ".npz"):
        endings = ".csv, .npz or a picture's such as .png or .jpg"
        raise DataError(f"{given}: expected a file that ends in {endings}, got another. Check the name.")
    return rows_of(given, target, model)


def _picture(model: Sequential, given: str, invert: bool | None) -> Array:
    """Read a picture as one row for the model, and say what was done to it."""
    shape = answers.picture_shape(model)
    if shape is None:
        wanted = model.plan.input_shape
        cure = "Pictures that are not square, or below 8 x 8 pixels, need both axes: Input((height, width))."
        raise ShapeError(
            f"{given}: expected a model that takes pictures, got one that takes rows of shape {wanted}. {cure}"
        )
    handwriting = model.class_names == mnist.class_names() and shape == (28, 28)
    picture = pictures.read(given, shape, invert=invert, handwriting=handwriting)
    height, width = picture.original_shape
    done = []
    if picture.inverted:
        why = "as asked" if invert else "its background is light; --no-invert leaves it"
        done.append(f"inverted ({why})")
    if picture.original_shape != shape:
        done.append(f"cut out and resized from {width} x {height} to {shape[1]} x {shape[0]}")
    largest = answers.white(model)
    if largest != 255:
        done.append(f"scaled to values from 0 to {largest:g}")
    if done:
        tell(f"{given}: made grey, {', '.join(done)}")
    pixels = picture.pixels if largest == 255 else picture.pixels * (largest / 255)
    return pixels.reshape(1, *model.plan.input_shape)


def _names(model: Sequential, language: str) -> list[str] | None:
    """Return the classes' names in a language, or None for a model that predicts numbers."""
    if not answers.is_classifier(model):
        return None
    names = answers.class_names(model)
    if model.class_names is None:
        return names
    translated = in_language(names, language)
    if translated is None and language != "en":
        tell("The model's classes have names of their own; they are left as they are.")
    return translated or names


def _print_classes(said: Sequence[Answer], names: Sequence[str], top: int, as_json: bool) -> None:
    ranked = [(answer, np.argsort(-answer.output, kind="stable")[:top]) for answer in said]
    if as_json:
        output.print_json(
            [
                {
                    **_origin(answer),
                    "classes": [{"class": names[k], "probability": float(answer.output[k])} for k in order],
                }
                for answer, order in ranked
            ]
        )
        return
    header = ["class", "probability", *(f"{word}_{k}" for k in range(2, top + 1) for word in ("class", "probability"))]
    rows = ([cell for k in order for cell in (names[k], f"{answer.output[k]:.4f}")] for answer, order in ranked)
    _print_rows(said, header, rows)


def _print_numbers(said: Sequence[Answer], as_json: bool) -> None:
    if as_json:
        numbers = [answer.output.item() if answer.output.size == 1 else answer.output.tolist() for answer in said]
        output.print_json(
            [{**_origin(answer), "prediction": number} for answer, number in zip(said, numbers, strict=True)]
        )
        return
    width = said[0].output.size
    header = ["prediction"] if width == 1 else [f"prediction_{k}" for k in range(1, width + 1)]
    _print_rows(said, header, ([f"{value:.7g}" for value in answer.output.ravel()] for answer in said))


def _origin(answer: Answer) -> dict[str, object]:
    return {"input": answer.input} if answer.row is None else {"input": answer.input, "row": answer.row}


def _print_rows(said: Sequence[Answer], header: Sequence[str], cells: Any) -> None:
    rows = (
        [answer.input, "" if answer.row is None else answer.row, *values]
        for answer, values in zip(said, cells, strict=True)
    )
    output.print_csv(["input", "row", *header], rows)


# --- show ----------------------------------------------------------------------------------------


def show(path: Path, as_json: bool) -> None:
    """Print what a model file holds."""
    model, description, versions = _described(path)
    compiled = description.get("compile")
    curves = _curves(path, model)
    if as_json:
        output.print_json(
            {
                "model": model.get_config(),
                "parameters": model.count_params(),
                "training": compiled,
                "updates": description.get("step"),
                "history": curves,
                "class_names": model.class_names,
                "versions": versions,
            }
        )
        return
    model.summary(print_fn=lambda text: print("\n".join(map(printable, text.splitlines()))))
    print("\nTraining")
    pairs: dict[str, object] = {"network": building.sketch(model), "dtype": model.dtype}
    if path.suffix == files.SUFFIX:  # other programs' files have none
        pairs["seed"] = model.seed
    pairs |= _training(path, compiled, description)
    output.print_pairs({f"  {name}": value for name, value in pairs.items()})
    print("\nClasses")
    print(f"  {', '.join(model.class_names) if model.class_names else 'no names in the file'}")
    print("\nHistory")
    _print_history(curves, "not trained yet" if path.suffix == files.SUFFIX else "not in the file")
    print("\nVersions")
    output.print_pairs({f"  {name}": value for name, value in versions.items()})


def _described(path: Path) -> tuple[Sequential, dict[str, Any], dict[str, str]]:
    """Return a model, what its file says of it besides the numbers, and the versions of what wrote and reads it."""
    if path.suffix == files.SUFFIX:  # it may name functions of the user's own, which nobody has here
        model = open_model(path)
        _, metadata = files.read(path)
        description = json.loads(metadata["model"])
        return model, description, _versions(metadata["version"], description.get("versions"))
    model = open_model(path, compile=True)
    return model, saving.plain(saving.describe(model)), _versions(path.suffix, None)


def _curves(path: Path, model: Sequential) -> dict[str, list[float]]:
    """Return the curves of one number an epoch; a file may claim anything, so they are looked at."""
    recorded = {} if model.history is None else model.history.history
    curves = {name: values for name, values in recorded.items() if not any(isinstance(v, list) for v in values)}
    if not all(isinstance(value, int | float) for values in curves.values() for value in values):
        raise FileFormatError(f"{path}: expected numbers in the history, got something else. The file is damaged.")
    return {printable(name): values for name, values in curves.items()}


def _print_history(curves: dict[str, list[float]], otherwise: str) -> None:
    epochs = max(map(len, curves.values()), default=0)
    if not epochs:
        print(f"  {otherwise}")
        return
    rows = [
        [epoch + 1, *(figure(values[epoch]) if epoch < len(values) else "" for values in curves.values())]
        for epoch in spread(range(epochs))
    ]
    for line in table(["epoch", *curves], rows).splitlines():
        print(f"  {line}")
    if len(rows) < epochs:
        print(f"  {len(rows)} of {epochs} epochs are listed.")


def _training(path: Path, compiled: Any, description: dict[str, Any]) -> dict[str, object]:
    """Return what the model is trained with; a file may claim anything here, too."""
    if compiled is None:
        return {}
    try:
        optimizer = optimizers.get(compiled["optimizer"])
        metrics = [metric if isinstance(metric, str) else next(iter(metric.values())) for metric in compiled["metrics"]]
        return {
            "optimizer": repr(optimizer),
            "learning rate": optimizer.learning_rate,
            "loss": printable(compiled["loss"]["class_name"]),
            "metrics": printable(", ".join(metrics) or "none"),
            "updates": f"{description['step']:,}",
        }
    except (ArgumentError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(f"{path}: expected a model's training settings, got some that make no sense.") from error


def _versions(file_format: str, wrote: Any) -> dict[str, str]:
    """Return the versions of the file's format, of what wrote it where it says so, and of what reads it."""
    written = wrote.items() if isinstance(wrote, dict) else ()
    return {
        "file format": printable(file_format),
        **{f"written with {printable(name)}": printable(str(version)) for name, version in written},
        "read with rosenblatt": __version__,
        "read with numpy": np.__version__,
        "read with python": platform.python_version(),
    }
