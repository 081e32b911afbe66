"""What the buttons do, and what they say when they cannot."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api, operators, panels
from flame_blender.head import properties
from flame_blender.scene_fits import properties as fit_properties
from tests.blender.conftest import random_fields


def activate(obj: bpy.types.Object | None) -> None:
    bpy.context.view_layer.objects.active = obj


def test_add_head_selects_it_locks_the_interface_and_says_so(capfd):
    bpy.context.scene.render.use_lock_interface = False
    assert bpy.ops.flame.add_head(landmarks=True, location=(1, 2, 3)) == {"FINISHED"}
    head = bpy.context.object
    assert api.is_head(head) and head.select_get() and tuple(head.location) == (1, 2, 3)
    assert len(head.flame.landmarks) == 68
    assert bpy.context.scene.render.use_lock_interface
    assert "Lock Interface" in capfd.readouterr().out


def test_a_first_render_looks_like_a_head(head):
    """Skin, eyes and shading; regions and UVs where the model has them."""
    built_in = head.flame.model_name == api.BUILT_IN
    skin = "FLAME Skin (Built-in Head)" if built_in else "FLAME Skin"
    assert {slot.material.name for slot in head.material_slots} >= {skin, "FLAME Eye"}
    assert len({polygon.material_index for polygon in head.data.polygons}) > 1
    assert all(polygon.use_smooth for polygon in head.data.polygons)
    assert bool(head.vertex_groups) == bool(head.data.uv_layers) == built_in


def test_polls_explain():
    activate(None)
    for name in ("reset_params", "randomise_params", "copy_params", "add_landmarks", "export_landmarks"):
        assert not getattr(bpy.ops.flame, name).poll()
        with pytest.raises(RuntimeError, match="Select a FLAME head first"):
            getattr(bpy.ops.flame, name)()


def test_reset_only_what_is_asked(head, rng):
    activate(head)
    api.set_params(head, **random_fields(head, rng))
    assert bpy.ops.flame.reset_params(identity=False, pose=False) == {"FINISHED"}
    params = api.get_params(head)
    assert params.shape.any() and params.jaw.any() and not params.expression.any()
    bpy.ops.flame.reset_params()
    np.testing.assert_allclose(api.evaluate(head), api.model(head).v_template, atol=1e-7)


def test_randomise(head):
    activate(head)
    bpy.ops.flame.randomise_params(seed=3)
    first = api.get_params(head).shape
    bpy.ops.flame.randomise_params(seed=4)
    bpy.ops.flame.randomise_params(seed=3)
    np.testing.assert_array_equal(api.get_params(head).shape, first)
    assert not api.get_params(head).expression.any()


def test_copy_and_paste_between_heads_is_exact(head, rng):
    from flame_blender.flame.clipboard import params_to_text

    other = api.add_head(head.flame.model_name)
    api.set_params(head, **random_fields(head, rng))
    activate(other)
    text = params_to_text(api.get_params(head), "any")
    assert bpy.ops.flame.paste_params(text=text) == {"FINISHED"}
    np.testing.assert_array_equal(api.evaluate(other), api.evaluate(head))
    with pytest.raises(RuntimeError, match="copied from a head"):
        bpy.ops.flame.paste_params(text="{}")


def test_key_parameters(head):
    activate(head)
    bpy.context.scene.frame_set(12)
    assert bpy.ops.flame.keyframe_params() == {"FINISHED"}
    assert tuple(head.animation_data.action.frame_range) == (12, 12)


def test_install_and_remove(flame_file, tmp_path):
    assert bpy.ops.flame.install_files(filepath=str(flame_file)) == {"FINISHED"}
    assert flame_file.stem in api.model_names()
    assert bpy.ops.flame.add_head(model=flame_file.stem) == {"FINISHED"}
    assert bpy.ops.flame.remove_model(model=flame_file.stem) == {"FINISHED"}
    assert flame_file.stem not in api.model_names()
    wrong = tmp_path / "wrong.pkl"
    wrong.write_bytes(b"not a pickle")
    with pytest.raises(RuntimeError, match=r"wrong\.pkl"):
        bpy.ops.flame.install_files(filepath=str(wrong))


def test_operators_undo_where_they_change_the_scene():
    harmless = {"turn_page", "copy_params", "install_files", "remove_model", "locate_model", "choose_model"}
    harmless |= {"control_quality", "remove_texture"}
    harmless |= {"film_head", "sample_heads", "write_recipe"}  # write files
    harmless |= {"drop_files", "drop_meshes"}  # call imports, which are undone
    harmless |= {"record_capture", "stop_capture"}  # tell Live Capture, whose end is undone
    harmless |= {"star_movement", "show_face_library", "hide_face_library"}  # set preferences
    harmless |= {
        "save_face",
        "rename_face",
        "delete_face",
        "bring_faces",
        "keep_face_asset",
        "write_face_assets",
        "keep_looks",
    }  # files
    for cls in operators.CLASSES:
        if not issubclass(cls, bpy.types.Operator) or cls.bl_idname.startswith("flame.export_"):
            continue
        if cls.bl_idname.removeprefix("flame.") not in harmless:
            assert {"REGISTER", "UNDO"} <= cls.bl_options, cls


@pytest.mark.parametrize("cls", (*properties.CLASSES, *fit_properties.CLASSES, *operators.CLASSES, *panels.CLASSES))
def test_everything_has_a_tooltip(cls):
    if issubclass(cls, bpy.types.Operator):
        described = getattr(bpy.ops.flame, cls.bl_idname.removeprefix("flame.")).get_rna_type()
        assert len(described.description) > 20, cls
    elif issubclass(cls, bpy.types.PropertyGroup):
        described = cls.bl_rna
    else:
        return
    for name in cls.__annotations__:
        prop = described.properties[name]
        hidden = prop.is_hidden or prop.type in {"COLLECTION", "POINTER"}
        assert hidden or prop.description, f"{cls.__name__}.{name}"
