import bpy

from ..distances import distances
from ..fitting.reports.doubts import DOUBTFUL
from ..head.active import active_head
from ..languages import translated
from ..languages.labels import wrapped
from ..observations import marks
from ..scene_fits import pinned_photos
from ..scene_fits.kinds import kind_called
from ..scene_fits.panel_settings import picked
from ..scene_fits.properties import fitted_of
from .sidebar import Sidebar, draw_new_heads


class FLAME_PT_fit(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_fit"
    bl_label = "Fit"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 7

    def draw(self, context):
        layout, settings = self.layout, context.scene.flame_fit
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "kind")
        kind = kind_called(settings.kind)
        for field in kind.FIELDS:
            name, text = (field, None) if isinstance(field, str) else field
            DRAWN.get(name, _draw_property)(layout, settings, name, text)
        layout.prop(settings, "new_head")
        head = active_head(context)
        if head is None or settings.new_head:
            draw_new_heads(layout)
        button = f"flame.fit_{kind.KEY.lower()}"
        layout.operator(button, icon="SHADERFX")
        cameras = [] if head is None else pinned_photos.photos_of(head)
        if head is not None and cameras:
            _draw_pins(layout, settings, cameras)
        if head is not None and fitted_of(head).kind:
            _draw_report(layout, head)


def _draw_property(layout, settings, name: str, text: str | None) -> None:
    layout.prop(settings, name, text=text)


def _draw_photo(layout, settings, name: str, _text: str | None) -> None:
    layout.prop(settings, name)
    layout.operator("flame.pick_on_photo", icon="RESTRICT_SELECT_OFF")
    camera = settings.photo_camera
    if camera is not None and not settings.landmark_file:
        count = sum(pin.number != pinned_photos.NO_LANDMARK for pin in pinned_photos.pinned(camera).pins)
        layout.label(text=translated(f"Landmarks: {count}"), icon="EMPTY_AXIS")


def _draw_pins(layout, settings, cameras) -> None:
    """Of the active head's photos."""
    camera = settings.photo_camera
    if camera is not None and pinned_photos.waits(camera) and len(cameras) > 1:
        layout.operator("flame.add_photo", icon="ADD")
    box = layout.box().column()
    count = sum(len(pinned_photos.pinned(each).pins) for each in cameras)
    box.label(text=translated(f"Photos: {len(cameras)}, pins: {count}"), icon="PINNED")
    row = box.row(align=True)
    row.operator("flame.edit_pins", icon="PINNED")
    row.operator("flame.remove_pins", text="", icon="X")
    box.prop(settings, "pins_vary")
    box.prop(settings, "pins_move_camera")
    box.prop(settings, "pins_find_focal")


def _draw_guess(layout, settings, _name: str, _text: str | None) -> None:
    if settings.guess:
        for number, line in enumerate(wrapped(f"Starts from: {settings.guess}")):
            layout.label(text=line, icon="INFO" if number == 0 else "BLANK1")


def _draw_landmarks(layout, settings, name: str, none: str | None) -> None:
    layout.operator("flame.pick_landmarks", icon="RESTRICT_SELECT_OFF")
    layout.prop(settings, name, text="Empties")
    layout.prop(settings, "landmark_file")
    if settings.landmark_file:
        layout.label(text="Landmarks: from the file", icon="EMPTY_AXIS")
        return
    count = sum(marks.number_of(obj) is not None for obj in picked(settings) if obj.type == "EMPTY")
    layout.label(text=translated(f"Landmarks: {count}") if count else none or "Landmarks: none", icon="EMPTY_AXIS")


DRAWN = {
    "guess": _draw_guess,
    "landmarks": _draw_landmarks,
    "photo": _draw_photo,
}  # the fields that are more than a property


def _draw_report(layout, head) -> None:
    fitted = fitted_of(head)
    box = layout.box().column(align=True)
    is_doubtful = any(note.startswith(DOUBTFUL) for note in fitted.notes.splitlines())
    box.label(text=f"{head.name}: {translated(fitted.kind)}", icon="ERROR" if is_doubtful else "CHECKMARK")
    box.label(text=translated(f"{fitted.count} points, {fitted.unit}"))
    for name in ("mean", "median", "percentile_95", "largest"):
        row = box.row()
        row.label(text=translated(fitted.bl_rna.properties[name].name))
        row.label(text=f"{getattr(fitted, name):.3g} {fitted.unit}")
    for note in fitted.notes.splitlines():
        for number, line in enumerate(wrapped(note)):
            box.label(text=line, icon="ERROR" if number == 0 and note.startswith(DOUBTFUL) else "NONE")
    row = layout.row(align=True)
    row.operator("flame.paint_distances", icon="COLOR")
    if distances.is_painted(head):
        row.operator("flame.clear_distances", text="", icon="X")
    layout.operator("flame.project_photo", icon="IMAGE_DATA")
