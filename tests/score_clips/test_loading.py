"""Files of captured faces, laid out as the programs write them, read for what was written."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from flame_blender.errors import SequenceError
from flame_blender.model_controls.score_files import save_arkit
from flame_blender.model_controls.scores import ArkitScores
from flame_blender.score_clips.loading import holds_scores, load_scores
from flame_blender.sequences.loading import load_sequence
from tests.model.test_controls import ARKIT
from tests.model_controls.test_score_files import LIVE_LINK_HEADER

COLUMNS = LIVE_LINK_HEADER.split(",")[2:]  # 52 scores, then yaw, pitch and roll of head and eyes
TURNS = ("head", "left_eye", "right_eye")


def first_small(name: str) -> str:
    return name[0].lower() + name[1:]


def take(n_rows: int, seed: int = 0) -> np.ndarray:
    """(N, 61): what Live Link Face writes of a face."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.uniform(0, 1, (n_rows, 52)), rng.normal(0, 0.4, (n_rows, 9))], 1)


def live_link(rows: np.ndarray, codes: list[str]) -> str:
    lines = [f"{code},61,{','.join(f'{value:.10f}' for value in row)}" for code, row in zip(codes, rows, strict=True)]
    return "\n".join([LIVE_LINK_HEADER, *lines]) + "\n"


def check(clip, rows: np.ndarray, tolerance: float = 1e-9) -> None:
    assert sorted(clip.names) == sorted(ARKIT)
    for column, name in enumerate(COLUMNS[:52]):
        np.testing.assert_allclose(clip.of(first_small(name)), rows[:, column], atol=tolerance)


def test_a_take_of_live_link_face(tmp_path: Path):
    """60 frames a second over midnight; yaw about Y, then pitch about X, then roll about Z, as SciPy turns."""
    rows = take(5)
    codes = ["23:59:59:58.500", "23:59:59:59.500", "00:00:00:00.500", "00:00:00:01.500", "00:00:00:31.500"]
    path = tmp_path / "take_iPhone.csv"
    path.write_text(live_link(rows, codes), "utf-8")
    clip = load_scores(path)
    check(clip, rows)
    np.testing.assert_allclose(clip.times * 60, [0, 1, 2, 3, 33], atol=1e-9)
    for part, start in zip(TURNS, (52, 55, 58), strict=True):
        expected = Rotation.from_euler("YXZ", rows[:, start : start + 3]).as_matrix()
        np.testing.assert_allclose(Rotation.from_rotvec(getattr(clip, part)).as_matrix(), expected, atol=1e-9)
    assert clip.left_out == () and clip.notes == ()
    with pytest.raises(SequenceError, match="import_arkit"):
        load_sequence(path)


def test_our_own_file_comes_back(tmp_path: Path):
    rng, n = np.random.default_rng(1), 40
    head, left, right = rng.normal(0, 0.4, (3, n, 3)).astype(np.float32)
    values = rng.uniform(0, 1, (n, 52)).astype(np.float32)
    scores = ArkitScores(tuple(sorted(ARKIT)), values, 24.0, np.arange(n), head, left, right, np.zeros(n, np.float32))
    for suffix in (".csv", ".json"):
        clip = load_scores(save_arkit(tmp_path / f"take{suffix}", scores))
        np.testing.assert_allclose(clip.times, np.arange(n) / 24, atol=1.1e-3 / 30)
        np.testing.assert_allclose([clip.of(name) for name in ARKIT], [scores.of(name) for name in ARKIT], atol=1e-7)
    clip = load_scores(save_arkit(tmp_path / "take.csv", scores))
    for name in TURNS:
        np.testing.assert_allclose(getattr(clip, name), getattr(scores, name), atol=1e-6)


def test_rows_without_a_face_are_bridged(tmp_path: Path):
    rows, codes = take(4), [f"00:00:00:{frame:02d}.000" for frame in (0, 31, 32, 33)]
    lines = live_link(rows, codes).splitlines()
    lines[3] = "00:00:00:32.000,0" + "," * 61
    (tmp_path / "lost.csv").write_text("\n".join(lines))
    clip = load_scores(tmp_path / "lost.csv")
    check(clip, rows[[0, 1, 3]])
    np.testing.assert_allclose(clip.times * 60, [0, 31, 33])
    assert clip.notes == ("1 rows without a face are bridged.",)
    np.testing.assert_allclose(load_scores(tmp_path / "lost.csv", fps=10).times, [0, 0.1, 0.3])


def test_degrees_are_told_by_their_size(tmp_path: Path):
    rows = take(3)
    rows[:, 52:] = np.degrees(rows[:, 52:])
    assert np.abs(rows[:, 52:]).max() > 4
    path = tmp_path / "degrees.csv"
    path.write_text(live_link(rows, ["00:00:00:00", "00:00:00:01", "00:00:00:02"]))
    clip = load_scores(path)
    expected = Rotation.from_euler("YXZ", rows[:, 52:55], degrees=True).as_matrix()
    np.testing.assert_allclose(Rotation.from_rotvec(clip.head).as_matrix(), expected, atol=1e-9)
    assert "degrees" in clip.notes[0]
    raw = Rotation.from_euler("YXZ", rows[:, 52:55]).as_matrix()
    as_told = Rotation.from_rotvec(load_scores(path, angles="RADIANS").head).as_matrix()
    np.testing.assert_allclose(as_told, raw, atol=1e-9)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_table_with_the_names(tmp_path: Path, separator: str):
    """Names as others spell them, a line above, a mark of byte order, stamps in milliseconds, columns of one's own."""
    rows = np.random.default_rng(2).uniform(0, 1, (6, 3))
    path = tmp_path / "faces.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(["made by hand"])
        writer.writerow(["timestamp", "jaw_open", "eyeBlink_L", "browInnerUp", "confidence"])
        for index, row in enumerate(rows):
            writer.writerow([1000 + 40 * index, *row, 0.9])
    clip = load_scores(path)
    assert clip.names == ("jawOpen", "eyeBlinkLeft", "browInnerUp") and clip.left_out == ("confidence",)
    np.testing.assert_allclose(clip.scores, rows)
    np.testing.assert_allclose(clip.times, np.arange(6) * 0.04)
    assert clip.notes == ("Times are taken for milliseconds.",) and math.isclose(clip.fps or 0, 25)


def test_mediapipe_face_landmarker(tmp_path: Path):
    """What JavaScript's JSON.stringify makes of its results, a list of them; Python's names in lines of JSON."""
    rng = np.random.default_rng(3)
    turns, scores = Rotation.random(5, random_state=4), rng.uniform(0, 1, (5, 52))
    matrices = np.tile(np.eye(4), (5, 1, 1))
    matrices[:, :3, :3], matrices[:, :3, 3] = 1.2 * turns.as_matrix(), rng.normal(0, 20, (5, 3))
    results = [
        {
            "faceLandmarks": [[{"x": 0.5, "y": 0.5, "z": 0.0}]],
            "faceBlendshapes": [
                {
                    "categories": [
                        {"index": 0, "score": 1e-6, "categoryName": "_neutral", "displayName": ""},
                        *(
                            {"index": index + 1, "score": score, "categoryName": name, "displayName": ""}
                            for index, (name, score) in enumerate(zip(ARKIT, row, strict=True))
                        ),
                    ],
                    "headIndex": -1,
                }
            ],
            "facialTransformationMatrixes": [{"rows": 4, "columns": 4, "data": matrix.T.ravel().tolist()}],
        }
        for row, matrix in zip(scores.tolist(), matrices, strict=True)
    ]
    results.insert(2, {"faceLandmarks": [], "faceBlendshapes": [], "facialTransformationMatrixes": []})
    (tmp_path / "faces.json").write_text(json.dumps(results))
    clip = load_scores(tmp_path / "faces.json")
    assert clip.names == tuple(ARKIT) and clip.left_out == () and clip.source == "MediaPipe's scores"
    np.testing.assert_allclose(clip.scores, scores)
    np.testing.assert_allclose(clip.times * 30, [0, 1, 3, 4, 5])
    assert clip.notes[0] == "1 frames without a face are bridged."
    np.testing.assert_allclose(Rotation.from_rotvec(clip.head).as_matrix(), turns.as_matrix(), atol=1e-9)
    lines = [
        json.dumps(
            {
                "timestamp_ms": 33 * index,
                "face_blendshapes": [[{"category_name": name, "score": float(score)} for name, score in pairs]],
                "facial_transformation_matrixes": [matrix.tolist()],
            }
        )
        for index, (row, matrix) in enumerate(zip(scores, matrices, strict=True))
        for pairs in [list(zip(ARKIT, row, strict=True))]
    ]
    (tmp_path / "faces.jsonl").write_text("\n".join(lines))
    again = load_scores(tmp_path / "faces.jsonl")
    np.testing.assert_allclose(again.scores, scores)
    np.testing.assert_allclose(again.times, np.arange(5) * 0.033)
    np.testing.assert_allclose(Rotation.from_rotvec(again.head).as_matrix(), turns.as_matrix(), atol=1e-9)


def test_audio2face_and_neurosync(tmp_path: Path):
    scores = np.random.default_rng(5).uniform(0, 1, (7, 52))
    names = ["".join([name[0].upper(), name[1:]]) for name in ARKIT]
    made = {"exportFps": 60.0, "numPoses": 52, "numFrames": 7, "facsNames": names, "weightMat": scores.tolist()}
    (tmp_path / "a2f.json").write_text(json.dumps(made))
    clip = load_scores(tmp_path / "a2f.json")
    assert clip.names == tuple(ARKIT) and clip.source == "Audio2Face's scores"
    np.testing.assert_allclose(clip.scores, scores)
    np.testing.assert_allclose(clip.times, np.arange(7) / 60)
    rows = take(7)
    with_feelings = np.concatenate([rows, np.zeros((7, 7))], 1)  # Live Link's 61 and seven emotions, without names
    (tmp_path / "neurosync.json").write_text(json.dumps({"blendshapes": with_feelings.tolist()}))
    clip = load_scores(tmp_path / "neurosync.json", fps=60)
    check(clip, rows)
    expected = Rotation.from_euler("YXZ", rows[:, 52:55]).as_matrix()
    np.testing.assert_allclose(Rotation.from_rotvec(clip.head).as_matrix(), expected, atol=1e-9)


def test_frames_of_named_scores(tmp_path: Path):
    frames = [{"time": 0.5 * index, "blendShapes": {"jawOpen": index / 4, "smile": 1.0}} for index in range(3)]
    (tmp_path / "named.json").write_text(json.dumps({"fps": 12, "frames": frames}, indent=1))
    clip = load_scores(tmp_path / "named.json")
    assert clip.names == ("jawOpen",) and clip.of("jawOpen").tolist() == [0, 0.25, 0.5]
    assert clip.times.tolist() == [0, 0.5, 1.0]


FAULTY = {
    "nothing.csv": ("", "1 to"),
    "words.csv": ("jawOpen,mouthClose\n1,none\n", "row 2, found 'none'"),
    "infinite.csv": ("jawOpen,mouthClose\n1,inf\n", "row 2"),
    "header.csv": ("jawOpen,mouthClose\n", "found none with a face"),
    "codes.csv": ("Timecode,BlendShapeCount,JawOpen\nnoon,61,0.5\n", "time code"),
    "back.csv": ("time,jawOpen\n1,0\n0,0\n", "row 2 before"),
    "other.csv": ("x,y\n1,2\n", "jawOpen"),
    "cut.json": ('{"names": ["jawOpen"], "frames": [{"weights": [0.', "damage"),
    "width.json": ('{"names": ["jawOpen"], "frames": [{"weights": [0.1, 0.2]}]}', "frame 1: expected 1 scores"),
    "text.json": ('{"names": ["jawOpen"], "frames": [{"weights": ["a"]}]}', "finite number"),
    "nan.json": ('{"names": ["jawOpen"], "frames": [{"weights": [NaN]}]}', "finite number"),
    "empty.json": ("[]", "jawOpen"),
    "other.json": ('{"expression": [[0.1]]}', "jawOpen"),
    "shears.json": (
        '[{"jawOpen": 1, "matrix": [1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}]', "shears",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_no_clip_is_refused_in_one_sentence(tmp_path: Path, name: str):
    text, said = FAULTY[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(SequenceError) as refused:
        load_scores(tmp_path / name)
    assert said in str(refused.value) and str(tmp_path / name) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_files_are_told_by_their_beginning(tmp_path: Path):
    (tmp_path / "take.csv").write_text(live_link(take(2), ["00:00:00:00.0", "00:00:00:01.0"]))
    (tmp_path / "a.json").write_text('{"names": ["jawOpen"], "frames": []}')
    (tmp_path / "b.json").write_text('{"expression": [[0.1]]}')
    (tmp_path / "c.csv").write_bytes(np.random.default_rng(0).bytes(1000))
    found = {path.name: holds_scores(path) for path in sorted(tmp_path.iterdir())}
    assert found == {"take.csv": True, "a.json": True, "b.json": False, "c.csv": False}
    assert not holds_scores(tmp_path / "missing.csv") and not holds_scores(Path("/dev/full"))


@pytest.mark.parametrize(
    ("header", "stamps"), [("jawOpen", [0, 1, 2, 3]), ("frame,jawOpen", [7, 8, 10, 13])], ids=["rows", "frames"]
)
def test_a_table_without_times_has_the_usual_rate(tmp_path: Path, header: str, stamps: list[int]):
    path = tmp_path / "a.csv"
    rows = [f"{stamp},0.5" if "frame" in header else "0.5" for stamp in stamps]
    path.write_text("\n".join([header + ",browInnerUp", *(row + ",0" for row in rows)]))
    clip = load_scores(path)
    np.testing.assert_allclose(clip.times, (np.array(stamps) - stamps[0]) / 30)
    assert clip.notes == ("30 frames a second are assumed: the file tells no times.",)
    np.testing.assert_allclose(load_scores(path, fps=50).times, np.arange(4) / 50)


@pytest.mark.parametrize("fps", [0, -24, 1001, math.nan])
def test_rates_beyond_cameras_are_refused(tmp_path: Path, fps: float):
    with pytest.raises(SequenceError, match=r"^fps: expected a number above 0 and up to 1000, found "):
        load_scores(tmp_path / "a.csv", fps=fps)


def test_what_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "latin.csv").write_bytes("time,jawOpen,für\n0,1,2\n".encode("latin-1"))
    for path in (tmp_path / "latin.csv", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(SequenceError) as refused:
            load_scores(path)
        assert str(path) in str(refused.value) and "\n" not in str(refused.value)


def test_clips_of_endless_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.csv"
    path.write_text("time,jawOpen\n" + "0,1\n" * 20)
    for limit, said in (("MAX_LINES", "at most 9 lines, found 21"), ("MAX_BYTES", "at most 9 bytes, found more")):
        monkeypatch.setattr(f"flame_blender.score_clips.loading.{limit}", 9)
        with pytest.raises(SequenceError, match=said):
            load_scores(path)
