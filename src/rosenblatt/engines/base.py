"""The boundary between what a network is and how it is computed: whatever computes one is an `Engine`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal, overload

from rosenblatt.plan import Plan, State
from rosenblatt.types import Array


class Engine(ABC):
    """Carries out a plan on a state.

    x may be float32, float64 or uint8 rows, a memory map included: an engine gathers the rows of a batch and never
    copies the whole. Every engine given the same plan, state, data and order gives the same numbers to rounding.
    """

    name: ClassVar[str]

    @property
    def reason(self) -> str | None:
        """Why the plan at hand is not carried out by a faster engine; None where there is nothing to say."""
        return None

    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["last"] = "last") -> Array: ...
    @overload
    def predict(self, plan: Plan, state: State, x: Array, layers: Literal["all"]) -> list[Array]: ...
    @abstractmethod
    def predict(
        self, plan: Plan, state: State, x: Array, layers: Literal["last", "all"] = "last"
    ) -> Array | list[Array]:
        """Return the last layer's outputs (n, *output_shape) for x (n, *input_shape), or every layer's in a list."""

    def predictor(self, plan: Plan, state: State) -> Callable[[Array, Array], None]:
        """Return a function of x (n, *input_shape) and y that fills y (n, *output_shape) with the outputs for x.

        It reads the state's numbers as they are when it is called.
        """

        def predict(x: Array, y: Array) -> None:
            y[...] = self.predict(plan, state, x)

        return predict

    @abstractmethod
    def evaluate(self, plan: Plan, state: State, x: Array, target: Array, outputs: Array | None = None) -> Array:
        """Return each row's own loss (n,), without weights or penalties.

        Args:
            plan: the network, with a loss.
            state: its numbers; not changed.
            x: (n, *input_shape).
            target: (n, *output_shape), or class numbers for the sparse loss.
            outputs: where given, filled with the outputs (n, *output_shape).
        """

    @abstractmethod
    def loss_and_gradient(
        self, plan: Plan, state: State, x: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the loss of x as one batch and its gradient, a flat vector like ``state.params``.

        It is the gradient that the next update would use: dropped units as drawn for ``state.step``, penalties
        included. The state is not changed.
        """

    @abstractmethod
    def train(
        self,
        plan: Plan,
        state: State,
        x: Array,
        target: Array,
        weight: Array | None,
        order: Array,
        batch_size: int,
        outputs: Array | None = None,
    ) -> Array:
        """Make one update per batch, changing the state in place, and return each batch's loss (batches,).

        Args:
            plan: the network, with a loss and an optimizer.
            state: its numbers; changed.
            x: (n, *input_shape).
            target: (n, *output_shape), or class numbers for the sparse loss.
            weight: (n,) sample weights, or None.
            order: (rows,) row numbers in the order in which they are to be seen, or (epochs, rows) of them. Cutting it
                into slices of whole batches and training one after the other gives the same result.
            batch_size: rows a batch; the last batch of each epoch may be shorter.
            outputs: where given, (order.size, *output_shape), filled with the outputs measured while training.
        """
