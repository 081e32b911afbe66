"""Which files a trained avatar is: splats, the clip that it was trained on, and the cameras.

GaussianAvatars' training (Qian et al. 2024, commit 30cc4bd) writes ``point_cloud/iteration_N/point_cloud.ply`` with
``flame_param.npz`` beside it, and, as 3D Gaussian Splatting does, ``cameras.json`` above them: of each picture width
and height, fx and fy in pixels, the camera's place, and its axes (x right, y down, z forward) as columns of a rotation.
LAM's and SplattingAvatar's files are told by their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import AvatarError, SequenceError
from ..files.archive import open_file
from ..flame.topology import N_VERTICES, N_WITH_TEETH
from ..geometry.camera import Camera
from ..sequences.contents import Contents, open_contents
from ..sequences.fields import numbers
from .embedded_files import EMBEDDING
from .lam_files import OFFSETS as LAM_CLOUD

LAM, EMBEDDED = "LAM", "EMBEDDED"
CLOUD, CLIP, CAMERAS = "point_cloud.ply", "flame_param.npz", "cameras.json"
ITERATION = re.compile(r"iteration_(\d{1,9})")
HEADER = 8192  # bytes in which a file of splats names its columns
TEETH_LEFT_OUT = f"Offsets of the {N_WITH_TEETH - N_VERTICES} vertices of teeth"  # begins the note of the clip's reader
VIEWER = {"distance": 1.0, "height_angle": 20.0, "width": 960, "height": 540}  # GaussianAvatars' local_viewer.py


@dataclass(frozen=True)
class AvatarFiles:
    """``cloud`` is the .ply of splats; ``clip`` and ``cameras`` are None where there are none.

    ``layout`` tells whose files they are: LAM's, SplattingAvatar's (:data:`EMBEDDED`), or any other tool's, "".
    """

    cloud: Path
    clip: Path | None = None
    cameras: Path | None = None
    layout: str = ""


def find_avatar(path: Path) -> AvatarFiles:
    """The files of an avatar: of a .ply itself, or of the folder that a training wrote, its last iteration.

    Raises AvatarError for a folder without splats.
    """
    if not path.is_dir():
        return _files(path)
    for offsets in (path / LAM_CLOUD, *sorted(path.glob(f"*/{LAM_CLOUD}"))):
        if offsets.is_file():
            return _files(offsets)
    places = [path, *sorted(_iterations(path), key=_number, reverse=True)]
    for place in places:
        if (place / CLOUD).is_file():
            return _files(place / CLOUD)
    clouds = sorted(each for each in path.glob("*.ply") if holds_splats(each))
    if len(clouds) == 1:
        return _files(clouds[0])
    found = f"{len(clouds)} files of splats" if clouds else "none"
    raise AvatarError(
        f"{path}: expected a trained avatar ({CLOUD}, or {CLOUD} in point_cloud/iteration_*), found {found}; choose "
        "the .ply itself."
    )


def _files(cloud: Path) -> AvatarFiles:
    lam, embedded = cloud.name == LAM_CLOUD, cloud.with_name(EMBEDDING).is_file()
    return AvatarFiles(cloud, *_beside(cloud), LAM if lam else EMBEDDED if embedded else "")


def _iterations(folder: Path) -> list[Path]:
    return [each for root in (folder / "point_cloud", folder) for each in root.glob("iteration_*") if each.is_dir()]


def _number(folder: Path) -> int:
    match = ITERATION.fullmatch(folder.name)
    return int(match[1]) if match else -1


def _beside(cloud: Path) -> tuple[Path | None, Path | None]:
    """Clip and cameras: beside the splats, the cameras also where the training's folder begins."""
    folder = cloud.parent
    above = (folder, folder.parent.parent) if ITERATION.fullmatch(folder.name) else (folder,)
    clip = folder / CLIP
    cameras = next((each / CAMERAS for each in above if (each / CAMERAS).is_file()), None)
    return clip if clip.is_file() else None, cameras


def holds_splats(path: Path) -> bool:
    """Whether a file is a .ply whose header names the columns of splats."""
    try:
        with open_file(path) as file:
            start = file.read(HEADER)
    except (OSError, ValueError):
        return False
    return start.startswith(b"ply") and all(name in start for name in (b" f_dc_0", b" scale_0", b" rot_0", b" opacity"))


def teeth_offsets(clip: Path) -> np.ndarray | None:
    """(120, 3) float32 metres: what the training added to the teeth at rest; None where it added nothing.

    Raises SequenceError for a file that is damaged.
    """
    contents = open_contents(clip)
    if not contents.has("static_offset"):
        return None
    array = numbers(contents, "static_offset")
    if array.shape not in ((1, N_WITH_TEETH, 3), (N_WITH_TEETH, 3)):
        return None
    offsets = array.reshape(-1, 3)[N_VERTICES:].astype(np.float32)
    return offsets if offsets.any() else None


def camera_of(cameras: Path | None) -> tuple[Camera, str]:
    """The camera that stands most in front, and a sentence that says which; without a file that of the tool's viewer.

    What is wrong with the file is told in the sentence, for an avatar needs no camera.
    """
    if cameras is None:
        return _viewers(), "The camera is as in GaussianAvatars' viewer: no cameras.json lies with the avatar."
    try:
        contents = open_contents(cameras)
        views = contents.value if isinstance(contents.value, list) else []
        if not views or not all(isinstance(each, Mapping) for each in views):
            raise SequenceError(f"{cameras}: expected a list of cameras, found none.")
        found = [_camera(contents.inner(number, each)) for number, each in enumerate(views)]
    except SequenceError as error:
        return _viewers(), f"The camera is as in GaussianAvatars' viewer. {error}"
    towards = [-float(each.rotation[2, 2]) for each in found]  # looks along FLAME's -z, at the face
    chosen = int(np.argmax(towards))
    return found[chosen], f"The camera is number {chosen} of {len(found)} in {cameras.name}."


def _camera(view: Contents) -> Camera:
    place, axes = numbers(view, "position").astype(np.float64), numbers(view, "rotation").astype(np.float64)
    if place.shape != (3,) or axes.shape != (3, 3):
        raise SequenceError(f"{view.source}: expected a place (3) and axes (3, 3), found {place.shape}, {axes.shape}.")
    sides = [float(numbers(view, key).reshape(-1)[0]) for key in ("width", "height", "fx", "fy")]
    if not (np.isfinite(sides).all() and np.isfinite(place).all() and min(sides) > 0):
        raise SequenceError(f"{view.source}: expected width, height, fx and fy above 0, found {sides}.")
    width, height, fx, fy = sides
    try:
        lens = np.array([fx, fy, width / 2, height / 2])
        return Camera(lens, int(width), int(height), axes.T, -axes.T @ place)
    except SequenceError as error:
        raise SequenceError(f"{view.source}: {error}") from error


def _viewers() -> Camera:
    width, height = int(VIEWER["width"]), int(VIEWER["height"])
    focal = height / 2 / np.tan(np.radians(VIEWER["height_angle"]) / 2)
    lens = np.array([focal, focal, width / 2, height / 2])
    return Camera(lens, width, height, np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, VIEWER["distance"]]))
