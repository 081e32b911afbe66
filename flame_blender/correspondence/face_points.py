"""Points of a face that its shape alone tells: the rims of the lids, the line between the lips, the profile.

They are looked for on the head at rest as it is seen from before, on every head in the same way, so that the lists of
two heads belong together point by point.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..flame.eyeballs import Eyeball, eyeballs_of, parts_of
from ..geometry.ways_about import ways_about
from ..textures.front_view import PIXEL, FrontView, front_view
from .rest_skin import RestSkin

EYE_WINDOW = 1.9  # radii to each side of an eyeball's centre
ALONG_LIDS = np.linspace(0.1, 0.9, 7)  # parts of the way from corner to corner
ALONG_LIPS = np.linspace(-1.0, 1.0, 13)  # from the right corner to the left, in half widths of the mouth
MARGIN = 0.008  # metres around the mouth
NARROWEST = 0.025  # metres: a mouth's width at least
OFF_MIDDLE, NOSTRIL = 0.03, 0.015  # metres from the eyes' middle to that of a hollow of the mouth; wider than this
BELOW_EYES = 0.03, 0.11  # metres: where a mouth is
LEAST_HIDDEN = 6  # vertices of a hollow
ROWS_BEFORE = 2  # of triangles between where a mouth's inside is hidden and what the front shows of the lips
LONG_WAY, LONGER = 6e-4, 2.0  # metres along the skin, and times as far as straight: more than both together is long
JUMP = 0.0015  # metres: how far the lips' line may leap from one column to the next, or be unseen
TUCKED = 0.006  # metres that the lips' line may lie behind the lips half a millimetre above it, as in the corners
OVER, STEEP = 0.001, 0.7  # metres: the profile's slope is told over that, and where it is steep the nose has begun
RED = 0.3  # of the way from where the lips meet up to the nose's tip, that the upper lip may take
INSIDE = 0.02  # metres behind the lips' line: seen between lips that hardly meet
DOWN_TO, FOLD = 0.045, (0.4, 0.75)  # metres below the lips; parts of the way up from there where the fold is
SHARES = np.array([0.25, 0.5, 0.75, 1.0])  # of the way from one height of the profile to the next

Named = dict[str, np.ndarray]


def face_points(skin: RestSkin) -> Named:
    """What is found of a face, each list always in the same order: points (n, 3), metres.

    ``eyes`` and ``lids`` where the head has two eyeballs; with them ``lips``, and with these ``profile``.
    """
    balls = eyeballs_of(skin.vertices, skin.model.faces)
    if balls is None:
        return {}
    centres = np.array([ball.centre for ball in balls])
    poles = centres + [(0, 0, ball.radius) for ball in balls]
    found = {"eyes": np.concatenate([centres, poles])}
    left, right = _lids(skin, balls[0], 1), _lids(skin, balls[1], -1)
    if left is not None and right is not None:
        found["lids"] = np.concatenate([left, right])
    lips = _lips(skin, centres.mean(0))
    if lips is not None:
        found["lips"] = lips
        profile = _profile(skin, centres.mean(0), lips[len(lips) // 2])
        if profile is not None:
            found["profile"] = profile
    return found


def _lids(skin: RestSkin, ball: Eyeball, outwards: int) -> np.ndarray | None:
    """(16, 3) on the eyeball along the lids' rims: outer and inner corner, upper lid, lower lid; None: it is hidden."""
    half = EYE_WINDOW * ball.radius
    faces = skin.model.faces[np.isin(skin.model.faces[:, 0], ball.vertices)]
    view = front_view(
        skin.vertices, np.concatenate([skin.faces, faces]), ball.centre[:2] - half, ball.centre[:2] + half
    )
    shown = view.triangle >= len(skin.faces)
    middle = int(shown.sum(0).argmax())
    closed = np.flatnonzero(~shown.any(0))
    first = closed[closed < middle].max(initial=-1) + 1
    last = closed[closed > middle].min(initial=shown.shape[1]) - 1
    if (last - first) * PIXEL < ball.radius:
        return None
    outer, inner = (last, first) if outwards > 0 else (first, last)
    columns = np.rint(outer + ALONG_LIDS * (inner - outer)).astype(int)
    rows = [np.flatnonzero(shown[:, column]) for column in (outer, inner, *columns)]
    corners = view.points([int(each.mean()) for each in rows[:2]], [outer, inner])
    upper, lower = (view.points([each[end] for each in rows[2:]], columns) for end in (-1, 0))
    return np.concatenate([corners, upper, lower])


def _hollows(skin: RestSkin) -> Iterator[np.ndarray]:
    """Vertices (n,) of each connected part of the skin that is hidden: the mouth's inside, nostrils, behind lids."""
    hidden = np.zeros(len(skin.vertices), bool)
    hidden[skin.ids] = ~skin.seen[skin.ids]
    parts = parts_of(skin.faces[hidden[skin.faces].all(1)], len(hidden))
    for part in np.unique(parts[hidden]):
        ids = np.flatnonzero(hidden & (parts == part))
        if len(ids) >= LEAST_HIDDEN:
            yield ids


def _lips(skin: RestSkin, between_eyes: np.ndarray) -> np.ndarray | None:
    """(13, 3) along the line where the lips meet, from the right corner to the left; None where none is found.

    There two pixels above each other show places that are far apart along the skin: it goes the long way between them,
    through the mouth or round its corner, however the mesh is cut there.
    """
    rim = _mouths_rim(skin, between_eyes)
    if not len(rim):
        return None
    places = skin.vertices[rim][:, :2]
    view = front_view(skin.vertices, skin.faces, places.min(0) - MARGIN, places.max(0) + MARGIN)
    for _ in range(ROWS_BEFORE):
        rim = np.unique(skin.faces[np.isin(skin.faces, rim).any(1)])
    line = _followed(_meeting(skin, view, rim), view.column(between_eyes[0]))
    columns = np.array(sorted(line))
    if len(columns) * PIXEL < NARROWEST:
        return None
    middle, half = (columns[0] + columns[-1]) / 2, (columns[-1] - columns[0]) / 2
    chosen = columns[np.abs(columns - (middle + half * ALONG_LIPS)[:, None]).argmin(1)]
    return np.array([_on_lips(view, line[column], column) for column in chosen.tolist()])


def _meeting(skin: RestSkin, view: FrontView, rim: np.ndarray) -> np.ndarray:
    """(R - 1, C) whether a pixel and the one above it are far apart along the skin, one of them beside ``rim``."""
    lip, above, below = np.any(np.isin(skin.faces, rim), axis=1), view.triangle[1:], view.triangle[:-1]
    row, column = np.nonzero((above != below) & (above >= 0) & (below >= 0) & (lip[above] | lip[below]))
    upper, lower = view.points(row + 1, column), view.points(row, column)
    way = ways_about(skin.vertices, skin.faces, (above[row, column], below[row, column]), (upper, lower))
    meets = np.zeros(above.shape, bool)
    meets[row, column] = way > LONG_WAY + LONGER * np.linalg.norm(upper - lower, axis=1)
    return meets


def _mouths_rim(skin: RestSkin, between_eyes: np.ndarray) -> np.ndarray:
    """What is seen beside the hollows that lie where a mouth's does; it may be two, one on each side."""
    inside = [np.zeros(0, int)]
    for hollow in _hollows(skin):
        places = skin.vertices[hollow]
        across, below, _ = places.mean(0) - between_eyes
        if abs(across) < OFF_MIDDLE and BELOW_EYES[0] < -below < BELOW_EYES[1] and np.ptp(places[:, 0]) > NOSTRIL:
            inside.append(hollow)
    around = np.unique(skin.faces[np.isin(skin.faces, np.concatenate(inside)).any(1)])
    return around[skin.seen[around]]


def _followed(marked: np.ndarray, begin: int) -> dict[int, float]:
    """The row of a line of marked pixels (R, C) in each column, followed from column ``begin`` to both sides."""
    rows = {column: np.flatnonzero(marked[:, column]) for column in range(marked.shape[1])}
    if not len(rows[begin]):
        return {}
    line = {begin: float(rows[begin].mean())}
    for columns in (range(begin + 1, marked.shape[1]), range(begin - 1, -1, -1)):
        row, seen = line[begin], begin
        for column in columns:
            near = rows[column][np.abs(rows[column] - row) * PIXEL < JUMP]
            if len(near):
                row, seen = float(near.mean()), column
                line[column] = row
            elif abs(column - seen) * PIXEL > JUMP:
                break
    return line


def _on_lips(view: FrontView, row: float, column: int) -> np.ndarray:
    """(3,) where the lips meet in a column; a gap of a pixel between them shows the mouth's inside, far behind."""
    wide, beside = (view.depth[max(int(row) - more, 0) : int(row) + 2 + more, column].max() for more in (2, 0))
    depth = beside if wide - beside < TUCKED else wide
    return np.array([view.points(int(row), column)[0], view.low[1] + PIXEL * (row + 1.0), depth])


def _profile(skin: RestSkin, between_eyes: np.ndarray, lips: np.ndarray) -> np.ndarray | None:
    """(15, 3) on the middle line, at parts of the heights between eyes, nose's base, lips, fold below them and chin.

    None where no nose stands out, or no chin.
    """
    across, margin = between_eyes[0], PIXEL * np.array([2, 1])
    low, high = np.array([across, lips[1] - DOWN_TO]) - margin, between_eyes[:2] + margin
    view = front_view(skin.vertices, skin.faces, low, high)
    rows = np.arange(len(view.depth))
    _, heights, depths = view.points(rows, np.full(len(rows), view.column(across))).T
    at_lips, over = int(np.abs(heights - lips[1]).argmin()), round(OVER / PIXEL)
    if not np.isfinite(depths).all() or not over < at_lips < len(rows) - over:
        return None
    inside = (np.abs(heights - lips[1]) < MARGIN) & (depths < lips[2] - INSIDE)
    depths = np.interp(heights, heights[~inside], depths[~inside])
    above, slopes = np.arange(at_lips, len(rows) - over), (depths[over:] - depths[:-over]) / OVER
    tip = above[depths[above].argmax()]
    under = np.arange(at_lips + round(RED * (tip - at_lips)), tip + 1)  # lips may be as steep where they meet
    steepest = under[slopes[under].argmax()] if tip + over < len(rows) else tip
    gentle = above[(above < steepest) & (slopes[above] < STEEP)]
    lowest, highest = (round(share * at_lips) for share in FOLD)
    before = np.maximum.accumulate(depths)  # how far a chin below a row stands out
    fold = lowest + int((before - depths)[lowest:highest].argmax())
    chin = int(depths[: fold + 1].argmax())
    if not len(gentle) or chin == fold:
        return None
    stations = [heights[row] for row in (chin, fold, at_lips, gentle[-1] + over, -1)]
    wanted = np.concatenate([start + SHARES * (end - start) for start, end in pairwise(stations)])
    return np.stack([np.full(len(wanted), across), wanted, np.interp(wanted, heights, depths)], 1)
