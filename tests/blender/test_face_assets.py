"""Faces as assets of Blender's Asset Browser: written, read out of metadata, and nothing else of strangers' .blends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.poses import asset_library, face_assets, face_picture
from flame_blender.saved_faces import catalogs
from flame_blender.saved_faces.face import face_to_text
from tests.blender.test_poses import SMIRK, faces, set_scores
from tests.blender.test_poses import no_picture as no_picture  # for the tests


@pytest.mark.every_version
def test_a_saved_face_is_a_file_a_picture_and_an_asset(head, tmp_path):
    """The picture is rendered, without a trace in the file, and is not blank; the asset bears face and picture."""
    api.set_params(head, jaw=(0.3, 0, 0), neck=(0, 0.5, 0), global_rotation=(0.4, 0, 0))
    head.location, head.scale = (3, 2, 1), (2, 2, 2)
    bpy.context.view_layer.update()
    held = {
        kind: len(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "scenes", "images", "actions", "lights")
    }
    face, png = api.Face(name="Ah", scores={"jawOpen": 0.5}), face_picture.render_face(head)
    assert held == {kind: len(getattr(bpy.data, kind)) for kind in held}
    pixels = face_picture.pixels_of(png)
    assert pixels.shape == (128, 128, 4) and 0.3 < (pixels[..., 3] > 0.9).mean() < 0.95
    assert pixels[..., :3][pixels[..., 3] > 0.9].std() > 0.05
    middle = pixels[32:96, 40:88]
    assert (middle[..., 3] > 0.9).all(), "the face is in the middle"
    theirs = bpy.data.actions.new("Ah")
    face_assets.write([(face, png, catalogs.MINE)], tmp_path / "one.blend")
    assert theirs.name == "Ah" and list(bpy.data.actions) == [theirs], "an Action of the name stays"
    bpy.data.actions.remove(theirs)
    with bpy.data.libraries.load(str(tmp_path / "one.blend"), link=True, assets_only=True) as (there, wanted):
        assert list(there.actions) == ["Ah"] and not there.objects
        wanted.actions = ["Ah"]
    [action] = wanted.actions
    assert action.asset_data.catalog_id == catalogs.IDS[catalogs.MINE] and "FLAME face" in action.asset_data.tags
    preview = np.empty((128, 128, 4), np.float32)
    action.preview.image_pixels_float.foreach_get(preview.ravel())
    np.testing.assert_allclose(preview, pixels, atol=1 / 254)
    bpy.data.libraries.remove(action.library)
    [(found, picture)] = face_assets.faces_in(tmp_path / "one.blend")
    assert found == face and np.abs(face_picture.pixels_of(picture) - pixels).max() < 1 / 254
    assert not bpy.data.libraries and not bpy.data.actions


@pytest.mark.every_version
def test_presets_are_written_as_a_library(built_in_head, tmp_path, no_picture):
    (tmp_path / catalogs.NAME).write_text("VERSION 1\n\n11111111-2222-3333-4444-555555555555:Rocks:Rocks\n")
    api.set_arkit(built_in_head, SMIRK)
    api.save_face(built_in_head, "Mine")
    assert [path.name for path in api.write_face_assets(tmp_path)] == ["flame_presets.blend", "flame_faces.blend"]
    lines = (tmp_path / catalogs.NAME).read_text().splitlines()
    assert "Rocks" in lines[2] and len(lines) == 6
    found = face_assets.faces_in(tmp_path / "flame_presets.blend")
    assert [face.name for face, _ in sorted(found, key=lambda each: each[0].name)] == sorted(api.presets(built_in_head))
    assert all(picture is not None for _, picture in found), "each has its picture"
    api.apply_preset(built_in_head, "Fear")
    wanted = api.get_arkit(built_in_head)
    api.blend_face(built_in_head, next(face for face, _ in found if face.name == "Fear"))
    assert api.get_arkit(built_in_head) == wanted
    with pytest.raises(api.WriteError, match="there already; choose Replace"):
        api.write_face_assets(tmp_path)
    assert api.write_face_assets(tmp_path, faces=False, replace=True) == (tmp_path / "flame_presets.blend",)


def make_hostile(path: Path, marker: Path) -> None:
    """A .blend whose asset bears a face, and drags along an object with a driver, and a text that runs on load."""
    text = bpy.data.texts.new("run.py")
    text.use_module = True
    run = f"__import__('pathlib').Path({str(marker)!r}).write_text('ran')"
    text.write(run)
    victim = bpy.data.objects.new("Victim", None)
    curve = victim.driver_add("location", 0)
    curve.driver.expression = run
    action = bpy.data.actions.new("Trap")
    action.asset_mark()
    action["victim"], action["text"] = victim, text
    action.asset_data["flame_face"] = face_to_text(api.Face(name="Trap", scores={"jawOpen": 1.0}))
    bpy.data.libraries.write(str(path), {action}, fake_user=True)
    bpy.data.batch_remove([action, victim, text])


def test_a_strangers_blend_is_data_only(built_in_head, tmp_path):
    marker = tmp_path / "ran"
    bpy.context.preferences.filepaths.use_scripts_auto_execute = True
    try:
        make_hostile(tmp_path / "trap.blend", marker)
        [saved] = api.bring_faces(tmp_path / "trap.blend")
        bpy.context.view_layer.update()
    finally:
        bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    assert saved.face.scores == {"jawOpen": 1.0} and not marker.exists()
    assert not bpy.data.texts and "Victim" not in bpy.data.objects and not bpy.data.libraries


def test_damaged_files_are_one_sentence(built_in_head, tmp_path, rng, no_picture):
    api.set_arkit(built_in_head, SMIRK)
    saved = api.save_face(built_in_head, "Whole")
    asset = saved.path.with_suffix(".blend").read_bytes()
    empty = tmp_path / "empty.blend"
    bpy.data.libraries.write(str(empty), {bpy.data.actions.new("plain")}, fake_user=True)
    for name, content in (
        ("text.blend", b"no blend"), ("half.blend", asset[: len(asset) // 2]), ("none.blend", b""),
        ("empty.blend", empty.read_bytes()), ("list.json", b"[1]"), ("half.json", saved.path.read_bytes()[:90]),
        ("bytes.json", b"\xff\xfe\x00\x01"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(api.ParameterError, match=name.replace(".", r"\.")) as error:
            api.bring_faces(tmp_path / name)
        assert "\n" not in str(error.value) and not bpy.data.libraries
    (faces() / "broken.json").write_text("{")
    assert [each.face.name for each in api.saved_faces()] == ["Whole"]


def test_the_asset_under_the_pointer(built_in_head):
    """What the context of the Asset Browser gives: an asset's metadata alone are read."""
    text = face_to_text(api.Face(name="Ah", scores={"jawOpen": 0.5}))
    asset = SimpleNamespace(name="Ah", metadata={"flame_face": text})
    assert api.holds_face(asset) and api.face_of_asset(asset).scores == {"jawOpen": 0.5}
    for wrong in (
        None,
        SimpleNamespace(name="Pose", metadata={}),
        SimpleNamespace(name="x", metadata={"flame_face": 3}),
    ):
        assert not api.holds_face(wrong)
        with pytest.raises(api.ParameterError, match="choose another asset"):
            api.face_of_asset(wrong)
    with pytest.raises(api.ParameterError, match="expected whole JSON"):
        api.face_of_asset(SimpleNamespace(name="x", metadata={"flame_face": "{"}))
    assert not bpy.ops.flame.keep_face_asset.poll()
    bpy.context.view_layer.objects.active = built_in_head
    with pytest.raises(RuntimeError, match="found nothing; choose another asset"):
        bpy.ops.flame.apply_face_asset()


def test_an_asset_as_the_shelf_names_it(built_in_head, tmp_path, no_picture):
    """By library and identifier, as Blender gives them to the operator; the redo panel keeps the face itself."""
    bpy.context.view_layer.objects.active = built_in_head
    api.set_arkit(built_in_head, SMIRK)
    api.save_face(built_in_head, "a/b")
    api.reset_params(built_in_head)
    api.show_face_library()
    named = {"asset_library_type": "CUSTOM", "asset_library_identifier": asset_library.NAME}
    try:
        identifier = "a_b.blend/Action/a/b"
        assert bpy.ops.flame.apply_face_asset(**named, relative_asset_identifier=identifier) == {"FINISHED"}
        assert set_scores(built_in_head) == SMIRK and not bpy.data.libraries and not bpy.data.actions
        api.reset_params(built_in_head)
        for wrong in ("a_b.blend/Action/c", "none.blend/Action/a/b", "a_b.blend/Object/a/b", "Action/a"):
            with pytest.raises(RuntimeError, match="xpected"):
                bpy.ops.flame.apply_face_asset(**named, relative_asset_identifier=wrong)
        assert not set_scores(built_in_head)
    finally:
        api.show_face_library(False)
    local = bpy.data.actions.new("Local")
    local.asset_mark()
    local.asset_data["flame_face"] = face_to_text(api.Face(name="Local", scores={"jawOpen": 0.5}))
    here = {"asset_library_type": "LOCAL", "relative_asset_identifier": "Action/Local"}
    assert bpy.ops.flame.apply_face_asset(**here, strength=0.5) == {"FINISHED"}
    assert set_scores(built_in_head) == {"jawOpen": 0.25}


def test_the_library_in_the_preferences_comes_and_goes(built_in_head):
    libraries = bpy.context.preferences.filepaths.asset_libraries
    before = [each.name for each in libraries]
    assert bpy.ops.flame.show_face_library() == {"FINISHED"} and asset_library.is_shown()
    assert Path(libraries[-1].path) == faces() and (faces() / catalogs.NAME).is_file()
    with pytest.raises(RuntimeError, match="already"):
        bpy.ops.flame.show_face_library()
    assert bpy.ops.flame.hide_face_library() == {"FINISHED"}
    assert [each.name for each in libraries] == before and faces().is_dir()
