"""One picture rendered of a scene."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..errors import FlameError, WriteError
from ..files.whole_files import told

PNG_END = b"IEND\xaeB`\x82"


def render_still(scene: bpy.types.Scene, path: Path) -> None:
    """Render a scene at its frame to a PNG, which its settings ask for. Raises WriteError."""
    known: Any = scene
    known.render.filepath = str(path)
    # not by the operator's own ``scene``, which gives it the frame of the scene in the window
    override: Any = {"scene": scene}
    with refused(path), bpy.context.temp_override(**override):
        bpy.ops.render.render(write_still=True)
    with told(path), path.open("rb") as file:
        found = file.read()
    if not found.endswith(PNG_END):  # of which Blender says nothing
        raise WriteError(f"{path}: cannot be written (no room for the pictures); make room there.")


def view_by(scene: bpy.types.Scene, name: str) -> None:
    """Have a scene's light shown by Blender's view ``name``. Raises FlameError where there is none."""
    settings: Any = scene.view_settings
    try:
        settings.view_transform = name
    except TypeError as error:
        raise FlameError(
            f"Expected Blender's own colour management, whose view {name!r} pictures are rendered by, found another; "
            "start Blender without OCIO."
        ) from error


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """What Blender refuses to render inside is a WriteError of ``path``."""
    try:
        yield
    except RuntimeError as error:
        reason = str(error).removeprefix("Error: ").strip().rstrip(".")
        raise WriteError(f"{path}: cannot be written ({reason}); make room, or choose another folder.") from error
