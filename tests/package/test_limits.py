"""Files stay under 400 lines, functions under 60 without their docstring; no module is a drawer for odds and ends."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
TABLES = "flame_blender/languages/tables/"  # a language is one table, a row for each text
DRAWERS = {"common", "helper", "helpers", "misc", "tools", "util", "utils"}
FILES = [
    ROOT / "build_addon.py",
    *(
        path
        for folder in ("flame_blender", "model", "benchmarks", "examples", "tests", "tools")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
]
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]


@pytest.mark.parametrize("path", [ROOT / name for name in NAMES if not name.startswith(TABLES)])
def test_file_length(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines; does it still have one job?"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_function_length(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = node.body[0] if ast.get_docstring(node) else None
            lines = node.end_lineno - node.lineno + 1 - (told.end_lineno - told.lineno + 1 if told else 0)
            assert lines <= LONGEST_FUNCTION, f"{path.name}:{node.lineno} {node.name} has {lines} lines"


@pytest.mark.parametrize("name", NAMES)
def test_no_drawers(name: str):
    assert DRAWERS.isdisjoint(name.removesuffix(".py").split("/")[1:]), f"{name}: name it after what it does"
