"""The head's mesh: made once from a model, then only its positions are written."""

from __future__ import annotations

import bpy
import numpy as np

from ..flame.axes import to_blender
from ..flame.model import FlameModel

CHECKSUM = "flame_written"


def mesh_of(obj: bpy.types.Object) -> bpy.types.Mesh:
    """The mesh of a head: heads are mesh objects, which the stubs cannot know."""
    return obj.data  # type: ignore[return-value]


def create_mesh(model: FlameModel, name: str) -> bpy.types.Mesh:
    """A smooth-shaded mesh of the model's neutral head, with its UVs where the model has them."""
    polygons = model.polygons
    corners, totals = _corners(polygons)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(model.n_vertices)
    mesh.loops.add(len(corners))
    mesh.polygons.add(len(totals))
    mesh.attributes["position"].data.foreach_set("vector", to_blender(model.v_template).ravel())
    mesh.loops.foreach_set("vertex_index", corners)
    mesh.polygons.foreach_set("loop_start", np.concatenate([[0], np.cumsum(totals)[:-1]]).astype(np.int32))
    display = model.display
    if display is not None and display.uv_coords is not None and display.uv_polygons is not None:
        uv_corners, _ = _corners(display.uv_polygons)
        layer = mesh.uv_layers.new(name="UVMap")
        layer.uv.foreach_set("vector", display.uv_coords[uv_corners].ravel())
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    return mesh


def _corners(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corner indices one after the other, and each polygon's count of corners (-1 fills a triangle's last place)."""
    used = polygons >= 0
    return polygons[used].astype(np.int32), used.sum(axis=1, dtype=np.int32)


def read_positions(mesh: bpy.types.Mesh) -> np.ndarray:
    """(V, 3) float32, Blender's axes: what the layer last wrote, or what the user made of it.

    With shape keys these are the basis key's, which is what Blender then shows.
    """
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    if mesh.shape_keys:
        mesh.shape_keys.reference_key.points.foreach_get("co", positions.ravel())
    else:
        mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    return positions


def write_positions(mesh: bpy.types.Mesh, positions: np.ndarray) -> None:
    """Write (V, 3) float32 positions, Blender's axes, and mark them as written by the layer.

    With shape keys the basis is written and the user's keys are moved along, so that each keeps its own effect.
    Not for a mesh in Edit Mode, which has no position attribute then.
    """
    if mesh.library is not None:
        _write_linked(mesh, positions)
        return
    flat = np.ascontiguousarray(positions, np.float32).ravel()
    if mesh.shape_keys:
        _write_shape_keys(mesh.shape_keys, flat)
    mesh.attributes["position"].data.foreach_set("vector", flat)
    mesh.vertices[0].co = flat[:3].tolist()  # or bounds and ray casts stay those of the previous shape (4.2 to 5.0)
    mesh[CHECKSUM] = checksum(flat)
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


def checksum(positions: np.ndarray) -> int:
    """A number that changes when any coordinate does: the sum of the floats' bits, as a signed 32-bit integer."""
    return int(positions.reshape(-1).view(np.uint32).sum(dtype=np.uint32).view(np.int32))


def is_as_written(mesh: bpy.types.Mesh, positions: np.ndarray) -> bool:
    """Whether ``positions`` (as read from the mesh) are still those that the layer wrote last."""
    return mesh.get(CHECKSUM) == checksum(positions)
