"""The installed texture models: a folder for each, converted once, whose components are mapped and never read whole."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from ..files.whole_files import PART, remove_folder
from ..texture_models.converting import converting
from ..texture_models.kept import load_texture_model, told_of
from ..texture_models.texture_model import TextureModel
from .free_names import free_name


@dataclass(frozen=True)
class TextureEntry:
    """An installed texture model as a list shows it.

    Attributes
    ----------
    name : str
        By which it is chosen.
    path : Path
        Its folder.
    fingerprint : str
        SHA-256 of its numbers, by which heads know it.
    kind : str
        Whose it is: "FLAME texture", "AlbedoMM" or "Basel albedo".
    size : int
        Texels on a side of its pictures.
    n_coefficients : int
        Texture coefficients.
    """

    name: str
    path: Path
    fingerprint: str
    kind: str
    size: int
    n_coefficients: int


@dataclass(frozen=True)
class TextureFiles:
    """``textures/<name>`` in ``folder``. Nothing is kept here: every call looks at the folders."""

    folder: Path

    def entries(self) -> tuple[TextureEntry, ...]:
        """The texture models by name; :meth:`damaged` tells of folders that are none any more."""
        return self._looked_through()[0]

    def damaged(self) -> tuple[str, ...]:
        """One sentence for each folder that cannot be used."""
        return self._looked_through()[1]

    def adding(self, path: Path) -> Generator[float, None, TextureEntry]:
        """Convert a released file, or find it when its numbers are installed already; yields the share that is done.

        Closed early, nothing has come. Raises ModelError and WriteError.
        """
        before = {entry.fingerprint: entry for entry in self.entries()}
        taken = [folder.name for folder in self._folder.glob("*")]
        target = self._folder / free_name(path.stem, taken)
        fingerprint = yield from converting(path, target, before)
        return before.get(fingerprint) or texture_entry(target)

    def installing(self, path: Path) -> Generator[float, None, str]:
        """:meth:`adding`, with a sentence of what came."""
        entry = yield from self.adding(path)
        counts = f"{entry.n_coefficients} coefficients, {entry.size} texels a side"
        return f"{path.name}: installed as texture model {entry.name!r} ({entry.kind}, {counts})."

    def remove(self, name: str) -> None:
        """Delete an installed texture model. Raises ModelError when there is none of that name, and WriteError."""
        entry = next((entry for entry in self.entries() if entry.name == name), None)
        if entry is None:
            raise ModelError(f"{self._folder}: expected an installed texture model named {name!r}, found none.")
        remove_folder(entry.path)

    def load(self, entry: TextureEntry) -> TextureModel:
        """The texture model, its components mapped. Raises ModelError when it is no longer what was installed."""
        model = load_texture_model(entry.path)
        if model.fingerprint != entry.fingerprint:
            raise ModelError(f"{entry.path}: the texture model was changed while it was in use; install it again.")
        return model

    @property
    def _folder(self) -> Path:
        return self.folder / "textures"

    def _looked_through(self) -> tuple[tuple[TextureEntry, ...], tuple[str, ...]]:
        entries: list[TextureEntry] = []
        wrong: list[str] = []
        for path in sorted(self._folder.glob("*")):
            if PART.fullmatch(path.name):
                continue
            try:
                entries.append(texture_entry(path))
            except ModelError as error:
                wrong.append(str(error))
        return tuple(entries), tuple(wrong)


def texture_entry(path: Path) -> TextureEntry:
    """What the texture model in the folder ``path`` says of itself. Raises ModelError."""
    told = told_of(path)
    return TextureEntry(path.name, path, told.fingerprint, told.kind, told.size, told.count)
