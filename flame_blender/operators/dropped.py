from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import bpy
from bpy.props import CollectionProperty, StringProperty


class Dropped:
    """An operator for files that are dropped into the window, which it hands on to another."""

    directory: Annotated[str, StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})]
    files: Annotated[
        "bpy.types.bpy_prop_collection_idprop[bpy.types.OperatorFileListElement]",
        CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}),
    ]

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
