"""The camera of a clip or of a photo as a Blender camera that sees the head as the pictures do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np

from ..blender_pointers import shown_scene
from ..geometry.axes import CAMERAS, to_blender
from ..geometry.camera import Camera
from ..geometry.rotations import quaternion_from_matrix
from ..keyframes.animation import Channel, key_places, moving_channels, write_channels
from ..sequences.sequence import FlameSequence
from .clip_pictures import show_pictures

SENSOR = 36.0  # mm across the picture
ONE_FRAME = np.ones(1)


def add_camera(
    head: bpy.types.Object, clip: FlameSequence, start_frame: float, folder: Path, stand: mathutils.Matrix
) -> tuple[str, ...]:
    """Make the clip's camera, where it has one, the scene's, keyed where it changes; sentences of what was left out.

    ``stand`` is the head's place (:func:`.frame.standing`) where no clip moves it. Resolution, pixel aspect and the
    camera are the clip's afterwards; its pictures, where they are found at their paths or beside them in ``folder``,
    become the camera's background.
    """
    camera = clip.camera
    if camera is None:
        return ()
    if stand.determinant() < 0:
        return (f"The camera is left out: {head.name} is mirrored, and no camera sees it as the pictures do.",)
    frames = start_frame + np.arange(len(clip))
    obj = make_camera(f"{head.name} Camera", head.users_collection[0], camera, stand, frames)
    look_through(shown_scene(), obj, camera)
    return show_pictures(camera_of(obj), camera.image_paths, folder, int(start_frame))


def make_camera(
    name: str,
    collection: bpy.types.Collection,
    camera: Camera,
    stand: mathutils.Matrix,
    frames: np.ndarray = ONE_FRAME,
) -> bpy.types.Object:
    """A camera object that stands about the head as ``camera`` does, keyed where it changes."""
    obj = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    collection.objects.link(obj)
    aim(obj, camera, stand, frames)
    return obj


def aim(obj: bpy.types.Object, camera: Camera, stand: mathutils.Matrix, frames: np.ndarray = ONE_FRAME) -> None:
    """Let a camera object stand about the head as ``camera`` does, keyed where it changes."""
    _place(obj, stand, camera, frames)
    if obj.parent is not None:  # what was set is its place in the world
        own: Any = obj.location, obj.rotation_quaternion, None
        obj.matrix_world = mathutils.Matrix.LocRotScale(*own)
    _set_lens(camera_of(obj), camera, frames)


def camera_of(obj: bpy.types.Object) -> bpy.types.Camera:
    """The data of a camera object."""
    return obj.data  # type: ignore[return-value]  # a camera object has no other


def look_through(scene: bpy.types.Scene, obj: bpy.types.Object, camera: Camera) -> None:
    """Make it the scene's camera, with its resolution and pixel aspect; fx and fy that differ are no square pixels."""
    fx, fy = np.atleast_2d(camera.intrinsics)[0, :2]
    render = scene.render
    render.resolution_x, render.resolution_y = camera.width, camera.height
    render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, fy / fx), max(1.0, fx / fy)
    scene.camera = obj


def _place(obj: bpy.types.Object, stand: mathutils.Matrix, camera: Camera, frames: np.ndarray) -> None:
    """Location and rotation in the world, about the head as it stands."""
    rotation, translation = camera.rotation.reshape(-1, 3, 3), camera.translation.reshape(-1, 1, 3)
    centre = -(translation @ rotation)[:, 0]  # row vectors: the transposed rotation, the camera's place in FLAME's axes
    axes = np.swapaxes(rotation, 1, 2) @ CAMERAS  # columns are the camera's axes, in FLAME's
    axes = np.swapaxes(to_blender(np.swapaxes(axes, 1, 2)), 1, 2)
    place = stand.to_3x3().normalized()
    turned = np.array(place, np.float64) @ axes
    location = to_blender(centre) @ np.array(stand, np.float64)[:3, :3].T
    location = location + np.array(stand.translation)
    key_places(obj, location, quaternion_from_matrix(turned), frames, "Camera")


def _set_lens(data: bpy.types.Camera, camera: Camera, frames: np.ndarray) -> None:
    """Focal length, and the principal point as shift."""
    data.sensor_fit, data.sensor_width = "HORIZONTAL", SENSOR
    data.type = "ORTHO" if camera.orthographic else "PERSP"
    fx, fy, cx, cy = np.atleast_2d(camera.intrinsics).T
    width, height = camera.width, camera.height
    seen = {"ortho_scale": width / fx} if camera.orthographic else {"lens": fx * SENSOR / width}
    values = seen | {
        "shift_x": (width / 2 - cx) / width,
        "shift_y": (cy - height / 2) / width * (fx / fy),
    }
    for name, numbers in values.items():
        setattr(data, name, float(numbers[0]))
    channels = moving_channels(Channel(name, 0, "Camera", each) for name, each in values.items())
    write_channels(data, channels, frames, "")
