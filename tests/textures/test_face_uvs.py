"""Corners of triangles and polygons found among a model's polygons: by hand, and against all ways to split them."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.model import DisplayMesh
from flame_blender.textures.face_uvs import corners_of, face_materials, on_triangles

WHOLE = np.array([[0, 1, 2, -1], [2, 1, 3, -1], [3, 4, 5, 6]])  # two triangles side by side, and a quad
COORDS = np.random.default_rng(0).uniform(size=(11, 2)).astype(np.float32)
UV_WHOLE = np.array([[0, 1, 2, -1], [3, 4, 5, -1], [6, 7, 8, 9]])


def test_two_triangles_joined_and_a_part_of_a_quad():
    found = corners_of(np.array([[0, 1, 3, 2], [4, 5, 6, -1], [1, 2, 0, -1]]), WHOLE)
    assert found is not None
    rows, places = found
    for polygon, row, place in zip([[0, 1, 3, 2], [4, 5, 6], [1, 2, 0]], rows, places, strict=True):
        assert WHOLE[row, place][: len(polygon)].tolist() == polygon
    assert rows[1, 3] == places[1, 3] == -1


@pytest.mark.parametrize("whole", [WHOLE, WHOLE[:2, :3]])
def test_the_models_own_polygons_in_any_order(whole):
    """As they are, and mixed: each is its own, corner for corner."""
    polygons = np.concatenate([whole, np.full((len(whole), 4 - whole.shape[1]), -1)], 1)
    for order in (np.arange(len(whole)), np.arange(len(whole))[::-1]):
        rows, places = corners_of(polygons[order], whole)
        assert np.array_equal(rows, np.where(polygons[order] >= 0, order[:, None], -1))
        assert np.array_equal(places, np.where(polygons[order] >= 0, np.arange(4), -1))


def test_what_is_made_of_others_is_none():
    assert corners_of(np.array([[0, 1, 4, -1]]), WHOLE) is None
    assert on_triangles(np.array([[0, 1, 4]]), WHOLE, UV_WHOLE, COORDS) is None
    assert face_materials(np.array([[0, 1, 4]]), DisplayMesh(WHOLE, None, None)) is None


def test_triangles_have_their_polygons_uvs():
    faces = np.array([[2, 0, 1], [3, 5, 6]])
    found = on_triangles(faces, WHOLE, UV_WHOLE, COORDS)
    assert found is not None
    coords, corners = found
    assert np.array_equal(coords[corners], COORDS[[[2, 0, 1], [6, 8, 9]]])
