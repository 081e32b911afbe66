"""MICA: the folder of an image, whose identity.npy holds 300 coefficients; its meshes are in millimetres."""

from __future__ import annotations

from ..contents import FOLDER, Contents
from ..fields import clip, rows
from ..sequence import FlameSequence


def recognises(contents: Contents) -> bool:
    """Whether it is such a folder."""
    return contents.kind == FOLDER and contents.has("identity")


def read(contents: Contents) -> FlameSequence:
    """One frame without expression or pose."""
    return clip(contents, {"shape": rows(contents, "identity")}, source="MICA", release="FLAME 2020")
