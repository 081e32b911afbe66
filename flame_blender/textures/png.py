"""Pictures as PNG files, without Blender."""

from __future__ import annotations

import struct
import zlib

import numpy as np

BEST, QUICK = 9, 4  # zlib's levels
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_bytes(pixels: np.ndarray, level: int = BEST) -> bytes:
    """(H, W, 3) uint8 sRGB, or (H, W) uint8 numbers, top row first, as a PNG (ISO/IEC 15948).

    Rows are stored as differences.
    """
    rows = pixels.reshape(len(pixels), -1)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    lines = np.column_stack([np.full(len(rows), 2, np.uint8), rows - above]).astype(np.uint8)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    colours = ((b"sRGB", b"\0"),) if pixels.ndim == 3 else ()
    chunks = ((b"IHDR", header), *colours, (b"IDAT", zlib.compress(lines.tobytes(), level)), (b"IEND", b""))
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return SIGNATURE + b"".join(parts)


def pixels_of(raw: bytes, most: int = 1 << 26) -> np.ndarray | None:
    """What :func:`png_bytes` made a PNG of, (H, W, 3) or (H, W) uint8; None for other files, or over ``most`` bytes."""
    header, data = _chunks_of(raw)
    if len(header) != 13:
        return None
    width, height, depth, colours, *rest = struct.unpack(">IIBBBBB", header)
    channels = {0: 1, 2: 3}.get(colours, 0)
    size = height * (1 + width * channels)
    if depth != 8 or not channels or any(rest) or not 0 < size <= most:
        return None
    try:
        found = zlib.decompressobj().decompress(data, size + 1)
    except zlib.error:
        return None
    lines = np.frombuffer(found, np.uint8)
    if len(lines) != size or (lines[:: size // height] != 2).any():  # rows stored in another way
        return None
    pixels = np.add.accumulate(lines.reshape(height, -1)[:, 1:], 0, dtype=np.uint8)
    return pixels.reshape(height, width, 3) if channels == 3 else pixels


def _chunks_of(raw: bytes) -> tuple[bytes, bytes]:
    """The header and the data of a PNG, empty for what is none."""
    place, header, data = len(SIGNATURE), b"", []
    while raw.startswith(SIGNATURE) and place + 12 <= len(raw):
        (length,) = struct.unpack(">I", raw[place : place + 4])
        kind, content = raw[place + 4 : place + 8], raw[place + 8 : place + 8 + length]
        header = content if kind == b"IHDR" else header
        data += [content] if kind == b"IDAT" else []
        place += 12 + length
    return header, b"".join(data)
