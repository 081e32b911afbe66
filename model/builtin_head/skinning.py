"""Joints at anatomical places, regressed from vertices, and smooth skinning weights (mm, sculpting frame)."""

from __future__ import annotations

import numpy as np

from .anatomy import EYE_CENTRE
from .fields import smoothstep
from .lips import spoke_parameter
from .mesh import HeadMesh
from .topology import MOUTH

ROOT, NECK, JAW, LEFT_EYE, RIGHT_EYE = range(5)
PARENTS = (-1, 0, 1, 1, 1)
JOINTS = np.array([
    (0.0, -168.0, -24.0),  # foot of the neck, about C7
    (0.0, -112.0, -26.0),  # upper neck, about C3
    (0.0, -22.0, 4.0),  # between the condyles of the mandible, 10-15 mm before and below the tragion
    EYE_CENTRE,
    (-EYE_CENTRE[0], *EYE_CENTRE[1:]),
])  # fmt: skip
BACK_OF_POCKET = {13: 0.4}  # ring: how far its upper and lower half move apart with the jaw
CORNER_SHARING, POCKET_SHARING = 2.75, 6.0  # how soon towards the corner upper and lower half begin to move together
POCKET_RING = 11
DIFFUSION_STEPS, BLUR_STEPS = 500, 14


def neck_share(points: np.ndarray) -> np.ndarray:
    """(N,) how far a point turns with the head: 0 at the neck cut, 1 above a plane from chin to nape."""
    along = (points[:, 1] - JOINTS[NECK][1]) + 0.30 * (points[:, 2] - JOINTS[NECK][2])
    return smoothstep(-42.0, 36.0, along)


def skinning_weights(mesh: HeadMesh, jaw: np.ndarray) -> np.ndarray:
    """(V, 5) weights from the jaw share (V,); rows sum to 1."""
    head = neck_share(mesh.vertices)
    weights = np.zeros((len(mesh), 5))
    weights[:, ROOT] = 1 - head
    weights[:, NECK] = head * (1 - jaw)
    weights[:, JAW] = head * jaw
    for part, joint in (("left_eyeball", LEFT_EYE), ("right_eyeball", RIGHT_EYE)):
        weights[mesh.part(part)] = np.eye(5)[joint]
    weights[weights < 1e-4] = 0
    return weights / weights.sum(1, keepdims=True)


def jaw_share(mesh: HeadMesh) -> np.ndarray:
    """(V,) share of the jaw: harmonic between the mandible (1) and the skull and neck (0), softened."""
    points = mesh.vertices
    share = np.full(len(mesh), np.nan)
    skin = np.zeros(len(mesh), bool)
    skin[mesh.parts["skin"]] = True
    y, z = points[:, 1], points[:, 2]
    share[skin & ((y > -38) | (z < -3) | (y < -186))] = 0
    body = (y > -113) & (y < -88) & (z > 60) | (y > -109) & (y < -86) & (z > 50)
    share[skin & body] = 1
    _pin_mouth(mesh, share)
    fixed = ~np.isnan(share)
    share = np.where(fixed, share, 0.3)
    smoother = Smoother(mesh)
    for _ in range(DIFFUSION_STEPS):
        share = np.where(fixed | ~skin, share, smoother.mean(share))
    lips = np.isin(np.arange(len(mesh)), _mouth_vertices(mesh))
    for _ in range(BLUR_STEPS):
        share = np.where(lips | ~skin, share, 0.5 * share + 0.5 * smoother.mean(share))
    share[~skin] = 0
    for part in ("lower_teeth", "lower_gum"):
        share[mesh.part(part)] = 1
    tongue = mesh.part("tongue")
    share[tongue] = 0.6 + 0.35 * smoothstep(30, 62, z[tongue])
    return share


def _pin_mouth(mesh: HeadMesh, share: np.ndarray) -> None:
    """Lips and pocket: the corner shares the movement, else the mouth would open to a square."""
    along, upper = spoke_parameter()
    for ring in range(4, MOUTH.rings + 1):
        left = mesh.ring(MOUTH, ring)
        held = BACK_OF_POCKET.get(ring, 1.0)
        shared = 0.5 * along ** (CORNER_SHARING if ring < POCKET_RING else POCKET_SHARING)
        lip = np.where(upper, shared, 1 - shared)
        share[left] = share[mesh.mirror[left]] = 0.5 + held * (lip - 0.5)


def _mouth_vertices(mesh: HeadMesh) -> np.ndarray:
    return mesh.both(np.concatenate([mesh.ring(MOUTH, ring) for ring in range(5, MOUTH.rings + 1)]))


class Smoother:
    """Mean over the neighbours along edges."""

    def __init__(self, mesh: HeadMesh) -> None:
        edges = mesh.edges()
        self.rows = np.concatenate([edges[:, 0], edges[:, 1]])
        self.columns = np.concatenate([edges[:, 1], edges[:, 0]])
        self.degree = np.maximum(np.bincount(self.rows, minlength=len(mesh)), 1)

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of (V,) or (V, C) values over each vertex's neighbours."""
        if values.ndim == 1:
            return np.bincount(self.rows, values[self.columns], len(self.degree)) / self.degree
        return np.stack([self.mean(column) for column in values.T], 1)


def joint_regressor(mesh: HeadMesh) -> np.ndarray:
    """(5, V) rows that sum to 1 and give JOINTS on the neutral head, from vertices that move with each joint's bone."""
    y = mesh.vertices[:, 1]
    ears = mesh.both(np.concatenate([mesh.of(*(("grid", i, j) for i in range(16, 19) for j in range(30, 34)))]))
    rings = {ROOT: (-190, -145), NECK: (-150, -95)}
    regressor = np.zeros((5, len(mesh)))
    skin = np.arange(len(mesh)) < mesh.parts["skin"].stop
    for joint, (low, high) in rings.items():
        neck = np.flatnonzero(skin & (y > low) & (y < high) & (mesh.vertices[:, 2] < 40))
        regressor[joint] = _row(mesh, neck, JOINTS[joint])
    regressor[JAW] = _row(mesh, ears, JOINTS[JAW])
    regressor[LEFT_EYE] = _row(mesh, mesh.part("left_eyeball"), JOINTS[LEFT_EYE])
    regressor[RIGHT_EYE] = regressor[LEFT_EYE][mesh.mirror]
    return regressor


def _row(mesh: HeadMesh, vertices: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(V,) the most even weights over ``vertices`` with sum 1 whose mean of the vertices is ``place``."""
    system = np.vstack([mesh.vertices[vertices].T, np.ones(len(vertices))])
    even = np.full(len(vertices), 1 / len(vertices))
    missing = np.append(place, 1.0) - system @ even
    row = np.zeros(len(mesh))
    row[vertices] = even + np.linalg.lstsq(system, missing, rcond=None)[0]
    return 0.5 * (row + row[mesh.mirror]) if place[0] == 0 else row
