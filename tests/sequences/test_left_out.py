"""What a reader does not take of a file is told; one record, one mesh and one frame are as good as many."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import SequenceError
from flame_blender.sequences import load_sequence
from flame_blender.sequences.meshes import load_meshes
from tests.sequences.random_clips import FRAMES, Tool
from tests.sequences.tool_writers import TOOLS

TOLD = "Left out of the file: "
WRITERS = {write.__name__: write for write in TOOLS}


def left_out(clip) -> set[str]:
    notes = [note for note in clip.notes if note.startswith(TOLD)]
    return {name for note in notes for name in note.removeprefix(TOLD).rstrip(".").split(", ")}


@pytest.mark.parametrize(
    ("tool", "names"),
    [
        ("metrical_tracker", {"tex", "sh", "camera", "frame_id", "global_step"}),
        ("flame_head_tracker", {"tex", "fov", "img", "blendshape_scores"}),
        ("deca", {"tex"}),
        ("gagavatar_track", {"bbox"}),
        ("vggheads_annotation", {"bbox", "points"}),
        ("cap4d", {"camera_order"}),
        ("beat2", {"betas", "trans", "model", "gender"}),
        ("imavatar", {"file_path", "world_mat", "intrinsics"}),
        ("gif_samples", {"cam", "light_code", "texture_code", "identity_indices"}),
        ("this_add_on", set()),
        ("voca", set()),
        ("artalk", set()),
    ],
)
def test_the_keys_that_a_reader_leaves_are_told(tmp_path, tool, names):
    path, *_ = WRITERS[tool](Tool(1), tmp_path)
    assert left_out(load_sequence(path)) == names


def test_every_key_of_a_plain_file_is_read_or_told(tmp_path):
    """Whatever the keys are called: none goes missing without a word."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        strange = {f"key_{rng.integers(10**6)}": rng.normal(size=(FRAMES, 3)) for _ in range(rng.integers(1, 9))}
        np.savez(
            tmp_path / "a.npz", expression=rng.normal(size=(FRAMES, 5)), jaw=rng.normal(size=(FRAMES, 3)), **strange
        )
        assert left_out(load_sequence(tmp_path / "a.npz")) == strange.keys()


def test_a_list_and_a_dict_of_records_are_frames(tmp_path):
    rng = np.random.default_rng(1)
    expression = rng.normal(size=(12, 5)).astype(np.float32)
    records = [{"expression": row, "jaw_pose": np.zeros(3)} for row in expression]
    (tmp_path / "list.pkl").write_bytes(pickle.dumps(records))
    (tmp_path / "dict.pkl").write_bytes(pickle.dumps({f"img{k}": records[k] for k in rng.permutation(12)}))
    (tmp_path / "one.json").write_text(json.dumps([{"expression": expression[0].tolist()}]))
    for name in ("list.pkl", "dict.pkl"):
        np.testing.assert_array_equal(load_sequence(tmp_path / name).params.expression, expression)
    np.testing.assert_array_equal(load_sequence(tmp_path / "one.json").values("expression"), expression[:1])


def test_a_folder_is_read_frame_by_frame_and_strangers_are_named(tmp_path):
    rng = np.random.default_rng(2)
    expression = rng.normal(size=(5, 7)).astype(np.float32)
    for frame in range(5):
        np.savez(tmp_path / f"frame_{frame:03d}.npz", expression=expression[frame], jaw=np.zeros(3))
    np.savez(tmp_path / "statistics.npz", mean=np.zeros(3))
    (tmp_path / "settings.json").write_text("{}")
    clip = load_sequence(tmp_path)
    np.testing.assert_array_equal(clip.params.expression, expression)
    assert "Left out of the folder, as no frames: settings.json, statistics.npz." in clip.notes
    (tmp_path / "frame_002.npz").write_bytes(b"PK damaged")
    with pytest.raises(SequenceError, match=r"frame_002\.npz"):
        load_sequence(tmp_path)


def test_no_frame_rate_is_0_and_the_release_is_told_or_missed(tmp_path):
    def clip(**more):
        np.savez(tmp_path / "a.npz", expression=np.zeros((FRAMES, 5)), **more)
        return load_sequence(tmp_path / "a.npz")

    assert clip(fps=0).fps is None
    assert clip(fps=24.0).fps == 24
    for text, release in (("flame2023_open", "FLAME 2023 Open"), ("FLAME2020/generic_model.pkl", "FLAME 2020")):
        named = clip(flame_model=np.array(text))
        assert named.release == release
        assert not any("does not tell its FLAME release" in note for note in named.notes)
    assert any("does not tell its FLAME release" in note for note in clip().notes)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([{"bbox": [1], "score": 2}], "a list of 1, the first with the keys bbox, score"),
        ({"a": 1, "b": 2}, "the keys a, b"),
        ([], "a list of 0"),
        ({"line\nbreak": 1}, r"line\\nbreak"),
    ],
)
def test_a_refusal_names_what_was_found(tmp_path, value, found):
    (tmp_path / "a.json").write_text(json.dumps(value))
    with pytest.raises(SequenceError, match=found) as error:
        load_sequence(tmp_path / "a.json")
    assert "\n" not in str(error.value)
    with pytest.raises(SequenceError, match=found):
        load_meshes(tmp_path / "a.json")


def test_numbers_without_a_name_are_not_guessed(tmp_path):
    np.save(tmp_path / "numbers.npy", np.zeros(300, np.float32))
    with pytest.raises(SequenceError, match=r"an array of float32 \(300,\); .* identity\.npy"):
        load_sequence(tmp_path / "numbers.npy")
    (tmp_path / "kpt68.npy").write_bytes(b"beside it")  # as in MICA's folder
    assert load_sequence(tmp_path / "numbers.npy").source == "MICA"


def projected(camera, points):
    """(N, V, 2) pixels, also of a camera that stands still."""
    pixels = camera.project(points)
    return pixels if pixels.ndim == 3 else pixels[None]


def test_cap4ds_camera_sees_what_its_own_head_shows(tmp_path):
    """Its own order: turned and moved about the origin, Y and Z turned over, extr, pinhole."""
    path, *_ = WRITERS["cap4d"](Tool(5), tmp_path)
    with np.load(path) as file:
        said = {key: file[key] for key in file.files}
    points = np.random.default_rng(0).normal(0, 0.1, (30, 3))
    world = Rotation.from_rotvec(said["rot"]).as_matrix() @ points.T + said["tra"][:, :, None]
    seen = said["extr"][0, :3, :3] @ (world * np.array([1, -1, -1])[:, None]) + said["extr"][0, :3, 3:]
    pixels = np.stack([2600 * seen[:, 0] / seen[:, 2] + 250, 2610 * seen[:, 1] / seen[:, 2] + 260], -1)
    camera = load_sequence(path).camera
    np.testing.assert_allclose(projected(camera, points), pixels, atol=1e-2)
    assert (camera.width, camera.height) == (500, 512)


def test_gagavatars_camera_sees_what_pytorch3d_shows(tmp_path):
    """Rows times R, plus T, X to the left and Y up, a head five times as large, focal length 12 in halves of 512."""
    path, *_ = WRITERS["gagavatar_track"](Tool(6), tmp_path)
    frames = sorted(pickle.loads(path.read_bytes()).items(), key=lambda item: int(item[0].split("_")[1]))
    points = np.random.default_rng(0).normal(0, 0.1, (30, 3))
    pixels = []
    for _, frame in frames:
        x, y, z = (5 * points @ frame["transform_matrix"][:, :3] + frame["transform_matrix"][:, 3]).T
        pixels.append(np.stack([256 - 12 * 256 * x / z, 256 - 12 * 256 * y / z], -1))
    np.testing.assert_allclose(projected(load_sequence(path).camera, points), pixels, atol=1e-2)


@pytest.mark.parametrize("tool", ["vggheads_annotation", "dad_3dheads_demo"])
def test_dad_3dheads_pixels(tmp_path, tool):
    """128 (s + 1) V + 128 (t + 1), V the head moved by 5 cm and turned: head_mesh.reprojected_vertices."""
    path, _, expected = WRITERS[tool](Tool(7), tmp_path)
    said = json.loads(path.read_text())
    heads = [each["3dmm_params"] for each in said] if isinstance(said, list) else [None]
    points = np.random.default_rng(0).normal(0, 0.1, (30, 3))
    pixels = []
    for turn, head in zip(expected["camera"], heads, strict=True):
        place, scale = (head[409:411], head[412]) if head else (said["translation"][:2], said["scale"][0])
        turned = (points + np.array([0, 0, 0.05])) @ turn.T
        pixels.append(128 * (scale + 1) * turned[:, :2] + 128 * (np.array(place) + 1))
    np.testing.assert_allclose(projected(load_sequence(path).camera, points), pixels, atol=1e-2)


def test_vectors_in_either_unit_are_told_apart(tmp_path):
    """DAD-3DHeads' scale is some tens, VGGHeads' some hundreds or thousands: both heads fill a part of a picture."""
    own, *_ = WRITERS["vggheads"](Tool(8), tmp_path)
    assert load_sequence(own).source == "VGGHeads"
    vectors = np.load(own)
    vectors[:, 409:411], vectors[:, 412] = 1.5, 20.8
    np.save(own, vectors)
    found = load_sequence(own)
    assert found.source == "DAD-3DHeads"
    np.testing.assert_allclose(found.camera.intrinsics[:, 0], 128 * 21.8, rtol=1e-6)
