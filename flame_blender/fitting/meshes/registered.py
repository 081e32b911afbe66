"""From meshes in the model's topology to parameters: one identity for the clip, expression and pose for each frame."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.params import FlameParams
from ...long_work import part_of, result_of
from ...sequences.sequence import params_of_frames
from .mesh_solver import MeshSolver

SOLVING = 0.98  # share of the work
FRAMES_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class RegisteredFit:
    """Parameters of meshes over time.

    Attributes
    ----------
    params : FlameParams
        With a frame axis.
    errors : (N,) float64, metres
        Mean distance of the vertices of each frame.
    """

    params: FlameParams
    errors: np.ndarray

    @property
    def mean_error(self) -> float:
        """Mean over the clip, metres."""
        return float(self.errors.mean())


def fit_registered(evaluator: FlameEvaluator, vertices: np.ndarray, identity_per_frame: bool = False) -> RegisteredFit:
    """Parameters of meshes over time in the model's topology; :func:`fitting_registered` does it in steps.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    vertices : (N, V, 3) numbers, metres
        FLAME's axes, in the model's order.
    identity_per_frame : bool, default False
        An identity for each frame; else one for the clip.

    Returns
    -------
    RegisteredFit
        The parameters of all frames, and the error of each.

    Raises
    ------
    ParameterError
        Another number of vertices, or no finite ones.
    """
    return result_of(fitting_registered(evaluator, vertices, identity_per_frame))


def fitting_registered(
    evaluator: FlameEvaluator, vertices: np.ndarray, identity_per_frame: bool = False
) -> Generator[float, None, RegisteredFit]:
    """The same in steps: yields the share that is done, 0 to 1.

    The identity is solved together with expression and pose on up to 48 frames, then held for the clip; with
    ``identity_per_frame`` each mesh gets its own. Raises ParameterError for meshes of another size or with NaN.
    """
    model = evaluator.model
    if vertices.ndim != 3 or vertices.shape[1:] != (model.n_vertices, 3) or not len(vertices):
        expected = f"(frames, {model.n_vertices}, 3)"
        raise ParameterError(f"vertices must have shape {expected} for this model, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise ParameterError("vertices must hold finite numbers, found NaN or infinity.")
    solving = MeshSolver(evaluator).solving(vertices, identity_per_frame=identity_per_frame)
    params = yield from part_of(solving, 0.0, SOLVING)
    errors = []
    for start in range(0, len(vertices), FRAMES_AT_ONCE):
        frames = slice(start, start + FRAMES_AT_ONCE)
        away = evaluator.vertices(params_of_frames(params, frames)) - vertices[frames]
        errors.append(np.linalg.norm(away.astype(np.float64), axis=-1).mean(-1))
        yield SOLVING + (1 - SOLVING) * min(frames.stop, len(vertices)) / len(vertices)
    return RegisteredFit(params, np.concatenate(errors))
