"""A head fitted to a scan: a mesh or a point cloud, with landmarks or without. The scan is only read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..fitting.scans.scan import Scan, fitting_scan
from ..fitting.solver.unknowns import VARIED
from ..observations.landmark_sources import FoundLandmarks
from ..observations.scans import WorldScan
from ..observations.surfaces import surface
from . import guess
from .at_landmarks import in_flame
from .choices import Choices
from .prepared import Prepared


@dataclass(frozen=True)
class ScanOptions:
    """``landmark_noise`` in metres; the others are arguments of ``fitting.scans.scan.fitting_scan``."""

    with_offsets: bool = False
    landmark_noise: float = 2e-3
    vary: tuple[str, ...] = VARIED
    seed: int = 0


def prepared(
    seen: WorldScan, choices: Choices, found: FoundLandmarks | None = None, options: ScanOptions | None = None
) -> Prepared:
    """The fit to a scan in the world, without points that no face uses where it has faces. Raises FlameError."""
    options = options or ScanOptions()
    evaluator = choices.evaluator
    placement = guess.of_scan(seen, evaluator.model, choices.units, choices.axes, found)
    used = seen.on_faces
    normals = None if seen.normals is None else placement.turned_to_flame(seen.normals[used])
    scan = Scan(placement.to_flame(seen.points[used]), normals)
    given: dict[str, Any] = {}
    if found is not None:
        given = {
            "embedding": found.embedding,
            "landmarks": in_flame(found, placement),
            "landmark_noise": options.landmark_noise,
        }
    return Prepared(
        lambda preview: fitting_scan(
            evaluator,
            scan,
            surface,
            fit_scale=choices.fit_scale,
            with_offsets=options.with_offsets,
            vary=options.vary,
            seed=options.seed,
            preview=preview,
            **given,
        ),
        choices.entry,
        placement,
        found.notes if found is not None else (),
    )
