"""Make the pictures of the README and the tutorial, docs/pictures, with the library's own plots.

    python tools/make_pictures.py [FOLDER]

FOLDER is docs/pictures unless given. Needs the extras ``plots`` and ``images`` and a font with Korean letters. Every
picture is made in English and Korean, and carries its figures as text (``Description``) for screen readers.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from PIL import Image, PngImagePlugin

import rosenblatt as rb
from rosenblatt import plots
from rosenblatt.datasets import fashion_mnist, points
from rosenblatt.ladder import Perceptron, SingleLayer
from rosenblatt.ladder.data import cancer
from rosenblatt.layers import Dense, Flatten, Rescaling
from rosenblatt.utils import train_test_split

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
LANGUAGES = ("en", "ko")
COLOURS = 256  # of a picture's palette: a third of the bytes, and nobody sees it


def main(folder: Path = FOLDER) -> None:
    """Write all pictures and print their sizes."""
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    model, history = clothes()
    pictures: dict[str, Callable[[str], Any]] = {
        "gates": gates,
        "weight-path": weight_path,
        "activations": lambda language: plots.activation_functions(
            ["step", "sigmoid", "tanh", "relu", "leaky_relu", "softmax"], language=language
        ),
        "depth": lambda language: plots.why_depth_did_not_train(language=language),
        "history": lambda language: plots.history(history, language=language),
        "samples": lambda language: samples(model, language),
        "confusion": lambda language: confusion(model, language),
    }
    for name, draw in pictures.items():
        for language in LANGUAGES:
            path = folder / f"{name}.{language}.png"
            save(draw(language), path)
            print(f"{path.stat().st_size:7,d}  {path}")


def gates(language: str) -> Any:
    """Draw what one perceptron makes of AND, OR and XOR, and what a hidden layer makes of XOR."""
    said = {"en": "Perceptron: {}", "ko": "퍼셉트론: {}"}[language]
    hidden = {"en": "With a hidden layer: XOR", "ko": "은닉층이 있을 때: XOR"}[language]
    axes = plt.figure(figsize=(14, 3.7), layout="constrained").subplots(1, 4)
    for ax, name in zip(axes, ("AND", "OR", "XOR"), strict=False):
        x, y = points.gate(name)
        unit = Perceptron(learning_rate=0.1, epochs=5)
        unit.fit(x, y)
        plots.decision_boundary(unit, x, y, ax, language=language).set_title(said.format(name))
    x, y = points.gate("XOR")
    network = rb.Sequential([Dense(8, "tanh"), Dense(1, "sigmoid")], seed=1)
    network.compile(rb.optimizers.Adam(0.1), "binary_crossentropy")
    network.fit(x, y, epochs=100, verbose=0)
    plots.decision_boundary(network, x, y, axes[3], language=language).set_title(hidden)
    return axes


def weight_path(language: str) -> Any:
    """Draw the path of weights 2 and 3 of the one neuron of rung 2."""
    data = cancer()
    layer = SingleLayer(l2=0.01)
    layer.fit(data.x_train, data.y_train, epochs=100)
    return plots.weight_path(layer, 2, 3, (data.x_train, data.y_train), language=language)


def clothes() -> tuple[rb.Sequential, Any]:
    """Train the model of the tutorial."""
    (x, y), _ = fashion_mnist.load_sample()
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    layers = [Flatten(input_shape=(28, 28)), Rescaling(1 / 255), Dense(100, "sigmoid"), Dense(10, "softmax")]
    model = rb.Sequential(layers, seed=42)
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    return model, model.fit(x_train, y_train, epochs=10, validation_data=(x_val, y_val), verbose=0)


def samples(model: rb.Sequential, language: str) -> Any:
    """Draw ten test pictures, not all easy, with what the model takes them for."""
    x, y = (part[90:100] for part in fashion_mnist.load_sample()[1])
    names = fashion_mnist.class_names(language)
    return plots.samples(x, y, model.predict(x), names, language=language)


def confusion(model: rb.Sequential, language: str) -> Any:
    """Draw which clothes of the test the model takes for which."""
    x, y = fashion_mnist.load_sample()[1]
    return plots.confusion_matrix((y, model.predict(x)), fashion_mnist.class_names(language), language=language)


def save(axes: Any, path: Path) -> None:
    """Write the figure of some axes as a small PNG that carries its figures as text."""
    figure = np.ravel(np.asarray(axes, dtype=object))[0].figure
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=80)
    plt.close(figure)
    text = PngImagePlugin.PngInfo()
    text.add_itxt("Description", plots.describe(axes))
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(path, optimize=True, pnginfo=text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="where to, in place of the usual folder")
    folder = parser.parse_args().folder
    main(*[folder] if folder else [])
