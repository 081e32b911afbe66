"""Random coefficients that stay plausible, from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ..errors import ParameterError
from .model import JOINT_NAMES, STANDARD_DEVIATIONS, Direction, FlameModel

HELD = 2e-4  # metres: how far a vertex of a region may be off what it is held to, against one standard deviation
# what directions that are named by region call their regions, and where these lie on a model whose directions are not
REGIONS: Mapping[str, tuple[str, ...]] = {
    "Overall": (),
    "Head": ("scalp",),
    "Face": ("face",),
    "Eyes and brows": ("eye_region", "forehead"),
    "Nose": ("nose",),
    "Mouth": ("lips",),
    "Jaw and chin": (),
    "Ears": ("left_ear", "right_ear"),
    "Neck": ("neck",),
    "Brows": ("forehead",),
    "Eyes": ("eye_region",),
    "Cheeks and nose": ("nose",),
    "Jaw": (),
}
OF_JAW = ("Jaw and chin", "Jaw")  # what the jaw carries, by more than half


def random_coefficients(directions: Sequence[Direction], strength: float, rng: np.random.Generator) -> np.ndarray:
    """(K,) float32: one coefficient for each direction, inside its soft range.

    Directions in standard deviations are drawn from N(0, strength^2), as the model's statistics say. Movements with a
    weight of 0 to 1 are drawn one in four, uniformly up to ``strength``, because a face never makes all at once.
    """
    deviations = rng.standard_normal(len(directions)) * strength
    weights = rng.random(len(directions)) * strength * (rng.random(len(directions)) < 0.25)
    statistical = np.array([direction.unit == STANDARD_DEVIATIONS for direction in directions], bool)
    low, high = np.array([direction.soft_range for direction in directions], float).reshape(-1, 2).T
    return np.clip(np.where(statistical, deviations, weights), low, high).astype(np.float32)


def identity_of(model: FlameModel, numbers: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """(S,) float32: the identity that independent N(0, 1) ``numbers`` (n,) make, n at most S, inside the soft range.

    They are the leading coefficients themselves where the model has no ``identity_mixing``.
    """
    coefficients = np.zeros(model.n_identity)
    if model.identity_mixing is None:
        coefficients[: len(numbers)] = numbers
    else:  # not by BLAS, whose last bit depends on the machine
        coefficients[:] = (model.identity_mixing[:, : len(numbers)].astype(np.float64) * numbers).sum(1)
    low, high = np.array([direction.soft_range for direction in model.identity_directions], float).reshape(-1, 2).T
    found: np.ndarray = np.clip(strength * coefficients, low, high).astype(np.float32)
    return found


def unmixing_of(model: FlameModel) -> np.ndarray | None:
    """(S, S) float64: what an identity is multiplied by to give the independent numbers that it is made of.

    None where its coefficients are those numbers.
    """
    return None if model.identity_mixing is None else np.linalg.inv(model.identity_mixing.astype(np.float64))


def by_region(
    model: FlameModel, directions: slice, drawn: np.ndarray, now: np.ndarray, strengths: Mapping[str, float | None]
) -> np.ndarray:
    """(K,) float32: coefficients that were drawn, with some regions of the face held or drawn weaker or stronger.

    ``directions``: which of the model's. ``now`` (K,): what the head has. ``strengths`` of :data:`REGIONS`: a factor,
    or None for a region that stays as it is. Directions that are named by region are each left or multiplied. Of
    others, principal components that move all at once, those are taken that are nearest to the drawn ones, by least
    squares, among such as hold the region's vertices where they are, or move them by the factor: to about :data:`HELD`.
    """
    chosen = model.directions[directions]
    groups = {each.group for each in chosen}
    if groups & strengths.keys():
        low, high = np.array([each.soft_range for each in chosen], float).T
        factors = np.array([1.0 if (own := strengths.get(each.group, 1.0)) is None else own for each in chosen])
        held = np.array([each.group in strengths and strengths[each.group] is None for each in chosen], bool)
        return np.where(held, now, np.clip(drawn * factors, low, high)).astype(np.float32)
    if groups & REGIONS.keys() or not len(chosen):
        return drawn
    normal, goal = np.eye(len(drawn)), drawn.astype(np.float64)
    for region, strength in strengths.items():
        moved = model.shapedirs[vertices_of(model, region), :, directions].reshape(-1, len(drawn)).astype(np.float64)
        products = moved.T @ moved / HELD**2
        normal += products
        goal += products @ (now if strength is None else strength * drawn)
    solved: np.ndarray = np.linalg.solve(normal, goal).astype(np.float32)
    return solved


def require_regions(known: FlameModel, directions: Sequence[Direction], asked: Iterable[str]) -> None:
    """Raise ParameterError where neither the directions nor the model itself have a region that was asked for."""
    if REGIONS.keys() & {each.group for each in directions}:
        return
    for region in asked:
        if region != "Overall" and not len(vertices_of(known, region)):
            raise ParameterError(
                f"The model has no region {region!r}: install FLAME_masks.pkl, or compute its named expressions once."
            )


def vertices_of(model: FlameModel, region: str) -> np.ndarray:
    """(n,) int64: a model's vertices of one of :data:`REGIONS`; none where it has no such region."""
    if region in OF_JAW:
        return np.flatnonzero(model.weights[:, JOINT_NAMES.index("jaw")] > 0.5)
    parts: Iterable[np.ndarray] = (model.regions[name] for name in REGIONS[region] if name in model.regions)
    return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))
