"""Landmark files as each tool writes them come back number for number, with what was assumed said."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import LandmarkError
from flame_blender.landmark_files.layouts import LandmarkFile
from flame_blender.landmark_files.loading import load_landmark_points

RNG = np.random.default_rng(0)
PIXELS = RNG.uniform(50, 400, (68, 2)).round(3)
SPACE = RNG.uniform(-0.1, 0.1, (51, 3)).round(6)
SHARES = RNG.uniform(0.2, 0.8, (478, 3)).round(6)


def written(folder: Path, content: object, name: str = "landmarks.data") -> Path:
    """Text as it is, anything else as JSON, under a name that tells nothing."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def rows(points: np.ndarray, separator: str = " ") -> str:
    return "\n".join(separator.join(map(repr, row)) for row in points.tolist())


def as_xy(points: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip("xyz", point, strict=False)) for point in points.tolist()]


def check(file: LandmarkFile, points: np.ndarray, layout: str) -> None:
    np.testing.assert_allclose(file.points, points, rtol=1e-12)
    assert file.points.dtype == file.weights.dtype == np.float64
    assert file.layout == layout
    assert (file.weights == 1).all()


def test_ibug_pts_counts_pixels_from_one(tmp_path: Path) -> None:
    """300-W's first pixel has its centre at (1, 1), half a pixel from the picture's corner."""
    path = written(tmp_path, f"version: 1\r\nn_points:  68\r\n{{\r\n{rows(PIXELS)}\r\n}}\r\n")
    file = load_landmark_points(path)
    check(file, PIXELS - 0.5, "ibug68")
    assert "count from 1" in file.notes[0]
    assert file.source == f"{path} (iBUG's .pts)"


@pytest.mark.parametrize(("text", "message"), [
    (f"version: 1\nn_points: 67\n{{\n{rows(PIXELS)}\n}}\n", "expected 67 points as n_points says, found 68"),
    (f"version: 1\nn_points: 68\n{{\n{rows(PIXELS)}\n", "damage"),
    ("version: 1\nn_points: 1\n{\n1 two\n}\n", "expected numbers, found 'two'"),
    ("version: 1\nn_points: 1\n{\n1 2 3 4\n}\n", "two or three numbers"),
])  # fmt: skip
def test_damaged_pts_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """A wrong count, an end that is missing, words."""
    with pytest.raises(LandmarkError, match=message):
        load_landmark_points(written(tmp_path, text))


@pytest.mark.parametrize("separator", [" ", ",", ";", "\t", ", ", "   "])
@pytest.mark.parametrize("head", ["", "x{0}y{0}z\n", "# a comment\n"])
def test_tables_of_numbers(tmp_path: Path, separator: str, head: str) -> None:
    """TF_FLAME's 51 x 3 as text: any separator, a heading, comments."""
    file = load_landmark_points(written(tmp_path, head.format(separator) + rows(SPACE, separator) + "\n"))
    check(file, SPACE, "ibug51")


def test_tables_with_a_column_of_numbers_or_names(tmp_path: Path) -> None:
    """A column that counts the rows is none of the coordinates, and neither are names."""
    counted = "\n".join(f"{i},{x},{y}" for i, (x, y) in enumerate(PIXELS, 1))
    check(load_landmark_points(written(tmp_path, f"id,x,y\n{counted}")), PIXELS, "ibug68")
    named = "\n".join(f"point {i},{x},{y}" for i, (x, y) in enumerate(PIXELS))
    file = load_landmark_points(written(tmp_path, named))
    check(file, PIXELS, "ibug68")
    assert file.names[3] == "point 3"
    check(load_landmark_points(written(tmp_path, " ".join(map(repr, PIXELS.ravel().tolist())))), PIXELS, "ibug68")


@pytest.mark.parametrize("saved", ["npy", "npz", "list npy", "pickle", "transposed", "float32"])
def test_numpy_files(tmp_path: Path, saved: str) -> None:
    """face-alignment's arrays and lists of faces, TF_FLAME's, MATLAB's (2, 68); of several faces the first."""
    path = tmp_path / "saved"
    with path.open("wb") as out:
        if saved == "npz":
            np.savez(out, landmarks=PIXELS)
        elif saved == "list npy":
            np.save(out, np.stack([PIXELS, PIXELS + 9]))
        elif saved == "pickle":
            pickle.dump([PIXELS, PIXELS + 9], out)
        elif saved == "transposed":
            np.save(out, PIXELS.T)
        else:
            np.save(out, PIXELS.astype(np.float32) if saved == "float32" else PIXELS)
    file = load_landmark_points(path)
    check(file, PIXELS.astype(np.float32) if saved == "float32" else PIXELS, "ibug68")
    several = saved in ("list npy", "pickle")
    assert file.notes == (("The first of 2 faces is used.",) if several else ())


def test_face_alignment_in_space_can_be_taken_flat(tmp_path: Path) -> None:
    """(68, 3) is kept, or loses its depth where points of a picture are wanted, which is said."""
    points = np.column_stack([PIXELS, RNG.uniform(-50, 50, 68)])
    path = tmp_path / "saved.npy"
    np.save(path, points)
    check(load_landmark_points(path), points, "ibug68")
    flat = load_landmark_points(path, dimensions=2)
    check(flat, PIXELS, "ibug68")
    assert "depth" in flat.notes[-1]
    np.save(path, PIXELS)
    with pytest.raises(LandmarkError, match="expected points in space"):
        load_landmark_points(path, dimensions=3)


@pytest.mark.parametrize("content", [
    PIXELS.tolist(),
    {"landmarks": PIXELS.tolist()},
    {"landmarks": [PIXELS.tolist()]},
    {"landmarks_2d": PIXELS.tolist(), "score": 0.9},
    as_xy(PIXELS),
    {"shape": {"parts": as_xy(PIXELS)}, "rect": {"left": 1}},
    {"parts": PIXELS.tolist()},
    {str(i): point for i, point in reversed(list(enumerate(PIXELS.tolist())))},
    {"landmarks": PIXELS.ravel().tolist()},
    [{"landmarks": as_xy(PIXELS)}],
], ids=str)  # fmt: skip
def test_json_of_lists_and_of_dlib(tmp_path: Path, content: object) -> None:
    """Lists, x and y, dlib's shape and parts, points by number."""
    check(load_landmark_points(written(tmp_path, content)), PIXELS, "ibug68")


def test_json_with_both_kinds_gives_the_one_that_is_asked_for(tmp_path: Path) -> None:
    """2D for a photo, 3D otherwise."""
    space = RNG.normal(0, 0.1, (68, 3))
    path = written(tmp_path, {"landmarks_2d": PIXELS.tolist(), "landmarks_3d": space.tolist()})
    check(load_landmark_points(path), space, "ibug68")
    check(load_landmark_points(path, dimensions=2), PIXELS, "ibug68")


@pytest.mark.parametrize("count", [478, 468])
@pytest.mark.parametrize("key", ["faceLandmarks", "face_landmarks", "landmark", "multi_face_landmarks"])
def test_mediapipe_in_shares_of_the_picture(tmp_path: Path, key: str, count: int) -> None:
    """FaceLandmarker's JSON and the older solution's; the picture's size turns shares into pixels."""
    points = as_xy(SHARES[:count])
    content = {
        "landmark": {"landmark": points},
        "multi_face_landmarks": {"multi_face_landmarks": [{"landmark": points}]},
    }.get(key, {key: [points, points], "faceBlendshapes": []})
    file = load_landmark_points(written(tmp_path, content), dimensions=2)
    assert file.normalised and file.layout == f"mediapipe{count}"
    pixels = file.in_pixels((640, 480))
    np.testing.assert_allclose(pixels.points, SHARES[:count, :2] * (640, 480), rtol=1e-12)
    assert not pixels.normalised and pixels.image_size == (640, 480)
    assert pixels.in_pixels((1, 1)) is pixels
    with pytest.raises(LandmarkError, match="choose the picture"):
        file.in_pixels()


def test_the_picture_s_size_may_stand_in_the_file(tmp_path: Path) -> None:
    """Then nobody needs to be asked."""
    content = {"faceLandmarks": [as_xy(SHARES)], "image_width": 1920, "image_height": 1080}
    file = load_landmark_points(written(tmp_path, content))
    assert file.dimensions == 3 and file.normalised
    np.testing.assert_allclose(file.in_pixels().points, SHARES[:, :2] * (1920, 1080), rtol=1e-12)


def openpose(points: np.ndarray, confidence: np.ndarray, key: str = "face_keypoints_2d") -> dict:
    """One frame of OpenPose's --write_json, two people of whom the first has no face."""
    numbers = np.column_stack([points, confidence]).ravel().tolist()
    people = [{"person_id": [-1], key: []}, {"person_id": [-1], "pose_keypoints_2d": [0.0] * 75, key: numbers}]
    return {"version": 1.3, "people": people}


def test_openpose_with_confidence_as_weights(tmp_path: Path) -> None:
    """Points of no confidence were not seen."""
    points, confidence = RNG.uniform(50, 400, (70, 2)), RNG.uniform(0.1, 1, 70)
    points[5], confidence[5] = 0, 0
    file = load_landmark_points(written(tmp_path, openpose(points, confidence)))
    assert file.layout == "openpose70"
    np.testing.assert_allclose(file.weights, confidence)
    seen = np.arange(70) != 5
    np.testing.assert_allclose(file.points[seen], points[seen])
    assert np.isnan(file.points[5]).all()


def test_openpose_in_space(tmp_path: Path) -> None:
    """face_keypoints_3d has four numbers a point."""
    points = RNG.uniform(50, 400, (70, 3))
    path = written(tmp_path, openpose(points, np.ones(70), "face_keypoints_3d"))
    check(load_landmark_points(path, dimensions=3), points, "openpose70")


def test_openpose_without_faces_says_so(tmp_path: Path) -> None:
    """As without --face."""
    with pytest.raises(LandmarkError, match="run OpenPose with --face"):
        load_landmark_points(written(tmp_path, {"version": 1.3, "people": [{"face_keypoints_2d": []}]}))


@pytest.mark.parametrize("unseen", ["nan", "-1"])
def test_points_that_were_not_seen_weigh_nothing(tmp_path: Path, unseen: str) -> None:
    """NaN or (-1, -1) in a table, null in JSON."""
    text = rows(PIXELS).splitlines()
    text[7] = f"{unseen} {unseen}"
    values: list = PIXELS.tolist()
    values[7] = [None, None]
    for content in ("\n".join(text), values):
        file = load_landmark_points(written(tmp_path, content))
        assert file.weights.tolist() == [float(i != 7) for i in range(68)]
        assert np.isnan(file.points[7]).all()


@pytest.mark.parametrize("form", ["json", "csv", "npz"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_what_this_add_on_exports(tmp_path: Path, form: str, dimensions: int) -> None:
    """As export/landmarks.py writes it: the picture's points with what the camera sees, or the world's."""
    names = tuple(f"{i:02d} point" for i in range(20))
    world, pixels, visible = RNG.normal(size=(2, 20, 3)), RNG.uniform(0, 999, (2, 20, 2)), RNG.random((2, 20)) < 0.6
    path = tmp_path / "exported"
    if form == "npz":
        with path.open("wb") as out:
            np.savez(
                out, names=np.array(names), frames=np.array([3, 4]), world=world, pixels=pixels, visible=visible,
                resolution=np.array([1920, 1080]),
            )  # fmt: skip
    elif form == "json":
        frames = [
            {"frame": i, "world": world[i].tolist(), "pixels": pixels[i].tolist(), "visible": visible[i].tolist()}
            for i in range(2)
        ]
        written(tmp_path, {"names": names, "resolution": (1920, 1080), "frames": frames}, "exported")
    else:
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(("frame", "name", "world_x", "world_y", "world_z", "pixel_x", "pixel_y", "visible"))
            for i in range(2):
                for j, name in enumerate(names):
                    writer.writerow((i, name, *world[i, j].tolist(), *pixels[i, j].tolist(), int(visible[i, j])))
    file = load_landmark_points(path, dimensions)
    assert file.names == names and file.layout == "unknown"
    seen = visible[0] if dimensions == 2 else np.ones(20, bool)
    assert np.array_equal(file.weights, seen.astype(float))
    np.testing.assert_allclose(file.points[seen], (pixels if dimensions == 2 else world)[0][seen], rtol=1e-12)
    assert any("first of 2 frames" in note for note in file.notes)


NOTHING = [
    b"", b"\x89PNG\r\n\x1a\n1234", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", b"ply\nformat ascii 1.0\n",
    b"hello world", b"\xff\xfe\x00\x01", b"1 2\n3\n", b"-1 -1\n-1 -1\n", b"1e300 1\n2 3\n",
    b"[1, 2", b"{}", b"[]", b"null", b"[" * 100_000, b"[[1e999, 2]]", b"[" + b"9" * 400 + b", 1]",
    b'{"landmarks": "all"}', b'[{"x": 1, "y": 2}, 3]', b'[{"x": "a", "y": 2}]', b'[[1, 2], [3, "a"]]', b'{"people": 3}',
    b'{"a": ' * 12 + b"1" + b"}" * 12, b'{"shape": [0, 0, 0]}', b'{"0": [1, 2], "00": [3, 4]}',
]  # fmt: skip


@pytest.mark.parametrize("content", NOTHING)
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    """Never anything but a LandmarkError that names the file."""
    path = written(tmp_path, content)
    with pytest.raises(LandmarkError) as caught:
        load_landmark_points(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 400


@pytest.mark.unmeasured
def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    """Thirteen kinds of files, each with bytes changed, cut and doubled at random: no other error ever."""
    rng = np.random.default_rng(5)
    numpy_file, zip_file = tmp_path / "a.npy", tmp_path / "a.npz"
    np.save(numpy_file, PIXELS[:5])
    np.savez(zip_file, landmarks=PIXELS[:5])
    names = {"names": ["a", "b"], "resolution": [4, 4]}
    frame = {"frame": 1, "world": [[1, 2, 3]] * 2, "pixels": [[1, 2]] * 2, "visible": [True, False]}
    texts = [
        json.dumps(content)
        for content in (
            PIXELS[:5].tolist(),
            {"landmarks": as_xy(PIXELS[:5])},
            {"faceLandmarks": [as_xy(SHARES[:5])]},
            openpose(PIXELS[:5], np.ones(5)),
            {str(i): point for i, point in enumerate(PIXELS[:5].tolist())},
            {"shape": {"parts": as_xy(PIXELS[:5])}},
            {**names, "frames": [frame]},
        )
    ]
    texts += [f"version: 1\nn_points: 5\n{{\n{rows(PIXELS[:5])}\n}}\n", rows(SPACE[:5], ","), "a,1,2\nb,3,4\n"]
    texts += ['<PickedPoints><point x="1" y="2" z="3" name="0"/></PickedPoints>']
    whole = [text.encode() for text in texts] + [numpy_file.read_bytes(), zip_file.read_bytes()]
    path, read = tmp_path / "damaged", 0
    for content in whole:
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(rng.integers(1, 4)):
                at, end = np.sort(rng.integers(0, len(damaged) + 1, 2))
                action = rng.integers(3)
                if action == 0:
                    damaged[at:end] = b""
                elif action == 1:
                    damaged[at : at + 1] = bytes(rng.integers(0, 256, 1, np.uint8))
                else:
                    damaged[at:at] = damaged[at:end]
            path.write_bytes(damaged)
            try:
                file = load_landmark_points(path, int(rng.integers(1, 4)) if rng.random() < 0.7 else None)
            except LandmarkError:
                continue
            read += 1
            assert np.isfinite(file.points[file.weights > 0]).all()
    assert read > 20


def test_pickles_that_run_something_are_refused(tmp_path: Path) -> None:
    """The safe unpickler reads them, and it knows no functions."""

    class Runs:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "landmarks.npy"
    np.save(path, np.array([Runs()], object), allow_pickle=True)
    with pytest.raises(LandmarkError):
        load_landmark_points(path)
    assert not (tmp_path / "ran").exists()
