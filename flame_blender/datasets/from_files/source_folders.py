"""The folders of files that a recipe names. Which file a sample takes depends on their names alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import DatasetError
from ..distributions import Value, all_values
from ..factors import SOURCES, Source
from ..randomness import uniforms
from ..recipe import Recipe

MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Listing:
    """The files of each folder: their names, rising, with their sizes in bytes.

    By the factor and the folder as the recipe writes it, which is looked for from ``home``.
    """

    files: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    home: Path = Path()

    def drawn(self, recipe: Recipe, values: Mapping[str, Mapping[str, Value]], index: int) -> dict[str, Path]:
        """The file of each factor that sample ``index`` takes one of, by a stream of its own."""
        found = {}
        for factor, source in SOURCES.items():
            folder = str(values[factor]["folder"])
            names = list(self.files.get((factor, folder), ()))
            if names:
                row = int(float(uniforms(recipe.seed, source.stream, index, 1)[0]) * len(names))
                found[factor] = self.home / folder / names[row]
        return found

    def all_of(self, factor: str) -> tuple[Path, ...]:
        """Every file of a factor's folders."""
        own = [(folder, files) for (each, folder), files in self.files.items() if each == factor]
        return tuple(self.home / folder / name for folder, files in own for name in files)

    def written(self) -> bytes:
        """As JSON: the same bytes for folders of the same names and sizes, wherever they lie."""
        told: dict[str, dict[str, Mapping[str, int]]] = {}
        for (factor, folder), files in self.files.items():
            told.setdefault(factor, {})[folder] = files
        return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


NOTHING_LISTED = Listing()


def listed(recipe: Recipe) -> Listing:
    """The files of the folders that a recipe names. Raises DatasetError for a folder that is missing or has none."""
    found = {}
    for factor, source in SOURCES.items():
        for folder in sorted({str(each) for each in all_values(recipe.factors[factor]["folder"])} - {""}):
            found[factor, folder] = _files_of(recipe.home / folder, factor, source)
    return Listing(found, recipe.home)


def _files_of(folder: Path, factor: str, source: Source) -> dict[str, int]:
    place = f"{factor}.folder: {folder}"
    try:
        sizes = {path.name: _size(path) for path in folder.iterdir() if _is_one(path, source)}
    except NotADirectoryError as error:
        raise DatasetError(f"{place}: expected a folder with {source.holds}, found a file; name its folder.") from error
    except FileNotFoundError as error:
        raise DatasetError(
            f"{place}: expected a folder with {source.holds}, found none; a folder is looked for beside the recipe."
        ) from error
    except OSError as error:
        raise DatasetError(f"{place}: cannot be read ({error.strerror or error}).") from error
    if not 1 <= len(sizes) <= MOST_FILES:
        endings = ", ".join(source.endings)
        raise DatasetError(
            f"{place}: expected 1 to {MOST_FILES} {source.holds} ({endings}), found {len(sizes)}; put some there."
        )
    return {name: sizes[name] for name in sorted(sizes)}


def _is_one(path: Path, source: Source) -> bool:
    if path.name.startswith("."):
        return False
    return (source.folders and path.is_dir()) or (path.suffix.lower() in source.endings and path.is_file())


def _size(path: Path) -> int:
    """In bytes; of a folder those of its files."""
    return (
        sum(each.stat().st_size for each in path.iterdir() if each.is_file()) if path.is_dir() else path.stat().st_size
    )
