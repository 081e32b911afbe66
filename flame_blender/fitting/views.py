"""Cameras that see a head's landmarks: residuals in pixels, and where the head stands to begin with."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..sequences.sequence import Camera
from .embedded import EmbeddedLandmarks
from .least_squares import Equations, equations
from .part import HeadPart
from .rigid import rigid_alignment
from .unknowns import Unknowns
from .weak_perspective import weak_perspective

UPRIGHT = np.diag([1.0, -1.0, -1.0])  # FLAME's axes -> OpenCV's, of a camera before an upright face
HUBER = 4.0  # standard deviations
PLACING_ROUNDS = 4
LEAST_DEPTH = 0.02  # metres: nothing nearer is in front of a camera
LEAST_COMMON = 4  # points that two cameras must see alike to tell where they are


@dataclass(frozen=True, eq=False)
class Views:
    """All that is seen of a head: an :class:`.graduated.Observation`."""

    seen: tuple[SeenView, ...]

    def look(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        first, *others = (each.look(unknowns) for each in self.seen)
        return sum(others, first)

    def rougher(self, factor: float) -> Views:
        """The same with their noise times ``factor``."""
        return Views(tuple(dataclasses.replace(each, noise=each.noise * factor) for each in self.seen))

    def misfit(self, unknowns: Unknowns) -> float:
        """Root mean square distance in the worst view, in standard deviations."""
        return max(float(np.sqrt((each.errors(unknowns) ** 2).mean())) / each.noise for each in self.seen)

    def slide(self, unknowns: Unknowns) -> bool:
        """Put each view's contour where its camera sees the outline; whether any moved."""
        slid = [each.slide(unknowns) for each in self.seen]  # each of them, not up to the first that does
        return any(slid)

    def complete(self) -> bool:
        """Let the contours count from now on; whether any did not before."""
        joined = [each.landmarks.with_contour() for each in self.seen]
        return any(joined)

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(L,) float64 distances in the pictures, pixels."""
        return np.concatenate([each.errors(unknowns) for each in self.seen])


@dataclass(frozen=True, eq=False)
class SeenView:
    """``landmarks`` as a ``camera`` sees them; ``noise`` in pixels.

    Where the unknowns have a further number, the focal length is the camera's times its exponential.
    """

    landmarks: EmbeddedLandmarks
    camera: Camera
    noise: float = 1.0

    def camera_at(self, unknowns: Unknowns) -> Camera:
        """With the focal length that is looked for."""
        if not len(unknowns.further):
            return self.camera
        factors = np.array([np.exp(unknowns.further[0])] * 2 + [1.0, 1.0])
        return dataclasses.replace(self.camera, intrinsics=self.camera.intrinsics * factors)

    def look(self, unknowns: Unknowns) -> Equations:
        """The equations of the solver."""
        camera, found, observed = self.camera_at(unknowns), self.landmarks.at(unknowns), self.landmarks.observed
        seen = found.places @ camera.rotation.T + camera.translation
        focal = camera.intrinsics[:2]
        depth = np.ones(len(seen)) if camera.orthographic else np.maximum(seen[:, 2], LEAST_DEPTH)
        pixels = focal * seen[:, :2] / depth[:, None] + camera.intrinsics[2:]
        along = np.zeros((len(seen), 2, 3))
        along[:, [0, 1], [0, 1]] = focal / depth[:, None]
        if not camera.orthographic:
            along[:, :, 2] = -(pixels - camera.intrinsics[2:]) / depth[:, None]
        rows = found.rows(along @ camera.rotation / self.noise)
        if len(unknowns.further):
            by_focal = ((pixels - camera.intrinsics[2:]) / self.noise).astype(np.float32)
            rows = np.concatenate([rows, by_focal[..., None]], -1)
        shares = observed.weights * self.landmarks.shares
        seen_so = equations((observed.points - pixels) / self.noise, rows, shares, HUBER)
        return seen_so + self.landmarks.held.look(unknowns) if self.landmarks.held else seen_so

    def errors(self, unknowns: Unknowns) -> np.ndarray:
        """(L,) float64 distances in the picture, pixels."""
        pixels = self.camera_at(unknowns).project(self.landmarks.at(unknowns).places)
        return np.linalg.norm(pixels - self.landmarks.observed.points, axis=1)

    def slide(self, unknowns: Unknowns) -> bool:
        """Put the contour where this camera sees the outline; whether it moved."""
        return self.landmarks.slide(unknowns, self.before_upright)

    @property
    def before_upright(self) -> np.ndarray:
        """(3, 3): FLAME's axes -> those of a head that stands upright before this camera."""
        return UPRIGHT @ self.camera.rotation


def placed_by_views(views: Sequence[SeenView], unknowns: Unknowns, whole: HeadPart) -> Unknowns:
    """The head moved to where the views see it: by points that two of them or more see, or by the only one."""
    for _ in range(PLACING_ROUNDS):
        root_joint = whole.joints_at(unknowns.coefficients)[0]
        source, target, weights = _triangulated(views, unknowns)
        if len(source) < LEAST_COMMON:
            first = views[0]
            source, weights = first.landmarks.at(unknowns).places, first.landmarks.observed.weights
            target = _lifted(source, first.landmarks.observed.points, weights, first.camera_at(unknowns))
        rotation, translation = rigid_alignment(source, target, weights)
        unknowns = unknowns.moved(rotation, translation, root_joint)
        for view in views:
            view.slide(unknowns)
    return unknowns


def _lifted(source: np.ndarray, pixels: np.ndarray, weights: np.ndarray, camera: Camera) -> np.ndarray:
    """Where a camera sees ``source`` (L, 3) turned and moved so that it projects to ``pixels`` (L, 2): (L, 3).

    By scaled orthography; its scale tells the depth.
    """
    image = (pixels - camera.intrinsics[2:]) / camera.intrinsics[:2]
    distant = weak_perspective(source, image, weights)
    depth = 1.0 if camera.orthographic else 1 / max(distant.scale, 1e-9)
    nearer = (source - weights @ source / weights.sum()) @ distant.rotation[2]
    seen = np.concatenate([depth * distant.project(source), (depth - nearer)[:, None]], 1)
    return (seen - camera.translation) @ camera.rotation


def _triangulated(views: Sequence[SeenView], unknowns: Unknowns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points that two views or more see, on the head (M, 3) and in space (M, 3), and their weights (M,).

    In space by linear triangulation (Hartley and Zisserman, Multiple View Geometry, 2nd edition, section 12.2). Points
    of the contour are left out: each view has others.
    """
    lines: dict[int, list[tuple[np.ndarray, np.ndarray, float]]] = {}
    on_head: dict[int, np.ndarray] = {}
    for view in views if len(views) > 1 else ():
        camera, observed = view.camera, view.landmarks.observed
        places = view.landmarks.at(unknowns).places
        image = (observed.points - camera.intrinsics[2:]) / camera.intrinsics[:2]
        for index, place, point, weight in zip(observed.indices, places, image, observed.weights, strict=True):
            if index < view.landmarks.n_contour:
                continue
            third = np.zeros(3) if camera.orthographic else camera.rotation[2]
            offset = 1.0 if camera.orthographic else camera.translation[2]
            left = camera.rotation[:2] - point[:, None] * third
            right = point * offset - camera.translation[:2]
            lines.setdefault(int(index), []).append((left, right, weight))
            on_head[int(index)] = place
    common = [index for index, seen in lines.items() if len(seen) > 1]
    source, target, weights = np.empty((len(common), 3)), np.empty((len(common), 3)), np.empty(len(common))
    for row, index in enumerate(common):
        left, right, weight = zip(*lines[index], strict=True)
        target[row] = np.linalg.lstsq(np.concatenate(left), np.concatenate(right), rcond=None)[0]
        source[row], weights[row] = on_head[index], sum(weight)
    return source, target, weights
