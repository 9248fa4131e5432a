"""A thin shim under which the tests in Keras's own wheel see our modules where they import Keras's.

`plugin.py` is the pytest plugin: it calls `install`, leaves out the tests listed in `inapplicable.toml`, and writes
down how every other one ended. The shim renames and converts, and nothing else: no arithmetic, no skips, no tolerances.
What the tests use as tools (`keras.src.ops`, `backend`, `testing`, `tree`, `utils`) is Keras's own, on its NumPy
backend; what they test is ours alone, for Keras's modules of the same name cannot be imported any more:

    keras.src.losses, keras.src.losses.losses, ...      ->  keras_shim/losses.py  ->  rosenblatt.losses
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# Packages of Keras and the modules of this folder that stand for them, whichever file of theirs is imported.
STAND_INS = {
    "activations": "activations",
    "callbacks": "callbacks",
    "constraints": "constraints",
    "initializers": "initializers",
    "layers": "layers",
    "losses": "losses",
    "metrics": "metrics",
    "models": "models",
    "optimizers": "optimizers",
    "regularizers": "regularizers",
    "saving": "saving",
}


# What some of Keras's test files import at their top, and this library's tests do not need.
NOT_INSTALLED = ("tensorflow", "grain")


def install() -> None:
    """Import Keras, then put our modules where those of the packages in `STAND_INS` were."""
    import keras
    from keras.src import testing
    from keras.src.utils import module_utils

    for name in NOT_INSTALLED:
        assert not getattr(module_utils, name).available  # Keras asks once: it must not find what we put there

    replaced = {name: module for name, module in sys.modules.items() if _package(name) in STAND_INS}
    for name in replaced:
        del sys.modules[name]
    sys.meta_path.insert(0, StandInFinder(replaced))
    for package in STAND_INS:
        stand_in = importlib.import_module(f"keras.src.{package}")
        setattr(sys.modules["keras.src"], package, stand_in)
        setattr(keras, package, stand_in)
    keras.Sequential, keras.Input = keras.models.Sequential, keras.layers.Input
    test_case = importlib.import_module(f"{__name__}.test_case")
    testing.TestCase = testing.test_case.TestCase = test_case.TestCase
    sys.modules["conftest"] = importlib.import_module(f"{__name__}.conftest_of_keras")


def _package(name: str) -> str:
    """The package right below ``keras.src`` that a module belongs to; "" for others."""
    return name.split(".")[2] if name.startswith("keras.src.") else ""


class StandInFinder(MetaPathFinder):
    """Answers the import of a module of Keras that was replaced with the stand-in for its package."""

    def __init__(self, replaced: Mapping[str, ModuleType]) -> None:
        self.replaced = replaced

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Tell the import system that we make this module; of what was replaced only the tests are read from files."""
        if name not in self.replaced and name.split(".")[0] not in NOT_INSTALLED:
            if _package(name) in STAND_INS and not name.endswith("_test"):
                raise ModuleNotFoundError(f"{name} would be Keras's own, in the place of ours", name=name)
            return None
        spec = ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        folders = getattr(self.replaced.get(name), "__path__", [])  # where pytest finds the tests
        spec.submodule_search_locations = list(folders)
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Let the import system make the empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill it with what the stand-in has; what Keras has besides can be named, so that files can be collected."""
        real = vars(self.replaced.get(module.__name__, module))
        if _package(module.__name__):
            stand_in = importlib.import_module(f"{__name__}.{STAND_INS[_package(module.__name__)]}")
            module.__dict__.update({name: value for name, value in vars(stand_in).items() if not name.startswith("__")})

        def get(name: str) -> type:
            # The real module's submodules are found by the import system, and pytest asks for names of its own.
            if (
                f"{module.__name__}.{name}" in self.replaced
                or (real is not vars(module) and name not in real)
                or name.startswith("__")
            ):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            return absent(name)

        module.__dict__["__getattr__"] = get


def absent(name: str) -> type:
    """Make a class that stands for what we do not have: it can be named, and nothing else."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise NotImplementedError(f"rosenblatt has no {name}")

    return type(name, (), {"__init__": refuse})
