from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

REGIONS = ("brows", "eyes", "cheeks", "mouth", "jaw")


class FLAME_OT_save_face(InSteps, OnHead, bpy.types.Operator):
    """Keep the face that the head shows, by a name, for heads of any model: also in Blender's Asset Browser"""

    bl_idname = "flame.save_face"
    bl_label = "Save Face"
    bl_options = {"REGISTER"}  # a file: nothing in the scene to undo

    face: Annotated[
        str, StringProperty(name="Name", description="What the face is called", default="My Face", maxlen=63)
    ]
    controls: Annotated[
        str,
        EnumProperty(
            name="Controls",
            description="What of the face is kept; the others it leaves alone",
            items=(
                ("ALL", "All", "The whole face: controls that are zero are zero"),
                ("NOT_ZERO", "Those That Are Set", "Named controls that are not zero"),
                ("REGIONS", "Regions", "Named controls of some regions of the face"),
            ),
        ),
    ]
    brows: Annotated[bool, BoolProperty(name="Brows", description="Keep the brows", default=True)]
    eyes: Annotated[bool, BoolProperty(name="Eyes", description="Keep lids and gaze", default=True)]
    cheeks: Annotated[bool, BoolProperty(name="Cheeks and Nose", description="Keep cheeks and nose", default=True)]
    mouth: Annotated[bool, BoolProperty(name="Mouth", description="Keep the mouth", default=True)]
    jaw: Annotated[bool, BoolProperty(name="Jaw", description="Keep the jaw's named controls", default=True)]
    jaw_turn: Annotated[
        bool,
        BoolProperty(
            name="Pose of the Jaw",
            description="Keep how the jaw is turned in the Pose panel, where it is",
            default=True,
        ),
    ]
    eye_turns: Annotated[
        bool,
        BoolProperty(
            name="Pose of the Eyes",
            description="Keep how the eyes are turned in the Pose panel, where they are",
            default=True,
        ),
    ]
    neck_turn: Annotated[
        bool,
        BoolProperty(name="Pose of the Neck", description="Keep how the head is turned on its neck, where it is"),
    ]
    picture: Annotated[
        bool, BoolProperty(name="Picture", description="Render a small picture of it: a second or two", default=True)
    ]
    replace: Annotated[
        bool,
        BoolProperty(
            name="Replace",
            description="Take the place of your face of that name. Off: it gets a number where the name is taken",
            options={"SKIP_SAVE"},
        ),
    ]

    def invoke(self, context, _event):
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, _context):
        layout: Any = self.layout
        layout.use_property_split = True
        layout.prop(self, "face")
        replacing = layout.row()
        replacing.active = any(each.face.name == self.face for each in api.saved_faces())
        replacing.prop(self, "replace")
        layout.prop(self, "controls")
        regions = layout.column(heading="Regions")
        regions.active = self.controls == "REGIONS"
        for name in REGIONS:
            regions.prop(self, name)
        pose = layout.column(heading="Pose")
        for name in ("jaw_turn", "eye_turns", "neck_turn"):
            pose.prop(self, name)
        layout.prop(self, "picture")

    def asked(self, _context) -> "api.SaveFaceOptions":
        return options_of(self, api.SaveFaceOptions)

    def steps(self, context):
        return api.saving_face(require_active_head(context), self.face, self.asked(context))

    def told(self, context, result) -> str:
        context.window_manager.flame_gallery.page = "mine"  # where it is seen
        return f"Saved face {result.face.name!r}"
