import bpy
from bpy.props import StringProperty

from ..errors import ModelError
from ..head import live, models
from ..head.active import active_head
from ..head.properties import head_of
from ..languages import translated
from .file_browser import browse, chosen
from .on_head import run


class FLAME_OT_locate_model(bpy.types.Operator):
    """Choose the file of the model that this head was made with, so that it follows its parameters again"""

    bl_idname = "flame.locate_model"
    bl_label = "Locate Model"
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="File", description="The file of the model", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    filter_glob: StringProperty(default="*.pkl;*.npz", options={"HIDDEN"})

    @classmethod
    def poll(cls, context):
        head = head_of(active_head(context))
        if head is None or models.evaluator(head.fingerprint) is not None:
            cls.poll_message_set(translated, "Only for a head whose model is not installed")
            return False
        return True

    def invoke(self, context, _event):
        return browse(self, context)

    def execute(self, context):
        return run(self, self._locate, context)

    def _locate(self, context) -> str:
        head = head_of(active_head(context))
        models.install(chosen(self))
        if models.evaluator(head.fingerprint) is None:
            raise ModelError(
                f"{self.filepath}: expected the model {head.model_name!r} (fingerprint {head.fingerprint[:8]}), found "
                "another, which was installed beside it; choose the file that the head was made with."
            )
        live.refresh_all()
        return f"Model {head.model_name!r} was found"
