"""A FLAME file for which named controls and looks are computed, once for all tests."""

from __future__ import annotations

import json
from pathlib import Path

from flame_blender import api
from flame_blender.files.whole_files import write_whole
from flame_blender.head import models
from tests.blender.shared_results import shared
from tests.flame.face_like import write_face_like, write_face_like_files

NAME, BESIDE, KEPT = "face_like", "beside", "kept"


class ComputedFace:
    """A face-like file: made and computed for the first test, and for the others what was kept is put back."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        """``anew``: it is computed here, whether another suite has done so or not."""
        self._folder, self._anew = folder, anew
        self._kept: dict[str, bytes] = {}
        self.shares: list[float] = []
        self.qualities: dict[str, api.ControlQuality] = {}

    def install(self) -> None:
        """Install it as ``face_like``, with landmarks and all that is computed."""
        if not self._kept:
            files = shared("face-like", self._made, anew=self._anew)
            self.shares = json.loads(files.pop("shares.json"))
            self._kept = {path: files.pop(path) for path in list(files) if path.startswith(f"{KEPT}/")}
            for path, content in files.items():
                write_whole(self._folder / path, content)
        if NAME not in api.model_names():
            self._install()
            for path, content in self._kept.items():
                write_whole(models.user_folder() / path.removeprefix(f"{KEPT}/"), content)
        self.qualities = self.qualities or api.control_qualities(NAME)

    def _install(self) -> None:
        api.install(self._folder / f"{NAME}.npz")
        api.install(self._folder / BESIDE)

    def _made(self) -> dict[str, bytes]:
        """The model's file and those beside it, what is kept for it, and the shares of the work that were told."""
        write_face_like(self._folder / f"{NAME}.npz")
        write_face_like_files(self._folder / BESIDE)["head_template.obj"].unlink()  # so that its looks need UVs too
        files = {path.relative_to(self._folder).as_posix(): path.read_bytes() for path in _files_in(self._folder)}
        self._install()
        self.qualities = api.compute_controls(NAME, progress=self.shares.append)
        user = models.user_folder()
        for path in [each for name in ("controls", "looks") for each in _files_in(user / name)]:
            files[f"{KEPT}/{path.relative_to(user).as_posix()}"] = path.read_bytes()
        return files | {"shares.json": json.dumps(self.shares).encode()}


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
