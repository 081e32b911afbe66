import bpy

from ..distances import distances
from ..fitting.reports.doubts import DOUBTFUL
from ..head.active import active_head
from ..languages import translated
from ..languages.labels import wrapped
from ..observations import marks
from ..scene_fits import properties
from .sidebar import Sidebar, draw_new_heads

BUTTONS = {
    properties.SCAN: "flame.fit_scan",
    properties.LANDMARKS: "flame.fit_landmarks",
    properties.PHOTO: "flame.fit_photo",
    properties.CAMERAS: "flame.fit_cameras",
    properties.MESH: "flame.fit_mesh",
    properties.BASEL: "flame.fit_basel",
}
WITH_LANDMARKS = (properties.SCAN, properties.LANDMARKS, properties.BASEL)


class FLAME_PT_fit(Sidebar, bpy.types.Panel):
    bl_idname = "FLAME_PT_fit"
    bl_label = "Fit"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 6

    def draw(self, context):
        layout, settings = self.layout, context.scene.flame_fit
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "kind")
        if settings.kind == properties.PHOTO:
            for name in ("photo", "landmark_file", "lens"):
                layout.prop(settings, name)
        elif settings.kind == properties.CAMERAS:
            for name in ("cameras", "units", "axes", "fit_scale"):
                layout.prop(settings, name)
        else:
            _draw_source(layout, settings)
        if settings.kind in WITH_LANDMARKS:
            _draw_landmarks(layout, settings)
        layout.prop(settings, "new_head")
        head = active_head(context)
        if head is None or settings.new_head:
            draw_new_heads(layout)
        layout.operator(BUTTONS[settings.kind], icon="SHADERFX")
        if head is not None and head.flame_fit.kind:
            _draw_report(layout, head)


def _draw_source(layout, settings) -> None:
    layout.prop(settings, "scan", text="Mesh" if settings.kind == properties.MESH else "Scan")
    if settings.kind in (properties.MESH, properties.BASEL):
        layout.prop(settings, "mesh_file")
    if settings.kind == properties.BASEL:
        layout.prop(settings, "correspondence")
    layout.prop(settings, "units")
    layout.prop(settings, "axes")
    if settings.guess:
        for number, line in enumerate(wrapped(f"Starts from: {settings.guess}")):
            layout.label(text=line, icon="INFO" if number == 0 else "BLANK1")
    layout.prop(settings, "fit_scale")
    if settings.kind == properties.SCAN:
        layout.prop(settings, "with_offsets")


def _draw_landmarks(layout, settings) -> None:
    layout.operator("flame.pick_landmarks", icon="RESTRICT_SELECT_OFF")
    layout.prop(settings, "landmarks", text="Empties")
    layout.prop(settings, "landmark_file")
    if settings.landmark_file:
        layout.label(text="Landmarks: from the file", icon="EMPTY_AXIS")
        return
    count = sum(marks.number_of(obj) is not None for obj in properties.picked(settings) if obj.type == "EMPTY")
    none = "Landmarks: none (needed)" if settings.kind == properties.LANDMARKS else "Landmarks: none"
    layout.label(text=translated(f"Landmarks: {count}") if count else none, icon="EMPTY_AXIS")


def _draw_report(layout, head) -> None:
    fitted = head.flame_fit
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
