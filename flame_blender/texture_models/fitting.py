"""A texture model fitted to a picture in its UVs: what was photographed in part becomes a whole skin."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..long_work import part_of
from .released_files import CHANNELS
from .texture_model import TextureModel, TexturePart

TEXELS = 20_000  # that are looked at, spread over what was seen
ITERATIONS = 4  # of skin and light in turn
NOISE = 0.06  # of a texel, as a share of white, beside coefficients that are likely up to 1: make-up, beards, shadows
ROBUST = 2.0  # deviations beyond which a texel counts as less: what is no skin at all
HARMONICS = 9  # of light, up to the second degree (Ramamoorthi and Hanrahan, 2001)
LEAST_SEEN = 200  # texels: fewer tell nothing
AMBIENT = 1e-2  # of the texels' number: how strongly light is held to a grey one without direction


@dataclass(frozen=True, eq=False)
class TextureFit:
    """What a fit found.

    Attributes
    ----------
    coefficients : (K,) float32
        Of the texture model, standard deviations.
    light : (9, 3) float64
        Spherical harmonics of the light, for each channel; the first row alone is light from everywhere.
    error : float
        Root mean square of what is left where the picture was seen, as a share of white.
    """

    coefficients: np.ndarray
    light: np.ndarray
    error: float


def fitting_texture(
    model: TextureModel, texels: np.ndarray, colours: np.ndarray, seen: np.ndarray, normals: np.ndarray | None
) -> Generator[float, None, TextureFit]:
    """Fit ``model`` to ``colours`` (n, 3) at ``texels`` (n,), row times size and column; yields the share that is done.

    Colours are RGB, in the model's colour space, 0 to 1; only those ``seen`` (n,) bool count. ``normals`` (n, 3), unit
    vectors of the surface, tell what light does; None where there is none in the picture. Skin and light are found in
    turn, each by linear least squares: the skin with the model's own prior, coefficients of mean 0 and deviation 1,
    and texels far off counting less (Huber). Raises ParameterError.
    """
    rows = np.flatnonzero(seen)
    if len(rows) < LEAST_SEEN:
        raise ParameterError(f"picture: expected {LEAST_SEEN} texels that are seen, or more, found {len(rows)}.")
    rows = rows[np.linspace(0, len(rows) - 1, min(TEXELS, len(rows))).astype(np.int64)]
    given = colours[rows].astype(np.float64)
    mean, basis = yield from part_of(_at(model.diffuse, texels[rows]), 0.0, 0.5)
    harmonics = _harmonics(None if normals is None else normals[rows].astype(np.float64))
    light = np.zeros((harmonics.shape[1], CHANNELS))
    light[0] = 1.0
    coefficients, weights = np.zeros(model.count), np.ones(len(rows))
    for turn in range(ITERATIONS):
        if harmonics.shape[1] > 1:
            light = _light(mean + basis @ coefficients, given, harmonics, weights)
        coefficients = _skin(mean, basis, given, harmonics @ light, weights)
        off = np.linalg.norm(given - (mean + basis @ coefficients) * (harmonics @ light), axis=1) / np.sqrt(CHANNELS)
        weights = np.minimum(1.0, ROBUST * max(float(np.median(off)), 1e-6) / np.maximum(off, 1e-12))
        yield 0.5 + 0.5 * (turn + 1) / ITERATIONS
    whole = np.zeros((HARMONICS, CHANNELS))
    whole[: len(light)] = light
    return TextureFit(coefficients.astype(np.float32), whole, float(np.sqrt((off * off).mean())))


def _at(part: TexturePart, texels: np.ndarray) -> Generator[float, None, tuple[np.ndarray, np.ndarray]]:
    """Mean (n, 3) and components (n, 3, K) float64 at some texels; yields the share that is read."""
    columns = (CHANNELS * texels[:, None] + np.arange(CHANNELS)).ravel()
    basis = np.empty((len(columns), part.count), np.float64)
    for index in range(part.count):
        basis[:, index] = part.components[index][columns] * np.float64(part.scales[index])
        yield (index + 1) / part.count
    return part.mean[columns].astype(np.float64).reshape(-1, CHANNELS), basis.reshape(-1, CHANNELS, part.count)


def _harmonics(normals: np.ndarray | None) -> np.ndarray:
    """(n, 9) real spherical harmonics of normals (n, 3), without their factors; ones where there are none."""
    if normals is None:
        return np.ones((1, 1))
    x, y, z = normals.T
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], 1)


def _light(skin: np.ndarray, given: np.ndarray, harmonics: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(9, 3) light under which ``skin`` (n, 3) looks as ``given``: for each channel by itself."""
    found = np.zeros((harmonics.shape[1], CHANNELS))
    held = np.zeros(harmonics.shape[1])
    held[0] = 1.0
    for channel in range(CHANNELS):
        rows = harmonics * skin[:, channel : channel + 1]
        normal = rows.T @ (weights[:, None] * rows) + AMBIENT * len(skin) * np.eye(len(held))
        right = rows.T @ (weights * given[:, channel]) + AMBIENT * len(skin) * held
        found[:, channel] = np.linalg.solve(normal, right)
    return found


def _skin(
    mean: np.ndarray, basis: np.ndarray, given: np.ndarray, shading: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """(K,) coefficients whose skin under ``shading`` (n, 3) looks as ``given``, with the model's prior."""
    rows = (basis * np.broadcast_to(shading, mean.shape)[..., None]).reshape(-1, basis.shape[-1])
    left = (given - mean * shading).ravel()
    scale = np.repeat(weights, CHANNELS) / NOISE**2
    normal = rows.T @ (scale[:, None] * rows) + np.eye(basis.shape[-1])
    return np.linalg.solve(normal, rows.T @ (scale * left))
