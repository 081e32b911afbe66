"""Models of the same people in other numbers. The releases of FLAME differ so: one topology, other bases."""

from __future__ import annotations

import numpy as np

from flame_blender.flame.model import FlameModel
from tests.flame.face_like import face_like_model

EVERY = 8  # vertices of which one is kept in a small model


def other_basis(model: FlameModel, seed: int, n_identity: int | None = None, n_expression: int | None = None):
    """The model with its identity and its expression directions mixed at random, and as many of these as asked for."""
    rng = np.random.default_rng(seed)
    directions = model.shapedirs.astype(np.float64)
    parts = []
    for own, count in (
        (directions[:, :, : model.n_identity], n_identity),
        (directions[:, :, model.n_identity :], n_expression),
    ):
        mixed = own @ np.linalg.qr(rng.normal(size=(own.shape[2], own.shape[2])))[0]
        parts.append(mixed[:, :, :count])
    return with_directions(model, *parts)


def first_directions(model: FlameModel, n_identity: int, n_expression: int) -> FlameModel:
    """The model with its first directions alone, as of a file that was cut."""
    directions = model.shapedirs.astype(np.float64)
    begin = model.n_identity
    return with_directions(model, directions[:, :, :n_identity], directions[:, :, begin : begin + n_expression])


def with_directions(model: FlameModel, identity: np.ndarray, expression: np.ndarray) -> FlameModel:
    """The model with other directions (V, 3, k)."""
    return FlameModel.from_arrays(
        v_template=model.v_template, faces=model.faces, shapedirs=np.concatenate([identity, expression], 2),
        posedirs=model.posedirs, joint_regressor=model.joint_regressor, weights=model.weights, parents=model.parents,
        n_identity=identity.shape[2],
    )  # fmt: skip


def small_face(n_identity: int = 60, n_expression: int = 30) -> FlameModel:
    """Every eighth vertex of a face-like model, and its first directions: what SciPy solves in seconds."""
    whole = first_directions(face_like_model(), n_identity, n_expression)
    kept = np.arange(0, whole.n_vertices, EVERY)
    template = whole.v_template[kept].astype(np.float64)
    affine = np.c_[template, np.ones(len(kept))]
    joints = whole.joint_regressor.astype(np.float64) @ whole.v_template
    near = [np.exp(-((template - joint) ** 2).sum(1) / 0.02**2) for joint in joints]
    regressor = [
        weight * (affine @ np.linalg.solve(affine.T @ (weight[:, None] * affine), np.r_[joint, 1.0]))
        for weight, joint in zip(near, joints, strict=True)
    ]
    count = len(kept)
    return FlameModel.from_arrays(
        v_template=template, faces=np.arange(2, count)[:, None] - [0, 1, 2],
        shapedirs=whole.shapedirs[kept], posedirs=whole.posedirs[kept], joint_regressor=np.stack(regressor),
        weights=whole.weights[kept], parents=whole.parents, n_identity=n_identity,
    )  # fmt: skip
