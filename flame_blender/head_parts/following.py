"""Parts that follow a head: to its identity by a similarity, to its joints as its own vertices do, to its lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..flame.evaluator import PreparedIdentity
from ..flame.model import FlameModel
from ..geometry.frame import USUAL, Frame
from ..geometry.rigid import similarity_alignment
from .parts import HeadParts

NECK, JAW = 1, 2  # joints
FORWARD = np.array([0.0, 0.0, 1.0])
SMALLEST = 1e-24  # square of a length


@dataclass(frozen=True, eq=False)
class FollowingParts:
    """The parts on a head of one identity: ``mouth`` (4, M) float32, planar and homogeneous, at rest.

    ``lashes`` (N - M, 4) float32 as the eyes' width has them, and a 1; ``moves`` (A, 3, M) float32, planar. ``lids``
    (L,) are the skin's vertices that carry the lashes: ``lid_weights`` (L, 3 K) float32 make of them where the K roots
    are, along what edge, and to which point off them.
    """

    parts: HeadParts
    mouth: np.ndarray
    lashes: np.ndarray
    moves: np.ndarray
    lids: np.ndarray
    lid_weights: np.ndarray

    def positions(
        self, vertices: np.ndarray, transforms: np.ndarray, scores: np.ndarray | None = None, frame: Frame = USUAL
    ) -> np.ndarray:
        """(N, 3) float32 in the space of ``vertices`` (V, 3), the head's, which lie in its object.

        ``transforms`` (J, 3, 4) as :meth:`PreparedIdentity.carried` gives them; ``scores`` (A,) of the parts' own
        movements. ``frame``: the head's own, in which both of them are.
        """
        parts, m = self.parts, self.parts.n_mouth
        out = np.empty((len(parts.vertices), 3), np.float32)
        rest = self.mouth
        if scores is not None and scores.any():
            rest = rest.copy()
            rest[:3] += np.tensordot(scores.astype(np.float32), self.moves, 1)
        both = transforms[NECK : JAW + 1].reshape(6, 4).astype(np.float32) @ rest
        np.subtract(both[3:], both[:3], out=both[3:])
        both[3:] *= parts.jaw
        np.add(both[:3], both[3:], out=out[:m].T)
        if len(parts.roots):
            self._grow(vertices, frame, out[m:])
        return out

    def _grow(self, vertices: np.ndarray, frame: Frame, out: np.ndarray) -> None:
        """Write the lashes' vertices (N - M, 3) to ``out``."""
        seen = (vertices.take(self.lids, 0).T @ self.lid_weights).reshape(3, 3, -1)
        along, off = seen[:, 1], seen[:, 2]
        axes = np.empty((4, 3, seen.shape[2]), np.float32)  # along the edge, to the point off it, across; the root
        axes[0], axes[2], axes[3] = _unit(along), _unit(_cross(along, off)), seen[:, 0]
        axes[1] = _cross(axes[2], axes[0])
        if not frame.is_usual:
            axes[:3] *= frame.scale
            axes[2] *= -1.0 if frame.is_mirrored else 1.0
        rows = np.ascontiguousarray(axes.reshape(12, -1).T).take(self.parts.roots, 0)
        np.einsum("ka,kac->kc", self.lashes, rows.reshape(-1, 4, 3), out=out)


def points_on(vertices: np.ndarray, parts: HeadParts) -> np.ndarray:
    """(2 K, 3): the lashes' roots, and a point off each, on vertices (V, 3)."""
    return (parts.weights[:, None] @ vertices[parts.corners])[:, 0]


def edge_and_off(points: np.ndarray, parts: HeadParts) -> tuple[np.ndarray, np.ndarray]:
    """(K, 3) each: along the lid's edge, and to the points off it, of what :func:`points_on` gives; not unit."""
    k = len(points) // 2
    before, after = parts.beside
    return points[after] - points[before], points[k:] - points[:k]


def following(parts: HeadParts, model: FlameModel, identity: PreparedIdentity) -> FollowingParts:
    """The parts for the head of an identity, offsets included, whose model they were made for."""
    return PartsOfModel(parts, model).on(identity)


class PartsOfModel:
    """What is the same for every identity of the parts' model, so that a rest shape may change in each frame."""

    def __init__(self, parts: HeadParts, model: FlameModel) -> None:
        self.parts, self.model = parts, model
        mean = model.v_template.astype(np.float64)
        self._ring, self._points = mean[parts.ring], parts.near_points.astype(np.float64)
        self._room = (mean[parts.near] - self._points) @ FORWARD
        self._lids, corners = np.unique(parts.corners, return_inverse=True)
        weights = np.zeros((len(parts.corners), len(self._lids)))
        np.add.at(weights, (np.arange(len(weights))[:, None], corners.reshape(-1, 3)), parts.weights)
        weights = np.concatenate([weights[: len(weights) // 2], *edge_and_off(weights, parts)])
        self._lid_weights = np.ascontiguousarray(weights.T, np.float32)
        self._wide = self._width(mean)

    def on(self, identity: PreparedIdentity) -> FollowingParts:
        """The parts for the head of an identity, offsets included."""
        parts, now = self.parts, identity.rest.T
        m = parts.n_mouth
        mouth, moves = parts.vertices[:m].astype(np.float64), parts.moves
        if m:
            scale, turn, shift = similarity_alignment(self._ring, now[parts.ring].astype(np.float64))
            forward = turn @ FORWARD
            left = (now[parts.near] - scale * self._points @ turn.T - shift) @ forward
            back = max(float((scale * self._room - left).max(initial=0.0)), 0.0)
            mouth = scale * mouth @ turn.T + shift - back * forward
            moves = scale * moves @ turn.T
        lashes = parts.lashes * (self._width(now) / self._wide if self._wide else 1.0)
        lashes = np.concatenate([lashes, np.ones((len(lashes), 1))], 1).astype(np.float32)
        planar = np.concatenate([mouth.T, np.ones((1, m))]).astype(np.float32)
        planar_moves = np.ascontiguousarray(np.swapaxes(moves, 1, 2), np.float32)
        return FollowingParts(parts, planar, lashes, planar_moves, self._lids, self._lid_weights)

    def _width(self, vertices: np.ndarray) -> float:
        """How long the lids' edges of a head (V, 3) are."""
        _, along, _ = np.split(self._lid_weights, 3, axis=1)
        return float(np.linalg.norm(along.T @ vertices[self._lids].astype(np.float64), axis=1).sum())


def _unit(columns: np.ndarray) -> np.ndarray:
    """(3, K) of length 1."""
    return columns / np.sqrt(np.maximum(np.einsum("ck,ck->k", columns, columns), SMALLEST))


def _cross(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(3, K) of (3, K), in a fifth of the time of NumPy's."""
    (x, y, z), (u, v, w) = ones, others
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u])
