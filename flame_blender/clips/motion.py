"""Where an imported clip's head motion goes on a head in Blender."""

from __future__ import annotations

import dataclasses

import bpy
import mathutils
import numpy as np

from ..blender_pointers import there
from ..errors import ParameterError
from ..geometry.frame import Frame
from ..geometry.rotations import quaternion_from_matrix
from ..head import effective, live, parameters, sculpt
from ..head.frame import frame_of, standing
from ..head.mesh import mesh_of
from ..head.properties import flame_of, read_values
from ..head.templates import template_sequence
from ..keyframes.animation import key_places, remove_paths
from ..sequences import head_motion
from ..sequences.sequence import FlameSequence

FILE, ROOT, OBJECT, CAMERA, NECK = "FILE", "ROOT", "OBJECT", "CAMERA", "NECK"
# The head object's custom property while a clip moves the object: where it stands by itself.
STAND = "flame_stand"
GROUP = "Object Transforms"  # Blender's own name for it
PATHS = ("location", "rotation_quaternion", "rotation_euler", "rotation_axis_angle")
TOLERANCE = 1e-5


def check(clip: FlameSequence, choice: str) -> None:
    """Raises SequenceError where a clip without a camera should move one."""
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
    shown = clip.with_params(offsets=clip.offsets if fixed else _at_rest(obj))
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


def _at_rest(obj: bpy.types.Object) -> np.ndarray | None:
    """(V, 3) float32: the head's own offsets, with what a template sequence adds at the frame that is shown."""
    head = flame_of(obj)
    template = template_sequence.added_offsets(head, read_values(head))
    return effective.sum_of(sculpt.read_offsets(mesh_of(obj)), template)


def write_motion(obj: bpy.types.Object, matrices: np.ndarray | None, start_frame: float) -> mathutils.Matrix:
    """Key the object's place: ``matrices`` (N, 4, 4), FLAME's axes, on top of where it stands; the head's place there.

    What an earlier clip did to the object is taken back first. None keys nothing.
    """
    _take_back(obj)
    there(bpy.context.view_layer, "a view layer").update()
    place = standing(obj)
    if matrices is None:
        return place
    mode, basis = obj.rotation_mode, np.array(obj.matrix_basis, np.float64)[:3, :3]
    if mode not in ("QUATERNION", "AXIS_ANGLE"):
        obj.delta_rotation_quaternion = obj.delta_rotation_euler.to_quaternion()
    obj.rotation_mode = "QUATERNION"  # Blender converts the rotation, but not its delta
    own = obj.rotation_quaternion.normalized()
    obj[STAND] = {"location": obj.location[:], "rotation": own[:], "mode": mode}
    remove_paths(obj, PATHS)
    turns, shifts = _in_object(frame_of(obj), matrices)
    location = np.array(obj.location) + shifts @ basis.T
    rotation = np.array(own.to_matrix(), np.float64) @ turns
    key_places(obj, location, quaternion_from_matrix(rotation), start_frame + np.arange(len(matrices)), GROUP)
    obj[STAND] = {**obj[STAND].to_dict(), "put": (*obj.location[:], *obj.rotation_quaternion[:])}
    return place


def _in_object(frame: Frame, matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (N, 3, 3) and shifts (N, 3) in the object that move its head by ``matrices`` in FLAME's axes."""
    back = np.linalg.inv(frame.linear)
    turns = frame.linear @ matrices[:, :3, :3] @ back
    return turns, frame.origin - turns @ frame.origin + matrices[:, :3, 3] @ frame.linear.T


def _take_back(obj: bpy.types.Object) -> None:
    """Put the object where it stood before a clip moved it, unless the user has removed that motion."""
    stand = obj.get(STAND)
    if stand is None:
        return
    stand = stand.to_dict()
    del obj[STAND]
    still_there = stand.get("put") == [
        *obj.location[:],
        *obj.rotation_quaternion[:],
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
            f"{found}; scale it evenly, or leave the motion in the root."
        )
