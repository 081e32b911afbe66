"""Every public name, its parameters, defaults and types are those of public_names.txt: nothing changes unnoticed.

Read from the syntax trees, so that ``api`` needs no Blender. After a change that is meant:

    python -m tests.package.test_public_names
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.public_names import FACES, WITHOUT_BLENDER, exported, tree_of

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("public_names.txt")


def signature(node: ast.FunctionDef) -> str:
    decorators = {ast.unparse(each) for each in node.decorator_list}
    told = f": {ast.unparse(node.returns)}" if "property" in decorators and node.returns else ""
    if told:
        return told
    return f"({ast.unparse(node.args)})" + (f" -> {ast.unparse(node.returns)}" if node.returns else "")


def lines_of(name: str, path: Path) -> Iterator[str]:
    """The lines of one public name; of a class its public methods, properties and annotated fields too."""
    nodes = tree_of(path).body
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield f"{name}{signature(node)}"
            return
        if isinstance(node, ast.ClassDef) and node.name == name:
            yield f"{name}({', '.join(map(ast.unparse, node.bases))})"
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and (inner.name == "__init__" or inner.name[0] != "_"):
                    yield f"{name}.{inner.name}{signature(inner)}"
                elif isinstance(inner, ast.AnnAssign) and not ast.unparse(inner.target).startswith("_"):
                    yield f"{name}.{ast.unparse(inner)}"
            return
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and name in ast.unparse(node).partition("=")[0]:
            yield ast.unparse(node)
            return
    raise AssertionError(f"{path} has no {name}")


def snapshot() -> str:
    lines = [
        f"{face}.{line}"
        for face in FACES
        for name, path in sorted(exported(face).items())
        for line in lines_of(name, path)
    ]
    return "\n".join(lines) + "\n"


def test_public_names_are_those_of_the_snapshot():
    kept, now = (text.splitlines() for text in (SNAPSHOT.read_text(encoding="utf-8"), snapshot()))
    gone, new = sorted(set(kept) - set(now)), sorted(set(now) - set(kept))
    assert kept == now, f"gone: {gone}; new: {new}; if that is meant, run python -m {__name__}"


@pytest.mark.parametrize("face", FACES)
def test_names_for_type_checkers_are_those_that_python_finds(face):
    package = importlib.import_module(f"flame_blender.{face}")
    assert dir(package) == sorted(exported(face))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing


@pytest.mark.parametrize("face", WITHOUT_BLENDER)  # tests/blender/test_enabling.py: of api
def test_names_are_defined_where_type_checkers_are_told(face):
    package = importlib.import_module(f"flame_blender.{face}")
    for name, path in exported(face).items():
        module = path.relative_to(ROOT).with_suffix("").parts
        assert getattr(package, name).__module__ == ".".join(module)


@pytest.mark.parametrize("face", FACES)
def test_importing_a_package_imports_nothing_more(face):
    code = f"import sys, flame_blender.{face}; print({{'numpy', 'torch', 'bpy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_public_name_has_a_docstring():
    for face in FACES:
        for name, path in exported(face).items():
            for node in tree_of(path).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                    assert ast.get_docstring(node), f"{face}.{name}"


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
