"""Faces as assets: Actions, which bear a face as text beside their picture, catalog and tag.

The text is in the asset's metadata, which Blender's browser has without reading the Action. Where only a file is named
the Action is linked, its metadata are read, and it is let go at once, before anything could be evaluated: nothing of a
stranger's .blend comes into the scene, and nothing in it runs.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..blender_pointers import named, there
from ..errors import FlameError, ModelError, ParameterError, WriteError
from ..files.archive import open_file
from ..saved_faces import catalogs
from ..saved_faces.face import Face, face_from_text, face_to_text
from . import face_picture

KEY, TAG = "flame_face", "FLAME face"
AUTHOR = "FLAME Head for Blender"
MOST_ASSETS = 2000
LARGEST_BLEND = 1 << 28  # bytes
BLEND_BEGINS = (b"BLENDER", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")  # plain, Zstandard, and gzip of before 3.0

LOCAL = "LOCAL"  # kind of library: the open file
_IDENTIFIER = re.compile(r"(?:(?P<file>.*?\.blend)[/\\])?Action[/\\](?P<name>.+)", re.DOTALL)

Pictured = tuple[Face, bytes | None, str]  # a face, its PNG, and its catalog among catalogs.IDS


def write(faces: Iterable[Pictured], path: Path) -> None:
    """Write faces to a .blend as assets, whatever lies there: to a part of :mod:`..files.whole_files`.

    Raises WriteError.
    """
    faces = list(faces)
    made: list[Any] = []
    with _names_free({face.name for face, _, _ in faces}):
        try:
            for face, picture, catalog in faces:
                made.append(bpy.data.actions.new(face.name))
                _bear(made[-1], face, picture, catalog)
            bpy.data.libraries.write(str(path), set(made), fake_user=True, compress=True)
        except (RuntimeError, OSError) as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise WriteError(f"{path}: cannot be written ({reason}); make room, or choose another folder.") from error
        finally:
            bpy.data.batch_remove(made)


@contextlib.contextmanager
def _names_free(names: Set[str]) -> Iterator[None]:
    """Inside, no Action of the open file is called so: an asset is called as its Action is."""
    taken = [(action, action.name) for action in bpy.data.actions if action.library is None and action.name in names]
    for number, (action, _) in enumerate(taken):
        action.name = f"FLAME renamed {number}"
    try:
        yield
    finally:
        for action, name in taken:
            action.name = name


def _bear(action: Any, face: Face, picture: bytes | None, catalog: str) -> None:
    """Have an Action be the asset of a face."""
    action.asset_mark()
    told = action.asset_data
    told[KEY] = face_to_text(face)
    told.author, told.catalog_id = AUTHOR, catalogs.IDS[catalog]
    told.description = f"A face of {len(face.scores)} named controls, for FLAME heads"
    told.tags.new(TAG)
    pixels = None if picture is None else face_picture.pixels_of(picture)
    if pixels is not None:
        preview = action.preview_ensure()
        preview.image_size = pixels.shape[1], pixels.shape[0]
        preview.image_pixels_float.foreach_set(np.ascontiguousarray(pixels, np.float32).ravel())


def face_of(asset: Any) -> Face:
    """The face of an asset as ``context.asset`` gives it, without loading it. Raises ParameterError for another."""
    text = None if asset is None else text_of(asset.metadata)
    if text is None:
        called = "nothing" if asset is None else repr(asset.name)
        raise ParameterError(f"Expected a face as Save Face makes it an asset, found {called}; choose another asset.")
    return face_from_text(text, asset.name)


def face_named(kind: str, library: str, identifier: str) -> Face:
    """The face of an asset as the asset shelf names it: the kind of its library, the library, and the asset there.

    ``library`` is the name of one of the preferences', or "" for "LOCAL", the open file. Raises ParameterError.
    """
    found = _IDENTIFIER.fullmatch(identifier)
    if found is None:
        raise ParameterError(
            f"Expected a face as Save Face makes it an asset, found {identifier!r}; choose another asset."
        )
    file, name = found["file"], found["name"]
    if kind == LOCAL:
        action = named(bpy.data.actions, name)
        text = None if action is None else text_of(action.asset_data)
        if text is None:
            raise ParameterError(
                f"Expected a face as Save Face makes it an asset, found {name!r}; choose another asset."
            )
        return face_from_text(text, name)
    libraries: Any = there(bpy.context.preferences, "preferences").filepaths.asset_libraries
    known = libraries.get(library)
    if known is None or not file:
        raise ParameterError(f"Expected an asset library of the preferences, found {library!r}; choose another asset.")
    path = Path(bpy.path.abspath(known.path)) / file
    return faces_in(path, only=name)[0][0]


def text_of(metadata: Any) -> str | None:
    """The text of the face that an asset's metadata bear; None for none."""
    text = None if metadata is None else metadata.get(KEY)
    return text if isinstance(text, str) else None


def faces_in(path: Path, only: str | None = None) -> list[tuple[Face, bytes | None]]:
    """The faces among the assets of a .blend, with their pictures as PNG. Raises ParameterError where there are none.

    ``only``: the one of that name. What else is in it stays there.
    """
    _check(path)
    before = set(bpy.data.libraries)
    try:
        found = [
            (face_from_text(text, str(path), action.name), _png_of(action)) for action, text in _linked(path, only)
        ]
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read as a .blend ({error}); choose another file.") from error
    finally:
        for library in set(bpy.data.libraries) - before:
            bpy.data.libraries.remove(library)
    if not found:
        raise ParameterError(f"{path}: expected faces as Save Face makes them assets, found none; choose another file.")
    return found


def _linked(path: Path, only: str | None) -> Sequence[tuple[Any, str]]:
    """Its assets that bear a face, linked, and their texts."""
    load: Any = bpy.data.libraries.load
    with load(str(path), link=True, assets_only=True) as (found, wanted):
        wanted.actions = [name for name in found.actions if only in (None, name)][:MOST_ASSETS]
    texts = [(action, text_of(action.asset_data)) for action in wanted.actions if action is not None]
    return [(action, text) for action, text in texts if text is not None]


def _check(path: Path) -> None:
    """Raise ParameterError for what is no .blend, by its first bytes, or too large for a library of faces."""
    try:
        with open_file(path) as file:
            begins, size = file.read(8), path.stat().st_size
    except (ModelError, OSError) as error:
        raise ParameterError(f"{path}: cannot be read ({error}); choose another file.") from error
    if not begins.startswith(BLEND_BEGINS):
        raise ParameterError(f"{path}: expected a .blend, found other bytes; choose another file.")
    if size > LARGEST_BLEND:
        raise ParameterError(f"{path}: expected a library of faces, found {size} bytes; choose a smaller file.")


def _png_of(action: Any) -> bytes | None:
    preview = action.preview
    width, height = (0, 0) if preview is None else preview.image_size
    if not 0 < width * height <= face_picture.MOST_PIXELS:
        return None
    pixels = np.empty(width * height * 4, np.float32)
    preview.image_pixels_float.foreach_get(pixels)
    with contextlib.suppress(FlameError):
        return face_picture.png_of(pixels.reshape(height, width, 4))
    return None
