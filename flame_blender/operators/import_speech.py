from typing import Annotated

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head, select_only
from ..languages import translated
from ..plain_text import one_line
from .file_browser import browse, chosen
from .found import draw_found, draw_new_heads
from .options import options_of
from .progress import InSteps


class FLAME_OT_import_speech(InSteps, bpy.types.Operator):
    """Let a head speak: mouth shapes of Rhubarb, Papagayo, Moho, Microsoft, Meta or Amazon, or a TextGrid's phones"""

    bl_idname = "flame.import_speech"
    bl_label = "Import Speech"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    filter_glob: Annotated[
        str, StringProperty(default="*.tsv;*.xml;*.json;*.jsonl;*.dat;*.TextGrid;*.textgrid", options={"HIDDEN"})
    ]
    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The file of mouth shapes to bring in",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    new_head: Annotated[
        bool,
        BoolProperty(name="New Head", description="Add a head for the clip, even if one is selected", default=False),
    ]
    start_frame: Annotated[float, FloatProperty(name="Start Frame", description="Where the sound begins", default=1.0)]
    fps: Annotated[
        float,
        FloatProperty(
            name="File's FPS",
            description="Frames for each second in a switch file of Papagayo or Moho. 0: 24",
            default=0.0,
            min=0.0,
            soft_max=120.0,
        ),
    ]
    strength: Annotated[
        float,
        FloatProperty(name="Strength", description="What the visemes are multiplied by", default=1.0, min=0.0, max=2.0),
    ]
    overlap: Annotated[
        float,
        FloatProperty(
            name="Overlap",
            description="How long, in seconds, a mouth shape takes to become the next",
            default=0.125,
            min=0.0,
            max=1.0,
            soft_max=0.3,
        ),
    ]
    hold: Annotated[
        float,
        FloatProperty(
            name="Shortest",
            description="Shorter mouth shapes, in seconds, are left out, but lips that close are held as long",
            default=0.03125,
            min=0.0,
            max=1.0,
            soft_max=0.2,
        ),
    ]
    sound: Annotated[
        bool,
        BoolProperty(
            name="Sound", description="Put a sound file that lies beside the clip into the sequencer", default=True
        ),
    ]
    found: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]

    def invoke(self, context, _event):
        if self.filepath:  # dropped into the window
            return self.execute(context)
        return browse(self, context)

    def asked(self, _context) -> "api.SpeechOptions":
        return options_of(self, api.SpeechOptions, fps=self.fps or None)

    def steps(self, context):
        active = None if self.new_head else active_head(context)
        return api.importing_speech(chosen(self)[0], active, self.asked(context))

    def told(self, _context, imported: "api.ImportedSpeech") -> str:
        select_only([imported.head])
        self.found = "\n".join(map(one_line, imported.summary()))
        for warning in imported.warnings:
            self.report({"WARNING"}, translated(one_line(warning)))
        return imported.summary()[0]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in ("new_head", "start_frame", "fps", "strength", "overlap", "hold", "sound"):
            layout.prop(self, name)
        if not self.found:
            draw_new_heads(layout)
        draw_found(layout, self.found.splitlines())


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_speech.bl_idname, text="FLAME Speech (.tsv, .json, .TextGrid, ...)")
