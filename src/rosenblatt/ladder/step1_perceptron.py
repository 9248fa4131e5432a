"""Rung 1: the perceptron (Rosenblatt, 1957), and the gates it can and cannot be.

A perceptron is a line with a threshold behind it. It says 1 on one side of the line and 0 on the other:

    z = b + w · x               output = 1 where z >= 0, else 0

The threshold is flat, so it has no slope to go down. Rosenblatt's rule needs none. Show the unit one sample at a time:

    err = target - output       0 when it is right, +1 when it should have fired, -1 when it should not
    b <- b + lr err
    w <- w + lr err x           only inputs that were on share the blame

After such a step z has grown by lr err (1 + x · x): for this sample it has moved the right way. If any line separates
the two classes, the rule finds one after finitely many mistakes (Novikoff, 1962).

And if no line does? XOR is such a case. A unit that computes it would need

    (0,0) -> 0:  b < 0              (0,1) -> 1:  b + w2 >= 0
    (1,1) -> 0:  b + w1 + w2 < 0    (1,0) -> 1:  b + w1 >= 0

Add the two on the right: 2b + w1 + w2 >= 0, so b + w1 + w2 >= -b > 0. That contradicts the one below on the left.
No single unit can be XOR - yet three can: AND(NAND(x), OR(x)). Several lines do together what one cannot.

한국어: 퍼셉트론은 직선 뒤에 문턱을 둔 것입니다. 샘플을 하나씩 보고, 틀렸을 때만 켜져 있던 입력의 가중치를 고칩니다.
직선 하나로 나눌 수 있으면 반드시 배우지만(AND, OR), XOR는 직선 하나로 나눌 수 없어 배우지 못합니다.
그러나 게이트를 쌓으면 됩니다: AND(NAND(x), OR(x)). 이것이 다층 퍼셉트론의 출발점입니다.

Source: F. Rosenblatt, The Perceptron: A Perceiving and Recognizing Automaton, Report 85-460-1, 1957.
"""

from __future__ import annotations

import reprlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

# The truth tables: the rows 00, 01, 10, 11 and what each gate answers.
TRUTH_TABLE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TARGETS = {"AND": np.array([0, 0, 0, 1]), "OR": np.array([0, 1, 1, 1]), "XOR": np.array([0, 1, 1, 0])}


def step(z: ArrayLike) -> Labels:
    """Return 1 where z >= 0, else 0: the threshold.

    Args:
        z: any numbers.

    Example:
        >>> print(step([-0.1, 0.0, 0.1]))
        [0 1 1]
    """
    return (np.asarray(z) >= 0).astype(np.int64)


class Perceptron:
    """One threshold unit, taught by Rosenblatt's rule.

    After `fit`: `w` (n_features,) and `b`; `errors`, the sum of squared errors of each epoch; `history`, the pair
    (w, b) after every sample.

    Args:
        learning_rate: the size of one correction (kept as `lr`).
        epochs: how often all samples are shown.

    Example:
        >>> unit = Perceptron(learning_rate=0.1, epochs=5)
        >>> unit.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
        >>> print(unit.predict([[0, 0], [0, 1], [1, 0], [1, 1]]), unit.errors)
        [0 0 0 1] [2, 3, 3, 0, 0]
    """

    w: Array
    b: float

    def __init__(self, learning_rate: float = 0.1, epochs: int = 5) -> None:
        self.lr = learning_rate
        self.epochs = epochs
        self.errors: list[int] = []
        self.history: list[tuple[Array, float]] = []

    def predict(self, x: ArrayLike) -> Labels:
        """Return 0 or 1 for one sample (n_features,) or for each row of x (m, n_features)."""
        return step(self.b + np.asarray(x) @ self.w)

    def fit(self, x: ArrayLike, y: ArrayLike) -> None:
        """Start at zeros and learn from one sample at a time, in the given order."""
        try:
            x, y = np.asarray(x, dtype=float), np.asarray(y)
        except (TypeError, ValueError):
            raise ValueError(
                "Perceptron.fit: expected x as rows of equally many numbers and y as one target for each, "
                f"got x = {reprlib.repr(x)} and y = {reprlib.repr(y)}. Make all rows equally long."
            ) from None
        if x.ndim != 2 or y.shape != (len(x),):
            raise ValueError(
                "Perceptron.fit: expected x of shape (m, n_features) and y of shape (m,), "
                f"got {x.shape} and {y.shape}. Give one target for each row."
            )
        if not np.isin(y, (0, 1)).all():
            raise ValueError(f"Perceptron.fit: expected targets 0 and 1, got {np.unique(y)}. Name the classes 0 and 1.")
        self.w, self.b = np.zeros(x.shape[1]), 0.0
        self.errors, self.history = [], []
        for _ in range(self.epochs):
            squared_errors = 0
            for sample, target in zip(x, y, strict=True):
                err = int(target) - int(self.predict(sample))
                self.b += self.lr * err
                self.w += self.lr * err * sample
                squared_errors += err**2
                self.history.append((self.w.copy(), self.b))
            self.errors.append(squared_errors)

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the share of the rows that are right."""
        return float(np.mean(self.predict(x) == np.asarray(y)))


# The gates with weights set by hand. Each takes two values or columns, AND(0, 1), or rows of two, AND([[0, 1], ...]).


def AND(*x: ArrayLike) -> Labels:
    """Return 1 where both inputs are 1.

    Args:
        x: two values or columns, or one array of rows of two.

    Example:
        >>> print(AND(1, 1), AND([[0, 0], [0, 1], [1, 0], [1, 1]]))
        1 [0 0 0 1]
    """
    return step(pairs(*x) @ (0.5, 0.5) - 0.7)


def OR(*x: ArrayLike) -> Labels:
    """Return 1 where at least one input is 1.

    Args:
        x: two values or columns, or one array of rows of two.

    Example:
        >>> print(OR([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [0 1 1 1]
    """
    return step(pairs(*x) @ (0.5, 0.5) - 0.2)


def NAND(*x: ArrayLike) -> Labels:
    """Return 1 unless both inputs are 1: AND with every sign turned.

    Args:
        x: two values or columns, or one array of rows of two.

    Example:
        >>> print(NAND([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [1 1 1 0]
    """
    return step(pairs(*x) @ (-0.5, -0.5) + 0.7)


def XOR(*x: ArrayLike) -> Labels:
    """Return 1 where exactly one input is 1: a second layer over two units of the first.

    Args:
        x: two values or columns, or one array of rows of two.

    Example:
        >>> print(XOR([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [0 1 1 0]
    """
    return AND(NAND(*x), OR(*x))


def pairs(*x: ArrayLike) -> Array:
    """Return the inputs of a gate as (..., 2).

    Args:
        x: two values or columns, or one array of rows of two.

    Example:
        >>> print(pairs([0, 1], [1, 1]).tolist(), pairs([[0, 1], [1, 1]]).tolist())
        [[0.0, 1.0], [1.0, 1.0]] [[0.0, 1.0], [1.0, 1.0]]
    """
    together = np.stack(np.broadcast_arrays(*x), axis=-1) if len(x) == 2 else np.asarray(x[0])
    if together.shape[-1:] != (2,):
        raise ValueError(f"gate: expected two inputs, got shape {together.shape}. Give two values or rows of two.")
    return together.astype(float)


PAGE = {
    "en": """\
Rung 1: the perceptron

One unit: output 1 where b + w · x >= 0, else 0. It starts at zeros and corrects itself (lr 0.1) whenever it is wrong.
Its errors are counted in each of five epochs.

{learned}

Rounding leaves the b of AND a little below -0.2, and therefore 10 gives 0: with exactly -0.2 it would give 1.

One line separates AND, and OR. No line separates XOR (● is 1, ○ is 0): whatever its weights, a unit gets at most three
rows right. The best that this one had after any of its corrections was {best}.

       AND            OR             XOR
   1   ○   ●      1   ●   ●      1   ●   ○
   0   ○   ○      0   ○   ●      0   ○   ●
       0   1          0   1          0   1

Several lines can. XOR is AND(NAND(x), OR(x)): two units look at x, a third looks at those two.

   x      NAND  OR   AND of both
{table}

Next: a unit that knows how sure it is, so that it can go downhill -> python -m rosenblatt.ladder.step2_single_layer
""",
    "ko": """\
1단계: 퍼셉트론

유닛 하나: b + w · x >= 0이면 1, 아니면 0을 냅니다. 0에서 시작해 틀릴 때마다 학습률 0.1만큼 고칩니다.
다섯 에포크 동안 에포크마다 오류를 세었습니다.

{learned}

AND의 b는 반올림 오차로 -0.2보다 아주 조금 작아서, 10은 0이 됩니다. 꼭 -0.2였다면 1이 됩니다.

AND와 OR는 직선 하나로 나뉩니다. XOR는 어떤 직선으로도 나뉘지 않습니다(●는 1, ○는 0).
가중치가 무엇이든 유닛 하나는 네 개 중 많아야 세 개를 맞힙니다. 이번 훈련에서는 어느 순간에도 {best}개보다 많이
맞히지 못했습니다.

       AND            OR             XOR
   1   ○   ●      1   ●   ●      1   ●   ○
   0   ○   ○      0   ○   ●      0   ○   ●
       0   1          0   1          0   1

직선 여러 개를 겹치면 됩니다. XOR는 AND(NAND(x), OR(x)): 유닛 둘이 x를 보고, 셋째가 그 둘을 봅니다.

   x      NAND  OR   둘의 AND
{table}

다음: 확신의 정도를 말하여 경사를 따라 내려갈 수 있는 유닛 -> python -m rosenblatt.ladder.step2_single_layer --lang ko
""",
}
ERRORS = {"en": "errors", "ko": "오류"}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    learned = []
    unit = Perceptron(learning_rate=0.1, epochs=5)
    for gate, targets in TARGETS.items():
        unit.fit(TRUTH_TABLE, targets)
        answers = unit.predict(TRUTH_TABLE)
        learned.append(
            f"  {gate:<4} {ERRORS[lang]} {unit.errors}   w = {unit.w.round(10)}, b = {unit.b!s:<20}   -> {answers}"
        )
    # The unit was taught XOR last: how many rows was each (w, b) on its way right about?
    best = max(int(np.sum(step(b + TRUTH_TABLE @ w) == TARGETS["XOR"])) for w, b in unit.history)
    table = [f"   {a} {b}     {NAND(a, b)}    {OR(a, b)}    {XOR(a, b)}" for a, b in TRUTH_TABLE]
    print(PAGE[lang].format(learned="\n".join(learned), best=best, table="\n".join(table)))


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
