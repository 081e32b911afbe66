from typing import Annotated

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import api
from .clip_file import KeysOnHead
from .file_browser import chosen
from .options import options_of

FRAME_RATES = (
    ("SCENE_FOLLOWS", "Scene Follows", "The scene takes the clip's frame rate; one key for each of the clip's frames"),
    ("RESAMPLE", "Resample", "The clip is brought to the scene's frame rate; one key for each of the scene's frames"),
)
HEAD_MOTION = (
    ("FILE", "As in the File", "The head's motion stays where the tool left it: root, neck or camera"),
    ("ROOT", "Root", "Root rotation and translation move the head. A camera that moves stands still instead"),
    ("OBJECT", "Object", "The object's location and rotation move the head. A camera that moves stands still instead"),
    ("CAMERA", "Camera", "The head stands still and the clip's camera moves round it. The picture is the same"),
    (
        "NECK",
        "Neck",
        "The neck turns the head, fitted on the face; how far the face is off is told. Shoulders stay upright",
    ),
)
POSE_LAYOUT = (
    ("AUTO", "Automatic", "As the file tells, or else root and jaw of 6 numbers, all joints in FLAME's order of 15"),
    *(
        (name, name.replace("_", ", ").capitalize(), f"{width * len(joints)} numbers, {told}, in this order")
        for layouts, width, told in (
            (api.SIXD_LAYOUTS, 6, "two rows of a matrix for each joint"),
            (api.POSE_LAYOUTS, 3, "three for each joint"),
        )
        for name, joints in layouts.items()
    ),
)


class FLAME_OT_import_animation(KeysOnHead, bpy.types.Operator):
    """Key a FLAME head with what a tracker or a speech model computed. Choose a file, or a folder of frames"""

    bl_idname = "flame.import_animation"
    bl_label = "Import FLAME Animation"
    bl_options = {"REGISTER", "UNDO"}
    SHOWN = (
        "new_head", "start_frame", "fps", "frame_rate", "hold_identity", "smooth", "head_motion", "camera", "sound",
        "scene_end",
    )  # fmt: skip

    filter_glob: Annotated[
        str, StringProperty(default="*.npz;*.npy;*.pkl;*.pickle;*.json;*.frame;*.pt;*.pth", options={"HIDDEN"})
    ]
    fps: Annotated[
        float,
        FloatProperty(
            name="Clip's FPS",
            description="Frames for each second of the clip. 0: as the file says, or as its tool usually writes",
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
    hold_identity: Annotated[
        bool,
        BoolProperty(
            name="One Identity", description="Hold the median of the clip's identities, where it has one for each frame"
        ),
    ]
    smooth: Annotated[
        float,
        FloatProperty(
            name="Smooth",
            description="How much jitter is taken out, 0 being nothing",
            default=0.0,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        ),
    ]
    head_motion: Annotated[
        str, EnumProperty(name="Head Motion", description="What moves the head", items=HEAD_MOTION, default="FILE")
    ]
    camera: Annotated[
        bool,
        BoolProperty(
            name="Camera",
            description="Make the clip's camera, where the file holds one, and render with it",
            default=True,
        ),
    ]
    pose_layout: Annotated[
        str,
        EnumProperty(
            name="Pose Layout",
            description="The order of the pose's numbers, where the file does not tell it",
            items=POSE_LAYOUT,
            default="AUTO",
            options={"SKIP_SAVE"},
        ),
    ]
    body_rotation: Annotated[
        bool,
        BoolProperty(
            name="Body's Rotation",
            description="Of a body (SMPL-X), turn the head's root as the body turns its neck in the world",
            default=False,
        ),
    ]
    convert: Annotated[
        bool,
        BoolProperty(
            name="Convert to Head's Model",
            description="Refit a clip of another FLAME release to the head's model. A model of that release must "
            "be there",
            default=False,
        ),
    ]
    copy_expression: Annotated[
        bool,
        BoolProperty(
            name="Copy Expression",
            description="Of SMPL-X: take its coefficients as they are. Off: converted by the face's vertices, which "
            "takes SMPL-X__FLAME_vertex_ids.npy and a SMPL-X model, both installed",
        ),
    ]
    layouts: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]
    body: Annotated[bool, BoolProperty(options={"HIDDEN", "SKIP_SAVE"})]
    other_model: Annotated[bool, BoolProperty(options={"HIDDEN", "SKIP_SAVE"})]

    def asked(self, _context) -> "api.ClipOptions":
        return options_of(self, api.ClipOptions, fps=self.fps or None)

    def steps(self, context):
        return api.importing_animation(chosen(self)[0], self.goal(context), self.asked(context))

    def told(self, _context, imported: "api.ImportedAnimation") -> str:
        self.other_model = imported.other_model
        self.layouts, self.body = " ".join(imported.clip.found.layouts), imported.clip.found.body
        return self.tell(imported.head, imported.summary(), imported.warnings, scene_end=imported.scene_end)

    def draw_choices(self, layout):
        """What some files leave open: before the file is read all of it, afterwards what this one does."""
        layout.prop(self, "convert", toggle=self.other_model)
        if not self.found:
            layout.prop(self, "pose_layout")
            layout.prop(self, "body_rotation")
            layout.prop(self, "copy_expression")
            return
        column = layout.column(align=True)
        column.use_property_split = False
        if self.layouts:
            column.label(text="Pose Layout")
            for name in ("AUTO", *self.layouts.split()):
                column.prop_enum(self, "pose_layout", name)
        else:
            column.enabled = False
            column.label(text="Pose Layout: told by the file")
        if self.body:
            layout.prop(self, "body_rotation")
            layout.prop(self, "copy_expression")


def draw_import_menu(self, _context) -> None:
    """File > Import."""
    self.layout.operator(FLAME_OT_import_animation.bl_idname, text="FLAME Animation (.npz, .npy, .pkl, .json, ...)")
