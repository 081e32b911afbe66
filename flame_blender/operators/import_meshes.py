from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head
from .clip_file import ClipFile
from .file_browser import chosen
from .import_animation import FRAME_RATES
from .options import options_of

WAYS = (
    ("CACHE", "Vertex Cache", "Play the vertices exactly as they are, from a file that Blender's Mesh Cache reads"),
    (
        "TEMPLATE",
        "Rest Shape",
        "Each mesh replaces the model's template: blinks, head pose and identity are keyed on it",
    ),
    ("PARAMETERS", "Parameters", "Solve for identity, expression, pose and place, key them, and tell what is left"),
)


class FLAME_OT_import_meshes(ClipFile, bpy.types.Operator):
    """Bring in meshes in FLAME's topology over time: choose a folder of .obj or .ply, or an .npy of vertices"""

    bl_idname = "flame.import_meshes"
    bl_label = "Import FLAME Meshes"
    bl_options = {"REGISTER", "UNDO"}
    SHOWN = ("way", "whole_folder", "start_frame", "fps", "frame_rate", "sound", "scene_end", "looks")

    filter_glob: Annotated[str, StringProperty(default="*.obj;*.ply;*.npy;*.mat", options={"HIDDEN"})]
    way: Annotated[str, EnumProperty(name="As", description="What the meshes become", items=WAYS, default="CACHE")]
    fps: Annotated[
        float,
        FloatProperty(
            name="Meshes' FPS",
            description="Meshes for each second. 0: as their tool usually writes them, or the scene's",
            default=0.0,
            min=0.0,
            soft_max=120.0,
        ),
    ]
    frame_rate: Annotated[
        str,
        EnumProperty(
            name="Frame Rate", description="Which of the two gives way", items=FRAME_RATES, default="SCENE_FOLLOWS"
        ),
    ]
    whole_folder: Annotated[
        bool,
        BoolProperty(name="Whole Folder", description="All meshes beside the chosen one, one a frame", default=True),
    ]
    looks: Annotated[
        bool,
        BoolProperty(
            name="Looks",
            description="Take over texture, normal map and colours of the file, its detail mesh and its displacement",
            default=True,
        ),
    ]

    def asked(self, _context) -> "api.MeshClipOptions":
        return options_of(
            self,
            api.MeshClipOptions,
            fps=self.fps or None,
            solve=self.way == "PARAMETERS",
            as_template=self.way == "TEMPLATE",
            cache_file=None,
        )

    def steps(self, context):
        return api.importing_meshes(self.source(), active_head(context), self.asked(context))

    def source(self) -> Path:
        path = chosen(self)[0]
        in_folder = self.whole_folder and path.suffix.lower() in (".obj", ".ply")
        return path.parent if in_folder else path

    def told(self, _context, made: "api.MeshClip") -> str:
        return self.tell(made.obj, made.summary(), scene_end=made.scene_end)


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_meshes.bl_idname, text="FLAME Meshes (.obj, .ply, .npy)")
