"""PyTorch's chains of modules, there and back: weights transposed as each side keeps them, predictions equal.

    rosenblatt Dense     kernel (n_in, n_out)      y = x kernel + bias
    torch nn.Linear      weight (n_out, n_in)      y = x weight.T + bias

What PyTorch has no module for (scaling, the step, noise) is one of the small modules of this file; they are read back,
too. This module imports torch, so it is itself imported only by `from_torch` and `Sequential.to_torch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn

from rosenblatt.errors import ArgumentError
from rosenblatt.functional import network
from rosenblatt.functional.normalization import SMALLEST_DEVIATION
from rosenblatt.layers import (
    ELU,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
)
from rosenblatt.models import Sequential
from rosenblatt.plan import LayerPlan, Rule
from rosenblatt.types import Shape

# --- Modules that PyTorch does not have -------------------------------------------------------------


class Scaled(nn.Module):
    """y = scale x + offset."""

    def __init__(self, scale: float, offset: float) -> None:
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x: Any) -> Any:
        """Return y."""
        return x * self.scale + self.offset


class Standardized(nn.Module):
    """y = (x - mean) / standard deviation, with figures measured beforehand."""

    mean: torch.Tensor
    variance: torch.Tensor

    def __init__(self, mean: Any, variance: Any) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("variance", variance)

    def forward(self, x: Any) -> Any:
        """Return y."""
        return (x - self.mean) / torch.sqrt(self.variance).clamp(min=SMALLEST_DEVIATION)


class Noise(nn.Module):
    """In training, add normal noise; else do nothing."""

    def __init__(self, stddev: float) -> None:
        super().__init__()
        self.stddev = stddev

    def forward(self, x: Any) -> Any:
        """Return x, noisy in training."""
        return x + torch.randn_like(x) * self.stddev if self.training else x


class Step(nn.Module):
    """1 where z >= 0, else 0."""

    def forward(self, z: Any) -> Any:
        """Return y."""
        return (z >= 0).to(z.dtype)


class Exponential(nn.Module):
    """exp(z)."""

    def forward(self, z: Any) -> Any:
        """Return y."""
        return torch.exp(z)


class Rectified(nn.Module):
    """z above a threshold, else negative_slope (z - threshold); never more than max_value."""

    def __init__(self, negative_slope: float, max_value: float | None, threshold: float) -> None:
        super().__init__()
        self.negative_slope, self.max_value, self.threshold = negative_slope, max_value, threshold

    def forward(self, z: Any) -> Any:
        """Return y."""
        y = torch.where(z > self.threshold, z, self.negative_slope * (z - self.threshold))
        return y if self.max_value is None else y.clamp(max=self.max_value)


# --- To PyTorch -------------------------------------------------------------------------------------


def to_torch(model: Sequential) -> Any:
    """Return a built model as an ``nn.Sequential``, in evaluation mode: see `Sequential.to_torch`."""
    plan, state = model.plan, model.state
    weights = network.views(plan, state.params, state.statistics)
    modules = [
        module
        for layer, arrays in zip(plan.layers, weights, strict=True)
        for module in TO_TORCH[layer.kind](layer, {name: torch.tensor(array) for name, array in arrays.items()})
    ]
    modules += _activation_module(plan.output)  # what the loss had taken off the last layer
    return nn.Sequential(*modules).eval()


def _filled(module: Any, layer: LayerPlan, **tensors: Any) -> Any:
    """Give a new module its numbers, and freeze it where the layer is frozen."""
    module = module.to(next(iter(tensors.values())).dtype)
    with torch.no_grad():
        for name, tensor in tensors.items():
            getattr(module, name).copy_(tensor)
    return module.requires_grad_(layer.trainable)


def _one_axis(layer: LayerPlan) -> int:
    """Return the width of a row, which must be a vector: the units are PyTorch's second axis and our last one."""
    if len(layer.input_shape) != 1:
        raise ArgumentError(
            f"to_torch: expected {layer.name} to get rows that are vectors, got rows of shape {layer.input_shape}. "
            "Put a Flatten before it."
        )
    return layer.input_shape[0]


def _linear_module(layer: LayerPlan, arrays: dict[str, Any]) -> list[Any]:
    kernel = arrays["kernel"]
    inputs, units = kernel.shape
    module = nn.Linear(inputs, units, bias="bias" in arrays)
    tensors = {"weight": kernel.T} | ({"bias": arrays["bias"]} if "bias" in arrays else {})
    return [_filled(module, layer, **tensors), *_activation_module(layer.config["activation"])]


def _batch_norm_module(layer: LayerPlan, arrays: dict[str, Any]) -> list[Any]:
    width, mean = _one_axis(layer), arrays["moving_mean"]
    module = nn.BatchNorm1d(width, eps=layer.config["epsilon"], momentum=1.0 - layer.config["momentum"])
    gamma, beta = arrays.get("gamma", torch.ones_like(mean)), arrays.get("beta", torch.zeros_like(mean))
    figures = {"running_mean": mean, "running_var": arrays["moving_variance"]}
    return [_filled(module, layer, weight=gamma, bias=beta, **figures)]


def _layer_norm_module(layer: LayerPlan, arrays: dict[str, Any]) -> list[Any]:
    tensors = {name: arrays[own] for name, own in (("weight", "gamma"), ("bias", "beta")) if own in arrays}
    width, epsilon = layer.input_shape[-1], layer.config["epsilon"]
    module = nn.LayerNorm(width, epsilon, elementwise_affine=bool(tensors), bias="bias" in tensors)
    return [_filled(module, layer, **tensors) if tensors else module]


def _prelu_module(layer: LayerPlan, arrays: dict[str, Any]) -> list[Any]:
    return [_filled(nn.PReLU(_one_axis(layer)), layer, weight=arrays["alpha"])]


TO_TORCH: dict[str, Callable[[LayerPlan, dict[str, Any]], list[Any]]] = {
    "Activation": lambda layer, arrays: _activation_module(layer.config["activation"]),
    "BatchNormalization": _batch_norm_module,
    "Dense": _linear_module,
    "Dropout": lambda layer, arrays: [nn.Dropout(layer.config["rate"])],
    "Flatten": lambda layer, arrays: [nn.Flatten()],
    "GaussianNoise": lambda layer, arrays: [Noise(layer.config["stddev"])],
    "LayerNormalization": _layer_norm_module,
    "Normalization": lambda layer, arrays: [Standardized(arrays["mean"], arrays["variance"])],
    "PReLU": _prelu_module,
    "Rescaling": lambda layer, arrays: [Scaled(layer.config["scale"], layer.config["offset"])],
}


def _rectified(negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    if (negative_slope, max_value, threshold) == (0.0, None, 0.0):
        return nn.ReLU()
    return Rectified(negative_slope, max_value, threshold)


ACTIVATION_MODULES: dict[str, Callable[..., Any]] = {
    "elu": lambda alpha=1.0: nn.ELU(alpha),
    "exponential": Exponential,
    "gelu": lambda approximate=False: nn.GELU("tanh" if approximate else "none"),
    "hard_sigmoid": nn.Hardsigmoid,
    "leaky_relu": lambda negative_slope=0.2: nn.LeakyReLU(negative_slope),
    "log_softmax": lambda: nn.LogSoftmax(dim=-1),
    "mish": nn.Mish,
    "relu": _rectified,
    "relu6": nn.ReLU6,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "softmax": lambda: nn.Softmax(dim=-1),
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "step": Step,
    "tanh": nn.Tanh,
}


def _activation_module(rule: Rule) -> list[Any]:
    return [] if rule.name == "linear" else [ACTIVATION_MODULES[rule.name](**rule.config)]


# --- From PyTorch -----------------------------------------------------------------------------------


def from_torch(module: Any, input_shape: int | Sequence[int] | None = None, seed: int | None = None) -> Sequential:
    """Return a chain of modules as a model: see `rosenblatt.models.from_torch`."""
    if not isinstance(module, nn.Module):
        raise ArgumentError(
            f"from_torch: expected a torch.nn.Module, got {type(module).__name__}. "
            "Build the module, then load_state_dict."
        )
    chain = list(_modules(module))
    layers = [_layer_of(each) for each in chain]  # told first: what cannot be a layer
    model = Sequential(seed=seed, dtype=_dtype(module))
    model.add(Input(_input_shape(chain, input_shape)))
    for each, (layer, numbers) in zip(chain, layers, strict=True):
        if layer is None:
            continue
        parameters = list(each.parameters())
        layer.trainable = not parameters or any(parameter.requires_grad for parameter in parameters)
        model.add(layer)
        if len(model.output_shape) > 1 and _on_second_axis(each):
            raise ArgumentError(
                f"from_torch: expected {each!r} to get rows that are vectors, got rows of shape {model.output_shape}. "
                "Put an nn.Flatten before it: PyTorch's second axis would be another one here."
            )
        for name, tensor in numbers.items():
            layer.weights[name][...] = tensor.detach().cpu().numpy()
    return model


def _layer_of(module: Any) -> From:
    if type(module) not in FROM_TORCH:
        known = ", ".join(sorted(kind.__name__ for kind in FROM_TORCH if kind.__module__ != __name__))
        raise ArgumentError(
            f"from_torch: expected a chain of modules that can be layers, got {type(module).__name__} in it. "
            f"Supported: {known}; in nn.Sequential, nested or not. "
            "A module with a forward of its own may come through torch.onnx.export and load_model."
        )
    return FROM_TORCH[type(module)](module)


def _on_second_axis(module: Any) -> bool:
    """Tell whether a module works on PyTorch's second axis, the last one only where rows are vectors."""
    if isinstance(module, nn.Softmax | nn.LogSoftmax):
        return bool(module.dim != -1)
    return isinstance(module, nn.BatchNorm1d) or (isinstance(module, nn.PReLU) and module.num_parameters > 1)


def _modules(module: Any) -> Iterator[Any]:
    """Yield the modules of nested chains in their order; a chain with a `forward` of its own is no chain."""
    if isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward:
        for each in module:
            yield from _modules(each)
    else:
        yield module


def _dtype(module: Any) -> str:
    dtypes = {str(tensor.dtype).removeprefix("torch.") for tensor in module.parameters()} or {"float32"}
    if len(dtypes) > 1 or not dtypes <= {"float32", "float64"}:
        raise ArgumentError(
            f"from_torch: expected weights in float32 or in float64, got {', '.join(sorted(dtypes))}. "
            "Call module.float() first."
        )
    return dtypes.pop()


def _input_shape(chain: Sequence[Any], given: int | Sequence[int] | None) -> Shape | Any:
    """Return the shape of a row: the one given, else what the first module that knows its width says."""
    if given is not None:
        return (given,) if isinstance(given, int) else tuple(given)
    for module in chain:
        if isinstance(module, nn.Flatten):
            break
        width = getattr(module, "in_features", None) or getattr(module, "num_features", None)
        if isinstance(module, nn.LayerNorm):
            width = module.normalized_shape[0]
        if width:
            return (int(width),)
    raise ArgumentError(
        "from_torch: expected input_shape, the shape of one row, for modules that do not tell it, got none. "
        "Such as input_shape=(28, 28)."
    )


def _refuse(module: Any, what: str, cure: str) -> ArgumentError:
    return ArgumentError(f"from_torch: expected {what}, got {module!r}. {cure}")


From = tuple[Layer | None, dict[str, Any]]  # a layer, or nothing to be done, and its numbers


def _that_are_there(**tensors: Any) -> dict[str, Any]:
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


def _from_linear(module: Any) -> From:
    numbers = _that_are_there(kernel=module.weight.T, bias=module.bias)
    return Dense(module.out_features, use_bias="bias" in numbers), numbers


def _from_batch_norm(module: Any) -> From:
    if module.running_mean is None:
        raise _refuse(module, "running figures to use", "Train it with track_running_stats=True.")
    momentum = 0.9 if module.momentum is None else 1.0 - module.momentum
    numbers = _that_are_there(gamma=module.weight, beta=module.bias)
    layer = BatchNormalization(
        momentum=momentum, epsilon=module.eps, center="beta" in numbers, scale="gamma" in numbers
    )
    return layer, {"moving_mean": module.running_mean, "moving_variance": module.running_var, **numbers}


def _from_layer_norm(module: Any) -> From:
    if len(module.normalized_shape) != 1:
        raise _refuse(module, "a LayerNorm over the last axis", "Flatten the rows before it.")
    numbers = _that_are_there(gamma=module.weight, beta=module.bias)
    return LayerNormalization(epsilon=module.eps, scale="gamma" in numbers, center="beta" in numbers), numbers


def _from_flatten(module: Any) -> From:
    if (module.start_dim, module.end_dim) != (1, -1):
        raise _refuse(module, "nn.Flatten() of whole rows", "Leave its arguments out.")
    return Flatten(), {}


def _from_softmax(name: str) -> Callable[[Any], From]:
    def layer_of(module: Any) -> From:
        if module.dim not in (None, -1, 1):
            raise _refuse(module, "dim=-1", "Classes are on the last axis here.")
        return Activation(name), {}

    return layer_of


def _from_gelu(module: Any) -> From:
    if module.approximate != "none":
        raise _refuse(module, "the exact GELU", "Its approximation by tanh is not a layer here.")
    return Activation("gelu"), {}


def _from_softplus(module: Any) -> From:
    if module.beta != 1 or module.threshold < 20:  # beyond 20, softplus(z) is z but for 2e-9
        raise _refuse(module, "beta=1 and threshold=20", "Scale the layers around it.")
    return Activation("softplus"), {}


def _named(name: str) -> Callable[[Any], From]:
    return lambda module: (Activation(name), {})


FROM_TORCH: dict[type, Callable[[Any], From]] = {
    nn.BatchNorm1d: _from_batch_norm,
    nn.Dropout: lambda module: (Dropout(module.p), {}),
    nn.ELU: lambda module: (ELU(module.alpha), {}),
    nn.Flatten: _from_flatten,
    nn.GELU: _from_gelu,
    nn.Hardsigmoid: _named("hard_sigmoid"),
    nn.Identity: lambda module: (None, {}),
    nn.LayerNorm: _from_layer_norm,
    nn.LeakyReLU: lambda module: (LeakyReLU(module.negative_slope), {}),
    nn.Linear: _from_linear,
    nn.LogSoftmax: _from_softmax("log_softmax"),
    nn.Mish: _named("mish"),
    nn.PReLU: lambda module: (PReLU(), {"alpha": module.weight}),
    nn.ReLU: _named("relu"),
    nn.ReLU6: _named("relu6"),
    nn.SELU: _named("selu"),
    nn.SiLU: _named("silu"),
    nn.Sigmoid: _named("sigmoid"),
    nn.Softmax: _from_softmax("softmax"),
    nn.Softplus: _from_softplus,
    nn.Softsign: _named("softsign"),
    nn.Tanh: _named("tanh"),
    Exponential: _named("exponential"),
    Noise: lambda module: (GaussianNoise(module.stddev), {}),
    Rectified: lambda module: (ReLU(module.max_value, module.negative_slope, module.threshold), {}),
    Scaled: lambda module: (Rescaling(module.scale, module.offset), {}),
    Standardized: lambda module: (Normalization(), {"mean": module.mean, "variance": module.variance}),
    Step: _named("step"),
}
