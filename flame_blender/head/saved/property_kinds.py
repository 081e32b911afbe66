"""The items of a head's collections, and how the properties of heads are declared."""

import math
from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, FloatProperty, FloatVectorProperty, PointerProperty

from .linked_sides import link_along, move_along

OVERRIDABLE: Any = {"LIBRARY_OVERRIDABLE"}


def tag(_group: Any, _context: Any) -> None:
    """Make a write from Python tag the dependency graph, which Blender does only for properties with a callback."""


def rotation_property(name: str, limit: float, turns: str) -> Any:
    """A joint's rotation vector, in radians; ``limit`` in degrees is what a slider reaches."""
    return FloatVectorProperty(
        name=name,
        description=f"{turns}. A rotation vector in FLAME's axes: its length is the angle",
        size=3,
        subtype="EULER",
        unit="ROTATION",
        soft_min=-math.radians(limit),
        soft_max=math.radians(limit),
        step=100,
        precision=2,
        override=OVERRIDABLE,
        update=tag,
    )


def items_property(kind: type[bpy.types.PropertyGroup]) -> Any:
    """A collection of items, whose number an override may change."""
    return CollectionProperty(type=kind, override={"LIBRARY_OVERRIDABLE", "USE_INSERTION"})


def picture_property(name: str, description: str) -> Any:
    """A picture of the head's own."""
    return PointerProperty(name=name, description=description, type=bpy.types.Image)


def switch_property(name: str, description: str, **more: Any) -> Any:
    """Yes or no."""
    return BoolProperty(name=name, description=description, override=OVERRIDABLE, update=tag, **more)


def eyelid_property(name: str) -> Any:
    """How far a lid is shut."""
    return FloatProperty(
        name=name,
        description="Shuts the lid: 0 as the expression has it, 1 shut. Added after everything else",
        soft_min=0.0,
        soft_max=1.0,
        step=10,
        precision=2,
        override=OVERRIDABLE,
        update=tag,
    )


def life_property(name: str, description: str, size: int, least: float, most: float = 1.0) -> Any:
    """What a face does by itself, keyed on a layer of its own."""
    return FloatVectorProperty(
        name=name,
        description=description,
        size=size,
        soft_min=least,
        soft_max=most,
        step=1,
        precision=3,
        override=OVERRIDABLE,
        update=tag,
    )


class FLAME_PG_coefficient(bpy.types.PropertyGroup):
    """A coefficient in standard deviations; ``name`` is the direction's name and labels its curve."""

    value: Annotated[
        float,
        FloatProperty(
            name="Value",
            description="How far along this direction the head goes, in standard deviations: -3 to 3 looks natural",
            soft_min=-3.0,
            soft_max=3.0,
            step=10,
            precision=2,
            override=OVERRIDABLE,
            update=tag,
        ),
    ]


class FLAME_PG_movement(bpy.types.PropertyGroup):
    """A named movement of the face; ``name`` labels its curve. No hard range: clips and exaggeration go beyond."""

    value: Annotated[
        float,
        FloatProperty(
            name="Value",
            description="How much of this movement the face makes: 0 none, 1 all of it. Type a number to go beyond",
            soft_min=0.0,
            soft_max=1.0,
            step=1,
            precision=2,
            override=OVERRIDABLE,
            update=move_along,
        ),
    ]
    linked: Annotated[
        bool,
        BoolProperty(
            name="Both Sides",
            description="Left and right move together: moving one moves the other",
            options=set(),
            override=OVERRIDABLE,
            update=link_along,
        ),
    ]


class FLAME_PG_landmark(bpy.types.PropertyGroup):
    """One landmark empty of the head, in the order of the embedding."""

    empty: Annotated[
        bpy.types.Object | None,
        PointerProperty(name="Empty", description="The empty that follows this landmark", type=bpy.types.Object),
    ]
