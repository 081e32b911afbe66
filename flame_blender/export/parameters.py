"""A head's parameters over frames as a file that FLAME's tools, and this add-on, read again to the same values."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import FlameError
from ..files.npz_file import save_arrays
from ..files.whole_files import PART, check_writable, told, whole_folder, write_whole
from ..flame.params import COEFFICIENT_FIELDS, POSE_FIELDS, VECTOR_FIELDS, FlameParams
from ..flame.topology import N_VERTICES, N_WITH_TEETH
from ..head import effective, live, parameters
from ..head.properties import coefficients, read_values
from ..head.templates import template_sequence
from ..long_work import Options, choice, number
from ..sequences.project_npz import save_sequence
from ..sequences.sequence import FlameSequence, Found
from ..sequences.smplx_npz import AMASS, BEAT2
from .body_parameters import face_for, write_body_clip

PARAMETER_SUFFIXES = (".npz", ".json")
FLAME, GAUSSIAN_AVATARS = "FLAME", "GAUSSIAN_AVATARS"
FRAMES = "flame_param"  # the folder of the second layout


@dataclass(frozen=True, kw_only=True)
class ParameterFileOptions(Options):
    """The keywords of :func:`export_parameters`, for :func:`exporting_parameters`.

    Attributes
    ----------
    frames : iterable of int or None, default None
        None is the scene's range.
    layout : str, default "FLAME"
        "FLAME": one file; "GAUSSIAN_AVATARS": ``flame_param/00000.npz`` and so on, as VHAP exports; "BEAT2" and
        "AMASS": an .npz of SMPL-X's numbers, Y up and Z up.
    copy_expression : bool, default False
        Of SMPL-X, take FLAME's coefficients as they are. False converts them by the vertices of the face, which takes
        an installed SMPL-X model and SMPL-X__FLAME_vertex_ids.npy.
    neck_share : float or None, default None
        Of SMPL-X, the neck's share of the head's turn, 0 to 1; None: its neck turns as Global, its head as Neck.
    """

    frames: Iterable[int] | None = None
    layout: str = choice(FLAME, GAUSSIAN_AVATARS, BEAT2, AMASS)
    copy_expression: bool = False
    neck_share: float | None = number(None, least=0.0, most=1.0)


@dataclass(frozen=True)
class WrittenParameters:
    """A file or folder of parameters, which takes its place wherever a path is wanted.

    Attributes
    ----------
    path : Path
        The file or folder.
    left_out_rms_mm : float, mm
        Root mean square of what named controls add that is no FLAME parameter, over the frames and the skin that it
        moves; 0 for nothing.
    left_out_largest_mm : float, mm
        The most that a vertex is moved by it.
    left_out_template : str
        Name of the file of meshes that the head takes its rest shape from, which parameters cannot show, or "".
    expression : str
        Of SMPL-X's numbers, a sentence of what became of the expression, else "".
    """

    path: Path
    left_out_rms_mm: float = 0.0
    left_out_largest_mm: float = 0.0
    left_out_template: str = ""
    expression: str = ""

    def __fspath__(self) -> str:
        return str(self.path)

    def summary(self) -> str:
        """What was written and what was left out, for a person."""
        sentences = []
        if self.left_out_template:
            sentences.append(
                f"The meshes of {self.left_out_template}, which are the head's rest shape, are left out: export "
                "meshes, USD or Alembic for them"
            )
        if self.left_out_largest_mm:
            rms, largest = f"{self.left_out_rms_mm:.2g}", f"{self.left_out_largest_mm:.2g}"
            sentences.append(
                f"What FLAME's parameters cannot show is left out: {rms} mm RMS, {largest} mm at most; FLAME Only "
                "shows the head without it"
            )
        text = ". ".join([*sentences, self.expression] if self.expression else sentences)
        if self.expression:
            return f"SMPL-X's parameters written to {self.path}: {text}"
        return f"Parameters written to {self.path}: {text}" if text else f"Parameters written to {self.path}"


class _LeftOut:
    """Sums up correctives over frames."""

    def __init__(self, n_vertices: int) -> None:
        self._squares, self._largest, self._frames = np.zeros(n_vertices), 0.0, 0

    def add(self, correctives: np.ndarray | None) -> None:
        """Of one more frame: (V, 3) metres, or None for nothing."""
        self._frames += 1
        if correctives is not None:
            squares = (correctives.astype(np.float64) ** 2).sum(1)
            self._squares += squares
            self._largest = max(self._largest, float(squares.max()))

    def of(self, path: Path) -> WrittenParameters:
        moved = self._squares > 0
        mean = self._squares[moved].mean() / self._frames if moved.any() else 0.0
        return WrittenParameters(path, 1000 * float(np.sqrt(mean)), 1000 * float(np.sqrt(self._largest)))


def exporting(
    scene: bpy.types.Scene, obj: bpy.types.Object, path: Path, options: ParameterFileOptions
) -> Generator[float, None, WrittenParameters]:
    """Write the evaluated parameters over frames: yields the share that is done, and returns what was written.

    That is a file, offsets included where it is an .npz; of "GAUSSIAN_AVATARS" a folder that does not exist or is
    empty. Goes back to the shown frame; closed early, it writes nothing. Raises FlameError.
    """
    frames, layout = options.frames, options.layout
    _check(path, layout)
    head = parameters.require_head(obj)
    model = parameters.require_evaluator(head).model
    face = face_for(path, model, options.copy_expression) if layout in (BEAT2, AMASS) else None
    left_out = _LeftOut(model.n_vertices)
    shown = scene.frame_current, scene.frame_subframe
    numbers = range(scene.frame_start, scene.frame_end + 1) if frames is None else [int(frame) for frame in frames]
    if not len(numbers):
        raise FlameError("frames: expected at least one frame, found none.")
    found: list[FlameParams] = []
    try:
        for number in numbers:
            scene.frame_set(number)
            live.refresh(obj)
            found.append(parameters.get_params(obj, correctives=False))
            left_out.add(effective.correctives_of(head, read_values(head)))
            yield len(found) / len(numbers)
    finally:
        scene.frame_set(shown[0], subframe=shown[1])
    clip, said = _clip(found, obj, scene.render.fps / scene.render.fps_base), ""
    if layout == GAUSSIAN_AVATARS:
        with whole_folder(path / FRAMES) as folder:
            _write_frames(folder, clip)
    elif layout in (BEAT2, AMASS):
        said = write_body_clip(path, clip, face, layout, options.neck_share)
    elif path.suffix.lower() == ".npz":
        save_sequence(clip, path)
    else:
        _write_json(path, clip)
    template = template_sequence.path_of(obj)
    name = "" if template is None else Path(template).name
    return replace(left_out.of(path), left_out_template=name, expression=said)


def _check(path: Path, layout: str) -> None:
    if layout == FLAME and path.suffix.lower() not in PARAMETER_SUFFIXES:
        raise FlameError(
            f"{path}: expected a name ending in {' or '.join(PARAMETER_SUFFIXES)}, found {path.suffix or 'no ending'}."
        )
    if layout in (BEAT2, AMASS) and path.suffix.lower() != ".npz":
        raise FlameError(f"{path}: expected a name ending in .npz, found {path.suffix or 'no ending'}.")
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
