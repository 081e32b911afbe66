"""The joint chain and linear blend skinning, on planar coordinates: (3, V), all x, all y, all z.

Planar arrays keep every product over the vertices contiguous, which halves the time of a frame against (V, 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_IDENTITY = np.eye(3)


def pose_feature(rotations: np.ndarray) -> np.ndarray:
    """(..., J, 3, 3) -> (..., 9 (J - 1)) float32: R - I of every joint but the root, row-major."""
    turned = rotations[..., 1:, :, :] - _IDENTITY
    return turned.reshape(*turned.shape[:-3], -1).astype(np.float32)


def joint_transforms(rotations: np.ndarray, joints: np.ndarray, parents: Sequence[int]) -> np.ndarray:
    """What carries the rest head along with each joint: (..., J, 3, 3), (..., J, 3) -> (..., J, 4, 4) float64.

    A joint turns about where it rests, x -> R (x - joint) + joint, and then moves along with its parent; the root turns
    about its own joint, not about the origin.
    """
    transforms = np.zeros((*rotations.shape[:-2], 4, 4))
    transforms[..., :3, :3] = rotations
    transforms[..., :3, 3] = joints - (rotations @ joints[..., None])[..., 0]
    transforms[..., 3, 3] = 1.0
    for child in range(1, len(parents)):
        transforms[..., child, :, :] = transforms[..., parents[child], :, :] @ transforms[..., child, :, :]
    return transforms


def posed_joints(transforms: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Rest joints (..., J, 3) carried along by their own transforms (..., J, 4, 4): (..., J, 3) float64."""
    return (transforms[..., :3, :3] @ joints[..., None])[..., 0] + transforms[..., :3, 3]


def blending_rows(weights: np.ndarray) -> np.ndarray:
    """Skinning weights (V, J) -> (J + 1, V) float32, planar, with a last row of ones: the translation moves all."""
    rows = np.ones((weights.shape[1] + 1, len(weights)), np.float32)
    rows[:-1] = weights.T
    return rows


def blending_columns(transforms: np.ndarray, translation: np.ndarray) -> np.ndarray:
    """Transforms (..., J, 4, 4) and translation (..., 3) -> (..., 12, J + 1) float32, to go with blending_rows.

    The rows are the entries of the 3 x 4 matrices, row-major; the last column is the translation.
    """
    columns = np.zeros((*transforms.shape[:-3], 3, 4, transforms.shape[-3] + 1), np.float32)
    columns[..., :-1] = np.moveaxis(transforms[..., :3, :], -3, -1)
    columns[..., 3, -1] = translation
    return columns.reshape(*columns.shape[:-3], 12, -1)


def skin(rest: np.ndarray, columns: np.ndarray, rows: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Blend the joints' transforms vertex by vertex and move the vertices.

    ``rest`` (..., 3, V), ``columns`` (..., 12, J + 1) and ``rows`` (J + 1, V) from the two functions above, all
    float32; ``out`` any (..., 3, V) array, which is returned.
    """
    blended = columns @ rows
    blended = blended.reshape(*blended.shape[:-2], 3, 4, -1)
    moved = np.einsum("...ijv,...jv->...iv", blended[..., :3, :], rest)
    return np.add(moved, blended[..., 3, :], out=out)
