"""UVs for a model that brings none: the built-in head's, carried over to where its skin lies on the model's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..correspondence.correspondence import Correspondence
from ..flame.eyeballs import eyeballs_of, parts_of
from ..flame.model import FlameModel
from ..textures.face_uvs import FaceUvs
from .flatten import flatten
from .gaze import EYE, laid_out
from .laid_flat import MILLIMETRES, laid_flat
from .quads import quad_pairs
from .seam import cut_open
from .source import LIPS, MOUTH, SKIN, Painted
from .surface import border_loops, half_edges, is_disc_with_holes, parts_by_edges, with_openings_filled

SKIN_BOX = (0.01, 0.20, 0.99, 0.99)  # left, bottom, right, top
MOUTH_BOX = (0.39, 0.01, 0.56, 0.18)
EYE_BOXES = (0.01, 0.01, 0.19, 0.19), (0.20, 0.01, 0.38, 0.19)
OTHERS_BOX = (0.57, 0.01, 0.99, 0.18)
MOST = 0.9  # of the mouth's triangles, that its largest part has
STRIP = 12  # triangles that may lie between two halves of a mouth
GROWTHS = 3  # rings by which the mouth may grow until its border is one closed path
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """``uvs`` of a model's triangles, and (F,) what each is: skin, lips, mouth or eye."""

    uvs: FaceUvs
    materials: np.ndarray


def materials_of(model: FlameModel, correspondence: Correspondence, source: Painted) -> np.ndarray:
    """(F,) what each triangle of the model is: an eye, or what most of its corners lie in on the source."""
    of_vertex = np.full(model.n_vertices, SKIN, dtype=object)
    of_vertex[correspondence.vertices] = np.where(
        source.painted[correspondence.triangles] | (source.materials[correspondence.triangles] == MOUTH),
        source.materials[correspondence.triangles],
        SKIN,
    )
    corners = of_vertex[model.faces]
    materials = np.where(corners[:, 1] == corners[:, 2], corners[:, 1], corners[:, 0]).astype(str)
    of_skin: np.ndarray = np.asarray(np.isin(model.faces, correspondence.vertices).all(1))
    mouth = _whole_mouth(model.faces, of_skin, np.asarray(materials == MOUTH))
    materials[(materials == MOUTH) & ~mouth] = SKIN
    materials[mouth] = MOUTH
    lips: np.ndarray = np.asarray(materials == LIPS)
    materials[lips] = SKIN
    materials[_by_quads(model, lips, np.asarray(of_vertex == LIPS)) & (materials == SKIN)] = LIPS
    for ball in eyeballs_of(model.v_template, model.faces) or ():
        materials[np.isin(model.faces[:, 0], ball.vertices)] = EYE
    return materials


def unwrapped(model: FlameModel, correspondence: Correspondence, source: Painted) -> Unwrapped | None:
    """The UVs of a model; None where its skin cannot be cut open, as that of no head.

    Skin lies where the source's does, with a seam up its back; the mouth's inside, each eyeball and whatever else the
    model has lie below it in places of their own.
    """
    materials = materials_of(model, correspondence, source)
    vertices = model.v_template.astype(np.float64)
    of_skin = np.isin(model.faces[:, 0], correspondence.vertices)
    corners = np.zeros((*model.faces.shape, 2))
    inside = of_skin & (materials == MOUTH)
    outside = of_skin & ~inside
    seam = source.model.v_template[np.unique(source.seam)].astype(np.float64)
    if not len(seam):
        return None
    cut = cut_open(vertices, model.faces[outside], correspondence.warp(seam[[seam[:, 2].argmax()]])[0])
    if cut is None:
        return None
    corners[outside] = _into(SKIN_BOX, laid_flat(vertices, cut, correspondence, source)[cut.faces])
    if inside.any():
        corners[inside] = _into(MOUTH_BOX, _pocket(vertices, model.faces[inside], model.faces[outside]))
    rest = ~of_skin
    for ball, box in zip(eyeballs_of(vertices, model.faces) or (), EYE_BOXES, strict=False):
        own = np.isin(model.faces[:, 0], ball.vertices)
        away = (vertices[model.faces[own]] - ball.centre) / ball.radius
        corners[own] = np.array(box[:2]) + laid_out(away) * np.subtract(box[2:], box[:2])
        rest &= ~own
    _others(vertices, model.faces, rest, corners)
    coords, rows = np.unique(np.round(corners.reshape(-1, 2), 6).astype(np.float32), axis=0, return_inverse=True)
    return Unwrapped(FaceUvs(coords, rows.reshape(model.faces.shape).astype(np.int32)), materials)


def _by_quads(model: FlameModel, chosen: np.ndarray, of_vertex: np.ndarray) -> np.ndarray:
    """(F,) triangles ``chosen``, of two that make a quad both or neither: as most of its corners are (V,), not half.

    Triangle by triangle the border of a region goes up and down like the teeth of a saw, quad by quad along edges.
    """
    chosen, pairs = chosen.copy(), quad_pairs(model)
    one, other = model.faces[pairs[:, 0]], model.faces[pairs[:, 1]]
    alone: np.ndarray = np.asarray((other[:, :, None] != one[:, None, :]).all(2))  # the corner that ``one`` has not
    corners = np.concatenate([one, other[alone][:, None]], 1)
    chosen[pairs] = (of_vertex[corners].sum(1) > 2)[:, None]
    return chosen


def _whole_mouth(faces: np.ndarray, of_skin: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """(F,) the mouth's inside as one part of the skin that can be laid flat by itself, and what is left too.

    Where it is in halves, as beside an opening that reaches to the lips, the shortest strip between them is of it. It
    grows where its border is none; nothing where that does not help.
    """
    for _ in range(GROWTHS + 1):
        if not mouth.any():
            break
        for tried in (mouth, _joined(faces, of_skin, mouth)):
            rows = np.flatnonzero(tried)
            part = parts_by_edges(faces[rows])
            whole = np.zeros(len(faces), bool)
            whole[rows[part == np.bincount(part).argmax()]] = True
            if whole.sum() > MOST * tried.sum() and all(_is_flat(faces[each]) for each in (whole, of_skin & ~whole)):
                return whole
        mouth = of_skin & np.isin(faces, faces[mouth]).any(1)
    return np.zeros(len(faces), bool)


def _joined(faces: np.ndarray, of_skin: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """(F,) the mouth with the shortest strips of skin between its largest part and the next; both alone hold most."""
    rows = np.flatnonzero(mouth)
    part = parts_by_edges(faces[rows])
    order = np.argsort(-np.bincount(part), kind="stable")
    steps = [
        _steps_from(faces, of_skin, np.isin(np.arange(len(faces)), rows[part == number]))
        for number in order[:2].tolist()
    ]
    if len(steps) < 2:
        return mouth
    both = steps[0] + steps[1]
    return mouth | (both == both.min()) if np.isfinite(both.min()) else mouth


def _steps_from(faces: np.ndarray, allowed: np.ndarray, start: np.ndarray) -> np.ndarray:
    """(F,) over how many edges each triangle is reached from those of ``start``, STRIP at most; infinite elsewhere."""
    _, edge = np.unique(np.sort(half_edges(faces), 1), axis=0, return_inverse=True)
    edges = edge.reshape(-1, 3)
    steps, reached = np.where(start, 0.0, np.inf), start
    for number in range(1, STRIP + 1):
        crossed = np.zeros(int(edges.max()) + 1, bool)
        crossed[edges[reached]] = True
        following = crossed[edges].any(1) & allowed & ~reached
        steps[following], reached = number, reached | following
    return steps


def _is_flat(faces: np.ndarray) -> bool:
    """Whether triangles can be laid flat: they are one part with borders, and no handle."""
    loops = border_loops(faces) if len(faces) else None
    return loops is not None and is_disc_with_holes(faces, loops)


def _pocket(vertices: np.ndarray, faces: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """(P, 3, 2) the corners of the mouth's inside, its border with the skin on a circle."""
    loops = border_loops(faces) or []
    rim = max(loops, key=lambda loop: int(np.isin(loop, skin).sum()))
    rim = np.roll(rim, -int(vertices[rim, 1].argmax()))  # begins at the top
    steps = np.linalg.norm(vertices[np.roll(rim, -1)] - vertices[rim], axis=1)
    turn = np.pi / 2 + 2 * np.pi * np.r_[0, np.cumsum(steps)[:-1]] / steps.sum()
    openings = [loop for loop in loops if loop[0] not in rim]
    filled, fans = with_openings_filled(vertices, openings)
    points, polygons = MILLIMETRES * filled, np.concatenate([faces.astype(np.int64), fans])
    used, rows = np.unique(polygons, return_inverse=True)
    numbered: np.ndarray = rows.reshape(polygons.shape)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    flat = flatten(points[used], list(map(tuple, numbered.tolist())), np.searchsorted(used, rim), circle)
    return flat[numbered[: len(faces)]]


def _others(vertices: np.ndarray, faces: np.ndarray, rest: np.ndarray, corners: np.ndarray) -> None:
    """Whatever else is there, each part in a column of its own, seen along the axis in which it is thinnest.

    What is seen from behind lies mirrored beside the rest, so that nothing is turned over.
    """
    if not rest.any():
        return
    part = parts_of(faces, len(vertices))[faces[:, 0]]
    parts = np.unique(part[rest])
    left, bottom, right, top = OTHERS_BOX
    width = (right - left) / len(parts)
    for number, each in enumerate(parts):
        own = rest & (part == each)
        points = vertices[faces[own]]
        plane = np.sort(np.argsort(np.ptp(points.reshape(-1, 3), axis=0))[1:])
        box = left + number * width, bottom, left + (number + 0.9) * width, top
        flat = points[..., plane]
        behind = np.linalg.det(flat[:, 1:] - flat[:, :1]) < 0
        flat[behind, :, 0] *= -1
        flat[behind, :, 0] += 1.1 * np.ptp(flat[..., 0]) + flat[~behind, :, 0].max(initial=0.0) if behind.any() else 0.0
        corners[own] = _into(box, flat)


def _into(box: Box, flat: np.ndarray) -> np.ndarray:
    """Coordinates scaled, each axis by itself, to fill a box."""
    low, high = flat.reshape(-1, 2).min(0), flat.reshape(-1, 2).max(0)
    return np.array(box[:2]) + np.subtract(box[2:], box[:2]) * (flat - low) / np.maximum(high - low, 1e-12)
