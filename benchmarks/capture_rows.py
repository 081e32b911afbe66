"""What a face that is captured live costs of a frame: from a packet in the port to the mesh that Blender would draw."""

from __future__ import annotations

import runpy
import socket
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

from benchmarks.table import Row, within
from flame_blender import api

SENDER = runpy.run_path(str(Path(__file__).resolve().parent.parent / "examples" / "send_a_take.py"))
ALLOWED_MS = 1000 / 30
RATE = 60


def capture_rows(model: str | Path, medians: Callable[..., list[float]]) -> list[Row]:
    """A packet of Live Link Face for each frame, taken from a UDP port, shown and evaluated; all but the drawing."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    capture, rng = api.begin_live_capture(api.add_head(model), port=0), np.random.default_rng(3)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def followed(frame: int) -> None:
            packet = SENDER["packet"](rng.random(SENDER["VALUES"]).tolist(), frame, RATE)
            sender.sendto(packet, ("127.0.0.1", capture.receiver.port))
            if not capture.look():
                raise RuntimeError(f"packet {frame} did not come")
            bpy.context.evaluated_depsgraph_get()

        (took,) = medians(followed)
    capture.stop()
    return [within("live capture, from a packet to the evaluated mesh", took, round(ALLOWED_MS, 1), "ms")]
