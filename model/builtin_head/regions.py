"""Named vertex sets, after FLAME_masks, whose sizes are known (mm, sculpting frame).

The eye regions are the lids and what is around them, about as much of a face as FLAME's 287 vertices of each, and both
with the root of the nose between them its 751.
"""

from __future__ import annotations

import numpy as np

from .lips import BORDER_RING
from .mesh import HeadMesh
from .topology import COLUMNS, EAR, EYE, MOUTH, Block


def regions(mesh: HeadMesh) -> dict[str, np.ndarray]:
    """Sorted int32 vertex numbers by name; left and right are the subject's."""
    points = mesh.vertices
    skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
    x, y, z = points.T
    inside_mouth = np.isin(np.arange(len(mesh)), mesh.both(_rings(mesh, MOUTH, 9, MOUTH.rings)))
    outer = skin & ~inside_mouth
    left = {"ear": _rings(mesh, EAR, 0, EAR.rings), "eye_region": _rings(mesh, EYE, 4, EYE.rings)}
    both_eyes = np.isin(np.arange(len(mesh)), mesh.both(_rings(mesh, EYE, 3, EYE.rings)))
    boundary = mesh.both(mesh.of(*(("grid", i, j) for i in range(COLUMNS + 1) for j in (0, 1))))
    neck_line = y + 0.35 * z
    found = {
        "face": outer & (z > 30) & (y > -114) & (y < 42) & (np.abs(x) < 62),
        "forehead": outer & (z > 25) & (y > 20) & (y < 66) & (np.abs(x) < 70),
        "nose": outer & (np.abs(x) < 19) & (y > -51) & (y < 4) & (z > 86),
        "scalp": outer & (neck_line > -45) & ((y > 55) | (z < -25)),
        "neck": outer & (neck_line < -100),
        "eye_region": both_eyes | (outer & (np.abs(x) < 17) & (y > -9) & (y < 13) & (z > 60)),
    }
    named = {name: np.flatnonzero(mask) for name, mask in found.items()}
    white = mesh.ring(MOUTH, BORDER_RING - 1)[: MOUTH.opposite + 2]  # FLAME's reach over the upper lip's border
    named["lips"] = mesh.both(np.concatenate([_rings(mesh, MOUTH, BORDER_RING, MOUTH.rings), white]))
    for name, vertices in left.items():
        named[f"left_{name}"] = np.unique(vertices)
        named[f"right_{name}"] = np.unique(mesh.mirror[vertices])
    for side in ("left", "right"):
        named[f"{side}_eyeball"] = mesh.part(f"{side}_eyeball")
    named["boundary"] = boundary
    return {name: np.unique(vertices).astype(np.int32) for name, vertices in named.items()}


def _rings(mesh: HeadMesh, block: Block, first: int, last: int) -> np.ndarray:
    rings = [mesh.ring(block, ring) for ring in range(first, last + 1)]
    if block.closed:
        rings.append(mesh.of((block.name, block.rings + 1, 0)))
    return np.concatenate(rings)
