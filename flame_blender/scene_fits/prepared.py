"""A fit that is ready to start: its steps, and where the head then lies in the world."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils

from ..fitting.reports.outcome import Fit
from ..geometry.camera import Camera
from ..mesh_looks.bringing import LooksOfFile
from ..model_files.library import ModelEntry
from ..observations.landmark_sources import FoundLandmarks
from ..observations.placement import Placement


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture with its landmarks; ``focal`` in pixels or a calibrated ``camera`` where they are known.

    ``shown_by`` is a camera object that has it as its background already.
    """

    path: Path
    width: int
    height: int
    found: FoundLandmarks
    focal: float | None = None
    camera: Camera | None = None
    shown_by: bpy.types.Object | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Prepared:
    """``steps`` is the fit, not yet begun, with a head of the model ``entry``.

    ``placement`` is how the world's coordinates become FLAME's; without one the head is put at ``stand``. ``scan`` is
    what it is fitted to; ``cameras`` are those that see the head, or of ``photos`` cameras are made; ``found`` are the
    landmarks in each one's photo; ``notes`` tell what was assumed; ``looks`` are what the head takes over of the file.
    """

    steps: Generator[float, None, Fit]
    entry: ModelEntry
    placement: Placement | None = None
    stand: mathutils.Matrix | None = None
    scan: bpy.types.Object | None = None
    cameras: tuple[bpy.types.Object, ...] = ()
    photos: tuple[Photo, ...] = ()
    found: tuple[FoundLandmarks, ...] = ()
    notes: tuple[str, ...] = ()
    looks: LooksOfFile | None = None

    def head_matrix(self, scale: float) -> mathutils.Matrix:
        """World matrix of the head's object, for a head that is seen ``scale`` times as large."""
        if self.placement is None:
            return self.stand or mathutils.Matrix()
        return self.placement.head_matrix(scale)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """With the units and axes."""
        taken = () if self.placement is None else (f"Taken to be in {self.placement.told}.",)
        return (*taken, *self.notes)
