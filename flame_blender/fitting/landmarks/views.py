"""Cameras that see a head's landmarks: residuals in pixels, and where the head stands to begin with."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...geometry.camera import Camera
from ...geometry.rigid import rigid_alignment
from ...geometry.weak_perspective import weak_perspective
from ..solver.equations import Equations, normal_equations
from ..solver.layer import HeadPart
from ..solver.unknowns import LOG_FOCAL, Unknowns
from .definitions import DefinitionSpread, whitened
from .embedded import Contour, EmbeddedLandmarks
from .triangulated import rays_to, where_rays_meet

UPRIGHT = np.diag([1.0, -1.0, -1.0])  # FLAME's axes -> OpenCV's, of a camera before an upright face
HUBER = 4.0  # standard deviations
PLACING_ROUNDS = 4
LEAST_DEPTH = 0.02  # metres: nothing nearer is in front of a camera
LEAST_COMMON = 4  # points that two cameras must see alike to tell where they are


@dataclass(frozen=True, eq=False)
class ObservedViews:
    """All that is seen of a head: an :class:`.graduated.Observation`."""

    views: tuple[ObservedView, ...]

    def linearise(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        return self.linearise_measured(unknowns) + self.linearise_held(unknowns)

    def linearise_measured(self, unknowns: Unknowns) -> Equations:
        """Of what was observed alone."""
        first, *others = (each.linearise_measured(unknowns) for each in self.views)
        return sum(others, first)

    def linearise_held(self, unknowns: Unknowns) -> Equations:
        """Of what holds the head at its turn."""
        first, *others = (each.linearise_held(unknowns) for each in self.views)
        return sum(others, first)

    def weighed(self, unknowns: Unknowns, factor: float) -> ObservedViews:
        """The same with the noise that they have there, times ``factor``."""
        return ObservedViews(tuple(each.weighed(unknowns, factor) for each in self.views))

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square distance in the worst view, in standard deviations."""
        return max(each.misfit(unknowns) for each in self.views)

    def slid(self, unknowns: Unknowns) -> ObservedViews:
        """With each view's contour where its camera sees the outline; itself where they are there already."""
        return self._as(tuple(each.slid(unknowns) for each in self.views))

    def completed(self) -> ObservedViews:
        """With contours that count; itself where all do already."""
        return self._as(tuple(each.completed() for each in self.views))

    def with_contour(self, contour: Contour) -> ObservedViews:
        """With that contour in all of them."""
        return ObservedViews(tuple(each.with_contour(contour) for each in self.views))

    def _as(self, views: tuple[ObservedView, ...]) -> ObservedViews:
        same = all(one is other for one, other in zip(views, self.views, strict=True))
        return self if same else ObservedViews(views)

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(L,) float64 distances in the pictures, pixels."""
        return np.concatenate([each.errors(unknowns) for each in self.views])


@dataclass(frozen=True, eq=False)
class ObservedView:
    """``landmarks`` as a ``camera`` sees them; ``noise`` in pixels, of each of a point's coordinates.

    ``spread`` is how far the points may lie from those of the same numbers on the head. ``whitening`` turns pixels into
    standard deviations, and stays as :meth:`weighed` has put it.
    Where the unknowns have a focal length, it is the camera's times the exponential of that.
    """

    landmarks: EmbeddedLandmarks
    camera: Camera
    noise: float = 1.0
    spread: DefinitionSpread | None = None
    whitening: np.ndarray | float | None = None

    def camera_at(self, unknowns: Unknowns) -> Camera:
        """With the focal length that is looked for."""
        if not unknowns.has(LOG_FOCAL):
            return self.camera
        factors = np.array([np.exp(unknowns.value_of(LOG_FOCAL))] * 2 + [1.0, 1.0])
        return dataclasses.replace(self.camera, intrinsics=self.camera.intrinsics * factors)

    def linearise(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        return self.linearise_measured(unknowns) + self.linearise_held(unknowns)

    def linearise_measured(self, unknowns: Unknowns) -> Equations:
        """Of the landmarks alone."""
        camera, points, observed = self.camera_at(unknowns), self.landmarks.at(unknowns), self.landmarks.observed
        pixels, along = projected(camera, points.places)
        whitening = self.whitening if self.whitening is not None else self._whitening(unknowns)
        jacobian = points.jacobian(along)
        if unknowns.has(LOG_FOCAL):
            jacobian[..., unknowns.layout.entry_of(LOG_FOCAL)] = pixels - camera.intrinsics[2:]
        residuals = whitened(whitening, observed.points - pixels)
        return normal_equations(residuals, whitened(whitening, jacobian), self.landmarks.weights, HUBER)

    def linearise_held(self, unknowns: Unknowns) -> Equations:
        """Of the yaw at which the head is held."""
        held = self.landmarks.contour.held
        return Equations.nothing(unknowns.layout) if held is None else held.linearise(unknowns)

    def weighed(self, unknowns: Unknowns, factor: float = 1.0) -> ObservedView:
        """The same with the noise that it has there, times ``factor``, whatever becomes of the head."""
        return dataclasses.replace(self, whitening=self._whitening(unknowns) / factor)

    def _whitening(self, unknowns: Unknowns) -> np.ndarray | float:
        if self.spread is None:
            return 1 / self.noise
        _, along = projected(self.camera_at(unknowns), self.landmarks.at(unknowns).places)
        rotations = unknowns.pose.rotations[0]
        return self.spread.whitening(along @ rotations[0] @ rotations[1], self.noise)

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square distance, in standard deviations."""
        camera, observed = self.camera_at(unknowns), self.landmarks.observed
        off = observed.points - camera.project(self.landmarks.at(unknowns).places)
        return float(np.sqrt((whitened(self._whitening(unknowns), off) ** 2).sum(1).mean()))

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(L,) float64 distances in the picture, pixels."""
        pixels = self.camera_at(unknowns).project(self.landmarks.at(unknowns).places)
        return np.linalg.norm(pixels - self.landmarks.observed.points, axis=1)

    def strays(self, unknowns: Unknowns) -> list[str]:
        """Names of the landmarks that count as mistakes there, at the noise that :meth:`weighed` has put."""
        whitening = self.whitening if self.whitening is not None else self._whitening(unknowns)
        pixels = self.camera_at(unknowns).project(self.landmarks.at(unknowns).places)
        off = np.linalg.norm(whitened(whitening, self.landmarks.observed.points - pixels), axis=1)
        names = self.landmarks.embedding.names
        return [names[index] for index in self.landmarks.observed.indices[off > HUBER]]

    def slid(self, unknowns: Unknowns) -> ObservedView:
        """With the contour where this camera sees the outline; itself where it is there already."""
        return self._with(self.landmarks.slid(unknowns, self.before_upright))

    def held_at(self, degrees: int) -> ObservedView:
        """With the contour of a head that this camera sees turned by so much, and the head held so."""
        return self._with(self.landmarks.held_at(degrees, self.before_upright))

    def completed(self) -> ObservedView:
        """With a contour that counts; itself where it does already."""
        return self._with(self.landmarks.completed())

    def with_contour(self, contour: Contour) -> ObservedView:
        """With that contour."""
        return self._with(self.landmarks.with_contour(contour))

    def _with(self, landmarks: EmbeddedLandmarks) -> ObservedView:
        return self if landmarks is self.landmarks else dataclasses.replace(self, landmarks=landmarks)

    @property
    def before_upright(self) -> np.ndarray:
        """(3, 3): FLAME's axes -> those of a head that stands upright before this camera."""
        return UPRIGHT @ self.camera.rotation


def projected(camera: Camera, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (L, 2) of ``places`` (L, 3), and how they answer to them (L, 2, 3)."""
    in_camera = places @ camera.rotation.T + camera.translation
    focal = camera.intrinsics[:2]
    depth = np.ones(len(in_camera)) if camera.orthographic else np.maximum(in_camera[:, 2], LEAST_DEPTH)
    away = focal * in_camera[:, :2] / depth[:, None]
    along = np.zeros((len(in_camera), 2, 3))
    along[:, [0, 1], [0, 1]] = focal / depth[:, None]
    if not camera.orthographic:
        along[:, :, 2] = -away / depth[:, None]
    return away + camera.intrinsics[2:], along @ camera.rotation


def placed_by_views(observed: ObservedViews, unknowns: Unknowns, whole: HeadPart) -> tuple[Unknowns, ObservedViews]:
    """The head moved to where the views see it: by points that two of them or more see, or by the only one.

    With the views' contours as they see it there.
    """
    for _ in range(PLACING_ROUNDS):
        root_joint = whole.joints_at(unknowns.coefficients)[0]
        source, target, weights = _triangulated(observed.views, unknowns)
        if len(source) < LEAST_COMMON:
            first = observed.views[0]
            source, weights = first.landmarks.at(unknowns).places, first.landmarks.observed.weights
            target = _lifted(source, first.landmarks.observed.points, weights, first.camera_at(unknowns))
        rotation, translation = rigid_alignment(source, target, weights)
        unknowns = unknowns.moved(rotation, translation, root_joint)
        observed = observed.slid(unknowns)
    return unknowns, observed


def _lifted(source: np.ndarray, pixels: np.ndarray, weights: np.ndarray, camera: Camera) -> np.ndarray:
    """Where a camera sees ``source`` (L, 3) turned and moved so that it projects to ``pixels`` (L, 2): (L, 3).

    By scaled orthography; its scale tells the depth.
    """
    image = (pixels - camera.intrinsics[2:]) / camera.intrinsics[:2]
    distant = weak_perspective(source, image, weights)
    depth = 1.0 if camera.orthographic else 1 / max(distant.scale, 1e-9)
    nearer = (source - weights @ source / weights.sum()) @ distant.rotation[2]
    in_camera = np.concatenate([depth * distant.project(source), (depth - nearer)[:, None]], 1)
    return (in_camera - camera.translation) @ camera.rotation


def _triangulated(views: Sequence[ObservedView], unknowns: Unknowns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points that two views or more see, on the head (M, 3) and in space (M, 3), and their weights (M,).

    Points of the contour are left out: each view has others.
    """
    if len(views) < 2:
        return np.empty((0, 3)), np.empty((0, 3)), np.empty(0)
    rays = [rays_to(view.camera, view.landmarks.observed.points) for view in views]
    origin, direction = (np.concatenate(each) for each in zip(*rays, strict=True))
    on_head = np.concatenate([view.landmarks.at(unknowns).places for view in views])
    index, weights = (
        np.concatenate([getattr(view.landmarks.observed, name) for view in views]) for name in ("indices", "weights")
    )
    kept = index >= views[0].landmarks.n_contour
    points, first, number = np.unique(index[kept], return_index=True, return_inverse=True)
    places, meet = where_rays_meet(number, origin[kept], direction[kept])
    summed_weights = np.bincount(number, weights[kept], minlength=len(points))
    return on_head[kept][first][meet], places[meet], summed_weights[meet]
