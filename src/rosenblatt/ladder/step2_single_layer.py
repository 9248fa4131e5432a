"""Rung 2: one sigmoid neuron, full-batch gradient descent (logistic regression).

The perceptron's threshold is flat: it cannot say how nearly it was right, so there is nothing to go down. Put a smooth
curve behind the line instead, and read its value as the probability of class 1:

    z = x w + b                 (m, n) @ (n, 1) + 1 number -> (m, 1)
    a = 1 / (1 + exp(-z))       the sigmoid: 0 far below, 1/2 at z = 0, 1 far above

A good neuron gives the true class a high probability. The logistic loss of one row is minus its logarithm:

    L = -(y log a + (1 - y) log(1 - a))

Its derivative by the chain rule, link by link:

    dL/da = -y/a + (1 - y)/(1 - a)
    da/dz = a (1 - a)                       together: dL/dz = a - y
    dz/dw = x,   dz/db = 1                  together: dL/dw = (a - y) x,   dL/db = a - y

So `err = a - y` is all that travels back, just as z - y did for the line of rung 0. Over m rows we take means:

    dL/dw = xᵀ err / m          (n, m) @ (m, 1) -> (n, 1)
    dL/db = sum(err) / m

A penalty on large weights keeps the neuron from being too sure on too few rows; the bias is left free:

    penalty  = l1 sum |w| + l2/2 sum w²     its gradient: l1 sign(w) + l2 w
    loss     = (sum of L + penalty) / m

l1 pulls every weight towards 0 with the same force, l2 in proportion to its size.

한국어: 문턱 대신 매끄러운 시그모이드를 두면 출력이 확률이 되고, 경사를 따라 내려갈 수 있습니다. 로지스틱 손실과
시그모이드의 미분을 곱하면 놀랍도록 간단한 a - y만 남습니다. l1, l2 규제는 가중치가 너무 커지지 않게 잡아 줍니다.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class SingleLayer:
    """One sigmoid neuron, trained by full-batch gradient descent.

    After `fit`: `w` (n_features, 1) and `b`; `losses` and, with a validation set, `val_losses`, one for each epoch;
    `w_history`, a copy of w before the first step and after each. The attribute `lr` is the learning rate.

    Args:
        learning_rate: the share of the gradient that one step takes.
        l1: strength of the penalty on the sum of |w|.
        l2: strength of the penalty on half the sum of w².

    Example:
        >>> layer = SingleLayer(learning_rate=1.0)
        >>> layer.fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1], epochs=10)
        >>> layer.score([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1])
        1.0
    """

    w: Array
    b: float
    w_history: list[Array]

    def __init__(self, learning_rate: float = 0.1, l1: float = 0, l2: float = 0) -> None:
        self.lr = learning_rate
        self.l1 = l1
        self.l2 = l2
        self.losses: list[float] = []
        self.val_losses: list[float] = []

    def init_weights(self, n_features: int) -> None:
        """Start with weights of one and a bias of zero."""
        self.w = np.ones((n_features, 1))
        self.b = 0.0
        self.w_history = [self.w.copy()]

    def forpass(self, x: Array) -> Array:
        """Return the linear output z = x w + b."""
        return x @ self.w + self.b  # (m, n) @ (n, 1) -> (m, 1)

    def activation(self, z: Array) -> Array:
        """Return the sigmoid of z; below -100, where it is 0 for all that matters, exp would one day overflow."""
        return 1 / (1 + np.exp(-np.clip(z, -100, None)))

    # The tuple has two gradients here and four in rung 3.
    def backprop(self, x: Array, err: Array) -> tuple[Any, ...]:
        """Return the mean gradients of the loss by w and by b, where err = a - y."""
        m = len(x)
        w_grad = x.T @ err / m  # (n, m) @ (m, 1) -> (n, 1)
        b_grad = np.sum(err) / m
        return w_grad, b_grad

    def training(self, x: Array, y: Array, m: int) -> Array:
        """Go forward and backward once, take one step, and return the activations from before it."""
        a = self.activation(self.forpass(x))
        w_grad, b_grad = self.backprop(x, a - y)
        w_grad += (self.l1 * np.sign(self.w) + self.l2 * self.w) / m
        self.w -= self.lr * w_grad
        self.b -= self.lr * b_grad
        self.w_history.append(self.w.copy())
        return a

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int = 100,
        x_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
    ) -> None:
        """Start afresh and take one step in each epoch; the validation set is only watched, and may be left out."""
        x, y = table_and_column(x, y)
        self.init_weights(x.shape[1])
        self.losses, self.val_losses = [], []
        for _ in range(epochs):
            a = self.training(x, y, len(x))
            self.losses.append((self.loss(a, y) + self.reg_loss()) / len(x))
            self.update_val_loss(x_val, y_val)

    def loss(self, a: Array, y: Array) -> float:
        """Return the sum of the rows' logistic losses; a is kept off 0 and 1, where the logarithm ends."""
        a = np.clip(a, 1e-10, 1 - 1e-10)
        return float(-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)))

    def reg_loss(self) -> float:
        """Return the penalty on the weights."""
        return float(self.l1 * np.sum(np.abs(self.w)) + self.l2 / 2 * np.sum(self.w**2))

    def update_val_loss(self, x_val: ArrayLike | None, y_val: ArrayLike | None) -> None:
        """Record the loss on the validation set, where there is one."""
        if x_val is None or y_val is None:
            return
        x_val, y_val = table_and_column(x_val, y_val)
        a = self.activation(self.forpass(x_val))
        self.val_losses.append((self.loss(a, y_val) + self.reg_loss()) / len(x_val))

    def predict(self, x: ArrayLike) -> NDArray[np.bool_]:
        """Return True where class 1 is the likelier: a > 1/2, which is z > 0."""
        return self.forpass(np.asarray(x, dtype=float)) > 0

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the share of the rows that are right."""
        x, y = table_and_column(x, y)
        return float(np.mean(self.predict(x) == y))


def table_and_column(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return x as a table (m, n_features) and y as a column (m, 1) of zeros and ones, or say what does not fit.

    Args:
        x: m rows.
        y: m targets.

    Example:
        >>> x, y = table_and_column([[1, 2], [3, 4]], [0, 1])
        >>> x.shape, y.tolist()
        ((2, 2), [[0.0], [1.0]])
    """
    x, y = np.asarray(x, dtype=float), np.reshape(np.asarray(y, dtype=float), (-1, 1))
    if x.ndim != 2 or len(x) != len(y) or not len(x):
        raise ValueError(
            "x and y: expected x of shape (m, n_features) and m targets, "
            f"got x of shape {x.shape} and {len(y)} targets. Give one target for each row of x."
        )
    if not ((y == 0) | (y == 1)).all():
        raise ValueError(f"y: expected targets 0 and 1, got {np.unique(y)[:5]}. Name the two classes 0 and 1.")
    return x, y


PAGE = {
    "en": """\
Rung 2: one neuron that knows how sure it is

Breast-cancer table: {rows} rows to learn from, {held_out} held out for validation, 30 measurements each, standardised.
Parameters: 30 weights + 1 bias = {parameters}. Learning rate 0.1, l2 = 0.01, every row in every step.

   epoch   training loss  validation loss
{curve}

Right on the validation set: {score:.4f} ({right} of {held_out}) after {epochs} epochs.

The weights begin at one. The first two walked
  (1, 1) -> {path}

The validation loss is lowest at epoch {turn} ({lowest:.4f}) and then creeps up while the training loss still falls:
from there on the neuron learns its rows by heart. A penalty holds it back: with l2 = 1 the largest weight is
{tamed:.2f} instead of {largest:.2f}.

What it cannot do: it is still one line. Taught XOR, it ends by giving all four rows the same probability:
{xor}

Next: a layer of such neurons in front -> python -m rosenblatt.ladder.step3_dual_layer
""",
    "ko": """\
2단계: 얼마나 확신하는지 아는 뉴런 하나

유방암 데이터: 훈련 {rows}개, 검증 {held_out}개, 특성 30개를 표준화했습니다.
매개변수: 가중치 30개 + 절편 1개 = {parameters}개. 학습률 0.1, l2 = 0.01, 스텝마다 모든 샘플을 씁니다.

  에포크       훈련 손실        검증 손실
{curve}

{epochs} 에포크 뒤 검증 정확도: {score:.4f} ({held_out}개 중 {right}개)

가중치는 모두 1에서 출발합니다. 처음 두 가중치가 걸은 길:
  (1, 1) -> {path}

검증 손실은 {turn} 에포크에서 가장 낮고({lowest:.4f}), 그 뒤로는 훈련 손실이 계속 줄어드는데도 조금씩 오릅니다.
이때부터 뉴런은 샘플을 외우기 시작합니다. 규제가 이를 누릅니다. l2 = 1이면 가장 큰 가중치가 {largest:.2f}에서
{tamed:.2f}로 작아집니다.

할 수 없는 것: 여전히 직선 하나입니다. XOR를 가르치면 결국 네 경우 모두에 같은 확률을 냅니다:
{xor}

다음: 이런 뉴런을 앞에 한 층 더 -> python -m rosenblatt.ladder.step3_dual_layer --lang ko
""",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    from rosenblatt.ladder.data import cancer

    data = cancer()
    layer = SingleLayer(l2=0.01)
    layer.fit(data.x_train, data.y_train, 10_000, data.x_val, data.y_val)
    tamed = SingleLayer(l2=1)
    tamed.fit(data.x_train, data.y_train, 10_000)
    marks = (1, 10, 100, 1_000, 10_000)
    score = layer.score(data.x_val, data.y_val)

    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    single = SingleLayer(learning_rate=1.0)
    single.fit(x, y, epochs=1_000)
    print(
        PAGE[lang].format(
            rows=len(data.x_train),
            held_out=len(data.x_val),
            parameters=layer.w.size + 1,
            curve="\n".join(f"  {e:>6} {layer.losses[e - 1]:>15.4f} {layer.val_losses[e - 1]:>16.4f}" for e in marks),
            score=score,
            right=round(score * len(data.x_val)),
            epochs=10_000,
            path=" -> ".join("({:.2f}, {:.2f})".format(*layer.w_history[e][:2, 0]) for e in marks[1:]),
            turn=int(np.argmin(layer.val_losses)) + 1,
            lowest=min(layer.val_losses),
            largest=np.abs(layer.w).max(),
            tamed=np.abs(tamed.w).max(),
            xor=single.activation(single.forpass(x)).ravel().round(3),
        )
    )


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
