"""Heads of another file, linked or overridden: what no file would keep of them is refused, the rest is kept."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.errors import FlameError, ParameterError
from flame_blender.flame.params import FlameParams
from flame_blender.sequences.project_npz import save_sequence
from flame_blender.sequences.sequence import FlameSequence
from tests.textured_meshes.writers import write_psbody


@pytest.fixture
def linked(built_in_head, tmp_path) -> bpy.types.Object:
    """The built-in head, linked from a file of its own."""
    library, name = str(tmp_path / "library.blend"), built_in_head.name
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(library, link=True) as (_, here):
        here.objects = [name]
    bpy.context.collection.objects.link(here.objects[0])
    return here.objects[0]


@pytest.fixture
def overridden(linked) -> bpy.types.Object:
    """It as an override with a mesh of its own, as it has once it was changed."""
    head = linked.override_create(remap_local_usages=True)
    api.set_params(head, jaw=(0.2, 0, 0))
    bpy.context.view_layer.update()
    assert head.data.library is None
    return head


def opened_again(folder) -> bpy.types.Object:
    """The overridden head after saving and opening the file."""
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "shot.blend"))
    return next(each for each in bpy.data.objects if each.override_library)


def test_a_linked_head_takes_nothing_that_would_be_gone(linked, tmp_path):
    clip, params = tmp_path / "clip.npz", FlameParams(expression=np.zeros((3, 2)), jaw=np.full((3, 3), 0.1))
    save_sequence(FlameSequence(params, fps=25.0, source="test"), clip)
    for change in (
        api.add_blinks,
        api.begin_live_capture,
        api.add_landmarks,
        lambda head: api.import_animation(clip, head),
        lambda head: api.bake_cache(head, path=tmp_path / "cache.pc2"),
        lambda head: api.apply_preset(head, "Smile", frame=5),
        lambda head: api.set_arkit(head, {"jawOpen": 1.0}, frame=5),
    ):
        with pytest.raises(FlameError, match="comes from another file"):
            change(linked)
    assert not any(api.get_arkit(linked).values())
    assert linked.animation_data is None and not bpy.data.actions and not (tmp_path / "cache.pc2").exists()


def test_the_keys_of_an_overridden_head_are_saved(overridden, tmp_path):
    api.add_blinks(overridden, at=[20])
    head = opened_again(tmp_path)
    bpy.context.scene.frame_set(20)
    assert api.get_arkit(head)["eyeBlinkLeft"] == pytest.approx(1)


def test_the_looks_of_an_overridden_head_come_off_after_it_was_saved(overridden, tmp_path):
    """A file keeps no properties of an overridden object."""
    model = api.model(overridden)
    write_psbody(tmp_path / "face.obj", model.v_template, model.faces)
    lines = (tmp_path / "face.obj").read_text().splitlines()
    vertices = [f"{line} 0.9 0.1 0.1" if line.startswith("v ") else line for line in lines]
    (tmp_path / "face.obj").write_text("\n".join(vertices))
    before = looks_of(overridden)
    assert api.take_looks(overridden, tmp_path / "face.obj").material is not None
    head = opened_again(tmp_path)
    assert api.has_looks(head) and looks_of(head) != before
    assert api.remove_looks(head) and not api.has_looks(head) and looks_of(head) == before


def looks_of(head) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    slots = [(slot.link, slot.material.name) for slot in head.material_slots]
    return slots, [each.name for each in head.data.uv_layers], [each.name for each in head.data.color_attributes]


def test_an_overridden_head_takes_no_landmarks_of_its_own(overridden):
    """Blender adds nothing to lists of overrides."""
    with pytest.raises(ParameterError, match="comes from another file"):
        api.add_landmarks(overridden)
    assert not overridden.children


def test_an_overridden_head_is_put_on_no_body(overridden):
    """A file keeps where it hangs, but neither what it hung on before nor which body it is on."""
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.3, location=(0, 0, -0.25))
    with pytest.raises(ParameterError, match="comes from another file"):
        api.put_on_body(overridden, bpy.context.object)
    assert overridden.parent is None and not bpy.context.object.modifiers
