"""A head's parameters over frames as a file that FLAME's tools, and this add-on, read again to the same values."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import FlameError
from ..files.npz_file import save_arrays
from ..files.whole_files import PART, check_writable, told, whole_folder, write_whole
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS, FlameParams
from ..flame.topology import N_VERTICES, N_WITH_TEETH
from ..head import live, parameters
from ..head.properties import coefficients
from ..sequences.project_npz import save_sequence
from ..sequences.sequence import FlameSequence, Found

FORMATS = (".npz", ".json")
FLAME, GAUSSIAN_AVATARS = "FLAME", "GAUSSIAN_AVATARS"
LAYOUTS = (FLAME, GAUSSIAN_AVATARS)
FRAMES = "flame_param"  # the folder of the second layout


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, frames: Iterable[int] | None, layout: str
) -> Generator[float, None, None]:
    """Write the evaluated parameters of ``frames`` (the scene's range by default): yields the share that is done.

    Layout "FLAME": one .npz (offsets included) or .json. "GAUSSIAN_AVATARS": ``path`` is a folder that does not exist
    or is empty; it gets ``flame_param/00000.npz`` and so on, as VHAP exports them. Goes back to the shown frame;
    closed early, it writes nothing. Raises FlameError.
    """
    _check(path, layout)
    parameters.require_evaluator(parameters.require_head(obj))
    shown = scene.frame_current, scene.frame_subframe
    numbers = range(scene.frame_start, scene.frame_end + 1) if frames is None else [int(frame) for frame in frames]
    if not len(numbers):
        raise FlameError("frames: expected at least one frame, found none.")
    found: list[FlameParams] = []
    try:
        for number in numbers:
            scene.frame_set(number)
            live.refresh(obj)
            found.append(parameters.get_params(obj))
            yield len(found) / len(numbers)
    finally:
        scene.frame_set(shown[0], subframe=shown[1])
    clip = _clip(found, obj, scene.render.fps / scene.render.fps_base)
    if layout == GAUSSIAN_AVATARS:
        with whole_folder(path / FRAMES) as folder:
            _write_frames(folder, clip)
    elif path.suffix.lower() == ".npz":
        save_sequence(clip, path)
    else:
        _write_json(path, clip)


def _check(path: Path, layout: str) -> None:
    if layout not in LAYOUTS:
        raise FlameError(f"layout: expected {' or '.join(LAYOUTS)}, found {layout!r}.")
    if layout == FLAME and path.suffix.lower() not in FORMATS:
        raise FlameError(
            f"{path}: expected a name ending in {' or '.join(FORMATS)}, found {path.suffix or 'no ending'}."
        )
    if layout == GAUSSIAN_AVATARS and not empty_or_new(path):
        raise FlameError(f"{path}: expected a new or an empty folder for the frames, found something there already.")
    check_writable(path / FRAMES if layout == GAUSSIAN_AVATARS else path)


def empty_or_new(folder: Path) -> bool:
    """Whether frames can come there: what a process that was killed has left is nothing. Raises WriteError."""
    if not os.path.isdir(folder):
        return not os.path.exists(folder)
    with told(folder):
        return all(PART.fullmatch(each.name) for each in folder.iterdir())


def _clip(found: list[FlameParams], obj: bpy.types.Object, fps: float) -> FlameSequence:
    """One clip of the frames; identity and offsets that never change are kept once."""
    fields: dict[str, Any] = {
        name: np.stack([getattr(each, name) for each in found]) for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)
    }
    if (fields["shape"] == fields["shape"][0]).all():
        fields["shape"] = fields["shape"][0]
    if any(each.eyelids is not None for each in found):
        fields["eyelids"] = np.stack([np.zeros(2) if each.eyelids is None else each.eyelids for each in found])
        fields["eyelids_unturned"] = found[0].eyelids_unturned  # a switch of the head
    head = parameters.require_head(obj)
    return FlameSequence(
        FlameParams(**fields, offsets=found[0].offsets),  # offsets cannot be animated
        fps=fps,
        source=f"{obj.name} in Blender",
        release=parameters.require_evaluator(head).model.release,
        found=Found(len(head.shape), len(coefficients(head, "expression")), "five axis-angle rotations"),
    )


def _write_json(path: Path, clip: FlameSequence) -> None:
    if clip.offsets is not None:
        raise FlameError(f"{path}: expected a name ending in .npz, because the head has offsets, found .json.")
    said = {"source": clip.source, "release": clip.release, "fps": clip.fps}
    said |= {name: getattr(clip.params, name).tolist() for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)}
    if clip.eyelids is not None:
        said |= {"eyelids": clip.eyelids.tolist(), "eyelids_unturned": bool(clip.params.eyelids_unturned)}
    write_whole(path, json.dumps(said).encode("utf-8"))


def _write_frames(folder: Path, clip: FlameSequence) -> None:
    """One .npz for each frame under VHAP's keys; its offsets have rows for VHAP's teeth too."""
    keys = dict(zip(POSE_FIELDS[:3], ("rotation", "neck_pose", "jaw_pose"), strict=True)) | {
        "translation": "translation"
    }
    offsets = np.zeros((1, N_WITH_TEETH, 3), np.float32)
    if clip.offsets is not None:
        rows = len(clip.offsets)
        offsets = np.zeros((1, N_WITH_TEETH if rows == N_VERTICES else rows, 3), np.float32)
        offsets[0, :rows] = clip.offsets
    for index in range(len(clip)):
        frame = clip.frame(index)
        arrays = {key: getattr(frame, name)[None] for name, key in keys.items()}
        arrays["eyes_pose"] = np.concatenate([frame.left_eye, frame.right_eye])[None]
        arrays |= {"shape": frame.shape, "expr": frame.expression[None], "static_offset": offsets}
        save_arrays(folder / f"{index:05d}.npz", arrays)
