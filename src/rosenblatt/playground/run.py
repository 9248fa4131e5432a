"""A run: a model that learns a problem, in slices, back and forth; it knows nothing of threads, sockets or pages.

    Settings ──> Problem, Model ──> batch, epoch, slice ──> figures
        ^                             │
        └── change, edit              └── rewind, back: from snapshots

The order of the rows in an epoch follows from the seed and the epoch's number alone. So what is trained again after a
step back, or in other slices, is the same to the last bit.
"""

from __future__ import annotations

import copy
import dataclasses
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rosenblatt import answers
from rosenblatt.datasets.tables import Table
from rosenblatt.errors import ArgumentError, NonFiniteLossWarning, RosenblattError
from rosenblatt.layers import dense_layers
from rosenblatt.models import Sequential
from rosenblatt.plan import State
from rosenblatt.playground import opened, problems
from rosenblatt.playground.errors import SettingsError, shown
from rosenblatt.playground.fields import Columns, weight
from rosenblatt.playground.networks import activations_of, build, check_start, encoded
from rosenblatt.playground.problems import Problem
from rosenblatt.playground.settings import Settings
from rosenblatt.types import Array

MOST_SNAPSHOTS = 200
MOST_SNAPSHOT_BYTES = 32_000_000
GRADIENT_ROWS = 512  # rows on which gradients are measured
SATURATED = 1 / 20  # of the greatest slope
CAN_DIE = ("relu", "relu6", "leaky_relu", "prelu", "elu", "gelu", "silu", "selu")
# The slope, as a share of the greatest, from an activation's output.
SLOPES: dict[str, Callable[[Array], Array]] = {"sigmoid": lambda y: 4.0 * y * (1.0 - y), "tanh": lambda y: 1.0 - y**2}

# A run that diverges says so by Diverged. This keeps the warning of `fit` quiet too, for this module alone, and as the
# last filter, which overrules nobody: where others have warnings shown or raised, `_train` can do with it. A filter
# for the call alone (catch_warnings) would not do, as other threads would have it, too, and could lose their own.
warnings.filterwarnings("ignore", category=NonFiniteLossWarning, module=r"rosenblatt\.playground\.run", append=True)


class Diverged(RosenblattError):
    """A loss or a weight was no longer finite; the run stands again where its epoch began."""

    def __init__(self, epoch: int, learning_rate: float) -> None:
        super().__init__(
            f"playground: expected a finite loss, got none in epoch {epoch + 1}. "
            f"Try a learning rate of {learning_rate / 2:g} instead of {learning_rate:g}."
        )
        self.epoch, self.learning_rate = epoch, learning_rate


class Figures(NamedTuple):
    """How a run stands: losses with penalties, accuracies, a figure for each layer that has units, and confusion."""

    epoch: int
    step: int
    train_loss: float | None
    test_loss: float | None
    train_accuracy: float | None  # None where numbers are learnt, or targets are missing
    test_accuracy: float | None
    gradients: list[float]  # norm of the kernel's gradient on the training rows
    dead: list[float]  # share of the units that give 0 for every training row
    saturated: list[float]  # share of the activations whose slope is below a twentieth of the greatest
    confusion: list[list[int]] | None  # rows by true class: for each class said, train, then test; None for numbers


class Part(NamedTuple):
    """The rows of training or of test data that figures are measured on."""

    x: Array
    y: Array
    targets: Array  # y as the loss wants it


class Snapshot(NamedTuple):
    """Where a run was."""

    epoch: int
    step: int
    state: State
    made_by: Settings | None  # the settings' course that alone led here; None where there were several, or edits


class Run:
    """A model that learns a problem.

    Args:
        settings: what is learnt, and how; the default ones where none are given.
        model: a trained model to be opened instead.
        rows: its own rows, (x, y) or (x, None).

    Attributes:
        settings: what the run is.
        problem: what is learnt.
        model: what learns.
        epoch: epochs that are complete.
        batch: batches done in this one.
        step: updates in all.
        generation: counts new starts.
        changed: counts changes of what there is to see.
        obstacle: why the network cannot learn, such as a step, which has no slope to follow; None where it can.

    Example:
        >>> run = Run(Settings().changed({"data": "gauss"}))
        >>> for _ in range(5):
        ...     run.epoch_step()
        >>> run.figures().test_accuracy > 0.95
        True
    """

    settings: Settings
    problem: Problem
    model: Sequential

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        model: Sequential | None = None,
        rows: tuple[Any, Any] | None = None,
        inputs: Sequence[str] | None = None,
    ) -> None:
        self.generation = self.changed = 0
        self.table: Table | None = None
        self._columns: Columns | None = None
        self.own: opened.Own | None = None  # rows that came with an opened model
        self._seconds_a_batch = 1e-4
        self._owns_rate = model is None
        if model is None:
            settings = settings or Settings()
            problem = problems.problem_of(settings)
            self._begin(settings, problem, build(settings, problem))
        else:
            opened.check(model)
            model = copy.deepcopy(model)  # the user's own stays as it is
            self.own = opened.own_rows(model, rows)
            settings = opened.settings_of(model, inputs)
            self._begin(settings, opened.problem_of(model, self.own, settings), model)

    def _begin(self, settings: Settings, problem: Problem, model: Sequential) -> None:
        """Stand at the start of a new run."""
        self.settings, self.problem, self.model = settings, problem, model
        self._measure_targets()
        self._made_by: Settings | None = settings.course()
        self._start = Snapshot(0, 0, model.state.copy(), self._made_by)
        self._snapshots: deque[Snapshot] = deque()
        self.epoch = self.batch = self.step = 0
        self.generation += 1
        self.changed += 1

    def _measure_targets(self) -> None:
        """Bring the targets into the form that the loss wants, and find out whether the model can learn them."""
        problem, most = self.problem, self.problem.most_measured
        self._targets = encoded(self.model, problem, problem.y_train)
        test_targets = encoded(self.model, problem, problem.y_test)
        self._parts = (
            Part(problem.x_train[:most], problem.y_train[:most], self._targets[:most]),
            Part(problem.x_test[:most], problem.y_test[:most], test_targets[:most]),
        )
        self.obstacle = self._find_obstacle()

    def _find_obstacle(self) -> SettingsError | None:
        """Return why the model cannot learn, such as a step, which has no slope to follow; None where it can."""
        if not self.model.compiled:
            return SettingsError("not_compiled")
        if not len(self.problem.x_train):
            return SettingsError("no_target")
        try:
            self.model.gradients(self.problem.x_train[:1], self._targets[:1])
        except ArgumentError as error:
            return SettingsError("refused", detail=str(error))
        return None

    # --- Changes ----------------------------------------------------------------------------------

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings: all that are given, or none.

        Raises:
            SettingsError: something is unknown, out of bounds, or not possible with a model that was opened.
        """
        self._become(self.settings.changed(changes, self._columns), self.table, self._columns)

    def open_table(self, name: str, text: str) -> None:
        """Learn a table of the user's own.

        Args:
            name: of the file.
            text: its content.

        Raises:
            SettingsError: it is no table to learn from; nothing has changed.
        """
        if self.opened:
            raise SettingsError("not_here", command="table")
        table = problems.open_table(name, text)
        columns = problems.columns_of(table)
        changes = {"data": "table", "weights": None}
        self._become(self.settings.changed(changes, columns), table, columns)

    def _become(self, settings: Settings, table: Table | None, columns: Columns | None) -> None:
        if settings == self.settings and table is self.table:
            return
        if self.own is not None:
            self._become_opened(settings, self.own)
            return
        starts_anew = table is not self.table or not settings.same_start(self.settings)
        is_shown_anew = starts_anew or settings.axes != self.settings.axes
        problem = problems.problem_of(settings, table, columns) if is_shown_anew else self.problem
        model = build(settings, problem)
        if starts_anew:
            check_start(model, problem)
            self.table, self._columns = table, columns
            self._begin(settings, problem, model)
        else:
            self._go_on_as(settings, problem, model)

    def _go_on_as(self, settings: Settings, problem: Problem, model: Sequential) -> None:
        """Give the present weights to a model of other activations, loss, optimizer, penalties or batches."""
        before, self.model = self.model, model
        same_optimizer = settings.optimizer == self.settings.optimizer
        if not same_optimizer and self.step:
            self._made_by = None
        self._take_up(settings, problem)
        self._put_back(before.state, same_optimizer)
        self._measure_targets()

    def _become_opened(self, settings: Settings, own: opened.Own) -> None:
        if settings.learning_rate != self.settings.learning_rate:
            if not self.model.compiled:
                raise SettingsError("not_compiled")
            self._owns_rate = True
        is_shown_anew = settings.axes != self.settings.axes
        self._take_up(settings, opened.problem_of(self.model, own, settings) if is_shown_anew else self.problem)
        self._set_rate()

    def _take_up(self, settings: Settings, problem: Problem) -> None:
        """Let settings and problem be others from here on; in batches of another size the rows done count."""
        rows_done = self.batch * self.settings.batch_size
        self.settings, self.problem = settings, problem
        self.batch = rows_done // settings.batch_size
        self.changed += 1

    def edit(self, edits: Iterable[tuple[int, float]]) -> None:
        """Set parameters by hand: all that are given, or none. At the start, the start itself becomes another one.

        Args:
            edits: places in the flat vector of parameters, and numbers.

        Raises:
            SettingsError: there is no such parameter, or no such number.
        """
        params = self.model.state.params.copy()
        for place, value in edits:
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < params.size:
                raise SettingsError("out_of_range", field="weights", got=shown(place), low=0, high=params.size - 1)
            params[place] = weight(value)
        if self.step == 0 and not self.opened:
            settings = self.settings.changed({"weights": params.tolist()}, self._columns)
            model = build(settings, self.problem)
            check_start(model, self.problem)
            self._begin(settings, self.problem, model)
            return
        self.model.state.params[...] = params
        self._made_by = None
        self.changed += 1

    @property
    def start(self) -> State:
        """The numbers that the run started with."""
        return self._start.state

    @property
    def opened(self) -> bool:
        """Whether a trained model was opened."""
        return self.own is not None

    @property
    def altered(self) -> bool:
        """Whether settings or weights were changed on the way: the settings alone would lead elsewhere."""
        return self.step > 0 and self._made_by != self.settings.course()

    # --- Training ---------------------------------------------------------------------------------

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.problem.x_train) // self.settings.batch_size)

    def batch_step(self) -> None:
        """Learn from the next batch.

        Raises:
            Diverged: the loss is no longer finite.
            SettingsError: the network cannot learn, or there is nothing to learn from.
        """
        self._train(1)

    def epoch_step(self) -> None:
        """Learn to the end of this epoch. Errors as of `batch_step`."""
        self._train(self.batches - self.batch)

    def slice(
        self, seconds: float = 0.008, epochs: int | None = None, called: Callable[[], bool] = lambda: False
    ) -> bool:
        """Learn for a moment, whole batches; at the end of an epoch, go on only if the next one fits in, too.

        Errors are those of `batch_step`.

        Args:
            seconds: about how long.
            epochs: at most how many of them are brought to an end.
            called: asked at the end of each epoch; where it says yes, the slice is over.

        Returns:
            Whether the run stands at the end of an epoch.
        """
        begin = time.perf_counter()
        left, ended = seconds, 0
        while True:
            affordable = max(1, int(left / self._seconds_a_batch))
            rest = self.batches - self.batch
            self._train(rest if ended else min(rest, affordable))
            left = seconds - (time.perf_counter() - begin)
            if self.batch:
                if left <= 0.0:
                    return False
            else:
                ended += 1
                if ended == epochs or left < self.batches * self._seconds_a_batch or called():
                    return True

    def _train(self, batches: int) -> None:
        """Learn from some of the batches that are left of this epoch."""
        if self.obstacle is not None:
            raise self.obstacle
        if not self._snapshots or self._snapshots[-1].epoch < self.epoch:  # none of this epoch yet
            self._take_snapshot()
        if self.step == 0:
            self._made_by = self.settings.course()
        elif self.altered:
            self._made_by = None
        begin = time.perf_counter()
        size = self.settings.batch_size
        rows = self._order()[self.batch * size : (self.batch + batches) * size]
        is_finite = self._fit(self.problem.x_train[rows], self._targets[rows])
        self._seconds_a_batch = (time.perf_counter() - begin) / batches
        if not is_finite:
            epoch = self.epoch
            self.back()
            raise Diverged(epoch, self.settings.learning_rate)
        self.step += batches
        self.batch += batches
        if self.batch == self.batches:
            self.epoch, self.batch = self.epoch + 1, 0
        self.changed += 1

    def _fit(self, x: Array, y: Array) -> bool:
        """Learn from rows in their order; return whether all is finite still."""
        try:
            with np.errstate(all="ignore"):
                history = self.model.fit(x, y, batch_size=self.settings.batch_size, shuffle=False, verbose=0)
        except NonFiniteLossWarning:  # where warnings are raised
            return False
        return bool(np.isfinite(history.history["loss"]).all() and np.isfinite(self.model.state.params).all())

    def _order(self) -> Array:
        return np.random.default_rng([self.settings.seed, self.epoch]).permutation(len(self.problem.x_train))

    # --- There and back ---------------------------------------------------------------------------

    def rewind(self) -> None:
        """Go back to the start."""
        self._snapshots.clear()
        self._go_to(self._start)

    def back(self) -> None:
        """Go back to where this epoch began, or, where it has not, the one before; at the start, stay there."""
        if self._snapshots:
            self._go_to(self._snapshots.pop())

    @property
    def can_go_back(self) -> bool:
        """Whether there is a snapshot to go back to."""
        return bool(self._snapshots)

    def _go_to(self, snapshot: Snapshot) -> None:
        self.epoch, self.batch, self.step, self._made_by = snapshot.epoch, 0, snapshot.step, snapshot.made_by
        self._put_back(snapshot.state, same_optimizer=True)
        self.changed += 1

    def _put_back(self, state: State, same_optimizer: bool) -> None:
        """Give the model the numbers of a state; those of another optimizer's memory are left out."""
        own = self.model.state
        if not same_optimizer or state.slots.keys() != own.slots.keys():
            self.model.compile(self.model.optimizer, self.model.loss)  # the memory starts anew
            state = dataclasses.replace(own.copy(), params=state.params, statistics=state.statistics)
        self.model.restore(state)
        self._set_rate()

    def _set_rate(self) -> None:
        """Learn at the rate of the settings, which are not put back; a model that was opened has its own until then."""
        if self._owns_rate:
            self.model.optimizer.learning_rate = self.settings.learning_rate

    def _take_snapshot(self) -> None:
        state = self.model.state.copy()
        self._snapshots.append(Snapshot(self.epoch, self.step, state, self._made_by))
        size = sum(array.nbytes for array in (state.params, state.statistics, *state.slots.values()))
        most = min(MOST_SNAPSHOTS, MOST_SNAPSHOT_BYTES // max(1, size))
        while len(self._snapshots) > max(1, most):
            self._snapshots.popleft()

    # --- How it stands ----------------------------------------------------------------------------

    def figures(self) -> Figures:
        """Measure losses, accuracies, gradients, what share of each layer is dead or saturated, and the confusion."""
        train, test = self._parts
        with np.errstate(all="ignore"):
            counts = [self._confusion(part) for part in self._parts] if self.problem.classes and len(train.x) else []
            train_accuracy, test_accuracy = map(_accuracy, counts) if counts else (None, None)
            return Figures(
                self.epoch,
                self.step,
                self._loss(train),
                self._loss(test),
                train_accuracy,
                test_accuracy,
                self._gradients(),
                *self._dead_and_saturated(train.x),
                np.concatenate(counts, axis=1).tolist() if counts else None,
            )

    def _loss(self, part: Part) -> float | None:
        if not len(part.x) or not self.model.compiled:
            return None
        return float(self.model.evaluate(part.x, part.targets, verbose=0, return_dict=True)["loss"])

    def _confusion(self, part: Part) -> Array:
        """Count rows by their class, and by the class that their outputs speak for."""
        count = len(self.problem.classes)
        if not len(part.x):
            return np.zeros((count, count), np.int64)
        said = answers.predicted_classes(self.model, self.model.predict(part.x, verbose=0))
        return np.bincount(part.y * count + said, minlength=count**2).reshape(count, count)

    def _gradients(self) -> list[float]:
        layers = dense_layers(self.model.layers)
        if self.obstacle is not None:
            return [0.0] * len(layers)
        gradients = self.model.gradients(self.problem.x_train[:GRADIENT_ROWS], self._targets[:GRADIENT_ROWS])
        return [float(np.linalg.norm(gradients[f"{layer.name}/kernel"])) for layer in layers]

    def _dead_and_saturated(self, x: Array) -> tuple[list[float], list[float]]:
        layers = activations_of(self.model)
        if not len(x):
            return [0.0] * len(layers), [0.0] * len(layers)
        outputs = self.model.activations(x)
        dead, saturated = [], []
        for layer, activation in layers:
            y = outputs[layer].reshape(-1, outputs[layer].shape[-1])
            dead.append(float((y == 0.0).all(axis=0).mean()) if activation in CAN_DIE else 0.0)
            saturated.append(float((SLOPES[activation](y) < SATURATED).mean()) if activation in SLOPES else 0.0)
        return dead, saturated


def _accuracy(counts: Array) -> float | None:
    """Return the share of the rows that are taken for what they are."""
    rows = counts.sum()
    return float(np.trace(counts) / rows) if rows else None
