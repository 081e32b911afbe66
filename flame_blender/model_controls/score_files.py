"""ARKit scores as the files that other programs read: Live Link Face's CSV, and the JSON of LAM and its kin.

CSV: the columns of Epic's Live Link Face, which Unreal's importer asks for by the first two names and by their number
(LiveLinkFaceImporterFactory.cpp). It has time codes ``hh:mm:ss:frame.zzz`` and tells 60 frames a second from 30 by
frames beyond 30, so that a clip of another rate has fractions of such frames. Beside the 52 scores stand yaw, pitch and
roll of head and eyes: here radians about FLAME's axes, which are those of ARKit's face anchor (+Y up, +Z out of the
face, +X the subject's left), positive to the subject's left, downwards, and to the subject's right shoulder.

JSON: ``names``, ``metadata`` and ``frames`` of ``weights`` and ``time``, as LAM_Audio2Expression writes them
(``export_blendshape_animation``), names in the alphabet's order.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import FlameError
from ..files.whole_files import write_whole
from ..geometry.rotations import matrix_from_axis_angle
from .scores import ArkitScores

SCORE_SUFFIXES = (".csv", ".json")
LIVE_LINK_ORDER = (
    *(f"eye{what}{side}" for side in ("Left", "Right")
      for what in ("Blink", "LookDown", "LookIn", "LookOut", "LookUp", "Squint", "Wide")),
    "jawForward", "jawRight", "jawLeft", "jawOpen",
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft",
    *(f"mouth{what}{side}" for what in ("Smile", "Frown", "Dimple", "Stretch") for side in ("Left", "Right")),
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    *(f"mouth{what}{side}" for what in ("Press", "LowerDown", "UpperUp") for side in ("Left", "Right")),
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
TURNING = ("head", "left_eye", "right_eye")  # fields of ArkitScores, in the order of the last nine columns
TURNS = [f"{part}{turn}" for part in ("Head", "LeftEye", "RightEye") for turn in ("Yaw", "Pitch", "Roll")]
SLOW, FAST = 30, 60  # frames a second that a time code can count
THOUSAND = 1000


def save_arkit(path: str | Path, scores: ArkitScores) -> Path:
    """Write scores to a file, whole or not at all.

    Parameters
    ----------
    path : str or Path
        Ends in .csv (Live Link Face's) or .json (LAM's).
    scores : ArkitScores
        What :func:`solve_arkit` found.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FlameError
        The name has another ending.
    WriteError
        The file cannot be written.
    """
    path = Path(path)
    check_suffix(path)
    text = _csv(scores) if path.suffix.lower() == ".csv" else _json(scores)
    write_whole(path, text.encode("utf-8"))
    return path


def check_suffix(path: Path) -> None:
    """Raise FlameError for a name that ends otherwise."""
    if path.suffix.lower() not in SCORE_SUFFIXES:
        raise FlameError(
            f"{path}: expected a name ending in {' or '.join(SCORE_SUFFIXES)}, found {path.suffix or 'no ending'}."
        )


def time_code(seconds: float, fps: float) -> str:
    """``hh:mm:ss:frame.zzz``, counted in 30 frames a second, or in 60 for a clip that has more."""
    rate = SLOW if fps <= SLOW else FAST
    whole, thousandths = divmod(round(seconds * rate * THOUSAND), rate * THOUSAND)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    frame, rest = divmod(thousandths, THOUSAND)
    return f"{hours:02d}:{minute:02d}:{second:02d}:{frame:02d}.{rest:03d}"


def _csv(scores: ArkitScores) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [name[0].upper() + name[1:] for name in LIVE_LINK_ORDER]
    writer.writerow(["Timecode", "BlendShapeCount", *names, *TURNS])
    turns = np.concatenate([_yaw_pitch_roll(getattr(scores, name)) for name in TURNING], 1)
    values = np.concatenate([_columns(scores, LIVE_LINK_ORDER), turns], 1)
    for number, row in enumerate(values):
        code = time_code(number / scores.fps, scores.fps)
        writer.writerow([code, len(row), *(f"{value:.8f}" for value in row.tolist())])
    return text.getvalue()


def _json(scores: ArkitScores) -> str:
    names = sorted(LIVE_LINK_ORDER)
    frames = [
        {"weights": [round(value, 8) for value in row], "time": number / scores.fps, "rotation": []}
        for number, row in enumerate(_columns(scores, names).tolist())
    ]
    metadata = {"fps": scores.fps, "frame_count": len(frames), "blendshape_names": names}
    return json.dumps({"names": names, "metadata": metadata, "frames": frames})


def _columns(scores: ArkitScores, names: Sequence[str]) -> np.ndarray:
    """(N, len(names)) float64; zeros for what is no control of the model."""
    known = set(scores.names)
    zeros = np.zeros(len(scores))
    return np.stack([scores.of(name) if name in known else zeros for name in names], 1).astype(np.float64)


def _yaw_pitch_roll(turns: np.ndarray) -> np.ndarray:
    """(N, 3) rotation vectors -> (N, 3) radians about Y, then about the X, then about the Z that were turned before."""
    matrices = matrix_from_axis_angle(turns)
    yaw = np.arctan2(matrices[:, 0, 2], matrices[:, 2, 2])
    pitch = np.arcsin(np.clip(-matrices[:, 1, 2], -1.0, 1.0))
    roll = np.arctan2(matrices[:, 1, 0], matrices[:, 1, 1])
    return np.stack([yaw, pitch, roll], 1)
