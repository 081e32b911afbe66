"""What is saved of a head's avatars: ``Object.flame_avatars``."""

from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, PointerProperty

from ..head import models
from ..head.properties import head_of
from ..head.saved.property_kinds import OVERRIDABLE
from .seen import followed, is_avatar, show
from .turned_colours import turn

AVATAR, HEAD, BOTH = "AVATAR", "HEAD", "BOTH"
SHOWN = (
    (AVATAR, "Avatar", "Only the head's avatars are seen, in views and in renders"),
    (HEAD, "Mesh", "Only the head's mesh is seen, with its mouth and hair"),
    (BOTH, "Both", "Mesh and avatars are seen"),
)


def _show(settings: Any, _context: bpy.types.Context) -> None:
    show(settings.id_data, settings.shown != HEAD, settings.shown != AVATAR)


def _turn(settings: Any, _context: bpy.types.Context) -> None:
    avatar = settings.id_data
    head = head_of(followed(avatar)) if is_avatar(avatar) else None
    if head is not None and models.evaluator(head.fingerprint) is not None:
        turn(avatar, settings.turned)


class FLAME_PG_avatars(bpy.types.PropertyGroup):
    """The Gaussian avatars of a head, and what of it is seen; of an avatar, how its colours are."""

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
    turned: Annotated[
        bool,
        BoolProperty(
            name="Turn Colours",
            description="Colours that depend on the side turn with the splats' triangles, instead of staying in the "
            "head's axes as they were trained. Told against the unposed, neutral face as it is now",
            default=False,
            update=_turn,
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
