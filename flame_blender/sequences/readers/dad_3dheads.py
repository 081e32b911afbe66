"""DAD-3DHeads' predictions, and the annotations of VGGHeads, which it made.

The same numbers in the same order as VGGHeads' own (see ``vggheads``), in other units: the head, moved and turned as
there, is multiplied by scale + 1 and moved by the translation, and 128 (that + 1) are pixels (model_training/
head_mesh.py). Of an annotation these are pixels of the head's crop, ``extended_bbox`` (x, y, width, height); of a
prediction those of a picture whose size is not told.

- Annotation: a dict or a list of dicts, one for each head, with ``3dmm_params`` (413); or an .npz of them all.
- Prediction: the demo's flame_params.json, a dict with ``rotation`` of six numbers, ``translation`` and ``scale``; or
  413 numbers a row.
"""

from __future__ import annotations

import numpy as np

from ...errors import SequenceError
from ...geometry.camera import MAX_SIDE
from ..contents import Contents
from ..fields import Rows, clip, rows
from ..sequence import FlameSequence
from .vggheads import PARTS, WIDTH, is_vectors, orthographic

HALF_PICTURE = 128
VECTOR, CROP = "3dmm_params", "extended_bbox"
OF_DEMO = ("shape", "expression", "rotation", "translation", "scale")
# VGGHeads' own scale is pixels for a metre, some hundreds or thousands, and its translation pixels of 640
HIGHEST_SCALE, FARTHEST = 200.0, 60.0
NOTE = "The head's motion is in the camera."
CROP_NOTE = "The camera is that of the head's crop, extended_bbox: where that lies in the picture is not kept."
SIZE_NOTE = "The picture's size is not in the file: it is taken to have the head in its middle."


def recognises(contents: Contents) -> bool:
    """Whether it is an annotation, what the demo wrote, or vectors in these units."""
    if _heads(contents):
        return True
    if contents.has(*OF_DEMO):
        return _is_6d(contents.fields["rotation"])
    return is_vectors(contents.value) and _in_these_units(np.asarray(contents.value).reshape(-1, WIDTH))


def _is_6d(value: object) -> bool:
    """Whether it is six numbers, or rows of six, by its shape."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        value = value[0]
    return (isinstance(value, list) and len(value) == 6) or (isinstance(value, np.ndarray) and value.shape[-1:] == (6,))


def _is_empty(value: object) -> bool:
    return value == [] if isinstance(value, list) else isinstance(value, np.ndarray) and not value.size


def _heads(contents: Contents) -> list[Contents]:
    """The annotations of the file, one or a list."""
    if contents.has(VECTOR):
        return [contents]
    items = contents.value if isinstance(contents.value, list) else []
    heads = [contents.inner(index, item) for index, item in enumerate(items)]
    return heads if all(head.has(VECTOR) for head in heads) else []


def _in_these_units(vectors: np.ndarray) -> bool:
    places, scales = vectors[:, slice(*PARTS["translation"])], vectors[:, slice(*PARTS["scale"])]
    return bool(len(vectors) and (np.abs(scales) < HIGHEST_SCALE).all() and (np.abs(places) < FARTHEST).all())


def read(contents: Contents) -> FlameSequence:
    """A frame for each head."""
    if contents.has(*OF_DEMO):
        parts = {"shapecode": rows(contents, "shape"), "expcode": rows(contents, "expression")}
        parts |= {"rotation_6d": rows(contents, "rotation", 6), "translation": rows(contents, "translation", 3)}
        parts |= {"scale": rows(contents, "scale", 1)}
        for key in ("jaw", "eyeballs", "neck"):
            if contents.has(key) and _is_empty(contents.fields[key]):
                contents.take(key)
            elif key == "jaw" and contents.has(key):
                parts[key] = rows(contents, key, 3)
    else:
        vectors = Contents(contents.path, contents.kind, {VECTOR: contents.value})
        whole = _stacked(_heads(contents) or [vectors], VECTOR, WIDTH)
        parts = {key: Rows(VECTOR, whole.part(*columns).values) for key, columns in PARTS.items()}
    place = HALF_PICTURE * (np.asarray(parts["translation"].values[:, :2], np.float64) + 1)
    scale = HALF_PICTURE * (np.asarray(parts["scale"].values, np.float64) + 1)
    size, size_note = _size(contents, place)
    fields = {"shape": parts["shapecode"], "expression": parts["expcode"]}
    return clip(
        contents,
        fields | ({"jaw": parts["jaw"]} if "jaw" in parts else {}),
        source="VGGHeads annotation" if _heads(contents) else "DAD-3DHeads",
        pose="jaw, axis-angle; the head's rotation, 6D columns, in the camera",
        camera=orthographic(contents, parts["rotation_6d"], place, scale, size),
        notes=(NOTE, size_note, "Each head is taken for a frame."),
    )


def _stacked(heads: list[Contents], key: str, width: int) -> Rows:
    return Rows(key, np.concatenate([rows(head, key, width).values for head in heads]))


def _size(contents: Contents, place: np.ndarray) -> tuple[tuple[int, int], str]:
    """Width and height of the picture, the largest where heads have crops of their own; and how they are known."""
    heads = _heads(contents)
    if heads and all(head.has(CROP) for head in heads):
        boxes = _stacked(heads, CROP, 4).values
        width, height = np.ceil(boxes[:, 2:].max(0))
        note = CROP_NOTE
    else:
        width, height = np.maximum(2 * HALF_PICTURE, np.ceil(2 * place.max(0)))
        note = SIZE_NOTE
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        found = f"{width:.6g} x {height:.6g}"
        raise SequenceError(f"{contents.source}: expected a picture of 1 to {MAX_SIDE} pixels a side, found {found}.")
    return (int(width), int(height)), note
