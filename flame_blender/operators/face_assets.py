from typing import Annotated

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import api
from ..languages import translated
from .blend_face import Blending
from .on_head import OnHead, run

NO_FACE = "Choose a face in the Asset Browser or the asset shelf first"
# kinds of asset libraries, by Blender's own numbers
LIBRARIES = (
    ("NONE", "", "", 0),
    ("LOCAL", "", "", 1),
    ("ALL", "", "", 2),
    ("ESSENTIALS", "", "", 3),
    ("CUSTOM", "", "", 100),
)


class OnAsset(OnHead):
    """Runs on the face that an asset is: the context's, or the one that the asset shelf names.

    Its text is kept, for the redo panel has no asset.
    """

    text: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]
    asset_library_type: Annotated[str, EnumProperty(items=LIBRARIES, options={"HIDDEN", "SKIP_SAVE"})]
    asset_library_identifier: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]
    relative_asset_identifier: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]

    @classmethod
    def why_not(cls, context) -> str | None:
        asset = getattr(context, "asset", None)
        return NO_FACE if asset is not None and not api.holds_face(asset) else None

    def face_asked(self, context):
        """Raises FlameError."""
        if not self.text:
            self.text = self._found(context).as_text()
        return api.Face.of_text(self.text)

    def _found(self, context):
        if self.relative_asset_identifier:
            named = self.asset_library_type, self.asset_library_identifier, self.relative_asset_identifier
            return api.face_of_identifier(*named)
        return api.face_of_asset(getattr(context, "asset", None))


class FLAME_OT_apply_face_asset(OnAsset, Blending, bpy.types.Operator):
    """Show the face of this asset on the head"""

    bl_idname = "flame.apply_face_asset"
    bl_label = "Show Face"

    def is_dragged(self) -> bool:
        return False


class FLAME_OT_blend_face_asset(OnAsset, Blending, bpy.types.Operator):
    """Blend the face of this asset in by dragging to the right"""

    bl_idname = "flame.blend_face_asset"
    bl_label = "Blend Face In"

    def begins_held(self, event) -> bool:
        return event.value != "RELEASE"  # dragged out of the asset shelf; a menu's entry is called by a release


class FLAME_OT_keep_face_asset(bpy.types.Operator):
    """Save the face of this asset among your own; it gets a number where its name is taken"""

    bl_idname = "flame.keep_face_asset"
    bl_label = "Save Among Mine"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context):
        if not api.holds_face(getattr(context, "asset", None)):
            cls.poll_message_set(translated, NO_FACE)
            return False
        return True

    def execute(self, context):
        return run(self, self._keep, context)

    def _keep(self, context) -> str:
        saved = api.keep_face(api.face_of_asset(getattr(context, "asset", None)))
        return f"Saved face {saved.face.name!r}"
