"""A folder of saved faces: each is NAME.json, with its picture NAME.png and its asset NAME.blend beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from ..errors import ModelError, ParameterError
from ..files.archive import FilePath, open_file
from ..files.file_budget import budget_of
from ..files.natural_order import natural_order
from ..files.whole_files import told, whole_files
from .catalogs import NAME as CATALOGS
from .catalogs import merged_catalogs
from .face import KIND, LARGEST_TEXT, LONGEST_NAME, Face, cut_to, face_from_text, face_to_text, tidy_name

SUFFIX, PICTURE, ASSET = ".json", ".png", ".blend"
MOST_FACES = 2000
LARGEST_PICTURE = 1 << 22  # bytes
LONGEST_STEM = 120  # bytes, of the 255 that file systems take
_UNSAFE = re.compile(r"[^\w\-+() ]")
_NUMBER = re.compile(r" \d{1,4}$")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # Windows's devices
START = 256  # bytes that tell what a file is
_KIND = re.compile(rf'\s*\{{\s*"kind":\s*"{KIND}"'.encode())
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


class SavedFace(NamedTuple):
    """A face of the folder.

    Attributes
    ----------
    face : Face
        Its name, scores and rotations.
    path : Path
        Its file.
    picture : Path or None
        A PNG, where there is one.
    """

    face: Face
    path: Path
    picture: Path | None


def stem_of(name: str) -> str:
    """A file's name without its ending for a face: no folder, no device, nothing that a file system refuses."""
    stem = cut_to(_UNSAFE.sub("_", name).strip(), LONGEST_STEM) or "_"
    return f"_{stem}" if _RESERVED.fullmatch(stem) else stem


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or with the next number that neither a name nor a file bears: ``Wink``, ``Wink 2``, ``Wink 3``."""
    found = tidy_name(name)
    start = _NUMBER.sub("", found)
    known = {stem_of(each).casefold() for each in taken}
    number = 1
    while stem_of(found).casefold() in known:
        number += 1
        end = f" {number}"
        found = tidy_name(cut_to(start, LONGEST_NAME - len(end)) + end)
    return found


def load_face(path: FilePath) -> Face:
    """The face of a file. Raises ParameterError for what is none."""
    path = Path(path)
    try:
        with budget_of(path), open_file(path) as file:
            raw = file.read(LARGEST_TEXT + 1)
            return face_from_text(raw.decode("utf-8-sig"), str(path), path.stem)
    except ModelError as error:
        raise ParameterError(str(error)) from error
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"{path}: expected a face as Save Face writes it, found other bytes; copy it again."
        ) from error


def is_face_file(path: FilePath) -> bool:
    """Whether a file is a saved face, by its beginning."""
    try:
        with open_file(path) as file:
            return _KIND.match(file.read(START)) is not None
    except ModelError:
        return False


class FaceFolder:
    """The faces that lie in ``folder``, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stamp(self) -> int:
        """What changes when a face comes or goes."""
        try:
            return self.folder.stat().st_mtime_ns
        except OSError:
            return 0

    def faces(self) -> tuple[tuple[SavedFace, ...], tuple[str, ...]]:
        """Those that can be read, by name, and a sentence for each that cannot."""
        found: dict[str, SavedFace] = {}
        damaged = []
        for path in self._files():
            try:
                face = load_face(path)
            except ParameterError as error:
                damaged.append(str(error))
                continue
            picture = path.with_suffix(PICTURE)
            if face.name in found:
                damaged.append(f"{path}: the name {face.name!r} is that of {found[face.name].path.name}; rename one.")
                continue
            found[face.name] = SavedFace(face, path, picture if is_picture(picture) else None)
        return tuple(sorted(found.values(), key=lambda each: natural_order(each.face.name))), tuple(damaged)

    def place_for(self, face: Face) -> Path:
        """Where the face's file comes, whatever lies there."""
        return self.folder / f"{stem_of(face.name)}{SUFFIX}"

    def write(self, face: Face, picture: bytes | None, write_asset: Callable[[Path], None]) -> SavedFace:
        """Write a face with its picture, a PNG, and its asset, all or none, over what is there of its name.

        ``write_asset`` writes the .blend to a path; the library's catalogs are added to. Raises FlameError.
        """
        path, catalogs = self.place_for(face), merged_catalogs(self.folder)
        with whole_files(path) as folder:
            if catalogs is not None:
                (folder / CATALOGS).write_bytes(catalogs)
            (folder / path.name).write_text(face_to_text(face), encoding="utf-8")
            if picture is not None:
                (folder / path.with_suffix(PICTURE).name).write_bytes(picture)
            write_asset(folder / path.with_suffix(ASSET).name)
        if picture is None:
            self._unlink(path.with_suffix(PICTURE))
        return SavedFace(face, path, None if picture is None else path.with_suffix(PICTURE))

    def remove(self, saved: SavedFace) -> None:
        """Delete the files of a face, its own last. Raises WriteError."""
        for path in (saved.path.with_suffix(PICTURE), saved.path.with_suffix(ASSET), saved.path):
            self._unlink(path)

    def _unlink(self, path: Path) -> None:
        with told(path):
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        try:
            found = [path for path in self.folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith(".")]
        except OSError:  # none was saved yet, or nobody may look
            return []
        return sorted(found)[:MOST_FACES]


def is_picture(path: Path) -> bool:
    """Whether a small PNG lies there, by its first bytes."""
    try:
        with open_file(path) as file:
            return file.read(len(PNG_BEGINS)) == PNG_BEGINS and path.stat().st_size <= LARGEST_PICTURE
    except (ModelError, OSError):
        return False
