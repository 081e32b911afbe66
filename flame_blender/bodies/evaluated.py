"""A body as Blender evaluates it: where the vertices of its own mesh are then, whatever its modifiers leave out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import there
from ..errors import ParameterError
from ..head.mesh import mesh_of

SOURCE = "flame_source"  # an attribute that is there for a moment


@dataclass(frozen=True, eq=False)
class EvaluatedBody:
    """``rows`` (N,) int: where each vertex of the body's own mesh is in the evaluated one, -1 where it is not.

    ``world`` (N, 3) float64: where it is in the world; no numbers where it is not.
    """

    rows: np.ndarray
    world: np.ndarray


@dataclass(frozen=True, eq=False)
class ShownSkin:
    """``points`` (M, 3) float64 of the world, and ``triangles`` (T, 3), of the body with all its modifiers."""

    points: np.ndarray
    triangles: np.ndarray


def shown_skin(body: bpy.types.Object) -> ShownSkin:
    """The body's surface as it is shown now, or a head's."""
    there(bpy.context.view_layer, "a view layer").update()
    found: Any = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    made = found.data
    places = np.empty((len(made.vertices), 3), np.float32)
    made.vertices.foreach_get("co", places.ravel())
    made.calc_loop_triangles()
    triangles = np.empty((len(made.loop_triangles), 3), np.int32)
    made.loop_triangles.foreach_get("vertices", triangles.ravel())
    matrix = np.array(found.matrix_world, np.float64)
    return ShownSkin(places @ matrix[:3, :3].T + matrix[:3, 3], triangles)


@contextlib.contextmanager
def before_modifier(body: bpy.types.Object, place: int | None) -> Iterator[None]:
    """The body's modifiers from ``place`` on are switched off within; None is none of them."""
    off = [] if place is None else [each for each in list(body.modifiers)[place:] if each.show_viewport]
    try:
        for each in off:
            each.show_viewport = False
        yield
    finally:
        for each in off:
            each.show_viewport = True


def evaluated_body(body: bpy.types.Object) -> EvaluatedBody:
    """The body now. ParameterError where its modifiers make another mesh of it."""
    own: Any = mesh_of(body)
    count = len(own.vertices)
    name = own.attributes.new(SOURCE, "INT", "POINT").name
    try:
        own.attributes[name].data.foreach_set("value", np.arange(1, count + 1, dtype=np.int32))
        layer = there(bpy.context.view_layer, "a view layer")
        layer.update()
        found: Any = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
        made = found.data
        attribute = made.attributes.get(name)
        if attribute is None or attribute.domain != "POINT" or attribute.data_type != "INT":
            raise ParameterError(
                f"{body.name}: expected modifiers that keep its vertices, found some that make another mesh; switch "
                "Remesh and the like off."
            )
        numbers, places = np.empty(len(made.vertices), np.int32), np.empty((len(made.vertices), 3), np.float32)
        attribute.data.foreach_get("value", numbers)
        made.vertices.foreach_get("co", places.ravel())
        matrix = np.array(found.matrix_world, np.float64)
    finally:
        own.attributes.remove(own.attributes[name])
    rows, world = np.full(count, -1), np.full((count, 3), np.nan)
    # a subdivided body has its own vertices first, and means of their numbers after them
    present, first = np.unique(numbers, return_index=True)
    inside = (present > 0) & (present <= count)
    rows[present[inside] - 1] = first[inside]
    shown = rows >= 0
    world[shown] = places[rows[shown]] @ matrix[:3, :3].T + matrix[:3, 3]
    return EvaluatedBody(rows, world)


@contextlib.contextmanager
def rest_pose(armature: bpy.types.Object | None) -> Iterator[None]:
    """The armature stands in its rest pose within."""
    data: Any = None if armature is None else armature.data
    before = None if data is None else data.pose_position
    try:
        if data is not None:
            data.pose_position = "REST"
        yield
    finally:
        if data is not None:
            data.pose_position = before
            there(bpy.context.view_layer, "a view layer").update()
