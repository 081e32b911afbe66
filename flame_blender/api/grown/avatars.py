"""Gaussian avatars of heads: brought in, bound, made, written, taken away."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import bpy

from ...avatars import adding, avatar_export, avatar_object, seen, splat_cloud, strewn
from ...avatars.adding import AddedAvatar, AvatarOptions
from ...avatars.avatar_export import AvatarFileOptions
from ...avatars.strewn import MadeAvatarOptions
from ...blender_pointers import shown_scene, there
from ...errors import AvatarError
from ...export.meshes import Written
from ...head import parameters
from ...long_work import result_of
from ...splats import avatar_files


def add_avatar(
    path: str | Path,
    head: bpy.types.Object | None = None,
    *,
    clip: str | Path | None = None,
    play: bool = True,
    camera: bool = True,
    start_frame: float = 1.0,
    axes: str = "WORLD",
    progress: Callable[[float], None] | None = None,
) -> AddedAvatar:
    """Add a Gaussian avatar to a head: a cloud of splats that follows its mesh by nodes which need no add-on.

    GaussianAvatars' ``point_cloud.ply`` tells which triangles its splats are bound to. Where a head is added for it,
    the clip beside it (``flame_param.npz``) is keyed, and its camera (``cameras.json``, else that of the tool's viewer)
    made the scene's. LAM's folder or zip (``offset.ply``) and SplattingAvatar's on FLAME (``embedding.json``) tell
    triangles too; LAM's person becomes the offsets of a new head. Other files of splats are bound to the nearest
    triangles of the head as it stands and is posed.
    The first avatar of a head hides the head's mesh, which ``head.flame_avatars.shown`` tells.

    Parameters
    ----------
    path : str or Path
        A .ply of splats, the folder that a training wrote, or LAM's .zip.
    head : bpy.types.Object or None, default None
        The head; None adds one of a model that has the triangles.
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
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    AddedAvatar
        The avatar, its head, and what is to be known.

    Raises
    ------
    AvatarError
        Blender is older than 5.3, the file holds no splats, or no head has their triangles.
    ParameterError
        ``head`` is no head, or its model is not installed.
    SequenceError
        The clip cannot be read.
    """
    options = AvatarOptions(clip=clip, play=play, camera=camera, start_frame=start_frame, axes=axes)
    return result_of(adding_avatar(path, head, options), progress)


def adding_avatar(
    path: str | Path, head: bpy.types.Object | None = None, options: AvatarOptions | None = None
) -> Generator[float, None, AddedAvatar]:
    """:func:`add_avatar` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    path : str or Path
        A .ply of splats, or the folder that a training wrote.
    head : bpy.types.Object or None, default None
        The head; None adds one.
    options : AvatarOptions or None, default None
        The keywords of :func:`add_avatar`; None are its defaults.

    Returns
    -------
    generator
        Its result is that of :func:`add_avatar`, and it raises the same.
    """
    collection = there(bpy.context.collection, "a collection")
    return adding.adding(Path(path), head, shown_scene(), collection, options or AvatarOptions())


def bind_avatar(cloud: bpy.types.Object, head: bpy.types.Object) -> AddedAvatar:
    """Let the splats of a cloud in the scene follow a head, each bound to the nearest triangle, where both stand now.

    Parameters
    ----------
    cloud : bpy.types.Object
        A point cloud of splats, as Blender's import of .ply makes one. It is hidden.
    head : bpy.types.Object
        The head.

    Returns
    -------
    AddedAvatar
        The avatar, which is a cloud of its own.

    Raises
    ------
    AvatarError
        Blender is older than 5.3, ``cloud`` is none of splats, or none of them is near the head.
    ParameterError
        ``head`` is no head, or its model is not installed.
    """
    parameters.require_own(head)
    return adding.binding(cloud, head)


def make_avatar(
    head: bpy.types.Object,
    *,
    count: int = 150_000,
    hair: int = 150_000,
    lit: bool = True,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> AddedAvatar:
    """Make an avatar of a head: splats strewn over its mesh with the colours of its materials' pictures.

    It looks like the mesh, and is there to try what avatars do, or to begin a training from: :func:`export_avatar`
    writes it as GaussianAvatars has such files. Grown hair comes as thin splats along its strands, each on the triangle
    of its root; the mouth, an object of its own, is left out.

    Parameters
    ----------
    head : bpy.types.Object
        The head, as it is posed.
    count : int, default 150000
        How many splats, 1,000 to 2,000,000.
    hair : int, default 150000
        How many at most of the head's grown hair, which come beside them; 0 leaves it out.
    lit : bool, default True
        Shade the colours as a large lamp in front would; off, they are the materials' own.
    seed : int, default 0
        Another one strews them elsewhere.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    AddedAvatar
        The avatar and its head.

    Raises
    ------
    AvatarError
        Blender is older than 5.3, there is no such count, or nothing of the head can be seen.
    ParameterError
        ``head`` is no head, it is linked, or its model is not installed.
    """
    return result_of(making_avatar(head, MadeAvatarOptions(count=count, hair=hair, lit=lit, seed=seed)), progress)


def making_avatar(
    head: bpy.types.Object, options: MadeAvatarOptions | None = None
) -> Generator[float, None, AddedAvatar]:
    """:func:`make_avatar` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    head : bpy.types.Object
        The head.
    options : MadeAvatarOptions or None, default None
        The keywords of :func:`make_avatar`; None are its defaults.

    Returns
    -------
    generator
        Its result is that of :func:`make_avatar`, and it raises the same.
    """
    return strewn.making(head, options or MadeAvatarOptions())


def export_avatar(
    avatar: bpy.types.Object,
    path: str | Path,
    *,
    frames: Iterable[int] | None = None,
    axes: str = "WORLD",
    progress: Callable[[float], None] | None = None,
) -> Written:
    """Write an avatar's splats as .ply of 3D Gaussian Splatting, read back and compared.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    path : str or Path
        Ends in .ply.
    frames : iterable of int or None, default None
        Several files, ``name_0001.ply`` and so on; None writes the current frame to ``path``.
    axes : str, default "WORLD"
        "WORLD": where the splats are in Blender's world, Z up; "FLAME": where they are in the head's own metres, in
        FLAME's axes, Y up, wherever the head stands; "BOUND": in the frames of their triangles, named in binding_0, as
        GaussianAvatars has them, which is the same in every frame.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Written
        The files, and by how much what was read back is off.

    Raises
    ------
    AvatarError
        ``avatar`` is none, the name ends otherwise, or a file read back is not what was written.
    WriteError
        A file cannot be written.
    """
    return result_of(exporting_avatar(avatar, path, AvatarFileOptions(frames=frames, axes=axes)), progress)


def exporting_avatar(
    avatar: bpy.types.Object, path: str | Path, options: AvatarFileOptions | None = None
) -> Generator[float, None, Written]:
    """:func:`export_avatar` in steps: yields the share that is done. Closed early, no file comes.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.
    path : str or Path
        Ends in .ply.
    options : AvatarFileOptions or None, default None
        The keywords of :func:`export_avatar`; None are its defaults.

    Returns
    -------
    generator
        Its result is that of :func:`export_avatar`, and it raises the same.
    """
    return avatar_export.exporting(shown_scene(), avatar, Path(path), options or AvatarFileOptions())


def avatars_of(head: bpy.types.Object) -> list[bpy.types.Object]:
    """The Gaussian avatars of a head.

    Parameters
    ----------
    head : bpy.types.Object
        The head.

    Returns
    -------
    list of bpy.types.Object
        Clouds of splats, its children.

    Raises
    ------
    ParameterError
        ``head`` is no head.
    """
    parameters.require_head(head)
    return seen.avatars_of(head)


def remove_avatar(avatar: bpy.types.Object) -> None:
    """Delete an avatar; with the last one of a head its mesh is shown again.

    Parameters
    ----------
    avatar : bpy.types.Object
        One of :func:`avatars_of`.

    Raises
    ------
    AvatarError
        It is none.
    """
    if not seen.is_avatar(avatar):
        raise AvatarError(
            f"{avatar.name}: expected an avatar, found another object; choose a cloud that follows a head."
        )
    avatar_object.remove(avatar)


def missing_splats() -> str | None:
    """Why this Blender can have no Gaussian avatars.

    Returns
    -------
    str or None
        A sentence; None where it can.
    """
    return splat_cloud.why_not()


def holds_splats(path: str | Path) -> bool:
    """Whether a file is a .ply of Gaussian splats, told by its header.

    Parameters
    ----------
    path : str or Path
        Any file.

    Returns
    -------
    bool
        False for what cannot be read.
    """
    return avatar_files.holds_splats(Path(path))


def is_splat_cloud(obj: bpy.types.Object | None) -> bool:
    """Whether an object is a cloud of Gaussian splats that follows no head yet, which :func:`bind_avatar` takes.

    Parameters
    ----------
    obj : bpy.types.Object or None
        Any object; None is none.

    Returns
    -------
    bool
        True for such a cloud.
    """
    return splat_cloud.is_cloud(obj) and not seen.is_avatar(obj)
