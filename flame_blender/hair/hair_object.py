"""The objects of a head's hair: curves, the head's children."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
import mathutils
import numpy as np

from ..geometry.axes import to_blender
from ..hair_strands.binding import Binding
from ..hair_strands.strands import Strands
from ..hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, SCALP
from ..head.frame import frame_of
from . import following_nodes
from .hair_material import GREYNESS, MELANIN, REDNESS, hair_material
from .settings import PIECES, settings_of

LABELS = {SCALP: "Hair", BROWS: "Brows", LASHES: "Lashes", BEARD: "Beard", MOUSTACHE: "Moustache"}
MANY, SHOWN_IN_VIEWS = (SCALP, BEARD), 0.3  # of these pieces views show that share of the strands
FINE_SEGMENT, FINE, COARSE = 0.008, 1, 3  # metres between points; cuts of a segment up to there and beyond
COLOURS = {MELANIN: "melanin", REDNESS: "redness", GREYNESS: "greyness"}


def objects_of(head: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The head's hair by its pieces.

    A head duplicated without them still points to those of the original; only its own children count.
    """
    settings = settings_of(head)
    found = {piece: getattr(settings, f"{name}_object") for piece, name in PIECES.items()}
    return {piece: obj for piece, obj in found.items() if obj is not None and obj.parent == head}


def add(head: bpy.types.Object, piece: str, strands: Strands, binding: Binding) -> bpy.types.Object:
    """Make the curves of a piece of the head's hair, which follow it from then on; what it had is replaced."""
    remove(head, piece)
    by_roots = piece != SCALP
    made: Any = bpy.data.hair_curves.new(f"{head.name} {LABELS[piece]}")
    count, long = strands.points.shape[:2]
    if count:
        made.add_curves([long] * count)
        _set(made, "position", "FLOAT_VECTOR", "vector", to_blender(strands.points.reshape(-1, 3)))
        _set(made, "radius", "FLOAT", "value", strands.radii)
        segment = float(np.median(np.linalg.norm(np.diff(strands.points, axis=1), axis=2)))
        cuts = np.full(count, FINE if segment <= FINE_SEGMENT else COARSE)  # 12 in Blender: most of a frame's time
        _set(made, "resolution", "INT", "value", cuts, "CURVE")
        domain, step = ("CURVE", long) if by_roots else ("POINT", 1)
        _set(made, following_nodes.CORNERS, "FLOAT_VECTOR", "vector", binding.corners[::step], domain)
        _set(made, following_nodes.WEIGHTS, "FLOAT_VECTOR", "vector", binding.weights[::step], domain)
        _set(made, following_nodes.OFFSETS, "FLOAT_VECTOR", "vector", binding.offsets)
    made.materials.append(hair_material())
    obj = bpy.data.objects.new(made.name, made)
    for collection in head.users_collection:
        collection.objects.link(obj)
    obj.parent = head
    obj.matrix_parent_inverse.identity()
    obj.matrix_basis = mathutils.Matrix(frame_of(head).matrix.tolist())
    following_nodes.follow(obj, head, by_roots=by_roots, shown=SHOWN_IN_VIEWS if piece in MANY else 1.0)
    for own, name in COLOURS.items():
        _drive(obj, own, head, name)
    setattr(settings_of(head), f"{PIECES[piece]}_object", obj)
    return obj


def remove(head: bpy.types.Object, *pieces: str) -> int:
    """Delete these pieces of the head's hair, all of it where none is named; how many there were."""
    found = {piece: obj for piece, obj in objects_of(head).items() if not pieces or piece in pieces}
    for piece in pieces or PIECES:
        setattr(settings_of(head), f"{PIECES[piece]}_object", None)
    for obj in found.values():
        data = obj.data
        bpy.data.objects.remove(obj)
        if isinstance(data, bpy.types.Curves) and not data.users:
            bpy.data.hair_curves.remove(data)
    return len(found)


def heads_with_hair() -> Iterator[bpy.types.Object]:
    """Heads of this file that have some."""
    return (obj for obj in bpy.data.objects if objects_of(obj))


def _set(curves: Any, name: str, kind: str, key: str, values: np.ndarray, domain: str = "POINT") -> None:
    attribute = curves.attributes.get(name) or curves.attributes.new(name, kind, domain)
    attribute.data.foreach_set(key, np.ascontiguousarray(values, np.int32 if kind == "INT" else np.float32).ravel())


def _drive(obj: Any, own: str, head: bpy.types.Object, name: str) -> None:
    """Let a property of the object's own be one of the head's hair: materials read it, and it can be keyed there."""
    obj[own] = float(getattr(settings_of(head), name))
    driver = obj.driver_add(f'["{own}"]').driver
    driver.type = "SUM"  # of one: no expression at all
    variable = driver.variables.new()
    variable.name = "v"
    variable.targets[0].id = head
    variable.targets[0].data_path = f"flame_hair.{name}"
