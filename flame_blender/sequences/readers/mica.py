"""MICA: the folder of an image, whose identity.npy holds 300 coefficients; its meshes are in millimetres.

metrical-tracker keeps the same file among its input. A bare array of so many numbers says nothing of itself: its name
or what lies beside it must.
"""

from __future__ import annotations

import numpy as np

from ..contents import FOLDER, Contents
from ..fields import clip, rows
from ..sequence import FlameSequence

NAMES = ("identity", "shape")
BESIDE = ("kpt68.npy", "kpt7.npy")
MAX_IDENTITY = 300


def recognises(contents: Contents) -> bool:
    """Whether it is such a folder, or one row of up to 300 numbers in a file that is called or lies as MICA's."""
    if contents.kind == FOLDER:
        return contents.has("identity")
    value = contents.value
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or contents.kind != "npy":
        return False
    one_row = value.ndim > 0 and value.size == value.shape[-1] <= MAX_IDENTITY
    return bool(one_row and value.size and (_is_named(contents) or _lies_beside(contents, value)))


def read(contents: Contents) -> FlameSequence:
    """One frame without expression or pose."""
    if contents.kind == FOLDER:
        return clip(contents, {"shape": rows(contents, "identity")}, source="MICA", release="FLAME 2020")
    count = np.asarray(contents.value).size
    one = Contents(contents.path, contents.kind, {"identity": contents.value})
    told = f"{count} numbers without a key are taken for an identity, by the file's name and place."
    return clip(one, {"shape": rows(one, "identity")}, source="MICA", release="FLAME 2020", notes=(told,))


def _is_named(contents: Contents) -> bool:
    return contents.path.stem.lower().startswith(NAMES)


def _lies_beside(contents: Contents, value: np.ndarray) -> bool:
    return value.size == MAX_IDENTITY and any((contents.path.parent / name).is_file() for name in BESIDE)
