from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, PointerProperty

from ...character.scores import described
from ...head import models
from ...head.active import active_head
from ...head.properties import flame_of
from ...languages import translated
from ...poses import keeping
from . import thumbnails

EXPRESSIONS, VISEMES, MINE = "expressions", "visemes", "mine"  # properties of the gallery
GROUPS = {EXPRESSIONS: "Expressions", VISEMES: "Visemes"}  # what they hold of the presets

_shown: dict[str, list[Any]] = {}


def presets_of(context: bpy.types.Context, group: str) -> list[str]:
    """Names of the active head's presets of a group, computed or not; none without a head, or without its model."""
    head = active_head(context)
    if head is None or models.missing(flame_of(head).fingerprint, flame_of(head).model_name) is not None:
        return []
    return [preset.name for preset in described(flame_of(head)).presets if preset.group == group]


def pictured(context: bpy.types.Context, key: str) -> list[tuple[str, int]]:
    """Names and icons of what a page of the gallery holds."""
    if key == MINE:
        return [(each.face.name, thumbnails.icon_of(each.picture)) for each in keeping.saved()]
    return [(name, thumbnails.icon(name)) for name in presets_of(context, GROUPS[key])]


def _page(key: str):
    """Pictures to click on: choosing one shows its face."""

    def items(_gallery: Any, context: Any) -> list[Any]:
        # Blender needs them to be kept alive here
        _shown[key] = [
            (name, name, translated(f"Show {name}"), icon, number)
            for number, (name, icon) in enumerate(pictured(context, key))
        ]
        return _shown[key]

    def show(gallery, _context) -> None:
        # True: a step of undo, with its own redo panel
        operators: Any = bpy.ops
        operators.flame.blend_face(
            "EXEC_DEFAULT", True, face=getattr(gallery, key), strength=1.0, add=gallery.add, mirrored=gallery.mirrored
        )

    return EnumProperty(
        name="Gallery",
        description="Click for all pictures, and then on one to show its face",
        items=items,
        update=show,
        options={"SKIP_SAVE"},
    )


class FLAME_PG_gallery(bpy.types.PropertyGroup):
    """What was chosen last by its picture: the window's own business."""

    page: Annotated[
        str,
        EnumProperty(
            name="Faces",
            description="Which faces are shown",
            items=(
                (EXPRESSIONS, "Expressions", "Named expressions that every head has"),
                (VISEMES, "Visemes", "Mouth shapes of speech"),
                (MINE, "Mine", "Faces that you saved"),
            ),
        ),
    ]
    expressions: Annotated[str, _page(EXPRESSIONS)]
    visemes: Annotated[str, _page(VISEMES)]
    mine: Annotated[str, _page(MINE)]
    add: Annotated[
        bool,
        BoolProperty(name="On Top", description="Add the face to what the head shows, in place of showing it alone"),
    ]
    mirrored: Annotated[
        bool,
        BoolProperty(name="Mirrored", description="The other way round: what the left side does, the right one does"),
    ]


def register() -> None:
    """Attach the window manager's group; the class is registered before."""
    managers: Any = bpy.types.WindowManager
    managers.flame_gallery = PointerProperty(type=FLAME_PG_gallery)


def unregister() -> None:
    """Take it away."""
    managers: Any = bpy.types.WindowManager
    del managers.flame_gallery
