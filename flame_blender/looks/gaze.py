"""Eyes in the eyeballs' own coordinates: what a direction from the centre shows, whatever the mesh is.

The same as the nodes of ``shading/eye_material.py`` make of it, for files that hold no nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..flame.eyeballs import eyeballs_of
from ..flame.model import FlameModel, without_padding

# half angles seen from the centre of the eyeball: about 12 mm and 4 mm on a 24 mm ball
IRIS_ANGLE, PUPIL_ANGLE = float(np.radians(29.0)), float(np.radians(10.5))
IRIS_EDGE, PUPIL_EDGE = float(np.radians(1.6)), float(np.radians(0.7))  # half widths of the soft borders
IRIS_COLOUR = (0.10, 0.19, 0.24)  # linear, as all colours here
PUPIL_COLOUR = (0.004, 0.004, 0.004)
SCLERA_COLOUR, SCLERA_TINT = (0.78, 0.75, 0.72), (0.62, 0.40, 0.36)
TINT_BEGIN, TINT_END, TINT_MOST = float(np.radians(38.0)), float(np.radians(95.0)), 0.5
FIBRES = ((23.0, 7.0, 2.0), (41.0, 3.0, 3.0))  # waves around; how often and how far each is bent
FIBRE_DEPTH, BENT_OUTWARDS = 0.32, 9.0
LIMBUS_BEGIN, LIMBUS_DARK = 0.72, 0.62  # of the iris's radius; how much darker its rim is
COLLAR, COLLAR_WIDTH, COLLAR_LIGHT = 0.52, 0.16, 0.35  # the lighter ring round the pupil
FRONT, FRONT_SHARE = float(np.radians(40.0)), 0.6  # of an eyeball: what the iris lies in has most of its texels
RING_EDGE = 0.01  # radians: what a ring's vertices may be off it
AT_POLE, CORNER = 1e-3, 0.02  # sine of the angle from a pole; size of what is put into a corner of the UVs
EYE = "eye"
EYE_MATERIALS = ("sclera", "iris", "pupil", EYE)  # names in a model's display


def gaze_directions(model: FlameModel) -> np.ndarray | None:
    """(V, 3) float32: of each vertex of an eye its direction from the eyeball's centre at rest, FLAME's axes, unit.

    Zeros elsewhere; +Z is where the eye looks. None for a model without eyeballs.
    """
    balls = eyeballs_of(model.v_template, model.faces)
    if balls is None:
        return None
    template = model.v_template.astype(np.float64)
    belongs = np.full(model.n_vertices, -1)
    for number, ball in enumerate(balls):
        belongs[ball.vertices] = number
    display = model.display
    if display is not None and display.polygon_materials is not None:  # an iris of its own behind a cornea, too
        of_eye = np.isin(np.array(display.material_names)[display.polygon_materials], EYE_MATERIALS)
        ids = np.unique(without_padding(display.polygons)[of_eye])
        centres = np.array([ball.centre for ball in balls])
        belongs[ids] = np.linalg.norm(template[ids][:, None] - centres, axis=2).argmin(1)
    directions = np.zeros((model.n_vertices, 3))
    for number, ball in enumerate(balls):
        own = belongs == number
        away = template[own] - ball.centre
        directions[own] = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    return directions.astype(np.float32)


def eye_colours(directions: np.ndarray, iris: Sequence[float] = IRIS_COLOUR) -> np.ndarray:
    """(n, 3) float64 linear colours of directions (n, 3), of any length."""
    x, y, z = np.asarray(directions, np.float64).T
    angle, turn = np.arctan2(np.hypot(x, y), z), np.arctan2(y, x)
    radius = angle / IRIS_ANGLE
    (count, often, far), (count_2, often_2, far_2) = FIBRES
    fibres = np.sin(count * turn + far * np.sin(often * turn))
    fibres = fibres * np.sin(count_2 * turn + far_2 * np.sin(often_2 * turn) + BENT_OUTWARDS * radius)
    collar = np.exp(-(((radius - COLLAR) / COLLAR_WIDTH) ** 2))
    light = (1 + FIBRE_DEPTH * fibres + COLLAR_LIGHT * collar) * (1 - LIMBUS_DARK * _rising(radius, LIMBUS_BEGIN, 1.0))
    colours = light[:, None] * np.asarray(iris)
    pupil = 1 - _rising(angle, PUPIL_ANGLE - PUPIL_EDGE, PUPIL_ANGLE + PUPIL_EDGE)
    colours += pupil[:, None] * (np.array(PUPIL_COLOUR) - colours)
    tint = TINT_MOST * _rising(angle, TINT_BEGIN, TINT_END)
    sclera = np.array(SCLERA_COLOUR) + tint[:, None] * np.subtract(SCLERA_TINT, SCLERA_COLOUR)
    white = _rising(angle, IRIS_ANGLE - IRIS_EDGE, IRIS_ANGLE + IRIS_EDGE)
    return colours + white[:, None] * (sclera - colours)


def gaze_rings(directions: np.ndarray, polygons: np.ndarray) -> tuple[float, float]:
    """Angles from the gaze (radians) up to which an eyeball's polygons (n, k) are pupil, and iris, as near as can be.

    ``directions`` (V, 3) as of :func:`gaze_directions`; -1 in a polygon's last place is none. Each is the angle of one
    of the mesh's rings, where it has such about the gaze: that which has most nearly the area.
    """
    rings = np.unique(np.round(farthest(directions, polygons), 2))
    pupil, iris = (float(rings[np.abs(np.cos(rings) - np.cos(angle)).argmin()]) for angle in (PUPIL_ANGLE, IRIS_ANGLE))
    return pupil + RING_EDGE, iris + RING_EDGE


def farthest(directions: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """(n,) radians: of each polygon (n, k) its corner farthest from the gaze."""
    angles = np.arctan2(np.hypot(directions[:, 0], directions[:, 1]), directions[:, 2])
    off: np.ndarray = np.where(polygons < 0, 0.0, angles[polygons]).max(1, initial=0.0)
    return off


def laid_out(directions: np.ndarray) -> np.ndarray:
    """(n, 3, 2) UVs from -1 to 1 made 0 to 1: an eyeball's triangles, directions (n, 3, 3), as seen from the front.

    It is opened like a flower: its back pole is all round, and a triangle that has that pole inside lies in a corner.
    """
    directions = np.asarray(directions, np.float64)
    across = np.hypot(directions[..., 0], directions[..., 1])
    radius = np.interp(np.arctan2(across, directions[..., 2]), [0, FRONT, np.pi], [0, FRONT_SHARE, 1])
    towards = directions[..., :2] / np.maximum(across, 1e-12)[..., None]
    at_pole = across < AT_POLE
    middle = (towards * ~at_pole[..., None]).sum(1, keepdims=True)
    middle /= np.maximum(np.linalg.norm(middle, axis=2, keepdims=True), 1e-12)
    flat = 0.5 + 0.5 * radius[..., None] * np.where(at_pole[..., None], middle, towards)
    after = np.roll(directions, -1, 1)
    turns = directions[..., 0] * after[..., 1] - directions[..., 1] * after[..., 0]
    around = (directions[..., 2].mean(1) < 0) & ((turns > 0).all(1) | (turns < 0).all(1))
    flat[around] = CORNER * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    return flat


def _rising(values: np.ndarray, begin: float, end: float) -> np.ndarray:
    """0 up to ``begin``, 1 from ``end`` on, smooth between, as Map Range's Smooth Step."""
    share = np.clip((values - begin) / (end - begin), 0, 1)
    risen: np.ndarray = share * share * (3 - 2 * share)
    return risen
