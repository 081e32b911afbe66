"""What stands ready at once: the scene's end follows a clip, and a new head asks a window for nothing where none is."""

from __future__ import annotations

import csv

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.operators import in_view


@pytest.fixture
def clip(tmp_path):
    """A clip of so many frames at the scene's rate."""

    def made(n_frames: int) -> str:
        path = tmp_path / f"{n_frames}.npz"
        np.savez(path, expression=np.linspace(0, 0.3, n_frames)[:, None] * np.eye(20)[19], fps=24.0)
        return str(path)

    return made


@pytest.fixture
def scores(tmp_path):
    """Captured scores of a second."""
    path = tmp_path / "face.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["time", "jawOpen", "eyeBlinkLeft"])
        rows.writerows([frame / 24, frame / 48, 0.0] for frame in range(25))
    return path


@pytest.mark.oldest_and_newest
def test_a_new_scene_ends_with_its_clip(built_in_head, clip, scores):
    scene = bpy.context.scene
    assert api.import_animation(clip(60), built_in_head, start_frame=5).scene_end == 64 == scene.frame_end
    assert api.import_animation(clip(30), built_in_head).scene_end is None and scene.frame_end == 64
    assert api.import_animation(clip(90), built_in_head).scene_end == 90 == scene.frame_end
    assert api.import_animation(clip(200), built_in_head, scene_end=False).scene_end is None and scene.frame_end == 90
    scene.frame_end = 250
    assert api.import_arkit(scores, built_in_head).scene_end is None and scene.frame_end == 250, (
        "something moves already"
    )
    built_in_head.animation_data_clear()
    for action in list(bpy.data.actions):
        bpy.data.actions.remove(action)
    assert api.import_arkit(scores, built_in_head).scene_end == 25 == scene.frame_end


@pytest.mark.oldest_and_newest
def test_a_range_of_ones_own_and_a_single_frame_shorten_nothing(built_in_head, clip):
    scene = bpy.context.scene
    assert api.import_animation(clip(1), built_in_head).scene_end is None and scene.frame_end == 250
    scene.frame_end = 100
    assert api.import_animation(clip(60), built_in_head).scene_end is None and scene.frame_end == 100


@pytest.mark.oldest_and_newest
def test_the_button_tells_and_asks(built_in_head, clip, capfd):
    bpy.context.view_layer.objects.active = built_in_head
    assert bpy.ops.flame.import_animation(filepath=clip(60), scene_end=False) == {"FINISHED"}
    assert bpy.context.scene.frame_end == 250
    assert bpy.ops.flame.import_animation(filepath=clip(300)) == {"FINISHED"}
    assert bpy.context.scene.frame_end == 300
    assert "The scene ends at frame 300 now." in capfd.readouterr().out


@pytest.mark.oldest_and_newest
def test_undo_puts_the_scenes_end_back(built_in_head, clip):
    bpy.context.view_layer.objects.active = built_in_head
    bpy.ops.ed.undo_push(message="head")
    assert bpy.ops.flame.import_animation("EXEC_DEFAULT", True, filepath=clip(60)) == {"FINISHED"}
    assert bpy.context.scene.frame_end == 60
    bpy.ops.ed.undo()
    assert bpy.context.scene.frame_end == 250
    bpy.ops.ed.redo()
    assert bpy.context.scene.frame_end == 60


def test_without_a_window_a_new_head_asks_for_none():
    assert in_view.is_empty(bpy.context)
    assert bpy.ops.flame.add_head(frame=True) == {"FINISHED"}
    assert not in_view.is_empty(bpy.context)
    in_view.open_tab(bpy.context)
    assert bpy.ops.flame.add_head() == {"FINISHED"} and len(bpy.data.objects) == 2


@pytest.mark.oldest_and_newest
def test_a_head_stands_at_the_cursor_and_says_what_hides_it(capfd):
    """As Blender's own objects do; its first cube is two metres wide, and a head in the middle of it is not seen."""
    bpy.context.scene.cursor.location = (1.0, 2.0, 3.0)
    assert bpy.ops.flame.add_head() == {"FINISHED"}
    assert tuple(bpy.context.object.location) == (1.0, 2.0, 3.0)
    assert bpy.ops.flame.add_head(location=(4, 0, 0), rotation=(0, 0, 1)) == {"FINISHED"}
    assert tuple(bpy.context.object.location) == (4, 0, 0) and bpy.context.object.rotation_euler.z == pytest.approx(1)
    assert "stands inside" not in capfd.readouterr().out
    bpy.ops.mesh.primitive_cube_add(size=2, location=(1, -5, 0))
    assert bpy.ops.flame.add_head(location=(1.5, -5, 0)) == {"FINISHED"}
    assert "The head stands inside Cube: hide or delete that" in capfd.readouterr().out
    bpy.data.objects["Cube"].hide_set(True)
    assert bpy.ops.flame.add_head(location=(0.5, -5, 0)) == {"FINISHED"}
    assert "stands inside" not in capfd.readouterr().out
