"""A head fitted to a scan: a mesh or a point cloud, with landmarks or without. The scan is only read."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import bpy

from ..fitting.scan import Scan, fitting_scan
from ..fitting.unknowns import VARIED
from ..head import models
from . import guess
from .at_landmarks import in_flame
from .choices import Choices
from .landmark_sources import FoundLandmarks
from .scans import WorldScan, read_scan
from .stage import FittedHead, Stage, finished, running
from .surfaces import surface


@dataclass(frozen=True)
class ScanOptions:
    """``landmark_noise`` in metres; the other arguments are those of ``fitting.scan.fitting_scan``."""

    with_offsets: bool = False
    landmark_noise: float = 2e-3
    vary: tuple[str, ...] = VARIED
    seed: int = 0


def fitting(
    scan: bpy.types.Object | WorldScan,
    choices: Choices,
    found: FoundLandmarks | None = None,
    options: ScanOptions = ScanOptions(),  # noqa: B008  (frozen)
) -> Generator[float, None, FittedHead]:
    """Fit a head to a scan object, or to points in the world. Closed early, or on a FlameError, all is as before."""
    evaluator = models.evaluator(choices.entry.fingerprint)
    seen = scan if isinstance(scan, WorldScan) else read_scan(scan)
    placement = guess.of_scan(seen, evaluator.model, choices.units, choices.axes, found)
    used = seen.on_faces
    normals = None if seen.normals is None else placement.turned_to_flame(seen.normals[used])
    points = Scan(placement.to_flame(seen.points[used]), normals)
    landmarks: dict[str, Any] = {}
    if found is not None:
        landmarks = {
            "embedding": found.embedding,
            "landmarks": in_flame(found, placement),
            "landmark_noise": options.landmark_noise,
        }
    yield 0.02
    stage = Stage(choices.head, choices.entry, choices.collection, placement.head_matrix)
    head, fit = yield from running(
        stage,
        lambda preview: fitting_scan(
            evaluator,
            points,
            surface,
            fit_scale=choices.fit_scale,
            with_offsets=options.with_offsets,
            vary=options.vary,
            seed=options.seed,
            preview=preview,
            **landmarks,
        ),
    )
    head.flame_fit.metres = placement.metres
    notes = (f"Taken to be in {placement.told}.", *(found.notes if found is not None else ()))
    return finished(head, fit, scan if isinstance(scan, bpy.types.Object) else None, notes=notes)
