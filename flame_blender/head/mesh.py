"""The head's mesh: made once from a model, then only its positions are written."""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import bpy
import numpy as np

from ..errors import FlameError, ModelError
from ..flame.model import FlameModel
from ..geometry.axes import to_blender
from ..looks.gaze import gaze_directions
from ..shading.eye_material import GAZE
from ..shading.skin_layers import REST
from ..textures.face_uvs import corners_of

Mesh = bpy.types.Mesh  # looked up once: that takes a microsecond, and every evaluation of a head asks
CHECKSUM = "flame_checksum"
WRITTEN_WITH = "flame_written_with"
FOREIGN_EDGES = 0.01  # a share of the edges: an edge that was rotated is no reason to think of another order

_gazes: WeakKeyDictionary[FlameModel, np.ndarray | None] = WeakKeyDictionary()


def mesh_of(obj: bpy.types.Object) -> bpy.types.Mesh:
    """The mesh of a mesh object, as heads are. Raises FlameError for an object of another kind."""
    data = obj.data
    if not isinstance(data, Mesh):
        found = f"{obj.name!r} ({obj.type.title()})"
        raise FlameError(f"Expected a FLAME head, found {found}; add one with Add > Mesh > FLAME Head.")
    return data


def delete(obj: bpy.types.Object) -> None:
    """Delete a mesh object, and its mesh where nothing else has it."""
    data = mesh_of(obj)
    bpy.data.objects.remove(obj)
    if not data.users:
        bpy.data.meshes.remove(data)


def _points_of(mesh: bpy.types.Mesh) -> Any:
    """The attribute's values; of an attribute the stubs know the kind, but not what it holds."""
    attribute: Any = mesh.attributes["position"]
    return attribute.data


def create_mesh(model: FlameModel, name: str) -> bpy.types.Mesh:
    """A smooth-shaded mesh of the model's neutral head, with its UVs where the model has them."""
    mesh = mesh_of_polygons(model.v_template, model.polygons, name)
    add_uvs(mesh, model)
    add_gaze(mesh, model)
    add_rest(mesh, model)
    return mesh


def mesh_of_polygons(vertices: np.ndarray, polygons: np.ndarray, name: str) -> bpy.types.Mesh:
    """A smooth-shaded mesh of (V, 3) vertices, FLAME's axes, and (Q, 4) polygons, -1 in a triangle's last place."""
    corners, totals = _corners(polygons)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.loops.add(len(corners))
    mesh.polygons.add(len(totals))
    _points_of(mesh).foreach_set("vector", to_blender(vertices).ravel())
    mesh.loops.foreach_set("vertex_index", corners)
    mesh.polygons.foreach_set("loop_start", np.concatenate([[0], np.cumsum(totals)[:-1]]).astype(np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    return mesh


def add_uvs(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Give a mesh made of the model's polygons the model's UVs, where it has them, as a new layer."""
    display = model.display
    if display is not None and display.uv_coords is not None and display.uv_polygons is not None:
        rows = corner_rows(mesh, model.polygons)
        if rows is not None:
            new_uvs(mesh, "UVMap").uv.foreach_set("vector", display.uv_coords[display.uv_polygons[rows]].ravel())


def has_uvs_of(mesh: bpy.types.Mesh, model: FlameModel) -> bool:
    """Whether the UVs that a render of the mesh uses are the model's, corner for corner."""
    display, rows = model.display, corner_rows(mesh, model.polygons)
    if display is None or display.uv_coords is None or display.uv_polygons is None or rows is None:
        return False
    layer = shown_uvs(mesh)
    return layer is not None and np.allclose(read_uvs(layer), display.uv_coords[display.uv_polygons[rows]], atol=1e-6)


def is_linked(obj: bpy.types.Object) -> bool:
    """Whether an object or its mesh comes from another file: what is added to it is gone when the file is opened."""
    return obj.library is not None or mesh_of(obj).library is not None


def shown_uvs(mesh: bpy.types.Mesh) -> Any:
    """The UV map that renders use, or None."""
    return next((each for each in mesh.uv_layers if each.active_render), None)


def read_uvs(layer: Any) -> np.ndarray:
    """(L, 2) float32: the UV of each corner."""
    uvs = np.empty((len(layer.uv), 2), np.float32)
    layer.uv.foreach_get("vector", uvs.ravel())
    return uvs


def new_uvs(mesh: bpy.types.Mesh, name: str) -> Any:
    """A new UV map. Raises ModelError for a mesh that has as many as it can have."""
    layer = mesh.uv_layers.new(name=name, do_init=False)
    if layer is None:
        raise ModelError(f"{mesh.name} has as many UV maps as a mesh can have: remove one.")
    return layer


def corner_rows(mesh: bpy.types.Mesh, known: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(L,) the row of polygons ``known`` (Q, k) that each corner of the mesh is of, and (L,) which of its corners.

    None where the mesh's polygons are neither these nor put together of them.
    """
    polygons = polygons_of(mesh)
    found = None if polygons is None else corners_of(polygons, known)
    if polygons is None or found is None:
        return None
    used = polygons >= 0
    return found[0][used], found[1][used]


def polygons_of(mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(Q, 4) the mesh's polygons, -1 in the last place of a triangle; None where one has more corners."""
    starts, totals = np.empty((2, len(mesh.polygons)), np.int32)
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    mesh.polygons.foreach_get("loop_total", totals)
    mesh.loops.foreach_get("vertex_index", corners)
    if totals.max(initial=0) > 4:
        return None
    found = corners[np.minimum(starts[:, None] + np.arange(4), len(corners) - 1)]
    found[totals == 3, 3] = -1
    return found


def add_gaze(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Tell each vertex of the eyes its direction from the eyeball's centre, by which their material is drawn."""
    if model not in _gazes:
        _gazes[model] = gaze_directions(model)
    directions = _gazes[model]
    if directions is not None:
        attribute: Any = mesh.attributes.get(GAZE) or mesh.attributes.new(GAZE, "FLOAT_VECTOR", "POINT")
        attribute.data.foreach_set("vector", directions.ravel())


def add_rest(mesh: bpy.types.Mesh, model: FlameModel) -> None:
    """Tell each vertex where it is in the neutral head, metres, in FLAME's axes: there the skin's pores lie."""
    attribute: Any = mesh.attributes.get(REST) or mesh.attributes.new(REST, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", np.ascontiguousarray(model.v_template, np.float32).ravel())


def _corners(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corner indices one after the other, and each polygon's count of corners (-1 fills a triangle's last place)."""
    used = polygons >= 0
    return polygons[used].astype(np.int32), used.sum(axis=1, dtype=np.int32)


def read_positions(mesh: bpy.types.Mesh) -> np.ndarray:
    """(V, 3) float32, Blender's axes: what the layer last wrote, or what the user made of it.

    With shape keys these are the basis key's, which is what Blender then shows; in Edit Mode what it was entered with.
    """
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    if mesh.shape_keys:
        mesh.shape_keys.reference_key.points.foreach_get("co", positions.ravel())
    elif mesh.is_editmode:  # which has no position attribute
        mesh.vertices.foreach_get("co", positions.ravel())
    else:
        _points_of(mesh).foreach_get("vector", positions.ravel())
    return positions


def write_positions(mesh: bpy.types.Mesh, positions: np.ndarray) -> None:
    """Write (V, 3) float32 positions, Blender's axes, and mark them as written by the layer.

    With shape keys the basis is written and the user's keys are moved along, so that each keeps its own effect.
    Not for a mesh in Edit Mode, which has no position attribute then.
    """
    if mesh.library is None:
        mesh[CHECKSUM] = checksum(np.ascontiguousarray(positions, np.float32))
    put_positions(mesh, positions)


def put_positions(mesh: bpy.types.Mesh, positions: np.ndarray) -> None:
    """:func:`write_positions` for a mesh of which nobody asks who wrote it."""
    if mesh.library is not None:
        _write_linked(mesh, positions)
        return
    flat = np.ascontiguousarray(positions, np.float32).ravel()
    if mesh.shape_keys:
        _write_shape_keys(mesh.shape_keys, flat)
    _points_of(mesh).foreach_set("vector", flat)
    mesh.vertices[0].co = flat[:3].tolist()  # or bounds and ray casts stay those of the previous shape (4.2 to 5.0)
    mesh.update()  # or normals of the previous shape are shown (4.2 to 5.0)


def _write_linked(mesh: bpy.types.Mesh, positions: np.ndarray) -> None:
    """Blender ignores bulk writes to linked data, but not single ones: a linked, animated head plays all the same."""
    for vertex, position in zip(mesh.vertices, positions.tolist(), strict=True):
        vertex.co = position
    mesh.update()


def _write_shape_keys(keys: bpy.types.Key, flat: np.ndarray) -> None:
    basis = keys.reference_key
    before = np.empty_like(flat)
    basis.points.foreach_get("co", before)
    moved = flat - before
    for key in keys.key_blocks:
        if key != basis:
            shape = np.empty_like(flat)
            key.points.foreach_get("co", shape)
            key.points.foreach_set("co", shape + moved)
    basis.points.foreach_set("co", flat)


def checksum(positions: np.ndarray) -> str:
    """A short text that changes when any coordinate does, its sign alone too, or their order.

    Whole numbers, two floats in each, times odd ones, modulo 2**64: the same on every machine, which sums of floats are
    not, and a file saved on one is opened on another.
    """
    flat = np.ascontiguousarray(positions).reshape(-1)
    even = len(flat) // 2 * 2
    bits = flat[:even].view(np.uint64)
    return f"{int(bits.dot(_odd_numbers(len(bits)))):x} {flat[even:].tobytes().hex()}"


@cache
def _odd_numbers(count: int) -> np.ndarray:
    """(count,) uint64, odd and without any pattern: multiples of 2**64 times the golden section."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    return np.arange(1, count + 1, dtype=np.uint64) * golden | np.uint64(1)


def is_as_written(mesh: bpy.types.Mesh, positions: np.ndarray) -> bool:
    """Whether ``positions`` (as read from the mesh) are still those that the layer wrote last."""
    return mesh.get(CHECKSUM) == checksum(positions)


def mark_as_written(mesh: bpy.types.Mesh, positions: np.ndarray) -> None:
    """Let ``positions`` (as read from the mesh) count as written by the layer."""
    mesh[CHECKSUM] = checksum(positions)


def keep_values(mesh: bpy.types.Mesh, values: np.ndarray) -> None:
    """Save the values (see ``properties.read_values``) that the positions were written with."""
    if mesh.get(WRITTEN_WITH) is not None:  # over numbers of another count Blender (4.2 to 5.3) writes beyond their end
        del mesh[WRITTEN_WITH]
    mesh[WRITTEN_WITH] = values


def values_written_with(mesh: bpy.types.Mesh) -> np.ndarray | None:
    """(S + E + 21 + C,) float32 that the positions were written with; None where that is not known."""
    kept = mesh.get(WRITTEN_WITH)
    return None if kept is None else np.array(kept, np.float32)


def is_in_order(mesh: bpy.types.Mesh, model: FlameModel) -> bool:
    """Whether the vertices can be the model's, in its order: the edges between them are the model's.

    Faces may be gone, cut in triangles or joined.
    """
    edges = np.empty((len(mesh.edges), 2), np.int32)
    mesh.edges.foreach_get("vertices", edges.ravel())
    edges.sort(axis=1)
    foreign = ~np.isin(edges[:, 0].astype(np.int64) * model.n_vertices + edges[:, 1], _edges_of(model))
    return foreign.mean() < FOREIGN_EDGES if len(foreign) else True


def _edges_of(model: FlameModel) -> np.ndarray:
    """Every pair of corners that some polygon of the model has, as ``lower * V + higher``."""
    polygons = model.polygons
    pairs = [polygons[:, [one, other]] for other in range(polygons.shape[1]) for one in range(other)]
    pairs += [model.faces[:, [one, other]] for one, other in ((0, 1), (1, 2), (0, 2))]
    ends = np.sort(np.concatenate(pairs), axis=1).astype(np.int64)
    return np.unique(ends[ends[:, 0] >= 0] @ np.array([model.n_vertices, 1]))
