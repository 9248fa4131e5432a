"""Rung 3: a hidden layer, trained by backpropagation.

One neuron draws one line. Put a layer of neurons in front, and let the last one look at their answers instead of at x.
With n features, `units` hidden neurons and m rows:

    z1 = x w1 + b1          (m, n) @ (n, units) + (units,)  -> (m, units)
    a1 = sigmoid(z1)                                           (m, units)
    z2 = a1 w2 + b2         (m, units) @ (units, 1) + 1     -> (m, 1)
    a  = sigmoid(z2)                                           (m, 1)

The output neuron is the one of rung 2, only its input is now a1. So its gradients are known already:

    dL/dz2 = a - y = err                                       (m, 1)
    dL/dw2 = a1ᵀ err / m    (units, m) @ (m, 1)             -> (units, 1)
    dL/db2 = sum(err) / m

And the hidden weights? The error goes back the way the signal came: through w2, then through the sigmoid's slope
a1 (1 - a1). That is backpropagation; it is the chain rule, written from the end to the beginning:

    dL/da1 = err w2ᵀ        (m, 1) @ (1, units)             -> (m, units)
    dL/dz1 = dL/da1 * a1 (1 - a1)                              (m, units)
    dL/dw1 = xᵀ dL/dz1 / m  (n, m) @ (m, units)             -> (n, units)
    dL/db1 = sum of the rows of dL/dz1 / m                     (units,)

One thing goes wrong here. All weights start at one, so every hidden neuron computes the same, receives the same
gradient, and takes the same step: by induction they stay equal for ever. Ten neurons do the work of one.

한국어: 뉴런을 한 층 앞에 더 둡니다. 출력층의 오차 a - y는 신호가 온 길을 되짚어, w2를 지나고 시그모이드의 기울기
a1(1 - a1)을 지나 은닉층에 닿습니다. 이것이 역전파이고, 연쇄 법칙 그 자체입니다. 다만 가중치를 모두 1로 시작하면
은닉 뉴런이 늘 똑같이 움직여, 열 개가 한 개 몫밖에 하지 못합니다.

Source: D. Rumelhart, G. Hinton and R. Williams, Learning representations by back-propagating errors, Nature 323, 1986.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.ladder.step2_single_layer import Array, SingleLayer


class DualLayer(SingleLayer):
    """A hidden layer of sigmoid neurons before the output neuron; `fit`, `predict` and `score` are those of rung 2.

    After `fit`: `w1` (n_features, units), `b1` (units,), `w2` (units, 1), `b2`, in place of w and b; `a1`, the hidden
    activations of the last forward pass; `losses` and `val_losses`.

    Args:
        units: number of hidden neurons.
        learning_rate: the share of the gradient that one step takes.
        l1: strength of the penalty on the sum of |w1| and |w2|.
        l2: strength of the penalty on half the sum of w1² and w2².

    Example:
        >>> network = DualLayer(units=3, learning_rate=1.0)
        >>> network.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], epochs=1000)
        >>> print(network.w1.std(axis=1).round(6))  # three neurons that began equal are still equal
        [0. 0.]
    """

    w1: Array
    b1: Array
    w2: Array
    b2: float
    a1: Array

    def __init__(self, units: int = 10, learning_rate: float = 0.1, l1: float = 0, l2: float = 0) -> None:
        super().__init__(learning_rate, l1, l2)
        self.units = units

    def init_weights(self, n_features: int) -> None:
        """Start with weights of one and biases of zero."""
        self.w1 = np.ones((n_features, self.units))
        self.b1 = np.zeros(self.units)
        self.w2 = np.ones((self.units, 1))
        self.b2 = 0.0

    def forpass(self, x: Array) -> Array:
        """Return the output neuron's z2, and keep the hidden activations in `a1` for the way back."""
        self.a1 = self.activation(x @ self.w1 + self.b1)  # (m, units)
        return self.a1 @ self.w2 + self.b2  # (m, 1)

    def backprop(self, x: Array, err: Array) -> tuple[Any, ...]:
        """Return the mean gradients by w1, b1, w2 and b2, where err = a - y."""
        m = len(x)
        w2_grad = self.a1.T @ err / m  # (units, 1)
        b2_grad = np.sum(err) / m
        err_to_hidden = err @ self.w2.T * self.a1 * (1 - self.a1)  # dL/dz1: (m, units)
        w1_grad = x.T @ err_to_hidden / m  # (n, units)
        b1_grad = np.sum(err_to_hidden, axis=0) / m  # (units,)
        return w1_grad, b1_grad, w2_grad, b2_grad

    def training(self, x: Array, y: Array, m: int) -> Array:
        """Go forward and backward once, take one step, and return the activations from before it."""
        a = self.activation(self.forpass(x))
        w1_grad, b1_grad, w2_grad, b2_grad = self.backprop(x, a - y)
        w1_grad += (self.l1 * np.sign(self.w1) + self.l2 * self.w1) / m
        w2_grad += (self.l1 * np.sign(self.w2) + self.l2 * self.w2) / m
        self.w1 -= self.lr * w1_grad
        self.b1 -= self.lr * b1_grad
        self.w2 -= self.lr * w2_grad
        self.b2 -= self.lr * b2_grad
        return a

    def reg_loss(self) -> float:
        """Return the penalty on the weights of both layers."""
        absolute = np.sum(np.abs(self.w1)) + np.sum(np.abs(self.w2))
        squared = np.sum(self.w1**2) + np.sum(self.w2**2)
        return float(self.l1 * absolute + self.l2 / 2 * squared)


PAGE = {
    "en": """\
Rung 3: a hidden layer

Breast-cancer table, {units} hidden neurons, learning rate 0.1, l2 = 0.01, every row in every step.
Parameters: 30 x 10 weights + 10 biases, then 10 weights + 1 bias = {parameters}.

   epoch   training loss  validation loss
{curve}

Right on the validation set: {score:.4f} ({right} of {held_out}) after {epochs} epochs.

No better than one neuron, for all its {parameters} parameters. Look at the hidden neurons: the weights from one feature
to the ten of them have a standard deviation of at most {spread:.0e}. That is rounding, not learning: they began equal
and stayed equal. Ten equal neurons are one neuron, so XOR is still out of reach. After {xor_epochs} epochs
00, 01, 10, 11 get {xor}

Next: let them begin different -> python -m rosenblatt.ladder.step4_random_init
""",
    "ko": """\
3단계: 은닉층

유방암 데이터, 은닉 뉴런 {units}개, 학습률 0.1, l2 = 0.01, 스텝마다 모든 샘플을 씁니다.
매개변수: 가중치 30 x 10개 + 절편 10개, 이어서 가중치 10개 + 절편 1개 = {parameters}개.

  에포크       훈련 손실        검증 손실
{curve}

{epochs} 에포크 뒤 검증 정확도: {score:.4f} ({held_out}개 중 {right}개)

매개변수가 {parameters}개나 되는데 뉴런 하나보다 낫지 않습니다. 은닉 뉴런을 들여다보면, 한 특성에서 열 뉴런으로 가는
가중치의 표준 편차가 커야 {spread:.0e}입니다. 배운 것이 아니라 반올림 오차입니다. 똑같이 시작해 끝까지 똑같았습니다.
똑같은 뉴런 열 개는 뉴런 하나와 같으므로 XOR도 풀지 못합니다.
{xor_epochs} 에포크 뒤 00, 01, 10, 11의 출력: {xor}

다음: 서로 다르게 시작하기 -> python -m rosenblatt.ladder.step4_random_init --lang ko
""",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    from rosenblatt.ladder.data import cancer

    data = cancer()
    layers = DualLayer(l2=0.01)
    layers.fit(data.x_train, data.y_train, 20_000, data.x_val, data.y_val)
    score = layers.score(data.x_val, data.y_val)

    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    xor = DualLayer(learning_rate=1.0)
    xor.fit(x, y, epochs=2_000)
    print(
        PAGE[lang].format(
            units=layers.units,
            parameters=layers.w1.size + layers.b1.size + layers.w2.size + 1,
            curve="\n".join(
                f"  {e:>6} {layers.losses[e - 1]:>15.4f} {layers.val_losses[e - 1]:>16.4f}"
                for e in (1, 10, 100, 1_000, 20_000)
            ),
            score=score,
            right=round(score * len(data.x_val)),
            held_out=len(data.x_val),
            epochs=20_000,
            spread=layers.w1.std(axis=1).max(),
            xor=xor.activation(xor.forpass(x)).ravel().round(3),
            xor_epochs=2_000,
        )
    )


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
