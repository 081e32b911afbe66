"""What one packet tells: scores by ARKit's names, and how head and eyes are turned. Nothing but numbers is taken.

Live Link Face (its stream, in network byte order): a version, two texts with their lengths, then, at the packet's end,
frame number, share of a frame, frames a second as a fraction, the number of values, 61, and these: the 52 scores in the
order of its CSV, and yaw, pitch and roll of head, left eye and right eye in radians.
Open Sound Control 1.0 (opensoundcontrol.stanford.edu): messages and bundles of ``/blendshape name value`` and of the
VMC protocol's ``/VMC/Ext/Blend/Val name value``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..model_controls.score_files import LIVE_LINK_ORDER, TURNING
from ..model_controls.spelled_names import arkit_name

LARGEST_PACKET = 1 << 16
VERSION, N_VALUES = 6, len(LIVE_LINK_ORDER) + 9
_FRAME = struct.Struct(">ifiiB")
_VALUES = struct.Struct(f">{N_VALUES}f")
TAIL = _FRAME.size + _VALUES.size
BUNDLE, BUNDLE_START = b"#bundle\0", 16
ADDRESSES = ("/blendshape", "/VMC/Ext/Blend/Val")
MOST_MESSAGES = 512  # of a bundle
DEEPEST = 4  # bundles in bundles
LARGEST_SCORE = 10.0
LARGEST_ANGLE = 2 * math.pi


@dataclass(frozen=True, eq=False)
class Packet:
    """``scores`` by ARKit's names; ``angles`` yaw, pitch, roll in radians by what turns; the sender's ``seconds``."""

    scores: dict[str, float]
    angles: dict[str, tuple[float, float, float]]
    seconds: float | None = None


def read_packet(data: bytes) -> Packet | None:
    """What a packet tells; None for one of any other form, or with numbers that no face has."""
    if not data or len(data) > LARGEST_PACKET:
        return None
    if data[:1] in (b"/", b"#"):
        return _read_osc(data)
    return _read_live_link(data)


def _read_live_link(data: bytes) -> Packet | None:
    if data[0] != VERSION or len(data) < TAIL:
        return None
    frame, part, rate, divisor, count = _FRAME.unpack_from(data, len(data) - TAIL)
    values = np.array(_VALUES.unpack_from(data, len(data) - _VALUES.size))
    scores, angles = values[: len(LIVE_LINK_ORDER)], values[len(LIVE_LINK_ORDER) :]
    if count != N_VALUES or not _are_scores(scores) or not _are_angles(angles):
        return None
    known = rate > 0 and divisor > 0 and math.isfinite(part)
    seconds = (frame + part) * divisor / rate if known else None
    turned = dict(zip(TURNING, map(tuple, angles.reshape(-1, 3).tolist()), strict=True))
    return Packet(dict(zip(LIVE_LINK_ORDER, scores.tolist(), strict=True)), turned, seconds)


def _are_scores(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= LARGEST_SCORE).all())  # NaN is not


def _are_angles(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= LARGEST_ANGLE).all())


def _read_osc(data: bytes) -> Packet | None:
    scores: dict[str, float] = {}
    try:
        for name, value in _messages(data, DEEPEST):
            known = arkit_name(name)
            if known is not None and abs(value) <= LARGEST_SCORE:
                scores[known] = value
    except (struct.error, UnicodeDecodeError, ValueError):
        return None
    return Packet(scores, {}) if scores else None


def _messages(data: bytes, depth: int) -> Iterator[tuple[str, float]]:
    """Name and value of each score in a message or a bundle. Raises ValueError for what is neither."""
    if not data.startswith(BUNDLE):
        yield from _message(data)
        return
    if not depth:
        raise ValueError("bundles in bundles")
    at, count = BUNDLE_START, 0
    while at < len(data):
        (size,) = struct.unpack_from(">i", data, at)
        count += 1
        if size <= 0 or size > len(data) - at - 4 or count > MOST_MESSAGES:
            raise ValueError("a message beyond its bundle")
        yield from _messages(data[at + 4 : at + 4 + size], depth - 1)
        at += 4 + size


def _message(data: bytes) -> Iterator[tuple[str, float]]:
    address, at = _text(data, 0)
    if address not in ADDRESSES:
        return
    kinds, at = _text(data, at)
    name, at = _text(data, at)
    if kinds in (",sf", ",sd", ",si"):
        (value,) = struct.unpack_from({"f": ">f", "d": ">d", "i": ">i"}[kinds[2]], data, at)
        yield name, float(value)


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text that ends in a zero and is filled up to four bytes; where the next thing begins. Raises ValueError."""
    end = data.index(b"\0", at)
    return data[at:end].decode("ascii"), end + 4 - (end - at) % 4
