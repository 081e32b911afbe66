"""BFM_to_FLAME's correspondences, written by SciPy and NumPy as the real file is, against SciPy's own product."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from flame_blender.errors import FlameError, ModelError
from flame_blender.fitting.meshes.basel import BaselCorrespondence, correspondence_of, load_correspondence

SIZES = {"BFM2017_corr": 700, "BFM2009_corr": 650, "BFM2009_cropped_corr": 600}
MASK = np.array([4000, 5, 17, 3])


def entry(n_vertices: int, layout: str = "csc", seed: int = 0, dtype: type[np.floating] = np.float64) -> dict:
    """Barycentric weights for most of FLAME's vertices, and some in the half of the columns that meets zeros."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(rng.permutation(5023)[:4500], 3)
    columns = rng.integers(0, n_vertices, len(rows))
    beyond = rng.integers(n_vertices, 2 * n_vertices, 200)
    weights = np.concatenate([rng.dirichlet(np.ones(3), 4500).ravel(), rng.normal(size=200)]).astype(dtype)
    at = np.concatenate([rows, rng.integers(0, 5023, 200)]), np.concatenate([columns, beyond])
    matrix = scipy.sparse.coo_matrix((weights, at), (5023, 2 * n_vertices)).asformat(layout)
    faces = rng.integers(0, n_vertices, (2 * n_vertices, 3)).astype(np.uint32)
    return {"mtx": matrix, "f_in": faces, "f_out": rng.integers(0, 5023, (9976, 3)).astype(np.uint32)}


def saved(folder: Path, **arrays: object) -> Path:
    """np.savez with the dicts as object arrays, as np.savez makes them."""
    path = folder / "BFM_to_FLAME_corr.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("layout", ["csc", "csr", "coo"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_are_scipy_s(tmp_path: Path, layout: str, dtype: type) -> None:
    """Each topology, each of SciPy's layouts."""
    entries = {key: entry(size, layout, size, dtype) for key, size in SIZES.items()}
    found = load_correspondence(saved(tmp_path, **entries, FLAME_mask_ids=MASK))
    assert list(found) == ["BFM 2017", "BFM 2009", "BFM 2009 cropped"]
    for (key, size), each in zip(SIZES.items(), found.values(), strict=True):
        vertices = np.random.default_rng(1).normal(0, 80, (size, 3))
        expected = entries[key]["mtx"] @ np.vstack([vertices, np.zeros_like(vertices)])
        np.testing.assert_allclose(each.apply(vertices), expected, atol=1e-4 if dtype == np.float32 else 1e-10)
        assert each.apply(vertices).shape == (5023, 3)
        reached = abs(entries[key]["mtx"].tocsr()[:, :size]).sum(1).A1 > 0
        assert np.array_equal(each.covered, reached)
        assert (each.n_vertices, each.n_faces) == (size, 2 * size)
        assert each.mask.tolist() == sorted(MASK)


@pytest.mark.parametrize("protocol", [0, 2])
def test_old_pickles_and_old_names_of_scipy(tmp_path: Path, protocol: int) -> None:
    """SciPy before 1.8 called its modules otherwise; Python 2's NumPy wrote protocol 2."""
    value = entry(600)
    raw = pickle.dumps(np.array(value, object), protocol)
    raw = raw.replace(b"scipy.sparse._csc", b"scipy.sparse.csc").replace(b"numpy._core", b"numpy.core")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": ()})
    mask = io.BytesIO()
    np.save(mask, MASK)
    path = tmp_path / "BFM_to_FLAME_corr.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("BFM2009_cropped_corr.npy", header.getvalue() + raw)
        archive.writestr("FLAME_mask_ids.npy", mask.getvalue())
    each = load_correspondence(path)["BFM 2009 cropped"]
    vertices = np.random.default_rng(2).normal(size=(600, 3))
    np.testing.assert_allclose(each.apply(vertices), value["mtx"][:, :600] @ vertices, atol=1e-10)


def test_a_file_with_one_topology_is_enough(tmp_path: Path) -> None:
    """And the mesh's counts choose among those that are there."""
    found = load_correspondence(saved(tmp_path, BFM2009_corr=entry(650), FLAME_mask_ids=MASK))
    assert list(found) == ["BFM 2009"]
    assert correspondence_of(found, 650) is correspondence_of(found, 650, 1300) is found["BFM 2009"]
    for counts in ((651, None), (650, 1301)):
        with pytest.raises(FlameError, match=r"expected a mesh of BFM 2009 \(650\) vertices, found one of 65"):
            correspondence_of(found, *counts)
    with pytest.raises(ModelError, match=r"must have 650 vertices, found \(651, 3\)"):
        found["BFM 2009"].apply(np.zeros((651, 3)))


def changed(**fields: object) -> dict:
    return {**entry(600), **fields}


def with_data(number: float) -> scipy.sparse.csc_matrix:
    matrix = entry(600)["mtx"]
    matrix.data[7] = number
    return matrix


def with_index(number: int) -> scipy.sparse.csc_matrix:
    matrix = entry(600)["mtx"]
    matrix.indices[7] = number
    return matrix


@pytest.mark.parametrize(("value", "mask", "message"), [
    (changed(mtx=scipy.sparse.csc_matrix((5022, 1200))), MASK, r"mtx must have shape \(5023, twice the vertices\)"),
    (changed(mtx=scipy.sparse.csc_matrix((5023, 1201))), MASK, "twice the vertices"),
    (changed(mtx=scipy.sparse.csr_matrix((5023, 10**8))), MASK, "twice the vertices"),
    (changed(mtx=scipy.sparse.csc_matrix((5023, 1200))), MASK, "NaN, larger ones or none"),
    (changed(mtx=with_data(np.nan)), MASK, "NaN, larger ones or none"),
    (changed(mtx=with_data(1e30)), MASK, "larger ones"),
    (changed(mtx=with_index(5023)), MASK, "indices outside it"),
    (changed(mtx=with_index(-1)), MASK, "indices outside it"),
    (changed(mtx=np.zeros((3, 3))), MASK, "must be a sparse matrix of SciPy"),
    (changed(f_in=np.array([[0, 1, 600]])), MASK, r"f_in must name vertices 0\.\.599"),
    (changed(f_out=np.array([[0, 1, -1]])), MASK, r"f_out must name vertices 0\.\.5022"),
    (changed(f_in="none"), MASK, "f_in must hold three vertices"),
    ({"f_in": np.zeros((1, 3), int)}, MASK, "must be a dict with mtx, f_in and f_out"),
    ("text", MASK, "must be a dict"),
    (changed(), np.array([5023]), r"FLAME_mask_ids must name vertices 0\.\.5022, found 5023\.\.5023"),
    (changed(), np.array([0.5]), "FLAME_mask_ids must hold the numbers of vertices"),
])  # fmt: skip
def test_wrong_files_are_refused_by_key(tmp_path: Path, value: object, mask: np.ndarray, message: str) -> None:
    """Sizes, indices, numbers, other things."""
    path = saved(tmp_path, BFM2009_corr=np.array(value, object), FLAME_mask_ids=mask)
    with pytest.raises(ModelError, match=message) as caught:
        load_correspondence(path)
    assert str(caught.value).startswith(str(path))


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Nothing that is needed in it, no .npz, or one that runs something."""

    class Runs:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "ran",))

    with pytest.raises(ModelError, match="found none of them; choose another file"):
        load_correspondence(saved(tmp_path, a=np.zeros(3)))
    text = tmp_path / "a.txt"
    text.write_text("1 2 3")
    with pytest.raises(ModelError, match=r"expected BFM_to_FLAME_corr\.npz, found"):
        load_correspondence(text)
    with pytest.raises(ModelError, match="plain data"):
        load_correspondence(saved(tmp_path, BFM2017_corr=np.array(Runs(), object), FLAME_mask_ids=MASK))
    assert not (tmp_path / "ran").exists()


def test_arrays_are_read_only() -> None:
    """Shared by every mesh that is converted."""
    each = BaselCorrespondence("BFM 2017", 3, 1, np.array([0]), np.array([1]), np.array([1.0]), np.array([0]))
    with pytest.raises(ValueError, match="read-only"):
        each.weights[0] = 2
    assert each.covered.sum() == 1
