from typing import Annotated

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, to_write
from .on_head import OnHead


class FLAME_OT_export_texture(OnHead, bpy.types.Operator):
    """Write the picture of the head's skin as PNG, and what shines of it beside"""

    bl_idname = "flame.export_texture"
    bl_label = "Export Skin"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str,
        StringProperty(name="File", description="The file to write", subtype="FILE_PATH", options={"SKIP_SAVE"}),
    ]
    check_existing: Annotated[
        bool,
        BoolProperty(
            name="Check Existing", description="Ask before a file is written over", default=True, options={"HIDDEN"}
        ),
    ]
    filter_glob: Annotated[str, StringProperty(default="*.png", options={"HIDDEN"})]
    display: Annotated[
        bool,
        BoolProperty(name="As TF_FLAME Shows It", description="One picture, of diffuse and specular albedo together"),
    ]

    def invoke(self, context, _event):
        return browse(self, context, self.default_name(context))

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(require_active_head(context).name)}_skin.png"

    def work(self, context) -> str:
        head = require_active_head(context)
        path = to_write(self.filepath, self.default_name(context), (".png",))
        written = api.export_texture(head, path, display=self.display)
        return f"Written: {', '.join(each.name for each in written)}"
