"""What Blender's file browser gives to operators: a file, several, or a folder with a name left over in its field.

Opened for an operator without a path, the browser puts the .blend's own name into the field, and hands it back as part
of the path when a folder was meant.
"""

import os
import re
from pathlib import Path
from typing import Any

import bpy

from ..errors import FlameError

_folders: dict[str, Path] = {}  # where each operator's last file was
BLEND = re.compile(r"\.blend\d*$", re.IGNORECASE)


def browse(operator: Any, context: bpy.types.Context, name: str = "") -> set[str]:
    """Open the file browser with ``name`` in its field, where the operator's last file was, or the .blend is."""
    folder = _folders.get(operator.bl_idname)
    if folder is None or not os.path.isdir(folder):
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path()
    if name or folder.is_absolute():
        operator.filepath = str(folder / name) if name else f"{folder}{os.sep}"
    manager: Any = context.window_manager
    manager.fileselect_add(operator)
    return {"RUNNING_MODAL"}


def chosen(operator: Any) -> list[Path]:
    """The files that were chosen, or the one file or folder. Raises FlameError for what is not there."""
    given = [file.name for file in getattr(operator, "files", ())]
    names = [name for name in given if name and not left_over(name)]
    if names:
        paths = [Path(bpy.path.abspath(operator.directory)) / name for name in names]
    else:
        paths = [folder_or_file(operator.filepath or operator.directory)]
    _folders[operator.bl_idname] = paths[0].parent
    for path in paths:
        if not os.path.exists(path):
            raise FlameError(
                f"{path}: expected a file or a folder, found none of that name; choose another, or empty the name in "
                "the file browser to take the folder itself."
            )
    return paths


def folder_or_file(text: str) -> Path:
    """The path, absolute, without the name of a .blend: nothing of FLAME's is one, so the folder was meant."""
    path = Path(bpy.path.abspath(text))
    return path.parent if left_over(path.name) and not os.path.isdir(path) else path


def to_write(text: str, name: str, suffixes: tuple[str, ...]) -> Path:
    """The file to write, absolute: ``name`` in the folder that was chosen, and with one of the suffixes."""
    path = folder_or_file(text)
    if os.path.isdir(path):
        path /= name
    return path if path.suffix.lower() in suffixes else path.with_name(path.name + suffixes[0])


def left_over(name: str) -> bool:
    """Whether the name is a .blend's."""
    return BLEND.search(name) is not None
