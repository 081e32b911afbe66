"""A made avatar lies on its surface, as dense everywhere, and faces as that does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from flame_blender.splats.harmonics import colours
from flame_blender.splats.strewing import light_on, strewn_places, surface_splats
from flame_blender.splats.triangle_frames import posed


@pytest.fixture(scope="module")
def sphere() -> tuple[np.ndarray, np.ndarray]:
    """Of radius 0.1, by latitude and longitude: triangles of very different areas."""
    n, m = 24, 48
    tilt, turn = np.meshgrid(
        np.linspace(0.01, np.pi - 0.01, n), np.linspace(0, 2 * np.pi, m, endpoint=False), indexing="ij"
    )
    vertices = 0.1 * np.stack([np.sin(tilt) * np.cos(turn), np.cos(tilt), np.sin(tilt) * np.sin(turn)], -1).reshape(
        -1, 3
    )
    rows = np.arange((n - 1) * m).reshape(n - 1, m)
    right = (rows + 1) % m + rows // m * m
    faces = np.concatenate([np.stack([rows, right, rows + m], -1), np.stack([right, right + m, rows + m], -1)])
    return vertices, faces.reshape(-1, 3).astype(np.int32)


def test_points_are_as_dense_everywhere(sphere):
    vertices, faces = sphere
    which = np.ones(len(faces), bool)
    places = strewn_places(vertices, faces, 20_000, which, 3)
    assert np.allclose(places.weights.sum(1), 1) and places.weights.min() >= 0
    points = np.einsum("nk,nka->na", places.weights, vertices[faces[places.triangles]])
    shares = np.histogram(points[:, 1], np.linspace(-0.1, 0.1, 11))[0]  # Archimedes: slices of a sphere have one area
    assert np.abs(shares / 2000 - 1).max() < 0.05
    half = points[:, 0] > 0
    again = strewn_places(vertices, faces, 500, vertices[faces].mean(1)[:, 0] > 0, 3)
    assert (np.einsum("nk,nka->na", again.weights, vertices[faces[again.triangles]])[:, 0] > -0.02).all() and half.any()
    assert np.array_equal(strewn_places(vertices, faces, 20_000, which, 3).weights, places.weights)
    assert not np.array_equal(strewn_places(vertices, faces, 20_000, which, 4).weights, places.weights)


def test_splats_lie_flat_on_the_surface_and_cover_it(sphere):
    vertices, faces = sphere
    places = strewn_places(vertices, faces, 8000, np.ones(len(faces), bool), 1)
    wanted = np.random.default_rng(2).random((8000, 3))
    splats = surface_splats(vertices, faces, places, wanted)
    stood = posed(splats, vertices, faces)
    np.testing.assert_allclose(np.linalg.norm(stood.centres, axis=1), 0.1, rtol=0.01)
    thin = stood.scales.argmin(1)
    assert (thin == 1).all() and (stood.scales[:, 1] < 0.2 * stood.scales[:, 0]).all()
    w, x, y, z = stood.rotations.T.astype(float)
    normals = np.stack([2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)], 1)  # of the second axis
    radial = stood.centres / np.linalg.norm(stood.centres, axis=1, keepdims=True)
    assert np.abs((normals * radial).sum(1)).min() > 0.98
    apart = np.sqrt(4 * np.pi * 0.01 / 8000)
    assert 0.5 * apart < np.median(stood.scales[:, 0]) < apart
    anywhere = vertices[faces].mean(1)
    assert cKDTree(stood.centres).query(anywhere)[0].max() < 3 * np.median(stood.scales[:, 0])
    np.testing.assert_allclose(colours(splats.harmonics, radial.astype(np.float32)), wanted, atol=1e-6)


def test_light_comes_from_in_front_and_above():
    lamp = np.array([0.35, 0.6, 0.72])
    normals = np.array([[0, 0, 1], [0, 1, 0], [0, 0, -1], [0, -1, 0], lamp / np.linalg.norm(lamp)])
    front, above, behind, below, towards = light_on(normals)
    assert towards == pytest.approx(1) and front > below and above > behind and behind == pytest.approx(0.4)
