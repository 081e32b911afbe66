"""Files of scores, read by other means than ours, beside rows as the programs themselves lay them out."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from flame_blender.errors import FlameError, WriteError
from flame_blender.model_controls.score_files import save_arkit, time_code
from flame_blender.model_controls.scores import ArkitScores
from tests.model.test_controls import ARKIT

# the first line of a take of Live Link Face, as the app writes it and Unreal's importer reads it
LIVE_LINK_HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)


@pytest.fixture
def scores() -> ArkitScores:
    rng, names, frames = np.random.default_rng(0), tuple(sorted(ARKIT, key=str.lower, reverse=True)), 90
    head = np.zeros((frames, 3), np.float32)
    head[1], head[2], head[3] = (0, 0.3, 0), (0.2, 0, 0), (0, 0, 0.1)
    eye = np.zeros((frames, 3), np.float32)
    eye[4] = 0, -0.25, 0
    values = rng.uniform(0, 1, (frames, 52)).astype(np.float32)
    return ArkitScores(names, values, 60.0, np.arange(frames), head, eye, 0 * eye, np.zeros(frames, np.float32))


def test_csv_is_live_links(scores, tmp_path: Path):
    path = save_arkit(tmp_path / "take.CSV", scores)
    text = path.read_text("utf-8")
    assert text.splitlines()[0] == LIVE_LINK_HEADER
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 90 and {row["BlendShapeCount"] for row in rows} == {"61"}
    for number in (0, 31, 89):
        for name in ARKIT:
            told = float(rows[number][name[0].upper() + name[1:]])
            assert told == pytest.approx(scores.of(name)[number], abs=1e-7)
    assert [rows[number]["Timecode"] for number in (0, 31, 60, 89)] == [
        "00:00:00:00.000", "00:00:00:31.000", "00:00:01:00.000", "00:00:01:29.000",
    ]  # fmt: skip
    turned = [(1, "HeadYaw", 0.3), (2, "HeadPitch", 0.2), (3, "HeadRoll", 0.1), (4, "LeftEyeYaw", -0.25)]
    for number, name, angle in turned:
        assert float(rows[number][name]) == pytest.approx(angle, abs=1e-6)
        assert sum(abs(float(value)) > 1e-6 for key, value in rows[number].items() if key[-3:] in ("Yaw", "tch", "oll")
                   and not key.startswith("Mouth")) == 1  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "fps", "expected"),
    [
        (0.0, 24.0, "00:00:00:00.000"),
        (1 / 24, 24.0, "00:00:00:01.250"),  # of a thirtieth
        (1.5, 25.0, "00:00:01:15.000"),
        (0.99999, 30.0, "00:00:01:00.000"),  # no 30.000
        (59.99, 60.0, "00:00:59:59.400"),
        (3725 + 7 / 60, 60.0, "01:02:05:07.000"),
        (1 / 29.97, 29.97, "00:00:00:01.001"),
        (1 / 120, 120.0, "00:00:00:00.500"),
    ],
)
def test_time_codes(seconds: float, fps: float, expected: str):
    """Read as Unreal does: hours, minutes, seconds, and frames of a thirtieth, or of a sixtieth for faster clips."""
    assert time_code(seconds, fps) == expected
    hours, minutes, whole, frame = expected.split(":")
    rate = 30 if fps <= 30 else 60
    assert int(hours) * 3600 + int(minutes) * 60 + int(whole) + float(frame) / rate == pytest.approx(seconds, abs=2e-5)


def test_json_is_lams(scores, tmp_path: Path):
    """Key by key what LAM_Audio2Expression writes."""
    told = json.loads(save_arkit(tmp_path / "take.json", scores).read_text("utf-8"))
    assert list(told) == ["names", "metadata", "frames"] and told["names"] == sorted(ARKIT)
    assert told["metadata"] == {"fps": 60.0, "frame_count": 90, "blendshape_names": sorted(ARKIT)}
    frame = told["frames"][30]
    assert list(frame) == ["weights", "time", "rotation"] and frame["time"] == 0.5 and frame["rotation"] == []
    expected = [scores.of(name)[30] for name in told["names"]]
    assert np.allclose(frame["weights"], expected, atol=1e-7) and len(told["frames"]) == 90


def test_controls_that_a_model_lacks_are_nought(scores, tmp_path: Path):
    fewer = dataclasses.replace(scores, names=scores.names[:10], scores=scores.scores[:, :10])
    told = json.loads(save_arkit(tmp_path / "take.json", fewer).read_text("utf-8"))
    weights = dict(zip(told["names"], told["frames"][3]["weights"], strict=True))
    assert sum(value != 0 for value in weights.values()) == 10


def test_files_are_written_whole_or_not_at_all(scores, tmp_path: Path):
    with pytest.raises(FlameError, match=r"take.txt: expected a name ending in .csv or .json, found .txt"):
        save_arkit(tmp_path / "take.txt", scores)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(WriteError, match="ordinary file"):
        save_arkit(tmp_path / "folder.csv", scores)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]
