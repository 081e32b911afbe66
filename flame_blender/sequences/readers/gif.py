"""GIF (Ghosh et al. 2020): params.npy of its random samples, and the parameters of its training pictures.

Samples are one dict, ``exp`` (N, 50), ``pose`` (N, 6) root and jaw, ``light_code``, ``texture_code``. Its writer
(plots/generate_random_samples.py) appends ``shape`` twice for each batch, so that it has 2 N rows: a batch, the same
batch again, the next one. Of the pictures there is a dict of dicts, one for each: ``shape``, ``exp``, ``pose`` (6),
``lit``; or, older, ``betas`` (400, the last 100 expression), ``pose`` (15), ``trans``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...errors import SequenceError
from ...files.natural_order import natural_order
from ..contents import Contents
from ..fields import Rows, clip, rows
from ..sequence import FlameSequence

OF_SAMPLES = ("shape", "exp", "pose", "light_code", "texture_code")
OF_A_PICTURE, OF_AN_OLD_FIT = ("shape", "exp", "pose", "lit"), ("betas", "pose", "trans")
N_IDENTITY, N_OLD = 300, 400
NOTE = "Each frame is a face of its own; the camera is that of the crop and is not read."


def recognises(contents: Contents) -> bool:
    """Whether it is a dict of samples, a fit with 400 betas, or a dict of pictures' dicts."""
    if contents.has(*OF_SAMPLES) or _is_old_fit(contents.fields):
        return True
    pictures = contents.fields.values()
    return bool(pictures) and all(_is_picture(each) or _is_old_fit(each) for each in pictures)


def read(contents: Contents) -> FlameSequence:
    """The samples in their order, or the pictures in the natural order of their names."""
    if contents.has(*OF_SAMPLES):
        fields = _coefficients(contents)
        fields["shape"] = _once(contents, fields["shape"], len(fields["expression"].values))
        return _clip(contents, fields)
    if _is_old_fit(contents.fields):
        return _clip(contents, _old_fit(contents))
    pictures = sorted(contents.fields.items(), key=lambda item: natural_order(str(item[0])))
    parts = [_picture(contents.inner(key, value)) for key, value in pictures]
    joined = {name: _stacked(contents, [part.get(name) for part in parts]) for name in parts[0]}
    return _clip(contents, joined)


def _is_picture(value: object) -> bool:
    return isinstance(value, Mapping) and all(key in value for key in OF_A_PICTURE)


def _is_old_fit(value: object) -> bool:
    """400 betas tell it from a body's parameters."""
    if not isinstance(value, Mapping) or not all(key in value for key in OF_AN_OLD_FIT):
        return False
    betas = value["betas"]
    return isinstance(betas, np.ndarray) and betas.shape[-1:] == (N_OLD,)


def _picture(contents: Contents) -> dict[str, Rows]:
    return _old_fit(contents) if _is_old_fit(contents.fields) else _coefficients(contents)


def _coefficients(contents: Contents) -> dict[str, Rows]:
    pose = rows(contents, "pose", 6)
    return {
        "shape": rows(contents, "shape"),
        "expression": rows(contents, "exp"),
        "global_rotation": pose.part(0, 3),
        "jaw": pose.part(3, 6),
    }


def _old_fit(contents: Contents) -> dict[str, Rows]:
    betas, pose = rows(contents, "betas", N_OLD), rows(contents, "pose", 15)
    joints = ("global_rotation", "neck", "jaw", "left_eye", "right_eye")
    return {
        "shape": betas.part(0, N_IDENTITY),
        "expression": betas.part(N_IDENTITY, N_OLD),
        **{joint: pose.part(3 * i, 3 * i + 3) for i, joint in enumerate(joints)},
        "translation": rows(contents, "trans", 3),
    }


def _once(contents: Contents, shape: Rows, frames: int) -> Rows:
    """A row for each frame of what holds every batch twice, whatever the size of a batch; as it is where it fits."""
    values = shape.values
    if len(values) in (1, frames):
        return shape
    if len(values) == 2 * frames:
        for size in range(1, frames + 1):
            starts = range(0, frames, size)
            batches = [np.arange(2 * start, 2 * start + min(size, frames - start)) for start in starts]
            if all(np.array_equal(values[batch], values[batch + len(batch)]) for batch in batches):
                return Rows(shape.key, values[np.concatenate(batches)])
    raise SequenceError(
        f"{contents.source}: shape must have {frames} rows as exp, or every batch of them twice, found {len(values)} "
        "other rows; keep one row for each face."
    )


def _stacked(contents: Contents, parts: list[Rows | None]) -> Rows:
    present = [part for part in parts if part is not None]
    widths = {part.values.shape for part in present}
    if len(present) < len(parts) or len(widths) > 1 or any(len(part.values) != 1 for part in present):
        found = ", ".join(str(shape) for shape in sorted(widths)[:6])
        raise SequenceError(
            f"{contents.source}: every picture must have {present[0].key if present else 'its keys'} of the same size, "
            f"found {found} in {len(present)} of {len(parts)}."
        )
    return Rows(present[0].key, np.concatenate([part.values for part in present]))


def _clip(contents: Contents, fields: dict[str, Rows]) -> FlameSequence:
    pose = "five axis-angle rotations" if "neck" in fields else "root and jaw, axis-angle"
    return clip(contents, fields, source="GIF", pose=pose, notes=(NOTE,))
