"""The history of a training: what it keeps, and how it reads."""

from __future__ import annotations

import re
from types import SimpleNamespace

from rosenblatt.history import History


def recorded(**columns: list) -> History:
    history = History()
    history.on_train_begin()
    for epoch, values in enumerate(zip(*columns.values(), strict=True)):
        history.on_epoch_end(epoch, dict(zip(columns, values, strict=True)))
    return history


def test_it_keeps_what_keras_keeps(keras):
    model = SimpleNamespace()
    ours, theirs = History(), keras.callbacks.History()
    for history in (ours, theirs):
        history.set_params({"verbose": 0, "epochs": 2, "steps": 5})
        history.set_model(model)
        for fit in (0, 1):
            history.on_train_begin()
            for epoch in range(2):
                history.on_epoch_end(epoch, {"accuracy": 0.5, "loss": 1.0 + fit + epoch})
        assert model.history is history
    assert (ours.history, ours.epoch, ours.params) == (theirs.history, theirs.epoch, theirs.params)
    assert ours.model is model


def test_it_reads_as_one_line():
    history = recorded(accuracy=[0.5, 0.8123], loss=[0.7, 0.52001], val_loss=[0.5, 0.6], f1_score=[[0.1], [0.2]])
    assert repr(history) == "2 epochs: loss 0.52, accuracy 0.8123, val_loss 0.6 (best val_loss 0.5 at epoch 1)"
    assert repr(recorded(loss=[1.0])) == "1 epoch: loss 1"
    assert repr(History()) == "0 epochs"


def test_the_best_epoch_is_not_one_that_is_nan():
    assert "best val_loss 0.4 at epoch 2" in repr(recorded(val_loss=[float("nan"), 0.4]))
    assert "best" not in repr(recorded(val_loss=[float("nan")]))


def test_it_is_a_table_in_a_notebook_with_the_best_epoch_in_bold():
    table = recorded(**{"a<b": [0.25, 0.5], "loss": [0.5, 0.75], "val_loss": [0.5, 0.6]})._repr_html_()
    assert "<th>epoch</th><th>loss</th><th>a&lt;b</th><th>val_loss</th>" in table
    assert '<tr style="font-weight:bold"><td>1</td><td>0.5</td><td>0.25</td><td>0.5</td></tr>' in table
    assert "<tr><td>2</td><td>0.75</td><td>0.5</td><td>0.6</td></tr>" in table
    assert "src=" not in table


def test_a_long_table_leaves_out_its_middle_but_not_the_best():
    val_loss = [1.0] * 100
    val_loss[41] = 0.5
    table = recorded(val_loss=val_loss)._repr_html_()
    shown = [int(epoch) for epoch in re.findall(r"<tr[^>]*><td>(\d+)</td>", table)]
    assert shown == [1, 2, 3, 4, 5, 42, *range(91, 101)]
    assert table.count("&#8942;") == 2


def test_a_column_that_came_late_leaves_cells_empty():
    history = recorded(loss=[1.0, 0.5])
    history.history["learning_rate"] = [0.1]
    assert "<td>2</td><td>0.5</td><td></td>" in history._repr_html_()
