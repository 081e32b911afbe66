"""The joint chain and linear blend skinning, on planar coordinates: (3, V), all x, all y, all z.

Planar arrays keep every product over the vertices contiguous, which halves the time of a frame against (V, 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from .cores import share_out

_IDENTITY = np.eye(3)
# Weights whose sum is off one by less are taken to add up to one: float32 rounds those of a file by as much.
_SUM_ROUNDING = 1e-6
# What a further part costs in Python, in vertices that follow one more joint (measured): in a batch, and in one frame.
PART_COST, PART_COST_OF_ONE_FRAME = 1200, 10000
# A shorter run of vertices that follow one joint alone is never a part of its own.
_LONG_RUN = 256
# With more joints, transforms are quicker blended than vertices copied.
_FEW_JOINTS = 3
# As many frames as have their copies or blended transforms (240 kB a frame) near a core.
_FRAMES_TOGETHER = 8


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


class LinearBlend:
    """Skinning by weights (V, J), whatever they are, and quicker the fewer joints neighbouring vertices follow.

    With T_0 for the joint that a part of the head follows most, its vertices go to (T_0 + sum of w_j (T_j - T_0)) x,
    summed over the part's other joints. ``part_cost`` tells whether it is for batches or for single frames.
    """

    def __init__(self, weights: np.ndarray, part_cost: int = PART_COST) -> None:
        lacking = 1 - weights.sum(1, keepdims=True, dtype=np.float64)
        lacking[np.abs(lacking) < _SUM_ROUNDING] = 0  # else what lacks follows one more joint, that maps all to zero
        columns = np.concatenate([weights, lacking.astype(np.float32)], 1)
        told, self.parts = np.zeros((0, columns.shape[1])), []
        for vertices in _parts(columns != 0, part_cost):
            own = columns[vertices]
            joints = np.flatnonzero(own.any(0))
            joints = joints[np.argsort(-own[:, joints].sum(0), kind="stable")]
            rows = np.eye(columns.shape[1])[joints]
            rows[1:] -= rows[0]
            shares = np.concatenate([np.ones((1, len(own)), np.float32), own[:, joints[1:]].T])
            self.parts.append(Part(vertices, slice(len(told), len(told) + len(rows)), shares))
            told = np.concatenate([told, rows])
        self.differences = told[:, :-1]

    def matrices(self, transforms: np.ndarray, translation: np.ndarray) -> np.ndarray:
        """Transforms (..., J, 4, 4) and translation (..., 3) -> (..., 3, S, 4) float32: each part's T_0 and T_j - T_0.

        The translation comes after the transforms, whatever the weights.
        """
        flat = transforms[..., :3, :].reshape(*transforms.shape[:-2], 12)
        told = (self.differences @ flat).reshape(*flat.shape[:-2], len(self.differences), 3, 4)
        for part in self.parts:
            told[..., part.rows.start, :, 3] += translation
        return np.ascontiguousarray(np.swapaxes(told, -3, -2), np.float32)

    def skin(self, rest: np.ndarray, moved: np.ndarray, matrices: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Carry ``rest`` + ``moved`` along.

        ``rest`` and ``moved`` (N, 3, V), ``matrices`` (N, 3, S, 4), all float32; ``out`` any (N, 3, V) array, which is
        returned. Each of its frames may lie in the memory of the same frame of ``moved``.
        """

        def carry(share: slice) -> None:
            together = min(_FRAMES_TOGETHER, share.stop - share.start)
            copies = [part.room(together) for part in self.parts]
            for start in range(share.start, share.stop, _FRAMES_TOGETHER):
                frames = slice(start, min(start + together, share.stop))
                held = [each[: frames.stop - start] for each in copies]
                for part, own in zip(self.parts, held, strict=True):
                    np.add(rest[frames, :, part.vertices], moved[frames, :, part.vertices], out=own[:, 0, :3])
                for part, own in zip(self.parts, held, strict=True):
                    part.carry(own, matrices[frames, :, part.rows], out[frames, :, part.vertices])

        share_out(carry, len(moved), _FRAMES_TOGETHER)
        return out


@dataclass(frozen=True, eq=False)
class Part:
    """Neighbouring ``vertices`` that follow the same S joints, told in ``rows`` of :meth:`LinearBlend.matrices`.

    ``weights`` (S, n) float32 of these joints; the first row is all ones, since the others are told from the first.
    """

    vertices: slice
    rows: slice
    weights: np.ndarray

    def room(self, frames: int) -> np.ndarray:
        """(N, S, 4, n) for the vertices of so many frames and their copies, each weighted; the weights in row 3.

        (N, 1, 4, n) where the joints are many.
        """
        copied = self.weights[: len(self.weights) if len(self.weights) <= _FEW_JOINTS else 1]
        copies = np.empty((frames, len(copied), 4, self.weights.shape[1]), np.float32)
        copies[:, :, 3] = copied
        return copies

    def carry(self, copies: np.ndarray, matrices: np.ndarray, out: np.ndarray) -> None:
        """The vertices in ``copies[:, 0, :3]`` carried along by ``matrices`` (N, 3, S, 4), into ``out`` (N, 3, n).

        Few joints: one product with the vertices' weighted copies. Many: transforms blended vertex by vertex.
        """
        frames = len(copies)
        if len(self.weights) <= _FEW_JOINTS:
            np.multiply(self.weights[1:, None], copies[:, :1, :3], out=copies[:, 1:, :3])
            carried = matrices.reshape(frames, 3, -1) @ copies.reshape(frames, matrices[0, 0].size, -1)
            np.add(carried, 0, out=out)  # a sum fills rows that lie apart in half the time of a copy
        else:
            blended = np.moveaxis(matrices, 2, 3).reshape(frames, 12, -1) @ self.weights
            blended = blended.reshape(frames, 3, 4, -1)
            np.add(np.einsum("nijv,njv->niv", blended[:, :, :3], copies[:, 0, :3]), blended[:, :, 3], out=out)


def _parts(follows: np.ndarray, part_cost: int) -> list[slice]:
    """Cut (V, J) bool, who follows which joint, into parts: each run of one joint alone, unless that costs more.

    A part costs ``part_cost``, and each of its vertices as much as joints beside the first.
    """
    changes = np.flatnonzero((follows[1:] != follows[:-1]).any(1)) + 1
    ends = [0, *changes.tolist(), len(follows)]
    runs = [run for run in pairwise(ends) if run[1] - run[0] >= _LONG_RUN]
    cuts = sorted({0, len(follows)}.union(*(run for run in runs if follows[run[0]].sum() == 1)))

    @cache  # of one pair of parts that are joined all others are asked again
    def cost(start: int, end: int) -> int:
        return part_cost + (end - start) * (int(follows[start:end].any(0).sum()) - 1)

    while len(cuts) > 2:
        gains = [cost(a, b) + cost(b, c) - cost(a, c) for a, b, c in zip(cuts, cuts[1:], cuts[2:], strict=False)]
        if max(gains) < 0:
            break
        del cuts[1 + int(np.argmax(gains))]
    return [slice(start, end) for start, end in pairwise(cuts)]
