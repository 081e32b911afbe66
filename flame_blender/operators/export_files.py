"""One operator for each kind of file that a head can leave Blender as."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .. import api
from ..head.active import require_active_head
from ..languages import translated
from .file_browser import browse, to_write
from .on_head import OnHead
from .options import options_of
from .progress import InSteps

ENGINES = (
    ("GENERIC", "Any", "Blender's own defaults"),
    ("UNITY", "Unity", "Scale and axes as Unity expects them"),
    ("UNREAL", "Unreal", "Scale and axes as Unreal expects them"),
)


class ExportFile(InSteps, OnHead):
    """Asks for a file, writes it with progress, reads it back, and reports the largest deviation."""

    bl_options: Any = {"REGISTER"}
    suffix = ""
    if TYPE_CHECKING:
        bl_idname: str
    also: ClassVar[tuple[str, ...]] = ()  # other endings that the same exporter writes

    filepath: Annotated[
        str, StringProperty(name="File", description="The file to write", subtype="FILE_PATH", options={"SKIP_SAVE"})
    ]
    check_existing: Annotated[
        bool,
        BoolProperty(
            name="Check Existing", description="Ask before a file is written over", default=True, options={"HIDDEN"}
        ),
    ]

    def invoke(self, context, _event):
        return browse(self, context, self.default_name(context))

    def told(self, _context, written: "api.Written") -> str:
        return written.summary()

    def default_name(self, context) -> str:
        return f"{bpy.path.clean_name(require_active_head(context).name)}{self.suffix}"

    def path(self, context) -> Path:
        return to_write(self.filepath, self.default_name(context), (self.suffix, *self.also))


class ExportMeshes(ExportFile):
    """The present shape, or a numbered file for each frame of the scene."""

    sequence: Annotated[
        bool,
        BoolProperty(
            name="All Frames", description="A numbered file for each frame of the scene's range", default=False
        ),
    ]

    def asked(self, context) -> "api.MeshFileOptions":
        scene = context.scene
        frames = range(scene.frame_start, scene.frame_end + 1) if self.sequence else None
        return options_of(self, api.MeshFileOptions, frames=frames)

    def steps(self, context):
        return api.exporting_meshes(require_active_head(context), self.path(context), self.asked(context))


class ExportScene(ExportFile):
    """The moving head in the scene's frame range."""

    @classmethod
    def poll(cls, context):
        why = api.missing_exporter(cls.suffix)
        if why is not None:
            cls.poll_message_set(translated, why[0].upper() + why[1:])
            return False
        if context.mode != "OBJECT":
            cls.poll_message_set(translated, "Only in Object Mode")
            return False
        return super().poll(context)

    def asked(self, _context) -> "api.SceneFileOptions":
        return api.SceneFileOptions()

    def steps(self, context):
        return api.exporting_scene(require_active_head(context), self.path(context), self.asked(context))


class FLAME_OT_export_glb(ExportScene, bpy.types.Operator):
    """Write the moving head with bones, skin weights and named morph targets, and compare the file with it"""

    bl_idname = "flame.export_glb"
    bl_label = "Export Head as GLB"
    suffix, also = ".glb", (".gltf",)
    filter_glob: Annotated[str, StringProperty(default="*.glb;*.gltf", options={"HIDDEN"})]


class FLAME_OT_export_fbx(ExportScene, bpy.types.Operator):
    """Write the moving head with bones, skin weights and blend shapes, and compare the file with it"""

    bl_idname = "flame.export_fbx"
    bl_label = "Export Head as FBX"
    suffix = ".fbx"
    filter_glob: Annotated[str, StringProperty(default="*.fbx", options={"HIDDEN"})]
    engine: Annotated[str, EnumProperty(name="For", description="Which program's scale and axes", items=ENGINES)]

    def asked(self, _context) -> "api.SceneFileOptions":
        return options_of(self, api.SceneFileOptions, frames=None)


class FLAME_OT_export_usd(ExportScene, bpy.types.Operator):
    """Write the vertices of every frame as USD, and compare the file with the head"""

    bl_idname = "flame.export_usd"
    bl_label = "Export Head as USD"
    suffix, also = ".usdc", (".usda",)
    filter_glob: Annotated[str, StringProperty(default="*.usd;*.usdc;*.usda", options={"HIDDEN"})]


class FLAME_OT_export_alembic(ExportScene, bpy.types.Operator):
    """Write the vertices of every frame as Alembic, and compare the file with the head"""

    bl_idname = "flame.export_alembic"
    bl_label = "Export Head as Alembic"
    suffix = ".abc"
    filter_glob: Annotated[str, StringProperty(default="*.abc", options={"HIDDEN"})]


class FLAME_OT_export_obj(ExportMeshes, bpy.types.Operator):
    """Write the vertices in FLAME's own order, axes and metres, as VOCA, TF_FLAME and flame-fitting read them"""

    bl_idname = "flame.export_obj"
    bl_label = "Export Head as OBJ"
    suffix = ".obj"
    filter_glob: Annotated[str, StringProperty(default="*.obj", options={"HIDDEN"})]


class FLAME_OT_export_ply(ExportMeshes, bpy.types.Operator):
    """Write the vertices in FLAME's own order, axes and metres, as VOCA, CoMA and TF_FLAME read them"""

    bl_idname = "flame.export_ply"
    bl_label = "Export Head as PLY"
    suffix = ".ply"
    filter_glob: Annotated[str, StringProperty(default="*.ply", options={"HIDDEN"})]


class FLAME_OT_export_stl(ExportMeshes, bpy.types.Operator):
    """Write a solid in millimetres for printing: neck, eyes and mouth are closed"""

    bl_idname = "flame.export_stl"
    bl_label = "Export Head as STL"
    suffix = ".stl"
    filter_glob: Annotated[str, StringProperty(default="*.stl", options={"HIDDEN"})]


EXPORTERS = (
    FLAME_OT_export_glb,
    FLAME_OT_export_fbx,
    FLAME_OT_export_usd,
    FLAME_OT_export_alembic,
    FLAME_OT_export_obj,
    FLAME_OT_export_ply,
    FLAME_OT_export_stl,
)
LABELS = ("glTF (.glb)", "FBX (.fbx)", "USD (.usdc)", "Alembic (.abc)", "OBJ (.obj)", "PLY (.ply)", "STL (.stl)")


class FLAME_MT_export(bpy.types.Menu):
    """What a FLAME head can be written as"""

    bl_idname = "FLAME_MT_export"
    bl_label = "FLAME"

    def draw(self, _context):
        layout: Any = self.layout
        for operator, label in zip(EXPORTERS, LABELS, strict=True):
            layout.operator(operator.bl_idname, text=label)
        layout.separator()
        layout.operator("flame.export_parameters", text="Parameters (.npz, .json)")
        layout.operator("flame.export_landmarks", text="Landmarks (.json, .csv, .npz)")
        layout.operator("flame.export_arkit", text="ARKit Scores (.csv, .json)")
        layout.operator("flame.export_texture", text="Skin Picture (.png)")
        layout.operator("flame.export_avatar", text="Gaussian Avatar (.ply)")
        layout.separator()
        layout.operator("flame.film_head", text="Film (.mp4, .mov, .mkv)")
        layout.operator("flame.sample_heads", text="Random Heads (.ply, .obj)")


def draw_export_menu(self, _context) -> None:
    """File > Export > FLAME."""
    self.layout.menu(FLAME_MT_export.bl_idname)
