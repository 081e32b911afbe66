"""What contributors read is true of the tree: names in the recipes, versions, public CI. Files: see test_docs.py."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = ROOT / "requirements" / "dev.txt"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_recipes_name_files():
    assert len(re.findall(r"`flame_blender/[\w./]+`", text_of("CONTRIBUTING.md"))) > 10


def test_names_in_the_recipes_are_in_the_code():
    text = text_of("CONTRIBUTING.md")
    places = {
        "READERS": "flame_blender/sequences/readers/__init__.py",
        "TOOLS": "tests/sequences/tool_writers.py",
        "KINDS": "flame_blender/scene_fits/kinds/__init__.py",
        "FLAME_PG_fit": "flame_blender/scene_fits/properties.py",
        "Somebody": "tests/blender/test_every_fit.py",
        "CLASSES": "flame_blender/operators/__init__.py",
        "MENU_ENTRIES": "flame_blender/operators/__init__.py",
        "OnHead": "flame_blender/operators/on_head.py",
        "FLAME_PG_head": "flame_blender/head/properties.py",
        "read_values": "flame_blender/head/properties.py",
        "_read_curves": "flame_blender/keyframes/sampling.py",
        "switches": "flame_blender/head/live.py",
        "SENTENCES": "tests/blender/interface_texts.py",
    }
    for name, place in places.items():
        assert f"`{name}`" in text
        assert re.search(rf"\b{name}\b", text_of(place)), f"{name} is not in {place}"


def test_the_hooks_before_a_commit_have_the_pinned_versions():
    hooks = text_of(".pre-commit-config.yaml")
    found = re.findall(r"([\w-]+)==([\w.]+)", hooks)
    assert {name for name, _ in found} == {"ruff", "mypy", "numpy", "fake-bpy-module"}
    assert set(found) <= set(re.findall(r"^([\w-]+)==(\S+)$", PINNED.read_text(encoding="utf-8"), re.MULTILINE))


def test_public_ci_runs_what_make_runs():
    makefile, workflow = text_of("Makefile"), text_of(".github/workflows/test.yml")
    alone = re.findall(
        r"^\t[^\n]*\$\(DEV\)/bin/python (?:\$\(MEASURED\) )?-m pytest (tests/\w+) --suite", makefile, re.M
    )
    together = re.search(r"^NUMERIC := ((?:[\w/ ]|\\\n\t)*)", makefile, re.MULTILINE)[1].replace("\\", "").split()
    folders = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/*/__init__.py")}
    assert {*together, *alone} == folders - {"tests/blender", "tests/engines"}, "what make test runs"
    suites = folders - {"tests/blender", "tests/benchmarks", "tests/engines"}
    assert suites == set(re.findall(r"run: python -m pytest (tests/\w+)$", workflow, re.MULTILINE))
    assert suites == set(tomllib.loads(text_of("pyproject.toml"))["tool"]["pytest"]["ini_options"]["testpaths"])
    for command in ("ruff format --check .", "ruff check .", "mypy"):
        assert f"$(DEV)/bin/{command}\n" in makefile and f"- run: {command}\n" in workflow
    for script in ("tests/blender/run_in_blender.py tests/blender", "tests/blender/installed_extension.py"):
        assert script in makefile and script in workflow
    wheels = " ".join(re.findall(r"^BPY_3\d+ := (.*)$", makefile, re.MULTILINE)).split()
    assert re.findall(r"bpy: \[(.*)\]", workflow) == [", ".join(f'"{version}"' for version in wheels)]
    newer = re.search(r"^BPY_313 := (.*)$", makefile, re.MULTILINE)[1].split()
    assert re.findall(r'\{bpy: "([\d.]+)", python: "3.13"\}', workflow) == newer
