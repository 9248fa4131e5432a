"""Rung 0: a line that learns, by gradient descent on the squared error.

The smallest thing that can learn is a line with one weight `w` (its slope) and one bias `b` (its height at x = 0):

    z = w x + b

How wrong is it? For each of the m points take the error z - y, square it so that too high and too low both count,
and take the mean. The 1/2 is there only to cancel the 2 that the derivative brings:

    L = 1/(2m) sum (z - y)²

Which way is better? The chain rule tells how L answers to a small change of w and of b:

    dL/dz = z - y        dz/dw = x        dz/db = 1

    dL/dw = 1/m sum (z - y) x             dL/db = 1/m sum (z - y)

These derivatives point uphill. Gradient descent takes a small step downhill, again and again;
how small is said by the learning rate `lr`:

    w <- w - lr dL/dw                     b <- b - lr dL/db

That is all. Every later rung is this loop: the neuron of rung 2 puts a sigmoid behind the line,
and a network only uses the chain rule more often.

한국어: 가장 작은 학습은 직선입니다. 예측 z = wx + b가 정답 y에서 벗어난 만큼(오차)을 제곱해 평균을 내고,
그 값이 줄어드는 쪽으로 w와 b를 조금씩 옮깁니다. 이것이 경사 하강법이고, 뒤의 모든 단계는 이 반복문 위에 서 있습니다.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Line:
    """A line z = w x + b, fitted by gradient descent.

    After `fit`: `w` and `b`; `losses`, one for each epoch, measured before its step; `w_history`, w before the first
    step and after each.

    Args:
        learning_rate: the share of the gradient that one step takes (kept as `lr`).

    Example:
        >>> line = Line(learning_rate=0.1)
        >>> line.fit([1, 2, 3, 4], [2, 3, 5, 6], epochs=500)
        >>> print(f"z = {line.w:.3f} x + {line.b:.3f}")
        z = 1.400 x + 0.500
    """

    w: float
    b: float

    def __init__(self, learning_rate: float = 0.1) -> None:
        self.lr = learning_rate
        self.losses: list[float] = []
        self.w_history: list[float] = []

    def forpass(self, x: Array) -> Array:
        """Return the line's height at each x."""
        return self.w * x + self.b  # (m,)

    def backprop(self, x: Array, err: Array) -> tuple[float, float]:
        """Return dL/dw and dL/db, where err = z - y."""
        return float(np.mean(err * x)), float(np.mean(err))

    def fit(self, x: ArrayLike, y: ArrayLike, epochs: int = 100) -> None:
        """Start at w = 1, b = 0 and take one step downhill in each epoch."""
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if x.ndim != 1 or x.shape != y.shape or not x.size:
            raise ValueError(
                f"Line.fit: expected as many numbers x as y, got shapes {x.shape} and {y.shape}. Give one y for each x."
            )
        self.w, self.b = 1.0, 0.0
        self.losses, self.w_history = [], [self.w]
        for _ in range(epochs):
            err = self.forpass(x) - y  # dL/dz
            w_grad, b_grad = self.backprop(x, err)
            self.w -= self.lr * w_grad
            self.b -= self.lr * b_grad
            self.losses.append(float(np.mean(err**2) / 2))
            self.w_history.append(self.w)

    def predict(self, x: ArrayLike) -> Array:
        """Return the line's height at each x: here the prediction is the forward pass itself."""
        return self.forpass(np.asarray(x, dtype=float))


PAGE = {
    "en": """\
Rung 0: a line learns

Four points: x = 1, 2, 3, 4 and y = 2, 3, 5, 6. We start with z = 1 x + 0 and step downhill with lr = 0.1.
The first step by hand: the errors z - y are -1, -1, -2, -2, so dL/dw = (-1 - 2 - 6 - 8)/4 = -4.25 and
dL/db = -6/4 = -1.5. Against the gradient: w = 1 + 0.1 * 4.25 = 1.425, b = 0 + 0.1 * 1.5 = 0.15.

{steps}

Least squares, which can solve a line in one stroke, says z = {w:.4f} x + {b:.4f}. The steps found the same line,
and unlike the one stroke they still work when a curve is put behind the line.

Try: a step can be too long. With lr = 0.25 the loss after 1, 10, 100 epochs is {large}.

Next: what if the answer is not a number but yes or no? -> python -m rosenblatt.ladder.step1_perceptron
""",
    "ko": """\
0단계: 직선이 배웁니다

점 네 개: x = 1, 2, 3, 4, y = 2, 3, 5, 6. z = 1x + 0에서 시작해 학습률 0.1로 내려갑니다.
첫걸음을 손으로 계산하면, 오차 z - y는 -1, -1, -2, -2이므로 dL/dw = (-1 - 2 - 6 - 8)/4 = -4.25,
dL/db = -6/4 = -1.5입니다. 기울기의 반대쪽으로: w = 1 + 0.1 * 4.25 = 1.425, b = 0 + 0.1 * 1.5 = 0.15.

{steps}

답을 한 번에 구하는 최소제곱법으로는 z = {w:.4f} x + {b:.4f}입니다. 한 걸음씩 내려가도 같은 직선에 닿습니다.
게다가 경사 하강법은 직선 뒤에 곡선을 이어 붙여도 그대로 통합니다.

해 보기: 보폭이 너무 크면 어떻게 될까요? 학습률 0.25에서 1, 10, 100 에포크의 손실은 {large}입니다.

다음: 답이 수가 아니라 '예/아니요'라면? -> python -m rosenblatt.ladder.step1_perceptron --lang ko
""",
}
STEP = {
    "en": "  epoch {:>3}   z = {:.4f} x + {:.4f}   loss {:.6f}",
    "ko": "  {:>3} 에포크   z = {:.4f} x + {:.4f}   손실 {:.6f}",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 3.0, 5.0, 6.0])
    steps = []
    for epochs in (1, 10, 100, 500):
        line = Line(learning_rate=0.1)
        line.fit(x, y, epochs)
        steps.append(STEP[lang].format(epochs, line.w, line.b, line.losses[-1]))
    too_long = Line(learning_rate=0.25)
    too_long.fit(x, y, epochs=100)
    large = ", ".join(f"{too_long.losses[epoch - 1]:.3g}" for epoch in (1, 10, 100))
    w, b = np.linalg.lstsq(np.column_stack([x, np.ones(4)]), y, rcond=None)[0]
    print(PAGE[lang].format(steps="\n".join(steps), w=w, b=b, large=large))


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
