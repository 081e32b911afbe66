"""Small pictures of presets and saved faces, loaded when a panel first shows them.

Those of presets lie beside the built-in head and are rendered by ``make thumbnails``.
"""

from __future__ import annotations

from pathlib import Path

import bpy.utils.previews

from ...assets import thumbnail_of

_previews: bpy.utils.previews.ImagePreviewCollection | None = None
_written: dict[Path, int] = {}  # when a picture that is shown was written


def icon(preset: str) -> int:
    """The icon's number for ``layout.template_icon``; 0, no icon, when there is no picture of that name."""
    return icon_of(thumbnail_of(preset))


def icon_of(picture: Path | None) -> int:
    """The icon's number of a picture, loaded anew where it was written since; 0, no icon, for none."""
    global _previews  # noqa: PLW0603  (Blender wants one collection, freed by hand)
    written = _stamp(picture)
    if picture is None or written is None:
        return 0
    if _previews is None:
        _previews = bpy.utils.previews.new()
    key = str(picture)
    if key in _previews and _written.get(picture) != written:
        del _previews[key]
    if key not in _previews:
        _previews.load(key, key, "IMAGE")
        _written[picture] = written
    return _previews[key].icon_id


def forget() -> None:
    """Free the pictures."""
    global _previews  # noqa: PLW0603
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
        _previews = None
    _written.clear()


def _stamp(picture: Path | None) -> int | None:
    try:
        return None if picture is None else picture.stat().st_mtime_ns
    except OSError:
        return None
