"""pixel3dmm's checkpoint/%05d.frame: torch files with dicts of arrays, like metrical-tracker's.

Rotations are 6D, the first two rows of a matrix. ``R`` and ``t`` move the vertices, lids and all, about the model's
origin (tracking/tracker.py), where FLAME's root turns about its joint: they are exact in the camera, whatever the
model. The camera is ``R_base_0`` and ``t_base_0`` in OpenGL's axes, with ``fl`` in sides of the square picture and
``pp`` in half sides from its middle.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ...geometry.rotations import matrix_from_axis_angle
from ..contents import Contents
from ..fields import Rows, axis_angle_from_6d, clip, rows
from ..sequence import FlameSequence

FPS_OF_CONFIGURATION = 25.0
OPENCV_OF_OPENGL = np.diag([1.0, -1.0, -1.0])
KEYS = ("exp", "shape", "jaw", "eyes", "R", "t")
SIDE, FOCAL, DISTANCE = 512, 3.0, 1.5  # pixels, sides and metres of the camera that is made up where the file has none


def recognises(contents: Contents) -> bool:
    """Whether it is such a frame."""
    flame = contents.fields.get("flame")
    return isinstance(flame, Mapping) and all(key in flame for key in KEYS)


def read(contents: Contents) -> FlameSequence:
    """One frame, its head still before a camera that moves."""
    flame = contents.inner("flame", contents.fields["flame"])
    eyes = rows(flame, "eyes", 12)
    sixes = {"jaw": rows(flame, "jaw", 6), "left_eye": eyes.part(0, 6), "right_eye": eyes.part(6, 12)}
    if flame.has("neck"):
        sixes["neck"] = rows(flame, "neck", 6)
    fields = {name: Rows(six.key, axis_angle_from_6d(flame, six)) for name, six in sixes.items()}
    notes = [
        f"The frame rate is not in the file; {FPS_OF_CONFIGURATION:g}, the tool's usual, is assumed.",
        "R and t move the head about the model's origin: they are in the camera.",
    ]
    sequence = clip(
        flame,
        fields | {"expression": rows(flame, "exp"), "shape": rows(flame, "shape")},
        source="pixel3dmm",
        pose="a 6D rotation for each joint; the head's rotation and place in the camera",
        eyelids=rows(flame, "eyelids", 2) if flame.has("eyelids") else None,
        camera=_camera(contents, flame, notes),
        fps=FPS_OF_CONFIGURATION,
        release="FLAME 2020",
        notes=tuple(notes),
    )
    # its lids are added to the posed vertices, which R and t move afterwards
    return sequence.with_params(eyelids_unturned=flame.has("eyelids"))


def _camera(contents: Contents, flame: Contents, notes: list[str]) -> Camera:
    """The file's camera, or a made-up one, moved as R and t move the head."""
    turn = matrix_from_axis_angle(np.asarray(axis_angle_from_6d(flame, rows(flame, "R", 6)), np.float64))[0]
    place = np.asarray(rows(flame, "t", 3).values, np.float64)[0]
    turn_of_view, place_of_view = np.eye(3), np.array([0.0, 0.0, -DISTANCE])
    side, focal, principal = SIDE, FOCAL, np.zeros(2)
    camera = contents.fields.get("camera")
    if isinstance(camera, Mapping) and all(key in camera for key in ("R_base_0", "t_base_0", "fl", "pp")):
        inner = contents.inner("camera", camera)
        turn_of_view = rows(inner, "R_base_0", last=(3, 3)).values.reshape(-1, 3, 3)[0]
        place_of_view = rows(inner, "t_base_0", 3).values[0]
        focal, principal = float(rows(inner, "fl", 1).values[0, 0]), rows(inner, "pp", 2).values[0]
        if len([key for key in camera if str(key).startswith("R_base_")]) > 1:
            notes.append("The camera is the first of several.")
    else:
        notes.append("The camera is not in the file: it is made up.")
    if contents.has("img_size"):
        side = int(rows(contents, "img_size", 2).values[0, 0])
    # the tool's own pixels: x = side - 1 - ... mirrors what it calls a hack, and leaves a pixel of difference
    middle = (side / 2 + 0.5) * (1 + principal) - [1.0, 0.0]
    try:
        return Camera(
            intrinsics=np.array([focal * side, focal * side, *middle]),
            width=side,
            height=side,
            rotation=(OPENCV_OF_OPENGL @ turn_of_view @ turn)[None],
            translation=(OPENCV_OF_OPENGL @ (turn_of_view @ place + place_of_view))[None],
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: {error}") from error
