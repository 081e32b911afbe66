"""SMPL-X__FLAME_vertex_ids.npy: told by its content, kept, and refused in one sentence where it is another."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from flame_blender.errors import FlameError, ModelError
from flame_blender.flame.topology import N_BODY
from flame_blender.model_files.body_vertices import load_body_vertices
from flame_blender.model_files.library import Library


@pytest.fixture
def ids() -> np.ndarray:
    return np.random.default_rng(3).permutation(N_BODY)[:5023]


@pytest.mark.parametrize("kind", ["<i8", "<i4", "<u4", ">i8"])
def test_installed_it_is_found_again(ids, tmp_path, kind):
    path = tmp_path / "some name.npy"
    np.save(path, ids.astype(kind))
    library = Library(tmp_path / "library")
    assert library.topology.body_vertices() is None
    (told,) = library.install([path])
    assert "FLAME's vertices in SMPL-X" in told
    assert np.array_equal(library.topology.body_vertices(), ids)
    assert {what: there for what, _, there in library.inventory()}["Vertices in SMPL-X"]


def test_others_are_refused(ids, tmp_path):
    path = tmp_path / "ids.npy"
    twice = ids.copy()
    twice[7] = twice[8]
    for wrong, words in (
        (ids[:5000], "expected 5023 ids"),
        (ids + 9000, "expected ids 0 to 10474"),
        (ids - 1 - ids.min(), "expected ids 0 to 10474"),
        (twice, "found 5022"),
        (ids.astype(float), "nothing known"),
        (np.zeros((5023, 3)), "nothing known"),
    ):
        np.save(path, wrong)
        with pytest.raises(ModelError, match=words) as told:
            load_body_vertices(path)
        assert str(told.value).count("\n") == 0 and str(path) in str(told.value)
        with pytest.raises(ModelError):
            Library(tmp_path / "library").install([path])
    assert not (tmp_path / "library").exists()


def test_damaged_files_end_in_a_sentence(ids, tmp_path):
    """500 cut, changed and lengthened: each is read as what it is, or refused."""
    rng = np.random.default_rng(11)
    path = tmp_path / "ids.npy"
    np.save(path, ids)
    whole = path.read_bytes()
    for number in range(500):
        data = bytearray(whole)
        if number % 2:
            data = data[: rng.integers(len(data))]
        for place in rng.integers(0, min(len(data), 160 if number % 3 else len(data)), 4) if data else ():
            data[place] = rng.integers(256)
        path.write_bytes(data)
        with contextlib.suppress(FlameError):  # whose message is one line
            found = load_body_vertices(path)
            assert found.shape == (5023,) and found.min() >= 0 and found.max() < N_BODY
