"""Heads drawn to pins: derivatives against differences, the minimum against SciPy's, who moves and who stays."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from flame_blender.fitting.landmarks.definitions import DefinitionSpread
from flame_blender.fitting.landmarks.pinned import HOLDS, STAYS, PinnedView, _Sight, fit_pins
from flame_blender.fitting.landmarks.views import UPRIGHT
from flame_blender.fitting.solver.layer import HeadPart
from flame_blender.fitting.solver.least_squares import ANGLE_SPREADS
from flame_blender.fitting.solver.unknowns import Unknowns
from flame_blender.flame.evaluator import FlameEvaluator
from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import FlameParams
from flame_blender.geometry.camera import Camera

NOSE, EDGE = 30 - 17, 48 - 17  # of the 51 points that stand still
BOTH = ("shape", "expression", "jaw")


def camera(yaw: float = 0.2, *, orthographic: bool = False) -> Camera:
    turn = UPRIGHT @ Rotation.from_rotvec([0.05, yaw, 0.02]).as_matrix()
    intrinsics = [3000.0, 3000.0, 410.0, 290.0] if orthographic else [1800.0, 1750.0, 410.0, 290.0]
    return Camera(np.array(intrinsics), 800, 600, turn, np.array([0.01, 0.02, 0.7]), orthographic=orthographic)


def somebody(model: FlameModel, rng: np.random.Generator) -> FlameParams:
    return FlameParams(
        shape=0.5 * rng.standard_normal(model.n_identity), expression=0.1 * rng.uniform(size=model.n_expression),
        jaw=np.array([0.12, 0.01, 0.0]), neck=np.array([0.05, -0.1, 0.02]), global_rotation=np.array([0.1, 0.2, 0.0]),
    )  # fmt: skip


def seen(evaluator: FlameEvaluator, params: FlameParams, about: Camera) -> np.ndarray:
    """(51, 2) pixels, by the whole head."""
    embedding = evaluator.model.landmarks["ibug"]
    corners = evaluator.vertices(params).astype(np.float64)[evaluator.model.faces[embedding.static_faces]]
    return about.project(np.einsum("pc,pci->pi", embedding.static_barycentric, corners))


def view_of(
    model: FlameModel, about: Camera, pixels: np.ndarray, held: tuple[int, ...] = (), spread: bool = False
) -> PinnedView:
    embedding = model.landmarks["ibug"]
    chosen = np.isin(np.arange(51), held)
    told = DefinitionSpread.of(embedding, np.arange(17, 68)[~chosen]) if spread else None
    return PinnedView(about, embedding.static_faces, embedding.static_barycentric, pixels, chosen, told)


@pytest.mark.parametrize("orthographic", [False, True])
def test_derivatives(built_in: FlameModel, orthographic: bool) -> None:
    """Of pixels by everything that may be looked for, against differences in the step itself."""
    rng, evaluator = np.random.default_rng(5), FlameEvaluator(built_in)
    params, about = somebody(built_in, rng), camera(orthographic=orthographic)
    pixels = seen(evaluator, params, about) + rng.normal(0, 3, (51, 2))
    view = view_of(built_in, about, pixels, tuple(range(51)))
    sight = _Sight(evaluator, HeadPart.whole(evaluator), view, "photo 0", ("turn", "move", "focal"))
    extras = dict(zip(sight.extras, rng.normal(0, 0.1, 7), strict=True))
    at = Unknowns.of(evaluator, params, extras)
    sight.weigh(at)
    gradient = sight.linearise(at, 1.0).gradient
    layout = at.layout
    entries = [*rng.choice(layout.coefficients.stop, 4), *range(layout.turn(2).start, layout.turn(2).stop)]
    entries += [layout.entry_of(name) for name in sight.extras]
    for entry in entries:
        step = np.zeros(layout.size)
        step[entry] = 1e-3
        ahead, behind = (sight.linearise(at.stepped(sign * step, evaluator.parents), 1.0).cost for sign in (1, -1))
        difference = -(ahead - behind) / 4e-3  # the gradient is minus half the cost's
        assert difference == pytest.approx(gradient[entry], rel=0.02, abs=0.02 * np.abs(gradient[entries]).max())


def test_the_minimum_is_scipys(built_in: FlameModel) -> None:
    """The jaw alone: its cost written out with the whole head, minimised without derivatives."""
    rng, evaluator = np.random.default_rng(6), FlameEvaluator(built_in)
    start, about = somebody(built_in, rng), camera()
    pixels = seen(evaluator, start, about)
    pixels[57 - 17] += (3.0, 9.0)
    found = fit_pins(evaluator, [view_of(built_in, about, pixels, (57 - 17,))], start, vary=("jaw",), likely=start)
    shift = 1e-4 * np.eye(3)  # how many pixels a metre has there, by differences in space
    points = evaluator.landmarks(start, built_in.landmarks["ibug"])[17:].astype(np.float64)
    along = [(about.project(points + each) - about.project(points)) / 1e-4 for each in shift]
    per_metre = np.sqrt((np.stack(along) ** 2).sum((0, 2)).mean() / 2)
    deviations = per_metre * np.where(np.arange(51) == 57 - 17, HOLDS, STAYS)

    def cost(jaw: np.ndarray) -> float:
        off = (seen(evaluator, dataclasses.replace(start, jaw=jaw), about) - pixels) / deviations[:, None]
        squares, held = (off**2).sum(1), np.arange(51) == 57 - 17
        robust = np.where(held | (squares <= 16), squares, 8 * np.sqrt(squares) - 16)  # Huber's limit is four
        return float(robust.sum() + (((jaw - start.jaw) / ANGLE_SPREADS[2]) ** 2).sum())

    at = np.asarray(start.jaw)
    for _ in range(4):  # with a new simplex each time: it collapses along the valley
        simplex = at + np.vstack([np.zeros(3), 0.03 * np.eye(3)])
        options = {"xatol": 1e-6, "fatol": 1e-6, "initial_simplex": simplex}
        at = minimize(cost, at, method="Nelder-Mead", options=options).x
    np.testing.assert_allclose(found.params.jaw, at, atol=5e-4)
    assert cost(found.params.jaw) < cost(np.asarray(start.jaw))


@pytest.mark.parametrize("orthographic", [False, True])
def test_nothing_dragged_is_nothing_changed(built_in: FlameModel, orthographic: bool) -> None:
    evaluator, about = FlameEvaluator(built_in), camera(orthographic=orthographic)
    start = somebody(built_in, np.random.default_rng(7))
    view = view_of(built_in, about, seen(evaluator, start, about), (NOSE,))
    found = fit_pins(evaluator, [view], start, vary=BOTH, likely=start, move_cameras=True, find_focal=not orthographic)
    assert np.abs(found.params.shape - start.shape).max() < 1e-3
    assert np.abs(found.params.jaw - start.jaw).max() < 1e-4 and found.errors[0].max() < 0.05


def test_there_and_back_is_where_it_was(built_in: FlameModel) -> None:
    """The same pins make the same head, from wherever it starts: what is likely is told by the fit alone."""
    evaluator, about = FlameEvaluator(built_in), camera()
    start = somebody(built_in, np.random.default_rng(8))
    pixels = seen(evaluator, start, about)
    aim = pixels.copy()
    aim[NOSE] += (1.0, 9.0)
    away = fit_pins(evaluator, [view_of(built_in, about, aim, (NOSE,))], start, vary=BOTH, likely=start)
    assert away.errors[0][NOSE] < 1.0 < np.linalg.norm(aim[NOSE] - pixels[NOSE])
    back = fit_pins(evaluator, [view_of(built_in, about, pixels, (NOSE,))], away.params, vary=BOTH, likely=start)
    np.testing.assert_allclose(seen(evaluator, back.params, about), pixels, atol=0.2)


def test_a_long_drag_is_followed(built_in: FlameModel) -> None:
    """A held pin counts in full however far it is; the others are mistakes to it, not it to them."""
    evaluator, about = FlameEvaluator(built_in), camera()
    start = somebody(built_in, np.random.default_rng(9))
    pixels = seen(evaluator, start, about)
    aim = pixels.copy()
    aim[EDGE] += (-25.0, 10.0)
    found = fit_pins(evaluator, [view_of(built_in, about, aim, (EDGE,))], start, vary=BOTH, likely=start)
    assert found.errors[0][EDGE] < 5.0


def test_two_photos_tell_where_they_were_taken(built_in: FlameModel) -> None:
    """Exact landmarks, cameras some degrees and centimetres off: both are found, and what of the face they show."""
    rng, evaluator = np.random.default_rng(10), FlameEvaluator(built_in)
    truth = somebody(built_in, rng)
    cameras = [camera(0.1), camera(-0.6)]
    views = []
    for about in cameras:
        off = Rotation.from_rotvec(rng.normal(0, 0.03, 3)).as_matrix()
        guessed = dataclasses.replace(
            about, rotation=off @ about.rotation, translation=about.translation + rng.normal(0, 0.01, 3)
        )
        views.append(view_of(built_in, guessed, seen(evaluator, truth, about), spread=True))
    start = dataclasses.replace(truth, shape=np.zeros(built_in.n_identity))
    found = fit_pins(evaluator, views, start, vary=BOTH, move_cameras=True)
    assert max(np.median(errors) for errors in found.errors) < 1.0
    relative = [one.rotation @ other.rotation.T for one, other in (cameras, found.cameras)]
    assert Rotation.from_matrix(relative[0] @ relative[1].T).magnitude() < np.deg2rad(2)
