"""Identity directions: smooth warps of the whole head, with eyeballs that stay round (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .expression import NamedField
from .fields import evaluate
from .identity_table import TRAITS
from .lids import LidMotion
from .mesh import HeadMesh


def identity_fields(mesh: HeadMesh, lids: LidMotion) -> list[NamedField]:
    """Every identity direction, +1 being one standard deviation."""
    fields = []
    for trait in TRAITS:
        warp = evaluate(trait.bumps, mesh.vertices, {})
        at_eye = evaluate(trait.bumps, np.array([EYE_CENTRE]), {})[0]
        fields.append(NamedField(trait.name, trait.group, _with_rigid_eyes(mesh, lids, warp, at_eye)))
    return fields


def _with_rigid_eyes(mesh: HeadMesh, lids: LidMotion, warp: np.ndarray, at_eye: np.ndarray) -> np.ndarray:
    """The warp with eyeballs moved as one piece, and the lids with them, fading out over the rings round the eye."""
    side = np.where(mesh.vertices[:, :1] >= 0, 1.0, -1.0)
    eye_motion = at_eye * np.concatenate([side, np.ones_like(side), np.ones_like(side)], 1)
    freedom = lids.freedom.copy()
    freedom[mesh.part("eyeball")] = 0
    return freedom[:, None] * warp + (1 - freedom[:, None]) * eye_motion
