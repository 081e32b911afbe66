"""An avatar out of the files of any tool, and what of it a model can carry."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from ..errors import AvatarError, ModelError
from ..files.archive import read_members
from ..flame.model import FlameModel
from .avatar_files import EMBEDDED, LAM, AvatarFiles
from .embedded_files import Embedded, read_embedded, require_faces
from .lam_files import OFFSETS, ORDER, SKIN, LamFiles, on_model, read_lam
from .splat_files import read_splats
from .splats import Splats

MEMBERS = (OFFSETS, SKIN, ORDER)
PIECE = 1 << 20


@dataclass(frozen=True, eq=False)
class ReadAvatar:
    """``splats`` as they were read; of LAM and SplattingAvatar, what a model is needed for, too."""

    splats: Splats
    lam: LamFiles | None = None
    embedded: Embedded | None = None

    @property
    def stands_alone(self) -> bool:
        """Whether nothing tells triangles: splats that have to be bound where they stand."""
        return self.lam is None and self.splats.triangles is None


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path itself; of a zip the folder that LAM's files in it were unpacked into, for as long as the block runs.

    Raises AvatarError for a zip without them.
    """
    if path.suffix.lower() != ".zip" or not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="flame-avatar-") as folder:

        def unpack(file: IO[bytes], size: int, name: str) -> None:
            with (Path(folder) / PurePosixPath(name).name).open("wb") as goal:
                while size > 0 and (piece := file.read(min(size, PIECE))):
                    goal.write(piece)
                    size -= len(piece)

        try:
            found = read_members(path, lambda name: PurePosixPath(name).name in MEMBERS, unpack)
        except (ModelError, zipfile.BadZipFile) as error:
            raise AvatarError(str(error)) from error
        names = [PurePosixPath(name).name for name in found]
        if OFFSETS not in names or len(set(names)) < len(names):
            raise AvatarError(f"{path}: expected a zip of LAM's with one {OFFSETS}, found {len(names)} of its files.")
        yield Path(folder)


def read_avatar(files: AvatarFiles) -> ReadAvatar:
    """What the files hold. Raises AvatarError."""
    if files.layout == LAM:
        lam = read_lam(files.cloud)
        return ReadAvatar(lam.offsets, lam)
    if files.layout == EMBEDDED:
        embedded = read_embedded(files.cloud)
        return ReadAvatar(embedded.splats, embedded=embedded)
    return ReadAvatar(read_splats(files.cloud))


def bound_to(found: ReadAvatar, model: FlameModel, at_rest: np.ndarray) -> tuple[Splats, np.ndarray | None, str]:
    """The splats bound to a model's triangles; offsets (V, 3) of the person's shape where files tell it; a note.

    ``at_rest`` (V, 3) is the head's shape. Raises AvatarError for a model that lacks the triangles.
    """
    if found.lam is not None:
        return on_model(found.lam, model, at_rest)
    if found.embedded is not None:
        require_faces(found.embedded, model)
    return found.splats, None, ""
