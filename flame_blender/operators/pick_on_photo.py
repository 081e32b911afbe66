from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import api
from ..head.active import active_head
from ..languages import translated
from .picks_landmarks import PicksLandmarks
from .through_photo import ThroughPhoto

FEWEST = 6  # that a fit to a photo takes


class FLAME_OT_pick_on_photo(PicksLandmarks, bpy.types.Operator):
    """Click the landmarks of the face on the photo, as the picture in the corner shows; Enter fits the head"""

    bl_idname = "flame.pick_on_photo"
    bl_label = "Pick Landmarks"
    bl_options = {"REGISTER", "UNDO"}
    takes_suggestion = False  # a hand sees better where it is
    no_suggestion = "Place four points first, not all in one plane: eyes, mouth and the tip of the nose"

    @classmethod
    def poll(cls, context):
        if context.area is None or context.area.type != "VIEW_3D":
            cls.poll_message_set(translated, "Landmarks are picked in a 3D view")
            return False
        if not context.scene.flame_fit.photo and not api.shows_photo(context.scene.camera):
            cls.poll_message_set(translated, "Choose a photo first")
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Landmarks are picked in Object Mode")
            return False
        return True

    def invoke(self, context, _event):
        settings = context.scene.flame_fit
        self.head = None if settings.new_head else active_head(context)
        camera = settings.photo_camera
        photo: Any = Path(bpy.path.abspath(settings.photo)) if settings.photo else None
        try:
            on = camera if camera is not None and camera.name in context.scene.objects else photo
            self.session = api.begin_picking_on_photo(on, self.head)
        except api.FlameError as error:
            self.report({"ERROR"}, translated(str(error)))
            return {"CANCELLED"}
        heads = [obj for obj in context.view_layer.objects if api.is_head(obj)]
        self.through = ThroughPhoto(context, [obj for head in heads for obj in (head, *head.children_recursive)])
        return self.begin(context)

    def execute(self, _context):
        self.report({"ERROR"}, "Landmarks are picked with the mouse: press the button in a 3D view")
        return {"CANCELLED"}

    def looked_around(self, event) -> set[str] | None:
        self.session.pointer = self.through.pointer(event) if self.through.is_over(event) else None
        return self.through.looked_around(event)

    def finish(self, context):
        if len(self.session.picking.placed) < FEWEST:
            self.report({"WARNING"}, translated(f"Place {FEWEST} landmarks or more first; Esc leaves without a fit"))
            return {"RUNNING_MODAL"}
        self.end(context)
        self.through.leave(keep=True)
        self.session.keep()
        settings = context.scene.flame_fit
        settings.kind, settings.photo_camera, settings.landmark_file = "PHOTO", self.session.camera, ""
        operators: Any = bpy.ops
        others = [] if self.head is None else api.pinned_cameras(self.head)
        if any(camera != self.session.camera for camera in others):
            operators.flame.add_photo("INVOKE_DEFAULT")
        else:
            operators.flame.fit_photo("INVOKE_DEFAULT")
        return {"FINISHED"}

    def leave(self, _context) -> None:
        self.through.leave(keep=False)
        self.session.put_back()

    def place_at(self, context, at: tuple[float, float]) -> np.ndarray | None:
        view = self.session.view(self.region, context.space_data.region_3d)
        if view is None:
            return None
        pixel = view.to_photo(np.array(at, np.float64))
        return pixel if view.holds(pixel) else None

    def seen_at(self, context, place) -> tuple[float, float] | None:
        view = self.session.view(self.region, context.space_data.region_3d)
        return None if view is None else tuple(view.to_region(place).tolist())
