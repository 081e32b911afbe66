"""What is saved of a head's place on a body, and what the panel asks for."""

from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, FloatProperty, PointerProperty, StringProperty

AUTO, VERTICES, LANDMARKS, EYE = "AUTO", "VERTICES", "LANDMARKS", "EYE"
BLEND = 0.08  # metres
PLACES = (
    (AUTO, "Automatic", "By the vertices of a SMPL-X body, else by landmarks picked on it, else where the head is"),
    (VERTICES, "SMPL-X Vertices", "By the corresponding vertices: a body of SMPL-X's topology and a FLAME head"),
    (LANDMARKS, "Landmarks", "By landmarks picked on the body, three or more"),
    (EYE, "By Eye", "Where the head is now: move, turn and scale it first"),
)


def _is_mesh(_settings: Any, obj: bpy.types.Object) -> bool:
    return obj.type == "MESH"


class FLAME_PG_body(bpy.types.PropertyGroup):
    """The body that a head is to be put on, and the one that it is on."""

    chosen: Annotated[
        bpy.types.Object | None,
        PointerProperty(name="Body", description="The body's mesh", type=bpy.types.Object, poll=_is_mesh),
    ]
    bone: Annotated[
        str,
        StringProperty(
            name="Bone", description="The bone of the body's armature that carries the head; empty: its head bone"
        ),
    ]
    place: Annotated[
        str, EnumProperty(name="Place", description="How the head is placed on the body", items=PLACES, default=AUTO)
    ]
    vertex_ids: Annotated[
        str,
        StringProperty(
            name="Vertex Ids",
            description="SMPL-X__FLAME_vertex_ids.npy; empty: the installed one",
            subtype="FILE_PATH",
        ),
    ]
    blend: Annotated[
        float,
        FloatProperty(
            name="Neck Blend",
            description="How far from its rim the neck goes over into the body's",
            default=BLEND,
            min=0.0,
            soft_max=0.2,
            unit="LENGTH",
        ),
    ]
    on: Annotated[
        bpy.types.Object | None,
        PointerProperty(name="On Body", description="The body that the head is on", type=bpy.types.Object),
    ]


CLASSES = (FLAME_PG_body,)


def register() -> None:
    """Attach the group; its class is registered before."""
    objects: Any = bpy.types.Object
    objects.flame_body = PointerProperty(name="FLAME Body", type=FLAME_PG_body)


def unregister() -> None:
    """Take it away; its data stays in the file."""
    objects: Any = bpy.types.Object
    del objects.flame_body


def body_of(obj: bpy.types.Object) -> FLAME_PG_body:
    """What an object says of its body; only a head's says anything."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame_body
