from typing import Annotated

import bpy
from bpy.props import EnumProperty

from .. import api
from ..head.active import active_head, require_active_head
from ..languages import CONTEXT, translated
from .on_head import OnHead

_shown: list[tuple[str, str, str]] = []


def _sets(_self, context) -> list[tuple[str, str, str]]:
    """Enum items; Blender needs them to be kept alive here."""
    head = active_head(context)
    model = None if head is None else api.model(head)
    sets = {} if model is None else model.landmarks
    _shown[:] = [(name, name, _described(model, name, embedding.count)) for name, embedding in sets.items()]
    return _shown


def _described(model, name: str, count: int) -> str:
    carried = translated("Carried over from the built-in head")
    return translated(f"{count} landmarks") + (f". {carried}" if name in model.carried_over else "")


class FLAME_OT_add_landmarks(OnHead, bpy.types.Operator):
    """Add empties that follow the landmarks of the face, in a collection of their own"""

    bl_idname = "flame.add_landmarks"
    bl_label = "Add Landmarks"

    landmark_set: Annotated[
        str, EnumProperty(name="Set", translation_context=CONTEXT, description="Which landmarks to show", items=_sets)
    ]

    @classmethod
    def why_not(cls, context):
        missing = api.missing_landmarks(require_active_head(context))
        return None if missing is None else missing.removesuffix(".")

    def work(self, context) -> str:
        collection = api.add_landmarks(require_active_head(context), self.landmark_set or None)
        return f"{len(collection.objects)} landmarks added"
