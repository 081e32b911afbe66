"""Edges through triangles, against the point where each edge meets the plane."""

from __future__ import annotations

import numpy as np

from flame_blender.geometry.piercing import pierces


def test_edges_pierce_where_their_point_in_the_plane_is_within():
    rng, counts = np.random.default_rng(0), [0, 0]
    for _ in range(400):
        start, end, triangle = rng.normal(size=3), rng.normal(size=3), rng.normal(size=(3, 3))
        # start + share (end - start) = weights of the corners that sum to 1
        system = np.block([[triangle.T, (start - end)[:, None]], [np.ones((1, 3)), np.zeros((1, 1))]])
        *weights, share = np.linalg.solve(system, np.append(start, 1.0))
        expected = bool(min(weights) >= 0 and 0 <= share <= 1)
        assert pierces(start[None], end[None], triangle[None]) == expected
        counts[expected] += 1
    assert min(counts) > 20
    flat = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    assert not pierces(np.array([[0.2, 0.2, 0]]), np.array([[0.3, 0.3, 0]]), flat), "in its plane"
    assert not pierces(np.zeros((0, 3)), np.zeros((0, 3)), flat)
    # turned, so that the volume is only what rounding leaves
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0] * 1e-3
    assert not any(
        pierces((np.array([[x, y, 0]])) @ turn, np.array([[y, x, 0]]) @ turn, flat @ turn)
        for x, y in rng.uniform(0, 0.5, (50, 2))
    ), "in its plane, by a rounding"
