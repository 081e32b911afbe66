"""A 3D view that looks through a photo's camera while something is done on the photo."""

from typing import Any

import bpy
import numpy as np

# What looks around in the photo; a plain middle button would turn the view away from the camera, so it moves the photo.
LOOKING = {"WHEELUPMOUSE", "WHEELDOWNMOUSE", "TRACKPADPAN", "TRACKPADZOOM", "HOME"}
MIDDLE = "MIDDLEMOUSE"


class ThroughPhoto:
    """The view of ``context``, which looks through the scene's camera until :meth:`leave`."""

    def __init__(self, context: Any, hidden: list[bpy.types.Object]) -> None:
        self.area, self.space = context.area, context.space_data
        self.region = next(region for region in context.area.regions if region.type == "WINDOW")
        self._perspective = self.space.region_3d.view_perspective
        self._locked = self.space.lock_camera
        self.space.lock_camera = False  # or looking around would move the camera
        self._hidden = [obj for obj in hidden if not obj.hide_get()]
        self.hide(True)
        self.look(context)

    def look(self, context: Any) -> None:
        """Through the scene's camera, its frame as large as the view."""
        self.space.region_3d.view_perspective = "CAMERA"
        with context.temp_override(area=self.area, region=self.region):
            bpy.ops.view3d.view_center_camera()

    def hide(self, hidden: bool) -> None:
        """Whether what would hide the photo is hidden."""
        for obj in self._hidden:
            obj.hide_set(hidden)

    @property
    def is_hidden(self) -> bool:
        """Whether it is."""
        return any(obj.hide_get() for obj in self._hidden)

    def pointer(self, event: Any) -> np.ndarray:
        """(2,) pixels of the region, y up."""
        return np.array([event.mouse_x - self.region.x, event.mouse_y - self.region.y], np.float64)

    def is_over(self, event: Any) -> bool:
        """Whether the pointer is over the scene, and not over a bar or the sidebar."""
        over = [
            region.type
            for region in self.area.regions
            if 0 <= event.mouse_x - region.x < region.width and 0 <= event.mouse_y - region.y < region.height
        ]
        return over == ["WINDOW"]

    def looked_around(self, event: Any) -> set[str] | None:
        """What a modal operator returns for an event that only looks around; None for any other."""
        if event.type == MIDDLE:
            if event.value == "PRESS":
                bpy.ops.view3d.move("INVOKE_DEFAULT")
            return {"RUNNING_MODAL"}
        return {"PASS_THROUGH"} if event.type in LOOKING else None

    def leave(self, keep: bool) -> None:
        """Show again what was hidden; with ``keep`` the view goes on looking through the camera."""
        self.hide(False)
        self.space.lock_camera = self._locked
        if not keep:
            self.space.region_3d.view_perspective = self._perspective


def look_through_camera(context: Any) -> None:
    """Let the 3D view of ``context``, or the window's first, look through the scene's camera."""
    areas = [context.area] if context.area is not None else []
    areas += list(context.window.screen.areas) if context.window is not None else []
    area = next((each for each in areas if each.type == "VIEW_3D"), None)
    if area is not None:
        area.spaces.active.region_3d.view_perspective = "CAMERA"
        area.tag_redraw()
