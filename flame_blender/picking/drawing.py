"""The picture in the viewport's corner while landmarks are picked: all points of the face, and which is next."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import blf
import bpy
import gpu
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader

from ..landmark_files.layouts import IBUG_COUNTS, N_CONTOUR, WITHOUT_CONTOUR
from ..languages import translated
from .picking import Picking

Colour = tuple[float, float, float, float]
See = Callable[[np.ndarray], tuple[float, float] | None]
BACK: Colour = (0.06, 0.06, 0.07, 0.82)
LINE: Colour = (0.42, 0.42, 0.45, 1.0)
OPEN: Colour = (0.62, 0.62, 0.65, 1.0)
PLACED: Colour = (0.25, 0.78, 0.42, 1.0)
NEXT: Colour = (1.0, 0.55, 0.1, 1.0)
SUGGESTED: Colour = (0.3, 0.7, 1.0, 1.0)
TEXT: Colour = (0.95, 0.95, 0.95, 1.0)
WIDTH, MARGIN, FOOT = 190.0, 16.0, 46.0  # pixels at a resolution scale of 1
CORNERS = 16  # of a disc
# runs of iBUG's 68 that are one line, closed or open
RUNS = (
    (range(17), False), (range(17, 22), False), (range(22, 27), False), (range(27, 31), False), (range(31, 36), False),
    (range(36, 42), True), (range(42, 48), True), (range(48, 60), True), (range(60, 68), True),
)  # fmt: skip


def draw(picking: Picking, suggestion: np.ndarray | None, see: See | None = None) -> None:
    """Everything, in the region that is being drawn, in pixels.

    ``see`` tells where a place is in the region, None where it is not seen; by itself for places in the world.
    """
    context: Any = bpy.context
    see = see or (lambda place: on_screen(context.region, context.region_data, place))
    scale = context.preferences.system.ui_scale
    gpu.state.blend_set("ALPHA")
    for row, place in picking.placed.items():
        at = see(place)
        if at is not None:
            disc(at, 5 * scale, (0, 0, 0, 0.7))
            disc(at, 4 * scale, NEXT if row == picking.now else PLACED)
            text(picking.guide.names[row].split()[0], at[0] + 7 * scale, at[1] + 4 * scale, 11 * scale)
    at = None if suggestion is None else see(suggestion)
    if at is not None:
        disc(at, 8 * scale, SUGGESTED)
        disc(at, 4 * scale, (1, 1, 1, 1))
        text(translated(f"{picking.name}? Click it"), at[0] + 12 * scale, at[1] - 4 * scale, 12 * scale)
    _draw_face(picking, left_edge(context.area) + MARGIN * scale, MARGIN * scale, scale)
    gpu.state.blend_set("NONE")


def left_edge(area: Any) -> float:
    """How far the toolbar reaches into the view, pixels: it lies over the region that is drawn."""
    return next((region.width for region in area.regions if region.type == "TOOLS" and region.width > 1), 0)


def face_places(places: np.ndarray, left: float, bottom: float, width: float) -> tuple[np.ndarray, float]:
    """(L, 2) pixels of the landmarks seen from the front, in a box ``width`` wide; and the box's height."""
    flat = places[:, :2]
    low, extent = flat.min(0), np.maximum(np.ptp(flat, axis=0), 1e-9)
    inner = 0.86 * width
    scale = inner / extent[0]
    inset = (width - inner) / 2
    return np.array([left + inset, bottom + inset]) + scale * (flat - low), scale * extent[1] + 2 * inset


def on_screen(region: Any, view: Any, place: Sequence[float] | np.ndarray) -> tuple[float, float] | None:
    """A place in the world in pixels of the region, None behind the viewer."""
    at = location_3d_to_region_2d(region, view, tuple(float(part) for part in place))
    return None if at is None else (at.x, at.y)


def _draw_face(picking: Picking, left: float, bottom: float, scale: float) -> None:
    foot = FOOT * scale
    points, height = face_places(picking.guide.places, left, bottom + foot, WIDTH * scale)
    rectangle(left, bottom, WIDTH * scale, height + foot, BACK)
    count = len(points)
    for run, closed in RUNS if count in IBUG_COUNTS else ():
        rows = [row - (N_CONTOUR if count in WITHOUT_CONTOUR else 0) for row in run]
        if rows[0] >= 0:
            lines([points[row] for row in rows], closed)
    for row, point in enumerate(points):
        if row != picking.now:
            disc(point, 3 * scale, PLACED if row in picking.placed else OPEN)
    disc(points[picking.now], 7 * scale, (0, 0, 0, 1))
    disc(points[picking.now], 5.5 * scale, NEXT)
    text(picking.name, left + 10 * scale, bottom + 27 * scale, 15 * scale)
    told = translated(f"{len(picking.placed)} of {count} placed")
    text(told, left + 10 * scale, bottom + 9 * scale, 12 * scale, OPEN)


def text(said: str, x: float, y: float, size: float, colour: Colour = TEXT) -> None:
    """Words from a place on, pixels."""
    blf.size(0, size)
    blf.color(0, *colour)
    blf.position(0, x, y, 0)
    blf.draw(0, said)


def rectangle(left: float, bottom: float, width: float, height: float, colour: Colour) -> None:
    """A filled one, pixels."""
    right, top = left + width, bottom + height
    corners = [(left, bottom, 0), (right, bottom, 0), (left, top, 0), (right, top, 0)]
    fill("TRIS", [corners[k] for k in (0, 1, 2, 1, 3, 2)], colour)


def disc(at: Iterable[float], radius: float, colour: Colour) -> None:
    """A filled one, pixels."""
    x, y = at
    rim = [
        (x + radius * math.cos(angle), y + radius * math.sin(angle), 0.0)
        for angle in (2 * math.pi * k / CORNERS for k in range(CORNERS + 1))
    ]
    fill("TRIS", [corner for k in range(CORNERS) for corner in ((x, y, 0.0), rim[k], rim[k + 1])], colour)


def lines(points: Sequence[np.ndarray], closed: bool, colour: Colour = LINE) -> None:
    """A line through points (2,), pixels."""
    ends = [*points[1:], points[0]] if closed else points[1:]
    fill("LINES", [(float(p[0]), float(p[1]), 0.0) for pair in zip(points, ends, strict=False) for p in pair], colour)


def fill(kind: Literal["LINES", "TRIS"], corners: list[tuple[float, float, float]], colour: Colour) -> None:
    """Lines or triangles between pixels."""
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    shader.uniform_float("color", colour)
    batch_for_shader(shader, kind, {"pos": corners}).draw(shader)
