"""A contact sheet: the first samples of each shard that is there, with their landmarks, boxes and classes drawn on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from ..textures.png import pixels_of
from .data_folder import recipe_of
from .recipe import Recipe
from .sample_files import ALBEDO, CLASS_MASK, PICTURE, TOLD, key_of, read_told
from .shards import members_of, read_member, shard_path
from .shots.shot import Shot, prefix_of, shots_of

MOST, MOST_OF_A_SAMPLE = 1000, 8
SEEN, HIDDEN, BOX = (60, 230, 90), (235, 60, 50), (250, 210, 60)
SHARE = 0.55  # of a class's colour over the picture
# a colour for each class: no neighbours on a face look alike
COLOURS = np.array(
    [
        (0, 0, 0), (226, 178, 142), (240, 120, 60), (80, 170, 250), (50, 70, 210), (120, 60, 30), (70, 100, 30),
        (250, 200, 70), (170, 215, 60), (25, 90, 110), (240, 70, 100), (150, 40, 150), (120, 190, 150), (80, 60, 40),
        (90, 70, 60), (110, 110, 180), (60, 200, 220), (180, 90, 200), (200, 200, 80), (150, 150, 150),
    ],
    float,
)  # fmt: skip


def contact_sheet(folder: Path, count: int = 16) -> np.ndarray:
    """(H, W, 3) uint8: pictures of up to ``count`` samples of a data set's folder, each beside its classes.

    Raises DatasetError where there is no shard yet, or one is damaged.
    """
    if not 1 <= count <= MOST:
        raise DatasetError(f"count: expected a number of samples from 1 to {MOST}, found {count}.")
    recipe = recipe_of(folder)
    tiles = list(itertools.islice(_tiles(folder, recipe, count), count))
    if not tiles:
        raise DatasetError(f"{folder}: expected at least one shard, found none; render one first.")
    across = max(1, round((len(tiles) * recipe.image.height / tiles[0].shape[1]) ** 0.5))
    rows = [tiles[first : first + across] for first in range(0, len(tiles), across)]
    rows[-1] += [np.zeros_like(tiles[0])] * (across - len(rows[-1]))
    return np.concatenate([np.concatenate(row, 1) for row in rows])


def _tiles(folder: Path, recipe: Recipe, count: int) -> Iterator[np.ndarray]:
    paths = [shard_path(folder, recipe.name, shard) for shard in range(recipe.n_shards)]
    there = [(shard, path) for shard, path in enumerate(paths) if path.exists()]
    each = -(-count // max(len(there), 1))
    for shard, path in there:
        members = members_of(path)
        for index in recipe.samples_of(shard)[:each]:
            yield _tile(path, members, recipe, index)


def _tile(path: Path, members: dict[str, tuple[int, int]], recipe: Recipe, index: int) -> np.ndarray:
    """The picture with landmarks and box, and beside it what else was written; of several pictures below it."""
    shots = shots_of(recipe)
    chosen = np.unique(np.linspace(0, len(shots) - 1, min(len(shots), MOST_OF_A_SAMPLE)).round().astype(int))
    columns = [_parts(path, members, recipe, index, shots[number]) for number in chosen.tolist()]
    if len(columns) == 1:
        return np.concatenate(columns[0], 1)
    return np.concatenate([np.concatenate(column) for column in columns], 1)


def _parts(path: Path, members: dict[str, tuple[int, int]], recipe: Recipe, index: int, shot: Shot) -> list[np.ndarray]:
    """The picture with landmarks and box, its classes, its albedo: those that were written."""
    key, shape = f"{key_of(index)}.{prefix_of(recipe, shot)}", (recipe.image.height, recipe.image.width)
    picture = _pixels(path, members, key + PICTURE, (*shape, 3))
    name = key + TOLD
    told = read_told(read_member(path, members.get(name, (0, 0))), f"{path}: {name}", recipe, index)
    parts = [
        _drawn(picture, [each for name in recipe.labels.landmarks for each in told["landmarks"][name]], told["box"])
    ]
    if key + CLASS_MASK in members:
        mask = _pixels(path, members, key + CLASS_MASK, shape)
        shown = (mask > 0)[..., None]
        colours = COLOURS[np.minimum(mask, len(COLOURS) - 1)]
        parts.append(np.where(shown, (1 - SHARE) * picture + SHARE * colours, picture * 0.4).astype(np.uint8))
    if key + ALBEDO in members:
        parts.append(_pixels(path, members, key + ALBEDO, (*shape, 3)))
    return parts


def _drawn(picture: np.ndarray, points: list[list[float]], box: list[int]) -> np.ndarray:
    height, width = picture.shape[:2]
    drawn = picture.copy()
    left, top, across, down = map(int, box)
    if across and down:
        right, bottom = left + across - 1, top + down - 1
        drawn[[top, bottom], left : right + 1] = BOX
        drawn[top : bottom + 1, [left, right]] = BOX
    reach = max(width, height) // 200
    for x, y, flag in points:
        if flag:
            row, column = int(y), int(x)
            place = np.s_[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
            drawn[place] = SEEN if flag == 2 else HIDDEN
    return drawn


def _pixels(path: Path, members: dict[str, tuple[int, int]], name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The picture ``name`` of a shard, of that shape (H, W, 3) or (H, W)."""
    most = math.prod(shape) + shape[0]  # a byte more for each row
    found = pixels_of(read_member(path, members[name]), most) if name in members else None
    if found is None or found.shape != shape:
        raise DatasetError(
            f"{path}: expected the picture {name}, found none that was rendered; render the shard again."
        )
    return found
