"""What a head saves of how it looks: skin and eyes, read by its materials by the object's data paths."""

from collections.abc import Sequence
from typing import Annotated, Any

from bpy.props import FloatProperty, FloatVectorProperty

from ...looks.complexion import Complexion
from ...looks.folds import WRINKLES
from ...looks.gaze import IRIS_COLOUR
from .property_kinds import OVERRIDABLE, tag

USUAL = Complexion()


def _amount(name: str, description: str, usual: float, least: float = 0.0, most: float = 1.0, **more: Any) -> Any:
    return FloatProperty(
        name=name,
        description=description,
        default=usual,
        min=least,
        max=most,
        step=1,
        precision=2,
        override=OVERRIDABLE,
        update=tag,
        **more,
    )


def _iris(name: str, description: str) -> Any:
    return FloatVectorProperty(
        name=name,
        description=description,
        size=3,
        subtype="COLOR",
        min=0.0,
        soft_max=1.0,
        default=IRIS_COLOUR,
        override=OVERRIDABLE,
        update=tag,
    )


class HeadLooks:
    """A part of ``Object.flame``: Blender finds annotations of a class's bases too."""

    iris_colour: Annotated[
        Sequence[float],
        _iris("Iris", "Colour of the eyes"),
    ]
    iris_centre: Annotated[
        Sequence[float],
        _iris("Iris Centre", "Colour of the ring round the pupil, as far as Centre Amount says"),
    ]
    iris_centre_amount: Annotated[
        float, _amount("Centre Amount", "How much of the ring round the pupil has a colour of its own", 0.0)
    ]
    skin_tone: Annotated[
        float,
        _amount("Tone", "How dark the skin is, along measured human skin: 0 lightest, 1 darkest", USUAL.tone),
    ]
    skin_undertone: Annotated[
        float, _amount("Undertone", "-1 cool and rosy, 1 warm and golden, at the same lightness", USUAL.undertone, -1.0)
    ]
    skin_age: Annotated[
        float,
        FloatProperty(
            name="Age",
            description="Years that the skin shows: wrinkles, spots, a darker, yellower tone. The shape stays",
            default=USUAL.age,
            min=0.0,
            max=120.0,
            soft_min=18.0,
            soft_max=85.0,
            step=100,
            precision=0,
            override=OVERRIDABLE,
            update=tag,
        ),
    ]
    freckles: Annotated[float, _amount("Freckles", "On nose, cheeks and forehead", USUAL.freckles)]
    stubble: Annotated[float, _amount("Stubble", "The shadow of a shaven beard", USUAL.stubble)]
    wrinkles: Annotated[
        float,
        _amount(
            "Wrinkles", "How deep expressions fold the skin: forehead, frown, crow's feet, round the mouth", WRINKLES
        ),
    ]
    painted_brows: Annotated[
        float, _amount("Painted Brows", "Brows as paint on the skin; 0 where hair is grown instead", USUAL.brows)
    ]


def copy_looks(source: Any, goal: Any) -> None:
    """Let an object's materials show on it what they show on another: two groups ``Object.flame``."""
    for name in HeadLooks.__annotations__:
        setattr(goal, name, getattr(source, name))


def set_complexion(head: Any, complexion: Complexion) -> None:
    """Let a head's skin be so; its painted brows stay."""
    head.skin_tone, head.skin_undertone, head.skin_age = complexion.tone, complexion.undertone, complexion.age
    head.freckles, head.stubble = complexion.freckles, complexion.stubble
