"""Presets and saved faces written to a folder as an asset library of its own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..assets import thumbnail_of
from ..errors import ParameterError, WriteError
from ..files.whole_files import check_writable, whole_files
from ..head import models
from ..long_work import Options
from ..saved_faces import catalogs
from . import face_assets, face_picture, keeping
from .showing import face_of_preset

PRESETS, FACES = "flame_presets.blend", "flame_faces.blend"
MADE = 0.8  # share of the work


@dataclass(frozen=True, kw_only=True)
class FaceAssetOptions(Options):
    """The keywords of :func:`write_face_assets`, for :func:`writing_face_assets`.

    Attributes
    ----------
    presets : bool, default True
        The named expressions and mouth shapes that every head has, in flame_presets.blend.
    faces : bool, default True
        Saved faces, in flame_faces.blend; left out where there are none.
    replace : bool, default False
        Whether such a file that is there already may be written anew.
    """

    presets: bool = True
    faces: bool = True
    replace: bool = False


def writing(folder: Path, options: FaceAssetOptions) -> Generator[float, None, tuple[Path, ...]]:
    """Write the asset libraries into ``folder``, and their catalogs beside them: yields the share that is done.

    Raises FlameError; the files are there whole or as they were.
    """
    wanted = {}
    if options.presets:
        wanted[PRESETS] = list(_presets())
    if options.faces and keeping.saved():
        wanted[FACES] = [(each.face, each.picture, catalogs.MINE) for each in keeping.saved()]
    if not wanted:
        raise ParameterError("There is nothing to write: choose the presets, or save a face first.")
    for name in wanted:
        if (folder / name).exists() and not options.replace:
            raise WriteError(f"{folder / name}: is there already; choose Replace, or another folder.")
        check_writable(folder / name)
    merged = catalogs.merged_catalogs(folder)
    total, done = sum(map(len, wanted.values())), 0
    pictured: dict[str, list[face_assets.Pictured]] = {}
    for name, faces in wanted.items():
        for face, picture, catalog in faces:
            pictured.setdefault(name, []).append((face, face_picture.small_png(picture), catalog))
            done += 1
            yield MADE * done / total
    with whole_files(folder / next(iter(pictured))) as place:
        for name, faces_of_file in pictured.items():
            face_assets.write(faces_of_file, place / name)
        if merged is not None:
            (place / catalogs.NAME).write_bytes(merged)
    return tuple(folder / name for name in wanted)


def _presets() -> Sequence[tuple]:
    """Each preset of the built-in head with the path of its picture, and its catalog."""
    evaluator = models.evaluator(models.built_in().fingerprint)
    controls = None if evaluator is None else evaluator.model.controls
    if controls is None:
        raise ParameterError("The built-in head has no presets: its file is damaged; install the add-on again.")
    return [
        (face_of_preset(controls, preset.name), thumbnail_of(preset.name), preset.group) for preset in controls.presets
    ]
