"""What the tests of fits measure: heads of the model itself with known parameters, as scans, landmarks and photos."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import bpy
import numpy as np

from flame_blender import api
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.params import FlameParams

STATIC_51 = np.arange(17, 68)
TO_BLENDER = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)  # columns of FLAME's axes in Blender's


def person(model, rng: np.random.Generator, strength: float = 0.6) -> FlameParams:
    """Somebody: identity, a little expression, jaw, neck, turned a little."""
    return FlameParams(
        shape=rng.normal(size=model.n_identity) * strength,
        expression=np.abs(rng.normal(size=model.n_expression)) * 0.15,
        jaw=(0.1, 0, 0),
        neck=rng.normal(size=3) * 0.05,
        global_rotation=rng.normal(size=3) * 0.1,
        translation=rng.normal(size=3) * 0.02,
    )


def vertices_of(model, params: FlameParams) -> np.ndarray:
    """(V, 3) metres, FLAME's axes."""
    return FlameEvaluator(model).vertices(params)


def landmarks_of(model, params: FlameParams, landmark_set: str = "ibug") -> np.ndarray:
    """(L, 3) metres, FLAME's axes, contour first."""
    return landmark_points(
        vertices_of(model, params), model.faces, model.landmarks[landmark_set], params.global_rotation, params.neck
    )


def face_of(model) -> np.ndarray:
    """(n,) vertices of the face: within 7 cm of the middle of the 51 fixed landmarks. Not every file brings regions."""
    middle = landmarks_of(model, FlameParams())[STATIC_51].mean(0)
    return np.flatnonzero(np.linalg.norm(model.v_template - middle, axis=1) < 0.07)


def mesh_object(name: str, vertices: np.ndarray, faces: np.ndarray | None) -> bpy.types.Object:
    """A mesh with these coordinates, as they are."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(np.asarray(vertices, float).tolist(), [], [] if faces is None else faces.tolist())
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def world_of(head: bpy.types.Object) -> np.ndarray:
    """(V, 3) of the head's vertices in the world."""
    bpy.context.view_layer.update()
    return api.evaluate(head, space="world")


def everything() -> dict[str, object]:
    """What is in the file, to compare before and after: names of all data, and of every object its place and shape.

    Of the scene its time, its camera and its picture.
    """
    bpy.context.view_layer.update()
    kinds = [each.identifier for each in bpy.data.bl_rna.properties if each.type == "COLLECTION"]
    assert {"objects", "materials", "images", "node_groups", "collections", "sounds"} < set(kinds)
    found: dict[str, object] = {kind: sorted(each.name for each in getattr(bpy.data, kind)) for kind in kinds}
    # Blender's own font comes with the first text of a file, and stays
    found["fonts"] = [font.name for font in bpy.data.fonts if font.filepath != "<builtin>"]
    scene = bpy.context.scene
    found["time"] = scene.frame_start, scene.frame_end, scene.render.fps, scene.render.fps_base
    found["picture"] = scene.camera and scene.camera.name, scene.render.resolution_x, scene.render.resolution_y
    found["strips"] = scene.sequence_editor is not None
    for obj in bpy.data.objects:
        values = [*np.array(obj.matrix_world).ravel()]
        if obj.type == "MESH":
            places = np.empty(3 * len(obj.data.vertices), np.float32)
            obj.data.vertices.foreach_get("co", places)
            values += places.tolist()
            found[f"{obj.name} attributes"] = sorted(each.name for each in obj.data.attributes)
            found[f"{obj.name} slots"] = [
                (slot.link, slot.material and slot.material.name) for slot in obj.material_slots
            ]
        if api.is_head(obj):
            params = api.get_params(obj)
            values += [*params.shape, *params.expression, *params.pose15(), *params.translation]
        found[obj.name] = np.array(values)
    return found


def same(before: dict[str, object], after: dict[str, object]) -> bool:
    """Whether two of :func:`everything` are alike, numbers to rounding."""
    if before.keys() != after.keys():
        return False
    return all(
        np.allclose(value, after[key], atol=1e-6) if isinstance(value, np.ndarray) else value == after[key]
        for key, value in before.items()
    )


def correspondence_file(path: Path, order: np.ndarray, n_vertices: int, monkeypatch) -> Path:
    """BFM_to_FLAME_corr.npz as SciPy pickles its matrix: FLAME's vertex i is vertex order[i] of the other mesh."""

    class csc_matrix:  # noqa: N801  (SciPy's name)
        """Its pickled state, where there is no SciPy to write it."""

    columns = np.argsort(order, kind="stable")
    matrix = csc_matrix()
    matrix.__dict__.update(
        _shape=(len(order), 2 * n_vertices),
        maxprint=50,
        data=np.ones(len(order)),
        indices=columns.astype(np.int32),
        indptr=np.searchsorted(np.sort(order), np.arange(2 * n_vertices + 1)).astype(np.int32),
    )
    csc_matrix.__module__, csc_matrix.__qualname__ = "scipy.sparse._csc", "csc_matrix"
    for name in ("scipy", "scipy.sparse", "scipy.sparse._csc"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    sys.modules["scipy.sparse._csc"].csc_matrix = csc_matrix
    faces = np.zeros((2 * n_vertices, 3), np.uint32)
    np.savez(
        path,
        BFM2017_corr={"mtx": matrix, "f_in": faces, "f_out": np.zeros((9976, 3), np.uint32)},
        FLAME_mask_ids=np.arange(0, len(order), 2),
    )
    return path
