"""The meshes of a template sequence, mapped from their file once for all heads that have it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import FlameError
from ...files.pc2 import mapped_samples, stamp_of

TO_DO = "bring the meshes in again, put the file back, or remove the template"
# Curves are float32: between keys they miss whole numbers by some of their last digits.
SNAP, SNAP_SHARE = 1e-3, 4 * float(np.finfo(np.float32).eps)
LARGEST = 1e6  # metres: what is more, or no number, is no head

_known: dict[str, MappedTemplates] = {}


@dataclass(frozen=True, eq=False)
class MappedTemplates:
    """``meshes`` (N, V, 3) float32, metres, FLAME's axes, as long as the file has this ``stamp``."""

    path: Path
    meshes: np.ndarray
    stamp: tuple[int, int, int] | None

    def at(self, position: float) -> np.ndarray:
        """(V, 3): the mesh at a position from 0 to N - 1; held before and after, in between in straight lines.

        Raises FlameError for what is no head.
        """
        last = len(self.meshes) - 1
        position = min(max(float(position), 0.0), float(last))
        nearest = round(position)
        if abs(position - nearest) <= max(SNAP, SNAP_SHARE * position):
            position = float(nearest)
        first = int(position)
        share = np.float32(position - first)
        mesh = self.meshes[first]
        if share:
            mesh = mesh + share * (self.meshes[min(first + 1, last)] - mesh)
        flat = mesh.reshape(-1)
        if not flat.dot(flat) <= LARGEST**2:
            raise FlameError(f"{self.path}: expected finite vertices in mesh {first}, found others; {TO_DO}.")
        return mesh


def mapped_templates(path: str) -> MappedTemplates:
    """The meshes of the file, mapped when they are first asked for and again when the file is another.

    Raises FlameError naming the file.
    """
    stamp, known = stamp_of(path), _known.get(path)
    if known is not None and stamp is not None and known.stamp == stamp:
        return known
    forget(path)
    if stamp is None:
        raise FlameError(f"{path} is missing: {TO_DO}.")
    made = _known[path] = MappedTemplates(Path(path), mapped_samples(Path(path), TO_DO), stamp)
    return made


def forget(path: str | None = None) -> None:
    """Let go of a file, or of all: Windows removes none that is mapped."""
    if path is None:
        _known.clear()
    else:
        _known.pop(path, None)
