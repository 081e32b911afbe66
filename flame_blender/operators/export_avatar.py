from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .. import api
from .export_files import ExportFile
from .on_avatar import OnAvatar
from .options import options_of

AXES = (
    ("WORLD", "World", "Where the splats are in Blender's world, Z up"),
    ("FLAME", "FLAME", "Where they are in the head's own metres, in FLAME's axes, Y up, wherever the head stands"),
    ("BOUND", "Triangles", "In the frames of their triangles, as GaussianAvatars has them; the same in every frame"),
)


class FLAME_OT_export_avatar(OnAvatar, ExportFile, bpy.types.Operator):
    """Write the avatar's splats as 3D Gaussian Splatting does, and compare the file with them"""

    bl_idname = "flame.export_avatar"
    bl_label = "Export Gaussian Avatar"
    suffix = ".ply"
    filter_glob: Annotated[str, StringProperty(default="*.ply", options={"HIDDEN"})]
    all_frames: Annotated[
        bool,
        BoolProperty(
            name="All Frames", description="A numbered file for each frame of the scene's range", default=False
        ),
    ]
    axes: Annotated[str, EnumProperty(name="Places", description="What places are told in", items=AXES)]

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(self.avatar(context).name)}{self.suffix}"

    def asked(self, context) -> "api.AvatarFileOptions":
        scene = context.scene
        frames = range(scene.frame_start, scene.frame_end + 1) if self.all_frames else None
        return options_of(self, api.AvatarFileOptions, frames=frames)

    def steps(self, context):
        return api.exporting_avatar(self.avatar(context), self.path(context), self.asked(context))
