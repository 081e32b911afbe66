"""A vertex cache on a head: Blender's own Mesh Cache modifier plays it, and the add-on has nothing left to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..flame.errors import FlameError
from ..head import live
from ..head.properties import head_of

NAME = "FLAME Cache"
FOLDER = "flame_cache"


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
    stem = bpy.path.clean_name(name)
    numbers = ("", *(f"_{number}" for number in range(2, 10_000)))
    return next(path for path in (folder / f"{stem}{number}.pc2" for number in numbers) if not path.exists())


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
    modifier.filepath = _stored(path)
    modifier.interpolation = "LINEAR"
    modifier.deform_mode = "OVERWRITE"
    modifier.time_mode, modifier.play_mode = "FRAME", "SCENE"
    # sample = frame_scale x frame - frame_start
    modifier.frame_scale = samples_per_frame
    modifier.frame_start = samples_per_frame * start_frame
    modifier.show_expanded = False
    head = head_of(obj)
    if head is not None:
        head.live = False


def detach(obj: bpy.types.Object) -> Path | None:
    """Take the cache off again, so that a head follows its parameters; its file, which stays, or None without one."""
    modifier = cache_of(obj)
    if modifier is None:
        return None
    path = Path(bpy.path.abspath(modifier.filepath))
    obj.modifiers.remove(modifier)
    head = head_of(obj)
    if head is not None:
        head.live = True
        live.refresh(obj)
    return path


def _stored(path: Path) -> str:
    if not bpy.data.filepath:
        return str(path)
    try:
        return bpy.path.relpath(str(path))
    except ValueError:  # on another drive of Windows
        return str(path)
