"""Meshes as arrays, one or many, by name, and in any unit: brought to metres, and told."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.sequences.meshes import load_meshes


def head(height: float = 0.32, count: int = 300) -> np.ndarray:
    """(count, 3) of an egg that is ``height`` tall."""
    points = np.random.default_rng(9).normal(0, 1, (count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points *= [0.35, 0.5, 0.4]
    points[:, 1] *= 1 / np.ptp(points[:, 1])
    return (points * height).astype(np.float32)


@pytest.mark.parametrize("flat", [False, True])
def test_one_mesh_is_as_good_as_many(tmp_path, flat):
    np.save(tmp_path / "a.npy", head().reshape(-1) if flat else head())
    meshes = load_meshes(tmp_path / "a.npy")
    np.testing.assert_array_equal(meshes.vertices, head()[None])
    assert meshes.fps is None


def test_vocasets_templates(tmp_path):
    """One for each subject; Python 2 wrote the file."""
    subjects = {f"FaceTalk_{k}_TA": head(0.3 + 0.01 * k).astype(float) for k in range(12)}
    (tmp_path / "templates.pkl").write_bytes(pickle.dumps(subjects, protocol=2))
    meshes = load_meshes(tmp_path / "templates.pkl")
    np.testing.assert_array_equal(meshes.vertices, np.stack([*subjects.values()]).astype(np.float32))
    assert "FaceTalk_3_TA" in meshes.notes[0]
    (tmp_path / "templates.pkl").write_bytes(pickle.dumps(subjects | {"other": head()[:5]}, protocol=2))
    with pytest.raises(SequenceError, match="found the keys FaceTalk_0_TA"):
        load_meshes(tmp_path / "templates.pkl")


def test_dad_3dheads_annotation(tmp_path):
    value = {"vertices": head().tolist(), "model_view_matrix": np.eye(4).tolist()}
    (tmp_path / "a.json").write_text(json.dumps(value))
    np.testing.assert_array_equal(load_meshes(tmp_path / "a.json").vertices, head()[None])


@pytest.mark.parametrize(
    ("units_of_a_metre", "told"),
    [
        (1.0, ""),
        (10.0, "decimetres"),
        (100.0, "centimetres"),
        (1000.0, "millimetres"),
        (1 / 0.0254, "inches"),
        (4.0, "NPHM"),
        (5.0, "GAGAvatar"),
    ],
)
@pytest.mark.parametrize("height", [0.3, 0.32, 0.35])
def test_units_are_judged_by_a_head_s_size_and_told(tmp_path, units_of_a_metre, told, height):
    np.save(tmp_path / "a.npy", head(height) * units_of_a_metre)
    meshes = load_meshes(tmp_path / "a.npy")
    np.testing.assert_allclose(meshes.vertices[0], head(height), rtol=1e-5, atol=1e-6)
    assert told in (meshes.notes[-1] if told else "") and bool(meshes.notes) == bool(told)


@pytest.mark.parametrize("height", [1e-4, 1e-2, 7e4])
def test_a_size_of_no_unit_becomes_a_head_s(tmp_path, height):
    np.save(tmp_path / "a.npy", head(height))
    meshes = load_meshes(tmp_path / "a.npy")
    assert np.ptp(meshes.vertices[0], axis=0).max() == pytest.approx(0.32, rel=1e-4)
    assert "no unit makes that a head" in meshes.notes[-1]


def test_meshes_of_another_kind_in_the_folder_are_named(tmp_path):
    lines = "".join("v {} {} {}\n".format(*row) for row in head()) + "f 1 2 3\n"
    for number in range(4):
        (tmp_path / f"{number:03d}.obj").write_text(lines)
    (tmp_path / "template.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (tmp_path / "scan.ply").write_text("ply\n")
    meshes = load_meshes(tmp_path)
    assert meshes.vertices.shape == (4, 300, 3)
    assert meshes.notes[-1] == "Left out of the folder, as no frames: scan.ply, template.obj."
