"""Pictures of your own, brought into the form that networks are trained on: grey, small, light on dark.

    a photograph or drawing ── grey ── light on dark ── dark background to 0 ── margins cut ── resized ── pixels

Fashion-MNIST was made in this way: the thing is light, what surrounds it is black, and it fills the picture. MNIST's
digits leave a margin, and it is their centre of mass that lies in the middle.

Pillow is the extra ``images`` and imported when the first picture is read: ``pip install 'rosenblatt[images]'``.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rosenblatt.errors import ArgumentError, DataError, MissingExtraError
from rosenblatt.types import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
NOTICEABLE = 13  # grey levels of 255, 5 %, by which a pixel must differ from the background to be part of the thing


class Picture(NamedTuple):
    """A picture that a network can be given."""

    pixels: Array  # (height, width) uint8: 0 is black
    inverted: bool  # whether dark and light have been exchanged
    original_shape: tuple[int, int]  # height and width in the file


def read(
    path: str | Path,
    shape: tuple[int, int] = (28, 28),
    *,
    invert: bool | None = None,
    handwriting: bool = False,
) -> Picture:
    """Read a picture and bring it into a network's form.

    A picture that has the wanted size already is only made grey and, where needed, inverted. Of any other one the empty
    margins are cut, and the rest is resized with its proportions kept.

    Args:
        path: a PNG, JPEG, BMP, GIF, WebP or TIFF file; transparency and the camera's orientation are heeded.
        shape: height and width wanted, in pixels.
        invert: whether to exchange dark and light; None does it where the background, judged by the edge of the
            picture, is light.
        handwriting: set the thing as MNIST sets its digits, in 20 of 28 pixels and with its centre of mass in the
            middle, instead of as large as it can be.

    Raises:
        DataError: the file is missing, damaged, too large, no picture, or empty.
        MissingExtraError: Pillow is not installed.

    Example:
        >>> import os, tempfile
        >>> from PIL import Image
        >>> drawing = Image.new("RGB", (300, 200), "white")
        >>> drawing.paste("navy", (100, 50, 200, 150))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     drawing.save(os.path.join(folder, "square.png"))
        ...     picture = read(os.path.join(folder, "square.png"))
        >>> picture.pixels.shape, picture.inverted, picture.original_shape
        ((28, 28), True, (200, 300))

    Source: Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747, figure 1; LeCun et al. 1998, section III A, for digits.
    """
    if min(shape) < 1:
        raise ArgumentError(f"pictures.read: expected a shape of at least 1 x 1, got {shape[0]} x {shape[1]}.")
    pixels = _grey(Path(path))
    if pixels.min() == pixels.max():
        raise DataError(
            f"{path}: expected something to be seen, got a picture of one grey throughout. Is it the right file?"
        )
    original_shape = (pixels.shape[0], pixels.shape[1])
    inverted = bool(_background(pixels) > 127) if invert is None else invert
    if inverted:
        pixels = 255 - pixels
    if original_shape != shape:
        pixels = _set(_trimmed(_on_black(pixels)), shape, handwriting)
    return Picture(pixels.round().astype(np.uint8), inverted, original_shape)


def _grey(path: Path) -> Array:
    """Read a file as grey levels (height, width) from 0 to 255, float64."""
    image_module = pillow("Image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", image_module.DecompressionBombWarning)
            with image_module.open(path, formats=FORMATS) as image:
                upright = pillow("ImageOps").exif_transpose(image)
                return _levels(upright)
    except FileNotFoundError as error:
        raise DataError(f"{path}: expected a picture, got no such file. Check the path.") from error
    except (image_module.DecompressionBombWarning, image_module.DecompressionBombError) as error:
        raise DataError(
            f"{path}: expected a picture of at most 90 million pixels, got more. Make it smaller."
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError) as error:
        # What Pillow raises for damaged files depends on the format.
        raise DataError(
            f"{path}: expected a picture (PNG, JPEG, BMP, GIF, WebP or TIFF), got a file that is damaged or none. "
            "Open it in a picture viewer and save it anew."
        ) from error


def _levels(image: Any) -> Array:
    if image.mode.startswith(("I", "F")):  # 16 bits and more a pixel, which Pillow would cut off at 255
        deep = np.asarray(image, np.float64)
        return deep / max(65535.0 if image.mode.startswith("I") else 1.0, float(deep.max())) * 255
    if image.has_transparency_data:
        return _without_transparency(np.asarray(image.convert("RGBA").convert("LA"), np.float64))
    return np.asarray(image.convert("L"), np.float64)


def _without_transparency(grey_and_opacity: Array) -> Array:
    """Lay a drawing on white paper, or on black where the drawing itself is light."""
    grey, opacity = grey_and_opacity[..., 0], grey_and_opacity[..., 1] / 255
    seen = opacity.sum()
    paper = 0.0 if seen and (grey * opacity).sum() / seen > 127 else 255.0
    return np.asarray(grey * opacity + paper * (1 - opacity))


def _background(pixels: Array) -> float:
    """The grey level of the background: the median along the edge."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return float(np.median(edge))


def _on_black(pixels: Array) -> Array:
    """Stretch the grey levels so that the background, dark by now, becomes black."""
    background = min(_background(pixels), 254.0)
    return np.clip(pixels - background, 0, None) * (255 / (255 - background))


def _trimmed(pixels: Array) -> Array:
    """Cut off the rows and columns around the thing in which there is nothing."""
    rows, columns = (np.flatnonzero((pixels > NOTICEABLE).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _set(pixels: Array, shape: tuple[int, int], handwriting: bool) -> Array:
    """Resize to the largest size that fits into the shape, proportions kept, and set it in the middle of black."""
    share = 20 / 28 if handwriting else 1.0
    scale = min(share * shape[0] / pixels.shape[0], share * shape[1] / pixels.shape[1])
    height, width = (max(1, round(size * scale)) for size in pixels.shape)
    image_module = pillow("Image")
    image = image_module.fromarray(pixels.round().astype(np.uint8))
    small = np.asarray(image.resize((width, height), image_module.Resampling.LANCZOS), np.float64)
    middle = _centre_of_mass(small) if handwriting else (height / 2, width / 2)
    whole = np.zeros(shape)
    top, left = (
        int(np.clip(round(size / 2 - centre), 0, size - extent))
        for size, centre, extent in zip(shape, middle, small.shape, strict=True)
    )
    whole[top : top + height, left : left + width] = small
    return whole


def _centre_of_mass(pixels: Array) -> tuple[float, float]:
    """The mean place of the light, in pixels from the top and from the left."""
    total = max(float(pixels.sum()), 1e-9)
    down, across = (np.arange(size) + 0.5 for size in pixels.shape)
    return float(pixels.sum(axis=1) @ down) / total, float(pixels.sum(axis=0) @ across) / total


def pillow(part: str) -> Any:
    """Import a module of Pillow, such as ``"Image"``.

    Raises:
        MissingExtraError: Pillow is not installed.
    """
    import importlib

    try:
        return importlib.import_module(f"PIL.{part}")
    except ImportError as missing:
        raise MissingExtraError("pictures", "images", "Pillow") from missing
