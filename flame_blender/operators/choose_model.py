from typing import Annotated

import bpy
from bpy.props import EnumProperty

from .. import api
from ..languages import translated
from .on_head import run

_shown: list[tuple[str, str, str]] = []


def _choices(_self, _context) -> list[tuple[str, str, str]]:
    """Enum items; Blender needs them to be kept alive here."""
    _shown[:] = [
        ("LAST", "Installed Last", "The FLAME file that was installed last; the built-in head where there is none"),
        *(
            (entry.fingerprint, entry.name, translated(f"{entry.release}, whatever is installed later"))
            for entry in api.installed_models()
        ),
    ]
    return _shown


class FLAME_OT_choose_model(bpy.types.Operator):
    """Choose the model of heads that are added: by Add Head, and by clips, fits and meshes where no head is selected"""

    bl_idname = "flame.choose_model"
    bl_label = "Model for New Heads"
    bl_options = {"REGISTER"}

    model: Annotated[
        str,
        EnumProperty(name="Model", description="Which model new heads are of", items=_choices, options={"SKIP_SAVE"}),
    ]

    def execute(self, context):
        return run(self, self._choose, context)

    def _choose(self, _context) -> str:
        name = api.choose_new_head_model(None if self.model == "LAST" else self.model)
        return f"New heads are of {name}"
