"""What comes with the library is what its sources have."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from rosenblatt import datasets
from rosenblatt.datasets import breast_cancer, digits, fashion_mnist, mnist
from rosenblatt.datasets.idx import read_bytes
from rosenblatt.errors import UnknownNameError

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "rosenblatt" / "datasets" / "data"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script that makes the bundled files."""
    spec = importlib.util.spec_from_file_location("make_bundled_data", ROOT / "tools" / "make_bundled_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_cancer_table_equals_scikit_learns_to_the_bit() -> None:
    bunch = pytest.importorskip("sklearn.datasets").load_breast_cancer()
    x, y = breast_cancer.load_data()
    assert x.tobytes() == bunch.data.tobytes()
    assert (x.dtype, x.shape) == (np.float64, (569, 30))
    np.testing.assert_array_equal(y, bunch.target)
    assert y.dtype == np.int64
    assert breast_cancer.feature_names() == bunch.feature_names.tolist()
    assert breast_cancer.class_names() == bunch.target_names.tolist()


def test_the_digits_equal_scikit_learns() -> None:
    bunch = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = digits.load_data()
    np.testing.assert_array_equal(x, bunch.images)
    np.testing.assert_array_equal(y, bunch.target)
    assert (x.dtype, y.dtype) == (np.float64, np.int64)


def test_the_sample_is_stratified_and_begins_as_the_lectures_data_do() -> None:
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_sample()
    assert (x_train.shape, x_test.shape) == ((6000, 28, 28), (1000, 28, 28))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(y_train).tolist() == [600] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert y_train[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]


def test_the_sample_is_a_subset_of_the_full_set_without_repetition(full_data: Path) -> None:
    for (x, y), (x_full, y_full) in zip(fashion_mnist.load_sample(), fashion_mnist.load_data(full_data), strict=True):
        labels = {image.tobytes(): label for image, label in zip(x_full, y_full, strict=True)}
        assert [labels[image.tobytes()] for image in x] == y.tolist()
        assert len({image.tobytes() for image in x}) == len(x)


def test_arrays_may_be_written_to() -> None:
    (x_train, _), _ = fashion_mnist.load_sample()
    x_train[0] = 0
    x, _ = breast_cancer.load_data()
    x -= 1


def test_the_bundled_files_are_made_anew_with_the_same_content(
    full_data: Path, tmp_path: Path, maker: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setenv("ROSENBLATT_DATA", str(full_data))
    maker.main(tmp_path)
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*.gz")}
    kept = {path.relative_to(DATA): path for path in DATA.rglob("*.gz")}
    assert made.keys() == kept.keys()
    for name, path in made.items():
        assert read_bytes(path) == read_bytes(kept[name]), name
        assert kept[name].read_bytes()[3:8] == bytes(5), f"{name}: no name and no time in the header"
    assert sum(path.stat().st_size for path in kept.values()) < 3.3e6


def test_compression_does_not_depend_on_the_time(maker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    first = maker.compressed(b"rosenblatt" * 100)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert maker.compressed(b"rosenblatt" * 100) == first


def test_class_names_in_english_and_korean() -> None:
    assert fashion_mnist.class_names("ko") == [
        "티셔츠/윗도리",
        "바지",
        "스웨터",
        "드레스",
        "코트",
        "샌들",
        "셔츠",
        "스니커즈",
        "가방",
        "앵클부츠",
    ]
    assert fashion_mnist.class_names()[0] == "T-shirt/top"
    assert breast_cancer.class_names("ko") == ["악성", "양성"]
    assert mnist.class_names() == digits.class_names("ko") == list("0123456789")
    assert len(fashion_mnist.class_names()) == 10


def test_another_language_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(
        UnknownNameError, match=r"fashion_mnist.class_names: language: .* got 'fr'. Known names: en, ko"
    ):
        fashion_mnist.class_names("fr")


def test_the_table_says_what_there_is_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSENBLATT_DATA", str(tmp_path))
    monkeypatch.setenv("ROSENBLATT_HOME", str(tmp_path / "home"))
    entries = {entry.name: entry for entry in datasets.available()}
    assert entries["mnist"].where == "not found; downloaded when first loaded"
    assert not entries["mnist"].found
    assert entries["mnist"].rows == (60000, 10000)
    for name, module in {"digits": digits, "breast-cancer": breast_cancer}.items():
        x, y = module.load_data()
        assert entries[name][1:5] == ((len(x),), x.shape[1:], len(np.unique(y)), "bundled")


def test_the_table_names_the_folder_of_what_was_found(full_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROSENBLATT_DATA", str(full_data))
    entries = {entry.name: entry for entry in datasets.available()}
    assert entries["fashion-mnist"].where == str(full_data / "fashion-mnist")


def test_an_unknown_module_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'cifar'"):
        _ = datasets.cifar
    assert datasets.mnist is mnist
