"""Model files: what is trusted is read, what could run code is refused, what is damaged is said to be."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sterling.adapters import as_model, load_model
from sterling.core import extras
from sterling.core.errors import InputError, MissingExtra
from sterling.testing import check_model
from tests.adapters.conftest import Fitted


class Trap:
    """What a hostile pickle does: it runs a command on being read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.mark),))


def test_skops(fitted: Fitted, tmp_path: Path) -> None:
    path = tmp_path / "lender.skops"
    skops.io.dump(fitted.pipeline, path)
    model = load_model(path)
    assert model.name == "lender"
    np.testing.assert_array_equal(model.predict(fitted.table), as_model(fitted.pipeline).predict(fitted.table))
    np.testing.assert_array_equal(as_model(str(path)).predict(fitted.table), model.predict(fitted.table))
    assert check_model(model, fitted.table).conforms


def test_skops_lists_what_it_does_not_trust(fitted: Fitted, tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    skops.io.dump(make_pipeline(FunctionTransformer(os.path.basename), fitted.pipeline), path)
    with pytest.raises(InputError, match="a hostile file could misuse") as caught:
        load_model(path)
    assert "basename" in caught.value.got


def test_skops_with_trust(fitted: Fitted, tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    skops.io.dump(fitted.forest, path)
    with pytest.raises(InputError, match="a hostile file could misuse") as caught:
        load_model(path, features=fitted.numeric)
    expected = fitted.forest.predict_proba(fitted.table.select(fitted.numeric).to_numpy())[:, 1]
    for model in (
        load_model(path, features=fitted.numeric, trusted=caught.value.got.split(", ")),
        load_model(path, features=fitted.numeric, allow_pickle=True),
    ):
        np.testing.assert_allclose(model.predict(fitted.table), expected, atol=1e-6)


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".joblib"])
def test_pickles_are_refused(fitted: Fitted, tmp_path: Path, suffix: str) -> None:
    path, mark = tmp_path / f"m{suffix}", tmp_path / "ran"
    path.write_bytes(pickle.dumps(Trap(mark)))
    with pytest.raises(InputError, match="can run any code") as caught:
        load_model(path)
    assert not mark.exists(), "the file was read"
    assert "skops" in caught.value.hint
    assert "ONNX" in caught.value.hint


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".joblib"])
def test_pickles_are_read_on_demand(fitted: Fitted, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"m{suffix}"
    joblib.dump(fitted.pipeline, path) if suffix == ".joblib" else path.write_bytes(pickle.dumps(fitted.pipeline))
    model = load_model(path, allow_pickle=True)
    np.testing.assert_array_equal(model.predict(fitted.table), as_model(fitted.pipeline).predict(fitted.table))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match="cannot be read"):
        load_model(path, allow_pickle=True)
    path.write_bytes(pickle.dumps("model.onnx"))
    with pytest.raises(InputError, match="text, not a model"):
        load_model(path, allow_pickle=True)
    path.write_bytes(pickle.dumps({"not": "a model"}))
    with pytest.raises(InputError, match="is not a model"):
        load_model(path, allow_pickle=True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"rubbish", b"PK\x05\x06" + bytes(18)])
def test_damaged_skops(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.skops"
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged, or not a skops file"):
        load_model(path)


def test_skops_cut_short(fitted: Fitted, tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    skops.io.dump(fitted.pipeline, path)
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError, match="damaged"):
            load_model(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(100 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="would unpack to 100 MB"):
        load_model(path)


def test_a_hostile_schema(tmp_path: Path) -> None:
    call = {"module_path": "os", "function": "system"}
    hostile = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": call, "__id__": 1}
    path = tmp_path / "m.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps(hostile))
    with pytest.raises(InputError):
        load_model(path)


def test_paths(tmp_path: Path) -> None:
    (tmp_path / "lender.onnx").write_bytes(b"")
    with pytest.raises(InputError, match="no such model file") as caught:
        load_model(tmp_path / "lender.onx")
    assert "lender.onnx" in caught.value.hint
    (tmp_path / "m.h5").write_bytes(b"")
    with pytest.raises(InputError, match=r"a file named \.h5"):
        load_model(tmp_path / "m.h5")


@pytest.mark.parametrize(
    ("suffix", "library", "extra"), [(".onnx", "onnxruntime", "onnx"), (".skops", "skops.io", "sklearn")]
)
def test_a_missing_library_names_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, library: str, extra: str
) -> None:
    real = extras.importlib.import_module

    def absent(name: str, package: str | None = None) -> object:
        if name == library:
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr(extras.importlib, "import_module", absent)
    path = tmp_path / f"m{suffix}"
    path.write_bytes(b"")
    with pytest.raises(MissingExtra) as caught:
        load_model(path)
    assert f"sterling[{extra}]" in caught.value.hint


def weights(header: dict[str, object], *, length: int | None = None) -> bytes:
    """A safetensors file as its format is written down: the header's length, the header, the numbers."""
    text = json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + b"\0" * 64


TENSORS = {
    "__metadata__": {"format": "pt"},
    "fc.weight": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]},
    "fc.bias": {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]},
}


@pytest.mark.parametrize(
    ("content", "holds"),
    [
        (weights(TENSORS), "2 tensors of 16 numbers"),
        (weights(TENSORS, length=1 << 60), ""),
        (weights(TENSORS, length=5), ""),
        (weights({"a": {"shape": "x"}}), ""),
        (weights({"a": {"shape": [10**18] * 300}}), ""),
        (b"\x02\0\0\0\0\0\0\0[]", ""),
        (b"", ""),
    ],
)
def test_weights_alone_are_no_model(tmp_path: Path, content: bytes, holds: str) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match="holds the weights of a model and not the model") as caught:
        load_model(path, allow_pickle=True)
    assert "torch.onnx.export" in str(caught.value)
    assert caught.value.got == holds
