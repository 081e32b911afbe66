"""What every panel of the tab shares."""

from ..head.properties import head_of


class Sidebar:
    """A panel of the FLAME tab."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "FLAME"


class HeadPanel(Sidebar):
    """A panel that shows the active head."""

    @classmethod
    def poll(cls, context):
        return head_of(context.object) is not None
