from pathlib import Path
from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from .file_browser import browse, to_write
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

ENGINES = (
    ("AUTO", "Automatic", "Eevee in a window, Cycles without one"),
    ("CYCLES", "Cycles", "Slower; needs no graphics card"),
    ("EEVEE", "Eevee", "Quicker; needs graphics"),
)


class FLAME_OT_film_head(InSteps, OnHead, bpy.types.Operator):
    """Render the moving head to a film with a sound, in a scene of its own with a camera framed on the face"""

    bl_idname = "flame.film_head"
    bl_label = "Film Head"
    bl_options = {"REGISTER"}

    filepath: Annotated[
        str, StringProperty(name="File", description="The film to write", subtype="FILE_PATH", options={"SKIP_SAVE"})
    ]
    check_existing: Annotated[
        bool,
        BoolProperty(
            name="Check Existing", description="Ask before a file is written over", default=True, options={"HIDDEN"}
        ),
    ]
    filter_glob: Annotated[str, StringProperty(default="*.mp4;*.mov;*.mkv", options={"HIDDEN"})]
    sound_file: Annotated[
        str,
        StringProperty(name="Sound", description="The sound file. Empty: a silent film", subtype="FILE_PATH"),
    ]
    width: Annotated[
        int, IntProperty(name="Width", description="Pixels, an even number", default=800, min=16, max=16384, step=2)
    ]
    height: Annotated[
        int, IntProperty(name="Height", description="Pixels, an even number", default=800, min=16, max=16384, step=2)
    ]
    engine: Annotated[
        str, EnumProperty(name="Engine", description="What renders the film", items=ENGINES, default="AUTO")
    ]
    samples: Annotated[
        int, IntProperty(name="Samples", description="Of each pixel", default=32, min=1, max=65536, soft_max=1024)
    ]

    def invoke(self, context, _event):
        return browse(self, context, self.default_name(context))

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(require_active_head(context).name)}.mp4"

    def asked(self, _context) -> "api.FilmOptions":
        sound = Path(bpy.path.abspath(self.sound_file)) if self.sound_file else None
        return options_of(self, api.FilmOptions, sound=sound, frames=None, fps=None, uv_template=None, texture=None)

    def steps(self, context):
        path = to_write(self.filepath, self.default_name(context), (".mp4", ".mov", ".mkv"))
        return api.filming(require_active_head(context), path, self.asked(context))

    def told(self, _context, made: "api.Film") -> str:
        return made.summary()

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in ("sound_file", "width", "height", "engine", "samples"):
            layout.prop(self, name)
