"""A full-size head model made in code: FLAME's counts and layout on a made-up topology, drawn from a seed.

The surface is a helix of 5023 points, 34 to a turn, round an egg as large as a head, each turn sewn to the next: that
gives exactly FLAME's 9976 triangles. Nothing in it comes from FLAME.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from flame_blender.flame.landmarks import LandmarkEmbedding
from flame_blender.flame.model import FlameModel

N_VERTICES, N_FACES, PER_TURN = 5023, 9976, 34
N_IDENTITY, N_EXPRESSION = 300, 100
JOINTS = np.array([[0, -0.06, -0.03], [0, 0, -0.02], [0, -0.005, 0], [0.031, 0.03, 0.03], [-0.031, 0.03, 0.03]])
PARENTS = np.array([-1, 0, 1, 1, 1])
LEFT_EYEBALL, RIGHT_EYEBALL = slice(3931, 4477), slice(4477, 5023)


def full_size_arrays(seed: int = 0) -> dict[str, Any]:
    """The arguments of FlameModel.from_arrays, float32 but for the whole numbers."""
    rng = np.random.default_rng(seed)
    template = _helix()
    sizes = np.concatenate([3e-3 / np.arange(1, N_IDENTITY + 1) ** 0.7, 2e-3 / np.arange(1, N_EXPRESSION + 1) ** 0.5])
    shapedirs = rng.standard_normal((N_VERTICES, 3, N_IDENTITY + N_EXPRESSION), np.float32) * sizes.astype(np.float32)
    regressor = np.zeros((5, N_VERTICES))
    for row, joint in zip(regressor, JOINTS, strict=True):
        near = np.argsort(((template - joint) ** 2).sum(1))[:80]
        row[near] = rng.dirichlet(np.ones(80))
    return {
        "v_template": template.astype(np.float32),
        "faces": _faces(),
        "shapedirs": shapedirs,
        "posedirs": rng.standard_normal((N_VERTICES, 3, 36), np.float32) * np.float32(2e-3),
        "joint_regressor": regressor.astype(np.float32),
        "weights": _weights(template).astype(np.float32),
        "parents": PARENTS,
        "n_identity": N_IDENTITY,
    }


def full_size_model(seed: int = 0) -> FlameModel:
    """A full-size FlameModel with the landmark set ``ibug``."""
    return FlameModel.from_arrays(**full_size_arrays(seed), landmarks={"ibug": full_size_landmarks(seed)})


def full_size_landmarks(seed: int = 0) -> LandmarkEmbedding:
    """51 fixed points and a contour of 79 rows of 17 points, as RingNet's files have them."""
    rng = np.random.default_rng(seed)
    return LandmarkEmbedding(
        static_faces=rng.integers(0, N_FACES, 51),
        static_barycentric=rng.dirichlet(np.ones(3), 51),
        contour_faces=rng.integers(0, N_FACES, (79, 17)),
        contour_barycentric=rng.dirichlet(np.ones(3), (79, 17)),
    )


def small_model(seed: int = 0, n_identity: int = 4, n_expression: int = 3, n_vertices: int = 40) -> FlameModel:
    """A model of some vertices and 30 triangles for what is slow or must fit no fixed count."""
    rng = np.random.default_rng(seed)
    faces = rng.permuted(np.tile(np.arange(n_vertices), (30, 1)), axis=1)[:, :3]
    return FlameModel.from_arrays(
        v_template=rng.normal(0, 0.1, (n_vertices, 3)),
        faces=faces,
        shapedirs=rng.normal(0, 0.01, (n_vertices, 3, n_identity + n_expression)),
        posedirs=rng.normal(0, 0.01, (n_vertices, 3, 36)),
        joint_regressor=rng.dirichlet(np.ones(n_vertices), 5),
        weights=rng.dirichlet(np.ones(5), n_vertices),
        parents=PARENTS,
        n_identity=n_identity,
        landmarks={
            "ibug": LandmarkEmbedding(
                static_faces=rng.integers(0, 30, 51),
                static_barycentric=rng.dirichlet(np.ones(3), 51),
                contour_faces=rng.integers(0, 30, (79, 17)),
                contour_barycentric=rng.dirichlet(np.ones(3), (79, 17)),
            )
        },
    )


def random_parameters(rng: np.random.Generator, frames: int) -> dict[str, Any]:
    """Every FlameParams field but offsets for ``frames`` frames, rotations up to about a radian, yaw -90 to 90 degrees.

    The yaw is swept evenly and shared out between root and neck at random, which the contour rule must add up again.
    """
    yaw, share = np.deg2rad(np.linspace(-90, 90, frames)), rng.uniform(-0.5, 1.5, frames)
    root, neck = rng.normal(0, 0.2, (2, frames, 3))
    root[:, 1], neck[:, 1] = yaw * share, yaw * (1 - share)
    jaw, left_eye, right_eye = rng.normal(0, 0.3, (3, frames, 3))
    return {
        "shape": rng.normal(0, 1, (frames, N_IDENTITY)),
        "expression": rng.normal(0, 1, (frames, N_EXPRESSION)),
        "global_rotation": root,
        "neck": neck,
        "jaw": jaw,
        "left_eye": left_eye,
        "right_eye": right_eye,
        "translation": rng.normal(0, 0.1, (frames, 3)),
    }


def _helix() -> np.ndarray:
    along = np.linspace(-0.97, 0.97, N_VERTICES)
    around, radius = 2 * np.pi * np.arange(N_VERTICES) / PER_TURN, 0.1 * np.sqrt(1 - along**2)
    return np.stack([radius * np.cos(around), 0.16 * along - 0.03, 1.1 * radius * np.sin(around) - 0.03], 1)


def _faces() -> np.ndarray:
    first = np.arange(N_VERTICES - PER_TURN - 1)
    lower = np.stack([first, first + 1, first + PER_TURN], 1)
    upper = np.stack([first + 1, first + PER_TURN + 1, first + PER_TURN], 1)
    return np.concatenate([lower, upper]).astype(np.int32)


def _weights(template: np.ndarray) -> np.ndarray:
    weights = np.exp(-((template[:, None] - JOINTS) ** 2).sum(-1) / 0.004)
    weights /= weights.sum(1, keepdims=True)
    for eyeball, joint in ((LEFT_EYEBALL, 3), (RIGHT_EYEBALL, 4)):
        weights[eyeball] = np.eye(5)[joint]
    return weights
