from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .. import api
from .file_browser import browse, folder_or_file
from .options import options_of
from .progress import InSteps

KINDS = (
    ("FLAME", "Heads", "100 identity and 50 expression coefficients, slightly turned, as sample_FLAME.py draws them"),
    (
        "VOCA_TEMPLATE",
        "VOCA Templates",
        "100 identity coefficients, unposed and neutral, as VOCA needs them",
    ),
)
SUFFIXES = ((".ply", "PLY (.ply)", "Binary, quickest to write"), (".obj", "OBJ (.obj)", "Text"))


class FLAME_OT_sample_heads(InSteps, bpy.types.Operator):
    """Write random heads of the model for new heads as meshes in FLAME's order: choose a folder"""

    bl_idname = "flame.sample_heads"
    bl_label = "Write Random Heads"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(
            name="Folder", description="The folder to write to", subtype="FILE_PATH", options={"SKIP_SAVE", "HIDDEN"}
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    count: Annotated[
        int, IntProperty(name="Heads", description="How many heads", default=10, min=1, soft_max=10_000, max=1_000_000)
    ]
    kind: Annotated[str, EnumProperty(name="Drawn", description="What is random", items=KINDS, default="FLAME")]
    seed: Annotated[
        int,
        IntProperty(
            name="Seed",
            description="Number that the drawing starts from: the same seed gives the same heads",
            default=0,
            min=0,
        ),
    ]
    suffix: Annotated[str, EnumProperty(name="Format", description="Kind of file", items=SUFFIXES, default=".ply")]
    parameters: Annotated[
        bool,
        BoolProperty(name="Parameters", description="Write an .npz of the coefficients too", default=False),
    ]

    def invoke(self, context, _event):
        return browse(self, context)

    def asked(self, _context) -> "api.SampleOptions":
        return options_of(self, api.SampleOptions)

    def steps(self, _context):
        folder = folder_or_file(self.directory or self.filepath)
        return api.sampling(self.count, folder, None, self.asked(_context))

    def told(self, _context, written: "api.Samples") -> str:
        return written.summary()

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in ("count", "kind", "seed", "suffix", "parameters"):
            layout.prop(self, name)
