"""What looks wrong with landmarks, told before a fit tries to make a face of them.

The points are compared with the model's mean landmarks under the best affine map, whatever the head's turn, size and
camera. The limits lie between random heads of the built-in model and of FLAME's own topology (coefficients from
N(0, 1), jaw and yaw turned) and the same heads with their points swapped, shifted and shuffled; tests/fitting/
test_plausible.py holds them to that.
"""

from __future__ import annotations

import numpy as np

from ..errors import LandmarkError
from ..geometry.rigid import similarity_alignment
from ..geometry.weak_perspective import weak_perspective
from .observed import ObservedLandmarks

FEWEST = {2: 6, 3: 4}
FLATTEST = 0.02  # second to first extent of points that are no line
MANY = 20  # points from which a single sign, or a slightly better order, can be trusted
LARGEST_RESIDUAL = 0.75  # of the points' spread: of 51 points and more heads stay below 0.58, shuffled ones above 0.80
BETTER_ORDER = 0.9  # of the residual: another order of a head's points leaves at least 1.1 of it
REFLECTED_OF_MANY, REFLECTED_OF_FEW = 0.9, 0.45  # of the squared residual in space
BEHIND_OF_MANY, BEHIND_OF_FEW = 0.0, -0.5  # cosine between the face's direction and the viewer's
LARGEST_FACTOR = 1.6  # of size between a head and the mean

SWAPPED_IN_SPACE = (
    "Left and right look swapped: the points are those of a mirrored face; left is the subject's left, and the axes "
    "must be right-handed."
)
SWAPPED_IN_PICTURE = (
    "Left and right look swapped: the points are those of a face in a mirror; left is the subject's left, and y must "
    "point down."
)
LINE = "The points lie on one line or in one place: pick them all over the face."


def what_looks_wrong(
    observed: ObservedLandmarks, mean_points: np.ndarray, *, in_metres: bool = False
) -> tuple[str, ...]:
    """One sentence for each thing that looks wrong, the gravest alone where others would follow from it; often none.

    ``mean_points`` (L, 3) are the model's landmarks, all of them, without coefficients. ``in_metres`` says that points
    in space should be about as large as a head is; otherwise their size says nothing. Raises LandmarkError for indices
    that are no rows of ``mean_points``.
    """
    if observed.count and not 0 <= observed.indices.min() <= observed.indices.max() < len(mean_points):
        found = f"{observed.indices.min()}..{observed.indices.max()}"
        raise LandmarkError(f"Landmarks must have indices 0..{len(mean_points) - 1}, found {found}.")
    dimensions = observed.points.shape[1]
    if observed.count < FEWEST[dimensions]:
        where = "in space" if dimensions == 3 else "in a picture"
        return (f"Too few points: a fit takes at least {FEWEST[dimensions]} {where}, found {observed.count}.",)
    order = np.argsort(observed.indices)
    points, weights = observed.points[order], observed.weights[order]
    mean = np.asarray(mean_points, np.float64)[observed.indices[order]]
    if not _spread_out(points) or not _spread_out(mean):
        return (LINE,)
    wrong_order = _wrong_order(mean, points)
    if wrong_order:
        return (wrong_order,)
    if dimensions == 2:
        return (SWAPPED_IN_PICTURE,) if _seen_from_behind(mean, points, weights) else ()
    if _reflected(mean, points, weights):
        return (SWAPPED_IN_SPACE,)
    return _wrong_size(mean, points, weights) if in_metres else ()


def affine_residual(mean: np.ndarray, points: np.ndarray) -> np.ndarray:
    """What the best affine map of ``mean`` (P, 3) leaves of ``points`` (..., P, 2 or 3): (...), 0 to 1 of their spread.

    Where the points' order is in doubt, so are their weights, which take no part.
    """
    target = points - points.mean(-2, keepdims=True)
    return _residual((_affine_basis(mean).T @ target) ** 2, target)


def _affine_basis(mean: np.ndarray) -> np.ndarray:
    """(P, 3) orthonormal, or fewer columns where they are flat: what an affine map of ``mean`` (P, 3) can reach."""
    left, extents, _ = np.linalg.svd(mean - mean.mean(0), full_matrices=False)
    return left[:, extents > FLATTEST**2 * extents[0]]


def _residual(kept: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(...): of the spread of ``target`` (..., P, D) what is left without the squares ``kept`` (..., 3, D)."""
    return np.sqrt(np.clip(1 - kept.sum((-2, -1)) / (target**2).sum((-2, -1)), 0, 1))


def _wrong_order(mean: np.ndarray, points: np.ndarray) -> str:
    """What is wrong with the order of points (P, 2 or 3) that come in the mean's order, or nothing."""
    residual = float(affine_residual(mean, points))
    if len(points) >= MANY:
        how, best = _best_order(mean, points)
        if best < min(BETTER_ORDER * residual, LARGEST_RESIDUAL):
            return f"The points look numbered otherwise than the model's: they fit far better when read {how}."
    if residual > LARGEST_RESIDUAL:
        return (
            f"The points look like no face in this order: {100 * residual:.0f} % of their spread is left over when the "
            f"model's are laid on them; check the order and the landmark set."
        )
    return ""


def _best_order(mean: np.ndarray, points: np.ndarray) -> tuple[str, float]:
    """Of all other orders, turned forwards or backwards, the best in words, and what it leaves of the points."""
    count, basis, target = len(points), _affine_basis(mean), points - points.mean(0)
    spectrum = np.fft.rfft(target, axis=0)[:, None]
    # correlations: the basis' products with the points, each order's at once
    turned = [
        np.fft.irfft(np.fft.rfft(way, axis=0).conj()[..., None] * spectrum, count, axis=0)
        for way in (basis, basis[::-1])
    ]
    left = _residual(np.concatenate(turned) ** 2, target)
    left[0] = np.inf  # their own order, which rounding makes better than itself where points are the mean's exactly
    best = int(left.argmin())
    places = best % count
    shift = f"{places} places on" if places <= count // 2 else f"{count - places} places back"
    return ("backwards" if best >= count else shift), float(left[best])


def _reflected(mean: np.ndarray, points: np.ndarray, weights: np.ndarray) -> bool:
    """Whether a mirror image of the mean is clearly nearer to the points (P, 3) than the mean itself."""
    if len(points) < FEWEST[2]:
        return False
    limit = REFLECTED_OF_MANY if len(points) >= MANY else REFLECTED_OF_FEW
    return _similar_residual(mean * [-1, 1, 1], points, weights) < limit * _similar_residual(mean, points, weights)


def _similar_residual(mean: np.ndarray, points: np.ndarray, weights: np.ndarray) -> float:
    scale, rotation, translation = similarity_alignment(mean, points, weights)
    return float(weights @ ((points - scale * mean @ rotation.T - translation) ** 2).sum(1))


def _seen_from_behind(mean: np.ndarray, points: np.ndarray, weights: np.ndarray) -> bool:
    """Whether only a camera behind the face could see the points (P, 2) so; a face in a mirror looks like that."""
    facing = weak_perspective(mean, points, weights).rotation[2, 2]
    return bool(facing < (BEHIND_OF_MANY if len(points) >= MANY else BEHIND_OF_FEW))


def _wrong_size(mean: np.ndarray, points: np.ndarray, weights: np.ndarray) -> tuple[str, ...]:
    scale = similarity_alignment(mean, points, weights)[0]
    if 1 / LARGEST_FACTOR <= scale <= LARGEST_FACTOR:
        return ()
    return (f"The points are {scale:.3g} times as large as a head's: check the unit.",)


def _spread_out(points: np.ndarray) -> bool:
    """Whether they are neither in one place nor on one line."""
    extents = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return bool(extents[1] > FLATTEST * extents[0])
