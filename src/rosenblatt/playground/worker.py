"""The thread that trains: it reads commands between slices of at most 8 ms, and paints when the page can take it.

    page ── commands ──> inbox ──> Worker ──> outbox ──> page
                                   Run, Painter

Whatever the network does, the worker never waits for it: texts wait in the outbox in their order, and a frame is made
only while fewer than two are on their way. Without that, frames would queue up before a busy page, and the answer to a
pause behind them. A worker that has nothing to do sleeps until the next command.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from rosenblatt import __version__
from rosenblatt.errors import RosenblattError
from rosenblatt.json_values import as_json
from rosenblatt.layers import dense_layers
from rosenblatt.playground import choices, commands, description, problems, programs
from rosenblatt.playground.commands import Command
from rosenblatt.playground.errors import SettingsError, shown
from rosenblatt.playground.frames import Header, encode
from rosenblatt.playground.painter import Painter
from rosenblatt.playground.run import Diverged, Run
from rosenblatt.types import Array

if TYPE_CHECKING:
    from rosenblatt.playground.run import Figures

SLICE = 0.008  # seconds of training between two looks at the inbox, at most
CREDIT = 2  # frames on their way to the page
PATIENCE = 600.0  # seconds without a sign from the page, after which training pauses
MOST_WAITING = 64  # commands in the inbox, from which on the server stops reading
MOST_WAITING_SIZE = commands.LARGEST_TABLE  # of all of them, in characters
MOST_UNREAD_SIZE = 16 << 20  # of the outbox, in bytes: from there on the server stops reading, too, and the run pauses
SPEEDS = (1, 5, 20, 60, None)  # epochs a second; None for as fast as it goes
START_SPEED = 60  # an epoch a picture
NEARLY = 0.4  # of the time between two epochs

MakeRun = Callable[[str], tuple[Run, list[SettingsError]]]
Message = TypeVar("Message", str, str | bytes)


class Box(Generic[Message]):
    """Messages from one thread to another, in their order; a lock is not needed, as each counts on its own side."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._put = self._taken = 0  # characters or bytes

    def put(self, message: Message) -> None:
        """Add a message."""
        self._put += len(message)
        self._messages.append(message)

    def take(self) -> Message | None:
        """Return the oldest message, no longer in the box; None where there is none."""
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._taken += len(message)
        return message

    @property
    def size(self) -> int:
        """The length of all messages together, in characters or bytes."""
        return self._put - self._taken

    def __len__(self) -> int:
        return len(self._messages)


class Worker:
    """One page's run, in a thread of its own.

    Args:
        make_run: gives the run of an address, and what is wrong in it; called in the thread.
        address: the settings that the page asks for.
        ring: called, from the thread, whenever something lies in the outbox.
    """

    def __init__(self, make_run: MakeRun, address: str, ring: Callable[[], None]) -> None:
        self._make_run, self._address, self._ring = make_run, address, ring
        self._inbox: Box[str] = Box()
        self._outbox: Box[str | bytes] = Box()
        self._bell = threading.Event()
        self._has_begun = self._stopped = False
        self.run: Run
        self.playing = False
        self.speed: int | None = START_SPEED
        self._next_epoch = 0.0  # when it is due, where the speed is limited
        self._hidden: int | None = None  # the layer whose space is shown; the last hidden one where the page says none
        self._sequence = self._acknowledged = 0
        self._heard = time.monotonic()
        self._painted: tuple[int, int | None] | None = None  # what the last frame showed: changes, and the hidden layer
        self._measured = -1  # the changes that the figures know of
        self._figures: Figures
        self._told: dict[str, Any] = {}  # the status that the page knows
        self._thread = threading.Thread(target=self._work, name="rosenblatt playground", daemon=True)

    # --- For the server's thread ------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def receive(self, text: str) -> None:
        """Put a command of the page into the inbox."""
        self._inbox.put(text)
        self._bell.set()

    @property
    def is_behind(self) -> bool:
        """Whether so many commands or answers wait that no more commands should be read."""
        too_many = len(self._inbox) >= MOST_WAITING or self._inbox.size >= MOST_WAITING_SIZE
        return too_many or self._outbox.size >= MOST_UNREAD_SIZE

    def take(self) -> str | bytes | None:
        """Take the next message to the page out of the outbox: text or a frame, or None where there is none."""
        return self._outbox.take()

    def stop(self) -> None:
        """End the thread, after at most a slice."""
        self._stopped = True
        self._bell.set()

    def is_alive(self) -> bool:
        """Tell whether the thread still runs."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait until a thread that was stopped has ended; one that hangs is left behind.

        A large network may take seconds for a batch. Python must not end before: it would end the whole process below
        a thread that computes without the interpreter's lock, as an abort.
        """
        self._thread.join(timeout=30.0)

    # --- The thread -------------------------------------------------------------------------------

    def _work(self) -> None:
        self._guarded(self._begin)
        while self._has_begun and not self._stopped:
            self._bell.clear()
            for _ in range(len(self._inbox)):  # those that come meanwhile wait for a slice and a frame
                self._guarded(self._obey)
            if self.playing:
                self._guarded(self._train)
            self._guarded(self._paint)
            if not (self._inbox or self._stopped):
                self._bell.wait(self._time_to_rest())

    def _guarded(self, do: Callable[[], None]) -> None:
        """Do something while the page is there; what goes wrong is told to it, and the session lives on."""
        if self._stopped:
            return
        try:
            do()
        except SettingsError as error:
            self._complain(error.key, **error.arguments)
        except Diverged as error:
            self._send("rewound", epoch=self.run.epoch)
            rate = error.learning_rate
            self._send("diverged", epoch=error.epoch, learning_rate=rate, suggestion=rate / 2)
            self._tell_status()
        except RosenblattError as error:
            self._complain("refused", detail=str(error))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._complain("refused", detail=f"{type(error).__name__}: {error}")

    def _begin(self) -> None:
        limits = choices.limits() | {"message": commands.LARGEST_MESSAGE, "table": commands.LARGEST_TABLE}
        self._send("welcome", version=__version__, limits=limits, choices=choices.offered())
        self.run, errors = self._make_run(self._address)
        for error in errors:  # what is wrong in the address is left as it is by default, and told
            self._complain(error.key, **error.arguments)
        self._painter = Painter(self.run)
        self._set_up()
        self._has_begun = True

    def _time_to_rest(self) -> float | None:
        """Return how long nothing is to be done, in seconds; None for until the next command."""
        if not self.playing:
            return None
        return max(self._next_epoch - time.monotonic(), 0.0) if self.speed else 0.0

    def _train(self) -> None:
        now = time.monotonic()
        if now - self._heard > PATIENCE or self._outbox.size >= MOST_UNREAD_SIZE:
            self._pause()
            return
        if self.speed and now < self._next_epoch:
            return
        try:
            if self.run.slice(SLICE, 1 if self.speed else None, lambda: bool(self._inbox)):
                self._send_row()
                if self.speed:  # an epoch that came late does not make the next ones hurry
                    self._next_epoch = max(self._next_epoch + 1 / self.speed, now)
        except Exception:
            self._pause()
            raise

    def _pause(self) -> None:
        self.playing = False
        self._tell_status()

    # --- To the page ------------------------------------------------------------------------------

    def _send(self, type: str, **fields: Any) -> None:
        self._outbox.put(json.dumps(as_json({"type": type, **fields}), allow_nan=False))
        self._ring()

    def _complain(self, key: str, **arguments: Any) -> None:
        self._send("error", key=key, arguments=arguments)

    def _set_up(self) -> None:
        """Tell what the run is, and how it stands."""
        self._send(**description.setup(self.run))
        self._tell_status()
        if self.run.step == 0:
            self._restart_rows()

    def _restart_rows(self) -> None:
        self._send("rewound", epoch=-1)
        self._send_row()

    def _send_row(self) -> None:
        row = description.row(self._measure())
        self._send("metrics", generation=self.run.generation, rows=[row])

    def _tell_status(self) -> None:
        run = self.run
        status = {
            "playing": self.playing,
            "epoch": run.epoch,
            "batch": run.batch,
            "step": run.step,
            "can_go_back": run.can_go_back,
            "altered": run.altered,
            "speed": self.speed,
        }
        if status != self._told:
            self._told = status
            self._send("status", **status)

    def _measure(self) -> Figures:
        """Return the figures of the run as it stands, measured once."""
        if self.run.changed != self._measured:
            self._figures, self._measured = self.run.figures(), self.run.changed
        return self._figures

    def _paint(self) -> None:
        """Send a frame where something has changed and the page can take one."""
        state = (self.run.changed, self._hidden)
        if state == self._painted or self._sequence - self._acknowledged >= CREDIT:
            return
        self._painted = state  # before painting: what fails is not tried again until something changes
        figures = self._measure()
        sections = self._painter.sections(self._hidden, figures)
        self._sequence += 1
        header = Header(
            self.run.generation,
            self._sequence,
            self.run.epoch,
            self.run.batch,
            self.run.step,
            time.time() * 1000,
            *(math.nan if value is None else value for value in figures[2:6]),
        )
        self._outbox.put(encode(header, sections))
        self._ring()

    # --- Commands ---------------------------------------------------------------------------------

    def _obey(self) -> None:
        """Carry out the next command of the page."""
        command = commands.parse(self._inbox.take() or "")
        self._heard = time.monotonic()
        name = command.get("do")
        if not isinstance(name, str) or name not in COMMANDS:
            raise SettingsError("unknown_command", got=shown(name))
        COMMANDS[name](self, command)

    def _play(self, command: Command) -> None:
        self.playing = True
        self._next_epoch = time.monotonic()
        self._tell_status()

    def _stop_playing(self, command: Command) -> None:
        self._pause()

    def _batch(self, command: Command) -> None:
        self._pause()
        epoch = self.run.epoch
        self.run.batch_step()
        if self.run.epoch != epoch:
            self._send_row()
        self._tell_status()

    def _epoch(self, command: Command) -> None:
        self._pause()
        self.run.epoch_step()
        self._send_row()
        self._tell_status()

    def _rewind(self, command: Command) -> None:
        self._pause()
        self.run.rewind()
        self._restart_rows()
        self._tell_status()

    def _back(self, command: Command) -> None:
        self._pause()
        self.run.back()
        self._send("rewound", epoch=self.run.epoch)
        self._tell_status()

    def _set_speed(self, command: Command) -> None:
        value = command.get("value")
        if value not in SPEEDS or isinstance(value, bool):
            raise SettingsError("unknown_name", field="speed", got=shown(value), known=list(SPEEDS))
        self.speed, self._next_epoch = value, time.monotonic()
        self._tell_status()

    def _set(self, command: Command) -> None:
        generation = self.run.generation
        self.run.change(commands.mapping(command, "changes"))
        self._renew(generation)

    def _open_table(self, command: Command) -> None:
        generation = self.run.generation
        self.run.open_table(commands.text(command, "name"), commands.text(command, "text"))
        self._renew(generation)

    def _renew(self, generation: int) -> None:
        """Tell the new settings; a new start waits for play."""
        if self.run.generation != generation:
            self.playing = False
        self._set_up()

    def _edit_weights(self, command: Command) -> None:
        before = self.run.settings
        self.run.edit(commands.edits(command))
        if self.run.settings != before:  # at the start, weights are part of the settings
            self._set_up()
        self._tell_status()

    def _look(self, command: Command) -> None:
        last = len(dense_layers(self.run.model.layers)) - 1
        self._hidden = None if command.get("hidden") is None else commands.whole(command, "hidden", 0, last)

    def _probe(self, command: Command) -> None:
        first, second = commands.numbers(command, "x", 2)
        self._send(**description.place(self.run, (first, second)))

    def _sample(self, command: Command) -> None:
        problem = self.run.problem
        if "row" in command:
            row = commands.whole(command, "row", 0, len(problem.rows) - 1)
            x, target = problem.rows[row], problem.targets[row : row + 1]
        else:
            x = problem.inputs_at(np.array([commands.numbers(command, "x", 2)]))[0]
            target = self._target(command)
        detail = commands.text(command, "detail") if "detail" in command else "lecture"
        self._send(**description.sample(self.run, x, target, detail))

    def _target(self, command: Command) -> Array:
        """Return the target of a place: a class number, (1,), or a number or several, (1,) or (1, outputs)."""
        classes, outputs = len(self.run.problem.classes), self.run.model.plan.output_shape[0]
        if classes:
            return np.array([commands.whole(command, "target", 0, classes - 1)])
        if outputs == 1:
            return np.array([commands.number("target", command.get("target"))])
        return np.array([commands.numbers(command, "target", outputs)])

    def _code(self, command: Command) -> None:
        self._send("code", **programs.code(self.run))

    def _save(self, command: Command) -> None:
        self._send("file", **programs.saved(self.run))

    def _rows(self, command: Command) -> None:
        self._send("rows", **description.rows(self.run, commands.whole(command, "start", 0, problems.MOST_ROWS)))

    def _acknowledge(self, command: Command) -> None:
        sequence = commands.whole(command, "sequence", 0, self._sequence)
        self._acknowledged = max(self._acknowledged, sequence)
        now = time.monotonic()
        # The page has just painted: an epoch that is nearly due starts now, and its picture is there for the next one.
        if self.speed and 0.0 < self._next_epoch - now < NEARLY / self.speed:
            self._next_epoch = now


COMMANDS: dict[str, Callable[[Worker, Command], None]] = {
    "play": Worker._play,
    "pause": Worker._stop_playing,
    "batch": Worker._batch,
    "epoch": Worker._epoch,
    "rewind": Worker._rewind,
    "back": Worker._back,
    "speed": Worker._set_speed,
    "set": Worker._set,
    "table": Worker._open_table,
    "weights": Worker._edit_weights,
    "look": Worker._look,
    "probe": Worker._probe,
    "sample": Worker._sample,
    "code": Worker._code,
    "rows": Worker._rows,
    "save": Worker._save,
    "ack": Worker._acknowledge,
}
