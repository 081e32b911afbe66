"""Enabling the add-on imports what panels and buttons show; what a button does is imported when it is first pressed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import bpy
import pytest

from flame_blender import api
from tools.public_names import exported

ROOT = Path(__file__).resolve().parents[2]
# of api where its names lie, and the kinds of fit, whose buttons are made of their list
SHOWN = {"flame_blender.api", "flame_blender.api_names", "flame_blender.api.fits"}
# the work of a button each
WORK = {"bake.baking", "clips.clip_import", "export.scene_files", "sequences.loading", "textures.photo_texture"}


@pytest.mark.oldest_and_newest
def test_work_is_imported_when_it_is_first_done():
    code = (
        f"import bpy, os, sys; sys.path.insert(0, {str(ROOT)!r}); import flame_blender; flame_blender.register(); "
        "print('imported', *(name for name in sys.modules if name.startswith('flame_blender'))); "
        "sys.stdout.flush(); os._exit(0)"  # Blender 4.2's wheel can crash while Python cleans up
    )
    command = [sys.executable, "-c", code]
    if bpy.app.binary_path:
        command = [bpy.app.binary_path, "-b", "--factory-startup", "--python-expr", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = set(next(line for line in said.splitlines() if line.startswith("imported")).split())
    assert {name for name in names if name.startswith("flame_blender.api")} == SHOWN
    assert not names & {f"flame_blender.{name}" for name in WORK}


@pytest.mark.oldest_and_newest
def test_names_of_api_are_defined_where_type_checkers_are_told():
    names = exported("api")
    assert len(names) > 100
    for name, path in names.items():
        module = path.relative_to(ROOT).with_suffix("").parts
        assert getattr(api, name) is getattr(importlib.import_module(".".join(module)), name), name
