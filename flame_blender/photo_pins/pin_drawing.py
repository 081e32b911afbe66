"""Pins over a photo: where each is, where the head has its place, and the head as wires."""

from __future__ import annotations

from typing import Any

import bpy
import gpu
import numpy as np
from gpu_extras.batch import batch_for_shader

from ..languages import translated
from ..observations.photo_camera import photo_of
from ..picking import drawing
from ..picking.drawing import MARGIN, PLACED, left_edge
from . import loupe
from .editing import PinEditing
from .photo_view import PhotoView

WIRE: drawing.Colour = (0.55, 0.85, 1.0, 0.16)
HELD: drawing.Colour = (1.0, 0.55, 0.1, 1.0)
AWAY: drawing.Colour = (1.0, 0.25, 0.2, 0.9)
BACK: drawing.Colour = (0.0, 0.0, 0.0, 0.7)
TEXT_SIZE, LINE, ABOVE = 13.0, 20.0, 60.0  # pixels at a resolution scale of 1: the redo panel lies below


class PinDrawing:
    """What is drawn while pins are edited. ``pointer`` (2,) in the region, ``dragged`` the row under way."""

    def __init__(self, editing: PinEditing) -> None:
        self.editing = editing
        self.pointer: np.ndarray | None = None
        self.dragged: int | None = None
        self.wires_shown = True
        self._drawn: tuple[object, str] | None = None
        self._wires = np.empty((0, 2, 2))

    def view(self, region: Any, region_view: Any) -> PhotoView | None:
        """Where the photo lies in a region."""
        photo: Any = photo_of(self.editing.camera)
        return PhotoView.of(region, region_view, self.editing.camera, np.array(photo.size, np.float64))

    def draw(self) -> None:
        """Over the view that is being drawn, in pixels."""
        context: Any = bpy.context
        view = self.view(context.region, context.region_data)
        if view is None:
            return
        scale = context.preferences.system.ui_scale
        gpu.state.blend_set("ALPHA")
        if self.wires_shown:
            self._draw_wires(view)
        pins, places = self.editing.shown, view.to_region(self.editing.seen())
        for row, (pin, there) in enumerate(zip(pins, places, strict=True)):
            at = view.to_region(pin.pixel)
            drawing.lines([at, there], False, AWAY)
            drawing.disc(there, 2.5 * scale, AWAY)
            drawing.disc(at, (7 if row == self.dragged else 5.5) * scale, BACK)
            drawing.disc(at, (6 if row == self.dragged else 4.5) * scale, HELD if pin.held else PLACED)
        self._tell(left_edge(context.area) + MARGIN * scale, ABOVE * scale, scale)
        if self.dragged is not None and self.pointer is not None:
            size = context.region.width, context.region.height
            loupe.draw(photo_of(self.editing.camera), view, self.pointer, size, scale)
        gpu.state.blend_set("NONE")

    def _draw_wires(self, view: PhotoView) -> None:
        known = self.editing.vertices, self.editing.camera.name
        if self._drawn is None or self._drawn[0] is not known[0] or self._drawn[1] != known[1]:
            self._drawn, self._wires = known, self.editing.wires()
        places: Any = np.zeros((2 * len(self._wires), 3), np.float32)
        places[:, :2] = view.to_region(self._wires).reshape(-1, 2)
        shader = gpu.shader.from_builtin("UNIFORM_COLOR")
        shader.uniform_float("color", WIRE)
        batch_for_shader(shader, "LINES", {"pos": places}).draw(shader)

    def _tell(self, left: float, bottom: float, scale: float) -> None:
        """Which photo it is, and how many pins there are."""
        editing = self.editing
        number = editing.cameras.index(editing.camera) + 1
        held = sum(pin.held for pin in editing.shown)
        said = translated(f"Photo {number} of {len(editing.cameras)}: {len(editing.shown)} pins, {held} by hand")
        lines = [said]
        settings: Any = bpy.context.scene
        if settings.flame_fit.pins_move_camera:
            lines.append(translated("Cameras move, too"))
        if settings.flame_fit.pins_find_focal:
            lines.append(translated("Lenses change, too"))
        drawing.rectangle(left, bottom, 300 * scale, (8 + LINE * len(lines)) * scale, drawing.BACK)
        for number, line in enumerate(reversed(lines)):
            drawing.text(line, left + 10 * scale, bottom + (9 + LINE * number) * scale, TEXT_SIZE * scale)
