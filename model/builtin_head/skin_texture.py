"""The skin's colours, painted by code in UV space: lips with a soft border, warmer cheeks and nose, brows hair by hair.

Everything follows the head's own places (mm, sculpting frame), so that the texture fits whatever the UVs are.
Computed in float64, so that rounding to 8 bits comes out the same with every NumPy.
"""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import FlameModel

from .brows import SEED, WIDTH, Hairs, course, hairs
from .model_arrays import ORIGIN
from .sculpt import squared_lengths

SIZE = 2048
TONE = np.array([0.592, 0.345, 0.247])  # linear
LIPS = np.array([0.455, 0.180, 0.160])
BROW = np.array([0.050, 0.027, 0.016])
# place (left side), extents (mm), how far the colour goes, towards what
FLUSH, SHADE, PALE = np.array([0.62, 0.235, 0.185]), np.array([0.40, 0.215, 0.175]), np.array([0.66, 0.42, 0.31])
PATCHES = (
    ((37, -34, 74), (20, 17, 30), 0.50, FLUSH),  # cheek
    ((0, -43, 108), (12, 10, 16), 0.50, FLUSH),  # tip of the nose
    ((13, -50, 96), (8, 8, 14), 0.55, FLUSH),  # wing of the nose
    ((0, -101, 92), (17, 11, 24), 0.28, FLUSH),  # chin
    ((83, -18, 0), (22, 34, 30), 0.45, FLUSH),  # ear
    ((31, -10, 78), (17, 6, 18), 0.34, SHADE),  # under the eye
    ((31, 10, 78), (18, 6, 18), 0.30, SHADE),  # upper lid
    ((16, -2, 80), (5, 6, 14), 0.35, SHADE),  # inner corner of the eye
    ((0, 45, 90), (45, 28, 40), 0.30, PALE),  # forehead
)
MOTTLING, MOTTLE_WAVES = 0.045, 24
BROW_SHADE = 0.42
CHUNK = 400_000
SRGB_STEP = 0.0031308  # IEC 61966-2-1


def paint(model: FlameModel) -> np.ndarray:
    """(SIZE, SIZE, 3) uint8 sRGB, top row first."""
    places, lips, covered = _rasterised(model)
    colours = np.tile(TONE, (len(places), 1))
    for start in range(0, len(places), CHUNK):
        chunk = slice(start, start + CHUNK)
        colours[chunk] = _coloured(places[chunk], lips[chunk])
    picture = np.tile(TONE, (SIZE * SIZE, 1))
    picture[covered] = colours
    picture = _grown(picture.reshape(SIZE, SIZE, 3), covered)
    return np.round(255 * _srgb(picture)).astype(np.uint8)[::-1]


def _coloured(places: np.ndarray, lips: np.ndarray) -> np.ndarray:
    left = np.column_stack([np.abs(places[:, 0]), places[:, 1:]])
    colours = np.tile(TONE, (len(places), 1))
    for centre, extents, strength, colour in PATCHES:
        near = np.exp(-squared_lengths((left - centre) / extents))
        colours += (strength * near)[:, None] * (colour - colours)
    mottle = MOTTLING * _mottling(places)
    colours *= 1 + mottle[:, None] * np.array([0.6, 1.3, 1.0])
    lip = lips * lips * (3 - 2 * lips)
    colours += lip[:, None] * (LIPS * (1 + mottle[:, None]) - colours)
    dark = _brows(left)
    return colours + dark[:, None] * (BROW - colours)


def _mottling(places: np.ndarray) -> np.ndarray:
    """(N,) about -1..1: waves of 6 to 40 mm in random directions; asymmetric, as skin is."""
    generator = np.random.default_rng(SEED)
    total = np.zeros(len(places))
    for _ in range(MOTTLE_WAVES):
        way = generator.random(3) * 2 - 1
        length = 6 + 34 * generator.random() ** 2
        total += np.sin(places @ (2 * np.pi / length * way / np.linalg.norm(way)) + 2 * np.pi * generator.random())
    return total / np.sqrt(MOTTLE_WAVES)


def _brows(left: np.ndarray) -> np.ndarray:
    """(N,) how much hair covers each place, 0 to 1."""
    dark = np.zeros(len(left))
    near = np.flatnonzero(
        (left[:, 0] > 3) & (left[:, 0] < 58) & (left[:, 1] > 4) & (left[:, 1] < 32) & (left[:, 2] > 40)
    )
    if not len(near):
        return dark
    flat = left[near, :2]
    middle, half = course(np.linspace(0, 1, 60))
    squared = ((flat[:, None] - middle) ** 2).sum(2) / (0.5 + half) ** 2
    shade = BROW_SHADE * np.exp(-0.9 * squared.min(1))
    clear = (1 - shade) * _between_hairs(flat, hairs())
    dark[near] = 1 - clear
    return dark


def _between_hairs(flat: np.ndarray, brow: Hairs) -> np.ndarray:
    """(N,) how much skin is seen between the hairs at points (N, 2)."""
    seen = np.ones(len(flat))
    for root, tip, darkness in zip(brow.roots, brow.tips, brow.darkness, strict=True):
        low, high = np.minimum(root, tip) - 3 * WIDTH, np.maximum(root, tip) + 3 * WIDTH
        close = np.flatnonzero(((flat > low) & (flat < high)).all(1))
        along = tip - root
        part = np.clip((flat[close] - root) @ along / (along @ along), 0, 1)
        distance = np.linalg.norm(flat[close] - root - part[:, None] * along, axis=1)
        seen[close] *= 1 - darkness * np.exp(-((distance / (WIDTH * (1.15 - part))) ** 2))
    return seen


def _rasterised(model: FlameModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (N, 3) in mm and share of lip (N,) of the N pixels that skin covers, and their numbers from below."""
    display = model.display
    if display is None or display.uv_coords is None or display.uv_polygons is None or display.polygon_materials is None:
        raise ValueError("a head without UVs and materials cannot be painted")
    materials = np.array(display.material_names)[display.polygon_materials]
    skin = np.isin(materials, ["skin", "lips"])
    lips = _lip_share(display.polygons, materials, model.n_vertices)
    values = np.column_stack([model.v_template.astype(float) * 1000 - ORIGIN, lips])
    buffer = np.zeros((SIZE * SIZE, 4))
    found = np.zeros(SIZE * SIZE, bool)
    for polygon, corners in zip(display.polygons[skin], display.uv_polygons[skin], strict=True):
        for cut in ((0, 1, 2), (0, 2, 3))[: 1 + (polygon[3] >= 0)]:
            pixels, weights = _inside(display.uv_coords[corners[list(cut)]].astype(float) * SIZE)
            buffer[pixels] = weights @ values[polygon[list(cut)]]
            found[pixels] = True
    covered = np.flatnonzero(found)
    return buffer[covered, :3], buffer[covered, 3], covered


def _lip_share(polygons: np.ndarray, materials: np.ndarray, n_vertices: int) -> np.ndarray:
    """(V,) part of the polygons round each vertex that are lip."""
    counts = np.zeros((2, n_vertices))
    for row, chosen in enumerate(
        (np.isin(materials, ["lips", "mouth"]), np.isin(materials, ["skin", "lips", "mouth"]))
    ):
        corners = polygons[chosen]
        np.add.at(counts[row], corners[corners >= 0], 1)
    return counts[0] / np.maximum(counts[1], 1)


def _inside(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the pixels whose middles lie in a triangle (3, 2), and (N, 3) their barycentric coordinates."""
    low = np.maximum(np.floor(corners.min(0) - 0.5), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(0) + 0.5), SIZE).astype(int)
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1])))
    (ax, ay), (bx, by), (cx, cy) = corners
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if abs(area) < 1e-12:
        return np.zeros(0, int), np.zeros((0, 3))
    px, py = x + 0.5, y + 0.5
    second = ((px - ax) * (cy - ay) - (cx - ax) * (py - ay)) / area
    third = ((bx - ax) * (py - ay) - (px - ax) * (by - ay)) / area
    weights = np.stack([1 - second - third, second, third], 1)
    inside = (weights >= -1e-9).all(1)
    return (y * SIZE + x)[inside], weights[inside]


def _grown(picture: np.ndarray, covered: np.ndarray, steps: int = 6) -> np.ndarray:
    """The picture with its colours grown over the islands' edges, so that filtering brings in nothing foreign."""
    known = np.zeros((SIZE, SIZE), bool)
    known.ravel()[covered] = True
    for _ in range(steps):
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            shifted, there = np.roll(picture, step, axis), np.roll(known, step, axis)
            fresh = there & ~known
            picture[fresh] = shifted[fresh]
            known |= fresh
    return picture


def _srgb(linear: np.ndarray) -> np.ndarray:
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= SRGB_STEP, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
