"""The pictures that an .obj names through its materials: they are not read, and a sentence says so."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ..errors import ModelError
from .archive import open_file

READ = 1 << 16  # bytes of either file: materials are named first, and a .mtl is short
MAPS = ("map_", "norm", "bump", "disp", "refl")  # beginnings of the statements that name pictures


def pictures_left_out(path: Path) -> tuple[str, ...]:
    """A sentence naming the pictures of an .obj, DECA's texture and normal map for one; none for a file without."""
    if path.suffix.lower() != ".obj":
        return ()
    libraries = [words[1].strip() for words in _statements(path) if words[0] == "mtllib" and len(words) > 1]
    named = [
        PurePosixPath(words[1].split()[-1].replace("\\", "/")).name
        for library in libraries
        for words in _statements(path.parent / PurePosixPath(library.replace("\\", "/")).name)
        if words[0].lower().startswith(MAPS) and len(words) > 1
    ]
    if not named:
        return ()
    pictures = ", ".join(dict.fromkeys(named))
    return (f"The pictures of {path.name} are left out ({pictures}): a head keeps its own materials.",)


def _statements(path: Path) -> list[list[str]]:
    """The first statements of a text file, each as its keyword and the rest; none where it cannot be read."""
    try:
        with open_file(path) as file:
            text = file.read(READ).decode("utf-8", "replace")
    except (OSError, ModelError):
        return []
    return [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
