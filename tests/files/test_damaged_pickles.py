"""Pickles that name what is known and give it what it does not take: each is refused in one sentence."""

from __future__ import annotations

import codecs
import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.archive import read_any

torch = pytest.importorskip("torch", reason="PyTorch is not installed: its own files are not tried")

make_array, number = np.arange(3).__reduce__()[0], np.float64(1).__reduce__()[0]
see_buffer: Any = np.arange(3).__reduce_ex__(5)[0]
remake: Any = object().__reduce_ex__(0)[0]
tensor_of, nested = torch._utils._rebuild_tensor_v2, torch.storage._load_from_bytes
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
ENDS = -1, -1, 0


class Made:
    """What is pickled as a call of something, and perhaps a state for what it gives."""

    def __init__(self, called: Callable, arguments: tuple, *state: object) -> None:
        self.reduced = called, arguments, *state

    def __reduce__(self) -> tuple:
        return self.reduced


def array(*state: object) -> Made:
    return Made(make_array, (np.ndarray, (0,), b"b"), state)


WRONG = {
    "array's state": (array(1, 2), "expected five values"),
    "array's dtype": (array(1, (2,), "f4", False, b"12345678"), "expected a dtype"),
    "array's objects": (array(1, (2,), np.dtype("O"), False, b"12"), "made of .* expected a list"),
    "array's bytes": (array(1, (2,), np.dtype("f4"), False, 3), "expected bytes"),
    "array's kind": (Made(make_array, (np.dtype, (0,), b"b"), (1,)), r"expected numpy\.ndarray"),
    "dtype's state": (
        Made(np.dtype, ("f4", False, True), (3, "<", 1, None, None, *ENDS)),
        "expected a byte order only",
    ),
    "dtype's order": (Made(np.dtype, ("f4", False, True), (3, "?", None, None, None, *ENDS)), "dtype of byte order"),
    "number": (Made(number, ("f8", b"12345678")), "expected a dtype"),
    "buffer's order": (Made(see_buffer, (b"1234", np.dtype("f4"), (1,), "X")), "in order 'X'"),
    "text": (Made(codecs.encode, ("x", "utf-8")), "expected text as latin1"),
    "set": (Made(set, (3,)), "makes a set of 3"),
    "object": (Made(remake, (np.ndarray, object, 3)), "makes "),
    "type": (Made(np.ndarray, (3,)), "expected it only to be named"),
    "tensor": (Made(tensor_of, (3, 0, (2,), (1,), False, OrderedDict())), "expected a storage"),
    "storage": (Made(torch.FloatStorage, (3,)), "calls a storage type with 1 values"),
    "nested text": (Made(nested, ("x",)), "expected bytes"),
    "nested stream": (Made(nested, (pickle.dumps(3, 2),)), "nests a torch storage that cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_known_names_with_what_they_do_not_take(tmp_path: Path, case: str) -> None:
    made, said = WRONG[case]
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(made, 2))
    with pytest.raises(ModelError, match=said):
        read_any(tmp_path / "a.pkl")


class Storage:
    """What is pickled as a name for numbers that lie elsewhere in the file."""

    def __init__(self, *identity: object) -> None:
        self.identity = identity


def pickled(value: object) -> bytes:
    class Pickler(pickle.Pickler):
        def persistent_id(self, each: object) -> object:
            return each.identity if isinstance(each, Storage) else None

    file = io.BytesIO()
    Pickler(file, 2).dump(value)
    return file.getvalue()


def tensor(*identity: object, size: int = 2) -> Made:
    return Made(tensor_of, (Storage(*identity), 0, (size,), (1,), False, OrderedDict()))


def floats(count: int, key: object = "0") -> tuple:
    return "storage", torch.FloatStorage, key, "cpu", count, None


def stream(value: object, keys: object = ("0",), version: int = VERSION, little: bool = True) -> bytes:
    keys = list(keys) if isinstance(keys, tuple) else keys
    parts = (MAGIC, version, {"little_endian": little, "protocol_version": version}, value, keys)
    return b"".join(map(pickled, parts))


STREAMS = {
    "other version": (stream(tensor(*floats(2)), version=7), "expected torch's version 1001"),
    "other order of bytes": (stream(tensor(*floats(2)), little=False), "expected a little-endian torch stream"),
    "larger than the file": (stream(tensor(*floats(10**9))), "storages larger than the file"),
    "two sizes": (stream([tensor(*floats(2)), tensor(*floats(3))]), "with two different sizes"),
    "no list of keys": (stream(tensor(*floats(2)), 3), "expected the keys of 1 storages"),
    "other keys": (stream(tensor(*floats(2)), ("1",)), "expected the keys of 1 storages"),
    "no numbers at the end": (stream(tensor(*floats(2))), "expected 2 numbers in the storage 0"),
    "no storage": (stream(tensor("x", 1)), "expected a storage"),
    "no kind of number": (stream(tensor("storage", "FloatStorage", "0", "cpu", 2, None)), "expected numbers"),
    "beyond the storage": (stream(tensor(*floats(2), size=3)), "on a storage of 2 numbers"),
}


@pytest.mark.parametrize("case", STREAMS)
def test_torch_streams_that_do_not_agree_with_themselves(tmp_path: Path, case: str) -> None:
    content, said = STREAMS[case]
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ModelError, match=said):
        read_any(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ({"b/data.pkl": pickled(1)}, "expected one data.pkl in a torch file, found 2"),
        ({"a/byteorder": b"big"}, "byteorder must be little"),
        ({}, "the storage '0', which is not in the file"),
        ({"a/data/0": b"1234567"}, "bytes"),
    ],
)
def test_torch_zips_that_do_not_agree_with_themselves(tmp_path: Path, added: dict[str, bytes], said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        for name, content in ({"a/data.pkl": pickled(tensor(*floats(2))), "a/version": b"3"} | added).items():
            archive.writestr(name, content)
    with pytest.raises(ModelError, match=said):
        read_any(tmp_path / "a.pt")
