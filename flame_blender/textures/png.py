"""Pictures as PNG files, without Blender."""

from __future__ import annotations

import struct
import zlib

import numpy as np

BEST, QUICK = 9, 4  # zlib's levels


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
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
