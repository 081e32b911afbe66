from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import bpy
from bpy.props import CollectionProperty, StringProperty

from ..languages import translated


class Dropped:
    """An operator for files that are dropped into the window, which it hands on to another.

    Subclasses give ``drop(context, paths)``, which returns what an operator returns.
    """

    if TYPE_CHECKING:  # what subclasses give, and Blender's operator
        drop: Callable[[bpy.types.Context, list[Path]], set[str]]
        report: Any

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    files: Annotated[
        "bpy.types.bpy_prop_collection_idprop[bpy.types.OperatorFileListElement]",
        CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}),
    ]

    def execute(self, context):
        paths = self.dropped()
        if paths:
            return self.drop(context, paths)
        self.report({"ERROR"}, translated("Expected files that were dropped, found none"))
        return {"CANCELLED"}

    def dropped(self) -> list[Path]:
        return [Path(self.directory) / file.name for file in self.files if file.name]

    def hand_on(self, goal: Callable[..., Any], context: str, **asked: Any) -> set[str]:
        """Call an operator of Blender's ``bpy.ops`` in a step of undo, with its own redo panel."""
        try:
            goal(context, True, **asked)
        except RuntimeError as error:  # how Blender hands on what the other reported
            said = str(error).removeprefix(f"{bpy.app.translations.pgettext_rpt('Error')}: ").strip()
            operator: Any = self
            operator.report({"ERROR"}, said)
            return {"CANCELLED"}
        return {"FINISHED"}
