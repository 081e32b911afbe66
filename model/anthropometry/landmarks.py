"""Landmarks of anthropometry on a head of the model, found from its shape (mm; +Y up, +Z out of the face).

What an examiner marks or touches is looked for once on the neutral head (:func:`find_marks`): the midline, the ear, the
sides of the skull, the lids' edges. Where a caliper's arms then come to rest is looked for on every head anew
(``measures``). Nothing here knows how the heads were made to differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flame_blender.flame.model import FlameModel

MILLIMETRES = 1000.0
AURICLE_HEIGHT = 3.0  # mm by which the ear itself stands out of the head's side
OUTWARD = 0.8  # least lateral part of the normal there
GONION_REACH = 4.0  # mm above and below its level within which the gonion is looked for
GLABELLA = (8.0, 40.0)  # mm above the pupils between which the glabella lies
SUBMENTAL = 45.0  # mm behind the chin's foremost point within which the menton lies


@dataclass(frozen=True)
class Marks:
    """Vertex numbers on the model's mesh; ``left`` is the subject's left, pairs are (left, right)."""

    profile: np.ndarray  # the midline of the face from the forehead down to the upper lip
    glabella: np.ndarray  # the part of the midline between the brows
    lip_top: int  # labiale superius
    chin: np.ndarray  # the midline under the chin
    occiput: np.ndarray  # the midline of the back of the head, above the nose base
    skull: np.ndarray  # both sides above the ears' middle
    cheeks: np.ndarray  # both sides between pupils and nose base, before the ears
    gonia: tuple[int, int]
    alae: np.ndarray  # where the sides of the nose face sideways; its wings stand out furthest
    lips: np.ndarray
    pupils: tuple[int, int]
    fissure: tuple[int, int]  # inner and outer canthus of the left eye
    auricle: np.ndarray  # the left ear without its root


def find_marks(model: FlameModel) -> Marks:
    """The marks on the neutral head; needs the model's regions and materials, as the built-in head has them."""
    points = model.v_template.astype(float) * MILLIMETRES
    skin = _material_vertices(model, ("skin", "lips"))
    ears = np.union1d(model.regions["left_ear"], model.regions["right_ear"])
    side = np.setdiff1d(skin, ears)
    x, y, z = points.T

    midline = skin[np.abs(x[skin]) < 1e-3]
    midline = midline[np.argsort(-y[midline], kind="stable")]
    lips = _material_vertices(model, ("lips",))
    lip_line = midline[np.isin(midline, lips)]
    front = midline[z[midline] > 0]
    pupils = tuple(_foremost(model.regions[name], z) for name in ("left_eyeball", "right_eyeball"))
    eye_level, lip_top, lip_bottom = y[pupils[0]], lip_line[0], lip_line[-1]
    profile = front[(y[front] >= y[lip_top]) & (y[front] < eye_level + GLABELLA[1])]
    below = front[y[front] < y[lip_bottom]]
    chin = below[z[below] > z[below].max() - SUBMENTAL]
    base = y[_deepest_vertex(points, profile, lip_top)]

    left_ear = model.regions["left_ear"]
    auricle = _auricle(model, points, left_ear)
    ear_front, ear_middle = z[auricle].max(), y[auricle].mean()
    lobe = auricle[y[auricle].argmin()]
    jaw = side[(np.abs(y[side] - y[lip_bottom]) < GONION_REACH) & (z[side] > z[lobe])]
    nose = model.regions["nose"]
    return Marks(
        profile=profile,
        glabella=profile[y[profile] > eye_level + GLABELLA[0]],
        lip_top=int(lip_top),
        chin=chin,
        occiput=midline[(z[midline] < 0) & (y[midline] > base)],
        skull=side[y[side] > ear_middle],
        cheeks=side[(y[side] < eye_level) & (y[side] > base) & (z[side] > ear_front)],
        gonia=(int(jaw[x[jaw].argmax()]), int(jaw[x[jaw].argmin()])),
        alae=nose[_normals(model, points)[nose, 0] * np.sign(x[nose]) > OUTWARD],
        lips=lips,
        pupils=(pupils[0], pupils[1]),
        fissure=_canthi(model, x),
        auricle=auricle,
    )


def _material_vertices(model: FlameModel, names: tuple[str, ...]) -> np.ndarray:
    """Sorted vertices of the polygons of some materials."""
    if model.display is None or model.display.polygon_materials is None:
        raise ValueError("The model has no materials: measure the built-in head, or a model with a display mesh.")
    numbers = [model.display.material_names.index(name) for name in names]
    found = np.unique(model.display.polygons[np.isin(model.display.polygon_materials, numbers)])
    return found[found >= 0]


def _foremost(vertices: np.ndarray, depth: np.ndarray) -> int:
    return int(vertices[depth[vertices].argmax()])


def _deepest_vertex(points: np.ndarray, profile: np.ndarray, lip_top: int) -> int:
    """The subnasale's vertex: deepest behind the chord from the nose's tip to the upper lip."""
    below_tip = profile[points[profile, 2].argmax() :]
    chord = points[lip_top] - points[below_tip[0]]
    behind = np.cross(points[below_tip] - points[below_tip[0]], chord)[:, 0]
    return int(below_tip[np.abs(behind).argmax()])


def _normals(model: FlameModel, points: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals of the vertices, weighted by area."""
    a, b, c = (points[model.faces[:, k]] for k in range(3))
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, model.faces[:, k], np.cross(b - a, c - a))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def _auricle(model: FlameModel, points: np.ndarray, ear: np.ndarray) -> np.ndarray:
    """The ear's vertices that stand out of the plane through its surroundings."""
    inside = np.isin(model.faces, ear)
    border = np.intersect1d(model.faces[inside.any(1) & ~inside.all(1)], ear)
    x, y, z = points[border].T
    plane = np.linalg.lstsq(np.column_stack([np.ones_like(x), y, z]), x, rcond=None)[0]
    x, y, z = points[ear].T
    return ear[x - np.column_stack([np.ones_like(x), y, z]) @ plane > AURICLE_HEIGHT]


def _canthi(model: FlameModel, x: np.ndarray) -> tuple[int, int]:
    """Where upper and lower lid of the left eye meet: the ends of the edge that lies on the eyeball.

    The skin ends behind the lids; the row of vertices before that end is the edge.
    """
    skin = np.isin(model.faces, _material_vertices(model, ("skin",))).all(1)
    edges = np.sort(model.faces[skin][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    eye = model.regions["left_eye_region"]
    end = np.intersect1d(unique[uses == 1], eye)
    polygons = model.display.polygons if model.display else model.faces
    sides = np.concatenate([polygons[:, [k - 1, k]] for k in range(1, polygons.shape[1])])
    sides = np.concatenate([sides, polygons[:, [-1, 0]]])
    before = np.setdiff1d(sides[np.isin(sides, end).any(1)], np.append(end, -1))
    edge = np.intersect1d(before, eye)
    return int(edge[x[edge].argmin()]), int(edge[x[edge].argmax()])
