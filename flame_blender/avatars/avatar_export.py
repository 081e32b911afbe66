"""An avatar's splats as .ply of 3D Gaussian Splatting, for one frame or several, each read back and compared."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..errors import AvatarError
from ..export.meshes import Written
from ..files.whole_files import check_writable, whole_files
from ..head.frame import frame_of
from ..long_work import Options, choice
from ..splats.placing import placed
from ..splats.splat_files import read_splats, write_splats
from ..splats.splats import Splats
from . import avatar_object
from .seen import followed, is_avatar
from .splat_cloud import require_splats

WORLD, FLAME, BOUND = "WORLD", "FLAME", "BOUND"
SUFFIX = ".ply"
TOLERANCES = {"scales": 1e-5, "rotations": 1e-5, "opacities": 1e-5, "harmonics": 1e-6}  # scales: of themselves
CLOSE = 1e-6  # metres


@dataclass(frozen=True, kw_only=True)
class AvatarFileOptions(Options):
    """The keywords of :func:`export_avatar`, for :func:`exporting_avatar`.

    Attributes
    ----------
    frames : iterable of int or None, default None
        Several files, ``name_0001.ply`` and so on; None writes the current frame to ``path``.
    axes : str, default "WORLD"
        "WORLD": where the splats are in Blender's world, Z up; "FLAME": where they are in the head's own metres, in
        FLAME's axes, Y up, wherever the head stands; "BOUND": in the frames of their triangles, named in binding_0, as
        GaussianAvatars has them, which is the same in every frame.
    """

    frames: Iterable[int] | None = None
    axes: str = choice(WORLD, FLAME, BOUND)


def exporting(
    scene: bpy.types.Scene, avatar: bpy.types.Object, path: Path, options: AvatarFileOptions
) -> Generator[float, None, Written]:
    """Write the splats, or those of each frame; yields the share that is done.

    All files come at once, when each was read back; closed early, none does. Raises AvatarError, also where a file read
    back is not what was written, and WriteError.
    """
    require_splats()
    if not is_avatar(avatar):
        raise AvatarError(
            f"{avatar.name}: expected an avatar, found another object; choose a cloud that follows a head."
        )
    if path.suffix.lower() != SUFFIX:
        raise AvatarError(f"{path}: expected a name ending in {SUFFIX}, found {path.suffix or 'no ending'}.")
    frames = None if options.frames is None else [int(frame) for frame in options.frames]
    if frames is not None and not frames:
        raise AvatarError("frames: expected at least one frame, found none.")
    paths = [path] if frames is None else [path.with_name(f"{path.stem}_{frame:04d}{SUFFIX}") for frame in frames]
    check_writable(paths[0])
    worst = 0.0
    with whole_files(paths[0]) as folder, _evaluated(scene, avatar):
        for done, each in enumerate(paths):
            if frames is not None:
                scene.frame_set(frames[done])
            splats = _splats(avatar, options.axes)
            write_splats(folder / each.name, splats)
            worst = max(worst, _deviation(folder / each.name, splats))
            yield (done + 1) / len(paths)
    return Written(tuple(paths), 1000 * worst)


@contextmanager
def _evaluated(scene: bpy.types.Scene, avatar: bpy.types.Object) -> Iterator[None]:
    """Blender evaluates the avatar, hidden or not; frame and hiding are those of before afterwards."""
    before, hidden = (scene.frame_current, scene.frame_subframe), avatar.hide_viewport
    avatar.hide_viewport = False
    try:
        yield
    finally:
        avatar.hide_viewport = hidden
        if (scene.frame_current, scene.frame_subframe) != before:
            scene.frame_set(before[0], subframe=before[1])


def _splats(avatar: bpy.types.Object, axes: str) -> Splats:
    if axes == BOUND:
        return avatar_object.bound_splats(avatar)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    splats, head = avatar_object.posed_splats(avatar, depsgraph), followed(avatar)
    if axes == WORLD or head is None:
        return splats
    matrix, frame = np.array(head.evaluated_get(depsgraph).matrix_world, np.float64), frame_of(head)
    back = np.linalg.inv(matrix[:3, :3] @ frame.linear)
    return placed(splats, back, -back @ (matrix[:3, :3] @ frame.origin + matrix[:3, 3]))


def _deviation(path: Path, splats: Splats) -> float:
    """Metres by which the places in the file are off; AvatarError where anything in it is too much."""
    found = read_splats(path)
    if len(found) != len(splats) or found.harmonics.shape != splats.harmonics.shape:
        raise AvatarError(f"{path}: read back it has {len(found)} splats, not {len(splats)}; write it again elsewhere.")
    sides = np.sign(
        (found.rotations * splats.rotations).sum(1, keepdims=True)
    )  # a quaternion and its negative turn alike
    off = {
        "scales": np.abs(found.scales / np.maximum(splats.scales, 1e-12) - 1),
        "rotations": np.abs(found.rotations * sides - splats.rotations),
        "opacities": np.abs(found.opacities - splats.opacities),
        "harmonics": np.abs(found.harmonics - splats.harmonics),
    }
    worst = float(np.abs(found.centres - splats.centres).max())
    wrong = [name for name, most in TOLERANCES.items() if off[name].max(initial=0.0) > most]
    if worst > CLOSE or wrong:
        what = ", ".join(wrong) or f"places, by {1000 * worst:.3g} mm"
        raise AvatarError(f"{path}: read back the file is off in {what}; write it again elsewhere.")
    return worst
