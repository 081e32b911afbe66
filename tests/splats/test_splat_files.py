"""Files of splats: as the original code writes them, in all three kinds, damaged ones, and ours read back."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from flame_blender.errors import AvatarError, FlameError
from flame_blender.splats.splat_files import read_splats, write_splats
from flame_blender.splats.splats import Splats
from tests.splats.made_up import columns_of, random_splats, write_ply


def assert_alike(found: Splats, wanted: Splats) -> None:
    for each in fields(Splats):
        one, other = getattr(found, each.name), getattr(wanted, each.name)
        if other is None:
            assert one is None, each.name
        else:
            assert one.dtype == other.dtype and one.shape == other.shape, each.name
            np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6, err_msg=each.name)


@pytest.mark.parametrize("kind", ["binary_little_endian", "binary_big_endian", "ascii"])
@pytest.mark.parametrize("degree", range(4))
def test_files_as_the_original_writes_them(tmp_path, kind, degree):
    splats = random_splats(40, degree, n_triangles=9976)
    found = read_splats(write_ply(tmp_path / "point_cloud.ply", columns_of(splats), kind), 10144)
    assert_alike(found, splats)
    assert found.degree == degree


@pytest.mark.parametrize("n_triangles", [None, 300])
def test_what_is_written_comes_back(tmp_path, n_triangles):
    splats = random_splats(50, 2, n_triangles)
    write_splats(tmp_path / "a.ply", splats)
    assert_alike(read_splats(tmp_path / "a.ply"), splats)


@pytest.mark.parametrize("n_triangles", [None, 300])
def test_some_of_the_splats_keep_all_that_is_theirs(n_triangles):
    splats = random_splats(50, 2, n_triangles)
    which = np.random.default_rng(1).random(50) < 0.4
    some = splats.chosen(which)
    assert_alike(some, splats.chosen(np.flatnonzero(which)))
    assert len(some) == which.sum() and some.degree == 2
    np.testing.assert_array_equal(some.centres, splats.centres[which])
    if n_triangles is not None:
        np.testing.assert_array_equal(some.triangles, splats.triangles[which])


def test_more_splats_than_memory_has_room_for_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("flame_blender.splats.splat_files.MAX_SPLATS", 9)
    assert len(read_splats(write_ply(tmp_path / "a.ply", columns_of(random_splats(9))))) == 9
    with pytest.raises(AvatarError, match=r"a\.ply: expected at most 9 splats, found 10"):
        read_splats(write_ply(tmp_path / "a.ply", columns_of(random_splats(10))))


def test_columns_in_any_order_and_others_beside_them(tmp_path):
    splats = random_splats(10, 1)
    columns = columns_of(splats)[::-1]
    columns.insert(3, ("confidence", np.arange(10.0)))
    assert_alike(read_splats(write_ply(tmp_path / "a.ply", columns)), splats)


def without(name):
    return lambda columns: [each for each in columns if each[0] != name]


def with_value(name, value):
    return lambda columns: [(each, np.full(len(values), value) if each == name else values) for each, values in columns]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without("opacity"), r"expected splats with opacity, found 8 vertices with"),
        (without("rot_3"), r"expected splats with rot_3"),
        (without("f_rest_4"), r"expected 0, 9, 24, 45 columns f_rest_\*, found 44"),
        (with_value("x", np.nan), "expected finite x and others, found NaN"),
        (with_value("scale_1", 1e4), "expected logarithms of scales within 30"),
        (with_value("binding_0", 10144), "expected binding_0 to tell triangles 0 to 10143, found 10144"),
        (with_value("binding_0", 2.5), "expected binding_0 to tell"),
        (with_value("binding_0", -1), "expected binding_0 to tell"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, change, told):
    path = write_ply(tmp_path / "a.ply", change(columns_of(random_splats(8, 3, n_triangles=50))))
    with pytest.raises(AvatarError, match=told):
        read_splats(path, 10144)


def test_rotations_of_no_length_are_none(tmp_path):
    columns = columns_of(random_splats(4, 0))
    for name in ("rot_0", "rot_1", "rot_2", "rot_3"):
        columns = with_value(name, 0.0)(columns)
    np.testing.assert_array_equal(read_splats(write_ply(tmp_path / "a.ply", columns)).rotations, [[1, 0, 0, 0]] * 4)


def test_other_files_are_refused(tmp_path):
    mesh = tmp_path / "mesh.ply"
    mesh.write_text("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
                    "end_header\n0 0 0\n")  # fmt: skip
    empty = write_ply(tmp_path / "none.ply", [(name, values[:0]) for name, values in columns_of(random_splats(1))])
    text = tmp_path / "text.ply"
    text.write_text("no ply")
    for path in (mesh, empty, text, tmp_path / "absent.ply", tmp_path):
        with pytest.raises(FlameError, match=str(path)):
            read_splats(path)


def test_damaged_files_raise_nothing_else(tmp_path):
    """500 of them, cut, flipped and overwritten."""
    rng = np.random.default_rng(4)
    whole = write_ply(tmp_path / "a.ply", columns_of(random_splats(20, 1, n_triangles=30))).read_bytes()
    path = tmp_path / "b.ply"
    for _ in range(500):
        damaged = bytearray(whole[: rng.integers(0, len(whole))] if rng.random() < 0.3 else whole)
        for place in rng.integers(0, max(len(damaged), 1), rng.integers(1, 6)):
            if place < len(damaged):
                damaged[place] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            found = read_splats(path, 30)
        except AvatarError:
            continue
        assert np.isfinite(found.centres).all() and np.isfinite(found.scales).all()
