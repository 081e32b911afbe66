"""DECA's codedict, in the shapes that its users save it in: .npy, .pkl, .json; one, a list, or one for each image.

``shape`` (B, 100), ``exp`` (B, 50), ``pose`` (B, 6) root and jaw, ``cam`` (B, 3) weak perspective on the 224 crop.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import SequenceError
from ...files.natural_order import natural_order
from ...geometry.camera import Camera
from ..contents import Contents
from ..fields import clip, rows
from ..joining import join
from ..sequence import FlameSequence

KEYS = ("shape", "exp", "pose", "cam")
OF_OTHERS = ("lit", "light_code", "texture_code", "verts")  # photometric_optimization and GIF
CROP_PIXELS = 224
DISTANCE = 10.0  # metres; an orthographic camera sees the same from anywhere


def recognises(contents: Contents) -> bool:
    """Whether it is a codedict, a list or dict of them, one under the key codedict, or a .mat."""
    if contents.kind == "mat":
        return True
    return bool(_codedicts(contents))


def read(contents: Contents) -> FlameSequence:
    """The frames in order: a batch's rows, a list's items, or the images of a dict in natural order."""
    if contents.kind == "mat":
        raise SequenceError(
            f"{contents.source}: expected FLAME parameters, found a .mat file, where DECA keeps only vertices and "
            f"pictures; save its codedict, or import the .obj files beside it as a mesh sequence."
        )
    return join([_read_one(each) for each in _codedicts(contents)], contents.source)


def _codedicts(contents: Contents) -> list[Contents]:
    value = contents.value
    if isinstance(value, Mapping) and isinstance(value.get("codedict"), Mapping):
        return _codedicts(contents.inner("codedict", value["codedict"]))
    if _is_codedict(value):
        return [contents]
    items: list[tuple[object, object]] = []
    if isinstance(value, list):
        items = list(enumerate(value))
    elif isinstance(value, Mapping):
        items = sorted(value.items(), key=lambda item: natural_order(str(item[0])))
    if not items or not all(_is_codedict(item) for _, item in items):
        return []
    return [contents.inner(key, item) for key, item in items]


def _is_codedict(value: object) -> bool:
    return (
        isinstance(value, Mapping) and all(key in value for key in KEYS) and not any(key in value for key in OF_OTHERS)
    )


def _read_one(contents: Contents) -> FlameSequence:
    pose, cam = rows(contents, "pose", 6), rows(contents, "cam", 3)
    return clip(
        contents,
        {
            "shape": rows(contents, "shape"),
            "expression": rows(contents, "exp"),
            "global_rotation": pose.part(0, 3),
            "jaw": pose.part(3, 6),
        },
        source="DECA",
        pose="root and jaw, axis-angle",
        camera=crop_camera(contents, cam.values),
        release="FLAME 2020",
        notes=("The camera is that of the 224 pixel crop: where the crop lies in the picture is not in the file.",),
    )


def crop_camera(contents: Contents, cam: np.ndarray) -> Camera:
    """(N, 3) scale, tx, ty -> the orthographic camera with x' = s (x + tx), y' = s (y + ty), -1 to 1 over the crop."""
    half = CROP_PIXELS / 2
    scale, right, up = np.asarray(cam, np.float64).T
    centre = np.full_like(scale, half)
    try:
        return Camera(
            intrinsics=np.stack([half * scale, half * scale, centre, centre], 1),
            width=CROP_PIXELS,
            height=CROP_PIXELS,
            rotation=np.diag([1.0, -1.0, -1.0]),
            translation=np.stack([right, -up, np.full_like(scale, DISTANCE)], 1),
            orthographic=True,
        )
    except SequenceError as error:
        raise SequenceError(f"{contents.source}: cam: {error}") from error
