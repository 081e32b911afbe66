"""Things of a folder of .blend files, which stand before faces. Nothing in a file is run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..datasets.labels.classes import CLASSES, MATERIALS
from ..datasets.scenery.occluders import Thing
from ..errors import DatasetError
from ..head.mesh import mesh_of_polygons
from ..head.under_work import kinds
from ..shading.material_nodes import new_material
from .plain_heads import NAME, PlainMesh

KIND, OCCLUDER = "flame_class", "occluder"  # an object's own property, by name or number; what it is without
MOST_TRIANGLES = 5_000_000


@dataclass(frozen=True, eq=False)
class _Part:
    """One object: vertices (n, 3) where it has them, triangles (m, 3), their slots (m,), materials, and its class."""

    vertices: np.ndarray
    faces: np.ndarray
    slots: np.ndarray
    materials: list[Any]
    number: int


class Occluders:
    """The things of some files, each a plain mesh of the scene. Raises DatasetError."""

    def __init__(self, paths: Iterable[Path], scene: Any) -> None:
        self.things: dict[Path, Thing] = {}
        self.meshes: dict[Path, PlainMesh] = {}
        for path in paths:
            self.things[path], self.meshes[path] = _read(path, scene)

    def show(self, path: Path | None, vertices: np.ndarray | None) -> None:
        """Show the thing of one file alone, with its vertices (n, 3) in FLAME's axes."""
        for other, mesh in self.meshes.items():
            mesh.show(other == path)
        if path is not None and vertices is not None:
            self.meshes[path].put(vertices)


def _read(path: Path, scene: Any) -> tuple[Thing, PlainMesh]:
    place = f"occluder.folder: {path}"
    before = {each.session_uid for kind in kinds() for each in getattr(bpy.data, kind)}
    load: Any = bpy.data.libraries.load
    try:
        with load(str(path), link=False) as (there, wanted):
            wanted.objects = there.objects
    except (OSError, RuntimeError) as error:
        raise DatasetError(f"{place}: expected a .blend file, found none that Blender reads; remove it.") from error
    _check(place, [each for kind in kinds() for each in getattr(bpy.data, kind) if each.session_uid not in before])
    objects = [each for each in wanted.objects if each is not None and each.type == "MESH"]
    if not objects:
        raise DatasetError(f"{place}: expected a mesh, found none; remove the file.")
    for obj in objects:
        scene.collection.objects.link(obj)
    scene.view_layers[0].update()
    parts = [_triangles(obj, scene, place) for obj in objects]
    vertices = np.concatenate([part.vertices for part in parts])
    firsts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = np.concatenate([part.faces + first for part, first in zip(parts, firsts[:-1].tolist(), strict=True)])
    if len(faces) > MOST_TRIANGLES:
        raise DatasetError(f"{place}: expected at most {MOST_TRIANGLES} triangles, found {len(faces)}; thin it out.")
    mesh: Any = mesh_of_polygons(vertices, faces, NAME)
    slots = np.concatenate([part.slots for part in parts])
    first, at = 0, 0
    for part in parts:
        for material in part.materials:
            mesh.materials.append(new_material(NAME) if material is None else material)
        slots[at : at + len(part.slots)] += first
        first, at = first + len(part.materials), at + len(part.slots)
    mesh.polygons.foreach_set("material_index", slots.astype(np.int32))
    bpy.data.batch_remove([each for each in wanted.objects if each is not None])
    classes = np.concatenate([np.full(len(part.faces), part.number, np.uint8) for part in parts])
    of_material = np.full(len(faces), MATERIALS["occluder"], np.uint8)
    return Thing(vertices, faces, classes, of_material), PlainMesh(mesh, scene.collection)


def _check(place: str, found: Iterable[Any]) -> None:
    """Raise DatasetError for what would run code when it is shown: drivers, and nodes with scripts."""
    for each in found:
        tree = each if isinstance(each, bpy.types.NodeTree) else getattr(each, "node_tree", None)
        moved = [getattr(owner, "animation_data", None) for owner in (each, tree)]
        if any(data is not None and len(data.drivers) for data in moved):
            raise DatasetError(f"{place}: expected no drivers, found one on {each.name!r}; remove or bake it.")
        if tree is not None and any(node.type == "SCRIPT" for node in tree.nodes):
            raise DatasetError(f"{place}: expected no scripts, found one in {each.name!r}; remove it.")


def _triangles(obj: Any, scene: Any, place: str) -> _Part:
    """An object's triangles, its modifiers applied. Raises DatasetError for a class that is none."""
    kind = obj.get(KIND, OCCLUDER)
    number = CLASSES.get(kind, 0) if isinstance(kind, str) else kind
    if not isinstance(number, int) or number not in set(CLASSES.values()) - {0}:
        raise DatasetError(
            f"{place}: {obj.name!r}: expected {KIND!r} to be a class such as 'glasses', or its number, found {kind!r}."
        )
    evaluated = obj.evaluated_get(scene.view_layers[0].depsgraph)
    mesh: Any = evaluated.to_mesh()
    try:
        mesh.calc_loop_triangles()
        positions = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", positions)
        corners = np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("vertices", corners)
        slots = np.empty(len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("material_index", slots)
    finally:
        evaluated.to_mesh_clear()
    matrix = np.array(evaluated.matrix_world)
    vertices = positions.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    found = [slot.material for slot in obj.material_slots] or [None]
    return _Part(vertices.astype(np.float32), corners.reshape(-1, 3), np.minimum(slots, len(found) - 1), found, number)
