"""From one mesh in the model's topology to parameters, at a scale of its own where that is not known."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...flame.params import COEFFICIENT_FIELDS, VECTOR_FIELDS, FlameParams
from ...geometry.rigid import similarity_alignment
from ...landmark_files.plausible import LARGEST_FACTOR
from ...long_work import part_of, result_of
from ..reports.doubts import coefficient_sizes, doubtful
from ..reports.outcome import MILLIMETRES, Fit, FitReport
from ..solver.preview import Preview, no_preview
from .on_vertices import solving_vertices
from .registered import fitting_registered

TELL_THE_SCALE = 600  # vertices


def fit_mesh(evaluator: FlameEvaluator, vertices: np.ndarray, fit_scale: bool = False) -> Fit:
    """Fit a head to one mesh in the model's topology; :func:`fitting_mesh` does it in steps.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    vertices : (V, 3) numbers, metres
        FLAME's axes, in the model's order.
    fit_scale : bool, default False
        The mesh may have any size.

    Returns
    -------
    Fit
        The head, and the distance of each vertex in mm.

    Raises
    ------
    ParameterError
        Another number of vertices, no finite ones, or all in one place.
    """
    return result_of(fitting_mesh(evaluator, vertices, fit_scale=fit_scale))


def fitting_mesh(
    evaluator: FlameEvaluator, vertices: np.ndarray, *, fit_scale: bool = False, preview: Preview = no_preview
) -> Generator[float, None, Fit]:
    """Fit a head to ``vertices`` (V, 3), metres, FLAME's axes, in the model's order; yields the share that is done.

    As :func:`.registered.fitting_registered` does for clips. With ``fit_scale`` the mesh may be of any size: some of
    its vertices tell the scale first. So it is done, and said, with a mesh that is no head's size. Raises
    ParameterError.
    """
    count = evaluator.model.n_vertices
    if vertices.shape != (count, 3):
        raise ParameterError(f"vertices must have shape ({count}, 3) for this model, found {vertices.shape}.")
    if not np.isfinite(vertices).all():
        raise ParameterError("vertices must hold finite numbers, found NaN or infinity.")
    scale, size = 1.0, similarity_alignment(evaluator.model.v_template, vertices)[0]
    if not 1e-9 < size < np.inf:
        raise ParameterError("vertices must make a head, found all of them in one place.")
    is_a_heads = 1 / LARGEST_FACTOR <= size <= LARGEST_FACTOR
    if fit_scale or not is_a_heads:
        some = np.unique(np.linspace(0, count - 1, TELL_THE_SCALE).round().astype(int))
        solving = solving_vertices(evaluator, some, vertices[some] / size, True, preview)
        solved, _ = yield from part_of(solving, 0.0, 0.6)
        scale = size * solved.unknowns.scale
    metres = (vertices / scale).astype(np.float32)[None]
    fit = yield from part_of(fitting_registered(evaluator, metres, identity_per_frame=True), 0.6, 1.0)
    params = FlameParams(**{name: getattr(fit.params, name)[0] for name in (*COEFFICIENT_FIELDS, *VECTOR_FIELDS)})
    preview(params)
    errors = 1000 * scale * np.linalg.norm(evaluator.vertices(params) - metres[0].astype(np.float64), axis=1)
    sizes = coefficient_sizes(evaluator.model, np.concatenate([params.shape, params.expression]))
    other_size = f"the mesh is {size:.3g} times as large as a head, and is fitted at that size: check its unit."
    notes = (*sizes.notes(), *doubtful([] if fit_scale or is_a_heads else [other_size]))
    return Fit(params, FitReport("registered mesh", MILLIMETRES, errors, len(fit.errors), notes, sizes), scale)
