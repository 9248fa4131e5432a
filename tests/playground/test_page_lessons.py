"""The six lessons in a real browser: each step is ticked by what its text asks for, and not before."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from tests.playground.conftest import Row, Tool

Start = Callable[..., Tool]

# What a learner may have before a lesson; none of it is like what the lessons set.
OWN = "data=moons&count=120&layers=3:relu&learning_rate=0.07&optimizer=adam&seed=5"
STEPS = """async () => Object.fromEntries((await import("./lessons/lessons.js")).LESSONS.map(
    ({ name, steps }) => [name, steps.map((step) => ({ name: step.name, sets: Boolean(step.changes) }))]))"""
EPOCH_BY_EPOCH = "60"  # a second: quick, and a row of figures for each
AS_FAST_AS_IT_GOES = "null"


class Learner:
    """Someone who goes through a lesson on the page."""

    def __init__(self, tool: Tool) -> None:
        self.tool, self.page = tool, tool.page
        self.body = self.page.locator("#lesson .body")
        self.steps: dict[str, list[dict[str, Any]]] = self.page.evaluate(STEPS)
        self.lesson, self.step = "", 0

    # --- Through the lesson -----------------------------------------------------------------------

    def enter(self, lesson: str) -> None:
        self.lesson, self.step = lesson, 0
        self._arrive(self.page.locator(f"button[data-lesson={lesson}]"))

    def go_on(self) -> None:
        self.step += 1
        self._arrive(self.page.get_by_role("button", name="Next", exact=True))

    def _arrive(self, button: Any) -> None:
        """Press a button that leads to a step, and wait until the tool is set for it."""
        setups = len(self.tool.told("setup"))
        button.click()
        self.page.locator(f"#lesson .body[data-lesson={self.lesson}][data-step='{self.step}']").wait_for()
        if self.steps[self.lesson][self.step]["sets"]:
            self.tool.wait(lambda: len(self.tool.told("setup")) > setups)
        self.tool.rest()

    @property
    def is_done(self) -> bool:
        self.tool.painted()  # the tick follows, a picture later, what it is for
        return self.body.get_attribute("data-done") == "true"

    def wait_until_done(self) -> None:
        self.page.locator("#lesson .body[data-done=true]").wait_for()

    @property
    def text(self) -> str:
        return self.page.locator(".lesson-step").inner_text()

    # --- What the texts ask for -------------------------------------------------------------------

    def type(self, name: str, value: float) -> None:
        """Type a number of the chosen neuron."""
        field = self.page.locator("#neuron").get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(value))
        field.press("Enter")

    def set(self, name: str, value: float) -> None:
        """Set a number of the data or of the training."""
        field = self.page.get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(value))
        field.press("Enter")

    def drag_line(self, along: float) -> None:
        """Drag the only line over the plane of a gate, by so much to the right and as much up."""
        handle = self.page.get_by_role("slider", name="line")
        handle.hover()  # when it rests, and where the lesson, which stays in sight, does not lie over it
        box, canvas = handle.bounding_box(), self.page.locator("canvas.output").bounding_box()
        assert box is not None
        assert canvas is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        pixels = along * (canvas["width"] - 60) / 2  # the plane is 2 wide; axes and margins take the rest
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + pixels, y - pixels, steps=5)
        self.page.mouse.up()

    def speed(self, value: str) -> None:
        self.page.get_by_role("combobox", name="Speed").select_option(value)

    def play(self, speed: str = EPOCH_BY_EPOCH) -> None:
        self.speed(speed)
        self.page.get_by_role("button", name="Play", exact=True).click()
        self.tool.until("data.playing === 'true'")

    def pause(self) -> None:
        self.page.get_by_role("button", name="Pause", exact=True).click()
        self.tool.until("data.playing === 'false'")

    def play_until_done(self) -> None:
        self.play()
        self.wait_until_done()
        self.pause()

    def activate(self, activation: str) -> None:
        """Choose an activation function in both hidden layers, and rewind."""
        for number in (1, 2):
            self.page.get_by_role("combobox", name=f"Activation: Hidden {number}").select_option(activation)
        self.page.get_by_role("button", name="Rewind").click()
        self.tool.rest()

    def point_at_the_output(self) -> None:
        self.page.mouse.move(2, 2)
        self.page.locator("canvas.output").hover()

    def follow_the_sample(self) -> None:
        """Step through the sample by the button, until the step asked for is reached."""
        button = self.page.get_by_role("button", name="Next operation")
        self.page.locator("#sample .body[data-step]").wait_for()
        for _ in range(40):
            assert button.is_enabled()
            before = self.page.locator("#sample .body").get_attribute("data-step")
            button.click()
            self.page.locator(f"#sample .body:not([data-step='{before}'])").wait_for()
            if self.is_done:
                return
        raise AssertionError("the step of the lesson is not reached")

    def follow_by_keys(self) -> None:
        """Step through the sample by the arrow keys, until the step asked for is reached."""
        graph = self.page.locator(".sample-graph")
        self.page.locator("#sample .body[data-step]").wait_for()
        for _ in range(60):
            graph.press("ArrowRight")
            if self.is_done:
                return
        raise AssertionError("the step of the lesson is not reached")

    # --- What the texts say -----------------------------------------------------------------------

    def says(self, *texts: str) -> None:
        """The step's text holds these words, whatever dash or minus it is set with."""
        for text in texts:
            assert re.search(rf"(?<![\d.]){re.escape(text)}(?![\d]|\.\d)", self.text.replace("−", "-")), text

    def rows(self) -> list[Row]:
        """The figures since the last start."""
        start = max(k for k, row in enumerate(self.tool.rows) if row.epoch == 0)
        return self.tool.rows[start:]

    def first(self, condition: Callable[[Row], bool]) -> int:
        """The first epoch with such figures."""
        return next(row.epoch for row in self.rows() if condition(row))


Act = Callable[[Learner], None]


class Step(NamedTuple):
    """What a learner does at a step, and what is true of its text after it."""

    name: str
    act: Act
    check: Act = lambda learner: None


def reaches(condition: Callable[[Row], bool]) -> Act:
    """The text says after how many epochs something comes true, and so it is."""
    return lambda learner: learner.says(f"{learner.first(condition)} epochs")


def shows(*numbers: str) -> Act:
    """The text's numbers are those of the sample on the page."""

    def check(learner: Learner) -> None:
        shown = learner.page.locator("#sample .body").inner_text().replace("−", "-")
        learner.says(*numbers)
        for number in numbers:
            assert number in shown

    return check


def turn_the_signs(learner: Learner) -> None:
    learner.type("weight from x₁", -0.5)
    learner.type("weight from x₂", -0.5)
    learner.tool.rest()
    assert not learner.is_done
    learner.type("bias b", 0.7)


def play_two_hundred(learner: Learner) -> None:
    learner.play(AS_FAST_AS_IT_GOES)
    learner.wait_until_done()
    learner.pause()
    assert learner.tool.epoch >= 200


def is_stuck_at_ln_2(learner: Learner) -> None:
    assert learner.rows()[-1].train_loss == pytest.approx(0.693, abs=5e-4)
    learner.says("0.693")


def find_a_seed(learner: Learner) -> None:
    learner.play(AS_FAST_AS_IT_GOES)
    learner.tool.until("+data.epoch >= 300")
    learner.pause()
    assert not learner.is_done
    learner.set("Seed", 3)
    learner.tool.until("+data.epoch === 0")
    learner.tool.rest()
    assert not learner.is_done
    learner.play_until_done()
    assert learner.tool.epoch < 300


def choose_tanh(learner: Learner) -> None:
    learner.activate("tanh")
    assert not learner.is_done
    learner.play_until_done()


def choose_leaky(learner: Learner) -> None:
    learner.activate("leaky_relu")
    assert not learner.is_done
    learner.play_until_done()
    rows = learner.rows()
    assert max(rows[-1].dead) == 0
    assert min(row.train_loss for row in rows[:21]) < 0.6 * rows[0].train_loss  # it falls, and is not calm


def gradient_starves(learner: Learner) -> None:
    gradients = next(row for row in learner.rows() if row.epoch == 20).gradients
    assert gradients[0] / gradients[-1] == pytest.approx(1 / 13_000, rel=0.1)
    learner.says("1/1000", "1/13,000")


def gradient_arrives(learner: Learner) -> None:
    assert all(row.gradients[0] / row.gradients[-1] > 1 / 20 for row in learner.rows()[1:])
    reaches(lambda row: (row.test_accuracy or 0) >= 0.95)(learner)


def second_layer_is_dead(learner: Learner) -> None:
    rows = learner.rows()
    assert rows[3].epoch == 3
    assert rows[2].dead[1] < 1
    assert all(row.dead[1] == 1 for row in rows[3:])
    assert "100" in learner.page.locator("#gradients").inner_text()


def probability_shares(*numbers: str) -> Act:
    def check(learner: Learner) -> None:
        learner.says(*numbers)
        assert learner.tool.told("probe")[-1]["outputs"] == pytest.approx([float(each) for each in numbers], abs=0.006)

    return check


def learnt_from_thirds(learner: Learner) -> None:
    rows = learner.rows()
    learner.says(f"{rows[0].train_loss:.3f}", f"{rows[1].train_loss:.3f}")
    reaches(lambda row: row.train_loss < 0.1)(learner)


def half_of_the_epochs_are_worse(learner: Learner) -> None:
    losses = [row.train_loss for row in learner.rows()][:51]
    worse = sum(after > before for before, after in pairwise(losses))
    assert 20 <= worse <= 30


def smoothen(learner: Learner) -> None:
    learner.page.get_by_label("Smoothing").fill("0.8")


def choose_fifty(learner: Learner) -> None:
    learner.set("Batch size", 50)
    learner.tool.wait(lambda: learner.tool.setup["settings"]["batch_size"] == 50)
    learner.tool.rest()
    assert not learner.is_done
    learner.play_until_done()


def remembers_all_three(learner: Learner) -> None:
    own = learner.first(lambda row: row.train_loss < 0.3)
    learner.page.get_by_text(f"batches of 50: {own}.").wait_for()
    # The epochs of each, and the updates that the text reckons from them.
    found = re.search(r"full batch: (\d+); batches of 10: (\d+); batches of 50: (\d+)", learner.text)
    assert found is not None
    full, ten, fifty = map(int, found.groups())
    learner.says(f"{full}, {25 * ten} and {5 * fifty}")


falls_below = {
    loss: reaches(lambda row, loss=loss: row.train_loss < loss)  # type: ignore[misc]
    for loss in (0.1, 0.3)
}

LESSONS = {
    "gates": [
        Step("neuron", lambda learner: learner.type("bias b", -0.7)),
        Step("line", lambda learner: learner.drag_line(0.2)),
        Step("or", lambda learner: learner.drag_line(-0.5)),
        Step("nand", turn_the_signs),
        Step("learn", Learner.play_until_done, reaches(lambda row: row.train_accuracy == 1)),
        Step("sure", Learner.play_until_done, falls_below[0.1]),
    ],
    "xor": [
        Step("one", play_two_hundred, is_stuck_at_ln_2),
        Step("line", lambda learner: learner.drag_line(-0.5)),
        Step("compose", lambda learner: learner.type("bias b", -0.2)),
        Step("space", lambda learner: learner.type("bias b", -0.9)),
        Step("learn", Learner.play_until_done, reaches(lambda row: row.train_accuracy == 1)),
        Step("luck", find_a_seed),
    ],
    "activations": [
        Step("linear", Learner.play_until_done, is_stuck_at_ln_2),
        Step("tanh", choose_tanh, reaches(lambda row: (row.test_accuracy or 0) >= 0.95)),
        Step("sigmoid", Learner.play_until_done, gradient_starves),
        Step("relu", Learner.play_until_done, gradient_arrives),
        Step("dead", Learner.play_until_done, second_layer_is_dead),
        Step("leaky", choose_leaky),
    ],
    "sample": [
        Step("sum", Learner.follow_the_sample, shows("0.300")),
        Step("activation", Learner.follow_the_sample, shows("0.574")),
        Step("loss", Learner.follow_the_sample, shows("0.554")),
        Step("error", Learner.follow_the_sample, shows("-0.426", "0.244")),
        Step("gradient", Learner.follow_the_sample, shows("-0.426")),
        Step("update", Learner.follow_the_sample, shows("0.5426", "-0.6574", "0.502", "0.554")),
        Step("other", Learner.follow_by_keys, shows("0.450")),
    ],
    "softmax": [
        Step("share", Learner.point_at_the_output, probability_shares("0.59", "0.26", "0.15")),
        Step("compare", Learner.point_at_the_output, probability_shares("0.74", "0.18", "0.08")),
        Step("far", Learner.follow_by_keys, shows("2.303")),
        Step("near", Learner.follow_the_sample, shows("0.693")),
        Step("right", Learner.follow_by_keys, shows("0.105")),
        Step("learn", Learner.play_until_done, learnt_from_thirds),
    ],
    "minibatch": [
        Step("full", Learner.play_until_done, falls_below[0.3]),
        Step("mini", Learner.play_until_done, falls_below[0.3]),
        Step("single", Learner.play_until_done, half_of_the_epochs_are_worse),
        Step("smooth", smoothen),
        Step("choose", choose_fifty, remembers_all_three),
    ],
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_gone_through_and_gives_the_own_settings_back(tool: Start, lesson: str) -> None:
    page = tool(OWN)
    learner = Learner(page)
    assert [step.name for step in LESSONS[lesson]] == [step["name"] for step in learner.steps[lesson]]
    learner.speed("5")
    learner.tool.rest()
    settings, address = page.setup["settings"], page.setup["address"]
    learner.enter(lesson)
    for number, step in enumerate(LESSONS[lesson]):
        if number:
            learner.go_on()
        assert not learner.is_done, step.name
        step.act(learner)
        learner.wait_until_done()
        step.check(learner)
    assert page.setup["settings"] != settings
    learner.page.get_by_role("button", name="Finish").click()
    page.until(f"location.hash.endsWith({'&' + address!r})")
    learner.tool.rest()
    assert page.setup["settings"] == settings
    assert (page.epoch, page.playing) == (0, False)
    assert page.told("status")[-1]["speed"] == 5
    assert learner.page.locator("button[data-lesson]").count() == len(LESSONS)
    assert learner.page.locator(f"button[data-lesson={lesson}]").is_visible()


def test_a_lesson_is_left_in_the_middle_of_a_run(tool: Start) -> None:
    page = tool(OWN)
    learner = Learner(page)
    settings = page.setup["settings"]
    learner.enter("activations")
    learner.play("20")
    page.until("+data.epoch >= 2")
    learner.page.get_by_role("button", name="Leave", exact=True).click()
    learner.tool.wait(lambda: page.setup["settings"] == settings)
    page.until("+data.epoch === 0 && data.playing === 'false'")


def test_an_own_table_is_back_after_a_lesson(tool: Start) -> None:
    page = tool()
    text = "width,height,kind\n" + "".join(f"{k % 7},{k % 5},{'ab'[k % 2]}\n" for k in range(40))
    page.page.locator("#data input[type=file]").set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.until("data.generation === '2'")
    learner = Learner(page)
    learner.tool.rest()
    settings, problem = page.setup["settings"], page.setup["problem"]
    learner.enter("gates")
    assert page.setup["settings"]["data"] == "AND"
    learner.page.get_by_role("button", name="Leave", exact=True).click()
    learner.tool.wait(lambda: page.setup["settings"]["data"] == "table")
    assert page.setup["settings"] == settings
    assert page.setup["problem"] == problem


def test_a_step_is_set_up_again(tool: Start) -> None:
    page = tool()
    learner = Learner(page)
    learner.enter("gates")
    learner.type("bias b", 0.4)
    learner.tool.rest()
    assert page.frames[-1].weights.tolist() == pytest.approx([0.5, 0.5, 0.4])
    learner.page.get_by_role("button", name="Set up again").click()
    learner.tool.wait(lambda: page.frames[-1].weights.tolist() == pytest.approx([0.5, 0.5, -0.2]))
    assert not learner.is_done


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_there_in_korean_too(tool: Start, lesson: str) -> None:
    page = tool(query="?lang=ko")
    learner = Learner(page)
    learner.enter(lesson)
    korean = page.page.evaluate("async () => (await import('./words/lessons.ko.js')).default")
    seen = set()
    for number, step in enumerate(learner.steps[lesson]):
        learner.step = number
        if number:
            learner._arrive(learner.page.locator(".lesson-steps button").nth(number))
        task = learner.page.locator(".lesson-task").inner_text()
        assert task == korean[f"lesson.{lesson}.{step['name']}.task"]
        assert re.search("[가-힣]", learner.text)
        assert "{" not in learner.text
        seen.add(learner.text)
        assert learner.page.locator(".lesson-steps [aria-current=step]").inner_text() == str(number + 1)
        assert not learner.is_done
    assert len(seen) == len(learner.steps[lesson])
    learner.page.get_by_role("button", name="마치기").click()
    learner.page.locator("button[data-lesson]").first.wait_for()


def test_a_step_that_is_done_already_is_ticked_when_it_is_reached(tool: Start) -> None:
    learner = Learner(tool())
    learner.enter("sample")
    learner.page.locator("#sample .body[data-step]").wait_for()
    learner.page.get_by_role("button", name="To the last operation").click()
    learner.wait_until_done()
    for _ in range(5):
        learner.go_on()
        learner.wait_until_done()
    learner.go_on()  # to another sample
    assert not learner.is_done


@pytest.mark.parametrize("start", ["Show “One sample, step by step”", "One sample by hand", None])
def test_the_arrow_keys_step_through_the_sample_from_anywhere(tool: Start, start: str | None) -> None:
    learner = Learner(tool())
    learner.enter("sample")
    learner.page.locator("#sample .body[data-step='0']").wait_for()
    if start:
        learner.page.get_by_text(start, exact=True).locator("visible=true").click()
    learner.page.keyboard.press("ArrowRight")
    learner.page.locator("#sample .body[data-step='1']").wait_for()
    learner.page.locator("#speed").press("ArrowUp")  # what has keys of its own keeps them
    learner.page.locator("#speed").press("ArrowRight")
    learner.tool.painted()
    assert learner.page.locator("#sample .body").get_attribute("data-step") == "1"


def test_in_a_lesson_about_the_sample_other_keys_are_left_to_the_page(tool: Start) -> None:
    learner = Learner(tool())
    learner.enter("sample")
    body = learner.page.locator("#sample .body[data-step='0']")
    body.wait_for()
    learner.page.locator("#code").get_by_role("heading").get_by_role("button").click()
    program = learner.page.locator("#program")
    program.get_by_text("rosenblatt").first.wait_for()
    program.press("ArrowRight")  # scrolls what has the focus
    learner.page.locator("#code-title button").press("End")  # scrolls the page
    learner.tool.painted()
    assert body.count() == 1
    fold = learner.page.locator("#sample-title button")
    fold.click()
    fold.press("ArrowRight")
    learner.tool.press("ArrowRight")
    fold.click()
    learner.tool.painted()
    assert body.count() == 1  # what is folded away does not go on


def test_without_such_a_lesson_the_arrow_keys_belong_to_the_sample_alone(tool: Start) -> None:
    page = tool()
    page.page.locator("#sample").get_by_role("heading").get_by_role("button").click()
    body = page.page.locator("#sample .body[data-step]")
    body.wait_for()
    page.page.evaluate("document.activeElement.blur()")
    page.press("ArrowRight")
    page.painted()
    assert body.get_attribute("data-step") == "0"
    page.page.locator("#sample-title button").press("ArrowRight")
    page.page.locator("#sample .body[data-step='1']").wait_for()


def test_show_brings_the_focus_to_its_section(tool: Start) -> None:
    learner = Learner(tool())
    learner.enter("activations")
    learner.page.get_by_role("button", name="Show “Output”").click()
    assert learner.page.evaluate("document.activeElement.id") == "output-title"


def test_the_lessons_say_what_becomes_of_the_own_run(tool: Start) -> None:
    page = tool()
    assert "starts anew" in page.page.locator(".lesson-choice .hint").first.inner_text()


@pytest.mark.parametrize("touched", ["share", "compare"])
def test_the_output_is_read_by_touch(tool: Start, touched: str) -> None:
    learner = Learner(tool(width=360, height=760, has_touch=True, is_mobile=True))
    learner.enter("softmax")
    if touched == "compare":
        learner.go_on()
    learner.page.locator("canvas.output").tap(position={"x": 150, "y": 120})
    learner.wait_until_done()
    learner.tool.rest()
    assert learner.page.locator("#output-readout").inner_text().count("P(") == 3  # it stays when the finger has gone


def test_a_finger_that_swipes_reads_nothing(tool: Start) -> None:
    page = tool("layers=4:tanh", width=360, height=760, has_touch=True, is_mobile=True)
    canvas = page.page.locator("canvas.output")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    readout, cross = page.page.locator("#output-readout"), page.page.locator(".output-cross")
    hint = readout.inner_text()
    finger = page.page.context.new_cdp_session(page.page)
    x, y = box["x"] + 80, box["y"] + 120
    for kind, along in [("touchStart", 0), *(("touchMove", 20 * place) for place in range(1, 6))]:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + along, "y": y + along / 10}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.rest()
    assert readout.inner_text() == hint
    assert page.told("probe") == []
    canvas.tap(position={"x": 150, "y": 120})
    page.wait(lambda: bool(page.told("probe")))
    page.rest()
    assert readout.inner_text() != hint
    assert not cross.evaluate("(cross) => cross.hidden")
    readout.tap()
    page.wait(lambda: readout.inner_text() == hint)
    assert cross.evaluate("(cross) => cross.hidden")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (700, 500), (1280, 900)])
def test_the_task_stays_in_sight_where_it_is_done(tool: Start, width: int, height: int) -> None:
    learner = Learner(tool(width=width, height=height, reduced_motion="reduce"))  # which scrolls at once
    learner.enter("gates")
    learner.page.get_by_role("button", name="Show “Chosen neuron”").click()
    learner.tool.until("scrollY > 0")
    for name in (".lesson-task", ".lesson-buttons .primary"):
        box = learner.page.locator(name).bounding_box()
        assert box is not None
        assert 0 <= box["y"] < box["y"] + box["height"] <= height, name
    learner.go_on()
    assert learner.step == 1


# Where everything lies when the page is scrolled to its end.
AT_THE_END = """() => {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    const foot = document.querySelector(".lesson-foot");
    const place = (each) => each.getBoundingClientRect();
    const covered = place(document.querySelector("main")).bottom - place(foot).top;
    const buttons = [...foot.querySelectorAll("button")].map(place).map(({ left, right }) => [left, right]);
    return [foot.offsetHeight, covered, buttons];
}"""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (740, 360)])
def test_the_task_and_its_buttons_fit_into_a_small_window(tool: Start, width: int, height: int, language: str) -> None:
    learner = Learner(tool(query=f"?lang={language}", width=width, height=height))
    for lesson in ("gates", "sample"):  # the shortest texts and the longest
        learner.page.locator(f"button[data-lesson={lesson}]").click()
        for step in range(len(LESSONS[lesson])):
            learner.page.locator(".lesson-steps button").nth(step).click()
            learner.page.locator(f"#lesson .body[data-lesson={lesson}][data-step='{step}']").wait_for()
            learner.tool.painted()
            tall, covered, buttons = learner.page.evaluate(AT_THE_END)
            assert covered <= 1, (lesson, step)
            assert tall < 64 or height > 400, (lesson, step)
            assert all(0 <= left < right <= width for left, right in buttons), (lesson, step)
        learner.page.locator(".lesson-open header > button").click()
        learner.page.locator(f"button[data-lesson={lesson}]").wait_for()
