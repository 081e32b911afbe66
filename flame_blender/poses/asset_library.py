"""The folder of saved faces among the asset libraries of Blender's preferences: there, and gone again, when asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..blender_pointers import there
from ..errors import ParameterError
from ..files.whole_files import told
from ..saved_faces import catalogs
from . import keeping

NAME = "FLAME Faces"


def is_shown() -> bool:
    """Whether the preferences have a library of saved faces."""
    return _found() is not None


def show() -> None:
    """Add it to the preferences. Raises ParameterError where it is there, and WriteError."""
    if is_shown():
        raise ParameterError("Saved faces are in the Asset Browser already.")
    folder = keeping.folder()
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    catalogs.add_catalogs(folder)
    _libraries().new(name=NAME, directory=str(folder))


def hide() -> None:
    """Take it out of the preferences; the faces stay. Raises ParameterError where it is not there."""
    found = _found()
    if found is None:
        raise ParameterError("Saved faces are not in the Asset Browser.")
    _libraries().remove(found)


def _found() -> Any:
    folder = keeping.folder()
    return next((each for each in _libraries() if each.path and _same(Path(each.path), folder)), None)


def _same(one: Path, other: Path) -> bool:
    return Path(bpy.path.abspath(str(one))).absolute() == other.absolute()


def _libraries() -> Any:
    return there(bpy.context.preferences, "preferences").filepaths.asset_libraries
