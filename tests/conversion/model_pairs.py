"""Models whose people are the same, told by other numbers; and an independent solver for what one can show of another.

The releases of FLAME differ so: one topology, other bases.
"""

from __future__ import annotations

import numpy as np
import scipy.optimize
import torch

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams
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
        v_template=template, faces=np.stack([np.arange(count), np.roll(np.arange(count), 1), np.roll(np.arange(count), 2)], 1),
        shapedirs=whole.shapedirs[kept], posedirs=whole.posedirs[kept], joint_regressor=np.stack(regressor),
        weights=whole.weights[kept], parents=whole.parents, n_identity=n_identity,
    )  # fmt: skip


def least_residual(model: FlameModel, meshes: np.ndarray, begin: FlameParams, weights: np.ndarray | None = None) -> float:
    """Metres: the least root mean square distance to ``meshes`` (N, V, 3) of heads with one identity, by SciPy.

    The layer is smplx's, its derivatives are differences. ``begin`` is where the search starts.
    """
    from smplx.lbs import lbs

    double = {name: torch.tensor(np.array(getattr(model, name)), dtype=torch.float64) for name in
              ("v_template", "shapedirs", "joint_regressor", "weights")}  # fmt: skip
    posedirs = torch.tensor(np.array(model.posedirs, np.float64).reshape(-1, model.posedirs.shape[2]).T.copy())
    count, n_identity = len(meshes), model.n_identity
    weights = np.ones(model.n_vertices) if weights is None else weights

    def residuals(x: np.ndarray) -> np.ndarray:
        shape, own = x[:n_identity], x[n_identity:].reshape(count, -1)
        betas = np.concatenate([np.tile(shape, (count, 1)), own[:, :-18]], 1)
        vertices, _ = lbs(
            torch.tensor(betas), torch.tensor(own[:, -18:-3]), double["v_template"], double["shapedirs"], posedirs,
            double["joint_regressor"], torch.tensor(model.parents.astype(np.int64)), double["weights"], pose2rot=True,
        )  # fmt: skip
        away = vertices.numpy() + own[:, None, -3:] - meshes
        return (away * np.sqrt(weights)[:, None]).ravel()

    pose = np.concatenate([np.broadcast_to(getattr(begin, name), (count, 3)) for name in (*POSE_FIELDS, "translation")], 1)
    expression = np.broadcast_to(begin.expression, (count, model.n_expression))
    start = np.concatenate([begin.shape, np.concatenate([expression, pose], 1).ravel()]).astype(np.float64)
    found = scipy.optimize.least_squares(residuals, start, x_scale="jac", max_nfev=30)
    return float(np.sqrt(2 * found.cost / (weights.sum() * count)))
