"""What a model can show of meshes, by an independent solver on an independent layer."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.optimize
import torch

from flame_blender.flame.model import FlameModel
from flame_blender.flame.params import POSE_FIELDS, FlameParams

N_POSE = 18  # five rotations and the translation
STEPS, DIFFERENCE, AT_ONCE = 3, 1e-4, 64


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


def least_plausible_residual(
    model: FlameModel, mesh: np.ndarray, begin: FlameParams, weights: np.ndarray, most: float
) -> float:
    """Metres: as :func:`least_residual` of one mesh (V, 3), of coefficients whose squares sum to ``most`` or less.

    Vertices without weight are left out. Gauss's and Newton's steps; in each the best of the linear problem on the ball
    is found by SciPy's eigenvalues and the root of the secular equation (Golub and Van Loan, "Matrix computations").
    """
    from smplx.lbs import lbs

    some, n = np.flatnonzero(weights), model.n_identity + model.n_expression
    regressor = np.array(model.joint_regressor, np.float64)

    def few(array: np.ndarray) -> np.ndarray:
        """Those vertices, then the joints as if they were vertices, which tell where joints are as all of them do."""
        return np.concatenate([array[some], np.tensordot(regressor, array, 1)])

    own = len(some)
    rest, directions = (few(np.array(each, np.float64)) for each in (model.v_template, model.shapedirs))
    bends = np.concatenate([np.array(model.posedirs, np.float64)[some], np.zeros((5, 3, model.posedirs.shape[2]))])
    skinning = np.concatenate([np.array(model.weights, np.float64)[some], np.eye(5)])
    arrays = [torch.tensor(each) for each in (
        rest, directions, bends.reshape(-1, bends.shape[2]).T.copy(), np.eye(5, own + 5, own),
        model.parents.astype(np.int64), skinning)]  # fmt: skip
    roots = np.sqrt(weights[some])[:, None]

    def residuals(x: np.ndarray) -> np.ndarray:
        vertices, _ = lbs(torch.tensor(x[:, :n]), torch.tensor(x[:, n:-3]), *arrays, pose2rot=True)
        return ((vertices.numpy()[:, :own] + x[:, None, -3:] - mesh[some]) * roots).reshape(len(x), -1)

    pose = np.concatenate([np.broadcast_to(getattr(begin, name), (1, 3))[0] for name in (*POSE_FIELDS, "translation")])
    x = np.concatenate([np.zeros(n), pose]).astype(np.float64)
    for _ in range(STEPS):
        steps = DIFFERENCE * np.eye(len(x))
        slopes = np.concatenate([
            (residuals(x + steps[k : k + AT_ONCE]) - residuals(x - steps[k : k + AT_ONCE])) / (2 * DIFFERENCE)
            for k in range(0, len(x), AT_ONCE)])  # fmt: skip
        x = _best_on_ball(slopes, slopes.T @ x - residuals(x[None])[0], n, most)
    assert (x[:n] ** 2).sum() < most * 1.001
    return float(np.sqrt((residuals(x[None]) ** 2).sum() / weights.sum()))


def _best_on_ball(slopes: np.ndarray, wanted: np.ndarray, n: int, most: float) -> np.ndarray:
    """The x for which |slopes' x - wanted|^2 is least where the squares of its first n sum to ``most`` or less."""
    free, _ = np.linalg.qr(slopes[n:].T)  # what the pose can do costs nothing, and is taken off
    inner = slopes[:n].T - free @ (free.T @ slopes[:n].T)
    values, vectors = scipy.linalg.eigh(inner.T @ inner)
    values, along = np.maximum(values, 0), vectors.T @ (inner.T @ wanted)

    def beyond(power: float) -> float:
        return float(((along / (values + 10**power)) ** 2).sum() - most)

    power = scipy.optimize.brentq(beyond, -20, 2) if beyond(-20) > 0 else -20
    coefficients = vectors @ (along / (values + 10**power))
    turned, *_ = np.linalg.lstsq(slopes[n:].T, wanted - slopes[:n].T @ coefficients, rcond=None)
    return np.concatenate([coefficients, turned])
