"""The head that a fit runs on: shown while it runs, left as the fit has it, or put back."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import bpy
import mathutils

from ..bake import cache
from ..errors import ParameterError
from ..fitting.reports.outcome import Fit
from ..flame.params import FlameParams
from ..head import live, parameters
from ..head.frame import stand as stand_head
from ..head.under_work import HeadUnderWork, head_under_work, set_all
from ..long_work import part_of
from ..model_files.library import ModelEntry
from . import properties
from .choices import Choices
from .prepared import Prepared

BETWEEN_PREVIEWS = 0.25  # seconds
SOLVING = 0.95  # share of the work
Matrix = Callable[[float], mathutils.Matrix]  # the head object's place for a scale


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

    def told(self) -> tuple[str, ...]:
        """Lines for a person."""
        return (*self.fit.report.told(), *self.notes)


class Stage:
    """The head that a fit runs on; ``matrix`` gives the object's place for the head's scale. Raises FlameError."""

    def __init__(self, work: HeadUnderWork, entry: ModelEntry, matrix: Matrix) -> None:
        if work.head is not None:
            parameters.require_evaluator(parameters.require_head(work.head))
            trouble = live.trouble(work.head)
            if trouble is not None:
                raise ParameterError(trouble)
            parameters.keep_sculpt(work.head)
            work.remember()
        self.work, self.entry, self.matrix = work, entry, matrix
        self.shown_at = time.monotonic()

    def show(self, params: FlameParams) -> None:
        """The head of these parameters, in the viewport, now and then."""
        if time.monotonic() - self.shown_at < BETWEEN_PREVIEWS:
            return
        self._write(params, 1.0)
        self.shown_at = time.monotonic()

    def keep(self, fit: Fit) -> bpy.types.Object:
        """Leave the head as the fit has it."""
        head = self._write(fit.params, fit.scale)
        cache.detach(head)
        return head

    def _write(self, params: FlameParams, scale: float) -> bpy.types.Object:
        head = self.work.of_model(self.entry)
        stand_head(head, self.matrix(scale))
        head.flame.symmetric_eyes = False
        set_all(head, params)
        return head


def fitting(
    prepared: Prepared, choices: Choices, scan: bpy.types.Object | None = None, stand: mathutils.Matrix | None = None
) -> Generator[float, None, FittedHead]:
    """Run a fit on the head of the choices, or on a new one, shown on the way; it ends with its report on the head.

    The head's object is put where the placement has it, or at ``stand``. ``scan`` is what it was fitted to, and is kept
    for later. Closed early, or on an error, everything is as before.
    """
    if scan is not None and scan == choices.head:
        raise ParameterError(f"{scan.name} is the head itself: choose a scan, or fit a new head to it.")
    placement = prepared.placement
    matrix = (lambda _scale: stand or mathutils.Matrix()) if placement is None else placement.head_matrix
    with head_under_work(choices.head, bpy.context.scene, choices.collection) as work:
        stage = Stage(work, prepared.entry, matrix)
        fit = yield from part_of(prepared.start(stage.show), 0.0, SOLVING)
        head = stage.keep(fit)
    properties.keep_report(head, fit.report, prepared.all_notes, scan, 1.0 if placement is None else placement.metres)
    notes = prepared.all_notes
    if head.animation_data is not None and head.animation_data.action is not None:
        notes = (*notes, f"{head.name} is animated: its keys take over at the next frame unless the fit is keyed too.")
    return FittedHead(head, fit, notes=notes)
