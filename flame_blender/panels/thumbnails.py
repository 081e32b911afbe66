"""Small pictures of the presets, loaded when a panel first shows them.

They lie beside the built-in head and are rendered by ``make thumbnails``.
"""

from __future__ import annotations

import bpy.utils.previews

from ..assets import THUMBNAILS

_previews: bpy.utils.previews.ImagePreviewCollection | None = None


def icon(preset: str) -> int:
    """The icon's number for ``layout.template_icon``; 0, no icon, when there is no picture of that name."""
    global _previews  # noqa: PLW0603  (Blender wants one collection, freed by hand)
    if _previews is None:
        _previews = bpy.utils.previews.new()
        for path in sorted(THUMBNAILS.glob("*.png")):
            _previews.load(path.stem, str(path), "IMAGE")
    name = file_name(preset)
    return _previews[name].icon_id if name in _previews else 0


def file_name(preset: str) -> str:
    """``Wink Left`` -> ``wink_left``; presets differ in more than their capitals, as some file systems demand."""
    return preset.lower().replace(" ", "_")


def forget() -> None:
    """Free the pictures."""
    global _previews  # noqa: PLW0603
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
        _previews = None
