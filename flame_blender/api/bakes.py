"""Caches and rigs, which need no add-on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ..bake import baking, cache, rig
from ..bake.rig import NativeRig
from ..long_work import result_of


def bake_cache(
    obj: bpy.types.Object,
    path: str | Path | None = None,
    frames: tuple[int, int] | None = None,
    samples_per_frame: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Evaluate a head over frames into a .pc2 file and let it play that; it then needs neither add-on nor model.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str, Path or None, default None
        The file; None is the one that the head plays already, else one in ``flame_cache`` beside the .blend.
    frames : (int, int) or None, default None
        First and last; None is the scene's range.
    samples_per_frame : int, default 1
        Evaluations from each frame to the next, for motion blur.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed, or frames or samples are wrong.
    FlameError
        The .blend was never saved and there is no ``path``.
    WriteError
        The file cannot be written; the head is as before.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    steps = baking.baking(scene, obj, Path(path) if path is not None else None, start, end, samples_per_frame)
    return result_of(steps, progress)


def free_cache(obj: bpy.types.Object) -> bool:
    """Let a head follow its parameters again instead of playing a cache; the file stays.

    Parameters
    ----------
    obj : bpy.types.Object
        The head, or a plain mesh that :func:`import_meshes` made.

    Returns
    -------
    bool
        Whether there was a cache.
    """
    return cache.detach(obj) is not None


def make_rig(
    obj: bpy.types.Object,
    frames: tuple[int, int] | None = None,
    n_expression: int | None = None,
    animated: bool = True,
    progress: Callable[[float], None] | None = None,
) -> NativeRig:
    """Make the head's present identity as an armature and a skin with shape keys, which need no add-on.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    frames : (int, int) or None, default None
        First and last frame of the motion; None is the scene's range.
    n_expression : int or None, default None
        Keep the first expression directions alone, for smaller files; None keeps all.
    animated : bool, default True
        Move as the head does; False takes the present pose alone.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    NativeRig
        Its objects, and what the head does and the rig does not.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed or not of FLAME's joints, or ``n_expression`` is out of range.
    FlameError
        The head's identity is animated, which no rig can follow.
    """
    scene = bpy.context.scene
    start, end = frames or (scene.frame_start, scene.frame_end)
    return result_of(rig.making(scene, obj, start, end, n_expression, animated), progress)
