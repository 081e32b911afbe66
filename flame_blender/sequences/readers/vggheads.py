"""VGGHeads (head_detector): 413 numbers a head, and the dict that LAM's detector makes of them.

Identity 0-299, expression 300-399, jaw 400-402, 6D rotation 403-408, translation 409-411, scale 412. The head itself
never turns: its FLAME layer (head_detector/flame.py) moves it by 0.05 m along Z, rotates it about the origin by the
matrix whose first two COLUMNS the six numbers are, made orthonormal, multiplies by the scale and adds the translation:
pixels of the padded 640 x 640 picture, Y down. That is an orthographic camera.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import Camera
from ...geometry.rotations import matrix_from_6d
from ..contents import Contents
from ..fields import Rows, clip, rows
from ..sequence import FlameSequence

WIDTH = 413
PARTS = {"shapecode": (0, 300), "expcode": (300, 400), "jaw": (400, 403), "rotation_6d": (403, 409)}
PARTS |= {"translation": (409, 412), "scale": (412, 413)}
OF_LAM = ("shapecode", "expcode", "posecode", "rotation_6d", "translation", "scale")
PICTURE = 640
SKULL = np.array([0.0, 0.0, 0.05])
DISTANCE = 10.0  # metres; an orthographic camera sees the same from anywhere
DEGENERATE = 1e-6


def recognises(contents: Contents) -> bool:
    """Whether it is an array of 413 numbers a row, or LAM's dict (``dad_3dheads`` has been asked before)."""
    return is_vectors(contents.value) or contents.has(*OF_LAM)


def is_vectors(value: object) -> bool:
    """Whether it is an array of 413 numbers a row."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape[-1:] == (WIDTH,)


def read(contents: Contents) -> FlameSequence:
    """A frame for each row."""
    if contents.has(*OF_LAM):
        parts = {key: rows(contents, key, 6 if key == "rotation_6d" else None) for key in OF_LAM if key != "posecode"}
        parts["jaw"] = rows(contents, "posecode", 6).part(3, 6)  # root (zero) and jaw
    else:
        whole = rows(Contents(contents.path, contents.kind, {"vector": contents.value}), "vector", WIDTH)
        parts = {key: Rows(key, whole.part(*columns).values) for key, columns in PARTS.items()}
    return clip(
        contents,
        {"shape": parts["shapecode"], "expression": parts["expcode"], "jaw": parts["jaw"]},
        source="VGGHeads",
        pose="jaw, axis-angle; the head's rotation, 6D columns, in the camera",
        camera=_camera(contents, parts),
        notes=(
            "The head's motion is in the camera, which is that of the padded 640 pixel picture.",
            "Each row is taken for a frame.",
        ),
    )


def _camera(contents: Contents, parts: dict[str, Rows]) -> Camera:
    place, scale = (np.asarray(parts[key].values, np.float64) for key in ("translation", "scale"))
    if place.shape[1:] != (3,) or scale.shape[1:] != (1,):
        found = f"{place.shape} and {scale.shape}"
        raise SequenceError(
            f"{contents.source}: translation and scale must have 3 and 1 numbers a frame, found {found}."
        )
    return orthographic(contents, parts["rotation_6d"], place[:, :2], scale, (PICTURE, PICTURE))


def orthographic(contents: Contents, six: Rows, place: np.ndarray, scale: np.ndarray, size: tuple[int, int]) -> Camera:
    """The camera of heads turned by 6D columns about the skull's middle, which lies at ``place`` (N, 2).

    ``place`` is in pixels, Y down; ``scale`` (N, 1) in pixels for a metre; ``size`` is the picture's width and height.
    """
    turned = np.asarray(six.values, np.float64)
    if not (np.abs(np.cross(turned[:, :3], turned[:, 3:])).max(1) > DEGENERATE).all():
        raise SequenceError(f"{contents.source}: {six.key} must hold two axes that are not parallel, found such.")
    if not (scale > 0).all():
        raise SequenceError(f"{contents.source}: scale must be above 0, found {scale.min():g}.")
    if not len(turned) == len(place) == len(scale):
        found = f"{len(turned)}, {len(place)} and {len(scale)}"
        raise SequenceError(
            f"{contents.source}: rotation, translation and scale must have as many frames, found {found}."
        )
    rotation = np.swapaxes(matrix_from_6d(turned), 1, 2)
    centre = np.broadcast_to(np.array(size) / 2, place.shape)
    moved = rotation @ SKULL
    moved[:, :2] += (place - centre) / scale
    moved[:, 2] += DISTANCE
    try:
        return Camera(np.hstack([scale, scale, centre]), *size, rotation, moved, orthographic=True)
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: {six.key} and scale: {error}") from error
