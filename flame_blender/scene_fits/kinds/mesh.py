"""A head fitted to one mesh in its model's own topology."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import fitting
from ...errors import ParameterError
from ...fitting.solver.preview import Preview
from ...flame.topology import N_VERTICES, N_WITH_TEETH, TEETH_LEFT_OUT
from ...head import models
from ...mesh_looks.bringing import coarse_of, read_ahead
from ...model_files.library import ModelEntry
from ...observations.mesh_sources import Source, object_of, vertices_of
from ...sequences.meshes import first_file
from .. import guess, panel_settings
from ..head_to_fit import HeadToFit
from ..options import FileFitOptions, FitOptions, placed
from ..prepared import Prepared

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "MESH"
LABEL = "Mesh"
DESCRIPTION = "A mesh in the model's own topology, vertex for vertex"
BUTTON = "Fit to Mesh"
TOOLTIP = "Fit a head to a mesh that has the model's own vertices, in their order"
FIELDS = (("scan", "Mesh"), "mesh_file", "units", "axes", "guess", "fit_scale", "looks")


@dataclass(frozen=True, kw_only=True, eq=False)
class MeshFitOptions(FitOptions):
    """What :func:`fit_mesh` takes, for :func:`fitting_head`.

    Attributes
    ----------
    mesh : bpy.types.Object, str, Path or (V, 3) numbers
        A mesh, an .obj, .ply or .npy, or vertices, in the model's order.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the mesh: "M", "CM", "MM" or "INCH"; "AUTO" has it told by how the head lies best.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    fit_scale : bool, default False
        The head may have any size.
    looks : bool, default True
        Take over texture, normal map and colours of a file, its detail mesh and its displacement.
    """

    mesh: Source
    model: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"
    fit_scale: bool = False
    looks: bool = True


OPTIONS = MeshFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """A file or an object."""
    return None if panel_settings.mesh_of(settings) else "Choose a mesh or a mesh file first"


def from_settings(settings: FLAME_PG_fit) -> MeshFitOptions:
    """The file goes before the object."""
    mesh: Any = panel_settings.mesh_of(settings)  # never None: `missing` asks for it
    return MeshFitOptions(mesh=mesh, looks=settings.looks, **placed(settings))


def from_file(path: Path, options: FileFitOptions) -> MeshFitOptions:
    """The file is the mesh."""
    return MeshFitOptions(mesh=path, model=options.model, **placed(options))


def prepare(options: MeshFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """Without a head, the model is the first installed one with as many vertices, where the chosen one has not."""
    source, looks = options.mesh, None
    if isinstance(source, (str, Path)) and options.looks:
        chosen = Path(source)
        source = coarse_of(chosen)
        looks = read_ahead(chosen, first_file(source))
    vertices, notes = vertices_of(source), tuple[str, ...]()
    entry = _entry_of(to, len(vertices))
    if entry.n_vertices != len(vertices) == N_WITH_TEETH:
        entry = _entry_of(to, N_VERTICES)
        if entry.n_vertices == N_VERTICES:
            vertices, notes = vertices[:N_VERTICES], (TEETH_LEFT_OUT,)
    count = len(vertices)
    if entry.n_vertices != count:
        raise ParameterError(
            f"Expected the {entry.n_vertices} vertices of {entry.name}, found {count}: fit it as a scan instead."
        )
    evaluator = dataclasses.replace(to, entry=entry).evaluator
    placement = guess.of_vertices(vertices, evaluator.model.v_template, options.units, options.axes)
    steps = fitting.fitting_mesh(evaluator, placement.to_flame(vertices), fit_scale=options.fit_scale, preview=preview)
    return Prepared(
        steps=steps, entry=entry, placement=placement, scan=object_of(options.mesh), notes=notes, looks=looks
    )


def _entry_of(to: HeadToFit, n_vertices: int) -> ModelEntry:
    """The chosen model; without a head the first installed one with as many vertices, where there is one."""
    if to.head is not None or to.entry.n_vertices == n_vertices:
        return to.entry
    return next((each for each in models.entries() if each.n_vertices == n_vertices), to.entry)
