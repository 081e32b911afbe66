"""Landmarks in the layouts of FLAME's embeddings: iBUG 51 and contour, MediaPipe 105 (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from flame_blender.flame.landmarks import MEDIAPIPE_REGIONS

from .anatomy import HEAD
from .brows import COURSE
from .eyelids import MARGIN_RING
from .lips import BORDER_RING, LINE_RING
from .mesh import HeadMesh
from .sculpt import squared_lengths
from .topology import EAR, EYE, MOUTH

# iBUG's 27 lies so far above the inner and outer canthi, in the outer one's distance from the midline, and 28 to 30 at
# parts of the height from there to 33: dlib's mean face (see :mod:`.tool_landmarks`).
ROOT_ABOVE_CANTHI, BRIDGE = 0.056, (0.0, 0.245, 0.49, 0.735)
TIP_ROWS = range(28, 34)  # of the grid
N_ROWS = 79  # RingNet's table: 0 to 39 degrees, then -1 to -39
GLIDE = 9  # degrees to either side over which a leap of the outline is shared out
# Heights of contour points 8 (chin) to 16 (left ear), after iBUG's mean face.
JAW_EDGE = (84.0, 70.0, 60.0, 42.0, 27.0, 19.0, 14.0, 11.0, 9.0)  # depth z of the jaw's edge at these heights
CONTOUR_HEIGHTS = (-114.0, -109.0, -103.0, -92.0, -79.0, -64.0, -48.0, -31.0, -14.0)


class Surface:
    """The outer skin's triangles, to a ring of the lids: finds the one nearest to a point, and its mirror image."""

    def __init__(self, mesh: HeadMesh, lids_to: int = MARGIN_RING) -> None:
        self.mesh = mesh
        self.faces = mesh.triangles()
        pocket = mesh.both(np.concatenate([mesh.ring(MOUTH, ring) for ring in range(LINE_RING + 1, MOUTH.rings + 1)]))
        tucked = mesh.both(np.concatenate([mesh.ring(EYE, ring) for ring in range(lids_to + 1, EYE.rings + 1)]))
        hidden = np.union1d(pocket, tucked)
        usable = (self.faces < mesh.parts["skin"].stop).all(1) & ~np.isin(self.faces, hidden).any(1)
        self.ids = np.flatnonzero(usable)
        self.corners = mesh.vertices[self.faces[self.ids]]
        self.lowest, self.highest = self.corners.min(1), self.corners.max(1)
        self.by_vertices = {tuple(sorted(face)): row for row, face in enumerate(self.faces.tolist())}

    def nearest(self, point: np.ndarray) -> tuple[int, np.ndarray]:
        """Triangle id and (3,) weights of the closest point."""
        point = np.asarray(point, float)
        reach = squared_lengths(self.corners[:, 0] - point).min() + 1e-6  # one lies as near, or nearer
        rows = np.flatnonzero(squared_lengths(point - point.clip(self.lowest, self.highest)) < reach)
        corners = self.corners[rows]
        weights = _closest_weights(corners, point)
        found = (weights[:, :, None] * corners).sum(1)
        # Rounded: a point on an edge is as near to both its triangles, and the first must win everywhere.
        best = int(((found - point) ** 2).sum(1).round(7).argmin())
        return int(self.ids[rows[best]]), weights[best]

    def foremost(self, points: np.ndarray, towards: np.ndarray) -> np.ndarray:
        """(N, 3) where lines through ``points`` (N, 3) meet the skin first, seen from ``towards`` (0, y, z)."""
        _, up, ahead = towards / np.linalg.norm(towards)
        seen = np.array([[1.0, 0.0, 0.0], [0.0, ahead, -up], [0.0, up, ahead]])
        corners = self.corners @ seen.T
        found = []
        for point in points @ seen.T:
            weights = _weights_in_view(corners[..., :2], point[:2])
            depth = np.where((weights >= -1e-9).all(1), (weights * corners[..., 2]).sum(1), -np.inf)
            found.append(np.array([*point[:2], depth.max()]) @ seen)
        return np.array(found)

    def mirrored(self, face: int, weights: np.ndarray) -> tuple[int, np.ndarray]:
        """The triangle and weights of the mirror image of a point."""
        there = self.mesh.mirror[self.faces[face]].tolist()
        other = self.by_vertices[tuple(sorted(there))]
        order = [there.index(vertex) for vertex in self.faces[other].tolist()]
        return other, weights[order]

    def on_midline(self, point: np.ndarray) -> tuple[int, np.ndarray]:
        """Triangle id and weights of the nearest point of an edge on the midline, so that it is its own image."""
        on_line = np.abs(self.corners[..., 0]) < 1e-6
        rows = np.flatnonzero(on_line.sum(1) == 2)
        first, second = on_line[rows].argmax(1), 2 - on_line[rows][:, ::-1].argmax(1)
        start, end = self.corners[rows, first], self.corners[rows, second]
        along = ((point - start) * (end - start)).sum(1) / ((end - start) ** 2).sum(1)
        along = np.clip(along, 0, 1)
        best = int(((start + along[:, None] * (end - start) - point) ** 2).sum(1).round(7).argmin())
        weights = np.zeros(3)
        weights[first[best]], weights[second[best]] = 1 - along[best], along[best]
        return int(self.ids[rows[best]]), weights

    def embed(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(L,) int32 and (L, 3) float32; points of the right side are embedded as mirror images."""
        found = []
        for point in points:
            if abs(point[0]) < 1e-6:
                found.append(self.on_midline(point))
                continue
            flipped = point * (-1, 1, 1) if point[0] < 0 else point
            face, weights = self.nearest(flipped)
            found.append(self.mirrored(face, weights) if point[0] < 0 else (face, weights))
        weights = np.array([row for _, row in found]).round(6)
        return np.array([face for face, _ in found], np.int32), weights.astype(np.float32)


def _weights_in_view(corners: np.ndarray, point: np.ndarray) -> np.ndarray:
    """(N, 3) barycentric weights of a point (2,) in triangles (N, 3, 2); negative outside."""
    ab, ac, ap = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], point - corners[:, 0]
    area = ab[:, 0] * ac[:, 1] - ac[:, 0] * ab[:, 1]
    area = np.where(np.abs(area) < 1e-12, np.inf, area)
    v, w = (ap[:, 0] * ac[:, 1] - ac[:, 0] * ap[:, 1]) / area, (ab[:, 0] * ap[:, 1] - ap[:, 0] * ab[:, 1]) / area
    return np.where(np.isinf(area)[:, None], -1.0, np.stack([1 - v - w, v, w], 1))


def _closest_weights(corners: np.ndarray, point: np.ndarray) -> np.ndarray:
    """(N, 3) barycentric weights of the point of each triangle nearest to ``point``."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, point - a
    d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
    d20, d21 = (ap * ab).sum(1), (ap * ac).sum(1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-12)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], 1)
    within = np.asarray((inside >= 0).all(1))
    best = np.where(within[:, None], inside, 0.0)
    gaps = (((best[:, :, None] * corners).sum(1) - point) ** 2).sum(1)
    distance = np.where(within, gaps, np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        start, side = corners[:, i], corners[:, j] - corners[:, i]
        t = np.clip(((point - start) * side).sum(1) / np.maximum((side * side).sum(1), 1e-12), 0, 1)
        gap = ((start + t[:, None] * side - point) ** 2).sum(1)
        weights = np.zeros_like(inside)
        weights[:, i], weights[:, j] = 1 - t, t
        nearer = gap < distance
        best[nearer], distance[nearer] = weights[nearer], gap[nearer]
    return best


class Places:
    """Where the named points of a face lie on the neutral head (left side; mm)."""

    def __init__(self, mesh: HeadMesh) -> None:
        self.mesh = mesh
        self.lid = mesh.vertices[mesh.ring(EYE, MARGIN_RING)]
        self.border = mesh.vertices[mesh.ring(MOUTH, BORDER_RING)]
        self.line = mesh.vertices[mesh.ring(MOUTH, LINE_RING)]

    @staticmethod
    def along(ring: np.ndarray, spoke: float) -> np.ndarray:
        """A point of a ring between two spokes."""
        first = int(np.floor(spoke))
        part = spoke - first
        return (1 - part) * ring[first % len(ring)] + part * ring[(first + 1) % len(ring)]

    def brow(self, part: float, across: float = 0.0) -> np.ndarray:
        """A point of the brow, ``part`` of its length from the nose, ``across`` half breadths above its middle line."""
        station = part * (len(COURSE) - 1)
        x, y, half = (np.interp(station, np.arange(len(COURSE)), COURSE[:, axis]) for axis in range(3))
        return HEAD.front(x, y + across * half)[0]

    def ridge(self, height: float) -> np.ndarray:
        """The nose's midline at a height."""
        return HEAD.front(0.0, height)[0]

    def tip(self, height: float) -> np.ndarray:
        """The midline at a height about the nose's tip, which is round: no vertex is clearly the foremost."""
        _, y, z = self.mesh.vertices[self.mesh.of(*(("grid", 0, row) for row in TIP_ROWS))].T
        return np.array([0.0, height, np.interp(height, y, z)])

    def grid(self, column: int, row: int) -> np.ndarray:
        return self.mesh.vertices[self.mesh.of(("grid", column, row))[0]]


def _flip(point: np.ndarray) -> np.ndarray:
    return point * (-1, 1, 1)


def ibug_places(places: Places) -> np.ndarray:
    """(51, 3) the last 51 of iBUG's 68: brows, nose, eyes, outer lips, inner lips; from the subject's right."""
    brow = [places.brow(part) for part in (0.05, 0.28, 0.5, 0.72, 0.95)]
    base = [places.grid(column, 25) for column in (4, 2)]
    lid = [places.along(places.lid, EYE.spokes * part) for part in (0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6)]
    root, under = (lid[0][1] + lid[3][1]) / 2 + ROOT_ABOVE_CANTHI * lid[3][0], places.grid(0, 25)[1]
    *bridge, tip = (root + part * (under - root) for part in BRIDGE)
    nose = [*(places.ridge(height) for height in bridge), places.tip(tip)]
    outer = [places.along(places.border, spoke) for spoke in (2.7, 6.6, MOUTH.opposite, 15.4, 18.7)]
    inner = [places.along(places.line, spoke) for spoke in (3.0, MOUTH.opposite, 19.0)]
    middle = [places.border[0], places.border[-1], places.line[0], places.line[-1]]
    points = [_flip(point) for point in brow[::-1]] + brow
    points += [*nose, _flip(base[0]), _flip(base[1]), places.grid(0, 25), base[1], base[0]]
    points += [_flip(lid[k]) for k in (3, 2, 1, 0, 5, 4)] + lid
    points += [_flip(outer[2]), _flip(outer[1]), _flip(outer[0]), middle[0], *outer, middle[1]]
    points += [_flip(outer[4]), _flip(outer[3])]
    points += [_flip(inner[1]), _flip(inner[0]), middle[2], *inner, middle[3], _flip(inner[2])]
    return np.array(points)


def mediapipe_places(places: Places) -> dict[int, np.ndarray]:
    """Place of each of the 105 points by its id in MediaPipe's face mesh, in the order of :func:`mediapipe_order`."""
    found: dict[int, np.ndarray] = {}
    half = EYE.opposite
    pairs = [(263, 33), (466, 246), (388, 161), (387, 160), (386, 159), (385, 158), (384, 157), (398, 173), (362, 133)]
    for k, pair in enumerate(pairs):
        _both_sides(found, pair, places.along(places.lid, half * (1 - k / 8)))
    for k, pair in enumerate([(249, 7), (390, 163), (373, 144), (374, 145), (380, 153), (381, 154), (382, 155)], 1):
        _both_sides(found, pair, places.along(places.lid, half * (1 + k / 8)))
    for ring, upper, lower, top, bottom in (
        (places.border, [(267, 37), (269, 39), (270, 40), (409, 185), (291, 61)],
         [(314, 84), (405, 181), (321, 91), (375, 146)], 0, 17),
        (places.line, [(312, 82), (311, 81), (310, 80), (415, 191), (308, 78)],
         [(317, 87), (402, 178), (318, 88), (324, 95)], 13, 14),
    ):  # fmt: skip
        found[top], found[bottom] = ring[0], ring[-1]
        for k, pair in enumerate(upper, 1):
            _both_sides(found, pair, places.along(ring, MOUTH.opposite * k / 5))
        for k, pair in enumerate(lower, 1):
            _both_sides(found, pair, places.along(ring, 2 * MOUTH.opposite - MOUTH.opposite * k / 5))
    for across, parts, pairs in (
        (0.9, (0.16, 0.42, 0.61, 0.77, 0.98), [(336, 107), (296, 66), (334, 105), (293, 63), (300, 70)]),
        (-0.9, (0.12, 0.42, 0.59, 0.75, 0.88), [(285, 55), (295, 65), (282, 52), (283, 53), (276, 46)]),
    ):
        for part, pair in zip(parts, pairs, strict=True):
            _both_sides(found, pair, places.brow(part, across))
    for name, height in ((168, -0.5), (6, -7.0), (197, -13.5), (195, -20.0), (5, -27.0)):
        found[name] = places.ridge(height)
    found[4], found[2] = places.grid(0, 30), places.grid(0, 25)
    _both_sides(found, (358, 129), places.grid(6, 26))
    for pair, column in (((327, 98), 5), ((326, 97), 2)):  # where the nose goes over into the lip
        _both_sides(found, pair, (places.grid(column, 24) + places.grid(column, 25)) / 2)
    return {number: found[number] for number in mediapipe_order(set(found))}


def mediapipe_order(numbers: set[int]) -> list[int]:
    """The ids as mediapipe_landmark_embedding.npz has them: brows, eyes, nose along its lines, lips by rising id."""
    regions = {region: ids for region, ids in MEDIAPIPE_REGIONS.items() if "lips" not in region}
    ordered = [number for ids in regions.values() for number in ids]
    return ordered + sorted(numbers.difference(ordered))


def _both_sides(found: dict[int, np.ndarray], pair: tuple[int, int], point: np.ndarray) -> None:
    found[pair[0]], found[pair[1]] = point, _flip(point)


def contour_places(mesh: HeadMesh, jaw: np.ndarray) -> np.ndarray:
    """(79, 17, 3) contour points: at each height the outermost point of the face as seen after turning by the yaw.

    Rows as in :data:`N_ROWS`; a positive yaw turns the nose towards +X, which makes the left side the silhouette.
    """
    edges = mesh.edges(mesh.parts["skin"])
    points = mesh.vertices
    ear = mesh.both(np.concatenate([mesh.ring(EAR, ring) for ring in range(1, EAR.rings + 1)]))
    pocket = mesh.both(np.concatenate([mesh.ring(MOUTH, ring) for ring in range(LINE_RING, MOUTH.rings + 1)]))
    allowed = (points[:, 0] >= -1e-9) & (points[:, 2] > 2) & ((points[:, 1] > -84) | (jaw > 0.25))
    allowed[np.union1d(ear, pocket)] = False
    edges = edges[allowed[edges].all(1)]
    outermost = [[_outermost(points, edges, height, yaw) for height in CONTOUR_HEIGHTS] for yaw in range(40)]
    left = _gliding(np.array(outermost))
    rows = np.zeros((N_ROWS, 17, 3))
    for row in range(N_ROWS):
        yaw = row if row <= 39 else 39 - row
        for side in (-1, 1):
            rows[row, 8 + side * np.arange(9)] = left[max(yaw * side, 0)] * (side, 1, 1)
    return rows


def _gliding(places: np.ndarray) -> np.ndarray:
    """(40, 9, 3) with the leaps from vertex to vertex shared out among the degrees nearby, the ends where they are."""
    reach = np.arange(-GLIDE, GLIDE + 1)
    shares = 1 + np.cos(np.pi * reach / (GLIDE + 1))
    padded = np.pad(places, ((GLIDE, GLIDE), (0, 0), (0, 0)), "reflect", reflect_type="odd")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(reach), axis=0)
    return windows @ (shares / shares.sum())


def _outermost(points: np.ndarray, edges: np.ndarray, height: float, yaw: float) -> np.ndarray:
    if height == CONTOUR_HEIGHTS[0]:
        chin = np.flatnonzero((np.abs(points[:, 0]) < 1e-9) & (points[:, 2] > 60) & (points[:, 1] < -90))
        direction = np.array([0.0, -1.0, 0.35])
        return points[chin[(points[chin] @ direction).argmax()]]
    start, end = points[edges[:, 0]], points[edges[:, 1]]
    crossing = (start[:, 1] - height) * (end[:, 1] - height) <= 0
    start, end = start[crossing], end[crossing]
    part = (height - start[:, 1]) / np.where(end[:, 1] == start[:, 1], 1, end[:, 1] - start[:, 1])
    places = start + part[:, None] * (end - start)
    turn = np.radians(yaw)
    seen = places @ np.array([np.cos(turn), 0, np.sin(turn)])
    # From the front the cheek is nearly flat from front to back: the jaw's edge decides there, within a millimetre.
    jaw_edge = np.interp(height, CONTOUR_HEIGHTS, JAW_EDGE)
    seen[places[:, 2] < jaw_edge - 22] = -np.inf  # the neck
    seen -= 0.0015 * (places[:, 2] - jaw_edge) ** 2 * max(1 - yaw / 15, 0)
    return places[seen.round(6).argmax()]


def embeddings(mesh: HeadMesh, jaw: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Arrays of both embeddings under the names of LandmarkEmbedding's fields, in sets ibug and mediapipe."""
    surface, places = Surface(mesh), Places(mesh)
    static_faces, static_weights = surface.embed(ibug_places(places))
    contour = contour_places(mesh, jaw)
    faces, weights = surface.embed(contour.reshape(-1, 3))
    points = mediapipe_places(places)
    ids = np.array(list(points), np.int32)
    mp_faces, mp_weights = surface.embed(np.array(list(points.values())))
    ibug = {
        "static_faces": static_faces,
        "static_barycentric": static_weights,
        "contour_faces": faces.reshape(N_ROWS, 17),
        "contour_barycentric": weights.reshape(N_ROWS, 17, 3),
    }
    mediapipe = {"static_faces": mp_faces, "static_barycentric": mp_weights, "indices": ids}
    return {"ibug": ibug, "mediapipe": mediapipe}
