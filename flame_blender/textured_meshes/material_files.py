"""The pictures that an .obj's materials (.mtl) name, as DECA, EMOCA, psbody.mesh (RingNet, VOCA, TF_FLAME) write them.

DECA's util.write_obj: ``map_Kd`` the texture, ``disp`` the normal map by the path that it was written to. psbody's
write_mtl: the texture as ``map_Ka``, ``map_Kd`` and ``map_Ks``. Others name normal maps ``norm``, ``bump`` or
``map_Bump``.
"""

from __future__ import annotations

from pathlib import Path

from ..files.archive import open_file
from ..files.file_budget import budget_of, spend

READ = 1 << 16  # bytes: a .mtl is short
COLOUR, NORMALS = ("map_kd", "map_ka"), ("norm", "map_kn", "map_bump", "bump", "disp", "map_disp")
_NUMBERED = {"-s": 3, "-o": 3, "-t": 3, "-mm": 2}  # options of maps and how many numbers may follow; others have one


def named_pictures(path: Path, material: str) -> tuple[str, str]:
    """The names of the colour picture and of the normal map of an .mtl, "" where it names none. Raises ModelError.

    ``material`` is the one that the mesh uses; where the file does not have it, all of its materials count.
    """
    with budget_of(path), open_file(path) as file:
        text = file.read(READ).decode("utf-8", "replace")
    found: dict[str, dict[str, str]] = {}
    current = ""
    for line in text.splitlines():
        spend(steps=1)
        keyword, _, rest = line.strip().partition(" ")
        if keyword.lower() == "newmtl":
            current = rest.strip()
        elif keyword.lower() in (*COLOUR, *NORMALS):
            found.setdefault(current, {}).setdefault(keyword.lower(), _file_name(rest))
    maps: dict[str, str] = found.get(material) or {}
    if material not in found:
        for each in found.values():
            maps = each | maps
    return _first(maps, COLOUR), _first(maps, NORMALS)


def _first(maps: dict[str, str], keywords: tuple[str, ...]) -> str:
    return next((maps[keyword] for keyword in keywords if maps.get(keyword)), "")


def _file_name(rest: str) -> str:
    """What is left of a statement behind its options; it may have spaces."""
    words = rest.split()
    while len(words) > 1 and words[0].startswith("-"):
        most, count = _NUMBERED.get(words[0].lower(), 1), 1
        while count <= most and count < len(words) - 1 and (most == 1 or _is_number(words[count])):
            count += 1
        words = words[count:]
    return rest.strip()[rest.strip().find(words[0]) :] if words else ""


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
