"""A FLAME file for which named controls and looks are computed, once for all tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from flame_blender import api
from flame_blender.files.whole_files import write_whole
from flame_blender.flame.model import FlameModel
from flame_blender.head import models
from flame_blender.model_controls.computed import ComputedControls
from flame_blender.model_controls.files import load_computed
from tests.blender.shared_results import shared
from tests.flame.face_like import write_face_like, write_face_like_files

NAME, BESIDE = "face_like", "beside"


class ComputedFace:
    """A face-like file: made and computed for the first test; all copy the folder of what is installed then."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        """``anew``: it is computed here, whether another suite has done so or not."""
        self._folder, self._anew = folder, anew
        self._installed = folder / "installed"
        self.shares: list[float] = []
        self.qualities: dict[str, api.ControlQuality] = {}

    def make(self) -> None:
        """Make and compute it, where that is not done."""
        if not self._installed.exists():
            files = shared("face-like", self._made, anew=self._anew)
            self.shares = json.loads(files.pop("shares.json"))
            for path, content in files.items():
                write_whole(self._folder / path, content)

    def write(self, path: Path) -> Path:
        """The model's file again, an .npz or a .pkl: other versions of NumPy would make it of other roundings."""
        self.make()
        with np.load(self._folder / f"{NAME}.npz") as arrays:
            return write_face_like(path, dict(arrays))

    def install(self) -> None:
        """Install it as ``face_like``, with landmarks and all that is computed."""
        self.make()
        if NAME not in api.model_names():
            shutil.copytree(self._installed, models.user_folder(), dirs_exist_ok=True)  # with their times: see ReadOnce
            models.refresh()
        self.qualities = self.qualities or api.control_qualities(NAME)

    def computing_controls(
        self, _: FlameModel, target: FlameModel, *__: object
    ) -> Generator[float, None, ComputedControls]:
        """As ``model_controls.computing`` has it: what was computed once for this model is found again."""
        yield 0.5
        return load_computed(self._installed / "controls" / f"{target.fingerprint}.npz", target)

    def _made(self) -> dict[str, bytes]:
        """What is installed and kept, and the shares of the work that were told."""
        write_face_like(self._folder / f"{NAME}.npz")
        write_face_like_files(self._folder / BESIDE)["head_template.obj"].unlink()  # so that its looks need UVs too
        with pytest.MonkeyPatch.context() as patch:  # the test's own folder stays as it is
            patch.setattr(models, "user_folder", lambda: self._installed)
            models.forget()
            api.install(self._folder / f"{NAME}.npz")
            api.install(self._folder / BESIDE)
            self.qualities = api.compute_controls(NAME, progress=self.shares.append)
        models.forget()
        paths = [self._folder / f"{NAME}.npz", *(path for path in self._installed.rglob("*") if path.is_file())]
        files = {path.relative_to(self._folder).as_posix(): path.read_bytes() for path in paths}
        return files | {"shares.json": json.dumps(self.shares).encode()}
