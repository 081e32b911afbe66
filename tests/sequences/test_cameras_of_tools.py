"""Cameras that tools keep beside the head or instead of its motion: points fall on the pixels that the tool has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from flame_blender.errors import SequenceError
from flame_blender.sequences import load_sequence
from tests.sequences.tool_writers import FRAMES, Tool, gaussian_avatars, gif_samples, pixel3dmm, vggheads

POINTS = np.random.default_rng(0).normal(0, 0.1, (30, 3))


def columns_of_6d(six: torch.Tensor) -> torch.Tensor:
    """(N, 6) -> (N, 3, 3) with the six numbers' axes as columns, written out apart from the reader's."""
    first = torch.nn.functional.normalize(six[:, :3], dim=1)
    third = torch.nn.functional.normalize(torch.linalg.cross(first, six[:, 3:]), dim=1)
    return torch.stack([first, torch.linalg.cross(third, first), third], 2)


def test_vggheads_projects_as_its_flame_layer(tmp_path):
    path, *_ = vggheads(Tool(5), tmp_path)
    vectors = torch.from_numpy(np.load(path)).double()
    moved = torch.from_numpy(POINTS) + torch.tensor([0, 0, 0.05])
    turned = moved @ columns_of_6d(vectors[:, 403:409]).transpose(1, 2)
    expected = turned[..., :2] * vectors[:, None, 412:] + vectors[:, None, 409:411]
    camera = load_sequence(path).camera
    assert camera.orthographic and (camera.width, camera.height) == (640, 640)
    np.testing.assert_allclose(camera.project(POINTS), expected.numpy(), atol=1e-3)


def pixels_of_pixel3dmm(frame: dict[str, Any], points: torch.Tensor) -> np.ndarray:
    """(N, 2) where the tool draws ``points`` (N, 3), step for step as in tracking/tracker.py."""
    flame, camera = frame["flame"], frame["camera"]
    size = float(frame["img_size"][0])
    numbers = {key: torch.from_numpy(value[0]).double() for key, value in (flame | camera).items() if key != "shape"}
    moved = torch.einsum("ny,xy->nx", points, numbers["R_rotation_matrix"]) + numbers["t"]
    seen = moved @ numbers["R_base_0"].T + numbers["t_base_0"]
    intrinsics = torch.eye(3, dtype=torch.float64)
    intrinsics[0, 0] = intrinsics[1, 1] = numbers["fl"][0] * size
    intrinsics[:2, 2] = size / 2 + 0.5 + numbers["pp"] * (size / 2 + 0.5)
    intrinsics[0, 2] = size - intrinsics[0, 2]
    drawn = -(seen / -seen[:, 2:] @ intrinsics.T)[:, :2]
    return np.stack([size - 1 - drawn[:, 0], drawn[:, 1]], 1)


def test_pixel3dmm_projects_as_its_tracker(tmp_path):
    """R turns about the origin, not about FLAME's root joint, so that only a camera can hold it for every model."""
    path, *_ = pixel3dmm(Tool(5), tmp_path)
    camera = load_sequence(path).camera
    for step, file in enumerate(sorted(path.glob("*.frame"))):
        expected = pixels_of_pixel3dmm(torch.load(file, weights_only=False), torch.from_numpy(POINTS))
        np.testing.assert_allclose(camera[step : step + 1].project(POINTS).reshape(-1, 2), expected, atol=2e-3)


def test_pixel3dmm_without_a_camera_is_read_before_one_that_is_made_up(tmp_path):
    path, *_ = pixel3dmm(Tool(5), tmp_path)
    for file in path.glob("*.frame"):
        torch.save(torch.load(file, weights_only=False) | {"camera": {}}, file)
    found = load_sequence(path)
    assert found.camera.n_frames == FRAMES and "The camera is not in the file: it is made up." in found.notes


@pytest.mark.parametrize(
    ("columns", "value", "message"),
    [
        (slice(403, 409), 0.0, r"rotation_6d must hold two axes that are not parallel"),
        (slice(412, 413), -1.0, r"scale must be above 0, found -1"),
        (slice(0, 3), np.nan, r"must hold finite numbers"),
    ],
)
def test_vggheads_bad_vectors_are_named(tmp_path, columns, value, message):
    path, *_ = vggheads(Tool(5), tmp_path)
    vectors = np.load(path)
    vectors[2, columns] = value
    np.save(path, vectors)
    with pytest.raises(SequenceError, match=rf"heads\.npy.*{message}"):
        load_sequence(path)


def test_gif_samples_whose_rows_cannot_be_told_are_refused(tmp_path):
    path, *_ = gif_samples(Tool(6), tmp_path)
    value = np.load(path, allow_pickle=True).item()
    value["shape"] = np.random.default_rng(0).normal(size=(2 * FRAMES, 100))
    np.save(path, value, allow_pickle=True)
    with pytest.raises(SequenceError, match=r"shape must have 7 rows as exp, or every batch of them twice, found 14"):
        load_sequence(path)


class DataSet:
    """A data set of several views, as VHAP's writer makes it; intrinsics of each view its own."""

    def __init__(self, folder: Path, cameras: int = 3, moving: bool = False) -> None:
        rng = np.random.default_rng(9)
        gaussian_avatars(Tool(9), folder)
        self.folder = folder
        self.frames: list[Any] = []
        angles = rng.uniform(0.4, 1.2, cameras) * (-1) ** np.arange(cameras)
        turns = Rotation.from_rotvec(angles[:, None] * [0, 1, 0])
        self.world_to_pixels: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}
        self.front = int(np.argmax(turns.as_matrix()[:, 2, 2]))
        for step in range(FRAMES):
            for camera in range(cameras):
                matrix = np.eye(4)
                matrix[:3, :3] = turns[camera].as_matrix()
                matrix[:3, 3] = matrix[:3, 2] * 1.2 + rng.normal(0, 0.01, 3) * moving
                self._add(step, camera, matrix)

    def _add(self, step: int, camera: int, matrix: np.ndarray) -> None:
        lens = {"fl_x": 1000.0 + camera, "fl_y": 1010.0 + camera, "cx": 250.0, "cy": 260.5, "h": 512, "w": 500}
        frame = {"timestep_index": step, "camera_index": camera, "camera_id": str(camera), **lens}
        frame |= {"transform_matrix": matrix.tolist(), "file_path": f"images/{step:05d}_{camera:02d}.png"}
        self.frames.append(frame | {"flame_param_path": f"flame_param/{step:05d}.npz"})
        intrinsics = np.array([[lens["fl_x"], 0, lens["cx"]], [0, lens["fl_y"], lens["cy"]], [0, 0, 1]])
        opencv = np.linalg.inv(matrix @ np.diag([1, -1, -1, 1]))
        self.world_to_pixels[step, camera] = intrinsics, opencv

    def save(self, name: str = "transforms.json", frames: list[dict[str, Any]] | None = None) -> Path:
        text = json.dumps({"frames": self.frames if frames is None else frames}, indent=4)
        (self.folder / name).write_text(text)
        return self.folder

    def pixels(self, step: int, camera: int) -> np.ndarray:
        intrinsics, opencv = self.world_to_pixels[step, camera]
        seen = (POINTS @ opencv[:3, :3].T + opencv[:3, 3]) @ intrinsics.T
        return seen[:, :2] / seen[:, 2:]


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize("chosen", ["the data set", "flame_param"])
def test_a_data_sets_camera_in_front_is_read(tmp_path, moving, chosen):
    data = DataSet(tmp_path, moving=moving)
    folder = data.save()
    found = load_sequence(folder if chosen == "the data set" else folder / "flame_param")
    assert len(found) == FRAMES and (found.camera.width, found.camera.height) == (500, 512)
    assert any(f"number {data.front} of 3 in transforms.json" in note for note in found.notes)
    assert (found.camera.translation.ndim == 2) == moving
    for step in (0, FRAMES - 1):
        camera = found.camera[step : step + 1]
        expected = data.pixels(step, data.front)
        np.testing.assert_allclose(camera.project(POINTS).reshape(-1, 2), expected, atol=1e-6)
        assert camera.image_paths == (str(folder / f"images/{step:05d}_{data.front:02d}.png"),)


def test_a_divided_data_set(tmp_path):
    data = DataSet(tmp_path)
    (tmp_path / "transforms.json").unlink()
    test = [frame for frame in data.frames if frame["timestep_index"] >= 5]
    front = [frame for frame in data.frames if frame not in test and frame["camera_index"] == data.front]
    data.save("transforms_test.json", test)
    data.save("transforms_val.json", front)
    data.save("transforms_train.json", [frame for frame in data.frames if frame not in test and frame not in front])
    found = load_sequence(tmp_path)
    np.testing.assert_allclose(found.camera.project(POINTS), data.pixels(0, data.front), atol=1e-6)


def test_intrinsics_once_for_all_and_as_an_angle(tmp_path):
    data = DataSet(tmp_path, cameras=1)
    keys = ("fl_x", "fl_y", "cx", "cy", "w", "h")
    frames = [{key: value for key, value in frame.items() if key not in keys} for frame in data.frames]
    shared = {"w": 500, "h": 512, "camera_angle_x": 2 * np.arctan(250 / 1000)}
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames, **shared}))
    np.testing.assert_allclose(load_sequence(tmp_path).camera.intrinsics, [1000, 1000, 250, 256])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frames: frames.pop(), "expected a camera for each of the 7 frames"),
        (lambda frames: frames[3].update(fl_x=-1), "fl_x must be one number above 0"),
        (lambda frames: frames[3].update(w=501), "w and h must be the same"),
        (lambda frames: frames[3].update(transform_matrix=[[1, 2], [3, 4]]), "transform_matrix must have shape"),
        (lambda frames: frames[3].update(transform_matrix=np.ones((4, 4)).tolist()), "must be a rotation matrix"),
        (lambda frames: [frame.update(w=1e300) for frame in frames], "sides of 1 to 65536 pixels"),
        (lambda frames: frames.append(3), "frames must be a list of dicts"),
    ],
)
def test_a_camera_that_cannot_be_read_is_told_and_the_head_is_read(tmp_path, change, message):
    data = DataSet(tmp_path, cameras=1)
    change(data.frames)
    found = load_sequence(data.save())
    assert len(found) == FRAMES and found.camera is None
    assert any(note.startswith("The camera is left out.") and message in note for note in found.notes)
