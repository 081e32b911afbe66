from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from ..languages import CONTEXT
from .on_head import OnHead


class FLAME_OT_keyframe_params(OnHead, bpy.types.Operator):
    """Key parameters of the head at the current frame"""

    bl_idname = "flame.keyframe_params"
    bl_label = "Key Parameters"

    identity: Annotated[bool, BoolProperty(name="Identity", description="Key every identity coefficient")]
    expression: Annotated[
        bool,
        BoolProperty(
            name="Expression",
            translation_context=CONTEXT,
            description="Key every expression coefficient, the named controls and the eyelids",
            default=True,
        ),
    ]
    rotations: Annotated[
        bool,
        BoolProperty(
            name="Rotations", translation_context=CONTEXT, description="Key head, neck, jaw and eyes", default=True
        ),
    ]
    translation: Annotated[bool, BoolProperty(name="Translation", description="Key the translation", default=True)]
    texture: Annotated[
        bool,
        BoolProperty(name="Texture", translation_context=CONTEXT, description="Key every texture coefficient"),
    ]

    def work(self, context) -> str:
        groups = [
            name for name in ("identity", "expression", "rotations", "translation", "texture") if getattr(self, name)
        ]
        groups += ["controls", "eyelids"] if self.expression else []
        scene = context.scene
        keyed = api.keyframe(require_active_head(context), scene.frame_current_final, groups)
        return f"{keyed} channels keyed at frame {scene.frame_current_final:g}"


class FLAME_OT_key_region(OnHead, bpy.types.Operator):
    """Key all controls of this region at the current frame"""

    bl_idname = "flame.key_region"
    bl_label = "Key Region"

    controls: Annotated[
        str,
        StringProperty(
            name="Controls", description="Names of the named controls, with spaces between", options={"SKIP_SAVE"}
        ),
    ]

    def work(self, context) -> str:
        frame = context.scene.frame_current_final
        keyed = api.key_controls(require_active_head(context), frame, self.controls.split())
        return f"{keyed} channels keyed at frame {frame:g}"
