"""What is saved of a head's avatars: ``Object.flame_avatars``."""

from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, PointerProperty

from ..head.saved.property_kinds import OVERRIDABLE
from .seen import show

AVATAR, HEAD, BOTH = "AVATAR", "HEAD", "BOTH"
SHOWN = (
    (AVATAR, "Avatar", "Only the head's avatars are seen, in views and in renders"),
    (HEAD, "Mesh", "Only the head's mesh is seen, with its mouth and hair"),
    (BOTH, "Both", "Mesh and avatars are seen"),
)


def _show(settings: Any, _context: bpy.types.Context) -> None:
    show(settings.id_data, settings.shown != HEAD, settings.shown != AVATAR)


class FLAME_PG_avatars(bpy.types.PropertyGroup):
    """The Gaussian avatars of a head, and what of it is seen."""

    shown: Annotated[
        str,
        EnumProperty(
            name="Shown",
            description="Whether the head's Gaussian avatars are seen, or its mesh",
            items=SHOWN,
            default=BOTH,
            update=_show,
            override=OVERRIDABLE,
            options=set(),
        ),
    ]
    teeth: Annotated[
        bpy.types.Object | None,
        PointerProperty(name="Teeth", description="What the avatars' teeth follow, never seen", type=bpy.types.Object),
    ]


CLASSES = (FLAME_PG_avatars,)


def register() -> None:
    """Attach the group; its class is registered before."""
    objects: Any = bpy.types.Object
    objects.flame_avatars = PointerProperty(name="FLAME Avatars", type=FLAME_PG_avatars, override=OVERRIDABLE)


def unregister() -> None:
    """Take it away; its data stays in the file."""
    objects: Any = bpy.types.Object
    del objects.flame_avatars


def settings_of(obj: bpy.types.Object) -> FLAME_PG_avatars:
    """What an object says of its avatars; only a head's says anything."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame_avatars
