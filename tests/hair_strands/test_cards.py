"""Hair as cards: they lie along strands, follow what strands follow, and their picture shows strands."""

from __future__ import annotations

from functools import cache
from zlib import crc32

import numpy as np
import pytest
from scipy.spatial import cKDTree

from flame_blender.hair_strands.cards.cap import UP, cap_of
from flame_blender.hair_strands.cards.card_pictures import BRIGHTER, HEIGHT, WIDTH, cap_picture, card_picture
from flame_blender.hair_strands.cards.strips import COLUMNS, HALF, MOST, NO_CARDS, ROWS, Cards, all_of, cards_of
from flame_blender.hair_strands.ground import ground_of
from flame_blender.hair_strands.melanin import colour_of
from flame_blender.hair_strands.on_scalp.scalp_styles import SCALP_STYLES
from flame_blender.hair_strands.scalp_region import Hairline
from flame_blender.hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, SCALP
from tests.hair_strands.test_strands import built_in, depths, grown, identity

STYLES = [
    (SCALP, "CROP"),
    (SCALP, "LONG"),
    (BROWS, "NATURAL"),
    (LASHES, "LONG"),
    (BEARD, "FULL"),
    (MOUSTACHE, "NATURAL"),
]


@cache
def made(piece: str, style: str) -> tuple[Cards, np.ndarray]:
    """Cards, and the strands (N, K, 3) that they were made of."""
    each = grown(0, 0.2, **{piece: style})[piece]
    return cards_of(piece, each.binding, each.strands.points.shape[1], identity(0)), each.strands.points


@pytest.mark.parametrize(("piece", "style"), STYLES)
def test_cards_lie_along_strands_and_are_as_broad_as_is_said(piece, style):
    cards, strands = made(piece, style)
    places = cards.binding.points(identity(0)).reshape(-1, 2, 3)
    assert cKDTree(strands.reshape(-1, 3)).query(places.mean(1))[0].max() < 1e-6
    breadths = np.linalg.norm(places[:, 1] - places[:, 0], axis=1)
    assert (breadths > 0).all() and breadths.max() <= 2 * HALF[1] + 1e-6


@pytest.mark.parametrize(("piece", "style"), STYLES)
def test_strips_are_whole_and_no_more_than_is_said(piece, style):
    cards, _ = made(piece, style)
    assert np.array_equal(np.unique(cards.triangles), np.arange(len(cards.uvs)))
    edges = np.sort(cards.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    assert np.unique(edges, axis=0, return_counts=True)[1].max() == 2
    assert 0 < len(cards.triangles) <= 2 * MOST[piece] * (ROWS[1] - 1)
    corners = cards.binding.points(identity(0))[cards.triangles]
    assert np.linalg.norm(corners - np.roll(corners, 1, 1), axis=2).min() > 0


@pytest.mark.parametrize(("piece", "style"), STYLES)
def test_uvs_go_from_root_to_tip_in_one_column(piece, style):
    cards, _ = made(piece, style)
    left, right = cards.uvs[::2], cards.uvs[1::2]
    assert cards.uvs.min() == 0 and cards.uvs.max() == 1
    assert np.array_equal(left[:, 1], right[:, 1])
    assert np.abs(left[:, 0] - right[:, 0]) == pytest.approx(1 / COLUMNS)
    assert len(np.unique(np.minimum(left[:, 0], right[:, 0]))) == COLUMNS
    of_triangles = cards.uvs[cards.triangles]
    assert np.ptp(of_triangles[..., 0], 1) == pytest.approx(1 / COLUMNS)
    assert (np.ptp(of_triangles[..., 1], 1) > 1e-3).all()


def test_cards_follow_the_head_as_strands_do():
    each = grown(0, 0.2, BEARD="FULL")[BEARD]
    cards, _ = made(BEARD, "FULL")
    moved = cards.binding.points(identity(2)).reshape(-1, 2, 3).mean(1)
    assert cKDTree(each.binding.points(identity(2))).query(moved)[0].max() < 1e-6


def test_cards_cover_what_strands_cover():
    cards, strands = made(SCALP, "CROP")
    corners = cards.binding.points(identity(0))[cards.triangles]
    dense = np.concatenate([corners.mean(1), corners.reshape(-1, 3)])
    away = cKDTree(dense).query(strands[:, strands.shape[1] // 2])[0]
    assert np.quantile(away, 0.98) < 0.007


def test_stubble_is_no_cards_and_pieces_are_joined():
    stubble = grown(0, 0.1, BEARD="STUBBLE")[BEARD]
    assert cards_of(BEARD, stubble.binding, stubble.strands.points.shape[1], identity(0)) is NO_CARDS
    one, other = made(*STYLES[0])[0], made(*STYLES[2])[0]
    both = all_of([one, NO_CARDS, other])
    assert len(both.triangles) == len(one.triangles) + len(other.triangles)
    assert np.array_equal(both.triangles[len(one.triangles) :], other.triangles + len(one.uvs))
    assert np.array_equal(both.binding.offsets[len(one.uvs) :], other.binding.offsets)


def test_the_same_strands_give_the_same_cards():
    each = grown(0, 0.2, SCALP="CROP")[SCALP]
    again = cards_of(SCALP, each.binding, each.strands.points.shape[1], identity(0))
    assert np.array_equal(again.binding.offsets, made(SCALP, "CROP")[0].binding.offsets)


def test_the_picture_has_strands_that_thin_out_in_the_hairs_colour():
    picture = card_picture(0.75, 0.25, 0.0)
    assert picture.shape == (HEIGHT, WIDTH, 4) and picture.min() >= 0 and picture.max() <= 1
    covered = picture[..., 3].mean(1)
    assert 0.3 < covered[: HEIGHT // 3].mean() < 0.9 and covered[-8:].mean() < 0.1
    for column in range(COLUMNS + 1):  # columns do not meet, or one would show at the other's border
        at = min(column * WIDTH // COLUMNS, WIDTH - 1)
        assert picture[:, at, 3].max() == 0
    assert picture[..., :3].mean((0, 1)) == pytest.approx(BRIGHTER * np.array(colour_of(0.75, 0.25)), rel=0.25)


def test_grey_strands_are_drawn():
    shares = [np.mean(card_picture(0.9, 0.1, grey)[..., 1] > 0.4) for grey in (0.0, 0.4, 1.0)]
    assert shares[0] == 0 and 0.2 < shares[1] < 0.6 and shares[2] > 0.75
    assert np.array_equal(card_picture(0.9, 0.1, 0.4), card_picture(0.9, 0.1, 0.4))


def test_the_cap_is_the_skin_below_the_hair_and_goes_with_it():
    each = grown(0, 1.0, SCALP="CROP")[SCALP]
    cap = cap_of(each.binding, each.strands.points.shape[1], identity(0))
    assert len(cap.triangles) > 500 and np.array_equal(np.unique(cap.triangles), np.arange(len(cap.uvs)))
    edges = np.sort(cap.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    assert np.unique(edges, axis=0, return_counts=True)[1].max() == 2, "one sheet"
    for seed in (0, 2):
        ground = ground_of(built_in(), identity(seed))
        off = depths(cap.binding.points(identity(seed)), ground.vertices, ground.faces)
        assert np.quantile(off, (0.02, 0.98)) == pytest.approx(UP, abs=6e-4)
    ground = ground_of(built_in(), identity(0))
    line = Hairline.of(ground, SCALP_STYLES["CROP"].temples, np.random.default_rng([3, crc32(SCALP.encode())]))
    inside = line.inside(cap.binding.points(identity(0)))
    assert np.quantile(inside, 0.02) > -0.003, "it does not show beyond the hair"
    assert np.isfinite(cap.uvs).all()


def test_the_picture_below_cards_repeats_on_all_sides():
    picture = cap_picture(0.75, 0.25, 0.0)
    assert 0.4 < picture[..., 3].mean() < 0.9
    across = np.abs(picture[:, 0, 3] - picture[:, -1, 3]).mean()
    assert across == pytest.approx(np.abs(np.diff(picture[..., 3], axis=1)).mean(), abs=0.15), "a border as any other"
