"""Presets of skin and eyes, where Blender keeps presets: those that come with the add-on, and the user's own."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..assets import PRESETS
from ..errors import ParameterError
from ..files.whole_files import told, write_whole
from ..head.properties import flame_of
from ..looks.looks_file import COLOURS, RANGES, SUFFIX, load_looks, looks_to_text
from ..saved_faces.face_folder import stem_of

SUBFOLDER = "flame/looks"  # of folders "presets"


def register() -> None:
    """Let Blender find the presets that come with the add-on."""
    bpy.utils.register_preset_path(str(PRESETS))


def unregister() -> None:
    """Let it forget them; the user's own stay."""
    bpy.utils.unregister_preset_path(str(PRESETS))


def presets() -> dict[str, Path]:
    """Files by the names that menus show; of two with one name the user's."""
    own = str(_own_folder())
    folders = sorted(bpy.utils.preset_paths(SUBFOLDER), key=lambda each: each == own)
    files = [path for folder in folders for path in sorted(Path(folder).glob(f"*{SUFFIX}"))]
    return {_shown(path.name): path for path in files}


def apply(obj: bpy.types.Object, preset: str | Path) -> None:
    """Let a head show what a preset says, by name or file. Raises ParameterError, and then nothing changes."""
    head, path = flame_of(obj), Path(preset)
    if isinstance(preset, str) and path.suffix != SUFFIX:
        path = _named(preset)
    for name, value in load_looks(path).items():
        setattr(head, name, value)


def keep(obj: bpy.types.Object, name: str) -> Path:
    """Keep what a head shows as the user's preset ``name``. Raises ParameterError for a taken one, WriteError."""
    path = _own_folder() / f"{stem_of(name.strip())}{SUFFIX}"
    if not name.strip():
        raise ParameterError("name: expected one for the preset, found none; type it beside the button.")
    if _shown(path.name) in presets() or path.exists():
        raise ParameterError(f"name: expected a new one, found {name.strip()!r} again; remove that, or take another.")
    head = flame_of(obj)
    values = {each: tuple(getattr(head, each)) if each in COLOURS else getattr(head, each) for each in RANGES}
    write_whole(path, looks_to_text(values).encode())
    return path


def remove(name: str) -> None:
    """Delete the user's preset of that name. Raises ParameterError for any other, WriteError."""
    path = _named(name)
    if path.parent != _own_folder():
        raise ParameterError(f"name: {name!r} comes with the add-on and stays; what you kept can be removed.")
    with told(path):
        path.unlink()


def _named(name: str) -> Path:
    found = presets()
    if name not in found:
        raise ParameterError(f"name: expected one of {', '.join(found)}, found {name[:40]!r}.")
    return found[name]


def _shown(file: str) -> str:
    """As Blender's menus have it."""
    name: str = bpy.path.display_name(file, title_case=False)
    return name


def _own_folder() -> Path:
    return Path(bpy.utils.user_resource("SCRIPTS", path=f"presets/{SUBFOLDER}"))
