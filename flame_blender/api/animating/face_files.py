"""Faces as files and as assets of Blender's Asset Browser."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from ...long_work import result_of
from ...poses import asset_library, face_assets, keeping, written_library
from ...poses.written_library import FaceAssetOptions
from ...saved_faces.face import Face
from ...saved_faces.face_folder import SavedFace, is_face_file, load_face


def read_face(path: str | Path) -> Face:
    """The face of a file.

    Parameters
    ----------
    path : str or Path
        A .json of :func:`save_face`, or the text of Copy in a file.

    Returns
    -------
    Face
        For :func:`blend_face`.

    Raises
    ------
    ParameterError
        The file holds no face.
    """
    return load_face(Path(path))


def is_saved_face(path: str | Path) -> bool:
    """Whether :func:`read_face` takes a file, by its beginning.

    Parameters
    ----------
    path : str or Path
        Any file.

    Returns
    -------
    bool
        Where it is one of :func:`save_face`.
    """
    return is_face_file(path)


def bring_faces(path: str | Path) -> tuple[SavedFace, ...]:
    """Save the faces of a file that came from elsewhere; they get numbers where their names are taken.

    Parameters
    ----------
    path : str or Path
        A .json of :func:`save_face`, with its picture beside it, or a .blend with faces as assets, of which nothing
        else is taken.

    Returns
    -------
    tuple of SavedFace
        What was written.

    Raises
    ------
    ParameterError
        The file holds no face.
    WriteError
        The files cannot be written.
    """
    return keeping.bring(Path(path))


def face_of_asset(asset: Any) -> Face:
    """The face of an asset, out of its metadata: nothing is loaded or brought into the scene.

    Parameters
    ----------
    asset : bpy.types.AssetRepresentation or None
        ``bpy.context.asset``.

    Returns
    -------
    Face
        For :func:`blend_face`.

    Raises
    ------
    ParameterError
        It is none, or bears no face.
    """
    return face_assets.face_of(asset)


def face_of_identifier(kind: str, library: str, identifier: str) -> Face:
    """The face of an asset by what Blender's asset shelf gives to an operator.

    Parameters
    ----------
    kind : str
        Its ``asset_library_type``: "LOCAL", the open file, or "CUSTOM".
    library : str
        Its ``asset_library_identifier``: the name of an asset library of the preferences.
    identifier : str
        Its ``relative_asset_identifier``, such as ``Wink.blend/Action/Wink``.

    Returns
    -------
    Face
        For :func:`blend_face`.

    Raises
    ------
    ParameterError
        There is no such library, or no face of that name in it.
    """
    return face_assets.face_named(kind, library, identifier)


def holds_face(asset: Any) -> bool:
    """Whether :func:`face_of_asset` may find a face.

    Parameters
    ----------
    asset : bpy.types.AssetRepresentation or None
        Any asset.

    Returns
    -------
    bool
        Where its metadata have such a text; what is in it is not looked at.
    """
    return asset is not None and face_assets.text_of(asset.metadata) is not None


def write_face_assets(
    folder: str | Path,
    *,
    presets: bool = True,
    faces: bool = True,
    replace: bool = False,
    progress: Callable[[float], None] | None = None,
) -> tuple[Path, ...]:
    """Write presets and saved faces as an asset library: .blend files with pictures, and catalogs.

    Catalogs of others in the folder's blender_assets.cats.txt stay.

    Parameters
    ----------
    folder : str or Path
        Where to; it is made.
    presets : bool, default True
        The named expressions and mouth shapes that every head has, in flame_presets.blend.
    faces : bool, default True
        Saved faces, in flame_faces.blend; left out where there are none.
    replace : bool, default False
        Whether such a file that is there already may be written anew.
    progress : callable or None, default None
        Called with the share that is done, 0 to 1.

    Returns
    -------
    tuple of Path
        The .blend files.

    Raises
    ------
    ParameterError
        There is nothing to write, or other text where the catalogs should be.
    WriteError
        A file is there already, or cannot be written.
    """
    options = FaceAssetOptions(presets=presets, faces=faces, replace=replace)
    return result_of(writing_face_assets(folder, options), progress)


def writing_face_assets(
    folder: str | Path, options: FaceAssetOptions | None = None
) -> Generator[float, None, tuple[Path, ...]]:
    """:func:`write_face_assets` in steps: yields the share that is done. Closed early, nothing is written.

    Parameters
    ----------
    folder : str or Path
        As of :func:`write_face_assets`.
    options : FaceAssetOptions or None, default None
        The keywords of :func:`write_face_assets`; None is their defaults.

    Returns
    -------
    generator
        Its result is that of :func:`write_face_assets`, and it raises the same.
    """
    return written_library.writing(Path(folder), options or FaceAssetOptions())


def show_face_library(shown: bool = True) -> None:
    """Have saved faces in Blender's Asset Browser, or no more: a library in the preferences. The faces stay.

    Parameters
    ----------
    shown : bool, default True
        Whether to put the folder among the asset libraries, or to take it out.

    Raises
    ------
    ParameterError
        They are there already, or were not.
    WriteError
        The folder cannot be made.
    """
    (asset_library.show if shown else asset_library.hide)()
