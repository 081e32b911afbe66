import secrets
from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from .. import api
from ..head.active import require_active_head
from ..languages import CONTEXT
from .on_head import OnHead, run
from .progress import InSteps

LARGEST_SEED = 9999  # that a click draws: short enough to be noted down


IDENTITY = ("Overall", "Head", "Face", "Eyes and brows", "Nose", "Mouth", "Jaw and chin", "Ears", "Neck")
EXPRESSION = ("Brows", "Eyes", "Cheeks and nose", "Mouth", "Jaw")
LOCKS = tuple(
    (name, name, "Stays as it is", "LOCKED", 2**place)
    for place, name in enumerate(dict.fromkeys((*IDENTITY, *EXPRESSION)))
)


def region_strength(name: str) -> Any:
    """How strongly one region is drawn."""
    return FloatProperty(
        name=name,
        description="How strongly this region is drawn, times the strength of all",
        default=1.0,
        min=0.0,
        soft_max=2.0,
    )


def property_of(region: str) -> str:
    """The name of its strength's property."""
    return f"strength_{region.lower().replace(' ', '_')}"


class FLAME_OT_randomise_params(InSteps, OnHead, bpy.types.Operator):
    """Draw random coefficients, others with each click. The same seed gives the same head"""

    bl_idname = "flame.randomise_params"
    bl_label = "Randomise"
    stopped = "Stopped; hair is as it was before"

    seed: Annotated[
        int,
        IntProperty(
            name="Seed",
            description="Number that the drawing starts from: the same seed gives the same head",
            default=1,
            min=0,
            options={"SKIP_SAVE"},
        ),
    ]
    strength: Annotated[
        float,
        FloatProperty(
            name="Strength",
            description="Spread of the drawn coefficients, 1 being the spread of the population",
            default=1.0,
            min=0.0,
            soft_max=2.0,
        ),
    ]
    identity: Annotated[bool, BoolProperty(name="Identity", description="Draw a new identity", default=True)]
    expression: Annotated[
        bool,
        BoolProperty(
            name="Expression",
            translation_context=CONTEXT,
            description="Draw a new expression",
        ),
    ]
    texture: Annotated[
        bool,
        BoolProperty(
            name="Texture", translation_context=CONTEXT, description="Draw a new skin from the head's texture model"
        ),
    ]

    looks: Annotated[bool, BoolProperty(name="Looks", description="Draw another skin and other eyes", default=True)]
    hair: Annotated[
        bool,
        BoolProperty(
            name="Hair",
            description="Draw and grow other hair, grey with age, beards for men; a click does so on heads with hair",
            options={"SKIP_SAVE"},
        ),
    ]
    locked: Annotated[
        set[str],
        EnumProperty(name="Locked", description="Regions that stay as they are", items=LOCKS, options={"ENUM_FLAG"}),
    ]
    strength_overall: Annotated[float, region_strength("Overall")]
    strength_head: Annotated[float, region_strength("Head")]
    strength_face: Annotated[float, region_strength("Face")]
    strength_eyes_and_brows: Annotated[float, region_strength("Eyes and brows")]
    strength_nose: Annotated[float, region_strength("Nose")]
    strength_mouth: Annotated[float, region_strength("Mouth")]
    strength_jaw_and_chin: Annotated[float, region_strength("Jaw and chin")]
    strength_ears: Annotated[float, region_strength("Ears")]
    strength_neck: Annotated[float, region_strength("Neck")]
    strength_brows: Annotated[float, region_strength("Brows")]
    strength_eyes: Annotated[float, region_strength("Eyes")]
    strength_cheeks_and_nose: Annotated[float, region_strength("Cheeks and nose")]
    strength_jaw: Annotated[float, region_strength("Jaw")]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in ("seed", "strength", "identity", "expression", "texture", "looks", "hair"):
            layout.prop(self, name)
        shown = (*(IDENTITY if self.identity else ()), *(EXPRESSION if self.expression else ()))
        column = layout.column(align=True)
        column.use_property_split = False
        for region in dict.fromkeys(shown):
            row = column.row(align=True)
            row.prop_enum(self, "locked", region, text="")
            slider = row.row(align=True)
            slider.enabled = region not in self.locked
            slider.prop(self, property_of(region), slider=True)

    def execute(self, context):
        head = require_active_head(context)
        if not self.properties.is_property_set("seed"):  # a click, not the redo panel or a script
            self.seed = secrets.randbelow(LARGEST_SEED) + 1
            if not self.properties.is_property_set("hair"):
                self.hair = bool(api.hair_of(head))
        return InSteps.execute(self, context) if self.hair else run(self, self.work, context)

    def modal(self, context, event):
        ended = super().modal(context, event)
        return {"FINISHED"} if ended == {"CANCELLED"} else ended  # values are drawn: undo takes them back

    def steps(self, context):
        head = require_active_head(context)
        groups = [name for name in ("identity", "expression", "texture") if getattr(self, name)]
        regions = dict.fromkeys((*IDENTITY, *EXPRESSION))
        strengths = {name: getattr(self.properties, property_of(name)) for name in regions}
        changed = {name: strength for name, strength in strengths.items() if strength != 1.0}
        api.randomise(head, self.seed, self.strength, groups, locked=self.locked, strengths=changed)
        if self.looks:
            api.randomise_looks(head, self.seed)
        api.auto_key(head, groups)
        if self.hair:
            yield from api.growing_hair(head, api.drawn_hair(head, self.seed))

    def told(self, _context, _made: None) -> str:
        return ""
