"""How heads look: painted skin, UVs, quads; looks of mesh files, detail meshes, displacements."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import bpy

from ..character import looks, quads
from ..errors import ModelError
from ..head import models, parameters
from ..long_work import result_of
from ..mesh_looks import before_looks, detail_mesh, displacement, showing
from ..mesh_looks.detail_mesh import DetailMesh, DetailMeshOptions
from ..mesh_looks.displacement import Displaced
from ..mesh_looks.showing import ShownLooks
from ..textured_meshes.file_looks import read_looks


def compute_looks(model: str | Path | None = None, *, progress: Callable[[float], None] | None = None) -> None:
    """Give an installed model the built-in head's looks: UVs where it has none, materials, the painted skin.

    They are carried over to the model's mesh and kept for it, with its named controls, which are computed where there
    are none yet. Its heads look so from then on; those of this file that have nothing but plain materials are changed.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Raises
    ------
    ParameterError
        It is the built-in head, which brings its own.
    ModelError
        There is no such model, it is no head, or its skin cannot be laid flat.
    WriteError
        The user's folder cannot be written to.
    """
    result_of(computing_looks(model), progress)


def computing_looks(model: str | Path | None = None) -> Generator[float, None, None]:
    """:func:`compute_looks` in steps: yields the share that is done. Closed early, the model looks as before.

    Parameters
    ----------
    model : str, Path or None, default None
        One of :func:`model_names`, or a file, which is installed; None is the model for new heads.

    Returns
    -------
    generator
        It raises the same.
    """
    entry = models.resolve(model)
    yield from looks.computing(entry)
    looks.show_on_heads(entry)


def lacks_looks(obj: bpy.types.Object) -> bool:
    """Whether :func:`compute_looks` has something to do for a head's model.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        False for the built-in head, and where a painted skin is there for the UVs that the model has by now.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    return looks.is_missing(parameters.require_head(obj).fingerprint)


def show_quads(obj: bpy.types.Object, join: bool = True) -> int:
    """Join a head's triangles to quads where two make a good one, so that Subdivision Surface looks right; or undo it.

    Vertices and their order, shape keys, vertex groups, UVs and values stay; fits and files use the model's triangles
    in any case. Triangles of different materials, and such as a seam of UVs parts, are not joined.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    join : bool, default True
        False cuts the quads again, along the model's edges.

    Returns
    -------
    int
        How many quads the head has then.

    Raises
    ------
    ParameterError
        ``obj`` is no head, its model is not installed or has quads of its own, or its mesh cannot be changed: linked,
        in Edit Mode, or with other polygons.
    """
    return quads.show_quads(obj, join)


def has_quads(obj: bpy.types.Object) -> bool:
    """Whether a head shows quads.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        True for the built-in head, and after :func:`show_quads`.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return quads.has_quads(obj)


def take_looks(obj: bpy.types.Object, path: str | Path) -> ShownLooks:
    """Take over the looks of a mesh file: UVs, the texture and normal map of its .mtl, colours of vertices.

    The shape stays. The file's UVs are laid on corner by corner: into the UV map that has them already, or into one of
    their own. A normal map of the object's directions, as DECA writes it, is brought to the surface's, so that it
    follows a head that moves. Skin and lips get a material of their own; eyes keep theirs.

    Parameters
    ----------
    obj : bpy.types.Object
        A head, with as many vertices as the file.
    path : str or Path
        An .obj with its .mtl and pictures beside it, or a .ply with colours.

    Returns
    -------
    ShownLooks
        The material, its pictures, and what was left out.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    SequenceError
        The file cannot be read.
    ModelError
        It brings nothing that this head can show.
    """
    parameters.require_head(obj)
    found = read_looks(Path(path))
    if found is None or not found.shows:
        why = found.notes[0] if found is not None and found.notes else "choose one with a texture or colours."
        raise ModelError(f"{path}: expected a mesh with looks, found none: {why}")
    shown = showing.show_looks(obj, found, Path(path))
    if shown.material is None:
        raise ModelError(" ".join(shown.notes))
    return shown


def remove_looks(obj: bpy.types.Object) -> bool:
    """Put back how a head looked before it took over the looks of mesh files: materials, UVs, colours.

    What was given to a material slot since then stays there; a detail mesh and a displacement stay too.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Whether it had taken over any.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or it is linked.
    """
    parameters.require_head(obj)
    return before_looks.put_back(obj)


def has_looks(obj: bpy.types.Object) -> bool:
    """Whether a head has taken over the looks of a mesh file.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        True after :func:`take_looks`, until :func:`remove_looks`.
    """
    return before_looks.has_looks(obj)


def add_detail_mesh(
    obj: bpy.types.Object,
    path: str | Path,
    *,
    coarse: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> DetailMesh:
    """Give a head a finer mesh that follows its surface, as DECA's and EMOCA's ``_detail.obj``.

    Each vertex is bound to a place on a triangle of the head and a height along the normal there. Plain Geometry Nodes
    move it with identity, expression, pose, caches and rigs, without the add-on too. The head is out of renders while
    it has one; one that it had is exchanged.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        The finer mesh, .obj or .ply, as it lies on the coarse one.
    coarse : str, Path or None, default None
        The mesh in the head's topology that it was made from. None: the one beside it (``face.obj`` or
        ``face_coarse.obj`` of ``face_detail.obj``), or else the head as it is now.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    DetailMesh
        The object, a child of the head.

    Raises
    ------
    ParameterError
        ``obj`` is no head, or its polygons were changed.
    SequenceError
        A file cannot be read.
    ModelError
        The mesh does not lie on the coarse one, or that is not of the head's topology.
    """
    options = DetailMeshOptions(coarse=coarse)
    return result_of(adding_detail_mesh(obj, path, options), progress)


def adding_detail_mesh(
    obj: bpy.types.Object, path: str | Path, options: DetailMeshOptions | None = None
) -> Generator[float, None, DetailMesh]:
    """:func:`add_detail_mesh` in steps: yields the share that is done. Closed early, nothing has changed.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.
    path : str or Path
        As of :func:`add_detail_mesh`.
    options : DetailMeshOptions or None, default None
        The keywords of :func:`add_detail_mesh`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`add_detail_mesh`, and it raises the same.
    """
    return detail_mesh.adding(obj, Path(path), options or DetailMeshOptions())


def remove_detail_mesh(obj: bpy.types.Object) -> bool:
    """Delete a head's detail mesh, and show the head again.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return detail_mesh.remove(obj) > 0


def has_detail_mesh(obj: bpy.types.Object) -> bool:
    """Whether a head has a detail mesh.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        True after :func:`add_detail_mesh`.
    """
    return bool(detail_mesh.details_of(obj))


def add_displacement(obj: bpy.types.Object, path: str | Path, *, levels: int = displacement.LEVELS) -> Displaced:
    """Displace a head by the map in DECA's .mat: wrinkles and pores as geometry, for renders.

    A Subdivision Surface of so many levels is added, where the head has none, and behind the last one a Displace
    modifier along the normals. The map becomes a packed picture of metres (32-bit float, Non-Color). A texture in the
    file is shown where the head has none of a file yet.

    Parameters
    ----------
    obj : bpy.types.Object
        A head of a FLAME model.
    path : str or Path
        DECA's .mat (``--saveMat True``).
    levels : int, default 2
        Of subdivision, 1 to 6.

    Returns
    -------
    Displaced
        The modifier and its picture.

    Raises
    ------
    ParameterError
        ``obj`` is no FLAME head, or ``levels`` is outside its range.
    ModelError
        The file has no such map, or the head has no UVs of FLAME.
    """
    return displacement.add(obj, Path(path), levels)


def remove_displacement(obj: bpy.types.Object) -> bool:
    """Take a head's displacement off, with the subdivision that came with it.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    ParameterError
        ``obj`` is no head.
    """
    parameters.require_head(obj)
    return displacement.remove(obj)


def has_displacement(obj: bpy.types.Object) -> bool:
    """Whether a head has a displacement.

    Parameters
    ----------
    obj : bpy.types.Object
        The head.

    Returns
    -------
    bool
        True after :func:`add_displacement`.
    """
    return displacement.displacement_of(obj) is not None
