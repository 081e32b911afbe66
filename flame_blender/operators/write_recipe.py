from typing import Annotated, Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .. import api
from .file_browser import browse, to_write
from .on_head import run


class FLAME_OT_write_recipe(bpy.types.Operator):
    """Write a recipe of a data set: picture, model, camera and light of this scene, and faces that vary"""

    bl_idname = "flame.write_recipe"
    bl_label = "Write Recipe"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(name="File", description="The recipe to write", subtype="FILE_PATH", options={"SKIP_SAVE"}),
    ]
    check_existing: Annotated[
        bool,
        BoolProperty(
            name="Check Existing", description="Ask before a file is written over", default=True, options={"HIDDEN"}
        ),
    ]
    filter_glob: Annotated[str, StringProperty(default="*.toml", options={"HIDDEN"})]
    count: Annotated[
        int,
        IntProperty(name="Samples", description="How many pictures", default=1000, min=1, max=1_000_000_000),
    ]
    shard_size: Annotated[
        int, IntProperty(name="Of a File", description="Samples of a file", default=100, min=1, max=100_000)
    ]
    seed: Annotated[int, IntProperty(name="Seed", description="Another seed gives other samples", default=1, min=0)]

    def invoke(self, context, _event):
        return browse(self, context, "faces.toml")

    def execute(self, context):
        return run(self, self.work, context)

    def work(self, context) -> str:
        path = to_write(self.filepath, "faces.toml", (".toml",))
        api.write_recipe(path, seed=self.seed, count=self.count, shard_size=self.shard_size)
        window: Any = context.window_manager
        window.flame.recipe = str(path)
        return f"Recipe written to {path}"

    def draw(self, _context):
        layout: Any = self.layout
        layout.use_property_split = True
        for name in ("count", "shard_size", "seed"):
            layout.prop(self, name)
