"""Brows, lashes, beard and moustache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .clumps import clumped, strayed
from .distance_field import DistanceField
from .face_regions import beard_fullness, beard_way, in_open_air, moustache_fullness, moustache_way
from .face_styles import BEARDS, BROWS, LASHES, MOUSTACHES, FaceStyle
from .ground import BROWS as BROW_ROWS
from .ground import EYES, Ground
from .on_scalp.combing import along, unit
from .on_scalp.scalp import kept_out
from .rooting import nearest_roots, spread
from .scalp_region import smooth
from .strands import Roots, Strands, joined
from .styles import BEARD, MOUSTACHE
from .styles import BROWS as BROWS_PIECE
from .styles import LASHES as LASHES_PIECE

# of a brow's length, from the nose: half its breadth (metres on the built-in head), which way its hairs lie
# (degrees above the way outward), and how long they are (of the longest)
HALF = np.array([(0, 0.0030), (0.06, 0.0036), (0.2, 0.0039), (0.4, 0.0036), (0.6, 0.0028), (0.78, 0.0019), (1, 0.0004)])
LIE = np.array([(0.0, 76, 0.75), (0.12, 62, 0.95), (0.35, 36, 1.0), (0.65, 8, 0.9), (1.0, -24, 0.6)])
CONVERGE, SPREAD = 20.0, 9.0  # degrees: hairs of the upper edge lie lower, those of the lower higher; and stray
INNER, OUTER = -0.06, 1.06  # of the way between the first and the last landmark of a brow
BEFORE, BEYOND = 0.66, 1.17  # of the ways from the middle to the eye's corners, between which a brow is at most
# of a lid's edge, from the inner corner: how long lashes are; and which rows of an eye's six landmarks its edges are
UPPER_LENGTH = np.array([(0.0, 0.35), (0.2, 0.7), (0.6, 1.0), (0.85, 1.0), (1.0, 0.7)])
LOWER_LENGTH = np.array([(0.0, 0.20), (0.3, 0.42), (0.7, 0.55), (1.0, 0.40)])
LID_EDGES = (((3, 2, 1, 0), (3, 4, 5, 0)), ((0, 1, 2, 3), (0, 5, 4, 3)))  # upper, lower; of the right and the left eye
LOWER_SHARE, FAN = 0.55, 0.55  # of the lashes, those of the lower lid; how far outer and inner ones turn aside
CURL = 1.15  # radians by which an upper lash bends up
EVEN, BEGIN = 0.2, 0.7  # of the densest: what narrow ends have beside their breadth's; how dense a brow begins
REACH = 0.004  # metres about brows and lids where skin for roots is looked for
CLEAR, TIP = 0.0002, 0.25  # metres off the skin; of a root's radius
DOWN = np.array([0.0, -1.0, 0.0])


def grown_on_face(
    ground: Ground,
    field: DistanceField,
    piece: str,
    name: str,
    *,
    density: float,
    length: float,
    generator: np.random.Generator,
) -> Strands:
    """A style of brows, lashes, beard or moustache on a head; ``density`` and ``length`` are factors."""
    if piece in (BROWS_PIECE, LASHES_PIECE):
        if piece == BROWS_PIECE:
            strands = _brows(ground, field, BROWS[name], density, length, generator)
        else:
            strands = _lashes(ground, LASHES[name], density, length, generator)
        return strands.chosen(generator.permutation(len(strands)))  # in no order: views may show the first alone
    if piece == MOUSTACHE:
        style = MOUSTACHES[name]
        roots = _rooted(ground, field, style, density, generator, lambda at: moustache_fullness(ground, at))
        ways = moustache_way(ground.face, roots.points, 2.6 if name == "HANDLEBAR" else 1.0)
    else:
        style = BEARDS[name]
        goatee = name == "GOATEE"
        roots = _rooted(
            ground, field, style, density, generator, lambda at: beard_fullness(ground, at, chin_only=goatee)
        )
        ways = beard_way(ground.face, roots.points)
    lengths = style.length * length * (1 - 0.3 * generator.random(len(roots))) * (0.45 + 0.55 * roots.fullness)
    if piece == BEARD and style.length > 0.005:  # longest at the chin
        low = np.clip((ground.face.mouth - roots.points[:, 1]) / (0.9 * ground.face.third), 0, 1)
        lengths *= 0.45 + 0.55 * low
    return _combed(field, style, roots, ways, lengths, generator)


def _rooted(
    ground: Ground,
    field: DistanceField,
    style: FaceStyle,
    density: float,
    generator: np.random.Generator,
    fullness: Callable[[np.ndarray], np.ndarray],
) -> Roots:
    roots = spread(ground, fullness, round(style.strands * density), generator)
    return roots.chosen(in_open_air(field, roots.points, roots.normals))


def _combed(
    field: DistanceField,
    style: FaceStyle,
    roots: Roots,
    ways: np.ndarray,
    lengths: np.ndarray,
    generator: np.random.Generator,
) -> Strands:
    """Strands that leave the skin as steeply as the style says, along ``ways`` (N, 3), and bend back to it and down."""
    count, long = len(roots), style.points
    flat = along(ways + 0.22 * generator.normal(size=(count, 3)), roots.normals)
    lift = style.lift * generator.uniform(0.7, 1.25, count)[:, None]
    way = unit(lift * roots.normals + (1 - lift) * flat)
    room = style.volume * generator.random(count)
    points = np.empty((count, long, 3))
    points[:, 0] = roots.points
    for number in range(1, long):
        ahead = points[:, number - 1] + way * (lengths / (long - 1))[:, None]
        off, out = field.at(ahead)
        least = np.maximum(CLEAR, room * min(1.0, 2 * number / (long - 1)))
        points[:, number] = ahead + np.maximum(least - off, 0)[:, None] * out
        way = unit(way + 0.30 * along(ways, out) + style.weight * DOWN)
    points = clumped(points, roots.points, style.clumps, style.clumping, generator)
    points = strayed(points, np.full(count, style.frizz), generator)
    return _strands(kept_out(points, field), roots, style, generator)


def _strands(points: np.ndarray, roots: Roots, style: FaceStyle, generator: np.random.Generator) -> Strands:
    part = np.linspace(0, 1, style.points)
    radii = style.radius * (1 - (1 - TIP) * part**1.5) * generator.uniform(0.75, 1.15, len(roots))[:, None]
    return Strands(points, roots, radii, generator.random(len(roots)))


def _brows(
    ground: Ground,
    field: DistanceField,
    style: FaceStyle,
    density: float,
    length: float,
    generator: np.random.Generator,
) -> Strands:
    made = []
    for rows, outwards in zip(BROW_ROWS, (-1, 1), strict=True):
        marks = ground.points[rows][::outwards]
        count = round(style.strands * density)
        part = _along_brow(generator.random(count))
        first, last = _ends(marks, ground, outwards)
        across = generator.random(count) + generator.random(count) - 1  # a tent: ragged edges
        middle, course = _curve(marks, first + (last - first) * part)
        near = nearest_roots(ground, middle, np.ones(count), REACH)
        up = unit(np.cross(near.normals, course) * outwards)
        half = np.interp(part, *HALF.T) * style.breadth * ground.face.scale
        aside = middle + (1.15 * across * half)[:, None] * up
        roots = nearest_roots(ground, aside, 1 - 0.5 * np.abs(across), REACH)
        lie, long = (np.interp(part, LIE[:, 0], LIE[:, column]) for column in (1, 2))
        angle = np.radians(lie - CONVERGE * across + SPREAD * generator.normal(size=count))[:, None]
        ways = np.cos(angle) * course + np.sin(angle) * up
        lengths = style.length * length * long * generator.uniform(0.65, 1.0, count) * (1 - 0.25 * np.abs(across))
        made.append(_combed(field, style, roots, ways, lengths, generator))
    return joined(made)


def _along_brow(share: np.ndarray) -> np.ndarray:
    """(N,) 0 to 1 along a brow, for shares (N,) of its hairs: nearly as dense everywhere, sparser where it begins."""
    part = np.linspace(0, 1, 65)
    dense = (np.interp(part[1:], *HALF.T) / HALF[:, 1].max() + EVEN) * (
        BEGIN + (1 - BEGIN) * smooth(part[1:], 0.0, 0.22)
    )
    return np.interp(share, np.concatenate([[0], np.cumsum(dense) / dense.sum()]), part)


def _ends(marks: np.ndarray, ground: Ground, outwards: int) -> tuple[float, float]:
    """How far along a brow's landmarks it begins and ends: some tools set these near the nose and beyond the eye."""
    parts = np.linspace(INNER, OUTER, 64)
    off = np.abs(_curve(marks, parts)[0][:, 0] - ground.face.middle)
    eye = np.abs(ground.points[EYES[(outwards + 1) // 2], 0] - ground.face.middle)
    within = parts[(off > BEFORE * eye.min()) & (off < BEYOND * eye.max())]
    return float(within.min(initial=0.3)), float(within.max(initial=0.7))


def _lashes(ground: Ground, style: FaceStyle, density: float, length: float, generator: np.random.Generator) -> Strands:
    made = []
    for eye, edges, outwards in zip(EYES, LID_EDGES, (-1, 1), strict=True):
        marks = ground.points[eye]
        for rows, table, up, share in zip(
            edges, (UPPER_LENGTH, LOWER_LENGTH), (1.0, -1.0), (1.0, LOWER_SHARE), strict=True
        ):
            count = round(style.strands * density * share)
            part = np.clip(0.04 + 0.92 * np.linspace(0, 1, count) + generator.normal(0, 0.008, count), 0.02, 1)
            middle, _ = _curve(marks[list(rows)], part)
            roots = nearest_roots(ground, middle, np.ones(count), REACH)
            long = style.length * length * np.interp(part, *table.T) * generator.uniform(0.75, 1.0, count)
            aside = outwards * FAN * (part - 0.42) * 1.6
            ways = unit(np.stack([aside, np.full(count, 0.12 * up), np.ones(count)], 1))
            points = _curled(middle, ways, long, up * CURL * (1.0 if up > 0 else 0.55), style.points, generator)
            points = clumped(points, middle, round(style.clumps * share), style.clumping, generator)
            made.append(_strands(strayed(points, np.full(count, style.frizz), generator), roots, style, generator))
    return joined(made)


def _curled(
    begin: np.ndarray, ways: np.ndarray, lengths: np.ndarray, bend: float, count: int, generator: np.random.Generator
) -> np.ndarray:
    """(N, ``count``, 3) arcs from (N, 3) along ``ways`` (N, 3) that end ``bend`` radians further up."""
    bends = bend * generator.uniform(0.8, 1.15, len(begin))
    points = np.empty((len(begin), count, 3))
    points[:, 0] = begin
    start = -0.35 * bends
    up = np.array([0.0, 1.0, 0.0])
    for number in range(1, count):
        angle = (start + bends * (number - 0.5) / (count - 1))[:, None]
        way = np.cos(angle) * ways + np.sin(angle) * up
        points[:, number] = points[:, number - 1] + unit(way) * (lengths / (count - 1))[:, None]
    return points


def _curve(marks: np.ndarray, part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 3) points of a smooth curve by landmarks (L, 3), 0 at the first, 1 at the last, and its ways there."""
    apart = np.linalg.norm(np.diff(marks, axis=0), axis=1)
    places = np.concatenate([[0], np.cumsum(apart)]) / apart.sum()
    cubic = np.polynomial.polynomial.polyfit(places, marks, 3)
    points = np.polynomial.polynomial.polyval(part, cubic).T
    ways = np.polynomial.polynomial.polyval(part, np.polynomial.polynomial.polyder(cubic)).T
    return points, unit(ways)
