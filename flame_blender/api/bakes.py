"""Caches and rigs, which need no add-on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..bake import baking, cache, rig
from ..bake.baking import BakeOptions
from ..bake.rig import NativeRig, RigOptions
from ..blender_pointers import shown_scene
from ..long_work import result_of


def bake_cache(
    obj: bpy.types.Object,
    *,
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
    options = BakeOptions(path=path, frames=frames, samples_per_frame=samples_per_frame)
    return result_of(baking_cache(obj, options), progress)


def baking_cache(obj: bpy.types.Object, options: BakeOptions | None = None) -> Generator[float, None, Path]:
    """:func:`bake_cache` in steps: yields the share that is done. Closed early, the head is as before.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : BakeOptions or None, default None
        The keywords of :func:`bake_cache`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`bake_cache`, and it raises the same.
    """
    return baking.baking(shown_scene(), obj, options or BakeOptions())


def played_cache(obj: bpy.types.Object) -> Path | None:
    """The cache that an object plays.

    Parameters
    ----------
    obj : bpy.types.Object
        A head, or a plain mesh that :func:`import_meshes` made.

    Returns
    -------
    Path or None
        Its file; None where the object plays none.
    """
    return cache.path_of(obj)


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
    *,
    frames: tuple[int, int] | None = None,
    n_expression: int | None = None,
    animated: bool = True,
    mouth_shapes: bool = False,
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
    mouth_shapes : bool, default False
        Add a shape key for each viseme, and an action for each of Rhubarb's mouth shapes, for lip-sync add-ons.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    NativeRig
        Its objects, and what the head does and the rig does not.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed or not of FLAME's joints, ``n_expression`` is out of range, or
        ``mouth_shapes`` are asked of a model without named controls.
    FlameError
        The head's identity is animated, which no rig can follow.
    """
    options = RigOptions(frames=frames, n_expression=n_expression, animated=animated, mouth_shapes=mouth_shapes)
    return result_of(making_rig(obj, options), progress)


def making_rig(obj: bpy.types.Object, options: RigOptions | None = None) -> Generator[float, None, NativeRig]:
    """:func:`make_rig` in steps: yields the share that is done. Closed early, nothing is left.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    options : RigOptions or None, default None
        The keywords of :func:`make_rig`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`make_rig`, and it raises the same.
    """
    return rig.making(shown_scene(), obj, options or RigOptions())
