"""The head that a fit runs on: shown while it runs, left as the fit has it, or put back."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import bpy
import mathutils

from ..bake import cache
from ..fitting.outcome import Fit
from ..flame.errors import ParameterError
from ..flame.library import ModelEntry
from ..flame.params import FlameParams
from ..flame.steps import part_of
from ..head import create, live, parameters
from ..head.mesh import mesh_of
from . import properties
from .choices import Choices
from .prepared import Prepared

BETWEEN_PREVIEWS = 0.25  # seconds
SOLVING = 0.95  # share of the work
PLACES = ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale")
COMES_WITH_A_HEAD = ("materials", "images", "node_groups")  # in the order in which they use each other
Matrix = Callable[[float], mathutils.Matrix]  # the head object's place for a scale


@dataclass(frozen=True, eq=False)
class FittedHead:
    """What a fit made: the head's object, parameters with errors, and for photos the cameras that see it."""

    head: bpy.types.Object
    fit: Fit
    cameras: tuple[bpy.types.Object, ...] = ()
    notes: tuple[str, ...] = ()

    def told(self) -> tuple[str, ...]:
        """Lines for a person."""
        return (*self.fit.report.told(), *self.notes)


class Stage:
    """A head, or the model that a head will be of; ``matrix`` gives the object's place for the head's scale."""

    def __init__(
        self, head: bpy.types.Object | None, entry: ModelEntry, collection: bpy.types.Collection, matrix: Matrix
    ) -> None:
        if head is not None:
            parameters.require_evaluator(parameters.require_head(head))
            trouble = live.trouble(head)
            if trouble is not None:
                raise ParameterError(trouble)
            parameters.keep_sculpt(head)
        self.head, self.entry, self.collection, self.matrix = head, entry, collection, matrix
        self.is_new = head is None
        self.before = (
            None if head is None else (_place_of(head), parameters.get_params(head), head.flame.symmetric_eyes)
        )
        self.shown_at = time.monotonic()
        self.there: dict[str, set[str]] = {}  # names of what was there before a head was added

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
        if self.is_new:
            create.lock_interface(bpy.context.scene)
        return head

    def put_back(self) -> None:
        """Leave everything as it was before the fit."""
        if self.head is None:
            return
        if self.before is None:
            head_mesh = mesh_of(self.head)
            bpy.data.objects.remove(self.head)
            bpy.data.meshes.remove(head_mesh)
            self.head = None
            for kind, names in self.there.items():
                data = getattr(bpy.data, kind)
                for each in [each for each in data if each.name not in names and not each.users]:
                    data.remove(each)
            return
        place, params, symmetric = self.before
        self.head.flame.symmetric_eyes = symmetric
        for name, values in place.items():
            setattr(self.head, name, values)
        _set(self.head, params)

    def _write(self, params: FlameParams, scale: float) -> bpy.types.Object:
        if self.head is None:
            self.there = {kind: set(getattr(bpy.data, kind).keys()) for kind in COMES_WITH_A_HEAD}
            self.head = create.add_head(self.entry, "FLAME Head", self.collection, with_landmarks=False)
        self.head.matrix_world = self.matrix(scale)
        self.head.flame.symmetric_eyes = False
        _set(self.head, params)
        return self.head


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
    stage = Stage(choices.head, prepared.entry, choices.collection, matrix)
    kept = False
    try:
        fit = yield from part_of(prepared.start(stage.show), 0.0, SOLVING)
        head = stage.keep(fit)
        kept = True
    finally:
        if not kept:
            stage.put_back()
    properties.keep_report(head, fit.report, prepared.all_notes, scan, 1.0 if placement is None else placement.metres)
    notes = prepared.all_notes
    if head.animation_data is not None and head.animation_data.action is not None:
        notes = (*notes, f"{head.name} is animated: its keys take over at the next frame unless the fit is keyed too.")
    return FittedHead(head, fit, notes=notes)


def _set(head: bpy.types.Object, params: FlameParams) -> None:
    parameters.set_params(head, {name: getattr(params, name) for name in parameters.ALL_FIELDS})


def _place_of(obj: bpy.types.Object) -> dict[str, tuple[float, ...]]:
    return {name: tuple(getattr(obj, name)) for name in PLACES}
