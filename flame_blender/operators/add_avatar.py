from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head, require_active_head, select_only
from ..languages import translated
from ..plain_text import one_line
from .file_browser import browse, chosen
from .found import draw_found
from .on_head import OnHead, run
from .options import options_of
from .progress import InSteps

AXES = (
    ("WORLD", "World", "Unbound splats stand in Blender's world, as Blender's own import puts them"),
    ("HEAD", "Head", "Unbound splats are told in FLAME's axes, wherever the head stands"),
)


class NeedsSplats:
    """An operator that only a Blender with Gaussian splats can run; it says so where it cannot."""

    @classmethod
    def poll(cls, _context):
        operator: Any = cls
        reason = api.missing_splats()
        if reason is not None:
            operator.poll_message_set(translated, reason)
        return reason is None


class FLAME_OT_add_avatar(NeedsSplats, InSteps, bpy.types.Operator):
    """Bring a Gaussian avatar in: a .ply of splats, the folder of a training with its clip and camera, or LAM's zip"""

    bl_idname = "flame.add_avatar"
    bl_label = "Import Gaussian Avatar"
    bl_options = {"REGISTER", "UNDO"}

    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The splats, or the folder of a training, to bring in",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    filter_glob: Annotated[str, StringProperty(default="*.ply;*.zip", options={"HIDDEN"})]
    new_head: Annotated[
        bool,
        BoolProperty(name="New Head", description="Add a head for the avatar, even if one is selected", default=False),
    ]
    play: Annotated[
        bool,
        BoolProperty(name="Clip", description="On a new head, key the clip that lies beside the avatar", default=True),
    ]
    camera: Annotated[
        bool,
        BoolProperty(
            name="Camera",
            description="With a new head, make the avatar's camera and render with it",
            default=True,
        ),
    ]
    start_frame: Annotated[
        float, FloatProperty(name="Start Frame", description="Where the clip's first frame goes", default=1.0)
    ]
    axes: Annotated[
        str,
        EnumProperty(
            name="Unbound Splats", description="Where splats stand that name no triangles", items=AXES, default="WORLD"
        ),
    ]
    found: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]

    def invoke(self, context, _event):
        return self.execute(context) if self.filepath else browse(self, context)

    def asked(self, _context) -> "api.AvatarOptions":
        return options_of(self, api.AvatarOptions, clip=None)

    def steps(self, context):
        head = None if self.new_head else active_head(context)
        return api.adding_avatar(chosen(self)[0], head, self.asked(context))

    def told(self, _context, added: "api.AddedAvatar") -> str:
        select_only([added.avatar])
        summary = added.summary()
        self.found = "\n".join(map(one_line, summary))
        return summary[0]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in ("new_head", "play", "camera", "start_frame", "axes"):
            layout.prop(self, name)
        draw_found(layout, self.found.splitlines())


class FLAME_OT_bind_avatar(NeedsSplats, bpy.types.Operator):
    """Let the selected cloud of splats follow the head: each is bound to the nearest triangle, where both stand now"""

    bl_idname = "flame.bind_avatar"
    bl_label = "Bind Splats"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        heads = [obj for obj in context.selected_objects if api.is_head(obj)]
        if len(heads) != 1 or not any(map(api.is_splat_cloud, context.selected_objects)):
            cls.poll_message_set(translated, "Select one FLAME head and a cloud of splats that follows none yet")
            return False
        return True

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        head = next(obj for obj in context.selected_objects if api.is_head(obj))
        clouds = [obj for obj in context.selected_objects if api.is_splat_cloud(obj)]
        added = [api.bind_avatar(cloud, head) for cloud in clouds]
        select_only([added[-1].avatar])
        return added[-1].summary()[0]


class FLAME_OT_remove_avatar(OnHead, bpy.types.Operator):
    """Delete the avatar, or all of the head's where the head itself is selected. The mesh is seen again then"""

    bl_idname = "flame.remove_avatar"
    bl_label = "Remove Avatar"

    @classmethod
    def why_not(cls, context):
        return None if api.avatars_of(require_active_head(context)) else "This head has no Gaussian avatar"

    def work(self, context) -> str:
        head = require_active_head(context)
        avatars = api.avatars_of(head)
        for avatar in [context.object] if context.object in avatars else avatars:
            api.remove_avatar(avatar)
        select_only([head])
        return ""


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_add_avatar.bl_idname, text="Gaussian Avatar (.ply, .zip)")
