"""Tensors in torch's zips, streams and nested pickles come out as the arrays that torch itself gives."""

from __future__ import annotations

import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import container, read_any

torch = pytest.importorskip("torch", reason="PyTorch is not installed: its own files are not tried")

DTYPES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")


def content() -> dict:
    rng = np.random.default_rng(0)
    base = torch.from_numpy(rng.normal(size=(6, 5)).astype(np.float32))
    values = {name: torch.from_numpy(rng.integers(0, 2, (3, 4))).to(getattr(torch, name)) for name in DTYPES}
    return values | {
        "view": base[1:4, ::2], "transposed": base.T, "whole": base,
        "number": torch.tensor(2.5), "none": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(base[2]), "grown": base.clone().requires_grad_(),
        "array": rng.normal(size=3), "list": [base[0], {"deep": base[1]}], "text": "30 fps", "fps": 25,
    }  # fmt: skip


def assert_equal(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, list):
        for pair in zip(found, expected, strict=True):
            assert_equal(*pair)
        return
    if isinstance(expected, torch.Tensor):
        expected = expected.detach().numpy()
    assert type(found) is type(expected)
    np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize("zipped", [True, False])
def test_whole_files(tmp_path, zipped):
    path = tmp_path / "00001.frame"
    torch.save(content(), path, _use_new_zipfile_serialization=zipped)
    assert container(path) == ("torch zip" if zipped else "torch")
    assert_equal(read_any(path), content())


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_tensors_nested_in_plain_pickles(tmp_path, protocol):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content(), protocol))
    assert_equal(read_any(tmp_path / "a.pkl"), content())


def test_numpy_arrays_in_a_torch_file_need_no_tensor(tmp_path):
    """metrical-tracker's frames."""
    frame = {"flame": {"exp": np.zeros((1, 100), np.float32), "jaw": np.ones((1, 6))}, "frame_id": 3}
    torch.save(frame, tmp_path / "00003.frame")
    assert_equal(read_any(tmp_path / "00003.frame"), frame)


@pytest.mark.parametrize("zipped", [True, False])
def test_types_without_a_numpy_twin_are_refused_by_name(tmp_path, zipped):
    torch.save({"exp": torch.zeros(3, dtype=torch.bfloat16)}, tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(ModelError, match=r"a.pt: .*asks for 'torch.BFloat16Storage'"):
        read_any(tmp_path / "a.pt")


def test_a_tensor_larger_than_its_storage_is_refused(tmp_path):
    torch.save(torch.zeros(1).expand(10**12), tmp_path / "a.pt")
    with pytest.raises(ModelError, match=r"makes a tensor \(1000000000000,\) on a storage of 1 numbers"):
        read_any(tmp_path / "a.pt")


def rezipped(path: Path, **members: bytes | None) -> Path:
    """The torch zip with some members (by the end of their names) exchanged or left out."""
    with zipfile.ZipFile(path) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in old.items():
            new = next((new for end, new in members.items() if name.endswith(end.replace("_", "/"))), raw)
            if new is not None:
                archive.writestr(name, new)
    return path


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"byteorder": b"big"}, "byteorder must be little, found b'big'"),
        ({"data_0": None}, "refers to the storage '0', which is not in the file"),
        ({"data_0": b"\x00" * 5}, "holds 5 bytes for an array of float32"),
        ({"data.pkl": b"cos\nsystem\n."}, "asks for 'os.system'"),
        ({"data.pkl": b"Q."}, "takes more from its stack"),
        ({"data.pkl": b"X\x03\x00\x00\x00absQ."}, "refers to 'abs', expected a storage"),
    ],
)
def test_damaged_zips_are_named(tmp_path, members, message):
    torch.save(torch.zeros(3), tmp_path / "a.pt")
    with pytest.raises(ModelError, match=message):
        read_any(rezipped(tmp_path / "a.pt", **members))


def test_a_stream_cut_anywhere_is_named(tmp_path):
    path = tmp_path / "a.pt"
    torch.save({"a": torch.arange(7), "b": torch.ones(3)}, path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    for end in range(20, len(data)):
        path.write_bytes(data[:end])
        with pytest.raises(ModelError, match=r"^" + str(path)):
            read_any(path)


@pytest.mark.parametrize("count", [2**60, -1, 6, 8])
def test_a_stream_whose_storage_has_another_size_is_named(tmp_path, count):
    path = tmp_path / "a.pt"
    torch.save(torch.arange(7), path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    at = data.rindex(struct.pack("<q", 7), 0, len(data) - 7 * 8)
    path.write_bytes(data[:at] + struct.pack("<q", count) + data[at + 8 :])
    with pytest.raises(ModelError, match="expected 7 numbers in the storage"):
        read_any(path)
