"""An avatar brought in: its splats on a head, and with a new head the clip and the camera that come with it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
import numpy as np

from ..clips import clip_camera, clip_import
from ..clips.clip_import import ClipOptions, ImportedAnimation
from ..errors import AvatarError
from ..flame.params import FlameParams
from ..head import models, parameters
from ..head.frame import frame_of, standing
from ..head.mesh import mesh_of
from ..head.under_work import head_under_work
from ..long_work import Options, choice, result_of
from ..splats.avatar_files import TEETH_LEFT_OUT, AvatarFiles, camera_of, find_avatar, teeth_offsets
from ..splats.read_avatars import ReadAvatar, bound_to, read_avatar, unpacked
from ..splats.splats import Splats
from ..splats.teeth import require_flame
from . import avatar_object, splat_cloud
from .avatar_settings import AVATAR
from .placed_splats import bound_in_place
from .seen import avatars_of, is_avatar, settings_of
from .splat_cloud import require_splats

if TYPE_CHECKING:
    from ..model_files.library import ModelEntry

WORLD, HEAD_SPACE = "WORLD", "HEAD"
READ, CHECKED = 0.6, 0.9  # shares of the work


@dataclass(frozen=True, eq=False)
class AddedAvatar:
    """What :func:`add_avatar` made of a file.

    Attributes
    ----------
    avatar : bpy.types.Object
        The cloud of splats, the head's child.
    head : bpy.types.Object
        The head that it follows.
    count : int
        How many splats it has.
    clip : ImportedAnimation or None, default None
        What was keyed on the head.
    notes : tuple of str
        What else is to be known, one sentence each.
    """

    avatar: bpy.types.Object
    head: bpy.types.Object
    count: int
    clip: ImportedAnimation | None = None
    notes: tuple[str, ...] = ()

    def summary(self) -> tuple[str, ...]:
        """Lines for a person."""
        clip = () if self.clip is None else self.clip.summary()
        lines = (f"{self.count} splats follow {self.head.name}.", *self.notes, *clip)
        return tuple(each for each in lines if not each.startswith(TEETH_LEFT_OUT))


@dataclass(frozen=True, kw_only=True)
class AvatarOptions(Options):
    """The keywords of :func:`add_avatar`, for :func:`adding_avatar`.

    Attributes
    ----------
    clip : str, Path or None, default None
        A clip to key on the head, instead of the one beside the avatar.
    play : bool, default True
        On a new head, key the clip that lies beside the avatar.
    camera : bool, default True
        With a new head, make the avatar's camera the scene's, resolution included.
    start_frame : float, default 1.0
        Where the clip's first frame goes.
    axes : str, default "WORLD"
        Of splats that are bound to no triangles. "WORLD": the file's places are Blender's world, as Blender's own
        import has them; "HEAD": they are told in FLAME's axes, wherever the head stands.
    """

    clip: str | Path | None = None
    play: bool = True
    camera: bool = True
    start_frame: float = 1.0
    axes: str = choice(WORLD, HEAD_SPACE)


def adding(
    path: Path,
    head: bpy.types.Object | None,
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    options: AvatarOptions,
) -> Generator[float, None, AddedAvatar]:
    """Bring an avatar in, on ``head`` or on a new one; yields the share that is done.

    Closed early, or on a FlameError, nothing has changed.
    """
    require_splats()
    with unpacked(path) as folder:
        files = find_avatar(folder)
        yield 0.0
        found = read_avatar(files)
    yield READ
    if found.stands_alone:
        found = ReadAvatar(_bound(files.cloud, found.splats, head, options.axes))
    entry, (splats, person, note) = _entry_for(path, files, found, head)
    clip = files.clip if head is None and options.play else None
    if options.clip is not None:
        clip = Path(options.clip)
    offsets = None if files.clip is None else teeth_offsets(files.clip)
    yield CHECKED
    with head_under_work(head, scene, collection) as work:
        work.remember()
        work.finish()
        obj = work.of_model(entry)
        if head is None and person is not None:
            count = len(mesh_of(obj).vertices)
            parameters.set_params(obj, {"offsets": person[:count]})
            offsets = person[count:] if len(person) > count else None
        imported = None
        if clip is not None:
            keyed = ClipOptions(start_frame=options.start_frame, camera=options.camera)
            imported = result_of(clip_import.importing(clip, obj, scene, collection, keyed))
        notes: tuple[str, ...] = (note,) if note else ()
        if head is None and options.camera and not found.lam and (imported is None or imported.clip.camera is None):
            camera, told = camera_of(files.cameras)
            made = clip_camera.make_camera(f"{obj.name} Camera", collection, camera, standing(obj))
            clip_camera.look_through(scene, made, camera)
            notes = (*notes, told)
        avatar = shown_on(obj, splats, _name(path if found.lam else files.cloud), offsets)
    return AddedAvatar(avatar, obj, len(splats), imported, notes)


def binding(cloud: bpy.types.Object, head: bpy.types.Object) -> AddedAvatar:
    """An avatar of the splats of a cloud that stands about a head; the cloud itself is hidden.

    Raises AvatarError for what is no cloud of splats, or for an avatar.
    """
    require_splats()
    if not splat_cloud.is_cloud(cloud) or is_avatar(cloud):
        raise AvatarError(f"{cloud.name}: expected a cloud of splats that follows no head yet; import a .ply of them.")
    matrix = np.array(cloud.matrix_world, np.float64)
    splats = bound_in_place(head, splat_cloud.splats_of(cloud.data), matrix[:3, :3], matrix[:3, 3])
    avatar = shown_on(head, splats, f"{cloud.name} {avatar_object.NAME}")
    cloud.hide_viewport = cloud.hide_render = True
    return AddedAvatar(avatar, head, len(splats))


def shown_on(head: bpy.types.Object, splats: Splats, name: str, offsets: np.ndarray | None = None) -> bpy.types.Object:
    """Add bound splats, and hide the head's mesh where these are its first avatar."""
    first = not avatars_of(head)
    avatar = avatar_object.add(head, splats, name, offsets)
    if first:
        settings_of(head).shown = AVATAR
    return avatar


def _bound(path: Path, splats: Splats, head: bpy.types.Object | None, axes: str) -> Splats:
    if head is None:
        raise AvatarError(
            f"{path}: expected splats that are bound to triangles, found such that stand by themselves; place a head "
            "where they show one, and add them to it."
        )
    linear, shift = np.eye(3), np.zeros(3)
    if axes == HEAD_SPACE:
        matrix, frame = np.array(head.matrix_world, np.float64), frame_of(head)
        linear, shift = matrix[:3, :3] @ frame.linear, matrix[:3, :3] @ frame.origin + matrix[:3, 3]
    try:
        return bound_in_place(head, splats, linear, shift)
    except AvatarError as error:
        raise AvatarError(f"{path}: {error}") from error


def _entry_for(
    path: Path, files: AvatarFiles, found: ReadAvatar, head: bpy.types.Object | None
) -> tuple[ModelEntry, tuple[Splats, np.ndarray | None, str]]:
    """The model of the head, and the avatar on it; of a new head the usual one that has the triangles, else the first.

    A clip of GaussianAvatars beside the splats means FLAME's topology. Raises AvatarError, and ParameterError for a
    head whose model is not installed.
    """
    entries: tuple[ModelEntry, ...] = (models.for_new_heads(), *models.entries())
    shape = None
    if head is not None:
        own = parameters.require_head(head)
        parameters.require_evaluator(own)
        entries = (models.find(own.fingerprint) or models.built_in(),)
        shown = parameters.get_own_params(head)
        shape = FlameParams(shape=shown.shape, offsets=shown.offsets)
    refusals = []
    for entry in entries:
        evaluator = models.evaluator(entry.fingerprint)
        if evaluator is None:
            continue
        try:
            if head is None and files.clip is not None:
                require_flame(evaluator.model)
            at_rest = evaluator.model.v_template if shape is None else evaluator.vertices(shape)
            bound = bound_to(found, evaluator.model, at_rest)
            avatar_object.faces_for(evaluator.model, bound[0])
        except AvatarError as error:
            refusals.append(error)
        else:
            return entry, bound
    if not refusals:
        raise AvatarError(f"{path}: expected a model for a new head, found none that can be read; install one.")
    raise AvatarError(f"{path}: {refusals[0]}") from refusals[0]


def _name(cloud: Path) -> str:
    """What an avatar is called: as its file, or as the folder of a training."""
    parts: Iterator[str] = (each for each in (cloud.stem, *(folder.name for folder in cloud.parents)) if each)
    usual = ("point_cloud", "iteration_", "offset")
    return f"{next((each for each in parts if not each.startswith(usual)), 'Head')} {avatar_object.NAME}"
