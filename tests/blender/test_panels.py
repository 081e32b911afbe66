"""Every panel draws, names only properties and operators that exist, and evaluates nothing."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from flame_blender import api, panels
from flame_blender.head import live, models
from flame_blender.head.properties import names_of_controls
from flame_blender.panels.control_rows import regions_of
from flame_blender.panels.faces import gallery as face_gallery
from flame_blender.panels.faces import thumbnails
from flame_blender.scene_fits.kinds import KINDS

pytestmark = pytest.mark.every_version  # layouts and icons
PRESETS = panels.FLAME_PT_looks_presets  # which Blender draws
PANELS = [cls for cls in panels.CLASSES if issubclass(cls, bpy.types.Panel) and cls is not PRESETS]


class Layout:
    """Stands for a UILayout: remembers what is drawn, and refuses what Blender could not draw."""

    def __init__(self, drawn: list | None = None):
        self.drawn = [] if drawn is None else drawn

    def row(self, **_options):
        return Layout(self.drawn)

    column = box = grid_flow = split = row

    def panel(self, _name: str, *, default_closed: bool = False):
        return Layout(self.drawn), None if default_closed else Layout(self.drawn)

    def template_icon_view(self, data, name: str, **_options):
        assert data.bl_rna.properties[name].type == "ENUM"
        self.drawn.append("pictures")

    def label(self, text: str = "", icon: str = "NONE", **_options):
        assert icon in bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items
        self.drawn.append(text)

    def prop(self, data, name: str, text: str | None = None, **_options):
        assert name in data.bl_rna.properties
        self.drawn.append(name if text is None else text)

    def operator(self, name: str, **_options):
        operator = getattr(bpy.ops.flame, name.removeprefix("flame.")).get_rna_type()
        self.drawn.append(name)
        return SimpleNamespace(**dict.fromkeys(operator.properties.keys()))

    def operator_menu_enum(self, name: str, enum: str, text: str, **_options):
        operator = getattr(bpy.ops.flame, name.removeprefix("flame.")).get_rna_type()
        assert operator.properties[enum].type == "ENUM"
        self.drawn.append(text)

    def menu(self, name: str, **_options):
        assert issubclass(getattr(bpy.types, name), bpy.types.Menu)
        self.drawn.append(name)

    def separator(self):
        self.drawn.append("")


def drawn_by(cls) -> list[str]:
    layout = Layout()
    cls.draw(SimpleNamespace(layout=layout, key=getattr(cls, "key", None)), bpy.context)
    return layout.drawn


@pytest.mark.parametrize("cls", PANELS)
def test_draws_a_head(cls, head, monkeypatch):
    api.add_landmarks(head)
    bpy.context.view_layer.objects.active = head
    if hasattr(cls, "poll") and not cls.poll(bpy.context):
        pytest.fail("every panel is there for a head whose model is installed")
    monkeypatch.setattr(live, "refresh", lambda *_: pytest.fail("drawing evaluated a head"))
    assert drawn_by(cls)


def test_without_a_head_only_what_helps_is_there():
    bpy.context.view_layer.objects.active = None
    assert "flame.add_head" in drawn_by(panels.FLAME_PT_head)
    assert [cls for cls in PANELS if not hasattr(cls, "poll") or cls.poll(bpy.context)] == [
        panels.FLAME_PT_head, panels.FLAME_PT_models, panels.FLAME_PT_fit, panels.FLAME_PT_data_sets,
    ]  # fmt: skip


def test_pages_and_filters(flame_head):
    bpy.context.view_layer.objects.active = flame_head
    pages = bpy.context.window_manager.flame.identity
    assert "Identity 20" in drawn_by(panels.FLAME_PT_identity)
    assert "Page 1 of 15 (300)" in drawn_by(panels.FLAME_PT_identity)
    for _ in range(14):
        bpy.ops.flame.turn_page(pages="identity", step=1)
    assert "Identity 300" in drawn_by(panels.FLAME_PT_identity)
    pages.text = "tity 29"
    assert [text for text in drawn_by(panels.FLAME_PT_identity) if text.startswith("Identity")] == [
        "Identity 29", *(f"Identity {number}" for number in range(290, 300)),
    ]  # fmt: skip
    pages.text, pages.set_only = "", True
    assert "No coefficient matches" in drawn_by(panels.FLAME_PT_identity)
    api.set_params(flame_head, shape=[0.0, 1.5])
    assert "Identity 2" in drawn_by(panels.FLAME_PT_identity)
    pages.set_only = False


def test_what_is_wrong_is_said(flame_head):
    bpy.context.view_layer.objects.active = flame_head
    bpy.context.scene.render.use_lock_interface = False
    models.remove(flame_head.flame.model_name)
    models.forget()
    live.forget()
    drawn = drawn_by(panels.FLAME_PT_head)
    assert "flame.locate_model" in drawn and "flame.lock_interface" in drawn
    assert any("not installed" in text for text in drawn)
    assert "Model not installed" in drawn_by(panels.FLAME_PT_expression)


def test_the_models_panel_lists_what_is_there(flame_file):
    assert "Not installed: FLAME model" in drawn_by(panels.FLAME_PT_models)
    api.install(flame_file)
    drawn = drawn_by(panels.FLAME_PT_models)
    assert any(text.startswith(flame_file.stem) for text in drawn)
    assert "Not installed: FLAME model" not in drawn and "Not installed: UVs" in drawn


@pytest.mark.parametrize("kind", KINDS, ids=[kind.KEY for kind in KINDS])
def test_the_fit_panel_asks_for_what_a_fit_takes(head, kind):
    """One button for what is chosen, what was guessed of the scan, and the last fit's errors."""
    settings = bpy.context.scene.flame_fit
    settings.kind = kind.KEY
    assert f"flame.fit_{kind.KEY.lower()}" in drawn_by(panels.FLAME_PT_fit)
    settings.scan = head
    head.flame_fit.kind, head.flame_fit.unit, head.flame_fit.mean = "raw scan", "mm", 0.25
    bpy.context.view_layer.objects.active = head
    drawn = drawn_by(panels.FLAME_PT_fit)
    assert ("Starts from: m, Z up, face to -Y" in drawn) == (kind.KEY not in ("PHOTO", "CAMERAS"))
    assert "0.25 mm" in drawn and "flame.paint_distances" in drawn and "flame.project_photo" in drawn


def test_the_export_menu_names_every_exporter():
    drawn = drawn_by(bpy.types.FLAME_MT_export)
    exporters = [name for name in dir(bpy.ops.flame) if name.startswith("export_")]
    exporters += ["film_head", "sample_heads"]
    assert sorted(name.removeprefix("flame.") for name in drawn if name) == sorted(exporters)


@pytest.mark.parametrize("key", ["expressions", "visemes"])
def test_a_click_on_a_picture_shows_its_face(built_in_head, key):
    """Every preset of the group has a picture, and choosing one does what the button with its name does."""
    bpy.context.view_layer.objects.active = built_in_head
    gallery = bpy.context.window_manager.flame_gallery
    names = face_gallery.presets_of(bpy.context, face_gallery.GROUPS[key])
    assert len(names) == {"expressions": 28, "visemes": 15}[key]
    assert all(thumbnails.icon(name) for name in names) or bpy.app.background  # no graphics, no icons
    for name in (names[3], names[5], names[5]):
        api.set_params(built_in_head, expression=())
        setattr(gallery, key, name)
        by_picture = api.get_params(built_in_head)
        bpy.ops.flame.apply_preset(preset=name)
        assert by_picture.expression.any()
        np.testing.assert_array_equal(api.get_params(built_in_head).expression, by_picture.expression)


def test_a_smile_is_one_click_away(flame_head):
    """Before anything was computed for the model: presets are there, computing is asked for by what needs it."""
    bpy.context.view_layer.objects.active = flame_head
    assert "Smile" in face_gallery.presets_of(bpy.context, "Expressions") and bpy.ops.flame.apply_preset.poll()
    for panel in (panels.FLAME_PT_expression, panels.FLAME_PT_faces):
        assert "DEFAULT_CLOSED" not in getattr(panel, "bl_options", ())
    assert api.model(flame_head).controls is None, "drawing computes nothing"
    assert "flame.compute_controls" in drawn_by(panels.FLAME_PT_controls)


def test_the_gallery_is_empty_where_there_is_no_head(flame_head):
    bpy.context.view_layer.objects.active = None
    assert not face_gallery.presets_of(bpy.context, "Expressions")
    bpy.context.view_layer.objects.active = flame_head
    models.remove(flame_head.flame.model_name)
    models.forget()
    assert not face_gallery.presets_of(bpy.context, "Expressions")
    assert not panels.FLAME_PT_faces.poll(bpy.context)


@pytest.mark.parametrize("doubt", [False, True])
def test_what_is_doubtful_of_a_fit_is_marked(head, monkeypatch, doubt: bool):
    """Each such line of the report, and the report itself, by an icon; the other lines are plain."""
    marked: list[tuple[str, str]] = []
    label = Layout.label

    def remembered(self, text: str = "", icon: str = "NONE"):
        marked.append((text, icon))
        label(self, text, icon)

    monkeypatch.setattr(Layout, "label", remembered)
    head.flame_fit.kind, head.flame_fit.unit = "2D landmarks", "px"
    head.flame_fit.notes = "Focal length 2000 px." + ("\nDoubtful: far off." if doubt else "")
    bpy.context.view_layer.objects.active = head
    drawn_by(bpy.types.FLAME_PT_fit)
    assert ("Focal length 2000 px.", "NONE") in marked
    assert (f"{head.name}: 2D landmarks", "ERROR" if doubt else "CHECKMARK") in marked
    assert (("Doubtful: far off.", "ERROR") in marked) == doubt


def test_named_controls_are_drawn_by_region_with_both_sides_in_a_row(built_in_head):
    bpy.context.view_layer.objects.active = built_in_head
    pages = bpy.context.window_manager.flame.controls
    pages.text = ""
    drawn = drawn_by(panels.FLAME_PT_controls)
    at = drawn.index("eyeBlink")
    assert [each for each in drawn[at : at + 6] if each and not each.startswith("flame.")][:3] == ["eyeBlink", "L", "R"]
    assert drawn.index("Brows") < drawn.index("browInnerUp") < drawn.index("Eyes") < at < drawn.index("mouthLeft")
    rows = regions_of(names_of_controls(built_in_head.flame))
    assert sorted(place for row in rows.values() for each in row for place in each.places) == list(range(52))
    pages.text = "blink"
    assert [each for each in drawn_by(panels.FLAME_PT_controls) if "Blink" in each] == ["eyeBlinkLeft", "eyeBlinkRight"]
    pages.text = ""
