"""What named controls and their correctives cost a live head in Blender, at work and at rest."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

from benchmarks.table import SHORT, Row
from flame_blender import api
from flame_blender.flame.controls import ARKIT_NAMES, N_ROTATIONS, Controls
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.head import models
from flame_blender.head.properties import flame_of

AT_WORK, CORRECTIVES_MS = 10, 0.05  # named controls, and what their correctives may cost


def rows_of_controls(
    model: str | Path,
    animated_head: Callable[..., tuple[bpy.types.Scene, bpy.types.Object]],
    n_frames: int,
    key_every: int,
    rounds: int,
) -> list[Row]:
    """A live head whose expression and pose move all the time, and named controls besides, at work and at rest.

    With "FLAME only" they move the head by expression alone: the rest is what the correctives cost.
    """
    if model != api.BUILT_IN and not SHORT:
        api.compute_controls(model)
    used, head = animated_head(model, "used")
    with_controls(head)
    flame_only, coefficients = animated_head(model, "flame only")
    flame_of(coefficients).flame_only = True
    unused, resting = animated_head(model, "unused")
    without, plain = animated_head(model, "without")
    flame_of(plain).controls.clear()
    rng = np.random.default_rng(3)
    for row in rng.choice(len(ARKIT_NAMES), AT_WORK, replace=False).tolist():
        for frame in range(1, n_frames + key_every, key_every):
            at_work = rng.uniform(0.1, 1)
            for obj, score in ((head, at_work), (coefficients, at_work), (resting, 0.0)):
                flame_of(obj).controls[row].value = score
                obj.keyframe_insert(f"flame.controls[{row}].value", frame=frame)
    more = milliseconds_more(used, flame_only, n_frames, rounds)
    return [
        Row(
            f"... correctives of {AT_WORK} of {len(ARKIT_NAMES)} named controls at work, beside FLAME only",
            f"{more:.3f} ms more",
            f"at most {CORRECTIVES_MS:g} ms more",
            more <= CORRECTIVES_MS,
        ),
        Row(
            "... these controls at work, correctives and all, beside the same curves at zero",
            f"{milliseconds_more(used, unused, n_frames, rounds):.3f} ms more",
        ),
        Row(
            "... these curves at zero, beside a head without controls",
            f"{milliseconds_more(unused, without, n_frames, rounds):.3f} ms more, Blender's own included",
        ),
    ]


def with_controls(head: bpy.types.Object) -> None:
    """Give the head's model, where a short run has computed none, controls that move all of the skin.

    They turn no joint: what another turned joint costs is the pose's.
    """
    model, rng = api.model(head), np.random.default_rng(4)
    if model.controls is None:
        count = len(ARKIT_NAMES)
        table = rng.normal(0, 0.1, (count, model.n_expression + N_ROTATIONS)).astype(np.float32)
        table[:, -N_ROTATIONS:] = 0.0
        correctives = rng.normal(0, 1e-4, (count, model.n_vertices, 3)).astype(np.float32)
        controls = Controls(ARKIT_NAMES, table, correctives=correctives)
        models._evaluators[model.fingerprint] = FlameEvaluator(dataclasses.replace(model, controls=controls))


def milliseconds_more(one: bpy.types.Scene, other: bpy.types.Scene, n_frames: int, rounds: int) -> float:
    """The median of what a frame of one scene takes more than the same frame of the other, just before or after it."""
    found = []
    for turn in range(2 * rounds):
        for frame in range(1, n_frames + 1):
            times = {}
            for scene in (one, other) if turn % 2 else (other, one):
                start = time.perf_counter()
                scene.frame_set(frame)
                times[scene.name] = time.perf_counter() - start
            found.append(1000 * (times[one.name] - times[other.name]))
    return float(np.median(found))
