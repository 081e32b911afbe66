"""Pose correctives: what plain skinning loses when jaw and neck turn, fitted to FLAME's pose features.

Blending matrices pulls points that share two joints towards the axis. The wanted place of such a point is found by
turning it by its share of the angle, which keeps its distance from the joint, by pulling apart the edges that are still
too long or too short, and by giving squeezed slices of neck and throat their volume back (``neck_volume``). The
difference, taken back to the rest pose, is fitted by least squares to the nine entries of R - I of that joint (Loper et
al., SMPL, 2015, section 3: pose blend shapes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .contact import lining_share
from .fields import Bump, evaluate, smoothstep
from .mesh import HeadMesh
from .neck_volume import NeckSlices
from .skinning import JAW, JOINTS, NECK, Smoother
from .topology import MOUTH

N_FEATURES = 36
RIDGE = 1e-4
LONGEST, SHORTEST = 1.28, 0.72  # allowed growth of edges
RELAXATIONS = 80
# where skin may bulge: share of soft parts over the jaw, share of the neck, depth (mm)
SOFT, FOOT, THROAT = 0.35, 0.05, (-5.0, 30.0)
WIDE_OPEN = np.radians(30.0)
RESTORED = {NECK: 0.8, JAW: 0.3}  # of the flesh lost; with more the throat runs into itself, the neck widens
OPENED = (
    Bump((0, -66, 98), (24, 11, 24), (0, 2.6, -0.4), only="upper"),  # an open mouth bares the upper teeth
    Bump((25, -70, 86), (17, 17, 30), (3.6, 0.0, 0.0)),  # and stays wide: its corners are held by the cheeks' muscles
)
SMOOTHINGS = 6  # of the correction, else crowded edges buckle; not at the lips, whose corners need the sharp one
DEGREES = {
    NECK: [(x, 0, 0) for x in (-40, -20, 20, 40)] + [(0, y, 0) for y in (-40, -20, 20, 40)]
    + [(0, 0, z) for z in (-40, -20, 20, 40)],
    JAW: [(x, 0, 0) for x in (-4, 10, 20, 30)] + [(0, y, 0) for y in (-8, 8)] + [(0, 0, z) for z in (-6, 6)],
}  # fmt: skip


@dataclass(frozen=True)
class Bend:
    """One joint as the correctives see it: (V,) the skin's share of its turn, and how far it may bulge."""

    joint: int
    share: np.ndarray
    freedom: np.ndarray
    lips: np.ndarray  # (V, 3) mm at WIDE_OPEN

    @classmethod
    def of(cls, mesh: HeadMesh, weights: np.ndarray, joint: int) -> Bend:
        """Skin that lies on the mandible does not bulge, nor the neck's foot or its nape as the jaw opens."""
        soft = smoothstep(0, SOFT, 1 - weights[:, JAW])
        if joint == JAW:
            lips = evaluate(OPENED, mesh.vertices, {"upper": 1 - weights[:, JAW]})
            return cls(joint, weights[:, JAW], soft * smoothstep(*THROAT, mesh.vertices[:, 2]), lips)
        share = weights[:, NECK:].sum(1)
        return cls(joint, share, soft * smoothstep(0, FOOT, share), np.zeros_like(mesh.vertices))


def pose_correctives(mesh: HeadMesh, weights: np.ndarray) -> np.ndarray:
    """(V, 3, 36) displacements in mm, zero for the eyes' features."""
    posedirs = np.zeros((len(mesh), 3, N_FEATURES))
    solver, slices = EdgeSolver(mesh), NeckSlices(mesh)
    for joint, samples in DEGREES.items():
        bend = Bend.of(mesh, weights, joint)
        turns = [np.radians(sample) for sample in samples]
        features = np.array([(rotation(turn) - np.eye(3)).ravel() for turn in turns])
        wanted = np.array([_correction(mesh, bend, turn, solver, slices) for turn in turns])
        angles = np.linalg.norm(turns, axis=1)
        weighed = features * (angles / angles.max())[:, None] ** 2  # what is wrong at wide turns shows most
        system = weighed.T @ features + RIDGE * np.eye(9)
        fitted = np.linalg.solve(system, weighed.T @ wanted.reshape(len(turns), -1)).reshape(9, -1, 3)
        posedirs[:, :, 9 * (joint - 1) : 9 * joint] = _symmetric(mesh, fitted)
    posedirs *= (1 - lining_share(mesh))[:, None, None]  # the mouth's lining lies close to gums that have none
    posedirs[np.abs(posedirs) < 5e-3] = 0  # below 5 micrometres at a full radian
    return posedirs


def corrective_at(posedirs: np.ndarray, joint: int, turn: np.ndarray) -> np.ndarray:
    """(V, 3) what ``posedirs`` adds in mm when one joint alone turns by ``turn`` (3,), axis-angle."""
    return posedirs[:, :, 9 * (joint - 1) : 9 * joint] @ (rotation(turn) - np.eye(3)).ravel()


def rotation(turn: np.ndarray) -> np.ndarray:
    """(3, 3) or (N, 3, 3) matrices of axis-angle vectors (Rodrigues' formula)."""
    turn = np.asarray(turn, float)
    angle = np.linalg.norm(turn, axis=-1)[..., None, None]
    axis = turn / np.maximum(angle[..., 0], 1e-12)
    cross = np.zeros((*turn.shape[:-1], 3, 3))
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -axis[..., 2], axis[..., 1], -axis[..., 0]
    cross -= np.swapaxes(cross, -1, -2)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def _correction(mesh: HeadMesh, bend: Bend, turn: np.ndarray, solver: EdgeSolver, slices: NeckSlices) -> np.ndarray:
    """(V, 3) rest-pose displacement after which plain skinning gives the wanted places."""
    share, joint = bend.share, bend.joint
    local = mesh.vertices - JOINTS[joint]
    wanted = np.einsum("vij,vj->vi", rotation(share[:, None] * turn), local)
    wanted += max(turn[0], 0) / WIDE_OPEN * bend.lips
    movable = ((share > 0.01) & (share < 0.99) | (np.abs(bend.lips).max(1) > 0.05)) & solver.skin
    wanted = solver.solve(wanted, local, movable)
    if joint == NECK or turn[0] > 0:  # the chin swings towards the throat
        wanted = slices.bulge(wanted, bend.freedom, RESTORED[joint], solver.smoother)
        movable |= slices.member & (bend.freedom > 0)
    if joint == NECK:
        wanted = solver.solve(wanted, local, movable)
    blended = (1 - share)[:, None, None] * np.eye(3) + share[:, None, None] * rotation(turn)
    correction = np.linalg.solve(blended, wanted[:, :, None])[:, :, 0] - local
    correction = np.where(movable[:, None], correction, 0.0)
    for _ in range(SMOOTHINGS):
        blurred = 0.5 * correction + 0.5 * solver.smoother.mean(correction)
        correction = np.where(solver.may_blur[:, None] & movable[:, None], blurred, correction)
    return slices.kept_apart(local, correction, blended, solver.smoother)


def _symmetric(mesh: HeadMesh, fitted: np.ndarray) -> np.ndarray:
    """(V, 3, 9) the mean of a fit (9, V, 3) and its mirror image; R[i, j] changes sign where one of i, j is x."""
    sign = np.outer((-1, 1, 1), (-1, 1, 1)).ravel()
    mirrored = fitted[:, mesh.mirror] * (-1, 1, 1) * sign[:, None, None]
    return np.moveaxis(0.5 * (fitted + mirrored), 0, 2)


class EdgeSolver:
    """Moves points until no edge is much longer or shorter than at rest (position-based, Mueller et al. 2007)."""

    def __init__(self, mesh: HeadMesh) -> None:
        self.skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
        self.edges = mesh.edges(mesh.parts["skin"])
        self.count = len(mesh)
        self.smoother = Smoother(mesh)
        lips = [mesh.ring(MOUTH, ring) for ring in range(4, MOUTH.rings + 1)]
        self.may_blur = self.skin.copy()
        self.may_blur[mesh.both(np.concatenate(lips))] = False

    def solve(self, points: np.ndarray, rest: np.ndarray, movable: np.ndarray) -> np.ndarray:
        """``points`` (V, 3) with the movable ones corrected."""
        start, end = self.edges.T
        length = np.linalg.norm(rest[start] - rest[end], axis=1)
        free = movable.astype(float)
        degree = np.maximum(np.bincount(self.edges.ravel(), minlength=self.count), 1)
        points = points.copy()
        for _ in range(RELAXATIONS):
            along = points[end] - points[start]
            now = np.linalg.norm(along, axis=1)
            wanted = np.clip(now, SHORTEST * length, LONGEST * length)
            pull = ((now - wanted) / np.maximum(now, 1e-9))[:, None] * along
            for axis in range(3):
                sums = np.bincount(start, pull[:, axis], self.count) - np.bincount(end, pull[:, axis], self.count)
                points[:, axis] += 1.2 * free * sums / degree
        return points
