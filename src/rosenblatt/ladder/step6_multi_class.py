"""Rung 6: softmax, for more than two classes.

With k classes the output layer has k neurons and the target is one-hot: a row of zeros with a one at the true class.
Sigmoids would answer k separate questions. Two rows of their answers might be

    0.9 0.8 0.7         0.5 0.2 0.1

Is the first row surer of its first class, since 0.9 > 0.5? As shares of their rows' sums the two are 37 % and 62 %
(0.375 and 0.625): numbers of different rows do not compare. Softmax shares out one whole among the classes, so they do:

    a_j = exp(z_j) / sum over k of exp(z_k)

The sigmoids above came from z = 2.20 1.39 0.85 and z = 0.00 -1.39 -2.20, which softmax turns into

    0.59 0.26 0.15      0.74 0.18 0.08

The loss is the cross-entropy, minus the logarithm of what the true class was given: L = -sum over j of y_j log a_j.
From log a_j = z_j - log sum exp(z_k) follows d log a_j / dz_i = (1 if i = j else 0) - a_i, and since sum y_j = 1,

    dL/dz_i = -sum over j of y_j ((1 if i = j else 0) - a_i) = a_i - y_i

The same a - y as for one sigmoid and for the line of rung 0. With the third class true and a = (.7 .2 .1), (.1 .4 .5),
(0 .1 .9), its error is -0.9, -0.5, -0.1: the less the truth was expected, the harder the push.

This is the last rung: it inherits nothing, the whole network stands on one page. With m rows, n features:

    z1 = x w1 + b1          (m, n) @ (n, units) + (units,)  -> (m, units)
    a1 = sigmoid(z1)
    z2 = a1 w2 + b2         (m, units) @ (units, k) + (k,)  -> (m, k)
    a  = softmax(z2)        every row sums to 1

A slip to learn from. In rungs 2 to 5 the output was one column, and `np.sum(err) / m` was the gradient of its bias.
The lectures keep that line here, where `err` has k columns: it now adds up the classes as well. But each row of
a - y sums to 1 - 1 = 0, so the sum is zero and b2 never moves. Right is `np.sum(err, axis=0) / m`. The network still
learns, since the hidden layer can stand in for a missing bias, and no error is raised: a gradient has to be checked.
We do what is printed, so that the published figures come out, and `exact_bias_gradient=True` does it right.

한국어: 클래스가 여럿이면 출력 뉴런도 여럿입니다. 소프트맥스는 전체 1을 클래스끼리 나누어 갖게 하므로 샘플끼리 확신을
견줄 수 있습니다. 크로스 엔트로피와 함께 미분하면 이번에도 a - y만 남습니다. 강의 코드의 b2 기울기는 클래스까지
한꺼번에 더해 늘 0이 됩니다. 공개된 결과를 재현하려고 그대로 두었고, exact_bias_gradient=True로 바로잡을 수 있습니다.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class MultiClassNetwork:
    """A sigmoid hidden layer and a softmax output, trained by mini-batch gradient descent on the cross-entropy.

    After `fit`: `w1` (n_features, units), `b1`, `w2` (units, n_classes), `b2`; `a1`, the hidden activations of the last
    forward pass; `losses` and, with a validation set, `val_losses`, one for each epoch. `lr` is the learning rate.

    Args:
        units: number of hidden neurons.
        batch_size: number of rows behind one step.
        learning_rate: the share of the gradient that one step takes.
        l1: strength of the penalty on the sum of |w1| and |w2|.
        l2: strength of the penalty on half the sum of w1² and w2².
        exact_bias_gradient: False trains b2 as the lectures print it (it never moves), True by its gradient.

    Example:
        >>> x, y = np.array([[0.0, 2.0], [2.0, 0.0], [-2.0, -2.0]]), np.eye(3)
        >>> network = MultiClassNetwork(units=5, learning_rate=1.0)
        >>> network.fit(x, y, epochs=100)
        >>> print(network.predict(x), network.softmax(network.forpass(x)).round(1).tolist())
        [0 1 2] [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    w1: Array
    b1: Array
    w2: Array
    b2: Array
    a1: Array

    def __init__(
        self,
        units: int = 10,
        batch_size: int = 32,
        learning_rate: float = 0.1,
        l1: float = 0,
        l2: float = 0,
        *,
        exact_bias_gradient: bool = False,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size: expected 1 or more, got {batch_size}. Take 32 to begin with.")
        self.units = units
        self.batch_size = batch_size
        self.lr = learning_rate
        self.l1 = l1
        self.l2 = l2
        self.exact_bias_gradient = exact_bias_gradient
        self.losses: list[float] = []
        self.val_losses: list[float] = []
        self.rng = np.random.RandomState(42)

    def init_weights(self, n_features: int, n_classes: int) -> None:
        """Draw w1 and then w2 from N(0, 1); the biases start at zero."""
        self.w1 = self.rng.normal(0, 1, (n_features, self.units))
        self.b1 = np.zeros(self.units)
        self.w2 = self.rng.normal(0, 1, (self.units, n_classes))
        self.b2 = np.zeros(n_classes)

    def sigmoid(self, z: Array) -> Array:
        """Return 1 / (1 + exp(-z)); below -100, where it is 0 for all that matters, exp would one day overflow."""
        return 1 / (1 + np.exp(-np.clip(z, -100, None)))

    def softmax(self, z: Array) -> Array:
        """Return exp(z) as shares of each row's sum.

        Taking the same number off a whole row changes no share. We take its largest, so exp is at most 1: without that,
        z near 710 overflows.
        """
        exp_z = np.exp(z - np.max(z, axis=1, keepdims=True))
        shares: Array = exp_z / np.sum(exp_z, axis=1, keepdims=True)
        return shares

    def forpass(self, x: Array) -> Array:
        """Return the output layer's z2, and keep the hidden activations in `a1` for the way back."""
        self.a1 = self.sigmoid(x @ self.w1 + self.b1)  # (m, units)
        return self.a1 @ self.w2 + self.b2  # (m, n_classes)

    def backprop(self, x: Array, err: Array) -> tuple[Array, Array, Array, Array | float]:
        """Return the mean gradients by w1, b1, w2 and b2, where err = a - y."""
        m = len(x)
        w2_grad = self.a1.T @ err / m  # (units, n_classes)
        b2_grad_as_printed = np.sum(err) / m  # one number for all classes, and that number is 0
        b2_grad = np.sum(err, axis=0) / m if self.exact_bias_gradient else b2_grad_as_printed
        err_to_hidden = err @ self.w2.T * self.a1 * (1 - self.a1)  # dL/dz1: (m, units)
        w1_grad = x.T @ err_to_hidden / m  # (n_features, units)
        b1_grad = np.sum(err_to_hidden, axis=0) / m  # (units,)
        return w1_grad, b1_grad, w2_grad, b2_grad

    def training(self, x: Array, y: Array) -> Array:
        """Go forward and backward once, take one step, and return the activations from before it."""
        m = len(x)
        a = self.softmax(self.forpass(x))
        w1_grad, b1_grad, w2_grad, b2_grad = self.backprop(x, a - y)
        w1_grad += (self.l1 * np.sign(self.w1) + self.l2 * self.w1) / m
        w2_grad += (self.l1 * np.sign(self.w2) + self.l2 * self.w2) / m
        self.w1 -= self.lr * w1_grad
        self.b1 -= self.lr * b1_grad
        self.w2 -= self.lr * w2_grad
        self.b2 -= self.lr * b2_grad
        return a

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int = 100,
        x_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
    ) -> None:
        """Start afresh and take one step for each batch; y is one-hot, and the validation set may be left out."""
        x, y = table_and_one_hot(x, y)
        self.rng = np.random.RandomState(42)  # starting weights and shuffles come from one stream
        self.init_weights(x.shape[1], y.shape[1])
        self.losses, self.val_losses = [], []
        for _ in range(epochs):
            loss = 0.0
            for x_batch, y_batch in self.gen_batch(x, y):
                loss += self.loss(self.training(x_batch, y_batch), y_batch)
            self.losses.append((loss + self.reg_loss()) / len(x))
            self.update_val_loss(x_val, y_val)

    def gen_batch(self, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
        """Shuffle the rows and yield them batch by batch."""
        order = self.rng.permutation(len(x))
        for start in range(0, len(x), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield x[rows], y[rows]

    def loss(self, a: Array, y: Array) -> float:
        """Return the sum of the rows' cross-entropies; a is kept off 0, where the logarithm ends."""
        return float(-np.sum(y * np.log(np.clip(a, 1e-10, 1 - 1e-10))))

    def reg_loss(self) -> float:
        """Return the penalty on the weights of both layers."""
        absolute = np.sum(np.abs(self.w1)) + np.sum(np.abs(self.w2))
        squared = np.sum(self.w1**2) + np.sum(self.w2**2)
        return float(self.l1 * absolute + self.l2 / 2 * squared)

    def update_val_loss(self, x_val: ArrayLike | None, y_val: ArrayLike | None) -> None:
        """Record the loss on the validation set, where there is one."""
        if x_val is None or y_val is None:
            return
        x_val, y_val = table_and_one_hot(x_val, y_val)
        a = self.softmax(self.forpass(x_val))
        self.val_losses.append((self.loss(a, y_val) + self.reg_loss()) / len(x_val))

    def predict(self, x: ArrayLike) -> NDArray[np.intp]:
        """Return each row's likeliest class; softmax keeps the order, so z will do."""
        classes: NDArray[np.intp] = np.argmax(self.forpass(np.asarray(x, dtype=float)), axis=1)
        return classes

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the share of the rows that are right."""
        x, y = table_and_one_hot(x, y)
        return float(np.mean(self.predict(x) == np.argmax(y, axis=1)))


def table_and_one_hot(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return x as a table (m, n_features) and y as one-hot rows (m, n_classes), or say what does not fit.

    Args:
        x: m rows.
        y: m one-hot rows.

    Example:
        >>> x, y = table_and_one_hot([[1, 2]], [[0, 1, 0]])
        >>> x.shape, y.shape
        ((1, 2), (1, 3))
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not len(x):
        raise ValueError(
            "x and y: expected shapes (m, n_features) and (m, n_classes), "
            f"got {x.shape} and {y.shape}. Turn class numbers into one-hot rows with rosenblatt.utils.to_categorical."
        )
    if not (((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()):
        raise ValueError("y: expected one-hot rows (one 1, else 0), got others. Use rosenblatt.utils.to_categorical.")
    return x, y


PAGE = {
    "en": """\
Rung 6: ten classes

Why softmax. Sigmoids say 0.9 0.8 0.7 of one picture and 0.5 0.2 0.1 of another. Is the first surer? Its 0.9 is {first}
of its row's sum, the other's 0.5 is {second}: they do not compare. Softmax makes every row sum to one, so they do:

  z = 2.20  1.39  0.85   ->   {softmax[0]}
  z = 0.00 -1.39 -2.20   ->   {softmax[1]}

Fashion-MNIST, the bundled sample: {n} pictures of 784 pixels to learn from, {held_out} held out.
784 - 100 sigmoid - 10 softmax, batches of 256, learning rate 0.1, {epochs} epochs.

                            first loss   last loss   right on validation   largest |b2|
  as printed               {ways[0]}
  exact_bias_gradient=True {ways[1]}

As the lectures print it, the gradient of b2 is summed over the classes too, where a - y cancels: b2 stays at zero.
The hidden layer stands in for it, so nothing looks wrong. Only a gradient that is checked tells.

On all 48 000 pictures, 40 epochs (`rosenblatt ladder --full` runs it, in a minute or two):

  as printed                    2.3313      0.5006               0.81508
  exact_bias_gradient=True      2.3281      0.4992               0.81475

From here on the same network in three lines: rosenblatt.Sequential.
""",
    "ko": """\
6단계: 열 가지 클래스

왜 소프트맥스일까요? 시그모이드가 한 사진에는 0.9 0.8 0.7, 다른 사진에는 0.5 0.2 0.1을 냅니다. 앞이 더 확실할까요?
0.9는 자기 행 합의 {first}, 0.5는 자기 행 합의 {second}이니 견줄 수 없습니다.
소프트맥스는 행마다 합을 1로 맞추어 견주게 합니다.

  z = 2.20  1.39  0.85   ->   {softmax[0]}
  z = 0.00 -1.39 -2.20   ->   {softmax[1]}

패션 MNIST(함께 들어 있는 샘플): 픽셀 784개짜리 사진, 훈련 {n}장, 검증 {held_out}장.
784 - 100 시그모이드 - 10 소프트맥스, 배치 256, 학습률 0.1, {epochs} 에포크.

                               첫 손실     끝 손실           검증 정확도   가장 큰 |b2|
  강의에 실린 대로         {ways[0]}
  exact_bias_gradient=True {ways[1]}

강의에 실린 코드는 b2의 기울기를 클래스까지 더하므로 a - y가 서로 지워져 b2가 0에 머뭅니다.
은닉층이 b2의 몫을 대신하므로 겉으로는 아무 문제도 없어 보입니다. 기울기를 직접 확인해야만 드러납니다.

전체 48 000장으로 40 에포크(`rosenblatt ladder --full --lang ko`, 1~2분 걸립니다):

  강의에 실린 대로              2.3313      0.5006               0.81508
  exact_bias_gradient=True      2.3281      0.4992               0.81475

이제 같은 신경망을 단 세 줄로: rosenblatt.Sequential
""",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    from rosenblatt.ladder.data import fashion

    z = np.array([[2.20, 1.39, 0.85], [0.00, -1.39, -2.20]])
    first, second = 0.9 / (0.9 + 0.8 + 0.7), 0.5 / (0.5 + 0.2 + 0.1)
    data = fashion()
    ways = []
    for exact in (False, True):
        network = MultiClassNetwork(units=100, batch_size=256, exact_bias_gradient=exact)
        network.fit(data.x_train, data.y_train, epochs=20)
        losses = f"{network.losses[0]:>11.4f} {network.losses[-1]:>11.4f}"
        score = network.score(data.x_val, data.y_val)
        ways.append(f"{losses} {score:>21.4f} {np.abs(network.b2).max():>14.0e}")
    print(
        PAGE[lang].format(
            first=f"{first:.1%}",
            second=f"{second:.1%}",
            softmax=MultiClassNetwork().softmax(z).round(2),
            n=len(data.x_train),
            held_out=len(data.x_val),
            epochs=20,
            ways=ways,
        )
    )


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
