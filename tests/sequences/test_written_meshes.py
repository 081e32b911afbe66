"""Mesh files that the add-on writes, read by trimesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from flame_blender.errors import FlameError
from flame_blender.export.mesh_files import closed, write_obj, write_ply, write_stl
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams

ROOT = Path(__file__).resolve().parents[2]


def random_shape(model: FlameModel) -> np.ndarray:
    rng = np.random.default_rng(3)
    return FlameEvaluator(model).vertices(FlameParams(shape=rng.normal(size=model.n_identity), jaw=(0.3, 0, 0)))


@pytest.mark.parametrize("write", [write_obj, write_ply])
def test_every_vertex_and_face_comes_back(tmp_path: Path, built_in: FlameModel, write) -> None:
    """In their order; float32 to the last bit."""
    vertices = random_shape(built_in)
    path = tmp_path / f"head.{write.__name__[-3:]}"
    write(path, vertices, built_in.faces)
    found = trimesh.load_mesh(path, process=False)
    assert np.array_equal(found.vertices.astype(np.float32), vertices)
    assert np.array_equal(found.faces, built_in.faces)


def test_an_stl_is_solid_and_in_millimetres(tmp_path: Path, built_in: FlameModel) -> None:
    """Watertight, every face looking outward, the size of a head."""
    write_stl(tmp_path / "head.stl", random_shape(built_in), built_in.faces)
    found = trimesh.load_mesh(tmp_path / "head.stl")
    assert found.is_watertight
    assert found.is_winding_consistent
    assert found.is_volume
    assert 250 < found.extents[2] < 420


def test_one_on_flames_own_topology_too(tmp_path: Path, shared_model: FlameModel) -> None:
    """Neck, eye sockets and mouth closed."""
    write_stl(tmp_path / "head.stl", shared_model.v_template, shared_model.faces)
    assert trimesh.load_mesh(tmp_path / "head.stl").is_volume


def test_what_has_no_inside_is_refused() -> None:
    """Three faces on an edge; two openings that share a vertex."""
    vertices = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(FlameError, match="cannot be made solid"):
        closed(vertices, np.array([[0, 1, 2], [1, 0, 3], [0, 1, 4]]))
    with pytest.raises(FlameError, match="touch in one vertex"):
        closed(vertices, np.array([[0, 1, 2], [0, 3, 4]]))
