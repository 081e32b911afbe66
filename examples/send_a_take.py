"""Play a take of Live Link Face to a port, as the telephone sends it: for trying Live Capture without a camera.

    python examples/send_a_take.py take.csv --port 11111

Needs nothing but Python. In Blender: FLAME tab > Animation > Live Capture.
"""

from __future__ import annotations

import argparse
import csv
import socket
import struct
import time
from pathlib import Path

VALUES = 61  # 52 scores, then yaw, pitch and roll of head and eyes
NAMES = (b"00000000-0000-0000-0000-000000000000", b"take")  # of the sender's device, and of its subject


def packet(values: list[float], frame: int, fps: int) -> bytes:
    """One packet, in network byte order."""
    names = b"".join(struct.pack(">i", len(name)) + name for name in NAMES)
    return b"\x06" + names + struct.pack(f">ifiiB{VALUES}f", frame, 0.0, fps, 1, VALUES, *values)


def main() -> None:
    """Send every row, as many a second as asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("take", type=Path, help="a .csv of Live Link Face")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=11111)
    parser.add_argument("--fps", type=int, default=60)
    asked = parser.parse_args()
    with asked.take.open(newline="", encoding="utf-8-sig") as file:
        rows = [row[2:] for row in list(csv.reader(file))[1:] if len(row) >= VALUES + 2 and row[2]]
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for frame, row in enumerate(rows):
            time.sleep(max(0.0, began + frame / asked.fps - time.monotonic()))
            sender.sendto(packet([float(value) for value in row[:VALUES]], frame, asked.fps), (asked.host, asked.port))
    print(f"{len(rows)} packets sent to {asked.host}:{asked.port}")


if __name__ == "__main__":
    main()
