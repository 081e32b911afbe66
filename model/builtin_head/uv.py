"""UVs (0..1, V up): the skin as one island with its seam up the back of the head, the other parts in boxes below."""

from __future__ import annotations

import numpy as np

from flame_blender.looks.flatten import flatten

from .lips import CONTACT_RING
from .mesh import MATERIALS, HeadMesh
from .topology import COLUMNS, CROWN_WIDTH, EYE, MOUTH, ROWS, Key, crown_key

SEAM_END = 6  # row of the crown's midline, counted from the forehead, where the seam from the nape ends
SKIN_BOX = (0.01, 0.14, 0.99, 0.99)
POCKET_BOX = (0.01, 0.01, 0.12, 0.12)
BOXES = {
    "left_eyeball": (0.14, 0.01, 0.25, 0.12), "right_eyeball": (0.27, 0.01, 0.38, 0.12),
    "left_lash": (0.51, 0.01, 0.63, 0.05), "right_lash": (0.65, 0.01, 0.77, 0.05),
    "left_tear": (0.51, 0.06, 0.63, 0.07), "right_tear": (0.65, 0.06, 0.77, 0.07),
    "left_caruncle": (0.51, 0.08, 0.55, 0.12), "right_caruncle": (0.65, 0.08, 0.69, 0.12),
    "tongue": (0.78, 0.01, 0.85, 0.12),
    "upper_teeth": (0.87, 0.07, 0.99, 0.09), "lower_teeth": (0.87, 0.01, 0.99, 0.03),
    "upper_gum": (0.87, 0.10, 0.99, 0.12), "lower_gum": (0.87, 0.04, 0.99, 0.06),
}  # fmt: skip
IRIS_BOXES = {"left_eyeball": (0.39, 0.07, 0.44, 0.12), "right_eyeball": (0.45, 0.07, 0.50, 0.12)}
Box = tuple[float, float, float, float]


def unwrap(mesh: HeadMesh) -> tuple[np.ndarray, np.ndarray]:
    """(T, 2) coordinates and (Q, 4) rows into them for every corner of ``polygon_array``."""
    polygons = mesh.polygon_array()
    corners = np.where(polygons < 0, polygons[:, :1], polygons)
    flat = np.zeros((*corners.shape, 2))
    pocket = _pocket_polygons(mesh)
    skin = (corners < mesh.parts["skin"].stop).all(1) & ~pocket
    flat[skin] = _skin(mesh, np.flatnonzero(skin))
    flat[pocket] = _into(POCKET_BOX, _pocket(mesh)[corners[pocket]])
    materials = np.array(mesh.materials)
    iris = np.isin(materials, [MATERIALS.index(name) for name in ("iris", "pupil")])
    for name, box in BOXES.items():
        vertices = mesh.part(name)
        chosen = (corners >= vertices.min()).all(1) & (corners <= vertices.max()).all(1)
        if name in IRIS_BOXES:
            flat[chosen & iris] = _into(IRIS_BOXES[name], mesh.vertices[corners[chosen & iris]][..., :2])
            flat[chosen & ~iris] = _into(box, _round_the_gaze(mesh, vertices, corners[chosen & ~iris]))
        else:
            plane = [0, 2] if name == "tongue" else [0, 1]
            flat[chosen] = _into(box, mesh.vertices[corners[chosen]][..., plane])
    # The small offset keeps box edges, which lie on exact halves, from rounding either way.
    coords, rows = np.unique(np.round(flat.reshape(-1, 2) + 1e-7, 5), axis=0, return_inverse=True)
    return coords.astype(np.float32), np.where(polygons < 0, -1, rows.reshape(corners.shape)).astype(np.int32)


def _into(box: Box, flat: np.ndarray) -> np.ndarray:
    """Coordinates scaled, each axis by itself, to fill a box (left, bottom, right, top)."""
    low, high = flat.reshape(-1, 2).min(0), flat.reshape(-1, 2).max(0)
    return np.array(box[:2]) + np.subtract(box[2:], box[:2]) * (flat - low) / (high - low)


def _pocket_polygons(mesh: HeadMesh) -> np.ndarray:
    rings = [mesh.ring(MOUTH, ring) for ring in range(CONTACT_RING, MOUTH.rings + 1)]
    inside = set(mesh.both(np.concatenate(rings)).tolist())
    return np.array([inside.issuperset(polygon) for polygon in mesh.polygons])


def _pocket(mesh: HeadMesh) -> np.ndarray:
    """(V, 2) rings of the mouth's pocket as concentric circles."""
    flat = np.zeros((len(mesh), 2))
    angles = np.pi * (0.5 - np.arange(MOUTH.spokes) / (MOUTH.spokes - 1))
    for ring in range(CONTACT_RING, MOUTH.rings + 1):
        radius = 1 - 0.8 * (ring - CONTACT_RING) / (MOUTH.rings - CONTACT_RING)
        left = mesh.ring(MOUTH, ring)
        flat[left] = radius * np.stack([np.cos(angles), np.sin(angles)], 1)
        flat[mesh.mirror[left]] = flat[left] * (-1, 1)
    midline = list(mesh.half.midline)
    flat[midline, 0] = 0
    return flat


def _round_the_gaze(mesh: HeadMesh, vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(Q, 4, 2) an eyeball's corners seen from the front, opened like a flower: radius is the angle from the gaze."""
    places = mesh.vertices[vertices]
    local = mesh.vertices[corners] - (places.min(0) + places.max(0)) / 2
    across = np.hypot(local[..., 0], local[..., 1])
    radius = np.arctan2(across, local[..., 2])
    direction = local[..., :2] / np.maximum(across, 1e-9)[..., None]
    at_pole = across < 1e-6  # every polygon at the back pole gets a copy of it, in its own direction
    middle = direction.sum(1, keepdims=True)
    middle /= np.maximum(np.linalg.norm(middle, axis=2, keepdims=True), 1e-9)
    direction = np.where(at_pole[..., None], middle, direction)
    return radius[..., None] * direction


def seam_keys() -> list[Key]:
    """The back midline from the neck cut over the crown to the seam's end."""
    length = COLUMNS - 2 * CROWN_WIDTH
    return [("grid", COLUMNS, j) for j in range(ROWS)] + [crown_key(0, v) for v in range(length, SEAM_END - 1, -1)]


def _skin(mesh: HeadMesh, chosen: np.ndarray) -> np.ndarray:
    """(polygons, 4, 2) the skin's corners, flattened; the right side uses copies of the seam's vertices."""
    seam = mesh.of(*seam_keys())
    count = mesh.parts["skin"].stop
    copies = {int(vertex): count + k for k, vertex in enumerate(seam[:-1])}
    n_half = len(mesh.half.polygons)
    polygons = []
    for row in chosen:
        polygon = mesh.polygons[row]
        right = row >= n_half
        polygons.append(tuple(copies.get(vertex, vertex) if right else vertex for vertex in polygon))
    points = np.concatenate([mesh.vertices[:count], mesh.vertices[seam[:-1]]])
    boundary, outline = _outline(mesh, seam, copies)
    used = np.unique(np.concatenate([np.array(polygon) for polygon in polygons]))
    number = np.zeros(len(points), int)
    number[used] = np.arange(len(used))
    disc = [tuple(number[list(polygon)]) for polygon in polygons]
    filled = disc + [tuple(number[list(polygon)]) for polygon in _openings(mesh)]
    flat = flatten(points[used], filled, number[boundary], outline)
    flat = _made_symmetric(flat, number, used, mesh, copies, count)
    padded = [polygon if len(polygon) == 4 else (*polygon, polygon[0]) for polygon in disc]
    return _into(SKIN_BOX, flat[np.array(padded)])


def _openings(mesh: HeadMesh) -> list[tuple[int, ...]]:
    """Polygons that fill the eyes' openings and the mouth's, so that the skin is a disc."""
    eye = mesh.ring(EYE, EYE.rings).tolist()
    half = EYE.opposite
    lids = [(eye[k], eye[-k % EYE.spokes], eye[-k - 1], eye[k + 1]) for k in range(half)]
    lips = mesh.ring(MOUTH, CONTACT_RING).tolist()
    mouth = [(lips[k], lips[-1 - k], lips[-2 - k], lips[k + 1]) for k in range(MOUTH.opposite)]
    left = [tuple(dict.fromkeys(polygon)) for polygon in lids + mouth]
    return left + [tuple(int(mesh.mirror[vertex]) for vertex in polygon[::-1]) for polygon in left]


def _outline(mesh: HeadMesh, seam: np.ndarray, copies: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The disc's boundary vertices and their places: the neck cut below, the seam's two sides round the rest."""
    cut = mesh.of(*(("grid", i, 0) for i in range(COLUMNS + 1)))
    left_half = np.concatenate([cut, seam[1:]])
    steps = np.linalg.norm(np.diff(mesh.vertices[left_half], axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    neck = along[COLUMNS]
    angle = np.where(along <= neck, -90 + 48 * along / neck, -42 + 132 * (along - neck) / (along[-1] - neck))
    turn = np.radians(angle)
    # A superellipse: nearly a square, but strictly convex.
    places = np.stack([np.sign(f(turn)) * np.abs(f(turn)) ** 0.65 for f in (np.cos, np.sin)], 1)
    places[[0, -1], 0] = 0
    right = [copies.get(int(vertex), int(mesh.mirror[vertex])) for vertex in left_half[1:-1]]
    return np.concatenate([left_half, right]), np.concatenate([places, places[1:-1] * (-1, 1)])


def _made_symmetric(
    flat: np.ndarray, number: np.ndarray, used: np.ndarray, mesh: HeadMesh, copies: dict[int, int], count: int
) -> np.ndarray:
    """The mean of the flat skin and its mirror image: the two differ by the solver's tolerance."""
    image = np.arange(count + len(copies))
    image[:count] = mesh.mirror[:count]
    for vertex, copy in copies.items():
        image[vertex], image[copy] = copy, vertex
    return 0.5 * (flat + flat[number[image[used]]] * (-1, 1))
