"""A FLAME clip as SMPL-X's tools write one: the 165 numbers of a pose, expression beside them.

FLAME's neck is SMPL-X's joint 15 (head), its root joint 12 (neck) of a body that stands upright; jaw and eyes are
joints 22 to 24. Everything else of the body is zero. What readers of BEAT2 and of AMASS ask for is
there: BEAT2's world has Y up, AMASS's Z, which its root rotation says.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ParameterError
from ..geometry.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from .sequence import FlameSequence

BEAT2, AMASS = "BEAT2", "AMASS"
FULL_POSE, N_EXPRESSION = 165, 100
ROOT, NECK, HEAD, JAW, LEFT_EYE, RIGHT_EYE = 0, 36, 45, 66, 69, 72  # of the 165
BODY, FACE, HANDS = slice(3, 66), slice(66, 75), slice(75, FULL_POSE)
Z_UP = np.array([np.pi / 2, 0.0, 0.0])
N_SHAPE = {BEAT2: 300, AMASS: 16}


def full_poses(clip: FlameSequence, layout: str = BEAT2, neck_share: float | None = None) -> np.ndarray:
    """(N, 165) float32 radians. ``neck_share`` 0 to 1: what of the head's whole turn SMPL-X's neck takes.

    None keeps FLAME's own: root and neck as they are.
    """
    root, neck = (matrix_from_axis_angle(clip.values(name)) for name in ("global_rotation", "neck"))
    if neck_share is not None:
        if not 0.0 <= neck_share <= 1.0:
            raise ParameterError(f"neck_share: expected 0 to 1, found {neck_share:g}.")
        whole = root @ neck
        root = matrix_from_axis_angle(neck_share * axis_angle_from_matrix(whole))
        neck = np.swapaxes(root, -1, -2) @ whole
    poses = np.zeros((len(clip), FULL_POSE), np.float32)
    for start, values in (
        (NECK, axis_angle_from_matrix(root)), (HEAD, axis_angle_from_matrix(neck)), (JAW, clip.values("jaw")),
        (LEFT_EYE, clip.values("left_eye")), (RIGHT_EYE, clip.values("right_eye")),
    ):  # fmt: skip
        poses[:, start : start + 3] = values
    if layout == AMASS:
        poses[:, ROOT : ROOT + 3] = Z_UP
    return poses


def smplx_arrays(
    clip: FlameSequence, expression: np.ndarray, layout: str = BEAT2, neck_share: float | None = None
) -> dict[str, Any]:
    """The arrays of the file, with SMPL-X's ``expression`` (N, k), k at most 100."""
    count = expression.shape[-1]
    if count > N_EXPRESSION:
        raise ParameterError(f"expression: expected at most {N_EXPRESSION} coefficients for SMPL-X, found {count}.")
    poses, frames = full_poses(clip, layout, neck_share), len(clip)
    rate = 30.0 if clip.fps is None else float(clip.fps)
    written: dict[str, Any] = {
        "betas": np.zeros(N_SHAPE[layout], np.float32),
        "poses": poses,
        "expressions": np.pad(expression.astype(np.float32), ((0, 0), (0, N_EXPRESSION - count))),
        "trans": np.zeros((frames, 3), np.float32),
        "gender": np.array("neutral"),
        "mocap_frame_rate": np.array(rate),
    }
    if layout == BEAT2:
        return written | {"model": np.array("smplx2020")}
    return written | {
        "surface_model_type": np.array("smplx"), "mocap_time_length": np.array(frames / rate),
        "num_betas": np.array(N_SHAPE[AMASS]), "root_orient": poses[:, :3], "pose_body": poses[:, BODY],
        "pose_hand": poses[:, HANDS], "pose_jaw": poses[:, 66:69], "pose_eye": poses[:, 69:75],
    }  # fmt: skip
