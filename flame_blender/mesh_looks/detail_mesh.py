"""A finer mesh on a head, DECA's ``_detail.obj`` for one: an object of its own that follows the head's surface."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import mathutils.kdtree
import numpy as np

from ..blender_pointers import there
from ..correspondence.skin import face_normals
from ..errors import ModelError, ParameterError
from ..files.meshes.mesh_file import read_mesh
from ..flame.evaluator import FlameEvaluator
from ..flame.params import FlameParams
from ..geometry.triangles import edges_of
from ..head import parameters
from ..head.frame import frame_of
from ..head.mesh import mesh_of, mesh_of_polygons, polygons_of
from ..head.parameters import require_evaluator
from ..long_work import Options, part_of
from ..plain_text import as_name
from ..textured_meshes.binding import Binding, bound
from ..textured_meshes.file_looks import MeshLooks, read_looks
from ..textured_meshes.torn import mended
from . import detail_nodes
from .nearest import nearest_triangles
from .showing import show_looks

IS_DETAIL = "flame_detail"  # a mesh's own property
SHOWN_AS = "flame_shown_as"  # of a head that is hidden behind its detail mesh
FARTHEST = 0.02  # metres, of the middle vertex: a mesh that is farther off is of another head
COARSE = (("_detail", "_coarse"), ("_detail", ""), ("detail", "coarse"))  # what names have for each other
OPENED = 0.5  # radians of jaw and eyes
LEAST_AREA = 1e-14  # square metres


@dataclass(frozen=True, eq=False)
class DetailMesh:
    """A detail mesh on a head.

    Attributes
    ----------
    obj : bpy.types.Object
        The mesh, a child of the head.
    distance : float, metres
        How far its vertices are from the head's surface on average.
    notes : tuple of str
        What was assumed or left out, one sentence each.
    """

    obj: bpy.types.Object
    distance: float
    notes: tuple[str, ...] = ()


def coarse_beside(path: Path) -> Path | None:
    """The coarse mesh of a detail mesh's name: DECA's ``x.obj`` of ``x_detail.obj``, EMOCA's ``mesh_coarse.obj``."""
    for detail, coarse in COARSE:
        if path.stem.endswith(detail):
            found = path.with_name(path.stem.removesuffix(detail) + coarse + path.suffix)
            if found.stem and found.exists():
                return found
    return None


def details_of(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The head's detail meshes."""
    children = ((child, child.data) for child in head.children)
    return [child for child, data in children if isinstance(data, bpy.types.Mesh) and data.get(IS_DETAIL)]


@dataclass(frozen=True, kw_only=True)
class DetailMeshOptions(Options):
    """The keywords of :func:`add_detail_mesh`, for :func:`adding_detail_mesh`.

    Attributes
    ----------
    coarse : str, Path or None, default None
        The mesh in the head's topology that it was made from. None: the one beside it (``face.obj`` or
        ``face_coarse.obj`` of ``face_detail.obj``), or else the head as it is now.
    """

    coarse: str | Path | None = None


def adding(head: bpy.types.Object, path: Path, options: DetailMeshOptions) -> Generator[float, None, DetailMesh]:
    """Bind the mesh of a file to the head; yields the share that is done. Raises FlameError before anything changes."""
    evaluator = require_evaluator(parameters.require_head(head))
    if head.library is not None:
        raise ParameterError(f"{head.name} comes from another file: add the detail mesh there.")
    polygons = polygons_of(mesh_of(head))
    if polygons is None or len(mesh_of(head).vertices) != evaluator.model.n_vertices or mesh_of(head).is_editmode:
        raise ParameterError(f"{head.name}: expected a head with its model's polygons in Object Mode; undo the edit.")
    looks = read_looks(path)
    if looks is None:
        raise ModelError(f"{path}: expected a mesh with faces in .obj or .ply, found none; choose another file.")
    yield 0.3
    coarse = Path(options.coarse) if options.coarse else coarse_beside(path)
    if coarse is None:
        below, units = parameters.evaluate(head), 1.0
        notes: tuple[str, ...] = (f"Bound to {head.name} as it is now: no coarse mesh lies beside {path.name}.",)
    else:
        below = read_mesh(coarse).vertices
        if len(below) != evaluator.model.n_vertices:
            found = f"{len(below)} vertices, {head.name} has {evaluator.model.n_vertices}"
            raise ModelError(f"{coarse}: expected the head's own mesh, found {found}; choose another head or file.")
        units, notes = _head_per_file(below, evaluator.model.v_template), (f"Bound by {coarse.name}.",)
    surface = _Surface(below, polygons, evaluator.model.faces)
    binding, distance = yield from part_of(_bound(surface, looks, _opened(evaluator)), 0.3, 0.9)
    distance *= units
    if distance > FARTHEST:
        raise ModelError(
            f"{path}: expected a mesh on the head, found one that lies {1000 * distance:.3g} mm off; "
            "put the mesh that it was made from beside it, or fit the head first."
        )
    remove(head)
    frame = frame_of(head)
    obj = _object(head, path, looks, binding, units * (-frame.scale if frame.is_mirrored else frame.scale))
    shown = show_looks(obj, looks, path)
    _hide(head, obj)
    obj.update_tag()
    return DetailMesh(obj, distance, (*notes, *shown.notes))


def remove(head: bpy.types.Object) -> int:
    """Delete the head's detail meshes and show the head again; how many there were."""
    found = details_of(head)
    kept = (each.get(SHOWN_AS) for each in (head, *found))
    before = next((each for each in kept if each is not None), None)
    for obj in found:
        data = mesh_of(obj)
        bpy.data.objects.remove(obj)
        if not data.users:
            bpy.data.meshes.remove(data)
    if before is not None:
        head.display_type, head.hide_render = str(before), False  # type: ignore[assignment]
        head.pop(SHOWN_AS, None)  # a file has not kept it on an overridden head
    return len(found)


def copied_onto(detail: bpy.types.Object, surface: bpy.types.Object) -> bpy.types.Object:
    """A copy of a detail mesh, its mesh too, that follows ``surface``, which has the head's vertices."""
    copy = there(detail.copy(), "a copy")
    copy.data = there(mesh_of(detail).copy(), "a copy")
    surface.users_collection[0].objects.link(copy)
    copy.parent = surface
    detail_nodes.set_head(detail_nodes.modifier_of(copy), surface)
    return copy


def _head_per_file(below: np.ndarray, template: np.ndarray) -> float:
    """Metres of the head in a unit of the file, where that is not one: by the sizes of both."""
    ratio = float(np.linalg.norm(np.ptp(template, axis=0)) / np.linalg.norm(np.ptp(below, axis=0)))
    return 1.0 if 0.5 < ratio < 2.0 else ratio


class _Surface:
    """The head's mesh with given vertices, and the normals that Blender has for them."""

    def __init__(self, vertices: np.ndarray, polygons: np.ndarray, faces: np.ndarray) -> None:
        mesh = mesh_of_polygons(np.asarray(vertices, np.float32), polygons, "FLAME Surface")
        try:
            self.vertices = np.empty((len(vertices), 3), np.float32)
            self.normals = np.empty((len(vertices), 3), np.float32)
            mesh.vertices.foreach_get("co", self.vertices.ravel())
            mesh.vertex_normals.foreach_get("vector", self.normals.ravel())
        finally:
            bpy.data.meshes.remove(mesh)
        sizes = np.linalg.norm(face_normals(self.vertices.astype(np.float64), faces), axis=1)
        self.faces = faces[sizes > LEAST_AREA]


def _opened(evaluator: FlameEvaluator) -> np.ndarray:
    """(V, 3) a head whose lips are apart and whose eyeballs are turned away from the lids."""
    jaw, eye = np.array([OPENED, 0.0, 0.0], np.float32), np.array([OPENED, OPENED, 0.0], np.float32)
    return evaluator.vertices(FlameParams(jaw=jaw, left_eye=eye, right_eye=eye)).astype(np.float64)


def _bound(surface: _Surface, looks: MeshLooks, opened: np.ndarray) -> Generator[float, None, tuple[Binding, float]]:
    mesh = mesh_of_polygons(looks.vertices, looks.faces, "FLAME Detail")
    try:
        points, normals = np.empty((2, len(looks.vertices), 3), np.float32)
        mesh.vertices.foreach_get("co", points.ravel())
        mesh.vertex_normals.foreach_get("vector", normals.ravel())
    finally:
        bpy.data.meshes.remove(mesh)
    normals = normals * _facing(surface, points, normals)
    rows, away = yield from nearest_triangles(surface.vertices, surface.faces, points, normals)
    vertices, places = surface.vertices.astype(np.float64), points.astype(np.float64)
    rows, near = mended(places, edges_of(looks.faces), rows, vertices, surface.faces, opened)
    corners = surface.faces[rows]
    return bound(points, corners, near, surface.vertices, surface.normals), float(np.mean(away))


def _facing(surface: _Surface, points: np.ndarray, normals: np.ndarray) -> float:
    """1.0, or -1.0 for a mesh whose faces are the other way round than the head's, as some writers leave them."""
    tree: Any = mathutils.kdtree.KDTree(len(surface.vertices))
    for index, vertex in enumerate(surface.vertices.tolist()):
        tree.insert(vertex, index)
    tree.balance()
    some = np.linspace(0, len(points) - 1, min(len(points), 2000)).astype(int)
    near = [tree.find(points[index].tolist())[1] for index in some]
    return 1.0 if (surface.normals[near] * normals[some]).sum() >= 0 else -1.0


def _object(head: bpy.types.Object, path: Path, looks: MeshLooks, binding: Binding, scale: float) -> bpy.types.Object:
    mesh: Any = mesh_of_polygons(looks.vertices, looks.faces, as_name(path.stem))
    mesh[IS_DETAIL] = True
    for number, name in enumerate(detail_nodes.CORNERS):
        _attribute(mesh, name, "INT", "value", np.ascontiguousarray(binding.corners[:, number]))
    _attribute(mesh, detail_nodes.WEIGHTS, "FLOAT_VECTOR", "vector", binding.weights.ravel())
    _attribute(mesh, detail_nodes.NORMALS, "FLOAT_VECTOR", "vector", binding.normals.ravel())
    _attribute(mesh, detail_nodes.HEIGHT, "FLOAT", "value", binding.heights * np.float32(scale))
    obj = bpy.data.objects.new(f"{head.name} Detail", mesh)
    for collection in head.users_collection:
        collection.objects.link(obj)
    obj.parent = head
    detail_nodes.follow(obj, head)
    return obj


def _attribute(mesh: Any, name: str, kind: str, key: str, values: np.ndarray) -> None:
    mesh.attributes.new(name, kind, "POINT").data.foreach_set(key, values)


def _hide(head: bpy.types.Object, detail: bpy.types.Object) -> None:
    """The head itself would show through: it is out of renders, and a box in views, where it can be picked.

    How it was shown is kept on the detail mesh too: a file keeps no property that is added to an overridden head.
    """
    head[SHOWN_AS] = detail[SHOWN_AS] = head.display_type
    head.display_type, head.hide_render = "BOUNDS", True
