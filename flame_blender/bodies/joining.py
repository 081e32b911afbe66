"""A head that stands on a body joined with it: what of the body is hidden, where that is cut, where the neck sits."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..errors import ParameterError
from ..geometry.triangles import closest_weights, edges_of, places_at
from ..head.mesh import mesh_of
from . import masking, welding
from .cutting import Polygons, cut_along
from .evaluated import before_modifier, evaluated_body, shown_skin
from .on_skin import Neck, OnSkin, edge_and_skin, is_subdivided, searched
from .ring import plane_of
from .seam import Seam, is_round, lay_on_skin, on_section, outer_triangles, refined, seam_of
from .seating import mean_of_four

PER = 8  # points of the curve on the skin for each of the rim's
FINE = 0.008  # metres between vertices
ROOM = 0.25  # share of the head's size by which the body's own head may be larger


def join_by_vertices(
    head: bpy.types.Object, body: bpy.types.Object, neck: Neck, ids: np.ndarray, anchors: tuple[int, ...]
) -> int:
    """Where the body has the head's vertices as its own ``ids`` (V,): how many of them are hidden.

    A head that hangs on vertices, ``anchors``, loses them where nodes make the body's mesh: a Mask modifier hides the
    others then, and the neck is told by those that it leaves.
    """
    rim = ids[neck.rim.rim]
    of_head, kept = np.zeros((2, len(mesh_of(body).vertices)), bool)
    of_head[np.setdiff1d(ids, [*rim, *anchors])] = True
    if anchors:
        whole = evaluated_body(body).world
        hidden = masking.mask(body, np.flatnonzero(of_head))
        rows, weights = _by_rim(neck, whole[ids], rim, whole[anchors[0]])
        rows = np.where(rows < 0, anchors[0], rim[rows])
    else:
        kept[ids[neck.blend > 0]] = True
        hidden = masking.hide(body, _polygons(body).with_any(of_head), kept)
        rows, weights = np.repeat(ids[:, None], 4, 1), np.tile([1.0, 0.0, 0.0, 0.0], (len(ids), 1))
    welding.weld(head, body, welding.Seats(evaluated_body(body).rows[rows], weights), neck.blend)
    return hidden


def _by_rim(neck: Neck, goals: np.ndarray, rim: np.ndarray, anchor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Goals (V, 3) as means of three points of the rim and an anchor (3,): which (V, 4), -1 the anchor, and weights."""
    count, places = len(rim), goals[neck.rim.rim]
    of_rim = np.zeros(len(goals), np.int64)
    of_rim[neck.rim.rim] = np.arange(count)
    first = of_rim[neck.rim.first]
    corners = (first[:, None] + np.array([0, count // 3, 2 * count // 3])) % count
    _, weights = mean_of_four(goals, places[corners], anchor[None])
    return np.concatenate([corners, np.full((len(goals), 1), -1)], 1), weights


def join_by_skin(head: bpy.types.Object, body: bpy.types.Object, neck: Neck) -> int:
    """Where the neck stands on another body's skin: how many of that one's vertices are hidden.

    Raises ParameterError where there is no skin of the body under the head.
    """
    place = masking.place_of(body)
    with before_modifier(body, place):
        cage = evaluated_body(body)
    own, polygons = _own_triangles(body), _polygons(body)
    middle, loop = neck.world.mean(0), neck.world[neck.rim.rim]
    round_neck = _outer(body, cage.world, own, loop, middle)
    seam = _seam(cage.world, round_neck, loop, middle)
    cut = cut_along(seam, cage.world, polygons, _inside(neck, cage.world), neck.to_world.scale)
    if not cut.hidden.any():
        raise nothing_there(body)
    # a fine mesh is where its subdivision is: that is slow to make again and again
    is_fine = cut.spacing(polygons) < FINE * neck.to_world.scale
    with before_modifier(body, place if is_fine else None):
        shown = shown_skin(body)
        on_shown = searched(shown.points, _outer(body, shown.points, shown.triangles, loop, middle))[0]
        seats = OnSkin(body, neck, cut, cage, round_neck, on_shown, seam, is_subdivided(head))
        hidden = masking.hide(body, cut.hidden, seats.kept, cut.split)
        seats.move_vertices(seam.at, None)
        welding.weld(head, body, seats.of_neck(), neck.blend)
        seats.move_vertices(*edge_and_skin(head, seam))
    welding.weld(head, body, seats.of_neck(), neck.blend)  # on the cut as it is shown
    if seats.is_smoothed:
        seats.move_vertices(*edge_and_skin(head, seam))
    return hidden


def nothing_there(body: bpy.types.Object) -> ParameterError:
    """The error where the head is nowhere near the body's own."""
    return ParameterError(f"{body.name}: expected the head on the body's own head, found nothing of it there.")


def _seam(points: np.ndarray, triangles: np.ndarray, loop: np.ndarray, middle: np.ndarray) -> Seam:
    search, local = searched(points, triangles)
    laid = lay_on_skin(loop, search)
    if not is_round(laid, plane_of(loop, middle)[1]):
        laid = lay_on_skin(on_section(loop, points, edges_of(triangles), middle), search)
    curve = search(refined(laid, PER))[1]
    across = np.cross(*(points[triangles[:, k]] - points[triangles[:, 0]] for k in (1, 2)))
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    under = local[search(curve)[0]]
    return seam_of(curve, places_at(normals[under], closest_weights(points[under], curve)), middle, PER)


def _outer(
    body: bpy.types.Object, points: np.ndarray, triangles: np.ndarray, loop: np.ndarray, middle: np.ndarray
) -> np.ndarray:
    found = triangles[outer_triangles(points, triangles, loop, middle)]
    if not len(found):
        raise nothing_there(body)
    return found


def _inside(neck: Neck, points: np.ndarray) -> np.ndarray:
    """(N,) bool, the body's vertices where its own head can be."""
    local = neck.to_world.to_flame(points)
    low, high = neck.rest.min(0), neck.rest.max(0)
    room = ROOM * (high - low)
    with np.errstate(invalid="ignore"):
        inside: np.ndarray = ((local > low - room) & (local < high + room)).all(1)
    return inside


def _polygons(body: bpy.types.Object) -> Polygons:
    mesh: Any = mesh_of(body)
    corners, starts = np.empty(len(mesh.loops), np.int32), np.empty(len(mesh.polygons), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    mesh.polygons.foreach_get("loop_start", starts)
    edges = np.empty((len(mesh.edges), 2), np.int32)
    mesh.edges.foreach_get("vertices", edges.ravel())
    return Polygons(corners, starts, edges)


def _own_triangles(body: bpy.types.Object) -> np.ndarray:
    mesh: Any = mesh_of(body)
    mesh.calc_loop_triangles()
    triangles = np.empty((len(mesh.loop_triangles), 3), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles.ravel())
    return triangles
