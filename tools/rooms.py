"""The rooms of the package and the imports between them, read from the syntax trees: nothing is imported.

A room is a folder of the package, or a module beside them; in ``fitting/``, whose parts differ, each folder in it. The
layers test proves what ``LAYERS`` says, and tools/architecture.py draws it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "flame_blender"
# a room imports its own modules, rooms of its own layer (never in a circle), and the layers before it
LAYERS = (
    {"assets", "first_use", "api_names", "plain_text", "errors", "long_work"},
    {"files", "geometry"},
    {"flame"},
    {"model_files", "landmark_files", "textures", "texture_models", "textured_meshes"},
    {"sequences"},
    {"fitting/solver", "fitting/reports", "fitting/landmarks", "fitting/meshes", "fitting/scans", "fitting"},
    {
        "correspondence",
        "model_controls",
        "saved_faces",
        "score_clips",
        "speech",
        "streams",
        "hair_strands",
        "splats",
        "head_parts",
        "conversion",
        "looks",
        "samples",
        "datasets",
    },
    {"blender_pointers", "followers"},
    {"languages", "shading", "head", "keyframes"},
    {"mesh_looks"},
    {"hair"},
    {"bake", "bodies", "clips", "export", "observations", "refitting", "scene_fits", "skin"},
    {
        "avatars",
        "picking",
        "photo_pins",
        "distances",
        "photo_projection",
        "dragging",
        "film",
        "character",
        "face_board",
        "life",
        "poses",
    },
    {"sample_renders"},
    {"operators", "panels", "api"},
    {"command_line"},
    {"registration"},
    {"__init__", "__main__"},
)
FACE = "fitting"  # a room that is nothing but the public names of the rooms in it
LAYER_OF = {room: layer for layer, rooms in enumerate(LAYERS) for room in rooms}
FIRST_WITH_BLENDER = LAYER_OF["blender_pointers"]


@cache
def files() -> dict[str, Path]:
    """The modules of the package, by their paths in it."""
    return {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree_of(name: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(files()[name].read_text(encoding="utf-8"))


def room_of(name: str) -> str:
    """The room of a module, by its path in the package."""
    folders = name.removesuffix(".py").split("/")
    return "/".join(folders[:2]) if folders[0] == "fitting" and len(folders) > 2 else folders[0]


def imported_when_run(name: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that a module makes when it runs: not those that only type checkers see."""
    unmade = {
        inner
        for node in tree_of(name).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in node.body
    }
    for node in ast.walk(tree_of(name)):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node not in unmade:
            yield node


def inner_imports(name: str) -> Iterator[tuple[int, str]]:
    """Line and target, as a path in the package, of every relative import in a module; "" outside the package.

    What a room's own ``__init__.py`` names for type checkers is left out: a public name may lie in a later room, and is
    imported when it is first used.
    """
    folders = name.split("/")[:-1]
    face = name.endswith("__init__.py")
    nodes = imported_when_run(name) if face else ast.walk(tree_of(name))
    for node in nodes:
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        depth = len(folders) - (node.level - 1)
        base = folders[: max(depth, 0)] + (node.module.split(".") if node.module else [])
        for alias in node.names:
            stem = "/".join([*base, alias.name])
            target = next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in files()), None)
            own = "/".join(base)
            yield node.lineno, target or next((p for p in (f"{own}.py", f"{own}/__init__.py") if p in files()), "")


def outer_imports(name: str) -> Iterator[tuple[int, str]]:
    """Line and first name of every absolute import in a module."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module.split(".")[0]


def arrows() -> dict[str, set[str]]:
    """The rooms that each room imports from, without its own; for ``fitting`` those that its public names lie in."""
    graph: dict[str, set[str]] = {}
    for name in files():
        goals = {room_of(target) for _, target in inner_imports(name) if target}
        if FACE in goals:
            goals = (goals - {FACE}) | named_by(f"{FACE}/__init__.py")
        graph.setdefault(room_of(name), set()).update(goals - {room_of(name)})
    return graph


def named_by(face: str) -> set[str]:
    """The rooms that the public names of a package lie in, as its ``__init__.py`` tells type checkers."""
    folder = PACKAGE / face
    rooms = set()
    for node in ast.walk(tree_of(face)):
        if isinstance(node, ast.ImportFrom) and node.level and node.module != "first_use":
            path = folder.parents[node.level - 1].joinpath(*(node.module or "").split(".")).with_suffix(".py")
            rooms.add(room_of(path.relative_to(PACKAGE).as_posix()))
    return rooms
