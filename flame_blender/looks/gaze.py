"""Eyes in the eyeballs' own coordinates: what a direction from the centre shows, whatever the mesh is.

The same as the nodes of ``shading/eye_material.py`` make of it, for files that hold no nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..flame.eyeballs import eyeballs_of
from ..flame.model import FlameModel, without_padding

# half angles seen from the centre of the eyeball: about 12 mm and 4 mm on a 24 mm ball
IRIS_ANGLE, PUPIL_ANGLE = float(np.radians(29.0)), float(np.radians(10.5))
IRIS_EDGE, PUPIL_EDGE = float(np.radians(1.6)), float(np.radians(0.7))  # half widths of the soft borders
IRIS_COLOUR = (0.10, 0.19, 0.24)  # linear, as all colours here
PUPIL_COLOUR = (0.004, 0.004, 0.004)
SCLERA_COLOUR, SCLERA_TINT = (0.70, 0.645, 0.59), (0.60, 0.36, 0.31)
TINT_BEGIN, TINT_END, TINT_MOST = float(np.radians(34.0)), float(np.radians(80.0)), 0.55
# vessels of the sclera: how many around, how often and how far each is bent on its way, and its half width
VESSELS = ((13.0, 11.0, 0.9, 0.045), (29.0, 17.0, 1.3, 0.055))
VESSEL_COLOUR, VESSEL_MOST = (0.46, 0.075, 0.055), 0.42
VESSEL_BEGIN, VESSEL_END = float(np.radians(30.0)), float(np.radians(52.0))
FIBRES = ((23.0, 7.0, 2.0), (41.0, 3.0, 3.0))  # waves around; how often and how far each is bent
FINE = (83.0, 5.0, 2.0, 0.20)  # the same of the finest, and how deep
FIBRE_DEPTH, BENT_OUTWARDS = 0.34, 9.0
LIMBUS_BEGIN, LIMBUS_DARK = 0.76, 0.80  # of the iris's radius; how much darker its rim is
COLLAR, COLLAR_WIDTH, COLLAR_LIGHT = 0.52, 0.13, 0.30  # the lighter ring round the pupil, the collarette
COLLAR_WAVY = (11.0, 0.035)  # its border: waves around, of the iris's radius
CENTRE_EDGE = 0.14  # half width of the border between the centre's colour and the rim's
RUFF, RUFF_WIDTH, RUFF_DARK = 0.40, 0.05, 0.55  # the dark ruff at the pupil's edge
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


def eye_colours(directions: np.ndarray, iris: ArrayLike = IRIS_COLOUR, centre: ArrayLike | None = None) -> np.ndarray:
    """(n, 3) float64 linear colours of directions (n, 3), of any length; ``centre``: of the ring round the pupil."""
    x, y, z = np.asarray(directions, np.float64).T
    angle, turn = np.arctan2(np.hypot(x, y), z), np.arctan2(y, x)
    radius = angle / IRIS_ANGLE
    (count, often, far), (count_2, often_2, far_2) = FIBRES
    fibres = np.sin(count * turn + far * np.sin(often * turn))
    fibres = fibres * np.sin(count_2 * turn + far_2 * np.sin(often_2 * turn) + BENT_OUTWARDS * radius)
    count_3, often_3, far_3, depth = FINE
    fine = depth * np.sin(count_3 * turn + far_3 * np.sin(often_3 * turn) + BENT_OUTWARDS * radius)
    waves, wavy = COLLAR_WAVY
    wavy_radius = radius + wavy * np.sin(waves * turn + 2 * np.sin(3 * turn))
    collar = np.exp(-(((wavy_radius - COLLAR) / COLLAR_WIDTH) ** 2))
    ruff = np.exp(-(((wavy_radius - RUFF) / RUFF_WIDTH) ** 2))
    light = 1 + FIBRE_DEPTH * fibres + fine + COLLAR_LIGHT * collar - RUFF_DARK * ruff
    light = np.maximum(light, 0.05) * (1 - LIMBUS_DARK * _rising(radius, LIMBUS_BEGIN, 1.0))
    outer = _rising(wavy_radius, COLLAR - CENTRE_EDGE, COLLAR + CENTRE_EDGE)[:, None]
    inner = np.asarray(iris if centre is None else centre, np.float64)
    colours = light[:, None] * (inner + outer * (np.asarray(iris) - inner))
    pupil = 1 - _rising(angle, PUPIL_ANGLE - PUPIL_EDGE, PUPIL_ANGLE + PUPIL_EDGE)
    colours += pupil[:, None] * (np.array(PUPIL_COLOUR) - colours)
    tint = TINT_MOST * _rising(angle, TINT_BEGIN, TINT_END)
    sclera = np.array(SCLERA_COLOUR) + tint[:, None] * np.subtract(SCLERA_TINT, SCLERA_COLOUR)
    sclera = sclera + _vessels(angle, turn)[:, None] * (np.array(VESSEL_COLOUR) - sclera)
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


def _vessels(angle: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """(n,) how far the sclera is vessel: thin bent lines from its border towards the iris, some of them faint."""
    seen = np.zeros(len(angle))
    for count, often, far, width in VESSELS:
        line = np.sin(count * turn + far * np.sin(often * angle + 3 * turn) + 2 * np.sin(2 * turn))
        faint = 0.5 + 0.5 * np.sin(5 * turn + count * angle)
        seen = np.maximum(seen, np.maximum(1 - np.abs(line) / width, 0) * faint)
    found: np.ndarray = VESSEL_MOST * seen * _rising(angle, VESSEL_BEGIN, VESSEL_END)
    return found


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
