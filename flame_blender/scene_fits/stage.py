"""The head that a fit runs on: shown while it runs, left as the fit has it, or put back."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

import bpy

from ..bake import cache
from ..blender_pointers import shown_scene
from ..errors import ParameterError
from ..fitting.reports.doubts import DOUBTFUL
from ..fitting.reports.outcome import Fit
from ..flame.params import FlameParams
from ..head.frame import stand as stand_head
from ..head.properties import flame_of
from ..head.under_work import HeadUnderWork, head_under_work, set_all
from ..long_work import part_of
from ..mesh_looks.bringing import bring
from . import photo_cameras, pinned_photos, properties
from .head_to_fit import head_to_fit
from .kinds import kind_of
from .options import FitOptions
from .prepared import Prepared

BETWEEN_PREVIEWS = 0.25  # seconds
SOLVING = 0.95  # share of the work


@dataclass(frozen=True, eq=False)
class FittedHead:
    """What a fit made.

    Attributes
    ----------
    head : bpy.types.Object
        The head.
    fit : Fit
        Its parameters, with the errors in ``fit.report``.
    cameras : tuple of bpy.types.Object
        Of photos: the cameras that see it.
    notes : tuple of str
        What was assumed, one sentence each.
    """

    head: bpy.types.Object
    fit: Fit
    cameras: tuple[bpy.types.Object, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> tuple[str, ...]:
        """Lines for a person."""
        return (*self.fit.report.summary(), *self.notes)

    def doubts(self) -> tuple[str, ...]:
        """Those of the lines that say what is doubtful."""
        return tuple(line for line in self.summary() if line.startswith(DOUBTFUL))


class Stage:
    """Where a fit shows the head on its way, once :meth:`opened`."""

    def __init__(self) -> None:
        self._shown_at = 0.0

    def opened(self, work: HeadUnderWork, ready: Prepared) -> None:
        """With the head that is fitted. Raises ParameterError where it cannot follow."""
        work.take()
        self._work, self._ready = work, ready
        self._shown_at = time.monotonic()

    def show(self, params: FlameParams) -> None:
        """The head of these parameters, in the viewport, now and then."""
        if time.monotonic() - self._shown_at < BETWEEN_PREVIEWS:
            return
        self._write(params, 1.0)
        self._shown_at = time.monotonic()

    def keep(self, fit: Fit) -> bpy.types.Object:
        """Leave the head as the fit has it."""
        head = self._write(fit.params, fit.scale)
        cache.detach(head)
        return head

    def _write(self, params: FlameParams, scale: float) -> bpy.types.Object:
        head = self._work.of_model(self._ready.entry)
        stand_head(head, self._ready.head_matrix(scale))
        flame_of(head).symmetric_eyes = False
        set_all(head, params)
        return head


def fitting(head: bpy.types.Object | None, options: FitOptions) -> Generator[float, None, FittedHead]:
    """Run the fit of the options' kind on the head, or on a new one, shown on the way; its report is left on the head.

    Closed early, or on a FlameError, everything is as before.
    """
    to, stage = head_to_fit(head, options.model), Stage()
    ready = kind_of(options).prepare(options, to, stage.show)
    scan, place = ready.scan, ready.placement
    if scan is not None and scan == head:
        raise ParameterError(f"{scan.name} is the head itself: choose a scan, or fit a new head to it.")
    with head_under_work(head, shown_scene(), to.collection) as work:
        stage.opened(work, ready)
        fit = yield from part_of(ready.steps, 0.0, SOLVING)
        work.finish()
        fitted = stage.keep(fit)
        cameras, notes = ready.cameras, ready.all_notes
        if ready.photos:
            cameras = photo_cameras.make_cameras(fitted, ready.photos, fit.camera, ready.head_matrix(fit.scale))
        pinned_photos.keep_landmarks(fitted, cameras, ready.found)
        if ready.looks is not None:
            notes = (*notes, *bring(fitted, ready.looks).notes)
        properties.keep_report(fitted, fit.report, notes, scan, cameras, 1.0 if place is None else place.metres)
    if fitted.animation_data is not None and fitted.animation_data.action is not None:
        notes = (
            *notes,
            f"{fitted.name} is animated: its keys take over at the next frame unless the fit is keyed too.",
        )
    return FittedHead(fitted, fit, cameras, notes)
