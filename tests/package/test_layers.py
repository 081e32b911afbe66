"""Imports run one way, bpy and torch stay where they belong: read from the syntax trees, nothing is imported."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tools.rooms import (
    FIRST_WITH_BLENDER,
    LAYER_OF,
    PACKAGE,
    arrows,
    files,
    imported_when_run,
    inner_imports,
    outer_imports,
    room_of,
    tree_of,
)

ROOT = Path(__file__).resolve().parents[2]
BLENDER_MODULES = {"blf", "bl_ui", "bpy", "bpy_extras", "bmesh", "gpu", "gpu_extras", "mathutils"}
TORCH_FILES = {"flame/torch_layer.py", "flame/torch_batches.py"}
# who may import them, and only inside a function: torch is imported when work on a GPU is asked for
TORCH_CHOSEN_IN = "flame/batches.py"
# An operator reads its properties, calls ``api`` and reports. What else it may import is how that is said, and on what:
OPERATORS_IMPORT = {
    "operators",
    "api",
    "errors",  # a FlameError becomes a report
    "languages",  # in the user's language
    "plain_text",  # on one line
    "long_work",  # the base of options, and what runs steps where no window can show them
    "head/active.py",  # the head that the user means, and the selection: context, no work
}
LARGEST_ROOM = 16  # modules in a folder, but for
SAME_THING = {"landmarks", "loading"}  # in each room: of landmarks; and load_... out of any file
EQUALS = {"operators", "scene_fits/kinds", "sequences/readers"}  # folders of equals: one more is one more of the same


def test_the_package_has_the_rooms_that_the_rules_are_about():
    rooms = {room_of(name) for name in files()}
    assert rooms == LAYER_OF.keys(), f"LAYERS and the package differ: {sorted(rooms ^ LAYER_OF.keys())}"
    assert any(target for name in files() for _, target in inner_imports(name))
    assert files().keys() >= {*TORCH_FILES, TORCH_CHOSEN_IN}


@pytest.mark.parametrize("name", files())
def test_imports_run_one_way(name: str):
    room = room_of(name)
    for line, target in inner_imports(name):
        assert target, f"{name}:{line} imports from outside the package, or something of the package's own __init__"
        goal = room_of(target)
        assert LAYER_OF[goal] <= LAYER_OF[room], f"{name}:{line} imports {target}, a later layer"
        assert (room, goal) != ("panels", "operators"), f"{name}:{line}: panels name operators by their ids"


def test_no_rooms_import_each_other_in_a_circle():
    TopologicalSorter(arrows()).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("name", [name for name in files() if room_of(name) == "operators"])
def test_operators_call_api_and_nothing_below_it(name: str):
    below = {target for _, target in inner_imports(name) if not {target, room_of(target)} & OPERATORS_IMPORT}
    assert not below, f"{name} imports {', '.join(sorted(below))}: what it needs belongs in api"


@pytest.mark.parametrize(
    "folder", sorted({path.parent.relative_to(PACKAGE).as_posix() for path in files().values()} - EQUALS)
)
def test_rooms_stay_small(folder: str):
    modules = [path.name for path in (PACKAGE / folder).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= LARGEST_ROOM, f"{folder} has {len(modules)} modules: which of them are a room of their own?"


def test_no_name_of_a_module_stands_for_three_things():
    counts = Counter(Path(name).stem for name in files() if not name.endswith("__init__.py"))
    assert {stem for stem, count in counts.items() if count > 2} <= SAME_THING


@pytest.mark.parametrize("name", files())
def test_only_what_blender_brings_is_imported(name: str):
    allowed = sys.stdlib_module_names | {"numpy"}
    if LAYER_OF[room_of(name)] >= FIRST_WITH_BLENDER:
        allowed |= BLENDER_MODULES
    if name in TORCH_FILES:
        allowed |= {"torch"}
    for line, module in outer_imports(name):
        assert module in allowed, f"{name}:{line} imports {module}; inside the package imports are relative"


def test_torch_is_never_a_requirement():
    """Its modules are imported by each other and, where work on a GPU begins, inside one function."""
    for name in files():
        at_top = {node.lineno for node in tree_of(name).body if isinstance(node, ast.ImportFrom)}
        made = {node.lineno for node in imported_when_run(name)}
        for line, target in inner_imports(name):
            if line not in made:
                continue
            inside = name == TORCH_CHOSEN_IN and line not in at_top
            assert name in TORCH_FILES or inside or target not in TORCH_FILES, (
                f"{name}:{line} makes torch a requirement"
            )
