"""Clips and meshes over time, and films of them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..blender_pointers import shown_scene, there
from ..clips import clip_import, mesh_clip, template_clip
from ..clips.clip_import import ClipOptions, ImportedAnimation
from ..clips.mesh_clip import MeshClip, MeshClipOptions
from ..film import filming as films
from ..film.filming import Film, FilmOptions
from ..head import parameters
from ..head.templates import template_sequence
from ..long_work import result_of
from ..sequences.choices import AUTO


def import_animation(  # noqa: PLR0913  (each is a choice in the import's panel)
    path: str | Path,
    obj: bpy.types.Object | None = None,
    *,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    hold_identity: bool = False,
    smooth: float = 0.0,
    head_motion: str = "FILE",
    camera: bool = True,
    sound: bool = True,
    scene_end: bool = True,
    pose_layout: str = AUTO,
    body_rotation: bool = False,
    convert: bool = False,
    copy_expression: bool = False,
    progress: Callable[[float], None] | None = None,
) -> ImportedAnimation:
    """Key a head with a clip of a FLAME tool; curves of before are replaced, what the file does not hold becomes zero.

    The file is read before anything changes; :doc:`animation` tells which there are.

    Parameters
    ----------
    path : str or Path
        A file, or a folder with a file for each frame.
    obj : bpy.types.Object or None, default None
        The head; None adds one of :func:`new_head_model`.
    start_frame : float, default 1.0
        Where the first frame goes.
    fps : float or None, frames per second, default None
        The clip's frame rate, where the file tells none or a wrong one.
    frame_rate : str, default "SCENE_FOLLOWS"
        "SCENE_FOLLOWS": the scene takes the clip's; "RESAMPLE": the clip is brought to the scene's.
    hold_identity : bool, default False
        Hold the median of identities that change.
    smooth : float, frames, default 0.0
        Standard deviation of the Gaussian over time that takes out jitter, up to 1000; the window offers 0 to 1.
    head_motion : str, default "FILE"
        Where the head's motion, a moving camera's included, goes. "FILE": stays where the file has it; "ROOT": root
        rotation and translation; "OBJECT": location and rotation of the object; "NECK": the neck, fitted on the face;
        "CAMERA": the head stands still and the camera moves.
    camera : bool, default True
        Make the clip's camera, where it has one, the scene's, resolution included.
    sound : bool, default True
        Put a sound file that lies beside the clip into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    pose_layout : str, default "AUTO"
        Order of the pose's numbers, where a file does not tell it: "ROOT_JAW", "NECK_JAW" and so on.
    body_rotation : bool, default False
        A body (SMPL-X) turns the head's root as it turns its neck.
    convert : bool, default False
        Refit a clip of another FLAME release to the head's model, where a model of its release is installed.
    copy_expression : bool, default False
        Take SMPL-X's expression coefficients as they are. Otherwise they are converted by the face's vertices, where
        SMPL-X's files are installed, and left out where they are not.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    ImportedAnimation
        The head, the clip as it was keyed, and what was left out.

    Raises
    ------
    SequenceError
        The file is not what it should be, or a number or ``pose_layout`` is wrong.
    ParameterError
        ``obj`` is no head, its model is not installed, or another choice is unknown.
    """
    options = ClipOptions(
        start_frame=start_frame,
        fps=fps,
        frame_rate=frame_rate,
        hold_identity=hold_identity,
        smooth=smooth,
        head_motion=head_motion,
        camera=camera,
        sound=sound,
        scene_end=scene_end,
        pose_layout=pose_layout,
        body_rotation=body_rotation,
        convert=convert,
        copy_expression=copy_expression,
    )
    return result_of(importing_animation(path, obj, options), progress)


def importing_animation(
    path: str | Path, obj: bpy.types.Object | None = None, options: ClipOptions | None = None
) -> Generator[float, None, ImportedAnimation]:
    """:func:`import_animation` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    path : str or Path
        As of :func:`import_animation`.
    obj : bpy.types.Object or None, default None
        As of :func:`import_animation`.
    options : ClipOptions or None, default None
        The keywords of :func:`import_animation`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`import_animation`, and it raises the same.
    """
    context = bpy.context
    return clip_import.importing(
        Path(path), obj, shown_scene(), there(context.collection, "a collection"), options or ClipOptions()
    )


def import_meshes(  # noqa: PLR0913  (each is a choice in the import's panel)
    path: str | Path,
    obj: bpy.types.Object | None = None,
    *,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    solve: bool = False,
    as_template: bool = False,
    sound: bool = True,
    scene_end: bool = True,
    looks: bool = True,
    cache_file: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> MeshClip:
    """Bring in meshes over time in FLAME's topology: a vertex cache, keyed parameters, or the head's rest shape.

    As a template ``flame.template_frame`` tells which mesh is shown, and is keyed; :func:`remove_template` ends it.

    An .obj brings its looks along: UVs, the pictures of its .mtl, colours of vertices. For ``face_detail.obj`` the
    head is ``face.obj`` beside it, and the detail mesh follows that head (:func:`add_detail_mesh`).

    Parameters
    ----------
    path : str or Path
        A folder of .obj or .ply, one of them, an .npy of vertices, or DECA's .mat.
    obj : bpy.types.Object or None, default None
        A head, used where it has as many vertices; else a head of an installed model that has, or a plain mesh with the
        file's faces, is added.
    start_frame : float, default 1.0
        Where the first mesh goes.
    fps : float or None, frames per second, default None
        The frame rate of the meshes, where the file tells none or a wrong one.
    frame_rate : str, default "SCENE_FOLLOWS"
        "SCENE_FOLLOWS": the scene takes theirs; "RESAMPLE": they are played at their own in the scene's.
    solve : bool, default False
        Solve them for parameters, which are keyed, instead of playing them from a cache.
    as_template : bool, default False
        Let each mesh replace the template of the head's model, as VOCA's edit_sequences.py does: identity, expression
        and pose act on it.
    sound : bool, default True
        Put a sound file that lies beside them into the sequencer.
    scene_end : bool, default True
        Let the scene end no earlier than the clip, and with it where the scene is as new and nothing else moves.
    looks : bool, default True
        Take over texture, normal map and colours of the file, its detail mesh and its displacement.
    cache_file : str, Path or None, default None
        The .pc2 that the vertices are written to, and played from; None is one in ``flame_cache`` beside the .blend or,
        before that is saved, beside the meshes. What is solved needs none.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    MeshClip
        The object, the meshes, and where they were solved the parameters and errors.

    Raises
    ------
    SequenceError
        The file is not what it should be.
    ParameterError
        ``frame_rate`` is unknown, or ``solve`` is asked for with ``as_template`` or a ``cache_file``.
    FlameError
        No installed model has as many vertices where one is needed, the head cannot be written just now, or the cache
        cannot be.
    """
    options = MeshClipOptions(
        start_frame=start_frame,
        fps=fps,
        frame_rate=frame_rate,
        solve=solve,
        as_template=as_template,
        sound=sound,
        scene_end=scene_end,
        looks=looks,
        cache_file=cache_file,
    )
    return result_of(importing_meshes(path, obj, options), progress)


def importing_meshes(
    path: str | Path, obj: bpy.types.Object | None = None, options: MeshClipOptions | None = None
) -> Generator[float, None, MeshClip]:
    """:func:`import_meshes` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    path : str or Path
        As of :func:`import_meshes`.
    obj : bpy.types.Object or None, default None
        As of :func:`import_meshes`.
    options : MeshClipOptions or None, default None
        The keywords of :func:`import_meshes`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`import_meshes`, and it raises the same.
    """
    context = bpy.context
    return mesh_clip.importing(
        Path(path), obj, shown_scene(), there(context.collection, "a collection"), options or MeshClipOptions()
    )


def remove_template(obj: bpy.types.Object) -> Path | None:
    """Give a head its model's template back in place of a mesh sequence; identity, expression, pose and keys stay.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    Path or None
        The file of the sequence, which stays; None where the head had none.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return template_clip.remove(obj)


def template_of(obj: bpy.types.Object) -> Path | None:
    """The mesh sequence that a head takes its rest shape from.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    Path or None
        Its file, .pc2; None where the rest shape is the model's.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    path = template_sequence.path_of(obj)
    return None if path is None else Path(path)


def film(  # noqa: PLR0913  (each is a choice in the operator's panel)
    shown: bpy.types.Object | str | Path,
    path: str | Path,
    *,
    sound: str | Path | None = None,
    frames: tuple[int, int] | None = None,
    fps: float | None = None,
    width: int = 800,
    height: int = 800,
    uv_template: str | Path | None = None,
    texture: str | Path | None = None,
    engine: str = "AUTO",
    samples: int = 32,
    progress: Callable[[float], None] | None = None,
) -> Film:
    """Render a head, or a file of meshes or parameters, to a film with its sound, as VOCA's visualize_sequence.py does.

    In a scene of its own, with a camera in front of the face that sees all of it in every frame; the scene that is
    worked on stays as it is.

    Parameters
    ----------
    shown : bpy.types.Object, str or Path
        A head; or a folder of meshes, an .npy of vertices or a clip's parameters, which the model for new heads shows.
    path : str or Path
        The film: ends in .mp4, .mov or .mkv.
    sound : str, Path or None, default None
        The sound, which begins with a file's first frame, filmed or not, or with the first that is filmed of a head.
        None is that which lies beside a file, and none of a head.
    frames : (int, int) or None, default None
        First and last; None is the scene's range, and of a file all of its frames, which count from 1.
    fps : float or None, frames per second, default None
        None is the file's own rate, or the scene's.
    width : int, pixels, default 800
        An even number.
    height : int, pixels, default 800
        An even number.
    uv_template : str, Path or None, default None
        Of a file: an .obj in its topology with faces and UVs, such as VOCA's texture_mesh.obj.
    texture : str, Path or None, default None
        Of a file: a picture for these UVs, or for those of an installed model of as many vertices.
    engine : str, default "AUTO"
        "CYCLES", "EEVEE", or "AUTO": Cycles where there is no window, and so perhaps no graphics, else Eevee.
    samples : int, default 32
        Of a pixel.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Film
        The file, how many frames, and what was assumed.

    Raises
    ------
    ParameterError
        ``shown`` is no head, its model is not installed, or frames, size or a choice are wrong.
    SequenceError
        The file to show is not what it should be.
    ModelError
        The template is not of the file's topology, or has no UVs.
    FlameError
        The sound or the picture is none, the name has another ending, or this Blender cannot write films.
    WriteError
        The film cannot be written.
    """
    options = FilmOptions(
        sound=sound,
        frames=frames,
        fps=fps,
        width=width,
        height=height,
        uv_template=uv_template,
        texture=texture,
        engine=engine,
        samples=samples,
    )
    return result_of(filming(shown, path, options), progress)


def filming(
    shown: bpy.types.Object | str | Path, path: str | Path, options: FilmOptions | None = None
) -> Generator[float, None, Film]:
    """:func:`film` in steps: yields the share that is done. Closed early, no film is written.

    Parameters
    ----------
    shown : bpy.types.Object, str or Path
        As of :func:`film`.
    path : str or Path
        As of :func:`film`.
    options : FilmOptions or None, default None
        The keywords of :func:`film`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`film`, and it raises the same.
    """
    what = Path(shown) if isinstance(shown, (str, Path)) else shown
    return films.filming(shown_scene(), what, Path(path), options or FilmOptions())
