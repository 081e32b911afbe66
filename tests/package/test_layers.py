"""Imports run one way, bpy and torch stay where they belong: read from the syntax trees, nothing is imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "flame_blender"
# a part imports its own modules, parts of its own layer (never in a circle), and the layers before it
LAYERS = (
    {"assets", "first_use", "flame"},
    {"sequences", "fitting"},
    {"languages", "head", "bake", "export", "fits"},
    {"operators", "panels", "api"},
    {"registration"},
    {"__init__"},
)
LAYER_OF = {part: layer for layer, parts in enumerate(LAYERS) for part in parts}
FIRST_WITH_BLENDER = 2
BLENDER_MODULES = {"blf", "bl_ui", "bpy", "bpy_extras", "gpu", "gpu_extras", "mathutils"}
TORCH_FILES = {"flame/torch_layer.py", "flame/torch_batches.py"}
# who may import them, and only inside a function: torch is imported when work on a GPU is asked for
TORCH_CHOSEN_IN = "flame/batches.py"

FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}


def part_of(name: str) -> str:
    """The part a file belongs to: its first folder, or the module itself."""
    return name.partition("/")[0].removesuffix(".py")


def is_file_or_folder(dotted: list[str]) -> bool:
    """Whether ``a.b`` inside the package is a module or a package."""
    stem = "/".join(dotted)
    return f"{stem}.py" in FILES or f"{stem}/__init__.py" in FILES


def for_type_checkers(name: str) -> set[ast.stmt]:
    """The imports under ``if TYPE_CHECKING``, which are not made when the module runs."""
    blocks = [
        node for node in TREES[name].body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {inner for block in blocks for inner in block.body}


def inner_imports(name: str) -> Iterator[tuple[int, list[str]]]:
    """Line and target, as a path of names from the package's root, of every relative import in a file."""
    folders = name.split("/")[:-1]
    for node in ast.walk(TREES[name]):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        depth = len(folders) - (node.level - 1)
        assert depth >= 0, f"{name}:{node.lineno} imports from outside the package"
        base = folders[:depth] + (node.module.split(".") if node.module else [])
        for alias in node.names:
            target = [*base, alias.name]
            yield node.lineno, target if is_file_or_folder(target) else base


def outer_imports(name: str) -> Iterator[tuple[int, str]]:
    """Line and first name of every absolute import in a file."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module.split(".")[0]


def test_the_package_has_the_parts_that_the_rules_are_about():
    parts = {part_of(name) for name in FILES}
    assert {"flame", "head", "operators", "panels", "api", "registration", "__init__"} <= parts
    assert parts <= LAYER_OF.keys(), f"no layer is known for {sorted(parts - LAYER_OF.keys())}"
    assert any(True for name in FILES for _ in inner_imports(name))
    assert FILES.keys() >= {*TORCH_FILES, TORCH_CHOSEN_IN}


@pytest.mark.parametrize("name", FILES)
def test_imports_run_one_way(name: str):
    part = part_of(name)
    for line, target in inner_imports(name):
        assert target, f"{name}:{line} imports something of the package's own __init__"
        goal = part_of(target[0])
        assert LAYER_OF[goal] <= LAYER_OF[part], f"{name}:{line} imports {'.'.join(target)}, a later layer"
        assert (part, goal) != ("panels", "operators"), f"{name}:{line}: panels name operators by their ids"


def test_no_parts_import_each_other_in_a_circle():
    graph: dict[str, set[str]] = {}
    for name in FILES:
        goals = {part_of(target[0]) for _, target in inner_imports(name)}
        graph.setdefault(part_of(name), set()).update(goals - {part_of(name)})
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("name", FILES)
def test_only_what_blender_brings_is_imported(name: str):
    allowed = sys.stdlib_module_names | {"numpy"}
    if LAYER_OF[part_of(name)] >= FIRST_WITH_BLENDER:
        allowed |= BLENDER_MODULES
    if name in TORCH_FILES:
        allowed |= {"torch"}
    for line, module in outer_imports(name):
        assert module in allowed, f"{name}:{line} imports {module}; inside the package imports are relative"


def test_torch_is_never_a_requirement():
    """Its modules are imported by each other and, where work on a GPU begins, inside one function."""
    needs_torch = [file.removesuffix(".py").split("/") for file in TORCH_FILES]
    for name in FILES:
        at_top = {node.lineno for node in TREES[name].body if isinstance(node, ast.ImportFrom)}
        unmade = {node.lineno for node in for_type_checkers(name)}
        for line, target in inner_imports(name):
            if line in unmade:
                continue
            inside = name == TORCH_CHOSEN_IN and line not in at_top
            assert name in TORCH_FILES or inside or target not in needs_torch, (
                f"{name}:{line} makes torch a requirement"
            )
