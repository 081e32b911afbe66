"""Packets as the senders build them, written out from their formats."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def live_link(values: Sequence[float], frame: int = 0, part: float = 0.0, rate: int = 60, divisor: int = 1) -> bytes:
    """One of Live Link Face: two texts of the sender's, a frame's time, and 61 values."""
    texts = b"".join(
        struct.pack(">i", len(text)) + text for text in (b"4A0B7C1D-0000-4000-8000-1234567890AB", b"iPhone")
    )
    time = struct.pack(">ifii", frame, part, rate, divisor)
    return b"\x06" + texts + time + struct.pack(">B", len(values)) + struct.pack(f">{len(values)}f", *values)


def osc_text(text: str) -> bytes:
    """Ends in a zero, and is filled up to four bytes."""
    raw = text.encode("ascii") + b"\0"
    return raw + b"\0" * (-len(raw) % 4)


def osc_message(address: str, name: str, value: float) -> bytes:
    return osc_text(address) + osc_text(",sf") + osc_text(name) + struct.pack(">f", value)


def osc_bundle(messages: Sequence[bytes]) -> bytes:
    """With the time tag that means at once."""
    parts = b"".join(struct.pack(">i", len(message)) + message for message in messages)
    return b"#bundle\0" + struct.pack(">Q", 1) + parts
