"""What the file browser hands over: files, folders, and folders with the name of the .blend left in the field."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from flame_blender import api, operators
from flame_blender.operators import file_browser
from tests.blender.conftest import expression_of

BROWSING = [
    cls
    for cls in operators.CLASSES
    if (issubclass(cls, bpy.types.Operator) and hasattr(cls, "filter_glob")) or "filter_glob" in cls.__annotations__
]


@pytest.fixture
def saved(head, tmp_path):
    """The folder of a saved .blend, with an active head of either kind in it."""
    bpy.context.view_layer.objects.active = head
    folder = tmp_path / "shot"
    folder.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
    return folder


def active() -> bpy.types.Object:
    return bpy.context.view_layer.objects.active


def handed_over(folder: Path, name: str = "") -> dict[str, str]:
    """The properties that Blender's file browser sets: the field's name is joined to the folder, whatever it is."""
    return {"directory": f"{folder}/", "filepath": f"{folder}/{name or Path(bpy.data.filepath).name}"}


def frames_in(folder: Path, rng: np.random.Generator) -> np.ndarray:
    """A folder of single frames, as trackers write them; (5, 20) of their expression."""
    folder.mkdir(exist_ok=True)
    expression = rng.random((5, 20)).astype(np.float32)
    for number, row in enumerate(expression):
        np.savez(folder / f"{number:05d}.npz", expression=row[None], jaw_pose=np.zeros((1, 3)))
    return expression


@pytest.mark.parametrize("beside", [False, True])
def test_a_folder_of_frames_is_imported(saved, rng, tmp_path, beside):
    """Also the folder in which the .blend itself lies, where its name is that of a file."""
    folder = saved if beside else tmp_path / "frames"
    expression = frames_in(folder, rng)
    assert bpy.ops.flame.import_animation(**handed_over(folder)) == {"FINISHED"}
    for frame in (0, 4):
        bpy.context.scene.frame_set(1 + frame)
        np.testing.assert_array_equal(
            [item.value for item in expression_of(active())][:20], expression[frame], strict=False
        )


def test_a_folder_of_meshes_is_imported(saved, tmp_path):
    folder = tmp_path / "meshes"
    folder.mkdir()
    for number in range(3):
        api.set_params(active(), jaw=(0.1 * number, 0, 0))
        api.export_meshes(active(), folder / f"mesh_{number}.obj")
    assert bpy.ops.flame.import_meshes(**handed_over(folder)) == {"FINISHED"}
    assert [modifier.type for modifier in active().modifiers][:1] == ["MESH_CACHE"]


def test_a_folder_of_flame_files_is_installed(saved, flame_file):
    before = set(api.model_names())
    told = handed_over(flame_file.parent)
    assert bpy.ops.flame.install_files(**told, files=[{"name": Path(bpy.data.filepath).name}]) == {"FINISHED"}
    assert flame_file.stem in api.model_names() and before <= set(api.model_names())


def test_chosen_files_are_taken(saved, rng, tmp_path):
    expression = frames_in(tmp_path / "frames", rng)
    assert bpy.ops.flame.import_animation(**handed_over(tmp_path / "frames", "00003.npz")) == {"FINISHED"}
    np.testing.assert_array_equal([item.value for item in expression_of(active())][:20], expression[3])


def test_a_name_that_is_not_there_is_said(saved, rng, tmp_path):
    """A name left over from another folder is no reason to take all that lies here."""
    frames_in(tmp_path / "frames", rng)
    for call in (bpy.ops.flame.import_animation, bpy.ops.flame.import_meshes, bpy.ops.flame.install_files):
        with pytest.raises(RuntimeError, match=r"old\.npz: expected a file or a folder, found none .* empty the name"):
            call(**handed_over(tmp_path / "frames", "old.npz"))


@pytest.mark.parametrize("any_model", ["built-in"], indirect=True)
@pytest.mark.parametrize("leftover", ["shot.blend", ""])
@pytest.mark.parametrize("name", ["obj", "ply", "stl", "parameters", "landmarks"])
def test_a_file_exported_to_a_folder_has_the_heads_name(saved, tmp_path, name, leftover):
    """The .blend is never written over, nor is a file made that is called like one."""
    blend = (saved / "shot.blend").read_bytes()
    api.add_landmarks(active()) if name == "landmarks" else None
    bpy.context.scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.collection.objects.link(bpy.context.scene.camera)
    bpy.context.scene.frame_end = 2
    assert getattr(bpy.ops.flame, f"export_{name}")(filepath=f"{saved}/{leftover}") == {"FINISHED"}
    made = [path.name for path in saved.iterdir() if path.name != "shot.blend"]
    stem = active().name.replace(" ", "_")
    endings = {"parameters": " parameters.npz", "landmarks": " landmarks.json"}
    assert made == [stem + endings.get(name, f".{name}")]
    assert (saved / "shot.blend").read_bytes() == blend


def test_the_layout_that_is_a_folder(saved, tmp_path):
    """A new folder by the given name, an empty one itself, and in one with files a new one."""
    empty = tmp_path / "empty"
    empty.mkdir()
    bpy.context.scene.frame_end = 2
    stem = active().name.replace(" ", "_")
    for given, made in (
        (saved / "person.npz", saved / "person"),
        (empty, empty),
        (saved, saved / f"{stem} parameters"),
    ):
        bpy.ops.flame.export_parameters(filepath=str(given), layout_of_file="GAUSSIAN_AVATARS")
        assert (made / "flame_param" / "00000.npz").is_file()


def test_a_cache_written_to_a_folder_has_the_heads_name(saved, tmp_path):
    bpy.ops.flame.bake_cache(filepath=f"{tmp_path}/", scene_range=False, frame_start=1, frame_end=2)
    assert (tmp_path / f"{active().name.replace(' ', '_')}.pc2").is_file()


def test_every_browsing_operator_forgets_its_path_and_opens_without_the_blends_name(saved, monkeypatch):
    """A path kept from the last time would be run at once; exporters ask before they write over a file."""
    assert len(BROWSING) == 25
    for cls in BROWSING:
        described = getattr(bpy.ops.flame, cls.bl_idname.removeprefix("flame.")).get_rna_type().properties
        assert described["filepath"].is_skip_save, cls
        if cls.bl_idname.startswith(("flame.export_", "flame.film_", "flame.write_")):
            assert described["check_existing"].default, cls
        else:
            assert "directory" in described, cls

    class Operator:
        bl_idname = "flame.any"
        filepath = ""

    monkeypatch.setattr(file_browser, "_folders", {})
    context = type("Context", (), {"window_manager": type("Manager", (), {"fileselect_add": lambda *_: None})()})
    for name in ("", "head.glb"):
        operator = Operator()
        file_browser.browse(operator, context)
        file_browser.browse(operator, context, name)
        assert operator.filepath == f"{saved}/{name}"
