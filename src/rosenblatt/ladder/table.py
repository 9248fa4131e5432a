"""The ladder as a table: every rung run once, its figure beside the one that it must give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rosenblatt.errors import DatasetNotFoundError
from rosenblatt.ladder.data import cancer, fashion
from rosenblatt.ladder.step0_line import Line
from rosenblatt.ladder.step1_perceptron import TARGETS, TRUTH_TABLE, XOR, Perceptron
from rosenblatt.ladder.step2_single_layer import SingleLayer
from rosenblatt.ladder.step3_dual_layer import DualLayer
from rosenblatt.ladder.step4_random_init import RandomInitNetwork
from rosenblatt.ladder.step5_minibatch import MinibatchNetwork
from rosenblatt.ladder.step6_multi_class import MultiClassNetwork
from rosenblatt.ladder.xor import INPUTS, XORNetwork
from rosenblatt.ladder.xor import TARGETS as XOR_TARGETS


class Row(NamedTuple):
    """One line; `expected` is empty where no figure is published, and `epochs` is 0 where nothing is learnt.

    For the xor network, `epochs` counts updates; its setting says so.
    """

    rung: str
    name: str
    new: str
    setting: str
    epochs: int
    figure: str
    expected: str


def rows(full: bool = False) -> Iterator[Row]:
    """Run the ladder from the bottom and yield each row as soon as it is known.

    Args:
        full: True runs rung 6 on the whole of Fashion-MNIST, downloaded where it is not found, or on the bundled sample
            where it cannot be had; False on the sample. The row's setting says which.

    Example:
        >>> next(rows()).figure
        'z = 1.400 x + 0.500'
    """
    yield line()
    yield from gates()
    yield from one_output()
    yield from ten_outputs(full)
    yield from xor()


def line() -> Row:
    """Return rung 0: the line through four points."""
    learner = Line(learning_rate=0.1)
    learner.fit([1, 2, 3, 4], [2, 3, 5, 6], epochs=500)
    figure = f"z = {learner.w:.3f} x + {learner.b:.3f}"
    return Row("0", "Line", "downhill on the squared error", "4 points, lr 0.1", 500, figure, "")


def gates() -> Iterator[Row]:
    """Yield rung 1: AND and OR learnt by one unit, XOR composed of three."""
    expected = {"AND": "w = [0.2, 0.1], b = -0.20000000000000004", "OR": "w = [0.1, 0.1], b = -0.1"}
    for gate, figure in expected.items():
        unit = Perceptron(learning_rate=0.1, epochs=5)
        unit.fit(TRUTH_TABLE, TARGETS[gate])
        learned = f"w = {unit.w.tolist()}, b = {unit.b}"
        yield Row("1", "Perceptron", "a threshold that learns", f"{gate}, lr 0.1", 5, learned, figure)
    composed = " ".join(str(bit) for bit in XOR(TRUTH_TABLE))
    yield Row("1", "XOR", "units behind units", "AND(NAND(x), OR(x))", 0, composed, "0 1 1 0")


def one_output() -> Iterator[Row]:
    """Yield rungs 2 to 5: the accuracy on the validation rows of the breast-cancer table."""
    data = cancer()
    networks: list[tuple[str, SingleLayer, str, str, int]] = [
        ("2", SingleLayer(l2=0.01), "a sigmoid: downhill", "l2 0.01", 10_000),
        ("3", DualLayer(l2=0.01), "a hidden layer", "10 units, l2 0.01", 20_000),
        ("4", RandomInitNetwork(l2=0.01), "random starting weights", "10 units, l2 0.01", 500),
        ("5", MinibatchNetwork(batch_size=32, l2=0.01), "mini-batches", "10 units, batch 32, l2 0.01", 500),
        ("5", MinibatchNetwork(batch_size=128, l2=0.01), "mini-batches", "10 units, batch 128, l2 0.01", 500),
    ]
    for rung, network, new, setting, epochs in networks:
        network.fit(data.x_train, data.y_train, epochs)
        score = str(network.score(data.x_val, data.y_val))
        yield Row(rung, type(network).__name__, new, f"breast cancer, {setting}", epochs, score, "0.978021978021978")


def ten_outputs(full: bool) -> Iterator[Row]:
    """Yield rung 6, as the lectures print it and with the exact gradient of b2: the accuracy on the validation rows."""
    try:
        data = fashion(full)
    except DatasetNotFoundError:
        data, full = fashion(), False
    pictures = "Fashion-MNIST" if full else f"Fashion-MNIST sample ({len(data.x_train)} rows)"
    published = {"b2 as printed": "0.8150833333333334", "b2 exact": "0.81475"}
    for way, expected in published.items():
        network = MultiClassNetwork(units=100, batch_size=256, exact_bias_gradient=way == "b2 exact")
        network.fit(data.x_train, data.y_train, epochs=40)
        score = str(network.score(data.x_val, data.y_val))
        setting = f"{pictures}, 100 units, batch 256, {way}"
        yield Row("6", "MultiClassNetwork", "softmax", setting, 40, score, expected if full else "")


def xor() -> Iterator[Row]:
    """Yield the xor network after 10 000 updates, computed by us, and after those that give the lecture's figures."""
    lecture = "0.01144685 0.98853856 0.98734948 0.01447403"
    for updates, expected in {10_000: "", 31_020: lecture}.items():
        network = XORNetwork()
        network.fit(INPUTS, XOR_TARGETS, updates)
        outputs = " ".join(f"{output:.8f}" for output in network.outputs)
        setting = f"XOR, seed 5, lr 0.2, {updates:,} updates (not epochs)"
        yield Row("xor", "XORNetwork", "every derivative by hand", setting, updates, outputs, expected)
