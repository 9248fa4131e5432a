"""Settings that make sense, drawn by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rosenblatt.playground.choices import ACTIVATIONS, DATA, FEATURES, INITIALIZERS, LIMITS, OPTIMIZERS
from rosenblatt.playground.settings import Settings


def between(name: str) -> st.SearchStrategy[Any]:
    low, high = LIMITS[name]
    return st.integers(int(low), int(high)) if isinstance(low, int) else st.floats(low, high)


def layers() -> st.SearchStrategy[Any]:
    activations = st.sampled_from(ACTIVATIONS)
    layer = st.fixed_dictionaries({"units": st.integers(1, 6), "activation": activations, "frozen": st.booleans()})
    return st.lists(layer, max_size=3)


places = between("place")
points = st.lists(st.tuples(places, places, st.integers(0, 3)), min_size=2, max_size=5)
sensible = st.fixed_dictionaries(
    {},
    optional={
        "data": st.sampled_from([name for name in DATA if name not in ("drawn", "table")]),
        "points": points,
        "features": st.lists(st.sampled_from(list(FEATURES)), min_size=1),
        "layers": layers(),
        "output": st.fixed_dictionaries({"frozen": st.booleans()}),
        "optimizer": st.sampled_from(list(OPTIMIZERS)),
        "initializer": st.sampled_from(INITIALIZERS),
        "loss": st.just("mse"),
        **{
            name: between(name)
            for name in ("count", "noise", "train", "seed", "learning_rate", "l1", "l2", "batch_size")
        },
    },
)


@st.composite
def some_settings(draw: Any) -> Settings:
    chosen = Settings().changed(draw(sensible))
    if chosen.points and len({kind for *_, kind in chosen.points}) > 1 and draw(st.booleans()):
        chosen = chosen.changed({"data": "drawn"})
    if draw(st.booleans()):
        numbers = st.floats(-1e6, 1e6, width=32)
        count = chosen.parameters()
        chosen = chosen.changed({"weights": draw(st.lists(numbers, min_size=count, max_size=count))})
    return chosen
