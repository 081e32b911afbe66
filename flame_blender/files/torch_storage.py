"""PyTorch tensors as NumPy arrays, without PyTorch: its zip files, its older streams, and streams inside pickles.

Layouts: ``torch/serialization.py``. A tensor is a strided view of a storage, a row of numbers of one type; the pickle
refers to storages by persistent ids ``("storage", type, key, device, count)`` and their numbers lie beside it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from .file_budget import spend_for_array
from .raw_arrays import RefusedError, array_from_bytes, plain_shape, shortened
from .safe_unpickle import Known, KnownGlobals, plain_key, unpickle

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_VERSION = 1001
LEGACY_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the pickle of the magic number
_DTYPES = {
    "Double": "<f8", "Float": "<f4", "Half": "<f2", "Long": "<i8", "Int": "<i4", "Short": "<i2", "Char": "i1",
    "Byte": "u1", "Bool": "?",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Storage:
    """The numbers under one or more tensors, (count,)."""

    values: np.ndarray


def unpickle_torch_zip(members: dict[str, bytes], source: str, known: KnownGlobals) -> object:
    """What a file of torch 1.6 or later holds; ``members`` are its zip's, by name."""
    pickles = [name for name in members if name.endswith("data.pkl")]
    if len(pickles) != 1:
        raise ModelError(f"{source}: expected one data.pkl in a torch file, found {len(pickles)}.")
    folder = pickles[0].removesuffix("data.pkl")
    byte_order = members.get(f"{folder}byteorder", b"little")
    if byte_order != b"little":
        raise ModelError(f"{source}: byteorder must be little, found {shortened(byte_order)}.")

    def storage(identity: object) -> Storage:
        dtype, key, count = _storage_identity(identity)
        if f"{folder}data/{key}" not in members:
            raise RefusedError(f"refers to the storage {shortened(key)}, which is not in the file")
        spend_for_array(dtype, count, held=True)
        return Storage(array_from_bytes(dtype, (count,), False, members[f"{folder}data/{key}"]))

    return unpickle(members[pickles[0]], source, {**known, **TORCH_TYPES}, persistent=storage)[0]


def unpickle_legacy_stream(data: bytes, source: str, known: KnownGlobals) -> object:
    """What torch wrote before 1.6: pickles of magic, version, system, object and storage keys, then the storages."""
    at = 0
    for name, expected in (("magic number", LEGACY_MAGIC), ("version", LEGACY_VERSION)):
        found, at = unpickle(data, source, {}, at)
        if found != expected:
            raise ModelError(f"{source}: expected torch's {name} {expected}, found {shortened(found)}.")
    system, at = unpickle(data, source, {}, at)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise ModelError(f"{source}: expected a little-endian torch stream, found {shortened(system)}.")
    storages = _StoragesToCome(len(data))
    value, at = unpickle(data, source, {**known, **_STORAGE_TYPES, **_TENSOR_TYPES}, at, storages)
    keys, at = unpickle(data, source, {}, at)
    storages.fill(keys, data, at, source)
    return value


class _StoragesToCome:
    """The storages of an old stream: tensors are made on them before their numbers are read."""

    def __init__(self, n_bytes: int) -> None:
        self.bytes_left = n_bytes
        self.by_key: dict[str | int, Storage] = {}

    def __call__(self, identity: object) -> Storage:
        dtype, key, count = _storage_identity(identity)
        if key not in self.by_key:
            self.bytes_left -= count * dtype.itemsize
            if self.bytes_left < 0:
                raise RefusedError("has storages larger than the file")
            spend_for_array(dtype, count)
            self.by_key[key] = Storage(np.zeros(count, dtype))
        storage = self.by_key[key]
        if (storage.values.dtype, len(storage.values)) != (dtype, count):
            raise RefusedError(f"names the storage {shortened(key)} with two different sizes")
        return storage

    def _has(self, key: object) -> bool:
        return isinstance(key, (str, int)) and key in self.by_key

    def fill(self, keys: object, data: bytes, at: int, source: str) -> None:
        if not isinstance(keys, list) or len(keys) != len(self.by_key) or not all(map(self._has, keys)):
            raise ModelError(f"{source}: expected the keys of {len(self.by_key)} storages, found {shortened(keys)}.")
        for key in keys:
            values = self.by_key[key].values
            start, end = at + 8, at + 8 + values.nbytes
            if end > len(data) or struct.unpack_from("<q", data, at)[0] != len(values):
                raise ModelError(f"{source}: expected {len(values)} numbers in the storage {key}; copy the file again.")
            values[...] = np.frombuffer(data[start:end], values.dtype)
            at = end


def _storage_identity(identity: object) -> tuple[np.dtype, str | int, int]:
    if not isinstance(identity, tuple) or len(identity) < 5 or shortened(identity[0]) != "'storage'":
        raise RefusedError(f"refers to {shortened(identity)}, expected a storage")
    _, kind, key, _, count = identity[:5]
    if type(kind) is not Known or kind.name not in _DTYPES or type(key) not in (str, int):
        raise RefusedError(f"refers to the storage {shortened(identity)}, expected numbers")
    (count,) = plain_shape((count,))
    plain_key(key)
    return np.dtype(_DTYPES[kind.name]), key, count


def _rebuild_tensor(storage: object, offset: object, size: object, stride: object, *_: object) -> np.ndarray:
    """The strided view that torch calls a tensor; what follows (gradients, hooks) does not matter here."""
    if type(storage) is not Storage:
        raise RefusedError(f"makes a tensor on {shortened(storage)}, expected a storage")
    size, stride, (offset,) = plain_shape(size), plain_shape(stride), plain_shape((offset,))
    last = offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    count = math.prod(size)
    if count == 0:
        return np.zeros(size, storage.values.dtype)
    if last >= len(storage.values) or count > len(storage.values):
        raise RefusedError(f"makes a tensor {size} on a storage of {len(storage.values)} numbers")
    steps = [step * storage.values.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage.values[offset:], size, steps, writeable=False)


def _rebuild_parameter(tensor: object, *_: object) -> object:
    return tensor


def _load_from_bytes(raw: object) -> object:
    """A storage that a plain pickle nests as an old stream of its own (no deeper: the stream knows storages only)."""
    if type(raw) is not bytes:
        raise RefusedError(f"reads a torch stream from {shortened(raw)}, expected bytes")
    try:
        return unpickle_legacy_stream(raw, "its torch stream", {})
    except ModelError as error:
        raise RefusedError(f"nests a torch storage that cannot be read ({error})") from error


def _only_named(*arguments: object) -> object:
    raise RefusedError(f"calls a storage type with {len(arguments)} values, expected it only to be named")


def _known(module: str, name: str, make: Callable[..., object]) -> KnownGlobals:
    return {(module, name): Known(name, make)}


_STORAGE_TYPES: KnownGlobals = {("torch", f"{name}Storage"): Known(name, _only_named) for name in _DTYPES}
_TENSOR_TYPES: KnownGlobals = {
    **_known("torch._utils", "_rebuild_tensor_v2", _rebuild_tensor),
    **_known("torch._utils", "_rebuild_parameter", _rebuild_parameter),
}
TORCH_TYPES: KnownGlobals = {
    **_STORAGE_TYPES,
    **_TENSOR_TYPES,
    **_known("torch.storage", "_load_from_bytes", _load_from_bytes),
}
