"""A vertex cache on a head: Blender's own Mesh Cache modifier plays it, and the add-on has nothing left to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..errors import FlameError
from ..files.pc2 import read_header
from ..head import landmarks, live
from ..head.folds import fold_modifier
from ..head.frame import frame_of
from ..head.mesh import mesh_of
from ..head.mouth import mouth_object, riders
from ..head.properties import head_of

NAME = "FLAME Cache"
FOLDER = "flame_cache"
MOST_LETTERS = 200  # of a name, which Blender 5 takes 255 letters long: with number and ending they fit in a file's
WAS_LIVE = "flame_was_live"  # on the object: what detach puts back
IN_FRAME = "flame_cache_frame"  # on the object: the head's own frame that the cache is in


def cache_path(name: str, beside: Path | None = None) -> Path:
    """Where the cache of the object called ``name`` goes: ``flame_cache`` beside the .blend, or in ``beside``.

    Raises FlameError when the .blend was never saved and there is no other folder.
    """
    if bpy.data.filepath:
        folder = Path(bpy.path.abspath("//")) / FOLDER
    elif beside is not None:
        folder = beside / FOLDER
    else:
        raise FlameError("The cache is kept beside the .blend, which has no file yet; save it first, or name a file.")
    stem = bpy.path.clean_name(name)[:MOST_LETTERS]
    numbers = ("", *(f"_{number}" for number in range(2, 10_000)))
    return next(path for path in (folder / f"{stem}{number}.pc2" for number in numbers) if not os.path.exists(path))


def cache_of(obj: bpy.types.Object) -> Any:
    """The modifier that plays the object's cache, or None."""
    return next((each for each in obj.modifiers if each.name == NAME and each.type == "MESH_CACHE"), None)


def attach(obj: bpy.types.Object, path: Path, start_frame: float, samples_per_frame: float = 1.0) -> None:
    """Let the object play a PC2 file whose first sample belongs to ``start_frame``; a head no longer evaluates itself.

    A cache that the object had is exchanged. The path is kept relative to the .blend where that is possible.
    """
    modifier: Any = cache_of(obj) or obj.modifiers.new(NAME, "MESH_CACHE")
    obj.modifiers.move(obj.modifiers.find(modifier.name), 0)
    modifier.cache_format = "PC2"
    modifier.filepath = stored(path)
    modifier.interpolation = "LINEAR"
    modifier.deform_mode = "OVERWRITE"
    modifier.time_mode, modifier.play_mode = "FRAME", "SCENE"
    # sample = frame_scale x frame - frame_start
    modifier.frame_scale = samples_per_frame
    modifier.frame_start = samples_per_frame * start_frame
    modifier.show_expanded = False
    head = head_of(obj)
    if head is not None:
        obj[WAS_LIVE] = head.live
        obj[IN_FRAME] = frame_of(obj).matrix.ravel().tolist()
        head.live = False


def path_of(obj: bpy.types.Object) -> Path | None:
    """The file that the object plays, or None."""
    modifier = cache_of(obj)
    return None if modifier is None else Path(bpy.path.abspath(modifier.filepath))


def trouble(obj: bpy.types.Object) -> str | None:
    """Why the object's cache does not play, in one sentence; None when it does, or when there is none."""
    path = path_of(obj)
    if path is None:
        return None
    if not os.path.exists(path):
        return f"{path} is missing: bake again, put the file back, or free the cache."
    try:
        header = read_header(path)
    except FlameError as error:
        return str(error)
    n_vertices = len(mesh_of(obj).vertices)
    if header.n_vertices != n_vertices:
        return f"{path} has {header.n_vertices} vertices, {obj.name} has {n_vertices}: bake again."
    frame = obj.get(IN_FRAME)
    if frame is not None and head_of(obj) is not None and not np.allclose(frame, frame_of(obj).matrix.ravel()):
        return f"{obj.name} was moved by applying its transforms after {path.name} was baked: bake again."
    made = mouth_object.shown(obj) if head_of(obj) is not None else None
    return None if made is None else trouble(made)


def detach(obj: bpy.types.Object) -> Path | None:
    """Take the cache off again, so that a head follows its parameters; its file, which stays, or None without one."""
    modifier = cache_of(obj)
    if modifier is None:
        return None
    path = path_of(obj)
    obj.modifiers.remove(modifier)
    fold_modifier.remove(obj)
    head = head_of(obj)
    if head is not None:
        made = mouth_object.object_of(obj)
        if made is not None:
            detach(made)
        for _, each in riders.riding(obj):
            detach(each)
        _free_empties(obj)
        head.live = bool(obj.pop(WAS_LIVE, True))
        obj.pop(IN_FRAME, None)
        live.refresh(obj)
    return path


def _free_empties(obj: bpy.types.Object) -> None:
    """Take the curves off that baking gave the landmark empties."""
    for empty in filter(None, landmarks.empties_of(obj)):
        data = empty.animation_data
        if data is not None and data.action is not None and data.action.name.startswith(f"{empty.name} {NAME}"):
            action = data.action
            empty.animation_data_clear()
            if not action.users:
                bpy.data.actions.remove(action)


def stored(path: Path) -> str:
    """The path as Blender keeps it: relative to the .blend where that is possible, and never to the folder of now."""
    if not bpy.data.filepath:
        return str(path.absolute())
    try:
        return bpy.path.relpath(str(path))
    except ValueError:  # on another drive of Windows
        return str(path.absolute())
