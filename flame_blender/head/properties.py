"""What a head saves in the .blend: one pointer group, ``Object.flame``, and typed access to it.

Coefficients are collections of items, so that each is keyed, driven and labelled on its own and any count fits;
the curves' paths are ``flame.shape[i].value`` and, for the expression, ``flame.expression[i].value`` on heads of FLAME
files and ``flame.movements[i].value`` on the built-in head: a property type has one range, and named movements go from
0 to 1 (:func:`coefficients`). Scores of named controls are ``flame.controls[i].value`` on any head, ARKit's first and
in one order; what they add to the others is told in :mod:`.effective`. The skin's coefficients are
``flame.texture[i].value``. Rotations are rotation vectors in radians and the translation is in metres, all in FLAME's
axes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import bpy
import numpy as np
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..flame.landmarks import YAW_SIGN_FLAME_PYTORCH, YAW_SIGN_SILHOUETTE
from ..flame.params import VECTOR_FIELDS
from ..flame.value_layout import EYELIDS, ValueLayout, layout_with
from .saved.life_values import BLINKS, LifeValues, add_to
from .saved.looks_properties import HeadLooks
from .saved.property_kinds import (
    OVERRIDABLE,
    FLAME_PG_coefficient,
    FLAME_PG_landmark,
    FLAME_PG_movement,
    eyelid_property,
    items_property,
    life_property,
    picture_property,
    rotation_property,
    switch_property,
    tag,
)

if TYPE_CHECKING:
    Items = bpy.types.bpy_prop_collection_idprop

# counts what is saved: 0 (version 0.1.0) has named movements in ``expression``; whoever moves a property raises it, and
# says in ``coefficients`` or in a handler of load_post what becomes of the earlier ones
LAYOUT = 1
YAW_SIGNS = {"SILHOUETTE": YAW_SIGN_SILHOUETTE, "FLAME_PYTORCH": YAW_SIGN_FLAME_PYTORCH}


def _show_mouth(head, context) -> None:
    """Hide what the head no longer moves, or show it again."""
    if head.mouth is not None and head.mouth.parent == head.id_data:
        head.mouth.hide_viewport = head.mouth.hide_render = not head.show_mouth
    tag(head, context)


class FLAME_PG_head(HeadLooks, bpy.types.PropertyGroup):
    """The state of one head. An object is a head when ``fingerprint`` names a model."""

    fingerprint: Annotated[
        str, StringProperty(name="Model Fingerprint", description="SHA-256 of the arrays of the head's model")
    ]
    layout: Annotated[
        int,
        IntProperty(
            name="Layout", description="Which version of these properties the head was made with; 0: version 0.1.0"
        ),
    ]
    model_name: Annotated[str, StringProperty(name="Model", description="Name of the head's model, to find it again")]
    live: Annotated[
        bool,
        switch_property(
            "Live", "Evaluate the head whenever a parameter changes. Off: the mesh stays as it is", default=True
        ),
    ]
    shape: Annotated["Items[FLAME_PG_coefficient]", items_property(FLAME_PG_coefficient)]
    expression: Annotated["Items[FLAME_PG_coefficient]", items_property(FLAME_PG_coefficient)]
    movements: Annotated["Items[FLAME_PG_movement]", items_property(FLAME_PG_movement)]
    controls: Annotated["Items[FLAME_PG_movement]", items_property(FLAME_PG_movement)]
    flame_only: Annotated[
        bool,
        switch_property(
            "FLAME Only",
            "Named controls move the face by FLAME's own expression and joints alone, as exported "
            "parameters do. Off: what these cannot show, such as a wink, is added",
            options=set(),
        ),
    ]
    global_rotation: Annotated[
        Sequence[float],
        rotation_property(
            "Global", 180, "Turns the whole head. X: forward, face down. Y: to its left. Z: tilts to its right shoulder"
        ),
    ]
    neck: Annotated[
        Sequence[float],
        rotation_property(
            "Neck", 40, "Turns the head on the neck. X: nods down. Y: looks to its left. Z: tilts to its right shoulder"
        ),
    ]
    jaw: Annotated[
        Sequence[float],
        rotation_property("Jaw", 30, "X: opens the mouth. Y: moves the chin to its left. Z: rolls the jaw"),
    ]
    left_eye: Annotated[
        Sequence[float], rotation_property("Left Eye", 30, "X: looks down. Y: looks to its left. Z: rolls the eyeball")
    ]
    right_eye: Annotated[
        Sequence[float], rotation_property("Right Eye", 30, "X: looks down. Y: looks to its left. Z: rolls the eyeball")
    ]
    translation: Annotated[
        Sequence[float],
        FloatVectorProperty(
            name="Translation",
            description="Moves the head after everything else. FLAME's axes: X to its left, Y up, Z out of the face",
            size=3,
            subtype="TRANSLATION",
            unit="LENGTH",
            soft_min=-1.0,
            soft_max=1.0,
            step=1,
            precision=4,
            override=OVERRIDABLE,
            update=tag,
        ),
    ]
    left_eyelid: Annotated[float, eyelid_property("Left Eyelid")]
    right_eyelid: Annotated[float, eyelid_property("Right Eyelid")]
    eyelids_unturned: Annotated[
        bool,
        switch_property(
            "Unturned Eyelids",
            "The eyelids move along FLAME's axes however the head is turned, as in the code of SMIRK and "
            "metrical-tracker. Off: they turn with the head. Clips of these tools turn it on",
        ),
    ]
    template_frame: Annotated[
        float,
        FloatProperty(
            name="Template Mesh",
            description="Which mesh of the template sequence is the head's rest shape, from 0. Between two of them "
            "every vertex goes in a straight line",
            soft_min=0.0,
            step=100,
            precision=2,
            override=OVERRIDABLE,
            update=tag,
        ),
    ]
    life_blink: Annotated[
        Sequence[float],
        life_property("Blink", "How far each lid is shut by Life: of what the face itself leaves open", 2, 0.0),
    ]
    life_gaze: Annotated[
        Sequence[float],
        life_property("Glance", "What Life adds to the scores of the gaze: up, and to the head's left", 2, -1.0),
    ]
    life_neck: Annotated[
        Sequence[float],
        life_property("Drift", "What Life adds to the neck's rotation vector, in radians", 3, -0.1, 0.1),
    ]
    life_breath: Annotated[
        float,
        FloatProperty(
            name="Breath",
            description="How far the head has breathed in by Life",
            soft_min=0.0,
            soft_max=1.0,
            override=OVERRIDABLE,
            update=tag,
        ),
    ]
    symmetric_eyes: Annotated[
        bool,
        switch_property("Symmetric Eyes", "The right eye turns as the left one does"),
    ]
    mouth: Annotated[
        bpy.types.Object | None,
        PointerProperty(
            name="Mouth and Lashes Object",
            description="Teeth, gums, tongue and lashes that the head moves",
            type=bpy.types.Object,
            override=OVERRIDABLE,
        ),
    ]
    show_mouth: Annotated[
        bool,
        BoolProperty(
            name="Mouth and Lashes",
            description="Show teeth, gums, tongue and lashes, move them with the head, and bake and "
            "export them with it",
            default=True,
            options=set(),
            override=OVERRIDABLE,
            update=_show_mouth,
        ),
    ]
    texture: Annotated["Items[FLAME_PG_coefficient]", items_property(FLAME_PG_coefficient)]
    texture_model: Annotated[
        str, StringProperty(name="Texture Fingerprint", description="SHA-256 of the texture model")
    ]
    texture_name: Annotated[
        str, StringProperty(name="Texture Model", description="Name of the texture model, to find it again")
    ]
    texture_image: Annotated[
        bpy.types.Image | None, picture_property("Skin Picture", "Made of the texture coefficients")
    ]
    specular_image: Annotated[bpy.types.Image | None, picture_property("Specular Picture", "What of the skin shines")]
    lineage: Annotated[
        str,
        StringProperty(
            name="Lineage", description="A token that a head shares with its rig and with the scans it was fitted to"
        ),
    ]
    belongs_to: Annotated[
        int,
        IntProperty(
            name="Belongs To", description="Which object of this session is the head, to tell it from copies of it"
        ),
    ]
    landmarks: Annotated["Items[FLAME_PG_landmark]", CollectionProperty(type=FLAME_PG_landmark)]
    landmark_set: Annotated[
        str, StringProperty(name="Landmark Set", description="Which embedding the landmark empties follow")
    ]
    edit_landmarks: Annotated[
        bool,
        switch_property("Edit Landmarks", "Let go of the landmark empties, so that they can be moved by hand"),
    ]
    yaw_sign: Annotated[
        str,
        EnumProperty(
            name="Contour",
            description="How the sliding face contour follows the turn of the head",
            items=(
                ("SILHOUETTE", "Silhouette", "The contour lies on the visible outline of an upright head (as DECA)"),
                (
                    "FLAME_PYTORCH",
                    "FLAME_PyTorch",
                    "The sign of FLAME_PyTorch and smplx, for heads turned by the camera",
                ),
            ),
            override=OVERRIDABLE,
            update=tag,
        ),
    ]


CLASSES = (FLAME_PG_coefficient, FLAME_PG_movement, FLAME_PG_landmark, FLAME_PG_head)


def register() -> None:
    """Attach the pointer group and the scene's pin; the classes are registered before."""
    objects: Any = bpy.types.Object
    scenes: Any = bpy.types.Scene
    objects.flame = PointerProperty(name="FLAME", type=FLAME_PG_head, override=OVERRIDABLE)
    scenes.flame_pinned_head = PointerProperty(
        name="Pinned Head", description="The head that the panels show, whatever is selected", type=bpy.types.Object
    )


def unregister() -> None:
    """Take the pointer group away; its data stays in the file."""
    objects: Any = bpy.types.Object
    scenes: Any = bpy.types.Scene
    del scenes.flame_pinned_head
    del objects.flame


def head_of(obj: bpy.types.Object | None) -> FLAME_PG_head | None:
    """The head's properties, or None when ``obj`` is no FLAME head. Takes original and evaluated objects."""
    if obj is None or obj.type != "MESH":
        return None
    head = flame_of(obj)
    return head if head.fingerprint else None


def flame_of(obj: bpy.types.Object) -> FLAME_PG_head:
    """The properties that the add-on gives every object; only a head's say anything."""
    known: Any = obj  # the stubs know Blender's own properties alone
    return known.flame


def names_of_controls(head: FLAME_PG_head) -> tuple[str, ...]:
    """Names of the head's scores, in order."""
    return tuple(item.name for item in head.controls)


def coefficients(head: FLAME_PG_head, field: str) -> Any:
    """The items of ``"shape"``, ``"expression"``, ``"texture"`` or ``"controls"``, wherever this head keeps them.

    Built-in heads of before named movements had a range of their own keep them in ``expression``, and go on so.
    """
    return getattr(head, collection_of(head, field))


def collection_of(head: FLAME_PG_head, field: str) -> str:
    """The property that holds the items of ``"shape"``, ``"expression"``, ``"texture"`` or ``"controls"``."""
    return "movements" if field == "expression" and len(head.movements) else field


def value_path(head: FLAME_PG_head, field: str, index: int) -> str:
    """The data path of one coefficient, from the object."""
    return f"flame.{collection_of(head, field)}[{index}].value"


def layout_of(head: FLAME_PG_head) -> ValueLayout:
    """Where what lies in the numbers of :func:`read_values`."""
    return layout_with(len(head.shape), len(coefficients(head, "expression")), len(head.controls))


def read_values(head: FLAME_PG_head) -> np.ndarray:
    """(S + E + 21 + C,) float32 as :func:`layout_of` has them: all that moves a head but its offsets.

    What Life adds (:mod:`..life`) is in them; :func:`read_own_values` has what is set alone.
    """
    values, life = read_own_values(head), life_of(head)
    if life.moves():
        controls, movements = head.controls, head.movements
        shut = [float(lid) for lid in values[layout_of(head).eyelids]]
        if len(movements):  # the built-in head's own expression has blinks too
            shut = [lid + movements[name].value for lid, name in zip(shut, BLINKS, strict=True)]
        add_to(layout_of(head), values, life, controls.find, (shut[0], shut[1]))
    return values


def life_of(head: FLAME_PG_head) -> LifeValues:
    """What the face does by itself at this moment."""
    (left, right), (up, aside), (nod, turn, tilt) = head.life_blink, head.life_gaze, head.life_neck
    return LifeValues((left, right), (up, aside), (nod, turn, tilt), head.life_breath)


def set_life(head: FLAME_PG_head, life: LifeValues) -> None:
    """Set what the face does by itself at this moment, until an animation of it is evaluated anew."""
    head.life_blink, head.life_gaze, head.life_neck, head.life_breath = life


def read_own_values(head: FLAME_PG_head) -> np.ndarray:
    """(S + E + 21 + C,) float32 as :func:`layout_of` has them: as they are set, without what Life adds."""
    shape, expression, controls = head.shape, coefficients(head, "expression"), head.controls
    layout = layout_with(len(shape), len(expression), len(controls))
    values = np.empty(layout.size, np.float32)
    if layout.n_identity:
        shape.foreach_get("value", values[layout.identity])
    if layout.n_expression:
        expression.foreach_get("value", values[layout.expression])
    left_eye = head.left_eye
    right_eye = left_eye if head.symmetric_eyes else head.right_eye
    values[layout.pose] = (
        *head.global_rotation, *head.neck, *head.jaw, *left_eye, *right_eye, *head.translation,
    )  # fmt: skip
    values[layout.eyelids] = head.left_eyelid, head.right_eyelid
    if layout.n_controls:
        controls.foreach_get("value", values[layout.controls])
    values[layout.template] = head.template_frame
    return values


def value_name(head: FLAME_PG_head, index: int) -> str:
    """What a person calls one of the numbers of :func:`read_values`."""
    layout = layout_of(head)
    if index < layout.identity.stop:
        return f"identity {head.shape[index].name}"
    if index < layout.expression.stop:
        return f"expression {coefficients(head, 'expression')[index - layout.expression.start].name}"
    if index == layout.template:
        return "template mesh"
    if index >= layout.controls.start:
        return f"control {head.controls[index - layout.controls.start].name}"
    names = (*(name for name in VECTOR_FIELDS for _axis in range(3)), *EYELIDS)
    return names[index - layout.pose.start].replace("_", " ")
