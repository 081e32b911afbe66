"""What makes hair look grown: a soft, uneven hairline, a bob that turns in, a bun that is one, and strangers' hair."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from flame_blender.hair_strands.ground import Ground, ground_of
from flame_blender.hair_strands.on_scalp.knot import CATCH, Knot
from flame_blender.hair_strands.on_scalp.scalp_styles import SCALP_STYLES
from flame_blender.hair_strands.scalp_region import Hairline, around
from flame_blender.hair_strands.strands import Strands
from flame_blender.hair_strands.strangers import drawn_hair, likely_man
from flame_blender.hair_strands.styles import NONE, SCALP, STYLES
from tests.hair_strands.test_strands import built_in, grown, identity

PEOPLE = 400


def on(seed: int = 0) -> Ground:
    return ground_of(built_in(), identity(seed))


def line_by_angle(ground: Ground) -> np.ndarray:
    """(21,) the hairline's height, metres above the brows, for each 2 degrees from the front to 40, found by asking."""
    line = Hairline(
        ground.face, ground.vertices[ground.ears], SCALP_STYLES["CROP"].temples, np.full(4, np.pi / 2) * np.arange(4)
    )
    heights = np.linspace(0, 1.3, 400) * ground.face.third
    found = []
    for angle in np.radians(np.arange(0, 42, 2)):
        way = np.array([np.sin(angle), 0, np.cos(angle)]) * 0.085
        points = ground.face.centre + way
        points = np.repeat(points[None], len(heights), 0)
        points[:, 1] = ground.face.brows + heights
        found.append(heights[np.flatnonzero(line.inside(points) > 0)[0]])
    return np.array(found)


def test_the_hairline_comes_down_in_the_middle_and_goes_back_over_the_temples():
    heights = line_by_angle(on())
    assert heights[10:14].mean() > heights[:2].mean() + 0.005
    assert heights[-1] < heights[10:14].mean()
    uneven = np.diff(heights, 2)
    assert np.abs(uneven).mean() > 0.0005, "no ruler drew it"


@pytest.mark.parametrize("style", ["CROP", "SIDE_PART", "BUZZ"])
def test_hair_at_its_line_is_sparser_shorter_and_finer(style):
    ground, strands = on(), grown(0, 1.0 if style == "BUZZ" else 0.5, SCALP=style)[SCALP].strands
    line = Hairline.of(ground, SCALP_STYLES[style].temples, np.random.default_rng([3, crc32(SCALP.encode())]))
    angle, _ = around(ground.face, strands.roots.points)
    front = (angle < 45) & (strands.roots.points[:, 1] > ground.face.brows)
    inside = line.inside(strands.roots.points)
    edge, well = front & (inside < 0.005), front & (inside > 0.016) & (inside < 0.030)
    lengths = np.linalg.norm(np.diff(strands.points, axis=1), axis=2).sum(1)
    assert edge.sum() / 0.005 < 0.75 * well.sum() / 0.014, "for each metre into the hair"
    assert np.median(lengths[edge]) < 0.75 * np.median(lengths[well])
    assert np.median(strands.radii[edge, 0]) < 0.8 * np.median(strands.radii[well, 0])


def test_a_bob_is_cut_in_a_line_and_turns_in():
    ground, strands = on(), grown(0, 0.2, SCALP="BOB")[SCALP].strands
    face, lengths = ground.face, strand_lengths(strands)
    tips = strands.points[lengths > 0.08, -1]
    beside = tips[np.abs(tips[:, 2] - face.centre[2]) < 0.03]
    assert np.ptp(np.quantile(beside[:, 1], (0.1, 0.9))) < 0.03
    half = np.abs(strands.points[..., 0] - face.middle)
    widest = np.quantile(half[np.abs(strands.points[..., 1] - face.ear_bottom) < 0.02], 0.9)
    assert np.quantile(np.abs(beside[:, 0] - face.middle), 0.9) < 0.95 * widest


def strand_lengths(strands: Strands) -> np.ndarray:
    lengths: np.ndarray = np.linalg.norm(np.diff(strands.points, axis=1), axis=2).sum(1)
    return lengths


@pytest.mark.parametrize("seed", [0, 1])
def test_a_bun_holds_the_ends_of_long_hair_and_leaves_the_face_free(seed):
    ground, strands = on(seed), grown(seed, 0.1, SCALP="BUN")[SCALP].strands
    knot = Knot.of(ground.face)
    long = strand_lengths(strands) > 0.1
    tips = strands.points[long, -1]
    assert (np.linalg.norm(tips - knot.centre, axis=1) < CATCH * knot.radius).mean() > 0.85
    before = strands.points.reshape(-1, 3)
    before = before[before[:, 2] > ground.face.ear_front + 0.04]
    assert before[:, 1].min() > ground.face.brows
    assert knot.centre[2] < ground.face.back


def test_strangers_hair_is_of_known_styles_and_the_same_for_a_seed():
    for seed in range(PEOPLE):
        hair = drawn_hair(seed, age=40, tone=0.3)
        for piece, styles in STYLES.items():
            assert getattr(hair, piece.lower()) in {each[0] for each in styles}
        assert 0 <= hair.melanin <= 1 and 0 <= hair.redness <= 1 and 0 <= hair.greyness <= 1 and hair.seed == seed
        assert 0.5 < hair.density < 1.3 and 0.8 < hair.length < 1.25 and 0 <= hair.recession <= 1
        assert hair == drawn_hair(seed, age=40, tone=0.3)


def test_beards_are_mens_and_grey_comes_with_age():
    women = [drawn_hair(seed, age=40, tone=0.2, masculine=0.0) for seed in range(PEOPLE)]
    men = [drawn_hair(seed, age=40, tone=0.2, masculine=1.0) for seed in range(PEOPLE)]
    assert {each.beard for each in women} == {each.moustache for each in women} == {NONE}
    assert all(each.recession == 0 for each in women)
    assert 0.3 < np.mean([each.beard != NONE for each in men]) < 0.7
    grey = {age: np.array([drawn_hair(seed, age=age, tone=0.2).greyness for seed in range(PEOPLE)])
            for age in (22, 45, 55, 65, 80)}  # fmt: skip
    assert grey[22].mean() < 0.03 and grey[80].mean() > 0.6
    middle = np.concatenate([grey[45], grey[55], grey[65]])
    assert middle.mean() == pytest.approx(0.27, abs=0.08), "of all hairs between 45 and 65 (Panhard et al. 2012)"
    assert all(a.mean() < b.mean() for a, b in zip(grey.values(), list(grey.values())[1:], strict=False))
    back = [np.mean([drawn_hair(seed, age=age, tone=0.2, masculine=1.0).recession > 0.05 for seed in range(PEOPLE)])
            for age in (22, 70)]  # fmt: skip
    assert back[0] < 0.15 and back[1] > 0.4


def test_older_people_wear_long_hair_less():
    long = [np.mean([drawn_hair(seed, age=age, tone=0.2, masculine=0.0).scalp in ("LONG", "WAVY")
            for seed in range(PEOPLE)]) for age in (25, 70)]  # fmt: skip
    assert long[0] > 0.35 and 0.05 < long[1] < 0.25


def test_dark_people_have_dark_hair_and_light_people_all_kinds():
    dark = [drawn_hair(seed, age=30, tone=0.9).melanin for seed in range(PEOPLE)]
    light = [drawn_hair(seed, age=30, tone=0.05).melanin for seed in range(PEOPLE)]
    assert np.mean(np.array(dark) > 0.85) > 0.9
    assert np.quantile(light, 0.1) < 0.4 and np.quantile(light, 0.9) > 0.6


def test_a_face_is_a_mans_by_the_direction_that_points_to_men():
    assert likely_man(0.0) == 0.5 and likely_man(2.0) > 0.95 and likely_man(-2.0) < 0.05
