"""A computation once more, one operation at a time."""

from __future__ import annotations

from rosenblatt.graph import Scalar, replay, sigmoid


def test_every_operation_comes_forward_once_and_backward_once_in_the_other_order() -> None:
    w, x = Scalar(0.5, "w"), Scalar(2.0, "x")
    steps = list(replay(sigmoid(w * x) * w))
    forward = [step.node for step in steps if step.phase == "forward"]
    backward = [step.node for step in steps if step.phase == "backward"]
    assert [step.phase for step in steps] == ["forward"] * len(forward) + ["backward"] * len(backward)
    assert backward == forward[::-1]
    assert len(set(forward)) == len(forward)
    assert all(node.edges for node in forward)


def test_a_step_forward_has_all_its_inputs_done() -> None:
    x = Scalar(2.0)
    done = {x}
    for step in replay((x * x + x) / (x - 1.0)):
        if step.phase == "forward":
            assert {each for each in step.node.inputs if each.edges} <= done
            done.add(step.node)


def test_totals_grow_to_the_gradients() -> None:
    x, y = Scalar(3.0), Scalar(4.0)
    totals = {}
    for step in replay(x * y + x * x):
        totals |= {edge.input: total for edge, total in zip(step.edges, step.totals, strict=False)}
        assert step.phase == "forward" or len(step.totals) == len(step.edges)
    assert totals[x] == x.gradient == 10.0
    assert totals[y] == y.gradient == 3.0
