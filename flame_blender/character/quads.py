"""A head's triangles shown as quads and back, on its mesh: vertices, shape keys, groups, UVs and values stay."""

from __future__ import annotations

import bmesh
import bpy

from ..errors import ParameterError
from ..flame.model import FlameModel
from ..head import live
from ..head.mesh import is_linked, mesh_of, polygons_of
from ..head.parameters import require_evaluator, require_head
from ..looks.quads import quad_pairs


def has_quads(obj: bpy.types.Object) -> bool:
    """Whether a head shows quads."""
    mesh = mesh_of(obj)
    return len(mesh.loops) > 3 * len(mesh.polygons)


def can_have_quads(model: FlameModel) -> bool:
    """Whether a model's polygons are triangles, some of which could be joined."""
    return model.display is None or bool((model.display.polygons[:, 3:] < 0).all())


def show_quads(obj: bpy.types.Object, quads: bool) -> int:
    """Join triangles of a head to quads, or cut them again along the model's edges; how many quads it has then.

    Triangles of different materials, and such as have a seam of UVs between them, stay apart. Raises ParameterError
    where the head's mesh cannot be changed.
    """
    model = require_evaluator(require_head(obj)).model
    why = _why_not(obj, model)
    if why is not None:
        raise ParameterError(why)
    made = bmesh.new()
    try:
        made.from_mesh(mesh_of(obj))
        if quads:
            _join(made, model)
        else:
            _cut(made, model)
        made.to_mesh(mesh_of(obj))
        count = sum(len(face.verts) == 4 for face in made.faces)
    finally:
        made.free()
    mesh_of(obj).update()
    obj.update_tag()
    return count


def _why_not(obj: bpy.types.Object, model: FlameModel) -> str | None:
    mesh = mesh_of(obj)
    if is_linked(obj):
        return f"{obj.name} comes from another file: change its polygons there."
    if mesh.is_editmode:
        return f"{obj.name} is in Edit Mode: leave it first."
    if not can_have_quads(model):
        return f"{obj.name}: expected a head of triangles, found one whose model has quads of its own."
    if len(mesh.vertices) != model.n_vertices or polygons_of(mesh) is None:
        return f"{obj.name} has other polygons than its model: add a new head instead."
    return live.blocked(obj)


def _join(made: bmesh.types.BMesh, model: FlameModel) -> None:
    faces = {frozenset(vert.index for vert in face.verts): face for face in made.faces}
    layers = list(made.loops.layers.uv.values())
    for one, other in model.faces[quad_pairs(model)].tolist():
        first, second = faces.get(frozenset(one)), faces.get(frozenset(other))
        if first is not None and second is not None and _belong_together(first, second, layers):
            bmesh.utils.face_join([first, second])


def _belong_together(one: bmesh.types.BMFace, other: bmesh.types.BMFace, layers: list) -> bool:
    """Whether materials are the same, and the UVs of the corners that two triangles share."""
    if one.material_index != other.material_index:
        return False
    there = {loop.vert.index: loop for loop in other.loops}
    shared = [(loop, there[loop.vert.index]) for loop in one.loops if loop.vert.index in there]
    return all((loop[layer].uv - twin[layer].uv).length < 1e-6 for loop, twin in shared for layer in layers)


def _cut(made: bmesh.types.BMesh, model: FlameModel) -> None:
    known = {frozenset(face) for face in model.faces.tolist()}
    for face in [each for each in made.faces if len(each.verts) == 4]:
        corners = list(face.verts)
        first = frozenset(vert.index for vert in corners[:3]) in known
        one, other = (corners[0], corners[2]) if first else (corners[1], corners[3])
        bmesh.utils.face_split(face, one, other)
