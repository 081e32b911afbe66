"""What the settings of the Fit panel name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..observations import marks

if TYPE_CHECKING:
    from .properties import FLAME_PG_fit


def path_of(text: str) -> Path | None:
    """The file that a setting names; None where it is empty."""
    return Path(bpy.path.abspath(text)) if text else None


def picked(settings: FLAME_PG_fit) -> list[bpy.types.Object]:
    """The landmark empties that the settings name: a collection's, or those picked on the scan."""
    collection = settings.landmarks
    if collection is None and settings.scan is not None:
        collection = marks.collection_of(settings.scan)
    return [] if collection is None else list(collection.all_objects)


def landmarks_of(settings: FLAME_PG_fit) -> Path | list[bpy.types.Object] | None:
    """The landmarks of the file, else the empties; None where there are neither."""
    return path_of(settings.landmark_file) or picked(settings) or None


def mesh_of(settings: FLAME_PG_fit) -> Path | bpy.types.Object | None:
    """The mesh of the file, else the object; None where there is neither."""
    return path_of(settings.mesh_file) or settings.scan
