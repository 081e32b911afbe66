from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from .. import api
from ..head.active import active_head, select_only
from ..languages import translated
from ..plain_text import one_line
from .file_browser import browse, chosen
from .found import draw_found, draw_new_heads
from .import_animation import FRAME_RATES
from .options import options_of
from .progress import InSteps

HEAD_MOTION = (
    ("NECK", "Neck", "The rotation of the head turns the neck; shoulders stay upright"),
    ("ROOT", "Root", "The rotation of the head turns all of it"),
    ("NONE", "None", "The head does not turn"),
)
EYES = (
    ("SCORES", "Scores", "The scores of the gaze move the eyes, and the lids follow"),
    ("TURNS", "Rotations", "The rotations of the eyes in the file move them; lids stay"),
)
ANGLES = (
    ("AUTO", "Automatic", "Radians, or degrees where radians could not be so large"),
    ("RADIANS", "Radians", "Yaw, pitch and roll in the file are radians, as Live Link Face writes them"),
    ("DEGREES", "Degrees", "Yaw, pitch and roll in the file are degrees"),
)
SHOWN = (
    "new_head", "start_frame", "fps", "frame_rate", "neutral", "smooth", "head_motion", "eyes", "angles", "sound",
)  # fmt: skip
GAINS = {"brows": "brows", "eyes": "lids", "cheeks": "cheeks", "jaw": "jaw", "mouth": "mouth"}  # region -> property


class FLAME_OT_import_arkit(InSteps, bpy.types.Operator):
    """Key a head with a captured face: scores of Live Link Face, MediaPipe, Audio2Face, LAM or any table of ARKit's"""

    bl_idname = "flame.import_arkit"
    bl_label = "Import ARKit Scores"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    filter_glob: Annotated[str, StringProperty(default="*.csv;*.json;*.jsonl;*.tsv;*.txt", options={"HIDDEN"})]
    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The file of scores to bring in",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    new_head: Annotated[
        bool,
        BoolProperty(name="New Head", description="Add a head for the clip, even if one is selected", default=False),
    ]
    start_frame: Annotated[
        float, FloatProperty(name="Start Frame", description="Where the clip's first frame goes", default=1.0)
    ]
    fps: Annotated[
        float,
        FloatProperty(
            name="Clip's FPS",
            description="Frames for each second of the clip, in place of its times. 0: as the file tells",
            default=0.0,
            min=0.0,
            soft_max=120.0,
        ),
    ]
    frame_rate: Annotated[
        str,
        EnumProperty(
            name="Frame Rate", description="Which of the two gives way", items=FRAME_RATES, default="RESAMPLE"
        ),
    ]
    neutral: Annotated[
        int,
        IntProperty(
            name="Neutral Frame",
            description="The clip's frame, from 1, that shows the face at rest: it is taken off all others. 0: none",
            default=0,
            min=0,
        ),
    ]
    smooth: Annotated[
        float,
        FloatProperty(
            name="Smooth",
            description="How much jitter is taken out: a standard deviation in frames of the clip",
            default=0.0,
            min=0.0,
            max=10.0,
            soft_max=3.0,
        ),
    ]
    head_motion: Annotated[
        str,
        EnumProperty(
            name="Head Motion", description="What the rotation of the head turns", items=HEAD_MOTION, default="NECK"
        ),
    ]
    eyes: Annotated[str, EnumProperty(name="Gaze", description="What moves the eyes", items=EYES, default="SCORES")]
    angles: Annotated[
        str,
        EnumProperty(name="Angles", description="The unit of rotations in a table", items=ANGLES, default="AUTO"),
    ]
    brows: Annotated[
        float,
        FloatProperty(
            name="Brows",
            description="What scores of the brows are multiplied by",
            default=1.0,
            min=0.0,
            max=10.0,
            soft_max=2.0,
        ),
    ]
    lids: Annotated[
        float,
        FloatProperty(
            name="Eyes",
            description="What scores of lids and gaze are multiplied by",
            default=1.0,
            min=0.0,
            max=10.0,
            soft_max=2.0,
        ),
    ]
    cheeks: Annotated[
        float,
        FloatProperty(
            name="Cheeks and Nose",
            description="What scores of cheeks and nose are multiplied by",
            default=1.0,
            min=0.0,
            max=10.0,
            soft_max=2.0,
        ),
    ]
    jaw: Annotated[
        float,
        FloatProperty(
            name="Jaw",
            description="What scores of the jaw are multiplied by",
            default=1.0,
            min=0.0,
            max=10.0,
            soft_max=2.0,
        ),
    ]
    mouth: Annotated[
        float,
        FloatProperty(
            name="Mouth",
            description="What scores of mouth and tongue are multiplied by",
            default=1.0,
            min=0.0,
            max=10.0,
            soft_max=2.0,
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

    def gains(self) -> dict[str, float]:
        """Of each region that is not left as it is."""
        strengths = {region: getattr(self.properties, name) for region, name in GAINS.items()}
        return {region: strength for region, strength in strengths.items() if strength != 1}

    def asked(self, _context) -> "api.CaptureOptions":
        return options_of(self, api.CaptureOptions, fps=self.fps or None, gains=self.gains() or None, mapping=None)

    def steps(self, context):
        active = None if self.new_head else active_head(context)
        return api.importing_arkit(chosen(self)[0], active, self.asked(context))

    def told(self, _context, imported: "api.ImportedScores") -> str:
        select_only([imported.head])
        self.found = "\n".join(map(one_line, imported.summary()))
        for warning in imported.warnings:
            self.report({"WARNING"}, translated(one_line(warning)))
        return imported.summary()[0]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in SHOWN:
            layout.prop(self, name)
        column = layout.column(align=True)
        column.label(text="Strength")
        for name in GAINS.values():
            column.prop(self, name)
        if not self.found:
            draw_new_heads(layout)
        draw_found(layout, self.found.splitlines())


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_arkit.bl_idname, text="FLAME Captured Face (.csv, .json)")
