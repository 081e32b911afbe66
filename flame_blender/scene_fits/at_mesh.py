"""A head fitted to one mesh in its model's own topology, or to a mesh of the Basel Face Model."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import bpy
import numpy as np

from ..errors import ParameterError
from ..fitting.meshes.basel import correspondence_of, load_correspondence
from ..fitting.meshes.basel_fit import fitting_basel
from ..fitting.meshes.one_mesh import fitting_mesh
from ..flame.topology import N_VERTICES, N_WITH_TEETH, TEETH_LEFT_OUT
from ..head import models
from ..long_work import result_of
from ..model_files.library import ModelEntry
from ..observations.scans import read_scan
from ..sequences.meshes import loading_meshes
from . import guess
from .choices import Choices
from .prepared import Prepared

Source = bpy.types.Object | Path | np.ndarray


def vertices_of(source: Source) -> np.ndarray:
    """(V, 3) float64 of a mesh object, modifiers included, in the world; of a file or an array as they are there."""
    if isinstance(source, Path):
        return result_of(loading_meshes(source)).vertices[0].astype(np.float64)
    if isinstance(source, bpy.types.Object):
        if source.type != "MESH":
            raise ParameterError(f"Expected a mesh, found {source.name!r} ({source.type.title()}).")
        return read_scan(source).points
    vertices = np.asarray(source)
    if vertices.dtype.kind not in "fiu" or vertices.ndim != 2 or vertices.shape[1] != 3 or not len(vertices):
        found = f"{vertices.dtype} {vertices.shape}"
        raise ParameterError(f"Points must be numbers of shape (points, 3), at least one, found {found}.")
    if not np.isfinite(vertices).all():
        raise ParameterError("Points must be finite numbers, found NaN or infinity: leave such points out.")
    return vertices.astype(np.float64)


def prepared(vertices: np.ndarray, choices: Choices) -> Prepared:
    """The fit to (V, 3) vertices in the model's order. Raises FlameError.

    Without a head, the model is the first installed one with as many vertices, where the chosen one has not.
    """
    entry, notes = _entry_of(choices, len(vertices)), tuple[str, ...]()
    if entry.n_vertices != len(vertices) == N_WITH_TEETH:
        entry = _entry_of(choices, N_VERTICES)
        if entry.n_vertices == N_VERTICES:
            vertices, notes = vertices[:N_VERTICES], (TEETH_LEFT_OUT,)
    count = len(vertices)
    if entry.n_vertices != count:
        raise ParameterError(
            f"Expected the {entry.n_vertices} vertices of {entry.name}, found {count}: fit it as a scan instead."
        )
    evaluator = dataclasses.replace(choices, entry=entry).evaluator
    placement = guess.of_vertices(vertices, evaluator.model.v_template, choices.units, choices.axes)
    return Prepared(
        lambda preview: fitting_mesh(
            evaluator, placement.to_flame(vertices), fit_scale=choices.fit_scale, preview=preview
        ),
        entry,
        placement,
        notes,
    )


def _entry_of(choices: Choices, n_vertices: int) -> ModelEntry:
    """The chosen model; without a head the first installed one with as many vertices, where there is one."""
    if choices.head is not None or choices.entry.n_vertices == n_vertices:
        return choices.entry
    return next((each for each in models.entries() if each.n_vertices == n_vertices), choices.entry)


def prepared_basel(vertices: np.ndarray, correspondence: Path, choices: Choices) -> Prepared:
    """The fit to (B, 3) vertices of a Basel model through the file ``BFM_to_FLAME_corr.npz``. Raises FlameError."""
    found = correspondence_of(load_correspondence(correspondence), len(vertices))
    evaluator = choices.evaluator
    mask, template = found.mask, evaluator.model.v_template
    if len(template) != N_VERTICES:
        raise ParameterError(
            f"The correspondence is with FLAME's {N_VERTICES} vertices, {choices.entry.name} has "
            f"{len(template)}: choose a FLAME model, or fit the mesh as a scan."
        )
    placement = guess.of_vertices(found.apply(vertices)[mask], template[mask], choices.units, choices.axes)
    return Prepared(
        lambda preview: fitting_basel(evaluator, placement.to_flame(vertices), found, preview=preview),
        choices.entry,
        placement,
    )
