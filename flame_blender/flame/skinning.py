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


def joint_chain(rotations: np.ndarray, joints: np.ndarray, parents: Sequence[int]) -> np.ndarray:
    """Each joint's frame in the posed head: rotations (..., J, 3, 3), rest joints (..., J, 3) -> (..., J, 4, 4) float64.

    The last column holds the posed joint. The root turns about its own joint, not about the origin.
    """
    chain = np.zeros((*np.broadcast_shapes(rotations.shape[:-3], joints.shape[:-2]), len(parents), 4, 4))
    chain[..., :3, :3] = rotations
    chain[..., :3, 3] = joints
    chain[..., 1:, :3, 3] -= joints[..., parents[1:], :]
    chain[..., 3, 3] = 1.0
    for child in range(1, len(parents)):
        chain[..., child, :, :] = chain[..., parents[child], :, :] @ chain[..., child, :, :]
    return chain


def skinning_transforms(chain: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """What carries a rest vertex along with each joint: (..., J, 4, 4), (..., J, 3) -> (..., 12, J) float32.

    The rows are the entries of the 3 x 4 matrix [R | t - R joint], row-major.
    """
    transforms = chain[..., :3, :].copy()
    transforms[..., 3] -= (chain[..., :3, :3] @ joints[..., None])[..., 0]
    by_joint = transforms.reshape(*transforms.shape[:-2], 12)
    return np.swapaxes(by_joint, -1, -2).astype(np.float32, order="C")


def skin(rest: np.ndarray, transforms: np.ndarray, weights: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Blend the joints' transforms by the vertex weights and move the vertices.

    ``rest`` (3, V), ``transforms`` (12, J), ``weights`` (J, V), all float32; ``out`` any (3, V) array, which is
    returned.
    """
    blended = (transforms @ weights).reshape(3, 4, -1)
    moved = np.einsum("ijv,jv->iv", blended[:, :3], rest)
    return np.add(moved, blended[:, 3], out=out)
