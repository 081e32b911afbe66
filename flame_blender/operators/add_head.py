from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty
from bpy_extras.object_utils import AddObjectHelper, add_object_align_init
from mathutils import Matrix

from .. import api
from ..head.active import select_only
from ..languages import CONTEXT, translated
from . import in_view
from .on_head import run

_shown: list[tuple[str, str, str]] = []


def _models(_self, _context) -> list[tuple[str, str, str]]:
    """Enum items, the model for new heads first; Blender needs them to be kept alive here."""
    first = api.new_head_model()
    _shown[:] = [
        (entry.name, entry.name, translated(f"{entry.release}: {entry.n_identity} + {entry.n_expression} coefficients"))
        for entry in sorted(api.installed_models(), key=lambda entry: entry.name != first)
    ]
    return _shown


class FLAME_OT_add_head(bpy.types.Operator, AddObjectHelper):
    """Add a FLAME head: a face with identity, expression and pose parameters"""

    bl_idname = "flame.add_head"
    bl_label = "FLAME Head"
    bl_options = {"REGISTER", "UNDO"}

    # not remembered: Blender would remember a place in the list, whose first one is the model for new heads
    model: Annotated[
        str,
        EnumProperty(name="Model", description="Which installed model to add", items=_models, options={"SKIP_SAVE"}),
    ]
    head_name: Annotated[str, StringProperty(name="Name", description="Name of the new object", default="FLAME Head")]
    landmarks: Annotated[
        bool,
        BoolProperty(
            name="Landmarks",
            translation_context=CONTEXT,
            description="Also add empties that follow the face's landmarks",
        ),
    ]

    frame: Annotated[
        bool,
        BoolProperty(
            name="Frame",
            description="Bring the view to the face. On at first where the scene is empty, or something hides the head",
            options={"SKIP_SAVE"},
        ),
    ]

    @classmethod
    def poll(cls, context):
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "A head is added in Object Mode")
            return False
        return True

    def invoke(self, context, _event):
        if not self.properties.is_property_set("frame"):
            place = self._standing(context).to_translation()
            self.frame = in_view.is_empty(context) or in_view.around(context, place) is not None
        in_view.open_tab(context)
        return self.execute(context)

    def execute(self, context):
        return run(self, self._add, context)

    def _standing(self, context) -> Matrix:
        """Where and how it stands: at the 3D cursor, unless location and rotation say otherwise."""
        known: Any = add_object_align_init
        return known(context, self)

    def _add(self, context) -> str:
        turned_on = not context.scene.render.use_lock_interface
        standing = self._standing(context)
        around = in_view.around(context, standing.to_translation())
        head = api.add_head(self.model or None, self.head_name, self.landmarks)
        head.matrix_world = standing
        select_only([head])
        if self.frame:
            in_view.show_face(context, head)
        if around is not None:
            return f"The head stands inside {around.name}: hide or delete that"
        return "Lock Interface was turned on, so that rendering in a window is safe" if turned_on else ""


def draw_menu(self: Any, _context: Any) -> None:
    """The entry in Add > Mesh."""
    self.layout.operator(FLAME_OT_add_head.bl_idname, icon="USER")
