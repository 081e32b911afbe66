"""The user's saved faces: in a folder of the add-on's own, which is a library of Blender's Asset Browser too."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import bpy

from ..errors import FlameError, ParameterError
from ..files.whole_files import check_writable
from ..head import models, parameters
from ..long_work import part_of
from ..saved_faces import catalogs
from ..saved_faces.face import Face, tidy_name
from ..saved_faces.face_folder import FaceFolder, SavedFace, free_name, load_face
from . import face_assets, face_picture
from .taking import SaveFaceOptions, taking

FOLDER = "faces"
TAKEN = 0.4  # share of the work
_known: dict[
    Path, tuple[int, tuple[SavedFace, ...], tuple[str, ...]]
] = {}  # by folder: its stamp, faces, what is damaged


def folder() -> Path:
    """Where saved faces lie; it is made with the first."""
    return models.user_folder() / FOLDER


def saved() -> tuple[SavedFace, ...]:
    """The saved faces, by name. Quick enough to be asked by panels."""
    return _listing()[1]


def damaged() -> tuple[str, ...]:
    """A sentence for each file among them that cannot be read."""
    return _listing()[2]


def saved_by_name() -> dict[str, SavedFace]:
    """The same, by name."""
    return {each.face.name: each for each in saved()}


def require(name: str) -> SavedFace:
    """The saved face of that name. Raises ParameterError."""
    found = saved_by_name()
    if name not in found:
        known = ", ".join(found) or "none, as none is saved yet"
        raise ParameterError(f"face: expected a saved one ({known}), found {name!r}.")
    return found[name]


def refresh() -> None:
    """Look at the folder again when it is next asked for."""
    _known.clear()


def saving(obj: bpy.types.Object, name: str, options: SaveFaceOptions) -> Generator[float, None, SavedFace]:
    """Save the face of a head: yields the share that is done. Raises FlameError; nothing is half-written.

    Where this Blender cannot render its picture it has none.
    """
    place = FaceFolder(folder())
    parameters.require_head(obj)
    called = _name_for(name, replace=options.replace)
    check_writable(place.folder / ".flame-check")
    face = yield from part_of(taking(obj, called, options), 0.0, TAKEN)
    picture = face_picture.rendered(bpy.data.objects[obj.name]) if options.picture else None
    yield 0.9
    return _write(face, picture)


def keep(face: Face, picture: bytes | None = None, *, replace: bool = False) -> SavedFace:
    """Save a face that came from elsewhere; it gets a number where its name is taken. Raises FlameError."""
    return _write(_renamed(face, _name_for(face.name, replace=replace)), picture)


def bring(path: Path) -> tuple[SavedFace, ...]:
    """Save the face of a file, or the faces among the assets of a .blend. Raises FlameError."""
    if path.suffix.lower() == ".blend":
        return tuple(keep(face, picture) for face, picture in face_assets.faces_in(path))
    face = load_face(path)
    picture = path.with_suffix(".png")
    return (keep(face, face_picture.small_png(picture)),)


def rename(name: str, to: str) -> SavedFace:
    """Give a saved face another name; a number is added where that is taken. Raises FlameError."""
    before = require(name)
    if tidy_name(to) == name:
        return before
    others = [each for each in _taken() if each != name]
    face = _renamed(before.face, free_name(to, others))
    after = FaceFolder(folder())
    written = _write(face, face_picture.small_png(before.picture))
    if written.path != before.path:
        after.remove(before)
        refresh()
    return written


def remove(name: str) -> None:
    """Delete a saved face. Raises ParameterError where there is none of that name, and WriteError."""
    FaceFolder(folder()).remove(require(name))
    refresh()


def preset_names() -> tuple[str, ...]:
    """Names that are taken by the presets."""
    evaluator = models.evaluator(models.built_in().fingerprint)
    controls = None if evaluator is None else evaluator.model.controls
    return () if controls is None else tuple(preset.name for preset in controls.presets)


def _write(face: Face, picture: bytes | None) -> SavedFace:
    place = FaceFolder(folder())
    written = place.write(face, picture, lambda path: face_assets.write([(face, picture, catalogs.MINE)], path))
    refresh()
    return written


def _name_for(name: str, *, replace: bool) -> str:
    """The name, with a number where it is taken; one to be replaced only where it is no preset's."""
    called = tidy_name(name)
    return called if replace and called in saved_by_name() else free_name(called, _taken())


def _taken() -> tuple[str, ...]:
    """Names of presets and saved faces, and files that are there for another reason."""
    stems = tuple(path.stem for path in folder().glob("*.*")) if folder().is_dir() else ()
    return (*preset_names(), *saved_by_name(), *stems)


def _renamed(face: Face, name: str) -> Face:
    return Face(name=name, scores=face.scores, rotations=face.rotations, others_stay=face.others_stay, model=face.model)


def _listing() -> tuple[int, tuple[SavedFace, ...], tuple[str, ...]]:
    place = FaceFolder(folder())
    stamp, known = place.stamp(), _known.get(place.folder)
    if known is None or known[0] != stamp:
        try:
            found, wrong = place.faces()
        except FlameError as error:
            found, wrong = (), (str(error),)
        known = _known[place.folder] = stamp, found, wrong
    return known
