"""A head drawn to pins: places of its surface that shall lie on places of photos, from where the head is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...flame.evaluator import FlameEvaluator
from ...flame.params import FlameParams
from ...geometry.camera import Camera
from ...geometry.rotations import matrix_from_axis_angle
from ...long_work import result_of
from ..solver.equations import Equations, normal_equations
from ..solver.graduated import NOISE_BOUNDS, NOISE_ROUNDS, SAME_NOISE
from ..solver.layer import HeadPart
from ..solver.least_squares import Prior, minimising
from ..solver.linearised import CROSS
from ..solver.noise import likeliest_factor
from ..solver.surface_points import SurfacePoints
from ..solver.unknowns import Unknowns, free_entries
from .definitions import DefinitionSpread, whitened
from .views import HUBER, projected

NATURAL = 3.0  # standard deviations of a coefficient, as far as sliders go
STAYS, HOLDS = 1e-3, 3e-4  # metres: how far off places may be that stay where they are, and that a hand has put
MOST_ITERATIONS = 20
# Standard deviations of how a camera moves that may: radians, metres, of the focal length's logarithm.
TURN, MOVE, FOCAL = 0.3, 0.3, 0.15
AXES = "xyz"


@dataclass(frozen=True, eq=False)
class PinnedView:
    """What one camera sees of P pins.

    ================  ================  ====================================================================
    ``camera``        Camera            in FLAME's axes
    ``triangles``     (P,) int          of the model
    ``barycentric``   (P, 3) float      where in its triangle each place is
    ``pixels``        (P, 2) float64    where it shall be seen, x right, y down
    ``held``          (P,) bool         whether a hand has put it there; the others may be somewhat off
    ``spread``        DefinitionSpread  by how much the others may be; None: they stay where ``pixels`` are
    ================  ================  ====================================================================
    """

    camera: Camera
    triangles: np.ndarray
    barycentric: np.ndarray
    pixels: np.ndarray
    held: np.ndarray
    spread: DefinitionSpread | None = None


@dataclass(frozen=True, eq=False)
class PinnedFit:
    """The head, the cameras of all views, and how far off each view's pins are, pixels."""

    params: FlameParams
    cameras: tuple[Camera, ...]
    errors: tuple[np.ndarray, ...]


def fit_pins(
    evaluator: FlameEvaluator,
    views: Sequence[PinnedView],
    start: FlameParams,
    *,
    vary: Iterable[str],
    likely: FlameParams | None = None,
    move_cameras: bool = False,
    find_focal: bool = False,
) -> PinnedFit:
    """The likeliest head whose pins lie where the views have them, from ``start`` on.

    ``likely`` has the coefficients and rotations that are most likely, None for the model's mean and none. What is not
    in ``vary`` stays as it is in ``start``, and so do the cameras, unless ``move_cameras`` or ``find_focal`` let them
    go. Raises ParameterError for a name in ``vary`` that is no field.
    """
    whole = HeadPart.whole(evaluator, start.offsets)
    kinds = (["turn", "move"] if move_cameras else []) + (["focal"] if find_focal else [])
    sights = [_Sight(evaluator, whole, view, f"photo {number}", kinds) for number, view in enumerate(views)]
    extras = {name: (0.0, spread) for sight in sights for name, spread in sight.extras.items()}
    unknowns = Unknowns.of(evaluator, start, dict.fromkeys(extras, 0.0))
    prior = Prior.of(evaluator, likely, extras)
    prior = _natural(prior if likely is None else prior.about(likely), unknowns.coefficients)
    found = _solved(evaluator, sights, unknowns, prior, free_entries(unknowns.layout, vary))
    return PinnedFit(
        found.params(start.offsets),
        tuple(sight.camera_at(found) for sight in sights),
        tuple(sight.errors(found) for sight in sights),
    )


def _natural(prior: Prior, start: np.ndarray) -> Prior:
    """The prior within ``NATURAL`` deviations, or where ``start`` (K,) is already: a pin pulls no face out of shape."""
    least, most = (pick(start, prior.mean) for pick in (np.minimum, np.maximum))
    return dataclasses.replace(
        prior,
        least=np.where(np.isinf(prior.least), np.minimum(least, -NATURAL), prior.least),
        most=np.where(np.isinf(prior.most), np.maximum(most, NATURAL), prior.most),
    )


def _solved(
    evaluator: FlameEvaluator, sights: Sequence[_Sight], start: Unknowns, prior: Prior, free: np.ndarray
) -> Unknowns:
    """The likeliest unknowns, and of landmarks that may be off by a spread, at the noise that they tell."""
    at, factor = start, 1.0
    for _ in range(NOISE_ROUNDS):
        for sight in sights:
            sight.weigh(at)
        known = factor

        def linearise(unknowns: Unknowns, known: float = known) -> Equations:
            first, *others = (sight.linearise(unknowns, known) for sight in sights)
            return sum(others, first)

        at = result_of(minimising(linearise, at, prior, free, evaluator.parents, MOST_ITERATIONS)).unknowns
        if all(sight.view.spread is None for sight in sights):
            break
        measured, held = (
            sum((sight.linearise_part(at, which) for sight in sights), Equations.nothing(at.layout))
            for which in (False, True)
        )
        believed = prior.linearise(at, evaluator.parents) + held
        factor = likeliest_factor(measured, believed, at, prior, free, NOISE_BOUNDS)
        if abs(np.log(factor / known)) < SAME_NOISE:
            break
    return at


class _Sight:
    """A view while a head is looked for: its points on the head, its camera's unknowns, its weights."""

    def __init__(
        self, evaluator: FlameEvaluator, whole: HeadPart, view: PinnedView, name: str, kinds: Sequence[str]
    ) -> None:
        self.view = view
        self.points = SurfacePoints(whole, evaluator.model.faces[view.triangles], view.barycentric)
        spreads = {"turn": TURN, "move": MOVE}
        self.turns, self.moves = (
            [f"{name} {kind} {axis}" for axis in AXES] if kind in kinds else [] for kind in spreads
        )
        self.focal = [f"{name} focal"] if "focal" in kinds else []
        self.extras = {
            **dict.fromkeys(self.turns, TURN), **dict.fromkeys(self.moves, MOVE), **dict.fromkeys(self.focal, FOCAL),
        }  # fmt: skip
        self._loose: np.ndarray | float = 1.0
        self._held = 1.0

    def weigh(self, unknowns: Unknowns) -> None:
        """Count pixels in the standard deviations that they have there."""
        places = self.points.at(unknowns).places
        _, along = projected(self.view.camera, places)
        per_metre = float(np.sqrt((along**2).sum((1, 2)).mean() / 2)) if len(along) else 1.0
        self._held = 1 / (HOLDS * per_metre)
        self._loose, loose, spread = 1 / (STAYS * per_metre), ~self.view.held, self.view.spread
        if spread is not None and loose.any():
            rotations = unknowns.pose.rotations[0]
            self._loose = spread.whitening(along[loose] @ rotations[0] @ rotations[1], STAYS * per_metre)

    def camera_at(self, unknowns: Unknowns) -> Camera:
        """Where the camera is there."""
        camera = self.view.camera
        rotation, translation, intrinsics = camera.rotation, camera.translation, camera.intrinsics
        if self.turns:
            rotation = matrix_from_axis_angle(self._values(unknowns, self.turns)) @ rotation
        if self.moves:
            translation = translation + self._values(unknowns, self.moves)
        if self.focal:
            intrinsics = intrinsics * np.array([np.exp(self._values(unknowns, self.focal)[0])] * 2 + [1.0, 1.0])
        return dataclasses.replace(camera, rotation=rotation, translation=translation, intrinsics=intrinsics)

    def linearise(self, unknowns: Unknowns, factor: float) -> Equations:
        """The equations of the solver, of loose pins at ``factor`` times their noise."""
        return self.linearise_part(unknowns, True) + self.linearise_part(unknowns, False, factor)

    def linearise_part(self, unknowns: Unknowns, held: bool, factor: float = 1.0) -> Equations:
        """Of the ``held`` pins, which count in full however far they are off, or of the others."""
        view = self.view
        chosen = view.held if held else ~view.held
        if not chosen.any():
            return Equations.nothing(unknowns.layout)
        camera, at = self.camera_at(unknowns), self.points.at(unknowns)
        pixels, along = projected(camera, at.places)
        jacobian = at.jacobian(along)
        if self.extras:
            self._of_camera(jacobian, unknowns, camera, at.places, pixels, along)
        whitening, huber = (self._held, np.inf) if held else (self._loose / factor, HUBER)
        off = whitened(whitening, view.pixels[chosen] - pixels[chosen])
        weights = np.ones(int(chosen.sum()))
        return normal_equations(off, whitened(whitening, jacobian[chosen]), weights, huber)

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(P,) float64 distances in the photo, pixels."""
        pixels = self.camera_at(unknowns).project(self.points.at(unknowns).places)
        return np.linalg.norm(pixels - self.view.pixels, axis=1)

    def _values(self, unknowns: Unknowns, names: Sequence[str]) -> np.ndarray:
        return np.array([unknowns.value_of(name) for name in names])

    def _of_camera(
        self,
        jacobian: np.ndarray,
        unknowns: Unknowns,
        camera: Camera,
        places: np.ndarray,
        pixels: np.ndarray,
        along: np.ndarray,
    ) -> None:
        """Into ``jacobian`` (P, 2, n): how pixels answer to the camera's own unknowns."""
        layout = unknowns.layout
        in_camera = along @ camera.rotation.T  # (P, 2, 3): to moves along the camera's axes
        if self.turns:
            turned = places @ camera.rotation.T  # R x, about which the camera's place does not matter
            by_turn = np.einsum("pri,aij,pj->pra", in_camera, CROSS, turned, optimize=True)
            by_turn = by_turn @ _left_jacobian(self._values(unknowns, self.turns))
            jacobian[..., [layout.entry_of(name) for name in self.turns]] = by_turn
        if self.moves:
            jacobian[..., [layout.entry_of(name) for name in self.moves]] = in_camera
        if self.focal:
            jacobian[..., layout.entry_of(self.focal[0])] = pixels - camera.intrinsics[2:]


def _left_jacobian(vector: np.ndarray) -> np.ndarray:
    """(3, 3): the small turn that follows a rotation when its vector (3,) changes.

    Solà et al., "A micro Lie theory for state estimation in robotics", 2018, equation (145).
    """
    angle = float(np.linalg.norm(vector))
    cross = np.einsum("abc,a->bc", CROSS, vector)
    if angle < 1e-4:
        return np.eye(3) + cross / 2 + cross @ cross / 6
    return np.eye(3) + (1 - np.cos(angle)) / angle**2 * cross + (angle - np.sin(angle)) / angle**3 * cross @ cross
