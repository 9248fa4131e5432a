from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.ladder import MinibatchNetwork, RandomInitNetwork

X = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.8], [0.1, 0.1], [-2.0, 0.4]])
Y = np.array([1, 0, 1, 0, 1])


@pytest.mark.parametrize("batch_size", [32, 128])
def test_the_figures_of_the_lectures(batch_size, cancer):
    network = MinibatchNetwork(units=10, batch_size=batch_size, l2=0.01)
    network.fit(cancer.x_train, cancer.y_train, 500, cancer.x_val, cancer.y_val)
    assert network.score(cancer.x_val, cancer.y_val) == 0.978021978021978
    assert len(network.losses) == len(network.val_losses) == 500


def test_one_batch_of_all_rows_is_the_rung_below_to_rounding(cancer):
    whole, below = MinibatchNetwork(batch_size=364, l1=0.01, l2=0.01), RandomInitNetwork(l1=0.01, l2=0.01)
    for network in (whole, below):
        network.fit(cancer.x_train, cancer.y_train, 100, cancer.x_val, cancer.y_val)
    for name in ("w1", "b1", "w2", "b2", "losses", "val_losses"):
        np.testing.assert_allclose(getattr(whole, name), getattr(below, name), rtol=1e-9, atol=1e-11, err_msg=name)


@pytest.mark.parametrize(
    ("batch_size", "lengths"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (32, [5])], ids=["1", "2", "n", "above n"]
)
def test_batches_have_every_row_once(batch_size, lengths):
    network = MinibatchNetwork(batch_size=batch_size)
    batches = list(network.gen_batch(X, Y))
    assert [len(x) for x, _ in batches] == lengths
    rows = [(*x, y) for x_batch, y_batch in batches for x, y in zip(x_batch, y_batch, strict=True)]
    assert sorted(rows) == sorted((*x, y) for x, y in zip(X, Y, strict=True))


def test_each_epoch_is_shuffled_anew_by_one_stream_of_seed_42():
    network = MinibatchNetwork(batch_size=5)
    rng = np.random.RandomState(42)
    orders = [rng.permutation(5) for _ in range(2)]
    assert orders[0].tolist() != orders[1].tolist()
    for order in orders:
        (x, y), *rest = network.gen_batch(X, Y)
        assert x.tolist() == X[order].tolist()
        assert y.tolist() == Y[order].tolist()
        assert not rest


def test_batch_size_one_takes_one_step_for_each_row_and_n_one_for_all():
    class Counted(MinibatchNetwork):
        steps = 0

        def training(self, x, y, m):
            assert m == len(x)  # the penalty is divided by the length of the batch
            self.steps += 1
            return super().training(x, y, m)

    for batch_size, steps in [(1, 5), (2, 3), (5, 1)]:
        network = Counted(units=2, batch_size=batch_size)
        network.fit(X, Y, epochs=4)
        assert network.steps == 4 * steps


def test_the_epochs_loss_is_put_together_as_it_trains():
    network = MinibatchNetwork(units=2, batch_size=2, l1=0.1, l2=0.2)
    network.fit(X, Y, epochs=1)
    again = MinibatchNetwork(units=2, batch_size=2, l1=0.1, l2=0.2)
    again.init_weights(2)
    order = np.random.RandomState(42).permutation(5)
    total = 0.0
    for rows in (order[:2], order[2:4], order[4:]):
        y = Y[rows].reshape(-1, 1)
        a = again.training(X[rows], y, len(rows))
        total -= np.log(np.where(y == 1, a, 1 - a)).sum()
    assert network.losses == pytest.approx([(total + again.reg_loss()) / 5], rel=1e-12)
    assert network.w1.tolist() == again.w1.tolist()


def test_a_second_fit_gives_the_same_network():
    network = MinibatchNetwork(units=2, batch_size=2)
    network.fit(X, Y, epochs=3)
    losses = network.losses
    network.fit(X, Y, epochs=3)
    assert network.losses == losses
    assert network.val_losses == []


def test_more_steps_go_further_in_as_many_epochs(cancer):
    last = []
    for batch_size in (32, 128, 364):
        network = MinibatchNetwork(batch_size=batch_size, l2=0.01)
        network.fit(cancer.x_train, cancer.y_train, epochs=20)
        last.append(network.losses[-1])
    assert last == sorted(last)


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match=r"^batch_size: expected 1 or more, got 0\. Take 32 to begin with"):
        MinibatchNetwork(batch_size=0)
