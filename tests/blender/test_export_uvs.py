"""Exported meshes have the head's UVs: the mesh's own where it has any, on both models; read back by Blender."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.export.uvs import on_triangles, uvs_of
from flame_blender.files.meshes.mesh_file import read_mesh
from flame_blender.head import models
from flame_blender.model_files import saving
from tests.blender.conftest import MODELS
from tests.flame.face_like import face_like_model


@pytest.fixture(params=MODELS)
def unwrapped(request, tmp_path):
    """A head of either model, with UVs."""
    if request.param == "built-in":
        return api.add_head(models.BUILT_IN)
    saving.save_model(face_like_model(), tmp_path / "face_like.npz")
    return api.add_head(tmp_path / "face_like.npz")


def corners_of(mesh, places=None):
    """{(vertex positions of a triangle, sorted): UVs in that order}: what a mesh shows, however it is numbered."""
    mesh.calc_loop_triangles()
    layer = mesh.uv_layers[0].uv
    found = {}
    for triangle in mesh.loop_triangles:
        rows = sorted((triangle.vertices[k], tuple(layer[triangle.loops[k]].vector)) for k in range(3))
        found[tuple(vertex for vertex, _ in rows)] = [uv for _, uv in rows]
    return found


def test_an_obj_comes_back_with_its_uvs(unwrapped, tmp_path):
    """Blender's own importer; half of the faces are looked at, those that it splits as the mesh is split."""
    layer = unwrapped.data.uv_layers[0]
    uvs = np.empty((len(unwrapped.data.loops), 2), np.float32)
    layer.uv.foreach_get("vector", uvs.ravel())
    layer.uv.foreach_set("vector", (uvs * 0.5 + 0.25).astype(np.float32).ravel())  # the user's own, not the model's
    expected = corners_of(unwrapped.data)
    api.export_meshes(unwrapped, tmp_path / "head.obj")
    bpy.ops.wm.obj_import(filepath=str(tmp_path / "head.obj"), forward_axis="Y", up_axis="Z")
    found = corners_of(bpy.context.object.data)
    same = [key for key in found if key in expected]
    assert len(same) > len(found) / 2
    assert max(np.abs(np.subtract(found[key], expected[key])).max() for key in same) < 1e-5


def test_a_ply_has_them_for_each_face(unwrapped, tmp_path):
    """MeshLab's list of six numbers, which the add-on's reader and Blender's pass over."""
    path = tmp_path / "head.ply"
    api.export_meshes(unwrapped, path)
    header, _, data = path.read_bytes().partition(b"end_header\n")
    assert b"property list uchar float texcoord" in header
    model = api.model(unwrapped)
    uvs = uvs_of(unwrapped, model)
    row = np.dtype([("n", "u1"), ("corners", "<i4", 3), ("m", "u1"), ("uv", "<f4", 6)])
    rows = np.frombuffer(data, row, len(model.faces), 12 * model.n_vertices)
    assert (rows["n"] == 3).all() and (rows["m"] == 6).all()
    np.testing.assert_array_equal(rows["corners"], model.faces)
    np.testing.assert_array_equal(rows["uv"].reshape(-1, 3, 2), uvs.coords[uvs.faces])
    np.testing.assert_array_equal(read_mesh(path, with_faces=True).faces, model.faces)
    bpy.ops.wm.ply_import(filepath=str(path), forward_axis="Y", up_axis="Z")
    assert len(bpy.context.object.data.polygons) == len(model.faces)


def test_the_models_uvs_where_the_mesh_has_none(unwrapped):
    expected = uvs_of(unwrapped, api.model(unwrapped))
    unwrapped.data.uv_layers.remove(unwrapped.data.uv_layers[0])
    found = uvs_of(unwrapped, api.model(unwrapped))
    np.testing.assert_allclose(found.coords[found.faces], expected.coords[expected.faces])


@pytest.mark.oldest_and_newest
def test_without_uvs_there_are_none(tmp_path):
    saving.save_model(dataclasses.replace(face_like_model(), display=None), tmp_path / "bare.npz")
    head = api.add_head(tmp_path / "bare.npz")
    api.export_meshes(head, tmp_path / "head.obj")
    assert b"vt" not in (tmp_path / "head.obj").read_bytes()


def test_polygons_of_any_number_of_corners(rng):
    """Random fans of 3 to 6 corners, split by random diagonals; a triangle of no polygon leaves none."""
    totals = rng.integers(3, 7, 40)
    starts = np.cumsum([0, *totals[:-1]])
    polygons = np.full((40, 6), -1)
    for row, (start, total) in enumerate(zip(starts, totals, strict=True)):
        polygons[row, :total] = start + np.arange(total)
    coords = rng.random((totals.sum(), 2)).astype(np.float32)
    faces = []
    for start, total in zip(starts, totals, strict=True):
        turn = rng.integers(total)
        ring = start + (turn + np.arange(total)) % total
        faces += [(ring[0], ring[k], ring[k + 1]) for k in range(1, total - 1)]
    faces = np.array(faces)[rng.permutation(len(faces))]
    found = on_triangles(faces, polygons, polygons, coords)
    np.testing.assert_array_equal(found.coords[found.faces], coords[faces])
    assert on_triangles(np.array([[0, 1, totals.sum() - 1]]), polygons, polygons, coords) is None
