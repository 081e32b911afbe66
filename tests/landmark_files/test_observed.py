"""What a fit is given: checked, cast, and without the points that were not seen."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.errors import LandmarkError
from flame_blender.landmark_files.observed import ObservedLandmarks


@pytest.mark.parametrize("width", [2, 3])
def test_points_are_cast_copied_and_weighted_by_one(width: int) -> None:
    """float64, int64, read-only, and what was given stays the caller's."""
    given = np.random.default_rng(0).normal(size=(5, width)).astype(np.float32)
    seen = ObservedLandmarks(given, [4, 3, 2, 1, 0])
    assert np.array_equal(seen.points, given) and seen.points.dtype == np.float64
    assert seen.indices.dtype == np.int64 and seen.weights.tolist() == [1.0] * 5
    assert seen.count == 5
    with pytest.raises(ValueError, match="read-only"):
        seen.points[0, 0] = 1
    given[0] = 7
    assert not np.array_equal(seen.points[0], given[0])


def test_points_of_weight_zero_are_left_out_whatever_they_hold() -> None:
    """NaN included, and an index that stands there twice."""
    seen = ObservedLandmarks([[1, 2], [np.nan, 0], [3, 4]], [5, 6, 6], [0.5, 0, 2])
    assert seen.points.tolist() == [[1, 2], [3, 4]]
    assert seen.indices.tolist() == [5, 6] and seen.weights.tolist() == [0.5, 2]
    assert ObservedLandmarks(np.zeros((0, 2)), []).count == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((np.zeros((2, 4)), [0, 1]), r"shape \(points, 2\) or \(points, 3\), found float64 \(2, 4\)"),
        ((np.zeros(3), [0]), "found float64"),
        ((np.array([["a", "b"]]), [0]), "must be numbers"),
        ((np.zeros((2, 3)), [0]), "must be 2 whole numbers"),
        ((np.zeros((2, 3)), [0.0, 1.0]), "must be 2 whole numbers, found float64"),
        ((np.zeros((2, 3)), [0, 1], [1, 1, 1]), "must be 2 numbers"),
        ((np.zeros((2, 3)), [0, 1], [1, -1]), "not below 0"),
        ((np.zeros((2, 3)), [0, 1], [1, np.nan]), "finite"),
        (([[0, np.nan], [0, 1]], [0, 1]), "found NaN or infinity"),
        ((np.zeros((2, 3)), [7, 7]), "found index 7 more than once"),
    ],
)
def test_what_is_wrong_is_said(fields: tuple, message: str) -> None:
    """Shapes, kinds, values, an index twice."""
    with pytest.raises(LandmarkError, match=message):
        ObservedLandmarks(*fields)
