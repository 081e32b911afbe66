"""From a mesh of the Basel Face Model to parameters, through the correspondences of BFM_to_FLAME."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from ...errors import ParameterError
from ...flame.evaluator import FlameEvaluator
from ...long_work import result_of
from ..reports.doubts import coefficient_sizes
from ..reports.outcome import MILLIMETRES, UNSETTLED, Fit, FitReport
from ..solver.preview import Preview, no_preview
from .basel import BaselCorrespondence
from .on_vertices import solving_vertices


def fit_basel(evaluator: FlameEvaluator, vertices: np.ndarray, correspondence: BaselCorrespondence) -> Fit:
    """Fit a head, and its scale, to a mesh of the Basel Face Model; :func:`fitting_basel` does it in steps.

    Parameters
    ----------
    evaluator : FlameEvaluator
        Of the model.
    vertices : (B, 3) numbers, about metres
        FLAME's axes, in the Basel model's order.
    correspondence : BaselCorrespondence
        Of that topology, out of :func:`load_correspondence`.

    Returns
    -------
    Fit
        The head, and the distances of the vertices that correspond in mm.

    Raises
    ------
    ParameterError
        The model has another topology than FLAME's, or the vertices are not finite.
    ModelError
        The correspondence is of another number of vertices.
    """
    return result_of(fitting_basel(evaluator, vertices, correspondence))


def fitting_basel(
    evaluator: FlameEvaluator,
    vertices: np.ndarray,
    correspondence: BaselCorrespondence,
    *,
    preview: Preview = no_preview,
) -> Generator[float, None, Fit]:
    """Fit a head, and its scale, to ``vertices`` (B, 3) of a Basel mesh, about metres, FLAME's axes.

    FLAME's vertices that correspond well, those of the mask, should lie where the mesh has them. Yields the share that
    is done. Raises ParameterError for a model of another topology or vertices that are not finite, ModelError for
    another number of vertices.
    """
    expected = len(correspondence.covered)
    if evaluator.model.n_vertices != expected:
        raise ParameterError(
            f"The correspondence is with {expected} vertices of FLAME, this model has {evaluator.model.n_vertices}."
        )
    if not np.isfinite(vertices).all():
        raise ParameterError("vertices must hold finite numbers, found NaN or infinity.")
    chosen = correspondence.mask[correspondence.covered[correspondence.mask]]
    places = correspondence.apply(vertices)[chosen]
    solved, targets = yield from solving_vertices(evaluator, chosen, places, True, preview)
    errors = 1000 * targets.errors(solved.unknowns)
    sizes = coefficient_sizes(evaluator.model, solved.unknowns.coefficients)
    notes = (*sizes.notes(), *(() if solved.settled else (UNSETTLED,)))
    report = FitReport("Basel mesh", MILLIMETRES, errors, solved.iterations, notes, sizes)
    return Fit(solved.unknowns.params(), report, solved.unknowns.scale)
