"""The files that come with the add-on: the built-in head, its skin's texture, small pictures of its presets, skins.

``model/`` in a checkout holds the code that makes them, and says how.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent
BUILT_IN_HEAD = _FOLDER / "builtin_head.npz"
SKIN_TEXTURE = _FOLDER / "builtin_head_skin.png"
THUMBNAILS = _FOLDER / "thumbnails"
PRESETS = _FOLDER  # where Blender looks for a folder ``presets``


def pictures_beside(skin: Path) -> tuple[Path, Path, Path]:
    """A skin's picture, its relief and its marks, as ``model/builtin_head/skin_texture.py`` paints them."""
    relief, marks = (skin.with_name(f"{skin.stem}_{name}.png") for name in ("relief", "marks"))
    return skin, relief, marks


def thumbnail_of(preset: str) -> Path:
    """Where a preset's picture lies: ``Wink Left`` -> ``wink_left.png``.

    Presets differ in more than their capitals, as some file systems demand.
    """
    return THUMBNAILS / f"{preset.lower().replace(' ', '_')}.png"
