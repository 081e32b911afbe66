"""What a model can show of meshes, by an independent solver on an independent layer."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import torch

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams


def least_residual(
    model: FlameModel, meshes: np.ndarray, begin: FlameParams, weights: np.ndarray | None = None
) -> float:
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

    pose = np.concatenate(
        [np.broadcast_to(getattr(begin, name), (count, 3)) for name in (*POSE_FIELDS, "translation")], 1
    )
    expression = np.broadcast_to(begin.expression, (count, model.n_expression))
    start = np.concatenate([begin.shape, np.concatenate([expression, pose], 1).ravel()]).astype(np.float64)
    found = scipy.optimize.least_squares(residuals, start, x_scale="jac", max_nfev=30)
    return float(np.sqrt(2 * found.cost / (weights.sum() * count)))
