"""A FLAME file for which named controls and looks are computed, once for all tests of a Blender."""

from __future__ import annotations

from pathlib import Path

from flame_blender import api
from flame_blender.files.whole_files import write_whole
from flame_blender.head import models
from tests.flame.face_like import write_face_like, write_face_like_files


class ComputedFace:
    """A face-like file: computed for the first test, and for the others what was kept is put back."""

    def __init__(self, folder: Path) -> None:
        self.model, self.beside = write_face_like(folder / "face_like.npz"), folder / "beside"
        write_face_like_files(self.beside)["head_template.obj"].unlink()  # so that its looks need UVs too
        self.kept: dict[Path, bytes] = {}
        self.shares: list[float] = []
        self.qualities: dict[str, api.ControlQuality] = {}

    def install(self) -> None:
        """Install it as ``face_like``, with landmarks and all that is computed."""
        api.install(self.model)
        api.install(self.beside)
        folder = models.user_folder()
        for path, content in self.kept.items():
            write_whole(folder / path, content)
        if not self.kept:
            self.qualities = api.compute_controls("face_like", progress=self.shares.append)
            found = [path for name in ("controls", "looks") for path in (folder / name).iterdir()]
            self.kept = {path.relative_to(folder): path.read_bytes() for path in found}
