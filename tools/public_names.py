"""The public names of the package and where each is defined, read from the syntax trees: nothing is imported."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "flame_blender"
WITHOUT_BLENDER = ("flame", "sequences", "fitting")
FACES = (*WITHOUT_BLENDER, "api")


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def exported(face: str) -> dict[str, Path]:
    """Public name -> the file that it lies in, by the imports of the package's own module."""
    found: dict[str, Path] = {}
    for node in ast.walk(tree_of(PACKAGE / face / "__init__.py")):
        if isinstance(node, ast.ImportFrom) and node.level and node.module and node.module != "first_use":
            folder = (PACKAGE / face).parents[node.level - 2] if node.level > 1 else PACKAGE / face
            path = folder.joinpath(*node.module.split(".")).with_suffix(".py")
            found |= {alias.asname or alias.name: path for alias in node.names}
    return found
