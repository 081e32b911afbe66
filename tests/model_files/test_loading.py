"""load_model gives the same model whichever release, tool and Python wrote the file, or says what is wrong."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flame_blender.errors import ModelError
from flame_blender.flame.model import FlameModel
from flame_blender.model_files.loading import load_model
from flame_blender.model_files.saving import save_model
from tests.flame.face_like import face_like_arrays
from tests.flame.flame_files import (
    ROOT,
    SHARED_DATA,
    Ch,
    csc_matrix,
    flame_2020,
    flame_2023_open,
    head_arrays,
    old_pickle,
)
from tests.flame.shared_models import KINDS, MAKER
from tests.model_files import genuine_python2

# formats.md's coordinates of two released templates, metres
VERTICES = [0, 500, 1000, 1500, 2000, 2500, 3000, 3500]
TEMPLATE_2020 = [
    [0.06348, -0.00909, -0.05059], [0.02957, 0.00374, 0.03970], [0.03558, 0.01715, 0.03417],
    [0.08120, -0.00827, -0.06741], [-0.01948, 0.08730, 0.03087], [-0.02209, 0.02703, 0.03579],
    [-0.06846, -0.02741, -0.05359], [-0.00009, -0.05171, 0.04648],
]  # fmt: skip
TEMPLATE_OPEN = [
    [0.05970, -0.01020, -0.04817], [0.02922, 0.00323, 0.03935], [0.03494, 0.01659, 0.03443],
    [0.08162, -0.00927, -0.06554], [-0.01940, 0.08880, 0.03220], [-0.02234, 0.02659, 0.03558],
    [-0.06701, -0.02797, -0.05104], [0.00014, -0.05417, 0.04319],
]  # fmt: skip


def write(folder: Path, content: bytes | dict, name: str = "head.pkl") -> Path:
    path = folder / name
    if name.endswith(".npz"):
        np.savez(path, **content)
    else:
        path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content))
    return path


def assert_is(model: FlameModel, arrays: dict, n_identity: int) -> None:
    """The model holds exactly ``arrays``, as float32."""
    for field, key in (("v_template", "v_template"), ("shapedirs", "shapedirs"), ("posedirs", "posedirs"),
                       ("joint_regressor", "J_regressor"), ("weights", "weights")):  # fmt: skip
        found = getattr(model, field)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, arrays[key].astype(np.float32))
    np.testing.assert_array_equal(model.faces, arrays["f"])
    assert model.parents.tolist() == [-1, 0, 1, 1, 1]
    assert (model.n_identity, model.n_expression) == (n_identity, arrays["shapedirs"].shape[2] - n_identity)


WRITERS = {
    "2017 to 2020, chumpy, Python 2": flame_2020,
    "2020 with SciPy's new module name": lambda arrays: flame_2020(arrays, **{"sparse.csc": "sparse._csc"}),
    "2023, plain arrays, Python 2 protocol 0": lambda arrays: old_pickle(arrays, 0),
    "2023, Python 2 protocol 1": lambda arrays: old_pickle(arrays, 1),
    "2023, Python 2 protocol 2": lambda arrays: old_pickle(arrays, 2),
    "written again by Python 3 and this NumPy": pickle.dumps,
    "protocol 5 with NumPy 1's names": lambda arrays: old_pickle(arrays, 5, python2=False),
    "protocol 5 with this NumPy's names": lambda arrays: pickle.dumps(arrays, 5),
    "protocol 2 by Python 3": lambda arrays: pickle.dumps(arrays, 2),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_release_s_pickle(tmp_path, writer):
    arrays = head_arrays(1)
    assert_is(load_model(write(tmp_path, WRITERS[writer](arrays))), arrays, 10)


def test_a_file_of_real_python_2_and_chumpy(tmp_path):
    assert_is(load_model(write(tmp_path, genuine_python2.PICKLE)), genuine_python2.ARRAYS, 10)


def test_2023_open_says_how_many_expressions_it_has(tmp_path):
    arrays = head_arrays(2)
    model = load_model(write(tmp_path, flame_2023_open(arrays, n_expression=7)))
    assert_is(model, arrays, 13)
    assert model.release == "FLAME 2023 Open"


def test_smplx_npz(tmp_path):
    arrays = head_arrays(3)
    assert_is(load_model(write(tmp_path, arrays, "FLAME_NEUTRAL.npz")), arrays, 10)


def test_npz_with_pickled_objects_inside(tmp_path):
    """Converters for smplx keep the sparse matrix and the metadata as object arrays."""
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed: its own matrix is not tried in an npz")
    arrays = head_arrays(4)
    objects = {"J_regressor": sparse.csc_matrix(arrays["J_regressor"]), "supr_expression_metadata": {"n_expr": 4}}
    model = load_model(write(tmp_path, {**arrays, **objects}, "FLAME_NEUTRAL.npz"))
    assert_is(model, arrays, 16)
    assert model.release == "FLAME 2023 Open"


def test_compressed_npz(tmp_path):
    arrays = head_arrays(5)
    np.savez_compressed(tmp_path / "head.npz", **arrays)
    assert_is(load_model(tmp_path / "head.npz"), arrays, 10)


@pytest.mark.parametrize("layout", ["csc_matrix", "csr_matrix", "coo_matrix"])
def test_sparse_joint_regressors(tmp_path, layout):
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed: its own matrices are not tried")
    arrays = head_arrays(6)
    regressor = getattr(sparse, layout)(arrays["J_regressor"])
    assert_is(load_model(write(tmp_path, {**arrays, "J_regressor": regressor})), arrays, 10)


def test_torch_file_of_artalk_and_gagavatar(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its own files are not tried")
    arrays = head_arrays(7)
    tensors = {key: torch.from_numpy(array.astype(array.dtype.str.replace("u", "i"))) for key, array in arrays.items()
               if isinstance(array, np.ndarray)}  # fmt: skip
    torch.save({"flame_model": tensors}, tmp_path / "FLAME_with_eye.pt")
    assert_is(load_model(tmp_path / "FLAME_with_eye.pt"), arrays, 10)


def test_a_fingerprint_belongs_to_the_head_and_not_to_the_file(tmp_path):
    arrays = head_arrays(8)
    files = [write(tmp_path, writer(arrays), f"{i}.pkl") for i, writer in enumerate(WRITERS.values())]
    files.append(write(tmp_path, arrays, "smplx.npz"))
    save_model(load_model(files[0]), tmp_path / "converted.npz")
    files.append(tmp_path / "converted.npz")
    assert len({load_model(path).fingerprint for path in files}) == 1
    assert load_model(write(tmp_path, head_arrays(9))).fingerprint != load_model(files[0]).fingerprint


@pytest.mark.parametrize(
    "table",
    [
        np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint32),
        np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.int64),
        np.array([[-1, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.int32),
        np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.float32),
        np.array([[4294967296, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.float64),
        np.array([[4294967296, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint64),
    ],
    ids=lambda table: f"{table.dtype} {table[0, 0]}",
)
def test_the_root_s_parent_in_all_its_spellings(tmp_path, table):
    model = load_model(write(tmp_path, {**head_arrays(), "kintree_table": table}))
    assert model.parents.tolist() == [-1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("n_directions", "said", "expected"),
    [
        (20, {}, 10), (400, {}, 300), (450, {}, 300), (150, {}, 10), (15, {}, 10), (10, {}, 10), (7, {}, 7),
        (20, {"n_identity": 3}, 3), (20, {"n_identity": np.int64(0)}, 0), (20, {"n_identity": np.array(20)}, 20),
        (400, {"supr_expression_metadata": {"n_expr": 50}}, 350), (400, {"supr_expression_metadata": {}}, 300),
    ],
)  # fmt: skip
def test_how_many_directions_are_identity(tmp_path, n_directions, said, expected):
    arrays = head_arrays(n_vertices=11, n_directions=n_directions)
    model = load_model(write(tmp_path, {**arrays, **said}))
    assert_is(model, arrays, expected)
    assert load_model(write(tmp_path, {**arrays, **said}), n_identity=5).n_identity == 5


@pytest.mark.parametrize("n_vertices", [1, 3, 777])
def test_any_count_of_vertices(tmp_path, n_vertices):
    arrays = head_arrays(n_vertices=n_vertices)
    assert_is(load_model(write(tmp_path, flame_2020(arrays))), arrays, 10)


@pytest.mark.parametrize(
    ("template", "moved", "release"),
    [
        (TEMPLATE_2020, 0.0, "FLAME 2019/2020"), (TEMPLATE_2020, 0.9e-4, "FLAME 2019/2020"),
        (TEMPLATE_2020, 2e-4, "unknown"), (TEMPLATE_OPEN, 0.0, "FLAME 2023 Open"),
        (TEMPLATE_OPEN, 2e-4, "unknown"), (np.zeros((8, 3)), 0.0, "unknown"),
    ],
)  # fmt: skip
def test_release_from_the_template(tmp_path, template, moved, release):
    arrays = head_arrays(n_vertices=5023, n_directions=2)
    arrays["v_template"][VERTICES] = template
    arrays["v_template"][3500, 1] += moved
    for array in (arrays["v_template"], arrays["v_template"].astype(np.float32)):
        assert load_model(write(tmp_path, {**arrays, "v_template": array})).release == release


def test_other_keys_do_not_matter(tmp_path):
    arrays: dict[Any, Any] = {
        **head_arrays(),
        "betas": [1, None],
        "extra": np.array([{"a": 1}, None], object),
        3: "three",
    }
    assert_is(load_model(write(tmp_path, arrays)), arrays, 10)
    arrays.pop(3)
    np.savez(tmp_path / "head.npz", **arrays, unreadable=np.array([Path("x"), 1], object))
    assert_is(load_model(tmp_path / "head.npz"), arrays, 10)


@pytest.mark.parametrize("key", ["v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table"])
@pytest.mark.parametrize("name", ["head.pkl", "head.npz"])
def test_a_missing_key_is_named(tmp_path, name, key):
    arrays = head_arrays()
    del arrays[key]
    with pytest.raises(ModelError, match=rf"{name}: expected the key {key}\b.*, found .*(posedirs|weights)"):
        load_model(write(tmp_path, arrays, name))


def changed(key: str, value: object) -> dict:
    return {**head_arrays(), key: value}


def with_nan(key: str, value: float = np.nan) -> dict:
    array = head_arrays()[key]
    array[1, 1] = value
    return changed(key, array)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (changed("v_template", np.zeros((0, 3))), r"v_template must have shape \(any, 3\), found \(0, 3\)"),
        (changed("v_template", np.zeros((23, 2))), r"v_template must have shape \(any, 3\), found \(23, 2\)"),
        (changed("v_template", "a text"), "v_template must be an array, found 'a text'"),
        (changed("v_template", [[0.0] * 3] * 23), "v_template must be an array, found a list of 23"),
        (changed("v_template", np.array(["a"] * 69).reshape(23, 3)), "v_template must hold numbers, found <U1"),
        (changed("v_template", np.zeros((23, 3), complex)), "v_template must hold numbers, found complex128"),
        (changed("v_template", np.full((23, 3), None)), "v_template must hold numbers, found object"),
        (with_nan("v_template"), "v_template must hold finite numbers"),
        (with_nan("shapedirs", np.inf), "shapedirs must hold finite numbers"),
        (with_nan("weights"), "weights must hold finite numbers"),
        (with_nan("J_regressor"), "joint_regressor must hold finite numbers"),
        (changed("shapedirs", np.zeros((22, 3, 20))), r"shapedirs must have shape \(23, 3, any\), found \(22, 3, 20\)"),
        (changed("posedirs", np.zeros((23, 3, 35))), r"posedirs must have shape \(23, 3, 36\), found \(23, 3, 35\)"),
        (changed("J_regressor", np.zeros((24, 23))), r"J_regressor must have shape \(5, 23\), found \(24, 23\)"),
        (changed("J_regressor", csc_matrix(np.eye(3))), r"J_regressor must have shape \(5, 23\), found \(3, 3\)"),
        (changed("weights", np.zeros((23, 24))), r"weights must have shape \(23, 5\), found \(23, 24\)"),
        (changed("f", np.zeros((9, 4), int)), r"f must have shape \(any, 3\), found \(9, 4\)"),
        (changed("f", np.zeros((9, 3))), r"faces must be whole numbers of shape \(any, 3\), found float64"),
        (changed("f", np.full((9, 3), 23)), r"faces must name vertices 0\.\.22, found 23\.\.23"),
        (changed("f", np.full((9, 3), -1)), r"faces must name vertices 0\.\.22, found -1\.\.-1"),
        (changed("kintree_table", np.zeros((2, 24), int)), r"kintree_table must have shape \(2, 5\), found \(2, 24\)"),
        (changed("kintree_table", np.full((2, 5), np.nan)), "kintree_table must name a parent"),
        (changed("kintree_table", np.full((2, 5), 0.5)), "kintree_table must name a parent"),
        (changed("kintree_table", np.full((2, 5), 7)), "kintree_table must name a parent"),
        (changed("kintree_table", np.full((2, 5), -2)), "kintree_table must name a parent"),
        (changed("kintree_table", np.full((2, 5), 4)), "parents must come before their children"),
        (changed("kintree_table", np.full((2, 5), "x" * 999)), "kintree_table must name a parent .* found .{0,200}$"),
        (changed("kintree_table", np.full((2, 5), "0")), "kintree_table must name a parent"),
        (changed("n_identity", 21), r"n_identity must lie in 0\.\.20"),
        (changed("n_identity", -1), r"n_identity must lie in 0\.\.20"),
        (changed("n_identity", True), r"n_identity must lie in 0\.\.20"),
        (changed("n_identity", "ten"), r"n_identity must lie in 0\.\.20"),
        (changed("n_identity", np.zeros(3, int)), r"n_identity must lie in 0\.\.20"),
    ],
)
def test_a_wrong_array_is_named(tmp_path, arrays, message):
    modules = {"flame_files": "scipy"}
    path = write(tmp_path, old_pickle(arrays, 5, python2=False, **modules))
    with pytest.raises(ModelError, match=r"^" + str(path) + ": " + message) as caught:
        load_model(path)
    assert str(caught.value).endswith(".")


def test_n_identity_of_the_caller_is_checked_too(tmp_path):
    with pytest.raises(ModelError, match=r"n_identity must lie in 0\.\.20"):
        load_model(write(tmp_path, head_arrays()), n_identity=21)


WRONG_FILES = {
    "masks": (pickle.dumps({"face": np.arange(5), "neck": np.arange(3)}), "2 named regions"),
    "landmarks": (pickle.dumps({"lmk_face_idx": np.arange(51), "lmk_b_coords": np.ones((51, 3)) / 3}), "of 51 points"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG image"),
    "web page": (b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>", "a web page"),
    "text": (b"hello", "nothing known"),
    "obj": (b"# a comment\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "an .obj mesh"),
    "Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
    "a number": (pickle.dumps(3), "nothing known"),
    "an array": (pickle.dumps(np.zeros(3)), "nothing known"),
}


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_wrong_file_is_named_for_what_it_is(tmp_path, kind):
    content, looks = WRONG_FILES[kind]
    with pytest.raises(ModelError, match=rf"head.pkl: expected a FLAME model \(.pkl or .npz\), found .*{looks}"):
        load_model(write(tmp_path, content))


def test_a_texture_is_named_for_what_it_is(tmp_path):
    path = write(tmp_path, {"mean": np.zeros((4, 4, 3)), "tex_dir": np.zeros((4, 4, 3, 2))}, "FLAME_texture.npz")
    with pytest.raises(ModelError, match="found a texture model; choose another file"):
        load_model(path)


def test_no_file_a_folder_and_an_empty_file(tmp_path):
    with pytest.raises(ModelError, match=r"none.pkl: expected a file, found none"):
        load_model(tmp_path / "none.pkl")
    with pytest.raises(ModelError, match=r"expected a file, found a folder"):
        load_model(tmp_path)
    with pytest.raises(ModelError, match=r"head.pkl: expected 1 to \d+ bytes, found 0"):
        load_model(write(tmp_path, b""))
    with pytest.raises(ModelError, match=r"head.pkl/inside: cannot be read \(Not a directory\)"):
        load_model(tmp_path / "head.pkl" / "inside")


def test_paths_may_be_texts(tmp_path):
    assert load_model(str(write(tmp_path, head_arrays()))).n_vertices == 23


def test_neither_chumpy_nor_scipy_nor_torch_nor_pickle_is_imported(tmp_path):
    path = write(tmp_path, flame_2020(head_arrays()))
    code = (
        "import sys; from flame_blender.model_files.loading import load_model; import numpy; before = set(sys.modules);"
        f"load_model({str(path)!r}); print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_chumpy_around_every_array(tmp_path):
    arrays = head_arrays()
    wrapped = {key: Ch(array) if isinstance(array, np.ndarray) else array for key, array in arrays.items()}
    assert_is(load_model(write(tmp_path, old_pickle(wrapped))), arrays, 10)


@pytest.mark.parametrize("layout", ["chumpy", "numpy", "npz"])
@pytest.mark.parametrize("kind", KINDS)
def test_full_size_files(tmp_path, kind, layout):
    """On FLAME's own topology where the released template is there, and the project's own of that size."""
    path = tmp_path / f"head.{'npz' if layout == 'npz' else 'pkl'}"
    if kind == "released":
        subprocess.run([sys.executable, MAKER, path, "--format", layout], check=True)
        with np.load(SHARED_DATA / "flame2023_open_identity60.npz") as real:
            expected = real["v_template"], real["shapedirs"], real["faces"]
    else:
        arrays = face_like_arrays()
        if layout == "npz":
            np.savez(path, **arrays)
        else:
            path.write_bytes(flame_2020(arrays) if layout == "chumpy" else flame_2023_open(arrays, 100))
        expected = arrays["v_template"], arrays["shapedirs"], arrays["f"]
    model, (template, directions, faces) = load_model(path), expected
    np.testing.assert_array_equal(model.v_template, template.astype(np.float32))
    np.testing.assert_array_equal(model.shapedirs[:, :, : directions.shape[2]], directions.astype(np.float32))
    np.testing.assert_array_equal(model.faces, faces)
    assert (model.n_vertices, model.n_identity, model.n_expression) == (5023, 300, 100)
    if kind == "released" or layout == "numpy":  # told by the template, or by what lies beside the arrays
        assert model.release == "FLAME 2023 Open"
