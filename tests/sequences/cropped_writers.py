"""Trackers whose head stands still before a moving camera, mostly that of a crop, written the way they write it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from tests.sequences.random_clips import FRAMES, Expected, Tool


def cap4d(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """As scripts/pixel3dmm/convert_to_flowface.py gathers it, one camera, photos (fps 0)."""
    expr, jaw, eyes, shape = tool.rows(65), tool.rows(3), tool.rows(3), tool.rows(150, 1)[0]
    world = np.eye(4)
    world[:3, :3], world[:3, 3] = Rotation.from_rotvec(tool.rows(3, 1)[0]).as_matrix(), [0.02, -0.01, 0.9]
    turns, places = tool.rows(3), tool.rows(3) * 0.1
    arrays = {key: np.array([[value]], "f4") for key, value in (("fx", 2600), ("fy", 2610), ("cx", 250), ("cy", 260))}
    arrays |= {"extr": world[None].astype("f4"), "resolutions": np.array([(512, 500)])}
    arrays["camera_order"] = np.array(["cam0"])
    arrays |= {"rot": turns, "tra": places, "shape": shape, "expr": expr, "neck_rot": tool.rows(3), "eye_rot": eyes}
    np.savez(folder / "fit.npz", **arrays, jaw_rot=jaw, fps=np.array(0))
    upside_down = np.diag([1.0, -1, -1])
    camera = world[:3, :3].astype("f4") @ upside_down @ Rotation.from_rotvec(turns).as_matrix()
    expected = {"expression": expr[:, :64], "jaw": jaw, "left_eye": eyes, "right_eye": eyes, "shape": shape}
    return folder / "fit.npz", "CAP4D", expected | {"camera": camera}


def gagavatar_track(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """smoothed.pkl of engines/engine_core.py, its frames in the order of a dict, not of their numbers."""
    exp, jaw, eyes, shape = tool.rows(100), tool.rows(3), tool.rows(6), tool.rows(300, 1)[0]
    turns = Rotation.from_rotvec(tool.rows(3)).as_matrix()
    frames = {}
    for frame in reversed(range(FRAMES)):
        matrix = np.concatenate([turns[frame], [[0.1], [-0.2], [10.0]]], 1).astype("f4")
        one = {"bbox": np.array([0, 0, 1, 1], "f4"), "shapecode": shape, "expcode": exp[frame], "eyecode": eyes[frame]}
        one["posecode"] = np.concatenate([np.zeros(3, "f4"), jaw[frame]])
        frames[f"clip_{frame + 7}"] = one | {"transform_matrix": matrix}
    (folder / "smoothed.pkl").write_bytes(pickle.dumps(frames))
    expected = {"expression": exp, "jaw": jaw, "left_eye": eyes[:, :3], "right_eye": eyes[:, 3:], "shape": shape}
    camera = np.diag([-1.0, -1, 1]) @ np.swapaxes(turns.astype("f4"), 1, 2)
    return folder / "smoothed.pkl", "GAGAvatar_track", expected | {"camera": camera}


def _turned_heads(tool: Tool) -> tuple[np.ndarray, np.ndarray]:
    """(N, 413) in DAD-3DHeads' units, and the rotations (N, 3, 3) that their six numbers stand for."""
    vectors = tool.rows(413)
    turns = (Rotation.from_euler("x", np.pi) * Rotation.from_rotvec(tool.rows(3))).as_matrix()
    vectors[:, 403:409] = np.concatenate([1.9 * turns[:, :, 0], 1.7 * turns[:, :, 1]], 1)
    vectors[:, 409:412], vectors[:, 412] = np.abs(tool.rows(3)) + 1, np.abs(tool.rows(1)[:, 0]) + 8
    return vectors, turns


def vggheads_annotation(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    vectors, turns = _turned_heads(tool)
    heads = [
        {"bbox": [30, 40, 100, 120], "extended_bbox": [20, 30, 300 + k, 320], "points": [[1, 2]] * 68}
        | {"3dmm_params": vectors[k].tolist()}
        for k in range(FRAMES)
    ]
    (folder / "000012.json").write_text(json.dumps(heads))
    expected = {"shape": vectors[:, :300], "expression": vectors[:, 300:400], "jaw": vectors[:, 400:403]}
    return folder / "000012.json", "VGGHeads annotation", expected | {"camera": turns}


def dad_3dheads_demo(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    vectors, turns = _turned_heads(tool)
    ends = {"shape": 300, "expression": 400, "jaw": 403, "rotation": 409, "eyeballs": 409, "neck": 409}
    said, begin = {}, 0
    for key, end in (ends | {"translation": 412, "scale": 413}).items():
        said[key], begin = vectors[0, begin:end].tolist(), end
    (folder / "1_flame_params.json").write_text(json.dumps(said))
    expected = {"shape": vectors[0, :300], "expression": vectors[:1, 300:400], "jaw": vectors[:1, 400:403]}
    return folder / "1_flame_params.json", "DAD-3DHeads", expected | {"camera": turns[:1]}


def identity_alone(tool: Tool, folder: Path) -> tuple[Path, str, Expected]:
    """What MICA leaves and metrical-tracker is given, without the folder."""
    identity = tool.rows(300, 1)[0]
    np.save(folder / "identity.npy", identity)
    return folder / "identity.npy", "MICA", {"shape": identity}


CROPPED: tuple[Callable[[Tool, Path], tuple[Path, str, Expected]], ...] = (
    cap4d, gagavatar_track, vggheads_annotation, dad_3dheads_demo, identity_alone,
)  # fmt: skip
