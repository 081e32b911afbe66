"""Hair of the scalp, grown strand by strand: combed along the skin, pulled down, kept out of the head, clumped."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ..clumps import clumped, strayed, waved
from ..distance_field import DistanceField
from ..ground import Face, Ground
from ..rooting import spread
from ..scalp_region import Hairline, around, smooth
from ..strands import Roots, Strands
from .combing import Combing, along, unit
from .knot import Winding
from .scalp_lengths import cut, lengths_of
from .scalp_styles import BUN, PART, SCALP_STYLES, ScalpStyle

DOWN = np.array([0.0, -1.0, 0.0])
CLEAR = 0.0004  # metres off the skin of all but roots
RISE = 0.35  # of a strand's length, over which it rises to its place
TURNED_IN = 0.045  # metres below the ears, from where on ends turn in whole
OFF = 0.015  # metres off the skin from which on gravity has a strand whole
FINE = 0.4  # of its radius, a strand at the rim of the hairline
JITTER = 0.0035  # metres about a parting, within which a strand may go to either side
AHEAD = 0.02  # metres on its first way, where the side of the parting is told that a strand goes to
TIP = 0.35  # of a root's radius


def growing_scalp(
    ground: Ground,
    field: DistanceField,
    name: str,
    *,
    density: float,
    length: float,
    recession: float,
    generator: np.random.Generator,
) -> Generator[float, None, Strands]:
    """A style's hair on a head's scalp; yields the share that is done.

    ``density`` and ``length`` are factors, ``recession`` 0 to 1.
    """
    style = SCALP_STYLES[name]
    hairline = Hairline.of(ground, min(recession + style.temples, 1.0), generator)
    roots = spread(ground, hairline.fullness, round(style.strands * density), generator)
    yield 0.2
    inside = hairline.inside(roots.points)
    lengths = lengths_of(ground.face, style, roots, inside, generator) * length
    points = yield from _grown(ground.face, field, style, roots, inside, lengths, generator)
    points = cut(points, ground.face, style, generator)
    points = clumped(points, roots.points, style.clumps, style.clumping, generator)
    points = waved(points, lengths, style.wave * min(length, 1.0), style.wave_length, style.clumps, generator)
    points = strayed(points, style.frizz * (lengths / max(style.top * length, 1e-9)) ** 0.7, generator)
    points = kept_out(points, field)
    yield 1.0
    part = np.linspace(0, 1, style.points)
    radii = style.radius * (1 - (1 - TIP) * part**2) * (FINE + (1 - FINE) * roots.fullness)[:, None]
    return Strands(points, roots, radii, generator.random(len(roots)))


def _grown(
    face: Face,
    field: DistanceField,
    style: ScalpStyle,
    roots: Roots,
    inside: np.ndarray,
    lengths: np.ndarray,
    generator: np.random.Generator,
) -> Generator[float, None, np.ndarray]:
    combing, count = Combing(face, style), len(roots)
    winding = Winding.of(face, count, generator) if style.flow == BUN else None
    points = np.empty((count, style.points, 3))
    points[:, 0] = roots.points
    room = CLEAR + style.volume * generator.random(count) ** 0.8 * (0.25 + 0.75 * roots.fullness)
    way = _first_way(combing, roots, inside, generator)
    side = np.sign(roots.points[:, 0] + AHEAD * way[:, 0] - combing.parting)
    step = lengths / (style.points - 1)
    for number in range(1, style.points):
        at = points[:, number - 1]
        if number > 1:
            way = _next_way(combing, field, at, way)
        if winding is not None:
            way = winding.turned(at, way)
        ahead = at + way * step[:, None]
        share = min(number / (style.points - 1) / RISE, 1.0)
        ahead = field.cleared(ahead, room * share + CLEAR * (1 - share))
        ahead = winding.held(ahead) if winding is not None else _off_face(ahead, face, side, style)
        way = unit(ahead - at)
        points[:, number] = at + way * step[:, None]
        points[:, number] = field.cleared(points[:, number], CLEAR)
        yield 0.2 + 0.6 * number / style.points
    return points


def _first_way(combing: Combing, roots: Roots, inside: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """(N, 3) unit: how strands leave the skin; about a parting to either side, steeper at the front of some styles."""
    style, face, count = combing.style, combing.face, len(roots)
    seen = roots.points.copy()
    if style.flow == PART:
        seen[:, 0] += JITTER * generator.normal(size=count)
    stray = along(generator.normal(size=(count, 3)), roots.normals)
    flow = unit(combing.flow(seen, roots.normals) + 0.25 * stray)
    lift = style.lift * (0.45 + 0.55 * roots.fullness) * (0.8 + 0.4 * generator.random(count))
    if style.quiff:
        angle, _ = around(face, roots.points)
        lift += style.quiff * smooth(-inside, -0.045, -0.015) * smooth(-angle, -58, -38) * generator.random(count)
    return unit(lift[:, None] * roots.normals + (1 - lift)[:, None] * flow)


def _next_way(combing: Combing, field: DistanceField, at: np.ndarray, way: np.ndarray) -> np.ndarray:
    """(N, 3) unit: how strands go on at (N, 3), that came by ``way`` (N, 3)."""
    style, face = combing.style, combing.face
    off, out = field.at(at)
    hangs = np.clip(off / OFF, 0, 1)[:, None] * style.weight
    pull = (1 - hangs) * combing.flow(at, out) + hangs * DOWN + style.weight * 0.3 * DOWN
    if style.inward:
        low = smooth(-at[:, 1], -face.ear_bottom, -face.ear_bottom + TURNED_IN * face.scale)
        pull += style.inward * low[:, None] * unit((face.centre - at) * (1.0, 0.0, 1.0))
    return unit(style.stiffness * way + (1 - style.stiffness) * unit(pull))


def _off_face(points: np.ndarray, face: Face, side: np.ndarray, style: ScalpStyle) -> np.ndarray:
    """Long hair goes down beside the face, not over the eyes."""
    if style.top < 0.1:
        return points
    below = smooth(-points[:, 1], -face.brows - 0.85 * face.third, -face.brows - 0.2 * face.third)
    before = smooth(points[:, 2], face.ear_front + 0.01, face.ear_front + 0.035)
    half = 0.062 * face.scale * below * before
    x = side * (points[:, 0] - face.middle)
    moved = points.copy()
    moved[:, 0] += side * np.maximum(half - x, 0) * (half > 0)
    return moved


def kept_out(points: np.ndarray, field: DistanceField) -> np.ndarray:
    """Strands (N, K, 3) with all points but the roots outside the skin."""
    flat = field.cleared_exactly(field.cleared(points[:, 1:].reshape(-1, 3), CLEAR), CLEAR)
    return np.concatenate([points[:, :1], flat.reshape(len(points), -1, 3)], 1)
