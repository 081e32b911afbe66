from typing import Any

import bpy

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .progress import InSteps
from .through_photo import look_through_camera


class FLAME_OT_add_photo(InSteps, OnHead, bpy.types.Operator):
    """Find where another photo of the head was taken, by its landmarks, and fit the head to all of its photos"""

    bl_idname = "flame.add_photo"
    bl_label = "Add Photo"

    @classmethod
    def why_not(cls, context):
        camera = context.scene.flame_fit.photo_camera
        pinned = api.pinned_cameras(require_active_head(context))
        if not pinned:
            return "Fit the head to a photo first"
        ready = camera is not None and camera not in pinned and api.shows_photo(camera)
        return None if ready else "Pick the landmarks of another photo first"

    def steps(self, context) -> Any:
        settings = context.scene.flame_fit
        photo: Any = next(kind for kind in api.FIT_KINDS if kind.KEY == "PHOTO")
        focal = photo.from_settings(settings).focal if settings.lens else None
        return api.adding_photo(require_active_head(context), settings.photo_camera, focal)

    def told(self, context, found: "api.Refitted") -> str:
        look_through_camera(context)
        return f"{require_active_head(context).name} is fitted to {len(found.errors)} photos"
