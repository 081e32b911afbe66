"""VHAP's tracking, and the flame_param folders that GaussianAvatars and LAM take over from it.

One .npz for a clip or one for each frame, the same keys: rotation, translation, neck_pose, jaw_pose (T, 3), eyes_pose
(T, 6), shape (300,), expr (T, 100), and rest-pose offsets for 5023 vertices and 120 of teeth.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...flame.topology import N_VERTICES
from ...geometry.camera import Camera
from ..contents import Contents
from ..fields import clip, numbers, rows
from ..sequence import FlameSequence

KEYS = ("rotation", "translation", "neck_pose", "jaw_pose", "eyes_pose", "expr")
OF_NEURAL_HEAD_AVATARS = ("RT", "n_processed")  # its files have VHAP's keys and these
SOURCE = "VHAP"
FPS_OF_PREPROCESSING = 30.0


def recognises(contents: Contents) -> bool:
    """Whether it has VHAP's keys and not those that its relative neural-head-avatars adds."""
    return contents.has(*KEYS) and not any(contents.has(key) for key in OF_NEURAL_HEAD_AVATARS)


def read(contents: Contents) -> FlameSequence:
    """The clip, or the one frame of a flame_param folder."""
    eyes = rows(contents, "eyes_pose", 6)
    fields = {
        "expression": rows(contents, "expr"),
        "global_rotation": rows(contents, "rotation", 3),
        "neck": rows(contents, "neck_pose", 3),
        "jaw": rows(contents, "jaw_pose", 3),
        "left_eye": eyes.part(0, 3),
        "right_eye": eyes.part(3, 6),
        "translation": rows(contents, "translation", 3),
    }
    if contents.has("shape"):
        fields["shape"] = rows(contents, "shape")
    notes = [
        f"The frame rate is not in the file; {FPS_OF_PREPROCESSING:g}, VHAP's usual, is assumed.",
        "FLAME 2023 is VHAP's usual model; the file does not name it.",
    ]
    offsets = _offsets(contents, notes)
    return clip(
        contents,
        fields,
        source=SOURCE,
        pose="five axis-angle rotations",
        offsets=offsets,
        camera=_camera(contents, notes),
        fps=FPS_OF_PREPROCESSING,
        notes=tuple(notes),
    )


def _offsets(contents: Contents, notes: list[str]) -> np.ndarray | None:
    """(V, 3) or (T, V, 3): the clip's own and each frame's together; None where all are zero."""
    total: np.ndarray | None = None
    for key in ("static_offset", "dynamic_offset"):
        if not contents.has(key):
            continue
        array = numbers(contents, key)
        if array.ndim < 2 or array.ndim > 3 or array.shape[-1] != 3 or not array.size:
            found = f"{array.dtype} {array.shape}"
            raise SequenceError(f"{contents.source}: {key} must have shape (frames, vertices, 3), found {found}.")
        if array.shape[-2] > N_VERTICES and array.any():
            notes.append(f"Offsets of the {array.shape[-2] - N_VERTICES} vertices of teeth are left out.")
            array = array[..., :N_VERTICES, :]
        if not array.any():
            continue
        array = array[0] if array.ndim == 3 and len(array) == 1 else array
        if total is not None and total.shape[-2] != array.shape[-2]:
            raise SequenceError(
                f"{contents.source}: {key} must have {total.shape[-2]} vertices as static_offset, "
                f"found {array.shape[-2]}."
            )
        total = array if total is None else total + array
    return total


def _camera(contents: Contents, notes: list[str]) -> Camera | None:
    """VHAP's default for one view: at (0, 0, 1) looking along -Z, the focal length a fraction of the longer side."""
    if not contents.has("focal_length", "image_size"):
        return None
    focal, size = numbers(contents, "focal_length").reshape(-1), numbers(contents, "image_size").reshape(-1)
    if len(focal) != 1 or len(size) != 2:
        return None
    height, width = (int(side) for side in size)
    notes.append("The picture's size is read as height, width, and the camera is VHAP's for one view, at (0, 0, 1) m.")
    pixels = float(focal[0]) * max(height, width)
    try:
        return Camera(
            intrinsics=np.array([pixels, pixels, width / 2, height / 2]),
            width=width,
            height=height,
            rotation=np.diag([1.0, -1.0, -1.0]),
            translation=np.array([0.0, 0.0, 1.0]),
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: focal_length and image_size: {error}") from error
