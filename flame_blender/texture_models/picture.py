"""Pictures of a texture model: of any coefficients in one pass; of one that changes without the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError
from ..flame.cores import share_out
from .texture_model import TexturePart

BLOCK = 1024  # values of a picture at a time: components made into numbers stay in the cache, and OpenBLAS on one core
GAMMA, SHARE = 2.2, 0.6  # of TF_FLAME's display of albedo


class TexturePicture:
    """One half of a texture model shown with coefficients that change, mostly one at a time."""

    def __init__(self, part: TexturePart) -> None:
        self.part = part
        self.coefficients = np.zeros(part.count, np.float32)
        self.values = part.mean.copy()
        self._moving: int | None = None
        # all but the component that moves: what is added and taken away again leaves no trace
        self._others = self.values

    def show(self, coefficients: np.ndarray) -> np.ndarray:
        """(P,) float32 values with ``coefficients`` (k,), standard deviations; further ones are 0.

        The array is the picture's own, and changes with it. Raises ParameterError.
        """
        wanted = checked_coefficients(self.part, coefficients)
        changed = np.flatnonzero(wanted != self.coefficients)
        if len(changed) == 1:
            self._move(int(changed[0]), wanted)
        elif len(changed):
            self.values, self._moving = combined(self.part, wanted), None
        self.coefficients = wanted
        return self.values

    def _move(self, index: int, wanted: np.ndarray) -> None:
        if self._moving != index:
            self._others = self._with(self.values, index, -self.coefficients[index])
            self._moving = index
        self.values = self._with(self._others, index, wanted[index])

    def _with(self, values: np.ndarray, index: int, coefficient: np.float32) -> np.ndarray:
        moved = self.part.components[index] * (self.part.scales[index] * coefficient)
        moved += values
        return moved


def combined(part: TexturePart, coefficients: np.ndarray) -> np.ndarray:
    """(P,) float32: the mean and all components, by ``coefficients`` (K,) float32. One pass over the mapped file."""
    used = np.flatnonzero(coefficients)
    values = part.mean.copy()
    if not len(used):
        return values
    weights = (coefficients * part.scales)[used].astype(np.float32)
    rows: slice | np.ndarray = slice(None) if len(used) == part.count else used

    def add(blocks: slice) -> None:
        numbers = np.empty((len(weights), BLOCK), np.float32)
        for start in range(blocks.start * BLOCK, min(blocks.stop * BLOCK, len(values)), BLOCK):
            kept = part.components[rows, start : start + BLOCK]
            width = kept.shape[1]
            np.copyto(numbers[:, :width], kept)
            values[start : start + BLOCK] += weights @ numbers[:, :width]

    share_out(add, -(-len(values) // BLOCK), 16)
    return values


def checked_coefficients(part: TexturePart, given: ArrayLike) -> np.ndarray:
    """(K,) float32, zeros behind those given. Raises ParameterError for too many, and for what is no number."""
    expected = f"at most {part.count} finite numbers"
    try:
        numbers = np.asarray(given, np.float32)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"texture: expected {expected}, found {str(given)[:40]!r}.") from error
    if numbers.ndim != 1 or len(numbers) > part.count or not np.isfinite(numbers).all():
        raise ParameterError(f"texture: expected {expected}, found {numbers.shape} from {numbers.min(initial=0):g}.")
    full = np.zeros(part.count, np.float32)
    full[: len(numbers)] = numbers
    return full


def displayed(diffuse: np.ndarray, specular: np.ndarray) -> np.ndarray:
    """How TF_FLAME shows AlbedoMM: (0.6 (diffuse + specular))^(1 / 2.2), cut to 0 to 1."""
    shown: np.ndarray = np.clip(SHARE * (diffuse + specular), 0.0, None) ** (1 / GAMMA)
    return np.minimum(shown, 1.0)
