"""A sample to look at in the window: a scene of its own beside the user's, which goes again with all that came."""

from __future__ import annotations

import dataclasses
from typing import Any

import bpy

from ..datasets.from_files.source_folders import listed
from ..datasets.recipe import CPU, Recipe
from ..film.own_data import own_data
from ..head.under_work import kinds
from .previews import MARK, previewed
from .sample_scene import SampleScene


def show_preview(recipe: Recipe, index: int) -> bpy.types.Scene:
    """Show sample ``index`` in place of the open scene, and of an earlier preview. Raises DatasetError, ModelError."""
    context: Any = bpy.context
    home = remove_preview() or context.scene
    before = _uids()
    seen = dataclasses.replace(recipe, image=dataclasses.replace(recipe.image, denoise=False, device=CPU))
    with own_data():  # only what an error leaves
        samples = SampleScene(seen, None, listed(recipe))
        samples.pose(index)
    for each in _all():
        if each.session_uid not in before:
            each[MARK] = True
    scene: Any = samples.scene
    scene[MARK] = home
    if context.window is not None:
        context.window.scene = scene
    return scene


def remove_preview() -> bpy.types.Scene | None:
    """Remove the preview, where there is one, and go back to the scene before; that scene, or None without a preview.

    What something else has come to use stays.
    """
    context: Any = bpy.context
    scene: Any = next((each for each in bpy.data.scenes if previewed(each)), None)
    if scene is None:
        return None
    home = scene[MARK] if isinstance(scene[MARK], bpy.types.Scene) else None
    home = home or next((each for each in bpy.data.scenes if each != scene), None) or bpy.data.scenes.new("Scene")
    for window in context.window_manager.windows:
        if window.scene == scene:
            window.scene = home
    objects = list(scene.collection.all_objects)
    bpy.data.scenes.remove(scene)
    bpy.data.batch_remove([each for each in objects if MARK in each])
    while own := [each for each in _all() if MARK in each and not each.users]:
        bpy.data.batch_remove(own)
    for each in _all():  # now the user's
        if MARK in each:
            del each[MARK]
    return home


def _all() -> list[Any]:
    return [each for kind in kinds() for each in getattr(bpy.data, kind) if not each.library]


def _uids() -> set[int]:
    return {each.session_uid for each in _all()}
