import bpy
import mathutils
from bpy_extras.view3d_utils import location_3d_to_region_2d, region_2d_to_origin_3d, region_2d_to_vector_3d

from .. import api
from ..head.active import active_head
from ..languages import translated
from .picks_landmarks import PicksLandmarks


class FLAME_OT_pick_landmarks(PicksLandmarks, bpy.types.Operator):
    """Click the landmarks of a face on the scan, one after the other, as the picture in the corner shows"""

    bl_idname = "flame.pick_landmarks"
    bl_label = "Pick Landmarks"
    bl_options = {"REGISTER", "UNDO"}
    no_suggestion = "Place the point's other side first, and three points in all"

    @classmethod
    def poll(cls, context):
        if context.area is None or context.area.type != "VIEW_3D":
            cls.poll_message_set(translated, "Landmarks are picked in a 3D view")
            return False
        if not api.is_scan(context.scene.flame_fit.scan):
            cls.poll_message_set(translated, "Choose a scan first")
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Landmarks are picked in Object Mode")
            return False
        return True

    def invoke(self, context, _event):
        try:
            self.session = api.begin_picking(context.scene.flame_fit.scan, active_head(context))
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        self.overlay = context.space_data.overlay
        self.showed_lines = self.overlay.show_relationship_lines
        self.overlay.show_relationship_lines = False  # from the scan to each empty, over the face
        return self.begin(context)

    def execute(self, _context):
        self.report({"ERROR"}, "Landmarks are picked with the mouse: press the button in a 3D view")
        return {"CANCELLED"}

    def finish(self, context):
        placed = len(self.session.picking.placed)
        self.end(context)
        self.overlay.show_relationship_lines = self.showed_lines
        context.scene.flame_fit.landmarks = self.session.collection
        self.report({"INFO"}, translated(f"{placed} landmarks on {self.session.scan.name}"))
        return {"FINISHED"}

    def leave(self, _context) -> None:
        self.overlay.show_relationship_lines = self.showed_lines
        self.session.put_back()

    def place_at(self, context, at: tuple[float, float]) -> mathutils.Vector | None:
        view = context.space_data.region_3d
        origin = region_2d_to_origin_3d(self.region, view, at)
        return self.session.under(origin, region_2d_to_vector_3d(self.region, view, at))

    def seen_at(self, context, place) -> tuple[float, float] | None:
        there = location_3d_to_region_2d(self.region, context.space_data.region_3d, tuple(map(float, place)))
        return None if there is None else (there.x, there.y)
