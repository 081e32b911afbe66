"""Hair as cards: they lie along strands, follow what strands follow, and their picture shows strands."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.spatial import cKDTree

from flame_blender.hair_strands.card_picture import HEIGHT, WIDTH, card_picture
from flame_blender.hair_strands.cards import COLUMNS, HALF, MOST, NO_CARDS, ROWS, Cards, all_of, cards_of
from flame_blender.hair_strands.melanin import colour_of
from flame_blender.hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, SCALP
from tests.hair_strands.test_strands import grown, identity

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
    assert np.array_equal(np.unique(cards.quads), np.arange(len(cards.uvs)))
    counts = np.bincount(cards.quads.ravel())
    assert set(counts.tolist()) <= {1, 2}, "two quads share an edge at most"
    assert 0 < cards.n_triangles <= 2 * MOST[piece] * (ROWS[1] - 1)
    edges = cards.binding.points(identity(0))[cards.quads]
    assert np.linalg.norm(edges - np.roll(edges, 1, 1), axis=2).min() > 0


@pytest.mark.parametrize(("piece", "style"), STYLES)
def test_uvs_go_from_root_to_tip_in_one_column(piece, style):
    cards, _ = made(piece, style)
    quads = cards.uvs[cards.quads]
    assert cards.uvs.min() >= 0 and cards.uvs.max() <= 1
    assert (quads[:, 2, 1] > quads[:, 0, 1]).all() and (quads[:, 0, 1] == quads[:, 1, 1]).all()
    across = np.abs(quads[:, 1, 0] - quads[:, 0, 0])
    assert across == pytest.approx(1 / COLUMNS)
    assert len(np.unique(np.floor(quads[:, :, 0].min(1) * COLUMNS + 1e-6))) == COLUMNS


def test_cards_follow_the_head_as_strands_do():
    each = grown(0, 0.2, BEARD="FULL")[BEARD]
    cards, _ = made(BEARD, "FULL")
    moved = cards.binding.points(identity(2)).reshape(-1, 2, 3).mean(1)
    assert cKDTree(each.binding.points(identity(2))).query(moved)[0].max() < 1e-6


def test_cards_cover_what_strands_cover():
    cards, strands = made(SCALP, "CROP")
    quads = cards.binding.points(identity(0))[cards.quads]
    dense = np.concatenate([quads.mean(1), quads.reshape(-1, 3)])
    away = cKDTree(dense).query(strands[:, strands.shape[1] // 2])[0]
    assert np.quantile(away, 0.98) < 0.007


def test_stubble_is_no_cards_and_pieces_are_joined():
    stubble = grown(0, 0.1, BEARD="STUBBLE")[BEARD]
    assert cards_of(BEARD, stubble.binding, stubble.strands.points.shape[1], identity(0)) is NO_CARDS
    one, other = made(*STYLES[0])[0], made(*STYLES[2])[0]
    both = all_of([one, NO_CARDS, other])
    assert both.n_triangles == one.n_triangles + other.n_triangles
    assert np.array_equal(both.quads[len(one.quads) :], other.quads + len(one.uvs))
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
    assert picture[..., :3].mean((0, 1)) == pytest.approx(colour_of(0.75, 0.25), rel=0.25)


def test_grey_strands_are_drawn():
    shares = [np.mean(card_picture(0.9, 0.1, grey)[..., 1] > 0.4) for grey in (0.0, 0.4, 1.0)]
    assert shares[0] == 0 and 0.2 < shares[1] < 0.6 and shares[2] > 0.95
    assert np.array_equal(card_picture(0.9, 0.1, 0.4), card_picture(0.9, 0.1, 0.4))
