"""Where an imported clip's head motion goes on a head in Blender."""

from __future__ import annotations

import dataclasses

import bpy
import mathutils
import numpy as np

from ..flame.axes import to_blender
from ..flame.errors import ParameterError
from ..flame.rotations import quaternion_from_matrix
from ..sequences import head_motion
from ..sequences.sequence import FlameSequence
from . import live, parameters, sculpt
from .animation import key_places, remove_paths
from .mesh import mesh_of

FILE, ROOT, OBJECT, CAMERA, NECK = "FILE", "ROOT", "OBJECT", "CAMERA", "NECK"
CHOICES = (FILE, ROOT, OBJECT, CAMERA, NECK)
# The head object's custom property while a clip moves the object: where it stands by itself.
STAND = "flame_stand"
GROUP = "Object Transforms"  # Blender's own name for it
PATHS = ("location", "rotation_quaternion", "rotation_euler", "rotation_axis_angle")
TO_BLENDER = to_blender(np.eye(3)).T  # columns are FLAME's axes
TOLERANCE = 1e-5


def check(clip: FlameSequence, choice: str) -> None:
    """Raises ParameterError for another choice, SequenceError where a clip without a camera should move one."""
    if choice not in CHOICES:
        raise ParameterError(f"head_motion: expected one of {', '.join(CHOICES)}, found {choice!r}.")
    if choice == CAMERA:
        head_motion.require_camera(clip)


def moved(obj: bpy.types.Object, clip: FlameSequence, choice: str) -> tuple[FlameSequence, np.ndarray | None]:
    """The clip with its head motion where ``choice`` says, and (N, 4, 4) that the object is to move by, FLAME's axes.

    For all but FILE and CAMERA the motion of a moving camera becomes the head's first. Joints are those of the clip on
    this head, offsets included. Raises FlameError.
    """
    if choice == FILE:
        return clip, None
    evaluator = parameters.require_evaluator(parameters.require_head(obj))
    live.refresh(obj)  # keeps what was sculpted
    fixed = clip.offsets is not None and clip.offsets.ndim == 2
    shown = clip.with_params(offsets=clip.offsets if fixed else sculpt.read_offsets(mesh_of(obj)))
    matrices = None
    if choice == CAMERA:
        shown = head_motion.root_to_camera(shown, evaluator)
    elif shown.camera is not None and shown.camera.n_frames is not None:
        shown = head_motion.camera_to_root(shown, evaluator)
    if choice == NECK:
        shown = head_motion.root_to_neck(shown, evaluator).sequence
    if choice == OBJECT:
        _check_scale(obj)
        shown, matrices = head_motion.root_to_object(shown, evaluator)
    return dataclasses.replace(shown, params=dataclasses.replace(shown.params, offsets=clip.offsets)), matrices


def write_motion(obj: bpy.types.Object, matrices: np.ndarray | None, start_frame: float) -> mathutils.Matrix:
    """Key the object's place: ``matrices`` (N, 4, 4), FLAME's axes, on top of where it stands; its world matrix there.

    What an earlier clip did to the object is taken back first. None keys nothing.
    """
    _take_back(obj)
    bpy.context.view_layer.update()
    stand = obj.matrix_world.copy()
    if matrices is None:
        return stand
    mode, basis = obj.rotation_mode, np.array(obj.matrix_basis, np.float64)[:3, :3]
    if mode not in ("QUATERNION", "AXIS_ANGLE"):
        obj.delta_rotation_quaternion = obj.delta_rotation_euler.to_quaternion()
    obj.rotation_mode = "QUATERNION"  # Blender converts the rotation, but not its delta
    own = obj.rotation_quaternion.normalized()
    obj[STAND] = {"location": obj.location[:], "rotation": own[:], "mode": mode}
    remove_paths(obj, PATHS)
    location = np.array(obj.location) + to_blender(matrices[:, :3, 3]) @ basis.T
    rotation = np.array(own.to_matrix(), np.float64) @ TO_BLENDER @ matrices[:, :3, :3] @ TO_BLENDER.T
    key_places(obj, location, quaternion_from_matrix(rotation), start_frame + np.arange(len(matrices)), GROUP)
    obj[STAND] = {**obj[STAND].to_dict(), "put": (*obj.location, *obj.rotation_quaternion)}
    return stand


def _take_back(obj: bpy.types.Object) -> None:
    """Put the object where it stood before a clip moved it, unless the user has removed that motion."""
    stand = obj.get(STAND)
    if stand is None:
        return
    stand = stand.to_dict()
    del obj[STAND]
    still_there = stand.get("put") == [
        *obj.location,
        *obj.rotation_quaternion,
    ]  # where nothing moved, there are no keys
    if remove_paths(obj, PATHS) or still_there:
        obj.rotation_mode = "QUATERNION"
        obj.location, obj.rotation_quaternion = list(stand["location"]), list(stand["rotation"])
        obj.rotation_mode = stand["mode"]


def _check_scale(obj: bpy.types.Object) -> None:
    scale = np.array(obj.scale) * np.array(obj.delta_scale)
    if np.ptp(scale) > TOLERANCE * np.abs(scale).max():
        found = " x ".join(f"{each:.4g}" for each in scale)
        raise ParameterError(
            f"{obj.name}: expected the same scale along all axes, so that the object can take the head motion, found "
            f"{found}; apply the scale, or leave the motion in the root."
        )
