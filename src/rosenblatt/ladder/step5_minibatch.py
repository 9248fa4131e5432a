"""Rung 5: mini-batches, or many small steps instead of one large one.

Until now one epoch was one step: look at all n rows, average, move. But a few rows already tell roughly which way is
down. So shuffle the rows, cut them into batches, and take a step after each:

    shuffle:  permutation of 0 .. n-1, a new one in every epoch
    batches:  ceil(n / batch_size) slices; the last one takes what is left

The size of the batch sets the pace:

    batch_size = n     batch gradient descent           1 step an epoch, exact and smooth
    batch_size = 32    mini-batch gradient descent      n / 32 steps, a little noise
    batch_size = 1     stochastic gradient descent      n steps, each from one row alone, very noisy

The gradient of a batch is the mean over its own m rows, so steps are equally long whatever the size of the batch,
and the penalty is divided by that m too. The epoch's loss is put together as it trains: each batch is measured just
before its step, so the rows at the end are judged by a better network than those at the beginning.

    loss of the epoch = (sum over its batches + penalty) / n

한국어: 한 에포크에 한 스텝만 가는 대신, 샘플을 섞어 작은 묶음으로 나누고 묶음마다 한 스텝씩 갑니다. 묶음 크기가 1이면
확률적 경사 하강법, n이면 배치 경사 하강법이고, 그 사이가 미니배치입니다. 조금 흔들리는 대신 훨씬 빨리 내려갑니다.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from rosenblatt.ladder.step2_single_layer import Array, table_and_column
from rosenblatt.ladder.step4_random_init import RandomInitNetwork


class MinibatchNetwork(RandomInitNetwork):
    """The network of rung 4, taking one step after each batch.

    Args:
        units: number of hidden neurons.
        batch_size: number of rows behind one step.
        learning_rate: the share of the gradient that one step takes.
        l1: strength of the penalty on the sum of |w1| and |w2|.
        l2: strength of the penalty on half the sum of w1² and w2².

    Example:
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> for batch_size in (4, 1):  # one step an epoch, then four
        ...     network = MinibatchNetwork(units=3, batch_size=batch_size, learning_rate=1.0)
        ...     network.fit(x, y, epochs=500)
        ...     print(round(network.losses[-1], 2))
        0.05
        0.01
    """

    def __init__(
        self, units: int = 10, batch_size: int = 32, learning_rate: float = 0.1, l1: float = 0, l2: float = 0
    ) -> None:
        super().__init__(units, learning_rate, l1, l2)
        if batch_size < 1:
            raise ValueError(f"batch_size: expected 1 or more, got {batch_size}. Take 32 to begin with.")
        self.batch_size = batch_size
        self.rng = np.random.RandomState(42)

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int = 100,
        x_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
    ) -> None:
        """Start afresh and take one step for each batch; the validation set is only watched, and may be left out."""
        x, y = table_and_column(x, y)
        self.init_weights(x.shape[1])
        self.rng = np.random.RandomState(42)
        self.losses, self.val_losses = [], []
        for _ in range(epochs):
            loss = 0.0
            for x_batch, y_batch in self.gen_batch(x, y):
                a = self.training(x_batch, y_batch, len(x_batch))
                loss += self.loss(a, y_batch)
            self.losses.append((loss + self.reg_loss()) / len(x))
            self.update_val_loss(x_val, y_val)

    def gen_batch(self, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
        """Shuffle the rows and yield them batch by batch."""
        order = self.rng.permutation(len(x))
        for start in range(0, len(x), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield x[rows], y[rows]


PAGE = {
    "en": """\
Rung 5: mini-batches

Breast-cancer table, {n} rows, {units} hidden neurons, learning rate 0.1, l2 = 0.01. Twenty epochs each:

   batch size   steps an epoch   training loss   right on validation
{twenty}

Every network has seen each row twenty times; the smaller the batch, the more steps it made of that. But a row at a time
is slow work for a machine that likes large matrices: the smallest batch took {slow:.0f} times as long as the largest.
Sizes like 32 or 128 give many steps and still keep it busy. Given 500 epochs:

   batch size   training loss   right on validation
{full}

Next: more than two classes -> python -m rosenblatt.ladder.step6_multi_class
""",
    "ko": """\
5단계: 미니배치

유방암 데이터 {n}개, 은닉 뉴런 {units}개, 학습률 0.1, l2 = 0.01. 스무 에포크씩 훈련합니다.

    배치 크기   에포크당 스텝       훈련 손실           검증 정확도
{twenty}

모두 같은 샘플을 스무 번씩 보았습니다. 배치가 작을수록 그동안 더 많은 스텝을 갑니다. 그러나 컴퓨터는 큰 행렬을
좋아하고, 한 개씩은 더디게 처리합니다. 가장 작은 배치는 가장 큰 배치보다 {slow:.0f}배 오래 걸렸습니다.
32나 128쯤이면 스텝도 많고 컴퓨터도 놀지 않습니다. 500 에포크를 주면:

    배치 크기       훈련 손실           검증 정확도
{full}

다음: 셋 이상의 클래스 -> python -m rosenblatt.ladder.step6_multi_class --lang ko
""",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    from time import perf_counter

    from rosenblatt.ladder.data import cancer

    data = cancer()
    n = len(data.x_train)
    twenty, seconds = [], []
    for size in (1, 32, 128, n):
        network = MinibatchNetwork(batch_size=size, l2=0.01)
        start = perf_counter()
        network.fit(data.x_train, data.y_train, epochs=20)
        seconds.append(perf_counter() - start)
        score = network.score(data.x_val, data.y_val)
        twenty.append(f"{size:>13} {-(-n // size):>16} {network.losses[-1]:>15.4f} {score:>21.4f}")
    full = []
    for size in (32, 128):
        network = MinibatchNetwork(batch_size=size, l2=0.01)
        network.fit(data.x_train, data.y_train, epochs=500)
        score = network.score(data.x_val, data.y_val)
        full.append(f"{size:>13} {network.losses[-1]:>15.4f} {score:>21.4f}")
    print(
        PAGE[lang].format(n=n, units=10, twenty="\n".join(twenty), full="\n".join(full), slow=seconds[0] / seconds[-1])
    )


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
