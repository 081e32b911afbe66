"""Landmarks of annotation tools and data sets, and of many pictures in one file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from flame_blender.errors import LandmarkError
from flame_blender.landmark_files.loading import load_landmark_points

PIXELS = np.random.default_rng(3).uniform(50, 400, (68, 2)).round(3)


def saved(folder: Path, value: object) -> Path:
    path = folder / "face.ljson"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def ljson(version: int, points: np.ndarray) -> dict:
    """As menpo.io writes it; the axes of a picture's points are y, x."""
    rows = [[None if np.isnan(number) else number for number in row] for row in points.tolist()]
    if version == 1:
        parts = (rows[:17], rows[17:])
        return {"version": 1, "groups": [{"landmarks": [{"point": row} for row in part]} for part in parts]}
    face = {"landmarks": {"points": rows, "connectivity": [[0, 1]]}, "labels": [{"label": "chin", "mask": [0]}]}
    return {"version": 2, **face} if version == 2 else {"version": 3, "groups": {"PTS": face}}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_menpos_ljson(tmp_path: Path, version: int) -> None:
    points = PIXELS.copy()
    points[5] = np.nan
    file = load_landmark_points(saved(tmp_path, ljson(version, points[:, ::-1])))
    np.testing.assert_array_equal(file.points, points)
    assert file.layout == "ibug68" and file.weights[5] == 0 and file.weights.sum() == 67
    space = np.random.default_rng(4).normal(0, 0.1, (68, 3))
    np.testing.assert_array_equal(load_landmark_points(saved(tmp_path, ljson(version, space))).points, space)


def test_ljson_of_several_groups_and_of_none(tmp_path: Path) -> None:
    value = ljson(3, PIXELS[:, ::-1])
    value["groups"]["other"] = ljson(2, PIXELS + 1)
    file = load_landmark_points(saved(tmp_path, value))
    np.testing.assert_array_equal(file.points, PIXELS)
    assert "The first of 2 groups is used." in file.notes
    with pytest.raises(LandmarkError, match="expected points in menpo's LJSON"):
        load_landmark_points(saved(tmp_path, {"version": 3, "groups": {}}))


@pytest.mark.parametrize("compressed", [False, True])
def test_300w_lp_and_aflw2000(tmp_path: Path, compressed: bool) -> None:
    path, others = tmp_path / "a.mat", {"Pose_Para": np.zeros((1, 7)), "Exp_Para": np.zeros((29, 1)), "roi": "text"}
    scipy.io.savemat(path, {"pt2d": PIXELS.T, **others}, do_compression=compressed)
    np.testing.assert_array_equal(load_landmark_points(path).points, PIXELS)
    deep = np.vstack([PIXELS.T, np.arange(68)])
    scipy.io.savemat(path, {"pt2d": PIXELS.T[:, :21], "pt3d_68": deep, **others}, do_compression=compressed)
    np.testing.assert_array_equal(load_landmark_points(path, dimensions=2).points, PIXELS)
    np.testing.assert_array_equal(load_landmark_points(path).points, deep.T)
    scipy.io.savemat(path, others, do_compression=compressed)
    with pytest.raises(LandmarkError, match="found the arrays Pose_Para, Exp_Para, roi"):
        load_landmark_points(path)


@pytest.mark.parametrize("count", [1, 3, 51, 68, 100])
@pytest.mark.parametrize("name", ["{}", "frame_{:04d}.png"])
def test_the_first_frame_of_a_video(tmp_path: Path, count: int, name: str) -> None:
    """By number or name, whatever order a dict has; as many frames as a face has points are frames all the same."""
    rng = np.random.default_rng(count)
    frames = rng.uniform(0, 500, (count, 68, 2))
    value = {name.format(index + 1): frames[index].tolist() for index in rng.permutation(count)}
    file = load_landmark_points(saved(tmp_path, value))
    np.testing.assert_array_equal(file.points, frames[0])
    assert count == 1 or f"The first of {count} frames is used." in file.notes
    value = {key: [{"x": x, "y": y} for x, y in face] for key, face in value.items()}
    np.testing.assert_array_equal(load_landmark_points(saved(tmp_path, value)).points, frames[0])
