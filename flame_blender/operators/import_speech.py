from typing import Annotated

import bpy
from bpy.props import FloatProperty, StringProperty

from .. import api
from .clip_file import KeysOnHead
from .file_browser import chosen
from .options import options_of


class FLAME_OT_import_speech(KeysOnHead, bpy.types.Operator):
    """Let a head speak: mouth shapes of Rhubarb, Papagayo, Moho, Microsoft, Meta or Amazon, or a TextGrid's phones"""

    bl_idname = "flame.import_speech"
    bl_label = "Import Speech"
    bl_options = {"REGISTER", "UNDO", "PRESET"}
    SHOWN = ("new_head", "start_frame", "fps", "strength", "overlap", "hold", "sound", "scene_end")

    filter_glob: Annotated[
        str, StringProperty(default="*.tsv;*.xml;*.json;*.jsonl;*.dat;*.TextGrid;*.textgrid", options={"HIDDEN"})
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

    def asked(self, _context) -> "api.SpeechOptions":
        return options_of(self, api.SpeechOptions, fps=self.fps or None)

    def steps(self, context):
        return api.importing_speech(chosen(self)[0], self.goal(context), self.asked(context))

    def told(self, _context, imported: "api.ImportedSpeech") -> str:
        return self.tell(imported.head, imported.summary(), imported.warnings, scene_end=imported.scene_end)


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_speech.bl_idname, text="FLAME Speech (.tsv, .json, .TextGrid, ...)")
