"""What a file leaves open: the order of a pose's numbers, and a body that turns the head."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import SequenceError
from flame_blender.flame.params import VECTOR_FIELDS
from flame_blender.geometry.rotations import matrix_from_axis_angle
from flame_blender.sequences import load_sequence
from flame_blender.sequences.choices import AUTO, POSE_LAYOUTS, ROOT_6D, SIXD_LAYOUTS, Choices, layouts_of

FRAMES = 6
CHAIN, HEAD = (0, 3, 6, 9, 12), 15
TO_FLAME = {  # what turns each world's up to +Y, the front staying the front
    "Y": np.eye(3),
    "Z": np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-Y": np.diag([1, -1, -1]),
}


@pytest.fixture
def rng():
    return np.random.default_rng(44)


def plain(path, **arrays):
    np.savez(path / "clip.npz", expression=np.zeros((FRAMES, 5), np.float32), **arrays)
    return path / "clip.npz"


@pytest.mark.parametrize("layout", POSE_LAYOUTS)
def test_a_pose_is_read_in_the_order_asked_for(tmp_path, rng, layout):
    joints = POSE_LAYOUTS[layout]
    pose = rng.normal(0, 0.3, (FRAMES, 3 * len(joints))).astype(np.float32)
    found = load_sequence(plain(tmp_path, pose=pose), pose_layout=layout)
    for name in VECTOR_FIELDS:
        expected = pose[:, 3 * joints.index(name) :][:, :3] if name in joints else np.zeros(3)
        np.testing.assert_array_equal(getattr(found.params, name), expected)
    assert layout in found.found.layouts and set(found.found.layouts) == set(layouts_of(3 * len(joints)))


@pytest.mark.parametrize(("width", "usual"), [(6, "ROOT_JAW"), (15, "ROOT_NECK_JAW_EYES")])
def test_without_a_choice_the_usual_order_is_taken(tmp_path, rng, width, usual):
    path = plain(tmp_path, pose=rng.normal(0, 0.3, (FRAMES, width)))
    found, asked = load_sequence(path), load_sequence(path, pose_layout=usual)
    assert all(np.array_equal(getattr(found.params, name), getattr(asked.params, name)) for name in VECTOR_FIELDS)
    assert found.found == asked.found


def test_six_numbers_that_are_a_6d_rotation_are_told_apart(tmp_path, rng):
    turns = Rotation.from_rotvec(rng.normal(0, 0.4, (FRAMES, 3)))
    path = plain(tmp_path, pose=turns.as_matrix()[:, :2].reshape(-1, 6))
    for layout in (AUTO, ROOT_6D):
        found = load_sequence(path, pose_layout=layout)
        np.testing.assert_allclose(found.params.global_rotation, turns.as_rotvec(), atol=1e-6)
        assert not found.params.jaw.any()
    assert load_sequence(path, pose_layout="ROOT_JAW").params.jaw.any()


@pytest.mark.parametrize("width", [3, 9, 12])
def test_lengths_without_a_usual_order_ask_for_one(tmp_path, rng, width):
    path = plain(tmp_path, pose=rng.normal(0, 0.3, (FRAMES, width)))
    with pytest.raises(SequenceError, match=rf"pose of {width} numbers .* layout ROOT.* or .*, found none; choose"):
        load_sequence(path)
    assert load_sequence(path, pose_layout=layouts_of(width)[0]).params.global_rotation.any()


@pytest.mark.parametrize("layout", SIXD_LAYOUTS)
def test_a_pose_of_6d_rotations_is_read_where_it_is_asked_for(tmp_path, rng, layout):
    joints = SIXD_LAYOUTS[layout]
    turns = {joint: Rotation.from_rotvec(rng.normal(0, 0.4, (FRAMES, 3))) for joint in joints}
    six = np.concatenate([turn.as_matrix()[:, :2].reshape(-1, 6) for turn in turns.values()], 1)
    found = load_sequence(plain(tmp_path, pose=six), pose_layout=layout)
    for joint, turn in turns.items():
        np.testing.assert_allclose(getattr(found.params, joint), turn.as_rotvec(), atol=1e-6)
    assert layout in found.found.layouts and "6D" in found.found.pose
    with pytest.raises(SequenceError, match=rf"found {layout}"):
        load_sequence(plain(tmp_path, pose=six + 0.2), pose_layout=layout)


def test_layouts_that_do_not_fit_are_told(tmp_path, rng):
    path = plain(tmp_path, pose=rng.normal(0, 0.3, (FRAMES, 6)))
    for layout in ("JAW", ROOT_6D):
        with pytest.raises(SequenceError, match=rf"clip\.npz: pose of 6 numbers .* found {layout}"):
            load_sequence(path, pose_layout=layout)
    with pytest.raises(SequenceError, match=r"pose_layout: expected one of AUTO, .* found 'CHIN'"):
        Choices(pose_layout="CHIN")


def test_choices_that_a_file_does_not_leave_open_are_noted(tmp_path, codedict):
    np.save(tmp_path / "code.npy", codedict(3), allow_pickle=True)
    usual = load_sequence(tmp_path / "code.npy")
    found = load_sequence(tmp_path / "code.npy", pose_layout="JAW_ROOT", body_rotation=True)
    np.testing.assert_array_equal(found.params.pose6(), usual.params.pose6())
    assert usual.found.layouts == () and not usual.found.body
    assert sum("is not used" in note for note in found.notes) == 2


def standing(rng, up):
    """(FRAMES, 22, 3) axis-angle of a body that stands upright in its world, and (FRAMES, 3, 3) of its head there."""
    turns = rng.normal(0, 0.25, (FRAMES, 22, 3))
    root = Rotation.from_matrix(TO_FLAME[up].T) * Rotation.from_rotvec(turns[:, 0])
    turns[:, 0] = root.as_rotvec()
    head = root
    for joint in (*CHAIN[1:], HEAD):
        head *= Rotation.from_rotvec(turns[:, joint])
    return turns, head.as_matrix()


def write_body(path, kind, turns):
    """As BEAT2, AMASS and the SMPL-X add-on write clips; SMPLify-X and ExPose one body, here the first frame's."""
    full = np.concatenate([turns.reshape(FRAMES, -1), np.zeros((FRAMES, 165 - 66))], 1)
    clip = {"poses": full, "betas": np.ones(16), "trans": np.ones((FRAMES, 3)), "mocap_frame_rate": 30}
    jaw = {"jaw_pose": np.zeros((1, 3)), "betas": np.ones((1, 10))}
    if kind == "smplifyx":
        value = {"body_pose": turns[:1, 1:].reshape(1, 63), "global_orient": turns[:1, 0]}
        (path / "a.pkl").write_bytes(pickle.dumps(value | jaw | {"camera_rotation": np.eye(3)[None]}, protocol=2))
        return path / "a.pkl"
    if kind == "expose":
        matrices = Rotation.from_rotvec(turns[0]).as_matrix()
        value = {"body_pose": matrices[1:], "global_orient": matrices[:1], "jaw_pose": np.eye(3)[None]}
        np.savez(path / "a.npz", **value, betas=np.ones(10))
    elif kind == "amass":
        np.savez(path / "a.npz", **clip, surface_model_type="smplx")
    else:
        np.savez(path / "a.npz", **clip)
    return path / "a.npz"


BODIES = [("beat2", "Y"), ("amass", "Z"), ("smplifyx", "-Y"), ("expose", "-Y"), ("expose", "Y"), ("add-on", "Z")]


@pytest.mark.parametrize(("kind", "up"), BODIES)
def test_root_and_neck_together_turn_the_head_as_the_body_does(tmp_path, rng, kind, up):
    """Against SciPy's product along the chain, in FLAME's axes; the neck stays SMPL-X's joint 15."""
    turns, head = standing(rng, up)
    found = load_sequence(write_body(tmp_path, kind, turns), body_rotation=True)
    root, neck = (found.values(name) for name in ("global_rotation", "neck"))
    together = matrix_from_axis_angle(root) @ matrix_from_axis_angle(neck)
    np.testing.assert_allclose(together, TO_FLAME[up] @ head[: len(found)], atol=1e-5)
    np.testing.assert_allclose(neck, turns[: len(found), HEAD], atol=1e-6)
    assert not found.params.translation.any() and any(f"{up} up" in note for note in found.notes)
    without = load_sequence(write_body(tmp_path, kind, turns))
    assert without.found.body and not without.params.global_rotation.any()
    np.testing.assert_array_equal(without.params.neck, found.params.neck)


def test_motion_capture_lying_down_stays_lying(tmp_path, rng):
    """AMASS' world is Z up whatever the body does."""
    turns = np.zeros((FRAMES, 22, 3))
    found = load_sequence(write_body(tmp_path, "amass", turns), body_rotation=True)
    up = matrix_from_axis_angle(found.values("global_rotation"))[:, :, 1]
    np.testing.assert_allclose(up, np.tile([0, 0, -1.0], (FRAMES, 1)), atol=1e-6)


@pytest.mark.parametrize("change", ["a code", "unequal", "no rotations"])
def test_bodies_that_cannot_turn_the_head(tmp_path, rng, change):
    turns, _ = standing(rng, "Y")
    value = {"betas": np.ones((1, 10)), "jaw_pose": np.zeros((FRAMES, 3)), "global_orient": turns[:, 0]}
    body = {"a code": np.ones((FRAMES, 32)), "unequal": turns[:4, 1:].reshape(4, -1)}
    value["body_pose"] = body.get(change, np.ones((FRAMES, 21, 3, 3)))
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(value, protocol=2))
    if change == "a code":
        found = load_sequence(tmp_path / "a.pkl", body_rotation=True)
        assert not found.params.global_rotation.any() and any("is not used" in note for note in found.notes)
        return
    with pytest.raises(SequenceError, match=r"a\.pkl: "):
        load_sequence(tmp_path / "a.pkl", body_rotation=True)
