"""Teeth, gums, tongue and lashes beside a FLAME file's head: the same bits however many threads are taken.

What ``head_parts/following.py`` does many times quicker, by sums in one order, as ``steady_head.py`` is for the head.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...flame.model import FlameModel
from ...head_parts.following import FORWARD, JAW, NECK, edge_and_off
from ...head_parts.parts import MATERIALS as PARTS
from ...head_parts.parts import HeadParts
from ..labels.classes import CLASSES, CLEAR, INSIDE_MOUTH, MATERIALS
from ..steady_head import SteadyPose
from .solids import Solid


class SteadyParts:
    """The parts of one model, a single frame at a time; ``rows`` (m,) of the parts' names for each triangle."""

    def __init__(self, parts: HeadParts, model: FlameModel) -> None:
        self.parts = parts
        mean = model.v_template.astype(np.float64)
        self._ring, self._points = mean[parts.ring], parts.near_points.astype(np.float64)
        self._room = _times(mean[parts.near] - self._points, FORWARD)
        self._wide = self._width(mean)
        owners, corners = _triangles(parts.polygons)
        self._faces, self.rows = corners.astype(np.int32), parts.materials[owners].astype(np.int32)
        names = np.array(PARTS)[self.rows]
        of_name = {name: MATERIALS["nothing" if name in CLEAR else name] for name in PARTS}
        self._materials = np.array([of_name[name] for name in names.tolist()], np.uint8)
        # what lies on the lids is no class of its own, as on the built-in head
        skin, inside = CLASSES["skin"], CLASSES["mouth_interior"]
        self._classes = np.where(np.isin(names, INSIDE_MOUTH), inside, skin).astype(np.uint8)

    def at_rest(self) -> Solid:
        """The parts on the model's mean head."""
        return Solid(self.parts.vertices, self._faces, self._classes, self._materials)

    def at(self, pose: SteadyPose, scores: Mapping[str, float]) -> Solid:
        """The parts on a posed head whose named controls have ``scores``."""
        vertices = np.concatenate([self._mouth(pose, scores), self._lashes(pose)]).astype(np.float32)
        return Solid(vertices, self._faces, self._classes, self._materials)

    def _mouth(self, pose: SteadyPose, scores: Mapping[str, float]) -> np.ndarray:
        parts, m = self.parts, self.parts.n_mouth
        if not m:
            return np.zeros((0, 3))
        scale, turn, shift = _similarity(self._ring, pose.rest[parts.ring])
        forward = _turned(turn, FORWARD[None])[0]
        left = _times(pose.rest[parts.near] - scale * _turned(turn, self._points) - shift, forward)
        back = max(float((scale * self._room - left).max(initial=0.0)), 0.0)
        rest = parts.vertices[:m].astype(np.float64)
        for name, move in zip(parts.names, parts.moves, strict=True):
            if scores.get(name):
                rest += scores[name] * move.astype(np.float64)
        rest = scale * _turned(turn, rest) + shift - back * forward
        neck, jaw = (_turned(each[:3, :3], rest) + each[:3, 3] for each in pose.transforms[NECK : JAW + 1])
        placed: np.ndarray = neck + parts.jaw[:, None].astype(np.float64) * (jaw - neck)
        return placed

    def _lashes(self, pose: SteadyPose) -> np.ndarray:
        parts = self.parts
        if not len(parts.roots):
            return np.zeros((0, 3))
        grow = self._width(pose.rest) / self._wide if self._wide else 1.0
        points = _on(pose.vertices.astype(np.float64), parts)
        along, off = edge_and_off(points, parts)
        across = np.cross(along, off)
        axes = [_unit(along), np.cross(_unit(across), _unit(along)), _unit(across)]
        placed: np.ndarray = points[: len(points) // 2][parts.roots]
        for number, axis in enumerate(axes):
            placed = placed + grow * parts.lashes[:, number, None].astype(np.float64) * axis[parts.roots]
        return placed

    def _width(self, vertices: np.ndarray) -> float:
        along, _ = edge_and_off(_on(vertices, self.parts), self.parts)
        return float(np.sqrt((along * along).sum(1)).sum())


def _on(vertices: np.ndarray, parts: HeadParts) -> np.ndarray:
    """(2 K, 3): the lashes' roots, and a point off each."""
    corners, weights = vertices[parts.corners], parts.weights.astype(np.float64)
    found: np.ndarray = np.einsum("nc,nck->nk", weights, corners)
    return found


def _similarity(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """As :func:`...geometry.rigid.similarity_alignment` of (n, 3) points, by sums in one order."""
    from_centre, to_centre = source.mean(0), target.mean(0)
    ones, others = source - from_centre, target - to_centre
    left, _, right = np.linalg.svd(np.einsum("na,nb->ab", others, ones))
    left[:, -1] *= np.sign(np.linalg.det(left @ right))
    turn = left @ right
    turned = _turned(turn, ones)
    scale = float((turned * others).sum() / (ones * ones).sum())
    return scale, turn, to_centre - scale * _turned(turn, from_centre[None])[0]


def _turned(turn: np.ndarray, points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    return np.stack([a * x + b * y + c * z for a, b, c in turn.tolist()], 1)


def _times(points: np.ndarray, direction: np.ndarray) -> np.ndarray:
    x, y, z = direction.tolist()
    found: np.ndarray = points[:, 0] * x + points[:, 1] * y + points[:, 2] * z
    return found


def _unit(rows: np.ndarray) -> np.ndarray:
    found: np.ndarray = rows / np.sqrt(np.maximum((rows * rows).sum(1, keepdims=True), 1e-24))
    return found


def _triangles(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The polygon of each triangle, and (m, 3) corners: a four-cornered one is cut from its first corner."""
    four = np.flatnonzero(polygons[:, 3] >= 0)
    owners = np.concatenate([np.arange(len(polygons)), four])
    return owners, np.concatenate([polygons[:, :3], polygons[four][:, [0, 2, 3]]])
