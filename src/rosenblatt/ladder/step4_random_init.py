"""Rung 4: random starting weights break the symmetry.

Equal neurons stay equal (rung 3). The cure is short: draw the starting weights at random. Each hidden neuron then sees
the data a little differently, receives its own gradient, and can become something of its own. The biases may start at
zero, for the weights have already told the neurons apart.

    w1, w2 ~ N(0, 1), drawn in this order            b1 = b2 = 0

How large should they be? With very small weights the neurons begin almost equal and part slowly; with very large ones
z lies far out where the sigmoid is flat, and a1 (1 - a1) lets hardly any error through. Here N(0, 1) will do; Glorot
and He made rules for wider layers.

The numbers come from a generator of our own, seeded with 42: the same network every time,
and the generator of whoever calls us is left alone.

한국어: 똑같이 시작하면 끝까지 똑같습니다. 가중치를 무작위로 뽑아 시작하면 은닉 뉴런이 저마다 다른 기울기를 받아
서로 다른 것을 배웁니다. 시작만 바꾸었는데 훨씬 적은 에포크에 같은 정확도에 이르고, XOR도 풀립니다.

Source: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.ladder.step3_dual_layer import DualLayer


class RandomInitNetwork(DualLayer):
    """The network of rung 3, started from standard normal weights of seed 42.

    Args:
        units: number of hidden neurons.
        learning_rate: the share of the gradient that one step takes.
        l1: strength of the penalty on the sum of |w1| and |w2|.
        l2: strength of the penalty on half the sum of w1² and w2².

    Example:
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> network = RandomInitNetwork(units=3, learning_rate=1.0)
        >>> network.fit(x, y, epochs=2000)
        >>> network.score(x, y)  # XOR, at last
        1.0
    """

    def init_weights(self, n_features: int) -> None:
        """Draw w1 and then w2 from N(0, 1); the biases start at zero."""
        rng = np.random.RandomState(42)
        self.w1 = rng.normal(0, 1, (n_features, self.units))
        self.b1 = np.zeros(self.units)
        self.w2 = rng.normal(0, 1, (self.units, 1))
        self.b2 = 0.0


PAGE = {
    "en": """\
Rung 4: random starting weights

The network of rung 3 once more ({units} hidden neurons, learning rate 0.1, l2 = 0.01); only the start differs.

                training loss at epoch
                      1      10     100     500
  all ones      {equal}
  random        {random}

Right on the validation set: {score:.4f} ({right} of {held_out}) after {epochs} epochs. Rung 3 was given 20 000.

The hidden neurons now differ: the weights from one feature to the ten of them have a standard deviation of up to
{spread:.1f}, no longer 3e-12. And XOR, out of reach for equal neurons, is solved: after {xor_epochs} epochs
00, 01, 10, 11 get {xor}

Next: more than one step in each epoch -> python -m rosenblatt.ladder.step5_minibatch
""",
    "ko": """\
4단계: 무작위로 시작하기

3단계의 신경망 그대로입니다(은닉 뉴런 {units}개, 학습률 0.1, l2 = 0.01). 시작하는 가중치만 다릅니다.

                에포크별 훈련 손실
                      1      10     100     500
  모두 1        {equal}
  무작위        {random}

{epochs} 에포크 뒤 검증 정확도: {score:.4f} ({held_out}개 중 {right}개). 3단계는 20 000 에포크를 썼습니다.

이제 은닉 뉴런은 서로 다릅니다. 한 특성에서 열 뉴런으로 가는 가중치의 표준 편차가 3e-12에서 {spread:.1f}로 커졌습니다.
똑같은 뉴런들이 풀지 못한 XOR도 풀립니다. {xor_epochs} 에포크 뒤 00, 01, 10, 11의 출력: {xor}

다음: 한 에포크에 여러 스텝 -> python -m rosenblatt.ladder.step5_minibatch --lang ko
""",
}


def main(lang: str = "en") -> None:
    """Tell what this rung shows, with the figures computed here.

    Args:
        lang: "en" or "ko".
    """
    from rosenblatt.ladder.data import cancer

    data = cancer()
    equal, random = DualLayer(l2=0.01), RandomInitNetwork(l2=0.01)
    for network in (equal, random):
        network.fit(data.x_train, data.y_train, epochs=500)
    score = random.score(data.x_val, data.y_val)

    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    xor = RandomInitNetwork(learning_rate=1.0)
    xor.fit(x, y, epochs=2_000)
    print(
        PAGE[lang].format(
            units=random.units,
            equal=" ".join(f"{equal.losses[e - 1]:>7.4f}" for e in (1, 10, 100, 500)),
            random=" ".join(f"{random.losses[e - 1]:>7.4f}" for e in (1, 10, 100, 500)),
            score=score,
            right=round(score * len(data.x_val)),
            held_out=len(data.x_val),
            epochs=500,
            spread=random.w1.std(axis=1).max(),
            xor=xor.activation(xor.forpass(x)).ravel().round(3),
            xor_epochs=2_000,
        )
    )


if __name__ == "__main__":
    from rosenblatt.ladder.telling import language

    main(language())
