"""The lids: they close over the eye and never cut into it, on whoever's face; identity leaves their gap alone."""

from __future__ import annotations

import numpy as np
import pytest

from flame_blender.flame.model import FlameModel

MM = 1000.0
PEOPLE = 50
AROUND = 0.03  # metres from the eyeball's middle
EDGES = 2.3  # mm off the ball: the lids' inner edges lie up to 1.2 off it, the outer ones from 1.5 on
GAP_CHANGE = 0.15  # mm; of the lids' vertical gap and of their distance from the ball, at one standard deviation


@pytest.fixture(scope="module")
def lids(model: FlameModel, outer_skin: np.ndarray) -> np.ndarray:
    """(F, 3) triangles of the skin around the left eyeball, both lids whole."""
    centre = model.v_template[model.regions["left_eyeball"]].mean(0)
    return outer_skin[(np.linalg.norm(model.v_template[outer_skin] - centre, axis=2) < AROUND).all(1)]


@pytest.fixture(scope="module")
def people(model: FlameModel) -> list[np.ndarray]:
    """(V, 3) each: the neutral and 50 random draws."""
    generator = np.random.default_rng(3)
    draws = [np.zeros(model.n_identity), *generator.standard_normal((PEOPLE, model.n_identity))]
    return [model.v_template + model.shapedirs[:, :, : model.n_identity] @ draw for draw in draws]


def _direction(model: FlameModel, name: str) -> np.ndarray:
    return model.shapedirs[:, :, [direction.name for direction in model.directions].index(name)]


def _eye(model: FlameModel, moved: np.ndarray) -> np.ndarray:
    """(3,) centre of the left eyeball of a moved head; the ball moves as one piece."""
    ball = model.regions["left_eyeball"]
    return _ball_profile(model)[0] + (moved[ball] - model.v_template[ball]).mean(0)


def _ball_profile(model: FlameModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre of the left eyeball, and its outer radius against the angle from the gaze."""
    names = np.array(model.display.material_names)[model.display.polygon_materials]
    shell = np.unique(model.display.polygons[np.isin(names, ["sclera", "cornea"])])
    vertices = np.intersect1d(shell[shell >= 0], model.regions["left_eyeball"])
    places = model.v_template[vertices]
    centre = (places[:, :2].min(0) + places[:, :2].max(0)) / 2
    centre = np.append(centre, places[:, 2].min() + np.ptp(places[:, 0]) / 2)
    local = places - centre
    angle = np.arctan2(np.hypot(local[:, 0], local[:, 1]), local[:, 2])
    order = np.argsort(angle)
    return centre, angle[order], np.linalg.norm(local, axis=1)[order]


@pytest.mark.parametrize("name", ["", "eyeBlinkLeft", "eyeSquintLeft", "eyeWideLeft", "eyeLookDownLeft"])
@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75, 1.0])
def test_lids_never_cut_the_eyeball(
    model: FlameModel, lids: np.ndarray, people: list[np.ndarray], name: str, weight: float
) -> None:
    """Corners, edge middles and centres of the lids' triangles stay outside it to 0.2 mm."""
    _, angles, radii = _ball_profile(model)
    corners = np.array([(1, 0, 0), (0.5, 0.5, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (1 / 3, 1 / 3, 1 / 3)])
    for person in people:
        moved = person + weight * _direction(model, name) if name else person
        local = np.einsum("kc,fcx->fkx", corners, moved[lids]).reshape(-1, 3) - _eye(model, person)
        angle = np.arctan2(np.hypot(local[:, 0], local[:, 1]), local[:, 2])
        gap = np.linalg.norm(local, axis=1) - np.interp(angle, angles, radii)
        assert gap.min() * MM > -0.2


def test_blink_closes(model: FlameModel, lids: np.ndarray, people: list[np.ndarray]) -> None:
    """Seen from the front no upright slit of more than 0.3 mm is left open over the eyeball, on anyone."""
    for person in people:
        assert _widest_slit((person + _direction(model, "eyeBlinkLeft"))[lids], _eye(model, person)) <= 0.3
        assert _widest_slit(person[lids], _eye(model, person)) > 6, "and open before"


def _widest_slit(triangles: np.ndarray, eye: np.ndarray, step: float = 0.1) -> float:
    """Mm of the longest upright run of places over the eyeball that the lids (F, 3, 3) leave open, from the front."""
    flat, centre = triangles[..., :2] * MM, eye[:2] * MM
    heights = centre[1] + np.arange(-8, 8, step)
    widest = 0.0
    for x in centre[0] + np.linspace(-10, 10, 21):
        near = flat[(flat[..., 0].min(1) <= x) & (flat[..., 0].max(1) >= x)]
        uncovered = ~_covered(np.stack([np.full_like(heights, x), heights], 1), near)
        runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], uncovered, [0]]))))[::2]
        widest = max(widest, runs.max(initial=0) * step)
    return widest


def test_identity_leaves_the_lids_alone(model: FlameModel, lids: np.ndarray) -> None:
    """At one deviation: the gap between facing margins, and each lid vertex's distance from the ball's centre."""
    centre, _, radii = _ball_profile(model)
    vertices = np.unique(lids)
    local = model.v_template[vertices] - centre
    margin = vertices[np.linalg.norm(local, axis=1) * MM < radii[-1] * MM + EDGES]
    upper, lower = _facing(model.v_template[margin] - centre)
    assert len(upper) > 10
    for number in range(model.n_identity):
        moved = model.v_template + model.shapedirs[:, :, number]
        eye = _eye(model, moved)
        gaps = [(v[margin[upper], 1] - v[margin[lower], 1]) for v in (model.v_template, moved)]
        assert np.abs(gaps[1] - gaps[0]).max() * MM <= GAP_CHANGE, model.directions[number].name
        away = [np.linalg.norm(v[margin] - c, axis=1) for v, c in ((model.v_template, centre), (moved, eye))]
        assert np.abs(away[1] - away[0]).max() * MM <= GAP_CHANGE, model.directions[number].name


def _facing(local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of upper lid points and of the lower ones nearest below or above them, of (N, 3) about the ball."""
    upper, lower = np.flatnonzero(local[:, 1] > 0.001), np.flatnonzero(local[:, 1] < -0.001)
    nearest = np.abs(local[upper, None, 0] - local[None, lower, 0]).argmin(1)
    return upper, lower[nearest]


def _covered(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N,) whether a point of the plane lies in any of the triangles (F, 3, 2)."""
    inside = np.ones((len(points), len(triangles)), bool)
    outside = np.ones_like(inside)
    for k in range(3):
        a, b = triangles[:, k], triangles[:, (k + 1) % 3]
        offset = points[:, None] - a
        cross = (b - a)[:, 0] * offset[..., 1] - (b - a)[:, 1] * offset[..., 0]
        inside &= cross >= 0
        outside &= cross <= 0
    return np.any(inside | outside, 1)
