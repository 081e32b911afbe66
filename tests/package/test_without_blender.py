"""The mathematics imports and runs in a Python that has neither Blender nor SciPy nor torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.rooms import FIRST_WITH_BLENDER, LAYER_OF, files, room_of  # noqa: E402  (found only after the line above)

MODULES = [
    f"flame_blender.{name.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__")
    for name in files()
    if LAYER_OF[room_of(name)] < FIRST_WITH_BLENDER
]
# None in sys.modules makes an import fail, installed or not
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({absent!r}))\n"


def run(code: str, absent: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter in which the modules named in ``absent`` cannot be imported."""
    program = [sys.executable, "-c", WITHOUT.format(absent=absent) + code]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)


ABSENT = ("bpy", "mathutils", "scipy", "torch", "chumpy")
NEED_TORCH = ("flame_blender.flame.torch_layer", "flame_blender.flame.torch_batches")


EACH_ALONE = """
import importlib, json, traceback
failed = {{}}
for name in {names!r}:
    for known in [each for each in sys.modules if each.partition(".")[0] == "flame_blender"]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except ImportError:
        failed[name] = traceback.format_exc()
print(json.dumps(failed))
"""


def test_each_numeric_module_imports_alone():
    """In one interpreter, that forgets the package before each: 130 would take 20 seconds to start."""
    names = [name for name in MODULES if name not in NEED_TORCH]
    assert len(names) > 150 and "flame_blender.fitting.scans.scan" in names
    result = run(EACH_ALONE.format(names=[*names, "flame_blender.flame.torch_layer"]), absent=ABSENT)
    assert result.returncode == 0, result.stderr
    failed = json.loads(result.stdout)
    assert "torch" in failed.pop("flame_blender.flame.torch_layer"), "the check notices an import"
    assert not failed, "".join(failed.values())


@pytest.mark.parametrize("name", NEED_TORCH)
def test_the_torch_layer_needs_torch_and_nothing_of_blender(name: str):
    assert run(f"import {name}", absent=("bpy", "scipy")).returncode == 0
    assert "torch" in run(f"import {name}", absent=("torch",)).stderr


def test_the_package_itself_imports_without_blender():
    result = run("import flame_blender", absent=("bpy", "numpy"))
    assert result.returncode == 0, result.stderr


def test_the_check_itself_notices_an_import():
    assert run("import bpy", absent=("bpy",)).returncode != 0
