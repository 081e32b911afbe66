"""Meshes with looks, damaged in bytes and in words: read, or refused in one line, within the budget; nothing else."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flame_blender.errors import FlameError
from flame_blender.files.file_budget import MAX_SECONDS
from flame_blender.files.meshes.template import load_template
from flame_blender.textured_meshes.displacements import has_heights, read_deca_maps
from flame_blender.textured_meshes.file_looks import read_looks
from tests.package.test_fuzz_files import damaged
from tests.textured_meshes.writers import cylinder_uvs, write_deca, write_deca_detail, write_mat, write_psbody

CASES = 500
FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])


def whole_files(folder: Path) -> dict[str, bytes]:
    """A mesh with all that belongs to it, and DECA's .mat."""
    rng = np.random.default_rng(20261129)
    points, picture = rng.normal(0, 0.1, (4, 3)), rng.integers(0, 256, (8, 8, 3), np.uint8)
    write_deca(folder / "face.obj", points, FACES, cylinder_uvs(points, FACES), picture, picture)
    maps = {"displacement_map": rng.normal(0, 1e-3, (1, 8, 8)), "uv_texture_gt": rng.random((3, 8, 8))}
    write_mat(folder / "face.mat", verts=points, **maps)
    write_deca_detail(folder / "face_detail.obj", points, FACES, rng.integers(0, 256, (4, 3)))
    write_psbody(folder / "face_template.obj", points, FACES, cylinder_uvs(points, FACES))  # as VOCA's texture_mesh.obj
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    jpeg = io.BytesIO()
    Image.fromarray(picture).save(jpeg, "jpeg")
    return files | {"face_normals.png": jpeg.getvalue()}  # its name does not tell what it is


KINDS = (
    "face.obj", "face.mtl", "face.png", "face_normals.png", "face.mat", "face_detail.obj", "face_template.obj",
)  # fmt: skip


@pytest.mark.unmeasured
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_damaged_looks_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    """500 of each kind; whatever is left out is told in a line."""
    whole, rng = whole_files(tmp_path), np.random.default_rng(CASES)
    outcomes = {"whole": 0, "less": 0}
    start = time.process_time()
    for name, raw in whole.items():
        (tmp_path / name).write_bytes(raw)
    for case in range(CASES):
        (tmp_path / kind).write_bytes(damaged(whole[kind], rng) if case else whole[kind])
        told: tuple[str, ...] = ()
        try:
            if kind == "face.mat":
                assert has_heights(tmp_path / kind) or case
                read_deca_maps(tmp_path / kind)
            elif kind == "face_template.obj":
                load_template(tmp_path / kind)
            else:
                looks = read_looks(tmp_path / (kind if kind == "face_detail.obj" else "face.obj"))
                assert looks is not None
                told = looks.notes
        except FlameError as error:
            told = (str(error),)
        assert case or not told, told
        assert all("face" in each for each in told), told
        assert all(each.isprintable() and len(each) < 2000 for each in told), told
        outcomes["less" if told else "whole"] += 1
    assert min(outcomes.values()) > CASES // 20, outcomes
    assert time.process_time() - start < MAX_SECONDS
