"""Strands of hair, and what they are rooted in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Roots:
    """Where N strands begin: ``faces`` (N,) rows of the ground's triangles, ``weights`` (N, 3) in them, barycentric.

    ``points`` (N, 3) metres, ``normals`` (N, 3) out of the skin, ``fullness`` (N,) 0 at the rim of a region, else 1.
    """

    faces: np.ndarray
    weights: np.ndarray
    points: np.ndarray
    normals: np.ndarray
    fullness: np.ndarray

    def __len__(self) -> int:
        return len(self.faces)

    def chosen(self, which: np.ndarray) -> Roots:
        """Some of them, by (N,) bool or by rows."""
        return Roots(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Strands:
    """Hair: ``points`` (N, K, 3) metres in FLAME's axes at rest, the root first, and their ``roots``.

    ``radii`` (N, K) metres. ``chance`` (N,) from 0 to 1, even: what a strand is by lot, such as grey.
    """

    points: np.ndarray
    roots: Roots
    radii: np.ndarray
    chance: np.ndarray

    def __len__(self) -> int:
        return len(self.points)

    def chosen(self, which: np.ndarray) -> Strands:
        """Some of them, by (N,) bool or by rows."""
        return Strands(self.points[which], self.roots.chosen(which), self.radii[which], self.chance[which])


def joined(parts: list[Strands]) -> Strands:
    """Strands with as many points, one behind the other."""
    roots = Roots(
        *(np.concatenate([getattr(each.roots, name) for each in parts]) for name in Roots.__dataclass_fields__)
    )
    return Strands(
        np.concatenate([each.points for each in parts]),
        roots,
        np.concatenate([each.radii for each in parts]),
        np.concatenate([each.chance for each in parts]),
    )
