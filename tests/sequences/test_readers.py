"""Files written as each tool writes them come back number for number."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from flame_blender.errors import SequenceError
from flame_blender.flame.params import FlameParams
from flame_blender.long_work import result_of
from flame_blender.sequences import FlameSequence, load_sequence
from flame_blender.sequences.loading import loading_sequence


def equal(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(found, expected, strict=True)


def assert_vhap(found: FlameSequence, arrays: dict[str, np.ndarray]) -> None:
    params = found.params
    names = {"global_rotation": "rotation", "neck": "neck_pose", "jaw": "jaw_pose", "translation": "translation"}
    for field, key in names.items():
        equal(getattr(params, field), arrays[key])
    equal(np.concatenate([params.left_eye, params.right_eye], 1), arrays["eyes_pose"])
    equal(params.expression, arrays["expr"])
    equal(found.identity, arrays["shape"])
    assert (found.source, found.fps) == ("VHAP", 30)


def test_vhap_tracking(tmp_path, vhap_arrays):
    arrays = vhap_arrays(9)
    offset = np.random.default_rng(1).normal(0, 1e-3, (1, 5143, 3)).astype(np.float32)
    extras = {"timestep_id": np.arange(9), "n_processed_frames": 9, "image_size": np.array([480, 640])}
    extras |= {"static_offset": offset, "focal_length": np.array([1.5]), "tex_extra": np.ones((3, 600, 600), "f4")}
    np.savez(tmp_path / "tracked_flame_params_30.npz", **arrays, **extras)
    found = load_sequence(tmp_path / "tracked_flame_params_30.npz")
    assert_vhap(found, arrays)
    equal(found.offsets, offset[0, :5023])
    assert any("120 vertices of teeth" in note for note in found.notes)
    assert (found.camera.width, found.camera.height) == (640, 480)
    assert found.camera.intrinsics.tolist() == [960, 960, 320, 240]
    # the camera stands at (0, 0, 1) m and looks along -Z, Y up
    ((u, v),) = found.camera.project(np.array([[0.1, 0.2, 0.0]]))
    assert u == pytest.approx(320 + 96)
    assert v == pytest.approx(240 - 192)


def test_gaussian_avatars_folder(tmp_path, vhap_arrays):
    arrays = vhap_arrays(11)
    folder = tmp_path / "flame_param"
    folder.mkdir()
    for i in range(11):
        frame = {key: value[i : i + 1] for key, value in arrays.items() if key != "shape"}
        np.savez(folder / f"{i}.npz", **frame, shape=arrays["shape"], static_offset=np.zeros((1, 5143, 3), "f4"))
    np.savez(tmp_path / "canonical_flame_param.npz", expr=np.zeros((1, 100)))
    heard: list[float] = []
    assert_vhap(result_of(loading_sequence(tmp_path), heard.append), arrays)
    assert heard[-1] == 1
    (folder / "5.npz").unlink()
    with pytest.raises(SequenceError, match=r"flame_param: .*none between 4 and 6"):
        load_sequence(tmp_path)


def test_frames_of_mixed_sizes_are_refused(tmp_path, vhap_arrays):
    for i in range(3):
        arrays = vhap_arrays(1)
        arrays["expr"] = arrays["expr"][:, : 100 - 50 * (i == 2)]
        np.savez(tmp_path / f"{i:05d}.npz", **arrays)
    with pytest.raises(
        SequenceError, match=r"size of expression must be the same .* \(100,\) in the first and \(50,\)"
    ):
        load_sequence(tmp_path)


def assert_deca(found: FlameSequence, code: dict[str, np.ndarray]) -> None:
    equal(found.params.pose6(), code["pose"])
    equal(found.params.expression, code["exp"])
    equal(found.identity, code["shape"][0])
    assert (found.source, found.release, found.fps) == ("DECA", "FLAME 2020", None)
    points = np.random.default_rng(5).normal(0, 0.1, (len(found), 30, 3))
    scale, shift = code["cam"][:, None, :1], code["cam"][:, None, 1:]
    expected = scale * (points[..., :2] + shift) * (1, -1)
    np.testing.assert_allclose(found.camera.project(points), 112 + 112 * expected, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("shape", ["batch", "list", "by image", "wrapped"])
@pytest.mark.parametrize("container", ["npy", "pkl", "json"])
def test_codedicts_in_every_shape(tmp_path, codedict, shape, container):
    code = codedict(12)
    one = [{key: value[i : i + 1] for key, value in code.items()} for i in range(12)]
    by_image = {f"frame{i}.jpg": one[i] for i in np.random.default_rng(0).permutation(12)}
    value = {"batch": code, "list": one, "by image": by_image, "wrapped": {"codedict": code}}[shape]
    path = tmp_path / f"code.{container}"
    if container == "npy":
        np.save(path, value, allow_pickle=True)
    elif container == "pkl":
        path.write_bytes(pickle.dumps(value))
    else:
        path.write_text(json.dumps(value, default=lambda array: array.tolist()))
    assert_deca(load_sequence(path), code)


def test_a_folder_of_codedicts(tmp_path, codedict):
    code = codedict(12)
    for i in range(12):
        np.save(tmp_path / f"img_{i}.npy", {key: value[i] for key, value in code.items()}, allow_pickle=True)
    assert_deca(load_sequence(tmp_path), code)


def test_a_mat_is_refused_with_what_to_do(tmp_path):
    from scipy.io import savemat

    savemat(tmp_path / "a.mat", {"verts": np.zeros((5, 3))})
    with pytest.raises(SequenceError, match=r"a.mat: expected FLAME parameters, found a .mat .*only vertices"):
        load_sequence(tmp_path / "a.mat")


@pytest.mark.parametrize("names", [("exp", "shape"), ("expr", "betas"), ("expression_params", "shape_params")])
def test_usual_names(tmp_path, names):
    rng = np.random.default_rng(0)
    expression, identity, pose = rng.normal(size=(6, 50)), rng.normal(size=(1, 100)), rng.normal(size=(6, 15))
    np.savez(tmp_path / "a.npz", **{names[0]: expression, names[1]: identity}, pose=pose, fps=24)
    found = load_sequence(tmp_path / "a.npz")
    equal(found.params.pose15(), pose.astype(np.float32))
    equal(found.params.expression, expression.astype(np.float32))
    equal(found.identity, identity[0].astype(np.float32))
    assert found.fps == 24


@pytest.mark.parametrize("form", ["matrix", "6D"])
def test_usual_names_with_other_rotations(tmp_path, form):
    from scipy.spatial.transform import Rotation

    turns = Rotation.random(8, random_state=3)
    matrices = turns.as_matrix()
    np.savez(tmp_path / "a.npz", jaw_pose=matrices if form == "matrix" else matrices[:, :2].reshape(8, 6))
    expected = turns.as_rotvec().astype(np.float32)
    np.testing.assert_allclose(load_sequence(tmp_path / "a.npz").params.jaw, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"exp": np.zeros((3, 5)), "expr": np.zeros((3, 5))}, "found expr and exp; remove one"),
        ({"exp": np.zeros((3, 5)), "pose": np.zeros((3, 7))}, "pose must hold 6 numbers .* found 7"),
        ({"exp": np.zeros((3, 5)), "jaw": np.zeros((2, 3))}, "same number of frames, found exp 3, jaw 2"),
        ({"exp": np.full((3, 5), np.nan)}, "exp must hold finite numbers"),
        ({"exp": np.zeros((3, 5000))}, "exp must have at most 1000 coefficients, found 5000"),
        ({"exp": np.zeros((3, 2, 5))}, r"exp must have shape \(frames, any\), found float64 \(3, 2, 5\)"),
        ({"exp": np.zeros((0, 5))}, r"exp must have shape"),
        ({"exp": np.array(["a"])}, "exp must hold numbers"),
        ({"exp": np.zeros((3, 5)), "fps": -1}, "fps must be one number, 0 or above, found -1"),
        ({"exp": np.zeros((3, 5)), "jaw": np.zeros((3, 6))}, "jaw must hold two orthonormal rows"),
        ({"exp": np.full((3, 5), 1e300)}, "finite"),
        ({"something": np.zeros(3)}, "found the keys something"),
    ],
)
def test_bad_values_are_named(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(SequenceError, match=f"^{tmp_path / 'a.npz'}: .*{message}"):
        load_sequence(tmp_path / "a.npz")


class _Hostile:
    def __reduce__(self):
        return print, ("ran",)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "expected 1 to"), (b"{", "expected whole JSON"), (b"[" * 100_000, "expected whole JSON"),
        (b"abc", "expected parameters of a FLAME head"), (pickle.dumps({"exp": _Hostile()}), "not on the list"),
        (b'{"exp": [[1, 2], [3]]}', "exp must hold numbers"), (b'{"exp": [[NaN]]}', "exp must hold finite"),
        (b"[]", "expected parameters"), (b'{"exp": [[1e999]]}', "finite"),
        (b'{"exp": [[%s]]}' % (b"9" * 400), "exp must hold numbers"),
    ],
)  # fmt: skip
def test_hostile_files_are_named(tmp_path, raw, message):
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(SequenceError, match=f"^{tmp_path / 'a'}: .*{message}"):
        load_sequence(tmp_path / "a")


def test_an_empty_folder_and_no_file(tmp_path):
    with pytest.raises(SequenceError, match="expected a file for each frame, found an empty folder"):
        load_sequence(tmp_path)
    with pytest.raises(SequenceError, match="expected a file, found none"):
        load_sequence(tmp_path / "absent")


def test_params_without_movement_keep_their_frames(tmp_path):
    np.savez(tmp_path / "a.npz", exp=np.zeros((1, 5)), shape=np.arange(3.0))
    found = load_sequence(tmp_path / "a.npz")
    assert len(found) == 1
    assert isinstance(found.frame(0), FlameParams)
