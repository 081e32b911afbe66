"""What an imported clip changes in the scene's time."""

from __future__ import annotations

import math

import bpy

SCENE_FOLLOWS, RESAMPLE = "SCENE_FOLLOWS", "RESAMPLE"  # which of two frame rates gives way: the scene's, or the clip's


def follow_rate(scene: bpy.types.Scene, fps: float | None) -> None:
    """Give the scene the clip's frame rate, where it has one; rates that are no whole number keep their base."""
    if fps:
        scene.render.fps = round(fps) or 1
        scene.render.fps_base = scene.render.fps / fps


def make_room(scene: bpy.types.Scene, start_frame: float, n_frames: float) -> None:
    """Let the scene's range reach to the clip's last frame."""
    scene.frame_end = max(scene.frame_end, math.ceil(start_frame + n_frames - 1))
