"""Which scenes are previews of samples: what a panel asks at each drawing, without what renders them."""

from __future__ import annotations

from typing import Any

MARK = "flame_preview"  # on all that came with it; on its scene, the one to go back to


def previewed(scene: Any) -> bool:
    """Whether a scene is a preview."""
    return scene is not None and MARK in scene
