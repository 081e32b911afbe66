"""A head fitted to one mesh in its model's own topology, or to a mesh of the Basel Face Model."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np

from ..fitting.basel import N_FLAME_VERTICES, BaselCorrespondence, load_correspondence
from ..fitting.basel_fit import fitting_basel
from ..fitting.outcome import Fit
from ..fitting.registered import fitting_mesh
from ..flame.errors import ParameterError
from ..flame.steps import result_of
from ..head import models
from ..sequences.meshes import loading_meshes
from . import guess
from .choices import Choices
from .placement import Placement
from .scans import read_scan
from .stage import FittedHead, Stage, finished, running

Source = bpy.types.Object | Path | np.ndarray


def vertices_of(source: Source) -> np.ndarray:
    """(V, 3) float64 of a mesh object, modifiers included, in the world; of a file or an array as they are there."""
    if isinstance(source, Path):
        return result_of(loading_meshes(source)).vertices[0].astype(np.float64)
    if isinstance(source, bpy.types.Object):
        if source.type != "MESH":
            raise ParameterError(f"Expected a mesh, found {source.name!r} ({source.type.title()}).")
        return read_scan(source).points
    vertices = np.asarray(source, np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not np.isfinite(vertices).all():
        raise ParameterError(f"Vertices must be finite numbers of shape (V, 3), found {vertices.shape}.")
    return vertices


def fitting(source: Source, choices: Choices) -> Generator[float, None, FittedHead]:
    """Fit a head to a mesh with the model's vertices in their order. Closed early, or on a FlameError, all is as before.

    Without a head, the model is the first installed one with as many vertices, where the chosen one has not.
    """
    vertices = vertices_of(source)
    entry = choices.entry
    if choices.head is None and entry.n_vertices != len(vertices):
        entry = next((each for each in models.entries() if each.n_vertices == len(vertices)), entry)
    if entry.n_vertices != len(vertices):
        raise ParameterError(
            f"Expected the {entry.n_vertices} vertices of {entry.name}, found {len(vertices)}; fit it as a scan."
        )
    evaluator = models.evaluator(entry.fingerprint)
    placement = guess.of_vertices(vertices, evaluator.model.v_template, choices.units, choices.axes)
    stage = Stage(choices.head, entry, choices.collection, placement.head_matrix)
    head, fit = yield from running(
        stage,
        lambda preview: fitting_mesh(
            evaluator, placement.to_flame(vertices), fit_scale=choices.fit_scale, preview=preview
        ),
    )
    return _finished(head, fit, source, placement)


def fitting_to_basel(source: Source, correspondence: Path, choices: Choices) -> Generator[float, None, FittedHead]:
    """Fit a head to a mesh of a Basel model through the file ``BFM_to_FLAME_corr.npz``, as :func:`fitting` does."""
    vertices = vertices_of(source)
    found = _correspondence(load_correspondence(correspondence), len(vertices), correspondence)
    evaluator = models.evaluator(choices.entry.fingerprint)
    mask, template = found.mask, evaluator.model.v_template
    if len(template) != N_FLAME_VERTICES:
        raise ParameterError(
            f"The correspondence is with FLAME's {N_FLAME_VERTICES} vertices, {choices.entry.name} has "
            f"{len(template)}: choose a FLAME model, or fit the mesh as a scan."
        )
    placement = guess.of_vertices(found.apply(vertices)[mask], template[mask], choices.units, choices.axes)
    stage = Stage(choices.head, choices.entry, choices.collection, placement.head_matrix)
    head, fit = yield from running(
        stage,
        lambda preview: fitting_basel(evaluator, placement.to_flame(vertices), found, preview=preview),
    )
    return _finished(head, fit, source, placement)


def _correspondence(found: dict[str, BaselCorrespondence], n_vertices: int, path: Path) -> BaselCorrespondence:
    for each in found.values():
        if each.n_vertices == n_vertices:
            return each
    known = ", ".join(f"{name} ({each.n_vertices})" for name, each in found.items())
    raise ParameterError(f"{path.name}: expected a mesh of {known} vertices, found one of {n_vertices}.")


def _finished(head: bpy.types.Object, fit: Fit, source: Source, placement: Placement) -> FittedHead:
    head.flame_fit.metres = placement.metres
    scan = source if isinstance(source, bpy.types.Object) else None
    return finished(head, fit, scan, notes=(f"Taken to be in {placement.told}.",))
