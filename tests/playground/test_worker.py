"""The worker: what it answers to each command, in which order, and that it never waits for the page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rosenblatt import Sequential, playground
from rosenblatt.errors import ModelStateError
from rosenblatt.layers import Dense
from rosenblatt.playground import worker as module
from rosenblatt.playground.frames import Header, decode
from rosenblatt.playground.run import Run
from rosenblatt.playground.worker import Worker

Message = dict[str, Any]
SMALL = "count=40&layers=3:tanh"


class Page:
    """What a page does, without a network."""

    def __init__(self, address: str = SMALL, acknowledges: bool = True, **opened: Any) -> None:
        self.rung = threading.Event()
        self.acknowledges = acknowledges
        self.heard: list[Message] = []
        self.worker = Worker(playground.maker(**opened), address, self.rung.set)
        self.worker.start()

    @property
    def run(self) -> Run:
        return self.worker.run

    def send(self, do: str, **fields: Any) -> None:
        self.worker.receive(json.dumps({"do": do, **fields}))

    def next(self, seconds: float = 10.0) -> Message:
        """Return the next message; a frame is one of the type "frame"."""
        end = time.monotonic() + seconds
        while (got := self.worker.take()) is None:
            assert self.rung.wait(end - time.monotonic()), "the worker says nothing"
            self.rung.clear()
        if isinstance(got, bytes):
            header, sections = decode(got)
            if self.acknowledges:
                self.send("ack", sequence=header.sequence)
            message = {"type": "frame", "header": header, "sections": sections}
        else:
            message = json.loads(got)
        self.heard.append(message)
        return message

    def until(self, type: str, **fields: Any) -> Message:
        """Return the next message of a type, with these fields."""
        while True:
            message = self.next()
            if message["type"] == type and fields.items() <= message.items():
                return message
            assert message["type"] != "error" or type == "error", message

    def ask(self, do: str, answer: str, **fields: Any) -> Message:
        self.send(do, **fields)
        return self.until(answer)

    def row(self) -> list[Any]:
        [row] = self.until("metrics")["rows"]
        return row

    def frame(self) -> Header:
        return self.until("frame")["header"]

    def is_quiet(self, seconds: float = 0.1) -> bool:
        time.sleep(seconds)
        return not self.worker._outbox


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    page.until("frame")
    yield page
    page.worker.stop()
    page.worker.join()
    assert not page.worker.is_alive()


# --- How it begins -------------------------------------------------------------------------------


def test_it_begins_with_all_that_a_page_needs(page: Page) -> None:
    assert [message["type"] for message in page.heard] == ["welcome", "setup", "status", "rewound", "metrics", "frame"]
    welcome, setup, status, rewound, metrics, frame = page.heard
    assert {"data", "features", "activations", "outputs", "losses", "optimizers"} <= welcome["choices"].keys()
    assert welcome["limits"]["message"] == 1 << 20
    assert setup["address"] == "count=40&layers=3:tanh"
    assert len(setup["problem"]["points"]) == 40
    assert [layer["units"] for layer in setup["network"]["layers"]] == [3, 1]
    assert setup["network"]["layers"][1]["kernel"] == {"start": 9, "rows": 3, "columns": 1}
    assert status == {**status, "playing": False, "epoch": 0, "step": 0, "can_go_back": False, "speed": 60}
    assert rewound["epoch"] == -1  # the page forgets the rows of a run before
    assert metrics["rows"][0][:2] == [0, 0]
    assert frame["header"].train_loss == pytest.approx(metrics["rows"][0][2])


def test_what_is_wrong_in_an_address_is_told_and_left_as_it_is_by_default() -> None:
    page = Page("count=40&noise=7")
    error = page.until("error")
    assert (error["key"], error["arguments"]["field"]) == ("out_of_range", "noise")
    setup = page.until("setup")
    assert (setup["settings"]["count"], setup["settings"]["noise"]) == (40, 0.1)
    page.worker.stop()


# --- Steps ---------------------------------------------------------------------------------------


def test_steps_forward_and_back_give_the_same_rows(page: Page) -> None:
    page.send("epoch")
    first = page.row()
    page.send("epoch")
    second = page.row()
    assert (first[0], second[0]) == (1, 2)
    assert page.ask("back", "rewound")["epoch"] == 1
    assert page.until("status")["epoch"] == 1
    page.send("epoch")
    assert page.row() == second
    assert page.ask("rewind", "rewound")["epoch"] == -1
    assert page.row()[0] == 0
    page.send("epoch")
    assert page.row() == first


def test_a_batch_is_an_update_and_the_last_one_ends_the_epoch(page: Page) -> None:
    assert page.ask("batch", "status")["batch"] == 1
    assert page.frame().step == 1
    page.send("batch")
    assert page.row()[:2] == [1, 2]  # 20 training rows are two batches of 10
    assert page.until("status") == {**page.heard[-1], "epoch": 1, "batch": 0, "step": 2, "can_go_back": True}


def test_a_frame_shows_the_weights_and_losses_of_its_step(page: Page) -> None:
    page.send("epoch")
    row, frame = page.row(), page.until("frame")
    header, weights = frame["header"], frame["sections"][0].values
    assert (header.epoch, header.step) == (1, 2)
    np.testing.assert_allclose(header[6:], row[2:6], rtol=1e-6)
    np.testing.assert_array_equal(weights[0], page.run.model.state.params)


# --- Playing -------------------------------------------------------------------------------------


def test_after_the_answer_to_pause_nothing_more_is_trained(page: Page) -> None:
    page.send("play")
    for _ in range(3):
        page.row()
    page.send("pause")
    before = len(page.heard)
    status = page.until("status", playing=False)
    assert sum(message["type"] == "metrics" for message in page.heard[before:]) <= 10  # no queue stands before it
    step = status["step"]
    while not page.is_quiet():
        message = page.next()
        assert message["type"] == "frame"
        assert message["header"].step <= step
    assert page.run.step == step


def test_rows_of_metrics_are_never_dropped_however_little_the_page_reads(page: Page) -> None:
    for _ in range(60):
        page.send("epoch")
    time.sleep(0.3)  # all is done before anything is read
    assert [page.row()[0] for _ in range(60)] == list(range(1, 61))


def test_no_third_frame_is_made_before_one_is_acknowledged() -> None:
    page = Page(acknowledges=False)
    page.send("speed", value=None)
    page.send("play")
    frames, rows = [], 0
    while rows < 30:
        message = page.next()
        frames += [message] if message["type"] == "frame" else []
        rows += message["type"] == "metrics"
    assert len(frames) == 2
    page.send("ack", sequence=1)
    assert page.frame().sequence == 3
    page.send("pause")
    page.until("status", playing=False)
    assert page.is_quiet()
    page.send("ack", sequence=3)
    assert page.frame().step == page.run.step  # the newest
    page.worker.stop()


def test_nothing_is_painted_while_nothing_changes(page: Page) -> None:
    page.send("ack", sequence=1)
    assert page.is_quiet()
    page.send("look", hidden=1, outcome=None)
    assert page.frame().step == 0


def test_a_page_that_gives_no_sign_for_long_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    page = Page(acknowledges=False)
    page.send("play")
    page.until("status", playing=True)
    page.until("status", playing=False)
    page.worker.stop()


def test_speed_is_limited_to_so_many_epochs_a_second(page: Page) -> None:
    assert page.ask("speed", "status", value=20)["speed"] == 20
    begin = time.monotonic()
    page.send("play")
    epochs = [page.row()[0] for _ in range(5)]
    assert epochs == [1, 2, 3, 4, 5]
    assert time.monotonic() - begin >= 4 / 20 * (1 - module.NEARLY)  # one that is nearly due may start at once


def test_a_worker_with_nothing_to_do_takes_no_processor_time(page: Page) -> None:
    assert page.is_quiet()
    before = time.process_time()
    time.sleep(0.3)
    assert time.process_time() - before < 0.1


@pytest.mark.filterwarnings("ignore::rosenblatt.errors.NonFiniteLossWarning")
def test_a_run_that_diverges_stops_where_its_epoch_began(page: Page) -> None:
    page.send("set", changes={"data": "plane", "layers": [{"units": 8, "activation": "linear"}], "learning_rate": 10})
    page.until("setup")
    page.send("play")
    diverged = page.until("diverged")
    assert (diverged["learning_rate"], diverged["suggestion"]) == (10, 5)
    assert np.isfinite(page.run.model.state.params).all()
    assert not page.worker.playing
    rewound = [message for message in page.heard if message["type"] == "rewound"][-1]
    assert rewound["epoch"] == page.run.epoch


def test_a_network_that_cannot_learn_says_so_once(page: Page) -> None:
    page.send("set", changes={"layers": [{"units": 2, "activation": "step"}]})
    page.until("setup")
    page.send("play")
    assert page.until("error")["key"] == "refused"
    while not page.is_quiet():
        assert page.next()["type"] != "error"
    assert not page.worker.playing


# --- Changes -------------------------------------------------------------------------------------


def test_a_new_start_waits_for_play(page: Page) -> None:
    page.send("play")
    page.row()
    generation = page.ask("set", "setup", changes={"noise": 0.2})["generation"]
    assert generation == 2
    assert page.until("status") == {**page.heard[-1], "playing": False, "epoch": 0}
    assert page.frame().generation == 2


def test_other_changes_leave_the_run_playing(page: Page) -> None:
    page.send("play")
    page.row()
    setup = page.ask("set", "setup", changes={"learning_rate": 0.1})
    assert (setup["generation"], setup["settings"]["learning_rate"]) == (1, 0.1)
    assert page.worker.playing
    page.send("epoch")
    assert page.until("status", playing=False)["altered"]


def test_weights_edited_at_the_start_are_part_of_the_address(page: Page) -> None:
    setup = page.ask("weights", "setup", edits=[[0, 0.5], [9, -0.25]])
    assert "weights=0.5," in setup["address"]
    weights = page.until("frame")["sections"][0].values[0]
    assert (weights[0], weights[9]) == (0.5, -0.25)


def test_weights_edited_later_belong_to_the_run_alone(page: Page) -> None:
    page.ask("epoch", "metrics")
    page.send("weights", edits=[[0, 0.5]])
    assert page.until("status", altered=True)
    assert page.run.model.state.params[0] == 0.5
    assert page.run.settings.weights is None


def test_an_own_table_is_opened(page: Page) -> None:
    rows = "\n".join(f"{k % 7},{k % 5},{'꽃' if k % 7 > 3 else '풀'}" for k in range(30))
    setup = page.ask("table", "setup", name="표.csv", text=f"높이,너비,종류\n{rows}\n")
    assert setup["problem"]["classes"] == ["꽃", "풀"]
    assert setup["problem"]["axes"] == ["높이", "너비"]
    assert page.frame().generation == 2


# --- Questions -----------------------------------------------------------------------------------


def test_a_probe_reads_every_neuron_at_a_place(page: Page) -> None:
    probe = page.ask("probe", "probe", x=[0.25, -0.5])
    outputs = page.run.model.activations(np.array([[0.25, -0.5]], "float32"))
    assert probe["inputs"] == [0.25, -0.5]
    np.testing.assert_allclose(probe["layers"][0], outputs["dense"][0])
    np.testing.assert_allclose(probe["outputs"], outputs["dense_1"][0])


def test_a_sample_is_taken_apart(page: Page) -> None:
    by_row = page.ask("sample", "sample", row=3)
    np.testing.assert_allclose(by_row["x"], page.run.problem.rows[3])
    by_place = page.ask("sample", "sample", x=[0.5, 0.25], target=1, detail="primitive")
    assert (by_place["x"], by_place["target"], by_place["detail"]) == ([0.5, 0.25], [1.0], "primitive")


@pytest.fixture
def opened() -> Iterator[Page]:
    """A page on a model of three inputs and two outputs, with rows of its own."""
    model = Sequential([Dense(4, activation="tanh", input_shape=(3,)), Dense(2)], seed=1)
    model.compile("sgd", "mse")
    x = np.random.default_rng(1).normal(size=(40, 3))
    page = Page("", model=model, rows=(x, x[:, :2] - 1.0))
    page.until("frame")
    yield page
    page.worker.stop()
    page.worker.join()


def test_a_sample_of_several_numbers_is_compared_with_all_of_them(opened: Page) -> None:
    by_row = opened.ask("sample", "sample", row=3)
    np.testing.assert_allclose(by_row["target"], opened.run.problem.rows[3, :2] - 1.0, rtol=1e-6)
    assert opened.ask("sample", "sample", x=[0.5, 0.25], target=[1, -2])["target"] == [1.0, -2.0]
    assert opened.ask("sample", "error", x=[0.5, 0.25], target=1)["key"] == "not_a_number"


def test_other_axes_of_an_opened_model_change_the_plane_and_nothing_else(opened: Page) -> None:
    opened.ask("epoch", "metrics")
    opened.frame()
    before = len(opened.heard)
    setup = opened.ask("set", "setup", changes={"axes": ["x2", "x3"]})
    assert (setup["generation"], setup["problem"]["axes"]) == (1, ["x2", "x3"])
    assert opened.frame().epoch == 1
    assert opened.is_quiet()
    assert {message["type"] for message in opened.heard[before:]} == {"setup", "frame"}


def test_a_network_too_large_to_be_taken_apart_is_told_with_its_size(page: Page) -> None:
    page.send("set", changes={"layers": [{"units": 64, "activation": "tanh"}] * 2})
    page.until("setup")
    error = page.ask("sample", "error", row=0)
    assert error["key"] == "sample_too_large"
    assert error["arguments"]["nodes"] > error["arguments"]["limit"]


def test_code_gives_both_programs(page: Page) -> None:
    code = page.ask("code", "code")
    assert "rosenblatt" in code["python"]
    assert "keras" in code["keras"]
    assert code["exact"]


# --- What is wrong -------------------------------------------------------------------------------

WRONG: list[tuple[str, str]] = [
    ("", "malformed"),
    ("no JSON", "malformed"),
    ("[1, 2]", "malformed"),
    ('"play"', "malformed"),
    ("[" * 100_000, "malformed"),
    ('{"do": "set", "changes": {"noise": NaN}}', "malformed"),
    ('{"do": "set", "changes": {"noise": 1e999}}', "malformed"),
    ("{}", "unknown_command"),
    ('{"do": ["play"]}', "unknown_command"),
    ('{"do": "destroy"}', "unknown_command"),
    ('{"do": "hello", "token": "again"}', "unknown_command"),
    ('{"do": "set"}', "malformed"),
    ('{"do": "set", "changes": {"colour": 1}}', "unknown_name"),
    ('{"do": "set", "changes": {"noise": 2}}', "out_of_range"),
    ('{"do": "speed", "value": 3}', "unknown_name"),
    ('{"do": "speed", "value": true}', "unknown_name"),
    ('{"do": "speed", "value": [1]}', "unknown_name"),
    ('{"do": "weights", "edits": 5}', "malformed"),
    ('{"do": "weights", "edits": []}', "malformed"),
    ('{"do": "weights", "edits": [[1]]}', "malformed"),
    ('{"do": "weights", "edits": [[1000, 0]]}', "out_of_range"),
    ('{"do": "weights", "edits": [[0, "a"]]}', "not_a_number"),
    ('{"do": "look", "hidden": 2}', "out_of_range"),
    ('{"do": "look", "hidden": "last"}', "not_a_number"),
    ('{"do": "probe"}', "not_a_number"),
    ('{"do": "probe", "x": [1, null]}', "not_a_number"),
    ('{"do": "probe", "x": [1e300, 0]}', "out_of_range"),
    ('{"do": "probe", "x": [1%s, 0]}' % ("0" * 400), "out_of_range"),
    ('{"do": "sample", "row": 40}', "out_of_range"),
    ('{"do": "sample", "row": -1}', "out_of_range"),
    ('{"do": "sample", "x": [0, 0], "target": 2}', "out_of_range"),
    ('{"do": "rows", "start": 0}', "not_here"),
    ('{"do": "table", "name": "a.csv"}', "malformed"),
    ('{"do": "table", "name": "a.csv", "text": ""}', "table_empty"),
    ('{"do": "ack", "sequence": 4000000000}', "out_of_range"),
    ('{"do": "ack", "sequence": true}', "not_a_number"),
    ('{"do": "play", "why": "%s"}' % ("x" * (1 << 20)), "too_large"),
    ("[" * (1 << 21), "too_large"),  # not even read
    (' {"do" : "table", "name": "a.csv", "text": "%s"}' % ("x" * (4 << 20)), "too_large"),
    ('{"do": "table", "name": "a.csv", "text": "%s"}' % (("1" * 60 + "\\n") * (1 << 15)), "table_header"),
]


@pytest.mark.parametrize(("text", "key"), WRONG, ids=lambda value: value[:50])
def test_a_wrong_command_is_answered_with_its_error_and_changes_nothing(page: Page, text: str, key: str) -> None:
    settings, params = page.run.settings, page.run.model.state.params.copy()
    page.worker.receive(text)
    error = page.until("error")
    assert error["key"] == key
    assert not page.worker.playing
    assert page.run.settings == settings
    np.testing.assert_array_equal(page.run.model.state.params, params)
    assert page.ask("probe", "probe", x=[0, 0])  # the session lives on


def test_what_nobody_expected_is_told_and_logged_and_the_session_lives_on(
    page: Page, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(worker: Worker, command: Message) -> None:
        raise ZeroDivisionError("nobody expects this")

    monkeypatch.setitem(module.COMMANDS, "code", fail)
    error = page.ask("code", "error")
    assert (error["key"], error["arguments"]["detail"]) == ("refused", "ZeroDivisionError: nobody expects this")
    assert "Traceback" in capfd.readouterr().err
    assert page.ask("probe", "probe", x=[0, 0])


def test_a_frame_that_cannot_be_painted_is_told_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("no colours left")

    monkeypatch.setattr(page.worker._painter, "sections", fail)
    page.send("epoch")
    assert page.until("error")["arguments"]["detail"] == "ZeroDivisionError: no colours left"
    assert page.is_quiet()


def test_no_more_commands_are_read_while_too_many_wait(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(count: int, size: int) -> bool:
        worker = Worker(playground.maker(), SMALL, lambda: None)  # one that has not started reads nothing
        for _ in range(count):
            worker.receive("x" * size)
        return worker.is_behind

    assert [fill(63, 2), fill(64, 2)] == [False, True]
    assert [fill(3, 1 << 20), fill(4, 1 << 20)] == [False, True]  # a table, or a few of the longest messages


def test_no_more_commands_are_read_while_too_much_is_unread(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = len(json.dumps(page.ask("probe", "probe", x=[0, 0])))
    monkeypatch.setattr(module, "MOST_UNREAD_SIZE", 5 * probe)
    for _ in range(6):
        page.send("probe", x=[0, 0])
    time.sleep(0.2)
    assert page.worker.is_behind
    for _ in range(6):
        page.until("probe")
    assert not page.worker.is_behind


def test_a_run_that_a_page_does_not_read_pauses(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_UNREAD_SIZE", 10_000)
    page.ask("speed", "status", value=None)
    page.send("play")
    end = time.monotonic() + 10
    while not page.worker.is_behind and time.monotonic() < end:
        time.sleep(0.01)
    page.until("status", playing=True)
    epoch = page.until("status", playing=False)["epoch"]
    epochs = [row[0] for message in page.heard if message["type"] == "metrics" for row in message["rows"]]
    assert epochs == sorted(set(epochs))  # nothing is left out
    assert epochs[-1] == epoch


def test_a_run_that_cannot_be_made_is_told_and_the_thread_ends() -> None:
    def make_run(address: str) -> Any:
        raise ModelStateError("expected a built model")

    rung = threading.Event()
    worker = Worker(make_run, "", rung.set)
    worker.start()
    worker.join()
    assert not worker.is_alive()
    assert [json.loads(str(worker.take()))["type"] for _ in range(2)] == ["welcome", "error"]
