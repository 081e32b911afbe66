"""What is saved of a head's hair: ``Object.flame_hair``."""

from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, PointerProperty

from ..hair_strands.styles import BEARD, BROWS, LASHES, MOUSTACHE, NONE, SCALP, STYLES
from ..head.saved.property_kinds import OVERRIDABLE, tag

PIECES = {SCALP: "scalp", BROWS: "brows", LASHES: "lashes", BEARD: "beard", MOUSTACHE: "moustache"}


def _style(piece: str, name: str, description: str) -> Any:
    return EnumProperty(name=name, description=description, items=STYLES[piece], default=NONE, options=set())


def _share(name: str, description: str, default: float, **more: Any) -> Any:
    return FloatProperty(
        name=name, description=description, default=default, min=0.0, precision=2, override=OVERRIDABLE, **more
    )


def _object(name: str) -> Any:
    return PointerProperty(name=name, description="The curves that were grown", type=bpy.types.Object)


class FLAME_PG_hair(bpy.types.PropertyGroup):
    """The hair that a head has, or will have once it is grown."""

    scalp: Annotated[str, _style(SCALP, "Hair", "Hair on the scalp")]
    brows: Annotated[str, _style(BROWS, "Brows", "Eyebrows of single hairs, which take the place of the painted ones")]
    lashes: Annotated[str, _style(LASHES, "Lashes", "Eyelashes of single hairs")]
    beard: Annotated[str, _style(BEARD, "Beard", "Hair on cheeks, jaw and chin")]
    moustache: Annotated[str, _style(MOUSTACHE, "Moustache", "Hair on the upper lip")]
    melanin: Annotated[
        float,
        _share(
            "Melanin",
            "How dark: 0 white, 0.2 blond, 0.5 light brown, 0.8 dark brown, 1 black",
            0.75,
            max=1.0,
            subtype="FACTOR",
            update=tag,
        ),
    ]
    redness: Annotated[
        float, _share("Redness", "Which melanin: 0 brown, 1 red", 0.25, max=1.0, subtype="FACTOR", update=tag)
    ]
    greyness: Annotated[
        float, _share("Grey", "Share of strands without colour", 0.0, max=1.0, subtype="FACTOR", update=tag)
    ]
    density: Annotated[
        float,
        _share(
            "Density", "How many strands: 1 is as the style has them. Grow again to see it", 1.0, soft_max=1.5, max=4.0
        ),
    ]
    length: Annotated[
        float,
        _share(
            "Length",
            "How long strands are: 1 is as the style has them. Grow again to see it",
            1.0,
            soft_max=1.5,
            max=3.0,
        ),
    ]
    recession: Annotated[
        float,
        _share(
            "Recession",
            "How far the hairline has gone back at the temples. Grow again to see it",
            0.0,
            max=1.0,
            subtype="FACTOR",
        ),
    ]
    seed: Annotated[
        int, IntProperty(name="Seed", description="Another one grows other strands of the same style", min=0)
    ]
    scalp_object: Annotated[bpy.types.Object | None, _object("Hair")]
    brows_object: Annotated[bpy.types.Object | None, _object("Brows")]
    lashes_object: Annotated[bpy.types.Object | None, _object("Lashes")]
    beard_object: Annotated[bpy.types.Object | None, _object("Beard")]
    moustache_object: Annotated[bpy.types.Object | None, _object("Moustache")]


CLASSES = (FLAME_PG_hair,)


def register() -> None:
    """Attach the group; its class is registered before."""
    objects: Any = bpy.types.Object
    objects.flame_hair = PointerProperty(name="FLAME Hair", type=FLAME_PG_hair, override=OVERRIDABLE)


def unregister() -> None:
    """Take it away; its data stays in the file."""
    objects: Any = bpy.types.Object
    del objects.flame_hair


def settings_of(obj: bpy.types.Object) -> FLAME_PG_hair:
    """What an object says of its hair; only a head's says anything."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame_hair
