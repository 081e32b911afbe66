"""Random heads in any unit and any axes come back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import LandmarkError
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.flame.randomise import random_coefficients
from flame_blender.geometry.axes import to_blender
from flame_blender.geometry.rigid import rigid_alignment
from flame_blender.geometry.units_axes import (
    BLENDER_AXES,
    CAMERA_AXES,
    CONVENTIONS,
    FLAME_AXES,
    METRES_OF_UNIT,
    guess_units,
    nearest_axes,
    snap_units,
)


@pytest.fixture(scope="module")
def heads(built_in: FlameModel) -> np.ndarray:
    """(40, V, 3) metres: the built-in head with random identities and expressions, turned by up to 40 degrees."""
    model = built_in
    rng = np.random.default_rng(0)
    params = FlameParams(
        shape=np.stack([random_coefficients(model.identity_directions, 1, rng) for _ in range(40)]),
        expression=np.stack([random_coefficients(model.expression_directions, 1, rng) for _ in range(40)]),
        global_rotation=rng.uniform(-0.4, 0.4, (40, 3)),
        translation=rng.uniform(-0.3, 0.3, (40, 3)),
    )
    return FlameEvaluator(model).vertices(params).astype(np.float64)


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
def test_metric_units_of_heads_come_back(heads: np.ndarray, unit: str) -> None:
    """Also with one point in five hundred far away, as scans have them."""
    for head in heads:
        assert guess_units(head / METRES_OF_UNIT[unit]).name == unit
        stray = head.copy()
        stray[::500] += 3
        guess = guess_units(stray / METRES_OF_UNIT[unit])
        assert (guess.name, guess.scale_to_metres) == (unit, METRES_OF_UNIT[unit])


def test_inches_are_told_only_where_nothing_else_fits() -> None:
    """A side of 10 can be inches alone; 15 may be a face in centimetres, which is not sure."""

    def side(length: float) -> np.ndarray:
        return np.array([[0, 0, 0], [0, length, 0.0]])

    assert (guess_units(side(10)).name, guess_units(side(10)).sure) == ("inches", True)
    assert (guess_units(side(15)).name, guess_units(side(15)).sure) == ("cm", False)
    assert (guess_units(side(25)).name, guess_units(side(25)).sure) == ("cm", True)


@pytest.mark.parametrize("length", [0, 1e-3, 0.05, 0.7, 2, 60, 1000, 1e9])
def test_other_sizes_are_unknown(length: float) -> None:
    """And are left to the fit, with a scale of 1."""
    guess = guess_units(np.array([[1, 1, 1], [1, 1 + length, 1]]))
    assert (guess.name, guess.scale_to_metres, guess.sure) == ("unknown", 1, False)


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((4, 2)), np.array([[0, np.nan, 1]])])
def test_units_of_nothing_are_refused(points: np.ndarray) -> None:
    """No points, points of a picture, NaN."""
    with pytest.raises(LandmarkError, match="finite points of three numbers"):
        guess_units(points)


@pytest.mark.parametrize("unit", METRES_OF_UNIT)
def test_a_fitted_scale_snaps_to_a_unit(unit: str) -> None:
    """Within a quarter of it, and not beyond."""
    metres = METRES_OF_UNIT[unit]
    for factor in (0.76, 1, 1.24):
        assert snap_units(metres * factor).name == unit
    for factor in (0.7, 1.3):
        guess = snap_units(metres * factor)
        assert (guess.name, guess.scale_to_metres, guess.sure) == ("unknown", metres * factor, False)


def test_all_24_turns_are_there_once() -> None:
    """Rotations, no two alike, no two of one name; FLAME's is none at all, Blender's that of axes.py."""
    rotations = np.array([each.rotation for each in CONVENTIONS])
    assert len(rotations) == len({each.name for each in CONVENTIONS}) == 24
    assert len(np.unique(rotations.reshape(24, 9), axis=0)) == 24
    np.testing.assert_array_equal(np.linalg.det(rotations).round(9), 1)
    points = np.random.default_rng(3).normal(size=(9, 3))
    assert (FLAME_AXES.name, BLENDER_AXES.name) == ("Y up, face to +Z", "Z up, face to -Y")
    np.testing.assert_array_equal(FLAME_AXES.to_flame(points), points)
    np.testing.assert_array_equal(BLENDER_AXES.to_flame(to_blender(points)), points)
    assert CAMERA_AXES.name == "Y down, face to -Z"
    np.testing.assert_array_equal(CAMERA_AXES.rotation, np.diag([1, -1, -1]))


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda each: each.name)
def test_axes_and_units_of_aligned_heads_come_back(heads: np.ndarray, convention) -> None:
    """A head turned by up to 40 degrees about each axis in any convention: the one that was used is the nearest."""
    for head in heads[:10]:
        written = head @ convention.rotation
        rotation, _ = rigid_alignment(written, heads.mean(0))
        assert nearest_axes(rotation).name == convention.name


def test_the_nearest_leaves_the_smallest_rotation() -> None:
    """Against SciPy's angles, for any rotation."""
    for rotation in Rotation.random(50, rng=np.random.default_rng(4)).as_matrix():
        angles = [Rotation.from_matrix(rotation @ each.rotation.T).magnitude() for each in CONVENTIONS]
        assert nearest_axes(rotation) is CONVENTIONS[int(np.argmin(angles))]


def test_keys_of_conventions_stay() -> None:
    """Saved files and scripts name conventions by them, whatever their display names become."""
    ways = {"X": ("Y", "Z"), "Y": ("X", "Z"), "Z": ("X", "Y")}
    expected = {
        f"{up}_{upright}_FACE_TO_{sign}{face}"
        for up, faces in ways.items()
        for upright in ("UP", "DOWN")
        for face in faces
        for sign in ("", "MINUS_")
    }
    assert {each.key for each in CONVENTIONS} == expected and len(CONVENTIONS) == 24
    names = {each.key: each.rotation for each in CONVENTIONS}
    np.testing.assert_array_equal(names["Y_UP_FACE_TO_Z"], np.eye(3))
    np.testing.assert_array_equal(names["Z_UP_FACE_TO_MINUS_Y"], [[1, 0, 0], [0, 0, 1], [0, -1, 0]])
