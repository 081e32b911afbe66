"""A FLAME head fitted to a mesh of the Basel Face Model, through the file that tells where they correspond."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import fitting
from ...errors import ParameterError
from ...fitting.solver.preview import Preview
from ...flame.topology import N_VERTICES
from ...observations.mesh_sources import Source, object_of, vertices_of
from .. import guess, panel_settings
from ..head_to_fit import HeadToFit
from ..options import FileFitOptions, FitOptions
from ..prepared import Prepared
from . import mesh, scan

if TYPE_CHECKING:
    from ..properties import FLAME_PG_fit

KEY = "BASEL"
LABEL = "Basel"
DESCRIPTION = "A mesh of the Basel Face Model, 2009, 2017 or cropped"
BUTTON = "Fit to Basel Face"
TOOLTIP = "Fit a head to a mesh of the Basel Face Model, through its correspondence file or by the nearest surface"
FIELDS = ("scan", "mesh_file", "correspondence", "units", "axes", "guess", "fit_scale", "landmarks")


@dataclass(frozen=True, kw_only=True, eq=False)
class BaselFitOptions(FitOptions):
    """What :func:`fit_basel` takes, for :func:`fitting_head`.

    Attributes
    ----------
    mesh : bpy.types.Object, str, Path or (B, 3) numbers
        A mesh, an .obj, .ply or .npy, or vertices, in the Basel model's order.
    correspondence : str or Path
        ``BFM_to_FLAME_corr.npz``; without it use :func:`fit_scan`.
    model : str, Path or None, default None
        Model of a head that is added: a name, or a file; None is :func:`new_head_model`.
    units : str, default "AUTO"
        Of one unit of the mesh: "M", "CM", "MM" or "INCH"; "AUTO" has it told by how the head lies best.
    axes : str, default "AUTO"
        How the head stands there: "Y_UP_FACE_TO_Z", "Z_UP_FACE_TO_MINUS_Y" and so on; "AUTO" has it told.
    """

    mesh: Source
    correspondence: str | Path
    model: str | Path | None = None
    units: str = "AUTO"
    axes: str = "AUTO"


OPTIONS = BaselFitOptions


def missing(settings: FLAME_PG_fit) -> str | None:
    """A file or an object."""
    return mesh.missing(settings)


def from_settings(settings: FLAME_PG_fit) -> FitOptions:
    """Without the correspondence the nearest surface is taken, as of any scan."""
    correspondence = panel_settings.path_of(settings.correspondence)
    if correspondence is not None:
        mesh: Any = panel_settings.mesh_of(settings)  # never None: `missing` asks for it
        return BaselFitOptions(mesh=mesh, correspondence=correspondence, units=settings.units, axes=settings.axes)
    if settings.scan is None:
        raise ParameterError("Without BFM_to_FLAME_corr.npz a Basel mesh must be an object in the scene: import it.")
    return scan.from_settings(settings)


def from_file(path: Path, options: FileFitOptions) -> BaselFitOptions:
    """One correspondence for all files."""
    if options.correspondence is None:
        raise ParameterError("Basel meshes need the file BFM_to_FLAME_corr.npz; without it fit them as scans.")
    return BaselFitOptions(
        mesh=path,
        correspondence=options.correspondence,
        model=options.model,
        units=options.units,
        axes=options.axes,
    )


def prepare(options: BaselFitOptions, to: HeadToFit, preview: Preview) -> Prepared:
    """The mesh may have any size."""
    vertices = vertices_of(options.mesh)
    found = fitting.correspondence_of(fitting.load_correspondence(Path(options.correspondence)), len(vertices))
    evaluator = to.evaluator
    mask, template = found.mask, evaluator.model.v_template
    if len(template) != N_VERTICES:
        raise ParameterError(
            f"The correspondence is with FLAME's {N_VERTICES} vertices, {to.entry.name} has "
            f"{len(template)}: choose a FLAME model, or fit the mesh as a scan."
        )
    placement = guess.of_vertices(found.apply(vertices)[mask], template[mask], options.units, options.axes)
    steps = fitting.fitting_basel(evaluator, placement.to_flame(vertices), found, preview=preview)
    return Prepared(steps=steps, entry=to.entry, placement=placement, scan=object_of(options.mesh))
