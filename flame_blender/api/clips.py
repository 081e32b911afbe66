"""Clips and meshes brought in, caches and rigs made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ..bake import baking, cache, mesh_clip, rig
from ..bake.mesh_clip import MeshClip
from ..bake.rig import NativeRig
from ..flame.errors import ParameterError
from ..flame.steps import result_of
from ..head import clip_import
from ..head.clip_import import ImportedAnimation
from ..sequences.choices import AUTO, Choices


def import_animation(  # noqa: PLR0913, PLR0917  (each is a choice in the import's panel)
    path: str | Path,
    obj: bpy.types.Object | None = None,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    hold_identity: bool = False,
    smooth: float = 0.0,
    head_motion: str = "FILE",
    camera: bool = True,
    sound: bool = True,
    pose_layout: str = AUTO,
    body_rotation: bool = False,
    progress: Callable[[float], None] | None = None,
) -> ImportedAnimation:
    """Key a head with a clip: a file of a FLAME tool, or a folder with a file for each frame.

    ``obj`` None adds a head (of :func:`new_head_model`). ``fps`` corrects the clip's frame rate. With
    ``frame_rate`` "SCENE_FOLLOWS" the scene takes the clip's, with "RESAMPLE" the clip is brought to the scene's.
    ``hold_identity`` holds the median of identities that change, ``smooth`` (0 to 1) takes out jitter.
    ``head_motion``: "FILE" leaves the motion where the file has it; "ROOT", "OBJECT" and "NECK" put it, a moving
    camera's included, into root rotation and translation, the object's location and rotation, or (fitted on the
    face, the error in the clip's notes) the neck; with "CAMERA" the head stands still and the camera moves. With
    ``camera`` the clip's camera, where the file has one, is made and becomes the scene's, resolution included; with
    ``sound`` a sound file beside it goes into the sequencer. Where a file does not tell the order of its pose's
    numbers, ``pose_layout`` does (``sequences.choices.POSE_LAYOUTS``); with ``body_rotation`` a body (SMPL-X) turns
    the head's root as it turns its neck. Curves of before are replaced, what the file does not hold becomes zero.
    The file is read before anything changes. Raises SequenceError, ParameterError.
    """
    _check_choice("frame_rate", frame_rate, ("SCENE_FOLLOWS", "RESAMPLE"))
    options = clip_import.Options(
        start_frame,
        fps,
        frame_rate == "SCENE_FOLLOWS",
        hold_identity,
        smooth,
        head_motion,
        camera,
        sound,
        Choices(pose_layout, body_rotation),
    )
    return result_of(
        clip_import.importing(Path(path), obj, bpy.context.scene, bpy.context.collection, options), progress
    )


def import_meshes(
    path: str | Path,
    obj: bpy.types.Object | None = None,
    start_frame: float = 1.0,
    fps: float | None = None,
    frame_rate: str = "SCENE_FOLLOWS",
    solve: bool = False,
    sound: bool = True,
    progress: Callable[[float], None] | None = None,
) -> MeshClip:
    """Bring in meshes in FLAME's topology: a folder of .obj or .ply, an .npy of vertices, or DECA's .mat.

    ``obj`` is used where it has as many vertices; otherwise a head of an installed model that has, or a plain mesh with
    the file's faces. They play from a point cache; with ``solve`` they become parameters, keyed, and the errors are
    told. The other arguments are those of :func:`import_animation`. Raises SequenceError, FlameError.
    """
    _check_choice("frame_rate", frame_rate, ("SCENE_FOLLOWS", "RESAMPLE"))
    follows = frame_rate == "SCENE_FOLLOWS"
    context = bpy.context
    steps = mesh_clip.importing(
        Path(path), obj, context.scene, context.collection, start_frame, fps, follows, solve, sound
    )
    return result_of(steps, progress)


def bake_cache(
    obj: bpy.types.Object,
    path: str | Path | None = None,
    frames: tuple[int, int] | None = None,
    samples_per_frame: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Evaluate a head over ``frames`` (first, last; the scene's range by default) to a PC2 file and let it play that.

    The head then needs neither the add-on nor its model. With ``samples_per_frame`` k, motion blur sees k evaluations
    between a frame and the next. ``path`` is by default in ``flame_cache`` beside the .blend. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    steps = baking.baking(scene, obj, Path(path) if path is not None else None, start, end, samples_per_frame)
    return result_of(steps, progress)


def make_rig(
    obj: bpy.types.Object,
    frames: tuple[int, int] | None = None,
    n_expression: int | None = None,
    animated: bool = True,
    progress: Callable[[float], None] | None = None,
) -> NativeRig:
    """Make the head's present identity as an armature and a skin with shape keys, moving as the head does.

    The rig needs no add-on. ``frames`` (first, last) is the scene's range by default; not ``animated``, it only takes
    the present pose. ``n_expression`` keeps the first directions, for smaller files. Raises FlameError.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(rig.making(scene, obj, start, end, n_expression, animated), progress)


def free_cache(obj: bpy.types.Object) -> bool:
    """Let a head follow its parameters again instead of playing a cache; whether it had one. The file stays."""
    return cache.detach(obj) is not None


def _check_choice(name: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise ParameterError(f"{name}: expected {' or '.join(map(repr, choices))}, found {given!r}.")
