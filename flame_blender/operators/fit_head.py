"""The buttons that fit a head. What they fit to is chosen in the Fit panel, and kept in the scene."""

from typing import ClassVar

import bpy
from bpy.props import StringProperty

from ..fitting.reports.doubts import DOUBTFUL
from ..head.active import select_only
from ..languages import translated
from ..scene_fits import panel_choices, properties
from ..scene_fits.stage import FittedHead
from .progress import InSteps


class FitOperator(InSteps):
    """Fits the active head, or a new one, to what the panel names. Subclasses give ``kind``."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}
    kind: ClassVar[str]
    found: StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context):
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Heads are fitted in Object Mode")
            return False
        missing = panel_choices.missing(context.scene.flame_fit, cls.kind)
        if missing is not None:
            cls.poll_message_set(translated, missing)
            return False
        return True

    def steps(self, context):
        return (yield from panel_choices.steps(context, self.kind))

    def told(self, _context, fitted: FittedHead) -> str:
        select_only([fitted.head])
        lines = fitted.told()
        self.found = "\n".join(lines)
        doubts = [line for line in lines if line.startswith(DOUBTFUL)]
        return " ".join(map(translated, (lines[0], *doubts[:1])))

    def draw(self, _context):
        column = self.layout.column(align=True)
        for line in self.found.splitlines():
            column.label(text=translated(line))


class FLAME_OT_fit_scan(FitOperator, bpy.types.Operator):
    """Fit a head to the scan: identity, expression, pose and place. The scan stays as it is"""

    bl_idname = "flame.fit_scan"
    bl_label = "Fit to Scan"
    kind = properties.SCAN


class FLAME_OT_fit_landmarks(FitOperator, bpy.types.Operator):
    """Fit a head to landmarks in space: those picked on the scan, empties, or a file"""

    bl_idname = "flame.fit_landmarks"
    bl_label = "Fit to Landmarks"
    kind = properties.LANDMARKS


class FLAME_OT_fit_photo(FitOperator, bpy.types.Operator):
    """Fit a head to the landmarks of a photo, and make the camera that sees it as the photo does"""

    bl_idname = "flame.fit_photo"
    bl_label = "Fit to Photo"
    kind = properties.PHOTO


class FLAME_OT_fit_cameras(FitOperator, bpy.types.Operator):
    """Fit a head to the landmarks of the photos behind calibrated cameras, and put it among them. The cameras stay"""

    bl_idname = "flame.fit_cameras"
    bl_label = "Fit to Cameras"
    kind = properties.CAMERAS


class FLAME_OT_fit_mesh(FitOperator, bpy.types.Operator):
    """Fit a head to a mesh that has the model's own vertices, in their order"""

    bl_idname = "flame.fit_mesh"
    bl_label = "Fit to Mesh"
    kind = properties.MESH


class FLAME_OT_fit_basel(FitOperator, bpy.types.Operator):
    """Fit a head to a mesh of the Basel Face Model, through its correspondence file or by the nearest surface"""

    bl_idname = "flame.fit_basel"
    bl_label = "Fit to Basel Face"
    kind = properties.BASEL


FITTERS = (
    FLAME_OT_fit_scan,
    FLAME_OT_fit_landmarks,
    FLAME_OT_fit_photo,
    FLAME_OT_fit_cameras,
    FLAME_OT_fit_mesh,
    FLAME_OT_fit_basel,
)
