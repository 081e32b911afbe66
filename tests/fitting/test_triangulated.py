"""Rays of cameras meet at the points that they saw."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from flame_blender.errors import LandmarkError
from flame_blender.fitting.landmarks.triangulated import triangulated
from flame_blender.flame.landmarks import N_CONTOUR_ROWS, LandmarkEmbedding
from flame_blender.geometry.camera import Camera
from flame_blender.landmark_files.observed import ObservedLandmarks


@pytest.fixture
def rng():
    return np.random.default_rng(20261128)


def embedding(count, n_sliding=0):
    thirds = np.full((1, 3), 1 / 3)
    contour = (np.zeros((N_CONTOUR_ROWS, n_sliding)), np.broadcast_to(thirds, (N_CONTOUR_ROWS, n_sliding, 3)))
    return LandmarkEmbedding(
        np.zeros(count - n_sliding, int), np.repeat(thirds, count - n_sliding, 0),
        *((contour[0].astype(int), contour[1]) if n_sliding else (None, None)),
    )  # fmt: skip


def camera(rng, orthographic=False, aside=0.4):
    turn = Rotation.from_euler("xyz", rng.uniform(-aside, aside, 3)).as_matrix()
    focal = rng.uniform(900, 1500, 2)
    return Camera([*focal, 300, 200], 640, 480, turn, (*rng.uniform(-0.1, 0.1, 2), 1.2), orthographic=orthographic)


def seen(cameras, points, indices):
    return [ObservedLandmarks(each.project(points)[rows], rows) for each, rows in zip(cameras, indices, strict=True)]


@pytest.mark.parametrize("orthographic", [False, True])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_exact_points_come_back(rng, count, orthographic):
    points, cameras = rng.normal(size=(30, 3)) * 0.1, [camera(rng, orthographic) for _ in range(count)]
    rows = [rng.permutation(30)[:24] for _ in cameras]
    found = triangulated(embedding(30), cameras, seen(cameras, points, rows))
    times = np.bincount(np.concatenate(rows), minlength=30)
    np.testing.assert_array_equal(found.indices, np.flatnonzero(times >= 2))
    np.testing.assert_allclose(found.points, points[found.indices], atol=1e-9)


def test_noisy_points_are_nearest_to_their_rays(rng):
    """Against SciPy's minimum of the distances."""
    points, cameras = rng.normal(size=(5, 3)) * 0.1, [camera(rng) for _ in range(3)]
    pixels = [each.project(points) + rng.normal(size=(5, 2)) for each in cameras]
    found = triangulated(embedding(5), cameras, [ObservedLandmarks(each, np.arange(5)) for each in pixels])

    def distances(place, number):
        away = []
        for each, at in zip(cameras, pixels, strict=True):
            ray = each.rotation.T @ np.append((at[number] - each.intrinsics[2:]) / each.intrinsics[:2], 1.0)
            ray /= np.linalg.norm(ray)
            offset = place + each.rotation.T @ each.translation
            away.append(offset - (offset @ ray) * ray)
        return np.concatenate(away)

    for number in range(5):
        best = least_squares(distances, np.zeros(3), args=(number,), xtol=1e-14, ftol=1e-14, gtol=1e-14).x
        np.testing.assert_allclose(found.points[number], best, atol=1e-6)


def test_the_outline_is_left_out(rng):
    points, cameras = rng.normal(size=(20, 3)) * 0.1, [camera(rng) for _ in range(2)]
    observed = seen(cameras, points, [np.arange(20)] * 2)
    assert triangulated(embedding(20, n_sliding=6), cameras, observed).indices.tolist() == list(range(6, 20))


def test_what_tells_no_depth(rng):
    points, first = rng.normal(size=(20, 3)) * 0.1, camera(rng)
    with pytest.raises(LandmarkError, match=r"tell no depth: .* 2 degrees apart"):
        triangulated(embedding(20), [first, first], seen([first, first], points, [np.arange(20)] * 2))
    other = camera(rng)
    apart = seen([first, other], points, [np.arange(10), np.arange(10, 20)])
    with pytest.raises(LandmarkError, match="tell no depth"):
        triangulated(embedding(20), [first, other], apart)
    with pytest.raises(LandmarkError, match="tell no depth"):
        triangulated(embedding(20), [first], seen([first], points, [np.arange(20)]))


def test_photos_of_other_cameras(rng):
    points, cameras = rng.normal(size=(20, 3)) * 0.1, [camera(rng) for _ in range(3)]
    observed = seen(cameras, points, [np.arange(20)] * 3)
    with pytest.raises(LandmarkError, match=r"\d % of the face .* belongs to its camera"):
        triangulated(embedding(20), cameras, observed[::-1])
