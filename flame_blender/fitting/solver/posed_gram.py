"""The products of the directions with one another once skinning has turned them: B' M' M B, exactly, in any pose.

A vertex is turned by M = sum_j w_j R_j. Since the weights sum to 1,

    M' M = I + sum over pairs j < k of w_j w_k (R_j' R_k + R_k' R_j - 2 I),

so that B' M' M B is a sum of matrices that do not depend on the pose: B' B, and for each pair of joints that share
vertices six products of the directions' coordinates over those, weighted by w_j w_k. They are made once.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

AXES = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
LEAST_PRODUCT = 1e-6  # of w_j w_k: vertices that two joints carry with less than that count for one of them


class PosedGram:
    """For directions (K, 3 V) float32, planar, and skinning weights (J, V)."""

    def __init__(self, directions: np.ndarray, weights: np.ndarray) -> None:
        doubles = directions.astype(np.float64)
        count = len(doubles)
        self.rest = doubles @ doubles.T
        self.pairs, parts = [], []
        planar = doubles.reshape(count, 3, -1)
        for pair in combinations(range(len(weights)), 2):
            product = weights[pair[0]].astype(np.float64) * weights[pair[1]]
            shared = np.flatnonzero(product > LEAST_PRODUCT)
            if len(shared):
                self.pairs.append(pair)
                parts.append(_products(planar[:, :, shared] * np.sqrt(product[shared])))
        self.parts = np.concatenate(parts) if parts else np.zeros((0, count, count))

    def at(self, rotations: np.ndarray, free: slice) -> np.ndarray:
        """(n, k, k) float64 of the k ``free`` directions, for rotations (n, J, 3, 3) of the joints in space."""
        square = np.repeat(self.rest[free, free][None], len(rotations), 0)
        if not self.pairs:
            return square
        factors = np.empty((len(rotations), len(self.pairs), len(AXES)))
        for number, (one, other) in enumerate(self.pairs):
            relative = np.swapaxes(rotations[:, one], 1, 2) @ rotations[:, other]
            both = relative + np.swapaxes(relative, 1, 2) - 2 * np.eye(3)
            factors[:, number] = np.stack([both[:, a, b] for a, b in AXES], -1)
        parts = self.parts[:, free, free]
        square += (factors.reshape(len(rotations), -1) @ parts.reshape(len(parts), -1)).reshape(square.shape)
        return square


class JointProducts:
    """The joints' Jacobian times itself, other changes and the directions, without ever making it.

    A joint k that moves by d takes a vertex along by D_k d S_k, S_k being its subtree's weight there: all products are
    of 3 x 3 matrices with sums over the vertices that do not depend on the pose, made once.
    """

    def __init__(self, directions: np.ndarray, weights: np.ndarray, subtree_weights: np.ndarray) -> None:
        self.subtree_weights = subtree_weights
        self.with_itself = subtree_weights.astype(np.float64) @ subtree_weights.T
        pairs = (subtree_weights[:, None] * weights[None]).reshape(-1, weights.shape[1])
        sums = directions.reshape(-1, weights.shape[1]) @ pairs.T
        n_joints = len(weights)
        summed = sums.astype(np.float64).reshape(len(directions), 3, n_joints, n_joints)
        self.with_directions = summed.transpose(2, 3, 1, 0)  # (k, j, axis, direction): sum of S_k w_j B

    def square(self, moves: np.ndarray) -> np.ndarray:
        """(n, 3 J, 3 J) for moves (n, J, 3, 3)."""
        flat = np.einsum("kl,nkib,nlic->nkblc", self.with_itself, moves, moves, optimize=True)
        return flat.reshape(len(moves), 3 * moves.shape[1], -1)

    def with_changes(self, changes: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """(n, r, 3 J) for ``changes`` (n, r, 3, V) of the vertices."""
        summed = (changes @ self.subtree_weights.T).astype(np.float64)
        return np.einsum("nrik,nkib->nrkb", summed, moves, optimize=True).reshape(*changes.shape[:2], -1)

    def along_directions(self, rotations: np.ndarray, moves: np.ndarray, free: slice) -> np.ndarray:
        """(n, 3 J, k): with the k ``free`` directions as ``rotations`` (n, J, 3, 3), blended, turn them."""
        back = np.einsum("njia,nkib->nkjab", rotations, moves, optimize=True)
        n_joints = moves.shape[1]
        sums = self.with_directions[..., free].reshape(n_joints, 3 * n_joints, -1)  # (k, j axis, direction)
        back = back.transpose(0, 1, 4, 2, 3).reshape(len(moves), n_joints, 3, 3 * n_joints)
        return (back @ sums).reshape(len(moves), 3 * n_joints, -1)


def _products(planar: np.ndarray) -> np.ndarray:
    """(6, K, K): by pairs of axes, those of two different axes both ways round."""
    axes = [np.ascontiguousarray(planar[:, axis]) for axis in range(3)]
    products = np.stack([axes[a] @ axes[b].T for a, b in AXES])
    products[3:] += np.swapaxes(products[3:], 1, 2)
    return products
