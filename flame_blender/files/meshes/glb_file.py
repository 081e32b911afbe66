"""Positions of the vertices of a .glb (glTF 2.0 in one file), as they are stored: without nodes, skins or morphs."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ModelError
from ..archive import open_file
from ..file_budget import spend
from ..json_text import parse_json

MAX_BYTES = 1 << 28
START = struct.Struct("<4sII")  # glTF, version, length
CHUNK = struct.Struct("<II")  # length, kind
JSON, BINARY = 0x4E4F534A, 0x004E4942
FLOAT, VECTORS = 5126, "VEC3"
MAX_MESHES = 1000


def read_positions(path: Path) -> list[np.ndarray]:
    """(V, 3) float32 of each primitive with positions, in the file's order. Raises ModelError."""
    with open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ModelError(f"{path}: expected a .glb of at most {MAX_BYTES} bytes, found a larger file.")
        chunks = dict(_chunks(raw, str(path)))
        spend(n_bytes=len(raw))
        told = parse_json(chunks.get(JSON, b""), str(path))
        try:
            return [_vectors(told, accessor, chunks.get(BINARY, b"")) for accessor in _accessors(told)]
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ModelError(f"{path}: expected accessors of positions, found damage; copy the file again.") from error


def _chunks(raw: bytes, source: str) -> Iterator[tuple[int, bytes]]:
    magic, version, _ = START.unpack_from(raw) if len(raw) >= START.size else (b"", 0, 0)
    if (magic, version) != (b"glTF", 2):
        raise ModelError(f"{source}: expected a .glb of glTF 2.0, found another file.")
    at = START.size
    while at + CHUNK.size <= len(raw):
        length, kind = CHUNK.unpack_from(raw, at)
        at += CHUNK.size
        if length > len(raw) - at:
            raise ModelError(f"{source}: expected chunks within {len(raw)} bytes, found one beyond; copy it again.")
        yield kind, raw[at : at + length]
        at += length


def _accessors(told: Any) -> list[int]:
    found = [each["attributes"]["POSITION"] for mesh in told["meshes"] for each in mesh["primitives"]]
    if len(found) > MAX_MESHES or not all(isinstance(each, int) and each >= 0 for each in found):
        raise ValueError(json.dumps(found)[:80])
    return list(dict.fromkeys(found))


def _vectors(told: Any, number: int, binary: bytes) -> np.ndarray:
    accessor = told["accessors"][number]
    view = told["bufferViews"][accessor["bufferView"]]
    if accessor["componentType"] != FLOAT or accessor["type"] != VECTORS or "sparse" in accessor or view["buffer"] != 0:
        raise ValueError("other than plain vectors")
    begin, count = view.get("byteOffset", 0) + accessor.get("byteOffset", 0), accessor["count"]
    stride = view.get("byteStride", 12)
    if min(begin, count - 1, stride - 12) < 0 or stride % 4 or begin + stride * (count - 1) + 12 > len(binary):
        raise ValueError("beyond the file")
    spend(n_bytes=24 * count)
    vectors = np.ndarray((count, 3), "<f4", binary, begin, (stride, 4)).astype(np.float32)
    if not np.isfinite(vectors).all():
        raise ValueError("not finite")
    return vectors
