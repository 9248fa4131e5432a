"""A run written down as a program: of this library, which gives the same losses to the last bit, and of Keras.

A program that a learner can read says what happens in the order in which it happens: data, features, network, epochs.
"""

from __future__ import annotations

import base64
import copy
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt.datasets import points
from rosenblatt.layers import Input, Normalization
from rosenblatt.models import Sequential
from rosenblatt.playground.choices import FEATURES, OPTIMIZERS
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.fields import HiddenLayer, Output
from rosenblatt.playground.networks import loss_name
from rosenblatt.playground.problems import MAKERS, training_rows
from rosenblatt.playground.settings import Settings
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.playground.run import Run

EPOCHS = 100  # of a program for a run that still stands at its start
WIDTH = 100  # of a line with numbers
TITLES = {
    **{gate: f"the {gate} gate" for gate in points.GATES},
    "circle": "a ring around a ring",
    "xor": "four squares, opposite ones of a class",
    "gauss": "two clouds",
    "spiral": "two spirals",
    "moons": "two half-moons",
    "three": "three clouds",
    "plane": "a slope",
    "bump": "a hill",
    "drawn": "points drawn by hand",
}
STEP = """def step(z):
    return keras.ops.cast(z >= 0, "float32")
"""


def code(run: Run) -> dict[str, Any]:
    """Return both programs, and whether ours gives the losses of this run.

    Raises:
        SettingsError: a model was opened; how it came about is not known.
    """
    if run.opened:
        raise SettingsError("not_here", command="code")
    return {"python": ours(run), "keras": keras(run), "exact": not run.altered}


def saved(run: Run) -> dict[str, str]:
    """Return the model as it stands, as the file that `load_model` reads, in base64.

    A model of a table takes the table's own numbers: their scaling becomes its first layer.
    """
    model, scaling = run.model, run.problem.scaling
    if scaling is not None:
        normalization = Normalization(mean=scaling.mean.tolist(), variance=(scaling.deviation**2).tolist())
        whole = Sequential([Input(model.plan.input_shape), normalization], seed=model.seed)
        for layer in model.layers:
            whole.add(layer.copy())
        whole.set_weights([*normalization.get_weights(), *model.get_weights()])
        whole.compile(copy.copy(model.optimizer), model.loss)
        model = whole
    model.class_names = run.problem.classes or None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "playground.safetensors")
        model.save(path)
        return {"name": path.name, "base64": base64.b64encode(path.read_bytes()).decode()}


def ours(run: Run) -> str:
    """Return the run as a program of this library."""
    settings = run.settings
    written = run.altered or settings.weights is not None
    return "\n".join(
        [
            f'"""{_title(run)}"""',
            "",
            "import numpy as np",
            "",
            f"from rosenblatt.datasets import {_dataset(settings)}",
            *_our_imports(run),
            "",
            *_remark(run),
            *_data(run),
            *_our_model(run),
            *(_weights(run) if written else []),
            *_training(run),
            "",
        ]
    )


def keras(run: Run) -> str:
    """Return the run as a program of Keras, with the same data, start and orders."""
    uses_step = "step" in _activations(run.settings)
    return "\n".join(
        [
            f'"""{_title(run)} With Keras."""',
            "",
            "import keras",
            "import numpy as np",
            "",
            f"from rosenblatt.datasets import {_dataset(run.settings)}",
            "",
            *([f"\n{STEP}\n"] if uses_step else []),
            *_remark(run),
            *_data(run),
            *_keras_model(run),
            *_weights(run),
            *_training(run),
            "",
        ]
    )


# --- The parts of a program ----------------------------------------------------------------------


def _title(run: Run) -> str:
    settings = run.settings
    widths = [len(settings.features), *(layer.units for layer in settings.layers), _outputs(run)]
    what = TITLES.get(settings.data, "a column of a table")
    return f"A network of {' - '.join(map(str, widths))} units learns {what}."


def _remark(run: Run) -> Iterator[str]:
    if run.altered:
        yield "# Settings or weights were changed on the way, which no program can repeat. So this one starts from"
        yield f"# the weights as they are now, in epoch {run.epoch}, with an optimizer that remembers nothing."


def _dataset(settings: Settings) -> str:
    return "tables" if settings.data == "table" else "points"


def _outputs(run: Run) -> int:
    return run.model.plan.output_shape[-1]


def _activations(settings: Settings) -> set[str]:
    return {*(layer.activation for layer in settings.layers), settings.output.activation}


def _data(run: Run) -> Iterator[str]:
    settings = run.settings
    if settings.data == "table":
        yield from _table(run)
    else:
        yield from _points(run)
    if settings.loss != "crossentropy" and _outputs(run) > 1:
        yield f"classes = np.eye({_outputs(run)})  # one column a class"
        yield "y_train, y_test = classes[y_train], classes[y_test]"


def _points(run: Run) -> Iterator[str]:
    settings = run.settings
    is_gate = settings.data in points.GATES
    if is_gate:
        yield f'x, y = points.gate("{settings.data}")'
    elif settings.data == "drawn":
        yield from _array("drawn", np.array(settings.points), "x1, x2, class")
        yield f"order = np.random.default_rng({settings.seed}).permutation(len(drawn))"
        yield "x, y = drawn[order, :2], drawn[order, 2].astype(int)"
    else:
        maker = MAKERS[settings.data].__name__
        yield f"x, y = points.{maker}({settings.count}, noise={settings.noise}, seed={settings.seed})"
    if settings.features != ("x1", "x2"):
        yield "x1, x2 = x.T"
        columns = ", ".join(FEATURES[name].expression for name in settings.features)
        yield f'x = np.stack([{columns}], axis=1).astype("float32")'
    else:
        yield 'x = x.astype("float32")'
    if settings.data in ("plane", "bump"):
        yield 'y = y.astype("float32")'
    if is_gate:
        yield "x_train, y_train, x_test, y_test = x, y, x, y  # a gate has four rows, and all are learnt"
    else:
        yield from _split(training_rows(settings, len(run.problem.x_train) + len(run.problem.x_test)))


def _split(rows: int) -> Iterator[str]:
    yield f"x_train, x_test = x[:{rows}], x[{rows}:]"
    yield f"y_train, y_test = y[:{rows}], y[{rows}:]"


def _table(run: Run) -> Iterator[str]:
    settings, problem = run.settings, run.problem
    assert run.table is not None  # for the type checker: the data are a table
    yield f"table = tables.read_csv({_text(run.table.name)})"
    yield f"x = table.numbers([{', '.join(_text(name) for name in settings.features)}])"
    yield f"y = table.targets({_text(settings.target)})"
    if problem.classes:
        yield "y, classes = tables.number_classes(y)"
    yield f"order = np.random.default_rng({settings.seed}).permutation(len(x))"
    yield "x, y = x[order], y[order]"
    yield from _split(len(problem.x_train))
    yield ""
    yield "# The common scale: mean 0 and deviation 1 over the training rows, column by column."
    yield "mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)"
    yield "deviation[deviation == 0] = 1"
    yield 'x_train, x_test = (((rows - mean) / deviation).astype("float32") for rows in (x_train, x_test))'
    if not problem.classes:
        yield "mean, deviation = y_train.mean(), y_train.std() or 1.0"
        yield 'y_train, y_test = (((rows - mean) / deviation).astype("float32") for rows in (y_train, y_test))'


def _our_imports(run: Run) -> Iterator[str]:
    settings = run.settings
    yield "from rosenblatt.layers import Dense, Input"
    yield "from rosenblatt.models import Sequential"
    yield f"from rosenblatt.optimizers import {OPTIMIZERS[settings.optimizer][0].__name__}"
    if settings.l1 or settings.l2:
        yield "from rosenblatt.regularizers import L1L2"


def _our_model(run: Run) -> Iterator[str]:
    settings = run.settings
    yield ""
    yield "model = Sequential("
    yield "    ["
    yield f"        Input(({len(settings.features)},)),"
    for line in _dense(run, penalty="L1L2", step='"step"', with_start=True):
        yield f"        Dense({line}),"
    yield "    ],"
    yield f"    seed={settings.seed},"
    yield ")"
    yield _compile(run, _optimizer(settings))


def _keras_model(run: Run) -> Iterator[str]:
    settings = run.settings
    yield ""
    yield "model = keras.Sequential("
    yield "    ["
    yield f"        keras.Input(({len(settings.features)},)),"
    for line in _dense(run, penalty="keras.regularizers.L1L2", step="step", with_start=False):
        yield f"        keras.layers.Dense({line}),"
    yield "    ]"
    yield ")"
    yield _compile(run, f"keras.optimizers.{_optimizer(settings)}")


def _dense(run: Run, *, penalty: str, step: str, with_start: bool) -> Iterator[str]:
    """Yield the arguments of each layer."""
    settings = run.settings
    hidden: list[tuple[int, HiddenLayer | Output]] = [(layer.units, layer) for layer in settings.layers]
    for units, layer in [*hidden, (_outputs(run), settings.output)]:
        activation = step if layer.activation == "step" else f'"{layer.activation}"'
        line = f"{units}, activation={activation}"
        if with_start and settings.initializer != "glorot_uniform":
            line += f', kernel_initializer="{settings.initializer}"'
        if settings.l1 or settings.l2:
            line += f", kernel_regularizer={penalty}(l1={settings.l1}, l2={settings.l2})"
        yield line + ", trainable=False" * layer.frozen


def _optimizer(settings: Settings) -> str:
    kind, options = OPTIMIZERS[settings.optimizer]
    arguments = [str(settings.learning_rate), *(f"{name}={value}" for name, value in options.items())]
    return f"{kind.__name__}({', '.join(arguments)})"


def _compile(run: Run, optimizer: str) -> str:
    loss = loss_name(run.settings, len(run.problem.classes))
    return f'model.compile(optimizer={optimizer}, loss="{loss}")'


def _weights(run: Run) -> Iterator[str]:
    """Yield the weights that the program starts from: those of the start, or those of an altered run as it stands."""
    state = run.model.state if run.altered else run.start
    yield "model.set_weights("
    yield "    ["
    for array in run.model.plan.parameters:
        yield from _literal(array.view(state.params), indent=8)
    yield "    ]"
    yield ")"


def _literal(array: Array, indent: int) -> Iterator[str]:
    """Yield an array of one or two dimensions, in one line where it fits, else row by row."""
    space = " " * indent
    # NumPy writes a number of single precision with as many digits as it takes to read the same one.
    rows = [[str(number) for number in row] for row in np.atleast_2d(array)]
    whole = ", ".join(f"[{', '.join(row)}]" for row in rows)
    whole = f"{space}np.array({whole if array.ndim == 1 else f'[{whole}]'}),"
    if len(whole) <= WIDTH:
        yield whole
        return
    yield f"{space}np.array("
    if array.ndim == 1:
        yield from _wrapped(f"{space}    [", rows[0], "]", indent + 5)
    else:
        yield f"{space}    ["
        for row in rows:
            yield from _wrapped(f"{space}        [", row, "],", indent + 9)
        yield f"{space}    ]"
    yield f"{space}),"


def _array(name: str, array: Array, remark: str) -> Iterator[str]:
    yield f"{name} = np.array(  # {remark}"
    yield "    ["
    for row in array:
        yield f"        [{row[0]}, {row[1]}, {int(row[2])}],"
    yield "    ]"
    yield ")"


def _wrapped(start: str, words: Sequence[str], end: str, indent: int) -> Iterator[str]:
    """Yield words with commas between them, in lines that are not too long."""
    line = start
    for place, word in enumerate(words):
        piece = word + (", " if place + 1 < len(words) else "")
        if len(line) + len(piece) > WIDTH and line.strip():
            yield line.rstrip()
            line = " " * indent
        line += piece
    yield line + end


def _training(run: Run) -> Iterator[str]:
    settings = run.settings
    first = run.epoch if run.altered else 0
    yield ""
    if run.obstacle is not None:
        yield "# A step has no slope that training could follow: the network is only measured."
        yield "train_loss = model.evaluate(x_train, y_train, verbose=0)"
        yield "test_loss = model.evaluate(x_test, y_test, verbose=0)"
        yield 'print(f"train loss {train_loss:.6f}   test loss {test_loss:.6f}")'
        return
    last = first + EPOCHS if run.altered else run.epoch or EPOCHS
    span = f"{first}, {last}" if first else f"{last}"
    yield f"for epoch in range({span}):"
    yield f"    order = np.random.default_rng([{settings.seed}, epoch]).permutation(len(x_train))"
    yield f"    model.fit(x_train[order], y_train[order], batch_size={settings.batch_size}, shuffle=False, verbose=0)"
    yield "    train_loss = model.evaluate(x_train, y_train, verbose=0)"
    yield "    test_loss = model.evaluate(x_test, y_test, verbose=0)"
    yield '    print(f"epoch {epoch + 1}   train loss {train_loss:.6f}   test loss {test_loss:.6f}")'


def _text(value: str | None) -> str:
    """Return a name from a table as Python writes it: nothing in it can leave its quotation marks."""
    return repr(value or "")
