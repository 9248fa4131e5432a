"""The ladder: from a line that learns to a network of ten classes, one new idea in each file.

    step0_line            Line                                a line by gradient descent
    step1_perceptron      Perceptron, AND, OR, NAND, XOR      a threshold, and what one line cannot part
    step2_single_layer    SingleLayer                         a sigmoid neuron on the logistic loss
    step3_dual_layer      DualLayer                           a hidden layer: backpropagation
    step4_random_init     RandomInitNetwork                   random starting weights
    step5_minibatch       MinibatchNetwork                    many small steps in one epoch
    step6_multi_class     MultiClassNetwork                   softmax over several classes
    xor                   XORNetwork                          every derivative of XOR by hand

Each file imports only NumPy (and the rung that it extends), and tells what it shows when it runs by itself:
`python -m rosenblatt.ladder.step3_dual_layer`, in Korean with `--lang ko`. `table.rows()` runs them all.

한국어: 직선에서 열 가지 클래스의 신경망까지, 파일마다 새로운 생각을 하나씩 더합니다. 파일을 그대로 실행하면
(`python -m rosenblatt.ladder.step3_dual_layer --lang ko`) 무엇을 보여 주는지 실제 수치와 함께 알려 줍니다.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.ladder.step0_line import Line
    from rosenblatt.ladder.step1_perceptron import AND, NAND, OR, XOR, Perceptron
    from rosenblatt.ladder.step2_single_layer import SingleLayer
    from rosenblatt.ladder.step3_dual_layer import DualLayer
    from rosenblatt.ladder.step4_random_init import RandomInitNetwork
    from rosenblatt.ladder.step5_minibatch import MinibatchNetwork
    from rosenblatt.ladder.step6_multi_class import MultiClassNetwork
    from rosenblatt.ladder.xor import XORNetwork

__all__ = [
    "AND",
    "NAND",
    "OR",
    "XOR",
    "DualLayer",
    "Line",
    "MinibatchNetwork",
    "MultiClassNetwork",
    "Perceptron",
    "RandomInitNetwork",
    "SingleLayer",
    "XORNetwork",
]

# Where each name lives. A file is imported when a name of it is first asked for, so that `python -m` can run any one of
# them as the main program without its being imported already.
HOMES = {
    "Line": "step0_line",
    "Perceptron": "step1_perceptron",
    "AND": "step1_perceptron",
    "OR": "step1_perceptron",
    "NAND": "step1_perceptron",
    "XOR": "step1_perceptron",
    "SingleLayer": "step2_single_layer",
    "DualLayer": "step3_dual_layer",
    "RandomInitNetwork": "step4_random_init",
    "MinibatchNetwork": "step5_minibatch",
    "MultiClassNetwork": "step6_multi_class",
    "XORNetwork": "xor",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
