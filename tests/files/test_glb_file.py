"""Positions out of .glb: as they are stored, of damaged files refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.files.meshes.glb_file import read_positions
from tests.splats.tool_files import write_glb


def test_every_mesh_has_its_positions(tmp_path):
    meshes = [np.random.default_rng(number).normal(size=(20 + number, 3)).astype(np.float32) for number in range(3)]
    found = read_positions(write_glb(tmp_path / "a.glb", *meshes))
    assert len(found) == 3
    for one, other in zip(found, meshes, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("raw", [b"", b"glTF", b"glTF\x01\0\0\0\x0c\0\0\0", b"ply\nformat ascii 1.0\n"])
def test_other_files_are_refused(tmp_path, raw):
    (tmp_path / "a.glb").write_bytes(raw)
    with pytest.raises(ModelError, match=r"expected a \.glb of glTF 2\.0, found another file|expected 1 to"):
        read_positions(tmp_path / "a.glb")


def test_damaged_glbs_are_refused(tmp_path):
    path = write_glb(tmp_path / "a.glb", np.ones((40, 3)))
    assert (read_positions(path)[0] == 1).all()
    raw, rng, refused = path.read_bytes(), np.random.default_rng(3), []
    for _ in range(400):
        damaged = bytearray(raw)
        for at in rng.integers(0, len(raw), rng.integers(1, 6)):
            damaged[at] = rng.integers(256)
        path.write_bytes(bytes(damaged[: rng.integers(1, len(raw) + 1)]))
        try:
            found = read_positions(path)
        except ModelError as error:
            refused.append(str(error))
        else:
            assert sum(map(len, found)) < 1000
    assert len(refused) > 100 and all(str(path) in each for each in refused)


def test_places_beyond_a_glb_are_refused(tmp_path):
    path = write_glb(tmp_path / "a.glb", np.ones((40, 3)))
    for before, after in ((b'"count": 40', b'"count": 99'), (b'"type": "VEC3"', b'"type": "VEC4"'), (b"5126", b"5123")):
        damaged = path.with_name("b.glb")
        damaged.write_bytes(path.read_bytes().replace(before, after))
        with pytest.raises(ModelError, match="expected accessors of positions, found damage"):
            read_positions(damaged)
