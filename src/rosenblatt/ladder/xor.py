"""XOR by hand-written backpropagation: three layers, two weight matrices, one page.

The smallest problem that one neuron cannot solve, and every derivative of its solution written out. A third column of
ones gives the hidden layer its bias; for the output layer the last hidden unit is held at one and does the same.

    x   (4, 3)      0 0 1   0 1 1   1 0 1   1 1 1
    w1  (3, 6)      a1 = sigmoid(x w1)      (4, 6), then a1[:, 5] = 1
    w2  (6, 1)      a  = sigmoid(a1 w2)     (4, 1)
    y   (4, 1)      0 1 1 0

Here the loss is the squared error, L = 1/2 sum (a - y)². Unlike the logistic loss of rung 2 it does not cancel the
output's slope a (1 - a), which therefore stays in the product:

    dL/da  = a - y
    dL/dz2 = (a - y) a (1 - a)              the slope of the sigmoid is a (1 - a)
    dL/dw2 = a1ᵀ dL/dz2                     (6, 4) @ (4, 1) -> (6, 1)
    dL/dz1 = dL/dz2 w2ᵀ * a1 (1 - a1)       back through w2, then through the hidden slope -> (4, 6)
    dL/dw1 = xᵀ dL/dz1                      (3, 4) @ (4, 6) -> (3, 6)

For the unit held at one, a1 (1 - a1) = 0: nothing flows back into it, as should be, for nothing flows through it.

한국어: 뉴런 하나로는 풀 수 없는 가장 작은 문제를, 미분을 하나하나 손으로 써서 풉니다. 셋째 입력은 늘 1이어서 은닉층의
절편이 되고, 1로 고정한 마지막 은닉 유닛은 출력층의 절편이 됩니다. 제곱 오차에서는 a(1 - a)가 지워지지 않고 남습니다.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

INPUTS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # the third column is the constant
TARGETS = np.array([0, 1, 1, 0])


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)).

    Args:
        z: any numbers.

    Example:
        >>> print(sigmoid(np.array([-2.0, 0.0, 2.0])).round(3))
        [0.119 0.5   0.881]
    """
    return 1 / (1 + np.exp(-z))


class XORNetwork:
    """A 3-6-1 sigmoid network on the squared error, full-batch gradient descent.

    After `fit`: `w1` (n_inputs, units) and `w2` (units, 1); `outputs`, what the network answered at the last update,
    just before it moved; `losses`, one for each update, measured likewise.

    Args:
        units: number of hidden units, counting the one held at one.
        learning_rate: the share of the gradient that one update takes (kept as `lr`).

    Example:
        >>> network = XORNetwork()
        >>> network.fit(INPUTS, TARGETS, updates=10_000)
        >>> print(network.outputs.round(4), network.predict(INPUTS))
        [0.0239 0.9758 0.9734 0.0304] [0 1 1 0]
    """

    w1: Array
    w2: Array
    a1: Array
    outputs: Array

    def __init__(self, units: int = 6, learning_rate: float = 0.2) -> None:
        self.units = units
        self.lr = learning_rate
        self.losses: list[float] = []

    def init_weights(self, n_inputs: int) -> None:
        """Draw w1 and then w2 evenly from -1 to 1."""
        rng = np.random.RandomState(5)
        self.w1 = 2 * rng.random_sample((n_inputs, self.units)) - 1
        self.w2 = 2 * rng.random_sample((self.units, 1)) - 1

    def forpass(self, x: Array) -> Array:
        """Return the outputs, and keep the hidden activations in `a1` for the way back."""
        self.a1 = sigmoid(x @ self.w1)  # (m, units)
        self.a1[:, -1] = 1  # the unit held at one: its weight in w2 is the output's bias
        return sigmoid(self.a1 @ self.w2)  # (m, 1)

    def backprop(self, x: Array, a: Array, y: Array) -> tuple[Array, Array]:
        """Return the gradients of the loss by w1 and w2."""
        dz2 = (a - y) * a * (1 - a)  # (m, 1)
        dz1 = dz2 @ self.w2.T * self.a1 * (1 - self.a1)  # (m, units)
        return x.T @ dz1, self.a1.T @ dz2

    def fit(self, x: ArrayLike, y: ArrayLike, updates: int = 10_000) -> None:
        """Start afresh and update both weight matrices so many times, each time from all rows."""
        x, y = np.asarray(x, dtype=float), np.reshape(np.asarray(y, dtype=float), (-1, 1))
        if x.ndim != 2 or len(x) != len(y) or not len(x):
            raise ValueError(
                f"XORNetwork.fit: expected x of shape (m, n_inputs) and m targets, got x of shape {x.shape} and "
                f"{len(y)} targets. Give one target for each row of x."
            )
        self.init_weights(x.shape[1])
        self.losses = []
        for _ in range(updates):
            a = self.forpass(x)
            w1_grad, w2_grad = self.backprop(x, a, y)
            self.w1 -= self.lr * w1_grad
            self.w2 -= self.lr * w2_grad
            self.losses.append(float(np.sum((a - y) ** 2) / 2))
            self.outputs = a.ravel()

    def predict(self, x: ArrayLike) -> NDArray[np.int64]:
        """Return 1 for each row whose output is above 1/2, else 0."""
        return (self.forpass(np.asarray(x, dtype=float)).ravel() > 0.5).astype(np.int64)


PAGE = {
    "en": """\
XOR by hand-written backpropagation

A 3-6-1 network of sigmoids, squared error, learning rate 0.2, weights drawn evenly from -1 to 1 (seed 5).
The outputs are those that the last update started from.

  updates   00 -> 0      01 -> 1      10 -> 1      11 -> 0         loss
{lines}

At first all four answers sit near 1/2 and hardly move: the units have not yet found their parts. Then the network parts
the rows quickly, and from there on every digit is slow work, for the slope a (1 - a) fades as a nears 0 or 1.

The lecture prints 0.01144685, 0.98853856, 0.98734948, 0.01447403. With its seed and its settings these are not the
figures of 10 000 updates: they appear after 31 020, in the last line above.
""",
    "ko": """\
손으로 쓴 역전파로 푸는 XOR

시그모이드 3-6-1 신경망, 제곱 오차, 학습률 0.2, -1부터 1까지 고르게 뽑은 가중치(시드 5).
출력은 마지막 갱신 직전의 값입니다.

  갱신 수   00 -> 0      01 -> 1      10 -> 1      11 -> 0         손실
{lines}

처음에는 네 답이 모두 1/2 언저리에서 거의 움직이지 않습니다. 유닛들이 아직 맡을 일을 찾지 못했기 때문입니다.
그러다 빠르게 갈라지고, 그 뒤로는 더딥니다. a가 0이나 1에 가까워질수록 기울기 a(1 - a)가 사라지기 때문입니다.

강의에 실린 값은 0.01144685, 0.98853856, 0.98734948, 0.01447403입니다. 강의의 시드와 설정을 그대로 쓰면 이 값은
10 000번이 아니라 31 020번 갱신했을 때 나옵니다. 위 표의 마지막 줄입니다.
""",
}


def main(lang: str = "en") -> None:
    """Tell what this file shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    lines = []
    for updates in (1, 1_000, 3_000, 10_000, 31_020):
        network = XORNetwork()
        network.fit(INPUTS, TARGETS, updates)
        outputs = "   ".join(f"{output:.8f}" for output in network.outputs)
        lines.append(f"  {updates:>7}   {outputs}   {network.losses[-1]:.6f}")
    print(PAGE[lang].format(lines="\n".join(lines)))


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
