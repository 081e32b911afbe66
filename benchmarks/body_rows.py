"""What a head on a body costs beside the same head and body apart, and what putting it on takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from benchmarks.table import SHORT, Row, number
from flame_blender import api
from tests.blender.made_bodies import add_body

MOST_SECONDS, MOST_MS = 0.3, 10.0
ROUNDS = 1 if SHORT else 5


def body_rows(
    model: Path,
    animated_head: Callable[..., tuple[bpy.types.Scene, bpy.types.Object]],
    medians: Callable[..., list[float]],
) -> list[Row]:
    """A moving head and a made-up body of SMPL-X's 10,475 vertices and 55 bones, whose head bone moves."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scenes, heads, bodies = [], [], []
    for name in ("apart", "joined"):
        scene, head = animated_head(model, name)
        known: Any = bpy.context.window
        known.scene = scene
        body = add_body(api.model(head))
        armature: Any = body.armature
        bone = armature.pose.bones["head"]
        bone.rotation_mode = "XYZ"
        for frame, turn in ((1, 0.0), (60, 0.5)):
            bone.rotation_euler = (0.0, 0.0, turn)
            bone.keyframe_insert("rotation_euler", frame=frame)
        scenes.append(scene)
        heads.append(head)
        bodies.append(body)
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        api.put_on_body(heads[1], bodies[1].mesh, vertex_ids=bodies[1].like.ids)
        taken.append(time.perf_counter() - start)
    seconds = float(np.median(taken))
    apart, joined = medians(*(scene.frame_set for scene in scenes))
    more = joined - apart
    return [
        Row(
            "putting a head on a SMPL-X body",
            f"{number(seconds)} s",
            f"at most {MOST_SECONDS:g} s",
            seconds <= MOST_SECONDS,
        ),
        Row(
            "... on it, a frame more than head and body apart",
            f"{number(more)} ms ({number(apart)} ms)",
            f"at most {MOST_MS:g} ms",
            more <= MOST_MS,
        ),
    ]
