"""What an imported clip changes in the scene's time."""

from __future__ import annotations

import math

import bpy

SCENE_FOLLOWS, RESAMPLE = "SCENE_FOLLOWS", "RESAMPLE"  # which of two frame rates gives way: the scene's, or the clip's

BLENDERS_OWN = (1, 250)  # first and last frame of a new scene


def follow_rate(scene: bpy.types.Scene, fps: float | None) -> None:
    """Give the scene the clip's frame rate, where it has one; rates that are no whole number keep their base."""
    if fps:
        scene.render.fps = round(fps) or 1
        scene.render.fps_base = scene.render.fps / fps


def is_untouched(scene: bpy.types.Scene) -> bool:
    """Whether the scene has Blender's own range, and nothing in the file is animated that could be meant to fill it."""
    in_use = any(action.users > action.use_fake_user for action in bpy.data.actions)
    return (scene.frame_start, scene.frame_end) == BLENDERS_OWN and not in_use


def make_room(scene: bpy.types.Scene, start_frame: float, n_frames: float, *, shorten: bool = False) -> int | None:
    """Let the scene's range reach to the clip's last frame, or with ``shorten`` end there; the new end, or None."""
    end = math.ceil(start_frame + n_frames - 1)
    if end == scene.frame_end or (end < scene.frame_end and not (shorten and n_frames > 1 and end > scene.frame_start)):
        return None
    scene.frame_end = end
    return end
