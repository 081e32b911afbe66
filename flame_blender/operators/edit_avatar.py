from collections.abc import Sequence
from typing import Annotated

import bpy
from bpy.props import BoolProperty, FloatProperty, FloatVectorProperty

from .. import api
from ..head.active import select_only
from ..languages import translated
from .add_avatar import NeedsSplats
from .on_avatar import OnAvatar, region_property
from .on_head import run

Region = Annotated[
    str, region_property("A vertex group of the head, a region of its model, teeth or shoulders; empty is all")
]


class Asks:
    """An operator that shows its properties before it runs."""

    def invoke(self, context, _event):
        return context.window_manager.invoke_props_dialog(self)


class FLAME_OT_crop_avatar(Asks, OnAvatar, bpy.types.Operator):
    """Delete splats of the avatar: those of a region, those that float off the mesh, or all others"""

    bl_idname = "flame.crop_avatar"
    bl_label = "Crop Avatar"

    region: Region
    beyond: Annotated[
        float,
        FloatProperty(
            name="Farther Than",
            description="Only splats farther than this off the mesh as it is posed, of the head's own metres",
            default=0.0,
            min=0.0,
            soft_max=0.1,
            subtype="DISTANCE",
        ),
    ]
    rest: Annotated[
        bool, BoolProperty(name="All Others", description="Keep these and delete all others", default=False)
    ]

    def work(self, context) -> str:
        cut = api.crop_avatar(self.avatar(context), region=self.region, beyond=self.beyond, rest=self.rest)
        return f"{cut} splats deleted."


class FLAME_OT_grade_avatar(Asks, OnAvatar, bpy.types.Operator):
    """Change colours and opacity of the avatar's splats, of a region or of all"""

    bl_idname = "flame.grade_avatar"
    bl_label = "Grade Avatar"

    region: Region
    opacity: Annotated[
        float,
        FloatProperty(name="Opacity", description="A factor of their opacity", default=1.0, min=0.0, soft_max=2.0),
    ]
    exposure: Annotated[
        float,
        FloatProperty(
            name="Exposure", description="Stops of light more or less", default=0.0, soft_min=-3.0, soft_max=3.0
        ),
    ]
    saturation: Annotated[
        float,
        FloatProperty(
            name="Saturation",
            description="0 leaves grey, 1 the colours as they are",
            default=1.0,
            min=0.0,
            soft_max=2.0,
        ),
    ]
    gain: Annotated[
        Sequence[float],
        FloatVectorProperty(
            name="Gain",
            description="Factors of red, green and blue",
            default=(1.0, 1.0, 1.0),
            min=0.0,
            soft_max=2.0,
            subtype="COLOR",
        ),
    ]

    def work(self, context) -> str:
        changed = api.grade_avatar(
            self.avatar(context),
            region=self.region,
            opacity=self.opacity,
            exposure=self.exposure,
            saturation=self.saturation,
            gain=tuple(self.gain),  # type: ignore[arg-type]  # three of them
        )
        return f"{changed} splats changed."


class FLAME_OT_merge_avatars(Asks, NeedsSplats, bpy.types.Operator):
    """Give the active avatar the splats that the other selected one has of a region, such as its hair"""

    bl_idname = "flame.merge_avatars"
    bl_label = "Merge Avatars"
    bl_options = {"REGISTER", "UNDO"}

    region: Region
    replace: Annotated[
        bool,
        BoolProperty(name="Replace", description="They come instead of what the active avatar has there", default=True),
    ]

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        avatars = [obj for obj in context.selected_objects if api.is_avatar(obj)]
        if len(avatars) != 2 or context.object not in avatars:
            cls.poll_message_set(translated, "Select two Gaussian avatars; the active one takes splats from the other")
            return False
        return True

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        other = next(obj for obj in context.selected_objects if api.is_avatar(obj) and obj != context.object)
        came = api.merge_avatars(context.object, other, region=self.region, replace=self.replace)
        return f"{came} splats of {other.name} taken over."


class FLAME_OT_copy_avatar(NeedsSplats, bpy.types.Operator):
    """Put the selected avatar on the other selected head too: each splat in the frame of the same triangle"""

    bl_idname = "flame.copy_avatar"
    bl_label = "Copy to Head"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if not _copied(context):
            cls.poll_message_set(translated, "Select a Gaussian avatar and the head of another person")
            return False
        return True

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        ((avatar, head),) = _copied(context)
        added = api.copy_avatar(avatar, head)
        select_only([added.avatar])
        return added.summary()[0]


def _copied(context: bpy.types.Context) -> list[tuple[bpy.types.Object, bpy.types.Object]]:
    """The one selected avatar with the one selected head, which is another than its own; nothing else."""
    avatars = [obj for obj in context.selected_objects if api.is_avatar(obj)]
    heads = [obj for obj in context.selected_objects if api.is_head(obj) and api.missing_model(obj) is None]
    if len(avatars) != 1 or len(heads) != 1 or avatars[0] in api.avatars_of(heads[0]):
        return []
    return [(avatars[0], heads[0])]
