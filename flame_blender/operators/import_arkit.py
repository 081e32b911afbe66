from typing import Annotated, Any

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from .. import api
from .clip_file import KeysOnHead
from .file_browser import chosen
from .import_animation import FRAME_RATES
from .options import options_of

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
GAINS = {"brows": "brows", "eyes": "lids", "cheeks": "cheeks", "jaw": "jaw", "mouth": "mouth"}  # region -> property


def strength(name: str, description: str) -> Any:
    """A factor of one region's scores."""
    return FloatProperty(name=name, description=description, default=1.0, min=0.0, max=10.0, soft_max=2.0)


class FLAME_OT_import_arkit(KeysOnHead, bpy.types.Operator):
    """Key a head with a captured face: scores of Live Link Face, MediaPipe, Audio2Face, LAM or any table of ARKit's"""

    bl_idname = "flame.import_arkit"
    bl_label = "Import ARKit Scores"
    bl_options = {"REGISTER", "UNDO", "PRESET"}
    SHOWN = (
        "new_head", "start_frame", "fps", "frame_rate", "neutral", "smooth", "head_motion", "eyes", "angles", "sound",
        "scene_end",
    )  # fmt: skip

    filter_glob: Annotated[str, StringProperty(default="*.csv;*.json;*.jsonl;*.tsv;*.txt", options={"HIDDEN"})]
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
    brows: Annotated[float, strength("Brows", "What scores of the brows are multiplied by")]
    lids: Annotated[float, strength("Eyes", "What scores of lids and gaze are multiplied by")]
    cheeks: Annotated[float, strength("Cheeks and Nose", "What scores of cheeks and nose are multiplied by")]
    jaw: Annotated[float, strength("Jaw", "What scores of the jaw are multiplied by")]
    mouth: Annotated[float, strength("Mouth", "What scores of mouth and tongue are multiplied by")]

    def gains(self) -> dict[str, float]:
        """Of each region that is not left as it is."""
        strengths = {region: getattr(self.properties, name) for region, name in GAINS.items()}
        return {region: strength for region, strength in strengths.items() if strength != 1}

    def asked(self, _context) -> "api.CaptureOptions":
        return options_of(self, api.CaptureOptions, fps=self.fps or None, gains=self.gains() or None, mapping=None)

    def steps(self, context):
        return api.importing_arkit(chosen(self)[0], self.goal(context), self.asked(context))

    def told(self, _context, imported: "api.ImportedScores") -> str:
        return self.tell(imported.head, imported.summary(), imported.warnings, scene_end=imported.scene_end)

    def draw_choices(self, layout):
        column = layout.column(align=True)
        column.label(text="Strength")
        for name in GAINS.values():
            column.prop(self, name)


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_arkit.bl_idname, text="FLAME Captured Face (.csv, .json)")
