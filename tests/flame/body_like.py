"""A made-up body in SMPL-X's layout around a head of FLAME's 5,023 vertices: 10,475 vertices, 55 joints, a model file.

Nothing in it comes from SMPL-X but what its loader (``smplx``) asks for: names and sizes of arrays and which joint
hangs on which. Torso, arms and legs are tubes; the torso goes out from the rim of the head's neck. The head's own
joints, weights and correctives are those of the FLAME model, at SMPL-X's joints: root -> neck, neck -> head.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flame_blender.flame.model import FlameModel
from flame_blender.looks.surface import border_loops

N_BODY, N_JOINTS = 10475, 55
ARM, LEG = 26, 28  # rings of a limb; the torso has the others
PARENTS = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
    21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
)  # fmt: skip
NECK, HEAD, JAW, LEFT_EYE, RIGHT_EYE = 12, 15, 22, 23, 24
OF_FLAME = (NECK, HEAD, JAW, LEFT_EYE, RIGHT_EYE)  # where FLAME's five joints are among SMPL-X's
NAMES = {0: "pelvis", 3: "spine1", 6: "spine2", 9: "spine3", NECK: "neck", HEAD: "head", JAW: "jaw"}
LIFT = np.array([0.0, 0.45, 0.0])  # metres: the head's place, the pelvis about the origin
# Heights below the rim, half widths, half depths, middles in z: shoulders, chest, waist, hips, crotch.
TORSO = np.array([
    (0.0, 0.12, 0.08, -0.05), (0.012, 0.165, 0.085, -0.05), (0.035, 0.195, 0.09, -0.045), (0.08, 0.2, 0.1, -0.035),
    (0.17, 0.175, 0.115, -0.02), (0.30, 0.14, 0.10, -0.01), (0.45, 0.165, 0.115, -0.015), (0.55, 0.16, 0.12, -0.02),
    (0.62, 0.08, 0.09, -0.015),
])  # fmt: skip
ROUNDS = 12  # of smoothing the torso, which keeps its rims
LIMBS = {  # from, to, radii along it, its two joints
    "left arm": (
        (0.172, 0.235, -0.04), (0.34, -0.36, 0.0), (0.004, 0.042, 0.054, 0.052, 0.047, 0.04, 0.036, 0.03, 0.04, 0.008),
        (16, 18),
    ),
    "left leg": ((0.085, -0.27, -0.015), (0.11, -1.05, -0.02), (0.09, 0.08, 0.06, 0.055, 0.045, 0.05, 0.06), (1, 4)),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class BodyLike:
    """``vertices`` (10475, 3) metres, Y up; ``faces`` (F, 3); ``ids`` (5023,) the head's; ``weights`` (10475, 55)."""

    vertices: np.ndarray
    faces: np.ndarray
    ids: np.ndarray
    joints: np.ndarray
    weights: np.ndarray

    @property
    def rest(self) -> np.ndarray:
        """Ids of the vertices that are not the head's."""
        return np.setdiff1d(np.arange(N_BODY), self.ids)


def body_like(model: FlameModel, seed: int = 5) -> BodyLike:
    """The body of the model's mean head; which ids are the head's is drawn by the seed."""
    rng = np.random.default_rng(seed)
    ids = rng.permutation(N_BODY)[: model.n_vertices]
    others = np.setdiff1d(np.arange(N_BODY), ids)
    vertices, weights = np.zeros((N_BODY, 3)), np.zeros((N_BODY, N_JOINTS))
    vertices[ids] = model.v_template + LIFT
    weights[np.ix_(ids, OF_FLAME)] = model.weights
    loops = border_loops(model.faces)
    assert loops
    rim = min(loops, key=lambda loop: model.v_template[loop, 1].mean())
    points, faces, owners = _tubes(vertices[ids[rim]], ids[rim], others)
    vertices[others[: len(points)]] = points
    vertices[others[len(points) :]] = (0.0, -0.1, 0.0)
    weights[others, 0] = 1.0
    weights[others[: len(points)]] = owners
    head = ids[model.faces]
    joints = _joints(model)
    return BodyLike(vertices, np.concatenate([head, faces]), ids, joints, weights)


def _joints(model: FlameModel) -> np.ndarray:
    joints = np.zeros((N_JOINTS, 3))
    own = model.joint_regressor @ model.v_template + LIFT
    joints[list(OF_FLAME)] = own
    for joint, y in ((0, -0.12), (3, 0.0), (6, 0.1), (9, 0.17)):
        joints[joint] = (0, y, -0.02)
    for side, arm, leg in ((1, (13, 16, 18, 20), (1, 4, 7, 10)), (-1, (14, 17, 19, 21), (2, 5, 8, 11))):
        arms = ((0.05, 0.22, -0.03), (0.17, 0.2, -0.03), (0.27, -0.07, -0.02), (0.36, -0.3, 0.0))
        legs = ((0.09, -0.2, 0.0), (0.1, -0.62, 0.0), (0.11, -1.0, -0.02), (0.11, -1.05, 0.08))
        for joint, (x, y, z) in zip((*arm, *leg), (*arms, *legs), strict=True):
            joints[joint] = x * side, y, z
    for joint in range(25, N_JOINTS):
        joints[joint] = joints[20 if joint < 40 else 21] + (0, -0.02, 0.01)
    return joints


def _tubes(rim: np.ndarray, rim_ids: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (P, 3), triangles of ids, and weights (P, 55) of torso and limbs; the torso goes on from the rim."""
    middle = rim.mean(0)
    angle = np.arctan2(rim[:, 2] - middle[2], rim[:, 0] - middle[0])
    turned = -1.0 if np.sum(np.sin(np.diff(np.unwrap(angle)))) > 0 else 1.0
    points: list[np.ndarray] = []
    triangles: list[np.ndarray] = []
    owners: list[np.ndarray] = []
    rings = [rim_ids]
    low, around = float(rim[:, 1].mean()), len(rim)
    depth = np.linspace(0.0, TORSO[-1, 0], len(others) // around - 2 * (ARM + LEG) + 1)
    for step, down in enumerate(depth[1:]):
        width, thick, z = (np.interp(down, TORSO[:, 0], TORSO[:, axis]) for axis in (1, 2, 3))
        ellipse = np.stack([width * np.cos(angle), np.full(around, low - down), z + thick * np.sin(angle)], 1)
        share = np.clip((step + 1) / 4, 0, 1)
        start = np.stack([rim[:, 0], rim[:, 1] - down, rim[:, 2]], 1)
        points.append((1 - share) * start + share * ellipse)
        weight = np.zeros((around, N_JOINTS))
        heights = np.array([-0.3, -0.02, 0.07, 0.245, 0.3])
        for place, joint in enumerate((0, 3, 6, 9, NECK)):
            hat = np.eye(5)[place]
            weight[:, joint] = np.interp(points[-1][:, 1], heights, hat)
        owners.append(weight)
    torso = len(points)
    points = _smooth(rim, points)
    for name, (begin, end, radii, joints) in LIMBS.items():
        for side in (1, -1):
            count = ARM if "arm" in name else LEG
            for along in np.linspace(0, 1, count):
                at = (np.array(begin) + along * (np.array(end) - begin)) * (side, 1, 1)
                radius = np.interp(along, np.linspace(0, 1, len(radii)), radii)
                points.append(at + radius * np.stack([np.cos(angle), 0 * angle, np.sin(angle)], 1))
                weight = np.zeros((around, N_JOINTS))
                upper, lower = (each + (side < 0) for each in joints)
                bend = float(np.clip((along - 0.4) / 0.2, 0, 1))
                weight[:, upper], weight[:, lower] = 1 - bend, bend
                owners.append(weight)
    rings += [others[around * ring : around * ring + around] for ring in range(len(points))]
    starts = [torso + 1 + each for each in (0, ARM, 2 * ARM, 2 * ARM + LEG)]
    bands = [number for number in range(1, len(rings)) if number not in starts]
    triangles += [_band(rings[number - 1], rings[number], turned) for number in bands]
    ends = [rings[torso], *(rings[each - 1] for each in starts[1:]), rings[-1]]
    triangles += [_fan(ring, turned) for ring in ends]
    return np.concatenate(points), np.concatenate(triangles), np.concatenate(owners)


def _smooth(rim: np.ndarray, rings: list[np.ndarray]) -> list[np.ndarray]:
    """The rings below the rim, each moved to the mean of those beside it, some times; rim and end stay."""
    whole = np.stack([rim, *rings])
    for _ in range(ROUNDS):
        whole[1:-1] = (whole[:-2] + 2 * whole[1:-1] + whole[2:]) / 4
    return list(whole[1:])


def _band(one: np.ndarray, other: np.ndarray, turned: float) -> np.ndarray:
    two = np.roll(one, -1), np.roll(other, -1)
    bands = np.concatenate([np.stack([one, other, two[0]], 1), np.stack([two[0], other, two[1]], 1)])
    return bands if turned > 0 else bands[:, ::-1]


def _fan(ring: np.ndarray, turned: float) -> np.ndarray:
    fan = np.stack([np.full(len(ring) - 2, ring[0]), ring[2:], ring[1:-1]], 1)
    return fan if turned > 0 else fan[:, ::-1]


def model_arrays(model: FlameModel, body: BodyLike, mixing: np.ndarray, n_betas: int = 300) -> dict[str, Any]:
    """The arrays of a SMPL-X file of the body, under the keys that ``smplx`` reads.

    The expression directions are FLAME's times ``mixing`` (K, K'), so that they are a space of their own.
    """
    n_expression = mixing.shape[1]
    shapedirs = np.zeros((N_BODY, 3, n_betas + n_expression), np.float32)
    shapedirs[..., 0] = 0.02 * body.vertices
    own = model.shapedirs[:, :, model.n_identity :][:, :, : len(mixing)]
    shapedirs[body.ids, :, n_betas:] = own @ mixing
    posedirs = np.zeros((N_BODY, 3, 9 * (N_JOINTS - 1)), np.float32)
    for place, joint in enumerate(OF_FLAME[1:]):
        posedirs[body.ids, :, 9 * (joint - 1) : 9 * joint] = model.posedirs[:, :, 9 * place : 9 * place + 9]
    regressor = np.zeros((N_JOINTS, N_BODY))
    for joint in range(N_JOINTS):
        if joint in OF_FLAME:
            regressor[joint, body.ids] = model.joint_regressor[OF_FLAME.index(joint)]
        else:
            regressor[joint, np.linalg.norm(body.vertices - body.joints[joint], axis=1).argmin()] = 1.0
    parents = np.array(PARENTS, np.int64)
    tree = np.stack([np.where(parents < 0, 2**32 - 1, parents), np.arange(N_JOINTS)])
    return {
        "v_template": body.vertices, "f": body.faces.astype(np.uint32), "shapedirs": shapedirs, "posedirs": posedirs,
        "J_regressor": regressor, "weights": body.weights, "kintree_table": tree.astype(np.uint32),
        "J": regressor @ body.vertices, "hands_componentsl": np.eye(45), "hands_componentsr": np.eye(45),
        "hands_meanl": np.zeros(45), "hands_meanr": np.zeros(45), "lmk_faces_idx": np.arange(51),
        "lmk_bary_coords": np.full((51, 3), 1 / 3), "dynamic_lmk_faces_idx": np.zeros((79, 17), int),
        "dynamic_lmk_bary_coords": np.full((79, 17, 3), 1 / 3),
    }  # fmt: skip


def write_model(path: Path, arrays: dict[str, Any]) -> Path:
    """The arrays as SMPLX_NEUTRAL.npz, or as the .pkl that goes with it."""
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        path.write_bytes(pickle.dumps(arrays, protocol=2))
    return path
