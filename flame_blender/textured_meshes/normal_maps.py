"""Normal maps: what kind one is, and one of the object's directions brought to those of the surface.

DECA and EMOCA write the directions of the finished surface in FLAME's axes (displacement2normal), as the head was
posed. On a head that moves they must go along with its surface: in each triangle's tangent, bitangent and normal.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from ..textures.texels import Texels

Kind = Literal["tangent", "object", "heights"]
UNIT = 0.15  # by how much the length of a direction in a picture may be off
LEAST_SHARE = 0.6  # of the texels that must be directions
FLAT = np.array([0.5, 0.5, 1.0], np.float32)
LEAST_VOLUME = 1e-6


class CornerFrames(NamedTuple):
    """Of the triangles' corners: ``normals`` and ``tangents`` (F, 3, 3), and ``signs`` (F, 3) of bitangents.

    As MikkTSpace has them: the bitangent is sign * normal x tangent.
    """

    normals: np.ndarray
    tangents: np.ndarray
    signs: np.ndarray


def kind_of(pixels: np.ndarray, texels: Texels, normals: np.ndarray) -> Kind:
    """What a picture (S, S, 3), rows up, 0 to 1, holds; ``normals`` (F, 3, 3) of the corners, in the picture's axes."""
    inside = np.flatnonzero(texels.inside.ravel())
    directions = 2 * pixels.reshape(-1, 3)[inside].astype(np.float64) - 1
    lengths = np.linalg.norm(directions, axis=1)
    if (np.abs(lengths - 1) < UNIT).mean() < LEAST_SHARE:
        return "heights"
    along = _unit(_at(texels, inside, normals))
    outward = float((directions * along).sum(1).mean())
    return "object" if outward > float(directions[:, 2].mean()) else "tangent"


def in_tangent_space(pixels: np.ndarray, texels: Texels, frames: CornerFrames) -> np.ndarray:
    """The directions of a picture (S, S, 3), rows up, 0 to 1, in the object's axes, as a tangent-space map.

    (S, S, 3) float32, 0 to 1; flat where no triangle is near. Tangent, bitangent and normal are not brought to unit
    length between the corners, as MikkTSpace asks: the same that a renderer does, backwards.
    """
    used = texels.used
    normals, tangents = (_at(texels, used, each) for each in (frames.normals, frames.tangents))
    signs = frames.signs[texels.triangles.ravel()[used], 0][:, None]
    frame = np.stack([tangents, signs * np.cross(normals, tangents), normals], 2)
    directions = _unit(2 * pixels.reshape(-1, 3)[used].astype(np.float64) - 1)
    sound = np.abs(np.linalg.det(frame)) > LEAST_VOLUME
    own = np.zeros_like(directions)
    own[:, 2] = 1
    own[sound] = _unit(np.linalg.solve(frame[sound], directions[sound][:, :, None])[:, :, 0])
    shown = np.tile(FLAT, (texels.size * texels.size, 1))
    shown[used] = 0.5 * own + 0.5
    return shown.reshape(texels.size, texels.size, 3)


def _at(texels: Texels, chosen: np.ndarray, of_corners: np.ndarray) -> np.ndarray:
    """(n, 3) float64 of values of the corners (F, 3, 3) at the chosen texels."""
    rows = texels.triangles.ravel()[chosen]
    return np.einsum("nk,nki->ni", texels.weights.reshape(-1, 3)[chosen], of_corners[rows], dtype=np.float64)


def _unit(directions: np.ndarray) -> np.ndarray:
    return directions / np.maximum(np.linalg.norm(directions, axis=-1, keepdims=True), 1e-12)
