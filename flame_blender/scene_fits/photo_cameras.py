"""Blender's cameras that see a fitted head as its photos do, with the photos behind them."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import mathutils

from ..blender_pointers import shown_scene
from ..clips import clip_camera
from ..clips.clip_pictures import show_pictures
from ..geometry.camera import Camera
from .prepared import Photo

FITTED = "flame_fitted_camera"  # marks a camera that a fit made, which the head's next fit replaces


def make_cameras(
    head: bpy.types.Object, photos: Sequence[Photo], found: Camera | None, stand: mathutils.Matrix
) -> tuple[bpy.types.Object, ...]:
    """Of each photo its camera, or the one that was ``found``; the first becomes the scene's, resolution included."""
    shown_by = [photo.shown_by for photo in photos]
    cameras = (obj for obj in bpy.data.objects if obj.type == "CAMERA" and obj not in shown_by)
    earlier = [obj for obj in cameras if obj.get(FITTED) == head]
    collection = head.users_collection[0]
    made: list[tuple[bpy.types.Object, str]] = []
    for photo in photos:
        camera = photo.camera or found
        if camera is None:
            continue
        name = f"{head.name} {photo.path.stem if len(photos) > 1 else 'Photo'}"
        obj = photo.shown_by
        if obj is None:
            obj = clip_camera.make_camera(name, collection, camera, stand)
            show_pictures(clip_camera.camera_of(obj), (str(photo.path),), photo.path.parent, 1)
        else:
            clip_camera.aim(obj, camera, stand)
        obj[FITTED] = head
        if not made:
            clip_camera.look_through(shown_scene(), obj, camera)
        made.append((obj, name))
    _remove(earlier)  # when nothing can go wrong any more
    for obj, name in made:
        obj.name = clip_camera.camera_of(obj).name = name
    return tuple(obj for obj, _name in made)


def _remove(cameras: Sequence[bpy.types.Object]) -> None:
    for obj in cameras:
        data = clip_camera.camera_of(obj)
        bpy.data.objects.remove(obj)
        if not data.users:
            bpy.data.batch_remove([data])
