from typing import Annotated

import bpy
from bpy.props import EnumProperty

from .. import api
from ..head.active import require_active_head
from .on_head import OnHead

_shown: list[tuple[str, str, str]] = []


def _choices(_self, _context) -> list[tuple[str, str, str]]:
    """Enum items; Blender needs them to be kept alive here."""
    _shown[:] = [
        ("NONE", "None", "The head's own materials, without a texture model"),
        *((entry.fingerprint, entry.name, entry.kind) for entry in api.installed_textures()),
    ]
    return _shown


class FLAME_OT_set_texture(OnHead, bpy.types.Operator):
    """Give the head the skin of a texture model, or take it off"""

    bl_idname = "flame.set_texture"
    bl_label = "Choose Texture Model"

    texture: Annotated[
        str,
        EnumProperty(
            name="Texture Model",
            description="Which texture model the skin is of",
            items=_choices,
            options={"SKIP_SAVE"},
        ),
    ]

    def work(self, context) -> str:
        head = require_active_head(context)
        api.set_texture(head, None if self.texture == "NONE" else self.texture)
        api.auto_key(head, ("texture",))
        return ""
