"""What the imports of clips share: the file, where it goes, and what is told of it afterwards."""

from typing import TYPE_CHECKING, Annotated, Any

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from .. import api
from ..head.active import active_head, select_only
from ..languages import translated
from ..plain_text import one_line
from .file_browser import browse
from .found import draw_found, draw_new_heads
from .progress import InSteps

LIFE_OF_BEFORE = "The head's life is that of before; press Life Again to fit it to the new keys."


class ClipFile(InSteps):
    """An operator that brings a file in, chosen in the file browser or dropped into the window.

    Subclasses give ``SHOWN``, the properties of the redo panel. What ``steps`` returns has ``summary()``: its first
    sentence is reported, and all of them stay in the panel.
    """

    SHOWN: tuple[str, ...] = ()
    if TYPE_CHECKING:  # Blender's operator
        report: Any

    filepath: Annotated[
        str,
        StringProperty(
            name="File",
            description="The file, or the folder of frames, to bring in",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "HIDDEN"},
        ),
    ]
    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    start_frame: Annotated[
        float, FloatProperty(name="Start Frame", description="Where the clip's first frame goes", default=1.0)
    ]
    sound: Annotated[
        bool,
        BoolProperty(
            name="Sound", description="Put a sound file that lies beside the clip into the sequencer", default=True
        ),
    ]
    scene_end: Annotated[
        bool,
        BoolProperty(
            name="Scene's End",
            description="Let the scene end no earlier than the clip, and with it where the scene is as new",
            default=True,
        ),
    ]
    found: Annotated[str, StringProperty(options={"HIDDEN", "SKIP_SAVE"})]

    def invoke(self, context, _event):
        if self.filepath:  # dropped into the window
            return self.execute(context)
        return browse(self, context)

    def tell(
        self,
        head: bpy.types.Object,
        summary: tuple[str, ...],
        warnings: tuple[str, ...] = (),
        *,
        scene_end: int | None,
    ) -> str:
        """Select the head and report warnings, and where the scene ends now; the sentence to close with."""
        select_only([head])
        if scene_end is not None:
            ends = f"The scene ends at frame {scene_end} now."
            summary = (summary[0], ends, *summary[1:])
            self.report({"INFO"}, translated(ends))
        self.found = "\n".join(map(one_line, summary))
        if api.is_head(head) and api.life_options(head) is not None:
            warnings = (*warnings, LIFE_OF_BEFORE)
        for warning in warnings:
            self.report({"WARNING"}, translated(one_line(warning)))
        return summary[0]

    def draw(self, _context):
        layout = self.layout
        layout.use_property_split = True
        for name in self.SHOWN:
            layout.prop(self, name)
        self.draw_choices(layout)
        if not self.found:
            draw_new_heads(layout)
        draw_found(layout, self.found.splitlines())

    def draw_choices(self, layout):
        """What goes below the properties that are shown."""


class KeysOnHead(ClipFile):
    """A clip that is keyed on the active head, or on a new one."""

    new_head: Annotated[
        bool,
        BoolProperty(name="New Head", description="Add a head for the clip, even if one is selected", default=False),
    ]

    def goal(self, context) -> bpy.types.Object | None:
        """The head to key; None for a new one."""
        return None if self.new_head else active_head(context)
