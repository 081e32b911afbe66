"""CAP4D and FlowFace: fit.npz of a video or of photos.

``shape`` (150,), ``expr`` (T, 65), ``rot``, ``tra`` and ``eye_rot`` (T, 3), where they are ``jaw_rot`` and ``neck_rot``
(T, 3), and the cameras ``fx``, ``fy``, ``cx``, ``cy`` (C, 1), ``extr`` (C, 4, 4), ``resolutions`` (C, 2) as height and
width. In its own head (flowface/flame/flame.py, cap4d/flame/flame.py):

- the last coefficient of the expression shuts the lids, by a shape that is no part of FLAME;
- both eyes turn by ``eye_rot``;
- ``rot`` and ``tra`` move the head about the model's origin, where FLAME's root turns about its joint. That is exact in
  the camera, whatever the model: extr after the turn from Y up to Y down after rot and tra;
- ``neck_rot`` turns the shoulders under the head, each joint on its own, which FLAME's chain of joints does not.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ...geometry.rotations import matrix_from_axis_angle
from ..contents import Contents
from ..fields import Rows, clip, frame_rate, rows
from ..sequence import FlameSequence

KEYS = ("expr", "rot", "tra")
LENS = ("fx", "fy", "cx", "cy")
OPENCV_OF_FLAME = np.diag([1.0, -1.0, -1.0])
DISTANCE = 1.0  # metres


def recognises(contents: Contents) -> bool:
    """Whether it has the tool's names for expression, rotation and translation."""
    return contents.has(*KEYS)


def read(contents: Contents) -> FlameSequence:
    """The clip, its head still and its camera moving."""
    expression = rows(contents, "expr")
    width = expression.values.shape[1]
    fields = {"expression": expression.part(0, width - 1)}
    notes = [f"The last of {width} expression coefficients shuts the lids by a shape of CAP4D's own: it is left out."]
    if contents.has("shape"):
        fields["shape"] = rows(contents, "shape")
    if contents.has("jaw_rot"):
        fields["jaw"] = rows(contents, "jaw_rot", 3)
        notes.append("jaw_rot turns the jaw.")
    if contents.has("eye_rot"):
        fields["left_eye"] = fields["right_eye"] = rows(contents, "eye_rot", 3)
        notes.append("eye_rot turns both eyes.")
    if contents.has("neck_rot"):
        rows(contents, "neck_rot", 3)
        notes.append("neck_rot turns the shoulders under the head, which FLAME's neck does not: it is left out.")
    rate = frame_rate(contents, "fps") if contents.has("fps") else None
    return clip(
        contents,
        fields,
        source="CAP4D",
        pose="jaw and eyes, axis-angle; the head's rotation and place in the camera",
        camera=_camera(contents, notes),
        fps=rate,
        notes=(*notes, "FLAME 2023 without a jaw is CAP4D's usual model; the file does not name it."),
    )


def _camera(contents: Contents, notes: list[str]) -> Camera:
    """The first of the file's cameras, moved as the head is; one at the origin of the world where it has none."""
    turns = matrix_from_axis_angle(np.asarray(rows(contents, "rot", 3).values, np.float64))
    places = np.asarray(rows(contents, "tra", 3).values, np.float64)
    if len(turns) != len(places) and 1 not in (len(turns), len(places)):
        raise SequenceError(
            f"{contents.source}: rot and tra must have as many frames, found {len(turns)} and {len(places)}."
        )
    world, lens, size, count = _standing(contents)
    if count > 1:
        notes.append(f"The camera is the first of {count}.")
    if not contents.has(*LENS, "resolutions"):
        notes.append("The camera's lens or size is not in the file: it is made up.")
    rotation = world[:3, :3] @ OPENCV_OF_FLAME @ turns
    translation = (world[:3, :3] @ OPENCV_OF_FLAME @ places[..., None])[..., 0] + world[:3, 3]
    rotation = np.broadcast_to(rotation, (len(translation), 3, 3)) if len(rotation) == 1 else rotation
    translation = np.broadcast_to(translation, (len(rotation), 3))
    notes.append("rot and tra move the head about the model's origin: they are in the camera.")
    single = len(rotation) == 1
    try:
        return Camera(
            lens,
            *size,
            rotation=rotation[0] if single else rotation,
            translation=translation[0] if single else translation,
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: rot and extr: {error}") from error


def _standing(contents: Contents) -> tuple[np.ndarray, np.ndarray, tuple[int, int], int]:
    """World to camera (4, 4), fx fy cx cy, width and height of the first camera, and how many there are."""
    world, count = np.eye(4), 1
    world[2, 3] = DISTANCE
    if contents.has("extr"):
        cameras = rows(contents, "extr", last=(4, 4)).values.reshape(-1, 4, 4)
        world, count = np.asarray(cameras[0], np.float64), len(cameras)
    height, width = 512, 512
    if contents.has("resolutions"):
        height, width = (int(side) for side in rows(contents, "resolutions", 2).values[0])
    lens = np.array([max(height, width)] * 2 + [width / 2, height / 2], np.float64)
    if contents.has(*LENS):
        lens = np.array([_first(contents, key) for key in LENS])
    return world, lens, (width, height), count


def _first(contents: Contents, key: str) -> float:
    values: Rows = rows(contents, key, 1)
    return float(values.values[0, 0])
