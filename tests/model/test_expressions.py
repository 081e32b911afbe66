"""What each movement does to the built-in head, against figures of people that ``expression_table`` cites.

iBUG's points: 22 to 26 the left brow from the nose, 42 and 45 the left canthi, 43, 44 over 47, 46 the lids, 35 the wing
of the nose, 54 and 48 the mouth's corners, 51 and 57 the lips' outer middles, 62 and 66 the inner ones, 60 and 64 the
inner corners.
"""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.landmarks import landmark_points
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams

MM = 1000.0
UP, OUT, AHEAD = 1, 0, 2


class Face:
    """The head's shapes in mm by scores of its controls."""

    def __init__(self, model: FlameModel, evaluator: FlameEvaluator, skin: np.ndarray) -> None:
        self.model, self.evaluator, self.skin = model, evaluator, skin
        self.rest = self.vertices()
        self.cheek = self._nearest({45: 0.42, 54: 0.40, 35: 0.18}, (3, 0, 8))
        self.cheek_bone = self._nearest({45: 0.75, 54: 0.25}, (3, -4, 5))
        self.chin = self._nearest({8: 0.55, 57: 0.45}, (0, 0, 8))

    def vertices(self, **scores: float) -> np.ndarray:
        """(V, 3); ``name_`` is the movement on both sides."""
        spelled = {}
        for name, score in scores.items():
            for side in ("Left", "Right") if name.endswith("_") else ("",):
                spelled[name.rstrip("_") + side] = score
        controls = self.model.controls
        assert controls is not None
        return self.evaluator.vertices(FlameParams(**controls.fields(controls.scores(spelled)))).astype(float) * MM

    def points(self, vertices: np.ndarray) -> np.ndarray:
        """(68, 3) iBUG's."""
        return landmark_points(vertices, self.model.faces, self.model.landmarks["ibug"])

    def steps(self, **scores: float) -> np.ndarray:
        """(68, 3) how far the points go."""
        return self.points(self.vertices(**scores)) - self.points(self.rest)

    def profile(self, vertices: np.ndarray, height: float, x: np.ndarray) -> np.ndarray:
        """(N,) depth z of the skin seen from the front at ``x`` (N,) and a height; NaN beside it."""
        corners = vertices[self.skin]
        corners = corners[(corners[..., 1].min(1) <= height) & (corners[..., 1].max(1) >= height)]
        a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
        area = (b - a)[:, 0] * (c - a)[:, 1] - (c - a)[:, 0] * (b - a)[:, 1]
        point = np.stack([x, np.full_like(x, height)], 1)[:, None] - a
        second = (point[..., 0] * (c - a)[:, 1] - (c - a)[:, 0] * point[..., 1]) / area
        third = ((b - a)[:, 0] * point[..., 1] - point[..., 0] * (b - a)[:, 1]) / area
        weights = np.stack([1 - second - third, second, third], 2)
        depth = np.where((weights >= 0).all(2), (weights * corners[..., 2]).sum(2), np.nan)
        return np.nanmax(depth, 1)

    def furrow(self, height: float, **scores: float) -> float:
        """How deep the skin lies at most under the straight line from rim to rim, from the nose to the cheek."""
        x = np.linspace(14, 48, 69)
        z = self.profile(self.vertices(**scores), height, x)
        return float((_hull(x, z) - z).max())

    def _nearest(self, shares: dict[int, float], off: tuple[float, float, float]) -> int:
        """The vertex of the skin nearest to shares of points, then mm to the left, up and ahead."""
        points = self.points(self.rest)
        place = np.sum([share * points[number] for number, share in shares.items()], axis=0) + np.array(off)
        vertices = np.unique(self.skin)
        return int(vertices[((self.rest[vertices] - place) ** 2).sum(1).argmin()])


def _hull(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(N,) the upper convex hull of a curve, at the same places."""
    kept: list[int] = []
    for k in range(len(x)):
        while len(kept) > 1:
            a, b = kept[-2:]
            if (z[b] - z[a]) * (x[k] - x[a]) > (z[k] - z[a]) * (x[b] - x[a]):
                break
            kept.pop()
        kept.append(k)
    return np.interp(x, x[kept], z[kept])


def _width(points: np.ndarray) -> float:
    return float(np.linalg.norm(points[54] - points[48]))


def _fissure(points: np.ndarray) -> float:
    return float(np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in ((43, 47), (44, 46))]))


@pytest.fixture(scope="module")
def face(model: FlameModel, evaluator: FlameEvaluator, outer_skin: np.ndarray) -> Face:
    return Face(model, evaluator, outer_skin)


def test_smile_carries_the_corners_along_the_arch(face: Face) -> None:
    """9.3 +- 2.8 mm in people, 47 degrees up; the mouth is 27 % wider. What goes out goes back, as the teeth do."""
    step = face.steps(mouthSmile_=1.0)[54]
    assert 6.5 < step[OUT] < 10 and 6.5 < step[UP] < 10
    assert 35 < np.degrees(np.arctan2(step[UP], step[OUT])) < 55
    assert -9 < step[AHEAD] < -2.5
    moved, rest = face.points(face.vertices(mouthSmile_=1.0)), face.points(face.rest)
    assert 1.2 < _width(moved) / _width(rest) < 1.4
    assert 0 < moved[62, UP] - rest[62, UP] < 3.5, "the middle goes up less"


def test_smile_lifts_the_cheek_and_narrows_the_eye(face: Face) -> None:
    smile = face.vertices(mouthSmile_=1.0)
    step = (smile - face.rest)[face.cheek]
    assert step[UP] > 3.0 and step[AHEAD] > 1.5
    assert _fissure(face.points(smile)) < 0.88 * _fissure(face.points(face.rest))
    raised = face.vertices(cheekSquint_=1.0)
    assert (raised - face.rest)[face.cheek_bone, UP] > 3.0
    assert _fissure(face.points(raised)) < 0.9 * _fissure(face.points(face.rest))


def test_smile_and_sneer_deepen_the_nasolabial_fold(face: Face) -> None:
    points = face.points(face.rest)
    for name, share in (("mouthSmile_", 0.55), ("noseSneer_", 0.3), ("mouthUpperUp_", 0.3)):
        height = (1 - share) * points[35, UP] + share * points[54, UP]
        assert face.furrow(height, **{name: 1.0}) > face.furrow(height) + 1.0, name


def test_pucker_narrows_and_pushes_out(face: Face) -> None:
    moved, rest = face.points(face.vertices(mouthPucker=1.0)), face.points(face.rest)
    assert _width(moved) <= 34
    for number in (51, 57, 62, 66):
        assert moved[number, AHEAD] - rest[number, AHEAD] >= 6, number
    assert abs(moved[62, UP] - moved[66, UP]) < 5, "hardly open"


def test_funnel_opens_what_pucker_shuts(face: Face) -> None:
    moved, rest = face.points(face.vertices(mouthFunnel=1.0)), face.points(face.rest)
    assert 5 < np.linalg.norm(moved[62] - moved[66]) < 16
    assert 0.6 < _width(moved) / _width(rest) < 0.9
    assert min(moved[number, AHEAD] - rest[number, AHEAD] for number in (51, 57)) > 3


@pytest.mark.parametrize("opened", [0.5, 1.0])
def test_an_open_mouth_keeps_its_width(face: Face, opened: float) -> None:
    """20 degrees at 1. The corners drop, neither with the upper lip nor with the lower, and no circle is left."""
    moved, rest = face.points(face.vertices(jawOpen=opened)), face.points(face.rest)
    assert _width(moved) >= 0.9 * _width(rest)
    step = moved - rest
    assert 0.25 < step[54, UP] / step[66, UP] < 0.6
    inner = np.linalg.norm(moved[64] - moved[60])
    assert moved[62, UP] - moved[66, UP] < 0.75 * inner, "as seen from the front"


def test_brows_in_three_parts(face: Face) -> None:
    """7.6 to 9 mm up in the middle with all of the brow; each part alone leaves the others."""
    inner, outer, down = (
        face.steps(browInnerUp=1.0), face.steps(browOuterUp_=1.0), face.steps(browDown_=1.0)
    )  # fmt: skip
    assert inner[22, UP] > 5.5 and abs(inner[26, UP]) < 1.5
    assert outer[25, UP] > 4 and abs(outer[22, UP]) < 1.5
    assert 5 < face.steps(browInnerUp=1.0, browOuterUp_=1.0)[24, UP] < 10
    assert down[22, UP] < -3.5 and down[24, UP] < -2.5
    assert down[21, OUT] - down[22, OUT] > 3, "drawn together"


def test_lids(face: Face) -> None:
    """A blink is mostly the upper lid's; a squint the lower one's."""
    blink, squint, wide = (face.steps(**{name: 1.0}) for name in ("eyeBlink_", "eyeSquint_", "eyeWide_"))
    assert blink[[43, 44], UP].max() < -5 and 0.8 < blink[[46, 47], UP].mean() < 3
    assert squint[[46, 47], UP].mean() > 1.5 > -squint[[43, 44], UP].mean()
    assert wide[[43, 44], UP].mean() > 1.5


def test_mouths_of_anger_disgust_and_sadness(face: Face) -> None:
    frown, press, sneer, chin = (
        face.steps(**{name: 1.0}) for name in ("mouthFrown_", "mouthPress_", "noseSneer_", "mouthShrugLower")
    )
    assert -9 < frown[54, UP] < -5 and abs(frown[62, UP]) < 1.5
    assert press[51, UP] - press[57, UP] < -1.5, "less red is seen"
    assert sneer[35, UP] > 2.5 and sneer[52, UP] > 1.5
    assert chin[57, UP] > 2
    assert (face.vertices(mouthShrugLower=1.0) - face.rest)[face.chin, UP] > 2


def test_stretch_widens(face: Face) -> None:
    step = face.steps(mouthStretch_=1.0)[54]
    assert step[OUT] > 6 and step[AHEAD] < -2.5 and -4 < step[UP] < -0.5
