"""Rows of named controls: sides that are linked, stars, keys of a region, and the pie menu's place in the key maps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar

import bpy
import numpy as np
import pytest

from flame_blender import api
from flame_blender.head.active import favourites, own_preferences
from flame_blender.head.saved import linked_sides
from flame_blender.keyframes.animation import curves_of
from flame_blender.panels import FLAME_AP_preferences, FLAME_MT_face_pie, FLAME_PT_controls, FLAME_PT_pose, pie
from tests.blender.test_panels import Layout, drawn_by

pytestmark = pytest.mark.every_version  # callbacks of properties, keys, layouts


@pytest.fixture
def active(named_head):
    bpy.context.view_layer.objects.active = named_head
    bpy.context.scene.frame_set(7)
    return named_head


@pytest.fixture
def as_by_hand(monkeypatch):
    """A slider is moved in an area of a window, of which there is none here: its callback is called as Blender does."""
    moved: list[tuple] = []
    monkeypatch.setattr(linked_sides, "MOVED_ALONG", [lambda *told: moved.append(told), *linked_sides.MOVED_ALONG])

    def move(item, value: float) -> list[tuple]:
        items = item.id_data.flame.controls
        values = np.empty(len(items), np.float32)
        items.foreach_get("value", values)
        values[items.find(item.name)] = value
        items.foreach_set("value", values)
        linked_sides.move_along(item, SimpleNamespace(area=object()))
        return moved

    return move


def test_linked_sides_move_together(active):
    controls = active.flame.controls
    controls["mouthSmileLeft"].value = 0.25
    assert controls["mouthSmileRight"].value == 0.0, "not linked at first"
    assert api.link_sides(active) == 18 and controls["mouthSmileRight"].linked
    assert controls["mouthSmileRight"].value == 0.0, "a link alone moves nothing"
    controls["mouthSmileRight"].value = 0.5
    assert controls["mouthSmileLeft"].value == 0.5
    controls["jawLeft"].value = 0.3
    assert controls["jawRight"].value == 0.0 and not controls["jawLeft"].linked, "these move all to one side"
    api.set_arkit(active, {"eyeBlinkLeft": 1.0})
    assert (controls["eyeBlinkLeft"].value, controls["eyeBlinkRight"].value) == (1.0, 0.0), "what is told is shown"
    controls["eyeBlinkLeft"].linked = False
    assert not controls["eyeBlinkRight"].linked and controls["browDownLeft"].linked
    controls["eyeBlinkRight"].value = 0.4
    assert controls["eyeBlinkLeft"].value == 1.0
    assert api.link_sides(active, False, ["mouthSmileRight"]) == 1 and not controls["mouthSmileLeft"].linked
    for wrong in (["jawOpen"], ["smile"]):
        with pytest.raises(api.ParameterError, match="a left and a right"):
            api.link_sides(active, True, wrong)


def test_linked_movements_of_the_built_in_heads_own(built_in_head):
    movements = built_in_head.flame.movements
    movements["eyeBlinkLeft"].linked = True
    movements["eyeBlinkLeft"].value = 0.5
    assert movements["eyeBlinkRight"].value == 0.5 and built_in_head.flame.controls["eyeBlinkRight"].value == 0.0


def test_links_are_saved_and_copied(active, tmp_path):
    api.link_sides(active, True, ["eyeBlinkLeft"])
    path, name = str(tmp_path / "links.blend"), active.name
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    head = bpy.data.objects[name]
    linked = [item.name for item in head.flame.controls if item.linked]
    assert linked == ["eyeBlinkLeft", "eyeBlinkRight"]


def test_the_other_side_is_keyed_where_auto_keying_keys_sliders(active, as_by_hand):
    """Blender keys a slider that has keys already; of two that are linked it is enough that one has."""
    scene, controls = bpy.context.scene, active.flame.controls
    api.link_sides(active)
    as_by_hand(controls["eyeBlinkLeft"], 0.5)
    scene.tool_settings.use_keyframe_insert_auto = True
    as_by_hand(controls["eyeBlinkLeft"], 0.6)
    assert curves_of(active) is None, "neither has keys"
    scene.tool_settings.use_keyframe_insert_auto = False
    api.key_controls(active, 1, ["eyeBlinkLeft"])
    as_by_hand(controls["eyeBlinkLeft"], 0.7)
    assert len(curves_of(active)) == 1, "Auto Keying is off"
    scene.tool_settings.use_keyframe_insert_auto = True
    assert as_by_hand(controls["eyeBlinkLeft"], 0.8)
    right = keyed(active)["eyeBlinkRight"]
    assert [tuple(key.co) for key in right.keyframe_points] == [(7.0, pytest.approx(0.8))]


def keyed(obj) -> dict:
    """The curves of its controls, by name."""
    return {obj.path_resolve(curve.data_path[: -len(".value")]).name: curve for curve in curves_of(obj)}


class Remembering(Layout):
    """Remembers what operators are asked to do; every region is open."""

    made: ClassVar[list] = []

    def row(self, **_options):
        return Remembering(self.drawn)

    column = box = grid_flow = split = row

    def panel(self, _name, **_options):
        return Remembering(self.drawn), Remembering(self.drawn)

    def operator(self, name, **options):
        button = super().operator(name, **options)
        self.made.append((name, button))
        return button


def test_keys_of_a_region(active):
    active.flame.controls["browInnerUp"].value = 0.75
    FLAME_PT_controls.draw(SimpleNamespace(layout=Remembering()), bpy.context)
    brows = next(button.controls for name, button in Remembering.made if name == "flame.key_region")
    names = ["browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"]
    assert sorted(brows.split()) == names
    assert bpy.ops.flame.key_region(controls=brows) == {"FINISHED"}
    assert sorted(keyed(active)) == names
    assert [tuple(key.co) for key in keyed(active)["browInnerUp"].keyframe_points] == [(7.0, 0.75)]
    with pytest.raises(api.ParameterError, match="named controls"):
        api.key_controls(active, 1, ["browInnerUp", "smile"])


def test_favourites_stand_on_top(active):
    window = own_preferences()
    assert bpy.ops.flame.star_movement(movement="mouthSmile") == {"FINISHED"}
    assert bpy.ops.flame.star_movement(movement="jawOpen") == {"FINISHED"}
    try:
        assert favourites() == ("mouthSmile", "jawOpen") == tuple(window.favourites.split())
        drawn = drawn_by(FLAME_PT_controls)
        top = drawn.index("Favourites")
        assert top < drawn.index("jawOpen") < drawn.index("Brows") and drawn.count("mouthSmile") == 2
        bpy.ops.flame.star_movement(movement="mouthSmile", starred=False)
        assert favourites() == ("jawOpen",) and drawn_by(FLAME_PT_controls).count("mouthSmile") == 1
    finally:
        window.favourites = ""
    assert "Favourites" not in drawn_by(FLAME_PT_controls)


def test_the_jaw_goes_forward_where_named_controls_are(active):
    drawn = drawn_by(FLAME_PT_pose)
    at = drawn.index("Open")
    assert drawn[at : at + 4] == ["Open", "Side", "Forward", "Roll"]


@pytest.mark.parametrize("starred", ["", "mouthSmile jawOpen nothing"])
def test_the_pie_menu(active, starred):
    class Pie(Layout):
        def menu_pie(self):
            return self

    window = own_preferences()
    window.favourites = starred
    try:
        layout = Pie()
        FLAME_MT_face_pie.draw(type("Self", (), {"layout": layout})(), bpy.context)
    finally:
        window.favourites = ""
    assert {"flame.apply_preset", "flame.mirror_face", "flame.keyframe_params"} <= set(layout.drawn)
    assert ("mouthSmile" in layout.drawn) == bool(starred)
    assert FLAME_MT_face_pie.poll(bpy.context)
    bpy.context.view_layer.objects.active = None
    assert not FLAME_MT_face_pie.poll(bpy.context)


@pytest.mark.parametrize("has_key_maps", [True, False])
def test_the_preferences_offer_a_key_for_it(has_key_maps, monkeypatch):
    item = bpy.context.window_manager.keyconfigs.default.keymaps.new(name="there").keymap_items.new(
        "wm.x", "A", "PRESS"
    )
    monkeypatch.setattr(pie, "item_of", lambda _configuration: (None, item if has_key_maps else None))
    layout = Layout()
    stand_in = SimpleNamespace(layout=layout, bl_rna=FLAME_AP_preferences.bl_rna)
    FLAME_AP_preferences.draw(stand_in, bpy.context)
    assert "favourites" in layout.drawn and len(layout.drawn) == (4 if has_key_maps else 2)


def test_the_pie_menu_has_no_key_at_first():
    manager = bpy.context.window_manager
    if manager.keyconfigs.addon is None:
        assert not pie._added, "without a window Blender has no key maps"
        return
    keymap, item = pie.item_of(manager.keyconfigs.addon)
    assert keymap.name == "3D View" and item.type == "NONE" and not item.active
