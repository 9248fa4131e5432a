"""What the page is told about a run in words and numbers: its settings, its problem, its network and its answers."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from rosenblatt import answers
from rosenblatt.layers import Activation, Dense, Dropout, GaussianNoise, Layer, Rescaling, dense_layers
from rosenblatt.playground.address import to_address
from rosenblatt.playground.errors import SettingsError
from rosenblatt.playground.networks import encoded
from rosenblatt.playground.painter import MAP_SIDE, RANGES, as_bytes
from rosenblatt.playground.run import Figures, Run
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.models import Sequential
    from rosenblatt.playground.problems import Problem

ROWS_A_PAGE = 20


def setup(run: Run) -> dict[str, Any]:
    """Return all that stays the same until settings change."""
    return {
        "type": "setup",
        "generation": run.generation,
        "settings": run.settings.to_json(),
        "address": to_address(run.settings),
        "engine": run.model.engine.name,
        "reason": run.model.engine.reason,
        "opened": run.opened,
        "obstacle": run.obstacle and {"key": run.obstacle.key, "arguments": run.obstacle.arguments},
        "compiled": _compiled(run.model),
        "table": run.table and run.table.name,
        "problem": problem(run.problem),
        "network": network(run.model, run.problem),
    }


def problem(problem: Problem) -> dict[str, Any]:
    """Return the rows that are shown, and what is to be learnt from them."""
    targets = problem.targets if problem.targets.ndim == 1 else problem.targets[:, 0]  # of several numbers, the first
    shown = zip(problem.points.tolist(), targets.tolist(), problem.is_test.tolist(), strict=True)
    return {
        "name": problem.name,
        "task": problem.task,
        "classes": problem.classes,
        "inputs": problem.inputs,
        "columns": problem.columns,
        "axes": problem.axes,
        "bounds": problem.bounds,
        "rest": problem.rest,
        "target_range": problem.target_range,
        "rows": [len(problem.x_train), len(problem.x_test)],
        "measured": problem.measured,
        "scaling": _scaling(problem),
        "target_scaling": None if problem.target_scaling is None else problem.target_scaling._asdict(),
        "points": [[*place, target, int(is_test)] for place, target, is_test in shown],
    }


def _compiled(model: Sequential) -> dict[str, str] | None:
    """Return what a model learns by, as its files name it; None where it was not compiled."""
    if model.plan.optimizer is None or model.plan.loss is None:
        return None
    return {"optimizer": model.plan.optimizer.rule.name, "loss": model.plan.loss.name}


def _scaling(problem: Problem) -> dict[str, Any] | None:
    """Return how a table's axes are brought back to its own units: value * deviation + mean."""
    if problem.scaling is None:
        return None
    places = [problem.inputs.index(axis) for axis in problem.axes]
    return {"means": problem.scaling.mean[places], "deviations": problem.scaling.deviation[places]}


def network(model: Sequential, problem: Problem) -> dict[str, Any]:
    """Return the chain of layers that have neurons, each with what stands before it and where its numbers lie."""
    layers: list[dict[str, Any]] = []
    before: list[str] = []
    for layer, plan in zip(model.layers, model.plan.layers, strict=True):
        if not isinstance(layer, Dense):
            before.append(sketch(layer))
            continue
        places = {array.name: array for array in plan.parameters}
        rows, columns = places["kernel"].shape
        layers.append(
            {
                "name": layer.name,
                "kind": plan.kind,
                "units": layer.units,
                "activation": layer.activation or "linear",
                "frozen": not layer.trainable,
                "before": before,
                "range": value_range(layer),
                "maps": "plane" if problem.bounds is not None else "none" if layers else "weights",
                "kernel": {"start": places["kernel"].start, "rows": rows, "columns": columns},
                "bias": {"start": places["bias"].start} if "bias" in places else None,
            }
        )
        before = []
    return {
        "inputs": problem.inputs,
        "input_maps": input_maps(problem),
        "picture": answers.picture_shape(model) if problem.bounds is None else None,
        "layers": layers,
        "after": before,
        "outputs": math.prod(model.output_shape),
        "logits": answers.gives_logits(model),
    }


def value_range(layer: Dense) -> tuple[float, float] | None:
    """Return the least and the greatest output of a layer's neurons; None where they have no bounds.

    Example:
        >>> value_range(Dense(2, activation="tanh")), value_range(Dense(2, activation="relu"))
        ((-1.0, 1.0), None)
    """
    if layer.activation not in RANGES:
        return None
    middle, reach = RANGES[layer.activation]
    return middle - reach, middle + reach


def input_maps(problem: Problem) -> list[str] | None:
    """Return each input over the plane as a map of bytes in base64, as the neurons' maps are; None without a plane."""
    if problem.bounds is None:
        return None
    cells = problem.plane(MAP_SIDE)
    maps = as_bytes(cells, np.zeros_like(cells[0]), np.abs(cells).max(axis=0))
    return [base64.b64encode(each.tobytes()).decode() for each in maps]


def sketch(layer: Layer) -> str:
    """Return a layer without neurons in a few words.

    Example:
        >>> sketch(Dropout(0.2)), sketch(Rescaling(1 / 4))
        ('Dropout 0.2', 'Rescaling 0.25')
    """
    kind = type(layer).__name__
    if isinstance(layer, Dropout):
        return f"{kind} {layer.rate:g}"
    if isinstance(layer, GaussianNoise):
        return f"{kind} {layer.stddev:g}"
    if isinstance(layer, Rescaling):
        return f"{kind} {layer.scale:g}"
    return layer.activation if isinstance(layer, Activation) else kind


def row(figures: Figures) -> list[Any]:
    """Return a row of metrics."""
    return [*figures[:6], figures.gradients, figures.dead, figures.saturated]


def place(run: Run, at: tuple[float, float]) -> dict[str, Any]:
    """Return what every neuron says at one place of the plane."""
    inputs = run.problem.inputs_at(np.array([at]))
    outputs = run.model.activations(inputs)
    layers = [outputs[str(layer.name)][0] for layer in dense_layers(run.model.layers)]
    return {
        "type": "probe",
        "x": list(at),
        "inputs": inputs[0],
        "layers": layers,
        "outputs": answers.shares(run.model, list(outputs.values())[-1])[0],
    }


def sample(run: Run, x: Array, target: Array, detail: str) -> dict[str, Any]:
    """Return one row's way through the network and back, operation by operation.

    Raises:
        SettingsError: nothing is known to compare its output with, the network has no loss or is too large to be
            followed, or there is no such detail.
    """
    from rosenblatt.graph.trace import GraphTooLargeError  # the graph is imported when it is first asked for
    from rosenblatt.playground import samples

    if not run.model.compiled:
        raise SettingsError("not_compiled")
    if not np.isfinite(target).all():
        raise SettingsError("no_target")
    answer = encoded(run.model, run.problem, target.astype(np.int64) if run.problem.classes else target)
    try:
        return {"type": "sample", **samples.sample(run.model, x, answer[0], detail=detail, names=run.problem.inputs)}
    except GraphTooLargeError as error:
        raise SettingsError("sample_too_large", nodes=error.nodes, limit=error.limit) from error


# --- Answers to own rows -------------------------------------------------------------------------


def rows(run: Run, start: int) -> dict[str, Any]:
    """Return some of an opened model's own rows with what it makes of them.

    Args:
        run: of an opened model.
        start: the number of the first row.

    Raises:
        SettingsError: no model was opened.
    """
    own, names = run.own, run.problem.classes
    if own is None:
        raise SettingsError("not_here", command="rows")
    picture = answers.picture_shape(run.model)
    about = {"start": start, "count": len(own.x), "picture": picture, "inputs": run.problem.inputs}
    if start >= len(own.x):
        return about | {"rows": []}
    x = own.x[start : start + ROWS_A_PAGE]
    say = answers.probabilities if names else answers.shares
    said = say(run.model, run.model.predict(x, verbose=0)).tolist()
    targets = [None] * len(x) if own.y is None else own.y[start : start + ROWS_A_PAGE].tolist()
    values = _grey(x, answers.white(run.model, own.x)) if picture else x.reshape(len(x), -1)
    return about | {
        "rows": [
            {
                "row": start + k,
                "values": values[k].tolist(),
                "target": targets[k],
                "outputs": outputs,  # probabilities of the classes, or numbers
                "prediction": int(np.argmax(outputs)) if names else outputs[0] if len(outputs) == 1 else outputs,
            }
            for k, outputs in enumerate(said)
        ],
    }


def _grey(x: Array, white: float) -> Array:
    """Return pictures as bytes, (n, pixels)."""
    return np.clip(x.reshape(len(x), -1) * (255.0 / white) + 0.5, 0, 255).astype(np.uint8)
