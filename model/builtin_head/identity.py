"""Identity directions: smooth warps of the whole head, with eyeballs and teeth that keep their shape (mm)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .contact import keep_together, lining_share
from .expression import NamedField
from .fields import evaluate
from .identity_regions import REGIONAL_TRAITS
from .identity_table import TRAITS, Trait
from .lids import LidMotion
from .lips import LINE_HEIGHT
from .mesh import HeadMesh

DENTAL_PARTS = ("upper_teeth", "upper_gum", "lower_teeth", "lower_gum", "tongue")
DENTAL_ANCHOR = (0.0, LINE_HEIGHT, 84.0)


def identity_fields(mesh: HeadMesh, lids: LidMotion) -> list[NamedField]:
    """Every identity direction, +1 being one standard deviation."""
    dental = np.concatenate([mesh.part(name) for name in DENTAL_PARTS])
    lining = lining_share(mesh)
    fields = []
    for trait in (*TRAITS, *REGIONAL_TRAITS):
        warp = evaluate(trait.bumps, mesh.vertices, {})
        at_eye, at_teeth = evaluate(trait.bumps, np.array([EYE_CENTRE, DENTAL_ANCHOR]), {})
        with_teeth = np.zeros(3) if trait.soft else at_teeth
        warp[dental] = with_teeth
        warp += lining[:, None] * (with_teeth - warp)
        moved = _with_rigid_eyes(mesh, lids, warp, np.zeros(3) if trait.soft else at_eye)
        moved = keep_together(mesh, moved) + _lid_shape(lids, trait)
        fields.append(NamedField(trait.name, trait.group, moved))
    return fields


def _with_rigid_eyes(mesh: HeadMesh, lids: LidMotion, warp: np.ndarray, at_eye: np.ndarray) -> np.ndarray:
    """The warp with eyeballs moved as one piece, and the lids with them, fading out over the rings round the eye."""
    side = np.where(mesh.vertices[:, :1] >= 0, 1.0, -1.0)
    eye_motion = at_eye * np.concatenate([side, np.ones_like(side), np.ones_like(side)], 1)
    freedom = lids.freedom.copy()
    freedom[mesh.part("eyeball")] = 0
    return freedom[:, None] * warp + (1 - freedom[:, None]) * eye_motion


def _lid_shape(lids: LidMotion, trait: Trait) -> np.ndarray:
    """Longer fissures and tilted ones: turns about the ball's centre, so that the lids stay on it."""
    return lids.lengthen(trait.fissure) + lids.tilt(np.radians(trait.tilt))
