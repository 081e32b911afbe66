"""The neutral head: skin, eyeballs, what lies on the lids, teeth and tongue put together."""

from __future__ import annotations

from .eyes import build_eyeball
from .lid_parts import BUILT
from .lips import BORDER_RING, CONTACT_RING
from .mesh import HeadMesh
from .placement import place
from .teeth import ROWS, build_gums, build_teeth
from .tongue import build_tongue
from .topology import EYE, MOUTH, HalfMesh, build_half


def build_neutral() -> HeadMesh:
    """The head in mm, sculpting frame, with everything but directions and weights."""
    half = build_half()
    mesh = HeadMesh()
    mesh.add_skin(half, place(half), _skin_materials(half))
    mesh.add_pair("eyeball", *build_eyeball())
    for name, build in BUILT.items():
        mesh.add_pair(name, *build(lambda ring: mesh.vertices[mesh.ring(EYE, ring)]))
    for row in ROWS:
        mesh.add_pair(f"{row.name}_teeth", *build_teeth(row))
        mesh.add_joined(f"{row.name}_gum", *build_gums(row))
    mesh.add_symmetric("tongue", *build_tongue())
    return mesh


def _skin_materials(half: HalfMesh) -> list[str]:
    keys = half.keys
    materials = []
    for polygon in half.polygons:
        rings = [keys[vertex][1] if keys[vertex][0] == MOUTH.name else 0 for vertex in polygon]
        outermost = min(rings)
        materials.append("mouth" if outermost >= CONTACT_RING else "lips" if outermost >= BORDER_RING else "skin")
    return materials
