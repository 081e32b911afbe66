"""The same landmarks where FLAME's tools have them: only to be carried over to other heads (mm, sculpting frame).

The built-in head's own points lie on its own brows, which are low and short, and elsewhere along its lips. FLAME's
files follow the faces that landmark detectors were made with, and so does what is carried over in their place:

- eyes and lips have edges: points lie along them at the shares of the width that they have in the mean faces below;
- brows have none that two heads share: the mean faces are laid on the head by eyes, nose and mouth, and what they have
  of brows is dropped on its skin;
- the points of the nose are the built-in head's own.
"""

from __future__ import annotations

import numpy as np

from flame_blender.geometry.rigid import similarity_alignment

from .eyelids import WATERLINE_RING
from .landmarks import Places, Surface, ibug_places, mediapipe_order, mediapipe_places
from .mesh import HeadMesh
from .topology import EYE, MOUTH

FIRST = 17  # of iBUG's 68 is the first of the 51
# dlib's mean face (get_face_chip_details in dlib/image_transforms/interpolation.h, Boost licence), left half: x and y
# from the middle between the eyes, in outer canthus's distances from there; both sides in the mean.
DLIB = {
    22: (0.263, 0.398), 23: (0.541, 0.515), 24: (0.839, 0.557), 25: (1.126, 0.503), 26: (1.330, 0.319),
    27: (0.000, 0.056), 28: (0.000, -0.225), 29: (0.000, -0.504), 30: (0.000, -0.791),
    33: (0.000, -1.097), 34: (0.174, -1.046), 35: (0.335, -0.986),
    42: (0.422, -0.021), 43: (0.609, 0.120), 44: (0.823, 0.123), 45: (1.000, 0.021), 46: (0.834, -0.054),
    47: (0.622, -0.057),
    51: (0.000, -1.407), 52: (0.166, -1.366), 53: (0.405, -1.415), 54: (0.641, -1.510), 55: (0.413, -1.739),
    56: (0.181, -1.841), 57: (0.000, -1.860),
    62: (0.000, -1.524), 63: (0.168, -1.506), 64: (0.542, -1.522), 65: (0.172, -1.629), 66: (0.000, -1.650),
}  # fmt: skip
# RingNet's embedding has the outer ends of the brows lower than dlib's mean face and MediaPipe's: how far they lie from
# the outer canthus along the skin of a level plane, in outer canthus's distances, as the temple falls away there, and
# the height above the canthi in widths of the fissure, measured on FLAME 2023 Open's template.
BROW_END, RINGNETS_END = 26, (0.62, 0.23)
TEMPLE = np.arange(0.0, 40.0, 0.25)  # mm to the side of the outer canthus, where that way is measured
UPPER_LID, LOWER_LID = (43, 44), (46, 47)
UPPER_LIP, LOWER_LIP, OUTER_CORNER = (51, 52, 53), (55, 56, 57), 54
UPPER_LINE, LOWER_LINE, INNER_CORNER = (62, 63), (65, 66), 64
# MediaPipe's canonical face (canonical_face_model.obj of google/mediapipe, Apache 2.0), left half, mm.
BROW = {
    276: (52.5, 38.8, 33.6), 282: (37.3, 45.1, 45.5), 283: (45.9, 43.0, 40.5), 285: (12.2, 41.4, 51.1),
    293: (49.9, 48.0, 37.5), 295: (26.4, 45.2, 49.2), 296: (27.6, 51.0, 50.2), 300: (57.2, 42.5, 28.3),
    334: (39.9, 51.1, 44.7), 336: (14.0, 50.1, 53.2),
}  # fmt: skip
OUTER_END = 300
CANTHI = {362: (18.6, 25.9, 37.6), 263: (44.5, 26.6, 31.7)}  # the inner one first
UPPER_EYE = {
    384: (22.9, 28.9, 37.8), 385: (27.2, 29.6, 38.7), 386: (31.8, 29.6, 38.8), 387: (36.7, 29.3, 37.2),
    388: (40.2, 28.6, 34.8), 398: (20.0, 27.4, 37.4), 466: (42.5, 27.7, 33.2),
}  # fmt: skip
LOWER_EYE = {
    249: (42.5, 25.8, 32.8), 373: (36.7, 23.6, 36.4), 374: (31.8, 22.9, 37.8), 380: (27.2, 23.2, 37.8),
    381: (22.9, 24.0, 37.0), 382: (20.0, 25.0, 36.9), 390: (40.2, 24.8, 34.4),
}  # fmt: skip
NOSE = {
    168: (0.0, 32.7, 52.4), 6: (0.0, 24.7, 57.9), 197: (0.0, 17.3, 63.2), 195: (0.0, 10.6, 67.7), 5: (0.0, 3.7, 72.4),
    4: (0.0, -4.6, 75.9), 358: (17.9, -9.8, 48.5), 327: (14.1, -17.1, 52.4), 326: (6.0, -20.1, 58.7),
    2: (0.0, -20.9, 60.6),
}  # fmt: skip
UPPER_BORDER = {
    0: (0.0, -34.1, 59.8), 267: (7.1, -33.3, 58.8), 269: (14.3, -35.0, 55.0), 270: (19.1, -38.0, 50.3),
    409: (22.9, -40.5, 45.8), 291: (24.6, -43.4, 42.8),
}  # fmt: skip
LOWER_BORDER = {
    17: (0.0, -53.7, 55.4), 314: (7.0, -52.9, 54.5), 405: (13.3, -51.1, 52.1), 321: (18.4, -48.3, 48.2),
    375: (22.0, -46.0, 44.8),
}  # fmt: skip
UPPER_EDGE = {
    13: (0.0, -39.9, 52.2), 312: (5.3, -39.9, 51.4), 311: (10.2, -39.9, 49.3), 310: (14.7, -40.4, 46.0),
    415: (18.5, -41.0, 42.5), 308: (21.5, -42.8, 40.4),
}  # fmt: skip
LOWER_EDGE = {
    14: (0.0, -45.4, 54.0), 317: (5.8, -45.2, 53.4), 402: (11.0, -44.6, 51.2), 318: (15.4, -44.2, 47.5),
    324: (18.3, -44.0, 44.0),
}  # fmt: skip
CANONICAL = BROW | CANTHI | UPPER_EYE | LOWER_EYE | NOSE | UPPER_BORDER | LOWER_BORDER | UPPER_EDGE | LOWER_EDGE
MIRRORED = np.array([-1.0, 1.0, 1.0])
FIELDS = "static_faces", "static_barycentric"
DECIMALS = 4  # of laid points: what a solver leaves behind them is no number that all machines share


class Edges:
    """The left eye's and the mouth's edges, by the share of their width: 0 at the inner end, 1 at the outer."""

    def __init__(self, places: Places) -> None:
        fissure = places.mesh.vertices[places.mesh.ring(EYE, WATERLINE_RING)]  # where lids meet
        self.canthi = fissure[0], fissure[EYE.opposite]
        half = EYE.opposite
        self.lids = {True: places.lid[: half + 1], False: np.concatenate([places.lid[half:], places.lid[:1]])}
        half = MOUTH.opposite
        self.borders = {True: places.border[: half + 1], False: places.border[half:]}
        self.lines = {True: places.line[: half + 1], False: places.line[half:]}
        self.half_width = float(places.border[half][0])

    @property
    def fissure(self) -> float:
        return float(self.canthi[1][0] - self.canthi[0][0])

    def lid(self, share: float, upper: bool) -> np.ndarray:
        return _at(self.lids[upper], self.canthi[0][0] + share * self.fissure)

    def border(self, share: float, upper: bool) -> np.ndarray:
        return _at(self.borders[upper], share * self.half_width)

    def line(self, share: float, upper: bool) -> np.ndarray:
        """Where the lips meet, by the share of this line's own half width."""
        return _at(self.lines[upper], share * self.lines[True][-1][0])


def tool_embeddings(mesh: HeadMesh) -> dict[str, dict[str, np.ndarray]]:
    """Arrays of the fixed points of both sets under the names of LandmarkEmbedding's fields."""
    surface, places = Surface(mesh, lids_to=WATERLINE_RING), Places(mesh)
    edges = Edges(places)
    canonical = _mediapipe(surface, places, edges)
    order = mediapipe_order(set(canonical))
    points = {"ibug": _ibug(surface, places, edges), "mediapipe": np.array([canonical[number] for number in order])}
    arrays = {name: dict(zip(FIELDS, surface.embed(each), strict=True)) for name, each in points.items()}
    arrays["mediapipe"]["indices"] = np.array(order, np.int32)
    return arrays


def _ibug(surface: Surface, places: Places, edges: Edges) -> np.ndarray:
    """(51, 3) iBUG's points."""
    own = ibug_places(places)
    mean = {number: np.array(place) for number, place in DLIB.items()}
    inner, outer = mean[42][0], mean[45][0]
    left = dict(zip((42, 45), edges.canthi, strict=True))
    for lid, upper in ((UPPER_LID, True), (LOWER_LID, False)):
        left |= {k: edges.lid((mean[k][0] - inner) / (outer - inner), upper) for k in lid}
    half = mean[OUTER_CORNER][0]
    for lip, upper, beside in ((UPPER_LIP, True, UPPER_LINE[0]), (LOWER_LIP, False, LOWER_LINE[-1])):
        left |= {k: _on_lip(surface, edges, (mean[k] - (0, mean[beside][1])) / half, upper) for k in lip}
    to_line = edges.half_width / edges.lines[True][-1][0] / half
    for line, upper in ((UPPER_LINE, True), (LOWER_LINE, False)):
        left |= {k: edges.line(mean[k][0] * to_line, upper) for k in line}
    left |= {OUTER_CORNER: edges.border(1.0, True), INNER_CORNER: edges.line(1.0, True)}
    partners = _partners(own)
    placed = _both_sides(own, {number - FIRST: place for number, place in left.items()}, partners)
    brows = [number for number in DLIB if number <= BROW_END]
    on_skin = _laid_flat(surface, placed, brows)
    on_skin[-1] = _along_temple(surface, edges)
    return _both_sides(placed, dict(zip([number - FIRST for number in brows], on_skin, strict=True)), partners)


def _along_temple(surface: Surface, edges: Edges) -> np.ndarray:
    """Where RingNet has the outer end of the brow."""
    (_, outer), (way, above) = edges.canthi, RINGNETS_END
    x, height = outer[0] + TEMPLE, above * edges.fissure + np.mean(edges.canthi, 0)[1]
    level = np.column_stack([x, np.full(len(x), height), np.zeros(len(x))])
    course = surface.foremost(level, np.array([0.0, 0.0, 1.0]))
    course = course[np.isfinite(course[:, 2])]
    ways = np.concatenate([[0.0], np.linalg.norm(np.diff(course, axis=0), axis=1).cumsum()])
    x_end = np.interp(way * outer[0], ways, course[:, 0]).round(DECIMALS)
    return surface.foremost(np.array([[x_end, height, 0.0]]), np.array([0.0, 0.0, 1.0]))[0]


def _on_lip(surface: Surface, edges: Edges, place: np.ndarray, upper: bool) -> np.ndarray:
    """A point of the lips' outline: not on the border but as far from where lips meet as the mean face has it.

    ``place`` is its share of the half width and its height above that line, in half widths.
    """
    border = edges.border(place[0], upper)
    x = border[0]
    height = edges.line(x / edges.lines[True][-1][0], upper)[1] + place[1] * edges.half_width
    if (height - border[1]) * (1 if upper else -1) >= 0:
        return border
    found = surface.foremost(np.array([[max(x, 1e-3), height, 0.0]]), np.array([0.0, 0.0, 1.0]))[0]
    found[0] = x
    return found


def _laid_flat(surface: Surface, points: np.ndarray, numbers: list[int]) -> np.ndarray:
    """(n, 3) on the skin: the places of dlib's mean face that is seen, from afar, where ``points`` (51, 3) are.

    Only pitch, scale and height are free, as both are symmetric.
    """
    rest = np.array([number for number in DLIB if number > BROW_END])
    flat, places = np.array([DLIB[number] for number in rest]), points[rest - FIRST]
    scale = (flat[:, 0] @ places[:, 0]) / (places[:, 0] @ places[:, 0])
    system = np.column_stack([places[:, 1:], np.ones(len(rest))])
    up, ahead, lift = np.linalg.lstsq(system, flat[:, 1], rcond=None)[0]
    wanted = np.array([DLIB[number] for number in numbers])
    seen = np.column_stack([wanted[:, 0] / scale, (wanted[:, 1] - lift) / up, np.zeros(len(numbers))])
    return surface.foremost(seen.round(DECIMALS), np.array([0.0, -ahead / up, 1.0]).round(DECIMALS))


def _mediapipe(surface: Surface, places: Places, edges: Edges) -> dict[int, np.ndarray]:
    """Place of each of the 105 points by its id in MediaPipe's face mesh."""
    own = mediapipe_places(places)
    inner, outer = (place[0] for place in CANTHI.values())
    left = dict(zip(CANTHI, edges.canthi, strict=True))
    for lid, upper in ((UPPER_EYE, True), (LOWER_EYE, False)):
        left |= {k: edges.lid((place[0] - inner) / (outer - inner), upper) for k, place in lid.items()}
    for border, upper in ((UPPER_BORDER, True), (LOWER_BORDER, False)):
        left |= {k: edges.border(place[0] / CANONICAL[291][0], upper) for k, place in border.items()}
    for line, upper in ((UPPER_EDGE, True), (LOWER_EDGE, False)):
        left |= {k: edges.line(place[0] / CANONICAL[308][0], upper) for k, place in line.items()}
    ids, points = list(own), np.array(list(own.values()))
    partners, rows = _partners(points), {number: row for row, number in enumerate(ids)}
    placed = _both_sides(points, {rows[k]: place for k, place in left.items()}, partners)
    mean = _both_sides(points, {rows[k]: np.array(place) for k, place in CANONICAL.items()}, partners)
    brows = [rows[number] for number in BROW]
    brows += partners[brows].tolist()
    rest = np.setdiff1d(np.arange(len(ids)), brows)
    scale, rotation, translation = similarity_alignment(mean[rest], placed[rest])
    placed[brows] = (scale * mean[brows] @ rotation.T + translation).round(DECIMALS)
    placed = _both_sides(placed, {rows[OUTER_END]: _outer_end(surface, edges)}, partners)
    return dict(zip(ids, placed, strict=True))


def _outer_end(surface: Surface, edges: Edges) -> np.ndarray:
    """(3,) as far aside and as high as the canonical face has it, whose temples fall away before this head's do."""
    (inner, outer), (theirs, beside) = edges.canthi, np.array(list(CANTHI.values()))
    end = np.array(BROW[OUTER_END])
    high = (end[1] - (theirs[1] + beside[1]) / 2) / (beside[0] - theirs[0])
    place = np.array([[outer[0] * end[0] / beside[0], (inner[1] + outer[1]) / 2 + high * edges.fissure, 0.0]])
    return surface.foremost(place.round(DECIMALS), np.array([0.0, 0.0, 1.0]))[0].round(DECIMALS)


def _both_sides(points: np.ndarray, left: dict[int, np.ndarray], partners: np.ndarray) -> np.ndarray:
    """``points`` (L, 3) with those of the left side and the middle, by row, and their mirror images put anew."""
    points = points.copy()
    for row, place in left.items():
        points[partners[row]] = place * MIRRORED
        points[row] = place
    return points


def _partners(points: np.ndarray) -> np.ndarray:
    """(L,) the row of each point's mirror image."""
    return ((points[:, None] * MIRRORED - points) ** 2).sum(2).argmin(1)


def _at(line: np.ndarray, x: float) -> np.ndarray:
    """(3,) where a line (N, 3) that runs from side to side is at ``x``."""
    rising = line[line[:, 0].argsort()]
    return np.array([np.interp(x, rising[:, 0], rising[:, axis]) for axis in range(3)])
