"""Own pictures: what comes out of photographs and drawings of every kind."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import Sequential, pictures
from rosenblatt.datasets import fashion_mnist
from rosenblatt.errors import ArgumentError, DataError, MissingExtraError
from rosenblatt.layers import Dense, Flatten, Rescaling
from rosenblatt.types import Array

Image = pytest.importorskip("PIL.Image", reason="needs the extra 'images'")


@pytest.fixture(scope="module")
def clothes() -> tuple[Array, Array]:
    """A hundred pictures of clothing, with their classes."""
    _, (x, y) = fashion_mnist.load_sample()
    return x[:100], y[:100]


def saved(path: Path, pixels: Array, mode: str | None = None) -> Path:
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(path)
    return path


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_a_picture_of_the_right_size_on_black_is_taken_as_it_is(
    tmp_path: Path, clothes: tuple[Array, Array], mode: str
) -> None:
    picture = pictures.read(saved(tmp_path / "a.png", clothes[0][0], mode))
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, clothes[0][0])
    assert (picture.inverted, picture.original_shape) == (False, (28, 28))


def test_every_sample_is_recognised_as_light_on_dark_and_its_negative_as_dark_on_light(
    tmp_path: Path, clothes: tuple[Array, Array]
) -> None:
    for pixels in clothes[0][:40]:
        assert not pictures.read(saved(tmp_path / "a.png", pixels)).inverted
        negative = pictures.read(saved(tmp_path / "b.png", 255 - pixels))
        assert negative.inverted
        np.testing.assert_array_equal(negative.pixels, pixels)


def test_inversion_can_be_ordered_and_forbidden(tmp_path: Path, clothes: tuple[Array, Array]) -> None:
    dark, light = (saved(tmp_path / f"{k}.png", p) for k, p in enumerate((clothes[0][0], 255 - clothes[0][0])))
    np.testing.assert_array_equal(pictures.read(dark, invert=True).pixels, 255 - clothes[0][0])
    np.testing.assert_array_equal(pictures.read(light, invert=False).pixels, 255 - clothes[0][0])


def block(height: int, width: int, top: int, left: int, bottom: int, right: int, ink: int, paper: int) -> Array:
    pixels = np.full((height, width), paper, np.uint8)
    pixels[top:bottom, left:right] = ink
    return pixels


def test_margins_are_cut_and_proportions_kept(tmp_path: Path) -> None:
    wide = block(100, 300, 40, 20, 60, 100, ink=0, paper=255)  # 20 high, 80 wide
    pixels = pictures.read(saved(tmp_path / "a.png", wide)).pixels
    assert pixels.shape == (28, 28)
    np.testing.assert_array_equal(np.flatnonzero((pixels > 127).any(axis=0)), np.arange(28))
    np.testing.assert_array_equal(np.flatnonzero((pixels > 127).any(axis=1)), np.arange(10, 17))


def test_grey_paper_becomes_black(tmp_path: Path) -> None:
    pixels = pictures.read(saved(tmp_path / "a.png", block(90, 90, 30, 30, 60, 45, ink=20, paper=200))).pixels
    assert pixels[:, 0].max() == 0
    assert pixels.max() == 255 - round(20 * 255 / 200)


def test_handwriting_has_a_margin_and_its_centre_of_mass_in_the_middle(tmp_path: Path) -> None:
    seven = block(100, 100, 10, 10, 90, 50, ink=0, paper=255)
    seven[80:90, 50:90] = 0  # a foot to the right moves the box, but hardly the mass
    pixels = pictures.read(saved(tmp_path / "a.png", seven), handwriting=True).pixels.astype(float)
    rows = np.flatnonzero(pixels.sum(axis=1))
    columns = np.flatnonzero(pixels.sum(axis=0))
    assert (len(rows), len(columns)) == (20, 20)
    centre = (pixels.sum(axis=0) @ (np.arange(28) + 0.5)) / pixels.sum()
    assert abs(centre - 14) <= 0.5


def test_transparent_paper_is_white_under_a_dark_drawing_and_black_under_a_light_one(tmp_path: Path) -> None:
    for ink, inverted in ((30, True), (230, False)):
        drawing = np.zeros((60, 60, 4), np.uint8)
        drawing[20:40, 20:40] = (ink, ink, ink, 255)
        picture = pictures.read(saved(tmp_path / "a.png", drawing), (10, 10))
        assert picture.inverted is inverted
        assert picture.pixels.min() > 200  # the square fills the picture


def test_sixteen_bits_a_pixel_are_not_cut_off(tmp_path: Path) -> None:
    deep = np.zeros((28, 28), np.uint16)
    deep[4:, 4:] = 65535
    deep[10:, 10:] = 32768
    pixels = pictures.read(saved(tmp_path / "a.png", deep)).pixels
    assert (pixels[5, 5], pixels[20, 20]) == (255, 128)


def test_the_orientation_that_a_camera_notes_is_heeded(tmp_path: Path) -> None:
    image = Image.fromarray(block(40, 20, 0, 0, 5, 20, ink=255, paper=0))
    note = Image.Exif()
    note[0x0112] = 6  # to be turned by a quarter
    image.save(tmp_path / "a.jpg", exif=note)
    assert pictures.read(tmp_path / "a.jpg").original_shape == (20, 40)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".gif", ".webp", ".tif"])
def test_a_network_still_knows_enlarged_negatives_of_its_pictures(
    tmp_path: Path, clothes: tuple[Array, Array], suffix: str
) -> None:
    (x_train, y_train), _ = fashion_mnist.load_sample()
    model = Sequential([Flatten(), Rescaling(1 / 255), Dense(10, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, epochs=2, verbose=0)
    x, y = clothes
    read = []
    for pixels in x:
        Image.fromarray(255 - pixels).resize((150, 150), Image.Resampling.BICUBIC).convert("RGB").save(
            tmp_path / f"a{suffix}"
        )
        read.append(pictures.read(tmp_path / f"a{suffix}").pixels)
    before, after = (np.mean(model.predict(rows).argmax(axis=1) == y) for rows in (x, np.stack(read)))
    assert before > 0.7
    assert after > before - 0.1


def damaged(path: Path) -> Path:
    saved(path, np.arange(4096, dtype=np.uint8).reshape(64, 64))
    path.write_bytes(path.read_bytes()[:80])
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path, "expected a picture, got no such file"),
        (lambda path: path.write_bytes(b"no picture") and path, "damaged or none"),
        (lambda path: path.write_bytes(b"") or path, "damaged or none"),
        (damaged, "damaged or none"),
        (lambda path: path.mkdir() or path, "damaged or none"),
        (lambda path: saved(path, np.full((9, 9), 255, np.uint8)), "one grey throughout"),
    ],
)
def test_what_is_no_picture_is_told(tmp_path: Path, make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=message):
        pictures.read(make(tmp_path / "a.png"))


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "a.png")
    with pytest.raises(DataError, match="at most 90 million pixels"):
        pictures.read(tmp_path / "a.png")


def test_a_shape_without_pixels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="at least 1 x 1, got 0 x 28"):
        pictures.read(tmp_path / "a.png", (0, 28))


def test_without_pillow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match=r"Run: pip install 'rosenblatt\[images\]'"):
        pictures.read(tmp_path / "a.png")
